"""The platform's disputes to our model. Optional and unreadable is left out; without an id nothing can be said.

Shapes: the official IOP Java SDK 1.3.5-ae, aliexpress.issue.issuelist.get and aliexpress.issue.detail.get. The SDK's
texts call `order_id` the order and `parent_order_id` its child; the after-sales partner's call, and a live caller, have
it the other way round, which holds here: `parent_order_id` is the order, `order_id` its line. All times are Pacific.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from xborder_aliexpress import dispute_words as words
from xborder_aliexpress import pacific
from xborder_aliexpress.label_archive import bare_name
from xborder_sdk.models import (
    Dispute,
    DisputeActivity,
    DisputeKind,
    DisputeLine,
    DisputeOutcome,
    DisputeParcel,
    DisputeParty,
    DisputeReason,
    DisputeStatus,
    EvidenceKind,
    EvidencePiece,
    HeldFile,
    Money,
    Proposal,
    Raw,
    SolutionKind,
)
from xborder_sdk.reading import JsonObject

_OVER = frozenset({DisputeStatus.CLOSED, DisputeStatus.WON, DisputeStatus.LOST})
_SELLERS_MOVE = frozenset({DisputeStatus.SELLER_MUST_ACT, DisputeStatus.UNKNOWN})
_START = datetime.min.replace(tzinfo=UTC)

Reasons = Mapping[str, DisputeReason]
"""Our reason by the platform's id or text of one."""


def read_listed(found: JsonObject, account: str, raw: Raw, reasons: Reasons, now: datetime) -> Dispute:
    """An entry of the list; it tells neither whose move it is nor until when.

    Args:
        found: The entry.
        account: Name of the account.
        raw: The whole answer.
        reasons: Our reasons.
        now: The present, aware.

    Raises:
        MalformedResponse: It has no id.
    """
    vendor_status = found.text_or_none("issue_status")
    reason = found.text_or_none("reason_english") or found.text_or_none("reason_chinese")
    closed = vendor_status in words.CLOSED
    return Dispute(
        account=account,
        dispute_id=found.text("issue_id"),
        kind=DisputeKind.CLAIM,
        status=DisputeStatus.CLOSED if closed else DisputeStatus.UNKNOWN,
        vendor_status=vendor_status,
        complete=False,
        reason=reasons.get(reason or "", DisputeReason.UNKNOWN),
        vendor_reason=reason,
        order_id=found.text_or_none("parent_order_id") or found.text_or_none("order_id"),
        opened_at=pacific.read_latest(found.text_or_none("gmt_create"), now),
        closed_at=pacific.read_latest(found.text_or_none("gmt_modified"), now) if closed else None,
        buyer_id=found.text_or_none("buyer_login_id"),
        lines=_lines(found),
        raw=raw,
    )


def read_dispute(found: JsonObject, account: str, raw: Raw, reasons: Reasons, now: datetime) -> Dispute:
    """A dispute with its proposals and history.

    Args:
        found: `result_object` of the detail.
        account: Name of the account.
        raw: The whole answer.
        reasons: Our reasons.
        now: The present, aware.

    Raises:
        MalformedResponse: It has no id.
    """
    vendor_status = found.text_or_none("reverse_detail_status") or found.text_or_none("issue_status")
    status = _status(found)
    proposals = tuple(sorted(_proposals(found, now), key=lambda one: one.at or _START))
    history = tuple(sorted(_history(found, now), key=lambda one: one.at or _START))
    reason, reason_id = found.text_or_none("issue_reason"), found.text_or_none("issue_reason_id")
    asked = next((one.amount for one in reversed(proposals) if one.party is DisputeParty.BUYER), None)
    answered = any(one.what == words.SELLER_AGREED for one in history)
    parcel = found.text_or_none("buyer_return_no")
    carrier = found.text_or_none("buyer_return_logistics_company")
    ended = status in _OVER
    return Dispute(
        account=account,
        dispute_id=found.text("id"),
        kind=DisputeKind.CLAIM,
        status=status,
        vendor_status=vendor_status,
        reason=reasons.get(reason_id or "") or reasons.get(reason or "", DisputeReason.UNKNOWN),
        vendor_reason=reason or reason_id,
        order_id=found.text_or_none("parent_order_id") or found.text_or_none("order_id"),
        amount=asked,
        amount_max=most_refunded(found)[0],
        opened_at=pacific.read_latest(found.text_or_none("gmt_create"), now),
        # Of two readings of a deadline the earlier one: nobody is ever late by it. While another has the move the
        # deadline is the other's.
        respond_by=pacific.read(found.text_or_none("timeout_trigger_time")) if status in _SELLERS_MOVE else None,
        proposals=proposals,
        answer=words.ACCEPT if answered else None,
        choices=_choices(status, vendor_status, proposals),
        buyer_id=found.text_or_none("buyer_login_id"),
        buyer_note=next((one.note for one in history if one.party is DisputeParty.BUYER and one.note), None),
        lines=_lines(found),
        evidence=tuple(_evidence(found, now)),
        returning=() if parcel is None else (DisputeParcel(tracking_number=parcel, vendor_carrier=carrier),),
        outcome=DisputeOutcome(vendor_outcome=vendor_status) if ended else None,
        history=history,
        raw=raw,
    )


def most_refunded(found: JsonObject) -> tuple[Money | None, Money | None]:
    """The most a refund may come to, and the same in the buyer's own currency."""
    return _money(found, "refund_money_max"), _money(found, "refund_money_max_local")


def _status(found: JsonObject) -> DisputeStatus:
    status = words.STATUS.get(found.text_or_none("reverse_detail_status") or "", DisputeStatus.UNKNOWN)
    if found.text_or_none("issue_status") in words.CLOSED and status is not DisputeStatus.WON:
        return DisputeStatus.CLOSED
    return status


def _choices(status: DisputeStatus, vendor_status: str | None, proposals: tuple[Proposal, ...]) -> frozenset[str]:
    """What may be answered now. While the platform decides or a return travels, only evidence may be added."""
    if status in _OVER:
        return frozenset()
    if status in {DisputeStatus.PLATFORM_DECIDES, DisputeStatus.WAITING}:
        return frozenset({words.ADD_EVIDENCE})
    found = {words.ADD_EVIDENCE}
    if vendor_status not in words.RETURN_AGREED:
        found.add(words.OFFER)
    if any(is_for_seller(proposal) or awaits_address(proposal, vendor_status) for proposal in proposals):
        found.add(words.ACCEPT)
    return frozenset(found)


def awaits_address(proposal: Proposal, vendor_status: str | None) -> bool:
    """Whether a return holds that the seller has not agreed to, so that agreeing still gives its address.

    The call that agrees is the only one that takes an address.
    """
    return (
        vendor_status == words.SET_RETURN_ADDRESS
        and proposal.kind is SolutionKind.RETURN_AND_REFUND
        and proposal.vendor_status in words.AGREED
    )


def is_for_seller(proposal: Proposal) -> bool:
    """Whether the seller can agree to a proposal now."""
    return proposal.party is not DisputeParty.SELLER and proposal.vendor_status in words.FOR_SELLER


def _lines(found: JsonObject) -> tuple[DisputeLine, ...]:
    child, order, product = (found.text_or_none(name) for name in ("order_id", "parent_order_id", "product_id"))
    line_id = child if order is not None else None
    return () if line_id is None and product is None else (DisputeLine(line_id=line_id, item_id=product),)


def _proposals(found: JsonObject, now: datetime) -> Iterator[Proposal]:
    for party in ("buyer", "seller", "platform"):
        for one in found.children(f"{party}_solution_list"):
            proposal_id = one.text_or_none("id")
            if proposal_id is None:
                continue
            kind, vendor_status = one.text_or_none("solution_type"), one.text_or_none("status")
            owner = words.PARTY.get((one.text_or_none("solution_owner") or party).lower())
            yield Proposal(
                proposal_id=proposal_id,
                party=owner or words.PARTY[party],
                kind=words.SOLUTION.get(kind or "", SolutionKind.UNKNOWN),
                vendor_kind=kind,
                amount=_money(one, "refund_money"),
                is_open=vendor_status in words.ON_THE_TABLE,
                vendor_status=vendor_status,
                at=pacific.read_latest(one.text_or_none("gmt_create"), now),
                note=one.text_or_none("content"),
            )


def _history(found: JsonObject, now: datetime) -> Iterator[DisputeActivity]:
    for one in found.children("process_dto_list"):
        what = one.text_or_none("action_type")
        if what is not None:
            yield DisputeActivity(
                what=what,
                party=words.PARTY.get((one.text_or_none("submit_member_type") or "").lower(), DisputeParty.UNKNOWN),
                at=pacific.read_latest(one.text_or_none("gmt_create"), now),
                note=one.text_or_none("content"),
            )


def _evidence(found: JsonObject, now: datetime) -> Iterator[EvidencePiece]:
    """Files of the seller's. The platform has no word for what one shows."""
    for number, step in enumerate(found.children("process_dto_list"), 1):
        at = pacific.read_latest(step.text_or_none("gmt_create"), now)
        files = tuple(
            HeldFile(
                file_id=path,
                name=bare_name(path.partition("?")[0]),
                provided_at=pacific.read_latest(one.text_or_none("gmt_create"), now) or at,
            )
            for one in step.children("attachments")
            if (path := one.text_or_none("file_path")) is not None
            and (one.text_or_none("owner") or step.text_or_none("submit_member_type") or "").lower() == "seller"
        )
        if files:
            evidence_id = step.text_or_none("id") or str(number)
            yield EvidencePiece(evidence_id=evidence_id, kind=EvidenceKind.OTHER, files=files, provided_at=at)


def _money(found: JsonObject, name: str) -> Money | None:
    amount, currency = found.number_or_none(name), (found.text_or_none(f"{name}_currency") or "").upper()
    if amount is None or len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        return None
    return Money(amount=amount, currency=currency)
