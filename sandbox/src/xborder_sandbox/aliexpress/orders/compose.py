"""Makes orders out of what matters about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from xborder_sandbox.aliexpress.declaring.services import SERVICES
from xborder_sandbox.aliexpress.orders.goods import CATALOGUE
from xborder_sandbox.aliexpress.orders.money import rounded
from xborder_sandbox.aliexpress.orders.order import SELLER_SENDS, WAREHOUSE_SENDS, Buyer, Line, Order, Receiver
from xborder_sandbox.aliexpress.tokens import Seller

# Above 2^53, so that whoever reads an id as a floating-point number loses digits.
_FIRST_ID = 9_100_000_000_000_000
_EUROS_PER_DOLLAR = Decimal("0.92")


@dataclass(frozen=True)
class Item:
    """An article ordered; `by_platform`: sent from the platform's warehouse."""

    sku: str
    count: int = 1
    by_platform: bool = False
    semi_managed: bool = False
    memo: str = ""


@dataclass(frozen=True)
class Wish:
    """An order's substance."""

    first_name: str
    last_name: str
    receiver: Receiver
    items: tuple[Item, ...]
    service: str = "CAINIAO_STANDARD"
    freight: Decimal = Decimal("2.40")
    memo: str = ""
    payment_type: str = "cybs101"


class Composer:
    """Makes orders.

    Args:
        random: Decides numbers.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._next = _FIRST_ID

    def compose(self, wish: Wish, seller: Seller, created: datetime) -> Order:
        """Return an order as the buyer has just placed it."""
        created = created.replace(microsecond=0)
        # The last digits stand for the buyer, in the order's id as in those of its lines.
        tail = self._random.randrange(1001, 9999, 2)
        self._next += self._random.randrange(3, 900) * 10_000
        order_id = self._next + tail
        service = SERVICES[wish.service]
        rate = _EUROS_PER_DOLLAR if seller.currency == "EUR" else Decimal(1)
        lines = []
        for index, item in enumerate(wish.items, 1):
            self._next += 10_000
            goods = CATALOGUE[item.sku]
            lines.append(
                Line(
                    child_id=self._next + tail,
                    index=index,
                    goods=goods,
                    count=item.count,
                    unit_price=rounded(goods.price * rate, seller.currency),
                    service=service.key,
                    service_name=service.name,
                    sender=WAREHOUSE_SENDS if item.by_platform else SELLER_SENDS,
                    semi_managed=item.semi_managed,
                    memo=item.memo,
                )
            )
        country = wish.receiver.country
        user_id = self._random.randrange(4_000_000_000, 6_500_000_000)
        buyer = Buyer(f"{country.lower()}{user_id % 10**9:09d}", user_id, wish.first_name, wish.last_name, country)
        return Order(
            order_id=order_id,
            account=seller.account,
            buyer=buyer,
            receiver=wish.receiver,
            lines=lines,
            currency=seller.currency,
            freight=rounded(wish.freight * rate, seller.currency),
            created=created,
            modified=created,
            oaid=f"sandboxoaid{self._random.getrandbits(128):032x}",
            payment_type=wish.payment_type,
            memo=wish.memo,
        )
