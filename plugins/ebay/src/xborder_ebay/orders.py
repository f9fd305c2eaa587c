"""eBay's orders: `OrderSource` over the Sell Fulfillment API and, for cancellations, the Post-Order API.

Sources: FUL (OpenAPI sell_fulfillment_v1, v1.20.7) for everything but cancellations; for those the Post-Order pages
"Check Cancellation Eligibility", "Create Cancellation Request" and their types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote

from xborder_ebay import order_list as paging
from xborder_ebay import vocabulary as words
from xborder_ebay.answers import warnings
from xborder_ebay.order_reading import (
    must_be_read_alone,
    order_site,
    paid_at,
    read_order,
    reference_to,
    whole_number,
)
from xborder_sdk.errors import Conflict, InvalidRequest, MalformedResponse, NotFound, Refused
from xborder_sdk.hookspecs import (
    CancelOrder,
    CancelReason,
    DeclareShipment,
    GetOrder,
    ListDeclaredShipments,
    ListOrders,
    OrderItem,
    OrderSource,
    RefundOrder,
    hookimpl,
)
from xborder_sdk.models import (
    CancellationOutcome,
    CancellationStatus,
    DeclaredShipment,
    LineQuantity,
    Money,
    Order,
    Page,
    Raw,
    Refund,
    RefundStatus,
    total,
)
from xborder_sdk.reading import Json, JsonObject
from xborder_sdk.steps import Effect, Flow, Response, escape

if TYPE_CHECKING:
    from xborder_ebay.connector import EbayConnector

_ORDERS = "/sell/fulfillment/v1/order"
_CANCELLATIONS = "/post-order/v2/cancellation"
_USER = "user"
_OrderPage = Page[OrderItem]  # held here: pydantic forgets a type that nobody holds, and would build it for every page
_FUTURE = "30850"  # FUL, getOrders: start and end dates can't be in the future


class EbayOrders(OrderSource):
    """Orders of one eBay seller."""

    connector: EbayConnector
    honours: ClassVar[Mapping[str, frozenset[str]]] = {
        "list_orders": frozenset(
            {"created_from", "created_to", "modified_from", "modified_to", "statuses", "order_ids"}
        ),
        "refund_order": frozenset({"comment"}),
    }

    @hookimpl
    def list_orders(self, request: ListOrders) -> Flow[Page[OrderItem]]:
        """One page by getOrders; without any time, eBay lists what was created in the last 90 days.

        An order of which the list withholds something that matters, or that cannot be read, comes as a reference.

        Args:
            request: Which orders. `page_size` above 200 (50 with `order_ids`) means 200 (50).

        Raises:
            InvalidRequest: A window without a start or of more than two years, or a state eBay does not know.
            InvalidCursor: The cursor is of another list.
        """
        paging.check(request)
        position = paging.Position.of(paging.CONNECTOR, request) or paging.Position()
        try:
            response = yield from self._page(request, position)
        except Refused as refusal:
            if refusal.code != _FUTURE or not paging.sends_end(request, position):
                raise
            # eBay's clock is behind ours. What the caller wants an end for is filtered here anyway.
            position = position.replace(open_ended=True, window_end=None)
            response = yield from self._page(request, position)
        answer = response.object()
        listed = answer.get("orders")
        orders = listed if isinstance(listed, list) else []
        following = paging.next_position(request, position, answer, response, len(orders))
        return _OrderPage(
            items=tuple(self._items(request, orders, response.content)),
            next=None if following is None else following.cursor(paging.CONNECTOR, request),
            total=None if paging.is_narrowed(request) else _count(answer, "total"),
        )

    def _page(self, request: ListOrders, position: paging.Position) -> Flow[Response]:
        query = paging.query(request, position)
        return (yield from self.api.read("GET", _ORDERS, query=query, credential=_USER))

    def _items(self, request: ListOrders, orders: list[Json], content: bytes) -> Iterator[OrderItem]:
        """The orders of a page. Each parsed object is let go once it is read, which spares the garbage collector."""
        orders.reverse()
        for index in range(len(orders)):
            item = self._item(request, orders.pop(), content, index)
            if item is not None:
                yield item

    def _item(self, request: ListOrders, data: object, content: bytes, index: int) -> OrderItem | None:
        if not isinstance(data, dict):
            raise MalformedResponse(f"field orders[{index}] should be an object")
        try:
            order = read_order(data, self.account, Raw(content, ("orders", index)))
        except MalformedResponse:
            # One order that cannot be read must not hide the rest of its page: whoever needs it meets the error.
            reference = reference_to(data)
            if reference is None:
                raise
            return reference
        if not paging.is_wanted(order, request):
            return None
        return reference_to(data) if must_be_read_alone(order, data) else order

    @hookimpl
    def get_order(self, request: GetOrder) -> Flow[Order]:
        """One order by getOrder.

        Args:
            request: Which order.
        """
        response = yield from self._order(request.order_id)
        return read_order(response.object().data, self.account, Raw(response.content))

    def _order(self, order_id: str) -> Flow[Response]:
        return (yield from self.api.read("GET", f"{_ORDERS}/{escape(order_id)}", credential=_USER))

    @hookimpl
    def declare_shipment(self, request: DeclareShipment) -> Flow[DeclaredShipment]:
        """createShippingFulfillment: one call per parcel, with tracking number and carrier or with neither.

        Without lines the order and its declarations are read first, to send what is not declared yet; where the same
        number already covers all, that declaration is the result.

        Args:
            request: Which order, lines and number. Spaces and hyphens in the number are taken out.

        Raises:
            InvalidRequest: Number or carrier would be refused, or one of them is missing.
            Conflict: Everything is declared already, under other numbers.
        """
        body = self._tracking(request)
        number = body.get("trackingNumber")
        lines = request.lines
        if not lines:
            ordered, told = yield from self._ordered_and_declared(request.order_id)
            lines = _left_over(ordered, told)
            if not lines:
                return _declared_under(number, told)
        body["lineItems"] = [{"lineItemId": line.line_id, "quantity": line.quantity} for line in lines]
        if request.shipped_at is not None:
            body["shippedDate"] = paging.ebay_time(request.shipped_at)
        path = f"{_ORDERS}/{escape(request.order_id)}/shipping_fulfillment"
        response = yield from self.api.once("POST", path, json=body, credential=_USER)
        return DeclaredShipment(
            # FUL: the id is the tracking number where one was sent.
            declaration_id=_last_segment(response.header("location")) or (str(number) if number else None),
            tracking_number=str(number) if number else None,
            vendor_carrier=str(body["shippingCarrierCode"]) if number else None,
            shipped_at=request.shipped_at,
            lines=lines,
            warnings=warnings(response.object_if_any()),
            raw=Raw(response.content),
        )

    def _tracking(self, request: DeclareShipment) -> dict[str, object]:
        if request.tracking_number is None:
            if request.carrier is not None or request.carrier_code is not None:
                raise InvalidRequest(
                    "eBay takes a carrier only with a tracking number",
                    field="tracking_number",
                    hint="leave the carrier out for a parcel that is not tracked",
                )
            return {}
        number = "".join(request.tracking_number.split()).replace("-", "")
        if not (number.isascii() and number.isalnum()):
            raise InvalidRequest("eBay takes letters and digits only", field="tracking_number")
        return {"shippingCarrierCode": self._carrier_code(request), "trackingNumber": number}

    def _carrier_code(self, request: DeclareShipment) -> str:
        if request.carrier_code is not None:
            if not request.carrier_code.strip():
                raise InvalidRequest("the carrier code is empty", field="carrier_code")
            return request.carrier_code
        if request.carrier is None:
            raise InvalidRequest("eBay takes a tracking number only with its carrier", field="carrier")
        known = {**words.CARRIER_CODES, **self.connector.settings.carrier_codes}
        code = known.get(request.carrier)
        if code is None:
            raise InvalidRequest(
                f"eBay's code for the carrier {request.carrier!r} is not known",
                field="carrier",
                hint="pass carrier_code (`Other` is one), or set carrier_codes in the account's settings",
            )
        return code

    def _ordered_and_declared(
        self, order_id: str
    ) -> Flow[tuple[tuple[LineQuantity, ...], tuple[DeclaredShipment, ...]]]:
        order = (yield from self._order(order_id)).object()
        ordered = tuple(
            LineQuantity(line_id=item.text("lineItemId"), quantity=_quantity(item))
            for item in order.children("lineItems")
        )
        if order.text_or_none("orderFulfillmentStatus") == words.NOT_STARTED:
            return ordered, ()
        return ordered, (yield from self._declared(order_id))

    @hookimpl
    def list_declared_shipments(self, request: ListDeclaredShipments) -> Flow[tuple[DeclaredShipment, ...]]:
        """getShippingFulfillments.

        Args:
            request: Which order.
        """
        return (yield from self._declared(request.order_id))

    def _declared(self, order_id: str) -> Flow[tuple[DeclaredShipment, ...]]:
        path = f"{_ORDERS}/{escape(order_id)}/shipping_fulfillment"
        response = yield from self.api.read("GET", path, credential=_USER)
        fulfilments = response.object().children("fulfillments")
        return tuple(_read_fulfilment(found, response.content, n) for n, found in enumerate(fulfilments))

    @hookimpl
    def refund_order(self, request: RefundOrder) -> Flow[Refund]:
        """issueRefund. eBay pays back later: `PENDING` is success, and the order's refunds tell the end.

        Args:
            request: How much, for what. The comment has at most 100 characters.

        Raises:
            InvalidRequest: An amount or the comment would be refused.
            InvalidSettings: The seller's country asks for a signature, and there is no usable key.
        """
        self.connector.require_signature()
        body: dict[str, object] = {"reasonForRefund": words.REFUND_REASON[request.reason]}
        if request.comment is not None:
            if len(request.comment) > words.REFUND_COMMENT_MAX:
                raise InvalidRequest(
                    f"the comment is longer than {words.REFUND_COMMENT_MAX} characters", field="comment"
                )
            body["comment"] = request.comment
        if request.amount is not None:
            body["orderLevelRefundAmount"] = _simple_amount(request.amount, "amount")
            asked: Money | None = request.amount
        else:
            body["refundItems"] = [
                {
                    "lineItemId": line.line_id,
                    "refundAmount": _simple_amount(line.amount, f"lines.{n}.amount"),
                }
                for n, line in enumerate(request.lines)
            ]
            if len({line.amount.currency for line in request.lines}) > 1:
                raise InvalidRequest("the lines are in several currencies", field="lines")
            asked = total(line.amount for line in request.lines)
        path = f"{_ORDERS}/{escape(request.order_id)}/issue_refund"
        response = yield from self.api.once("POST", path, json=body, credential=_USER)
        answer = response.object()
        status = answer.text_or_none("refundStatus")
        return Refund(
            refund_id=answer.text_or_none("refundId"),
            status=words.REFUND_STATUS.get(status or "", RefundStatus.UNKNOWN),
            vendor_status=status,
            amount=asked,
            raw=Raw(response.content),
        )

    @hookimpl
    def cancel_order(self, request: CancelOrder) -> Flow[CancellationOutcome]:
        """Cancels the whole order: reads it, asks whether it may be cancelled, and cancels.

        eBay carries a cancellation out after it has answered, so the outcome is `REQUESTED`; the order tells the end.
        Where the order is cancelled already, or the seller's cancellation is under way, that is the result.

        Args:
            request: Which order and why.

        Raises:
            InvalidRequest: eBay has no such reason for sellers, or reason and payment contradict each other.
            Conflict: eBay does not allow it now, or the buyer has asked for it and waits for an answer.
            InvalidSettings: The seller's country asks for a signature, and there is no usable key.
        """
        self.connector.require_signature()
        reason = _cancel_reason(request)
        response = yield from self._order(request.order_id)
        order = response.object()
        existing = _existing_cancellation(order, response.content)
        if existing is not None:
            return existing
        legacy_id = order.text("legacyOrderId")
        headers = {"X-EBAY-C-MARKETPLACE-ID": self._marketplace(order)}
        yield from self._check_eligibility(legacy_id, reason, headers)
        body: dict[str, object] = {"legacyOrderId": legacy_id, "cancelReason": reason, "buyerPaid": request.paid}
        money_came = paid_at(order.data) if request.paid else None
        if money_came is not None:
            body["buyerPaidDate"] = {"value": paging.ebay_time(money_came)}
        response = yield from self._post_order(Effect.ONCE, _CANCELLATIONS, body, headers)
        answer = response.object()
        cancellation_id = answer.text_or_none("cancelId")
        if cancellation_id is None:
            _stop_if_ineligible(answer.child("orderEligibilityResult"))
        return CancellationOutcome(
            cancellation_id=cancellation_id,
            status=CancellationStatus.UNKNOWN if cancellation_id is None else CancellationStatus.REQUESTED,
            raw=Raw(response.content),
        )

    def _check_eligibility(self, legacy_id: str, reason: str, headers: Mapping[str, str]) -> Flow[None]:
        path = f"{_CANCELLATIONS}/check_eligibility"
        response = yield from self._post_order(Effect.READ, path, {"legacyOrderId": legacy_id}, headers)
        eligibility = response.object()
        _stop_if_ineligible(eligibility)
        allowed = eligibility.texts("eligibleCancelReason")
        if allowed and reason not in allowed:
            raise Conflict(f"eBay does not take {reason} for this order", hint=f"it takes {', '.join(allowed)}")

    def _post_order(
        self, effect: Effect, path: str, body: Mapping[str, object], headers: Mapping[str, str]
    ) -> Flow[Response]:
        step = self.api.step(effect, "POST", path, json=body, headers=headers, credential=_USER)
        try:
            response: Response = yield step
        except NotFound as refusal:
            # Calls of this API have been withdrawn (Post-Order 2.8.0), and which ones is not published in full.
            refusal.hint = "the order is unknown there, or eBay has withdrawn the call: cancel in Seller Hub"
            raise
        return response

    def _marketplace(self, order: JsonObject) -> str:
        found = order_site(order.data) or self.connector.settings.marketplace
        if found is None:
            raise InvalidRequest(
                "the order names no marketplace, which cancellations need", hint="set marketplace in the settings"
            )
        return found


def _left_over(ordered: tuple[LineQuantity, ...], told: tuple[DeclaredShipment, ...]) -> tuple[LineQuantity, ...]:
    """What no declaration holds yet. A line's own state does not say: it is FULFILLED from its first piece on."""
    declared: Counter[str] = Counter()
    for shipment in told:
        for line in shipment.lines:
            declared[line.line_id] += line.quantity
    return tuple(
        line.replace(quantity=line.quantity - declared[line.line_id])
        for line in ordered
        if line.quantity > declared[line.line_id]
    )


def _declared_under(number: object, told: tuple[DeclaredShipment, ...]) -> DeclaredShipment:
    """The declaration of this very number: asking again for what is done gets what was done.

    Raises:
        Conflict: Everything is declared under other numbers.
    """
    for shipment in told:
        if number is not None and shipment.tracking_number == number:
            return shipment
    raise Conflict("every line of the order is declared already")


def _existing_cancellation(order: JsonObject, content: bytes) -> CancellationOutcome | None:
    """What became of an earlier cancellation, where it is done or the seller's own; None where there is none.

    Raises:
        Conflict: The buyer has asked, and eBay wants that answered.
    """
    status = order.child("cancelStatus")
    state = status.text_or_none("cancelState")
    if state in {None, "NONE_REQUESTED"}:
        return None
    asked = [(one.text_or_none("cancelRequestId"), one) for one in status.children("cancelRequests")]
    by_seller = any((one.text_or_none("cancelInitiator") or "").upper() == "SELLER" for _, one in asked)
    if state != "CANCELED" and not by_seller:
        raise Conflict("the buyer has asked for a cancellation", hint="decide on the request in Seller Hub")
    return CancellationOutcome(
        cancellation_id=asked[-1][0] if asked else None,
        status=words.CANCEL_STATE.get(state or "", CancellationStatus.UNKNOWN),
        vendor_status=state,
        raw=Raw(content),
    )


def _cancel_reason(request: CancelOrder) -> str:
    reason = words.CANCEL_REASON.get(request.reason)
    if reason is None:
        raise InvalidRequest(
            f"eBay has no reason for sellers like {request.reason.value}",
            field="reason",
            hint=f"give one of {', '.join(known.value for known in words.CANCEL_REASON)}",
        )
    if request.reason is CancelReason.BUYER_UNPAID and request.paid:
        raise InvalidRequest("the reason says unpaid and paid says paid", field="paid", hint="set paid=False")
    return reason


def _stop_if_ineligible(eligibility: JsonObject) -> None:
    if eligibility.flag("eligible") is False:
        reasons = eligibility.texts("failureReason")
        raise Conflict(
            f"eBay does not allow cancelling this order: {', '.join(reasons) or 'it gives no reason'}",
            code=reasons[0] if reasons else None,
        )


def _simple_amount(amount: Money, field: str) -> dict[str, str]:
    # FUL, error 34907: positive and within two decimals.
    if amount.amount <= 0:
        raise InvalidRequest("a refund is more than nothing", field=field)
    if not amount.is_exact:
        raise InvalidRequest(f"{amount.currency} has no such fractions", field=field, hint="round the amount first")
    return {"value": f"{amount.rounded().amount:f}", "currency": amount.currency}


def _read_fulfilment(found: JsonObject, content: bytes, index: int) -> DeclaredShipment:
    pairs = ((item.text_or_none("lineItemId"), _quantity(item)) for item in found.children("lineItems"))
    return DeclaredShipment(
        declaration_id=found.text_or_none("fulfillmentId"),
        tracking_number=found.text_or_none("shipmentTrackingNumber"),
        vendor_carrier=found.text_or_none("shippingCarrierCode"),
        shipped_at=found.time_or_none("shippedDate"),
        lines=tuple(LineQuantity(line_id=line, quantity=quantity) for line, quantity in pairs if line is not None),
        raw=Raw(content, ("fulfillments", index)),
    )


def _quantity(item: JsonObject) -> int:
    """Pieces of a line; FUL, LineItemReference.quantity: one where it is left out.

    Raises:
        MalformedResponse: It is there and no count.
    """
    if item.get("quantity") is None:
        return 1
    quantity = whole_number(item.get("quantity"))
    if quantity is None or quantity < 1:
        raise MalformedResponse(f"field {item.path}.quantity is no count")
    return quantity


def _count(answer: JsonObject, key: str) -> int | None:
    found = answer.integer_or_none(key)
    return found if found is not None and found >= 0 else None


def _last_segment(location: str | None) -> str | None:
    return unquote(location.partition("?")[0].rstrip("/").rpartition("/")[2]) or None if location else None
