"""Chargeable weight: what a carrier bills, from the scales, the size, and its own rounding."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field, model_validator

from xborder_sdk.models import Model, Parcel


class ChargeableWeight(Model):
    """How a carrier account reckons the weight it bills, as its contract or price list says.

    Attributes:
        divisor: Cubic centimetres per kilogram, such as 5000; without it the size does not count.
        only_from_side_mm: The size counts only where the longest side is at least so long.
        minimum_g: The least that is billed.
        step_g: The weight is rounded up to whole steps.
    """

    divisor: int | None = Field(default=None, gt=0, le=100_000)
    only_from_side_mm: int | None = Field(default=None, gt=0)
    minimum_g: int = Field(default=0, ge=0)
    step_g: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _size_counts(self) -> ChargeableWeight:
        if self.only_from_side_mm is not None and self.divisor is None:
            raise ValueError("only_from_side_mm means nothing without a divisor")
        return self

    def of(self, parcels: Iterable[Parcel]) -> int | None:
        """The weight billed, in grams; None where a size that counts is not known."""
        total = 0
        for parcel in parcels:
            weight = self._one(parcel)
            if weight is None:
                return None
            total += weight
        return total

    def _one(self, parcel: Parcel) -> int | None:
        weight = parcel.weight_g
        if self.divisor is not None:
            size = parcel.dimensions
            if size is None:
                return None
            longest = max(size.length_mm, size.width_mm, size.height_mm)
            if self.only_from_side_mm is None or longest >= self.only_from_side_mm:
                weight = max(weight, size.volumetric_grams(self.divisor))
        weight = max(weight, self.minimum_g)
        return -(-weight // self.step_g) * self.step_g
