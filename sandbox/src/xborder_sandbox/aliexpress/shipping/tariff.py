"""What a route costs, in yuan. The tariff is the sandbox's own."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from xborder_sandbox.aliexpress.shipping.services import Service
from xborder_sandbox.requests import Json

CURRENCY = "CNY"
SMS_FEE = Decimal("0.10")

_CENT = Decimal("0.01")
_NEAR = frozenset({"JP", "KR", "SG", "MY", "TH"})
_FAR = frozenset({"BR", "CL", "MX", "ZA"})
_DISCOUNT = Decimal("0.94")


def freight(service: Service, country: str, grams: int) -> Decimal:
    """Return the price of a parcel.

    Args:
        service: The route.
        country: Of the receiver, ISO alpha-2.
        grams: The parcel's weight.
    """
    factor = Decimal("0.8") if country in _NEAR else Decimal("1.3") if country in _FAR else Decimal(1)
    price = service.per_kilogram * factor * grams / 1000 + service.handling
    return price.quantize(_CENT, ROUND_HALF_UP)


def discounted(price: Decimal) -> Decimal:
    """Return the price after the platform's discount."""
    return (price * _DISCOUNT).quantize(_CENT, ROUND_HALF_UP)


def as_text(price: Decimal) -> str:
    """Return a price as `trial_result` has it: CN¥74.55 (TOP metadata and public answers)."""
    return f"CN¥{price:.2f}"


def as_money(price: Decimal) -> dict[str, Json]:
    """Return a price in the short form with cents, as `logistics_fee`."""
    return {"amount": f"{price:.2f}", "cent": cents(price), "currency_code": CURRENCY}


def cents(price: Decimal) -> int:
    """Return a price in fen."""
    return int(price * 100)
