"""The seller's own prices as data: China Post's interfaces have no public question for a price."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from xborder_sdk.models import CountryCode, Model, Money
from xborder_sdk.models.base import CurrencyCode
from xborder_sdk.models.money import Amount

Price = Annotated[Amount, Field(ge=0)]


class TariffRow(Model):
    """The price of one product to some destinations, within a range of weights.

    Either a fee per item with a price per gram, or a first step with further steps.

    Attributes:
        product: The contract's product code.
        destinations: ISO alpha-2 codes; empty for all that no other row names.
        currency: Currency of the prices, ISO 4217.
        per_item: Fee per item.
        per_gram: Price of each gram.
        first_g, first_price: The first step, in grams, and its price.
        step_g, step_price: Each further step begun, and its price.
        above_g: The row holds above this weight in grams.
        up_to_g: The row holds up to this weight in grams; None without end.
        valid_from: The first day, by China's calendar.
        valid_until: The last day; None as long as no newer row holds.
    """

    product: str = Field(min_length=1)
    destinations: tuple[CountryCode, ...] = ()
    currency: CurrencyCode = "CNY"
    per_item: Price | None = None
    per_gram: Price | None = None
    first_g: int | None = Field(default=None, gt=0)
    first_price: Price | None = None
    step_g: int | None = Field(default=None, gt=0)
    step_price: Price | None = None
    above_g: int = Field(default=0, ge=0)
    up_to_g: int | None = Field(default=None, gt=0)
    valid_from: date
    valid_until: date | None = None

    @model_validator(mode="after")
    def _one_form(self) -> TariffRow:
        grams = (self.per_item, self.per_gram)
        steps = (self.first_g, self.first_price, self.step_g, self.step_price)
        if all(part is not None for part in grams) and all(part is None for part in steps):
            return self
        if all(part is not None for part in steps) and all(part is None for part in grams):
            return self
        raise ValueError("give per_item and per_gram, or first_g, first_price, step_g and step_price")

    def holds(self, product: str, country: str, weight_g: int, day: date) -> bool:
        """Whether the row prices a parcel.

        Args:
            product: The product code.
            country: The destination.
            weight_g: The chargeable weight in grams.
            day: When it is handed over, by China's calendar.
        """
        return (
            self.product == product
            and (not self.destinations or country in self.destinations)
            and self.above_g < weight_g
            and (self.up_to_g is None or weight_g <= self.up_to_g)
            and self.valid_from <= day
            and (self.valid_until is None or day <= self.valid_until)
        )

    def price(self, weight_g: int) -> Money:
        """The price of a weight in grams, exact."""
        if self.per_item is not None and self.per_gram is not None:
            amount = self.per_item + self.per_gram * weight_g
        else:
            assert self.first_g is not None  # noqa: S101 - the validator says so
            assert self.first_price is not None  # noqa: S101
            assert self.step_g is not None  # noqa: S101
            assert self.step_price is not None  # noqa: S101
            further = max(0, weight_g - self.first_g)
            amount = self.first_price + self.step_price * Decimal(-(-further // self.step_g))
        return Money(amount=amount, currency=self.currency)


def tariff_row(rows: Iterable[TariffRow], product: str, country: str, weight_g: int, day: date) -> TariffRow | None:
    """The row that prices a parcel: the newest; among equals one that names the destination; None where none does.

    Args:
        rows: The account's tariff.
        product: The product code.
        country: The destination.
        weight_g: The chargeable weight in grams.
        day: When it is handed over, by China's calendar.
    """
    held = [row for row in rows if row.holds(product, country, weight_g, day)]
    named = [row for row in held if row.destinations] or held
    return max(named, key=lambda row: row.valid_from, default=None)
