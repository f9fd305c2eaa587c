"""Amounts as AliExpress writes them.

Short form `{amount, currency_code}`; long form with `cent`, `cent_factor` and `currency` besides (official IOP Java SDK
1.3.5-ae, MoneyStr). In an example of the vendor's the two disagree, with `amount` 0: what `cent` says holds.
"""

from __future__ import annotations

from decimal import Decimal

from xborder_sdk.models import Money
from xborder_sdk.reading import JsonObject


def read_money(holder: JsonObject, name: str) -> Money | None:
    """An amount, or None where there is none or its currency is not told.

    Args:
        holder: The object that holds it.
        name: Its field.
    """
    found = holder.child(name)
    currency = found.text_or_none("currency_code") or found.child("currency").text_or_none("currency_code")
    if currency is None or len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        return None
    cent, factor = found.number_or_none("cent"), found.number_or_none("cent_factor")
    amount: Decimal | None
    if cent is not None and factor is not None and factor > 0:
        # A factor is a power of ten; anything else would not divide exactly.
        amount = (cent / factor).normalize() if factor in _POWERS else None
    else:
        amount = None
    if amount is None:
        amount = found.number_or_none("amount")
    return None if amount is None else _with_currency(amount, currency.upper())


_POWERS = frozenset(Decimal(10) ** power for power in range(5))


def _with_currency(amount: Decimal, currency: str) -> Money:
    money = Money(amount=amount, currency=currency)
    # 3330.1 and 3330.10 are one amount: it is written with the digits of its currency where that is exact.
    return money.rounded() if money.is_exact else money
