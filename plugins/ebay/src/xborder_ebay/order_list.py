"""What to ask getOrders for, and where its paging stands.

Rules of FUL (OpenAPI sell_fulfillment_v1, getOrders) that decide the shape of this module:

* of two date filters eBay uses only `creationdate`, and with `orderIds` it ignores every other parameter: what eBay
  would ignore is filtered here instead, so that no wish is dropped in silence;
* of the fulfilment states only two combinations may be asked for: the smallest that covers the wish is sent, and the
  rest is filtered here;
* a window must have a start, and is two years at most;
* pages are cut by offset from a set that lives. Without an end of the caller's, the window is closed at the moment of
  the first answer by eBay's own clock, so that later pages are cut from the same set. An order that changes meanwhile
  leaves the window and moves all behind it up by one: then the total shrinks, and the next page starts that much
  earlier, so that no order slips through the edge. An order may come twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from pydantic import Field

from xborder_ebay import vocabulary as words
from xborder_sdk.errors import InvalidRequest, MalformedResponse
from xborder_sdk.hookspecs import ListOrders, ListPosition
from xborder_sdk.models import Instant, Order, OrderStatus
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response

CONNECTOR = "ebay"
MOST_ORDERS = 200  # FUL, getOrders, limit: above it the call fails
MOST_IDS = 50  # FUL, getOrders, orderIds
_LONGEST_WINDOW = timedelta(days=731)  # FUL, error 30830: two years


class Position(ListPosition):
    """Where a list stands.

    Attributes:
        offset: Orders, or wanted ids, to skip.
        window_end: Where the window was closed, when the caller left it open.
        total: How many orders eBay spoke of on the page before.
        open_ended: eBay took our end for a moment in the future, so none is sent.
    """

    offset: int = Field(default=0, ge=0)
    window_end: Instant | None = None
    total: int | None = None
    open_ended: bool = False


def check(request: ListOrders) -> None:
    """Refuses what eBay would refuse or could never answer.

    Raises:
        InvalidRequest: With the field.
    """
    for name, start, end in (
        ("created", request.created_from, request.created_to),
        ("modified", request.modified_from, request.modified_to),
    ):
        if start is None and end is not None and not request.order_ids:
            raise InvalidRequest(
                "eBay lists no orders up to a time without the time they start from",
                field=f"{name}_from",
                hint=f"set {name}_from; eBay keeps orders for two years",
            )
        if start is not None and end is not None and end - start > _LONGEST_WINDOW:
            raise InvalidRequest("the window is longer than the two years eBay allows", field=f"{name}_from")
    if OrderStatus.DELIVERED in request.statuses:
        raise InvalidRequest(
            "eBay's orders do not say that a parcel was delivered", field="statuses", hint="track the parcel instead"
        )
    if any("," in order_id or not order_id.strip() for order_id in request.order_ids):
        raise InvalidRequest("an order id is empty or holds a comma", field="order_ids")


def query(request: ListOrders, position: Position) -> dict[str, str]:
    """The query parameters of one page."""
    if request.order_ids:
        return {"orderIds": ",".join(wanted_ids(request, position))}
    parameters = {"limit": str(min(request.page_size or MOST_ORDERS, MOST_ORDERS)), "offset": str(position.offset)}
    criteria = _criteria(request, position)
    if criteria:
        parameters["filter"] = ",".join(criteria)
    return parameters


def wanted_ids(request: ListOrders, position: Position) -> list[str]:
    """The ids of one page, each asked for once."""
    unique = list(dict.fromkeys(request.order_ids))
    size = min(request.page_size or MOST_IDS, MOST_IDS)
    return unique[position.offset : position.offset + size]


def sends_end(request: ListOrders, position: Position) -> bool:
    """Whether the window of this page has an end, which eBay may take for the future."""
    if request.order_ids or position.open_ended or _window(request) is None:
        return False
    return _end(request, position) is not None


def is_wanted(order: Order, request: ListOrders) -> bool:
    """Whether an order meets every wish, those included that eBay was not or could not be asked for."""
    if request.statuses and order.status not in request.statuses:
        return False
    if not _within(order.created_at, request.created_from, request.created_to):
        return False
    modified = order.modified_at
    return modified is None or _within(modified, request.modified_from, request.modified_to)


def is_narrowed(request: ListOrders) -> bool:
    """Whether orders may be dropped after eBay has counted them."""
    both = _has_created(request) and _has_modified(request)
    return both or bool(request.statuses) or bool(request.order_ids)


def next_position(
    request: ListOrders, position: Position, answer: JsonObject, response: Response, found: int
) -> Position | None:
    """Where the next page starts; None after the last.

    Args:
        request: What is listed.
        position: Where this page started.
        answer: Its body.
        response: Its headers hold eBay's clock.
        found: How many orders it holds.

    Raises:
        MalformedResponse: eBay's link to the next page leads back.
    """
    if request.order_ids:
        after = position.offset + len(wanted_ids(request, position))
        return Position(offset=after) if after < len(set(request.order_ids)) else None
    total = answer.integer_or_none("total")
    missed = 0 if position.total is None or total is None else max(0, position.total - total)
    link = answer.text_or_none("next")
    if link is None and not missed:
        return None
    after = position.offset + found if link is None else _offset_of(link, position.offset + found)
    if after <= position.offset and link is not None:
        raise MalformedResponse("field next does not lead on")
    closed = position if position.window_end is not None else _closed(request, position, answer, response)
    # What moved up lies just before this page's start; from there on all is read again.
    start = after if not missed else max(0, position.offset - missed)
    return closed.replace(offset=start, total=total)


def _closed(request: ListOrders, position: Position, answer: JsonObject, response: Response) -> Position:
    """The position with the window closed, where the caller left it open and eBay's clock is known and plausible."""
    if position.open_ended or not _window(request) or _end(request, position) is not None:
        return position
    moment = answered_at(response)
    if moment is None:
        return position
    field = "creationDate" if _has_created(request) else "lastModifiedDate"
    seen = (order.time_or_none(field) for order in answer.children("orders"))
    if any(time is not None and time > moment + timedelta(seconds=1) for time in seen):
        return position  # the clock behind the answers is not the one behind the orders
    return position.replace(window_end=moment)


def answered_at(response: Response) -> datetime | None:
    """When eBay answered, by its own clock; None where it does not say."""
    try:
        moment = parsedate_to_datetime(response.header("date") or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _offset_of(link: str, otherwise: int) -> int:
    """The offset inside eBay's link. Only the number is taken: where to send is never up to an answer."""
    try:
        return int(parse_qs(urlsplit(link).query)["offset"][0])
    except (ValueError, KeyError, IndexError):
        return otherwise


def _criteria(request: ListOrders, position: Position) -> list[str]:
    criteria = []
    window = _window(request)
    if window is not None:
        name, start = window
        end = None if position.open_ended else _end(request, position)
        criteria.append(f"{name}:[{ebay_time(start)}..{'' if end is None else ebay_time(end)}]")
    states = _status_filter(request.statuses)
    if states is not None:
        criteria.append(f"orderfulfillmentstatus:{states}")
    return criteria


def _window(request: ListOrders) -> tuple[str, datetime] | None:
    """Which date filter is sent. Creation goes first, as at eBay: an order's creation never changes, so the set that
    the pages are cut from is calmer."""
    if request.created_from is not None:
        return "creationdate", request.created_from
    if request.modified_from is not None:
        return "lastmodifieddate", request.modified_from
    return None


def _end(request: ListOrders, position: Position) -> datetime | None:
    return (request.created_to if _has_created(request) else request.modified_to) or position.window_end


def _has_created(request: ListOrders) -> bool:
    return request.created_from is not None


def _has_modified(request: ListOrders) -> bool:
    return request.modified_from is not None


def _status_filter(statuses: tuple[OrderStatus, ...]) -> str | None:
    if not statuses:
        return None
    needed: set[str] = set()
    for status in statuses:
        states = words.STATES_OF.get(status)
        if states is None:
            return None
        needed |= states
    return next((text for covered, text in words.STATUS_FILTERS if needed <= covered), None)


def _within(moment: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or moment >= start) and (end is None or moment <= end)


def ebay_time(moment: datetime) -> str:
    """A moment as eBay writes it: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
