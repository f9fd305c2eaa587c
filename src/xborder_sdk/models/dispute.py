"""Disputes: what a buyer, a bank or a platform asks with a clock."""

from __future__ import annotations

from enum import StrEnum

from xborder_sdk.models.address import Address
from xborder_sdk.models.base import Instant, MaybePersonal, Model, Raw, RawField
from xborder_sdk.models.money import Money


class DisputeKind(StrEnum):
    """What it is about."""

    PAYMENT_DISPUTE = "payment_dispute"
    NOT_RECEIVED = "not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    RETURN = "return"
    CANCELLATION_REQUEST = "cancellation_request"
    CLAIM = "claim"
    OTHER = "other"


class DisputeStatus(StrEnum):
    """Who must act."""

    SELLER_MUST_ACT = "seller_must_act"
    WAITING = "waiting"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class EvidenceKind(StrEnum):
    """What a piece of evidence shows."""

    PROOF_OF_DELIVERY = "proof_of_delivery"
    PROOF_OF_DELIVERY_SIGNATURE = "proof_of_delivery_signature"
    TRACKING = "tracking"
    INVOICE = "invoice"
    CORRESPONDENCE = "correspondence"
    DESCRIPTION = "description"
    REFUND = "refund"
    OTHER = "other"


class EvidenceRequest(Model):
    """Evidence the platform asks for, each with its own deadline."""

    request_id: str
    kind: EvidenceKind
    vendor_kind: str | None = None
    respond_by: Instant | None = None


class EvidencePiece(Model):
    """Evidence the platform holds."""

    evidence_id: str
    kind: EvidenceKind
    vendor_kind: str | None = None
    file_names: tuple[str, ...] = ()
    provided_at: Instant | None = None


class DisputeLine(Model):
    """An order line in dispute."""

    line_id: str | None = None
    item_id: str | None = None


class Dispute(Model):
    """A dispute, complete.

    Attributes:
        revision: The platform's version of it, where it locks by version.
        respond_by: The earliest deadline that runs now.
        choices: What may be answered now, by operation name.
        requests: Evidence asked for.
        evidence: Evidence given.
    """

    account: str
    dispute_id: str
    kind: DisputeKind
    status: DisputeStatus
    vendor_status: str | None = None
    reason: str | None = None
    order_id: str | None = None
    amount: Money | None = None
    opened_at: Instant | None = None
    closed_at: Instant | None = None
    respond_by: Instant | None = None
    revision: str | None = None
    buyer_id: MaybePersonal = None
    buyer_note: MaybePersonal = None
    lines: tuple[DisputeLine, ...] = ()
    choices: frozenset[str] = frozenset()
    requests: tuple[EvidenceRequest, ...] = ()
    evidence: tuple[EvidencePiece, ...] = ()
    return_address: Address | None = None
    raw: RawField = Raw()


class DisputeAnswer(Model):
    """What the platform said to an answer."""

    dispute_id: str
    status: DisputeStatus
    vendor_status: str | None = None
    evidence_id: str | None = None
    revision: str | None = None
    raw: RawField = Raw()
