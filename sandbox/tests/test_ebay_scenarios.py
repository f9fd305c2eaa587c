"""What the scenarios hold, and the admin actions that change it."""

from __future__ import annotations

import pytest

from xborder_sandbox.ebay.goods import CATALOGUE
from xborder_sandbox.errors import AdminError, UnknownActionError

FULFILLMENT = "ebay/openapi/sell_fulfillment_v1_oas3.json"
EXTRA = frozenset({"legacyOrderId"})


def test_the_mix_is_what_the_readme_says(ebay):
    orders = ebay.all_orders()
    assert {order["pricingSummary"]["total"]["currency"] for order in orders} == {
        "USD",
        "GBP",
        "EUR",
        "AUD",
        "JPY",
        "CAD",
    }
    skus = [line["sku"] for order in orders for line in order["lineItems"]]
    assert set(skus) == {*CATALOGUE, "MYSTERY-BOX-7"}
    assert sum(len(order["lineItems"]) > 1 for order in orders) >= 3
    assert any(line["quantity"] > 1 for order in orders for line in order["lineItems"])
    names = {
        tax["ebayReference"]["name"]
        for order in orders
        for line in order["lineItems"]
        for tax in line.get("ebayCollectAndRemitTaxes", [])
        if "ebayReference" in tax
    }
    assert names == {"IOSS", "ABN", "VOEC"}
    states = [(order["orderPaymentStatus"], order["orderFulfillmentStatus"]) for order in orders]
    assert states.count(("PENDING", "NOT_STARTED")) == 1
    assert states.count(("FULLY_REFUNDED", "NOT_STARTED")) == 1
    assert states.count(("PAID", "FULFILLED")) == 1
    assert [order["cancelStatus"]["cancelState"] for order in orders].count("CANCELED") == 1
    assert [order["cancelStatus"]["cancelState"] for order in orders].count("IN_PROGRESS") == 1


def steps(orders):
    return [order["fulfillmentStartInstructions"][0] for order in orders]


def test_addresses_that_make_trouble(ebay):
    contacts = [step["shippingStep"]["shipTo"] for step in steps(ebay.all_orders())]
    assert sum(len(contact["contactAddress"]["addressLine1"]) > 45 for contact in contacts) == 1
    assert sum(all("一" <= letter <= "鿿" for letter in contact["fullName"]) for contact in contacts) == 1


def test_the_express_order(ebay):
    services = [step["shippingStep"]["shippingServiceCode"] for step in steps(ebay.all_orders())]
    assert services.count("ExpeditedInternational") == 1


def test_the_order_for_a_hub(ebay):
    (step,) = [step for step in steps(ebay.all_orders()) if step["ebaySupportedFulfillment"]]
    assert step["finalDestinationAddress"]["countryCode"] == "SE"
    assert step["shippingStep"]["shipTo"]["contactAddress"]["countryCode"] == "US"
    assert step["shippingStep"]["shipToReferenceId"]


def test_the_part_paid_order(ebay):
    order = ebay.order_of("Callum Reid")
    assert [payment["paymentStatus"] for payment in order["paymentSummary"]["payments"]] == ["PAID", "PENDING"]
    ebay.admin("mark_paid", orderId=order["orderId"])
    now = ebay.order(order["orderId"])
    assert now["orderPaymentStatus"] == "PAID"
    assert {payment["paymentStatus"] for payment in now["paymentSummary"]["payments"]} == {"PAID"}
    assert now["lastModifiedDate"] > order["lastModifiedDate"]


def test_yen_have_no_decimals(ebay):
    order = ebay.order_of("Asano Mari")
    assert order["pricingSummary"]["total"]["value"].endswith(".0")


def test_totals_add_up(ebay, ebay_uk):
    for order in ebay.all_orders() + ebay_uk.all_orders():
        summary = order["pricingSummary"]
        parts = [float(summary[name]["value"]) for name in ("priceSubtotal", "deliveryCost", "tax") if name in summary]
        total = float(summary["total"]["value"])
        assert total == pytest.approx(sum(parts))
        assert total == pytest.approx(sum(float(line["total"]["value"]) for line in order["lineItems"]))


def test_one_seed_one_world(make_ebay):
    assert make_ebay(seed=3).all_orders()[0]["orderId"] == make_ebay(seed=3).all_orders()[0]["orderId"]
    assert make_ebay(seed=3).all_orders()[0]["orderId"] != make_ebay(seed=4).all_orders()[0]["orderId"]


def test_empty(make_ebay):
    assert make_ebay("empty").orders().json()["total"] == 0


def test_many_orders(make_ebay, contract):
    ebay = make_ebay("empty")
    assert ebay.admin("generate", count=450) == {"orders": 450}
    page = ebay.orders("?limit=200&offset=400").json()
    assert (page["total"], len(page["orders"])) == (450, 50)
    contract(FULFILLMENT).check_response("/order", "get", 200, page, EXTRA)
    contract(FULFILLMENT).check_response(
        "/order", "get", 200, ebay.orders("?limit=20&fieldGroups=TAX_BREAKDOWN").json(), EXTRA
    )
    ids = {
        order["orderId"]
        for offset in (0, 200, 400)
        for order in ebay.orders(f"?limit=200&offset={offset}").json()["orders"]
    }
    assert len(ids) == 450


def test_a_generated_order_lives_like_any_other(make_ebay, contract):
    ebay = make_ebay("empty")
    ebay.admin("generate", count=3)
    order = ebay.all_orders()[1]
    body = {
        "lineItems": [{"lineItemId": line["lineItemId"]} for line in order["lineItems"]],
        "trackingNumber": "A1",
        "shippingCarrierCode": "DHL",
    }
    path = f"/sell/fulfillment/v1/order/{order['orderId']}/shipping_fulfillment"
    assert ebay.call("POST", path, json=body).status_code == 201
    listed = ebay.all_orders()[1]
    assert listed["orderFulfillmentStatus"] == "FULFILLED"
    assert listed["fulfillmentHrefs"][0].endswith("/A1")
    contract(FULFILLMENT).check_response("/order/{orderId}", "get", 200, ebay.order(order["orderId"]), EXTRA)


def test_bulk_is_the_same_for_one_seed(make_ebay):
    pages = []
    for _ in range(2):
        ebay = make_ebay("empty", seed=9)
        ebay.admin("generate", count=30)
        pages.append([order["orderId"] for order in ebay.all_orders()])
    assert pages[0] == pages[1]


def test_adding_an_order(ebay, contract):
    given = {
        "orderId": "01-00001-00001",
        "creationDate": "2026-02-20T10:00:00.000Z",
        "lastModifiedDate": "2026-02-21T10:00:00.000Z",
        "buyerCheckoutNotes": "Ring twice",
    }
    assert ebay.admin("add_order", order=given)["orderId"] == "01-00001-00001"
    order = ebay.order("01-00001-00001")
    assert {name: order[name] for name in given} == given
    contract(FULFILLMENT).check_response("/order/{orderId}", "get", 200, order, EXTRA)
    total = ebay.orders().json()["total"]
    ebay.admin("add_order", order=given)
    assert ebay.orders().json()["total"] == total


def test_changing_an_order(ebay):
    order = ebay.order_of("Jonas Brückmann")
    change = {"orderPaymentStatus": "FAILED", "creationDate": "2026-02-01T00:00:00.000Z"}
    ebay.admin("change_order", orderId=order["orderId"], change=change)
    now = ebay.all_orders()[0]
    assert (now["orderId"], now["orderPaymentStatus"]) == (order["orderId"], "FAILED")
    assert now["lastModifiedDate"] > order["lastModifiedDate"]
    ebay.admin("change_order", orderId=order["orderId"], change={"orderFulfillmentStatus": "FULFILLED"})
    assert ebay.order(order["orderId"])["orderFulfillmentStatus"] == "FULFILLED"


def test_cancelling_by_hand(ebay):
    order = ebay.order_of("Jonas Brückmann")
    ebay.admin("request_cancel", orderId=order["orderId"], reason="PRICE_TOO_HIGH")
    assert ebay.order(order["orderId"])["cancelStatus"]["cancelState"] == "IN_PROGRESS"
    other = ebay.order_of("Asano Mari")
    ebay.admin("cancel", orderId=other["orderId"])
    assert ebay.order(other["orderId"])["cancelStatus"]["cancelState"] == "CANCELED"
    with pytest.raises(AdminError):
        ebay.admin("cancel", orderId=other["orderId"])


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("settings", {"no_such": 1}),
        ("settings", {"refund_seconds": "soon"}),
        ("settings", {"refunds_fail": 1}),
        ("settings", {"repeated_tracking": "shrug"}),
        ("rotate_refresh_tokens", {"account": "ebay-mars"}),
        ("rotate_refresh_tokens", {"on": "yes"}),
        ("generate", {"count": 0}),
        ("generate", {"count": True}),
        ("add_order", {}),
        ("add_order", {"order": {"creationDate": "today"}}),
        ("change_order", {"orderId": "nope", "change": {}}),
        ("mark_paid", {}),
    ],
)
def test_actions_that_cannot_be_done(ebay, action, body):
    with pytest.raises(AdminError):
        ebay.admin(action, **body)


def test_unknown_actions(ebay):
    with pytest.raises(UnknownActionError, match="there are: settings"):
        ebay.admin("fly")


def test_the_state_has_no_secret(ebay):
    text = str(ebay.sandbox.vendors["ebay"].state())
    for name in ("client_secret", "refresh_token", "signing_private_key"):
        assert ebay.settings[name] not in text
    assert ebay.token not in text
    assert "Brückmann" not in text
