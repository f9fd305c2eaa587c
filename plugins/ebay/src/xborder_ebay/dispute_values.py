"""Values inside eBay's disputes: ids, moments, money and parties."""

from __future__ import annotations

import re
from datetime import datetime

from xborder_ebay import dispute_words as words
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.models import DisputeParty, Money
from xborder_sdk.reading import JsonObject, parse_time

# FUL describes the times of payment disputes as `hh:mm.ss.sssZ`, while its example has colons: both are read, since a
# deadline that cannot be read is a deadline missed.
_DOTTED_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)\.(\d\d\.\d+Z)")


def identifier(found: JsonObject, key: str) -> str | None:
    """An id, also where it came as a number; what could not be sent back is none."""
    value = (found.text_or_none(key) or "").strip()
    return value if value and value.isascii() and value.isprintable() else None


def needed_identifier(found: JsonObject, key: str) -> str:
    """An id that must be there.

    Raises:
        MalformedResponse: It is not.
    """
    value = identifier(found, key)
    if value is None:
        raise MalformedResponse(f"field {key} is missing")
    return value


def moment(found: JsonObject, key: str) -> datetime | None:
    """A moment: a text, or Post-Order's `{"value": ...}`."""
    value = found.get(key)
    if isinstance(value, dict):
        value = value.get("value")
    return parse_time(_DOTTED_TIME.sub(r"\1:\2", value)) if isinstance(value, str) else None


def money(found: JsonObject, key: str) -> Money | None:
    """An amount with its currency."""
    amount = found.child(key)
    number, currency = amount.number_or_none("value"), (amount.text_or_none("currency") or "").upper()
    if number is None or not re.fullmatch("[A-Z]{3}", currency):
        return None
    return Money(amount=number, currency=currency)


def party(word: str | None) -> DisputeParty:
    """Who did something."""
    return words.PARTY.get((word or "").upper(), DisputeParty.UNKNOWN)
