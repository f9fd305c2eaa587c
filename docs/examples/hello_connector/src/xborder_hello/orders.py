"""Orders of Hello Market."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import ClassVar

from xborder_hello.values import money_or_none
from xborder_hello.vocabulary import ORDER_STATES, PAYMENTS
from xborder_sdk.hookspecs import (
    GetOrder,
    ListOrders,
    ListPosition,
    OrderItem,
    OrderSource,
)
from xborder_sdk.models import (
    Address,
    Buyer,
    Hold,
    HoldReason,
    Order,
    OrderLine,
    OrderReference,
    OrderStatus,
    OrderTotals,
    Page,
    PaymentStatus,
    Raw,
)
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow, Response, escape

_MOST_ORDERS = 100  # handbook, Orders: "limit"
_COUNTRY = re.compile(r"^[A-Z]{2}$")


class _Position(ListPosition):
    """Where a list goes on: behind this mark of Hello Market's."""

    after: str


class HelloOrders(OrderSource):
    """Orders: a list that names them, and each in full."""

    honours: ClassVar[Mapping[str, frozenset[str]]] = {
        "list_orders": frozenset({"modified_from"}),
    }

    def list_orders(self, request: ListOrders) -> Flow[Page[OrderItem]]:
        query = {"limit": str(min(request.page_size or _MOST_ORDERS, _MOST_ORDERS))}
        if request.modified_from is not None:
            since = request.modified_from.astimezone(UTC)
            query["changed_since"] = since.isoformat()
        position = _Position.of("hello", request)
        if position is not None:
            query["after"] = position.after
        response = yield from self.api.read("GET", "/orders", query=query)
        answer = response.object()
        after, following = answer.text_or_none("after"), None
        if after is not None:
            following = _Position(after=after).cursor("hello", request)
        return Page(
            items=tuple(
                OrderReference(
                    order_id=found.text("id"), modified_at=found.time_or_none("changed")
                )
                for found in answer.children("orders")
            ),
            next=following,
        )

    def get_order(self, request: GetOrder) -> Flow[Order]:
        path = f"/orders/{escape(request.order_id)}"
        response = yield from self.api.read("GET", path)
        return read_order(response, self.account)


def read_order(response: Response, account: str) -> Order:
    """An order: what the SDK needs must be there, everything else may be missing."""
    found = response.object()
    state, payment = found.text_or_none("state"), found.text_or_none("payment")
    status = ORDER_STATES.get(state or "", OrderStatus.UNKNOWN)
    paid = PAYMENTS.get(payment or "", PaymentStatus.UNKNOWN)
    ship_to = _address(found.child("deliver_to"))
    return Order(
        account=account,
        order_id=found.text("id"),
        status=status,
        vendor_status=state,
        payment=paid,
        vendor_payment=payment,
        created_at=found.time("created"),
        modified_at=found.time_or_none("changed"),
        buyer=Buyer(name=found.child("buyer").text_or_none("name")),
        ship_to=ship_to,
        lines=tuple(
            _line(line)
            for line in found.children("lines")
            if line.integer("pieces") > 0
        ),
        totals=OrderTotals(total=money_or_none(found.child("total"))),
        holds=tuple(_holds(status, paid, ship_to)),
        raw=Raw(response.content),
    )


def _line(found: JsonObject) -> OrderLine:
    return OrderLine(
        line_id=found.text("line"),
        sku=found.text_or_none("sku"),
        title=found.text_or_none("title") or "",
        quantity=found.integer("pieces"),
        unit_price=money_or_none(found.child("price")),
    )


def _address(found: JsonObject) -> Address | None:
    """The address, or None where a part is missing without which nothing can ship."""
    name, city = found.text_or_none("name"), found.text_or_none("city")
    lines = found.texts("street")
    country = (found.text_or_none("country") or "").upper()
    if name is None or city is None or not lines or not _COUNTRY.match(country):
        return None
    return Address(
        name=name,
        lines=tuple(lines),
        city=city,
        postal_code=found.text_or_none("postcode"),
        country=country,
        phone=found.text_or_none("phone"),
    )


def _holds(
    status: OrderStatus, payment: PaymentStatus, ship_to: Address | None
) -> list[Hold]:
    holds = []
    if status is OrderStatus.CANCELLED:
        holds.append(Hold(reason=HoldReason.CANCELLED, detail="the order is closed"))
    elif status is OrderStatus.UNKNOWN:
        detail = "Hello Market's word for the state is not known"
        holds.append(Hold(reason=HoldReason.UNKNOWN_STATE, detail=detail))
    if payment is not PaymentStatus.PAID:
        holds.append(Hold(reason=HoldReason.UNPAID, detail="it is not said to be paid"))
    if ship_to is None:
        detail = "there is no address that can be read"
        holds.append(Hold(reason=HoldReason.NO_ADDRESS, detail=detail))
    return holds
