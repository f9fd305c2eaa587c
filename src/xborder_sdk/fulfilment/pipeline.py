"""Fulfilment: from paid orders to delivered parcels, in small steps that can be interrupted anywhere.

    with Client() as client, Fulfilment.of(client) as fulfilment:
        for progress in fulfilment.run():
            print(progress.step, progress.order_id, progress.state, progress.detail)

Every step takes one row of the work store under a lease, does one thing, and writes what came of it before the next
begins. A process that is killed and started again goes on where it stopped. One order that fails stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from xborder_sdk.client import AsyncClient, Client
from xborder_sdk.client.config import default_ledger
from xborder_sdk.errors import (
    AlreadyDone,
    ConfigurationError,
    Conflict,
    OutcomeUnknown,
    XborderError,
)
from xborder_sdk.fulfilment.catalogue import Catalogue
from xborder_sdk.fulfilment.config import DeclareAt, FulfilmentConfig, check_services, load_fulfilment
from xborder_sdk.fulfilment.decisions import Decisions
from xborder_sdk.fulfilment.explanation import Explanation
from xborder_sdk.fulfilment.feed import Feed
from xborder_sdk.fulfilment.following import Following, state_of_declared
from xborder_sdk.fulfilment.hand_over_book import HandOverBook, HandOverRow
from xborder_sdk.fulfilment.handing_over import HandingOver, Manner
from xborder_sdk.fulfilment.later_number import LaterNumber, number_changes
from xborder_sdk.fulfilment.outcome import Outcome
from xborder_sdk.fulfilment.paper_book import PaperBook
from xborder_sdk.fulfilment.papers import labels_of, read_back
from xborder_sdk.fulfilment.planning import ShipmentPlan, order_digest, plan_order
from xborder_sdk.fulfilment.preflight import is_already_shipped, is_cancelled, merged, state_holds
from xborder_sdk.fulfilment.printing import PrintRun
from xborder_sdk.fulfilment.progress import NoticeState, Progress, Step, WorkState
from xborder_sdk.fulfilment.purchase import Purchase
from xborder_sdk.fulfilment.rules import Services
from xborder_sdk.fulfilment.telling_buyers import TO_TELL, TellingBuyers
from xborder_sdk.fulfilment.troubles import hold_of, passes, pause_after
from xborder_sdk.fulfilment.work import Key, Lease, WorkRow, WorkStore
from xborder_sdk.hookspecs import (
    DeclareShipment,
    GetOrder,
    ListDeclaredShipments,
    LogisticsProvider,
    OrderSource,
)
from xborder_sdk.ledger.port import EffectState
from xborder_sdk.models import (
    Document,
    Hold,
    HoldReason,
    LineQuantity,
    Order,
)
from xborder_sdk.runtime.redaction import place_of

_TO_PLAN = (WorkState.NEW, WorkState.HELD, WorkState.PLANNED)
_TO_BUY = (WorkState.PLANNED, WorkState.BUYING)
_BOUGHT = (WorkState.BOUGHT,)
_STILL_COUNTS = frozenset(HoldReason) - {
    HoldReason.NO_ADDRESS,
    HoldReason.BAD_ADDRESS,
    HoldReason.UNKNOWN_SKU,
    HoldReason.MISSING_DATA,
    HoldReason.CUSTOMS,
}
"""Reasons that count after the purchase too: platforms withhold addresses of what they believe is on its way."""


class Fulfilment(Decisions):
    """Fulfils the orders of the configured accounts.

    Args:
        client: Does everything that leaves the process.
        config: The section `[fulfilment]`.
        work: Where every order stands.
        catalogue: Master data; without it the file the configuration names.
        clock: The present, aware; without it the client's.

    Raises:
        ConfigurationError: There is no catalogue.
    """

    def __init__(
        self,
        client: Client,
        config: FulfilmentConfig,
        work: WorkStore,
        *,
        catalogue: Catalogue | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        if catalogue is None:
            if config.catalogue is None:
                raise ConfigurationError("fulfilment.catalogue is missing", hint="name a CSV file, or pass a catalogue")
            catalogue = Catalogue.read(config.catalogue)
        check_services(config, _known_services(client, config), str(client.config.path or "the configuration"))
        super().__init__(config, work, clock or client.clock.now)
        self.client = client
        self.catalogue = catalogue

    @classmethod
    def of(cls, client: Client, *, catalogue: Catalogue | None = None) -> Self:
        """Fulfilment as the client's configuration says, with the work store it names.

        Raises:
            ConfigurationError: Something does not fit; the message names the key.
        """
        config = load_fulfilment(client.config)
        path = work_path(config, client)
        return cls(client, config, WorkStore(path, clock=client.clock.now), catalogue=catalogue)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the work store; the client is its owner's."""
        self.work.close()

    # -- what an application calls -----------------------------------------------------------------------------------

    def plan(self) -> tuple[WorkRow, ...]:
        """Brings orders in, checks and plans them. Nothing is bought. Returns all rows that are not finished."""
        for _ in self.planning():
            pass
        return self.open_rows()

    def planning(self) -> Iterator[Progress]:
        """The same as `plan`, telling what happens."""
        yield from self.pull()
        yield from self._each(Step.PLAN, self._keys_to_plan(), _TO_PLAN, self._plan, fresh=True)

    def run(self, *, dry_run: bool = False) -> Iterator[Progress]:
        """Plans, buys, labels, prints and declares everything that is due. Leave it anywhere; the next run goes on.

        Args:
            dry_run: Plan only.
        """
        yield from self.planning()
        if dry_run:
            return
        yield from self._stage(Step.BUY, _TO_BUY, self._buy)
        # A purchase whose answer was lost is looked up at once where the carrier's look-up needs no time.
        yield from self._stage(Step.BUY, (WorkState.BUYING,), self._buy)
        yield from self._each(Step.NUMBER, self._due_bought(pending=True), _BOUGHT, self._number)
        yield from self._each(Step.LABEL, self._due_bought(pending=False), _BOUGHT, self._label)
        if self.config.printer is not None:
            yield from self._print(self.config.printer)
        yield from self._telling()

    def _telling(self) -> Iterator[Progress]:
        """Tells platforms and buyers of the parcels that are on their way."""
        yield from self._each(Step.DECLARE, self._due_to_declare(), (self._ready,), self._declare)
        if self.config.notices is not None:
            buyers = TellingBuyers(self.client, self.config, self.work, self._now)
            yield from self._each(Step.NOTICE, buyers.due(), TO_TELL, buyers.tell)

    @property
    def _ready(self) -> WorkState:
        """The state of a parcel whose label is on it."""
        return WorkState.LABELLED if self.config.printer is None else WorkState.PRINTED

    def _due_to_declare(self) -> tuple[Key, ...]:
        now = self._now()
        return tuple(row.key for row in self.work.rows((self._ready,)) if row.due <= now and self._may_declare(row))

    def _may_declare(self, row: WorkRow) -> bool:
        if self.config.declare_at is DeclareAt.PRINTED or row.handed_over_at is not None or row.carrier is None:
            return True
        return not self.client.supports(row.carrier, LogisticsProvider.hand_over)

    def hand_over(self, account: str, manner: Manner | None = None, *, dry_run: bool = False) -> Iterator[Progress]:
        """Hands over the parcels of a carrier account that are ready and have not been, in batches, each once.

        Every order is read again first, and one that was cancelled stays behind. The carrier's papers are kept in the
        configured folder, and printed where there is a printer. Interrupted anywhere, the next call goes on.

        Args:
            account: The carrier account.
            manner: How the parcels come to the carrier, where it asks.
            dry_run: Tell what would go, and ask nobody.

        Raises:
            UnsupportedOperation: The carrier hears of no hand-over.
            UsageError: Something the carrier asks for is missing.
        """
        run = HandingOver(self.client, self.config, self.work, self._now, account)
        if dry_run:
            rows = run.candidates()
            for number, row in enumerate(rows, 1):
                words = f"{row.number} would be handed over to {account}"
                yield Progress(
                    Step.HAND_OVER, row.account, row.order_id, row.state, words, done=number, total=len(rows)
                )
            return
        yield from run.resume()
        ready: list[Key] = []

        def look(lease: Lease) -> Outcome:
            stopped = self._after_buying(lease.row)
            if stopped is None:
                ready.append(lease.row.key)
                return Outcome(None, lease.row.detail, lease.row.holds, due=lease.row.due)
            return stopped

        keys = [row.key for row in run.candidates()]
        for progress in self._each(Step.HAND_OVER, keys, run.states, look, fresh=True):
            if (progress.account, progress.order_id) not in ready:
                yield progress
        yield from run.announce(ready, manner or Manner())
        yield from self._telling()

    def hand_overs(self, account: str | None = None) -> tuple[HandOverRow, ...]:
        """What was handed over, oldest first.

        Args:
            account: Only of this carrier account.
        """
        return HandOverBook(self.work).rows(account)

    def follow(self) -> Iterator[Progress]:
        """Asks the carriers, or who follows their parcels, where the parcels are, in batches, and writes it down."""
        yield from Following(self.client, self.config, self.work, self._now).follow()

    def rows(self) -> tuple[WorkRow, ...]:
        """Every order known."""
        return self.work.rows()

    def open_rows(self) -> tuple[WorkRow, ...]:
        """Every order that is not finished."""
        return tuple(row for row in self.work.rows() if not row.state.is_final)

    def held_rows(self) -> tuple[WorkRow, ...]:
        """Every order that somebody must look at; `work.holds(row.key)` has the proposals."""
        return tuple(row for row in self.work.rows() if row.holds)

    def why(self, account: str, order_id: str) -> Explanation | None:
        """Why an order got its service, or none, as it was when it was planned.

        Args:
            account, order_id: Which order.

        Returns:
            Each rule looked at and each offer; None where the order was never planned, or that was purged.
        """
        return self.work.why((account, order_id))

    def next_due(self) -> datetime | None:
        """When a run will next find something to buy, label, print or tell; None where nothing waits."""
        states = {*_TO_BUY, WorkState.BOUGHT, WorkState.LABELLED} - {self._ready}
        soonest = self.work.next_due(states)
        times = [] if soonest is None else [soonest]
        times += [row.due for row in self.work.rows((self._ready,)) if self._may_declare(row)]
        if self.config.notices is not None:
            buyers = TellingBuyers(self.client, self.config, self.work, self._now)
            times += [row.due for row in buyers.waiting()]
        return min(times, default=None)

    # -- orders come in ------------------------------------------------------------------------------------------------

    def pull(self) -> Iterator[Progress]:
        """Brings in what is new or has changed."""
        for account in self.config.orders:
            feed = Feed(
                self.client,
                self.work,
                account,
                self._now,
                timedelta(days=self.config.lookback_days),
                timedelta(minutes=self.config.overlap_minutes),
            )
            count = 0
            try:
                for orders in feed.pull():
                    for order in orders:
                        count += 1
                        row = self.work.get(account, order.order_id)
                        state = None if row is None else row.state
                        yield Progress(Step.PULL, account, order.order_id, state, "read", done=count)
            except XborderError as error:
                yield Progress(Step.PULL, account, detail=str(error), failed=True, done=count)

    # -- planning ------------------------------------------------------------------------------------------------------

    def _keys_to_plan(self) -> tuple[Key, ...]:
        # Whatever is held is looked at again: the catalogue, the rules or the carriers may have changed.
        return tuple(row.key for row in self.work.rows(_TO_PLAN) if row.is_fresh or row.state is not WorkState.PLANNED)

    def _plan(self, lease: Lease) -> Outcome:
        row = lease.row
        order = self.work.order(row.key)
        if order is None:
            order = self._read(row)
        else:
            order = self.client.hooks.enrich(order)
        frozen = self.work.plan(row.key) if row.state is WorkState.PLANNED else None
        is_same = frozen is not None and frozen.order_digest == order_digest(order)
        if is_same and (row.attempt > 1 or not self._stopping(order)):
            # Changed at the platform, but nothing that the plan depends on: it stays frozen.
            return Outcome(WorkState.PLANNED, row.detail, planned=True, due=row.due)
        if is_cancelled(order):
            return Outcome(WorkState.STOPPED, "cancelled", state_holds(order), planned=True)
        if is_already_shipped(order):
            return Outcome(WorkState.STOPPED, "shipped in another way", planned=True)
        found = plan_order(self.client, self.config, self.catalogue.enrich(order), self._now())
        country = None if order.ship_to is None else order.ship_to.country
        plan = found.plan
        if plan is None:
            detail = "; ".join(hold.detail for hold in found.holds)
            changes: dict[str, Any] = {"country": country}
            return Outcome(WorkState.HELD, detail, found.holds, planned=True, why=found.why, changes=changes)
        if row.refused is not None and row.refused == _purchase_digest(plan):
            return Outcome(WorkState.HELD, row.detail, row.holds, planned=True)
        changes = {
            "country": country,
            "carrier": plan.account,
            "service": plan.request.service,
            "service_name": plan.service_name,
            "price": plan.price,
            "refused": None,
        }
        detail = plan.reason + "".join(f"; {warning}" for warning in plan.warnings)
        return Outcome(WorkState.PLANNED, detail, planned=True, plan=plan, why=found.why, changes=changes)

    def _read(self, row: WorkRow) -> Order:
        order = self.client.get_order(row.account, GetOrder(order_id=row.order_id))
        return self.client.hooks.enrich(order)

    def _stopping(self, order: Order) -> tuple[Hold, ...]:
        return merged(state_holds(order), self.client.hooks.check(order))

    # -- buying --------------------------------------------------------------------------------------------------------

    def _buy(self, lease: Lease) -> Outcome:
        row = lease.row
        plan = self.work.plan(row.key)
        if plan is None:
            return Outcome(WorkState.NEW, "its plan was purged: planned anew")
        purchase = Purchase(self.client, plan, row.attempt, self._now())
        if any(hold.reason is HoldReason.OUTCOME_UNKNOWN for hold in row.holds):
            purchase.look_up()
        if not purchase.was_sent():
            stopped = self._before_buying(row, plan)
            if stopped is not None:
                return stopped
            lease.save(state=WorkState.BUYING, detail="buying")
        elif row.state is WorkState.PLANNED:
            lease.save(state=WorkState.BUYING, detail="bought before; looking for it")
        try:
            bought = purchase.buy()
        except OutcomeUnknown as doubt:
            return self._doubt(purchase, lease.row, doubt)
        except XborderError as error:
            if passes(error) or purchase.was_sent():
                raise
            return self._refused(error, plan)
        shipment = bought.shipment
        if shipment is None:
            # Only its waybill was found: whether the buyer follows another number is the carrier's to say.
            numbers: dict[str, Any] = {"number_pending": purchase.can_be_asked(bought.account)}
        else:
            numbers = number_changes(shipment, bought.waybill)
        later = "; its number comes later" if numbers["number_pending"] else ""
        lease.save(
            state=WorkState.BOUGHT,
            detail=f"bought as {bought.waybill}{later}",
            holds=(),
            tries=0,
            carrier=bought.account,
            waybill=bought.waybill,
            price=(None if shipment is None else shipment.price) or row.price,
            bought_at=self._now(),
            **numbers,
        )
        documents = () if shipment is None or lease.row.number_pending else shipment.documents
        if labels_of(documents):
            return self._kept(lease.row, documents)
        # The number and the label are steps of their own: whatever becomes of them, the waybill is kept.
        later_still = shipment is not None and lease.row.number_pending
        due = self._now() + timedelta(seconds=self.config.ask_again_s) if later_still else None
        return Outcome(WorkState.BOUGHT, lease.row.detail, due=due)

    def _before_buying(self, row: WorkRow, plan: ShipmentPlan) -> Outcome | None:
        """The order as it is now decides whether it is bought at all."""
        order = self._read(row)
        holds = self._stopping(order)
        if row.attempt > 1:
            # A second label on purpose: that the first one was declared must not stop it.
            return Outcome(WorkState.HELD, "cancelled", holds, order=order) if is_cancelled(order) else None
        if is_cancelled(order):
            return Outcome(WorkState.STOPPED, "cancelled before anything was bought", holds, order=order)
        if is_already_shipped(order):
            return Outcome(WorkState.STOPPED, "shipped in another way", order=order)
        if holds:
            return Outcome(WorkState.HELD, "; ".join(hold.detail for hold in holds), holds, order=order)
        if order_digest(order) != plan.order_digest:
            return Outcome(WorkState.NEW, "the order has changed: planned anew", order=order)
        return None

    def _doubt(self, purchase: Purchase, row: WorkRow, doubt: OutcomeUnknown) -> Outcome:
        profile = purchase.profile
        asked = any(hold.reason is HoldReason.OUTCOME_UNKNOWN for hold in row.holds)
        pause = self.config.ask_again_s if asked or profile is None else float(profile.lookup_after_s)
        hold = Hold(
            reason=HoldReason.OUTCOME_UNKNOWN,
            detail=f"nobody knows whether a shipment was bought: {doubt.reason or doubt.message}",
            repair="it is looked up again by every run; if it stays, decide with `xborder review`",
        )
        due = self._now() + timedelta(seconds=pause)
        return Outcome(WorkState.BUYING, hold.detail, (hold,), due=due)

    def _refused(self, error: XborderError, plan: ShipmentPlan) -> Outcome:
        hold = hold_of(error)
        return Outcome(WorkState.HELD, hold.detail, (hold,), changes={"refused": _purchase_digest(plan)})

    # -- labels --------------------------------------------------------------------------------------------------------

    def _due_bought(self, *, pending: bool) -> tuple[Key, ...]:
        """What is bought and due: those whose number is still to come, or those whose label is."""
        now = self._now()
        return tuple(row.key for row in self.work.rows(_BOUGHT) if row.due <= now and row.number_pending is pending)

    def _number(self, lease: Lease) -> Outcome:
        row = lease.row
        plan = self.work.plan(row.key)
        if plan is None:
            return self._label_missing(row, "its plan was purged")
        return LaterNumber(self.config, self._now).ask(row, Purchase(self.client, plan, row.attempt, self._now()))

    def _label(self, lease: Lease) -> Outcome:
        row = lease.row
        plan = self.work.plan(row.key)
        if plan is None:
            return self._label_missing(row, "its plan was purged")
        purchase = Purchase(self.client, plan, row.attempt, self._now())
        shipment = purchase.again()
        documents = () if shipment is None else shipment.documents
        first = shipment is not None and not documents
        if not labels_of(documents):
            documents = (*documents, *purchase.papers(row, first=first))
        if not labels_of(documents):
            why = "its carrier gives none" if first else "the carrier shows a label only once, and its answer was lost"
            return self._label_missing(row, why)
        return self._kept(row, documents)

    def _kept(self, row: WorkRow, documents: tuple[Document, ...]) -> Outcome:
        """Papers with a label among them, kept and read back."""
        assert row.number is not None  # noqa: S101 - a label is asked for once the number is there
        files = PaperBook(self.work).keep(row.key, self.config.out, row.number, documents)
        numbers = [number for number in (row.number, row.waybill, *row.numbers) if number]
        for label in labels_of(documents):
            if read_back(label.content, label.format, [numbers], self.config.verify_labels):
                return self._unreadable(row, files)
        detail = f"bought as {row.number}; label in {files[0]}"
        return Outcome(WorkState.LABELLED, detail, changes={"files": files, "tries": 0})

    def _label_missing(self, row: WorkRow, why: str) -> Outcome:
        hold = Hold(
            reason=HoldReason.MISSING_DATA,
            detail=f"shipment {row.waybill} is bought and its label is missing: {why}",
            field="label",
            repair="get the label from the carrier's site and supply it, or buy another one on purpose",
        )
        due = self._now() + timedelta(seconds=self.config.ask_again_s)
        return Outcome(WorkState.BOUGHT, hold.detail, (hold,), due=due)

    def _unreadable(self, row: WorkRow, files: tuple[str, ...]) -> Outcome:
        hold = Hold(
            reason=HoldReason.POLICY,
            detail=f"no bar code on the label of {row.number} holds its number",
            field="label",
            repair="look at the label; set fulfilment.verify_labels to off if this carrier prints none",
        )
        due = self._now() + timedelta(seconds=self.config.ask_again_s)
        return Outcome(WorkState.BOUGHT, hold.detail, (hold,), due=due, changes={"files": files})

    # -- printing ------------------------------------------------------------------------------------------------------

    def _print(self, printer: str) -> Iterator[Progress]:
        keys = self.work.due((WorkState.LABELLED,), self._now())
        ready: list[Key] = []
        for progress in self._each(Step.PRINT, keys, (WorkState.LABELLED,), self._before_printing):
            if progress.holds or progress.failed or progress.state is not WorkState.LABELLED:
                yield progress
            elif progress.order_id is not None:
                ready.append((progress.account, progress.order_id))
        run = PrintRun(self.client, self.config, self.work, self._now, printer)
        yield from run.print(ready)

    def _before_printing(self, lease: Lease) -> Outcome:
        stopped = self._after_buying(lease.row)
        return stopped or Outcome(WorkState.LABELLED, lease.row.detail, changes={"tries": 0})

    def _after_buying(self, row: WorkRow) -> Outcome | None:
        """The order is read again before its parcel leaves the house: what is cancelled must not."""
        order = self.client.get_order(row.account, GetOrder(order_id=row.order_id))
        plan = self.work.plan(row.key)
        asked = state_holds(order) if row.attempt == 1 else ()
        holds = tuple(
            hold for hold in asked if hold.reason in _STILL_COUNTS and not _is_our_own_doing(hold, order, row)
        )
        changed = plan is not None and row.attempt == 1 and _address_changed(self.client.hooks.enrich(order), plan)
        if changed:
            detail = f"the address was changed after {row.waybill} was bought"
            repair = "ask the carrier to change it, or buy another one on purpose"
            holds = (*holds, Hold(reason=HoldReason.POLICY, detail=detail, field="ship_to", repair=repair))
        gone = () if plan is None or row.attempt > 1 else _no_longer_ordered(order, plan)
        if gone:
            detail = f"{row.waybill} was bought with more of {', '.join(gone)} in it than is ordered now"
            repair = "take it out of the parcel if it should not go; see at the platform what the buyer still wants"
            holds = (*holds, Hold(reason=HoldReason.POLICY, detail=detail, field="lines", repair=repair))
        if not holds:
            return None
        holds = tuple(self._with_void(row, hold, plan) for hold in holds)
        detail = "; ".join(hold.detail for hold in holds)
        if is_cancelled(order):
            return Outcome(WorkState.STOPPED, detail, holds, order=order)
        due = self._now() + timedelta(seconds=self.config.ask_again_s)
        return Outcome(None, detail, holds, due=due, order=order)

    def _with_void(self, row: WorkRow, hold: Hold, plan: ShipmentPlan | None) -> Hold:
        if hold.reason not in {HoldReason.CANCELLED, HoldReason.CANCEL_REQUESTED} or row.carrier is None:
            return hold
        voidable = plan is not None and Purchase(self.client, plan, row.attempt, self._now()).can_be_voided(row.carrier)
        what = "void it at the carrier" if voidable else "its carrier takes no shipment back: do not hand it over"
        return hold.replace(repair=f"shipment {row.waybill} is bought; {what}")

    # -- telling the platform ------------------------------------------------------------------------------------------

    def _declare(self, lease: Lease) -> Outcome:
        row = lease.row
        stopped = self._after_buying(row)
        if stopped is not None:
            return stopped
        plan, carrier = self.work.plan(row.key), row.carrier
        assert row.number is not None  # noqa: S101 - a printed row has one
        assert carrier is not None  # noqa: S101
        lines = () if plan is None else tuple(plan.request.contents)
        request = DeclareShipment(
            order_id=row.order_id,
            tracking_number=row.number,
            carrier=self.client.connector(carrier).name,
            service=row.service,
            shipped_at=row.handed_over_at,
            lines=tuple(LineQuantity(line_id=line.line_id, quantity=line.quantity) for line in lines),
        )
        try:
            self.client.declare_shipment(row.account, request)
        except AlreadyDone:
            pass
        except OutcomeUnknown as doubt:
            if not self._declaration_found(row, request):
                return self._declaration_doubt(row, doubt)
        except XborderError as error:
            if isinstance(error, Conflict) and self._is_declared(row):
                return self._declared(row)
            if passes(error):
                raise
            hold = hold_of(error)
            due = self._now() + timedelta(seconds=self.config.ask_again_s)
            return Outcome(None, hold.detail, (hold,), due=due)
        return self._declared(row)

    def _declared(self, row: WorkRow) -> Outcome:
        detail = f"{row.account} knows {row.number}"
        notice = None if self.config.notices is None else NoticeState.DUE
        changes: dict[str, Any] = {"declared_at": self._now(), "notice": notice, "tries": 0}
        return Outcome(state_of_declared(row.tracking), detail, row.side_holds, changes=changes)

    def _is_declared(self, row: WorkRow) -> bool:
        told = self.client.list_declared_shipments(row.account, ListDeclaredShipments(order_id=row.order_id))
        return any(_bare(shipment.tracking_number) == _bare(row.number) for shipment in told)

    def _declaration_found(self, row: WorkRow, request: DeclareShipment) -> bool:
        record = self.client.settle(row.account, OrderSource.declare_shipment, request)
        return record is not None and record.state is EffectState.SETTLED

    def _declaration_doubt(self, row: WorkRow, doubt: OutcomeUnknown) -> Outcome:
        hold = Hold(
            reason=HoldReason.OUTCOME_UNKNOWN,
            detail=f"nobody knows whether {row.account} was told: {doubt.reason or doubt.message}",
            repair="it is asked again by every run; if it stays, decide with `xborder review`",
        )
        due = self._now() + timedelta(seconds=self.config.ask_again_s)
        return Outcome(None, hold.detail, (hold,), due=due)

    # -- running a step over rows --------------------------------------------------------------------------------------

    def _stage(self, step: Step, states: tuple[WorkState, ...], work: Callable[[Lease], Outcome]) -> Iterator[Progress]:
        return self._each(step, self.work.due(states, self._now()), states, work)

    def _each(
        self,
        step: Step,
        keys: Iterable[Key],
        states: tuple[WorkState, ...],
        work: Callable[[Lease], Outcome],
        *,
        fresh: bool = False,
    ) -> Iterator[Progress]:
        listed = tuple(keys)
        for number, key in enumerate(listed, 1):
            told = None
            with self.work.lease(key, states, fresh=fresh) as lease:
                if lease is not None:
                    told = self._attempt(step, lease, work)
            if told is not None:
                yield replace(told, done=number, total=len(listed))

    def _attempt(self, step: Step, lease: Lease, work: Callable[[Lease], Outcome]) -> Progress:
        """One step of one order. Whatever goes wrong is written down, and the others go on."""
        try:
            outcome = work(lease)
        except XborderError as error:
            outcome = self._later(lease.row, str(error))
        except OSError as error:
            outcome = self._later(lease.row, f"{type(error).__name__}: {error.strerror or 'the system refused'}")
        except Exception as bug:  # noqa: BLE001 - one order must not stop the others, and the place is told
            outcome = self._later(lease.row, f"a fault in this program: {type(bug).__name__} at {place_of(bug)}")
        row = lease.row
        changes: dict[str, Any] = {
            "state": row.state if outcome.state is None else outcome.state,
            "detail": outcome.detail,
            "due": self._now() if outcome.due is None else outcome.due,
        }
        if outcome.holds != row.holds:  # equal ones are left, with the proposals that are stored beside them
            changes["holds"] = outcome.holds
        kept: dict[str, Any] = {"order": outcome.order, "plan": outcome.plan, "why": outcome.why}
        saved = lease.save(planned=outcome.planned, **kept, **(changes | outcome.changes))
        return Progress(
            step, saved.account, saved.order_id, saved.state, outcome.detail, outcome.holds, failed=outcome.failed
        )

    def _later(self, row: WorkRow, detail: str) -> Outcome:
        due = self._now() + pause_after(row.tries)
        return Outcome(None, detail, row.holds, due=due, failed=True, changes={"tries": row.tries + 1})


def _known_services(client: Client, config: FulfilmentConfig) -> dict[str, Services]:
    """What the accounts that are named with a service sell, as far as that is known without asking."""
    targets = [target for rule in config.rules for target in rule.use]
    targets += [target for meant in config.buyer_services.values() for target in meant]
    known: dict[str, Services] = {}
    for account in config.carriers:
        if any(target.service is not None and target.covers(account) for target in targets):
            try:
                known[account] = client.connector(account).known_services()
            except ConfigurationError:
                known[account] = None  # the account's own trouble is told where it is used
    return known


def work_path(config: FulfilmentConfig, client: Client | AsyncClient) -> Path:
    """Where the work store is: where the configuration says, or beside the ledger.

    Raises:
        ConfigurationError: The ledger is no file, and `fulfilment.work` is not set.
    """
    if config.work is not None:
        return config.work
    ledger = (client.config.ledger or default_ledger()).removeprefix("sqlite:///")
    if "://" in ledger:
        raise ConfigurationError(
            "fulfilment.work is missing", hint="the ledger is no file, so name a file for the work store"
        )
    path = Path(ledger)
    return path.with_name(f"{path.stem}-work{path.suffix}")


def _purchase_digest(plan: ShipmentPlan) -> str:
    """What a carrier refused: the same purchase at the same account."""
    return f"{plan.account}/{plan.request.fingerprint()}"


def _is_our_own_doing(hold: Hold, order: Order, row: WorkRow) -> bool:
    """Whether a hold says only that the parcel is declared, which this run may have done before it was interrupted."""
    declared = {_bare(number) for number in order.declared_numbers}
    return hold.field in {"lines", "status"} and _bare(row.number) in declared


def _address_changed(order: Order, plan: ShipmentPlan) -> bool:
    return order.ship_to is not None and order.ship_to != plan.request.recipient


def _no_longer_ordered(order: Order, plan: ShipmentPlan) -> tuple[str, ...]:
    """Lines of which the parcel holds more than the order has now."""
    ordered = {line.line_id: line.quantity for line in order.lines}
    inside = [part for part in plan.request.contents if part.order_id == order.order_id]
    return tuple(part.line_id for part in inside if part.quantity > ordered.get(part.line_id, 0))


def _bare(number: str | None) -> str:
    return "".join(mark for mark in number or "" if mark.isalnum()).upper()
