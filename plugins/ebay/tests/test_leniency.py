"""Whatever happens to several leaves of a good answer, the caller gets a result or a documented error.

One leaf at a time is the conformance kit's business.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xborder_ebay.order_reading import read_order
from xborder_sdk.errors import Conflict, MalformedResponse
from xborder_sdk.models import Raw
from xborder_sdk.reading import parse_json

ODD: list[Any] = [None, "", " ", "x", 0, -1, 10**30, True, [], {}, [[]], [None], {"value": None}, "1e999999", "NaN",
                  "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "\ud800", "\u0000"]  # fmt: skip

GONE = object()
RanOut = LookupError


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    found = copy.deepcopy(value)
    place = found
    for step in path[:-1]:
        place = place[step]
    if new is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = str(place[path[-1]]) if new is str else new
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_many_leaves_may_be_odd(
    data: st.DataObject, exchange_pool: list[dict[str, Any]], play: Callable[[dict[str, Any]], Any]
) -> None:
    exchange = copy.deepcopy(data.draw(st.sampled_from(exchange_pool)))
    index = data.draw(st.integers(0, len(exchange["exchanges"]) - 1))
    answer = exchange["exchanges"][index]["answer"]
    for _ in range(data.draw(st.integers(1, 5))):
        paths = list(leaves(answer["json"]))
        if not paths:
            break
        new = data.draw(st.sampled_from([GONE, str, *ODD]))
        answer["json"] = changed(answer["json"], data.draw(st.sampled_from(paths)), new)
    # The changed answer may end the flow sooner or let it ask for more; only what it raises matters here.
    exchange["exchanges"] = exchange["exchanges"][: index + 1]
    with contextlib.suppress(MalformedResponse, Conflict, RanOut):
        play(exchange)


@pytest.fixture(scope="module")
def exchange_pool(good: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        good("get_order", "forwarded_by_the_global_shipping_program"),
        good("list_orders", "modified_since_with_a_page_to_come"),
        good("list_orders", "an_italian_buyer_is_a_reference_until_shipped"),
        good("list_declared_shipments", "two_parcels"),
        good("declare_shipment", "whole_order"),
        good("declare_shipment", "done_with_a_warning"),
        good("refund_order", "the_whole_order"),
    ]


def test_numbers_of_many_digits_are_no_prices(good: Callable[..., dict[str, Any]]) -> None:
    order = good("get_order", "paid_with_ioss_number")["exchanges"][0]["answer"]["json"]
    order["lineItems"][0]["discountedLineItemCost"]["value"] = "9e99"
    order["pricingSummary"]["total"]["value"] = "1e-40"
    found = read_order(order, "ebay-test", Raw())
    assert str(found.lines[0].total) == "60.0 EUR"
    assert found.totals.total is None


def test_raw_is_the_vendors_object(play: Callable[..., Any], good: Callable[..., dict[str, Any]]) -> None:
    exchange = good("list_orders", "without_any_filter")
    page = play(exchange)
    content = json.dumps(exchange["exchanges"][0]["answer"]["json"]).encode()
    for index, order in enumerate(page.items):
        assert order.raw.data() == parse_json(content)["orders"][index]  # type: ignore[index, call-overload]
