"""How a wish for orders becomes questions that AliExpress answers. Pure functions.

Rules of the vendor (texts of aliexpress.trade.seller.orderlist.get and aliexpress.solution.order.get in the official
IOP Java SDK 1.3.5-ae and in the vendor's metadata):

* there must be a start, of creation or of change; a window of change is to be combined with one of creation;
* a window is 180 days at most, 30 where FINISH is asked for;
* without a state everything comes but FINISH, which is asked for alone;
* times are wall-clock times (see `pacific`); pages hold 50 orders at most.

Windows are cut in wall-clock time, where a text lies in exactly one of them; each is asked for a little wider than it
is, and what lies outside is dropped. So no edge loses an order or shows it twice, whichever way the vendor treats
edges. Orders that are still under way are asked for before finished ones: an order that finishes in between comes twice
rather than never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Final

from xborder_aliexpress import pacific
from xborder_aliexpress import vocabulary as words
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.hookspecs import ListOrders

MOST_PER_PAGE: Final = 50
DEFAULT_WINDOW: Final = timedelta(days=30)
"""What is listed where no time is given: orders created in these days."""

# Asking wider than the window adds up to an hour and a second at each end, and a change of the clock one more.
_SLACK = timedelta(hours=4)
_LONGEST = timedelta(days=180) - _SLACK
_LONGEST_FINISHED = timedelta(days=30) - _SLACK


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of wall-clock time, both ends inclusive, to the second."""

    start: datetime
    end: datetime

    def __contains__(self, wall: datetime) -> bool:
        return self.start <= wall <= self.end

    def pieces(self, longest: timedelta) -> Iterator[Span]:
        """The same in pieces that follow each other without touching."""
        start = self.start
        while start <= self.end:
            end = min(start + longest - pacific.SECOND, self.end)
            yield Span(start, end)
            start = end + pacific.SECOND


@dataclass(frozen=True, slots=True)
class Window:
    """One question, asked page by page.

    Attributes:
        finished: Whether FINISH is asked for, which goes alone.
        created: When the orders were created.
        modified: When they changed last; None where that does not matter.
    """

    finished: bool
    created: Span
    modified: Span | None

    def holds(self, created: datetime | None, modified: datetime | None) -> bool:
        """Whether an order belongs to this window and to no other of the list; what tells no time belongs to all.

        Args:
            created: Its creation, wall-clock.
            modified: Its last change, wall-clock.
        """
        if created is not None and created not in self.created:
            return False
        return self.modified is None or modified is None or modified in self.modified


def check(request: ListOrders) -> None:
    """Refuses a window without a start.

    Raises:
        InvalidRequest: With the field.
    """
    for name, start, end in (
        ("created", request.created_from, request.created_to),
        ("modified", request.modified_from, request.modified_to),
    ):
        if start is None and end is not None and not request.order_ids:
            raise InvalidRequest(
                "AliExpress lists no orders up to a time without the time they start from", field=f"{name}_from"
            )


def plan(request: ListOrders, now: datetime, life: timedelta) -> list[Window]:
    """The questions that together answer a wish, in order.

    Args:
        request: The wish.
        now: The present, aware; ends that are left open end there.
        life: How long before its last change an order may have been created.
    """
    modified = None
    if request.modified_from is not None:
        modified = _span(request.modified_from, request.modified_to or now)
    earliest = request.created_from
    if earliest is None:
        earliest = (now - DEFAULT_WINDOW) if request.modified_from is None else request.modified_from - life
    latest = request.created_to
    if latest is None:
        latest = now if request.modified_to is None else request.modified_to
    created = _span(earliest, latest)
    windows = []
    for finished in (False, True):
        if not words.is_asked(request.statuses, finished=finished):
            continue
        longest = _LONGEST_FINISHED if finished else _LONGEST
        changes: list[Span | None] = [None] if modified is None else list(modified.pieces(longest))
        windows += [
            Window(finished, piece, change)
            for change, piece in product(changes, created.pieces(longest))
            if change is None or piece.start <= change.end + pacific.HOUR  # nothing changes before it is created
        ]
    return windows


def _span(start: datetime, end: datetime) -> Span:
    return Span(pacific.lowest(start), pacific.highest(end))


def criteria(window: Window, request: ListOrders, page: int, page_size: int) -> dict[str, object]:
    """The parameters of one page of a question.

    Args:
        window: The question.
        request: The wish it comes from.
        page: Number of the page, from 1.
        page_size: Orders per page.
    """
    found: dict[str, object] = {
        "create_date_start": pacific.write(pacific.before(window.created.start)),
        "create_date_end": pacific.write(pacific.after(window.created.end)),
        "current_page": page,
        "page_size": page_size,
    }
    if window.modified is not None:
        found["modified_date_start"] = pacific.write(pacific.before(window.modified.start))
        found["modified_date_end"] = pacific.write(pacific.after(window.modified.end))
    if window.finished:
        found["order_status"] = words.FINISH
    else:
        states = words.states_to_ask(request.statuses)
        if states is not None:
            found["order_status_list"] = list(states)
    return found


def is_within(wall: datetime | None, start: datetime | None, end: datetime | None) -> bool:
    """Whether a wall-clock time lies between two moments under some reading; a time nobody tells does.

    Args:
        wall: The time.
        start, end: The moments, both inclusive; None for no bound.
    """
    if wall is None:
        return True
    return any(
        (start is None or start < moment + pacific.SECOND) and (end is None or moment <= end)
        for moment in pacific.readings(wall)
    )
