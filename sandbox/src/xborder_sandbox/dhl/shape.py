"""A small language for the shape of a JSON request, and the check against it.

The check words a refusal as DHL's examples do (dpdhl-express-api-3.1.1, 422 examples of /shipments,
/pickups/{no} and upload-invoice-data): a JSON pointer, then what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Text:
    """A string of `low` to `high` characters."""

    low: int = 0
    high: int | None = None
    one_of: tuple[str, ...] = ()
    pattern: str = ""
    is_date: bool = False


@dataclass(frozen=True)
class Number:
    """A number; `step`, a power of ten not above 1, is what it must be a multiple of."""

    low: Decimal | None = None
    high: Decimal | None = None
    step: Decimal | None = None
    one_of: tuple[int, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Flag:
    """true or false."""


@dataclass(frozen=True)
class Items:
    """A list of `low` to `high` things of one shape."""

    of: Shape
    low: int = 0
    high: int | None = None
    unique: bool = False


@dataclass(frozen=True)
class Fields:
    """An object. Fields that are not named are refused unless `open`; it holds `low` to `high` of them."""

    required: Mapping[str, Shape] = field(default_factory=dict)
    optional: Mapping[str, Shape] = field(default_factory=dict)
    open: bool = False
    low: int = 0
    high: int | None = None


Shape = Text | Number | Flag | Items | Fields


def one_of(words: str, low: int = 0, high: int | None = None) -> Text:
    """Return the shape of a string that is one of these words, given with blanks between."""
    return Text(low, high, one_of=tuple(words.split()))


def number(low: str = "", high: str = "", step: str = "") -> Number:
    """Return the shape of a number; the limits are decimal texts."""
    least, most, multiple = (Decimal(limit) if limit else None for limit in (low, high, step))
    return Number(least, most, multiple)


def whole(low: int, high: int) -> Number:
    """Return the shape of an integer."""
    return Number(Decimal(low), Decimal(high), whole=True)


def problems(shape: Shape, value: object, pointer: str = "#") -> Iterator[str]:
    """Yield what is wrong with `value`, one text each; nothing when it has the shape."""
    match shape:
        case Text():
            yield from _text(shape, value, pointer)
        case Number():
            yield from _number(shape, value, pointer)
        case Flag():
            if not isinstance(value, bool):
                yield _wrong_type(pointer, "Boolean", value)
        case Items():
            yield from _items(shape, value, pointer)
        case Fields():
            yield from _fields(shape, value, pointer)


def _text(shape: Text, value: object, pointer: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield _wrong_type(pointer, "String", value)
        return
    if len(value) < shape.low:
        yield f"{pointer}: expected minLength: {shape.low}, actual: {len(value)}"
    if shape.high is not None and len(value) > shape.high:
        yield f"{pointer}: expected maxLength: {shape.high}, actual: {len(value)}"
    if shape.one_of and value not in shape.one_of:
        yield f"{pointer}: {value} is not a valid enum value"
    if shape.pattern and not re.search(shape.pattern, value):
        yield f"{pointer}: string [{value}] does not match pattern {shape.pattern}"
    if shape.is_date and not _is_date(value):
        yield f"{pointer}: [{value}] is not a valid date. Expected [yyyy-MM-dd]"


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _number(shape: Number, value: object, pointer: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        yield _wrong_type(pointer, "Integer" if shape.whole else "Number", value)
        return
    if shape.whole and _decimals(value):
        yield _wrong_type(pointer, "Integer", value)
    if shape.low is not None and value < shape.low:
        yield f"{pointer}: {value} is not greater or equal to {shape.low}"
    if shape.high is not None and value > shape.high:
        yield f"{pointer}: {value} is not less or equal to {shape.high}"
    if shape.step is not None and _decimals(value) > _decimals(shape.step):
        yield f"{pointer}: {value} is not a multiple of {shape.step}"
    if shape.one_of and value not in shape.one_of:
        yield f"{pointer}: {value} is not a valid enum value"


def _decimals(value: int | Decimal) -> int:
    """Return how many decimal places a number has; by its digits, as arithmetic has a limited precision."""
    _, digits, exponent = Decimal(value).as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    if not text or not isinstance(exponent, int):
        return 0
    return max(0, -(exponent + len(digits) - len(text)))


def _items(shape: Items, value: object, pointer: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _wrong_type(pointer, "JSONArray", value)
        return
    if len(value) < shape.low:
        yield f"{pointer}: expected minimum item count: {shape.low}, found: {len(value)}"
    if shape.high is not None and len(value) > shape.high:
        yield f"{pointer}: expected maximum item count: {shape.high}, found: {len(value)}"
    if shape.unique and any(item in value[:index] for index, item in enumerate(value)):
        yield f"{pointer}: array items are not unique"
    for index, item in enumerate(value):
        yield from problems(shape.of, item, f"{pointer}/{index}")


def _fields(shape: Fields, value: object, pointer: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _wrong_type(pointer, "JSONObject", value)
        return
    for name in shape.required:
        if name not in value:
            yield f"{pointer}: required key [{name}] not found"
    if len(value) < shape.low:
        yield f"{pointer}: minimum size: [{shape.low}], found: [{len(value)}]"
    if shape.high is not None and len(value) > shape.high:
        yield f"{pointer}: maximum size: [{shape.high}], found: [{len(value)}]"
    for name, item in value.items():
        inner = shape.required.get(name) or shape.optional.get(name)
        if inner is not None:
            yield from problems(inner, item, f"{pointer}/{name}")
        elif not shape.open:
            yield f"{pointer}: extraneous key [{name}] is not permitted"


def _wrong_type(pointer: str, expected: str, value: object) -> str:
    match value:
        case None:
            found = "Null"
        case bool():
            found = "Boolean"
        case int():
            found = "Integer"
        case Decimal():
            found = "BigDecimal"
        case str():
            found = "String"
        case list():
            found = "JSONArray"
        case _:
            found = "JSONObject"
    return f"{pointer}: expected type: {expected}, found: {found}"
