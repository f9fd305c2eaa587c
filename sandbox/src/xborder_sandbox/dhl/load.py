"""Packages and their weights."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

_HALF_KG = Decimal("0.5")
_POUND_KG = Decimal("0.45359237")
_INCH_CM = Decimal("2.54")
_CM3_PER_KG = Decimal(5000)
_IN3_PER_LB = Decimal(139)


@dataclass(frozen=True)
class Piece:
    """A package as written in a request; sizes are 0 when they were not given."""

    weight: Decimal
    length: Decimal = Decimal(0)
    width: Decimal = Decimal(0)
    height: Decimal = Decimal(0)

    def volumetric(self, metric: bool) -> Decimal:
        """Return the dimensional weight: cm3/5000 in kg, or in3/139 in lb."""
        volume = self.length * self.width * self.height
        weight = volume / (_CM3_PER_KG if metric else _IN3_PER_LB)
        return weight.quantize(Decimal("0.001"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Load:
    """All packages of a shipment, in kg and cm (`metric`) or lb and in."""

    pieces: tuple[Piece, ...]
    metric: bool = True

    @property
    def weight(self) -> Decimal:
        """The weight as given."""
        return sum((piece.weight for piece in self.pieces), Decimal(0))

    @property
    def volumetric(self) -> Decimal:
        """The dimensional weight."""
        return sum((piece.volumetric(self.metric) for piece in self.pieces), Decimal(0))

    def kilograms(self, weight: Decimal) -> Decimal:
        """Return a weight of this load in kg."""
        return weight if self.metric else weight * _POUND_KG

    @property
    def heaviest_kg(self) -> Decimal:
        """The weight of the heaviest piece, in kg."""
        return max(self.kilograms(piece.weight) for piece in self.pieces)

    @property
    def longest_cm(self) -> Decimal:
        """The longest side of any piece, in cm."""
        longest = max(max(piece.length, piece.width, piece.height) for piece in self.pieces)
        return longest if self.metric else longest * _INCH_CM

    @property
    def half_kilograms(self) -> Decimal:
        """The chargeable weight: the heavier of both, piece by piece, in started half kilograms."""
        heavier = sum((max(p.weight, p.volumetric(self.metric)) for p in self.pieces), Decimal(0))
        halves = (self.kilograms(heavier) / _HALF_KG).to_integral_value(ROUND_CEILING)
        return max(halves, Decimal(1))
