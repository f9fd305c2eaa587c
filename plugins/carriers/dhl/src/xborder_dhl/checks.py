"""Everything a shipment can be refused for without asking DHL, in one place: preflight and purchase use the same."""

from __future__ import annotations

from collections.abc import Iterator

from xborder_dhl.customs import customs_holds, declared
from xborder_dhl.measures import fits
from xborder_dhl.parties import party_holds, place_holds, registration_holds
from xborder_dhl.settings import DhlSettings
from xborder_dhl.texts import clean, text_holds
from xborder_dhl.vocabulary import ENCODINGS
from xborder_sdk.hookspecs import CreateShipment, LabelStock, ShipmentDetails
from xborder_sdk.models import DocumentFormat, Hold, HoldReason


def rate_holds(request: ShipmentDetails, settings: DhlSettings) -> Iterator[Hold]:
    """Why a shipment cannot be priced."""
    yield from place_holds("sender", request.sender, settings.script)
    yield from place_holds("recipient", request.recipient, settings.script)
    yield from _option_holds(request)
    if (customs := declared(request)) is not None:
        for index, line in enumerate(customs.lines):
            if line.unit_value.currency != customs.lines[0].unit_value.currency:
                detail = "the values are in several currencies, an invoice has one"
                yield Hold(reason=HoldReason.CUSTOMS, detail=detail, field="customs.lines", repair="convert them")
                return
            if not fits(line.unit_value.amount):
                detail = f"the value of line {index + 1} has more than three decimals or is below zero"
                yield Hold(reason=HoldReason.CUSTOMS, detail=detail, field=f"customs.lines.{index}.unit_value")


def shipment_holds(request: ShipmentDetails, settings: DhlSettings) -> Iterator[Hold]:
    """Why a shipment cannot be bought."""
    yield from party_holds("sender", request.sender, settings.script)
    yield from party_holds("recipient", request.recipient, settings.script)
    yield from registration_holds("sender", request.sender.tax_numbers, settings)
    yield from registration_holds("recipient", request.recipient.tax_numbers, settings)
    if request.customs is not None:
        yield from registration_holds("customs", request.customs.tax_numbers, settings)
    if request.service is not None:
        yield from text_holds("service", request.service, 6, settings.script, HoldReason.NO_SERVICE)
    yield from _parcel_holds(request, settings)
    yield from _option_holds(request)
    yield from customs_holds(request, settings)
    if isinstance(request, CreateShipment):
        yield from _purchase_holds(request, settings)


def _option_holds(request: ShipmentDetails) -> Iterator[Hold]:
    insured = request.options.insurance
    if insured is not None and not fits(insured.amount):
        detail = "the insured value has more than three decimals or is below zero"
        yield Hold(reason=HoldReason.POLICY, detail=detail, field="options.insurance")
    if request.options.paperless_trade and declared(request) is None:
        detail = "paperless trade needs a customs declaration, and this shipment has none"
        repair = "leave paperless_trade out"
        yield Hold(reason=HoldReason.POLICY, detail=detail, field="options.paperless_trade", repair=repair)


def _parcel_holds(request: ShipmentDetails, settings: DhlSettings) -> Iterator[Hold]:
    for index, parcel in enumerate(request.parcels):
        path = f"parcels.{index}"
        if settings.max_piece_g is not None and parcel.weight_g > settings.max_piece_g:
            detail = f"{path} weighs {parcel.weight_g} g, the account takes {settings.max_piece_g} g a piece"
            yield Hold(reason=HoldReason.NO_SERVICE, detail=detail, field=f"{path}.weight_g", repair="split it")
        if settings.max_piece_mm is not None and parcel.dimensions is not None:
            size = parcel.dimensions
            longest = max(size.length_mm, size.width_mm, size.height_mm)
            if longest > settings.max_piece_mm:
                detail = f"{path} is {longest} mm long, the account takes {settings.max_piece_mm} mm"
                yield Hold(reason=HoldReason.NO_SERVICE, detail=detail, field=f"{path}.dimensions")
        if parcel.description:
            yield from text_holds(f"{path}.description", parcel.description, 70, settings.script, HoldReason.POLICY)
        if parcel.reference:
            yield from text_holds(f"{path}.reference", parcel.reference, 35, settings.script, HoldReason.POLICY)
    if request.customs is None and not any(clean(parcel.description or "") for parcel in request.parcels):
        yield Hold(
            reason=HoldReason.MISSING_DATA,
            detail="nothing says what is inside, and DHL takes no shipment without a description",
            field="parcels.0.description",
            repair="give the parcel a description in English",
        )


def _purchase_holds(request: CreateShipment, settings: DhlSettings) -> Iterator[Hold]:
    for index, text in enumerate(request.references):
        yield from text_holds(f"references.{index}", text, 35, settings.script, HoldReason.POLICY)
    label = request.label
    if label.format not in ENCODINGS:
        detail = f"DHL draws no label as {label.format.value}"
        repair = "ask for PDF or ZPL; a PDF can be turned into a picture afterwards"
        yield Hold(reason=HoldReason.POLICY, detail=detail, field="label.format", repair=repair)
    elif label.stock is LabelStock.A4 and label.format is not DocumentFormat.PDF:
        detail = "a label for A4 paper comes as PDF only"
        yield Hold(reason=HoldReason.POLICY, detail=detail, field="label.stock", repair="ask for PDF")
    if request.options.paperless_trade and declared(request) is not None and not label.invoice:
        detail = "paperless trade needs DHL to draw the invoice"
        yield Hold(reason=HoldReason.POLICY, detail=detail, field="label.invoice", repair="ask for the invoice")
