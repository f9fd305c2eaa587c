"""Answers of tracking (schema TrackingResponse)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from xborder_sandbox.dhl.lane import End
from xborder_sandbox.dhl.pricing import wire
from xborder_sandbox.dhl.scans import Scan, expected_delivery
from xborder_sandbox.dhl.schedule import offset_text
from xborder_sandbox.dhl.store import PieceRecord, Shipment

VIEWS = (
    "all-checkpoints",
    "all-checkpoints-with-remarks",
    "last-checkpoint",
    "shipment-details-only",
    "advance-shipment",
    "bbx-children",
)
LEVELS = ("shipment", "piece", "all")
ORDERS = ("newest-first", "oldest-first", "shuffled")


@dataclass(frozen=True)
class View:
    """How much is asked for, and in which order scans stand."""

    view: str = VIEWS[0]
    level: str = LEVELS[0]
    with_offset: bool = False
    order: str = ORDERS[0]


def tracked(shipment: Shipment, now: datetime, view: View, chance: random.Random) -> dict[str, object]:
    """Return one shipment of the answer."""
    lane, planned = shipment.journey.lane, shipment.journey.planned
    scans = _selected(shipment.visible_scans(now), view)
    body: dict[str, object] = {
        "shipmentTrackingNumber": shipment.number,
        "status": "Success",
        "shipmentTimestamp": planned.replace(tzinfo=None).isoformat(),
        "productCode": shipment.journey.product.code,
        "description": shipment.description,
        "shipperDetails": _party(lane.origin),
        "receiverDetails": _party(lane.destination),
        "totalWeight": wire(shipment.load.weight),
        "unitOfMeasurements": "metric" if shipment.load.metric else "imperial",
        "shipperReferences": [{"value": value, "typeCode": kind} for kind, value in shipment.references],
        "events": [] if view.level == "piece" else _events(scans, view, chance),
        "numberOfPieces": len(shipment.pieces),
    }
    if view.level != "shipment":
        body["pieces"] = [_piece(shipment, piece, scans, view, chance) for piece in shipment.pieces]
    if shipment.delivery(now) is None and not shipment.is_lost:
        body["estimatedDeliveryDate"] = expected_delivery(shipment.journey).replace(tzinfo=None).isoformat()
    if view.view == "bbx-children":
        body["childrenShipmentIdentificationNumbers"] = []
    return body


def _selected(scans: list[Scan], view: View) -> list[Scan]:
    if view.view == "last-checkpoint":
        return scans[-1:]
    if view.view in ("shipment-details-only", "advance-shipment", "bbx-children"):
        return []
    return scans


def _events(scans: Sequence[Scan], view: View, chance: random.Random) -> list[dict[str, object]]:
    ordered = list(scans)
    if view.order == "newest-first":
        ordered.reverse()
    elif view.order == "shuffled":
        chance.shuffle(ordered)
    return [_event(scan, view.with_offset) for scan in ordered]


def _event(scan: Scan, with_offset: bool) -> dict[str, object]:
    local = scan.area.local(scan.at)
    event: dict[str, object] = {"date": local.strftime("%Y-%m-%d"), "time": local.strftime("%H:%M:%S")}
    if with_offset:
        event["GMTOffset"] = offset_text(local)
    event |= {
        "typeCode": scan.code,
        "description": scan.text,
        "serviceArea": [{"code": scan.area.code, "description": scan.area.description}],
    }
    if scan.signed_by:
        event["signedBy"] = scan.signed_by
    return event


def _party(place: End) -> dict[str, object]:
    # Names and cities stay empty, as in the document's example: personal data is not shown.
    return {
        "name": "",
        "postalAddress": {"cityName": "", "postalCode": "", "countryCode": place.country.code},
        "serviceArea": [{"code": place.area.code, "description": place.area.description}],
    }


def _piece(
    shipment: Shipment, piece: PieceRecord, scans: list[Scan], view: View, chance: random.Random
) -> dict[str, object]:
    body: dict[str, object] = {
        "number": piece.number,
        "shipmentTrackingNumber": shipment.number,
        "trackingNumber": piece.tracking_number,
        "description": piece.description,
        "weight": wire(piece.weight),
        "actualWeight": wire(piece.weight),
        "unitOfMeasurements": "metric" if shipment.load.metric else "imperial",
        "shipperReferences": [{"value": value, "typeCode": kind} for kind, value in piece.references],
        "events": _events(scans, view, chance),
    }
    if piece.sizes and min(piece.sizes) >= 1:
        # The answer has no sizes below 1, and two digits.
        two_digits = [wire(side.quantize(Decimal("0.01"))) for side in piece.sizes]
        body["dimensions"] = dict(zip(("length", "width", "height"), two_digits, strict=True))
    return body
