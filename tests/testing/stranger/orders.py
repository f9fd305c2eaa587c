"""Orders of Quill & Co."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import ClassVar

from tests.testing.stranger.replies import read_reply

from xborder_sdk.errors import InvalidCursor
from xborder_sdk.hookspecs import GetOrder, ListOrders, OrderItem, OrderSource, RefundOrder, RefundReason
from xborder_sdk.models import (
    Address,
    Buyer,
    Cursor,
    Hold,
    HoldReason,
    Money,
    Order,
    OrderLine,
    OrderStatus,
    OrderTotals,
    Page,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow, escape

STATES = {"ready": OrderStatus.AWAITING_SHIPMENT, "gone": OrderStatus.SHIPPED, "void": OrderStatus.CANCELLED}
PAYMENTS = {"paid": PaymentStatus.PAID, "open": PaymentStatus.UNPAID}
REFUNDS = {"done": RefundStatus.DONE, "asked": RefundStatus.PENDING}
REASONS = {RefundReason.NOT_RECEIVED: "LOST", RefundReason.BUYER_RETURNED: "RETURNED"}
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_MOST = 50


class QuillOrders(OrderSource):
    """Whole orders, page by page, and refunds."""

    honours: ClassVar[Mapping[str, frozenset[str]]] = {
        "list_orders": frozenset({"modified_from"}),
        "refund_order": frozenset({"comment"}),
    }

    def list_orders(self, request: ListOrders) -> Flow[Page[OrderItem]]:
        since = None if request.modified_from is None else request.modified_from.astimezone(UTC).isoformat()
        query = {"limit": str(min(request.page_size or _MOST, _MOST))}
        if since is not None:
            query["since"] = since
        if request.cursor is not None:
            query["after"] = self._place(request.cursor, since)
        response = yield from self.api.read("GET", "/orders", query=query, accept="application/xml")
        found = read_reply(response).child("orders")
        after = found.text_or_none("next")
        return Page(
            items=tuple(self._order(one) for one in found.children("order")),
            next=None if after is None else self._cursor(after, since),
        )

    def get_order(self, request: GetOrder) -> Flow[Order]:
        path = f"/orders/{escape(request.order_id)}"
        response = yield from self.api.read("GET", path, accept="application/xml")
        return self._order(read_reply(response).child("order"))

    def refund_order(self, request: RefundOrder) -> Flow[Refund]:
        amount = request.amount or request.lines[0].amount
        body: dict[str, object] = {
            "order": request.order_id,
            "amount": amount.amount,
            "currency": amount.currency,
            "reason": REASONS.get(request.reason, "OTHER"),
        }
        if request.comment is not None:
            body["words"] = request.comment
        response = yield from self.api.once("POST", "/refunds", json=body, accept="application/xml")
        found = read_reply(response).child("refund")
        state = found.text_or_none("state")
        status = REFUNDS.get(state or "", RefundStatus.UNKNOWN)
        return Refund(refund_id=found.text("id"), status=status, vendor_status=state, amount=money_or_none(found))

    def _cursor(self, after: str, since: str | None) -> Cursor:
        return Cursor(connector="quill", state={"after": after, "since": since})

    def _place(self, cursor: Cursor, since: str | None) -> str:
        after = cursor.state.get("after")
        if cursor.connector != "quill" or cursor.state.get("since") != since or not isinstance(after, str):
            raise InvalidCursor("the cursor belongs to another list")
        return after

    def _order(self, found: JsonObject) -> Order:
        state, paid = found.text_or_none("state"), found.text_or_none("payment")
        status = STATES.get(state or "", OrderStatus.UNKNOWN)
        payment = PAYMENTS.get(paid or "", PaymentStatus.UNKNOWN)
        ship_to = self._address(found.child("to"))
        buyer = found.child("buyer")
        return Order(
            account=self.account,
            order_id=found.text("id"),
            status=status,
            vendor_status=state,
            payment=payment,
            vendor_payment=paid,
            created_at=found.time("created"),
            modified_at=found.time_or_none("changed"),
            buyer=Buyer(name=buyer.text_or_none("name"), email=buyer.text_or_none("email")),
            ship_to=ship_to,
            lines=tuple(self._line(line) for line in found.children("line")),
            totals=OrderTotals(total=money_or_none(found.child("total"))),
            holds=tuple(self._holds(status, payment, ship_to)),
        )

    def _holds(self, status: OrderStatus, payment: PaymentStatus, ship_to: Address | None) -> Iterator[Hold]:
        if status is OrderStatus.UNKNOWN:
            yield Hold(
                reason=HoldReason.UNKNOWN_STATE, detail="Quill's word for the state is not known", field="status"
            )
        if status is OrderStatus.CANCELLED:
            yield Hold(reason=HoldReason.CANCELLED, detail="Quill calls the order void", field="status")
        if payment is PaymentStatus.UNKNOWN:
            yield Hold(
                reason=HoldReason.UNKNOWN_STATE, detail="Quill's word for the payment is not known", field="payment"
            )
        elif payment is not PaymentStatus.PAID:
            yield Hold(reason=HoldReason.UNPAID, detail=f"the payment is {payment.value}", field="payment")
        if ship_to is None:
            yield Hold(reason=HoldReason.NO_ADDRESS, detail="Quill gives no address that can be read", field="ship_to")

    def _line(self, found: JsonObject) -> OrderLine:
        return OrderLine(
            line_id=found.text("id"),
            sku=found.text_or_none("sku"),
            title=found.text_or_none("title") or "",
            quantity=found.integer("pieces"),
            unit_price=money_or_none(found.child("price")),
        )

    def _address(self, found: JsonObject) -> Address | None:
        name, city, lines = found.text_or_none("name"), found.text_or_none("city"), found.texts("street")
        country = found.text_or_none("country") or ""
        if name is None or city is None or not lines or not _COUNTRY.fullmatch(country):
            return None
        postcode = found.text_or_none("postcode")
        return Address(name=name, lines=tuple(lines), city=city, postal_code=postcode, country=country)


def money_or_none(found: JsonObject) -> Money | None:
    """`amount` and `currency` of an element; None where either is missing or odd."""
    amount, currency = found.number_or_none("amount"), found.text_or_none("currency")
    if amount is None or currency is None or not _CURRENCY.fullmatch(currency):
        return None
    return Money(amount=amount, currency=currency)
