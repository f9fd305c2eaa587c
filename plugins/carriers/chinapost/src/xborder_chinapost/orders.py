"""The order: one payload for both transports. Field names and the vendor's own spellings are those of clients."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from xborder_chinapost.settings import ChinaPostSettings
from xborder_chinapost.texts import clean
from xborder_chinapost.vocabulary import CHINA, ORDER_FIELDS, TIME
from xborder_sdk.hookspecs import CreateShipment
from xborder_sdk.models import (
    Address,
    Battery,
    CustomsDeclaration,
    CustomsLine,
    Dimensions,
    Money,
    TaxNumber,
    TaxScheme,
)

_CENT: Final = Decimal("0.01")

_SENDERS: Final = frozenset(
    {
        TaxScheme.IOSS,
        TaxScheme.VAT,
        TaxScheme.GB_VAT,
        TaxScheme.VOEC,
        TaxScheme.ABN,
        TaxScheme.NZ_GST,
        TaxScheme.GST,
    }
)
"""Schemes of sellers and platforms; clients send IOSS and VAT numbers in `s_tax_id`."""


def country_code(country: str, settings: ChinaPostSettings) -> str:
    """The post's code of a country."""
    return settings.country_codes.get(country, country)


def phone(text: str | None) -> str:
    """A phone number as it is sent: without the plus sign, which the interface refuses (S14)."""
    return clean((text or "").replace("+", ""))


def street(address: Address) -> str:
    """The street in one text, with what must stand above it in front."""
    return clean(" ".join(part for part in (address.reference, *address.lines) if part))


def sender_tax_numbers(request: CreateShipment) -> tuple[TaxNumber, ...]:
    """Numbers that belong into `s_tax_id`, which has room for one: the declaration's before the sender's own."""
    declared = request.customs.tax_numbers if request.customs is not None else ()
    found = [number for number in declared if number.scheme in _SENDERS]
    found = found or [number for number in request.sender.tax_numbers if number.scheme in _SENDERS]
    return tuple({number.number: number for number in found}.values())


def declared(value: Money, settings: ChinaPostSettings) -> Decimal | None:
    """A value of one piece in the currency of the declaration; None where the account has no rate for it.

    Converted values are rounded to cents, and what is worth something is never declared as nothing.
    """
    if value.currency == settings.declare_currency:
        return value.amount
    rate = settings.exchange_rates.get(value.currency)
    if rate is None:
        return None
    converted = (value.amount * rate).quantize(_CENT, ROUND_HALF_UP)
    return max(converted, _CENT) if value.amount > 0 else converted


def order(
    request: CreateShipment,
    customs: CustomsDeclaration,
    reference: str,
    now: datetime,
    settings: ChinaPostSettings,
    number: str = "",
) -> dict[str, Any]:
    """The order as both transports take it.

    Args:
        request: The checked shipment.
        customs: Its declaration.
        reference: Our number of it, which China Post takes once.
        now: The present, aware.
        settings: The account's settings.
        number: The number already allocated to it; empty where it comes with the order.
    """
    fields = ORDER_FIELDS | settings.order_fields
    parcel = request.parcels[0]
    senders, receivers = sender_tax_numbers(request), request.recipient.tax_numbers
    items = [_item(index, line, settings) for index, line in enumerate(customs.lines, 1)]
    made: dict[str, Any] = {
        "created_time": now.astimezone(CHINA).strftime(TIME),
        "sender_no": settings.sender_no,
        "wh_code": settings.wh_code,
        "mailType": settings.mail_type,
        "logistics_order_no": reference,
        "waybill_no": number,
        "biz_product_no": request.service,
        "weight": parcel.weight_g,
        "volume": None,
        **_centimetres(parcel.dimensions),
        "postage_total": None,
        "contents_total_weight": customs.net_weight_g,
        "contents_total_value": sum((line["cargo_value"] * line["cargo_quantity"] for line in items), Decimal(0)),
        "battery_flag": "1" if any(line.battery not in {None, Battery.NONE} for line in customs.lines) else "0",
        "insurance_amount": None,
        "undelivery_option": settings.undeliverable,
        "declare_curr_code": settings.declare_currency,
        "barcode": reference,
        "tax_id": clean(receivers[0].number) if receivers else "",
        "s_tax_id": clean(senders[0].number) if senders else "",
        "sender": _party(request.sender, settings),
        "receiver": _party(request.recipient, settings),
        "items": items,
    }
    return made | fields


def _centimetres(size: Dimensions | None) -> dict[str, int | None]:
    """Whole centimetres, rounded up so that a parcel is never declared too small."""
    if size is None:
        return {"length": None, "width": None, "height": None}
    return {
        "length": -(-size.length_mm // 10),
        "width": -(-size.width_mm // 10),
        "height": -(-size.height_mm // 10),
    }


def _party(address: Address, settings: ChinaPostSettings) -> dict[str, str]:
    name, city, number = clean(address.name), clean(address.city), phone(address.phone)
    return {
        "name": name,
        "company": clean(address.company),
        "post_code": clean(address.postal_code),
        "phone": number,
        "mobile": number,
        "email": clean(address.email),
        "id_type": "",
        "id_no": "",
        "nation": country_code(address.country, settings),
        "province": clean(address.region) or city,  # clients: an empty province becomes the city
        "city": city,
        "county": "",
        "address": street(address),
        "gis": "",
        "linker": name,
    }


def _item(index: int, line: CustomsLine, settings: ChinaPostSettings) -> dict[str, Any]:
    english, chinese = clean(line.description), clean(line.description_local)
    value = declared(line.unit_value, settings)
    assert value is not None  # noqa: S101 - shipment_holds wants a rate
    return {
        "cargo_no": clean(line.sku) or str(index),
        "cargo_name": chinese,
        "cargo_name_en": english,
        "cargo_type_name": chinese,
        "cargo_type_name_en": english,
        "cargo_origin_name": line.origin or "CN",
        "cargo_link": "",
        "cargo_quantity": line.quantity,
        "cargo_value": value,
        "cost": value,
        "cargo_currency": settings.declare_currency,
        "carogo_weight": line.unit_weight_g,  # the vendor's own spelling; grams of one piece
        "cargo_description": english,
        "cargo_serial": line.hs_code or "",
        "unit": settings.unit,
        "intemsize": "",
    }
