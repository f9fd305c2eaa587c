"""Finding logistics orders: by the order they were bought for, by LP number, or by the platform's own number."""

from __future__ import annotations

from typing import Final

from xborder_aliexpress import online_words as words
from xborder_aliexpress.calls import Calls, whole_id
from xborder_aliexpress.online_reading import LogisticsOrder, read_by_number, read_by_order
from xborder_sdk.errors import MalformedResponse, NotFound
from xborder_sdk.steps import Flow

_PAGE: Final = 50
_MOST_PAGES: Final = 40
"""An order has a handful of parcels; more pages than this are a list that does not end."""


def orders_of(calls: Calls, order_id: str, service: str | None = None) -> Flow[list[LogisticsOrder]]:
    """All logistics orders of an order.

    Args:
        calls: The account's calls.
        order_id: The order.
        service: Only those bought as this service.

    Raises:
        InvalidRequest: The order's id is no number.
        MalformedResponse: The list does not end.
    """
    found: list[LogisticsOrder] = []
    for page in range(1, _MOST_PAGES + 1):
        query = {
            "trade_order_id": whole_id(order_id, "order_id"),
            "warehouse_carrier_service": service,
            "current_page": page,
            "page_size": _PAGE,
        }
        answer = yield from calls.read(words.BY_ORDER, query)
        listed = read_by_order(answer.body, answer.raw)
        found += listed
        pages = answer.body.child("result").integer_or_none("total_page")
        if not listed or page >= (pages or 1):
            return found
    raise MalformedResponse(f"the logistics orders of one order fill more than {_MOST_PAGES} pages")


def logistics_order(calls: Calls, waybill: str, order_id: str | None = None) -> Flow[LogisticsOrder]:
    """One logistics order.

    Args:
        calls: The account's calls.
        waybill: Its LP number or the platform's own number.
        order_id: The order it was bought for, where it is known; the platform recommends to look by it.

    Raises:
        NotFound: The platform does not know it.
    """
    if order_id is not None:
        listed = yield from orders_of(calls, order_id)
    else:
        name = "logistics_order_id" if waybill.isascii() and waybill.isdecimal() else "logistics_order_code"
        answer = yield from calls.read(words.BY_NUMBER, {name: waybill, "current_page": 1, "page_size": _PAGE})
        listed = read_by_number(answer.body, answer.raw)
    for found in listed:
        if found.is_called(waybill):
            return found
    raise NotFound("AliExpress does not know this logistics order", status=200)
