"""Booking parcels, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

ORDER = 8_100_200_300_400
CREATE = "aliexpress.logistics.createwarehouseorder"


def test_a_parcel_with_its_number_at_once(ae: Any) -> None:
    result = ae.book()
    assert result["error_code"] == 1
    assert result["out_order_code"].startswith("LP")
    assert len(result["out_order_code"]) == 16
    assert result["intl_tracking_no"].startswith("RV")
    assert result["trade_order_id"] == ORDER
    (held,) = ae.detail()
    assert held["logistics_order_id"] == result["warehouse_order_id"]
    assert held["logistics_status"] == "wait_warehouse_receive_goods"


def test_a_number_that_comes_later(ae: Any) -> None:
    result = ae.book("CAINIAO_STANDARD_FPXSZ")
    assert result["intl_tracking_no"] == ""
    assert ae.detail()[0]["logistics_status"] == "init"
    ae.advance(minutes=19)
    assert ae.detail()[0]["international_logistics_num"] == ""
    ae.advance(minutes=2)
    (held,) = ae.detail()
    assert held["international_logistics_num"].startswith("LV")
    assert held["logistics_status"] == "wait_warehouse_receive_goods"


def test_the_delay_can_be_set(ae: Any) -> None:
    ae.admin("number_delay", service="CAINIAO_STANDARD_FPXSZ", seconds=0)
    assert ae.book("CAINIAO_STANDARD_FPXSZ")["intl_tracking_no"]
    ae.admin("number_delay", seconds=60)
    assert ae.book("CPAM_WLB_FPXSZ")["intl_tracking_no"] == ""
    ae.admin("number_delay", seconds=None)
    assert ae.book("CPAM_WLB_FPXSZ")["intl_tracking_no"]


def test_the_same_booking_again_is_another_parcel(ae: Any) -> None:
    first, second = ae.book(), ae.book()
    assert first["warehouse_order_id"] != second["warehouse_order_id"]
    assert first["intl_tracking_no"] != second["intl_tracking_no"]
    assert len(ae.detail()) == 2


def test_numbers_have_a_check_digit(ae: Any) -> None:
    for _ in range(12):
        number = ae.book()["intl_tracking_no"]
        digits = [int(digit) for digit in number[2:11]]
        total = sum(d * w for d, w in zip(digits[:8], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
        rest = 11 - total % 11
        assert digits[8] == (0 if rest == 10 else 5 if rest == 11 else rest)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"category_en_desc": "x" * 61}, "category_en_desc"),
        ({"category_en_desc": "杯"}, "category_en_desc"),
        ({"category_en_desc": ""}, "category_en_desc"),
        ({"category_cn_desc": "杯" * 21}, "category_cn_desc"),
        ({"category_cn_desc": None}, "category_cn_desc"),
        ({"product_num": 0}, "product_num"),
        ({"product_num": 1000}, "product_num"),
        ({"product_weight": "0.0005"}, "product_weight"),
        ({"product_weight": "2.001"}, "product_weight"),
        ({"product_weight": "0.1234"}, "product_weight"),
        ({"product_declare_amount": "0"}, "product_declare_amount"),
        ({"product_declare_amount": "10000.01"}, "product_declare_amount"),
        ({"product_id": None}, "product_id"),
        ({"child_order_id": ORDER + 7}, "child_order_id"),
        ({"child_order_id": ORDER + 2}, "child_order_id"),
        ({"contains_battery": "maybe"}, "contains_battery"),
    ],
)
def test_declared_goods_beyond_a_limit(ae: Any, goods: Any, change: dict[str, Any], why: str) -> None:
    assert why in ae.refusal(declare_product_d_t_os=[goods(**change)])
    assert ae.detail() == []


@pytest.mark.parametrize(
    "change",
    [
        {"category_en_desc": "x" * 60},
        {"category_cn_desc": "杯" * 20},
        {"product_num": 999},
        {"product_weight": "2.000"},
        {"product_weight": "0.001"},
        {"product_declare_amount": "0.01"},
        {"product_declare_amount": "10000.00"},
        {"product_id": 0, "child_order_id": None},
        {"contains_battery": 0},
    ],
)
def test_declared_goods_at_a_limit(ae: Any, goods: Any, change: dict[str, Any]) -> None:
    ae.book(declare_product_d_t_os=[goods(**change)])


def test_at_most_fifty_products_and_two_kilograms_together(ae: Any, goods: Any) -> None:
    light = goods(product_weight="0.010")
    ae.book(declare_product_d_t_os=[light] * 50)
    assert "50" in ae.refusal(declare_product_d_t_os=[light] * 51)
    assert "declare_product_d_t_os" in ae.refusal(declare_product_d_t_os=[])
    assert "2001 g" in ae.refusal(declare_product_d_t_os=[goods(product_weight="2.000"), goods(product_weight="0.001")])


def test_batteries_go_where_they_are_taken(ae: Any, goods: Any) -> None:
    torch = [goods(contains_battery=True)]
    assert "batteries" in ae.refusal(declare_product_d_t_os=torch)
    ae.book("CAINIAO_STANDARD_FPXSZ", declare_product_d_t_os=torch)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"warehouse_carrier_service": "NOWHERE_WLB"}, "NOWHERE_WLB"),
        ({"warehouse_carrier_service": "HRB_WLB_ZTOGZ"}, "FR"),
        ({"trade_order_id": str(ORDER + 9)}, "does not exist"),
        ({"trade_order_from": "SHOP"}, "ESCROW"),
        ({"pickup_type": "PIGEON"}, "pickup_type"),
        ({"undeliverable_decision": "2"}, "undeliverable_decision"),
        ({"top_user_key": "12345678901234567"}, "top_user_key"),
        ({"oaid": "of-somebody-else"}, "oaid"),
    ],
)
def test_what_cannot_be_booked(ae: Any, change: dict[str, Any], why: str) -> None:
    assert why in ae.refusal(**change)
    assert ae.detail() == []


@pytest.mark.parametrize("name", ["trade_order_id", "trade_order_from", "warehouse_carrier_service", "address_d_t_os"])
def test_what_the_gateway_misses(ae: Any, name: str) -> None:
    request = ae.order_request(**{name: None})
    assert ae.refused("aliexpress.logistics.order.createorder", **request).startswith("MissingParameter")


@pytest.mark.parametrize(
    ("name", "why"),
    [("name", "name"), ("country", "country"), ("city", "city"), ("street_address", "street"), ("mobile", "phone")],
)
def test_a_receiver_without(ae: Any, name: str, why: str) -> None:
    addresses = ae.order_request()["address_d_t_os"]
    del addresses["receiver"][name]
    assert why in ae.refusal(address_d_t_os=addresses)


def test_a_receiver_that_is_masked_or_elsewhere(ae: Any) -> None:
    addresses = ae.order_request()["address_d_t_os"]
    addresses["receiver"]["name"] = "É***"
    assert "masked" in ae.refusal(address_d_t_os=addresses)
    addresses["receiver"] = {**addresses["receiver"], "name": "Élodie Garnier", "country": "DE"}
    assert "country" in ae.refusal(address_d_t_os=addresses)


def test_the_oaid_stands_for_the_receiver(ae: Any) -> None:
    addresses = ae.order_request()["address_d_t_os"]
    del addresses["receiver"]
    assert "receiver" in ae.refusal(address_d_t_os=addresses)
    ae.book(address_d_t_os=addresses, oaid="oaid-of-elodie")


def test_addresses_by_their_ids(ae: Any) -> None:
    for kind in ("sender", "refund"):
        addresses = ae.order_request()["address_d_t_os"]
        addresses[kind] = {"address_id": 5}
        assert kind in ae.refusal(address_d_t_os=addresses)
        del addresses[kind]
        assert kind in ae.refusal(address_d_t_os=addresses)
    addresses = ae.order_request()["address_d_t_os"]
    del addresses["refund"]
    ae.book(address_d_t_os=addresses, undeliverable_decision="1")  # destroyed: nothing comes back


def test_a_door_is_collected_at_by_the_warehouse_near_it(ae: Any) -> None:
    addresses = ae.order_request()["address_d_t_os"]
    addresses["pickup"] = {"address_id": ae.address_id("pickup", "北京市")}
    far = {"pickup_type": "DOOR_PICKUP", "address_d_t_os": addresses}
    assert "北京市" in ae.refusal("CAINIAO_STANDARD_FPXSZ", **far)
    ae.book("CAINIAO_STANDARD_YANWENBJ", **far)
    ae.book("CAINIAO_STANDARD_FPXSZ", **{**far, "pickup_type": "SELF_SEND"})
    del addresses["pickup"]
    assert "pickup" in ae.refusal("CAINIAO_STANDARD_YANWENBJ", **far)


def test_the_older_call_needs_the_domestic_courier(ae: Any) -> None:
    request = ae.order_request(pickup_type=None)
    assert ae.refused(CREATE, **request).startswith("MissingParameter")
    posted = {"domestic_logistics_company_id": "505", "domestic_tracking_no": "TT1"}
    del request["address_d_t_os"]["pickup"]
    for more, way in (
        (posted, "SELF_POST"),
        ({**posted, "domestic_logistics_company_id": "-1", "domestic_logistics_company": "self"}, "SELF_SEND"),
    ):
        answer = ae.call(CREATE, **request, **more)
        assert answer["result"]["success"] is True, answer
        assert "out_order_code" not in answer["result"]
        assert ae.state()["parcels"][-1]["pickup_type"] == way
    for wrong in (
        {**posted, "domestic_logistics_company_id": "-1"},
        {**posted, "domestic_logistics_company_id": "4"},
        {**posted, "domestic_tracking_no": "T" * 33},
    ):
        answer = ae.call(CREATE, **request, **wrong)
        assert answer["result"]["success"] is False
        assert answer["result_success"] is True
        assert "warehouse_order_id" not in answer["result"]


def test_an_order_that_must_wait_is_not_shipped(ae: Any) -> None:
    ae.admin("open_issue", order=ORDER)
    assert "IN_ISSUE" in ae.refusal()


def test_an_order_that_was_sent_is_not_shipped_again(sent: Any) -> None:
    assert "WAIT_BUYER_ACCEPT_GOODS" in sent.refusal()


def test_unpaid_freight_stops_bookings(ae: Any) -> None:
    api = "cainiao.global.logistics.queryorderpaystatus"
    assert ae.call(api)["response"]["has_not_pay_order"] is False
    ae.admin("unpaid_freight")
    assert ae.call(api)["response"]["has_not_pay_order"] is True
    assert "not paid" in ae.refusal()
    ae.admin("unpaid_freight", on=False)
    ae.book()


def solution_request(ae: Any, **changes: Any) -> dict[str, Any]:
    address = {"seller_address_id": ae.address_id("sender")}
    item = {
        "item_id": 1005006110427302,
        "quantity": 2,
        "english_name": "Enamel mug",
        "local_name": "搪瓷杯",
        "unit_price": 649,
        "total_price": 1298,
        "currency": "USD",
        "weight": 260,
        "sku": "MUG-02",
        "item_features": ["cf_normal"],
    }
    features = {"warehouse_code": "FPXSZ"}
    order = {
        "trade_order_param": {"trade_order_id": ORDER},
        "solution_param": {
            "solution_code": "CAINIAO_STANDARD",
            "service_params": [
                {"code": "SELF_SEND", "features": features},
                {"code": "UNREACHABLE_RETURN", "features": features},
            ],
        },
        "package_params": [{"item_params": [item]}],
        "seller_info_param": {"top_user_key": "7"},
        "sender_param": address,
        "returner_param": address,
        "receiver_param": {},
    }
    return {**order, **changes}


def test_a_solution_is_booked_too(ae: Any) -> None:
    api = "cainiao.global.logistic.order.create"
    answer = ae.call(api, order_param=solution_request(ae))
    assert answer["is_success"] == "true"
    (held,) = ae.detail()
    assert held["logistics_order_id"] == answer["result"]["logistics_order_id"]
    assert held["solution_code"] == "CAINIAO_STANDARD"
    assert held["logistics_service_list"] == [{"code": "SELF_SEND", "resource_code": "FPXSZ"}]
    nowhere = {
        "solution_code": "CAINIAO_STANDARD",
        "service_params": [{"code": "SELF_SEND", "features": {"warehouse_code": "X"}}],
    }
    for change in (
        {"trade_order_param": {"trade_order_id": 5}},
        {"solution_param": nowhere},
        {"package_params": []},
        {"sender_param": {"seller_address_id": 5}},
    ):
        refused = ae.call(api, order_param=solution_request(ae, **change))
        assert refused["is_success"] == "false"
        assert refused["need_retry"] is False
        assert refused["error_info"]["error_msg"]
    assert len(ae.detail()) == 1
