"""Post-Order's inquiries, returns, cases and cancellation requests to our dispute.

Shapes: the Post-Order type pages InquirySummaryType, InquiryDetailsResponse, ReturnSummaryType, CaseSummaryType,
CaseDetailsResponse, CancelSummary and CancelDetail. No machine-readable document is at hand and no real payload was
found: unverified, and read as leniently as can be. Times come as `{"value": ...}`, amounts as numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from xborder_ebay import dispute_words as words
from xborder_ebay.dispute_values import identifier, moment, money, needed_identifier, party
from xborder_sdk.models import (
    Dispute,
    DisputeActivity,
    DisputeKind,
    DisputeLine,
    DisputeReason,
    DisputeStatus,
    Raw,
)
from xborder_sdk.reading import JsonObject

_START = datetime.min.replace(tzinfo=UTC)


def read_after_sale(
    kind: DisputeKind, found: JsonObject, account: str, raw: Raw, *, complete: bool = True
) -> Dispute | None:
    """An inquiry, return, case or cancellation request.

    Args:
        kind: Which.
        found: eBay's object, from the search or the reading.
        account: Name of the account it was read through.
        raw: The same object, lazily.
        complete: Whether it is the whole of it.

    Returns:
        None for a cancellation that the seller began: nobody asks anything there.

    Raises:
        MalformedResponse: It has no id.
    """
    dispute = _READERS[kind](found, account, raw)
    if kind is DisputeKind.CANCELLATION_REQUEST and (found.text_or_none("requestorType") or "").upper() == "SELLER":
        return None
    return dispute.replace(complete=complete)


def _lines(found: JsonObject) -> tuple[DisputeLine, ...]:
    item, line = identifier(found, "itemId"), identifier(found, "transactionId")
    return () if item is None and line is None else (DisputeLine(line_id=line, item_id=item),)


def _inquiry(found: JsonObject, account: str, raw: Raw) -> Dispute:
    word = found.text_or_none("inquiryStatusEnum") or found.text_or_none("status")
    status = words.INQUIRY_STATUS.get(word or "", DisputeStatus.UNKNOWN)
    details, history = found.child("inquiryDetails"), found.child("inquiryHistoryDetails")
    mine = status is DisputeStatus.SELLER_MUST_ACT
    return Dispute(
        account=account,
        dispute_id=needed_identifier(found, "inquiryId"),
        kind=DisputeKind.NOT_RECEIVED,
        status=status,
        vendor_status=word,
        reason=DisputeReason.NOT_RECEIVED,
        vendor_reason=found.text_or_none("creationReason"),
        order_id=identifier(found, "orderId"),
        amount=money(found, "claimAmount"),
        opened_at=moment(found, "creationDate") or moment(details, "creationDate"),
        respond_by=moment(found, "respondByDate") or moment(found, "sellerMakeItRightByDate"),
        choices=frozenset({words.ACCEPT, words.CONTEST}) if mine else frozenset(),
        buyer_id=found.text_or_none("buyer"),
        lines=_lines(found),
        history=_history(history),
        raw=raw,
    )


def _case(found: JsonObject, account: str, raw: Raw) -> Dispute:
    word = found.text_or_none("caseStatusEnum") or found.text_or_none("status")
    status = words.CASE_STATUS.get(word or "", DisputeStatus.UNKNOWN)
    details = found.child("caseDetails")
    kind = found.text_or_none("caseType")
    appealed = "appealDetails" in found or "appealDetails" in details
    return Dispute(
        account=account,
        dispute_id=needed_identifier(found, "caseId"),
        kind=DisputeKind.CLAIM,
        status=status,
        vendor_status=word,
        reason=words.CASE_REASON.get(kind or "", DisputeReason.UNKNOWN),
        vendor_reason=kind,
        order_id=identifier(found, "orderId"),
        amount=money(found, "claimAmount"),
        opened_at=moment(found, "creationDate") or moment(details, "creationDate"),
        respond_by=moment(found, "respondByDate"),
        # Appeal Case Decision: what eBay has decided may be appealed, once.
        choices=frozenset({words.CONTEST}) if status is DisputeStatus.CLOSED and not appealed else frozenset(),
        buyer_id=found.text_or_none("buyer"),
        lines=_lines(found),
        history=_history(found.child("caseHistoryDetails")),
        raw=raw,
    )


def _return(found: JsonObject, account: str, raw: Raw) -> Dispute:
    state, word = found.text_or_none("state"), found.text_or_none("status")
    due = found.child("sellerResponseDue")
    creation = found.child("creationInfo")
    reason = creation.text_or_none("reason")
    options = tuple(
        option
        for one in found.children("sellerAvailableOptions")
        if (option := one.text_or_none("actionType")) is not None
    )
    return Dispute(
        account=account,
        dispute_id=needed_identifier(found, "returnId"),
        kind=DisputeKind.RETURN,
        status=_return_status(found, state, word),
        vendor_status=state or word,
        reason=words.RETURN_REASON.get(reason or "", DisputeReason.UNKNOWN),
        vendor_reason=reason,
        order_id=identifier(found, "orderId"),
        amount=money(found.child("sellerTotalRefund"), "estimatedRefundAmount"),
        opened_at=moment(creation, "creationDate"),
        respond_by=moment(due, "respondByDate"),
        choices=frozenset(words.RETURN_OPTION[option] for option in options if option in words.RETURN_OPTION),
        vendor_choices=options,
        buyer_id=found.text_or_none("buyerLoginName"),
        buyer_note=creation.child("comments").text_or_none("content"),
        lines=_lines(creation.child("item")),
        raw=raw,
    )


def _return_status(found: JsonObject, state: str | None, word: str | None) -> DisputeStatus:
    if {state, word} & words.RETURN_CLOSED:
        return DisputeStatus.CLOSED
    if words.RETURN_ESCALATED in {state, word}:
        return DisputeStatus.PLATFORM_DECIDES
    if "activityDue" in found.child("sellerResponseDue"):
        return DisputeStatus.SELLER_MUST_ACT
    if "activityDue" in found.child("buyerResponseDue"):
        return DisputeStatus.BUYER_MUST_ACT
    return DisputeStatus.UNKNOWN if state is None and word is None else DisputeStatus.WAITING


def _cancellation(found: JsonObject, account: str, raw: Raw) -> Dispute:
    word, reason = found.text_or_none("cancelStatus"), found.text_or_none("cancelReason")
    status = words.CANCEL_STATUS.get(word or "", DisputeStatus.UNKNOWN)
    due, closed = moment(found, "sellerResponseDueDate"), moment(found, "cancelCloseDate")
    told = found.children("activityHistories")
    answers = [words.CANCEL_ANSWER.get(one.text_or_none("activityType") or "") for one in told]
    answer = next((one for one in reversed(answers) if one is not None), None)
    if closed is not None:
        status = DisputeStatus.CLOSED
    elif answer is not None and status is not DisputeStatus.CLOSED:
        status = DisputeStatus.WAITING  # eBay names the old deadline until it has carried the answer out
    elif due is not None and status is not DisputeStatus.CLOSED:
        # CancelSummary, sellerResponseDueDate: only there while the seller has to answer.
        status = DisputeStatus.SELLER_MUST_ACT
    mine = status is DisputeStatus.SELLER_MUST_ACT
    return Dispute(
        account=account,
        dispute_id=needed_identifier(found, "cancelId"),
        kind=DisputeKind.CANCELLATION_REQUEST,
        status=status,
        vendor_status=word,
        reason=DisputeReason.UNKNOWN if reason is None else DisputeReason.CANCELLED,
        vendor_reason=reason,
        order_id=identifier(found, "legacyOrderId"),
        site=found.text_or_none("marketplaceId"),
        amount=money(found, "requestRefundAmount"),
        opened_at=moment(found, "cancelRequestDate"),
        closed_at=closed,
        respond_by=due if mine else None,
        answer=answer,
        choices=frozenset({words.ACCEPT, words.CONTEST}) if mine else frozenset(),
        buyer_id=found.text_or_none("buyerLoginName"),
        history=_in_order(
            DisputeActivity(what=what, party=party(one.text_or_none("activityParty")), at=moment(one, "actionDate"))
            for one in told
            if (what := one.text_or_none("activityType")) is not None
        ),
        raw=raw,
    )


def _history(found: JsonObject) -> tuple[DisputeActivity, ...]:
    return _in_order(
        DisputeActivity(
            what=what,
            party=party(one.text_or_none("actor")),
            at=moment(one, "date"),
            note=one.text_or_none("description"),
        )
        for one in found.children("history")
        if (what := one.text_or_none("action")) is not None
    )


def _in_order(told: Iterable[DisputeActivity]) -> tuple[DisputeActivity, ...]:
    return tuple(sorted(told, key=lambda one: one.at or _START))


_READERS = {
    DisputeKind.NOT_RECEIVED: _inquiry,
    DisputeKind.RETURN: _return,
    DisputeKind.CLAIM: _case,
    DisputeKind.CANCELLATION_REQUEST: _cancellation,
}
