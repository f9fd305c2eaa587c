"""The scenario `bulk`: many invented orders, alike but not equal, made and serialised once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random

from xborder_sandbox.ebay.compose import Buyer, Composer, Remitted, Wish
from xborder_sandbox.ebay.goods import CATALOGUE
from xborder_sandbox.ebay.order import Order
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.tokens import Seller

DEFAULT_COUNT = 10_000
MAX_COUNT = 200_000

_FIRST = ("Ada", "Bram", "Cleo", "Dario", "Esme", "Finn", "Greta", "Hugo", "Ines", "Jory", "Kaia", "Lior")
_LAST = ("Abel", "Berg", "Castell", "Dorn", "Ekman", "Frost", "Grau", "Hale", "Ibsen", "Jung", "Keller")
_STREETS = ("Alder", "Birch", "Cedar", "Elder", "Hazel", "Juniper", "Larch", "Maple", "Rowan", "Willow")

# Country, currency, marketplace, city, post code, state, tax.
_PLACES: tuple[tuple[str, str, str, str, str, str | None, Remitted | None], ...] = (
    ("US", "USD", "EBAY_US", "Dayton", "45402", "OH", Remitted("STATE_SALES_TAX", Decimal("0.0575"))),
    ("GB", "GBP", "EBAY_GB", "York", "YO1 7HH", None, Remitted("VAT", Decimal("0.20"), "IOSS", "GB000000017")),
    ("DE", "EUR", "EBAY_DE", "Jena", "07743", None, Remitted("VAT", Decimal("0.19"), "IOSS", "IM2760000017")),
    ("FR", "EUR", "EBAY_FR", "Dijon", "21000", None, Remitted("VAT", Decimal("0.20"), "IOSS", "IM2760000017")),
    ("AU", "AUD", "EBAY_AU", "Hobart", "7000", "TAS", Remitted("GST", Decimal("0.10"), "ABN", "00000000019")),
    ("JP", "JPY", "EBAY_JP", "Nagano", "380-0823", None, None),
)


class Generator:
    """Invents orders.

    Args:
        random: Decides all of it.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._composer = Composer(random)
        self._skus = list(CATALOGUE)

    def wish(self) -> Wish:
        """Return an order's substance, drawn at random."""
        draw = self._random
        country, currency, marketplace, city, postcode, state, tax = draw.choice(_PLACES)
        first, last = draw.choice(_FIRST), draw.choice(_LAST)
        buyer = Buyer(
            f"{first} {last}",
            f"{draw.randrange(1, 900)} {draw.choice(_STREETS)} Street",
            city,
            postcode,
            country,
            state=state,
            phone=f"+{draw.randrange(10**10, 10**11)}",
            email=f"{first}.{last}.{draw.randrange(10**6)}@mail.example".lower(),
        )
        lines = draw.sample(self._skus, draw.choice((1, 1, 1, 2, 3)))
        goods = tuple((sku, draw.choice((1, 1, 1, 2, 4))) for sku in lines)
        return Wish(buyer, goods, currency, marketplace, Decimal("5.00"), remitted=tax)

    def orders(self, seller: Seller, store: Store, count: int, spread: timedelta) -> Iterator[Order]:
        """Yield orders that were created within `spread` up to a minute ago, oldest first."""
        now = store.now() - timedelta(minutes=1)
        step = spread / max(count, 1)
        for place in range(count, 0, -1):
            created = now - step * place
            order = self._composer.compose(self.wish(), seller, created.replace(microsecond=0))
            # In the store as what getOrders answers, and nothing else: that is what makes pages quick.
            order.raw = json.dumps(order.shown("", False), ensure_ascii=False, separators=(",", ":")).encode()
            order.plain = True
            order.forget_document()
            yield order
