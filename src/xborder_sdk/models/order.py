"""Orders as sellers see them, whatever the platform."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from xborder_sdk.models.address import Address, TaxNumber
from xborder_sdk.models.base import CountryCode, Instant, MaybePersonal, Model, PersonalLines, Raw, RawField
from xborder_sdk.models.customs import CollectedTax
from xborder_sdk.models.money import Money


class OrderStatus(StrEnum):
    """Where the order stands. A platform's code that nobody has mapped is `UNKNOWN`, beside its own word."""

    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_SHIPMENT = "awaiting_shipment"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class PaymentStatus(StrEnum):
    """Whether the money is there."""

    UNPAID = "unpaid"
    PENDING = "pending"
    PART_PAID = "part_paid"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class CancellationStatus(StrEnum):
    """Whether somebody wants the order undone."""

    NONE = "none"
    REQUESTED = "requested"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class HoldReason(StrEnum):
    """Why an order must not ship now."""

    UNPAID = "unpaid"
    CANCELLED = "cancelled"
    CANCEL_REQUESTED = "cancel_requested"
    PLATFORM_SHIPS = "platform_ships"
    PLATFORM_LABEL = "platform_label"
    FROZEN = "frozen"
    RISK_CONTROL = "risk_control"
    DISPUTED = "disputed"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    UNKNOWN_SKU = "unknown_sku"
    MISSING_DATA = "missing_data"
    CUSTOMS = "customs"
    NO_SERVICE = "no_service"
    SERVICE_MISMATCH = "service_mismatch"
    UNKNOWN_STATE = "unknown_state"
    POLICY = "policy"
    OUTCOME_UNKNOWN = "outcome_unknown"
    REFUSED = "refused"


class Hold(Model):
    """One reason to hold an order.

    Attributes:
        reason: The kind of reason.
        detail: A sentence for the operator; names fields and SKUs, never a buyer.
        field: Path of the field concerned, such as `ship_to.lines.0`.
        repair: What would cure it, in words.
        proposal: The field's value that would cure it, one text per line of it; personal as the field itself.
    """

    reason: HoldReason
    detail: str
    field: str | None = None
    repair: str | None = None
    proposal: PersonalLines = ()


class Buyer(Model):
    """Who bought. The platform's id is stable; the name is not a key.

    Attributes:
        id: The platform's identifier of the buyer.
        tax_numbers: Numbers of the buyer that customs may ask for.
    """

    id: MaybePersonal = None
    name: MaybePersonal = None
    email: MaybePersonal = None
    phone: MaybePersonal = None
    tax_numbers: tuple[TaxNumber, ...] = ()


class OrderLine(Model):
    """One line of an order.

    Attributes:
        line_id: The platform's id of the line.
        quantity: Pieces ordered.
        quantity_shipped: Pieces already declared as shipped, where the platform says; None where it does not.
        unit_price: Price of one piece without tax, where it can be said exactly.
        total: What the line costs, without delivery and without taxes the platform collects.
        item_id: The platform's id of the listing.
        variation: The buyer's choice as (name, value), such as (Colour, Black).
        ship_by: Latest moment to ship without being late.
        ships_from: Country the goods leave from, where the platform says.
    """

    line_id: str
    sku: str | None = None
    title: str
    quantity: int = Field(gt=0)
    quantity_shipped: int | None = Field(default=None, ge=0)
    shipped: bool = False
    unit_price: Money | None = None
    total: Money | None = None
    item_id: str | None = None
    variation: tuple[tuple[str, str], ...] = ()
    ship_by: Instant | None = None
    ships_from: CountryCode | None = None
    collected_taxes: tuple[CollectedTax, ...] = ()
    vendor_status: str | None = None


class DeliveryChoice(Model):
    """The delivery the buyer chose and paid for.

    Attributes:
        service: The platform's code of the service.
        carrier: The platform's code of the carrier, where it names one.
        price: What the buyer paid for delivery.
        express: Whether the platform calls it an express service; None where it does not say.
        deliver_from, deliver_until: The promise made to the buyer.
    """

    service: str | None = None
    carrier: str | None = None
    price: Money | None = None
    express: bool | None = None
    deliver_from: Instant | None = None
    deliver_until: Instant | None = None


class OrderTotals(Model):
    """The money of an order, each as the platform states it.

    Attributes:
        collected_taxes: Taxes that the platform collected and hands over itself; not the seller's money.
    """

    goods: Money | None = None
    delivery: Money | None = None
    discount: Money | None = None
    tax: Money | None = None
    collected_taxes: Money | None = None
    total: Money | None = None
    payout: Money | None = None


class Order(Model):
    """An order, complete: what `get_order` returns and what iteration yields.

    Attributes:
        account: Name of the account it was read through.
        order_id: The platform's id, the key for every other call.
        display_id: The number people use, where it differs.
        site: The platform's site or marketplace, such as `EBAY_GB`.
        vendor_status: The platform's own word for the status.
        ship_to: Where to send it; None where the seller must not (the platform ships) or the platform withholds it.
        final_destination: Where a forwarder takes it, when `ship_to` is only the forwarder.
        holds: What the platform's own data says against shipping it now.
        actions: Operations the platform's data allows now, by operation name.
        declared_numbers: Tracking numbers the platform already knows.
        buyer_note: The buyer's words to the seller.
        raw: The platform's own object.
    """

    account: str
    order_id: str
    display_id: str | None = None
    site: str | None = None
    status: OrderStatus
    vendor_status: str | None = None
    payment: PaymentStatus
    vendor_payment: str | None = None
    cancellation: CancellationStatus = CancellationStatus.NONE
    created_at: Instant
    modified_at: Instant | None = None
    paid_at: Instant | None = None
    ship_by: Instant | None = None
    buyer: Buyer
    ship_to: Address | None = None
    final_destination: Address | None = None
    lines: tuple[OrderLine, ...]
    totals: OrderTotals
    delivery: DeliveryChoice = Field(default_factory=DeliveryChoice)
    collected_taxes: tuple[CollectedTax, ...] = ()
    holds: tuple[Hold, ...] = ()
    actions: frozenset[str] = frozenset()
    declared_numbers: tuple[str, ...] = ()
    buyer_note: MaybePersonal = None
    raw: RawField = Raw()


class OrderReference(Model):
    """An order that a list only names; the client reads the whole of it before an application sees it."""

    order_id: str
    modified_at: Instant | None = None


class LineQuantity(Model):
    """So many pieces of one order line."""

    line_id: str
    quantity: int = Field(strict=True, gt=0)


class DeclaredShipment(Model):
    """What a platform has been told about a parcel.

    Attributes:
        declaration_id: The platform's id of the notice.
        lines: What is in the parcel, where the platform says.
    """

    declaration_id: str | None = None
    tracking_number: str | None = None
    vendor_carrier: str | None = None
    shipped_at: Instant | None = None
    lines: tuple[LineQuantity, ...] = ()
    warnings: tuple[str, ...] = ()
    raw: RawField = Raw()


class RefundStatus(StrEnum):
    """Where a refund stands."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Refund(Model):
    """Money sent back to a buyer.

    Attributes:
        status: `PENDING` is normal: platforms pay back later.
    """

    refund_id: str | None = None
    status: RefundStatus
    vendor_status: str | None = None
    amount: Money | None = None
    raw: RawField = Raw()


class CancellationOutcome(Model):
    """What became of the wish to cancel an order."""

    cancellation_id: str | None = None
    status: CancellationStatus
    vendor_status: str | None = None
    raw: RawField = Raw()
