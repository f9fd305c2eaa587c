"""The base of every model: frozen, strict about its own fields, and silent about buyers.

Two rules hold for every model:

* what identifies a person is annotated `Personal` (or `MaybePersonal`); such a field never appears in a `repr`;
* a vendor's untouched answer travels as `Raw`, which takes no part in equality, hashing or dumps.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

_PERSONAL = Field(repr=False, json_schema_extra={"personal": True})
_OPTION = Field(json_schema_extra={"option": True})

Personal = Annotated[str, _PERSONAL]
"""Text that identifies a person (a name, a street, a phone number). Kept out of every repr and log."""

MaybePersonal = Annotated[str | None, _PERSONAL]
"""`Personal`, where the vendor may leave it out."""

PersonalLines = Annotated[tuple[str, ...], _PERSONAL]
"""Several lines of personal text, such as the street lines of an address."""


def _require_zone(value: datetime) -> datetime:
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("a time needs its zone: pass an aware datetime, for example with tzinfo=timezone.utc")
    return value


Instant = Annotated[datetime, AfterValidator(_require_zone)]
"""A moment with its zone. Naive times are refused: a guessed zone loses orders."""


def _require_known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no such time zone; use an IANA name such as Asia/Shanghai") from None
    return value


ZoneName = Annotated[str, AfterValidator(_require_known_zone)]
"""The IANA name of a time zone, such as `Asia/Shanghai`, that this machine knows."""

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2, upper case."""

CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217, upper case."""

Grams = Annotated[int, Field(strict=True, gt=0)]
"""A weight in grams, rounded up from a vendor's unit."""

Millimetres = Annotated[int, Field(strict=True, gt=0)]
"""A length in millimetres, rounded up from a vendor's unit."""


class Model(BaseModel):
    """A frozen value. Change one with `replace`, which validates; `model_copy(update=...)` does not."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,
        hide_input_in_errors=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
        arbitrary_types_allowed=False,
    )

    def replace(self, **changes: object) -> Self:
        """Returns a validated copy with some fields changed.

        Args:
            **changes: New values by field name.

        Raises:
            pydantic.ValidationError: A name is unknown or a value does not fit.
        """
        values: dict[str, object] = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(values | changes)


def personal_values(value: object) -> Iterator[str]:
    """Every personal text inside a model, however deep: what must not appear in a message.

    Args:
        value: A model, or a tuple, list or mapping of models. Anything else yields nothing.
    """
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            content = getattr(value, name)
            if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("personal"):
                yield from _texts(content)
            else:
                yield from personal_values(content)
    elif isinstance(value, (tuple, list, frozenset)):
        for item in value:
            yield from personal_values(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from personal_values(item)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _texts(item)


class Raw:
    """A vendor's answer as it came, parsed when somebody looks.

    All `Raw` values are equal and have one hash, and a dump leaves them out, so that an order read from the wire
    equals the same order read back from a store. Its repr shows nothing but its size.

    Args:
        content: The JSON bytes of the whole answer.
        path: Where in the answer this object sits, as keys and indexes.
    """

    __slots__ = ("_content", "_path")

    def __init__(self, content: bytes = b"", path: tuple[str | int, ...] = ()) -> None:
        self._content = content
        self._path = path

    @property
    def content(self) -> bytes:
        """The bytes of the whole answer."""
        return self._content

    def data(self) -> Any:
        """The vendor's object, parsed now; numbers with a fraction are `Decimal`. Empty `Raw` gives None.

        Raises:
            ValueError: The bytes are not JSON.
        """
        if not self._content:
            return None
        found = json.loads(self._content, parse_float=Decimal)
        for step in self._path:
            found = found[step]
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raw)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"Raw({len(self._content)} bytes)"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Dumps leave it out; a model's JSON schema still writes down its default.
        nothing = core_schema.plain_serializer_function_ser_schema(lambda _: None)
        return core_schema.is_instance_schema(cls, serialization=nothing)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "null"}


RawField = Annotated[Raw, Field(exclude=True, repr=False)]
"""The type of every model's `raw` field."""
