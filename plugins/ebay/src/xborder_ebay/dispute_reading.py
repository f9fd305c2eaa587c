"""eBay's payment disputes to our dispute.

Shapes: FUL (OpenAPI sell_fulfillment_v1), schemas PaymentDispute, PaymentDisputeSummary, PaymentDisputeActivityHistory
and what they refer to. Optional and unreadable is left out; without an id nothing can be said.
"""

from __future__ import annotations

from datetime import UTC, datetime

from xborder_ebay import dispute_words as words
from xborder_ebay.dispute_values import identifier, moment, money, needed_identifier, party
from xborder_sdk.models import (
    Address,
    Dispute,
    DisputeActivity,
    DisputeKind,
    DisputeLine,
    DisputeOutcome,
    DisputeParcel,
    DisputeReason,
    DisputeStatus,
    DisputeTransaction,
    EvidenceKind,
    EvidencePiece,
    EvidenceRequest,
    HeldFile,
    Raw,
)
from xborder_sdk.reading import JsonObject

_START = datetime.min.replace(tzinfo=UTC)


def read_payment_dispute(
    found: JsonObject, account: str, raw: Raw, *, history: JsonObject | None = None, complete: bool = True
) -> Dispute:
    """A payment dispute.

    Args:
        found: eBay's PaymentDispute or, from the list, PaymentDisputeSummary, whose fields are some of the former's.
        account: Name of the account it was read through.
        raw: The same object, lazily.
        history: Its activity log, where it was read.
        complete: Whether it is the whole dispute.

    Raises:
        MalformedResponse: It has no id.
    """
    vendor_status = found.text_or_none("paymentDisputeStatus")
    vendor_reason = found.text_or_none("reason")
    resolution = found.child("resolution")
    ended = words.OUTCOME.get(resolution.text_or_none("reasonForClosure") or "")
    status = words.PAYMENT_STATUS.get(vendor_status or "", DisputeStatus.UNKNOWN)
    requests = tuple(_request(one) for one in found.children("evidenceRequests"))
    response = found.text_or_none("sellerResponse")
    vendor_choices = tuple(found.texts("availableChoices"))
    revision = found.integer_or_none("revision")
    return Dispute(
        account=account,
        dispute_id=needed_identifier(found, "paymentDisputeId"),
        kind=DisputeKind.PAYMENT_DISPUTE,
        status=ended if ended is not None and status is DisputeStatus.CLOSED else status,
        vendor_status=vendor_status,
        complete=complete,
        reason=words.PAYMENT_REASON.get(vendor_reason or "", DisputeReason.UNKNOWN),
        vendor_reason=vendor_reason,
        order_id=identifier(found, "orderId"),
        amount=money(found, "amount"),
        opened_at=moment(found, "openDate"),
        closed_at=moment(found, "closedDate"),
        respond_by=moment(found, "respondByDate"),
        answer=words.DECISION.get(response or ""),
        choices=_choices(vendor_choices, status, response, bool(requests)),
        vendor_choices=vendor_choices,
        revision=None if revision is None else str(revision),
        buyer_id=found.text_or_none("buyerUsername"),
        buyer_note=found.child("buyerProvided").text_or_none("note"),
        note=found.text_or_none("note"),
        lines=_lines(found),
        requests=tuple(one for one in requests if one is not None),
        evidence=tuple(one for one in map(_piece, found.children("evidence")) if one is not None),
        return_address=_address(found.child("returnAddress")),
        returning=_parcels(found.child("buyerProvided"), "returnShipmentTracking"),
        transactions=tuple(one for one in map(_transaction, found.children("monetaryTransactions")) if one is not None),
        outcome=_outcome(resolution) if len(resolution.data) else None,
        history=() if history is None else _history(history),
        raw=raw,
    )


def _choices(
    vendor_choices: tuple[str, ...], status: DisputeStatus, response: str | None, asked: bool
) -> frozenset[str]:
    """What may be answered now. FUL, addEvidence: evidence can be added until the seller has contested."""
    found = {words.DECISION[word] for word in vendor_choices if word in words.DECISION}
    answered = response is not None and response in words.DECISION
    may_show = words.CONTEST in found or (asked and not answered)
    if may_show and status is not DisputeStatus.CLOSED:
        found.add(words.ADD_EVIDENCE)
    return frozenset(found)


def _lines(found: JsonObject) -> tuple[DisputeLine, ...]:
    lines = (
        DisputeLine(line_id=identifier(one, "lineItemId"), item_id=identifier(one, "itemId"))
        for one in found.children("lineItems")
    )
    return tuple(line for line in lines if line.line_id is not None or line.item_id is not None)


def _evidence_kind(word: str | None) -> EvidenceKind:
    return words.EVIDENCE.get(word or "", EvidenceKind.OTHER)


def _request(found: JsonObject) -> EvidenceRequest | None:
    request_id = identifier(found, "evidenceId")
    if request_id is None:
        return None
    word = found.text_or_none("evidenceType")
    return EvidenceRequest(
        request_id=request_id,
        kind=_evidence_kind(word),
        vendor_kind=word,
        requested_at=moment(found, "requestDate"),
        respond_by=moment(found, "respondByDate"),
        lines=_lines(found),
    )


def _piece(found: JsonObject) -> EvidencePiece | None:
    evidence_id = identifier(found, "evidenceId")
    if evidence_id is None:
        return None
    word = found.text_or_none("evidenceType")
    return EvidencePiece(
        evidence_id=evidence_id,
        kind=_evidence_kind(word),
        vendor_kind=word,
        files=tuple(one for one in map(_held, found.children("files")) if one is not None),
        parcels=_parcels(found, "shipmentTracking"),
        lines=_lines(found),
        requested_at=moment(found, "requestDate"),
        provided_at=moment(found, "providedDate"),
    )


def _held(found: JsonObject) -> HeldFile | None:
    file_id = identifier(found, "fileId")
    if file_id is None:
        return None
    return HeldFile(
        file_id=file_id,
        name=found.text_or_none("name"),
        media_type=found.text_or_none("fileType"),
        provided_at=moment(found, "uploadedDate"),
    )


def _parcels(found: JsonObject, key: str) -> tuple[DisputeParcel, ...]:
    numbers = ((identifier(one, "shipmentTrackingNumber"), one) for one in found.children(key))
    return tuple(
        DisputeParcel(tracking_number=number, vendor_carrier=one.text_or_none("shippingCarrierCode"))
        for number, one in numbers
        if number is not None
    )


def _transaction(found: JsonObject) -> DisputeTransaction | None:
    amount = money(found, "amount")
    if amount is None:
        return None
    return DisputeTransaction(
        amount=amount,
        to_seller=words.CREDITED.get(found.text_or_none("type") or ""),
        vendor_reason=found.text_or_none("reason"),
        at=moment(found, "date"),
    )


def _outcome(found: JsonObject) -> DisputeOutcome:
    return DisputeOutcome(
        vendor_outcome=found.text_or_none("reasonForClosure"),
        vendor_protection=found.text_or_none("protectionStatus"),
        protected=money(found, "protectedAmount"),
        recouped=money(found, "recoupAmount"),
        fees=money(found, "fees"),
        fee_credit=money(found, "totalFeeCredit"),
    )


def _address(found: JsonObject) -> Address | None:
    name, city = found.text_or_none("fullName"), found.text_or_none("city")
    country = (found.text_or_none("country") or "").upper()
    lines = tuple(line for key in ("addressLine1", "addressLine2") if (line := found.text_or_none(key)) is not None)
    if name is None or city is None or not lines or len(country) != 2 or not (country.isascii() and country.isalpha()):
        return None
    return Address(
        name=name,
        lines=lines,
        city=city,
        region=found.text_or_none("stateOrProvince") or found.text_or_none("county"),
        postal_code=found.text_or_none("postalCode"),
        country=country,
        phone=found.child("primaryPhone").text_or_none("number"),
    )


def _history(found: JsonObject) -> tuple[DisputeActivity, ...]:
    told = (
        DisputeActivity(what=what, party=party(one.text_or_none("actor")), at=moment(one, "activityDate"))
        for one in found.children("activity")
        if (what := one.text_or_none("activityType")) is not None
    )
    return tuple(sorted(told, key=lambda one: one.at or _START))
