"""What getOrders may be asked for (sell_fulfillment_v1, getOrders: parameters and response codes)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote_plus

from xborder_sandbox.ebay.errors import fulfillment_error
from xborder_sandbox.ebay.order import Order
from xborder_sandbox.ebay.times import read_time

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_IDS = 50
DEFAULT_DAYS = 90
MAX_YEARS = 2
# Clocks of client and server are never quite equal; how much eBay forgives is not documented.
_SKEW = timedelta(seconds=2)

# Documented as the only two that are supported.
_STATUSES = (frozenset({"NOT_STARTED", "IN_PROGRESS"}), frozenset({"FULFILLED", "IN_PROGRESS"}))
_DATES = ("creationdate", "lastmodifieddate")
# The description asks that these be percent-encoded.
_RAW = re.compile(r"[\[\]{|}]")


@dataclass(frozen=True)
class Span:
    """A span of time; both ends belong to it."""

    start: datetime
    end: datetime | None

    def holds(self, instant: datetime) -> bool:
        """Say whether the instant lies in it."""
        return self.start <= instant and (self.end is None or instant <= self.end)


@dataclass(frozen=True)
class OrderQuery:
    """A checked query."""

    limit: int
    offset: int
    breakdown: bool
    ids: tuple[str, ...] | None
    created: Span | None
    modified: Span | None
    statuses: frozenset[str] | None

    def wants(self, order: Order) -> bool:
        """Say whether the filter holds for an order; ids are not looked at."""
        if self.created is not None and not self.created.holds(order.created):
            return False
        if self.modified is not None and not self.modified.holds(order.modified):
            return False
        return self.statuses is None or order.status in self.statuses

    @property
    def selection(self) -> tuple[object, ...]:
        """What the pages of one listing have in common."""
        return (self.created, self.modified, self.statuses)


def parse_query(raw: str) -> dict[str, str]:
    """Read a query string.

    Raises:
        ApiError: 30800 if a character is bare that has to be percent-encoded.
    """
    if _RAW.search(raw):
        raise fulfillment_error(30800, raw, "filter")
    pairs = (part.partition("=") for part in raw.split("&") if part)
    return {unquote_plus(name): unquote_plus(value) for name, _, value in pairs}


def read_field_groups(value: str | None) -> bool:
    """Say whether TAX_BREAKDOWN was asked for.

    Raises:
        ApiError: 32800 for any other field group.
    """
    if value is None or value == "":
        return False
    if value != "TAX_BREAKDOWN":
        raise fulfillment_error(32800, value)
    return True


def read_orders_query(query: dict[str, str], now: datetime) -> OrderQuery:
    """Check the parameters of getOrders.

    Args:
        query: Parameters by name.
        now: The sandbox's time.

    Raises:
        ApiError: With the number the document has for what is wrong.
    """
    if query.get("orderIds"):
        # "If one or more order ID values are specified, all other query parameters will be ignored."
        ids = tuple(part.strip() for part in query["orderIds"].split(",") if part.strip())
        if len(ids) > MAX_IDS:
            raise fulfillment_error(30900, str(MAX_IDS))
        return OrderQuery(DEFAULT_LIMIT, 0, False, ids, None, None, None)
    limit = _whole(query.get("limit"), DEFAULT_LIMIT)
    if limit is None or not 1 <= limit <= MAX_LIMIT:
        raise fulfillment_error(31100, query.get("limit", ""))
    offset = _whole(query.get("offset"), 0)
    if offset is None:
        raise fulfillment_error(31000, query.get("offset", ""))
    breakdown = read_field_groups(query.get("fieldGroups"))
    created, modified, statuses = _read_filter(query.get("filter", ""), now)
    return OrderQuery(limit, offset, breakdown, None, created, modified, statuses)


def _whole(text: str | None, default: int) -> int | None:
    if text is None or text == "":
        return default
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _read_filter(text: str, now: datetime) -> tuple[Span | None, Span | None, frozenset[str] | None]:
    values: dict[str, str] = {}
    for part in text.split(",") if text else ():
        name, colon, value = part.partition(":")
        if name not in (*_DATES, "orderfulfillmentstatus"):
            raise fulfillment_error(30700, name)
        if not colon or not value:
            raise fulfillment_error(30800, value, name)
        values[name] = value
    spans = {name: _read_span(name, values[name], now) for name in _DATES if name in values}
    statuses: frozenset[str] | None = None
    if "orderfulfillmentstatus" in values:
        value = values["orderfulfillmentstatus"]
        statuses = frozenset(value[1:-1].split("|"))
        if value[0] != "{" or value[-1] != "}" or statuses not in _STATUSES:
            raise fulfillment_error(30800, value, "orderfulfillmentstatus")
    created = spans.get("creationdate")
    # "If creationdate and lastmodifieddate are both included, only creationdate is used."
    modified = None if created is not None else spans.get("lastmodifieddate")
    if created is None and modified is None and statuses is None:
        created = Span(now - timedelta(days=DEFAULT_DAYS), None)
    return created, modified, statuses


def _read_span(name: str, value: str, now: datetime) -> Span:
    inner = re.fullmatch(r"\[(.*?)\.\.(.*)\]", value)
    if inner is None:
        raise fulfillment_error(30800, value, name)
    if not inner[1]:
        raise fulfillment_error(30820)
    try:
        start = read_time(inner[1])
        end = read_time(inner[2]) if inner[2] else None
    except ValueError as error:
        raise fulfillment_error(30810) from error
    if end is not None and start >= end:
        raise fulfillment_error(30840)
    if start > now + _SKEW or (end is not None and end > now + _SKEW):
        raise fulfillment_error(30850)
    last = now if end is None else end
    if last - start > timedelta(days=366 * MAX_YEARS):
        raise fulfillment_error(30830, str(MAX_YEARS))
    return Span(start, end)
