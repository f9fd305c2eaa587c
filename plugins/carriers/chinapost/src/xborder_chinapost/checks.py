"""Everything a parcel can be refused for without asking China Post: preflight and purchase use the same."""

from __future__ import annotations

from collections.abc import Iterator

from xborder_chinapost.families import Family, family_holds, limits_of
from xborder_chinapost.orders import phone, sender_tax_numbers, street
from xborder_chinapost.settings import ChinaPostSettings
from xborder_chinapost.texts import clean, text_holds
from xborder_chinapost.vocabulary import (
    CHINA,
    MOST_ADDRESS_BYTES,
    MOST_NAME_BYTES,
    MOST_PHONE,
    MOST_SKU_BYTES,
)
from xborder_sdk.hookspecs import CreateShipment, ShipmentDetails
from xborder_sdk.lettering import is_latin
from xborder_sdk.models import Address, CustomsDeclaration, CustomsLine, Hold, HoldReason, TaxScheme


def product_holds(request: ShipmentDetails, product: str, settings: ChinaPostSettings) -> Iterator[Hold]:
    """Why a product does not take a parcel where it shall go.

    Args:
        request: The shipment.
        product: The contract's product code.
        settings: The account's settings.
    """
    family = settings.products.get(product)
    if family is None:
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail=f"product {product} is not among the account's products",
            field="service",
            repair=f"choose one of {', '.join(sorted(settings.products))}, or add it with its family",
        )
        return
    yield from _family_holds(request, family, settings)


def _family_holds(request: ShipmentDetails, family: Family, settings: ChinaPostSettings) -> Iterator[Hold]:
    day = request.ship_at.astimezone(CHINA).date()
    limits = limits_of(family, day, settings.limits)
    if limits is not None:
        country = "GB" if request.recipient.country == "UK" else request.recipient.country
        yield from family_holds(limits, country, request.parcels[0])


def parcel_holds(request: ShipmentDetails) -> Iterator[Hold]:
    """Why a shipment is no parcel that China Post could take, whatever the product."""
    if len(request.parcels) > 1:
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail=f"the shipment has {len(request.parcels)} boxes, an order of China Post has one",
            field="parcels",
            repair="make a shipment of each box",
        )
    if request.sender.country != "CN":
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail=f"China Post takes parcels in China, not in {request.sender.country}",
            field="sender.country",
            repair="use an account of a carrier there",
        )
    if request.recipient.country == "CN":
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail="the parcel stays in China, and these products go abroad",
            field="recipient.country",
        )


def shipment_holds(request: ShipmentDetails, settings: ChinaPostSettings) -> Iterator[Hold]:
    """Why a shipment cannot be bought."""
    yield from parcel_holds(request)
    if request.service is not None:
        yield from product_holds(request, request.service, settings)
    yield from _address_holds("sender", request.sender, latin=False)
    yield from _address_holds("recipient", request.recipient, latin=settings.script == "latin")
    yield from _customs_holds(request, settings)
    if isinstance(request, CreateShipment):
        yield from _tax_holds(request)


def _address_holds(path: str, address: Address, *, latin: bool) -> Iterator[Hold]:
    for name in ("name", "company", "region", "postal_code", "email"):
        yield from text_holds(f"{path}.{name}", clean(getattr(address, name)), None, latin=latin)
    yield from text_holds(f"{path}.city", clean(address.city), None, latin=latin)
    for name in ("name", "city"):
        if not clean(getattr(address, name)):
            detail = f"{path}.{name} is empty"
            yield Hold(reason=HoldReason.BAD_ADDRESS, detail=detail, field=f"{path}.{name}", repair="fill it in")
    text = street(address)
    if not text:
        detail = f"{path}.lines are empty"
        yield Hold(reason=HoldReason.BAD_ADDRESS, detail=detail, field=f"{path}.lines", repair="give the street")
    else:
        yield from text_holds(f"{path}.lines", text, MOST_ADDRESS_BYTES, latin=latin)
    number = phone(address.phone)
    if len(number) > MOST_PHONE:
        yield Hold(
            reason=HoldReason.BAD_ADDRESS,
            detail=f"{path}.phone has {len(number)} characters, China Post takes {MOST_PHONE}",
            field=f"{path}.phone",
            repair="give one number, without an extension",
        )
    else:
        yield from text_holds(f"{path}.phone", number, None, latin=True)


def _customs_holds(request: ShipmentDetails, settings: ChinaPostSettings) -> Iterator[Hold]:
    customs = request.customs
    if customs is None:
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail="China Post takes no parcel without a list of its goods",
            field="customs",
            repair="give the customs lines, for papers too",
        )
        return
    for index, line in enumerate(customs.lines):
        yield from _line_holds(f"customs.lines.{index}", line, settings)
    if customs.net_weight_g > request.weight_g:
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail=f"the goods weigh {customs.net_weight_g} g net, the parcel {request.weight_g} g gross",
            field="customs.lines",
            repair="weigh the parcel, or correct the weights of the goods",
        )
    yield from _number_holds(customs)


def _line_holds(path: str, line: CustomsLine, settings: ChinaPostSettings) -> Iterator[Hold]:
    english, chinese, sku = clean(line.description), clean(line.description_local), clean(line.sku)
    customs = HoldReason.CUSTOMS
    if not english or not is_latin(english):
        yield Hold(
            reason=customs,
            detail=f"{path}.description is no English name (China Post refuses it as B13)",
            field=f"{path}.description",
            repair="name the goods in English",
        )
    else:
        yield from text_holds(f"{path}.description", english, MOST_NAME_BYTES, latin=True, reason=customs)
    if not chinese:
        yield Hold(
            reason=HoldReason.MISSING_DATA,
            detail=f"{path}.description_local is missing: the order needs the Chinese name too",
            field=f"{path}.description_local",
            repair="give the Chinese name, in the catalogue for good",
        )
    else:
        yield from text_holds(f"{path}.description_local", chinese, MOST_NAME_BYTES, latin=False, reason=customs)
    if sku:
        yield from text_holds(f"{path}.sku", sku, MOST_SKU_BYTES, latin=False, reason=customs)
    value = line.unit_value
    if value.currency != settings.declare_currency and value.currency not in settings.exchange_rates:
        yield Hold(
            reason=customs,
            detail=f"{path} is valued in {value.currency}, the order is declared in {settings.declare_currency}",
            field=f"{path}.unit_value",
            repair=f"convert the value, or give the account a rate for {value.currency} in exchange_rates",
        )
    if value.amount < 0 or value.amount != round(value.amount, 2) or abs(value.amount) >= 10**9:
        yield Hold(
            reason=customs,
            detail=f"the value of {path} has more than two decimals, is below zero or is no value of goods",
            field=f"{path}.unit_value",
            repair="round it to cents",
        )


def _number_holds(customs: CustomsDeclaration) -> Iterator[Hold]:
    carried = {
        TaxScheme.IOSS,
        TaxScheme.VAT,
        TaxScheme.GB_VAT,
        TaxScheme.VOEC,
        TaxScheme.ABN,
        TaxScheme.NZ_GST,
    }
    for index, number in enumerate(customs.tax_numbers):
        # An OSS number serves sales inside the EU and is of no use at a border.
        if number.scheme not in carried | {TaxScheme.GST, TaxScheme.OSS}:
            yield Hold(
                reason=HoldReason.CUSTOMS,
                detail=f"the order has no field for a number of scheme {number.scheme.value}",
                field=f"customs.tax_numbers.{index}",
                repair="leave it out, or use another carrier",
            )


def _tax_holds(request: CreateShipment) -> Iterator[Hold]:
    if len(sender_tax_numbers(request)) > 1:
        where = "customs.tax_numbers" if request.customs and request.customs.tax_numbers else "sender.tax_numbers"
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail="the order has room for one tax number of the seller or platform, and several are given",
            field=where,
            repair="keep the one that holds for this destination",
        )
    if len(request.recipient.tax_numbers) > 1:
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail="the order has room for one tax number of the recipient, and several are given",
            field="recipient.tax_numbers",
            repair="keep the one that holds for this destination",
        )
