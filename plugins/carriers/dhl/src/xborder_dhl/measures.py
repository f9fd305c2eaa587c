"""Weights, sizes, times, amounts and accounts as DHL writes and reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from xborder_dhl.settings import DhlSettings
from xborder_sdk.hookspecs import ShipmentDetails
from xborder_sdk.models import Dimensions, Money, Parcel, grams_from_kg, kg_from_grams
from xborder_sdk.reading import JsonObject

_CURRENCY = re.compile(r"^[A-Z]{3}$")
_HEAVIEST_KG = 10**6
_DECIMALS = 3
"""OpenAPI: every amount and weight is a multiple of 0.001."""


def centimetres(dimensions: Dimensions) -> dict[str, int]:
    """Whole centimetres, rounded up so that a parcel is never declared too small."""
    return {
        "length": -(-dimensions.length_mm // 10),
        "width": -(-dimensions.width_mm // 10),
        "height": -(-dimensions.height_mm // 10),
    }


def package(parcel: Parcel) -> dict[str, Any]:
    """Weight and size of a piece."""
    found: dict[str, Any] = {"weight": kg_from_grams(parcel.weight_g)}
    if parcel.dimensions is not None:
        found["dimensions"] = centimetres(parcel.dimensions)
    return found


def local_time(moment: datetime, zone: ZoneInfo | None) -> datetime:
    """The moment on the clock of the place the parcels leave from."""
    return moment.astimezone(zone) if zone is not None else moment


def planned(moment: datetime, zone: ZoneInfo | None) -> str:
    """A moment as `2026-03-01T17:00:00 GMT+08:00` (OpenAPI, plannedShippingDateAndTime)."""
    local = local_time(moment, zone)
    offset = local.utcoffset()
    minutes = 0 if offset is None else int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"{local.isoformat()[:19]} GMT{sign}{hours:02}:{rest:02}"


def fits(amount: Decimal) -> bool:
    """Whether DHL can carry an amount exactly."""
    return amount == round(amount, _DECIMALS) and 0 <= amount <= 999_999_999_999_999


def number(amount: Decimal) -> Decimal:
    """An amount without trailing zeros, which may look like too many decimals."""
    return amount.normalize() + 0


def money_or_none(amount: Decimal | None, currency: str | None) -> Money | None:
    """An amount of an answer; None where it is missing, not above zero, or has no currency."""
    if amount is None or amount <= 0 or currency is None or not _CURRENCY.match(currency):
        return None
    return Money(amount=amount, currency=currency)


def billed(prices: Sequence[JsonObject], currency_type: str = "BILLC") -> Money | None:
    """The price of one currency type; BILLC is what the account is billed (OpenAPI, Rates.totalPrice)."""
    for entry in prices:
        if entry.text_or_none("currencyType") == currency_type:
            return money_or_none(entry.number_or_none("price"), entry.text_or_none("priceCurrency"))
    return None


def grams_or_none(kilograms: Decimal | None) -> int | None:
    """Grams of an answer's weight; None where it cannot be one."""
    if kilograms is None or not 0 < kilograms < _HEAVIEST_KG:
        return None
    return grams_from_kg(kilograms)


def small_integer(found: JsonObject, key: str, most: int = 9999) -> int | None:
    """A whole number of an answer; None where it is none or unbelievable."""
    value = found.number_or_none(key)
    if value is None or not 0 <= value <= most or value != value.to_integral_value():
        return None
    return int(value)


def accounts(settings: DhlSettings, duties: bool = False) -> list[dict[str, str]]:
    """Who ships and who pays (OpenAPI, Account.typeCode).

    Args:
        settings: The account's settings.
        duties: Whether the sender pays duties and taxes.
    """
    found = [{"typeCode": "shipper", "number": settings.account_number}]
    if settings.payer_account is not None:
        found.append({"typeCode": "payer", "number": settings.payer_account})
    if duties and settings.duties_account is not None:
        found.append({"typeCode": "duties-taxes", "number": settings.duties_account})
    return found


def chosen(request: ShipmentDetails, text: str | None) -> bool:
    """Whether a product is the one asked for, or none was asked for."""
    return text is not None and (request.service is None or request.service == text)
