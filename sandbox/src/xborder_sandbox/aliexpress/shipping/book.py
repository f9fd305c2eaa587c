"""All parcels booked online, and what becomes of them as time goes by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from xborder_sandbox.aliexpress.shipping.journey import choose_story, plan
from xborder_sandbox.aliexpress.shipping.parcel import DeclaredGoods, Parcel, Receiver
from xborder_sandbox.aliexpress.shipping.s10 import item_number
from xborder_sandbox.aliexpress.shipping.seller_addresses import SellerAddress, draw_addresses
from xborder_sandbox.aliexpress.shipping.services import Service
from xborder_sandbox.aliexpress.shop import Shop

# A parcel that goes in no bag is posted or driven to the warehouse a day after its label was printed.
_BROUGHT_AFTER = timedelta(days=1)
# Not established; `close_time` says that there is such a time.
_CLOSES_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class Booking:
    """What is needed to book a parcel."""

    seller: str
    trade_order_id: int
    service: Service
    way: str
    receiver: Receiver
    sender: SellerAddress
    return_to: SellerAddress | None
    goods: tuple[DeclaredGoods, ...]
    returns_unreachable: bool = True
    domestic: tuple[str, str] = ("", "")
    insured: bool = False


@dataclass
class NumberDelays:
    """Seconds until a number is assigned: of one route, of all, or the route's own."""

    everywhere: int | None = None
    by_service: dict[str, int] = field(default_factory=dict)

    def of(self, service: Service) -> int:
        """Return the delay of a route."""
        return self.by_service.get(service.key, service.number_delay if self.everywhere is None else self.everywhere)


class ShippingBook:
    """The parcels of all sellers.

    Args:
        shop: The marketplace; its lock is held by whoever calls.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._chance = shop.random("parcels")
        self._parcels: dict[int, Parcel] = {}
        self._addresses: dict[str, tuple[SellerAddress, ...]] = {}
        self.delays = NumberDelays()
        self.unpaid_sellers: set[str] = set()

    def addresses(self, seller: str) -> tuple[SellerAddress, ...]:
        """Return a seller's addresses."""
        if seller not in self._addresses:
            self._addresses[seller] = draw_addresses(self._shop.random(f"addresses/{seller}"))
        return self._addresses[seller]

    def address(self, seller: str, address_id: int) -> SellerAddress | None:
        """Return a seller's address by its id."""
        return next((entry for entry in self.addresses(seller) if entry.address_id == address_id), None)

    def book(self, booking: Booking, fee: Decimal) -> Parcel:
        """Take a parcel in for a price in yuan. Nothing is idempotent: the same again is another parcel."""
        now = self._shop.now
        number = item_number(booking.service.prefix, self._chance.randrange(10**8))
        while any(parcel.number == number for parcel in self._parcels.values()):
            number = item_number(booking.service.prefix, self._chance.randrange(10**8))
        parcel = Parcel(
            order_id=self._new_id(),
            code=self.new_code(),
            number=number,
            seller=booking.seller,
            trade_order_id=booking.trade_order_id,
            service=booking.service,
            way=booking.way,
            receiver=booking.receiver,
            return_to=f"{booking.return_to.city}, {booking.return_to.postcode}, CN" if booking.return_to else "",
            sender=booking.sender.name,
            goods=booking.goods,
            fee=fee,
            created=now,
            number_at=now + timedelta(seconds=self.delays.of(booking.service)),
            closes=now + _CLOSES_AFTER,
            story=choose_story(self._chance),
            returns_unreachable=booking.returns_unreachable,
            domestic=booking.domestic,
            insured=booking.insured,
        )
        self._parcels[parcel.order_id] = parcel
        return parcel

    def all(self) -> list[Parcel]:
        """Return all parcels, oldest first."""
        self.settle()
        return list(self._parcels.values())

    def of_seller(self, seller: str) -> list[Parcel]:
        """Return a seller's parcels, oldest first."""
        return [parcel for parcel in self.all() if parcel.seller == seller]

    def find(self, seller: str, text: str) -> Parcel | None:
        """Return a seller's parcel by its international number (once it has it), its LP number or its id."""
        return next((parcel for parcel in self.of_seller(seller) if text in self._names(parcel)), None)

    def any(self, text: str) -> Parcel | None:
        """Return a parcel of whichever seller."""
        return next((parcel for parcel in self.all() if text in self._names(parcel)), None)

    def start(self, parcel: Parcel, at: datetime) -> None:
        """Let a parcel be collected, or come to the warehouse, at a time."""
        parcel.started = at
        parcel.scans = plan(
            parcel.service, parcel.receiver.country, parcel.way, at, parcel.story, parcel.receiver.name[:1]
        )

    def stop(self, parcel: Parcel) -> None:
        """Forget what would have happened to a parcel from now on."""
        now = self._shop.now
        parcel.scans = [scan for scan in parcel.scans if scan.at <= now]
        parcel.started = parcel.started or now

    def unstart(self, parcels: Iterable[Parcel]) -> None:
        """Take parcels out of the bag they were in, before it was collected."""
        for parcel in parcels:
            parcel.bag, parcel.started, parcel.scans = None, None, []

    def settle(self) -> None:
        """Bring everything to the present: parcels set off, or are closed."""
        now = self._shop.now
        for parcel in self._parcels.values():
            if parcel.started is not None or parcel.closed is not None:
                continue
            brought = None if parcel.printed is None else parcel.printed + _BROUGHT_AFTER
            if brought is not None and parcel.bag is None and brought <= now:
                self.start(parcel, brought)
            elif parcel.closes <= now:
                parcel.closed = parcel.closes

    def new_code(self) -> str:
        """Return a new LP number: LP and 14 digits, as in the vendor's examples."""
        return f"LP{self._chance.randrange(10**12, 10**13):014d}"

    def _new_id(self) -> int:
        while True:
            number = self._chance.randrange(10**10, 10**11)
            if number not in self._parcels:
                return number

    def _names(self, parcel: Parcel) -> tuple[str, ...]:
        number = parcel.known_number(self._shop.now)
        names = (str(parcel.order_id), parcel.code)
        return (*names, number) if number else names
