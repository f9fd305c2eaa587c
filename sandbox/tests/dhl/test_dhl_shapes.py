"""The shapes of requests against DHL's document, field by field, and how a refusal is worded."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sandbox.dhl.doc import load
from xborder_sandbox.dhl.shape import Fields, Flag, Items, Number, Text, number, one_of, problems
from xborder_sandbox.dhl.shapes_pickups import PICKUP_REQUEST, UPDATE_PICKUP_REQUEST
from xborder_sandbox.dhl.shapes_rates import LANDED_COST_REQUEST, RATE_REQUEST
from xborder_sandbox.dhl.shapes_shipments import SHIPMENT_REQUEST
from xborder_sandbox.dhl.shapes_uploads import IMAGE_UPLOAD_REQUEST, INVOICE_DATA_REQUEST

PREFIX = "supermodelIoLogisticsExpress"
SHAPES = {
    "RateRequest": RATE_REQUEST,
    "LandedCostRequest": LANDED_COST_REQUEST,
    "CreateShipmentRequest": SHIPMENT_REQUEST,
    "PickupRequest": PICKUP_REQUEST,
    "UpdatePickupRequest": UPDATE_PICKUP_REQUEST,
    "ImageUploadRequest": IMAGE_UPLOAD_REQUEST,
    "UploadInvoiceDataRequestSID": INVOICE_DATA_REQUEST,
}
# Where the document contradicts itself (said in the modules of the shapes), and where uniqueItems is
# written on an object, on which it means nothing.
ON_PURPOSE = {
    "ImageUploadRequest: required ['shipmentTrackingNumber'] against []",
    "ImageUploadRequest: properties ['shipmentTrackingNumber'] only here",
}


def resolved(node, document):
    while "$ref" in node:
        found = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def differences(shape, node, document, where):
    node = resolved(node, document)
    match shape:
        case Fields():
            assert node["type"] == "object", where
            theirs = node.get("properties", {})
            ours = {**shape.required, **shape.optional}
            needed = sorted(set(node.get("required", [])) ^ set(shape.required))
            if needed:
                yield (
                    f"{where}: required {sorted(set(node.get('required', [])) - set(shape.required))} "
                    f"against {sorted(set(shape.required) - set(node.get('required', [])))}"
                )
            if set(ours) - set(theirs):
                yield f"{where}: properties {sorted(set(ours) - set(theirs))} only here"
            if set(theirs) - set(ours):
                yield f"{where}: properties {sorted(set(theirs) - set(ours))} only there"
            yield from differs(where, "open", shape.open, node.get("additionalProperties") is not False)
            low = node.get("minProperties", 0)
            # The line weights of upload-invoice-data must have one of two fields, written as anyOf.
            if "anyOf" in node and set(theirs) == {"netValue", "grossValue"}:
                low = 1
            yield from differs(where, "minProperties", shape.low, low)
            yield from differs(where, "maxProperties", shape.high, node.get("maxProperties"))
            for name in set(ours) & set(theirs):
                yield from differences(ours[name], theirs[name], document, f"{where}/{name}")
        case Items():
            assert node["type"] == "array", where
            yield from differs(where, "minItems", shape.low, node.get("minItems", 0))
            yield from differs(where, "maxItems", shape.high, node.get("maxItems"))
            yield from differs(where, "uniqueItems", shape.unique, node.get("uniqueItems", False))
            yield from differences(shape.of, node["items"], document, f"{where}/*")
        case Text():
            assert node["type"] == "string", where
            # An unquoted NO in YAML is false.
            words = {"NO" if word is False else word for word in node.get("enum", [])}
            yield from differs(where, "enum", set(shape.one_of), words)
            yield from differs(where, "minLength", shape.low, node.get("minLength", 0))
            yield from differs(where, "maxLength", shape.high, node.get("maxLength"))
            yield from differs(where, "pattern", shape.pattern, node.get("pattern", ""))
            yield from differs(where, "date", shape.is_date, node.get("format") == "date")
        case Number():
            assert node["type"] == ("integer" if shape.whole else "number"), where
            for word, limit in (("minimum", shape.low), ("maximum", shape.high), ("multipleOf", shape.step)):
                theirs = node.get(word)
                yield from differs(where, word, limit, None if theirs is None else Decimal(str(theirs)))
            yield from differs(where, "enum", set(shape.one_of), set(node.get("enum", [])))
        case Flag():
            assert node["type"] == "boolean", where


def differs(where, word, ours, theirs):
    if ours != theirs:
        yield f"{where}: {word} {ours} here, {theirs} there"


@pytest.mark.parametrize("name", SHAPES)
def test_shape_is_the_documents(name, spec):
    document = spec.document
    node = document["components"]["schemas"][PREFIX + name]
    assert set(differences(SHAPES[name], node, document, name)) <= ON_PURPOSE


def test_the_comparison_sees_a_difference(spec):
    document = spec.document
    node = document["components"]["schemas"][PREFIX + "Account"]
    close = Fields({"typeCode": one_of("shipper payer duties-taxes", 1, 15), "number": Text(1, 13)}, low=1)
    assert list(differences(close, node, document, "a")) == ["a/number: maxLength 13 here, 12 there"]


@pytest.mark.parametrize(
    ("example", "shape"),
    [
        ("nonDocInternationalShipmentRequest", SHIPMENT_REQUEST),
        ("domesticDocShipmentRequest", SHIPMENT_REQUEST),
        ("pltShipmentRequest", SHIPMENT_REQUEST),
        ("labelFreeShipmentRequest", SHIPMENT_REQUEST),
        ("nonDocInternationalShipmentRates", RATE_REQUEST),
        ("nonDocInternationalShipmentLandedCost", LANDED_COST_REQUEST),
        ("nonDocRequestPickup", PICKUP_REQUEST),
    ],
)
def test_the_documents_own_examples_pass_as_they_do_there(example, shape, spec):
    value = spec.document["components"]["examples"][example]["value"]
    ours = list(problems(shape, load(json.dumps(value, default=str).encode())))
    name = next(name for name, known in SHAPES.items() if known is shape)
    try:
        spec.check({"$ref": f"#/components/schemas/{PREFIX}{name}"}, json.loads(json.dumps(value, default=str)))
    except AssertionError:
        assert ours
    else:
        assert not ours


@pytest.mark.parametrize(
    ("shape", "value", "expected"),
    [
        # Worded as in the 422 examples of the document.
        (Fields({"weight": Flag()}), "{}", "#: required key [weight] not found"),
        (Fields(), '{"dataIdentifier": 1}', "#: extraneous key [dataIdentifier] is not permitted"),
        (Text(1), '""', "#: expected minLength: 1, actual: 0"),
        (Text(high=3), '"four"', "#: expected maxLength: 3, actual: 4"),
        (Items(Flag(), high=1), "[true, true]", "#: expected maximum item count: 1, found: 2"),
        # Worded alike.
        (Items(Flag(), 1), "[]", "#: expected minimum item count: 1, found: 0"),
        (Items(Text(), unique=True), '["a", "a"]', "#: array items are not unique"),
        (Text(), "7", "#: expected type: String, found: Integer"),
        (Flag(), '"true"', "#: expected type: Boolean, found: String"),
        (number("1"), "true", "#: expected type: Number, found: Boolean"),
        (number("1"), "null", "#: expected type: Number, found: Null"),
        (number("0.001"), "0", "#: 0 is not greater or equal to 0.001"),
        (number(step="0.001"), "1.0005", "#: 1.0005 is not a multiple of 0.001"),
        (one_of("a b"), '"c"', "#: c is not a valid enum value"),
        (Text(is_date=True), '"2026-02-30"', "#: [2026-02-30] is not a valid date. Expected [yyyy-MM-dd]"),
    ],
)
def test_wording(shape, value, expected):
    assert list(problems(shape, load(value.encode()))) == [expected]


def test_pointer_leads_to_the_place():
    shape = Fields({"packages": Items(Fields({"weight": number("0.001")}))})
    value = load(b'{"packages": [{"weight": 1}, {"weight": 0}]}')
    assert list(problems(shape, value)) == ["#/packages/1/weight: 0 is not greater or equal to 0.001"]


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.decimals(-3, 3, places=4) | st.text("ab2", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(_json)
def test_verdict_is_that_of_json_schema(value):
    shape = Fields(
        {"a": Items(Text(1, 2, one_of=("a", "ab")), 1, 2, unique=True)},
        {"b": Number(Decimal(0), Decimal(2), Decimal("0.001")), "c": Fields(optional={"a": Flag()}, open=True, low=1)},
    )
    schema = {
        "type": "object",
        "required": ["a"],
        "additionalProperties": False,
        "properties": {
            "a": {
                "type": "array",
                "minItems": 1,
                "maxItems": 2,
                "uniqueItems": True,
                "items": {"type": "string", "minLength": 1, "maxLength": 2, "enum": ["a", "ab"]},
            },
            "b": {"type": "number", "minimum": 0, "maximum": 2, "multipleOf": 0.001},
            "c": {"type": "object", "minProperties": 1, "properties": {"a": {"type": "boolean"}}},
        },
    }
    text = json.dumps(value, default=float)
    assert bool(list(problems(shape, load(text.encode())))) != jsonschema_rs.is_valid(schema, json.loads(text))


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_any_number_gets_a_verdict(value):
    found = list(problems(number("0", "999999999999999", "0.001"), value))
    inside = 0 <= value <= 999999999999999 and value == round(value, 3)
    assert bool(found) != inside


@pytest.mark.parametrize("text", [b"NaN", b"Infinity", b"{", b"\xff", b"", b"1e99999999999999999999", b"9" * 5000])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match=re.compile("")):
        load(text)
