"""Values that several answers share."""

from __future__ import annotations

import re

from xborder_sdk.models import Money
from xborder_sdk.reading import JsonObject

_CURRENCY = re.compile(r"^[A-Z]{3}$")


def money_or_none(found: JsonObject) -> Money | None:
    """`{"amount": "4.20", "currency": "EUR"}`; None where either is missing or odd."""
    amount, currency = found.number_or_none("amount"), found.text_or_none("currency")
    if amount is None or currency is None or not _CURRENCY.match(currency):
        return None
    return Money(amount=amount, currency=currency)
