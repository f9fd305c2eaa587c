"""All returns, inquiries and cases, and what becomes of each as time goes by. The periods are unverified."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from xborder_sandbox.ebay.aftersales.claims import Case, Inquiry
from xborder_sandbox.ebay.aftersales.returned import UNDECIDED, Return
from xborder_sandbox.ebay.aftersales.trouble import Trouble
from xborder_sandbox.ebay.order import Document, Order
from xborder_sandbox.ebay.store import Store

_SELLER_ANSWERS = timedelta(days=3)
_SELLER_REFUNDS = timedelta(days=2)
_BUYER_SHIPS = timedelta(days=15)
_BUYER_ANSWERS = timedelta(days=3)
_CASE_TAKES = timedelta(days=2)


@dataclass
class AfterSalesBook:
    """What buyers complained about, of all sellers."""

    store: Store
    random: Random
    returns: dict[str, Return] = field(default_factory=dict)
    inquiries: dict[str, Inquiry] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)

    def open_return(
        self, order: Order, line: Document, reason: str, comments: str | None = None, age: timedelta = timedelta(0)
    ) -> Return:
        """Let the buyer ask for a return."""
        at = self.store.now() - age
        held = Return(
            self._number(), order, line, at, "RETURN_REQUESTED", at + _SELLER_ANSWERS, comments, reason=reason
        )
        held.did(at, "BUYER", "BUYER_CREATE_RETURN", note=comments)
        self.returns[held.trouble_id] = held
        return held

    def open_inquiry(
        self, order: Order, line: Document, comments: str | None = None, age: timedelta = timedelta(0)
    ) -> Inquiry:
        """Let the buyer ask where the item is."""
        at = self.store.now() - age
        held = Inquiry(self._number(), order, line, at, "WAITING_SELLER_RESPONSE", at + _SELLER_ANSWERS, comments)
        held.did(at, "BUYER", "CREATE", note=comments)
        self.inquiries[held.trouble_id] = held
        return held

    def escalate(self, held: Return | Inquiry, actor: str, at: datetime, note: str | None = None) -> Case:
        """Make a case of it."""
        case = Case(
            self._number(),
            held.order,
            held.line,
            at,
            "WAITING_CS",
            at + _CASE_TAKES,
            note,
            kind="RETURN" if isinstance(held, Return) else "ITEM_NOT_RECEIVED",
            tracked=held.tracking is not None,
        )
        case.did(at, actor, "CREATE", note=note)
        self.cases[case.trouble_id] = case
        held.case_id = case.trouble_id
        held.close(
            at,
            actor,
            f"{actor}_ESCALATE" if isinstance(held, Return) else "ESCALATE",
            "CLOSED" if isinstance(held, Return) else "CLOSED_WITH_ESCALATION",
        )
        return case

    def approve(self, held: Return, note: str | None) -> None:
        """Let the buyer send the item back."""
        now = self.store.now()
        held.did(now, "SELLER", "SELLER_APPROVE_REQUEST", "ITEM_READY_TO_SHIP", note)
        held.respond_by = now + _BUYER_SHIPS

    def offer(self, held: Return, value: Decimal, note: str | None) -> None:
        """Offer the buyer a part of the money, and the item to keep."""
        now = self.store.now()
        held.offer = value
        held.did(now, "SELLER", "SELLER_OFFER_PARTIAL_REFUND", "PARTIAL_REFUND_REQUESTED", note)
        held.respond_by = now + _BUYER_ANSWERS

    def answer_offer(self, held: Return, accept: bool) -> None:
        """Let the buyer answer such an offer."""
        now = self.store.now()
        if accept and held.offer is not None:
            held.did(now, "BUYER", "BUYER_ACCEPTS_PARTIAL_REFUND")
            self.refund(held, held.offer, "PARTIAL_REFUND_INITIATED", "SELLER_ISSUE_REFUND", None)
            return
        held.did(now, "BUYER", "BUYER_DECLINE_PARTIAL_REFUND", "PARTIAL_REFUND_DECLINED")
        held.respond_by = now + _SELLER_ANSWERS

    def ship_back(self, held: Return, carrier: str, tracking: str) -> None:
        """Let the buyer send the item."""
        held.carrier, held.tracking = carrier, tracking
        held.did(self.store.now(), "BUYER", "BUYER_MARK_RETURN_SHIPPED", "ITEM_SHIPPED")
        held.respond_by = None

    def receive(self, held: Return, actor: str, activity: str, note: str | None = None) -> None:
        """Let the item arrive; now the refund is due."""
        now = self.store.now()
        held.did(now, actor, activity, "ITEM_DELIVERED", note)
        held.respond_by = now + _SELLER_REFUNDS

    def mark_refund_sent(self, held: Return, note: str | None) -> None:
        """Note that the seller paid by other means; the buyer has to say that it came."""
        now = self.store.now()
        held.did(now, "SELLER", "SELLER_MARK_REFUND_SENT", "REFUND_SENT_PENDING_CONFIRMATION", note)
        held.respond_by = now + _BUYER_ANSWERS

    def refund(self, held: Trouble, value: Decimal, state: str, activity: str, note: str | None) -> None:
        """Start a refund of the order's line."""
        held.refund = self.store.refund(held.order, value, str(held.line["lineItemId"]))
        held.did(self.store.now(), "SELLER", activity, state, note)
        held.respond_by = None

    def tell_shipment(self, held: Inquiry, carrier: str, tracking: str, note: str | None) -> None:
        """Take the seller's word on where the item is; the buyer has to answer."""
        now = self.store.now()
        held.carrier, held.tracking = carrier, tracking
        held.did(now, "SELLER", "PROVIDE_SHIPMENT_INFO", "WAITING_BUYER_RESPONSE", note)
        held.respond_by = now + _BUYER_ANSWERS

    def tell_refund(self, held: Inquiry, note: str | None) -> None:
        """Take the seller's word that he refunded by other means; the buyer has to answer."""
        now = self.store.now()
        held.did(now, "SELLER", "PROVIDE_REFUND_INFO", "WAITING_BUYER_RESPONSE", note)
        held.respond_by = now + _BUYER_ANSWERS

    def appeal(self, case: Case, note: str) -> None:
        """Have a case looked at again, once."""
        now = self.store.now()
        case.appealed, case.closed, case.outcome = True, None, None
        case.did(now, "SELLER", "APPEAL", "WAITING_CS", note)
        case.respond_by = now + _CASE_TAKES

    def decide(self, case: Case, outcome: str, at: datetime) -> None:
        """Decide a case; when the buyer is right he is refunded what was not yet."""
        case.outcome = outcome
        left = min(case.value, case.order.total - case.order.refunded)
        if outcome == "BUYER_FAVOR" and case.refund is None and left > 0:
            case.refund = self.store.refund(case.order, left, str(case.line["lineItemId"]))
        case.close(at, "CS_AGENT", "DECISION", "CS_CLOSED")

    def settle(self) -> None:
        """Bring everything to what the clock says."""
        now = self.store.now()
        self.store.settle()
        for held in self.returns.values():
            if held.closed is None:
                self._settle_return(held, now)
        for inquiry in list(self.inquiries.values()):
            if inquiry.closed is None:
                self._settle_inquiry(inquiry, now)
        for case in self.cases.values():
            if case.closed is not None or case.respond_by is None or case.respond_by > now:
                continue
            sellers = case.kind == "ITEM_NOT_RECEIVED" and (case.tracked or _shipped(case))
            self.decide(case, "SELLER_FAVOR" if sellers else "BUYER_FAVOR", case.respond_by)

    def _settle_return(self, held: Return, now: datetime) -> None:
        if held.refund is not None:
            if held.refund.status == "REFUNDED":
                held.close(held.refund.due, "SYSTEM", "SYSTEM_CLOSE_RETURN")
            elif held.refund.status == "FAILED":
                held.refund = None
                held.did(now, "SYSTEM", "NOTIFY_UPDATE_REFUND_STATUS", "REFUND_FAILED")
            return
        due = held.respond_by
        if due is None or due > now:
            return
        if held.state in UNDECIDED:
            held.did(due, "SYSTEM", "TIME_OUT_FOR_AUTHORIZE", "ITEM_READY_TO_SHIP")
            held.respond_by = due + _BUYER_SHIPS
        elif held.state == "ITEM_DELIVERED":
            left = min(held.value, held.order.total - held.order.refunded)
            if left > 0:
                self.refund(held, left, "AUTO_REFUND_INITIATED", "TIME_OUT_FOR_AUTO_REFUND", None)
            else:
                held.close(due, "SYSTEM", "SYSTEM_CLOSE_RETURN")
        else:
            # The buyer kept silent.
            held.close(due, "SYSTEM", "GENERAL_TIME_OUT")

    def _settle_inquiry(self, held: Inquiry, now: datetime) -> None:
        if held.refund is not None:
            if held.refund.status == "REFUNDED":
                held.close(held.refund.due, "SYSTEM", "CLOSE")
            elif held.refund.status == "FAILED":
                held.refund = None
                held.did(now, "SYSTEM", "REFUND_FAILED", "WAITING_SELLER_RESPONSE")
                held.respond_by = now + _SELLER_ANSWERS
            return
        due = held.respond_by
        if due is None or due > now:
            return
        if held.state == "WAITING_SELLER_RESPONSE":
            self.escalate(held, "BUYER", due, "The seller does not answer.")
        else:
            held.close(due, "SYSTEM", "CLOSE")

    def _number(self) -> str:
        return str(self.random.randrange(5_000_000_000, 6_000_000_000))


def _shipped(case: Case) -> bool:
    return any(
        parcel.tracking is not None and any(line == case.line["lineItemId"] for line, _ in parcel.lines)
        for parcel in case.order.fulfilments
    )
