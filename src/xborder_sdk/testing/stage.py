"""The stage: one account of the connector under test, the real client and ledger, and a vendor in the same process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from pydantic import SecretStr, ValidationError

from xborder_sdk.client import AsyncClient, Client
from xborder_sdk.errors import XborderError
from xborder_sdk.hookspecs import Connector, Context, Request, Token, hookimpl
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.ledger.port import EffectRecord
from xborder_sdk.runtime.account import Clock
from xborder_sdk.runtime.bookings import Bookings
from xborder_sdk.runtime.commands import Invoke
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.runtime.redaction import secrets_of
from xborder_sdk.runtime.registry import Registry
from xborder_sdk.steps import Effect, Flow, Send, Step, WireRequest
from xborder_sdk.testing.own_io import watching
from xborder_sdk.testing.vendor import Reply, Vendor

BLOCKING = "blocking"
AWAITED = "awaited"
DRIVERS = (BLOCKING, AWAITED)

TOKEN_CANARY = "kit-token-0f7d1c5b9ae24e6f8d3b"  # noqa: S105 - invented, so that a leak can be seen
QUESTIONS = frozenset({"token", "whoami", "exchange_code"})
"""Folders of exchanges that are no operations of a kind: the flows of the connector itself."""

_LONGEST_S = 20.0
_SHORTEST_SECRET = 4


class TookTooLong(AssertionError):
    """A call that did not end in its time."""


@dataclass
class Played:
    """What came of one call.

    Attributes:
        result: What the caller got; None where there is an error.
        error: What was raised.
        crash: What left the connector's own code, where that is no documented error.
        sent: The requests that went out, those for tokens left out.
        said: What each was answered.
        token_requests: The requests for tokens.
        steps: What the flow asked for.
        waits: Pauses that were made, in seconds.
        overrun: The request for which the exchange had no answer left.
        unasked: Answers that nobody asked for.
        floats: Places of JSON bodies that hold a float.
        logs: Everything that was logged.
        own_io: What the connector's own code did instead of asking for it in a step, in words.
        secrets: The secrets of the account.
        effects: The rows of the ledger.
        hosts: Base URLs of the account, by name.
    """

    result: Any = None
    error: BaseException | None = None
    crash: Exception | None = None
    sent: list[WireRequest] = field(default_factory=list)
    said: list[Reply] = field(default_factory=list)
    token_requests: list[WireRequest] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    overrun: str | None = None
    unasked: int = 0
    floats: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    own_io: list[str] = field(default_factory=list)
    secrets: frozenset[str] = frozenset()
    effects: Sequence[EffectRecord] = ()
    hosts: Mapping[str, str] = field(default_factory=dict)

    @property
    def sends(self) -> list[Send]:
        """The HTTP steps of the flow."""
        return [step for step in self.steps if isinstance(step, Send)]

    @property
    def acts(self) -> list[Step]:
        """The steps that change something."""
        return [step for step in self.steps if step.effect is not Effect.READ]

    @property
    def acts_sent(self) -> bool:
        """Whether a step that changes something went out."""
        sends = self.sends
        return any(sends[n].effect is not Effect.READ for n in range(min(len(sends), len(self.sent))))


class _Clock:
    """A clock that stands still until somebody waits."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._passed = 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    def pass_(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._passed += seconds


class _Store:
    """The real ledger in memory, opened when something is to be kept, with a token for whoever has none.

    `renew` starts a new one. Budgets of requests always have room: the clock stands still, and no test is about them.
    """

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock
        self._inner: SqliteStore | None = None
        self._is_blocked = False

    def renew(self) -> None:
        self.close()
        self._inner, self._is_blocked = None, False

    def close(self) -> None:
        if self._inner is not None:
            self._inner.close()

    def history(self) -> Sequence[EffectRecord]:
        return () if self._inner is None else self._inner.history()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opened(), name)

    # A client recognises a store by these two.
    def claim(self, *arguments: Any, **named: Any) -> Any:
        return self._opened().claim(*arguments, **named)

    def reserve(self, *arguments: Any) -> float:
        return self._opened().reserve(*arguments) if self._is_blocked else 0.0

    def block(self, key: str, seconds: float) -> None:
        self._is_blocked = True
        self._opened().block(key, seconds)

    def get_token(self, key: str) -> Token | None:
        held = None if self._inner is None else self._inner.get_token(key)
        return held or Token(access=SecretStr(TOKEN_CANARY))

    def drop_token(self, key: str) -> None:
        if self._inner is not None:
            self._inner.drop_token(key)

    def _opened(self) -> SqliteStore:
        if self._inner is None:
            self._inner = SqliteStore(None, clock=self._clock.now)
        return self._inner


class _Ear:
    """Hears every step of the flow, and what leaves the connector's code."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.crash: Exception | None = None
        self.own_io: list[str] = []

    @hookimpl
    def around_operation(self, flow: Flow[Any]) -> Flow[Any]:
        return self._listening(flow)

    def _listening(self, flow: Flow[Any]) -> Generator[Any, Any, Any]:
        reply: Any = None
        error: BaseException | None = None
        try:
            while True:
                try:
                    with watching(self.own_io):
                        step = flow.send(reply) if error is None else flow.throw(error)
                except StopIteration as end:
                    return end.value
                except (XborderError, ValidationError):
                    raise  # a model that does not fit is an answer that cannot be read
                except Exception as crash:
                    self.crash = crash
                    raise
                if isinstance(step, Step):
                    self.steps.append(step)
                reply, error = None, None
                try:
                    reply = yield step
                except XborderError as trouble:
                    error = trouble
        finally:
            flow.close()


class Stage:
    """One account and one client, for as many calls as wanted.

    Args:
        connector: The connector under test.
        account: Name of its account.
        settings: The account's settings.
        driver: `BLOCKING` or `AWAITED`.
        now: What the wall clock says.
        tokens: Answers to requests for a token, by credential; those under "" for every other.
    """

    def __init__(
        self,
        connector: type[Connector[Any]],
        account: str,
        settings: Mapping[str, Any],
        driver: str = BLOCKING,
        now: datetime | None = None,
        tokens: Mapping[str, Sequence[Reply]] | None = None,
    ) -> None:
        self.connector_class = connector
        self.account = account
        self.driver = driver
        self._tokens = tokens or {}
        self._clock = _Clock(now or datetime(2026, 3, 2, 9, tzinfo=UTC))
        self._store = _Store(self._clock)
        self._ear = _Ear()
        self.vendor = Vendor()
        self._runner: asyncio.Runner | None = None
        watched = self._watched(connector)
        arguments: dict[str, Any] = {
            "accounts": {account: {**settings, "connector": watched.name}},
            "store": self._store,
            "registry": Registry((watched,), entries=()),
            "hooks": [self._ear],
            "transport": self,
            "clock": Clock(now=self._clock.now, monotonic=self._clock.monotonic),
            "random": lambda: 0.0,
        }
        self.client: Any
        if driver == BLOCKING:
            self.client = Client(**arguments)
        else:
            self._runner = asyncio.Runner()
            self.client = AsyncClient(**arguments)

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the client and its ledger."""
        if self._runner is None:
            self.client.close()
        else:
            self._runner.run(self.client.aclose())
            self._runner.close()
        self._store.close()

    @property
    def connector(self) -> Connector[Any]:
        """The connector of the account."""
        found: Connector[Any] = self.client.connector(self.account)
        return found

    @property
    def hosts(self) -> Mapping[str, str]:
        """Base URLs by name."""
        return self.connector.resolved_hosts()

    @property
    def secrets(self) -> frozenset[str]:
        """The secrets of the account, and the token it is given."""
        found = {text for text in secrets_of(self.connector.settings) if len(text) >= _SHORTEST_SECRET}
        return frozenset(found | ({TOKEN_CANARY} if self.connector_class.token is not Connector.token else set()))

    # -- the transport of the client -------------------------------------------------------------------------------

    def handle_request(self, request: Any) -> Any:
        """A blocking exchange with the vendor of the call under way."""
        return self.vendor.answer(request)

    async def handle_async_request(self, request: Any) -> Any:
        """An awaited exchange with the vendor of the call under way."""
        return self.vendor.answer(request)

    # -- calls -----------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Begins anew: an empty ledger, and an account that knows nothing."""
        self._store.renew()
        account = self.client._core.runtime(self.account)  # noqa: SLF001 - no public door leads to what it has learnt
        account.blocked_until = 0.0
        account.bookings = Bookings()
        for learnt in (account._tokens, account._spent, account._recent):  # noqa: SLF001
            learnt.clear()

    def play(
        self,
        operation: str,
        request: Request | Mapping[str, Any] | None,
        replies: Sequence[Reply],
        *,
        repeat_last: bool = False,
        anew: bool = True,
    ) -> Played:
        """Calls an operation.

        Args:
            operation: Its name, or one of `QUESTIONS`.
            request: What to ask.
            replies: What the vendor says.
            repeat_last: Whether the vendor goes on saying the last of it.
            anew: Whether to begin with an empty ledger.
        """
        self.vendor = vendor = Vendor(replies, repeat_last=repeat_last)
        self._ear.steps, self._ear.crash, self._ear.own_io = [], None, []
        self._clock.waits = []
        played = Played()
        with self._prepared(played):
            try:
                if anew:
                    self.forget()
                played.result = self._call(operation, request)
            except TookTooLong:
                raise
            except Exception as error:  # noqa: BLE001 - whatever comes is what the test looks at
                played.error = error
        played.crash = self._ear.crash
        played.steps, played.own_io = self._ear.steps, self._ear.own_io
        played.sent, played.said = vendor.sent, vendor.said
        played.token_requests = vendor.token_requests
        played.waits = self._clock.waits
        played.overrun, played.unasked = vendor.overrun, vendor.unasked
        played.effects = self._store.history()
        with contextlib.suppress(XborderError):  # a connector that cannot be used has no hosts
            played.hosts = self.hosts
            played.secrets = self.secrets
        return played

    @contextlib.contextmanager
    def _prepared(self, played: Played) -> Iterator[None]:
        """Waits take no time, floats and log records are noticed, and no call takes for ever."""
        engine: Any = import_module("xborder_sdk.runtime.call")
        building: Any = import_module("xborder_sdk.steps")
        wait, write = engine.Wait, building.write_json
        handler = _Log(played.logs)
        talkers = [
            logging.getLogger(name) for name in ("xborder_sdk", self.connector_class.__module__.partition(".")[0])
        ]
        levels = [logger.level for logger in talkers]

        def noticing(value: object) -> bytes:
            played.floats.extend(_floats(value))
            written: bytes = write(value)
            return written

        engine.Wait = lambda seconds: Invoke(self._clock.pass_, (seconds,))
        building.write_json = noticing
        logging.getLogger().addHandler(handler)
        for logger in talkers:
            logger.setLevel(logging.DEBUG)
        try:
            with time_box(_LONGEST_S):
                yield
        finally:
            for logger, level in zip(talkers, levels, strict=True):
                logger.setLevel(level)
            logging.getLogger().removeHandler(handler)
            engine.Wait, building.write_json = wait, write

    def _call(self, operation: str, request: Any) -> Any:
        if operation not in QUESTIONS:
            return self._run(self.client.call(self.account, OPERATIONS[operation].spec, request))
        if operation == "whoami":
            return self._run(self.client.whoami(self.account))
        asked = dict(request or {})
        if operation == "exchange_code":
            return self._run(self.client.exchange_code(self.account, **asked))
        return self._token(asked)

    def _token(self, asked: Mapping[str, Any]) -> Any:
        core = self.client._core  # noqa: SLF001 - nobody asks for a token by itself but a test
        held = asked.get("held")
        context = Context(self.account, self.connector_class.name, "token", None)

        def make() -> Any:
            runtime = core.runtime(self.account)
            token = None if held is None else Token.model_validate(held)
            flow = self.connector_class.token(runtime.connector, asked.get("credential", "default"), token)
            if flow is None:
                raise LookupError("the connector needs no token of this credential")
            return core._engine(runtime, context, flow, None)  # noqa: SLF001

        if self._runner is None:
            return self.client._run(make)  # noqa: SLF001
        return self._runner.run(self.client._run(self.account, make))  # noqa: SLF001

    def _run(self, found: Any) -> Any:
        return found if self._runner is None else self._runner.run(found)

    def _watched(self, connector: type[Connector[Any]]) -> type[Connector[Any]]:
        """The connector, with its requests for tokens marked as such."""
        if connector.token is Connector.token:
            return connector
        stage = self

        def token(self: Connector[Any], credential: str, held: Token | None) -> Flow[Token] | None:
            flow = connector.token(self, credential, held)
            if flow is None:
                return None
            stage.vendor.tokens = stage._tokens.get(credential) or stage._tokens.get("") or ()
            return stage._marked(flow)

        return type(connector.__name__, (connector,), {"token": token, "__module__": connector.__module__})

    def _marked(self, flow: Flow[Token]) -> Flow[Token]:
        reply: Any = None
        error: BaseException | None = None
        while True:
            try:
                step = flow.send(reply) if error is None else flow.throw(error)
            except StopIteration as end:
                token: Token = end.value
                return token
            reply, error = None, None
            self.vendor.for_token = True
            try:
                reply = yield step
            except XborderError as trouble:
                error = trouble
            finally:
                self.vendor.for_token = False


class _Log(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{record.name}: {record.getMessage()}")


def _floats(value: object, path: str = "") -> Iterator[str]:
    if isinstance(value, float):
        yield path or "the body"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _floats(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _floats(inner, f"{path}[{number}]")


@contextlib.contextmanager
def time_box(seconds: float) -> Iterator[None]:
    """Ends what takes longer, where the system can interrupt; elsewhere it only notices afterwards.

    Raises:
        TookTooLong: It did.
    """
    can_interrupt = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    started = time.perf_counter()
    before: Any = None

    def ring(*_: object) -> None:
        raise TookTooLong(f"a call did not end within {seconds:.0f} s: does a loop of the connector never end?")

    if can_interrupt:
        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        if can_interrupt:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    if time.perf_counter() - started > seconds:
        ring()


@contextlib.contextmanager
def time_zone(name: str) -> Iterator[None]:
    """Lets this process live in another time zone for a while, where the system can."""
    import os

    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    _tell_the_zone()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        _tell_the_zone()


def _tell_the_zone() -> None:
    tell: Callable[[], None] | None = getattr(time, "tzset", None)
    if tell is not None:
        tell()
