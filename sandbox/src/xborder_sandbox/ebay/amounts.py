"""Money as eBay writes it: the value is a string and is not padded with zeros ("264.8", "0.0")."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from xborder_sandbox.requests import Json

# What one unit is worth in US dollars, for the pay-out currency. Invented and fixed.
RATES = {
    "USD": Decimal(1),
    "GBP": Decimal("1.27"),
    "EUR": Decimal("1.08"),
    "AUD": Decimal("0.66"),
    "CAD": Decimal("0.73"),
    "JPY": Decimal("0.0067"),
}


def write_value(value: Decimal) -> str:
    """Return the text: at least one decimal, no further zeros."""
    text = f"{value.normalize():f}"
    return text if "." in text else text + ".0"


def amount(value: Decimal, currency: str) -> dict[str, Json]:
    """Return an Amount (sell_fulfillment_v1, Amount)."""
    return {"value": write_value(value), "currency": currency}


def paid_out(value: Decimal, currency: str, payout: str) -> dict[str, Json]:
    """Return an Amount in the seller's pay-out currency, with what it was converted from."""
    if currency == payout:
        return amount(value, currency)
    converted = (value * RATES[currency] / RATES[payout]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {
        **amount(converted, payout),
        "convertedFromValue": write_value(value),
        "convertedFromCurrency": currency,
    }


def read_value(document: Json) -> Decimal:
    """Return the value of an Amount we wrote; 0 when there is none."""
    return Decimal(str(document["value"])) if isinstance(document, dict) else Decimal(0)


def decimals_of(currency: str) -> int:
    """Return how many decimals an invented price in this currency has."""
    return 0 if currency == "JPY" else 2
