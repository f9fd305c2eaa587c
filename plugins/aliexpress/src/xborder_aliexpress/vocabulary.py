"""AliExpress' codes of orders as data, each table with its source. Every one is an open set: unknown words are kept.

Sources by short name: SDK is the official IOP Java SDK 1.3.5-ae (the texts beside the fields), META the vendor's
metadata of aliexpress.solution.order.get and aliexpress.solution.order.info.get.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from xborder_sdk.models import OrderStatus, PaymentStatus

# META, solution.order.get, order_status; SDK, findorderbyid, child_order_list.order_status.
UNPAID: Final = "PLACE_ORDER_SUCCESS"
EXAMINE_MONEY: Final = "WAIT_SELLER_EXAMINE_MONEY"
RISK_CONTROL: Final = "RISK_CONTROL"
TO_SHIP: Final = "WAIT_SELLER_SEND_GOODS"
PART_SHIPPED: Final = "SELLER_PART_SEND_GOODS"
SHIPPED: Final = "WAIT_BUYER_ACCEPT_GOODS"
FUND_PROCESSING: Final = "FUND_PROCESSING"
FINISH: Final = "FINISH"
IN_CANCEL: Final = "IN_CANCEL"
IN_ISSUE: Final = "IN_ISSUE"
IN_FROZEN: Final = "IN_FROZEN"

# Older lists of the vendor's have these too; they are read, and never asked for.
RISK_CONTROL_HOLD: Final = "RISK_CONTROL_HOLD"
PAYMENT_PROCESSING: Final = "PAYMENT_PROCESSING"
ARCHIVE: Final = "ARCHIVE"

STATUS: Final = {
    UNPAID: OrderStatus.AWAITING_PAYMENT,
    PAYMENT_PROCESSING: OrderStatus.AWAITING_PAYMENT,
    EXAMINE_MONEY: OrderStatus.AWAITING_PAYMENT,
    RISK_CONTROL: OrderStatus.AWAITING_SHIPMENT,
    RISK_CONTROL_HOLD: OrderStatus.AWAITING_SHIPMENT,
    TO_SHIP: OrderStatus.AWAITING_SHIPMENT,
    PART_SHIPPED: OrderStatus.PARTLY_SHIPPED,
    SHIPPED: OrderStatus.SHIPPED,
    FUND_PROCESSING: OrderStatus.DELIVERED,
}

SIDE_STATES: Final = frozenset({IN_CANCEL, IN_ISSUE, IN_FROZEN})
"""States that an order gets into from any other; where its goods are, `logistics_status` tells."""
FINISHED: Final = frozenset({FINISH, ARCHIVE})
RISKY: Final = frozenset({RISK_CONTROL, RISK_CONTROL_HOLD})
SHIPPABLE: Final = frozenset({TO_SHIP, PART_SHIPPED})
GONE: Final = frozenset({SHIPPED, FUND_PROCESSING, *FINISHED})
"""States of a line that leave nothing of it to ship."""

# SDK, findorderbyid, logistics_status.
BUYER_ACCEPTED: Final = "BUYER_ACCEPT_GOODS"
LOGISTICS: Final = {
    "NO_LOGISTICS": OrderStatus.AWAITING_SHIPMENT,
    "WAIT_SELLER_SEND_GOODS": OrderStatus.AWAITING_SHIPMENT,
    "SELLER_SEND_PART_GOODS": OrderStatus.PARTLY_SHIPPED,
    "SELLER_SEND_GOODS": OrderStatus.SHIPPED,
    BUYER_ACCEPTED: OrderStatus.DELIVERED,
}
BUYER_CONFIRMED: Final = "buyer_confirm_goods"  # META, solution.order.get, end_reason: the one value that is shown

# What may be asked for by name, besides FINISH (META, solution.order.get, order_status).
ASKABLE: Final = (
    UNPAID, IN_CANCEL, TO_SHIP, PART_SHIPPED, SHIPPED, FUND_PROCESSING, IN_ISSUE, IN_FROZEN, EXAMINE_MONEY,
    RISK_CONTROL,
)  # fmt: skip

# SDK, findorderbyid, fund_status; WAIT_SELLER_CHECK stands beside WAIT_SELLER_EXAMINE_MONEY.
FUND: Final = {
    "NOT_PAY": PaymentStatus.UNPAID,
    "PAY_SUCCESS": PaymentStatus.PAID,
    "WAIT_SELLER_CHECK": PaymentStatus.PENDING,
}

# SDK, findorderbyid: frozen_status and issue_status of orders and lines.
FROZEN: Final = "IN_FROZEN"
NOT_FROZEN: Final = "NO_FROZEN"
DISPUTED: Final = "IN_ISSUE"
NOT_DISPUTED: Final = frozenset({"NO_ISSUE", "END_ISSUE"})

REFUND_DONE: Final = "refund_ok"
REFUND_UNDER_WAY: Final = frozenset({"wait_refund", "refund_frozen"})
"""SDK, findorderbyid, refund_info.refund_status."""

# SDK, findorderbyid, child_order_list: lines that the platform's own warehouse ships; sellers' systems pass over them.
PLATFORM_WAREHOUSE: Final = "cainiaoInternationalWarehouse"
PLATFORM_SENDS: Final = "WAREHOUSE_SEND_GOODS"

# SDK, findorderbyid, child_order_list.already_taxed: tax collected, goods from a warehouse abroad or across the border.
TAXED_ACROSS_BORDER: Final = "I_TAXED"
TAXED: Final = frozenset({TAXED_ACROSS_BORDER, "U_TAXED"})

BUSINESS_MODEL: Final = "orderBusinessModel"
"""SDK, findorderbyid, child_order_list.extend_map: SEMI_CHOICE_SELF there marks a semi-managed order (半托管)."""

# Country codes of the vendor's that are not ISO 3166-1 alpha-2: UK, and alpha-3 codes of some territories.
COUNTRY: Final = {
    "UK": "GB", "SRB": "RS", "MNE": "ME", "JEY": "JE", "GGY": "GG", "ALA": "AX", "BLM": "BL", "MAF": "MF", "SXM": "SX",
    "SGS": "GS", "TLS": "TL",
}  # fmt: skip


def status_of(word: str | None, logistics: str | None, end_reason: str | None) -> OrderStatus:
    """Where an order stands.

    A finished order says how it went only by where its goods are: never sent means cancelled.

    Args:
        word: `order_status`.
        logistics: `logistics_status`.
        end_reason: `order_end_reason` of a detail, `end_reason` of a list.
    """
    if word in FINISHED:
        if end_reason == BUYER_CONFIRMED:
            return OrderStatus.DELIVERED
        goods = LOGISTICS.get(logistics or "", OrderStatus.UNKNOWN)
        return OrderStatus.CANCELLED if goods is OrderStatus.AWAITING_SHIPMENT else goods
    if word in SIDE_STATES:
        return LOGISTICS.get(logistics or "", OrderStatus.UNKNOWN)
    return STATUS.get(word or "", OrderStatus.UNKNOWN)


def states_to_ask(statuses: Iterable[OrderStatus]) -> tuple[str, ...] | None:
    """The states under way that may hold orders of these statuses; None where all of them must be read.

    Args:
        statuses: What is wanted; none means everything.
    """
    wanted = frozenset(statuses)
    if not wanted or OrderStatus.UNKNOWN in wanted:
        return None
    return tuple(word for word in ASKABLE if word in SIDE_STATES or STATUS.get(word) in wanted)


def is_asked(statuses: Iterable[OrderStatus], *, finished: bool) -> bool:
    """Whether orders of these statuses may be among the finished ones, or among those under way.

    Lists show FUND_PROCESSING as FINISH (article 114953), so what is delivered may be in either.
    """
    wanted = frozenset(statuses)
    if not wanted or OrderStatus.UNKNOWN in wanted:
        return True
    over = {OrderStatus.DELIVERED, OrderStatus.SHIPPED, OrderStatus.CANCELLED, OrderStatus.PARTLY_SHIPPED}
    return bool(wanted & over) if finished else wanted != {OrderStatus.CANCELLED}
