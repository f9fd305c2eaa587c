"""Numbers of parcels by UPU standard S10: two letters, eight digits, a check digit, the country that issued it."""

from __future__ import annotations

import re
from typing import Final

_S10 = re.compile(r"^([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})$")
_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)


def cleaned(number: str) -> str:
    """A number as it is sent and compared: upper case, without blanks."""
    return "".join(number.split()).upper()


def check_digit(serial: str) -> int:
    """The check digit of a serial number (UPU S10: weights 8 6 4 2 3 5 9 7, modulus 11).

    Args:
        serial: Eight digits.

    Raises:
        ValueError: It is something else.
    """
    if len(serial) != len(_WEIGHTS) or not (serial.isascii() and serial.isdigit()):
        raise ValueError("a serial number has eight digits")
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, _WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def has_good_check_digit(number: str) -> bool | None:
    """Whether a number's check digit is right; None where it has not the form of S10 at all.

    Args:
        number: The number, blanks and lower case allowed.
    """
    found = _S10.match(cleaned(number))
    return None if found is None else check_digit(found[2]) == int(found[3])


def number_warnings(number: str) -> tuple[str, ...]:
    """What is odd about a number that came from the vendor; it is kept whatever it looks like."""
    good = has_good_check_digit(number)
    if good is None:
        return ("the number has not the form of UPU S10",)
    return () if good else ("the number's check digit is wrong by UPU S10",)
