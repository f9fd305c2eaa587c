"""All orders, and what happens to them as time goes by."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import cast

from xborder_sandbox.clock import Clock
from xborder_sandbox.ebay.amounts import amount
from xborder_sandbox.ebay.order import Document, Order, Refund
from xborder_sandbox.ebay.times import to_milliseconds, write_time

_CACHED_LISTS = 32

# The settings that are one of a few words.
CHOICES = {
    "repeated_tracking": ("refuse", "accept"),
    "dispute_outcome": ("evidence", "won", "lost", "chance"),
    "notification_digest": ("SHA1", "SHA256"),
}


@dataclass
class Settings:
    """What is not established about the vendor, or is a choice. Changed by the admin action `settings`.

    Attributes:
        fulfilment_moves_modified: Whether declaring a parcel moves `lastModifiedDate` (not established).
        refund_seconds: How long a refund stays PENDING on the sandbox's clock.
        refunds_fail: Whether refunds end as FAILED.
        refund_days: After how many days a refund is too late (not established).
        comment_length: How long a refund's comment may be; the field says 100, the error 1000.
        max_tracking_numbers: Tracking numbers per order (not established).
        known_carriers_only: Whether a carrier code outside the list is refused (not established).
        repeated_tracking: What a second fulfilment with one tracking number gets: `refuse` (34500),
            `accept` (the existing one again) (not established).
        daily_limit: Calls per day and API, as getRateLimits tells it.
        enforce_limit: Whether the limit is kept (429).
        dispute_answer_seconds: How long a seller has to answer a payment dispute (not established).
        dispute_seconds: How long eBay thinks about a contested dispute.
        dispute_outcome: Who wins a contested dispute: `evidence` (the seller, if there is evidence that fits
            the reason), `won`, `lost`, or `chance` (the seed decides).
        dispute_fee: What losing a contested dispute costs, in the seller's currency (not established).
        evidence_bytes: How large an evidence file, or all files of a set, may be; 1.5 MB.
        evidence_files: Files per dispute (not established).
        evidence_files_per_set: Files per set of evidence (not established).
        upload_moves_revision: Whether uploading a file raises a dispute's revision (not established).
        full_return_has_summary: Whether a return asked for with FULL comes with its summary (not established).
        notification_digest: With which digest notifications are signed, SHA1 or SHA256.
    """

    fulfilment_moves_modified: bool = True
    refund_seconds: float = 300
    refunds_fail: bool = False
    refund_days: int = 90
    comment_length: int = 100
    max_tracking_numbers: int = 100
    known_carriers_only: bool = True
    repeated_tracking: str = "refuse"
    daily_limit: int = 100_000
    enforce_limit: bool = False
    dispute_answer_seconds: int = 604_800
    dispute_seconds: int = 604_800
    dispute_outcome: str = "evidence"
    dispute_fee: int = 20
    evidence_bytes: int = 1_500_000
    evidence_files: int = 20
    evidence_files_per_set: int = 5
    upload_moves_revision: bool = False
    full_return_has_summary: bool = False
    notification_digest: str = "SHA1"


@dataclass
class Store:
    """The orders of all sellers."""

    clock: Clock
    random: Random
    settings: Settings = field(default_factory=Settings)
    _orders: dict[str, Order] = field(default_factory=dict)
    _sorted: list[tuple[datetime, str]] = field(default_factory=list)
    _lists: dict[object, list[Order]] = field(default_factory=dict)
    _pending: list[tuple[Order, Refund]] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the sandbox's time, cut to milliseconds."""
        return to_milliseconds(self.clock.now())

    def add(self, order: Order) -> None:
        """Take an order in; one of the same id is replaced."""
        old = self._orders.get(order.order_id)
        if old is not None:
            self._sorted.remove((old.created, old.order_id))
        self._orders[order.order_id] = order
        insort(self._sorted, (order.created, order.order_id))
        self._lists.clear()

    def move(self, order: Order, created: datetime) -> None:
        """Give an order another time of creation, by which the store keeps it."""
        self._sorted.remove((order.created, order.order_id))
        order.created = created
        insort(self._sorted, (order.created, order.order_id))
        self._lists.clear()

    def add_many(self, orders: Iterable[Order]) -> None:
        """Take many new orders in at once."""
        for order in orders:
            self._orders[order.order_id] = order
        self._sorted = sorted((order.created, order.order_id) for order in self._orders.values())
        self._lists.clear()

    def get(self, seller: str, order_id: str) -> Order | None:
        """Return a seller's order."""
        self.settle()
        order = self._orders.get(order_id)
        return order if order is not None and order.seller == seller else None

    def any(self, order_id: str) -> Order | None:
        """Return an order of whichever seller."""
        self.settle()
        return self._orders.get(order_id)

    def all(self) -> list[Order]:
        """Return all orders, oldest first."""
        self.settle()
        return [self._orders[order_id] for _, order_id in self._sorted]

    def select(self, key: object, since: datetime | None, keep: Callable[[Order], bool]) -> list[Order]:
        """Return the orders that `keep` wants, oldest first.

        Args:
            key: Names the selection; while nothing changes, pages of one selection are not searched anew.
            since: No older order is wanted.
            keep: The rest of the condition.
        """
        self.settle()
        found = self._lists.get(key)
        if found is None:
            first = 0 if since is None else bisect_left(self._sorted, (since, ""))
            candidates = (self._orders[order_id] for _, order_id in self._sorted[first:])
            found = [order for order in candidates if keep(order)]
            if len(self._lists) >= _CACHED_LISTS:
                self._lists.clear()
            self._lists[key] = found
        return found

    def touch(self, order: Order, *, modified: bool = True) -> None:
        """Say that an order was changed."""
        order.changed(self.now() if modified else None)
        self._lists.clear()

    def refund(self, order: Order, value: Decimal, line: str | None) -> Refund:
        """Start a refund; it is settled on the clock."""
        now = self.now()
        refund = Refund(
            refund_id=str(self.random.randrange(10**9, 10**10)),
            amount=value,
            requested=now,
            due=now + timedelta(seconds=self.settings.refund_seconds),
            line=line,
        )
        order.refunds.append(refund)
        self._pending.append((order, refund))
        order.document["orderPaymentStatus"] = "PENDING"
        self._write_refunds(order)
        self.touch(order)
        return refund

    def settle(self) -> None:
        """Finish the refunds that are due."""
        if not self._pending:
            return
        now = self.now()
        due = [entry for entry in self._pending if entry[1].due <= now]
        if not due:
            return
        self._pending = [entry for entry in self._pending if entry[1].due > now]
        for order, refund in due:
            refund.status = "FAILED" if self.settings.refunds_fail else "REFUNDED"
            self._write_refunds(order)
            if any(other.status == "PENDING" for other in order.refunds):
                status = "PENDING"
            elif order.refunded == 0:
                status = "PAID"
            else:
                status = "FULLY_REFUNDED" if order.refunded >= order.total else "PARTIALLY_REFUNDED"
            order.document["orderPaymentStatus"] = status
            order.changed(refund.due)
        self._lists.clear()

    def _write_refunds(self, order: Order) -> None:
        """Write refunds where FUL has them: the id of a line's refund stands at the line."""
        summary = cast("Document", order.document["paymentSummary"])
        entries: list[Document] = []
        for line in order.lines:
            line["refunds"] = []
        for refund in order.refunds:
            reference = f"R{refund.refund_id}"
            entry: Document = {
                "refundReferenceId": reference,
                "refundDate": write_time(refund.requested),
                "amount": amount(refund.amount, order.currency),
            }
            of_line = None if refund.line is None else order.line(refund.line)
            if of_line is None:
                entry["refundId"] = refund.refund_id
            else:
                cast("list[Document]", of_line["refunds"]).append({**entry, "refundId": refund.refund_id})
            entries.append({**entry, "refundStatus": refund.status})
        summary["refunds"] = [*entries]
