"""All orders of all sellers."""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Iterable
from datetime import datetime

from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.order import Order
from xborder_sandbox.aliexpress.shop import Shop


class OrderBook:
    """Keeps the orders, and lets time work on them. Get it with `shop.part(OrderBook)`.

    Args:
        shop: Clock and settings.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._orders: dict[int, Order] = {}
        self._sorted: dict[str, list[tuple[datetime, int]]] = {}
        self._due: list[tuple[datetime, int]] = []
        self._children: dict[int, int] = {}
        self._buyers: dict[int, str] = {}

    def add(self, order: Order) -> None:
        """Take an order in.

        Raises:
            ValueError: If there is one of that id.
        """
        if order.order_id in self._orders:
            raise ValueError(f"there is an order {order.order_id}")
        self._orders[order.order_id] = order
        insort(self._sorted.setdefault(order.account, []), (order.created, order.order_id))
        self._children.update({line.child_id: order.order_id for line in order.lines})
        self._buyers[order.buyer.user_id] = order.buyer.login
        self.changed(order)

    def changed(self, order: Order) -> None:
        """Say that something happened to an order: what is due next is looked up anew."""
        due = life.due(order, self._shop.settings)
        if due is not None:
            heapq.heappush(self._due, (due, order.order_id))

    def refresh(self) -> None:
        """Look up anew for all orders what is due; the clock or the settings have changed."""
        self._due.clear()
        for order in self._orders.values():
            self.changed(order)
        self.settle()

    def settle(self) -> None:
        """Let happen what is due."""
        now = self._shop.now
        while self._due and self._due[0][0] <= now:
            _, order_id = heapq.heappop(self._due)
            order = self._orders[order_id]
            life.advance(order, self._shop.settings, now)
            self.changed(order)

    def find(self, account: str, order_id: int) -> Order | None:
        """Return a seller's order."""
        order = self.any(order_id)
        return order if order is not None and order.account == account else None

    def any(self, order_id: int) -> Order | None:
        """Return an order of whichever seller."""
        self.settle()
        return self._orders.get(order_id)

    def with_child(self, account: str, child_id: int) -> Order | None:
        """Return the seller's order that has the line with this id."""
        return self.find(account, self._children.get(child_id, 0))

    def of(self, account: str) -> list[Order]:
        """Return a seller's orders, newest first."""
        self.settle()
        return [self._orders[order_id] for _, order_id in reversed(self._sorted.get(account, []))]

    def all(self) -> Iterable[Order]:
        """Return all orders."""
        self.settle()
        return self._orders.values()

    def buyer_login(self, user_id: int) -> str | None:
        """Return the login of the buyer with that number."""
        return self._buyers.get(user_id)
