"""The feed: brings every order in, once, whatever happens on the way.

Each pull lists what changed between where the last one ended, less an overlap (platforms show changes late), and a
bound that is frozen when it begins. The cursor is stored with the orders of its page, so that a pull that was killed
goes on where it stopped.

Pages are cut from a set that lives. An order that changes during the pull leaves the window, and on a platform that
counts pages all behind it move up by one: one order slips through the edge of a page. So after a pull of several pages
what changed meanwhile is listed too, and if an order that existed before is there, the window is read again until it
held still.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from xborder_sdk.client import Client
from xborder_sdk.errors import InvalidCursor
from xborder_sdk.fulfilment.preflight import is_already_shipped
from xborder_sdk.fulfilment.work import WorkStore
from xborder_sdk.hookspecs import ListOrders
from xborder_sdk.models import Cursor, Order

_MOST_PASSES = 5

Reading = Generator[tuple[Order, ...], None, "FeedState"]


@dataclass(frozen=True)
class FeedState:
    """What a feed remembers between pages and pulls.

    Attributes:
        low: Up to where everything has been brought in, ISO 8601; None before the first pull.
        start, end: The window being read; None between pulls.
        cursor: The next page of it; None at its beginning.
        pages: Pages of it read so far.
        passes: How often it has been read.
        checking: Whether it has been read and is being checked for changes meanwhile.
    """

    low: str | None = None
    start: str | None = None
    end: str | None = None
    cursor: str | None = None
    pages: int = 0
    passes: int = 0
    checking: bool = False

    @classmethod
    def of(cls, stored: dict[str, Any]) -> FeedState:
        """The state of its stored form."""
        return cls(**{name: value for name, value in stored.items() if name in cls.__dataclass_fields__})


class Feed:
    """Brings the orders of one account into the work store.

    Args:
        client: Lists them.
        work: Keeps them, and where the feed stands.
        account: The order account.
        clock: The present, aware.
        lookback: How far the first pull looks back.
        overlap: How far each pull looks behind the end of the one before.
    """

    def __init__(
        self,
        client: Client,
        work: WorkStore,
        account: str,
        clock: Callable[[], datetime],
        lookback: timedelta,
        overlap: timedelta,
    ) -> None:
        self._client = client
        self._work = work
        self._account = account
        self._clock = clock
        self._lookback = lookback
        self._overlap = overlap

    def pull(self) -> Iterator[tuple[Order, ...]]:
        """Brings in what is new, page by page; yields the orders of each page that were new or had changed.

        Raises:
            XborderError: The platform cannot be asked; the next pull goes on from there.
        """
        state = FeedState.of(self._work.feed(self._account))
        if state.end is None:
            state = self._opened(state)
        while state.end is not None:
            if state.checking:
                state = yield from self._check(state)
            else:
                state = yield from self._read(state)

    def _opened(self, state: FeedState) -> FeedState:
        now = self._clock()
        start = now - self._lookback if state.low is None else datetime.fromisoformat(state.low) - self._overlap
        return FeedState(low=state.low, start=min(start, now).isoformat(), end=now.isoformat())

    def _read(self, state: FeedState) -> Reading:
        request = ListOrders(modified_from=_moment(state.start), modified_to=_moment(state.end))
        cursor = None if state.cursor is None else Cursor.parse(state.cursor)
        try:
            for page in self._client.iter_pages(self._account, request.replace(cursor=cursor)):
                state = replace(state, cursor=None if page.next is None else str(page.next), pages=state.pages + 1)
                if page.next is None:
                    state = _after_pass(state)
                yield self._take(page.items, state)
        except InvalidCursor:
            if cursor is None:
                raise
            return replace(state, cursor=None)  # of another version of the connector: from the beginning of the window
        return state

    def _check(self, state: FeedState) -> Reading:
        """Looks at what changed since the window was closed: an order that existed then may have left it."""
        end, now = _moment(state.end), self._clock()
        left = False
        if now > end:
            for page in self._client.iter_pages(self._account, ListOrders(modified_from=end, modified_to=now)):
                left = left or any(order.created_at <= end for order in page.items)
                yield self._take(page.items, state)
        if not left:
            state = FeedState(low=state.end)
        elif state.passes >= _MOST_PASSES:
            state = FeedState(low=state.start)  # it never held still: the next pull reads it again
        else:
            state = replace(state, cursor=None, pages=0, checking=False)
        yield self._take((), state)
        return state

    def _take(self, orders: tuple[Order, ...], state: FeedState) -> tuple[Order, ...]:
        return self._work.apply(self._account, orders, asdict(state), unless_known=is_already_shipped)


def _after_pass(state: FeedState) -> FeedState:
    if state.pages <= 1:
        return FeedState(low=state.end)  # one page is one moment: nothing can slip
    return replace(state, cursor=None, passes=state.passes + 1, checking=True)


def _moment(text: str | None) -> datetime:
    assert text is not None  # noqa: S101 - a window that is open has both ends
    return datetime.fromisoformat(text)
