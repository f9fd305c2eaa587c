"""Collections: book, change, cancel.

MyDHL API OpenAPI 3.1.1: PickupRequest, UpdatePickupRequest, DELETE /pickups/{dispatchConfirmationNumber}. Changing and
cancelling concern the whole collection, also where DHL has put several bookings together.
"""

from __future__ import annotations

from typing import Any

from xborder_dhl.customs import crosses_border
from xborder_dhl.kind import DhlKind
from xborder_dhl.measures import accounts, package, planned
from xborder_dhl.parties import party_holds, pickup_party
from xborder_dhl.settings import DhlSettings
from xborder_dhl.texts import clean, text_holds, wrap
from xborder_sdk.errors import InvalidRequest, MalformedResponse
from xborder_sdk.hookspecs import BookPickup, CancelPickup, ChangePickup, refuse
from xborder_sdk.models import HoldReason, Pickup, Raw
from xborder_sdk.steps import Flow, Response, escape

_INSTRUCTION_WIDTH = 80
_INSTRUCTION_COUNT = 4
_LOCATION_TYPES = {True: "residence", False: "business"}


class DhlPickups(DhlKind):
    """Collections."""

    def book_pickup(self, request: BookPickup) -> Flow[Pickup]:
        body = pickup_body(request, self._settings)
        response = yield from self.api.once("POST", "/pickups", json=body)
        numbers = response.object().texts("dispatchConfirmationNumbers")
        if not numbers:
            raise MalformedResponse("field dispatchConfirmationNumbers is missing or empty")
        also = (f"the collection has more numbers: {', '.join(numbers[1:])}",) if len(numbers) > 1 else ()
        return _read_pickup(response, numbers[0], also)

    def change_pickup(self, request: ChangePickup) -> Flow[Pickup]:
        settings = self._settings
        if not 15 <= len(request.confirmation) <= 20:
            detail = "a confirmation number that can be changed has 15 to 20 characters"
            raise InvalidRequest(detail, field="confirmation", hint="cancel this collection and book a new one")
        body = pickup_body(request, settings) | {
            "dispatchConfirmationNumber": request.confirmation,
            "originalShipperAccountNumber": settings.account_number,
        }
        path = f"/pickups/{escape(request.confirmation)}"
        response = yield from self.api.idempotent("PATCH", path, json=body)
        number = response.object().text_or_none("dispatchConfirmationNumber") or request.confirmation
        return _read_pickup(response, number)

    def cancel_pickup(self, request: CancelPickup) -> Flow[None]:
        for name, text in (("requested_by", request.requested_by), ("reason", request.reason)):
            if not clean(text):
                raise InvalidRequest("DHL cancels no collection without it", field=name)
        query = {"requestorName": clean(request.requested_by), "reason": clean(request.reason)}
        yield from self.api.idempotent("DELETE", f"/pickups/{escape(request.confirmation)}", query=query)


def pickup_body(request: BookPickup | ChangePickup, settings: DhlSettings) -> dict[str, Any]:
    """What booking and changing have in common.

    Raises:
        InvalidRequest: Something DHL would refuse.
    """
    refuse(party_holds("sender", request.sender, settings.script))
    location = clean(request.location or "")
    refuse(text_holds("location", location, 80, settings.script, HoldReason.POLICY))
    if request.service is None:
        hint = "pass the service the parcels travel by"
        raise InvalidRequest("DHL wants to know the product it collects", field="service", hint=hint)
    body: dict[str, Any] = {
        "plannedPickupDateAndTime": planned(request.ready_at, settings.zone),
        "accounts": accounts(settings),
        "customerDetails": {"shipperDetails": pickup_party(request.sender)},
        "shipmentDetails": _shipments(request, request.service),
    }
    if request.destination is not None:
        refuse(party_holds("destination", request.destination, settings.script))
        body["customerDetails"]["receiverDetails"] = pickup_party(request.destination)
    if request.close_time is not None:
        body["closeTime"] = request.close_time
    if location:
        body["location"] = location
    if request.sender.residential is not None:
        body["locationType"] = _LOCATION_TYPES[request.sender.residential]
    if instructions := clean(request.instructions or ""):
        lines = wrap(instructions, _INSTRUCTION_WIDTH, _INSTRUCTION_COUNT)
        if lines is None:
            detail = f"DHL takes {_INSTRUCTION_COUNT} instructions of {_INSTRUCTION_WIDTH} characters"
            raise InvalidRequest(detail, field="instructions", hint="shorten them")
        body["specialInstructions"] = [{"value": line} for line in dict.fromkeys(lines)]  # each must differ
    return body


def _shipments(request: BookPickup | ChangePickup, service: str) -> list[dict[str, Any]]:
    declarable = request.destination is not None and crosses_border(request.sender, request.destination) is True
    common = {"productCode": clean(service), "isCustomsDeclarable": declarable, "unitOfMeasurement": "metric"}
    packages = [package(parcel) for parcel in request.parcels]
    if len(request.waybills) == 1:
        return [common | {"packages": packages, "shipmentTrackingNumber": request.waybills[0]}]
    if len(request.waybills) == len(packages):
        pairs = zip(request.waybills, packages, strict=True)
        return [common | {"packages": [found], "shipmentTrackingNumber": waybill} for waybill, found in pairs]
    return [common | {"packages": packages}]  # which parcel belongs to which waybill is not said


def _read_pickup(response: Response, confirmation: str, also: tuple[str, ...] = ()) -> Pickup:
    body = response.object()
    return Pickup(
        confirmation=confirmation,
        ready_by=body.text_or_none("readyByTime"),
        next_pickup_at=body.text_or_none("nextPickupDate"),
        warnings=(*body.texts("warnings"), *also),
        raw=Raw(response.content),
    )
