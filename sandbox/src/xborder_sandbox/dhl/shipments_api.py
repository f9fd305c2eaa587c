"""POST /shipments, and what is uploaded to and fetched from a shipment afterwards."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence

from xborder_sandbox.dhl.booking import book, uploaded_kind
from xborder_sandbox.dhl.call import Answer, Call
from xborder_sandbox.dhl.doc import Doc
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.problems import (
    NO_IMAGES,
    SHIPMENT_NUMBER_UNKNOWN,
    TIFF_IN_ONE_PDF,
    Problem,
    refused,
    wrong_format,
)
from xborder_sandbox.dhl.shapes_shipments import SHIPMENT_REQUEST
from xborder_sandbox.dhl.shapes_uploads import IMAGE_UPLOAD_REQUEST, INVOICE_DATA_REQUEST
from xborder_sandbox.dhl.shipment_answer import shipment_body
from xborder_sandbox.dhl.shipment_reading import read_order
from xborder_sandbox.dhl.store import Document, Shipment

# Query parameter typeCode of get-image.
_KINDS = (
    "waybill",
    "commercial-invoice",
    "customs-entry",
    "transport-accompanying-document",
    "generic-entry-summary",
    "dhl-issued-proforma-invoice",
)


def post_shipment(network: Network, call: Call) -> Answer:
    """Buy a shipment, or only check the order."""
    check_only = call.flag("validateDataOnly")
    call.flag("strictValidation")
    call.flag("bypassPLTError")
    request = call.document(SHIPMENT_REQUEST)
    order = read_order(network, request)
    uploads = _uploads(request.each("documentImages"))
    if check_only:
        # What the real API answers here is not documented; nothing of the 201 schema is required.
        return Answer({"warnings": []}, 201)
    shipment, images = book(network, order, uploads, call.message_reference)
    return Answer(
        shipment_body(order, shipment, images, call.base),
        201,
        {"Location": f"/shipments/{shipment.number}"},
    )


def patch_image(network: Network, call: Call) -> Answer:
    """Add documents to a shipment."""
    request = call.document(IMAGE_UPLOAD_REQUEST)
    shipment = network.store.shipments.get(call.path["shipmentTrackingNumber"])
    if shipment is None or not _describes(request, shipment):
        raise Problem(404, "Not found", "Operation not possible since shipment information not found", "Not found")
    shipment.documents.extend(_uploads(request.each("documentImages")))
    return Answer(None)


def _describes(request: Doc, shipment: Shipment) -> bool:
    accounts = {account.text("number") for account in request.each("accounts")}
    return (
        request.text("shipmentTrackingNumber", shipment.number) == shipment.number
        and request.text("productCode") == shipment.journey.product.code
        and request.text("originalPlannedShippingDate") == shipment.journey.planned.date().isoformat()
        and shipment.account in accounts
    )


def patch_invoice_data(network: Network, call: Call) -> Answer:
    """Add the data of an invoice to a shipment."""
    request = call.document(INVOICE_DATA_REQUEST)
    number = call.path["shipmentTrackingNumber"]
    shipment = network.store.shipments.get(number)
    if shipment is None or request.text("shipmentTrackingNumber", number) != number:
        raise refused([SHIPMENT_NUMBER_UNKNOWN])
    shipment.invoice_numbers.extend(
        declaration.at("invoice").text("number") for declaration in request.at("content").each("exportDeclaration")
    )
    return Answer(None)


def get_image(network: Network, call: Call) -> Answer:
    """Fetch stored documents."""
    call.need("shipperAccountNumber", "typeCode", "pickupYearAndMonth")
    kinds = call.all("typeCode")
    unknown = [kind for kind in kinds if kind not in _KINDS]
    month = call.one("pickupYearAndMonth")
    form = call.choice("encodingFormat", ("pdf", "tiff"), "pdf")
    if unknown:
        raise wrong_format([f"typeCode ({kind})" for kind in unknown])
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise wrong_format(["pickupYearAndMonth (YYYY-MM)"])
    in_one, compressed = call.flag("allInOnePDF"), call.flag("compressedPackage")
    if form == "tiff" and in_one:
        raise refused([TIFF_IN_ONE_PDF])
    if in_one or compressed:
        raise refused(["The sandbox returns documents one by one: leave out allInOnePDF and compressedPackage."])
    shipment = network.store.shipments.get(call.path["shipmentTrackingNumber"])
    found = []
    if shipment is not None and _matches(shipment, call.one("shipperAccountNumber"), month):
        found = [d for d in shipment.documents if d.kind in kinds and d.form.lower() == form]
    if shipment is None or not found:
        raise Problem(404, "Not found", NO_IMAGES, "Not found")
    documents = [
        {
            "shipmentTrackingNumber": shipment.number,
            "typeCode": document.kind,
            "encodingFormat": document.form,
            "content": base64.b64encode(document.content).decode(),
        }
        for document in found
    ]
    return Answer({"documents": documents})


def _matches(shipment: Shipment, account: str, month: str) -> bool:
    return shipment.account == account and shipment.journey.planned.strftime("%Y-%m") == month


def _uploads(images: Sequence[Doc]) -> list[Document]:
    documents = []
    for index, image in enumerate(images):
        try:
            content = base64.b64decode(image.text("content"), validate=True)
        except binascii.Error:
            raise refused([f"#/documentImages/{index}/content is not base64."]) from None
        documents.append(
            Document(uploaded_kind(image.text("typeCode", "INV")), image.text("imageFormat", "PDF"), content)
        )
    return documents
