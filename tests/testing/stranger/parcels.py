"""Parcels of Quill & Co."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import ClassVar

from tests.testing.stranger.orders import money_or_none
from tests.testing.stranger.replies import read_reply

from xborder_sdk.errors import InvalidRequest
from xborder_sdk.hookspecs import (
    CreateShipment,
    FindShipment,
    LogisticsProvider,
    QuoteShipment,
    ShipmentDetails,
    TrackParcels,
)
from xborder_sdk.models import (
    Document,
    DocumentFormat,
    DocumentKind,
    Hold,
    HoldReason,
    LookupPower,
    PurchaseProfile,
    Quote,
    Scan,
    Service,
    Shipment,
    ShipmentLookup,
    Tracking,
    TrackingStatus,
    in_order,
    kg_from_grams,
    state_after,
)
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow, Response

SCANS = {
    "IN": TrackingStatus.IN_TRANSIT,
    "OUT": TrackingStatus.OUT_FOR_DELIVERY,
    "OK": TrackingStatus.DELIVERED,
}
_HEAVIEST_G = 30_000
_LONGEST_LINE = 60


class QuillParcels(LogisticsProvider):
    """Prices, purchases and where parcels are."""

    profile = PurchaseProfile(
        reference_max=14, lookup=LookupPower.FINDS, label_refetchable=False, voidable=False, source="Quill's handbook"
    )
    honours: ClassVar[Mapping[str, frozenset[str]]] = {"create_shipment": frozenset({"insurance", "signature"})}

    def quote(self, request: QuoteShipment) -> Flow[tuple[Quote, ...]]:
        body = {"kilograms": self._kilograms(request), "to": request.recipient.country}
        response = yield from self.api.read("POST", "/quotes", json=body, accept="application/xml")
        return tuple(
            Quote(
                account=self.account,
                service=Service(code=one.text("service"), name=one.text_or_none("name") or one.text("service")),
                price=money_or_none(one),
                transit_days=one.integer_or_none("days"),
            )
            for one in read_reply(response).children("quote")
        )

    def create_shipment(self, request: CreateShipment) -> Flow[Shipment]:
        for hold in shipment_holds(request):
            raise InvalidRequest(hold.detail, field=hold.field, hint=hold.repair)
        reference = self._reference(request)
        body: dict[str, object] = {
            "reference": reference,
            "service": request.service,
            "kilograms": self._kilograms(request),
            "to": {
                "name": request.recipient.name,
                "street": list(request.recipient.lines),
                "city": request.recipient.city,
                "postcode": request.recipient.postal_code,
                "country": request.recipient.country,
            },
            **self._extras(request),
        }
        response = yield from self.api.once("POST", "/shipments", json=body, accept="application/xml")
        return self._bought(response, reference)

    def find_shipment(self, request: FindShipment) -> Flow[ShipmentLookup]:
        query = {"reference": request.reference}
        response = yield from self.api.read("GET", "/shipments", query=query, accept="application/xml")
        for one in read_reply(response).children("shipment"):
            if one.text_or_none("reference") == request.reference:
                found = Shipment(account=self.account, waybill=one.text("number"), reference=request.reference)
                return ShipmentLookup(shipment=found)
        return ShipmentLookup()

    def track(self, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        query = [("number", number) for number in request.numbers]
        response = yield from self.api.read("GET", "/parcels", query=query, accept="application/xml")
        found = {one.text("number"): one for one in read_reply(response).children("parcel")}
        return tuple(
            self._tracking(number, found[number]) if number in found else Tracking(number=number, found=False)
            for number in request.numbers
        )

    def _reference(self, request: CreateShipment) -> str:
        return request.reference(self.profile.reference_max, self.profile.reference_alphabet)

    def _kilograms(self, request: ShipmentDetails) -> Decimal:
        return kg_from_grams(request.weight_g)

    def _extras(self, request: CreateShipment) -> dict[str, object]:
        extras: dict[str, object] = {}
        insurance = request.options.insurance
        if insurance is not None:
            extras["insured"] = {"amount": insurance.amount, "currency": insurance.currency}
        if request.options.signature:
            extras["signature"] = True
        return extras

    def _bought(self, response: Response, reference: str) -> Shipment:
        found = read_reply(response).child("shipment")
        waybill = found.text("number")
        label = self._label(found.text_or_none("label"), waybill)
        return Shipment(
            account=self.account,
            waybill=waybill,
            reference=reference,
            price=money_or_none(found),
            documents=() if label is None else (label,),
            warnings=() if label is not None else ("the label cannot be read",),
        )

    def _label(self, text: str | None, waybill: str) -> Document | None:
        try:
            content = base64.b64decode(text or "", validate=True)
        except (binascii.Error, ValueError):
            return None
        if not content.startswith(b"%PDF"):
            return None
        return Document(kind=DocumentKind.LABEL, format=DocumentFormat.PDF, content=content, name=f"{waybill}.pdf")

    def _tracking(self, number: str, found: JsonObject) -> Tracking:
        scans = in_order(tuple(self._scan(one) for one in found.children("scan")))
        return Tracking(number=number, found=True, scans=scans, status=state_after(scans))

    def _scan(self, found: JsonObject) -> Scan:
        code = found.text_or_none("code")
        return Scan(
            code=code,
            status=SCANS.get(code or "", TrackingStatus.UNKNOWN),
            at=found.time_or_none("at"),
            local_time=found.text_or_none("at"),
            text=found.text_or_none("says"),
        )


def shipment_holds(request: ShipmentDetails) -> Iterator[Hold]:
    """Every reason not to buy that is known without asking."""
    if len(request.parcels) > 1:
        yield _hold(HoldReason.NO_SERVICE, "Quill sends one parcel at a time", "parcels", "buy one for each parcel")
    if request.weight_g > _HEAVIEST_G:
        yield _hold(HoldReason.NO_SERVICE, f"more than {_HEAVIEST_G} g", "parcels.0.weight_g", "split it")
    for number, line in enumerate(request.recipient.lines):
        if len(line) > _LONGEST_LINE:
            field = f"recipient.lines.{number}"
            yield _hold(HoldReason.BAD_ADDRESS, f"a line has at most {_LONGEST_LINE} letters", field, "use two lines")


def _hold(reason: HoldReason, detail: str, field: str, repair: str) -> Hold:
    return Hold(reason=reason, detail=detail, field=field, repair=repair)
