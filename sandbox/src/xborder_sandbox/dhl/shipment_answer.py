"""The answer of POST /shipments (schema CreateShipmentResponse)."""

from __future__ import annotations

import base64
from datetime import date

from xborder_sandbox.dhl.documents import Image
from xborder_sandbox.dhl.label_data import Party
from xborder_sandbox.dhl.lane import End
from xborder_sandbox.dhl.pricing import BASE_CURRENCY, price, wire
from xborder_sandbox.dhl.qr_png import qr_png
from xborder_sandbox.dhl.rates_answer import pickup_capabilities
from xborder_sandbox.dhl.scans import Journey, expected_delivery, transit_days
from xborder_sandbox.dhl.schedule import day_number
from xborder_sandbox.dhl.shipment_reading import Order
from xborder_sandbox.dhl.store import Shipment


def shipment_body(order: Order, shipment: Shipment, images: list[Image], base: str) -> dict[str, object]:
    """Return the answer.

    Args:
        order: What was ordered.
        shipment: What was made of it.
        images: The documents.
        base: The address of the API.
    """
    tracking = f"{base}/shipments/{shipment.number}/tracking"
    body: dict[str, object] = {
        "shipmentTrackingNumber": shipment.number,
        "trackingUrl": tracking,
        "packages": _packages(order, shipment, tracking),
        "documents": [_document(image) for image in images],
        "shipmentDetails": [_details(order)],
    }
    if shipment.pickup:
        body["dispatchConfirmationNumber"] = shipment.pickup
        body["cancelPickupUrl"] = f"{base}/pickups/{shipment.pickup}"
    wish = order.request.at("estimatedDeliveryDate")
    if wish.flag("isRequested"):
        body["estimatedDeliveryDate"] = {
            "estimatedDeliveryDate": expected_delivery(shipment.journey).date().isoformat(),
            "estimatedDeliveryType": wish.text("typeCode", "QDDF"),
        }
    if order.request.flag("getRateEstimates"):
        body["shipmentCharges"] = _charges(order)
    if order.wants_information("barcodeInformation"):
        body["barcodeInfo"] = _barcodes(shipment)
    warnings = _warnings(order)
    if warnings:
        body["warnings"] = warnings
    return body


def _packages(order: Order, shipment: Shipment, tracking: str) -> list[dict[str, object]]:
    packages = []
    for piece in shipment.pieces:
        package: dict[str, object] = {
            "referenceNumber": piece.number,
            "trackingNumber": piece.tracking_number,
            "trackingUrl": f"{tracking}?pieceTrackingNumber={piece.tracking_number}",
        }
        if piece.sizes:
            package["volumetricWeight"] = wire(piece.volumetric)
        if order.is_image_requested("qr-code"):
            content = _base64(qr_png(f"{shipment.number};{piece.tracking_number}"))
            package["documents"] = [{"imageFormat": "PNG", "content": content, "typeCode": "qr-code"}]
        packages.append(package)
    return packages


def _document(image: Image) -> dict[str, object]:
    document: dict[str, object] = {
        "imageFormat": image.form,
        "content": _base64(image.content),
        "typeCode": image.kind,
    }
    if image.piece is not None:
        document["packageReferenceNumber"] = image.piece
    return document


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _details(order: Order) -> dict[str, object]:
    pickup = pickup_capabilities(order.lane, order.planned)
    days = transit_days(order.lane, order.product, order.dutiable)
    details: dict[str, object] = {
        "pickupDetails": {
            "localCutoffDateAndTime": pickup["localCutoffDateAndTime"],
            "cutoffTimeOffset": "PT1H",
            "pickupEarliest": pickup["pickupEarliest"],
            "pickupLatest": pickup["pickupLatest"],
            "pickupCutoffSameDayOutboundProcessing": pickup["pickupLatest"],
            "totalTransitDays": str(days),
            "pickupAdditionalDays": str(pickup["pickupAdditionalDays"]),
            "deliveryAdditionalDays": "0",
            "pickupDayOfWeek": str(pickup["pickupDayOfWeek"]),
            "deliveryDayOfWeek": str(day_number(_delivery_day(order))),
        }
    }
    if order.wants_information("optionalShipmentData"):
        details |= {
            "volumetricWeight": wire(order.load.volumetric),
            "serviceContentCode": order.product.content_code,
            "productShortName": order.product.name,
            "valueAddedServices": [
                {"serviceCode": wish.service.code, "description": wish.service.name} for wish in order.wishes
            ],
            "customerDetails": {
                "shipperDetails": _party(order.shipper, order.lane.origin),
                "receiverDetails": _party(order.receiver, order.lane.destination),
            },
            "originServiceArea": {
                "facilityCode": order.lane.origin.area.facility,
                "serviceAreaCode": order.lane.origin.area.code,
            },
            "destinationServiceArea": {
                "facilityCode": order.lane.destination.area.facility,
                "serviceAreaCode": order.lane.destination.area.code,
            },
        }
    return details


def _delivery_day(order: Order) -> date:
    return expected_delivery(Journey(order.lane, order.product, order.planned, "", order.dutiable)).date()


def _party(party: Party, place: End) -> dict[str, object]:
    address: dict[str, object] = {
        "postalCode": party.postal_code,
        "cityName": party.city,
        "countryCode": place.country.code,
        "countryName": party.country[:35],
    }
    address |= {f"addressLine{number}": line for number, line in enumerate(party.street, start=1)}
    return {
        "postalAddress": address,
        "contactInformation": {"companyName": party.company, "fullName": party.person},
    }


def _charges(order: Order) -> list[dict[str, object]]:
    charges = []
    public = order.lane.origin.country.currency
    for kind, currency, is_public in (
        ("BILLC", order.currency, False),
        ("PULCL", public, True),
        ("BASEC", BASE_CURRENCY, False),
    ):
        cost = price(order.lane, order.product, order.load, order.wishes, currency, is_public)
        lines = []
        for charge in cost.charges:
            line: dict[str, object] = {"name": charge.name, "price": wire(charge.base)}
            if charge.code:
                line["typeCode"] = charge.code
            lines.append(line)
        charges.append(
            {
                "currencyType": kind,
                "priceCurrency": currency,
                "price": wire(cost.total),
                "serviceBreakdown": lines,
            }
        )
    return charges


def _barcodes(shipment: Shipment) -> dict[str, object]:
    return {
        "shipmentIdentificationNumberBarcodeContent": _base64(shipment.number.encode()),
        "routingBarcodeContent": _base64(shipment.label.routing_barcode.encode()),
        "trackingNumberBarcodes": [
            {
                "referenceNumber": piece.number,
                "trackingNumberBarcodeContent": _base64(f"J{piece.tracking_number}".encode()),
            }
            for piece in shipment.pieces
        ],
    }


def _warnings(order: Order) -> list[str]:
    warnings = []
    if pickup_capabilities(order.lane, order.planned)["nextBusinessDay"]:
        warnings.append("The planned time is after the cut-off or on a weekend: pickup is on the next business day.")
    if order.product.by_agreement:
        warnings.append(f"Product {order.product.code} needs a customer agreement.")
    return warnings
