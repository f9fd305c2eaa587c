"""The connector behind the real client: tokens, retries, the ledger and references, on an own transport."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from xborder_ebay import EbayConnector
from xborder_sdk.client import Client
from xborder_sdk.errors import Conflict, InvalidSettings, OutcomeUnknown, UnsupportedOperation
from xborder_sdk.hookspecs import (
    CancelOrder,
    CancelReason,
    DeclareShipment,
    ListOrders,
    OrderSource,
    RefundOrder,
    RefundReason,
)
from xborder_sdk.models import CancellationStatus, LineQuantity, Money

KEY = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"  # the public test key of RFC 9421
ORDER = "07-12345-67890"
Answer = Callable[[httpx.Request], httpx.Response] | httpx.Response


class Ebay:
    """Answers by verb and path; the last answer of a list stays.

    Attributes:
        seen: Every request but those for tokens.
        tokens: How many tokens were given out.
    """

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], list[Answer]] = {}
        self.seen: list[httpx.Request] = []
        self.tokens = 0

    def on(self, method: str, path: str, *answers: Answer) -> None:
        self.routes[method, path] = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/identity/v1/oauth2/token":
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"access-{self.tokens}", "expires_in": 7200})
        self.seen.append(request)
        answers = self.routes[request.method, request.url.path]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(request) if callable(answer) else answer


@pytest.fixture
def ebay() -> Ebay:
    return Ebay()


@pytest.fixture
def client(ebay: Ebay, tmp_path: Path) -> Iterator[Callable[..., Client]]:
    opened: list[Client] = []

    def make(**settings: Any) -> Client:
        account = {"connector": "ebay", "client_id": "app", "client_secret": "cert-id", "refresh_token": "refresh"}
        opened.append(
            Client(
                accounts={"shop": {**account, **settings}},
                store=tmp_path / "ledger.sqlite",
                connectors=[EbayConnector],
                transport=httpx.MockTransport(ebay),
                random=lambda: 0.0,
            )
        )
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def order_path(tail: str = "") -> str:
    return f"/sell/fulfillment/v1/order/{ORDER}{tail}"


def json_answer(body: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


@pytest.fixture
def order(good: Any) -> dict[str, Any]:
    found: dict[str, Any] = good("get_order", "paid_with_ioss_number")["exchanges"][0]["answer"]["json"]
    return found


def test_a_list_is_completed_over_pages(client: Any, ebay: Ebay, order: dict[str, Any]) -> None:
    italian = json.loads(json.dumps(order).replace("EBAY_DE", "EBAY_IT"))
    italian["buyer"]["taxAddress"]["countryCode"] = "IT"
    whole = {**italian, "buyer": {**italian["buyer"], "taxIdentifier": {"taxpayerId": "TST", "issuingCountry": "IT"}}}
    following = "https://api.ebay.com/sell/fulfillment/v1/order?limit=1&offset=1"
    ebay.on(
        "GET",
        "/sell/fulfillment/v1/order",
        json_answer({"total": 2, "orders": [{**order, "orderId": "first"}], "next": following}),
        json_answer({"total": 2, "orders": [italian]}),
    )
    ebay.on("GET", order_path(), json_answer(whole))
    first, second = client().iter_orders("shop", ListOrders(page_size=1))
    assert (first.order_id, second.order_id) == ("first", ORDER)
    assert second.buyer.tax_numbers[0].number == "TST"
    assert ebay.tokens == 1
    assert [dict(request.url.params).get("offset") for request in ebay.seen] == ["0", "1", None]


def test_brackets_and_bars_are_percent_encoded(client: Any, ebay: Ebay) -> None:
    ebay.on("GET", "/sell/fulfillment/v1/order", json_answer({"total": 0, "orders": []}))
    client().list_orders("shop", ListOrders(statuses=("awaiting_shipment",), modified_from="2026-03-01T00:00:00Z"))
    sent = ebay.seen[0].url.raw_path.decode()
    assert not set(sent) & set("[]{}|")
    assert "%5B2026-03-01T00%3A00%3A00.000Z..%5D" in sent
    assert "%7BNOT_STARTED%7CIN_PROGRESS%7D" in sent


def test_an_expired_token_is_renewed_once(client: Any, ebay: Ebay, order: dict[str, Any]) -> None:
    expired = {
        "errors": [{"errorId": 1001, "domain": "OAuth", "category": "REQUEST", "message": "Invalid access token"}]
    }
    ebay.on("POST", order_path("/issue_refund"), json_answer(expired, 401), json_answer({"refundStatus": "PENDING"}))
    refund = RefundOrder(order_id=ORDER, reason=RefundReason.OTHER, amount=Money(amount="1.00", currency="EUR"))
    client(seller_country="CN").refund_order("shop", refund)
    assert [request.headers["authorization"] for request in ebay.seen] == ["Bearer access-1", "Bearer access-2"]


def test_a_refund_is_signed_over_what_is_sent(client: Any, ebay: Ebay) -> None:
    ebay.on("POST", order_path("/issue_refund"), json_answer({"refundId": "1", "refundStatus": "PENDING"}))
    shop = client(seller_country="DE", signing_key_jwe="jwe", signing_private_key=KEY)
    refund = RefundOrder(order_id=ORDER, reason=RefundReason.OTHER, amount=Money(amount="1.00", currency="EUR"))
    shop.refund_order("shop", refund)
    headers = ebay.seen[0].headers
    assert headers["x-ebay-signature-key"] == "jwe"
    from xborder_sdk.signing import content_digest_sha256

    assert headers["content-digest"] == content_digest_sha256(ebay.seen[0].content)
    assert '"content-digest"' in headers["signature-input"]
    assert shop.refund_order("shop", refund).refund_id == "1"
    assert len(ebay.seen) == 1


def test_a_refund_without_the_key_it_needs_is_not_sent(client: Any, ebay: Ebay) -> None:
    shop = client(seller_country="DE")
    refund = RefundOrder(order_id=ORDER, reason=RefundReason.OTHER, amount=Money(amount="1.00", currency="EUR"))
    assert not shop.supports("shop", OrderSource.refund_order)
    with pytest.raises((UnsupportedOperation, InvalidSettings), match="sign"):
        shop.refund_order("shop", refund)
    assert ebay.seen == []
    assert ebay.tokens == 0


@pytest.mark.parametrize("status", [500, 502, 503, 409])
def test_a_refund_without_a_usable_answer_is_sent_once(client: Any, ebay: Ebay, status: int) -> None:
    ebay.on("POST", order_path("/issue_refund"), httpx.Response(status, text="<html>"))
    refund = RefundOrder(order_id=ORDER, reason=RefundReason.OTHER, amount=Money(amount="1.00", currency="EUR"))
    shop = client(seller_country="CN")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            shop.refund_order("shop", refund)
    assert len(ebay.seen) == 1


def test_a_refused_refund_may_be_asked_again(client: Any, ebay: Ebay) -> None:
    refused = {
        "errors": [{"errorId": 34926, "domain": "API_FULFILLMENT", "category": "BUSINESS", "message": "No method"}]
    }
    ebay.on("POST", order_path("/issue_refund"), json_answer(refused, 409), json_answer({"refundStatus": "PENDING"}))
    refund = RefundOrder(order_id=ORDER, reason=RefundReason.OTHER, amount=Money(amount="1.00", currency="EUR"))
    shop = client(seller_country="CN")
    with pytest.raises(Conflict):
        shop.refund_order("shop", refund)
    assert shop.refund_order("shop", refund).status.value == "pending"


@pytest.mark.parametrize("lines", [(), (LineQuantity(line_id="10000000000101", quantity=3),)])
def test_a_declaration_happens_once(client: Any, ebay: Ebay, order: dict[str, Any], lines: tuple[LineQuantity]) -> None:
    shipped = {**order, "orderFulfillmentStatus": "FULFILLED"}
    told = {"fulfillmentId": "1234567890", "shipmentTrackingNumber": "1234567890", "shippingCarrierCode": "DHLEXPRESS",
            "lineItems": [{"lineItemId": "10000000000101", "quantity": 3}]}  # fmt: skip
    ebay.on("GET", order_path(), json_answer(order), json_answer(shipped))
    ebay.on("GET", order_path("/shipping_fulfillment"), json_answer({"fulfillments": [told], "total": 1}))
    location = {"Location": f"https://api.ebay.com{order_path('/shipping_fulfillment/1234567890')}"}
    ebay.on("POST", order_path("/shipping_fulfillment"), httpx.Response(201, headers=location, json={}))
    wish = DeclareShipment(order_id=ORDER, tracking_number="1234567890", carrier="dhl", lines=lines)
    shop = client()
    first = shop.declare_shipment("shop", wish)
    second = shop.declare_shipment("shop", wish)
    assert first.declaration_id == second.declaration_id == "1234567890"
    assert [request.method for request in ebay.seen].count("POST") == 1


def test_a_cancellation_happens_once(client: Any, ebay: Ebay, order: dict[str, Any]) -> None:
    request = {"cancelRequestId": "5", "cancelInitiator": "Seller", "cancelRequestState": "COMPLETED"}
    cancelled = {**order, "cancelStatus": {"cancelState": "CANCELED", "cancelRequests": [request]}}
    ebay.on("GET", order_path(), json_answer(order), json_answer(cancelled))
    ebay.on("POST", "/post-order/v2/cancellation/check_eligibility", json_answer({"eligible": True}))
    ebay.on("POST", "/post-order/v2/cancellation", json_answer({"cancelId": "5"}))
    wish = CancelOrder(order_id=ORDER, reason=CancelReason.OUT_OF_STOCK)
    shop = client(seller_country="GB", signing_key_jwe="jwe", signing_private_key=KEY)
    assert shop.cancel_order("shop", wish).status is CancellationStatus.REQUESTED
    assert shop.cancel_order("shop", wish).status is CancellationStatus.CANCELLED
    posts = [request for request in ebay.seen if request.method == "POST"]
    assert [(post.headers["authorization"], "signature" in post.headers) for post in posts] == [
        ("IAF access-1", False),
        ("IAF access-1", True),
    ]
    assert {post.headers["x-ebay-c-marketplace-id"] for post in posts} == {"EBAY_DE"}
