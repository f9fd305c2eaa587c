"""Weight and size of a parcel, and the limits of online small packets.

Limits: length + width + height at most 90 cm, longest side at most 60 cm, at most 2 kg (vendor page 30137).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_SUM_MM = 900
_LONGEST_MM = 600
_HEAVIEST_G = 2000

# Used for what the request leaves out: the platform knows the product's own packaging, the sandbox does not.
_USUAL_G = 100
_USUAL_MM = 100


@dataclass(frozen=True)
class ParcelSize:
    """Grams and millimetres."""

    weight: int
    length: int
    width: int
    height: int

    @property
    def fits(self) -> bool:
        """Whether a small packet may be so."""
        sides = (self.length, self.width, self.height)
        return min(sides) > 0 and sum(sides) <= _SUM_MM and max(sides) <= _LONGEST_MM and 0 < self.weight <= _HEAVIEST_G


def from_centimetres(weight: object, length: object, width: object, height: object) -> ParcelSize:
    """Read kilograms and centimetres as the service queries give them; what is left out is usual.

    Raises:
        ValueError: If one of them is no number.
    """
    return ParcelSize(
        _scaled(weight, 1000, _USUAL_G),
        _scaled(length, 10, _USUAL_MM),
        _scaled(width, 10, _USUAL_MM),
        _scaled(height, 10, _USUAL_MM),
    )


def from_millimetres(weight: object, length: object, width: object, height: object) -> ParcelSize:
    """Read grams and millimetres as the solution inquiry gives them.

    Raises:
        ValueError: If one of them is no number.
    """
    return ParcelSize(
        _scaled(weight, 1, _USUAL_G),
        _scaled(length, 1, _USUAL_MM),
        _scaled(width, 1, _USUAL_MM),
        _scaled(height, 1, _USUAL_MM),
    )


def _scaled(value: object, factor: int, usual: int) -> int:
    if value in (None, ""):
        return usual
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is no number") from error
    if not number.is_finite() or number < 0 or number > 10**6:
        raise ValueError(f"{value!r} is no weight or size")
    return -int(-(number * factor) // 1)
