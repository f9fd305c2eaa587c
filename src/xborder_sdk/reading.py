"""Lenient reading of vendors' JSON: numbers as text, text as numbers, nulls and gaps, unknown fields.

A connector names what it needs; everything else may be missing. What is needed and missing becomes
`MalformedResponse` with the path of the field and never its value.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from xborder_sdk.errors import MalformedResponse

_MAY_BE_LONE = re.compile(rb"\\[uU][dD][89a-fA-F]")
_LARGEST_EXPONENT = 38
"""Powers of ten beyond which a number is no quantity: `1e999999` as a whole number would fill the memory."""
_FLAGS = {"true": True, "1": True, "false": False, "0": False}

Json = Mapping[str, "Json"] | list["Json"] | str | int | Decimal | bool | None
"""What a JSON text holds; numbers with a fraction are `Decimal`."""


def parse_json(content: bytes) -> Json:
    """Reads JSON with exact numbers.

    Raises:
        MalformedResponse: It is not JSON; the message says what came instead, without quoting it.
    """
    try:
        found: Json = json.loads(content, parse_float=Decimal, parse_constant=_no_constant)
        if _MAY_BE_LONE.search(content):
            found = _whole(found)
    except (ValueError, RecursionError):
        start = content[:200].lstrip().lower()
        what = "nothing" if not content.strip() else "a web page" if start.startswith(b"<") else "no JSON"
        raise MalformedResponse(f"the answer should be JSON but is {what} ({len(content)} bytes)") from None
    return found


def _whole(value: Json) -> Json:
    """The same without halves of characters, which no text may hold: half an emoji that a vendor cut off."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, Mapping):
        return {_whole(key): _whole(item) for key, item in value.items()}  # type: ignore[misc]  # a text stays one
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def write_json(value: object) -> bytes:
    """JSON of a value, compact, with `Decimal` written as the exact number.

    Raises:
        ValueError: A `Decimal` has more digits than a JSON reader keeps (about 15).
        TypeError: A value has no JSON form.
    """
    return json.dumps(value, default=_exact, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _exact(value: object) -> object:
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) < 10**15:
            return int(value)
        number = float(value)
        if Decimal(repr(number)) == value:
            return number
        raise ValueError("a number has more digits than JSON readers keep")
    raise TypeError(f"{type(value).__name__} has no JSON form")


class JsonObject:
    """One JSON object with typed, lenient access.

    Args:
        data: The parsed object.
        path: Where it sits in the answer, for messages.
    """

    __slots__ = ("data", "path")

    def __init__(self, data: Mapping[str, Json], path: str = "") -> None:
        self.data = data
        self.path = path

    def __repr__(self) -> str:
        return f"JsonObject({self.path or 'root'}: {', '.join(sorted(self.data))})"

    def __contains__(self, key: str) -> bool:
        return self.data.get(key) is not None

    def _fail(self, key: str, what: str) -> NoReturn:
        raise MalformedResponse(f"field {self._at(key)} {what}")

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def get(self, key: str) -> Json:
        """The value as it came, or None."""
        return self.data.get(key)

    def text(self, key: str) -> str:
        """A text that must be there; a number becomes its text.

        Raises:
            MalformedResponse: It is missing, empty or no text.
        """
        found = self.text_or_none(key)
        if found is None:
            self._fail(key, "is missing")
        return found

    def text_or_none(self, key: str) -> str | None:
        """A text, or None where it is missing, null, blank or no text."""
        value = self.data.get(key)
        if isinstance(value, str):
            return value if value.strip() else None
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, (int, Decimal)):
            return str(value)
        return None

    def number(self, key: str) -> Decimal:
        """A number that must be there, also when it came as text.

        Raises:
            MalformedResponse: It is missing or no number.
        """
        found = self.number_or_none(key)
        if found is None:
            self._fail(key, "is missing or no number")
        return found

    def number_or_none(self, key: str) -> Decimal | None:
        """A number, also when it came as text; None where there is none."""
        value = self.data.get(key)
        if isinstance(value, bool) or value is None:
            return None
        try:
            if isinstance(value, (int, Decimal)):
                number = Decimal(value)
            elif isinstance(value, str):
                number = Decimal(value.strip())
            else:
                return None
        except InvalidOperation:
            return None
        return number if number.is_finite() and abs(number.adjusted()) <= _LARGEST_EXPONENT else None

    def integer(self, key: str) -> int:
        """A whole number that must be there, also when it came as text or as `2.0`.

        Raises:
            MalformedResponse: It is missing or not whole.
        """
        found = self.integer_or_none(key)
        if found is None:
            self._fail(key, "is missing or no whole number")
        return found

    def integer_or_none(self, key: str) -> int | None:
        """A whole number, or None."""
        number = self.number_or_none(key)
        if number is None or number != number.to_integral_value():
            return None
        return int(number)

    def flag(self, key: str) -> bool | None:
        """A truth value, also as `"true"` or `"false"`, as 1 or 0, and as text of these; None where it is none."""
        value = self.data.get(key)
        return _FLAGS.get(str(value).strip().lower()) if isinstance(value, (bool, str, int)) else None

    def time(self, key: str) -> datetime:
        """An ISO 8601 moment with its zone that must be there.

        Raises:
            MalformedResponse: It is missing, no time, or has no zone.
        """
        found = self.time_or_none(key)
        if found is None:
            self._fail(key, "is missing or no time with a zone")
        return found

    def time_or_none(self, key: str) -> datetime | None:
        """An ISO 8601 moment with its zone, or None; a time without a zone is not a moment."""
        value = self.data.get(key)
        return parse_time(value) if isinstance(value, str) else None

    def child(self, key: str) -> JsonObject:
        """The object under a key; an empty one where it is missing or something else."""
        value = self.data.get(key)
        return JsonObject(value if isinstance(value, dict) else {}, self._at(key))

    def children(self, key: str) -> list[JsonObject]:
        """The objects of a list; a lone object counts as a list of one, anything else is passed over."""
        value = self.data.get(key)
        if isinstance(value, dict):
            return [JsonObject(value, self._at(key))]
        if not isinstance(value, list):
            return []
        at = self._at(key)
        return [JsonObject(item, f"{at}[{n}]") for n, item in enumerate(value) if isinstance(item, dict)]

    def texts(self, key: str) -> list[str]:
        """The texts of a list; a lone text counts as a list of one."""
        value = self.data.get(key)
        if isinstance(value, str):
            return [value] if value.strip() else []
        if not isinstance(value, list):
            return []
        return [str(v) for v in value if isinstance(v, (str, int, Decimal)) and not isinstance(v, bool)]

    def keys(self) -> Iterator[str]:
        """The names that are there."""
        return iter(self.data)


def as_object(value: Json) -> JsonObject:
    """The top of an answer as an object.

    Raises:
        MalformedResponse: It is something else.
    """
    if not isinstance(value, dict):
        raise MalformedResponse("the answer should be a JSON object")
    return JsonObject(value)


_OFFSET = re.compile(r"^(?:GMT|UTC)?\s*([+-])(\d{1,2}):?(\d{2})$")


def parse_time(text: str) -> datetime | None:
    """Reads an ISO 8601 moment; None where it is none, lacks its zone, or lies beyond the calendar elsewhere."""
    try:
        found = datetime.fromisoformat(text.strip())
        if found.tzinfo is not None:
            found.astimezone(UTC)  # the first and last hours of the calendar have no other zone
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo is not None else None


def parse_offset(text: str) -> timezone | None:
    """Reads an offset such as `+08:00`, `-0530`, `GMT+01:00` or `Z`; None where it is none."""
    cleaned = text.strip()
    if cleaned.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    match = _OFFSET.match(cleaned)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if match[1] == "-" else offset)


def parse_base64(text: str) -> bytes | None:
    """Reads base64, with or without padding and line breaks; None where it is none, or holds nothing."""
    compact = "".join(text.split())
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True) or None
    except (binascii.Error, ValueError):
        return None
