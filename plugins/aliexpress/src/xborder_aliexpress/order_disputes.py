"""What is in dispute about a whole order without an issue: the buyer asks to cancel it, or its money is frozen.

Chargebacks have no call of their own (none of the 563 request classes of the official IOP Java SDK 1.3.5-ae speaks of
them): an order whose money is frozen may be one. They are told, never answered: the seller answers in the workbench.
No document says how long there is to answer. `respond_by` is reckoned from the settings and marked as an estimate.
"""

from __future__ import annotations

from datetime import datetime

from xborder_aliexpress import dispute_words as words
from xborder_aliexpress import pacific
from xborder_aliexpress import vocabulary as order_words
from xborder_aliexpress.money import read_money
from xborder_aliexpress.order_reading import buyer_login
from xborder_aliexpress.settings import AliexpressSettings
from xborder_aliexpress.working_days import after_working_days
from xborder_sdk.models import (
    Dispute,
    DisputeKind,
    DisputeReason,
    DisputeStatus,
    Money,
    OrderStatus,
    Raw,
)
from xborder_sdk.reading import JsonObject

FROZEN = "IN_FROZEN"
"""SDK, findorderbyid: order_status and frozen_status."""


def listed_cancellation(found: JsonObject, account: str, raw: Raw) -> Dispute:
    """A request to cancel as the list of orders shows it; its deadline is in the order's detail.

    Args:
        found: The order of the list.
        account: Name of the account.
        raw: The whole answer.

    Raises:
        MalformedResponse: It has no id.
    """
    return Dispute(
        account=account,
        dispute_id=found.text("order_id"),
        kind=DisputeKind.CANCELLATION_REQUEST,
        status=DisputeStatus.SELLER_MUST_ACT,
        vendor_status=found.text_or_none("order_status"),
        complete=False,
        order_id=found.text("order_id"),
        amount=read_money(found, "pay_amount"),
        buyer_id=found.text_or_none("buyer_login_id"),
        raw=raw,
    )


def read_cancellation(found: JsonObject, account: str, raw: Raw, settings: AliexpressSettings) -> Dispute | None:
    """A request to cancel by the order's detail; None where nobody asks for it.

    Args:
        found: The order's detail.
        account: Name of the account.
        raw: The whole answer.
        settings: The account's settings, which may say what the platform's reasons mean.
    """
    word, order_id = found.text_or_none("order_status"), found.text("id")
    asked = word == order_words.IN_CANCEL
    status = order_words.status_of(word, found.text_or_none("logistics_status"), found.text_or_none("order_end_reason"))
    if not asked and status is not OrderStatus.CANCELLED:
        return None
    reason = found.text_or_none("cancel_request_reason") or found.text_or_none("order_end_reason")
    return Dispute(
        account=account,
        dispute_id=order_id,
        kind=DisputeKind.CANCELLATION_REQUEST,
        status=DisputeStatus.SELLER_MUST_ACT if asked else DisputeStatus.CLOSED,
        vendor_status=word,
        reason=settings.dispute_reasons.get(reason or "", DisputeReason.UNKNOWN),
        vendor_reason=reason,
        order_id=order_id,
        amount=_amount(found),
        respond_by=pacific.read(found.text_or_none("over_time_left")) if asked else None,
        choices=frozenset({words.ACCEPT, words.CONTEST}) if asked else frozenset(),
        buyer_id=buyer_login(found),
        raw=raw,
    )


def listed_frozen(found: JsonObject, account: str, raw: Raw) -> Dispute:
    """An order whose money is frozen as the list of orders shows it.

    Args:
        found: The order of the list.
        account: Name of the account.
        raw: The whole answer.

    Raises:
        MalformedResponse: It has no id.
    """
    return Dispute(
        account=account,
        dispute_id=found.text("order_id"),
        kind=DisputeKind.PAYMENT_DISPUTE,
        status=DisputeStatus.SELLER_MUST_ACT,
        vendor_status=found.text_or_none("frozen_status") or found.text_or_none("order_status"),
        complete=False,
        order_id=found.text("order_id"),
        amount=read_money(found, "pay_amount"),
        buyer_id=found.text_or_none("buyer_login_id"),
        raw=raw,
    )


def read_frozen(
    found: JsonObject, account: str, raw: Raw, settings: AliexpressSettings, now: datetime
) -> Dispute | None:
    """An order whose money is frozen by its detail; None where it is not.

    Args:
        found: The order's detail.
        account: Name of the account.
        raw: The whole answer.
        settings: The account's settings, which say how many working days there are to answer.
        now: The present, aware.
    """
    if not is_frozen(found):
        return None
    warnings = ["AliExpress tells of frozen money, not why: look in the seller workbench whether it is a chargeback"]
    noticed = _noticed(found, now)
    if noticed is None:
        noticed = now
        warnings.append("nothing tells when the money was frozen: the deadline is reckoned from now")
    deadline = after_working_days(noticed, settings.chargeback_days)
    warnings.append(
        f"the deadline is reckoned: {settings.chargeback_days} working days in China after the notice"
        " (chargeback_days in the account's settings); the workbench shows the real one"
    )
    if deadline.unannounced:
        years = ", ".join(map(str, deadline.unannounced))
        warnings.append(f"the holidays of {years} are not announced, or not known here: moved days are not counted")
    refund_type = found.child("refund_info").text_or_none("refund_type")
    return Dispute(
        account=account,
        dispute_id=found.text("id"),
        kind=DisputeKind.PAYMENT_DISPUTE,
        status=DisputeStatus.SELLER_MUST_ACT,
        vendor_status=found.text_or_none("frozen_status") or found.text_or_none("order_status"),
        vendor_reason=refund_type if _is_recovery(refund_type) else None,
        order_id=found.text("id"),
        amount=_amount(found),
        opened_at=noticed,
        respond_by=deadline.end,
        respond_by_estimated=True,
        buyer_id=buyer_login(found),
        warnings=tuple(warnings),
        raw=raw,
    )


def is_frozen(found: JsonObject) -> bool:
    """Whether an order's money is frozen."""
    return FROZEN in {found.text_or_none("order_status"), found.text_or_none("frozen_status")}


def _noticed(found: JsonObject, now: datetime) -> datetime | None:
    """When it was frozen: the order's log where it tells, else its last change. Of two readings the earlier one."""
    told = [
        pacific.read(entry.text_or_none("gmt_create"))
        for entry in found.children("opr_log_dto_list")
        if any(mark in (entry.text_or_none("action_type") or "").lower() for mark in words.FREEZING)
    ]
    known = [moment for moment in told if moment is not None and moment <= now]
    return max(known) if known else pacific.read(found.text_or_none("gmt_modified"))


def _is_recovery(refund_type: str | None) -> bool:
    return refund_type is not None and any(mark in refund_type.lower() for mark in words.RECOVERY)


def _amount(found: JsonObject) -> Money | None:
    return read_money(found, "order_amount") or read_money(found, "init_oder_amount")
