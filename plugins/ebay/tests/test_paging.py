"""Paging by offset over a set that lives: nothing is lost at a page's edge, and every list ends."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xborder_ebay.orders import EbayOrders
from xborder_sdk.errors import InvalidCursor
from xborder_sdk.hookspecs import ListOrders
from xborder_sdk.models import Cursor
from xborder_sdk.reading import parse_time
from xborder_sdk.steps import Response, Send

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Shop:
    """A getOrders that filters by `lastmodifieddate` and cuts pages by offset, in order of creation.

    Attributes:
        modified: Last change of each order, by number.
        now: The shop's clock; it moves by a minute with every answer.
    """

    template: dict[str, Any]
    modified: list[datetime]
    now: datetime

    def answer(self, step: Send) -> Response:
        query = dict(step.query)
        start, _, end = query["filter"].removeprefix("lastmodifieddate:[").removesuffix("]").partition("..")
        first, last = parse_time(start), parse_time(end) if end else None
        found = [n for n, at in enumerate(self.modified) if first is None or (first <= at and (not last or at <= last))]
        offset, limit = int(query["offset"]), int(query["limit"])
        body: dict[str, Any] = {
            "total": len(found),
            "orders": [self.order(number) for number in found[offset : offset + limit]],
        }
        if offset + limit < len(found):
            link = {**query, "offset": offset + limit}
            body["next"] = f"https://elsewhere.example.invalid/order?{urlencode(link)}"
        headers = {"Date": format_datetime(self.now, usegmt=True)}
        self.now += timedelta(minutes=1)
        return Response(200, headers, json.dumps(body).encode())

    def order(self, number: int) -> dict[str, Any]:
        order = copy.deepcopy(self.template)
        order.update(orderId=f"order-{number}", lastModifiedDate=text(self.modified[number]))
        return order


def pull(orders: EbayOrders, shop: Shop, size: int, between: Callable[[int], None] = lambda page: None) -> list[str]:
    """All ids of a list in the order they come; `between` runs after each page."""
    seen: list[str] = []
    request = ListOrders(modified_from=START, page_size=size)
    for page_number in range(200):
        flow = orders.list_orders(request)
        step = next(flow)
        assert isinstance(step, Send)
        assert (step.host, step.path) == ("api", "/sell/fulfillment/v1/order")
        with pytest.raises(StopIteration) as end:
            flow.send(shop.answer(step))
        page = end.value.value
        seen += [item.order_id for item in page.items]
        if page.next is None:
            return seen
        request = ListOrders(modified_from=START, page_size=size, cursor=Cursor.parse(str(page.next)))
        between(page_number)
    pytest.fail("the list does not end")


@pytest.fixture(scope="module")
def template(good: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = good("get_order", "paid_with_ioss_number")["exchanges"][0]["answer"]["json"]
    return found


def shop_with(template: dict[str, Any], count: int) -> Shop:
    return Shop(template, [START + timedelta(minutes=n) for n in range(count)], START + timedelta(days=1))


@pytest.mark.parametrize(("count", "size"), [(0, 1), (1, 1), (2, 1), (5, 2), (6, 3), (7, 200)])
def test_every_order_comes_once_from_a_set_at_rest(
    orders: EbayOrders, template: dict[str, Any], count: int, size: int
) -> None:
    assert pull(orders, shop_with(template, count), size) == [f"order-{n}" for n in range(count)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(data=st.data(), count=st.integers(1, 30), size=st.integers(1, 7))
def test_no_untouched_order_is_lost_while_others_change(
    orders: EbayOrders, template: dict[str, Any], data: st.DataObject, count: int, size: int
) -> None:
    shop = shop_with(template, count)
    touched: set[int] = set()

    def change(page: int) -> None:
        if len(touched) < 20:
            numbers = data.draw(st.lists(st.integers(0, len(shop.modified) - 1), max_size=3))
            touched.update(numbers)
            for number in numbers:
                shop.modified[number] = shop.now
            if data.draw(st.booleans()):
                touched.add(len(shop.modified))
                shop.modified.append(shop.now)

    seen = set(pull(orders, shop, size, change))
    assert {f"order-{n}" for n in range(count) if n not in touched} <= seen


def test_the_window_is_closed_by_the_vendors_clock(orders: EbayOrders, template: dict[str, Any]) -> None:
    shop = shop_with(template, 3)
    flow = orders.list_orders(ListOrders(modified_from=START, page_size=1))
    step = next(flow)
    assert isinstance(step, Send)
    assert dict(step.query)["filter"].endswith("..]")
    with pytest.raises(StopIteration) as end:
        flow.send(shop.answer(step))
    assert end.value.value.next.state["window_end"] == "2026-03-03T08:00:00Z"
    following = next(orders.list_orders(ListOrders(modified_from=START, page_size=1, cursor=end.value.value.next)))
    assert isinstance(following, Send)
    assert dict(following.query)["filter"].endswith("..2026-03-03T08:00:00.000Z]")
    assert dict(following.query)["offset"] == "1"


@pytest.mark.parametrize("date", [None, "no date", "Mon, 02 Mar 2026 08:00:00 -0000", "Mon, 02 Mar 2020 08:00:00 GMT"])
def test_a_clock_that_cannot_be_trusted_leaves_the_window_open(
    orders: EbayOrders, template: dict[str, Any], date: str | None
) -> None:
    shop = shop_with(template, 3)
    flow = orders.list_orders(ListOrders(modified_from=START, page_size=1))
    step = next(flow)
    assert isinstance(step, Send)
    answer = Response(200, {} if date is None else {"Date": date}, shop.answer(step).content)
    with pytest.raises(StopIteration) as end:
        flow.send(answer)
    assert "window_end" not in end.value.value.next.state


def test_ids_come_in_fifties_each_once(orders: EbayOrders, template: dict[str, Any]) -> None:
    ids = tuple(f"order-{n}" for n in range(120))
    request = ListOrders(order_ids=(*ids, *ids[:5]))
    asked: list[str] = []
    while True:
        flow = orders.list_orders(request)
        step = next(flow)
        assert isinstance(step, Send)
        assert set(dict(step.query)) == {"orderIds"}
        batch = dict(step.query)["orderIds"].split(",")
        assert len(batch) <= 50
        asked += batch
        found = [{**template, "orderId": order_id} for order_id in batch[1:]]
        with pytest.raises(StopIteration) as end:
            flow.send(Response(200, (), json.dumps({"orders": found, "total": len(found)}).encode()))
        page = end.value.value
        assert [item.order_id for item in page.items] == batch[1:]
        if page.next is None:
            break
        request = request.replace(cursor=page.next)
    assert asked == list(ids)


def test_a_cursor_belongs_to_its_filters(orders: EbayOrders, template: dict[str, Any]) -> None:
    flow = orders.list_orders(ListOrders(modified_from=START, page_size=1))
    step = next(flow)
    assert isinstance(step, Send)
    with pytest.raises(StopIteration) as end:
        flow.send(shop_with(template, 3).answer(step))
    cursor: Cursor = end.value.value.next
    for other in (
        ListOrders(modified_from=START + timedelta(seconds=1), page_size=1, cursor=cursor),
        ListOrders(modified_from=START, page_size=2, cursor=cursor),
        ListOrders(modified_from=START, page_size=1, cursor=Cursor(connector="other", state=cursor.state)),
        ListOrders(modified_from=START, page_size=1, cursor=cursor.replace(state={**cursor.state, "offset": -1})),
        ListOrders(modified_from=START, page_size=1, cursor=cursor.replace(state={**cursor.state, "offset": "1"})),
        ListOrders(
            modified_from=START, page_size=1, cursor=cursor.replace(state={**cursor.state, "window_end": "soon"})
        ),
        ListOrders(modified_from=START, page_size=1, cursor=cursor.replace(state={**cursor.state, "total": True})),
    ):
        with pytest.raises(InvalidCursor):
            next(orders.list_orders(other))


def test_a_page_may_be_empty_and_go_on(orders: EbayOrders, template: dict[str, Any]) -> None:
    request = ListOrders(modified_from=START, created_from=START + timedelta(days=9), page_size=2)
    flow = orders.list_orders(request)
    next(flow)
    body = {"total": 3, "orders": [template, template], "next": "/order?offset=2&limit=2"}
    with pytest.raises(StopIteration) as end:
        flow.send(Response(200, (), json.dumps(body).encode()))
    page = end.value.value
    assert page.items == ()
    assert page.next.state["offset"] == 2


def test_page_sizes_stay_within_ebays(orders: EbayOrders) -> None:
    for wanted, sent in ((None, "200"), (1, "1"), (200, "200"), (5000, "200")):
        step = next(orders.list_orders(ListOrders(page_size=wanted)))
        assert isinstance(step, Send)
        assert dict(step.query)["limit"] == sent
