"""What is sent and what the fixtures answer, held against eBay's own OpenAPI documents and code lists."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from xborder_ebay import vocabulary as words
from xborder_ebay.order_reading import read_order
from xborder_ebay.orders import EbayOrders
from xborder_sdk.errors import XborderError
from xborder_sdk.hookspecs import ListOrders
from xborder_sdk.models import Order, OrderStatus, Raw, TaxScheme
from xborder_sdk.reading import parse_json
from xborder_sdk.steps import Response, Send

_BASES = (
    ("/sell/fulfillment/v1", "sell_fulfillment_v1_oas3.json"),
    ("/commerce/identity/v1", "commerce_identity_v1_oas3.json"),
    ("/post-order/v2", "cancellation_oas3.json"),
    ("/post-order/v2", "return_oas3.json"),
    ("/post-order/v2", "inquiry_oas3.json"),
    ("/post-order/v2", "case_oas3.json"),
)
Documents = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="session")
def documents(contracts: Path) -> Documents:
    return [(base, json.loads((contracts / "openapi" / name).read_text("utf-8"))) for base, name in _BASES]


@pytest.fixture(scope="session")
def enums(contracts: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((contracts / "enums.json").read_text("utf-8"))
    return found


def operation_of(documents: Documents, method: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for base, document in documents:
        if not path.startswith(base + "/"):
            continue
        # The template with the fewest variables wins, as in OpenAPI.
        for template in sorted(document["paths"], key=lambda text: text.count("{")):
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
            if re.fullmatch(pattern, path.removeprefix(base)) and method.lower() in document["paths"][template]:
                return document, document["paths"][template][method.lower()]
    pytest.fail(f"no document has {method} {path}")


def schema_of(content: dict[str, Any]) -> dict[str, Any] | None:
    found = content.get("content", {}).get("application/json", {}).get("schema")
    return found if isinstance(found, dict) else None


def assert_valid(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    jsonschema_rs.validator_for({**schema, "components": document["components"]}).validate(value)


def unknown_fields(document: dict[str, Any], schema: dict[str, Any], value: Any, path: str = "") -> list[str]:
    """Fields of a body that its schema does not have; the documents do not forbid them, and eBay would ignore them."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        return [name for item in value for name in unknown_fields(document, schema.get("items", {}), item, f"{path}[]")]
    if not isinstance(value, dict):
        return []
    known = schema.get("properties", {})
    found = [f"{path}.{key}" for key in value if key not in known]
    for key in value.keys() & known.keys():
        found += unknown_fields(document, known[key], value[key], f"{path}.{key}")
    return found


def assert_as_documented(documents: Documents, step: Send) -> None:
    document, operation = operation_of(documents, step.method, step.path)
    parameters = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
    if not step.path.startswith("/post-order/"):  # lists of paths, some without parameters
        assert {name for name, _ in step.query} <= parameters
    assert step.host == ("apiz" if "/payment_dispute" in step.path or "/identity/" in step.path else "api")
    schema = schema_of(operation.get("requestBody", {}))
    if schema is not None:
        assert step.content is not None
        body = json.loads(step.content)
        assert_valid(document, schema, body)
        assert unknown_fields(document, schema, body) == []


def test_requests_are_as_documented(
    exchange: dict[str, Any], play: Callable[..., Any], crank: Any, documents: Documents
) -> None:
    with contextlib.suppress(XborderError):
        play(exchange)
    assert len(crank.sent) == len(exchange["exchanges"])
    for step in crank.sent:
        assert_as_documented(documents, step)


def test_answers_are_as_documented(exchange: dict[str, Any], documents: Documents) -> None:
    """The invented answers are what eBay's schemas allow, so that the tests do not prove a phantasy."""
    for one in exchange["exchanges"]:
        if one.get("x-against-schema") is False:
            continue
        document, operation = operation_of(documents, one["expect"]["method"], one["expect"]["path"])
        answer = operation["responses"].get(str(one["answer"]["status"]))
        if one["answer"]["status"] == 429:
            continue  # the gateway's, in no document
        if one["expect"]["path"].startswith("/post-order/"):
            continue  # a list of paths without bodies
        assert answer is not None, one["answer"]["status"]
        schema = schema_of(answer)
        if schema is not None:
            assert_valid(document, schema, one["answer"]["json"])
            extra = unknown_fields(document, schema, one["answer"]["json"]) if schema.get("$ref") else []
            assert {name.rpartition(".")[2] for name in extra} <= {"legacyOrderId"}
        elif one["answer"]["status"] >= 400:
            codes = answer.get("x-response-codes", {}).get("errors", {})
            number = str(one["answer"]["json"]["errors"][0]["errorId"])
            assert not codes or number in codes or number in {"32100", "1100"}


def test_whoami_is_as_documented(connector: Any, crank: Any, documents: Documents) -> None:
    body = {"userId": "u-1", "username": "lotus-lantern-shop", "registrationMarketplaceId": "EBAY_GB"}
    identity = crank.run(connector, connector.whoami(), [Response(200, (), json.dumps(body).encode())])
    assert (identity.id, identity.name, identity.detail) == ("u-1", "lotus-lantern-shop", "EBAY_GB")
    (step,) = crank.sent
    assert (step.host, step.credential) == ("apiz", "user")
    assert_as_documented(documents, step)


def test_the_public_sample_page_parses(contracts: Path, orders: EbayOrders, crank: Any) -> None:
    content = (contracts / "samples" / "getOrders_page_masked_oss_vat_and_nz_gst.json").read_bytes()
    page = crank.run(orders.connector, orders.list_orders(ListOrders()), [Response(200, (), content)])
    first, second = page.items
    assert isinstance(first, Order)
    assert isinstance(second, Order)
    assert (page.total, page.next.state["offset"]) == (2190, 200)
    assert (first.site, first.status, first.holds) == ("EBAY_AT", OrderStatus.AWAITING_SHIPMENT, ())
    assert [tax.number.scheme for tax in first.collected_taxes if tax.number] == [TaxScheme.OSS]
    assert str(first.collected_taxes[0].amount) == "48.82 EUR"
    assert str(first.totals.payout) == "85.02 GBP"
    assert first.ship_to is not None
    assert first.ship_to.phone is None
    assert [(tax.number.scheme, tax.number.number) for tax in second.collected_taxes if tax.number] == [
        (TaxScheme.NZ_GST, "126-101-678")
    ]
    assert second.raw.data() == parse_json(content)["orders"][1]  # type: ignore[index, call-overload]
    assert json.loads(content)["orders"][0]["orderId"] == first.raw.data()["orderId"]


def test_tables_are_complete(enums: dict[str, Any]) -> None:
    fulfilment = enums["fulfillment"]
    assert set(words.FULFILMENT) == set(fulfilment["OrderFulfillmentStatus"])
    assert set(words.PAYMENT) == set(fulfilment["OrderPaymentStatusEnum"])
    assert set(words.CANCEL_STATE) == set(fulfilment["CancelStateEnum"])
    assert set(words.REFUND_STATUS) == set(fulfilment["RefundStatusEnum"])
    assert {*words.REFUND_REASON.values(), "SHIPPING_DISCOUNT"} == set(fulfilment["ReasonForRefundEnum"])
    assert set(words.TAX_REFERENCE) == set(fulfilment["EbayTaxReference.name"])
    kinds = words.SELLER_SHIPS | {words.PICKED_UP, words.DIGITAL, words.EBAY_SHIPS}
    assert kinds == set(fulfilment["FulfillmentInstructionsType"])
    assert set(fulfilment["EbayVaultFulfillmentTypeEnum"]) > words.LEAVES_VAULT
    assert words.TAX_IDENTIFIER_VAT in fulfilment["TaxIdentifierTypeEnum"]


def test_codes_that_are_sent_exist(enums: dict[str, Any]) -> None:
    assert set(words.CARRIER_CODES.values()) <= set(enums["trading_shipping_carrier_codes"])
    assert set(words.CANCEL_REASON.values()) <= set(enums["post_order"]["CancelReason"])
    assert set(enums["marketplace_ids"]) >= words.TAX_ID_MARKETPLACES


def test_a_sample_order_reads_alone(contracts: Path) -> None:
    content = (contracts / "samples" / "getOrders_page_masked_oss_vat_and_nz_gst.json").read_bytes()
    for data in json.loads(content)["orders"]:
        assert read_order(data, "ebay-test", Raw()).lines
