"""Buying a shipment, looking it up, and its papers.

MyDHL API OpenAPI 3.1.1: POST /shipments, GET /tracking by shipmentReference, GET /shipments/{no}/get-image.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from xborder_dhl.checks import shipment_holds
from xborder_dhl.customs import declared, declared_value, duties_paid, export_declaration
from xborder_dhl.kind import DhlKind
from xborder_dhl.measures import accounts, billed, local_time, package, planned, small_integer
from xborder_dhl.papers import read_document
from xborder_dhl.parties import party, registrations
from xborder_dhl.services import OPTIONS, value_added_services
from xborder_dhl.settings import DhlSettings
from xborder_dhl.texts import clean
from xborder_dhl.vocabulary import (
    ENCODINGS,
    INVOICE_TYPES,
    LABEL_TEMPLATES,
    STORED_DOCUMENTS,
    WAYBILL_TEMPLATES,
)
from xborder_sdk.errors import InvalidRequest, MalformedResponse, NotFound
from xborder_sdk.hookspecs import CreateShipment, FindShipment, GetDocuments, refuse
from xborder_sdk.lettering import shortened
from xborder_sdk.models import (
    Document,
    DocumentFormat,
    LookupPower,
    PurchaseProfile,
    Raw,
    Shipment,
    ShipmentLookup,
    ShippedParcel,
)
from xborder_sdk.reading import JsonObject, parse_time
from xborder_sdk.steps import Flow, Response, escape

_OWN_REFERENCE = "CU"
"""OpenAPI, Reference.typeCode: reference number of consignor, the default. At the
shipment's level ours alone has this type."""

_ORDER_REFERENCE = "CO"
"""OpenAPI, Reference.typeCode: buyers order number."""

_DAYS_AHEAD = 10
"""OpenAPI, plannedShippingDateAndTime: at most ten days in the future."""


class DhlShipments(DhlKind):
    """Purchases and papers."""

    honours: ClassVar[Mapping[str, frozenset[str]]] = {"create_shipment": OPTIONS | {"book_pickup"}}
    profile = PurchaseProfile(
        reference_max=35,
        lookup=LookupPower.FINDS,
        label_refetchable=False,
        voidable=False,
        source="MyDHL API OpenAPI 3.1.1: Reference.value, GET /tracking, get-image typeCode, no DELETE on /shipments",
    )

    def create_shipment(self, request: CreateShipment) -> Flow[Shipment]:
        settings = self._settings
        refuse(shipment_holds(request, settings))
        reference = request.reference(self.profile.reference_max, self.profile.reference_alphabet)
        body = shipment_body(request, reference, settings)
        response = yield from self.api.once("POST", "/shipments", json=body)
        return read_shipment(response, request, reference, self.account)

    def find_shipment(self, request: FindShipment) -> Flow[ShipmentLookup]:
        # The document says neither whose midnight bounds a day nor whether the date of booking or the planned date of
        # shipping counts, so the range covers both readings.
        first = request.bought_from.date() - timedelta(days=1)
        last = request.bought_to.date() + timedelta(days=_DAYS_AHEAD + 1)
        query = {
            "shipmentReference": request.reference,
            "shipmentReferenceType": _OWN_REFERENCE,
            "shipperAccountNumber": self._settings.account_number,
            "dateRangeFrom": first.isoformat(),
            "dateRangeTo": last.isoformat(),
            "trackingView": "shipment-details-only",
        }
        try:
            response = yield from self.api.read("GET", "/tracking", query=query)
        except NotFound:
            return ShipmentLookup()
        return read_lookup(response, request.reference, self.account)

    def get_documents(self, request: GetDocuments) -> Flow[tuple[Document, ...]]:
        for index, kind in enumerate(request.kinds):
            if kind not in STORED_DOCUMENTS:
                raise InvalidRequest(
                    f"DHL keeps no {kind.value} to fetch again",
                    field=f"kinds.{index}",
                    hint=f"it keeps {', '.join(sorted(k.value for k in STORED_DOCUMENTS))}; a label comes once",
                )
        if request.format not in {DocumentFormat.PDF, DocumentFormat.TIFF}:
            raise InvalidRequest("DHL keeps papers as PDF or TIFF", field="format", hint="ask for PDF")
        if request.bought_at is None:
            hint = "pass bought_at, the time of the purchase"
            raise InvalidRequest("DHL files papers by the month of pickup", field="bought_at", hint=hint)
        bought = local_time(request.bought_at, self._settings.zone).date()
        months = dict.fromkeys((bought.strftime("%Y-%m"), (bought + timedelta(days=_DAYS_AHEAD)).strftime("%Y-%m")))
        found: list[Document] = []
        for kind in dict.fromkeys(request.kinds):
            for month in months:
                query = {
                    "shipperAccountNumber": self._settings.account_number,
                    "typeCode": STORED_DOCUMENTS[kind],
                    "pickupYearAndMonth": month,
                    "encodingFormat": request.format.value,
                }
                path = f"/shipments/{escape(request.waybill)}/get-image"
                try:
                    response = yield from self.api.read("GET", path, query=query)
                except NotFound:
                    continue
                found.extend(read_stored(response, request.waybill))
                break
        if not found:
            raise NotFound("DHL has none of these papers (yet)")
        return tuple(found)


def shipment_body(request: CreateShipment, reference: str, settings: DhlSettings) -> dict[str, Any]:
    """The body of POST /shipments.

    Args:
        request: The checked shipment.
        reference: Our reference, by which `find_shipment` looks.
        settings: The account's settings.
    """
    pickup: dict[str, Any] = {"isRequested": request.book_pickup}
    if request.book_pickup:
        if settings.pickup_close_time is not None:
            pickup["closeTime"] = settings.pickup_close_time
        if settings.pickup_location is not None:
            pickup["location"] = settings.pickup_location
    body: dict[str, Any] = {
        "plannedShippingDateAndTime": planned(request.ship_at, settings.zone),
        "pickup": pickup,
        "productCode": clean(request.service),
        "getRateEstimates": settings.rate_estimate,
        "accounts": accounts(settings, duties_paid(request)),
        "outputImageProperties": _images(request, settings),
        "customerReferences": [
            {"value": reference, "typeCode": _OWN_REFERENCE},
            *({"value": clean(text), "typeCode": _ORDER_REFERENCE} for text in request.references if clean(text)),
        ],
        "customerDetails": _parties(request, settings),
        "content": _content(request, settings),
        "estimatedDeliveryDate": {"isRequested": True, "typeCode": "QDDC"},
    }
    if services := value_added_services(request):
        body["valueAddedServices"] = services
    if len(request.parcels) > 1:
        # Labels come one per piece and say which piece they belong to.
        body["getAdditionalInformation"] = [{"typeCode": "linkLabelsByPieces", "isRequested": True}]
    return body


def _parties(request: CreateShipment, settings: DhlSettings) -> dict[str, Any]:
    shipper, receiver = party(request.sender), party(request.recipient)
    shipper["typeCode"] = settings.shipper_type
    # IOSS and its like belong to whoever sells, and DHL's own example carries SDT with the shipper (OpenAPI, example
    # nonDocInternationalShipmentRequest).
    declared_numbers = request.customs.tax_numbers if request.customs is not None else ()
    if numbers := registrations((*request.sender.tax_numbers, *declared_numbers), settings):
        shipper["registrationNumbers"] = numbers
    if numbers := registrations(request.recipient.tax_numbers, settings):
        receiver["registrationNumbers"] = numbers
    return {"shipperDetails": shipper, "receiverDetails": receiver}


def _content(request: CreateShipment, settings: DhlSettings) -> dict[str, Any]:
    customs = declared(request)
    content: dict[str, Any] = {
        "packages": [_package(index, request) for index in range(len(request.parcels))],
        "isCustomsDeclarable": customs is not None,
        "description": _description(request),
        "incoterm": request.customs.incoterm.value if request.customs is not None else "DAP",
        "unitOfMeasurement": "metric",
    }
    if customs is not None:
        content["declaredValue"] = declared_value(customs)
        content["declaredValueCurrency"] = customs.lines[0].unit_value.currency
        content["exportDeclaration"] = export_declaration(request, customs, settings)
    return content


def _package(index: int, request: CreateShipment) -> dict[str, Any]:
    parcel = request.parcels[index]
    found = package(parcel) | {"referenceNumber": index + 1}
    if description := clean(parcel.description or ""):
        found["description"] = description
    if reference := clean(parcel.reference or ""):
        found["customerReferences"] = [{"value": reference, "typeCode": _OWN_REFERENCE}]
    return found


def _description(request: CreateShipment) -> str:
    """The summary of the contents, at most 70 characters; the declaration holds the full descriptions."""
    texts = [clean(parcel.description or "") for parcel in request.parcels]
    if not all(texts) and request.customs is not None:
        texts = [clean(line.description) for line in request.customs.lines]
    return shortened(", ".join(dict.fromkeys(text for text in texts if text)), 70)


def printer_dpi(request: CreateShipment) -> int:
    """The nearest of the two resolutions DHL draws for."""
    return 300 if request.label.dpi >= 250 else 200


def _images(request: CreateShipment, settings: DhlSettings) -> dict[str, Any]:
    label, customs = request.label, declared(request)
    options: list[dict[str, Any]] = [
        {
            "typeCode": "label",
            "templateName": settings.label_templates.get(label.stock, LABEL_TEMPLATES[label.stock]),
        }
    ]
    if settings.waybill_document:
        template = settings.waybill_templates.get(label.stock, WAYBILL_TEMPLATES[label.stock])
        options.append({"typeCode": "waybillDoc", "templateName": template, "isRequested": True})
    if customs is not None and label.invoice:
        options.append(
            {
                "typeCode": "invoice",
                "templateName": settings.invoice_template,
                "isRequested": True,
                "invoiceType": INVOICE_TYPES.get(customs.contents, "proforma"),
                "languageCode": "eng",
            }
        )
    return {
        "printerDPI": printer_dpi(request),
        "encodingFormat": ENCODINGS[label.format],
        "imageOptions": options,
        "splitTransportAndWaybillDocLabels": True,
        "splitInvoiceAndReceipt": True,
        "allDocumentsInOneImage": False,
    }


def read_shipment(response: Response, request: CreateShipment, reference: str, account: str) -> Shipment:
    """The bought shipment; a paper that cannot be read becomes a warning, since the waybill is worth more."""
    body = response.object()
    waybill = body.text("shipmentTrackingNumber")
    warnings = list(body.texts("warnings"))
    parcels, documents = [], []
    dpi = printer_dpi(request)
    sources: list[tuple[JsonObject, str]] = []
    numbers: dict[int, str] = {}
    for index, piece in enumerate(body.children("packages"), 1):
        position = small_integer(piece, "referenceNumber", 999) or index
        tracking_number = piece.text_or_none("trackingNumber")
        parcels.append(ShippedParcel(number=position, tracking_number=tracking_number))
        if tracking_number is not None:
            numbers[position] = tracking_number
        sources.extend((found, tracking_number or waybill) for found in piece.children("documents"))
    for found in body.children("documents"):
        position = small_integer(found, "packageReferenceNumber", 999) or 0
        sources.append((found, numbers.get(position, waybill)))
    for found, number in sources:
        document = read_document(found, "imageFormat", number, dpi)
        if document is None:
            warnings.append(f"a document ({found.text_or_none('typeCode') or 'unnamed'}) cannot be decoded")
        else:
            documents.append(document)
    pickup = body.text_or_none("dispatchConfirmationNumber")
    delivery = body.child("estimatedDeliveryDate").text_or_none("estimatedDeliveryDate")
    return Shipment(
        account=account,
        waybill=waybill,
        reference=reference,
        service=request.service,
        parcels=tuple(parcels),
        documents=tuple(documents),
        price=billed(body.children("shipmentCharges")),
        pickup_number=pickup,
        delivery_at=parse_time(delivery) if delivery is not None else None,
        delivery_local_time=delivery,
        warnings=tuple(warnings),
        actions=_actions(pickup),
        raw=Raw(response.content),
    )


def _actions(pickup: str | None) -> frozenset[str]:
    found = {"track", "get_documents", "get_proof_of_delivery"}
    return frozenset(found | {"change_pickup", "cancel_pickup"} if pickup is not None else found)


def read_lookup(response: Response, reference: str, account: str) -> ShipmentLookup:
    """The shipment with our reference; several are reported, never chosen from in silence."""
    body = response.object()
    listed = body.get("shipments")
    if not isinstance(listed, list):
        raise MalformedResponse("field shipments is missing or no list")
    found: dict[str, tuple[int, JsonObject]] = {}
    for index, item in enumerate(listed):
        shipment = JsonObject(item if isinstance(item, dict) else {}, f"shipments[{index}]")
        waybill = shipment.text_or_none("shipmentTrackingNumber")
        if waybill is not None and _carries(shipment, reference):
            found.setdefault(waybill, (index, shipment))
    if not found:
        return ShipmentLookup()
    waybill, (index, shipment) = next(iter(found.items()))
    others = [number for number in found if number != waybill]
    return ShipmentLookup(
        shipment=Shipment(
            account=account,
            waybill=waybill,
            reference=reference,
            service=shipment.text_or_none("productCode"),
            parcels=tuple(
                ShippedParcel(number=number, tracking_number=piece.text_or_none("trackingNumber"))
                for number, piece in enumerate(shipment.children("pieces"), 1)
            ),
            warnings=(f"more shipments carry this reference: {', '.join(others)}",) if others else (),
            actions=_actions(None),
            raw=Raw(response.content, ("shipments", index)),
        )
    )


def _carries(shipment: JsonObject, reference: str) -> bool:
    """Whether a found shipment may be ours; one that lists only other references is somebody else's."""
    references = [entry.text_or_none("value") for entry in shipment.children("shipperReferences")]
    known = [text for text in references if text is not None]
    return not known or reference in known


def read_stored(response: Response, waybill: str) -> list[Document]:
    """The papers of an answer of get-image."""
    found = []
    for item in response.object().children("documents"):
        document = read_document(item, "encodingFormat", item.text_or_none("shipmentTrackingNumber") or waybill)
        if document is None:
            raise MalformedResponse(f"field {item.path}.content is no document")
        found.append(document)
    return found
