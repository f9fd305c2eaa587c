"""The client for programs that block."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from ssl import SSLContext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

from pydantic import BaseModel

from xborder_sdk.client.config import Config
from xborder_sdk.client.core import (
    DEFAULT_DEADLINE_S,
    DEFAULT_LEASE_S,
    DEFAULT_RANDOM,
    Accounts,
    ClientCore,
    name_of,
    stripped,
)
from xborder_sdk.client.outcomes import Outcome
from xborder_sdk.client.raw import Hidden
from xborder_sdk.client.settling import Ask, settle
from xborder_sdk.client.threads import EARLY_S, late, run_all
from xborder_sdk.errors import UsageError, XborderError
from xborder_sdk.hookspecs import (
    AcceptDispute,
    AddEvidence,
    AmendShipment,
    BookPickup,
    CancelOrder,
    CancelPickup,
    CancelPrintJob,
    CancelShipment,
    ChangeCarrier,
    ChangePickup,
    CheckAddress,
    Connector,
    ContestDispute,
    CreateShipment,
    DeclareShipment,
    DisputeChannel,
    EstimateLandedCost,
    FindShipment,
    GetDispute,
    GetDocuments,
    GetOrder,
    GetPrintJob,
    GetProofOfDelivery,
    GetShipment,
    HandOverParcels,
    Identity,
    LabelPrinter,
    ListDeclaredShipments,
    ListDisputes,
    ListMessages,
    ListOrders,
    ListPrinters,
    ListReviews,
    ListServices,
    LogisticsProvider,
    OnceRequest,
    OrderItem,
    OrderSource,
    PrintDocument,
    ProposeSolution,
    QuoteShipment,
    RefundOrder,
    ReplyReview,
    Request,
    ReviewBuyer,
    SendMessage,
    StopTracking,
    Support,
    Token,
    TrackParcels,
)
from xborder_sdk.ledger.port import EffectRecord, Store
from xborder_sdk.models import (
    AddressCheck,
    CancellationOutcome,
    ChallengeAnswer,
    Cursor,
    DeclaredShipment,
    Dispute,
    DisputeAnswer,
    Document,
    HandOver,
    InboundMessage,
    LandedCost,
    Message,
    Notification,
    Order,
    OrderReference,
    Page,
    Pickup,
    Printer,
    PrintJob,
    Quote,
    Refund,
    Review,
    ReviewAnswer,
    SentMessage,
    Service,
    Shipment,
    ShipmentLookup,
    StoppedTracking,
    Tracking,
    VoidOutcome,
)
from xborder_sdk.runtime.account import Clock
from xborder_sdk.runtime.call import Engine
from xborder_sdk.runtime.executors import Exchanger, run
from xborder_sdk.runtime.hooks import Hooks
from xborder_sdk.runtime.registry import Registry
from xborder_sdk.steps import Effect, Flow, Response, SendDetails

if TYPE_CHECKING:
    import httpx

    from xborder_sdk.runtime.wire.sync_wire import SyncWire

R = TypeVar("R", bound=Request)
T = TypeVar("T")

_HYDRATING = 4


class Client:
    """One client over every account. Threads may share it; close it, or use it in a `with` block.

    Args:
        config: A configuration or the path of its file; without it and without `accounts`, the file in force
            (`XBORDER_CONFIG`, `./xborder.toml`, or the user's).
        accounts: Accounts in code: a mapping of name to settings with their `connector`, a list of `AccountConfig`,
            or an `AccountStore`.
        store: The effects ledger: a path, a `postgresql://` URL, a store, or a function that opens one. Without it
            the configuration's, or a file in the user's state folder.
        connectors: Connectors handed over in code, beside those installed.
        hooks: Objects that implement client-wide hooks.
        transport: An own httpx transport for all requests.
        tls: An own TLS context; it must check certificates.
        in_flight: Most requests at once per host; raise it together with a transport made for many.
        deadline_s: Time budget in seconds of a call that names none.
        lease_s: Seconds for which a claim on an effect holds without a sign of life.
        clock: Both clocks, for tests.
        random: A number in [0, 1) for spreading pauses, for tests.
        registry: The connectors known, for tests.

    Raises:
        ConfigurationError: The configuration cannot be used.
    """

    def __init__(
        self,
        config: Config | Path | str | None = None,
        *,
        accounts: Accounts | None = None,
        store: Store | Callable[[], Store] | Path | str | None = None,
        connectors: Sequence[type[Connector[Any]]] = (),
        hooks: Sequence[object] = (),
        transport: httpx.BaseTransport | None = None,
        tls: SSLContext | None = None,
        in_flight: int = 8,
        deadline_s: float = DEFAULT_DEADLINE_S,
        lease_s: float = DEFAULT_LEASE_S,
        clock: Clock | None = None,
        random: Callable[[], float] = DEFAULT_RANDOM,
        registry: Registry | None = None,
    ) -> None:
        self._core = ClientCore(
            config, accounts, store, connectors, hooks, deadline_s, lease_s, clock, random, registry
        )
        self._transport = transport
        self._tls = tls
        self._in_flight = in_flight
        self._making = threading.Lock()
        self._made_wire: SyncWire | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(tuple(self.account_names()))} accounts>"

    def close(self) -> None:
        """Closes connections and the ledger. An own transport and a store handed over are left to their owner."""
        if self._made_wire is not None:
            self._made_wire.close()
        self._core.close()

    # -- accounts --------------------------------------------------------------------------------------------------

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self._core.config

    @property
    def store(self) -> Store:
        """The effects ledger."""
        return self._core.store()

    @property
    def hooks(self) -> Hooks:
        """The client-wide hooks in force, for whoever runs orders past them."""
        return self._core.hooks

    @property
    def clock(self) -> Clock:
        """Both clocks of this client."""
        return self._core.clock

    def account_names(self) -> tuple[str, ...]:
        """Names of all accounts."""
        return tuple(self._core.accounts.names())

    def connector(self, account: str) -> Connector[Any]:
        """The connector of an account, with its settings.

        Raises:
            ConfigurationError: The account cannot be used.
        """
        return self._core.runtime(account).connector

    def forget_account(self, account: str) -> None:
        """Drops what is held of an account, so that its configuration and tokens are read anew."""
        self._core.forget(account)

    def supports(self, account: str, operation: Callable[..., Any] | str) -> Support:
        """Whether an account can use an operation, and why not; asks nobody."""
        return self._core.supports(account, name_of(operation))

    def available_actions(self, account: str, model: BaseModel) -> frozenset[str]:
        """Operations that an order, shipment or dispute says are open now and the account can use; asks nobody."""
        return self._core.available_actions(account, model)

    def operations(self, account: str) -> frozenset[str]:
        """Operations the account's connector implements."""
        return self._core.runtime(account).relay.operations

    # -- calls -----------------------------------------------------------------------------------------------------

    def call(
        self,
        account: str,
        operation: Callable[[Any, R], Flow[T]],
        request: R,
        *,
        deadline_s: float | None = None,
    ) -> T:
        """Calls an operation, given as its hookspec: `client.call("dhl", LogisticsProvider.quote, request)`.

        Args:
            account: Name of the account.
            operation: The hookspec.
            request: What to ask.
            deadline_s: Time budget in seconds; None for the client's.

        Raises:
            XborderError: As `xborder_sdk.errors` says.
        """
        result: T = self._run(lambda: self._core.engine(account, name_of(operation), request, deadline_s))
        return result

    def request(
        self,
        account: str,
        method: str,
        path: str,
        *,
        effect: Effect,
        intent: str | None = None,
        attempt: int = 1,
        deadline_s: float | None = None,
        **details: Unpack[SendDetails],
    ) -> Response:
        """A signed request to the vendor's own API, with everything the driver does.

        Args:
            account: Name of the account.
            method: HTTP verb.
            path: Path below the host.
            effect: What it does to the world.
            intent: For a `once` effect: what is meant, so that it happens once.
            attempt: Raised to do on purpose again what has been done.
            deadline_s: Time budget in seconds.
            **details: Query, headers, body and more; see `SendDetails`.
        """
        hidden = Hidden(details)
        del details  # a traceback that shows variables must not show the body
        return self._run(
            lambda: self._core.raw_engine(account, effect, method, path, intent, attempt, deadline_s, hidden.value)
        )

    def whoami(self, account: str, *, deadline_s: float | None = None) -> Identity:
        """Asks the vendor who an account is.

        Raises:
            UnsupportedOperation: The vendor cannot be asked.
        """
        return self._run(lambda: self._core.whoami_engine(account, deadline_s))

    def consent_url(self, account: str, state: str, redirect_uri: str | None = None) -> str:
        """Where an account's owner consents in a browser; asks nobody.

        Args:
            account: The account; the setting that the consent fills may be missing.
            state: An unguessable text. Compare it with the `state` that comes back before using the code.
            redirect_uri: Where the vendor sends the browser afterwards, where that may be chosen.

        Raises:
            UnsupportedOperation: The vendor asks for no consent.
            InvalidSettings: The account lacks what a consent needs.
        """
        return self._core.consent_url(account, state, redirect_uri)

    def exchange_code(
        self, account: str, code: str, redirect_uri: str | None = None, *, deadline_s: float | None = None
    ) -> Token:
        """Turns the code of a consent into a token; keep its `refresh` as the account's setting.

        Args:
            account: The account.
            code: What the vendor handed to the browser, percent-decoded once. It is good for one exchange.
            redirect_uri: As given to `consent_url`.
            deadline_s: Time budget in seconds; None for the client's.

        Raises:
            AuthenticationFailed: The code is used up or too old.
            UnsupportedOperation: The vendor asks for no consent.
        """
        return self._run(lambda: self._core.exchange_engine(account, code, redirect_uri, deadline_s))

    def read_notification(
        self, account: str, message: InboundMessage, *, deadline_s: float | None = None
    ) -> tuple[Notification, ...]:
        """Proves and reads a message that a vendor pushed.

        Args:
            account: The account it was pushed to.
            message: The request as it came in, its size bounded.
            deadline_s: Time budget in seconds; None for the client's.

        Raises:
            NotificationRefused: It is not proven to be the vendor's, is too old, or cannot be read.
            UnsupportedOperation: The connector reads no pushed messages.
            XborderError: The vendor could not be asked for what proves it; it should push the message again.
        """
        return self._run(lambda: self._core.notification_engine(account, message, deadline_s))

    def answer_challenge(self, account: str, message: InboundMessage) -> ChallengeAnswer | None:
        """Answers a vendor's question whether an endpoint is ours; None where the message asks no such thing.

        Args:
            account: The account the endpoint belongs to.
            message: The request as it came in.

        Raises:
            InvalidSettings: The account lacks what the answer is made of.
        """
        return self._core.answer_challenge(account, message)

    def _run(self, make: Callable[[], Engine[T]]) -> T:
        try:
            return run(make(), self._wire())
        except BaseException as error:  # noqa: BLE001 - every exception leaves without the frames inside
            raise stripped(error) from None

    def _wire(self) -> Exchanger:
        with self._making:
            if self._made_wire is None:
                from xborder_sdk.runtime.wire.sync_wire import SyncWire

                self._made_wire = SyncWire(self._transport, self._tls, self._in_flight, self._core.clock)
            return self._made_wire

    # -- many ------------------------------------------------------------------------------------------------------

    def fan_out(
        self,
        accounts: Iterable[str],
        operation: Callable[[Any, R], Flow[T]],
        request: R,
        *,
        deadline_s: float | None = None,
    ) -> tuple[Outcome[T], ...]:
        """Asks many accounts at once and returns what came in time, in the order asked. Reads only.

        Args:
            accounts: Names.
            operation: The hookspec.
            request: What to ask each.
            deadline_s: When to stop waiting, in seconds; whoever is late has `DeadlineExceeded` as its error.
        """
        seconds = self._core.deadline_s if deadline_s is None else deadline_s
        names = tuple(accounts)
        name = name_of(operation)

        def ask(account: str) -> Outcome[T]:
            started = time.monotonic()
            budget = max(seconds - EARLY_S, seconds / 2)
            try:
                value = self._run(lambda: self._core.engine(account, name, request, budget, reads_only=True))
            except XborderError as error:
                return Outcome(account, None, error, time.monotonic() - started)
            return Outcome(account, value, None, time.monotonic() - started)

        done = run_all([lambda account=account: ask(account) for account in names], seconds)  # type: ignore[misc]
        return tuple(
            found if found is not None else late(account, name, seconds)
            for account, found in zip(names, done, strict=True)
        )

    def iter_pages(self, account: str, request: ListOrders | None = None) -> Iterator[Page[Order]]:
        """Pages of whole orders, each read when it is asked for; references are completed, a few at a time.

        Args:
            account: Name of the account.
            request: Which orders; None for the platform's default window.
        """
        asked = request or ListOrders()
        while True:
            page = self.list_orders(account, asked)
            yield Page(items=self._completed(account, page.items), next=page.next, total=page.total)
            if page.next is None:
                return
            asked = asked.replace(cursor=page.next)

    def iter_orders(self, accounts: str | Iterable[str], request: ListOrders | None = None) -> Iterator[Order]:
        """Orders of one or more accounts, one account after the other. Holds one page at a time: iterate, do not
        collect.

        Args:
            accounts: One name or several.
            request: Which orders.
        """
        for account in (accounts,) if isinstance(accounts, str) else accounts:
            for page in self.iter_pages(account, request):
                yield from page.items

    def _completed(self, account: str, items: tuple[OrderItem, ...]) -> tuple[Order, ...]:
        missing = [item for item in items if isinstance(item, OrderReference)]
        if not missing:
            return tuple(item for item in items if isinstance(item, Order))
        found: dict[str, Order] = {}

        def complete(reference: OrderReference) -> None:
            found[reference.order_id] = self.get_order(account, GetOrder(order_id=reference.order_id))

        tasks = [lambda reference=reference: complete(reference) for reference in missing]
        run_all(tasks, None, at_once=_HYDRATING)
        return tuple(found[item.order_id] if isinstance(item, OrderReference) else item for item in items)

    def iter_disputes(
        self, account: str, request: ListDisputes | None = None, *, complete: bool = True
    ) -> Iterator[Dispute]:
        """Disputes of an account, page by page; open ones that a list tells in part are completed, a few at a time.

        Args:
            account: Name of the account.
            request: Which disputes.
            complete: False leaves them as the list tells them, perhaps without their earliest deadline.
        """
        asked = request or ListDisputes()
        while True:
            page = self.list_disputes(account, asked)
            yield from self._completed_disputes(account, page.items) if complete else page.items
            if page.next is None:
                return
            cursor: Cursor = page.next
            asked = asked.replace(cursor=cursor)

    def _completed_disputes(self, account: str, items: tuple[Dispute, ...]) -> tuple[Dispute, ...]:
        found = list(items)

        def complete(index: int) -> None:
            asked = GetDispute(dispute_id=items[index].dispute_id, kind=items[index].kind)
            found[index] = self.get_dispute(account, asked)

        missing = [index for index, item in enumerate(items) if item.is_open and not item.complete]
        run_all([lambda index=index: complete(index) for index in missing], None, at_once=_HYDRATING)  # type: ignore[misc]
        return tuple(found)

    def settle(self, account: str, operation: Callable[[Any, R], Flow[Any]], request: R) -> EffectRecord | None:
        """Asks the vendor what became of an effect whose outcome is unknown, and writes down what is proven.

        Args:
            account: Name of the account.
            operation: The hookspec of the effect.
            request: The request of the effect, as it was made.

        Returns:
            The ledger's row afterwards; still in doubt where the vendor cannot prove anything. None where nothing
            was tried.
        """
        if not isinstance(request, OnceRequest):
            raise UsageError(f"{name_of(operation)} has no effect that could be in doubt")
        questions = settle(account, name_of(operation), request, self._core.clock.now())
        reply: Any = None
        error: XborderError | None = None
        while True:
            try:
                question = questions.send(reply) if error is None else questions.throw(error)
            except StopIteration as stop:
                record: EffectRecord | None = stop.value
                return record
            reply, error = None, None
            try:
                if isinstance(question, Ask):
                    asked = question
                    reply = self._run(
                        lambda asked=asked: self._core.engine(asked.account, asked.operation, asked.request, None)  # type: ignore[misc]
                    )
                else:
                    reply = question.run(self._core.store())
            except XborderError as failure:
                error = failure

    # -- OrderSource ------------------------------------------------------------------------------------------

    def list_orders(self, account: str, request: ListOrders, *, deadline_s: float | None = None) -> Page[OrderItem]:
        """One page of orders and the cursor of the next."""
        return self.call(account, OrderSource.list_orders, request, deadline_s=deadline_s)

    def get_order(self, account: str, request: GetOrder, *, deadline_s: float | None = None) -> Order:
        """One order, with everything the platform will say of it."""
        return self.call(account, OrderSource.get_order, request, deadline_s=deadline_s)

    def declare_shipment(
        self, account: str, request: DeclareShipment, *, deadline_s: float | None = None
    ) -> DeclaredShipment:
        """Tells the platform that a parcel is on its way (`once`)."""
        return self.call(account, OrderSource.declare_shipment, request, deadline_s=deadline_s)

    def amend_shipment(
        self, account: str, request: AmendShipment, *, deadline_s: float | None = None
    ) -> DeclaredShipment:
        """Corrects what the platform was told about a parcel (`once`)."""
        return self.call(account, OrderSource.amend_shipment, request, deadline_s=deadline_s)

    def list_declared_shipments(
        self, account: str, request: ListDeclaredShipments, *, deadline_s: float | None = None
    ) -> tuple[DeclaredShipment, ...]:
        """What the platform has been told so far; asked before declaring again after an unknown outcome."""
        return self.call(account, OrderSource.list_declared_shipments, request, deadline_s=deadline_s)

    def cancel_order(
        self, account: str, request: CancelOrder, *, deadline_s: float | None = None
    ) -> CancellationOutcome:
        """Cancels an order on the seller's side (`once`)."""
        return self.call(account, OrderSource.cancel_order, request, deadline_s=deadline_s)

    def refund_order(self, account: str, request: RefundOrder, *, deadline_s: float | None = None) -> Refund:
        """Sends money back to the buyer (`once`)."""
        return self.call(account, OrderSource.refund_order, request, deadline_s=deadline_s)

    def list_messages(self, account: str, request: ListMessages, *, deadline_s: float | None = None) -> Page[Message]:
        """One page of the conversation with an order's buyer, and the cursor of the next."""
        return self.call(account, OrderSource.list_messages, request, deadline_s=deadline_s)

    def send_message(self, account: str, request: SendMessage, *, deadline_s: float | None = None) -> SentMessage:
        """Writes to the buyer of an order (`once`)."""
        return self.call(account, OrderSource.send_message, request, deadline_s=deadline_s)

    def list_reviews(
        self, account: str, request: ListReviews, *, deadline_s: float | None = None
    ) -> tuple[Review, ...]:
        """What buyers and the seller have said of each other; orders without a review are left out."""
        return self.call(account, OrderSource.list_reviews, request, deadline_s=deadline_s)

    def reply_review(self, account: str, request: ReplyReview, *, deadline_s: float | None = None) -> ReviewAnswer:
        """Answers a buyer's review in public (`once`)."""
        return self.call(account, OrderSource.reply_review, request, deadline_s=deadline_s)

    def review_buyer(self, account: str, request: ReviewBuyer, *, deadline_s: float | None = None) -> ReviewAnswer:
        """Judges the buyer of an order (`once`)."""
        return self.call(account, OrderSource.review_buyer, request, deadline_s=deadline_s)

    # -- LogisticsProvider ------------------------------------------------------------------------------------

    def list_services(
        self, account: str, request: ListServices, *, deadline_s: float | None = None
    ) -> tuple[Service, ...]:
        """The services that fit, without prices."""
        return self.call(account, LogisticsProvider.list_services, request, deadline_s=deadline_s)

    def quote(self, account: str, request: QuoteShipment, *, deadline_s: float | None = None) -> tuple[Quote, ...]:
        """Prices, one quote per service."""
        return self.call(account, LogisticsProvider.quote, request, deadline_s=deadline_s)

    def create_shipment(self, account: str, request: CreateShipment, *, deadline_s: float | None = None) -> Shipment:
        """Buys a shipment (`once`) and returns its waybill and papers."""
        return self.call(account, LogisticsProvider.create_shipment, request, deadline_s=deadline_s)

    def find_shipment(self, account: str, request: FindShipment, *, deadline_s: float | None = None) -> ShipmentLookup:
        """Looks a purchase up by its reference."""
        return self.call(account, LogisticsProvider.find_shipment, request, deadline_s=deadline_s)

    def get_shipment(self, account: str, request: GetShipment, *, deadline_s: float | None = None) -> Shipment:
        """A bought shipment as it stands now: its number, where that comes later, its price, its state."""
        return self.call(account, LogisticsProvider.get_shipment, request, deadline_s=deadline_s)

    def get_documents(
        self, account: str, request: GetDocuments, *, deadline_s: float | None = None
    ) -> tuple[Document, ...]:
        """Papers of a shipment, again."""
        return self.call(account, LogisticsProvider.get_documents, request, deadline_s=deadline_s)

    def cancel_shipment(self, account: str, request: CancelShipment, *, deadline_s: float | None = None) -> VoidOutcome:
        """Voids a shipment (`once`)."""
        return self.call(account, LogisticsProvider.cancel_shipment, request, deadline_s=deadline_s)

    def hand_over(self, account: str, request: HandOverParcels, *, deadline_s: float | None = None) -> HandOver:
        """Tells the carrier which parcels it is given now (`once`). Its papers are had from `get_documents`."""
        return self.call(account, LogisticsProvider.hand_over, request, deadline_s=deadline_s)

    def book_pickup(self, account: str, request: BookPickup, *, deadline_s: float | None = None) -> Pickup:
        """Books a collection (`once`)."""
        return self.call(account, LogisticsProvider.book_pickup, request, deadline_s=deadline_s)

    def change_pickup(self, account: str, request: ChangePickup, *, deadline_s: float | None = None) -> Pickup:
        """Changes a booked collection (`idempotent`)."""
        return self.call(account, LogisticsProvider.change_pickup, request, deadline_s=deadline_s)

    def cancel_pickup(self, account: str, request: CancelPickup, *, deadline_s: float | None = None) -> None:
        """Cancels a booked collection (`idempotent`)."""
        return self.call(account, LogisticsProvider.cancel_pickup, request, deadline_s=deadline_s)

    def track(self, account: str, request: TrackParcels, *, deadline_s: float | None = None) -> tuple[Tracking, ...]:
        """Where the parcels are: one answer per number asked, in the order asked."""
        return self.call(account, LogisticsProvider.track, request, deadline_s=deadline_s)

    def stop_tracking(
        self, account: str, request: StopTracking, *, deadline_s: float | None = None
    ) -> tuple[StoppedTracking, ...]:
        """Ends the following of numbers at a tracker (`idempotent`): one answer per number, in the order named."""
        return self.call(account, LogisticsProvider.stop_tracking, request, deadline_s=deadline_s)

    def change_carrier(self, account: str, request: ChangeCarrier, *, deadline_s: float | None = None) -> None:
        """Tells a tracker which carrier really has a parcel (`idempotent`)."""
        return self.call(account, LogisticsProvider.change_carrier, request, deadline_s=deadline_s)

    def get_proof_of_delivery(
        self, account: str, request: GetProofOfDelivery, *, deadline_s: float | None = None
    ) -> tuple[Document, ...]:
        """The carrier's proof of delivery."""
        return self.call(account, LogisticsProvider.get_proof_of_delivery, request, deadline_s=deadline_s)

    def check_address(self, account: str, request: CheckAddress, *, deadline_s: float | None = None) -> AddressCheck:
        """Whether the carrier can serve an address."""
        return self.call(account, LogisticsProvider.check_address, request, deadline_s=deadline_s)

    def estimate_landed_cost(
        self, account: str, request: EstimateLandedCost, *, deadline_s: float | None = None
    ) -> LandedCost:
        """Duties and taxes at the destination, estimated."""
        return self.call(account, LogisticsProvider.estimate_landed_cost, request, deadline_s=deadline_s)

    # -- LabelPrinter -----------------------------------------------------------------------------------------

    def list_printers(
        self, account: str, request: ListPrinters, *, deadline_s: float | None = None
    ) -> tuple[Printer, ...]:
        """The printers of this account with their media."""
        return self.call(account, LabelPrinter.list_printers, request, deadline_s=deadline_s)

    def print_document(self, account: str, request: PrintDocument, *, deadline_s: float | None = None) -> PrintJob:
        """Prints. A job is `PRINTED` only where the printer says so, never because bytes were written."""
        return self.call(account, LabelPrinter.print_document, request, deadline_s=deadline_s)

    def get_print_job(self, account: str, request: GetPrintJob, *, deadline_s: float | None = None) -> PrintJob:
        """Where a job stands."""
        return self.call(account, LabelPrinter.get_print_job, request, deadline_s=deadline_s)

    def cancel_print_job(self, account: str, request: CancelPrintJob, *, deadline_s: float | None = None) -> PrintJob:
        """Takes a job back that has not been printed."""
        return self.call(account, LabelPrinter.cancel_print_job, request, deadline_s=deadline_s)

    # -- DisputeChannel ---------------------------------------------------------------------------------------

    def list_disputes(self, account: str, request: ListDisputes, *, deadline_s: float | None = None) -> Page[Dispute]:
        """One page of disputes and the cursor of the next."""
        return self.call(account, DisputeChannel.list_disputes, request, deadline_s=deadline_s)

    def get_dispute(self, account: str, request: GetDispute, *, deadline_s: float | None = None) -> Dispute:
        """One dispute, complete."""
        return self.call(account, DisputeChannel.get_dispute, request, deadline_s=deadline_s)

    def accept_dispute(self, account: str, request: AcceptDispute, *, deadline_s: float | None = None) -> DisputeAnswer:
        """Gives in (`once`)."""
        return self.call(account, DisputeChannel.accept_dispute, request, deadline_s=deadline_s)

    def contest_dispute(
        self, account: str, request: ContestDispute, *, deadline_s: float | None = None
    ) -> DisputeAnswer:
        """Contests (`once`)."""
        return self.call(account, DisputeChannel.contest_dispute, request, deadline_s=deadline_s)

    def propose_solution(
        self, account: str, request: ProposeSolution, *, deadline_s: float | None = None
    ) -> DisputeAnswer:
        """Puts a solution on the table (`once`). Afterwards read the dispute again: its proposals have changed."""
        return self.call(account, DisputeChannel.propose_solution, request, deadline_s=deadline_s)

    def add_evidence(self, account: str, request: AddEvidence, *, deadline_s: float | None = None) -> DisputeAnswer:
        """Adds evidence before the contest (`once`). Afterwards the dispute has a new revision: read it again."""
        return self.call(account, DisputeChannel.add_evidence, request, deadline_s=deadline_s)
