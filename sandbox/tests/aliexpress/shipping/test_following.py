"""Following logistics orders and tracking parcels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

ORDER = 8_100_200_300_400
START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
INFO = "aliexpress.logistics.redefining.getonlinelogisticsinfo"
ABNORMAL = "aliexpress.logistics.abnormalorder.query"


def codes(answer: dict[str, Any]) -> list[str]:
    return [detail["action_code"] for detail in answer["details"]]


def print_label(ae: Any, result: dict[str, Any]) -> None:
    ae.call(
        "aliexpress.logistics.redefining.getprintinfos",
        warehouse_order_query_d_t_os=[{"id": result["warehouse_order_id"]}],
    )


def test_details_tell_fee_times_and_ids(ae: Any) -> None:
    result = ae.book()
    (held,) = ae.detail()
    assert held["logistics_fee"] == {"amount": "60.87", "cent": 6087, "currency_code": "CNY"}  # 64.76 less 6 %
    assert held["gmt_create"] == "2026-03-02 09:30:00"
    assert held["close_time"] == int((START + timedelta(days=30)).timestamp() * 1000) + held["close_time"] % 1000
    assert held["out_order_code"] == result["out_order_code"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"logistics_status": "wait_warehouse_receive_goods"}, 1),
        ({"logistics_status": "init"}, 0),
        ({"warehouse_carrier_service": "CPAM_WLB_FPXSZ"}, 1),
        ({"warehouse_carrier_service": "CPAM_WLB_CPHSH"}, 0),
        ({"domestic_logistics_num": "nothing"}, 0),
        ({"gmt_create_start_str": "2026-03-02 09:00:00", "gmt_create_end_str": "2026-03-02 10:00:00"}, 1),
        ({"gmt_create_start_str": "2026-03-02 10:00:00"}, 0),
        ({"gmt_create_end_str": "2026-03-02 09:00:00"}, 0),
    ],
)
def test_details_by_filter(ae: Any, filters: dict[str, str], found: int) -> None:
    ae.book()
    assert len(ae.detail(**filters)) == found


def test_details_by_number_and_by_page(ae: Any) -> None:
    results = [ae.book() for _ in range(3)]
    assert len(ae.detail(international_logistics_num=results[1]["intl_tracking_no"])) == 1
    pages = [ae.detail(current_page=str(page), page_size="2") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert len({held["logistics_order_id"] for page in pages for held in page}) == 3
    assert ae.refused("aliexpress.logistics.querylogisticsorderdetail", trade_order_id=str(ORDER), page_size="51")
    assert ae.refused("aliexpress.logistics.querylogisticsorderdetail").startswith("MissingParameter")


def test_a_seller_sees_parcels_of_its_own(ae: Any, make_ae: Any) -> None:
    result = ae.book()
    other = type(ae)(make_ae(account="ae-overseas", sandbox=ae.sandbox))
    assert other.detail() == []
    assert other.track(result["intl_tracking_no"])["result_success"] is False


def test_the_older_list_by_each_of_its_ids(ae: Any) -> None:
    result = ae.book(pickup_type="SELF_POST", domestic_logistics_company_id="505", domestic_tracking_no="TT12")
    ae.book()
    for name, value in (
        ("logistics_order_id", str(result["warehouse_order_id"])),
        ("logistics_order_code", result["out_order_code"]),
        ("international_logistics_id", result["intl_tracking_no"]),
        ("china_logistics_id", "TT12"),
    ):
        (held,) = ae.call(INFO, **{name: value})["result_list"]
        assert held["online_logistics_id"] == result["warehouse_order_id"]
        assert held["china_logistics_type"] == "天天快递"
    assert len(ae.call(INFO, order_id=str(ORDER))["result_list"]) == 2
    assert ae.call(INFO, order_id=str(ORDER), logistics_status="init")["result_list"] == []


def test_a_parcel_travels_with_the_clock(ae: Any) -> None:
    result = ae.plain()
    number = result["intl_tracking_no"]
    assert ae.track(number)["details"] == []
    print_label(ae, result)
    ae.advance(days=1, hours=15)
    assert codes(ae.track(number)) == ["SC_INBOUND_SUCCESS"]
    assert ae.detail(international_logistics_num=number)[0]["logistics_status"] == "wait_warehouse_send_goods"
    ae.advance(hours=10)
    assert ae.detail(international_logistics_num=number)[0]["logistics_status"] == "out_stock_success"
    ae.advance(hours=20)
    assert ae.detail(international_logistics_num=number)[0]["logistics_status"] == "warehouse_send_goods_success"
    ae.advance(days=40)
    details = ae.track(number)["details"]
    seen = codes({"details": details})
    assert seen.index("LH_DEPART") < seen.index("LH_ARRIVE") < seen.index("CC_IM_SUCCESS") < seen.index("GTMS_SIGNED")
    assert seen[-1] == "GTMS_SIGNED"
    assert details[-1]["signed_name"] == "É"
    dates = [int(detail["event_date"]) for detail in details]
    assert dates == sorted(dates)
    assert timedelta(days=15) < timedelta(milliseconds=dates[-1]) - (START - datetime(1970, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("story", "code"), [("customs_hold", "CC_IM_FAILURE"), ("not_home", "GTMS_DEL_FAILURE")])
def test_some_parcels_are_late(ae: Any, story: str, code: str) -> None:
    result = ae.plain(story=story)
    print_label(ae, result)
    ae.advance(days=60)
    seen = codes(ae.track(result["intl_tracking_no"]))
    assert code in seen
    assert seen[-1] == "GTMS_SIGNED"


def test_some_parcels_are_refused_by_the_warehouse(ae: Any) -> None:
    result = ae.plain(story="warehouse_refuses")
    print_label(ae, result)
    assert ae.call(ABNORMAL)["total_count"] == 0
    ae.advance(days=40)
    assert codes(ae.track(result["intl_tracking_no"])) == ["SC_INBOUND_FAILURE"]
    answer = ae.call(ABNORMAL)
    assert answer["total_count"] == 1
    (held,) = answer["result"]
    assert held["out_order_code"] == result["out_order_code"]
    assert held["order_status_code"] == "warehouse_reject_goods"
    assert held["abnormal_reason"]
    for filters, count in (
        ({"trade_order_id": str(ORDER)}, 1),
        ({"trade_order_id": "5"}, 0),
        ({"intl_tracking_no": result["intl_tracking_no"]}, 1),
        ({"warehouse_status_list": ["pickup_fail"]}, 0),
        ({"warehouse_status_list": ["warehouse_reject_goods"]}, 1),
        ({"gmt_create_start": "2026-03-02 09:00:00"}, 1),
        ({"gmt_status_update_end": "2026-03-02 09:00:00"}, 0),
    ):
        assert ae.call(ABNORMAL, **filters)["total_count"] == count, filters


@pytest.mark.parametrize(
    "change",
    [
        {"logistics_no": "RV000000000CN"},
        {"origin": "SHOP"},
        {"out_ref": str(ORDER + 1)},
        {"out_ref": "x"},
        {"to_area": "DE"},
    ],
)
def test_tracking_that_fits_nothing(ae: Any, change: dict[str, str]) -> None:
    answer = ae.track(ae.book()["intl_tracking_no"], **change)
    assert answer["result_success"] is False
    assert answer["error_desc"]
    assert "details" not in answer


def test_tracking_needs_all_its_fields(ae: Any) -> None:
    for name in ("logistics_no", "origin", "out_ref", "service_name", "to_area"):
        given = {"logistics_no": "x", "origin": "ESCROW", "out_ref": "1", "service_name": "CPAM", "to_area": "FR"}
        del given[name]
        assert ae.refused("aliexpress.logistics.redefining.querytrackingresult", **given).startswith("MissingParameter")


def test_a_number_that_is_not_there_yet_is_not_found(ae: Any) -> None:
    ae.book("CAINIAO_STANDARD_FPXSZ")
    coming = ae.state()["parcels"][0]["number_to_come"]
    assert ae.track(coming)["result_success"] is False
    ae.admin("assign_number", parcel=coming)
    assert ae.track(coming)["result_success"] is True


def test_what_is_never_sent_is_closed(ae: Any) -> None:
    ae.book()
    ae.advance(days=29)
    assert ae.detail()[0]["logistics_status"] == "wait_warehouse_receive_goods"
    ae.advance(days=1)
    assert ae.detail()[0]["logistics_status"] == "closed"
    ae.book()
    ae.advance(days=80)
    number = ae.book()["intl_tracking_no"]
    assert ae.track(number)["details"] == []


def test_a_parcel_can_be_put_in_any_state(ae: Any, fields: Any) -> None:
    for status in set(fields.enums["warehouse_order_status"]) - {
        "init",
        "wait_warehouse_receive_goods",
        "send_goods_success",
        "closed",
    }:
        result = ae.book()
        ae.admin("scan", parcel=result["out_order_code"], status=status)
        (held,) = ae.detail(international_logistics_num=result["intl_tracking_no"])
        assert held["logistics_status"] == status
        ae.advance(days=40)
        (held,) = ae.detail(international_logistics_num=result["intl_tracking_no"])
        assert held["logistics_status"] == status
    result = ae.book()
    ae.admin("scan", parcel=str(result["warehouse_order_id"]), status="closed")
    assert ae.detail(international_logistics_num=result["intl_tracking_no"])[0]["logistics_status"] == "closed"


def test_any_code_can_be_scanned(ae: Any) -> None:
    result = ae.plain()
    print_label(ae, result)
    ae.advance(days=2)
    before = ae.detail(international_logistics_num=result["intl_tracking_no"])[0]["logistics_status"]
    ae.admin("scan", parcel=result["intl_tracking_no"], action_code="XX_NEW_CODE", event_desc="Somewhere", stop=True)
    ae.advance(days=60)
    last = ae.track(result["intl_tracking_no"])["details"][-1]
    assert (last["action_code"], last["event_desc"]) == ("XX_NEW_CODE", "Somewhere")
    assert ae.detail(international_logistics_num=result["intl_tracking_no"])[0]["logistics_status"] == before


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("scan", {"parcel": "LP0", "status": "pickup_success"}),
        ("scan", {"status": "flown"}),
        ("scan", {}),
        ("scan", {"status": "pickup_success", "action_code": "GOT"}),
        ("scan", {"action_code": "GOT", "stop": 1}),
        ("number_delay", {"service": "X", "seconds": 1}),
        ("number_delay", {"seconds": -1}),
        ("number_delay", {"seconds": "1"}),
        ("assign_number", {"parcel": ""}),
        ("unpaid_freight", {"account": "nobody"}),
        ("unpaid_freight", {"on": "yes"}),
    ],
)
def test_admin_actions_that_cannot_be_done(ae: Any, action: str, body: dict[str, Any]) -> None:
    from xborder_sandbox.errors import AdminError

    code = ae.book()["out_order_code"]
    with pytest.raises(AdminError):
        ae.admin(action, **({"parcel": code} if action == "scan" else {}) | body)


def test_words_are_told_at_run_time(ae: Any, fields: Any) -> None:
    mode = ae.call("aliexpress.logistics.query.enum")["result"]["mode"]
    told = {entry["code"] for entry in mode["order_status_list"]}
    assert told <= set(fields.enums["warehouse_order_status"])
    assert {"FPXSZ", "CPHSH"} <= {entry["code"] for entry in mode["res_code_list"]}
    assert "FR" in {entry["code"] for entry in mode["country_list"]}


def test_all_codes_are_the_vendors(fields: Any) -> None:
    from xborder_sandbox.aliexpress.shipping.journey import STATUS_OF_SCAN, STORIES, TEXTS, plan
    from xborder_sandbox.aliexpress.shipping.parcel import STATUS_NAMES
    from xborder_sandbox.aliexpress.shipping.services import SERVICES
    from xborder_sandbox.aliexpress.shipping.tracking_api import CODES

    scans = {
        scan.code
        for service in SERVICES.values()
        for story, _ in STORIES
        for way in ("DOOR_PICKUP", "SELF_SEND")
        for scan in plan(service, "FR", way, START, story, "E")
    }
    assert scans <= set(TEXTS)
    assert scans | set(TEXTS) | set(CODES.values()) <= fields.action_codes
    assert set(STATUS_NAMES) | set(STATUS_OF_SCAN.values()) <= set(fields.enums["warehouse_order_status"])


def test_the_board_shows_parcels_by_their_number(ae: Any) -> None:
    result = ae.plain()
    board = ae.sandbox.world.parcels
    assert board.find("RV000000000CN") is None
    print_label(ae, result)
    ae.advance(days=60)
    parcel = board.find(result["intl_tracking_no"])
    assert parcel.destination.country == "FR"
    assert parcel.grams == 520
    assert parcel.sightings[-1].stage == "delivered"
    assert {"left_country", "reached_country", "cleared"} <= {sighting.stage for sighting in parcel.sightings}


def test_a_declared_parcel_of_another_carrier_is_followed(ae: Any) -> None:
    from xborder_sandbox.parcels import Parcel, Place, Sighting, Stage

    sightings = (
        Sighting(START, Stage.PICKED_UP, "Collected", "Shenzhen", "CN"),
        Sighting(START + timedelta(days=9), Stage.DELIVERED, "Delivered", "Lyon", "FR"),
    )
    carried = Parcel("RB123456785CN", "China Post", "ePacket", Place("CN"), Place("FR"), 300, sightings)
    ae.sandbox.world.parcels.show("post", lambda number: carried if number == carried.number else None)
    assert ae.track(carried.number)["result_success"] is False  # nobody said that it is this order's
    answer = ae.caller.declare(ORDER, carried.number)
    assert answer["result_success"] is True, answer
    details = ae.track(carried.number)["details"]
    assert [detail["action_code"] for detail in details] == ["PU_PICKUP_SUCCESS", "GTMS_SIGNED"]
    assert details[1]["address"] == "Lyon, FR"


def test_a_declared_parcel_nobody_knows_has_no_scans(ae: Any) -> None:
    ae.caller.declare(ORDER, "RB123456785CN")
    answer = ae.track("RB123456785CN")
    assert answer["result_success"] is True
    assert answer["details"] == []
