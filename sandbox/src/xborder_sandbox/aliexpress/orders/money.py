"""Money in the short and the long form (AliExpress reference, section 2.4)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from xborder_sandbox.requests import Json

# ISO 4217: number, digits behind the point, and how it is shown.
_CURRENCIES = {
    "USD": (840, 2, "$", "US Dollar"),
    "EUR": (978, 2, "€", "Euro"),
    "CNY": (156, 2, "¥", "Yuan Renminbi"),
    "RUB": (643, 2, "руб.", "Russian Ruble"),
    "JPY": (392, 0, "¥", "Yen"),
}


def digits(currency: str) -> int:
    """Return how many digits a currency has behind the point."""
    return _CURRENCIES[currency][1]


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return the amount with the currency's digits."""
    return amount.quantize(Decimal(1).scaleb(-digits(currency)), ROUND_HALF_UP)


def short(amount: Decimal, currency: str) -> dict[str, Json]:
    """Return `{amount, currency_code}`."""
    return {"amount": str(rounded(amount, currency)), "currency_code": currency}


def long(amount: Decimal, currency: str, *, with_text: bool, zero_amount: bool) -> dict[str, Json]:
    """Return the form with cents.

    Args:
        amount: The amount.
        currency: ISO 4217.
        with_text: Whether the deprecated `amount_str` is there.
        zero_amount: Whether `amount` is wrongly 0, as in one of the vendor's samples; `cent` is right.
    """
    number, places, symbol, name = _CURRENCIES[currency]
    text = str(rounded(amount, currency))
    shown: dict[str, Json] = {
        "amount": "0" if zero_amount else text,
        "cent": int(rounded(amount, currency).scaleb(places)),
        "cent_factor": 10**places,
        "currency_code": currency,
        "currency": {
            "currency_code": currency,
            "default_fraction_digits": places,
            "display_name": name,
            "numeric_code": number,
            "symbol": symbol,
        },
    }
    return {**shown, "amount_str": text} if with_text else shown
