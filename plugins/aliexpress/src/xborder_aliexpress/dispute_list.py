"""Which disputes to ask for, and where the list stands.

A list of ours goes through several of the platform's, the most pressing first: open issues, requests to cancel, frozen
orders, then issues that are over. Issues have no filter by time, so that is looked at here. Orders are asked for by
their state and by windows of creation: 180 days at most (SDK, aliexpress.trade.seller.orderlist.get), as far back as a
request to cancel or a chargeback may reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import Field

from xborder_aliexpress import dispute_words as words
from xborder_aliexpress import pacific
from xborder_aliexpress import vocabulary as order_words
from xborder_aliexpress.order_disputes import FROZEN
from xborder_aliexpress.order_list import CONNECTOR, LIST, LIST_OVERSEAS
from xborder_aliexpress.settings import AliexpressSettings
from xborder_sdk.errors import InvalidCursor, InvalidRequest
from xborder_sdk.hookspecs import ListDisputes, ListPosition
from xborder_sdk.models import DisputeKind, Instant
from xborder_sdk.reading import JsonObject

KINDS: Final = (DisputeKind.CLAIM, DisputeKind.CANCELLATION_REQUEST, DisputeKind.PAYMENT_DISPUTE)
MOST: Final = 50  # SDK, issuelist.get, page_size
_WINDOW: Final = timedelta(days=179)  # a day less than the platform takes, for the hours added at both ends
_EDGE: Final = timedelta(hours=2)  # the hour that comes twice, and one more
_CANCEL_WINDOWS: Final = 1  # what is to be cancelled has not been shipped
_FROZEN_WINDOWS: Final = 4  # a chargeback may come up to 540 days after the payment (vendor's page for sellers)


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the platform's.

    Attributes:
        kind: What it lists.
        status: The platform's word for the state asked for.
        window: Which window of creation, 0 for the youngest; issues have none.
    """

    kind: DisputeKind
    status: str
    window: int = 0


class Position(ListPosition):
    """Where a list stands.

    Attributes:
        started: The present when it began.
        section: Which section.
        page: Which page of it, from 1.
        total: How many entries the platform spoke of on the page before.
    """

    started: Instant
    section: int = Field(default=0, ge=0)
    page: int = Field(default=1, ge=1)
    total: int | None = None


def wanted_kinds(request: ListDisputes) -> tuple[DisputeKind, ...]:
    """The kinds to list.

    Raises:
        InvalidRequest: The platform has no such procedure.
    """
    for kind in request.kinds:
        if kind not in KINDS:
            known = ", ".join(known.value for known in KINDS)
            raise InvalidRequest(
                f"AliExpress has no procedure {kind.value}",
                field="kinds",
                hint=f"it has {known}; its issues are claims",
            )
    return tuple(kind for kind in KINDS if not request.kinds or kind in request.kinds)


def sections(request: ListDisputes) -> tuple[Section, ...]:
    """The platform's lists to go through, in order.

    Raises:
        InvalidRequest: The platform has no such procedure.
    """
    kinds = wanted_kinds(request)
    found = [Section(DisputeKind.CLAIM, words.PROCESSING)] if DisputeKind.CLAIM in kinds else []
    if DisputeKind.CANCELLATION_REQUEST in kinds:
        kind = DisputeKind.CANCELLATION_REQUEST
        found += [Section(kind, order_words.IN_CANCEL, window) for window in range(_CANCEL_WINDOWS)]
    if DisputeKind.PAYMENT_DISPUTE in kinds:
        found += [Section(DisputeKind.PAYMENT_DISPUTE, FROZEN, window) for window in range(_FROZEN_WINDOWS)]
    if DisputeKind.CLAIM in kinds and not request.open_only:
        found += [Section(DisputeKind.CLAIM, status) for status in words.CLOSED]
    return tuple(found)


def page_size(request: ListDisputes) -> int:
    """Entries per page, as the platform is asked for."""
    return min(request.page_size or MOST, MOST)


def issues_question(status: str | None, order_no: int | None, page: int, size: int) -> dict[str, object]:
    """The parameters of one page of issues.

    Args:
        status: Only those in this state.
        order_no: Only those of this order or line.
        page: Which page, from 1.
        size: Entries per page.
    """
    query = {"order_no": order_no, "issue_status": status, "current_page": page, "page_size": size}
    return {"query_dto": query}


def orders_question(
    section: Section, position: Position, request: ListDisputes, settings: AliexpressSettings
) -> tuple[str, dict[str, object]]:
    """The call and parameters of one page of orders; the overseas family takes its fields flat at today's gateway."""
    start, end = window(section, position)
    fields: dict[str, object] = {
        "order_status": section.status,
        "create_date_start": pacific.write(pacific.wall_clock(start - _EDGE)),
        "create_date_end": pacific.write(pacific.wall_clock(end + _EDGE)),
        "current_page": position.page,
        "page_size": page_size(request),
    }
    if settings.order_list == "seller":
        return LIST, {"param_aeop_order_query": fields}
    return LIST_OVERSEAS, {"param0": fields} if settings.gateway == "top" else fields


def window(section: Section, position: Position) -> tuple[datetime, datetime]:
    """From when to when orders of a section were created."""
    end = position.started - section.window * _WINDOW
    return end - _WINDOW, end


def belongs(found: JsonObject, section: Section, position: Position) -> bool:
    """Whether an order is of this window and no other: windows are asked for with some hours on both sides."""
    created = pacific.read(found.text_or_none("gmt_create"))
    if created is None:
        return section.window == 0
    start, end = window(section, position)
    # Nothing lies beyond the youngest window, however the clocks differ.
    return start <= created and (created < end or section.window == 0)


def following(position: Position, listed: int, total: int | None, size: int, count: int) -> Position | None:
    """Where the list goes on; None at its end.

    What leaves a list while it is read moves the rest forward. Then the page before is read again, so that nothing is
    passed over; some entries may come twice.

    Args:
        position: Where it stands.
        listed: Entries on this page.
        total: How many the platform speaks of.
        size: Entries per page.
        count: How many sections there are.
    """
    if position.total is not None and total is not None and total < position.total and position.page > 1:
        back = -(-(position.total - total) // size)
        return position.replace(page=max(1, position.page - back), total=total)
    more = listed >= size if total is None else position.page * size < total
    if more and listed:
        return position.replace(page=position.page + 1, total=total)
    if position.section + 1 < count:
        return Position(started=position.started, section=position.section + 1)
    return None


def position_of(request: ListDisputes, count: int, now: datetime) -> Position:
    """Where a request wants to go on.

    Args:
        request: What is listed.
        count: How many sections there are.
        now: The present, aware.

    Raises:
        InvalidCursor: The cursor is damaged or of another list.
    """
    position = Position.of(CONNECTOR, request) or Position(started=now.replace(microsecond=0))
    if position.section >= count:
        raise InvalidCursor("the cursor is damaged")
    return position
