"""Prices that come as texts, such as `CN¥74.55`: exact money, or none where a text says nothing certain."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from xborder_sdk.models import Money

# Signs that name one currency alone. `$` and `¥` without a country name several and need the language of the answer.
_SIGNS: Final = {
    "CN¥": "CNY",
    "RMB": "CNY",
    "元": "CNY",
    "US$": "USD",
    "JP¥": "JPY",
    "HK$": "HKD",
    "AU$": "AUD",
    "A$": "AUD",
    "CA$": "CAD",
    "C$": "CAD",
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "₽": "RUB",
    "руб": "RUB",
    "₩": "KRW",
    "zł": "PLN",
}
_NUMBER: Final = r"(\d{1,15}(?:\.\d{1,6})?|\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?)"
_BEFORE: Final = re.compile(rf"^([^\d\s.,+-]{{1,6}})\s?{_NUMBER}$")
_AFTER: Final = re.compile(rf"^{_NUMBER}\s?([^\d\s.,+-]{{1,6}})$")
_CODE: Final = re.compile(r"^[A-Z]{3}$")
_DAYS: Final = re.compile(
    r"^\D*?(\d{1,3})(?:\s*(?:-|~|–|—|至|to)\s*(\d{1,3}))?"
    r"\s*(?:个?(?:工作日|自然日|天|日)|(?:\w+\s)?days?)\D*$",
    re.IGNORECASE,
)


def read_price(text: str | None, locale: str) -> Money | None:
    """The money a text names; None where it names none, no certain currency, or nothing at all to pay.

    Args:
        text: The platform's text.
        locale: The language it was asked in, such as `zh_CN`: in Chinese a bare yuan sign is Chinese money.
    """
    if text is None:
        return None
    found = " ".join(text.replace("￥", "¥").split()).replace("US $", "US$")
    if (match := _BEFORE.match(found)) is not None:
        sign, number = match[1], match[2]
    elif (match := _AFTER.match(found)) is not None:
        number, sign = match[1], match[2]
    else:
        return None
    currency = _currency(sign, locale)
    if currency is None or not number.isascii():
        return None
    amount = Decimal(number.replace(",", ""))
    # A price of zero is one the platform did not reckon, never a gift.
    return Money(amount=amount, currency=currency) if amount > 0 else None


def _currency(sign: str, locale: str) -> str | None:
    known = _SIGNS.get(sign.rstrip("."))
    if known is not None:
        return known
    if sign == "¥":
        return "CNY" if locale.startswith("zh") else None
    return sign if _CODE.match(sign) else None


def read_days(text: str | None) -> int | None:
    """The days a text names, the later end of a range: `15-45天` is 45. None where it is no count of days."""
    match = _DAYS.match(text.strip()) if text is not None else None
    if match is None:
        return None
    days = [int(part) for part in match.groups() if part is not None and part.isascii()]
    return max(days, default=None)
