"""Where parcels are, and the proof that they arrived.

MyDHL API OpenAPI 3.1.1: GET /shipments/{no}/tracking, GET /tracking, GET /shipments/{no}/proof-of-delivery.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from xborder_dhl.kind import DhlKind
from xborder_dhl.papers import read_document
from xborder_dhl.vocabulary import EVENTS, LANGUAGES
from xborder_sdk.errors import InvalidRequest, MalformedResponse, NotFound
from xborder_sdk.hookspecs import GetProofOfDelivery, TrackParcels
from xborder_sdk.models import Document, Raw, Scan, Tracking, TrackingStatus
from xborder_sdk.reading import JsonObject, parse_offset, parse_time
from xborder_sdk.steps import Flow, Response, escape

BATCH = 200
"""OpenAPI, GET /tracking: "Supports up to 200 tracking numbers"."""

_PIECE = re.compile(r"^[A-Z]{2,}[A-Z0-9]*\d$")
_DELIVERED_TO = re.compile(r"^(delivered)\s*[:-]\s*(.+)$", re.IGNORECASE | re.DOTALL)
_COUNTRY = re.compile(r"-\s?([A-Z]{2})$")


class DhlTracking(DhlKind):
    """Tracking and proof of delivery."""

    honours: ClassVar[Mapping[str, frozenset[str]]] = {"track": frozenset({"language"})}

    def track(self, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        headers: dict[str, str] = {}
        if request.language is not None:
            code = LANGUAGES.get(request.language.lower())
            if code is None:
                hint = f"one of {', '.join(sorted(LANGUAGES))}, or leave it out"
                raise InvalidRequest("DHL's word for this language is not known", field="language", hint=hint)
            headers["Accept-Language"] = code
        asked = {_key(number): _sent(number) for number in request.numbers}
        shipments = [number for number in asked.values() if not _PIECE.match(number)]
        pieces = [number for number in asked.values() if _PIECE.match(number)]
        found: dict[str, Tracking] = {}
        if len(shipments) == 1:
            # Only this call offers the offset of each event, which makes a moment of its local time.
            path = f"/shipments/{escape(shipments[0])}/tracking"
            query = {"requestGMTOffsetPerEvent": "true"}
            try:
                response = yield from self.api.read("GET", path, query=query, headers=headers)
            except NotFound:
                pass
            else:
                found |= read_trackings(response)
        else:
            for batch in _batches(shipments):
                found |= yield from self._batch("shipmentTrackingNumber", batch, "shipment", headers)
        for batch in _batches(pieces):
            found |= yield from self._batch("pieceTrackingNumber", batch, "all", headers)
        return tuple(
            found[_key(number)].replace(number=number)
            if _key(number) in found
            else Tracking(number=number, found=False)
            for number in request.numbers
        )

    def _batch(
        self, parameter: str, numbers: Sequence[str], detail: str, headers: dict[str, str]
    ) -> Flow[dict[str, Tracking]]:
        query = [*((parameter, number) for number in numbers), ("levelOfDetail", detail)]
        try:
            response = yield from self.api.read("GET", "/tracking", query=query, headers=headers)
        except NotFound:
            return {}
        return read_trackings(response)

    def get_proof_of_delivery(self, request: GetProofOfDelivery) -> Flow[tuple[Document, ...]]:
        path = f"/shipments/{escape(request.waybill)}/proof-of-delivery"
        settings = self._settings
        query = {"shipperAccountNumber": settings.account_number, "content": "epod-summary"}
        response = yield from self.api.read("GET", path, query=query)
        found = []
        for item in response.object().children("documents"):
            document = read_document(item, "encodingFormat", request.waybill)
            if document is None:
                raise MalformedResponse(f"field {item.path}.content is no document")
            found.append(document)
        if not found:
            raise NotFound("DHL has no proof of delivery (yet)")
        return tuple(found)


def _sent(number: str) -> str:
    return "".join(number.split()).upper()


def _key(number: str) -> str:
    # A waybill has ten digits; an answer that writes it as a number loses its leading zeros.
    text = _sent(number)
    return text.zfill(10) if text.isdigit() else text


def _batches(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]


def read_trackings(response: Response) -> dict[str, Tracking]:
    """What an answer says, by waybill and by piece."""
    listed = response.object().get("shipments")
    if not isinstance(listed, list):
        raise MalformedResponse("field shipments is missing or no list")
    found: dict[str, Tracking] = {}
    for index, item in enumerate(listed):
        shipment = JsonObject(item if isinstance(item, dict) else {}, f"shipments[{index}]")
        raw = Raw(response.content, ("shipments", index))
        waybill = shipment.text_or_none("shipmentTrackingNumber")
        estimate = shipment.text_or_none("estimatedDeliveryDate")
        scans = tuple(_scan(event) for event in shipment.children("events"))
        # `status` tells how the look-up went, not where the parcel is.
        known = bool(scans) or (shipment.text_or_none("status") or "Success").lower() == "success"
        if waybill is not None:
            found[_key(waybill)] = _tracking(waybill, known, scans, estimate, raw)
        for piece in shipment.children("pieces"):
            number = piece.text_or_none("trackingNumber")
            if number is not None:
                own = tuple(_scan(event, number) for event in piece.children("events"))
                found[_key(number)] = _tracking(number, known or bool(own), own or scans, estimate, raw)
    return found


def _tracking(number: str, known: bool, scans: tuple[Scan, ...], estimate: str | None, raw: Raw) -> Tracking:
    if not known:
        return Tracking(number=number, found=False, raw=raw)
    return Tracking.from_scans(number, scans, raw=raw).replace(
        estimated_delivery=parse_time(estimate) if estimate is not None else None,
        estimated_delivery_local_time=estimate,
    )


def _scan(event: JsonObject, piece: str | None = None) -> Scan:
    code = event.text_or_none("typeCode")
    status, reason = EVENTS.get((code or "").upper(), (TrackingStatus.UNKNOWN, None))
    text, signed_by = event.text_or_none("description"), event.text_or_none("signedBy")
    if text is not None and (match := _DELIVERED_TO.match(text.strip())):
        # DHL's text of a delivery ends with who took it: a person's name, which has a field of its own.
        text, signed_by = match[1], signed_by or match[2].strip()
    area = next(iter(event.children("serviceArea")), JsonObject({}))
    place = area.text_or_none("description") or area.text_or_none("code")
    country = _COUNTRY.search(place) if place is not None else None
    at, local = _times(event)
    return Scan(
        at=at,
        local_time=local,
        status=status,
        reason=reason,
        code=code,
        text=text,
        place=place,
        country=country[1] if country else None,
        signed_by=signed_by,
        piece=piece,
    )


def _times(event: JsonObject) -> tuple[datetime | None, str | None]:
    day, clock = event.text_or_none("date"), event.text_or_none("time")
    if day is None:
        return None, None
    local = f"{day.strip()}T{(clock or '00:00:00').strip()}"
    offset = parse_offset(event.text_or_none("GMTOffset") or "")
    try:
        moment = datetime.fromisoformat(local)
    except ValueError:
        return None, local
    if moment.tzinfo is not None:
        return moment, local
    # Without an offset it stays a local time: a guessed zone would put events in the wrong order.
    return (moment.replace(tzinfo=offset) if offset is not None and clock is not None else None), local
