"""Quotes, shipments, pickups: what is bought from a carrier."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from xborder_sdk.models.base import Instant, Model, Raw, RawField
from xborder_sdk.models.document import Document
from xborder_sdk.models.money import Money


class Service(Model):
    """A carrier's product.

    Attributes:
        code: The carrier's code, as bought.
        name: The carrier's name of it.
        express: Whether it is an express service, where known.
        tracked: Whether parcels are tracked, where known.
    """

    code: str
    name: str
    express: bool | None = None
    tracked: bool | None = None


class Charge(Model):
    """One part of a price."""

    code: str | None = None
    name: str
    price: Money


class Quote(Model):
    """What a carrier asks for one service.

    Attributes:
        account: The account that would buy it.
        price: What the account pays in all; None where the carrier gives no usable price (never shown as free).
        public_price: The list price, where told.
        chargeable_weight_g: The weight the price is made of.
        delivery_at: Estimated delivery; None where the carrier gives no moment with its zone.
        delivery_local_time: The carrier's own text of it, in the local time of the destination.
        transit_days: Estimated days, as the carrier counts them.
        book_before: Cut-off for this offer; None where the carrier gives no moment with its zone.
        book_before_local_time: The carrier's own text of it, in the local time of the origin.
        needs_agreement: The service needs an agreement the account may lack.
    """

    account: str
    service: Service
    price: Money | None = None
    public_price: Money | None = None
    charges: tuple[Charge, ...] = ()
    chargeable_weight_g: int | None = None
    delivery_at: Instant | None = None
    delivery_local_time: str | None = None
    transit_days: int | None = None
    book_before: Instant | None = None
    book_before_local_time: str | None = None
    needs_agreement: bool = False
    warnings: tuple[str, ...] = ()
    raw: RawField = Raw()


class ShippedParcel(Model):
    """One box of a bought shipment.

    Attributes:
        number: Position in the request, starting at 1.
        tracking_number: The box's own number, where the carrier gives one.
    """

    number: int = Field(ge=1)
    tracking_number: str | None = None


class Shipment(Model):
    """A bought shipment.

    Attributes:
        account: The account that bought it.
        waybill: The carrier's number of it, the key for every other call.
        tracking_number: The number a buyer follows, where it is not the waybill.
        number_pending: The carrier gives that number later; `get_shipment` asks for it.
        order_id: The platform's order, where a platform's own logistics sold it.
        reference: Our short reference, by which the carrier finds it.
        service: The service code.
        documents: Label and papers that came with it.
        price: What it costs, where the answer says.
        pickup_number: Confirmation of a pickup booked with it.
        delivery_at: Estimated delivery; None where the carrier gives no moment with its zone.
        delivery_local_time: The carrier's own text of it, in the local time of the destination.
        warnings: The carrier's remarks; a purchase can succeed with warnings.
        vendor_status: The carrier's own word for where the purchase stands.
        actions: Operations that make sense now, by operation name.
    """

    account: str
    waybill: str
    tracking_number: str | None = None
    number_pending: bool = False
    order_id: str | None = None
    reference: str | None = None
    service: str | None = None
    parcels: tuple[ShippedParcel, ...] = ()
    documents: tuple[Document, ...] = ()
    price: Money | None = None
    pickup_number: str | None = None
    tracking_url: str | None = None
    delivery_at: Instant | None = None
    delivery_local_time: str | None = None
    warnings: tuple[str, ...] = ()
    vendor_status: str | None = None
    actions: frozenset[str] = frozenset()
    raw: RawField = Raw()

    @property
    def number(self) -> str | None:
        """The number a buyer follows; None as long as the carrier has not given it."""
        if self.number_pending:
            return None
        return self.tracking_number or self.waybill


class ShipmentLookup(Model):
    """The answer to "did this purchase happen?".

    Attributes:
        shipment: What was found; None where nothing was.
        absence_proven: True only where the carrier's "none" proves that nothing was bought.
    """

    shipment: Shipment | None = None
    absence_proven: bool = False


class VoidStatus(StrEnum):
    """What became of a wish to void a shipment."""

    VOIDED = "voided"
    REQUESTED = "requested"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class VoidOutcome(Model):
    """What became of a wish to void a shipment."""

    status: VoidStatus
    vendor_status: str | None = None
    refund: Money | None = None
    raw: RawField = Raw()


class Pickup(Model):
    """A booked collection.

    Attributes:
        confirmation: The carrier's number of it; changes and cancellations name it.
        ready_by: When the parcels must be ready, the carrier's word.
    """

    confirmation: str
    ready_by: str | None = None
    next_pickup_at: str | None = None
    warnings: tuple[str, ...] = ()
    raw: RawField = Raw()


class HandOverMethod(StrEnum):
    """How parcels come from the seller to the carrier."""

    COLLECTED = "collected"
    """A driver comes."""
    POSTED = "posted"
    """A domestic courier takes them to the carrier's warehouse."""
    BROUGHT = "brought"
    """The seller takes them there."""


class HandOver(Model):
    """Parcels given to a carrier together.

    Attributes:
        account: The account it was announced through.
        confirmation: The carrier's number of it; its papers are fetched by it (`get_documents`).
        bag_number: What stands on the bag, where the carrier numbers bags.
        waybills: The shipments the carrier took.
        not_taken: Shipments it left out, with its reason.
        warnings: The carrier's remarks.
    """

    account: str
    confirmation: str
    bag_number: str | None = None
    waybills: tuple[str, ...] = ()
    not_taken: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    raw: RawField = Raw()


class LookupPower(StrEnum):
    """What a carrier's look-up by reference is worth."""

    NONE = "none"
    """There is no look-up."""
    FINDS = "finds"
    """What it finds exists; what it does not find may exist."""
    AUTHORITY = "authority"
    """After `lookup_after_s` its "none" proves that nothing was bought."""


class PurchaseProfile(Model):
    """What a provider's purchase can be asked afterwards. Facts of the vendor, published by its connector.

    Attributes:
        reference_max: Longest reference the provider carries.
        reference_alphabet: Characters allowed in it.
        carries_reference: Whether the provider carries a reference of ours at all; a platform's own logistics may know
            only its orders, and is asked by them (`FindShipment.order_ids`).
        lookup: What a look-up by reference is worth.
        lookup_after_s: Seconds after which it is worth that.
        label_refetchable: Whether the label can be had again.
        voidable: Whether a shipment can be voided.
        source: Where these facts come from.
    """

    reference_max: int = Field(ge=8)
    reference_alphabet: str = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
    carries_reference: bool = True
    lookup: LookupPower
    lookup_after_s: Decimal = Decimal(0)
    label_refetchable: bool
    voidable: bool
    source: str
