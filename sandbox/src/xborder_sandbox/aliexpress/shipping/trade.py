"""What online shipping needs to know of an order."""

from __future__ import annotations

from dataclasses import dataclass

from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.order import SENDABLE
from xborder_sandbox.aliexpress.shipping.parcel import Receiver
from xborder_sandbox.aliexpress.shop import Shop


@dataclass(frozen=True)
class Trade:
    """An order as of now; `children` are the lines that the seller sends, not the platform's warehouse."""

    order_id: int
    status: str
    oaid: str
    receiver: Receiver
    children: frozenset[int]

    @property
    def is_shippable(self) -> bool:
        """Whether it waits for the seller to send it."""
        return self.status in SENDABLE and bool(self.children)


def trade_of(shop: Shop, seller: str, order_id: int) -> Trade | None:
    """Return a seller's order."""
    order = shop.part(OrderBook).find(seller, order_id)
    if order is None:
        return None
    to = order.receiver
    return Trade(
        order_id=order.order_id,
        status=order.status,
        oaid=order.oaid,
        receiver=Receiver(
            name=to.contact_person,
            country=to.country,
            province=to.province,
            city=to.city,
            street=" ".join(part for part in (to.detail_address, to.address2) if part),
            post_code=to.zip,
            phone=to.mobile_no or to.phone_number,
        ),
        children=frozenset(line.child_id for line in order.lines if not line.by_platform),
    )
