"""Disputes: what a buyer, a bank or a platform asks with a clock.

One model over chargebacks, returns, inquiries, claims and cancellation requests. A dispute is known by its kind and
its id together, since platforms number each kind for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from xborder_sdk.models.address import Address
from xborder_sdk.models.base import Instant, MaybePersonal, Model, Raw, RawField
from xborder_sdk.models.money import Money


class DisputeKind(StrEnum):
    """Which procedure it is."""

    PAYMENT_DISPUTE = "payment_dispute"
    """The buyer's bank or payment service takes the money back (a chargeback)."""
    NOT_RECEIVED = "not_received"
    """The buyer asks the platform where the parcel is."""
    NOT_AS_DESCRIBED = "not_as_described"
    """The buyer complains of the goods, where that is a procedure of its own and no return."""
    RETURN = "return"
    CANCELLATION_REQUEST = "cancellation_request"
    """The buyer asks for the order to be cancelled."""
    CLAIM = "claim"
    """The platform itself decides between both sides."""
    OTHER = "other"


class DisputeReason(StrEnum):
    """What the other side says is wrong; decides what counts as evidence."""

    NOT_RECEIVED = "not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    COUNTERFEIT = "counterfeit"
    NOT_AUTHORISED = "not_authorised"
    """The holder of the card did not pay."""
    REFUND_MISSING = "refund_missing"
    """Something was sent back or cancelled and the money did not come."""
    WRONG_AMOUNT = "wrong_amount"
    PAID_TWICE = "paid_twice"
    CANCELLED = "cancelled"
    CHANGED_MIND = "changed_mind"
    OTHER = "other"
    UNKNOWN = "unknown"
    """A word nobody has mapped, or none."""


class DisputeStatus(StrEnum):
    """Whose move it is, or how it ended."""

    SELLER_MUST_ACT = "seller_must_act"
    BUYER_MUST_ACT = "buyer_must_act"
    PLATFORM_DECIDES = "platform_decides"
    WAITING = "waiting"
    """Open, and the next move is not the seller's."""
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"
    """Over, and nobody says for whom."""
    UNKNOWN = "unknown"


OPEN_STATUSES = frozenset(
    {
        DisputeStatus.SELLER_MUST_ACT,
        DisputeStatus.BUYER_MUST_ACT,
        DisputeStatus.PLATFORM_DECIDES,
        DisputeStatus.WAITING,
        DisputeStatus.UNKNOWN,
    }
)
"""States that are not known to be over."""


class DisputeParty(StrEnum):
    """Who did something in a dispute."""

    SELLER = "seller"
    BUYER = "buyer"
    PLATFORM = "platform"
    """A person at the platform or the bank."""
    SYSTEM = "system"
    UNKNOWN = "unknown"


class EvidenceKind(StrEnum):
    """What a piece of evidence shows."""

    PROOF_OF_DELIVERY = "proof_of_delivery"
    PROOF_OF_DELIVERY_SIGNATURE = "proof_of_delivery_signature"
    PICKUP = "pickup"
    """The buyer collected it."""
    TRACKING = "tracking"
    """A carrier and a number that the platform looks up itself."""
    AUTHENTICITY = "authenticity"
    DESCRIPTION = "description"
    """The goods were as described."""
    REFUND = "refund"
    """The money went back."""
    NO_REFUND_DUE = "no_refund_due"
    RETURN_NOT_RECEIVED = "return_not_received"
    INVOICE = "invoice"
    CORRESPONDENCE = "correspondence"
    OTHER = "other"


class DisputeLine(Model):
    """An order line in dispute."""

    line_id: str | None = None
    item_id: str | None = None


class DisputeParcel(Model):
    """A parcel that plays a part in a dispute."""

    tracking_number: str
    vendor_carrier: str | None = None


class EvidenceRequest(Model):
    """Evidence the platform asks for, each with its own deadline.

    Attributes:
        request_id: The platform's id of the request.
        kind: What it should show.
        vendor_kind: The platform's own word for that.
        respond_by: When it must be there.
    """

    request_id: str
    kind: EvidenceKind
    vendor_kind: str | None = None
    requested_at: Instant | None = None
    respond_by: Instant | None = None
    lines: tuple[DisputeLine, ...] = ()


class HeldFile(Model):
    """A file of evidence that the platform holds."""

    file_id: str
    name: str | None = None
    media_type: str | None = None
    provided_at: Instant | None = None


class EvidencePiece(Model):
    """Evidence the platform holds.

    Attributes:
        evidence_id: The platform's id of this set of files.
        kind: What it shows.
        files: Its files.
        parcels: Parcels the platform has looked up for it.
    """

    evidence_id: str
    kind: EvidenceKind
    vendor_kind: str | None = None
    files: tuple[HeldFile, ...] = ()
    parcels: tuple[DisputeParcel, ...] = ()
    lines: tuple[DisputeLine, ...] = ()
    requested_at: Instant | None = None
    provided_at: Instant | None = None


class DisputeActivity(Model):
    """One thing that happened in a dispute.

    Attributes:
        what: The platform's own word for it.
        party: Who did it.
    """

    what: str
    party: DisputeParty = DisputeParty.UNKNOWN
    at: Instant | None = None
    note: MaybePersonal = None


class DisputeTransaction(Model):
    """Money that moved because of a dispute.

    Attributes:
        amount: How much; the sign is in `to_seller`.
        to_seller: True for a credit, False for a charge, None where the platform's word is not known.
        vendor_reason: The platform's own word for why, such as a fee.
    """

    amount: Money
    to_seller: bool | None = None
    vendor_reason: str | None = None
    at: Instant | None = None


class DisputeOutcome(Model):
    """How it ended.

    Attributes:
        vendor_outcome: The platform's own word.
        vendor_protection: The platform's word for how far it stands up for the seller.
        protected: What the seller keeps under the platform's protection.
        recouped: What is taken from the seller.
        fees: Fees of the dispute.
        fee_credit: Selling fees that come back.
    """

    vendor_outcome: str | None = None
    vendor_protection: str | None = None
    protected: Money | None = None
    recouped: Money | None = None
    fees: Money | None = None
    fee_credit: Money | None = None


class SolutionKind(StrEnum):
    """What a proposal offers the buyer."""

    REFUND = "refund"
    """Money, and the buyer keeps the goods."""
    RETURN_AND_REFUND = "return_and_refund"
    """Money once the goods have come back."""
    UNKNOWN = "unknown"


class Proposal(Model):
    """A solution that one side has put on the table.

    Attributes:
        proposal_id: The platform's id of it.
        party: Who proposes.
        kind: What is offered.
        vendor_kind: The platform's own word for that.
        amount: The money the buyer would get.
        is_open: Whether it can be agreed to now.
        vendor_status: The platform's own word for where it stands.
        note: The proposer's words.
    """

    proposal_id: str
    party: DisputeParty
    kind: SolutionKind = SolutionKind.UNKNOWN
    vendor_kind: str | None = None
    amount: Money | None = None
    is_open: bool = False
    vendor_status: str | None = None
    at: Instant | None = None
    note: MaybePersonal = None


class Dispute(Model):
    """A dispute.

    Attributes:
        complete: False for an entry of a list that lacks what only `get_dispute` tells: choices, evidence asked for and
            given, revision, history. Its deadline may then be later than the earliest one.
        reason: What the other side says is wrong, with the platform's own word in `vendor_reason`.
        amount: The money in dispute.
        respond_by: Until when the dispute itself must be answered; see `due_by` for the earliest deadline.
        respond_by_estimated: The platform names no deadline, and `respond_by` is reckoned from a rule in the settings.
        amount_max: The most a refund may come to, where the platform says.
        proposals: Solutions on the table, oldest first.
        answer: The operation by which the seller has answered (`contest_dispute`, `accept_dispute`), where known.
        choices: What may be answered now, by operation name; `vendor_choices` has the platform's own words.
        revision: The platform's version of it, where an answer must name the version it was decided on.
        requests: Evidence asked for.
        evidence: Evidence given.
        buyer_note: The buyer's words.
        note: The seller's words.
        return_address: Where goods go back to, as the seller gave it.
        returning: Parcels the buyer is sending back.
        transactions: Money that moved because of it.
        history: What happened, oldest first.
        warnings: What the connector had to reckon or could not know, in words.
    """

    account: str
    dispute_id: str
    kind: DisputeKind
    status: DisputeStatus
    vendor_status: str | None = None
    complete: bool = True
    reason: DisputeReason = DisputeReason.UNKNOWN
    vendor_reason: str | None = None
    order_id: str | None = None
    site: str | None = None
    amount: Money | None = None
    opened_at: Instant | None = None
    closed_at: Instant | None = None
    respond_by: Instant | None = None
    respond_by_estimated: bool = False
    amount_max: Money | None = None
    proposals: tuple[Proposal, ...] = ()
    answer: str | None = None
    choices: frozenset[str] = frozenset()
    vendor_choices: tuple[str, ...] = ()
    revision: str | None = None
    buyer_id: MaybePersonal = None
    buyer_note: MaybePersonal = None
    note: MaybePersonal = None
    lines: tuple[DisputeLine, ...] = ()
    requests: tuple[EvidenceRequest, ...] = ()
    evidence: tuple[EvidencePiece, ...] = ()
    return_address: Address | None = None
    returning: tuple[DisputeParcel, ...] = ()
    transactions: tuple[DisputeTransaction, ...] = ()
    outcome: DisputeOutcome | None = None
    history: tuple[DisputeActivity, ...] = ()
    warnings: tuple[str, ...] = ()
    raw: RawField = Raw()

    @property
    def is_open(self) -> bool:
        """Whether it is not known to be over."""
        return self.status in OPEN_STATUSES

    @property
    def due_by(self) -> datetime | None:
        """The earliest deadline that still runs: of the dispute itself, or of evidence asked for and not given.

        None where nothing is due, and also where something is and the platform names no time (see `is_due`).
        """
        if not self.is_open:
            return None
        given = {piece.evidence_id for piece in self.evidence if piece.files or piece.parcels}
        asked = (wish.respond_by for wish in self.requests if wish.request_id not in given)
        return min((moment for moment in (self.respond_by, *asked) if moment is not None), default=None)

    def is_due(self, until: datetime) -> bool:
        """Whether the seller has something to do by a moment. What is due at an unknown time counts as due.

        Args:
            until: The moment, with its zone.
        """
        deadline = self.due_by
        if deadline is None:
            return self.status is DisputeStatus.SELLER_MUST_ACT
        return deadline <= until


_LAST = datetime.max.replace(tzinfo=UTC)


def by_deadline(disputes: Iterable[Dispute]) -> list[Dispute]:
    """The most urgent first: due at an unknown time, then by deadline, then what nobody waits for.

    Args:
        disputes: In any order; equals keep theirs.
    """

    def urgency(dispute: Dispute) -> tuple[bool, datetime]:
        deadline = dispute.due_by
        unknown = deadline is None and dispute.status is DisputeStatus.SELLER_MUST_ACT
        return not unknown, deadline or _LAST

    return sorted(disputes, key=urgency)


class DisputeAnswer(Model):
    """What the platform said to an answer.

    Attributes:
        status: Whose move it is now, as far as the answer tells.
        evidence_id: The set the evidence went into.
        proposal_id: The platform's id of what was proposed, where the answer names it.
        revision: The platform's new version, where the answer names it; None means: read the dispute again.
    """

    dispute_id: str
    kind: DisputeKind
    status: DisputeStatus
    vendor_status: str | None = None
    evidence_id: str | None = None
    proposal_id: str | None = None
    revision: str | None = None
    raw: RawField = Raw()
