"""How records become rows: times are integers (microseconds since 1970, UTC), headers are JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from xborder_sdk.ledger.port import EffectRecord, EffectState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TIMES = frozenset({"lease_until", "claimed_at", "sent_at", "settled_at"})

COLUMNS = tuple(field.name for field in fields(EffectRecord))
"""Columns of the effect table, in the order of the record's fields."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC, exact.

    Raises:
        ValueError: The time has no zone; a guessed one would move a lease by hours.
    """
    if moment.utcoffset() is None:
        raise ValueError("a time needs its zone: pass an aware datetime, for example with tzinfo=timezone.utc")
    return (moment - _EPOCH) // _MICROSECOND


def moment(stored: int) -> datetime:
    """The moment of a stored time, in UTC."""
    return _EPOCH + stored * _MICROSECOND


def row_of(record: EffectRecord) -> tuple[object, ...]:
    """A record's values in the order of `COLUMNS`."""
    return tuple(_stored(getattr(record, name)) for name in COLUMNS)


def record_of(row: Sequence[Any]) -> EffectRecord:
    """The record of a row in the order of `COLUMNS`."""
    values = dict(zip(COLUMNS, row, strict=True))
    for name in _TIMES:
        if values[name] is not None:
            values[name] = moment(values[name])
    return EffectRecord(**values | {"state": EffectState(values["state"])})


def headers_text(headers: tuple[tuple[str, str], ...]) -> str:
    """Headers as JSON, in their order and with repeats."""
    return json.dumps(headers)


def headers_of(text: str) -> tuple[tuple[str, str], ...]:
    """Headers of their JSON."""
    return tuple((name, value) for name, value in json.loads(text))


def storable(text: str | None) -> str | None:
    """Text that every database takes: a vendor's JSON may hold lone surrogates and NUL, which would lose the write."""
    if text is None:
        return None
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _stored(value: object) -> object:
    if isinstance(value, datetime):
        return micros(value)
    return value.value if isinstance(value, EffectState) else value
