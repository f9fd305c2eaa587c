"""Every reason to hold an order, found without asking anybody.

All reasons are told, not the first: an operator who mends one must not meet the next tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xborder_sdk.fulfilment.config import FulfilmentConfig
from xborder_sdk.fulfilment.goods import Battery, EnrichedOrder
from xborder_sdk.models import CancellationStatus, Hold, HoldReason, Order, OrderStatus, PaymentStatus

_ALREADY_SENT = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED})


def merged(*groups: Iterable[Hold]) -> tuple[Hold, ...]:
    """All holds, each once, in their order."""
    return tuple(dict.fromkeys(hold for group in groups for hold in group))


def is_cancelled(order: Order) -> bool:
    """Whether the order is undone for good."""
    return order.status is OrderStatus.CANCELLED or order.cancellation is CancellationStatus.CANCELLED


def is_already_shipped(order: Order) -> bool:
    """Whether somebody has shipped it, in another way than this one."""
    return order.status in _ALREADY_SENT


def state_holds(order: Order) -> tuple[Hold, ...]:
    """Reasons in where the order stands: the platform's own, payment, cancellation, parts already shipped.

    What the platform has a reason of its own for is not told twice.

    Args:
        order: The order as last read.
    """
    told = {hold.field for hold in order.holds if hold.field is not None}
    reasons = {hold.reason for hold in order.holds}
    own = [hold for hold in _own_state_holds(order) if hold.field not in told and hold.reason not in reasons]
    return merged(order.holds, own)


def _own_state_holds(order: Order) -> Iterator[Hold]:
    if is_cancelled(order):
        yield Hold(reason=HoldReason.CANCELLED, detail="the order is cancelled", field="cancellation")
    elif order.cancellation is not CancellationStatus.NONE:
        asked = order.cancellation is CancellationStatus.REQUESTED
        reason = HoldReason.CANCEL_REQUESTED if asked else HoldReason.UNKNOWN_STATE
        detail = "a cancellation is asked for" if asked else "nobody knows whether the order is to be cancelled"
        yield Hold(reason=reason, detail=detail, field="cancellation", repair="decide on it at the platform")
    if order.payment is PaymentStatus.PART_REFUNDED:
        detail = "part of the money went back"
        repair = "see at the platform what the buyer still wants"
        yield Hold(reason=HoldReason.POLICY, detail=detail, field="payment", repair=repair)
    elif order.payment is PaymentStatus.UNKNOWN:
        word = order.vendor_payment or "missing"
        detail = f"the state of the payment is not understood ({word})"
        yield Hold(reason=HoldReason.UNKNOWN_STATE, detail=detail, field="payment")
    elif order.payment is not PaymentStatus.PAID:
        detail = f"the order is not paid ({order.payment.value})"
        yield Hold(reason=HoldReason.UNPAID, detail=detail, field="payment", repair="wait for the money")
    if order.status is OrderStatus.UNKNOWN:
        detail = f"the state of the order is not understood ({order.vendor_status or 'missing'})"
        yield Hold(reason=HoldReason.UNKNOWN_STATE, detail=detail, field="status")
    elif order.status is OrderStatus.PARTLY_SHIPPED or _some_shipped(order):
        detail = "a part of the order is shipped already"
        repair = "ship the rest by hand: one parcel per order is all this run can do"
        yield Hold(reason=HoldReason.POLICY, detail=detail, field="lines", repair=repair)
    elif order.status is OrderStatus.AWAITING_PAYMENT and order.payment is PaymentStatus.PAID:
        detail = "the platform still waits for the payment"
        yield Hold(reason=HoldReason.UNPAID, detail=detail, field="status", repair="wait for the platform")


def _some_shipped(order: Order) -> bool:
    return not is_already_shipped(order) and (
        bool(order.declared_numbers) or any(line.shipped or line.quantity_shipped for line in order.lines)
    )


def address_holds(order: Order) -> Iterator[Hold]:
    """Reasons in the address that hold for every carrier; a carrier's own rules are its connector's."""
    address = order.ship_to
    if address is None:
        explained = {HoldReason.PLATFORM_SHIPS, HoldReason.NO_ADDRESS, HoldReason.BAD_ADDRESS}
        if not explained & {hold.reason for hold in order.holds}:
            detail = "the platform gives no address to send it to"
            yield Hold(reason=HoldReason.NO_ADDRESS, detail=detail, field="ship_to")
        return
    told = {hold.field for hold in order.holds}
    for name, value in (("name", address.name), ("city", address.city)):
        if not value.strip() and f"ship_to.{name}" not in told:
            repair = "ask the buyer"
            detail = f"the address has no {name}"
            yield Hold(reason=HoldReason.MISSING_DATA, detail=detail, field=f"ship_to.{name}", repair=repair)
    if not any(line.strip() for line in address.lines):
        detail = "the address has no street"
        yield Hold(reason=HoldReason.BAD_ADDRESS, detail=detail, field="ship_to.lines.0", repair="ask the buyer")


def batteries(order: EnrichedOrder) -> frozenset[Battery]:
    """Which batteries are in the order's goods."""
    found = {facts.item.battery for facts in order.lines if facts.item is not None and facts.item.battery is not None}
    return frozenset(found - {Battery.NONE})


def battery_holds(order: EnrichedOrder, config: FulfilmentConfig) -> Iterator[Hold]:
    """A reason to hold if no carrier account takes the batteries that are in the goods."""
    if carriers_taking(batteries(order), config):
        return
    for index, facts in enumerate(order.lines):
        item = facts.item
        if item is not None and item.battery not in {None, Battery.NONE}:
            yield Hold(
                reason=HoldReason.NO_SERVICE,
                detail=f"SKU {item.sku} has a battery ({item.battery}) and no carrier account takes it",
                field=f"lines.{index}.sku",
                repair="agree it with the carrier and name it in fulfilment.batteries, or use another carrier",
            )


def carriers_taking(found: frozenset[Battery], config: FulfilmentConfig) -> tuple[str, ...]:
    """The carrier accounts that take goods with these batteries."""
    return tuple(name for name in config.carriers if found <= config.batteries.get(name, frozenset()))
