"""Orders, labels, fees and cancelling.

A purchase is one request: the order carries our own number, which China Post takes once, and the answer brings the
parcel's number. Where a contract wants numbers allocated first, the allocation is what must not happen twice: its
answer is kept, so the parcel has one number for good, and the order of that number may be sent again at will.
"""

from __future__ import annotations

from typing import Any

from xborder_chinapost.checks import shipment_holds
from xborder_chinapost.kind import ChinaPostKind
from xborder_chinapost.numbers import cleaned, number_warnings
from xborder_chinapost.orders import country_code, order
from xborder_chinapost.transport import Ordered
from xborder_chinapost.vocabulary import LONGEST_REFERENCE
from xborder_sdk.errors import InvalidRequest, MalformedResponse, Refused, VendorDown
from xborder_sdk.hookspecs import CancelShipment, CreateShipment, GetDocuments, GetShipment, refuse
from xborder_sdk.models import (
    Document,
    DocumentFormat,
    DocumentKind,
    LookupPower,
    Money,
    PurchaseProfile,
    Raw,
    Shipment,
    ShippedParcel,
    VoidOutcome,
    VoidStatus,
)
from xborder_sdk.steps import Flow

_KNOWN_ALREADY = frozenset({"B06", "B08"})
_STILL_CHECKED = "B09"


class ChinaPostShipments(ChinaPostKind):
    """Purchases, papers, fees and cancelling."""

    profile = PurchaseProfile(
        reference_max=LONGEST_REFERENCE,
        lookup=LookupPower.NONE,
        label_refetchable=True,
        voidable=True,
        source="published clients of pcp and the gateway: logistics_order_no, errors B06 and B08, interfaces 2.4 and"
        " 2.7; no call that finds an order by its number",
    )

    def create_shipment(self, request: CreateShipment) -> Flow[Shipment]:
        settings = self._settings
        refuse(shipment_holds(request, settings))
        customs = request.customs
        assert customs is not None  # noqa: S101 - shipment_holds wants one
        reference = request.reference(self.profile.reference_max, self.profile.reference_alphabet)
        now = self.connector.now()
        if settings.numbers == "order":
            payload = order(request, customs, reference, now, settings)
            ordered = yield from self.connector.transport.order(payload, request.service)
        else:
            country = country_code(request.recipient.country, settings)
            ordered = yield from self._pcp.allocate(reference, request.service, country, now)
            payload = order(request, customs, reference, now, settings, ordered.number)
            yield from self._forecast(payload, ordered)
        return self._bought(ordered, reference, request.service)

    def _forecast(self, payload: dict[str, Any], ordered: Ordered) -> Flow[None]:
        """Sends the order of an allocated number, as often as this purchase is read again."""
        pcp = self._pcp
        try:
            yield from pcp.forecast(payload)
        except Refused as refusal:
            if refusal.code == _STILL_CHECKED:
                # No refusal for the caller: it would give the number up, and the next one would be checked as long.
                raise VendorDown(
                    "the number is allocated and still being checked: the same call sends its order in ten minutes",
                    status=refusal.status,
                    code=refusal.code,
                ) from None
            if refusal.code not in _KNOWN_ALREADY:
                raise
            # Sent before, or the order belongs to another number. Only an order has a label.
            try:
                yield from pcp.label(ordered.number)
            except (Refused, MalformedResponse):
                raise VendorDown(
                    "the order is known, but not under the number that is allocated to it",
                    status=refusal.status,
                    code=refusal.code,
                    hint="look it up in China Post's customer site by the reference",
                ) from None

    def _bought(self, ordered: Ordered, reference: str, service: str) -> Shipment:
        return Shipment(
            account=self.account,
            waybill=ordered.number,
            reference=reference,
            service=service,
            parcels=(ShippedParcel(number=1, tracking_number=ordered.number),),
            warnings=number_warnings(ordered.number),
            actions=self._actions(),
            raw=Raw(ordered.response.content),
        )

    def _actions(self) -> frozenset[str]:
        possible = ("track", "get_documents", "get_shipment", "cancel_shipment")
        return frozenset(name for name in possible if self.connector.support(name))

    def get_shipment(self, request: GetShipment) -> Flow[Shipment]:
        number = cleaned(request.waybill)
        response = yield from self._pcp.fee(number)
        entry = next(iter(response.object().children("data")), None)
        warnings = [*number_warnings(number)]
        price = None
        if entry is None:
            warnings.append("China Post tells weight and postage once it has accepted the parcel; it has not said so")
        elif self._settings.fee_field is None:
            warnings.append("set fee_field to the name of the amount in `raw` to have the postage read")
        else:
            amount = entry.number_or_none(self._settings.fee_field)
            if amount is None or amount < 0:
                warnings.append("the answer holds no amount under the configured fee_field")
            else:
                price = Money(amount=amount, currency=self._settings.fee_currency)
        return Shipment(
            account=self.account,
            waybill=number,
            price=price,
            vendor_status=None if entry is None else "accepted",
            warnings=tuple(warnings),
            actions=self._actions(),
            raw=Raw(response.content),
        )

    def get_documents(self, request: GetDocuments) -> Flow[tuple[Document, ...]]:
        for index, kind in enumerate(request.kinds):
            if kind is not DocumentKind.LABEL:
                raise InvalidRequest(
                    f"China Post draws no {kind.value}",
                    field=f"kinds.{index}",
                    hint="its label holds the customs form; ask for the label alone",
                )
        number = cleaned(request.waybill)
        content = yield from self.connector.transport.label(number)
        return (Document(kind=DocumentKind.LABEL, format=DocumentFormat.PDF, content=content, number=number),)

    def cancel_shipment(self, request: CancelShipment) -> Flow[VoidOutcome]:
        response = yield from self._pcp.cancel(cleaned(request.waybill))
        body = response.object()
        told = body.flag("flag")  # a refusal is told by `classify`
        return VoidOutcome(
            status=VoidStatus.VOIDED if told else VoidStatus.UNKNOWN,
            vendor_status="true" if told else body.text_or_none("flag"),
            raw=Raw(response.content),
        )
