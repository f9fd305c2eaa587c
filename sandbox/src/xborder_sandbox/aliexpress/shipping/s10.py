"""Item numbers of the post: two letters, eight digits, a check digit, the country (UPU S10)."""

from __future__ import annotations

_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def item_number(indicator: str, serial: int, country: str = "CN") -> str:
    """Return a whole number.

    Args:
        indicator: The service indicator, two letters.
        serial: 0 to 99,999,999.
        country: ISO alpha-2.
    """
    digits = f"{serial:08d}"
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11
    check = {10: 0, 11: 5}.get(rest, rest)
    return f"{indicator}{digits}{check}{country}"
