"""Reading a request that was found to have its shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation


class Doc:
    """A view on a JSON object; what is missing reads as empty.

    Args:
        value: An object as `load` returns it.
    """

    def __init__(self, value: object) -> None:
        self._fields: dict[str, object] = value if isinstance(value, dict) else {}

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __bool__(self) -> bool:
        return bool(self._fields)

    def at(self, *path: str) -> Doc:
        """Return the object at the end of the path."""
        found = self
        for name in path:
            found = Doc(found._fields.get(name))
        return found

    def each(self, name: str) -> list[Doc]:
        """Return the objects of a list."""
        items = self._fields.get(name)
        return [Doc(item) for item in items] if isinstance(items, list) else []

    def texts(self, name: str) -> list[str]:
        """Return the strings of a list."""
        items = self._fields.get(name)
        return [item for item in items if isinstance(item, str)] if isinstance(items, list) else []

    def text(self, name: str, default: str = "") -> str:
        """Return a string."""
        value = self._fields.get(name)
        return value if isinstance(value, str) else default

    def decimal(self, name: str) -> Decimal:
        """Return a number; 0 when it is missing."""
        value = self._fields.get(name)
        return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else Decimal(0)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self._fields.get(name)
        return value if isinstance(value, bool) else default

    def objects(self) -> Iterator[tuple[str, Doc]]:
        """Yield the fields that are objects."""
        for name, value in self._fields.items():
            if isinstance(value, dict):
                yield name, Doc(value)


def load(body: bytes) -> object:
    """Parse JSON; numbers with a point as Decimal, so that no digit is lost.

    Raises:
        ValueError: If it is no JSON (NaN and Infinity are none) or no UTF-8.
    """
    return json.loads(body.decode(), parse_float=_number, parse_constant=_no_constant)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is out of all bounds") from None


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is no JSON")
