"""Telling eBay about parcels: validation, states, several parcels, the look back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FULFILLMENT = "ebay/openapi/sell_fulfillment_v1_oas3.json"
PATH = "/order/{orderId}/shipping_fulfillment"


def ship(client, order, body, **more):
    return client.call("POST", f"/sell/fulfillment/v1/order/{order['orderId']}/shipping_fulfillment", json=body, **more)


def parcel(order, *lines, tracking="JD014600003SG", carrier="DHLEXPRESS", **more):
    chosen = [order["lineItems"][place] for place in (lines or range(len(order["lineItems"])))]
    body = {"lineItems": [{"lineItemId": line["lineItemId"], "quantity": line["quantity"]} for line in chosen], **more}
    if tracking is not None:
        body |= {"trackingNumber": tracking, "shippingCarrierCode": carrier}
    return body


def statuses(client, order):
    now = client.order(order["orderId"])
    return now["orderFulfillmentStatus"], [line["lineItemFulfillmentStatus"] for line in now["lineItems"]]


def test_one_parcel(ebay, contract):
    document = contract(FULFILLMENT)
    order = ebay.order_of("Jonas Brückmann")
    body = parcel(order, shippedDate="2026-03-02T09:00:00.000Z")
    document.check_request(PATH, "post", body)
    answer = ship(ebay, order, body)
    assert answer.status_code == 201
    assert answer.json() == {}
    location = answer.headers["location"]
    assert location == (
        f"http://testserver/ebay/api/sell/fulfillment/v1/order/{order['orderId']}/shipping_fulfillment/JD014600003SG"
    )
    assert statuses(ebay, order) == ("FULFILLED", ["FULFILLED"])
    assert ebay.order(order["orderId"])["fulfillmentHrefs"] == [location]

    found = ebay.http.get(location, headers={"authorization": f"Bearer {ebay.token}"})
    document.check_response(PATH + "/{fulfillmentId}", "get", 200, found.json())
    assert found.json() == {
        "fulfillmentId": "JD014600003SG",
        "shipmentTrackingNumber": "JD014600003SG",
        "shippingCarrierCode": "DHLEXPRESS",
        "shippedDate": "2026-03-02T09:00:00.000Z",
        "lineItems": body["lineItems"],
    }
    listed = ebay.call("GET", f"/sell/fulfillment/v1/order/{order['orderId']}/shipping_fulfillment").json()
    document.check_response(PATH, "get", 200, listed)
    assert listed == {"fulfillments": [found.json()], "total": 1}


def test_an_order_of_two_lines_goes_through_in_progress(ebay):
    order = ebay.order_of("Élodie Garnier")
    assert statuses(ebay, order) == ("NOT_STARTED", ["NOT_STARTED", "NOT_STARTED"])
    assert ship(ebay, order, parcel(order, 1, tracking="A1")).status_code == 201
    assert statuses(ebay, order) == ("IN_PROGRESS", ["NOT_STARTED", "FULFILLED"])
    assert ship(ebay, order, parcel(order, 0, tracking="A2")).status_code == 201
    assert statuses(ebay, order) == ("FULFILLED", ["FULFILLED", "FULFILLED"])
    hrefs = ebay.order(order["orderId"])["fulfillmentHrefs"]
    assert [href.rsplit("/", 1)[1] for href in hrefs] == ["A1", "A2"]


def test_a_line_is_fulfilled_as_soon_as_one_unit_is(ebay):
    order = ebay.order_of("Jonas Brückmann")
    line = order["lineItems"][0]["lineItemId"]
    assert order["lineItems"][0]["quantity"] == 3
    for place in range(3):
        body = {"lineItems": [{"lineItemId": line}], "trackingNumber": f"P{place}", "shippingCarrierCode": "UPS"}
        assert ship(ebay, order, body).status_code == 201
        assert statuses(ebay, order) == ("FULFILLED", ["FULFILLED"])
    listed = ebay.call("GET", f"/sell/fulfillment/v1/order/{order['orderId']}/shipping_fulfillment").json()
    assert [fulfilment["lineItems"][0]["quantity"] for fulfilment in listed["fulfillments"]] == [1, 1, 1]


def test_without_tracking_the_id_is_arbitrary(ebay):
    order = ebay.order_of("Élodie Garnier")
    first = ship(ebay, order, parcel(order, 0, tracking=None)).headers["location"]
    second = ship(ebay, order, parcel(order, 1, tracking=None)).headers["location"]
    assert first.endswith("/999")
    assert second != first
    found = ebay.http.get(first, headers={"authorization": f"Bearer {ebay.token}"}).json()
    assert "shipmentTrackingNumber" not in found
    assert found["shippedDate"].startswith("2026-03-02T09:3")


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"lineItems": []}, 32600),
        ({"lineItems": None}, 32600),
        ({"lineItems": ["x"]}, 32600),
        ({"lineItems": [{"lineItemId": "1"}]}, 32200),
        ({"lineItems": [{}]}, 32200),
        ({"trackingNumber": "JD 0146"}, 32300),
        ({"trackingNumber": "JD-0146"}, 32300),
        ({"trackingNumber": ""}, 32300),
        ({"trackingNumber": None}, 32300),
        ({"trackingNumber": 4}, 32300),
        ({"shippingCarrierCode": None}, 32300),
        ({"shippingCarrierCode": "Speedy Pigeon"}, 32300),
        ({"shippedDate": "2026-03-02"}, 32500),
        ({"shippedDate": "2026-03-04T00:00:00.000Z"}, 32500),
        ({"carrier": "DHL"}, 32600),
    ],
)
def test_what_is_wrong_has_its_number(ebay, error, change, number):
    order = ebay.order_of("Élodie Garnier")
    assert error(ship(ebay, order, {**parcel(order), **change})) == (400, number)
    assert statuses(ebay, order)[0] == "NOT_STARTED"


def test_lines_and_quantities(ebay, error):
    order = ebay.order_of("Jonas Brückmann")
    line = order["lineItems"][0]["lineItemId"]
    for quantity in (0, 4, -1, "1", 1.5, True, None):
        body = {"lineItems": [{"lineItemId": line, "quantity": quantity}]}
        assert error(ship(ebay, order, body)) == (400, 32600), quantity
    assert error(ship(ebay, order, {"lineItems": [{"lineItemId": line}, {"lineItemId": line}]})) == (400, 32210)


def test_bodies_that_are_no_json_object(ebay, error):
    order = ebay.order_of("Jonas Brückmann")
    path = f"/sell/fulfillment/v1/order/{order['orderId']}/shipping_fulfillment"
    for content in (b"", b"[]", b"{", b"\xff"):
        answer = ebay.call("POST", path, content=content, headers={"content-type": "application/json"})
        assert error(answer) == (400, 32600)
    assert error(ebay.call("POST", path, content=b"{}", headers={"content-type": "text/plain"})) == (400, 32600)


def test_orders_that_are_not_there(ebay, error):
    for order_id in ("x", "99-99999-99999"):
        path = f"/sell/fulfillment/v1/order/{order_id}/shipping_fulfillment"
        assert error(ebay.call("POST", path, json={})) == (400, 32100)
        assert error(ebay.call("GET", path)) == (400, 32100)
    order = ebay.order_of("Tobias Kranz")
    path = f"/sell/fulfillment/v1/order/{order['orderId']}/shipping_fulfillment"
    assert ebay.call("GET", f"{path}/LX900000017CN").status_code == 200
    assert error(ebay.call("GET", f"{path}/XX1")) == (404, 32110)
    assert error(ebay.call("GET", f"{path}/X-1")) == (400, 32110)


def test_one_tracking_number_twice(ebay, error):
    order = ebay.order_of("Jonas Brückmann")
    assert ship(ebay, order, parcel(order)).status_code == 201
    assert error(ship(ebay, order, parcel(order))) == (400, 34500)
    ebay.admin("settings", repeated_tracking="accept")
    again = ship(ebay, order, parcel(order))
    assert again.status_code == 201
    assert len(ebay.order(order["orderId"])["fulfillmentHrefs"]) == 1


def test_a_cancelled_order_is_a_conflict(ebay):
    order = ebay.order_of("Grady Holloway")
    assert ship(ebay, order, parcel(order)).status_code == 409


def test_a_suspended_seller(ebay, error):
    ebay.admin("suspend", account="ebay-us")
    order = ebay.order_of("Jonas Brückmann")
    assert error(ship(ebay, order, parcel(order))) == (400, 32400)


def test_several_lines_of_a_shipping_programme(ebay, error):
    hub = ebay.order_of("Lovisa Engström")
    twice = [hub["lineItems"][0], {**hub["lineItems"][0], "lineItemId": "55550000111122"}]
    ebay.admin("change_order", orderId=hub["orderId"], change={"lineItems": twice})
    order = ebay.order(hub["orderId"])
    assert error(ship(ebay, order, parcel(order))) == (400, 34300)
    assert ship(ebay, order, parcel(order, 0)).status_code == 201


def test_too_many_tracking_numbers(ebay, error):
    ebay.admin("settings", max_tracking_numbers=2)
    order = ebay.order_of("Jonas Brückmann")
    for tracking in ("A1", "A2"):
        assert ship(ebay, order, parcel(order, tracking=tracking)).status_code == 201
    assert error(ship(ebay, order, parcel(order, tracking="A3"))) == (400, 34100)


@pytest.mark.parametrize("moves", [True, False])
def test_whether_it_moves_the_modification_date_is_a_setting(ebay, moves):
    ebay.admin("settings", fulfilment_moves_modified=moves)
    order = ebay.order_of("Jonas Brückmann")
    ebay.sandbox.world.clock.advance(60)
    assert ship(ebay, order, parcel(order)).status_code == 201
    after = ebay.order(order["orderId"])
    assert (after["lastModifiedDate"] > order["lastModifiedDate"]) is moves
    assert after["orderFulfillmentStatus"] == "FULFILLED"


def test_a_shipped_order_changes_its_list(ebay):
    query = "?filter=orderfulfillmentstatus:%7BNOT_STARTED%7CIN_PROGRESS%7D"
    before = ebay.orders(query).json()["total"]
    order = ebay.order_of("Jonas Brückmann")
    ship(ebay, order, parcel(order))
    assert ebay.orders(query).json()["total"] == before - 1


def test_other_carriers_when_the_list_is_not_kept(ebay):
    ebay.admin("settings", known_carriers_only=False)
    order = ebay.order_of("Jonas Brückmann")
    assert ship(ebay, order, parcel(order, carrier="Speedy Pigeon")).status_code == 201


def test_the_carrier_codes_are_the_documents(contract_folder):
    import json

    from xborder_sandbox.ebay.words import CARRIER_CODES, MARKETPLACES, REFUND_REASONS

    known = json.loads((contract_folder / "ebay/enums.json").read_text())
    assert set(known["trading_shipping_carrier_codes"]) == CARRIER_CODES
    assert set(known["marketplace_ids"]) == MARKETPLACES
    assert set(known["fulfillment"]["ReasonForRefundEnum"]) == REFUND_REASONS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
BODY = st.fixed_dictionaries(
    {},
    optional={
        "lineItems": JSON,
        "shippedDate": JSON,
        "shippingCarrierCode": JSON,
        "trackingNumber": JSON,
        "other": JSON,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODY)
def test_no_body_breaks_it(ebay, body):
    order = {"orderId": "99-99999-99999"}
    known = ebay.sandbox.vendors["ebay"].state()["newest_orders"][-1]["orderId"]
    for target in (order, {"orderId": known}):
        assert 400 <= ship(ebay, target, body).status_code < 500
