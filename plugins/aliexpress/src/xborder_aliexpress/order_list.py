"""Lists of orders: where a list stands, its cursor, and one page of one question.

The list calls and their rules are in `windows`. A page of ours is what one question, or several that hold little, give
at one moment; it ends where a question has another page, since the vendor cuts its pages from a set that lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pydantic import Field

from xborder_aliexpress import pacific, windows
from xborder_aliexpress import vocabulary as words
from xborder_aliexpress.settings import AliexpressSettings
from xborder_aliexpress.windows import Window
from xborder_sdk.hookspecs import ListOrders, ListPosition
from xborder_sdk.models import Cursor, Instant, OrderReference, OrderStatus
from xborder_sdk.reading import JsonObject

CONNECTOR: Final = "aliexpress"
LIST: Final = "aliexpress.trade.seller.orderlist.get"
LIST_OVERSEAS: Final = "aliexpress.solution.order.get"
MOST_QUESTIONS: Final = 24
"""Most questions of one page of ours, so that a wish for many years does not run for hours unseen."""
MOST_IDS: Final = 20


class Position(ListPosition):
    """Where a list stands.

    Attributes:
        started: The present when it began, at which open ends are closed.
        window: Which question; with `order_ids`, how many ids are done.
        page: Which page of it, from 1.
        total: How many orders the platform spoke of on the page before.
    """

    started: Instant
    window: int = Field(default=0, ge=0)
    page: int = Field(default=1, ge=1)
    total: int | None = None


def question(
    settings: AliexpressSettings, window: Window, request: ListOrders, page: int
) -> tuple[str, dict[str, object]]:
    """The call and its parameters.

    Overseas sellers' call takes its fields flat at today's gateway and inside `param0` at the older one.

    Args:
        settings: The account's settings.
        window: The question.
        request: The wish.
        page: Which page of it.
    """
    fields = windows.criteria(window, request, page, page_size(request))
    if settings.order_list == "seller":
        return LIST, {"param_aeop_order_query": fields}
    return LIST_OVERSEAS, {"param0": fields} if settings.gateway == "top" else fields


def page_size(request: ListOrders) -> int:
    """Orders per page, as the vendor is asked for."""
    return min(request.page_size or windows.MOST_PER_PAGE, windows.MOST_PER_PAGE)


def size_shown(answer: JsonObject, asked: int) -> int:
    """How many entries a page holds: as many as were asked for, or fewer where the vendor says that it cuts smaller.

    No document gives the most that the lists take; fifty is what the older ones took.

    Args:
        answer: What holds `page_size`.
        asked: How many were asked for.
    """
    shown = answer.integer_or_none("page_size")
    return min(shown, asked) if shown is not None and shown > 0 else asked


def has_more(result: JsonObject, request: ListOrders, page: int) -> bool:
    """Whether a question has another page.

    A full page may be followed by one even where the count says otherwise: some orders are not counted (META,
    solution.order.get, total_count).

    Args:
        result: The answer's `result`.
        request: The wish.
        page: Which page it is.
    """
    if is_beyond(result, page):
        return False
    asked, listed = page_size(request), len(result.children("target_list"))
    size = size_shown(result, asked)
    pages, count = result.integer_or_none("total_page"), result.integer_or_none("total_count")
    if pages is None and count is not None:
        pages = -(-count // size)
    if pages is None:
        return listed >= size
    return listed >= asked or page < pages


def pages_lost(result: JsonObject, request: ListOrders, position: Position) -> int:
    """How many pages to go back: orders that have left the list since have moved the rest forward, past its edge.

    Args:
        result: The answer's `result`.
        request: The wish.
        position: Where it was asked for.
    """
    count = result.integer_or_none("total_count")
    if position.page == 1 or position.total is None or count is None or count >= position.total:
        return 0
    return min(-(-(position.total - count) // size_shown(result, page_size(request))), position.page - 1)


def is_beyond(result: JsonObject, page: int) -> bool:
    """Whether the vendor shows an earlier page instead of the one asked for, which does not exist."""
    shown = result.integer_or_none("current_page")
    return shown is not None and shown < page


def wanted(result: JsonObject, window: Window, request: ListOrders, now: datetime) -> Iterator[OrderReference]:
    """The orders of an answer that belong to the question and meet the wish.

    Args:
        result: The answer's `result`.
        window: The question.
        request: The wish.
        now: The present, aware.
    """
    for item in result.children("target_list"):
        created = pacific.wall_of(item.text_or_none("gmt_create"))
        changed = item.text_or_none("gmt_update")
        modified = pacific.wall_of(changed)
        if not window.holds(created, modified):
            continue
        if not windows.is_within(created, request.created_from, request.created_to):
            continue
        if not windows.is_within(modified, request.modified_from, request.modified_to):
            continue
        if request.statuses and _status(item) not in request.statuses:
            continue
        yield OrderReference(order_id=item.text("order_id"), modified_at=pacific.read_latest(changed, now))


def _status(item: JsonObject) -> OrderStatus:
    return words.status_of(
        item.text_or_none("order_status"), item.text_or_none("logistics_status"), item.text_or_none("end_reason")
    )


def position_of(request: ListOrders, settings: AliexpressSettings) -> Position | None:
    """Where a wish wants to go on; None at its beginning.

    Raises:
        InvalidCursor: The cursor is damaged or of another list.
    """
    return Position.of(CONNECTOR, request, *_shaping(settings))


def cursor_at(request: ListOrders, settings: AliexpressSettings, position: Position) -> Cursor:
    """The cursor of a position."""
    return position.cursor(CONNECTOR, request, *_shaping(settings))


def _shaping(settings: AliexpressSettings) -> tuple[str, ...]:
    """Settings that decide which questions are asked."""
    return settings.order_list, settings.gateway, str(settings.order_life_days)
