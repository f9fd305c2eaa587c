"""What both clients share: accounts, connectors, the store, hooks; and how a call becomes an engine."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from xborder_sdk.client.config import (
    AccountConfig,
    AccountStore,
    Config,
    MemoryAccounts,
    default_ledger,
    find_config,
    read_config,
)
from xborder_sdk.client.raw import raw_flow, raw_request, raw_step
from xborder_sdk.errors import (
    ConfigurationError,
    ConnectorBug,
    InvalidSettings,
    UnknownAccount,
    UnsupportedOperation,
    UsageError,
    XborderError,
)
from xborder_sdk.hookspecs import Connector, Context, Identity, Request, Support, SupportLevel, Token
from xborder_sdk.ledger.port import Store
from xborder_sdk.models import ChallengeAnswer, InboundMessage, Notification
from xborder_sdk.runtime.account import AccountRuntime, Clock, Environment
from xborder_sdk.runtime.blame import bug_in
from xborder_sdk.runtime.call import Engine, Invocation
from xborder_sdk.runtime.engine import run_operation
from xborder_sdk.runtime.hooks import Hooks
from xborder_sdk.runtime.operations import operation_named
from xborder_sdk.runtime.redaction import bare, faults_told, place_of, secrets_given
from xborder_sdk.runtime.registry import Registry
from xborder_sdk.steps import Effect, Flow, Response, SendDetails

T = TypeVar("T")

DEFAULT_DEADLINE_S = 120.0
DEFAULT_LEASE_S = 120.0

Accounts = AccountStore | Iterable[AccountConfig] | Mapping[str, Mapping[str, Any]]


class ClientCore:
    """Everything of a client but its colour.

    Args:
        config: A configuration, or the path of its file.
        accounts: Accounts instead of the configuration's: a store, a list, or a mapping of name to settings with
            their `connector`.
        store: The effects ledger and its companions, its path or URL, or a function that opens it.
        connectors: Connectors handed over in code.
        hooks: Objects that implement client-wide hooks, beside the plugins the configuration names.
        deadline_s: Time budget of a call that sets none, in seconds.
        lease_s: How long a claim on an effect holds without a sign of life.
        clock: Both clocks.
        random: A number in [0, 1), for spreading pauses.
        registry: The connectors known; None for those installed.
    """

    def __init__(
        self,
        config: Config | Path | str | None,
        accounts: Accounts | None,
        store: Store | Callable[[], Store] | Path | str | None,
        connectors: Sequence[type[Connector[Any]]],
        hooks: Sequence[object],
        deadline_s: float,
        lease_s: float,
        clock: Clock | None,
        random_source: Callable[[], float],
        registry: Registry | None,
    ) -> None:
        if config is None and accounts is None:
            found = find_config()
            config = read_config(found) if found is not None else Config()
        elif isinstance(config, (str, Path)):
            config = read_config(config)
        self.config = config or Config()
        self.accounts = _account_store(accounts if accounts is not None else self.config.accounts)
        self.registry = registry or Registry(connectors)
        plugins = [self.registry.plugin(name) for name in self.config.hooks]
        self.hooks = Hooks([*plugins, *hooks])
        self.deadline_s = deadline_s
        self.clock = clock or Clock()
        self._store_source = store if store is not None else (self.config.ledger or default_ledger())
        self._store: Store | None = None
        self._owns_store = not _is_store(store)
        self._lock = threading.RLock()
        self._runtimes: dict[str, tuple[AccountConfig, AccountRuntime]] = {}
        self._closed = False
        self.environment = Environment(
            store=self.store,
            clock=self.clock,
            random=random_source,
            lease_s=lease_s,
            wrap=self.hooks.wrap,
            observe=self.hooks.observe,
        )

    # -- parts -----------------------------------------------------------------------------------------------------

    def store(self) -> Store:
        """The effects ledger, opened at first use."""
        with self._lock:
            if self._store is None:
                self._check_open()
                self._store = _opened(self._store_source)
            return self._store

    def runtime(self, name: str) -> AccountRuntime:
        """An account, made ready at first use and again when its configuration has changed.

        Raises:
            ConfigurationError: It is unknown, its connector is missing, or its settings do not fit.
        """
        self._check_open()
        config = self.accounts.get(name)
        if config is None:
            known = ", ".join(sorted(self.accounts.names())[:10]) or "none"
            raise UnknownAccount(f"there is no account named {name}", hint=f"configured: {known}")
        with self._lock:
            held = self._runtimes.get(name)
            if held is not None and held[0] == config:
                return held[1]
            made = AccountRuntime(self.connect(config), self.environment)
            self._runtimes[name] = (config, made)
            return made

    def is_ready(self, name: str) -> bool:
        """Whether a call of an account begins without any I/O: it is held, and asking for it asks only memory."""
        return name in self._runtimes and isinstance(self.accounts, MemoryAccounts)

    def connect(self, config: AccountConfig) -> Connector[Any]:
        """The connector of an account, with its settings checked."""
        connector = self.registry.connector(config.connector)
        given = config.resolved()
        try:
            settings = connector.settings_model.model_validate(given)
        except ValidationError as error:
            faults = faults_told(error, secrets_given(connector.settings_model, given))
            raise InvalidSettings(
                f"account {config.name}: settings do not fit {connector.name}: {faults}",
                hint=f"run: xborder connectors {connector.name}",
            ) from None
        return connector(config.name, settings)

    def forget(self, name: str) -> None:
        """Drops what is held of an account."""
        with self._lock:
            self._runtimes.pop(name, None)

    def _check_open(self) -> None:
        if self._closed:
            raise UsageError("the client is closed")

    def close(self) -> None:
        """Closes the store, if this client opened it."""
        with self._lock:
            self._closed = True
            if self._store is not None and self._owns_store:
                self._store.close()
            self._store = None

    # -- calls -----------------------------------------------------------------------------------------------------

    def engine(
        self, account: str, operation: str, request: Request, deadline_s: float | None, *, reads_only: bool = False
    ) -> Engine[Any]:
        """The engine of one call; everything that can be refused without I/O is refused here."""
        runtime = self.runtime(account)
        context = Context(account, runtime.connector.name, operation, request)
        try:
            flow = runtime.relay.flow(operation, request)
        except Exception as error:  # noqa: BLE001 - located, then raised as it is
            raise self.located(error, context) from None
        return self._engine(runtime, context, flow, deadline_s, reads_only=reads_only)

    def raw_engine(
        self,
        account: str,
        effect: Effect,
        method: str,
        path: str,
        intent: str | None,
        attempt: int,
        deadline_s: float | None,
        details: SendDetails,
    ) -> Engine[Response]:
        """The engine of a raw request."""
        runtime = self.runtime(account)
        step = raw_step(runtime.connector, effect, method, path, details)
        request = raw_request(step, intent, attempt)
        context = Context(account, runtime.connector.name, "request", request)
        return self._engine(runtime, context, raw_flow(step), deadline_s)

    def whoami_engine(self, account: str, deadline_s: float | None) -> Engine[Identity]:
        """The engine that asks the vendor who an account is."""
        runtime = self.runtime(account)
        flow = runtime.connector.whoami()
        if flow is None:
            raise UnsupportedOperation(f"{runtime.connector.title} cannot be asked who an account is")
        context = Context(account, runtime.connector.name, "whoami", None)
        return self._engine(runtime, context, flow, deadline_s, reads_only=True)

    def consent_url(self, account: str, state: str, redirect_uri: str | None) -> str:
        """The page on which an account's owner consents."""
        runtime = self.runtime(account)
        context = Context(account, runtime.connector.name, "consent_url", None)
        try:
            url = runtime.connector.consent_url(state, redirect_uri)
        except XborderError as error:
            raise self.located(error, context) from None
        except Exception as bug:  # noqa: BLE001 - a connector's crash must be named
            raise self.located(bug_in(f"{runtime.connector.name}.consent_url", bug), context) from None
        if url is None:
            raise UnsupportedOperation(f"{runtime.connector.title} asks for no consent in a browser")
        return url

    def exchange_engine(
        self, account: str, code: str, redirect_uri: str | None, deadline_s: float | None
    ) -> Engine[Token]:
        """The engine that turns the code of a consent into a token."""
        runtime = self.runtime(account)
        context = Context(account, runtime.connector.name, "exchange_code", None)
        try:
            flow = runtime.connector.exchange_code(code, redirect_uri)
        except XborderError as error:
            raise self.located(error, context) from None
        except Exception as bug:  # noqa: BLE001 - a connector's crash must be named
            raise self.located(bug_in(f"{runtime.connector.name}.exchange_code", bug), context) from None
        if flow is None:
            raise UnsupportedOperation(f"{runtime.connector.title} asks for no consent in a browser")
        return self._engine(runtime, context, flow, deadline_s)

    def notification_engine(
        self, account: str, message: InboundMessage, deadline_s: float | None
    ) -> Engine[tuple[Notification, ...]]:
        """The engine that proves and reads a pushed message."""
        runtime = self.runtime(account)
        context = Context(account, runtime.connector.name, "read_notification", None)
        try:
            flow = runtime.connector.read_notification(message)
        except XborderError as error:
            raise self.located(error, context) from None
        except Exception as bug:  # noqa: BLE001 - a connector's crash must be named
            raise self.located(bug_in(f"{runtime.connector.name}.read_notification", bug), context) from None
        if flow is None:
            raise UnsupportedOperation(f"{runtime.connector.title} pushes nothing that this connector reads")
        if not isinstance(flow, Generator):
            raise ConnectorBug(
                f"{runtime.connector.name}.read_notification returned {type(flow).__name__} instead of a flow",
                hint="it is a generator: one that asks nobody begins with `yield from ()`",
            )
        return self._engine(runtime, context, flow, deadline_s, reads_only=True)

    def answer_challenge(self, account: str, message: InboundMessage) -> ChallengeAnswer | None:
        """The connector's answer to a challenge."""
        runtime = self.runtime(account)
        context = Context(account, runtime.connector.name, "answer_challenge", None)
        try:
            return runtime.connector.answer_challenge(message)
        except XborderError as error:
            raise self.located(error, context) from None
        except Exception as bug:  # noqa: BLE001 - a connector's crash must be named
            raise self.located(bug_in(f"{runtime.connector.name}.answer_challenge", bug), context) from None

    def _engine(
        self,
        runtime: AccountRuntime,
        context: Context,
        flow: Flow[T],
        deadline_s: float | None,
        *,
        reads_only: bool = False,
    ) -> Engine[T]:
        seconds = self.deadline_s if deadline_s is None else deadline_s
        call = Invocation(context, self.clock.monotonic() + seconds, reads_only)
        return run_operation(runtime, call, self.environment.wrap(context, flow))

    def located(self, error: Exception, context: Context) -> Exception:
        """An error with its place."""
        if isinstance(error, XborderError):
            error.locate(context.account, context.connector, context.operation)
        return error

    # -- questions without I/O -------------------------------------------------------------------------------------

    def supports(self, account: str, operation: str) -> Support:
        """Whether an account can use an operation; `read_only` counts for those that have an effect."""
        runtime = self.runtime(account)
        found = runtime.relay.support(operation)
        if found and runtime.settings.read_only and operation in EFFECTS:
            return Support(SupportLevel.NO, "the account is read-only")
        return found

    def available_actions(self, account: str, model: BaseModel) -> frozenset[str]:
        """Operations that a model says are open now and the account can use."""
        said: frozenset[str] = getattr(model, "actions", frozenset()) | getattr(model, "choices", frozenset())
        return frozenset(name for name in said if self.supports(account, name))


EFFECTS = frozenset(
    [
        "declare_shipment",
        "amend_shipment",
        "cancel_order",
        "refund_order",
        "send_message",
        "reply_review",
        "review_buyer",
        "create_shipment",
        "cancel_shipment",
        "hand_over",
        "book_pickup",
        "change_pickup",
        "cancel_pickup",
        "stop_tracking",
        "change_carrier",
        "print_document",
        "cancel_print_job",
        "accept_dispute",
        "contest_dispute",
        "propose_solution",
        "add_evidence",
    ]
)
"""Operations that change something outside."""


def name_of(operation: Callable[..., Any] | str) -> str:
    """The name of an operation given as its hookspec or as text.

    Raises:
        UnsupportedOperation: There is none of this name.
    """
    name = operation if isinstance(operation, str) else operation.__name__
    return operation_named(name).name


def stripped(error: BaseException) -> BaseException:
    """What leaves the client: the exception without the frames inside, and a note of where a surprise arose."""
    if isinstance(error, Exception) and not isinstance(error, XborderError):
        error.add_note(f"raised at {place_of(error)}")
    return bare(error)


def _is_store(value: object) -> bool:
    return hasattr(value, "claim") and hasattr(value, "reserve")


def _opened(source: Store | Callable[[], Store] | Path | str) -> Store:
    if isinstance(source, (str, Path)):
        from xborder_sdk.ledger import open_store

        return open_store(str(source))
    if callable(source):
        return source()
    return source


def _account_store(accounts: Accounts) -> AccountStore:
    if isinstance(accounts, Mapping):
        made = []
        for name, settings in accounts.items():
            connector = settings.get("connector")
            if not isinstance(connector, str):
                raise ConfigurationError(f"account {name} needs a connector")
            made.append(AccountConfig(name, connector, {k: v for k, v in settings.items() if k != "connector"}))
        return MemoryAccounts(made)
    if isinstance(accounts, Iterable):
        return MemoryAccounts(accounts)
    return accounts


DEFAULT_RANDOM = random.random
