"""The feed: brings every order in, once, whatever happens on the way.

Each pull lists what changed between where the last one ended, less an overlap (platforms show changes late), and a
bound that is frozen when it begins.

Pages are cut from a set that lives: an order that changes leaves the window, all behind it move up by one, and one of
them slips through the edge between two pages. So nothing rests on pages. The window is cut into slices of time, each
small enough for one page, and one page is one moment. An order that changes meanwhile is in a later slice or in the
next pull. Only a single second that holds more than a page is read page by page, until it reads the same twice; nothing
can enter a second that is over, so it comes to rest. After each slice its end is stored together with its orders, and
a pull that was killed goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from xborder_sdk.client import Client
from xborder_sdk.fulfilment.preflight import is_already_shipped
from xborder_sdk.fulfilment.work import WorkStore
from xborder_sdk.hookspecs import ListOrders
from xborder_sdk.models import Order, Page

_SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True)
class FeedState:
    """What a feed remembers between slices and pulls.

    Attributes:
        low: Up to where everything has been brought in, ISO 8601; None before the first pull.
        at: Where the pull under way stands; None between pulls.
        end: Its frozen bound.
        slice_s: How long the next slice is, in seconds.
        most: The most orders a page has held, which tells when slices may grow again.
    """

    low: str | None = None
    at: str | None = None
    end: str | None = None
    slice_s: float = 0.0
    most: int = 0

    @classmethod
    def of(cls, stored: dict[str, Any]) -> FeedState:
        """The state of its stored form."""
        return cls(**{name: value for name, value in stored.items() if name in cls.__dataclass_fields__})


Reading = Generator[tuple[Order, ...], None, FeedState]


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
        """Brings in what is new; yields, slice by slice, the orders that were new or had changed.

        Raises:
            XborderError: The platform cannot be asked; the next pull goes on from there.
        """
        state = FeedState.of(self._work.feed(self._account))
        if state.at is None or state.end is None:
            state = self._opened(state)
        while state.at is not None and state.end is not None:
            state = yield from self._read(state, datetime.fromisoformat(state.at), datetime.fromisoformat(state.end))

    def _opened(self, state: FeedState) -> FeedState:
        now = self._clock()
        start = now - self._lookback if state.low is None else datetime.fromisoformat(state.low) - self._overlap
        start = min(start, now)
        whole = (now - start).total_seconds()
        return replace(state, at=start.isoformat(), end=now.isoformat(), slice_s=whole)

    def _read(self, state: FeedState, at: datetime, end: datetime) -> Reading:
        """One slice."""
        to = min(at + max(timedelta(seconds=state.slice_s), _SHORTEST), end)
        page = next(self._pages(at, to))
        state = replace(state, most=max(state.most, len(page.items)))
        if page.next is not None:
            if to - at > _SHORTEST:
                half = (to - at).total_seconds() / 2
                state = replace(state, slice_s=half)
                yield self._take(page.items, state)
                return state
            yield from self._rest(state, at, to)
        elif len(page.items) * 3 < state.most:
            state = replace(state, slice_s=state.slice_s * 2)
        state = _moved(state, to, end)
        yield self._take(page.items, state)
        return state

    def _rest(self, state: FeedState, at: datetime, to: datetime) -> Iterator[tuple[Order, ...]]:
        """A second that is longer than a page: read until it holds still."""
        before: set[str] | None = None
        while True:
            seen: set[str] = set()
            for page in self._pages(at, to):
                seen.update(order.order_id for order in page.items)
                yield self._take(page.items, state)
            if seen == before:
                return
            before = seen

    def _pages(self, at: datetime, to: datetime) -> Iterator[Page[Order]]:
        return self._client.iter_pages(self._account, ListOrders(modified_from=at, modified_to=to))

    def _take(self, orders: tuple[Order, ...], state: FeedState) -> tuple[Order, ...]:
        return self._work.apply(self._account, orders, asdict(state), unless_known=is_already_shipped)


def _moved(state: FeedState, to: datetime, end: datetime) -> FeedState:
    if to >= end:
        return FeedState(low=end.isoformat(), most=state.most)
    return replace(state, at=to.isoformat())
