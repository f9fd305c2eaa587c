"""Parcels: what is weighed and measured."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from xborder_sdk.models.base import Grams, Millimetres, Model


class Dimensions(Model):
    """Outer size in millimetres."""

    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres

    def volumetric_grams(self, divisor: int) -> int:
        """The volumetric weight in grams, rounded up.

        Args:
            divisor: Cubic centimetres per kilogram as the carrier publishes it, for example 5000.
        """
        cubic_mm = self.length_mm * self.width_mm * self.height_mm
        return -(-cubic_mm // divisor)  # mm3 / 1000 = cm3; cm3 / divisor = kg; kg * 1000 = g


class Parcel(Model):
    """One box.

    Attributes:
        weight_g: Gross weight in grams.
        dimensions: Outer size; None where unknown (some carriers refuse that).
        description: What is inside, in English, for the carrier's paper.
        reference: The seller's own mark of this box.
    """

    weight_g: Grams
    dimensions: Dimensions | None = None
    description: str | None = Field(default=None, max_length=200)
    reference: str | None = Field(default=None, max_length=60)


def grams_from_kg(kilograms: Decimal | int | str) -> int:
    """Grams of a weight in kilograms, rounded up so that a parcel is never declared too light."""
    return int((Decimal(kilograms) * 1000).to_integral_value(rounding="ROUND_CEILING"))


def kg_from_grams(grams: int) -> Decimal:
    """Kilograms, exact, without trailing zeros: 1 g is 0.001."""
    return (Decimal(grams) / 1000).normalize() + 0
