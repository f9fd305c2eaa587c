"""Buying the shipment of a plan, and finding out what became of a purchase that was interrupted.

Nothing here decides to buy a second time: an intent is claimed in the effects ledger, and what has begun there is
ended there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from xborder_sdk.client import Client
from xborder_sdk.errors import (
    AlreadyDone,
    OutcomeUnknown,
    UnsupportedOperation,
    UsageError,
    XborderError,
)
from xborder_sdk.fulfilment.planning import ShipmentPlan
from xborder_sdk.fulfilment.work import WorkRow
from xborder_sdk.hookspecs import CreateShipment, GetDocuments, GetShipment, LogisticsProvider
from xborder_sdk.ledger.port import EffectRecord, EffectState
from xborder_sdk.models import Document, PurchaseProfile, Shipment

_TOUCHED = frozenset({EffectState.SENT, EffectState.ANSWERED, EffectState.SETTLED, EffectState.UNKNOWN,
                      EffectState.UNREAD})  # fmt: skip
_ANSWER_THERE = frozenset({EffectState.ANSWERED, EffectState.SETTLED, EffectState.UNREAD})


@dataclass(frozen=True)
class Bought:
    """A purchase that exists.

    Attributes:
        account: Who sold it.
        waybill: The carrier's number of it.
        shipment: The carrier's answer; None where only that number is known.
    """

    account: str
    waybill: str
    shipment: Shipment | None = None


class Purchase:
    """The purchase of one plan.

    Args:
        client: Buys.
        plan: The frozen plan.
        attempt: Which purchase; more than 1 for another label on purpose.
        now: The present.
    """

    def __init__(self, client: Client, plan: ShipmentPlan, attempt: int, now: datetime) -> None:
        self._client = client
        self._plan = plan
        ship_at = plan.request.ship_at
        # A plan that has waited is handed over later; the ledger does not take that for another purchase.
        soonest = (now + timedelta(minutes=15)).astimezone(ship_at.tzinfo).replace(microsecond=0)
        self.request: CreateShipment = plan.request.replace(ship_at=max(ship_at, soonest), attempt=attempt)

    @property
    def profile(self) -> PurchaseProfile | None:
        """What the carrier's purchases can be asked afterwards."""
        for kind in self._client.connector(self._plan.account).kinds:
            if issubclass(kind, LogisticsProvider) and hasattr(kind, "profile"):
                return kind.profile
        return None

    def record(self) -> EffectRecord | None:
        """The ledger's row; None where nothing was ever tried."""
        return self._client.store.get(self.request.intent(), self.request.attempt)

    def was_sent(self) -> bool:
        """Whether it may have left, so that the order's present state no longer decides about it."""
        record = self.record()
        return record is not None and record.state in _TOUCHED

    def buy(self) -> Bought:
        """Buys, or returns what was bought before.

        Raises:
            OutcomeUnknown: Nobody knows (yet) whether it was bought.
            Refused: The carrier said no.
            XborderError: Anything else; nothing was bought.
        """
        record = self.record()
        account = self._plan.account if record is None or record.state not in _TOUCHED else record.account
        try:
            shipment = self._client.create_shipment(account, self.request)
        except AlreadyDone as done:
            if done.outcome_id is None:
                raise self._nameless(done) from None
            return Bought(done.done_by or account, done.outcome_id)
        return Bought(shipment.account, shipment.waybill, shipment)

    def look_up(self) -> EffectRecord | None:
        """Asks the carrier what became of it; the ledger's row afterwards."""
        return self._client.settle(self._plan.account, LogisticsProvider.create_shipment, self.request)

    def again(self) -> Shipment | None:
        """The carrier's answer, read once more from the ledger; None where it is not there. Nothing is sent."""
        record = self.record()
        if record is None or record.state not in _ANSWER_THERE:
            return None
        if self._client.store.answer(record.intent, record.attempt) is None:
            return None
        try:
            return self._client.create_shipment(record.account, self.request)
        except (AlreadyDone, OutcomeUnknown):
            return None

    def now(self, row: WorkRow) -> Shipment | None:
        """The shipment as it stands now; None where its carrier cannot be asked.

        Args:
            row: The order whose purchase it is.

        Raises:
            XborderError: The carrier cannot be asked now, or does not know it.
        """
        asked = GetShipment(waybill=row.waybill or "", order_id=row.order_id, bought_at=row.bought_at)
        try:
            return self._client.get_shipment(row.carrier or "", asked)
        except UnsupportedOperation:
            return None

    def papers(self, row: WorkRow, *, first: bool) -> tuple[Document, ...]:
        """The papers, fetched; empty where the carrier gives none (a second time).

        Args:
            row: The order whose purchase it is.
            first: The purchase itself came without any, so that they are there for the fetching.

        Raises:
            XborderError: The carrier cannot be asked now.
        """
        profile = self.profile
        if not first and (profile is None or not profile.label_refetchable):
            return ()
        wish = GetDocuments(
            waybill=row.waybill or "",
            tracking_number=row.tracking_number,
            order_id=row.order_id,
            format=self.request.label.format,
            bought_at=row.bought_at,
        )
        try:
            return self._client.get_documents(row.carrier or "", wish)
        except (UnsupportedOperation, UsageError):
            return ()

    def can_be_asked(self, account: str) -> bool:
        """Whether the carrier says how a bought shipment stands now."""
        try:
            return bool(self._client.supports(account, "get_shipment"))
        except XborderError:
            return False

    def can_be_voided(self, account: str) -> bool:
        """Whether the carrier takes a shipment back."""
        profile = self.profile
        try:
            return bool(profile and profile.voidable and self._client.supports(account, "cancel_shipment"))
        except XborderError:
            return False

    def _nameless(self, done: AlreadyDone) -> OutcomeUnknown:
        error = OutcomeUnknown(
            f"it was bought by {done.done_by}, under a number that the ledger does not hold",
            intent=done.intent,
            attempt=done.attempt,
            reference=done.reference,
        )
        error.reason = "its number is not known"
        return error
