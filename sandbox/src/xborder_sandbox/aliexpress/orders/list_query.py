"""What can be asked of the lists of orders, and its limits (AliExpress reference, section 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from xborder_sandbox.aliexpress.call import Form
from xborder_sandbox.aliexpress.orders.order import Order
from xborder_sandbox.aliexpress.orders.pacific import read
from xborder_sandbox.aliexpress.shop import Shop

STATUSES = frozenset(
    {
        "PLACE_ORDER_SUCCESS",
        "RISK_CONTROL",
        "WAIT_SELLER_EXAMINE_MONEY",
        "WAIT_SELLER_SEND_GOODS",
        "SELLER_PART_SEND_GOODS",
        "WAIT_BUYER_ACCEPT_GOODS",
        "FUND_PROCESSING",
        "IN_CANCEL",
        "IN_ISSUE",
        "IN_FROZEN",
        "FINISH",
    }
)
_CREATED_AT_MOST = timedelta(days=180)
_FINISHED_AT_MOST = timedelta(days=30)


class RefusedQuery(Exception):
    """A query the platform does not answer."""


@dataclass(frozen=True)
class ListQuery:
    """A question for orders; times are inclusive."""

    created: tuple[datetime | None, datetime | None]
    modified: tuple[datetime | None, datetime | None]
    statuses: frozenset[str]
    buyer: str
    page: int
    size: int

    def wants(self, order: Order, shown: str) -> bool:
        """Tell whether an order belongs to the answer; `shown` is its status as lists show it."""
        if not _within(order.created, self.created) or not _within(order.modified, self.modified):
            return False
        if self.buyer and order.buyer.login != self.buyer:
            return False
        return shown in self.statuses if self.statuses else shown != "FINISH"


def shown_status(shop: Shop, order: Order) -> str:
    """Return the status as lists show it: they do not tell FUND_PROCESSING from FINISH."""
    if order.status == "FUND_PROCESSING" and not shop.settings.lists_show_funds:
        return "FINISH"
    return order.status


def read_query(shop: Shop, given: Form, *, page_name: str, needs_start: bool) -> ListQuery:
    """Read a query.

    Args:
        shop: The settings, and the present time.
        given: The fields.
        page_name: What the number of the page is called.
        needs_start: Whether a start of creation or change has to be given.

    Raises:
        RefusedQuery: If it breaks one of the rules.
        GatewayError: If a field is missing or no number.
    """
    created = (_time(shop, given, "create_date_start"), _time(shop, given, "create_date_end"))
    modified = (_time(shop, given, "modified_date_start"), _time(shop, given, "modified_date_end"))
    if needs_start and created[0] is None and modified[0] is None:
        raise RefusedQuery("create_date_start or modified_date_start is required, with its time of day")
    statuses = frozenset((*given.texts("order_status_list"), *given.texts("order_status")))
    unknown = statuses - STATUSES
    if unknown:
        raise RefusedQuery(f"unknown order status: {', '.join(sorted(unknown))}")
    if "FINISH" in statuses and len(statuses) > 1:
        raise RefusedQuery("FINISH has to be asked for on its own")
    _check_span(shop, created, _CREATED_AT_MOST, "create_date")
    if "FINISH" in statuses:
        _check_span(shop, created, _FINISHED_AT_MOST, "create_date of FINISH")
        if created[0] is None:
            _check_span(shop, modified, _FINISHED_AT_MOST, "modified_date of FINISH")
    page, size = given.whole(page_name), given.whole("page_size")
    most = shop.settings.max_page_size
    if page < 1 or not 1 <= size <= most:
        raise RefusedQuery(f"{page_name} begins at 1, page_size is 1 to {most}")
    return ListQuery(created, modified, statuses, given.maybe("buyer_login_id"), page, size)


def _time(shop: Shop, given: Form, name: str) -> datetime | None:
    text = given.maybe(name).strip()
    # A date without a time of day is ignored, the vendor says.
    if ":" not in text:
        return None
    try:
        return read(text, shop.settings.ambiguous_hour)
    except ValueError:
        raise RefusedQuery(f"{name} has to be yyyy-MM-dd HH:mm:ss") from None


def _check_span(shop: Shop, span: tuple[datetime | None, datetime | None], most: timedelta, name: str) -> None:
    start, end = span
    if start is None:
        return
    end = min(end or shop.now, max(shop.now, start))
    if end < start:
        raise RefusedQuery(f"{name} ends before it starts")
    if end - start > most:
        raise RefusedQuery(f"{name} spans more than {most.days} days")


def _within(at: datetime, span: tuple[datetime | None, datetime | None]) -> bool:
    start, end = span
    # The platform's times are whole seconds.
    at = at.replace(microsecond=0)
    return (start is None or start <= at) and (end is None or at <= end)
