"""What is sent fits DHL's own schemas, and DHL's own examples can be read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xborder_dhl.vocabulary import EVENTS, LABEL_TEMPLATES, REGISTRATION_TYPES, STORED_DOCUMENTS, WAYBILL_TEMPLATES
from xborder_sdk.errors import MalformedResponse, NotFound
from xborder_sdk.hookspecs import (
    BookPickup,
    CancelPickup,
    ChangePickup,
    CheckAddress,
    CreateShipment,
    EstimateLandedCost,
    FindShipment,
    GetDocuments,
    GetProofOfDelivery,
    LabelStock,
    LabelWish,
    ListServices,
    ShipmentDetails,
    ShipmentOptions,
    TrackParcels,
)
from xborder_sdk.models import (
    ContentsType,
    Dimensions,
    DocumentFormat,
    DocumentKind,
    Incoterm,
    Money,
    Parcel,
    TrackingStatus,
)
from xborder_sdk.steps import Send

PREFIX = "supermodelIoLogisticsExpress"
LABEL = {"imageFormat": "PDF", "content": "JVBERg==", "typeCode": "label"}
BOUGHT = (201, {"shipmentTrackingNumber": "1234567890", "documents": [LABEL]})
NO_PRODUCTS = (200, {"products": []})


@pytest.fixture(scope="session")
def validator(openapi: dict[str, Any]) -> Callable[[str], Any]:
    document = json.loads(json.dumps(openapi["components"]["schemas"], default=str))

    @cache
    def make(name: str) -> Any:
        root = {"$ref": f"#/components/schemas/{PREFIX}{name}", "components": {"schemas": document}}
        return jsonschema_rs.validator_for(root)

    return make


def resolve(document: dict[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        found: Any = document
        for step in node["$ref"][2:].split("/"):
            found = found[step.replace("~1", "/")]
        node = found
    return node


def template_of(document: dict[str, Any], path: str) -> str:
    """The path of the document that a sent path is an instance of."""
    steps = path.split("/")
    for template in document["paths"]:
        wanted = template.split("/")
        if len(wanted) == len(steps) and all(w.startswith("{") or w == s for w, s in zip(wanted, steps, strict=True)):
            return str(template)
    raise AssertionError(f"DHL has no path {path}")


def hold_to_document(document: dict[str, Any], step: Send) -> None:
    """Path, verb, query names, required parameters and the type and enumeration of each value."""
    operation = document["paths"][template_of(document, step.path)][step.method.lower()]
    parameters = [resolve(document, parameter) for parameter in operation.get("parameters", [])]
    known = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
    given_names = [name for name, _ in step.query]
    assert set(given_names) <= set(known), f"{step.method} {step.path} has no {set(given_names) - set(known)}"
    missing = {name for name, parameter in known.items() if parameter.get("required")} - set(given_names)
    assert not missing
    for name, text in step.query:
        schema = resolve(document, known[name]["schema"])
        if schema["type"] == "array":
            assert given_names.count(name) <= schema["maxItems"]
            schema = schema["items"]
        else:
            assert given_names.count(name) == 1
        value: Any = {"boolean": json.loads, "number": json.loads}.get(schema["type"], str)(text)
        plain = {k: v for k, v in schema.items() if k in {"type", "enum", "minLength", "maxLength", "minimum"}}
        assert jsonschema_rs.validator_for(json.loads(json.dumps(plain, default=str))).is_valid(value), (name, text)
    headers = {parameter["name"].lower() for parameter in parameters if parameter["in"] == "header"}
    assert {name.lower() for name, _ in step.headers} <= headers


def fits(validate: Any, content: bytes | None) -> None:
    assert content is not None
    problems = [f"{list(e.instance_path)}: {e.message}" for e in validate.iter_errors(json.loads(content))]
    assert not problems


@pytest.fixture
def sent(run: Callable[..., Any], connector: Callable[..., Any]) -> Callable[..., list[Send]]:
    """Runs an operation, whatever it returns, and gives what was sent."""

    def send(operation: str, request: Any, answers: list[Any], **account: Any) -> list[Send]:
        steps, _ = run(connector(**account), operation, request, answers)
        return list(steps)

    return send


PARCELS = (
    Parcel(weight_g=1, description="a sample", reference="BOX-1"),
    Parcel(weight_g=70_001, dimensions=Dimensions(length_mm=1, width_mm=1199, height_mm=1200)),
)
OPTIONS = ShipmentOptions(
    insurance=Money(amount=Decimal("99.999"), currency="EUR"),
    signature=True,
    saturday_delivery=True,
    paperless_trade=True,
)

PURCHASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "goods": ({}, {}),
    "everything": (
        {
            "parcels": PARCELS,
            "options": OPTIONS,
            "customs": {"incoterm": Incoterm.DDP, "insurance": Money(amount=Decimal("1.5"), currency="USD"),
                        "invoice_remarks": "packed with care " * 6},
            "references": ("ORDER-1", "ORDER-2"),
            "book_pickup": True,
            "label": LabelWish(format=DocumentFormat.ZPL, dpi=300),
        },
        {"duties_account": "987654321", "payer_account": "111", "time_zone": "Asia/Shanghai",
         "pickup_close_time": "18:00", "pickup_location": "reception"},
    ),
    "a4": ({"label": LabelWish(stock=LabelStock.A4, invoice=False)}, {"waybill_document": False}),
    "gift": ({"customs": {"contents": ContentsType.GIFT}}, {"hs_codes_of": "origin"}),
    "documents": ({"customs": None, "service": "D", "parcels": (PARCELS[0],)}, {}),
    "union": ({"sender": {"country": "FR", "postal_code": "75001", "city": "Paris", "region": None}}, {}),
    "forwarder": ({"recipient": {"reference": "PN 4711", "region": "CA", "company": "Sample GmbH"}}, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(PURCHASES))
def test_purchases_fit_the_schema(
    name: str,
    sent: Callable[..., list[Send]],
    create: Callable[..., Any],
    validator: Callable[[str], Any],
    openapi: dict[str, Any],
) -> None:
    changes, account = PURCHASES[name]
    (step,) = sent("create_shipment", create(**changes), [BOUGHT], **account)
    hold_to_document(openapi, step)
    fits(validator("CreateShipmentRequest"), step.content)


@pytest.mark.parametrize("name", sorted(PURCHASES))
def test_questions_for_prices_fit_the_schema(
    name: str,
    sent: Callable[..., list[Send]],
    quote: Callable[..., Any],
    validator: Callable[[str], Any],
    openapi: dict[str, Any],
) -> None:
    changes, account = PURCHASES[name]
    kept = {key: value for key, value in changes.items() if key in ShipmentDetails.model_fields}
    request = quote(**kept)
    services = ListServices(**{key: getattr(request, key) for key in ListServices.model_fields})
    (asked,) = sent("quote", request, [NO_PRODUCTS], **account)
    (listed,) = sent("list_services", services, [NO_PRODUCTS], **account)
    for step in (asked, listed):
        hold_to_document(openapi, step)
        if step.method == "POST":
            fits(validator("RateRequest"), step.content)


def test_landed_cost_fits_the_schema(
    sent: Callable[..., list[Send]],
    create: Callable[..., Any],
    validator: Callable[[str], Any],
    openapi: dict[str, Any],
) -> None:
    source = create()
    fields = {key: getattr(source, key) for key in ShipmentDetails.model_fields}
    total = {"products": [{"totalPrice": [{"priceCurrency": "USD", "price": 80}]}]}
    (step,) = sent("estimate_landed_cost", EstimateLandedCost(**fields), [(200, total)])
    hold_to_document(openapi, step)
    fits(validator("LandedCostRequest"), step.content)


def test_pickups_fit_the_schema(
    sent: Callable[..., list[Send]],
    create: Callable[..., Any],
    validator: Callable[[str], Any],
    openapi: dict[str, Any],
) -> None:
    source = create()
    fields: dict[str, Any] = {
        "sender": source.sender.replace(residential=False),
        "ready_at": source.ship_at,
        "close_time": "18:00",
        "location": "reception",
        "instructions": "ring twice " * 20,
        "parcels": PARCELS,
        "waybills": ("1234567890", "1234567891"),
        "service": "P",
        "destination": source.recipient,
    }
    (booked,) = sent("book_pickup", BookPickup(**fields), [(201, {"dispatchConfirmationNumbers": ["PRG1"]})])
    fits(validator("PickupRequest"), booked.content)
    change = ChangePickup(confirmation="PRG260302000062", **fields)
    (changed,) = sent("change_pickup", change, [(200, {})])
    fits(validator("UpdatePickupRequest"), changed.content)
    cancel = CancelPickup(confirmation="PRG260302000062", requested_by="Lin Example", reason="sold out")
    (cancelled,) = sent("cancel_pickup", cancel, [(200, b"")])
    for step in (booked, changed, cancelled):
        hold_to_document(openapi, step)


def test_reads_fit_the_document(
    sent: Callable[..., list[Send]],
    connector: Callable[..., Any],
    create: Callable[..., Any],
    openapi: dict[str, Any],
) -> None:
    source = create()
    moment = source.ship_at
    steps = [
        *sent("track", TrackParcels(numbers=("1234567890",), language="en"), [(404, {})]),
        *sent("track", TrackParcels(numbers=tuple(str(10**9 + n) for n in range(450))), [(404, {})] * 3),
        *sent("track", TrackParcels(numbers=("JD0123456789",)), [(404, {})]),
        *sent("find_shipment", FindShipment(reference="REF", bought_from=moment, bought_to=moment), [(404, {})]),
        *sent("check_address", CheckAddress(address=source.recipient), [(200, {"address": []})] * 2),
        *sent("check_address", CheckAddress(address=source.sender, pickup=True), [(200, {"address": []})] * 2),
    ]
    document = {"documents": [{"encodingFormat": "PDF", "content": "JVBERg==", "typeCode": "waybill"}]}
    kinds = tuple(STORED_DOCUMENTS)
    wish = GetDocuments(waybill="1234567890", kinds=kinds, bought_at=moment)
    steps += sent("get_documents", wish, [(200, document)] * len(kinds))
    steps += sent("get_proof_of_delivery", GetProofOfDelivery(waybill="1234567890"), [(200, document)])
    who = connector().whoami()
    assert who is not None
    steps.append(next(who))
    for step in steps:
        hold_to_document(openapi, step)


@settings(max_examples=60, deadline=None)
@given(
    weight_g=st.integers(1, 2_000_000),
    size=st.tuples(*[st.integers(1, 5000)] * 3),
    cents=st.integers(1, 10**9),
    offset=st.integers(-14 * 60, 14 * 60),
    lines=st.integers(1, 60),
)
def test_any_numbers_fit_the_schema(
    run: Callable[..., Any],
    connector: Callable[..., Any],
    create: Callable[..., Any],
    validator: Callable[[str], Any],
    weight_g: int,
    size: tuple[int, int, int],
    cents: int,
    offset: int,
    lines: int,
) -> None:
    base = create()
    value = Money(amount=Decimal(cents) / 100, currency="USD")
    goods = tuple(base.customs.lines[0].replace(unit_value=value, unit_weight_g=1, quantity=1) for _ in range(lines))
    dimensions = Dimensions(length_mm=size[0], width_mm=size[1], height_mm=size[2])
    request = create(
        parcels=(Parcel(weight_g=weight_g + lines, dimensions=dimensions),),
        customs={"lines": goods},
        ship_at=base.ship_at.astimezone(timezone(timedelta(minutes=offset))),
    )
    (step,), _ = run(connector(), "create_shipment", request, [BOUGHT])
    fits(validator("CreateShipmentRequest"), step.content)
    sent = json.loads(step.content, parse_float=Decimal)
    (box,) = sent["content"]["packages"]
    assert Decimal(box["weight"]) * 1000 == weight_g + lines
    assert [box["dimensions"][side] for side in ("length", "width", "height")] == [-(-mm // 10) for mm in size]
    assert Decimal(sent["content"]["declaredValue"]) == Decimal(cents) / 100 * lines
    entries = sent["content"]["exportDeclaration"]["lineItems"]
    assert sum(Decimal(entry["weight"]["grossValue"]) for entry in entries) * 1000 == weight_g + lines


# ---- answers


def example(openapi: dict[str, Any], name: str) -> Any:
    return json.loads(json.dumps(openapi["components"]["examples"][name]["value"], default=str))


@pytest.mark.parametrize(
    "name",
    [
        "nonDocInternationalShipmentResponse",
        "domesticDocShipmentResponse",
        "pltShipmentResponse",
        "labelFreeShipmentResponse",
        "linkLabelsByPiecesShipmentResponse",
    ],
)
def test_shipment_examples_are_read(
    name: str,
    openapi: dict[str, Any],
    run: Callable[..., Any],
    connector: Callable[..., Any],
    create: Callable[..., Any],
) -> None:
    answer = example(openapi, name)
    _, shipment = run(connector(), "create_shipment", create(), [(201, answer)])
    assert shipment.waybill == answer["shipmentTrackingNumber"]
    assert [parcel.tracking_number for parcel in shipment.parcels] == [p["trackingNumber"] for p in answer["packages"]]
    expected = len(answer.get("documents", [])) + sum(len(p.get("documents", [])) for p in answer["packages"])
    undecodable = [warning for warning in shipment.warnings if "cannot be decoded" in warning]
    assert len(shipment.documents) + len(undecodable) == expected


def test_a_checked_but_unbought_shipment_is_not_taken_for_a_purchase(
    openapi: dict[str, Any], run: Callable[..., Any], connector: Callable[..., Any], create: Callable[..., Any]
) -> None:
    answer = example(openapi, "validateDataOnlyShipmentResponse")
    with pytest.raises(MalformedResponse):
        run(connector(), "create_shipment", create(), [(201, answer)])


def test_rate_examples_are_read(
    openapi: dict[str, Any], run: Callable[..., Any], connector: Callable[..., Any], quote: Callable[..., Any]
) -> None:
    answer = example(openapi, "nonDocInternationalShipmentRatesResponse")
    _, (found,) = run(connector(time_zone="Asia/Singapore"), "quote", quote(), [(200, answer)])
    assert (found.service.code, found.service.express) == ("P", True)
    assert str(found.price) == "157.95 GBP"
    assert [charge.code for charge in found.charges] == [None, "CR", "FF"]
    assert sum(charge.price.amount for charge in found.charges) == Decimal("157.95")
    assert found.chargeable_weight_g == 1500
    assert found.delivery_local_time == "2022-11-24T23:59:00"
    assert found.book_before.isoformat() == "2022-11-21T19:00:00+08:00"
    assert found.transit_days == 3
    assert found.raw.data()["productCode"] == "P"


def test_landed_cost_example_is_read(
    openapi: dict[str, Any], run: Callable[..., Any], connector: Callable[..., Any], create: Callable[..., Any]
) -> None:
    answer = example(openapi, "nonDocInternationalShipmentLandedCostResponse")
    fields = {key: getattr(create(), key) for key in ShipmentDetails.model_fields}
    _, cost = run(connector(), "estimate_landed_cost", EstimateLandedCost(**fields), [(200, answer)])
    assert [str(part) for part in (cost.total, cost.duties, cost.taxes, cost.fees)] == [
        "6078.22 AUD",
        "0 AUD",
        "534.92 AUD",
        "88 AUD",
    ]
    assert len(cost.warnings) == 1


def test_tracking_example_is_read(
    openapi: dict[str, Any], run: Callable[..., Any], connector: Callable[..., Any]
) -> None:
    operation = openapi["paths"]["/shipments/{shipmentTrackingNumber}/tracking"]["get"]
    examples = operation["responses"]["200"]["content"]["application/json"]["examples"]
    answer = json.loads(json.dumps(next(iter(examples.values()))["value"], default=str))
    _, (found,) = run(connector(), "track", TrackParcels(numbers=("1234567890",)), [(200, answer)])
    assert found.found
    assert found.status is TrackingStatus.DELIVERED
    assert len(found.scans) == len(answer["shipments"][0]["events"])
    assert found.scans[0].country == "AU"
    assert found.scans[0].local_time == "2023-08-09T13:56:21"
    last = found.scans[-1]
    assert last.text == "Delivered", "the receiver's name leaves the text"
    assert found.signed_by == answer["shipments"][0]["events"][-1]["description"].partition(": ")[2]


def test_samples_are_read(
    contracts: Path, run: Callable[..., Any], connector: Callable[..., Any], quote: Callable[..., Any]
) -> None:
    def sample(name: str) -> Any:
        return json.loads((contracts / "samples" / name).read_text(encoding="utf-8"))

    _, quotes = run(connector(), "quote", quote(), [(200, sample("rates.response-small.json"))])
    assert [(q.service.code, str(q.price)) for q in quotes] == [("P", "25.99 USD"), ("Y", "35.99 USD")]
    _, many = run(connector(), "quote", quote(), [(200, sample("sdk-get-rates.json"))])
    assert any(q.needs_agreement for q in many)
    assert all(q.public_price is None for q in many), "a price of zero is no price"
    _, (tracking,) = run(
        connector(), "track", TrackParcels(numbers=("9356579890",)), [(200, sample("tracking.response.json"))]
    )
    assert [scan.code for scan in tracking.scans] == ["PU", "OK"], "the answer lists the newest first"
    address = CheckAddress(address=quote().recipient)
    _, check = run(connector(), "check_address", address, [(200, sample("address-validate.response.json"))])
    assert check.suggestions[0].postal_code == "90001"
    _, bought = run(
        connector(), "create_shipment", _purchase(quote), [(201, sample("sdk-create-shipment-response.json"))]
    )
    assert {DocumentKind.LABEL, DocumentKind.WAYBILL} & {document.kind for document in bought.documents}
    assert bought.documents[-1].content.startswith(b"%PDF")
    with pytest.raises(NotFound):
        run(
            connector(),
            "get_proof_of_delivery",
            GetProofOfDelivery(waybill="1"),
            [(404, sample("error.tracking-404.json"))],
        )


def _purchase(quote: Callable[..., Any]) -> CreateShipment:
    fields = {key: getattr(quote(), key) for key in ShipmentDetails.model_fields}
    return CreateShipment(**fields | {"service": "P", "key": "sample"})


def test_every_event_code_is_mapped(contracts: Path) -> None:
    with (contracts / "codes" / "express-status.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["Service"] == "express"]
    codes = {row["Status"] for row in rows if not row["Status"].isdigit()}  # numbers are states of a whole shipment
    assert len(codes) == 40
    assert codes == set(EVENTS)


def test_event_meanings_agree_with_the_assignment(contracts: Path) -> None:
    with (contracts / "codes" / "normalised-map.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            status, _ = EVENTS[row["code"]]
            proposed = row["proposed"].partition(" (")[0].partition(" /")[0].strip()
            expected = TrackingStatus.UNKNOWN if row["proposed"].startswith("(no change") else TrackingStatus(proposed)
            assert status is expected, row["code"]


def test_names_come_from_the_document(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    registration = schemas[f"{PREFIX}RegistrationNumbers"]
    kinds = registration.get("items", registration)["properties"]["typeCode"]["enum"]
    assert set(kinds) == REGISTRATION_TYPES
    images = schemas[f"{PREFIX}CreateShipmentRequest"]["properties"]["outputImageProperties"]["properties"]
    names = images["imageOptions"]["items"]["properties"]["templateName"]["description"]
    for template in (*LABEL_TEMPLATES.values(), *WAYBILL_TEMPLATES.values()):
        assert template in names
    services = json.dumps(example(openapi, "nonDocInternationalShipmentRatesResponse"))
    for code, name in {"AA": "SATURDAY DELIVERY", "DD": "DUTY TAX PAID", "II": "SHIPMENT INSURANCE",
                       "SF": "DIRECT SIGNATURE", "WY": "PAPERLESS TRADE"}.items():  # fmt: skip
        assert f'"name": "{name}", "serviceCode": "{code}"' in services
