"""Orders that leave a list while it is read move the rest forward: nothing may slip through the edge of a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from xborder_sdk.hookspecs import ListOrders
from xborder_sdk.steps import Send

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Shop:
    """A list of open orders of which some finish after each question."""

    def __init__(self, count: int, leaving: list[list[int]]) -> None:
        self.open = list(range(1, count + 1))
        self.leaving = leaving
        self.pages: list[int] = []

    def __call__(self, step: Send) -> Any:
        asked = json.loads(dict(parse_qsl((step.content or b"").decode()))["param_aeop_order_query"])
        finished = asked.get("order_status") == "FINISH"
        held = [] if finished else self.open
        size, page = asked["page_size"], asked["current_page"]
        shown = held[(page - 1) * size : page * size]
        if not finished:
            self.pages.append(page)
            gone = self.leaving.pop(0) if self.leaving else []
            self.open = [number for number in self.open if number not in gone]
        listed = [
            {"order_id": number, "gmt_create": "2026-03-01 10:00:00", "order_status": "WAIT_BUYER_ACCEPT_GOODS"}
            for number in shown
        ]
        return {"result": {"success": True, "target_list": listed, "current_page": page, "total_count": len(held)}}


@pytest.mark.parametrize(
    ("leaving", "pages"),
    [
        ([], [1, 2, 3]),
        ([[1]], [1, 2, 1, 2, 3]),
        ([[1, 2, 3]], [1, 2, 1, 2]),
        ([[], [4], []], [1, 2, 3, 2, 3]),
        ([[1], [], [2]], [1, 2, 1, 2, 1, 2]),
    ],
)
def test_pages_are_read_again_where_a_list_has_shrunk(
    connector: Callable[..., Any], run: Callable[..., Any], leaving: list[list[int]], pages: list[int]
) -> None:
    shop, account = Shop(6, leaving), connector()
    request = ListOrders(created_from=NOW - timedelta(days=2), created_to=NOW, page_size=2)
    found: set[str] = set()
    for _ in range(30):
        page = run(account, "list_orders", request, shop)
        found |= {item.order_id for item in page.items}
        if page.next is None:
            break
        request = request.replace(cursor=page.next)
    assert {str(number) for number in shop.open} <= found
    assert shop.pages == pages or shop.pages == [*pages, pages[-1] + 1]  # a full page may be followed by an empty one
