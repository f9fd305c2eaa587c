"""Money: an exact decimal and its currency, never a float, never a guessed currency."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from xborder_sdk.models.base import CurrencyCode, Model

# ISO 4217 minor units that differ from two (ISO 4217 list one).
_MINOR_UNITS = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


_WIDE = Context(prec=64)
"""Rounds every amount that `Amount` takes; the usual context gives up beyond 28 digits."""


def _no_float(value: object) -> object:
    if isinstance(value, (float, bool)):
        raise ValueError("money is exact: pass a Decimal, an int or a text, not a float")
    return value


# The constraints stand next to the type: behind a validator of ours they would be checked in Python, one by one.
Amount = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=40), BeforeValidator(_no_float)]
"""An exact decimal. Floats are refused, since 1.1 + 2.2 is not 3.3 there, and so are amounts nobody has."""


class Money(Model):
    """An amount in a currency.

    Adding two currencies raises; rounding happens only where `rounded` is called.
    """

    amount: Amount
    currency: CurrencyCode

    def __add__(self, other: Money) -> Money:
        return Money(amount=self.amount + self._same(other), currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(amount=self.amount - self._same(other), currency=self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        if isinstance(factor, (bool, float)):
            raise TypeError("money is multiplied by an int or a Decimal")
        return Money(amount=self.amount * factor, currency=self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"cannot combine {self.currency} with {other.currency}: convert one first")
        return other.amount

    @property
    def minor_digits(self) -> int:
        """Digits after the point that the currency has: 0 for JPY, 2 for USD, 3 for KWD."""
        return _MINOR_UNITS.get(self.currency, 2)

    def rounded(self) -> Money:
        """Rounded half up to the currency's minor unit: 10.005 USD is 10.01 USD, 10.5 JPY is 11 JPY."""
        step = Decimal(1).scaleb(-self.minor_digits)
        return Money(amount=self.amount.quantize(step, ROUND_HALF_UP, _WIDE), currency=self.currency)

    @property
    def is_exact(self) -> bool:
        """Whether the amount is a whole number of the currency's minor units."""
        return self.rounded().amount == self.amount


def total(amounts: Iterable[Money]) -> Money | None:
    """The sum, or None of nothing (a sum of nothing has no currency).

    Raises:
        ValueError: The currencies differ.
    """
    result: Money | None = None
    for amount in amounts:
        result = amount if result is None else result + amount
    return result
