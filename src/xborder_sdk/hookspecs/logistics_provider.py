"""`LogisticsProvider`: a carrier, a forwarder or a platform's own logistics."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.hookspecs.markers import hookspec
from xborder_sdk.hookspecs.request import OPTION, OnceRequest, Request
from xborder_sdk.models import (
    Address,
    AddressCheck,
    CountryCode,
    CustomsDeclaration,
    Document,
    DocumentFormat,
    DocumentKind,
    HandOver,
    HandOverMethod,
    Incoterm,
    Instant,
    LandedCost,
    MaybePersonal,
    Model,
    Money,
    Parcel,
    Pickup,
    PurchaseProfile,
    Quote,
    Service,
    Shipment,
    ShipmentLookup,
    StoppedTracking,
    Tracking,
    VoidOutcome,
)
from xborder_sdk.steps import Flow


class ShipmentOptions(Model):
    """What is bought on top. Each is refused, never ignored, where the connector does not honour it.

    Attributes:
        insurance: Insured value.
        signature: A signature on delivery.
        saturday_delivery: Delivery on a Saturday.
        paperless_trade: Customs papers go to the carrier as data instead of on the parcel.
    """

    insurance: Annotated[Money | None, OPTION] = None
    signature: Annotated[bool, OPTION] = False
    saturday_delivery: Annotated[bool, OPTION] = False
    paperless_trade: Annotated[bool, OPTION] = False


class ShippedLine(Model):
    """Pieces of an order line that travel in this shipment."""

    account: str
    order_id: str
    line_id: str
    quantity: int = Field(strict=True, gt=0)


class ShipmentDetails(Request):
    """What is to be sent, from whom to whom.

    Attributes:
        contents: The order lines inside, where they are known. A platform's own logistics serves only its own orders.
        sender: Where it starts.
        recipient: Where it goes.
        parcels: The boxes.
        ship_at: When it will be handed over.
        customs: The declaration; None for documents and within a customs union.
        service: The carrier's service code; None asks for all.
        options: What is bought on top.
    """

    contents: tuple[ShippedLine, ...] = ()
    sender: Address
    recipient: Address
    parcels: tuple[Parcel, ...] = Field(min_length=1, max_length=999)
    ship_at: Instant
    customs: CustomsDeclaration | None = None
    service: str | None = None
    options: ShipmentOptions = Field(default_factory=ShipmentOptions)

    def set_options(self) -> frozenset[str]:
        """The options set, with `duties_paid` where the incoterm promises it."""
        found = super().set_options()
        if self.customs is not None and self.customs.incoterm is Incoterm.DDP:
            found |= {"duties_paid"}
        return found

    @property
    def weight_g(self) -> int:
        """Gross weight of all boxes in grams."""
        return sum(parcel.weight_g for parcel in self.parcels)


class ListServices(ShipmentDetails):
    """What services fit a shipment, without prices."""


class QuoteShipment(ShipmentDetails):
    """What would it cost?"""


class LabelStock(StrEnum):
    """The paper the label is for."""

    THERMAL_100X150 = "thermal_100x150"
    A4 = "a4"


class LabelWish(Model):
    """How the label should come; the connector takes the nearest its vendor has and says what came.

    Attributes:
        format: PDF, PNG or ZPL.
        stock: The paper.
        dpi: Dots per inch of a thermal printer.
        invoice: Also draw the commercial invoice, where the carrier can.
    """

    format: DocumentFormat = DocumentFormat.PDF
    stock: LabelStock = LabelStock.THERMAL_100X150
    dpi: int = Field(default=203, ge=100, le=1200)
    invoice: bool = True


class CreateShipment(ShipmentDetails, OnceRequest):
    """Buys a shipment.

    Attributes:
        service: The carrier's service code.
        contents: The order lines inside; they are what is meant, whoever carries it.
        key: What is meant, for a shipment without orders. Exactly one of `contents` and `key` is given.
        label: How the label should come.
        book_pickup: Also book a collection.
        references: Texts for the label, such as the order number.
    """

    service: str = Field(min_length=1)
    key: str | None = Field(default=None, min_length=1, max_length=200)
    label: LabelWish = Field(default_factory=LabelWish)
    book_pickup: Annotated[bool, OPTION] = False
    references: tuple[str, ...] = ()

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "ship_at", "label"})
    account_scoped: ClassVar[bool] = False

    @model_validator(mode="after")
    def _one_meaning(self) -> CreateShipment:
        if (self.key is None) == (not self.contents):
            raise ValueError("give either contents (order lines) or key, so that a repeat can be recognised")
        return self

    def intent(self) -> str:
        if self.key is not None:
            return f"ship/key/{self.key}"
        lines = sorted(f"{c.account}/{c.order_id}/{c.line_id}x{c.quantity}" for c in self.contents)
        return "ship/" + ",".join(lines)


class FindShipment(Request):
    """Did this purchase happen?

    Attributes:
        reference: The reference it was bought with.
        bought_from, bought_to: When it may have happened.
        order_ids: The platform's orders inside, where they are known. A platform's own logistics looks by them.
        service: The service it was bought for, where it is known.
        others: Waybills known to come from other purchases for these orders: none of them is the one looked for.
    """

    reference: str = Field(min_length=1)
    bought_from: Instant
    bought_to: Instant
    order_ids: tuple[str, ...] = ()
    service: str | None = None
    others: tuple[str, ...] = ()


class GetShipment(Request):
    """Which bought shipment to read as it stands now.

    Attributes:
        waybill: The shipment.
        order_id: The platform's order, for a platform's own logistics.
        bought_at: When it was bought; some carriers file by month.
    """

    waybill: str = Field(min_length=1)
    order_id: str | None = None
    bought_at: Instant | None = None


class GetDocuments(Request):
    """Which papers of a shipment to fetch again, or which papers of a hand-over to fetch.

    Attributes:
        waybill: The shipment; for `manifest` and `bag_label` the confirmation of the hand-over.
        kinds: Papers wanted.
        tracking_number: The number a buyer follows, where it is not the waybill.
        order_id: The platform's order, for a platform's own logistics.
        bought_at: When it was bought; some carriers file by month.
    """

    waybill: str = Field(min_length=1)
    tracking_number: str | None = None
    order_id: str | None = None
    kinds: tuple[DocumentKind, ...] = (DocumentKind.LABEL,)
    format: DocumentFormat = DocumentFormat.PDF
    bought_at: Instant | None = None


class CancelShipment(OnceRequest):
    """Voids a bought shipment.

    Attributes:
        reason: Words for the carrier.
    """

    waybill: str = Field(min_length=1)
    reason: str | None = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "reason"})

    def intent(self) -> str:
        return f"void/{self.waybill}"


class HandOverParcels(OnceRequest):
    """Tells a carrier which parcels it is given now, in one bag or batch.

    Attributes:
        waybills: The shipments.
        sender: Who gives them, with the address of a collection.
        method: How they come to the carrier; None for what the account's settings say.
        weight_g: Weight of the whole in grams, where the carrier asks.
        domestic_carrier: Name of the courier that takes them to the carrier's warehouse, where they are posted.
        domestic_number: That courier's number.
        note: Words for the carrier.
    """

    waybills: tuple[str, ...] = Field(min_length=1, max_length=1000)
    sender: Address
    method: Annotated[HandOverMethod | None, OPTION] = None
    weight_g: Annotated[int | None, OPTION, Field(strict=True, gt=0)] = None
    domestic_carrier: Annotated[str | None, OPTION] = None
    domestic_number: Annotated[str | None, OPTION] = None
    note: Annotated[str | None, OPTION, Field(repr=False)] = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "note"})

    def intent(self) -> str:
        # The numbers may be a thousand; the ledger's key is a text of bounded length.
        digest = hashlib.sha256("\n".join(sorted(self.waybills)).encode()).hexdigest()
        return f"hand-over/{len(self.waybills)}/{digest[:32]}"


class BookPickup(OnceRequest):
    """Books a collection.

    Attributes:
        ready_at: From when the parcels are ready; in the place's own zone.
        close_time: Until when the driver can come, `HH:MM` local time.
        location: Where the parcels stand, such as `reception`.
        parcels: The boxes, for the size of the van.
        waybills: The shipments.
        service: The service they travel by.
    """

    sender: Address
    ready_at: Instant
    close_time: str | None = Field(default=None, pattern=r"^\d{2}:\d{2}$")
    location: str | None = None
    instructions: str | None = None
    parcels: tuple[Parcel, ...] = Field(min_length=1)
    waybills: tuple[str, ...] = ()
    service: str | None = None
    destination: Address | None = None

    def intent(self) -> str:
        what = ",".join(sorted(self.waybills)) or f"{len(self.parcels)} parcels"
        return f"pickup/{self.ready_at.date().isoformat()}/{what}"


class ChangePickup(Request):
    """Changes a booked collection; fields as in `BookPickup`."""

    confirmation: str = Field(min_length=1)
    sender: Address
    ready_at: Instant
    close_time: str | None = Field(default=None, pattern=r"^\d{2}:\d{2}$")
    location: str | None = None
    instructions: str | None = None
    parcels: tuple[Parcel, ...] = Field(min_length=1)
    waybills: tuple[str, ...] = ()
    service: str | None = None
    destination: Address | None = None


class CancelPickup(Request):
    """Cancels a booked collection.

    Attributes:
        requested_by: Who asks; some carriers want a name.
    """

    confirmation: str = Field(min_length=1)
    requested_by: Annotated[str, Field(repr=False)]
    reason: str


class KnownParcel(Request):
    """What is known of a number beside itself, for carriers and trackers that cannot find it alone.

    Attributes:
        number: The number, one of those asked for.
        carrier: Connector name of the carrier, such as `chinapost`.
        carrier_code: The tracker's own code of the carrier, which wins over `carrier`.
        service: The carrier's service code.
        order_id: The platform's order.
        country: Destination.
        postal_code: Destination's postal code.
    """

    number: str = Field(min_length=1)
    carrier: str | None = None
    carrier_code: str | None = None
    service: str | None = None
    order_id: str | None = None
    country: CountryCode | None = None
    postal_code: MaybePersonal = None


class TrackParcels(Request):
    """Which numbers to follow. The connector splits them into its vendor's batches.

    Attributes:
        known: What is known of them; numbers without an entry are asked for as they are.
        language: Language of the texts, ISO 639-1.
    """

    numbers: tuple[str, ...] = Field(min_length=1)
    known: tuple[KnownParcel, ...] = ()
    language: Annotated[str | None, OPTION] = None

    @model_validator(mode="after")
    def _known_are_asked(self) -> TrackParcels:
        if {parcel.number for parcel in self.known} - set(self.numbers):
            raise ValueError("known names a number that is not among numbers")
        return self

    def parcel(self, number: str) -> KnownParcel:
        """What is known of a number; the number alone where nothing is."""
        return next((parcel for parcel in self.known if parcel.number == number), KnownParcel(number=number))


class StopTracking(Request):
    """Which numbers a tracker is to follow no longer. The connector splits them into its vendor's batches."""

    numbers: tuple[str, ...] = Field(min_length=1)


class ChangeCarrier(Request):
    """Tells a tracker which carrier really has a parcel.

    Attributes:
        number: The number.
        carrier: Connector name of the carrier, such as `chinapost`.
        carrier_code: The tracker's own code of the carrier. Exactly one of `carrier` and `carrier_code` is given.
        former_code: The tracker's own code of the carrier it took so far, for a number followed with several.
    """

    number: str = Field(min_length=1)
    carrier: str | None = Field(default=None, min_length=1)
    carrier_code: str | None = Field(default=None, min_length=1)
    former_code: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_carrier(self) -> ChangeCarrier:
        if (self.carrier is None) == (self.carrier_code is None):
            raise ValueError("give either carrier (a connector's name) or carrier_code (the tracker's own)")
        return self


class GetProofOfDelivery(Request):
    """Which shipment's proof of delivery to fetch."""

    waybill: str = Field(min_length=1)


class CheckAddress(Request):
    """Can the carrier serve this address?

    Attributes:
        pickup: Ask for collection instead of delivery.
    """

    address: Address
    pickup: bool = False


class EstimateLandedCost(ShipmentDetails):
    """What duties and taxes will the destination take?

    Attributes:
        currency: Currency of the answer; None for the declaration's.
    """

    customs: CustomsDeclaration
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$")] = None


class LogisticsProvider(Kind):
    """A carrier, a forwarder or a platform's own logistics.

    Attributes:
        profile: What a purchase can be asked afterwards; every connector that sells publishes one.
    """

    kind = "logistics_provider"
    profile: ClassVar[PurchaseProfile]

    @hookspec(firstresult=True)
    def list_services(self, request: ListServices) -> Flow[tuple[Service, ...]]:
        """The services that fit, without prices.

        Args:
            request: The shipment; `service` is not looked at.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def quote(self, request: QuoteShipment) -> Flow[tuple[Quote, ...]]:
        """Prices, one quote per service.

        A service without a usable price has `price=None`; it is never shown as free.

        Args:
            request: The shipment; with `service` only that one.

        Raises:
            Refused: The carrier cannot price it.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def create_shipment(self, request: CreateShipment) -> Flow[Shipment]:
        """Buys a shipment (`once`) and returns its waybill and papers.

        Put `request.reference(profile.reference_max, profile.reference_alphabet)` where `find_shipment` will look.

        Args:
            request: The shipment.

        Raises:
            InvalidRequest: Something the carrier would refuse, found before anything is sent.
            Refused: The carrier said no; nothing was bought.
            OutcomeUnknown: No usable answer; nothing is repeated.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def find_shipment(self, request: FindShipment) -> Flow[ShipmentLookup]:
        """Looks a purchase up by its reference.

        Args:
            request: The reference and when it may have happened.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def get_shipment(self, request: GetShipment) -> Flow[Shipment]:
        """A bought shipment as it stands now: its number, where that comes later, its price, its state.

        Args:
            request: Which shipment.

        Raises:
            NotFound: The carrier does not know it.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def get_documents(self, request: GetDocuments) -> Flow[tuple[Document, ...]]:
        """Papers of a shipment, again.

        Args:
            request: Which shipment and papers.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def cancel_shipment(self, request: CancelShipment) -> Flow[VoidOutcome]:
        """Voids a shipment (`once`).

        Args:
            request: Which shipment.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def hand_over(self, request: HandOverParcels) -> Flow[HandOver]:
        """Tells the carrier which parcels it is given now (`once`). Its papers are had from `get_documents`.

        Args:
            request: Which parcels, and how they come.

        Raises:
            InvalidRequest: Something the carrier asks for is missing, such as the domestic courier.
            Refused: The carrier takes none of them; nothing was announced.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def book_pickup(self, request: BookPickup) -> Flow[Pickup]:
        """Books a collection (`once`).

        Args:
            request: Where, when and what.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def change_pickup(self, request: ChangePickup) -> Flow[Pickup]:
        """Changes a booked collection (`idempotent`).

        Args:
            request: The confirmation and the new details.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def cancel_pickup(self, request: CancelPickup) -> Flow[None]:
        """Cancels a booked collection (`idempotent`).

        Args:
            request: The confirmation.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def track(self, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        """Where the parcels are: one answer per number asked, in the order asked.

        Args:
            request: The numbers, any count.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def stop_tracking(self, request: StopTracking) -> Flow[tuple[StoppedTracking, ...]]:
        """Ends the following of numbers at a tracker (`idempotent`): one answer per number, in the order named.

        Args:
            request: The numbers, any count.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def change_carrier(self, request: ChangeCarrier) -> Flow[None]:
        """Tells a tracker which carrier really has a parcel (`idempotent`).

        Args:
            request: The number and the carrier.

        Raises:
            NotFound: The tracker does not follow the number.
            Refused: It cannot change the carrier (now).
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def get_proof_of_delivery(self, request: GetProofOfDelivery) -> Flow[tuple[Document, ...]]:
        """The carrier's proof of delivery.

        Args:
            request: Which shipment.

        Raises:
            NotFound: There is none (yet).
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def check_address(self, request: CheckAddress) -> Flow[AddressCheck]:
        """Whether the carrier can serve an address.

        Args:
            request: The address.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def estimate_landed_cost(self, request: EstimateLandedCost) -> Flow[LandedCost]:
        """Duties and taxes at the destination, estimated.

        Args:
            request: The shipment with its declaration.
        """
        raise NotImplementedError
