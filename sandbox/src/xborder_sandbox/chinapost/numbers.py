"""Mail numbers after UPU S10: two letters, eight digits, a check digit, a country."""

from __future__ import annotations

_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def check_digit(serial: str) -> int:
    """Return the check digit of eight digits: 11 less the weighted sum modulo 11, 10 as 0, 11 as 5."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, serial, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)


def mail_number(letters: str, serial: str) -> str:
    """Return the number of a Chinese item."""
    return f"{letters}{serial}{check_digit(serial)}CN"
