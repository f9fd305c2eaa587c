"""The lists: windows, statuses, pages, Pacific time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

SOLUTION_LIST = "aliexpress.solution.order.get"
SIMPLE = "aliexpress.trade.redefining.findorderlistsimplequery"


def _ids(orders):
    return [int(order["order_id"]) for order in orders]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"create_date_start": None}, "is required"),
        ({"create_date_start": "2026-02-01"}, "is required"),
        ({"create_date_start": "2026-02-01T00:00:00"}, "yyyy-MM-dd HH:mm:ss"),
        ({"create_date_start": "02/01/2026 00:00:00"}, "yyyy-MM-dd HH:mm:ss"),
        ({"create_date_start": "2026-02-30 00:00:00"}, "yyyy-MM-dd HH:mm:ss"),
        ({"create_date_start": "2025-08-01 00:00:00"}, "180 days"),
        ({"create_date_end": "2020-01-01 00:00:00"}, "ends before it starts"),
        ({"page_size": 51}, "page_size"),
        ({"page_size": 0}, "page_size"),
        ({"current_page": 0}, "current_page"),
        ({"order_status": "PAID"}, "unknown order status"),
        ({"order_status_list": ["FINISH", "IN_CANCEL"]}, "on its own"),
        ({"order_status": "FINISH", "order_status_list": ["IN_ISSUE"]}, "on its own"),
        ({"order_status": "FINISH"}, "30 days"),
    ],
)
def test_queries_that_are_refused(ae, ae_overseas, query, why):
    for client in (ae, ae_overseas):
        result = client.list_call(**query)
        assert result["success"] is False
        assert why in result["error_message"]
        assert "target_list" not in result


def test_page_and_size_are_required(ae_overseas):
    start = ae_overseas.ago(days=2)
    for given in ({"current_page": "1"}, {"page_size": "20"}):
        code, told = ae_overseas.refused(SOLUTION_LIST, create_date_start=start, **given)
        assert code == "MissingParameter"
        assert told in ("current_page", "page_size")


def test_fields_come_flat_or_in_param0(ae_overseas):
    query = {"create_date_start": ae_overseas.ago(days=9), "current_page": 1, "page_size": 20}
    flat = ae_overseas.call(SOLUTION_LIST, **query)["result"]
    inside = ae_overseas.call(SOLUTION_LIST, param0=query)["result"]
    assert _ids(flat["target_list"]) == _ids(inside["target_list"])
    assert len(flat["target_list"]) == 3


def test_status_lists_come_as_json_or_with_commas(ae_overseas):
    query = {"create_date_start": ae_overseas.ago(days=9), "current_page": 1, "page_size": 20}
    for statuses in ('["RISK_CONTROL"]', "RISK_CONTROL", "RISK_CONTROL,IN_ISSUE"):
        result = ae_overseas.call(SOLUTION_LIST, **query, order_status_list=statuses)["result"]
        assert [order["order_status"] for order in result["target_list"]] == ["RISK_CONTROL"]


def test_without_a_status_finished_orders_are_left_out(ae):
    statuses = [order["order_status"] for order in ae.orders()]
    assert "FINISH" not in statuses
    assert len(statuses) == 13
    # The one whose money is being settled, which lists cannot tell from a finished one.
    finished = ae.orders(order_status="FINISH", create_date_start=ae.ago(days=29))
    assert [order["order_status"] for order in finished] == ["FINISH"]
    assert ae.status(finished[0]["order_id"]) == "FUND_PROCESSING"
    assert ae.orders(order_status="FUND_PROCESSING") == []
    ae.admin("settings", lists_show_funds=True)
    assert len(ae.orders(order_status="FUND_PROCESSING")) == 1


def test_the_window_is_inclusive_and_in_pacific_time(ae):
    order = ae.orders()[0]
    at = order["gmt_create"]
    assert datetime.strptime(at, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) < ae.now - timedelta(hours=8)
    found = ae.orders(create_date_start=at, create_date_end=at)
    assert _ids(found) == _ids([order])
    later = (datetime.fromisoformat(at) + timedelta(seconds=1)).isoformat(" ")
    assert int(order["order_id"]) not in _ids(ae.orders(create_date_start=later))


def test_modified_windows_see_what_changed(ae):
    order_id = ae.add()
    ae.advance(hours=3)
    since = ae.pacific(ae.now)
    ae.advance(seconds=5)
    assert ae.orders(create_date_start=None, modified_date_start=since) == []
    assert ae.declare(order_id)["result_success"] is True
    (order,) = ae.orders(create_date_start=None, modified_date_start=since)
    assert int(order["order_id"]) == order_id
    assert order["gmt_update"] >= since


def test_pages_follow_each_other(make_ae):
    client = make_ae("bulk")
    client.admin("settings", numbers="listed")
    first = client.list_call(page_size=20)
    assert (first["current_page"], first["page_size"], len(first["target_list"])) == (1, 20, 20)
    assert first["total_page"] == -(-first["total_count"] // 20)
    seen = []
    for page in range(1, first["total_page"] + 1):
        seen += client.orders(page_size=20, current_page=page)
    assert len(set(_ids(seen))) == len(seen) == first["total_count"]
    assert [order["gmt_create"] for order in seen] == sorted((order["gmt_create"] for order in seen), reverse=True)
    assert client.orders(page_size=20, current_page=first["total_page"] + 1) == []


def test_one_buyer(ae):
    order = ae.orders()[0]
    found = ae.orders(buyer_login_id=order["buyer_login_id"])
    assert _ids(found) == _ids([order])
    assert ae.orders(buyer_login_id="nobody") == []


def test_sellers_see_their_own(ae, ae_overseas):
    assert len(ae_overseas.orders()) == 3
    assert not set(_ids(ae.orders())) & set(_ids(ae_overseas.orders()))


def test_ids_need_more_than_a_float(ae):
    ids = [*_ids(ae.orders()), *(int(line["child_id"]) for order in ae.orders() for line in order["product_list"])]
    assert all(number > 2**53 for number in ids)
    assert any(int(float(number)) != number for number in ids)


def test_time_left_is_told_where_the_vendor_does(ae):
    order_id = ae.add()

    def shown():
        return next(order for order in ae.orders() if int(order["order_id"]) == order_id)

    ae.advance(days=1, hours=2, seconds=30)
    order = shown()
    assert (order["left_send_good_day"], order["left_send_good_hour"]) == ("5", "21")
    assert 5 * 86_400_000 < int(order["timeout_left_time"]) < 6 * 86_400_000
    ae.advance(days=7)
    order = shown()
    assert int(order["timeout_left_time"]) < -86_400_000
    assert order["order_status"] == "WAIT_SELLER_SEND_GOODS"
    assert (order["left_send_good_day"], order["left_send_good_min"]) == ("0", "0")
    risky = next(order for order in ae.orders() if order["order_status"] == "PLACE_ORDER_SUCCESS")
    assert "timeout_left_time" not in risky


def test_what_lists_do_not_know(ae):
    for order in ae.orders():
        assert order["phone"] is False
        assert "escrow_fee_rate" not in order
        assert all(line["logistics_amount"]["amount"] == "0.00" for line in order["product_list"])


def test_semi_managed_and_platform_lines(ae, ae_overseas):
    lines = [line for order in ae.orders() for line in order["product_list"]]
    semi = [line for line in lines if "extend_map" in line]
    assert [json.loads(line["extend_map"]) for line in semi] == [{"orderBusinessModel": "SEMI_CHOICE_SELF"}]
    assert sum(line["send_goods_operator"] == "WAREHOUSE_SEND_GOODS" for line in lines) == 2
    assert all("extend_map" not in line for order in ae_overseas.orders() for line in order["product_list"])


def test_the_short_list(ae):
    ae.admin("settings", numbers="listed")
    result = ae.call(SIMPLE, param1={"page": 2, "page_size": 5})["result"]
    assert result["total_item"] == 13
    assert len(result["order_list"]) == 5
    risk = ae.call(SIMPLE, param1={"page": 1, "page_size": 5, "order_status": "RISK_CONTROL"})["result"]
    assert [order["order_status"] for order in risk["order_list"]] == ["RISK_CONTROL"]
    assert ae.refused(SIMPLE, param1={"page": 1, "page_size": 51})[0] == "15"
    assert ae.refused(SIMPLE, param1={"page_size": 5}) == ("MissingParameter", "param1.page")


# In 2025 the clocks of the Pacific coast went forward on 9 March at 10:00 UTC and back on 2 November at 09:00 UTC.
@pytest.mark.parametrize(
    ("created", "shown"),
    [
        ("2025-03-09T09:59:59+00:00", "2025-03-09 01:59:59"),
        ("2025-03-09T10:00:00+00:00", "2025-03-09 03:00:00"),
        ("2025-11-02T08:30:00+00:00", "2025-11-02 01:30:00"),
        ("2025-11-02T09:30:00+00:00", "2025-11-02 01:30:00"),
        ("2025-11-02T10:00:00+00:00", "2025-11-02 02:00:00"),
    ],
)
def test_daylight_saving(make_ae, created, shown):
    client = make_ae(
        "empty", start=datetime(2025, 11, 3, tzinfo=UTC) if "11-02" in created else datetime(2025, 3, 10, tzinfo=UTC)
    )
    client.add(created=created)
    (order,) = client.orders(create_date_start=client.ago(days=3))
    assert order["gmt_create"] == shown


@pytest.mark.parametrize(("meaning", "found"), [("first", 1), ("second", 0)])
def test_the_hour_that_comes_twice(make_ae, meaning, found):
    client = make_ae("empty", start=datetime(2025, 11, 3, tzinfo=UTC))
    client.add(created="2025-11-02T08:30:00+00:00")
    client.admin("settings", ambiguous_hour=meaning)
    assert len(client.orders(create_date_start="2025-11-02 01:15:00")) == found


def test_the_bulk_of_a_year_has_both_changes(make_ae):
    client = make_ae("bulk")
    months = set()
    for days in (360, 180):
        start, end = client.ago(days=days), client.ago(days=days - 179)
        months |= {
            order["gmt_create"][:7]
            for page in range(1, 40)
            for order in client.orders(create_date_start=start, create_date_end=end, current_page=page)
        }
    assert {"2025-04", "2025-10", "2025-12", "2026-02"} <= months
