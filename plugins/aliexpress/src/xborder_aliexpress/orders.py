"""AliExpress' orders: lists as references, details with their address, and requests to cancel.

Sources: the official IOP Java SDK 1.3.5-ae and the vendor's metadata, by the names of the calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from xborder_aliexpress import order_list as paging
from xborder_aliexpress import vocabulary as words
from xborder_aliexpress import windows
from xborder_aliexpress.calls import whole_id
from xborder_aliexpress.declaring import Declaring
from xborder_aliexpress.messages import Messages
from xborder_aliexpress.order_papers import read_papers
from xborder_aliexpress.order_reading import buyer_login, read_order
from xborder_aliexpress.reviews import Reviews
from xborder_aliexpress.trade_order import trade_order
from xborder_sdk.errors import Conflict, InvalidRequest, MalformedResponse, NotFound
from xborder_sdk.hookspecs import CancelOrder, CancelReason, GetOrder, ListOrders, OrderItem, hookimpl
from xborder_sdk.models import CancellationOutcome, CancellationStatus, Order, OrderStatus, Page
from xborder_sdk.steps import Flow

if TYPE_CHECKING:
    from xborder_aliexpress.connector import AliexpressConnector

ACCEPT_CANCEL: Final = "aliexpress.trade.seller.order.acceptcancel"
_OrderPage = Page[OrderItem]  # held here: pydantic forgets a type that nobody holds, and would build it for every page


class AliexpressOrders(Declaring, Messages, Reviews):
    """Orders of one AliExpress seller."""

    connector: AliexpressConnector
    honours: ClassVar[Mapping[str, frozenset[str]]] = {
        "list_orders": frozenset(
            {"created_from", "created_to", "modified_from", "modified_to", "statuses", "order_ids"}
        ),
        **Declaring.honours,
        **Messages.honours,
    }

    @hookimpl
    def list_orders(self, request: ListOrders) -> Flow[Page[OrderItem]]:
        """One page of references; with `order_ids`, of whole orders.

        Without any time the platform is asked for what was created in the last 30 days. Long windows are cut, finished
        orders asked for by themselves; a page may be empty and still go on. Where orders have left the list since the
        page before, that is read again: one that changes while it is listed may come twice.

        Args:
            request: Which orders. `page_size` above 50 means 50 (with `order_ids`, 20).

        Raises:
            InvalidRequest: A window without a start, or an id that is no number.
            InvalidCursor: The cursor is of another list.
        """
        windows.check(request)
        connector = self.connector
        position = paging.position_of(request, connector.settings) or paging.Position(started=connector.now())
        if request.order_ids:
            return (yield from self._by_id(request, position))
        life = timedelta(days=connector.settings.order_life_days)
        plan = windows.plan(request, position.started, life)
        found: dict[str, OrderItem] = {}
        window, page, total = position.window, position.page, None
        for _ in range(paging.MOST_QUESTIONS):
            if window >= len(plan):
                break
            method, parameters = paging.question(connector.settings, plan[window], request, page)
            answer = yield from connector.calls.read(method, parameters)
            result = answer.body.child("result")
            lost = paging.pages_lost(result, request, position) if window == position.window else 0
            if lost:
                page, total = page - lost, result.integer_or_none("total_count")
                break
            if not paging.is_beyond(result, page):
                for reference in paging.wanted(result, plan[window], request, connector.now()):
                    found[reference.order_id] = reference
            if paging.has_more(result, request, page):
                page, total = page + 1, result.integer_or_none("total_count")
                break
            window, page = window + 1, 1
            if found and request.page_size is not None:
                break
        following = None
        if window < len(plan):
            there = paging.Position(started=position.started, window=window, page=page, total=total)
            following = paging.cursor_at(request, connector.settings, there)
        return _OrderPage(items=tuple(found.values()), next=following)

    def _by_id(self, request: ListOrders, position: paging.Position) -> Flow[Page[OrderItem]]:
        unique = list(dict.fromkeys(request.order_ids))
        size = min(request.page_size or paging.MOST_IDS, paging.MOST_IDS)
        found: list[OrderItem] = []
        for order_id in unique[position.window : position.window + size]:
            try:
                order = yield from self._order(order_id, "order_ids")
            except NotFound:
                continue
            if _meets(order, request):
                found.append(order)
        after = position.window + size
        following = None
        if after < len(unique):
            there = paging.Position(started=position.started, window=after)
            following = paging.cursor_at(request, self.connector.settings, there)
        return _OrderPage(items=tuple(found), next=following)

    @hookimpl
    def get_order(self, request: GetOrder) -> Flow[Order]:
        """One order: its detail, its address, that address in full where it is masked, and the platform's tax number.

        Args:
            request: Which order.
        """
        return (yield from self._order(request.order_id, "order_id"))

    def _order(self, order_id: str, field: str) -> Flow[Order]:
        connector = self.connector
        read = yield from trade_order(connector.calls, connector.settings, order_id, field)
        papers = yield from read_papers(
            connector.calls, connector.settings, connector.platform_tax, read.found, whole_id(order_id, field)
        )
        return read_order(read.found, papers, self.account, connector.now(), read.raw)

    @hookimpl
    def cancel_order(self, request: CancelOrder) -> Flow[CancellationOutcome]:
        """Accepts the buyer's request to cancel: sellers have no other way to undo an order here.

        Args:
            request: Which order; the reason must be `buyer_asked`.

        Raises:
            InvalidRequest: Another reason: the platform takes none from sellers.
            Conflict: The buyer has not asked for it.
        """
        if request.reason is not CancelReason.BUYER_ASKED:
            raise InvalidRequest(
                "AliExpress lets a seller cancel only what the buyer asks to cancel",
                field="reason",
                hint="ask the buyer to request the cancellation, then accept it with reason buyer_asked",
            )
        connector = self.connector
        read = yield from trade_order(connector.calls, connector.settings, request.order_id)
        word = read.found.text_or_none("order_status")
        status = words.status_of(
            word, read.found.text_or_none("logistics_status"), read.found.text_or_none("order_end_reason")
        )
        if status is OrderStatus.CANCELLED:
            return CancellationOutcome(status=CancellationStatus.CANCELLED, vendor_status=word, raw=read.raw)
        if word != words.IN_CANCEL:
            raise Conflict(f"the buyer does not ask for the order to be cancelled ({word or 'state missing'})")
        buyer = buyer_login(read.found)
        if buyer is None:
            raise MalformedResponse("field buyerloginid is missing")
        asked = {"order_id": whole_id(request.order_id, "order_id"), "buyer_login_id": buyer}
        answer = yield from connector.calls.once(ACCEPT_CANCEL, {"param_order_cancel_request": asked})
        return CancellationOutcome(status=CancellationStatus.REQUESTED, vendor_status=word, raw=answer.raw)


def _meets(order: Order, request: ListOrders) -> bool:
    """Whether an order that was asked for by its id meets the other wishes too."""
    if request.statuses and order.status not in request.statuses:
        return False
    for moment, start, end in (
        (order.created_at, request.created_from, request.created_to),
        (order.modified_at, request.modified_from, request.modified_to),
    ):
        if moment is not None and ((start is not None and moment < start) or (end is not None and moment > end)):
            return False
    return True
