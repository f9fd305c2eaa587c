"""What a result holds, walked value by value: its times, its money, its people, its words of the vendor."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from xborder_sdk.models import Money, Raw, Scan

_MOST_DECIMALS = 8
_VENDORS = "vendor_"
_SHORTEST_NAME = 4
_PLACES = frozenset({"postal_code", "city", "region"})  # personal beside a name; by themselves they name a place


@dataclass(frozen=True)
class Found:
    """A value inside a result.

    Attributes:
        path: Where.
        value: What.
        owner: The model it is a field of, or None.
        name: Name of that field.
    """

    path: str
    value: Any
    owner: BaseModel | None
    name: str


def walk(value: Any, path: str = "result", owner: BaseModel | None = None, name: str = "") -> Iterator[Found]:
    """Every value inside a result, models among them."""
    if isinstance(value, Raw):
        return
    yield Found(path, value, owner, name)
    if isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from walk(getattr(value, field), f"{path}.{field}", value, field)
    elif isinstance(value, (tuple, list, frozenset)):
        for number, item in enumerate(value):
            yield from walk(item, f"{path}[{number}]", owner, name)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from walk(item, f"{path}.{key}", owner, name)


def floats_and_naive_times(result: Any) -> Iterator[str]:
    """Values that must never be in a result, in words."""
    for found in walk(result):
        if isinstance(found.value, float):
            yield f"{found.path} is a float; use Decimal or int"
        elif isinstance(found.value, datetime) and found.value.utcoffset() is None:
            yield f"{found.path} is a time without its zone"
        elif isinstance(found.value, Money) and (digits := _decimals(found.value.amount)) > _MOST_DECIMALS:
            yield f"{found.path} has {digits} decimals: it has been a float on its way ({found.value.amount})"


def _decimals(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def wrong_accounts(result: Any, account: str) -> Iterator[str]:
    """Values of fields named `account` that name another account."""
    for found in walk(result):
        if found.name == "account" and isinstance(found.value, str) and found.value != account:
            yield f"{found.path} is {found.value!r}, but the account is {account!r}: use self.account"


def money_of(result: Any) -> dict[str, Money]:
    """All money by place."""
    return {found.path: found.value for found in walk(result) if isinstance(found.value, Money)}


def guesses_at(word: str, result: Any, derived: Container[str] = ()) -> Iterator[str]:
    """Fields that claim to know what an unheard-of word of the vendor means, or that lose the word.

    The contract's models keep the vendor's word of `status` in `vendor_status`, and so for every such pair.
    """
    for found in walk(result):
        model = found.value
        if not isinstance(model, BaseModel):
            continue
        for name, twin in _words_of(type(model)):
            said, known = getattr(model, name), getattr(model, twin)
            unknown = getattr(type(known), "UNKNOWN", None) if isinstance(known, Enum) else None
            place = f"{type(model).__name__}.{twin}"
            if said == word and unknown is not None and known is not unknown and place not in derived:
                yield f"{found.path}.{twin} ({place}) is {known.name} for a word nobody knows; it must be UNKNOWN"


def _words_of(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """The fields of the vendor's words, with those that say what they mean."""
    for name in model.model_fields:
        twin = name.removeprefix(_VENDORS)
        if name.startswith(_VENDORS) and twin in model.model_fields:
            yield name, twin
    if issubclass(model, Scan):
        yield "code", "status"


def lost_words(before: Any, after: Any) -> Iterator[str]:
    """Fields that have become UNKNOWN without the vendor's own word beside them."""
    known = {found.path: found.value for found in walk(before) if isinstance(found.value, BaseModel)}
    for found in walk(after):
        model, earlier = found.value, known.get(found.path)
        if not isinstance(model, BaseModel) or type(earlier) is not type(model):
            continue
        for name, twin in _words_of(type(model)):
            value = getattr(model, twin)
            is_new = isinstance(value, Enum) and value.name == "UNKNOWN" and getattr(earlier, twin) is not value
            if is_new and getattr(earlier, name) is not None and getattr(model, name) is None:
                yield f"{found.path}.{name} is None: keep the vendor's own word beside UNKNOWN"


def people(*values: Any) -> frozenset[str]:
    """The personal texts of requests and results that name somebody and are long enough to be recognised."""
    return frozenset(
        text.strip() for value in values for text in _personal(value) if len(text.strip()) >= _SHORTEST_NAME
    )


def _personal(value: Any) -> Iterator[str]:
    for found in walk(value):
        if found.owner is None or found.name in _PLACES or not isinstance(found.value, str):
            continue
        extra = type(found.owner).model_fields[found.name].json_schema_extra
        if isinstance(extra, dict) and extra.get("personal"):
            yield found.value
