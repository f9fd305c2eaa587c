"""From an order to what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from xborder_sandbox.dhl.doc import Doc
from xborder_sandbox.dhl.invoice_pdf import Invoice, InvoiceLine
from xborder_sandbox.dhl.label_data import LabelData, LabelPiece
from xborder_sandbox.dhl.shipment_reading import PAPERLESS, Order, read_party
from xborder_sandbox.dhl.store import PieceRecord
from xborder_sandbox.dhl.templates import Template

_INVOICE_TITLES = {"proforma": "Proforma Invoice", "returns": "Returns Invoice"}
# COMMERCIAL_INVOICE_P_10 prints four addresses, _L_10 six, in this order of priority (imageOptions.templateName).
_INVOICE_ROLES = ("shipper", "receiver", "exporter", "importer", "buyer", "seller", "payer", "broker")
_INVOICE_TITLES_OF_ROLES = {"shipper": "SHIP FROM", "receiver": "SHIP TO"}
# The routing barcode's product and feature digits, as in the document's examples for product P.
_ROUTING_SUFFIX = "+48000001"


def label_data(order: Order, waybill: str, pieces: Sequence[PieceRecord], made_on: date) -> LabelData:
    """Return what stands on the labels."""
    destination, origin = order.lane.destination, order.lane.origin
    content = order.content
    unit = "kg" if order.load.metric else "lb"
    features = ("C" if order.dutiable else "", "PLT" if order.has_service(PAPERLESS) else "")
    postcode = "".join(letter for letter in destination.postal_code if letter.isalnum())
    option = order.image_option("label")
    return LabelData(
        waybill=waybill,
        product_code=order.product.code,
        product_name=order.product.name,
        content_code=order.product.content_code,
        made_on=made_on,
        shipper=order.shipper,
        receiver=order.receiver,
        origin=origin.area.code,
        routing=f"{destination.country.code}-{destination.area.code}-{destination.area.facility}",
        routing_barcode=f"2L{destination.country.code}{postcode}{_ROUTING_SUFFIX}",
        features="-".join(part for part in features if part),
        reference=order.references[0][1] if order.references else "",
        description=content.text("description"),
        pieces=tuple(
            LabelPiece(
                piece.number,
                len(pieces),
                piece.tracking_number,
                f"{piece.weight.normalize():f} {unit}",
                piece.description or content.text("description"),
            )
            for piece in pieces
        ),
        free_text=option.text("labelFreeText") or option.text("labelCustomerDataText"),
        account=order.account,
        declared_value=declared_value(content),
        services=tuple(f"{wish.service.name}({wish.service.code})" for wish in order.wishes),
    )


def declared_value(content: Doc) -> str:
    """Return the declared value with its currency, or nothing."""
    if not content.decimal("declaredValue"):
        return ""
    return f"{content.decimal('declaredValue'):f} {content.text('declaredValueCurrency')}"


def invoice_data(order: Order, waybill: str, template: Template) -> Invoice:
    """Return what stands on the commercial invoice."""
    content = order.content
    declaration = content.at("exportDeclaration")
    customer = order.request.at("customerDetails")
    kind = order.image_option("invoice").text("invoiceType")
    most = 4 if template.name.endswith("_P_10") else 6
    roles = [role for role in _INVOICE_ROLES if customer.at(f"{role}Details")][:most]
    return Invoice(
        title=_INVOICE_TITLES.get(kind, "Commercial Invoice"),
        waybill=waybill,
        number=declaration.at("invoice").text("number"),
        date=declaration.at("invoice").text("date"),
        currency=content.text("declaredValueCurrency"),
        incoterm=content.text("incoterm"),
        place=declaration.text("placeOfIncoterm"),
        reason=declaration.text("exportReasonType").upper(),
        unit_of_weight="kg" if order.load.metric else "lb",
        parties=tuple(
            (_INVOICE_TITLES_OF_ROLES.get(role, role.upper()), read_party(customer.at(f"{role}Details")))
            for role in roles
        ),
        lines=tuple(_line(line) for line in declaration.each("lineItems")),
        charges=tuple(
            (charge.text("caption") or charge.text("typeCode"), charge.decimal("value"))
            for charge in declaration.each("additionalCharges")
        ),
        remarks=tuple(remark.text("value") for remark in declaration.each("remarks")),
    )


def _line(line: Doc) -> InvoiceLine:
    codes = [code.text("value") for code in line.each("commodityCodes")]
    weight = line.at("weight")
    return InvoiceLine(
        int(line.decimal("number")),
        line.text("description"),
        " ".join(dict.fromkeys(codes)),
        line.text("manufacturerCountry"),
        int(line.at("quantity").decimal("value")),
        line.at("quantity").text("unitOfMeasurement"),
        line.decimal("price"),
        weight.decimal("netValue") or weight.decimal("grossValue") or Decimal(0),
    )
