"""What happens to an order, and when (AliExpress reference, section 2.4).

The stages: PLACE_ORDER_SUCCESS, RISK_CONTROL, WAIT_SELLER_SEND_GOODS, SELLER_PART_SEND_GOODS,
WAIT_BUYER_ACCEPT_GOODS, FUND_PROCESSING, FINISH. An order that is frozen, disputed or asked to be cancelled stays
in its stage. An order whose time to send runs out stays too, as one that is overdue.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from xborder_sandbox.aliexpress.orders.order import SENDABLE, Declaration, Line, LogEntry, Order, Refund
from xborder_sandbox.aliexpress.settings import Settings

_OPEN = ("RISK_CONTROL", *SENDABLE, "WAIT_BUYER_ACCEPT_GOODS")


class NotNow(Exception):
    """An order is in a state in which that cannot happen."""


def note(order: Order, at: datetime, action: str, operator: str, memo: str = "") -> None:
    """Write into the order's log, and move its time of change."""
    entry_id = order.order_id * 100 + len(order.log) + 1
    order.log.append(LogEntry(entry_id, at, action, operator, memo))
    order.modified = max(order.modified, at)


def due(order: Order, settings: Settings) -> datetime | None:
    """Return when something happens by itself next, if anything does."""
    if order.status != order.stage:
        return None
    if order.stage == "PLACE_ORDER_SUCCESS":
        return order.created + timedelta(seconds=settings.unpaid_seconds)
    if order.stage == "RISK_CONTROL" and order.paid is not None:
        return order.paid + timedelta(seconds=settings.risk_seconds)
    if order.stage in SENDABLE and order.cleared is not None and _waiting_in_warehouse(order):
        return order.cleared + timedelta(seconds=settings.warehouse_seconds)
    if order.stage == "WAIT_BUYER_ACCEPT_GOODS" and order.sent is not None:
        return order.sent + timedelta(seconds=settings.accept_seconds)
    if order.stage == "FUND_PROCESSING" and order.received is not None:
        return order.received + timedelta(seconds=settings.funds_seconds)
    return None


def deadline(order: Order, settings: Settings) -> datetime | None:
    """Return when the time of the present status runs out."""
    if order.status == "IN_CANCEL" and order.cancel_asked is not None:
        return order.cancel_asked + timedelta(seconds=settings.cancel_seconds)
    if order.status in SENDABLE and order.cleared is not None:
        days = max((line.prepare_days for line in order.lines if not line.by_platform), default=0)
        return order.cleared + timedelta(days=days)
    return due(order, settings)


def advance(order: Order, settings: Settings, now: datetime) -> None:
    """Let happen what is due by now."""
    while (at := due(order, settings)) is not None and at <= now:
        if order.stage == "PLACE_ORDER_SUCCESS":
            finish(order, at, "pay_timeout")
        elif order.stage == "RISK_CONTROL":
            clear(order, at)
        elif order.stage in SENDABLE:
            for line in _waiting_in_warehouse(order):
                line.sent = at
            note(order, at, "WAREHOUSE_SEND_GOODS", "system")
            _settle_sent(order, at)
        elif order.stage == "WAIT_BUYER_ACCEPT_GOODS":
            receive(order, at, "system")
        else:
            finish(order, at, "buyer_confirm_goods")


def pay(order: Order, at: datetime) -> None:
    """Take the buyer's money; the risk review begins.

    Raises:
        NotNow: If the order does not wait for it.
    """
    if order.stage != "PLACE_ORDER_SUCCESS":
        raise NotNow("the order does not wait for money")
    order.paid = at
    order.stage = "RISK_CONTROL"
    note(order, at, "PAY_SUCCESS", "buyer")


def clear(order: Order, at: datetime) -> None:
    """End the risk review well.

    Raises:
        NotNow: If there is none.
    """
    if order.stage != "RISK_CONTROL":
        raise NotNow("the order is not under risk control")
    order.cleared = at
    order.stage = "WAIT_SELLER_SEND_GOODS"
    note(order, at, "RISK_CONTROL_PASS", "system")


def declare(order: Order, declarations: Sequence[Declaration]) -> None:
    """Take the seller's word that parcels are on their way; `all` says nothing of their lines is left.

    Raises:
        NotNow: If the order does not wait to be sent, or its lines are the platform's. Nothing is entered then.
    """
    if order.status not in SENDABLE:
        raise NotNow(f"the order's status is {order.status}")
    named = {index for declaration in declarations for index in declaration.lines}
    if any(line.by_platform for line in order.lines if line.index in named):
        raise NotNow("the platform's warehouse sends that line")
    for declaration in declarations:
        order.declarations.append(declaration)
        if declaration.send_type == "all":
            for line in order.lines:
                if line.index in declaration.lines:
                    line.sent = line.sent or declaration.declared
        note(order, declaration.declared, "SELLER_SEND_GOODS", "seller", declaration.number)
    _settle_sent(order, declarations[-1].declared)


def receive(order: Order, at: datetime, operator: str = "buyer") -> None:
    """Say that the goods arrived.

    Raises:
        NotNow: If they are not on their way.
    """
    if order.stage != "WAIT_BUYER_ACCEPT_GOODS" or order.status != order.stage:
        raise NotNow("the order does not wait for the buyer")
    order.received = at
    order.stage = "FUND_PROCESSING"
    note(order, at, "BUYER_ACCEPT_GOODS", operator)


def finish(order: Order, at: datetime, reason: str) -> None:
    """Close the order."""
    order.stage = "FINISH"
    order.ended = at
    order.end_reason = reason
    order.frozen = False
    order.cancel_asked = None
    note(order, at, "FINISH", "system", reason)


def ask_cancel(order: Order, at: datetime, reason: str) -> None:
    """Let the buyer ask for cancellation.

    Raises:
        NotNow: If the order is unpaid, sent, closed, or was asked about before.
    """
    if order.status not in ("RISK_CONTROL", *SENDABLE) or order.cancel_refused:
        raise NotNow("the buyer cannot ask for cancellation now")
    order.cancel_asked = at
    order.cancel_reason = reason
    note(order, at, "BUYER_CANCEL_ORDER", "buyer", reason)


def accept_cancel(order: Order, at: datetime) -> None:
    """Let the seller agree: the order ends and the money goes back.

    Raises:
        NotNow: If the buyer did not ask.
    """
    if order.status != "IN_CANCEL":
        raise NotNow("the buyer has not asked for cancellation")
    order.refund = Refund(order.total, "sale_refund", "refund_ok", order.cancel_reason, at)
    note(order, at, "SELLER_ACCEPT_CANCEL", "seller")
    finish(order, at, "cancel_order_close_trade")


def refuse_cancel(order: Order, at: datetime, memo: str) -> None:
    """Let the seller refuse: the order goes on.

    Raises:
        NotNow: If the buyer did not ask.
    """
    if order.status != "IN_CANCEL":
        raise NotNow("the buyer has not asked for cancellation")
    order.cancel_asked = None
    order.cancel_refused = True
    note(order, at, "SELLER_REFUSE_CANCEL", "seller", memo)


def freeze(order: Order, at: datetime, reason: str, refund: Refund | None = None) -> None:
    """Freeze order and money, as after a chargeback.

    Raises:
        NotNow: If it is closed, unpaid or frozen.
    """
    if order.stage in ("FINISH", "PLACE_ORDER_SUCCESS") or order.frozen:
        raise NotNow("the order cannot be frozen now")
    order.frozen = True
    order.refund = refund or order.refund
    note(order, at, "FROZEN", "system", reason)


def unfreeze(order: Order, at: datetime) -> None:
    """Give order and money free again.

    Raises:
        NotNow: If it is not frozen.
    """
    if not order.frozen:
        raise NotNow("the order is not frozen")
    order.frozen = False
    if order.refund is not None and order.refund.status == "refund_frozen":
        order.refund = None
    note(order, at, "UNFROZEN", "system")


def open_issue(order: Order, line: Line, at: datetime) -> None:
    """Begin a dispute about a line.

    Raises:
        NotNow: If nothing was sent, or the line is disputed.
    """
    if order.paid is None or line.issue == "IN_ISSUE":
        raise NotNow("no dispute can be opened about that line now")
    line.issue = "IN_ISSUE"
    line.issue_opened = at
    note(order, at, "OPEN_ISSUE", "buyer")


def close_issue(order: Order, line: Line, at: datetime, refund: Decimal | None = None) -> None:
    """End a dispute about a line, with or without money going back.

    Raises:
        NotNow: If there is none.
    """
    if line.issue != "IN_ISSUE":
        raise NotNow("the line is not disputed")
    line.issue = "END_ISSUE"
    if refund:
        order.refund = Refund(refund, "c", "refund_ok", "issue", at)
    note(order, at, "END_ISSUE", "system")
    if refund is not None and refund >= order.goods_total and order.stage in _OPEN:
        finish(order, at, "issue_close_trade")


def _waiting_in_warehouse(order: Order) -> list[Line]:
    return [line for line in order.lines if line.by_platform and line.sent is None]


def _settle_sent(order: Order, at: datetime) -> None:
    if all(line.sent is not None for line in order.lines):
        order.stage = "WAIT_BUYER_ACCEPT_GOODS"
        order.sent = at
    else:
        order.stage = "SELLER_PART_SEND_GOODS"
