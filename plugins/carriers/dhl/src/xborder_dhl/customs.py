"""When a shipment needs customs data, the declaration on the wire, and why it cannot be sent.

Lengths and names: MyDHL API OpenAPI 3.1.1, CreateShipmentRequest.content.exportDeclaration.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from xborder_dhl.measures import fits, number
from xborder_dhl.settings import DhlSettings
from xborder_dhl.texts import clean, text_holds, wrap
from xborder_dhl.vocabulary import CUSTOMS_TERRITORIES, EXPORT_REASONS, OUTSIDE_UNION
from xborder_sdk.hookspecs import ShipmentDetails
from xborder_sdk.models import (
    Address,
    ContentsType,
    CustomsDeclaration,
    CustomsLine,
    Hold,
    HoldReason,
    Incoterm,
    kg_from_grams,
)

_REMARK_WIDTH = 45
_REMARK_COUNT = 3


def crosses_border(sender: Address, recipient: Address) -> bool | None:
    """Whether customs stands between two addresses; None where it depends on the goods (Northern Ireland)."""
    here, there = _territory(sender), _territory(recipient)
    if here == there:
        return False
    if {here, there} == {"EU", "GB-BT"}:
        return None
    return here.partition("-")[0] != there.partition("-")[0] or "EU" in {here[:2], there[:2]}


def _territory(address: Address) -> str:
    postcode = (address.postal_code or "").replace(" ", "").upper()
    if address.country == "GB" and postcode.startswith("BT"):
        return "GB-BT"
    if postcode.startswith(OUTSIDE_UNION.get(address.country, ("-",))):
        return f"EU-{address.country}"
    return CUSTOMS_TERRITORIES.get(address.country, address.country)


def declared(request: ShipmentDetails) -> CustomsDeclaration | None:
    """The declaration where customs will look at it, else None."""
    customs = request.customs
    if customs is None or customs.contents is ContentsType.DOCUMENTS:
        return None
    return None if crosses_border(request.sender, request.recipient) is False else customs


def duties_paid(request: ShipmentDetails) -> bool:
    """Whether the sender pays duties and taxes."""
    customs = declared(request)
    return customs is not None and customs.incoterm is Incoterm.DDP


def declared_value(customs: CustomsDeclaration) -> Decimal:
    """Value of all goods, in the currency of the first line."""
    return number(sum((line.value.amount for line in customs.lines), Decimal(0)))


def export_declaration(request: ShipmentDetails, customs: CustomsDeclaration, settings: DhlSettings) -> dict[str, Any]:
    """The declaration as DHL takes it."""
    gross = _shares(request.weight_g, [line.weight_g for line in customs.lines])
    found: dict[str, Any] = {
        "lineItems": [
            _line(index, line, grams, settings)
            for index, (line, grams) in enumerate(zip(customs.lines, gross, strict=True), 1)
        ],
        "invoice": {
            "number": clean(customs.invoice_number),
            "date": customs.invoice_date.isoformat(),
            "totalNetWeight": kg_from_grams(customs.net_weight_g),
            "totalGrossWeight": kg_from_grams(request.weight_g),
        },
        "exportReasonType": EXPORT_REASONS[customs.contents],
        "shipmentType": "personal" if customs.contents is ContentsType.GIFT else "commercial",
        "placeOfIncoterm": clean(request.recipient.city),
    }
    charges = [
        {"value": number(money.amount), "typeCode": kind}
        for kind, money in (("freight", customs.freight), ("insurance", customs.insurance))
        if money is not None and money.amount > 0
    ]
    if charges:
        found["additionalCharges"] = charges
    if customs.invoice_remarks:
        remarks = wrap(clean(customs.invoice_remarks), _REMARK_WIDTH, _REMARK_COUNT) or ()
        found["remarks"] = [{"value": remark} for remark in remarks]
    return found


def _shares(total: int, parts: list[int]) -> list[int]:
    """The gross weight shared out over the lines by their net weight, to the gram and without a rest."""
    shares, given, seen, whole = [], 0, 0, sum(parts)
    for part in parts:
        seen += part
        share = total * seen // whole - given
        given += share
        shares.append(share)
    return shares


def _line(index: int, line: CustomsLine, gross_g: int, settings: DhlSettings) -> dict[str, Any]:
    found: dict[str, Any] = {
        "number": index,
        "description": clean(line.description),
        "price": number(line.unit_value.amount),
        "quantity": {"value": line.quantity, "unitOfMeasurement": "PCS"},
        "manufacturerCountry": line.origin,
        "weight": {"netValue": kg_from_grams(line.weight_g), "grossValue": kg_from_grams(gross_g)},
    }
    if line.hs_code is not None:
        own, other = ("inbound", "outbound") if settings.hs_codes_of == "destination" else ("outbound", "inbound")
        found["commodityCodes"] = [
            {"typeCode": own, "value": line.hs_code},
            {"typeCode": other, "value": line.hs_code[:6]},
        ]
    return found


def customs_holds(request: ShipmentDetails, settings: DhlSettings) -> Iterator[Hold]:
    """Why a shipment's customs data cannot be sent.

    Args:
        request: The shipment.
        settings: The account's settings.
    """
    customs = declared(request)
    if customs is None:
        goods = request.service is not None and request.service not in settings.document_products
        if request.customs is None and goods and crosses_border(request.sender, request.recipient):
            detail = f"service {request.service} carries goods over a customs border and there is no declaration"
            repair = "give the customs lines, or choose a product for documents"
            yield Hold(reason=HoldReason.CUSTOMS, detail=detail, field="customs", repair=repair)
        return
    currencies = {line.unit_value.currency for line in customs.lines}
    for name, money in (("freight", customs.freight), ("insurance", customs.insurance)):
        if money is not None:
            currencies.add(money.currency)
            if not fits(money.amount):
                yield _hold(f"customs.{name}", "the amount has more than three decimals or is below zero", None)
    if len(currencies) > 1:
        yield _hold("customs.lines", "the values are in several currencies, an invoice has one", "convert them")
    for index, line in enumerate(customs.lines):
        path = f"customs.lines.{index}"
        name = line.sku or f"line {index + 1}"
        yield from text_holds(f"{path}.description", line.description, 512, settings.script, HoldReason.CUSTOMS)
        if line.origin is None:
            yield _hold(f"{path}.origin", f"{name} has no country of origin", "give where it was made")
        if not fits(line.unit_value.amount):
            detail = f"the value of {name} has more than three decimals or is below zero"
            yield _hold(f"{path}.unit_value", detail, None)
    if customs.net_weight_g > request.weight_g:
        yield _hold(
            "customs.lines",
            f"the goods weigh {customs.net_weight_g} g net, the parcels {request.weight_g} g gross",
            "weigh the parcels, or correct the weights of the goods",
        )
    remarks = clean(customs.invoice_remarks or "")
    yield from text_holds("customs.invoice_remarks", remarks, len(remarks), settings.script, HoldReason.CUSTOMS)
    if remarks and wrap(remarks, _REMARK_WIDTH, _REMARK_COUNT) is None:
        detail = f"the invoice has room for {_REMARK_COUNT} remarks of {_REMARK_WIDTH} characters"
        yield _hold("customs.invoice_remarks", detail, "shorten the remarks")
    if customs.incoterm is Incoterm.DDP and settings.duties_account is None:
        detail = "DDP needs an account that pays duties and taxes, and this account has none"
        yield _hold("customs.incoterm", detail, "set duties_account of the account, or sell DAP")


def _hold(field: str, detail: str, repair: str | None) -> Hold:
    return Hold(reason=HoldReason.CUSTOMS, detail=detail, field=field, repair=repair)
