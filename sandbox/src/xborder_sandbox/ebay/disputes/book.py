"""All payment disputes, and what becomes of each as time goes by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from xborder_sandbox.ebay.amounts import RATES, read_value
from xborder_sandbox.ebay.disputes.dispute import Dispute, Evidence, EvidenceFile, Line
from xborder_sandbox.ebay.disputes.words import (
    ACCEPTED,
    ACTION_NEEDED,
    ASKED_FOR,
    CLOSED,
    CONVINCING,
    LOST,
    OPEN,
    WON,
)
from xborder_sandbox.ebay.order import Document, Order
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.tokens import Seller


@dataclass
class DisputeBook:
    """The payment disputes of all sellers.

    Args:
        store: The orders, the clock and the settings.
        random: Where ids and chance come from.
    """

    store: Store
    random: Random
    held: dict[str, Dispute] = field(default_factory=dict)

    def open(
        self,
        order: Order,
        seller: Seller,
        reason: str,
        *,
        lines: list[Line] | None = None,
        age: timedelta = timedelta(0),
        answer_in: timedelta | None = None,
        note: str | None = None,
    ) -> Dispute:
        """Open a dispute for the buyer; eBay asks for the evidence that fits the reason.

        Args:
            order: What it is about.
            seller: Against whom.
            reason: A DisputeReasonEnum.
            lines: The disputed lines; None is all of them.
            age: How long ago it was opened.
            answer_in: How long the seller has from then on; None is what the settings say.
            note: What the buyer wrote.

        Raises:
            ValueError: If the order's currency has no rate here.
        """
        if order.currency not in RATES:
            raise ValueError(f"there is no rate for {order.currency}")
        opened = self.store.now() - age
        all_lines = [(str(line["legacyItemId"]), str(line["lineItemId"])) for line in order.lines]
        disputed = all_lines if lines is None else lines
        wanted = {line_item_id for _, line_item_id in disputed}
        value = (
            order.total
            if len(disputed) == len(all_lines)
            else sum((read_value(line["total"]) for line in order.lines if line["lineItemId"] in wanted), Decimal(0))
        )
        respond_by = opened + (answer_in or timedelta(seconds=self.store.settings.dispute_answer_seconds))
        dispute = Dispute(
            self._number(10), order, reason, value, seller.payout, disputed, opened, respond_by, buyer_note=note
        )
        dispute.did(opened, "DISPUTE_OPENED", "BUYER", moves=False)
        if reason in ASKED_FOR:
            dispute.evidence.append(
                Evidence(self._number(12), ASKED_FOR[reason], disputed, requested=opened, respond_by=respond_by)
            )
        self.held[dispute.dispute_id] = dispute
        return dispute

    def get(self, seller: Seller, dispute_id: str) -> Dispute | None:
        """Return a seller's dispute as it stands now."""
        self.settle()
        dispute = self.held.get(dispute_id)
        return dispute if dispute is not None and dispute.order.seller == seller.account else None

    def of(self, seller: Seller) -> list[Dispute]:
        """Return a seller's disputes as they stand now, the newest first."""
        self.settle()
        mine = [dispute for dispute in self.held.values() if dispute.order.seller == seller.account]
        return sorted(mine, key=lambda dispute: (dispute.opened, dispute.dispute_id), reverse=True)

    def upload(self, dispute: Dispute, name: str, kind: str, content: bytes) -> EvidenceFile:
        """Keep a file; it counts for nothing until it is in a set of evidence."""
        file = EvidenceFile(self._number(12), name, kind, content, self.store.now())
        dispute.files[file.file_id] = file
        if self.store.settings.upload_moves_revision:
            dispute.revision += 1
        return file

    def provide(self, dispute: Dispute, held: Evidence | None, kind: str, lines: list[Line], files: list[str]) -> str:
        """Put files into a set, a new one if none is given; return the set's id."""
        if held is None:
            held = Evidence(self._number(12), kind, lines)
            dispute.evidence.append(held)
        now = self.store.now()
        held.provided = now
        held.files += [dispute.files[file_id] for file_id in files]
        dispute.did(now, "EVIDENCE_PROVIDED", "SELLER")
        return held.evidence_id

    def ask(self, dispute: Dispute, kind: str, answer_in: timedelta) -> Evidence:
        """Ask the seller for more."""
        now = self.store.now()
        asked = Evidence(self._number(12), kind, dispute.lines, requested=now, respond_by=now + answer_in)
        dispute.evidence.append(asked)
        dispute.did(now, "ADDITIONAL_EVIDENCE_REQUEST", "SYSTEM")
        return asked

    def contest(self, dispute: Dispute, note: str | None, address: Document | None) -> None:
        """Take the seller's defence; eBay decides later."""
        now = self.store.now()
        dispute.note, dispute.return_address = note, address
        dispute.response = "SELLER_CONTEST"
        self._await_decision(dispute, now)
        dispute.did(now, "SELLER_CONTEST", "SELLER")
        dispute.did(now, "DEFENCE_EXECUTED", "SYSTEM", moves=False)

    def accept(self, dispute: Dispute, address: Document | None) -> None:
        """Let the seller give in: closed at once, or when the item had time to come back."""
        now = self.store.now()
        dispute.return_address = address
        dispute.response = "SELLER_ACCEPT" if address is None else "SELLER_ACCEPT_WITH_RETURN"
        dispute.did(now, dispute.response, "SELLER")
        if address is None:
            self._close(dispute, now, ACCEPTED, "SYSTEM")
        else:
            self._await_decision(dispute, now)

    def decide(self, dispute: Dispute, outcome: str) -> None:
        """Let eBay's staff decide now; a closed dispute is reversed."""
        now = self.store.now()
        if dispute.state == CLOSED:
            dispute.did(now, "DISPUTE_REVERSED", "CS_AGENT")
            self._settle_money(dispute, now, outcome)
            dispute.outcome = outcome
        else:
            self._close(dispute, now, outcome, "CS_AGENT")

    def reopen(self, dispute: Dispute, answer_in: timedelta) -> None:
        """Open a closed dispute again; the seller has to answer anew."""
        now = self.store.now()
        dispute.state = ACTION_NEEDED
        dispute.respond_by = now + answer_in
        dispute.response = dispute.outcome = dispute.closed = None
        dispute.did(now, "DISPUTE_REOPENED", "SYSTEM")

    def settle(self) -> None:
        """Bring all disputes to what the clock says."""
        now = self.store.now()
        for dispute in self.held.values():
            self._settle(dispute, now)

    def _settle(self, dispute: Dispute, now: datetime) -> None:
        if dispute.state == ACTION_NEEDED:
            late = [held for held in dispute.evidence if held.awaited and held.respond_by and held.respond_by <= now]
            for held in sorted(late, key=lambda entry: entry.respond_by or now):
                held.overdue = True
                dispute.did(held.respond_by or now, "EVIDENCE_REQUEST_OVERDUE", "SYSTEM")
            if dispute.respond_by <= now:
                dispute.response = "SELLER_RESPONSE_OVERDUE"
                dispute.did(dispute.respond_by, "SELLER_RESPONSE_OVERDUE", "SYSTEM")
                self._close(dispute, dispute.respond_by, LOST, "SYSTEM")
        elif dispute.state == OPEN and dispute.decide_at is not None and dispute.decide_at <= now:
            accepted = dispute.response == "SELLER_ACCEPT_WITH_RETURN"
            outcome = ACCEPTED if accepted else self._verdict(dispute)
            self._close(dispute, dispute.decide_at, outcome, "SYSTEM")

    def _await_decision(self, dispute: Dispute, now: datetime) -> None:
        dispute.state = OPEN
        dispute.decide_at = now + timedelta(seconds=self.store.settings.dispute_seconds)

    def _verdict(self, dispute: Dispute) -> str:
        rule = self.store.settings.dispute_outcome
        if rule == "evidence":
            convincing = CONVINCING.get(dispute.reason)
            won = bool(dispute.proofs if convincing is None else dispute.proofs & convincing)
        elif rule == "chance":
            won = self.random.random() < 0.5
        else:
            won = rule == "won"
        return WON if won else LOST

    def _close(self, dispute: Dispute, at: datetime, outcome: str, actor: str) -> None:
        dispute.state = CLOSED
        dispute.closed = at
        dispute.decide_at = None
        self._settle_money(dispute, at, outcome)
        dispute.outcome = outcome
        dispute.did(at, "DISPUTE_CLOSED", actor)

    def _settle_money(self, dispute: Dispute, at: datetime, outcome: str) -> None:
        """Move what the outcome asks for: losing costs the amount, losing a contested one a fee as well."""
        taken = {
            reason: sum(1 if move.kind == "CHARGE" else -1 for move in dispute.movements if move.reason == reason)
            for reason in ("RECOUP_AMOUNT", "DISPUTE_FEE")
        }
        fee = Decimal(self.store.settings.dispute_fee)
        contested = dispute.response == "SELLER_CONTEST"
        dispute.fee = fee if outcome == LOST and contested else Decimal(0)
        owed = {"RECOUP_AMOUNT": outcome != WON, "DISPUTE_FEE": dispute.fee > 0}
        for reason, due in owed.items():
            if due == (taken[reason] > 0):
                continue
            amount: Document = {"value": f"{fee:.1f}", "currency": dispute.payout}
            if reason == "RECOUP_AMOUNT":
                amount = dispute.money(dispute.value, detailed=True)
            dispute.charge(at, "CHARGE" if due else "CREDIT", reason, amount)

    def _number(self, digits: int) -> str:
        return str(self.random.randrange(10 ** (digits - 1), 10**digits))
