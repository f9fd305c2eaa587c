"""Big bags of parcels, and the hand-over orders they belong to.

How a parcel's way sets the time it is taken is the sandbox's own: a courier comes at 18:00 in China, the next day for
what is handed over after noon; posted parcels arrive after two days, driven ones after four hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shipping.china_time import CHINA
from xborder_sandbox.aliexpress.shipping.parcel import Parcel
from xborder_sandbox.aliexpress.shipping.services import Warehouse
from xborder_sandbox.aliexpress.shop import Shop

# enums, handover_type -> pickup_type of a parcel
WAYS = {"cainiao_pickup": "DOOR_PICKUP", "self_post": "SELF_POST", "self_send": "SELF_SEND"}
_LAST_CALL = time(12)
_COURIER = time(18)
_POSTED = timedelta(days=2)
_DRIVEN = timedelta(hours=4)


@dataclass
class Bag:
    """A big bag (handover content); `weight` in grams, 0 if it was not said.

    Attributes:
        taken_at: When it is collected, or comes to the warehouse.
    """

    content_id: int
    handover_order_id: int
    code: str
    tracking_number: str
    seller: str
    way: str
    appointment: str
    warehouse: Warehouse
    parcels: tuple[Parcel, ...]
    weight: int
    created: datetime
    taken_at: datetime
    remark: str = ""
    domestic: tuple[str, str] = ("", "")
    is_cancelled: bool = False

    @property
    def told_weight(self) -> int:
        """Grams as the seller said, or what its parcels weigh."""
        return self.weight or sum(parcel.weight for parcel in self.parcels)

    def is_taken(self, now: datetime) -> bool:
        """Tell whether it left the seller."""
        return not self.is_cancelled and now >= self.taken_at


class BagBook:
    """The bags of all sellers.

    Args:
        shop: The marketplace; its lock is held by whoever calls.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._chance = shop.random("bags")
        self._bags: dict[int, Bag] = {}

    def commit(
        self,
        seller: str,
        parcels: Sequence[Parcel],
        way: str,
        *,
        order: int | None = None,
        appointment: str = "bigbag",
        weight: int = 0,
        remark: str = "",
        domestic: tuple[str, str] = ("", ""),
    ) -> Bag:
        """Put parcels in a new bag, and let them be taken.

        Args:
            seller: Who hands over.
            parcels: Parcels of one warehouse that wait for goods.
            way: A key of `WAYS`.
            order: The hand-over order to add the bag to; a new one by default.
            appointment: `bigbag` or `batch`.
            weight: Grams.
            remark: The seller's.
            domestic: Courier and number, for `self_post`.
        """
        now, book = self._shop.now, self._shop.part(ShippingBook)
        bag = Bag(
            content_id=self._new_id(),
            handover_order_id=self._new_id() if order is None else order,
            code=book.new_code(),
            tracking_number=f"{self._chance.randrange(10**11, 10**12)}",
            seller=seller,
            way=way,
            appointment=appointment,
            warehouse=parcels[0].service.warehouse,
            parcels=tuple(parcels),
            weight=weight,
            created=now,
            taken_at=_taken_at(way, now),
            remark=remark,
            domestic=domestic,
        )
        self._bags[bag.content_id] = bag
        for parcel in parcels:
            parcel.bag = bag.content_id
            book.start(parcel, bag.taken_at)
        return bag

    def cancel(self, bags: Sequence[Bag]) -> None:
        """Take the parcels out again of bags that are still there."""
        for bag in bags:
            bag.is_cancelled = True
            self._shop.part(ShippingBook).unstart(bag.parcels)

    def all(self) -> list[Bag]:
        """Return all bags, oldest first."""
        return list(self._bags.values())

    def of_seller(self, seller: str) -> list[Bag]:
        """Return a seller's bags, oldest first."""
        return [bag for bag in self._bags.values() if bag.seller == seller]

    def get(self, seller: str, content_id: int) -> Bag | None:
        """Return a seller's bag."""
        bag = self._bags.get(content_id)
        return bag if bag is not None and bag.seller == seller else None

    def _new_id(self) -> int:
        while True:
            number = self._chance.randrange(10**9, 10**10)
            if number not in self._bags:
                return number


def _taken_at(way: str, now: datetime) -> datetime:
    if way == "self_post":
        return now + _POSTED
    if way == "self_send":
        return now + _DRIVEN
    here = now.astimezone(CHINA)
    day = here.date() if here.time() < _LAST_CALL else here.date() + timedelta(days=1)
    return datetime.combine(day, _COURIER, CHINA)
