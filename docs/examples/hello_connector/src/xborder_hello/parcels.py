"""Parcels of Hello Market's own logistics."""

from __future__ import annotations

from collections.abc import Iterator

from xborder_hello.values import money_or_none
from xborder_hello.vocabulary import SCANS
from xborder_sdk.hookspecs import (
    CreateShipment,
    FindShipment,
    LogisticsProvider,
    ShipmentDetails,
    TrackParcels,
    refuse,
)
from xborder_sdk.models import (
    Address,
    Document,
    DocumentFormat,
    DocumentKind,
    Hold,
    HoldReason,
    LookupPower,
    PurchaseProfile,
    Raw,
    Scan,
    Shipment,
    ShipmentLookup,
    Tracking,
    TrackingStatus,
    kg_from_grams,
)
from xborder_sdk.reading import JsonObject, parse_base64
from xborder_sdk.steps import Flow, Response

_HEAVIEST_G = 20_000  # handbook, Parcels: "up to 20 kg"
_BATCH = 50  # handbook, Parcels: "numbers"


class HelloParcels(LogisticsProvider):
    """Shipments and where they are."""

    profile = PurchaseProfile(
        reference_max=16,
        lookup=LookupPower.FINDS,
        label_refetchable=False,
        voidable=False,
        source="handbook, Shipments: reference, GET /shipments",
    )

    def create_shipment(self, request: CreateShipment) -> Flow[Shipment]:
        refuse(shipment_holds(request))
        profile = self.profile
        reference = request.reference(profile.reference_max, profile.reference_alphabet)
        body = {
            "reference": reference,
            "service": request.service,
            "from": _address(request.sender),
            "to": _address(request.recipient),
            "kilograms": kg_from_grams(request.weight_g),
            "marks": list(request.references),
        }
        response = yield from self.api.once("POST", "/shipments", json=body)
        return read_shipment(response, reference, self.account)

    def find_shipment(self, request: FindShipment) -> Flow[ShipmentLookup]:
        query = {"reference": request.reference}
        response = yield from self.api.read("GET", "/shipments", query=query)
        for found in response.object().children("shipments"):
            if found.text_or_none("reference") == request.reference:
                shipment = Shipment(
                    account=self.account,
                    waybill=found.text("waybill"),
                    reference=request.reference,
                    raw=Raw(response.content),
                )
                return ShipmentLookup(shipment=shipment)
        return ShipmentLookup()

    def track(self, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        found: dict[str, Tracking] = {}
        numbers = list(dict.fromkeys(request.numbers))
        for start in range(0, len(numbers), _BATCH):
            asked = ",".join(numbers[start : start + _BATCH])
            response = yield from self.api.read(
                "GET", "/parcels", query={"numbers": asked}
            )
            for parcel in response.object().children("parcels"):
                tracking = read_tracking(parcel)
                found[tracking.number] = tracking
        missing = {
            n: Tracking(number=n, found=False) for n in numbers if n not in found
        }
        return tuple((found | missing)[number] for number in request.numbers)


def shipment_holds(request: ShipmentDetails) -> Iterator[Hold]:
    """Every reason not to buy that is known without asking."""
    if len(request.parcels) > 1:
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail="Hello Market sends one parcel at a time",
            field="parcels",
            repair="buy a shipment for each parcel",
        )
    if request.weight_g > _HEAVIEST_G:
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail=f"{request.weight_g} g are more than the {_HEAVIEST_G} g accepted",
            field="parcels.0.weight_g",
            repair="split it",
        )
    if request.customs is not None:
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail="Hello Market takes no customs declaration",
            field="customs",
            repair="send it with another carrier",
        )


def _address(place: Address) -> dict[str, object]:
    return {
        "name": place.name,
        "street": list(place.lines),
        "city": place.city,
        "postcode": place.postal_code,
        "country": place.country,
        "phone": place.phone,
    }


def read_shipment(response: Response, reference: str, account: str) -> Shipment:
    """The bought shipment. The waybill is worth more than the rest, which may be odd."""
    answer = response.object()
    waybill, warnings = answer.text("waybill"), answer.texts("warnings")
    label = _label(answer, waybill)
    if label is None:
        warnings.append("the label cannot be read")
    return Shipment(
        account=account,
        waybill=waybill,
        reference=reference,
        service=answer.text_or_none("service"),
        documents=() if label is None else (label,),
        price=money_or_none(answer.child("price")),
        warnings=tuple(warnings),
        actions=frozenset({"track"}),
        raw=Raw(response.content),
    )


def _label(answer: JsonObject, waybill: str) -> Document | None:
    content = parse_base64(answer.text_or_none("label") or "")
    if content is None or not content.startswith(b"%PDF-"):
        return None
    return Document(
        kind=DocumentKind.LABEL,
        format=DocumentFormat.PDF,
        content=content,
        number=waybill,
    )


def read_tracking(found: JsonObject) -> Tracking:
    """One parcel. A scan without its zone keeps the local time as text."""
    scans = [
        Scan(
            at=scan.time_or_none("at"),
            local_time=scan.text_or_none("at"),
            status=SCANS.get(scan.text_or_none("code") or "", TrackingStatus.UNKNOWN),
            code=scan.text_or_none("code"),
            text=scan.text_or_none("words"),
        )
        for scan in found.children("scans")
    ]
    return Tracking.from_scans(found.text("number"), scans)
