"""Telling that goods are on their way, changing that, reading it back."""

from __future__ import annotations

import re

import pytest

TOP = "aliexpress.logistics.sellershipmentfortop"
FULFIL = "aliexpress.solution.order.fulfill"
LINES = "aliexpress.logistics.order.shipment"
MODIFY = "aliexpress.logistics.sellermodifiedshipmentfortop"
MODIFY_LINES = "aliexpress.logistics.order.modifyshipment"
READ = "aliexpress.logistics.querysellershipmentinfo"


def _entry(index, number="RV123456785CN", service="CPAM", send_type="all", **more):
    shipment = {"logistics_no": number, "service_name": service, **more}
    return {"sub_trade_order_index": index, "send_type": send_type, "shipment_list": [shipment]}


def _lines(client, order_id, *entries):
    request = {"trade_order_id": order_id, "sub_trade_order_list": list(entries)}
    return client.call(LINES, param_aeop_seller_shipment_sub_trade_order_request=request)["result"]


def _read(client, order_id, **more):
    client.admin("settings", numbers="listed")
    answer = client.call(READ, trade_order_id=str(order_id), **more)
    return [
        (entry["sub_trade_order_index"], entry["send_type"], [held["logistics_no"] for held in entry["shipment_list"]])
        for entry in answer["sub_trade_order_list"]
    ]


@pytest.fixture
def order_id(ae):
    """An order with two lines, ready to be sent."""
    return ae.add(items=[{"sku": "MUG-02"}, {"sku": "TOY-04"}])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"service_name": "PIGEON"}, "no service"),
        ({"logistics_no": "123"}, "does not match"),
        ({"send_type": "some"}, "send_type"),
        ({"out_ref": "1"}, "no order"),
        ({"out_ref": "x"}, "no order"),
        ({"service_name": "OTHER", "logistics_no": "AB-12345"}, "website"),
        ({"package_type": "heap"}, "package_type"),
        ({"description": "x" * 513}, "512"),
    ],
)
def test_declarations_that_are_refused(ae, order_id, change, why):
    answer = ae.declare(order_id, **change)
    assert (answer["result_success"], answer["result_error_code"]) == (False, "-1")
    assert why in answer["result_error_desc"]
    assert ae.status(order_id) == "WAIT_SELLER_SEND_GOODS"
    assert _read(ae, order_id) == []


@pytest.mark.parametrize("api", [TOP, FULFIL])
@pytest.mark.parametrize("name", ["service_name", "logistics_no", "send_type", "out_ref"])
def test_what_a_declaration_needs(ae, order_id, api, name):
    sent = {"service_name": "CPAM", "logistics_no": "RV1CN", "send_type": "all", "out_ref": str(order_id)}
    del sent[name]
    assert ae.refused(api, **sent) == ("MissingParameter", name)


def test_parts_then_all(ae, order_id):
    assert ae.declare(order_id, "RV000000001CN", send_type="part")["result_success"] is True
    order = ae.detail(order_id)
    assert (order["order_status"], order["logistics_status"]) == ("SELLER_PART_SEND_GOODS", "SELLER_SEND_PART_GOODS")
    assert ae.declare(order_id, "RV000000001CN", send_type="all")["result_success"] is False
    assert ae.declare(order_id, "RV000000002CN", send_type="all")["result_success"] is True
    assert ae.status(order_id) == "WAIT_BUYER_ACCEPT_GOODS"
    assert ae.declare(order_id, "RV000000003CN")["result_success"] is False
    numbers = ["RV000000001CN", "RV000000002CN"]
    assert _read(ae, order_id) == [(1, "all", numbers), (2, "all", numbers)]


def test_an_unknown_carrier_needs_a_website(ae, order_id):
    website = {"service_name": "OTHER", "tracking_website": "https://follow.example"}
    assert ae.declare(order_id, "AB-12345", **website)["result_success"] is True


def test_overseas_sellers_declare_too(ae_overseas):
    order_id = str(ae_overseas.order_to("PT")["id"])
    sent = {"service_name": "SPAIN_LOCAL_CORREOS", "send_type": "all", "out_ref": order_id}
    assert ae_overseas.call(FULFIL, **sent, logistics_no="x")["result"] == {"result_success": False}
    assert ae_overseas.call(FULFIL, **sent, logistics_no="ES2019COM0000123456")["result"] == {"result_success": True}
    assert ae_overseas.status(order_id) == "WAIT_BUYER_ACCEPT_GOODS"


def test_line_by_line(ae, order_id):
    first = _lines(ae, order_id, _entry(1))
    assert first["success"] is True
    assert int(first["trade_order_id"]) == order_id
    order = ae.detail(order_id)
    assert order["order_status"] == "SELLER_PART_SEND_GOODS"
    assert [line["order_status"] for line in order["child_order_list"]] == [
        "WAIT_BUYER_ACCEPT_GOODS",
        "WAIT_SELLER_SEND_GOODS",
    ]
    assert _lines(ae, order_id, _entry(2))["success"] is True
    assert ae.status(order_id) == "WAIT_BUYER_ACCEPT_GOODS"
    assert _read(ae, order_id) == [(1, "all", ["RV123456785CN"]), (2, "all", ["RV123456785CN"])]
    assert _read(ae, order_id, sub_trade_order_index="2") == [(2, "all", ["RV123456785CN"])]
    assert _read(ae, order_id, logistics_no="RV0") == []


def test_two_parcels_for_one_line(ae, order_id):
    entry = _entry(1)
    entry["shipment_list"].append({"logistics_no": "RV000000015CN", "service_name": "CPAM"})
    assert _lines(ae, order_id, entry, _entry(2))["success"] is True
    assert _read(ae, order_id)[0] == (1, "all", ["RV123456785CN", "RV000000015CN"])
    assert ae.status(order_id) == "WAIT_BUYER_ACCEPT_GOODS"


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([_entry(3)], "no line 3"),
        ([_entry(1), _entry(1)], "already"),
        ([_entry(1), _entry(2, "bad")], "does not match"),
        ([_entry(1, send_type="half")], "send_type"),
        ([_entry(1, "AB-12345", "OTHER", tracking_web_site="https://follow.example")], "actual carrier"),
        ([_entry(1, "AB-12345", "OTHER", actual_carrier="Pigeon Post")], "website"),
    ],
)
def test_lines_that_are_refused_leave_nothing(ae, order_id, entries, why):
    result = _lines(ae, order_id, *entries)
    assert (result["success"], result["error_code"]) == (False, "-1")
    assert why in result["error_msg"]
    assert _read(ae, order_id) == []


def test_lines_need_a_list(ae, order_id):
    name = "param_aeop_seller_shipment_sub_trade_order_request"
    assert ae.refused(LINES, **{name: {"trade_order_id": order_id}})[0] == "MissingParameter"
    empty = {"sub_trade_order_index": 1, "send_type": "all", "shipment_list": []}
    request = {"trade_order_id": order_id, "sub_trade_order_list": [empty]}
    assert ae.refused(LINES, **{name: request})[0] == "MissingParameter"


def test_lines_of_the_platform_are_refused(ae):
    order_id = int(ae.order_to("AU")["id"])
    assert "warehouse" in _lines(ae, order_id, _entry(1))["error_msg"]
    assert _lines(ae, order_id, _entry(2))["success"] is True


def _modify(client, order_id, old, new):
    return client.call(
        MODIFY,
        out_ref=str(order_id),
        send_type="all",
        old_logistics_no=old,
        old_service_name="CPAM",
        new_logistics_no=new,
        new_service_name="CPAM",
    )["result_success"]


def test_a_number_can_be_changed_twice(ae, order_id):
    numbers = [f"RV00000000{n}CN" for n in range(4)]
    assert ae.declare(order_id, numbers[0])["result_success"] is True
    assert _modify(ae, order_id, numbers[3], numbers[1]) is False
    assert _modify(ae, order_id, numbers[0], numbers[1]) is True
    assert _modify(ae, order_id, numbers[1], numbers[2]) is True
    assert _modify(ae, order_id, numbers[2], numbers[3]) is False
    assert _read(ae, order_id) == [(1, "all", [numbers[2]]), (2, "all", [numbers[2]])]


def test_a_number_can_be_changed_for_five_days(ae, order_id):
    assert ae.declare(order_id, "RV000000001CN")["result_success"] is True
    ae.advance(days=5.01)
    assert _modify(ae, order_id, "RV000000001CN", "RV000000002CN") is False
    ae.admin("settings", tracking_change_days=6)
    assert _modify(ae, order_id, "RV000000001CN", "RV000000002CN") is True


def test_the_number_of_one_line_can_be_changed(ae, order_id):
    assert _lines(ae, order_id, _entry(1), _entry(2))["success"] is True
    answer = ae.call(
        MODIFY_LINES,
        trade_order_id=str(order_id),
        old_logistics_no="RV123456785CN",
        old_service_name="CPAM",
        sub_trade_order_list=[_entry(2, "RV000000015CN")],
    )
    assert answer["is_success"] is True
    assert _read(ae, order_id) == [(1, "all", ["RV123456785CN"]), (2, "all", ["RV000000015CN"])]


def test_services_and_what_their_numbers_look_like(ae):
    services = ae.call("aliexpress.logistics.redefining.listlogisticsservice")["result_list"]
    patterns = {service["service_name"]: service["tracking_no_regex"] for service in services}
    assert re.match(patterns["CPAM"], "RV123456785CN")
    assert not re.match(patterns["CPAM"], "RV12345678CN")
    assert {"CAINIAO_STANDARD", "SPAIN_LOCAL_CORREOS"} <= set(patterns)


def test_orders_that_are_not_there(ae, ae_overseas):
    theirs = str(ae_overseas.orders()[0]["order_id"])
    assert ae.declare(theirs)["result_success"] is False
    assert ae.call(READ, trade_order_id=theirs)["result_success"] is False
