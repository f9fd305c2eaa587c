"""A vendor that is stricter or poorer than the documents let expect: smaller pages, calls that are not granted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from xborder_aliexpress import tokens
from xborder_sdk.errors import Throttled
from xborder_sdk.hookspecs import GetDispute, GetShipment, KnownParcel, ListDisputes, ListOrders, TrackParcels
from xborder_sdk.models import DisputeKind, TrackingStatus
from xborder_sdk.steps import Response, Send

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
BODY = "aliexpress.logistics.redefining.querytrackingresult"


def asked_of(step: Send, name: str) -> Any:
    return json.loads(dict(parse_qsl((step.content or b"").decode()))[name])


class Shop:
    """Orders and issues on pages of three, whatever is asked for, and told to be so."""

    def __init__(self, *, counts: bool) -> None:
        self.counts = counts

    def __call__(self, step: Send) -> Any:
        form = dict(parse_qsl((step.content or b"").decode()))
        if "query_dto" in form:
            asked = json.loads(form["query_dto"])
            numbers = range(1, 8) if asked["issue_status"] == "processing" else ()
            listed = [{"issue_id": n, "buyer_login_id": f"b{n}", "parent_order_id": n} for n in numbers]
            return self.page(listed, asked["current_page"], "data_list", "total_item")
        if "issue_id" in form:
            return {"result_object": {"id": form["issue_id"], "buyer_login_id": form["buyer_login_id"]}}
        asked = asked_of(step, "param_aeop_order_query")
        numbers = () if asked.get("order_status") == "FINISH" else range(1, 8)
        listed = [{"order_id": n, "gmt_create": "2026-03-19 10:00:00", "order_status": "IN_CANCEL"} for n in numbers]
        page = self.page(listed, asked["current_page"], "target_list", "total_count")
        return {"result": {"success": True, **page}}

    def page(self, listed: list[Any], number: int, field: str, count: str) -> dict[str, Any]:
        shown = listed[(number - 1) * 3 : number * 3]
        told = {count: len(listed)} if self.counts else {}
        return {field: shown, "current_page": number, "page_size": 3, **told}


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize(
    ("operation", "wish"),
    [
        ("list_orders", ListOrders(created_from=NOW - timedelta(days=2), created_to=NOW)),
        ("list_disputes", ListDisputes(kinds=(DisputeKind.CLAIM,), open_only=True)),
        ("list_disputes", ListDisputes(kinds=(DisputeKind.CANCELLATION_REQUEST,))),
    ],
)
def test_smaller_pages_than_asked_for_lose_nothing(
    operation: str, wish: Any, counts: bool, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    shop, account, found = Shop(counts=counts), connector(), set()
    for _ in range(20):
        page = run(account, operation, wish, shop)
        found |= {item.order_id for item in page.items}
        if page.next is None:
            break
        wish = wish.replace(cursor=page.next)
    assert found == {str(number) for number in range(1, 8)}


@pytest.mark.parametrize("counts", [True, False])
def test_an_issue_on_a_later_smaller_page_is_found(
    counts: bool, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    wish = GetDispute(dispute_id="7", kind=DisputeKind.CLAIM)
    assert run(connector(), "get_dispute", wish, Shop(counts=counts)).buyer_id == "b7"


WISH = TrackParcels(numbers=("N",), known=(KnownParcel(number="N", order_id="1", carrier_code="K", country="FR"),))


def tracked(problems: Any) -> Callable[[Send], Any]:
    scan = {"event_date": "1773992096000", "action_code": "GOT"}
    return lambda step: {"details": [scan]} if dict(step.query)["method"] == BODY else problems


@pytest.mark.parametrize(
    "refusal",
    [
        {"error_response": {"code": "InsufficientPermission", "msg": "not granted"}},
        {"error_response": {"code": 22, "msg": "not granted"}},
        {"is_success": "false", "error_desc": "not granted"},
    ],
)
def test_problem_parcels_that_are_not_told_take_no_scan_away(
    refusal: Any, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    (found,) = run(connector(), "track", WISH, tracked(refusal))
    assert found.status is TrackingStatus.PICKED_UP
    assert "not granted" in found.vendor_note


def test_a_throttle_of_problem_parcels_is_one(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    with pytest.raises(Throttled):
        run(connector(), "track", WISH, tracked({"error_response": {"code": "ApiCallLimit", "msg": "slow"}}))


def test_a_logistics_order_by_its_number_one_level_deeper(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    found = {"result": {"success": True, "result_list": [{"lp_number": "LP1", "internationallogistics_id": "N"}]}}
    assert run(connector(), "get_shipment", GetShipment(waybill="LP1"), lambda _: found).tracking_number == "N"


@pytest.mark.parametrize("told", [1774000000000, "1774000000000", 1774000000, "1774000000"])
def test_the_end_of_a_token_in_seconds_or_milliseconds(told: Any) -> None:
    flow = tokens.exchange_code("c", lambda: NOW)
    next(flow)
    answer = {"code": "0", "access_token": "a", "refresh_token": "r", "expire_time": told}
    with pytest.raises(StopIteration) as done:
        flow.send(Response(200, (), json.dumps(answer).encode()))
    assert done.value.value.expires_at == datetime.fromtimestamp(1774000000, UTC)


@pytest.mark.parametrize(("country", "asked"), [("UK", "UK"), ("GB", "GB"), (None, "GB")])
def test_a_country_is_named_as_the_platform_names_it(
    country: str | None, asked: str, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    sent: list[str] = []

    def vendor(step: Send) -> Any:
        form = dict(parse_qsl((step.content or b"").decode()))
        if "param1" in form:
            return {"target": {"id": 1, "receipt_address": {"country": country}}}
        sent.append(form["to_area"])
        return {"details": []}

    parcel = KnownParcel(number="N", order_id="1", carrier_code="K", country="GB")
    run(connector(problem_parcels=False), "track", TrackParcels(numbers=("N",), known=(parcel,)), vendor)
    assert sent == [asked]
