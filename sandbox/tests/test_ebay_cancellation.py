"""Cancellation through the Post-Order API, and what it does to the order."""

from __future__ import annotations

import pytest

PATH = "/ebay/api/post-order/v2/cancellation"


def ask(client, method, path="", *, scheme="IAF", marketplace="EBAY_US", headers=None, **more):
    sent = {"authorization": f"{scheme} {client.token}", **(headers or {})}
    if marketplace is not None:
        sent["x-ebay-c-marketplace-id"] = marketplace
    return client.http.request(method, PATH + path, headers=sent, **more)


def waiting(client):
    (held,) = [
        found
        for found in ask(client, "GET", "/search").json()["cancellations"]
        if found["cancelStatus"] == "CANCEL_REQUESTED"
    ]
    return held


def test_the_paths_are_the_documents(ebay, contract):
    document = contract("ebay/openapi/cancellation_oas3.json")
    served = {
        (route.path.removeprefix("/post-order/v2").replace("{cancel_id}", "{cancelId}"), method.lower())
        for route in ebay.sandbox.vendors["ebay"]._app.routes[0].app._app.routes
        if route.path.startswith("/post-order/v2/cancellation")
        for method in route.methods
        if method != "HEAD"
    }
    documented = {(path, method) for path, methods in document.document["paths"].items() for method in methods}
    # Only the buyer confirms a refund.
    assert documented - served == {("/cancellation/{cancelId}/confirm", "post")}
    assert served <= documented


def test_scheme_and_marketplace(ebay):
    assert ask(ebay, "GET", "/search").status_code == 200
    assert ask(ebay, "GET", "/search", scheme="Bearer").status_code == 401
    assert ask(ebay, "GET", "/search", marketplace=None).status_code == 400
    refused = ask(ebay, "GET", "/search", marketplace="EBAY_ATLANTIS").json()["error"][0]
    assert refused["httpStatusCode"] == 400
    assert refused["parameter"][0]["value"] == "X-EBAY-C-MARKETPLACE-ID"
    assert ebay.orders("?limit=1").status_code == 200


def test_eligibility(ebay):
    order = ebay.order_of("Jonas Brückmann")
    for known_as in (order["legacyOrderId"], order["orderId"]):
        answer = ask(ebay, "POST", "/check_eligibility", json={"legacyOrderId": known_as}).json()
        assert answer["eligible"] is True
        assert len(answer["itemEligibilityResult"]) == 1
    for name in ("Grady Holloway", "Sunniva Aas", "Tobias Kranz"):
        body = {"legacyOrderId": ebay.order_of(name)["legacyOrderId"]}
        answer = ask(ebay, "POST", "/check_eligibility", json=body).json()
        assert answer["eligible"] is False
        assert answer["failureReason"]
    assert ask(ebay, "POST", "/check_eligibility", json={"legacyOrderId": "1-2"}).status_code == 400
    ebay.sandbox.world.clock.advance(31 * 86_400)
    ebay._token = None
    assert ask(ebay, "POST", "/check_eligibility", json={"legacyOrderId": order["orderId"]}).json()["eligible"] is False


def test_the_seller_cancels(ebay, contract):
    order = ebay.order_of("Jonas Brückmann")
    body = {
        "legacyOrderId": order["legacyOrderId"],
        "cancelReason": "OUT_OF_STOCK_OR_CANNOT_FULFILL",
        "buyerPaid": True,
    }
    answer = ask(ebay, "POST", json=body)
    assert answer.status_code == 200
    cancel_id = answer.json()["cancelId"]
    now = ebay.order(order["orderId"])
    contract("ebay/openapi/sell_fulfillment_v1_oas3.json").check_response(
        "/order/{orderId}", "get", 200, now, frozenset({"legacyOrderId"})
    )
    assert now["cancelStatus"]["cancelState"] == "CANCELED"
    (request,) = now["cancelStatus"]["cancelRequests"]
    assert (request["cancelRequestId"], request["cancelRequestState"]) == (cancel_id, "COMPLETED")
    assert now["paymentSummary"]["refunds"][0]["refundStatus"] == "PENDING"
    ebay.sandbox.world.clock.advance(301)
    assert ebay.order(order["orderId"])["orderPaymentStatus"] == "FULLY_REFUNDED"
    detail = ask(ebay, "GET", f"/{cancel_id}").json()["cancelDetail"]
    assert detail["requestorType"] == "SELLER"
    assert detail["cancelStatus"] == "CANCEL_CLOSED_WITH_REFUND"
    assert "sellerResponseDueDate" not in detail
    # A second time it is not eligible.
    assert ask(ebay, "POST", json=body).status_code == 400


def test_wrong_requests(ebay):
    order_id = ebay.order_of("Jonas Brückmann")["legacyOrderId"]
    assert ask(ebay, "POST", json={"legacyOrderId": order_id}).status_code == 400
    assert ask(ebay, "POST", json={"legacyOrderId": order_id, "cancelReason": "BORED"}).status_code == 400
    assert ask(ebay, "POST", json={"legacyOrderId": 7, "cancelReason": "OTHER"}).status_code == 400
    assert ask(ebay, "POST", content=b"[]").status_code == 400
    assert ask(ebay, "POST", content=b"{").status_code == 400
    assert ask(ebay, "POST").status_code == 411


def test_approving_a_buyers_request(ebay):
    held = waiting(ebay)
    assert held["requestorType"] == "BUYER"
    assert held["sellerResponseDueDate"]["value"] > held["cancelRequestDate"]["value"]
    assert ask(ebay, "POST", f"/{held['cancelId']}/approve").status_code == 411
    assert ask(ebay, "POST", f"/{held['cancelId']}/approve", json={}).status_code == 200
    order = ebay.order_of("Sunniva Aas")
    assert order["cancelStatus"]["cancelState"] == "CANCELED"
    assert ask(ebay, "GET", f"/{held['cancelId']}").json()["cancelDetail"]["cancelState"] == "CLOSED"
    assert ask(ebay, "POST", f"/{held['cancelId']}/approve", json={}).status_code == 400


def test_rejecting_a_buyers_request(ebay):
    held = waiting(ebay)
    wrong = {"shipmentDate": {"value": "yesterday"}}
    assert ask(ebay, "POST", f"/{held['cancelId']}/reject", json=wrong).status_code == 400
    body = {"shipmentDate": {"value": "2026-03-02T08:00:00.000Z"}, "trackingNumber": "JD014600003SG"}
    assert ask(ebay, "POST", f"/{held['cancelId']}/reject", json=body).status_code == 200
    order = ebay.order(ebay.order_of("Sunniva Aas")["orderId"])
    assert order["cancelStatus"]["cancelState"] == "NONE_REQUESTED"
    assert order["cancelStatus"]["cancelRequests"][0]["cancelRequestState"] == "REJECTED"
    assert order["paymentSummary"]["refunds"] == []
    detail = ask(ebay, "GET", f"/{held['cancelId']}").json()["cancelDetail"]
    assert detail["cancelStatus"] == "CANCEL_REJECTED"


def test_searching(ebay):
    everything = ask(ebay, "GET", "/search").json()
    assert everything["total"] == everything["paginationOutput"]["totalEntries"] == 2
    newest, oldest = everything["cancellations"]
    assert ask(ebay, "GET", "/search?limit=1&offset=1").json()["cancellations"] == [oldest]
    assert ask(ebay, "GET", "/search?limit=1").json()["paginationOutput"]["totalPages"] == 2
    order = ebay.order_of("Sunniva Aas")
    line = order["lineItems"][0]
    for query in (
        f"cancel_id={newest['cancelId']}",
        f"legacy_order_id={order['legacyOrderId']}",
        f"item_id={line['legacyItemId']}",
        f"transaction_id={line['lineItemId']}",
    ):
        assert ask(ebay, "GET", f"/search?{query}").json()["cancellations"] == [newest], query
    late = "creation_date_range_from=2026-03-03T00:00:00.000Z"
    assert ask(ebay, "GET", f"/search?{late}").json()["total"] == 0
    assert ask(ebay, "GET", "/search?creation_date_range_to=2026-03-03T00:00:00.000Z").json()["total"] == 2


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "offset=-1", "limit=201", "creation_date_range_from=today"])
def test_wrong_searches(ebay, query):
    assert ask(ebay, "GET", f"/search?{query}").status_code == 400


def test_another_sellers_cancellation_does_not_exist(ebay, make_ebay):
    held = waiting(ebay)
    other = make_ebay(account="ebay-uk")
    other.sandbox, other.http = ebay.sandbox, ebay.http
    assert ask(other, "GET", f"/{held['cancelId']}").status_code == 404
    assert ask(other, "POST", f"/{held['cancelId']}/reject", json={}).status_code == 404
    assert ask(other, "GET", "/search").json()["total"] == 0


def test_a_seller_in_the_uk_signs_creating(ebay_uk, error):
    order = ebay_uk.order_of("Oonagh Kilbride")
    body = {"legacyOrderId": order["legacyOrderId"], "cancelReason": "BUYER_ASKED_CANCEL"}
    assert error(ask(ebay_uk, "POST", json=body)) == (400, 215122)
    cancel_id = ebay_uk.admin("request_cancel", orderId=order["orderId"])["cancelId"]
    assert error(ask(ebay_uk, "POST", f"/{cancel_id}/approve", json={})) == (400, 215122)
    assert ask(ebay_uk, "POST", f"/{cancel_id}/reject", json={}).status_code == 200
