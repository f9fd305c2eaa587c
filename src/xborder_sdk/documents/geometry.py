"""Lengths, sizes and places in millimetres.

Places are measured from the top left corner of the page as a person sees it, the way labels are specified,
not from the bottom left as PDF does. Floats are refused: 0.1 + 0.2 must not decide whether a label fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

Millimetres: TypeAlias = int | Decimal

MM_PER_INCH = Decimal("25.4")
MM_PER_POINT = MM_PER_INCH / 72  # a PDF unit is 1/72 in (ISO 32000-1, 8.3.2.3)


def exact(value: Millimetres, what: str) -> Decimal:
    """Returns a length as Decimal.

    Raises:
        TypeError: A float, a bool or something that is no number.
        ValueError: NaN or infinite.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{what} must be int or Decimal, not {type(value).__name__}")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{what} must be finite")
    return number


def _shown(value: Decimal) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text or "0"


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in millimetres."""

    width_mm: Decimal
    height_mm: Decimal

    @property
    def turned(self) -> Size:
        """The same size after a quarter turn."""
        return Size(self.height_mm, self.width_mm)

    def holds(self, other: Size, slack_mm: Decimal = Decimal(0)) -> bool:
        """Whether `other` fits into this without turning, allowing `slack_mm` in each direction."""
        return other.width_mm <= self.width_mm + slack_mm and other.height_mm <= self.height_mm + slack_mm

    def __str__(self) -> str:
        return f"{_shown(self.width_mm)} x {_shown(self.height_mm)} mm"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: left and top edge from the top left corner of the page, width and height, in millimetres."""

    x_mm: Decimal
    y_mm: Decimal
    width_mm: Decimal
    height_mm: Decimal

    @property
    def size(self) -> Size:
        """Its width and height."""
        return Size(self.width_mm, self.height_mm)

    @property
    def right_mm(self) -> Decimal:
        """Its right edge."""
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> Decimal:
        """Its lower edge."""
        return self.y_mm + self.height_mm

    def contains(self, other: Area, slack_mm: Decimal = Decimal(0)) -> bool:
        """Whether `other` lies inside, overhanging by at most `slack_mm` on any side."""
        return (
            other.x_mm >= self.x_mm - slack_mm
            and other.y_mm >= self.y_mm - slack_mm
            and other.right_mm <= self.right_mm + slack_mm
            and other.bottom_mm <= self.bottom_mm + slack_mm
        )

    def overlaps(self, other: Area) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.x_mm < other.right_mm
            and other.x_mm < self.right_mm
            and self.y_mm < other.bottom_mm
            and other.y_mm < self.bottom_mm
        )

    def cut_to(self, other: Area) -> Area:
        """The part that lies inside `other`; the two must overlap."""
        left, top = max(self.x_mm, other.x_mm), max(self.y_mm, other.y_mm)
        right, bottom = min(self.right_mm, other.right_mm), min(self.bottom_mm, other.bottom_mm)
        return Area(left, top, right - left, bottom - top)
