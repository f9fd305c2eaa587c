"""Handing parcels over."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

USER = json.dumps({"top_user_key": "7"})
WHO = {"user_info": USER, "client": "SELLER-papercrane"}


def content(ae: Any, code: str) -> dict[str, Any]:
    found: dict[str, Any] = ae.call("cainiao.global.handover.content.query", order_code=code, **WHO)["result"]["data"]
    return found


def parcel(ae: Any, code: str) -> dict[str, Any]:
    found: dict[str, Any] = ae.call("cainiao.global.handover.parcel.query", order_code=code, **WHO)["result"]["data"]
    return found


def cancel(ae: Any, **which: Any) -> dict[str, Any]:
    found: dict[str, Any] = ae.call("cainiao.global.handover.cancel", **WHO, **which)["result"]
    return found


def test_parcels_in_a_bag_are_taken(ae: Any) -> None:
    codes = [ae.plain()["out_order_code"] for _ in range(2)]
    assert parcel(ae, codes[0])["can_create_handover"] is True
    result = ae.commit(codes, weight="1200")
    assert result["success"] is True
    data = result["data"]
    held = parcel(ae, codes[0])
    assert held["has_been_handover"] is True
    assert held["can_create_handover"] is False
    assert held["handover_content_id"] == data["handover_content_id"]
    bag = content(ae, data["handover_content_code"])
    assert {entry["order_code"] for entry in bag["parcel_order_list"]} == set(codes)
    assert bag["estimate_weight"] == "1200"
    assert bag["actual_weight"] == ""
    waiting = bag["status"]
    ae.advance(hours=5)
    bag = content(ae, data["handover_content_code"])
    assert bag["status"] != waiting
    assert bag["actual_weight"] == "1040"
    ae.advance(hours=14)
    assert {held["logistics_status"] for held in ae.detail()} >= {"wait_warehouse_send_goods"}


def test_a_courier_comes_in_the_evening(ae: Any) -> None:
    addresses = {"pickup_type": "DOOR_PICKUP"}
    result = ae.plain("CAINIAO_STANDARD_FPXSZ", **addresses)
    ae.admin("assign_number", parcel=result["out_order_code"])
    assert ae.commit([result["out_order_code"]], type="cainiao_pickup")["success"] is True
    ae.advance(hours=8)  # 17:30 in Shenzhen
    number = next(h for h in ae.detail() if h["out_order_code"] == result["out_order_code"])[
        "international_logistics_num"
    ]
    assert ae.track(number)["details"] == []
    ae.advance(hours=1)
    assert [detail["action_code"] for detail in ae.track(number)["details"]] == ["PU_PICKUP_SUCCESS"]
    late = ae.plain("CAINIAO_STANDARD_FPXSZ", **addresses)
    ae.admin("assign_number", parcel=late["out_order_code"])
    ae.commit([late["out_order_code"]], type="cainiao_pickup")
    held = next(p for p in ae.state()["parcels"] if p["out_order_code"] == late["out_order_code"])
    ae.advance(hours=20)
    assert ae.track(held["number_to_come"])["details"] == []
    ae.advance(hours=5)
    assert len(ae.track(held["number_to_come"])["details"]) == 1


def test_a_bag_is_cancelled_while_it_is_there(ae: Any) -> None:
    code = ae.plain()["out_order_code"]
    data = ae.commit([code])["data"]
    assert cancel(ae, handover_content_id=str(data["handover_content_id"]))["data"] == {"result": True}
    assert parcel(ae, code)["can_create_handover"] is True
    assert ae.detail()[-1]["logistics_status"] == "wait_warehouse_receive_goods"
    again = cancel(ae, handover_content_id=str(data["handover_content_id"]))
    assert again["success"] is False
    second = ae.commit([code])["data"]
    ae.advance(hours=5)
    late = cancel(ae, handover_order_id=str(second["handover_order_id"]))
    assert late["success"] is False
    assert "collected" in late["error_msg"]
    assert cancel(ae)["success"] is False
    assert cancel(ae, tracking_number="5")["success"] is False


def test_another_bag_in_the_same_handover_order(ae: Any) -> None:
    first = ae.commit([ae.book()["out_order_code"]], appointment_type="batch")["data"]
    second = ae.commit([ae.book()["out_order_code"]], handover_order_id=str(first["handover_order_id"]))["data"]
    assert second["handover_order_id"] == first["handover_order_id"]
    assert second["handover_content_id"] != first["handover_content_id"]
    assert cancel(ae, handover_order_id=str(first["handover_order_id"]))["success"] is True
    assert all(bag["cancelled"] for bag in ae.state()["bags"])


def test_a_parcel_goes_in_one_bag_only(ae: Any) -> None:
    code, other = ae.book()["out_order_code"], ae.book()["out_order_code"]
    assert ae.commit([code])["success"] is True
    refused = ae.commit([code, other])
    assert refused["success"] is False
    assert code in refused["error_msg"]
    assert parcel(ae, other)["has_been_handover"] is False
    partly = ae.commit([code, other], skip_invalid_parcel="true")
    assert partly["success"] is True
    assert list(json.loads(partly["data"]["not_commit_parcel_detail"])) == [code]
    assert parcel(ae, other)["has_been_handover"] is True
    assert ae.commit([code], skip_invalid_parcel="true")["success"] is False


def test_what_does_not_belong_in_a_bag(ae: Any) -> None:
    good = ae.book()["out_order_code"]
    for code in (
        "LP00000000000000",
        ae.book("CAINIAO_STANDARD_FPXSZ")["out_order_code"],  # has no number yet
        ae.book("CPAM_WLB_CPHSH")["out_order_code"],  # another warehouse
        ae.book(pickup_type="SELF_POST")["out_order_code"],
    ):
        assert ae.commit([good, code])["success"] is False, code
    assert ae.commit([good, good])["success"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"type": "by_bicycle"},
        {"client": "papercrane"},
        {"appointment_type": "soon"},
        {"weight_unit": "lb"},
        {"handover_order_id": "5"},
        {"type": "self_post"},
        {"pickup_info": {"address_id": 5}},
        {"pickup_info": {"name": "Mei", "mobile": "13800000000"}},
        {"pickup_info": {"name": "梅清远", "mobile": "12345"}},
        {"seller_parcel_order_list": [{"seller_id": 5, "order_code_list": ["LP1"]}]},
        {"order_code_list": [f"LP{n}" for n in range(1001)]},
    ],
)
def test_a_commit_that_is_refused(ae: Any, change: dict[str, Any]) -> None:
    code = ae.book()["out_order_code"]
    result = ae.commit([code], **change)
    assert result["success"] is False
    assert result["error_msg"]
    assert "data" not in result
    assert parcel(ae, code)["has_been_handover"] is False


def test_a_whole_address_and_the_shops_own_list(ae: Any) -> None:
    code = ae.book()["out_order_code"]
    address = {
        "country": "中国",
        "province": "广东省",
        "city": "深圳市",
        "district": "宝安区",
        "street": "西乡街道",
        "detail_address": "沙盒路6号",
    }
    contact = {"name": "梅清远", "mobile": "13800000000", "address": address}
    login = ae.shop.tokens.sellers["ae-shop"].login
    result = ae.commit(
        [], pickup_info=contact, seller_parcel_order_list=[{"user_nick": login, "order_code_list": [code]}]
    )
    assert result["success"] is True
    short = {**contact, "address": {**address, "street": ""}}
    assert ae.commit([ae.book()["out_order_code"]], pickup_info=short)["success"] is False


def test_a_posted_bag_names_its_courier(ae: Any) -> None:
    code = ae.book(pickup_type="SELF_POST")["out_order_code"]
    more = {
        "domestic_tracking_no": "TT1",
        "domestic_logistics_company_id": "505",
        "domestic_logistics_company": "天天快递",
    }
    assert ae.commit([code], type="self_post", **more)["success"] is True


@pytest.mark.parametrize(
    ("kind", "size"), [("1", (100, 100)), ("4", (100, 100)), ("512", (210, 297)), (None, (100, 100))]
)
def test_papers_of_a_bag(ae: Any, read_pdf: Any, kind: str | None, size: tuple[int, int]) -> None:
    result = ae.book()
    data = ae.commit([result["out_order_code"]])["data"]
    wish = {"handover_content_id": str(data["handover_content_id"]), **({"type": kind} if kind else {})}
    answer = ae.call("cainiao.global.handover.pdf.get", **WHO, **wish)
    pages = read_pdf(base64.b64decode(answer["result"]["data"], validate=True))
    assert pages.sizes_mm() == [size]
    assert data["handover_content_code"] in pages.barcodes()[0]
    assert "1 parcels, 520 g" in pages.texts()[0]  # what its parcels weigh, where nobody weighed the bag
    if kind == "512":
        assert result["intl_tracking_no"] in pages.texts()[0]


def test_a_long_list_has_pages(ae: Any, read_pdf: Any) -> None:
    codes = [ae.book()["out_order_code"] for _ in range(41)]
    data = ae.commit(codes)["data"]
    answer = ae.call(
        "cainiao.global.handover.pdf.get", **WHO, handover_content_id=str(data["handover_content_id"]), type="512"
    )
    texts = read_pdf(base64.b64decode(answer["result"]["data"])).texts()
    assert len(texts) == 2
    assert codes[-1] in texts[1]


def test_papers_that_are_not_there(ae: Any) -> None:
    data = ae.commit([ae.book()["out_order_code"]])["data"]
    content_id = str(data["handover_content_id"])
    api = "cainiao.global.handover.pdf.get"
    assert ae.call(api, **WHO, handover_content_id="5")["result"]["success"] is False
    assert ae.call(api, **WHO, handover_content_id=content_id, type="2")["result"]["success"] is False
    cancel(ae, handover_content_id=content_id)
    assert ae.call(api, **WHO, handover_content_id=content_id)["result"]["success"] is False
    assert ae.refused(api, client="SELLER-x", handover_content_id=content_id).startswith("MissingParameter")


def test_what_is_not_there_cannot_be_asked_about(ae: Any) -> None:
    for name in ("parcel", "content"):
        answer = ae.call(f"cainiao.global.handover.{name}.query", **WHO, tracking_number="5")
        assert answer["result"]["success"] is False
