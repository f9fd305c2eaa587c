"""Which disputes to ask for, and where the list stands.

eBay has five lists: payment disputes and the four of Post-Order. A list of ours goes through them one after the other,
the most pressing first, and through each in windows of opening times:

* FUL, getPaymentDisputeSummaries, and the Post-Order pages: a window is 90 days at most, and one without an end is cut
  after 90 days in silence. So every window has both ends, and a longer wish is cut into several.
* Inside a window payment disputes are paged by offset; when the set shrinks the next page starts that much earlier.
* Post-Order's `offset` is called entries in one sentence and pages in the next, so none is sent: a window that holds
  more than one page is halved until it fits.
* FUL: beside `order_id` every other filter is ignored. What is not asked for is filtered here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pydantic import Field

from xborder_ebay import dispute_words as words
from xborder_ebay.after_sales import DESKS, MOST, Desk
from xborder_ebay.order_list import ebay_time
from xborder_sdk.errors import InvalidCursor, InvalidRequest
from xborder_sdk.hookspecs import ListDisputes, ListPosition
from xborder_sdk.models import DisputeKind, Instant

CONNECTOR: Final = "ebay"
KINDS: Final = (DisputeKind.PAYMENT_DISPUTE, *DESKS)
MOST_PAYMENT: Final = 200  # FUL, getPaymentDisputeSummaries, limit
_WINDOW: Final = timedelta(days=90)
_TICK: Final = timedelta(milliseconds=1)  # eBay's times have milliseconds, and both ends of a window count


class Position(ListPosition):
    """Where a list stands.

    Attributes:
        kind: Which of the wanted kinds.
        end: Where the whole window ends; fixed by the first page.
        start: Where the window of this page starts; None for the kind's first.
        offset: Entries to skip in it.
        total: How many entries eBay spoke of on the page before.
    """

    kind: int = Field(default=0, ge=0)
    end: Instant
    start: Instant | None = None
    offset: int = Field(default=0, ge=0)
    total: int | None = None


def wanted_kinds(request: ListDisputes) -> tuple[DisputeKind, ...]:
    """The kinds to list, in eBay's order of urgency.

    Raises:
        InvalidRequest: eBay has no such procedure, or a window has no start.
    """
    unknown = [kind for kind in request.kinds if kind not in KINDS]
    if unknown:
        known = ", ".join(kind.value for kind in KINDS)
        raise InvalidRequest(f"eBay has no procedure {unknown[0].value}", field="kinds", hint=f"it has {known}")
    if request.opened_to is not None and request.opened_from is None and request.order_id is None:
        raise InvalidRequest("eBay lists nothing up to a time without a start", field="opened_from")
    return tuple(kind for kind in KINDS if not request.kinds or kind in request.kinds)


def window(request: ListDisputes, kind: DisputeKind, position: Position) -> tuple[datetime, datetime] | None:
    """The window of one page; None where none is sent.

    Without a wish, payment disputes come as eBay has them (open and lately closed), and the others of the last 90 days.
    """
    if request.order_id is not None or (request.opened_from is None and kind is DisputeKind.PAYMENT_DISPUTE):
        return None
    start = position.start or request.opened_from or position.end - _WINDOW
    return start, min(start + _WINDOW, position.end)


def halved(span: tuple[datetime, datetime]) -> tuple[datetime, datetime] | None:
    """The first half of a window, down to a single moment (both ends count); None where there is none."""
    start, stop = span
    middle = start + (stop - start) / 2
    middle = max(start, middle.replace(microsecond=middle.microsecond // 1000 * 1000))
    return None if middle >= stop else (start, middle)


def payment_query(
    request: ListDisputes, position: Position, span: tuple[datetime, datetime] | None
) -> list[tuple[str, str]]:
    """The query of one page of payment disputes."""
    if request.order_id is not None:
        query = [("order_id", request.order_id)]
    elif span is not None:
        query = [("open_date_from", ebay_time(span[0])), ("open_date_to", ebay_time(span[1]))]
    else:
        query = []
    if request.open_only and request.order_id is None:
        query += [("payment_dispute_status", word) for word in words.PAYMENT_OPEN]
    size = min(request.page_size or MOST_PAYMENT, MOST_PAYMENT)
    return [*query, ("limit", str(size)), ("offset", str(position.offset))]


def desk_query(request: ListDisputes, desk: Desk, span: tuple[datetime, datetime] | None) -> list[tuple[str, str]]:
    """The query of one page of a Post-Order list."""
    if request.order_id is not None:
        query = [(desk.order, request.order_id)]
    elif span is not None:
        query = [(f"{desk.dates}_from", ebay_time(span[0])), (f"{desk.dates}_to", ebay_time(span[1]))]
    else:
        query = []
    return [*query, *desk.search, ("limit", str(min(request.page_size or MOST, MOST)))]


def after(position: Position, span: tuple[datetime, datetime] | None, kinds: int) -> Position | None:
    """Where the list goes on when a window is done; None at its end.

    Args:
        position: Where it stands.
        span: The window that is done.
        kinds: How many kinds are wanted.
    """
    if span is not None and span[1] < position.end:
        return position.replace(start=span[1] + _TICK, offset=0, total=None)
    if position.kind + 1 < kinds:
        return Position(kind=position.kind + 1, end=position.end)
    return None


def position_of(request: ListDisputes, kinds: int, now: datetime) -> Position:
    """Where a request wants to go on.

    Args:
        request: What is listed.
        kinds: How many kinds are wanted.
        now: The end of a window that the caller left open.

    Raises:
        InvalidCursor: The cursor is damaged or of another list.
    """
    position = Position.of(CONNECTOR, request)
    if position is None:
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        return Position(end=request.opened_to or now)
    if position.kind >= kinds:
        raise InvalidCursor("the cursor is damaged")
    return position
