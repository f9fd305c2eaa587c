"""What a seller can choose from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

ORDER = 8_100_200_300_400
LIST = "aliexpress.logistics.redefining.getonlinelogisticsservicelistbyorderid"
QUERY = "aliexpress.logistics.service.query"


def keys(answer: dict[str, Any]) -> set[str]:
    return {entry["logistics_service_id"] for entry in answer["result_list"]}


def test_services_of_an_order_with_their_price_as_text(ae: Any) -> None:
    answer = ae.call(
        LIST, order_id=str(ORDER), goods_weight="0.52", goods_length="20", goods_width="15", goods_height="9"
    )
    assert answer["is_success"] is True
    assert {"CAINIAO_STANDARD_FPXSZ", "CPAM_WLB_FPXSZ", "YANWENJYT_WLB_CPAMSZ"} <= keys(answer)
    entry = next(entry for entry in answer["result_list"] if entry["logistics_service_id"] == "CPAM_WLB_FPXSZ")
    assert entry["trial_result"] == "CN¥64.76"  # 0.52 kg at 88 a kilogram, and 19
    assert entry["other_fees"][0]["curreny"] == "CNY"


def test_a_route_to_one_country_is_offered_there_only(ae: Any) -> None:
    assert "HRB_WLB_ZTOGZ" not in keys(ae.call(LIST, order_id=str(ORDER)))


def test_a_heavier_parcel_costs_more(ae: Any) -> None:
    prices = []
    for weight in ("0.1", "2.0"):
        found = ae.call(LIST, order_id=str(ORDER), goods_weight=weight)["result_list"]
        prices.append(Decimal(found[0]["trial_result"].removeprefix("CN¥")))
    assert prices[0] < prices[1]


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        ({"goods_weight": "2.000"}, True),
        ({"goods_weight": "2.001"}, False),
        ({"goods_weight": "0.001"}, True),
        ({"goods_weight": "0"}, False),
        ({"goods_length": "60", "goods_width": "20", "goods_height": "10"}, True),
        ({"goods_length": "61", "goods_width": "10", "goods_height": "10"}, False),
        ({"goods_length": "60", "goods_width": "20", "goods_height": "11"}, False),
        ({"goods_length": "30", "goods_width": "30", "goods_height": "30"}, True),
    ],
)
def test_what_is_too_large_has_no_service(ae: Any, size: dict[str, str], fits: bool) -> None:
    simple = ae.call(LIST, order_id=str(ORDER), **size)
    rich = ae.call(QUERY, interface_request={"order_id": ORDER, **size})["result_response"]
    for answer in (simple, rich):
        assert answer["is_success"] is True
        assert bool(answer["result_list"]) is fits


def test_an_order_that_is_sent_has_no_service(sent: Any) -> None:
    assert sent.call(LIST, order_id=str(ORDER))["result_list"] == []


def test_an_order_of_somebody_else_is_none(ae: Any) -> None:
    answer = ae.call(LIST, order_id=str(ORDER + 9))
    assert answer["is_success"] is False
    assert answer["error_desc"]
    assert "result_list" not in answer
    response = ae.call(QUERY, interface_request={"order_id": ORDER + 9})["result_response"]
    assert response["is_success"] is False


def test_the_newer_query_tells_discount_index_and_ways(ae: Any) -> None:
    found = ae.call(QUERY, interface_request={"order_id": ORDER, "goods_weight": "0.52"})["result_response"]
    for entry in found["result_list"]:
        assert {way["code"] for way in entry["available_logistic_service_list"]} == {
            "DOOR_PICKUP",
            "SELF_POST",
            "SELF_SEND",
        }
        full, less = (Decimal(entry[name].removeprefix("CN¥")) for name in ("trial_result", "discount_trial_result"))
        assert less < full
        assert entry["recommend_index"].isdigit()


def test_lines_are_weighed_together(ae: Any) -> None:
    def price(weight: str, times: int) -> str:
        part = {"order_id": ORDER + 1, "goods_weight": weight, "goods_length": 10, "goods_width": 10, "goods_height": 5}
        answer = ae.call(QUERY, interface_request={"order_id": ORDER, "sub_order_list": [part] * times})
        return str(answer["result_response"]["result_list"][0]["trial_result"])

    assert price("0.2", 2) == price("0.4", 1)
    foreign = {"order_id": ORDER + 2, "goods_weight": "0.1"}  # the platform's warehouse sends that line
    answer = ae.call(QUERY, interface_request={"order_id": ORDER, "sub_order_list": [foreign]})
    assert answer["result_response"]["is_success"] is False


def test_what_is_no_number_is_refused_by_the_gateway(ae: Any) -> None:
    assert ae.refused(LIST, order_id=str(ORDER), goods_weight="heavy").startswith("15 goods_weight")
    assert ae.refused(LIST).startswith("MissingParameter")


def test_addresses_by_kind_with_english_to_send_from(ae: Any) -> None:
    api = "aliexpress.logistics.redefining.getlogisticsselleraddresses"
    answer = ae.call(api, seller_address_query="sender,pickup,refund")
    assert answer["result_success"] is True
    assert [entry["language"] for entry in answer["sender_seller_address_list"]] == ["en"]
    assert {entry["province"] for entry in answer["pickup_seller_address_list"]} == {"广东省", "北京市"}
    assert len(answer["refund_seller_address_list"]) == 1
    some = ae.call(api, seller_address_query='["refund"]')
    assert "sender_seller_address_list" not in some
    assert ae.call(api, seller_address_query="home")["result_success"] is False


def test_sellers_have_addresses_of_their_own(make_seller: Any) -> None:
    api = "aliexpress.logistics.redefining.getlogisticsselleraddresses"
    ids = {
        make_seller(account=account).call(api, seller_address_query="sender")["sender_seller_address_list"][0][
            "address_id"
        ]
        for account in ("ae-shop", "ae-overseas")
    }
    assert len(ids) == 2


def test_domestic_couriers_have_other_as_minus_one(ae: Any) -> None:
    listed = ae.call("aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany")["result_list"]
    assert -1 in {entry["company_id"] for entry in listed}
    assert 505 in {entry["company_id"] for entry in listed}


def test_solutions_have_prices_in_fen(ae: Any) -> None:
    box = {"length": 200, "width": 150, "height": 90, "weight": 520}
    answer = ae.call(
        "cainiao.global.solution.inquiry", trade_order_param={"trade_order_id": ORDER}, package_params=[box]
    )
    found = {entry["code"]: entry for entry in answer["result"]["usable_solution_list"]}
    assert {"CAINIAO_STANDARD", "CPAM", "YANWEN_JYT"} == set(found)
    detail = found["CPAM"]["fee_list"][0]["fee_detail_list"][0]
    assert detail["fee"] == 6476
    assert found["CPAM"]["fee_list"][0]["total_fee"] == detail["paid_fee"] < detail["fee"]
    just = {**box, "length": 600, "width": 200, "height": 100}
    answer = ae.call(
        "cainiao.global.solution.inquiry", trade_order_param={"trade_order_id": ORDER}, package_params=[just]
    )
    assert answer["result"]["usable_solution_list"]
    for large in ({**box, "weight": 2001}, {**just, "height": 101}):
        answer = ae.call(
            "cainiao.global.solution.inquiry", trade_order_param={"trade_order_id": ORDER}, package_params=[large]
        )
        assert answer["result"]["usable_solution_list"] == []
    other = ae.call("cainiao.global.solution.inquiry", trade_order_param={"trade_order_id": 5}, package_params=[box])
    assert other["is_success"] is False
    assert other["error_info"]["error_msg"]


def test_the_warehouse_that_collects_at_an_address(ae: Any) -> None:
    def codes(way: str, address: int) -> set[str]:
        answer = ae.call(
            "cainiao.global.pickup.resource.recommend",
            solution_code="CAINIAO_STANDARD",
            pickup_type=way,
            pickup_info={"address_id": str(address)},
            user_info={"top_user_key": "7"},
        )
        return {entry["res_code"] for entry in answer["result"]["data"]}

    assert codes("DOOR_PICKUP", ae.address_id("pickup", "广东省")) == {"FPXSZ"}
    assert codes("DOOR_PICKUP", ae.address_id("pickup", "北京市")) == {"YANWENBJ"}
    assert codes("SELF_POST", ae.address_id("pickup", "北京市")) == {"FPXSZ", "YANWENBJ"}


def test_carriers_for_shipments_of_ones_own(ae: Any) -> None:
    data = ae.call("cainiao.global.logistics.carrier.querylist")["result"]["data"]
    assert all(entry["courier_code"] and entry["courier_name"] for entry in data["courier_list"])


def test_wrapped_lists_are_objects_around_one_array(ae: Any) -> None:
    body = ae.caller.raw(LIST, simplify=False, order_id=str(ORDER))
    (wrapper,) = body
    assert wrapper == "aliexpress_logistics_redefining_getonlinelogisticsservicelistbyorderid_response"
    assert isinstance(body[wrapper]["result_list"]["result"], list)
