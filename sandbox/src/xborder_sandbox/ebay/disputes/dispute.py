"""One payment dispute: what it holds, and how eBay shows it (sell_fulfillment_v1, PaymentDispute)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from xborder_sandbox.ebay.amounts import paid_out, read_value
from xborder_sandbox.ebay.disputes.words import (
    ACTION_NEEDED,
    BY_TRACKING,
    CLOSED,
    LOST,
    NOT_RECEIVED,
    RETURNABLE,
    WON,
)
from xborder_sandbox.ebay.order import Document, Order
from xborder_sandbox.ebay.times import write_time
from xborder_sandbox.requests import Json

Line = tuple[str, str]  # itemId and lineItemId


@dataclass
class EvidenceFile:
    """An uploaded picture."""

    file_id: str
    name: str
    kind: str
    content: bytes = field(repr=False)
    uploaded: datetime

    def picture(self) -> Document:
        """Return a FileInfo."""
        return {
            "fileId": self.file_id,
            "fileType": self.kind,
            "name": self.name,
            "uploadedDate": write_time(self.uploaded),
        }


@dataclass
class Evidence:
    """A set of evidence: asked for by eBay, provided by the seller, or both."""

    evidence_id: str
    kind: str
    lines: list[Line]
    requested: datetime | None = None
    respond_by: datetime | None = None
    provided: datetime | None = None
    overdue: bool = False
    files: list[EvidenceFile] = field(default_factory=list)

    @property
    def awaited(self) -> bool:
        """Whether eBay asked for it and can still be answered."""
        return self.requested is not None and self.provided is None and not self.overdue

    def picture(self) -> Document:
        """Return a DisputeEvidence, or of an unanswered one an EvidenceRequest."""
        shown: Document = {
            "evidenceId": self.evidence_id,
            "evidenceType": self.kind,
            "lineItems": show_lines(self.lines),
        }
        if self.requested is not None and self.respond_by is not None:
            shown["requestDate"] = write_time(self.requested)
            shown["respondByDate"] = write_time(self.respond_by)
        if self.provided is not None:
            shown["providedDate"] = write_time(self.provided)
            shown["files"] = [file.picture() for file in self.files]
        return shown


@dataclass
class Movement:
    """Money taken from the seller or given back."""

    at: datetime
    kind: str
    reason: str
    amount: Document

    def picture(self) -> Document:
        """Return a MonetaryTransaction."""
        return {"date": write_time(self.at), "type": self.kind, "reason": self.reason, "amount": self.amount}


@dataclass
class Dispute:
    """A payment dispute about lines of one order.

    Attributes:
        payout: The currency of the seller's marketplace, in which the amount is told.
        decide_at: When eBay will have decided; None while the seller has to act, or afterwards.
        outcome: The reasonForClosure of a closed one.
    """

    dispute_id: str
    order: Order
    reason: str
    value: Decimal
    payout: str
    lines: list[Line]
    opened: datetime
    respond_by: datetime
    buyer_note: str | None = None
    note_on_hold: bool = False
    state: str = ACTION_NEEDED
    revision: int = 1
    response: str | None = None
    note: str | None = None
    return_address: Document | None = None
    decide_at: datetime | None = None
    closed: datetime | None = None
    outcome: str | None = None
    fee: Decimal = Decimal(0)
    evidence: list[Evidence] = field(default_factory=list)
    files: dict[str, EvidenceFile] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    activities: list[tuple[datetime, str, str]] = field(default_factory=list)

    @property
    def choices(self) -> list[str]:
        """What the seller may answer now."""
        if self.state != ACTION_NEEDED:
            return []
        with_return = ["SELLER_ACCEPT_WITH_RETURN"] if self.reason in RETURNABLE else []
        return ["SELLER_ACCEPT", *with_return, "SELLER_CONTEST"]

    @property
    def tracking(self) -> list[tuple[str, str]]:
        """Carrier and number of the parcels that hold disputed lines."""
        disputed = {line_item_id for _, line_item_id in self.lines}
        return [
            (fulfilment.carrier, fulfilment.tracking)
            for fulfilment in self.order.fulfilments
            if fulfilment.carrier is not None
            and fulfilment.tracking is not None
            and any(line in disputed for line, _ in fulfilment.lines)
        ]

    @property
    def proofs(self) -> set[str]:
        """The types of evidence there is."""
        found = {held.kind for held in self.evidence if held.files}
        if self.reason == NOT_RECEIVED and self.tracking:
            found.add(BY_TRACKING)
        return found

    def did(self, at: datetime, activity: str, actor: str, *, moves: bool = True) -> None:
        """Write an activity down; the revision grows with each action."""
        self.activities.append((at, activity, actor))
        self.revision += moves

    def set_of(self, evidence_id: str) -> Evidence | None:
        """Return a set of evidence, or None."""
        return next((held for held in self.evidence if held.evidence_id == evidence_id), None)

    def money(self, value: Decimal, *, detailed: bool = False) -> Document:
        """Return a SimpleAmount of order currency in the seller's; `detailed` adds the conversion."""
        amount = paid_out(value, self.order.currency, self.payout)
        if not detailed:
            return {"value": amount["value"], "currency": amount["currency"]}
        if "convertedFromValue" in amount and value:
            rate = (read_value(amount) / value).quantize(Decimal("0.000001"))
            return {**amount, "exchangeRate": f"{rate.normalize():f}"}
        return amount

    def charge(self, at: datetime, kind: str, reason: str, amount: Document) -> None:
        """Take money from the seller (CHARGE) or give it back (CREDIT)."""
        self.movements.append(Movement(at, kind, reason, amount))

    def summary(self) -> Document:
        """Return a PaymentDisputeSummary."""
        buyer = self.order.document["buyer"]
        shown: Document = {
            "paymentDisputeId": self.dispute_id,
            "paymentDisputeStatus": self.state,
            "reason": self.reason,
            "openDate": write_time(self.opened),
            "amount": self.money(self.value),
            "orderId": self.order.order_id,
            "buyerUsername": buyer["username"] if isinstance(buyer, dict) else "",
        }
        if self.state == ACTION_NEEDED:
            shown["respondByDate"] = write_time(self.respond_by)
        if self.closed is not None:
            shown["closedDate"] = write_time(self.closed)
        return shown

    def picture(self) -> Document:
        """Return a PaymentDispute."""
        shown = {**self.summary(), "revision": self.revision, "lineItems": show_lines(self.lines)}
        choices: list[Json] = [*self.choices]
        if choices:
            shown["availableChoices"] = choices
        if self.response is not None:
            shown["sellerResponse"] = self.response
        if self.note is not None:
            shown["note"] = self.note
        if self.return_address is not None:
            shown["returnAddress"] = self.return_address
        if self.note_on_hold:
            shown["buyerProvided"] = {"contentOnHold": True}
        elif self.buyer_note is not None:
            shown["buyerProvided"] = {"note": self.buyer_note}
        asked: list[Json] = [held.picture() for held in self.evidence if held.awaited and self.state == ACTION_NEEDED]
        if asked:
            shown["evidenceRequests"] = asked
        provided: list[Json] = [held.picture() for held in self.evidence if held.files]
        provided += self._by_tracking()
        if provided:
            shown["evidence"] = provided
        if self.movements:
            shown["monetaryTransactions"] = [movement.picture() for movement in self.movements]
        if self.state == CLOSED:
            shown["resolution"] = self._resolution()
        return shown

    def history(self) -> Document:
        """Return a PaymentDisputeActivityHistory."""
        return {
            "activity": [
                {"activityDate": write_time(at), "activityType": activity, "actor": actor}
                for at, activity, actor in self.activities
            ]
        }

    def _by_tracking(self) -> list[Json]:
        """Return the evidence that the declared parcels are, where the item is said not to have come."""
        if self.reason != NOT_RECEIVED or not self.tracking:
            return []
        shown: Document = {
            "evidenceId": f"{self.dispute_id}T",
            "evidenceType": BY_TRACKING,
            "lineItems": show_lines(self.lines),
            "providedDate": write_time(max(fulfilment.shipped for fulfilment in self.order.fulfilments)),
            "shipmentTracking": [
                {"shippingCarrierCode": carrier, "shipmentTrackingNumber": number} for carrier, number in self.tracking
            ],
        }
        return [shown]

    def _resolution(self) -> Document:
        shown: Document = {"reasonForClosure": self.outcome or LOST}
        if self.outcome == WON:
            shown["protectionStatus"] = "FULLY_PROTECTED"
            shown["protectedAmount"] = self.money(self.value)
            return shown
        shown["protectionStatus"] = "NOT_PROTECTED"
        shown["recoupAmount"] = self.money(self.value)
        if self.fee:
            shown["fees"] = {"value": f"{self.fee:.1f}", "currency": self.payout}
        return shown


def show_lines(lines: list[Line]) -> list[Json]:
    """Return OrderLineItems."""
    return [{"itemId": item_id, "lineItemId": line_item_id} for item_id, line_item_id in lines]
