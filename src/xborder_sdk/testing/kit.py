"""The ground the kit's tests stand on: what an author says, the cases made of it, and how a failure is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, NoReturn, TypeVar, get_type_hints

from pydantic import ValidationError

from xborder_sdk.errors import XborderError
from xborder_sdk.hookspecs import Connector, Request, hookimpl
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.runtime.redaction import fields_at_fault
from xborder_sdk.runtime.registry import provided_by
from xborder_sdk.steps import WireRequest
from xborder_sdk.testing.exchange import Answer, BadExchange, Exchange, files_of, json_text, read_answer, read_exchange
from xborder_sdk.testing.stage import BLOCKING, DRIVERS, QUESTIONS, Played, Stage
from xborder_sdk.testing.telling import told_reply, told_request
from xborder_sdk.testing.vendor import Reply

F = TypeVar("F", bound=Callable[..., None])
_MOST_TOLD = 12
REGISTERS = "test_it_registers"
"""The one test of a connector that cannot be used."""


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """One case of a test.

    Attributes:
        id: How it is called.
        exchange: The exchange it is about, if any.
        driver: Through which client.
        value: What else it is about.
        slow: Whether it belongs to the slow lane.
        operation: The operation it is about; empty for the connector as a whole.
    """

    id: str
    exchange: Exchange | None = None
    driver: str = BLOCKING
    value: Any = None
    slow: bool = False
    operation: str = ""

    @property
    def given(self) -> Exchange:
        """The exchange, of a case that has one."""
        assert self.exchange is not None  # noqa: S101 - the maker of the case gave one
        return self.exchange

    def __repr__(self) -> str:
        return f"<{self.id}>"


Cases = Callable[["type[Kit]"], Iterable[Case]]


def over(cases: Cases) -> Callable[[F], F]:
    """Marks a test with the cases it runs over; one without cases is not collected."""

    def mark(test: F) -> F:
        test.xborder_cases = cases  # type: ignore[attr-defined]
        return test

    return mark


class NotConforming(AssertionError):
    """A connector that does not keep the contract; the message says what, and what to do.

    Attributes:
        xborder_sections: Titles and texts for whoever shows the failure: requests, answers, the result.
    """

    def __init__(self, message: str, sections: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.xborder_sections = tuple(sections)


class Kit:
    """What an author says of a connector.

    Attributes:
        connector: The connector under test.
        settings: Settings of its account; invented, each secret at least eight characters long.
        exchanges: The folder of exchange files, `<operation>/<situation>.json`.
        account: Name of the account; it is in every result.
        now: What the clock of the client says.
        expired_token: How the vendor says that a token is not valid any more, as an answer of an exchange file.
        throttled: How it says that it is asked too often.
        refusals: Other ways in which it says no, by a name of your own: each must become an error, whatever was asked.
        not_exchanged: Operations that cannot be played from files, and why.
        told_by_status: Operations whose success the vendor tells by status or header alone, and why; a body that cannot
            be read is then no trouble.
        derived: Fields that are known from more than the vendor's word for them, as `Model.field`, and why.
        whole_results: Whether a file's `result` names every field that is not its default, and not only some.
    """

    connector: ClassVar[type[Connector[Any]]]
    settings: ClassVar[Mapping[str, Any]] = {}
    exchanges: ClassVar[Path]
    account: ClassVar[str] = "kit-account"
    now: ClassVar[datetime] = datetime(2026, 3, 2, 9, tzinfo=UTC)
    expired_token: ClassVar[Mapping[str, Any]] = {"status": 401}
    throttled: ClassVar[Mapping[str, Any]] = {"status": 429, "headers": {"Retry-After": "2"}}
    refusals: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    not_exchanged: ClassVar[Mapping[str, str]] = {}
    told_by_status: ClassVar[Mapping[str, str]] = {}
    derived: ClassVar[Mapping[str, str]] = {}
    whole_results: ClassVar[bool] = False

    xborder_kit: ClassVar[bool] = True
    _read: ClassVar[tuple[Exchange, ...] | None] = None
    _played: ClassVar[dict[Exchange, Played]] = {}

    def normalise_request(self, request: WireRequest) -> WireRequest:
        """What went out, as the exchange files write it. Override it where `sign` or the flow hides it.

        Check here what the vendor would check, the signature for example, and take it off; decrypt what is encrypted.

        Args:
            request: What went out.
        """
        return request

    # -- collecting --------------------------------------------------------------------------------------------------

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls._read = None
        cls._played = {}
        if not hasattr(cls, "connector"):
            return
        # Of a connector that cannot be used only that is told: every other test would fail, or pass, for this reason.
        is_usable = cls.why_unusable() is None
        for name, test in kit_tests(cls):
            # What does not concern this connector is not collected: a name without a function is no test.
            is_wanted = is_usable or name == REGISTERS
            setattr(cls, name, test if is_wanted and any(True for _ in test.xborder_cases(cls)) else None)

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Gives each test its cases; pytest calls it."""
        cases = getattr(metafunc.function, "xborder_cases", None)
        if cases is None or "case" not in metafunc.fixturenames:
            return
        import pytest

        made = [
            pytest.param(case, id=case.id, marks=[pytest.mark.slow] if case.slow else []) for case in cases(type(self))
        ]
        metafunc.parametrize("case", made)

    @classmethod
    def why_unusable(cls) -> XborderError | None:
        """Why the core does not take the connector with the settings of the class; None where it does."""
        try:
            provided_by(_Plugin(cls.connector))
            with cls().stage() as stage:
                stage.client.supports(cls.account, next(iter(OPERATIONS)))
        except XborderError as error:
            return error
        return None

    # -- what there is -----------------------------------------------------------------------------------------------

    @classmethod
    def read_files(cls) -> tuple[Exchange, ...]:
        """The exchange files that can be read; they are read once."""
        if cls._read is None:
            cls._read = tuple(_files(cls.exchanges))
        return cls._read

    @classmethod
    def operations(cls) -> tuple[str, ...]:
        """The operations that the connector implements."""
        return tuple(
            name
            for name, operation in OPERATIONS.items()
            for kind in cls.connector.kinds
            if issubclass(kind, operation.kind) and getattr(kind, name, operation.spec) is not operation.spec
        )

    @classmethod
    def playable(cls) -> tuple[Exchange, ...]:
        """The exchanges of what the connector implements."""
        known = {*cls.operations(), *QUESTIONS}
        return tuple(one for one in cls.read_files() if one.operation in known)

    @classmethod
    def has_tokens(cls) -> bool:
        """Whether the connector asks for tokens."""
        return cls.connector.token is not Connector.token

    # -- playing -----------------------------------------------------------------------------------------------------

    def stage(
        self, exchange: Exchange | None = None, driver: str = BLOCKING, now: datetime | None = None, **settings: Any
    ) -> Stage:
        """An account of the connector on the real client, with a vendor in this process.

        Args:
            exchange: Whose settings to take.
            driver: Through which client.
            now: What its clock says; None for that of the class.
            **settings: Settings on top.
        """
        own = {} if exchange is None else exchange.settings
        known = {"max_attempts": 1, **self.settings, **own, **settings}
        return Stage(self.connector, self.account, known, driver, now or self.now, self._token_answers())

    def _token_answers(self) -> Mapping[str, Sequence[Reply]]:
        found: dict[str, Sequence[Reply]] = {}
        for one in self.read_files():
            if one.operation == "token" and one.is_good:
                answers = tuple(turn.answer for turn in one.turns)
                found.setdefault(str(one.request.get("credential", "default")), answers)
                found.setdefault("", answers)
        return found

    def request(self, exchange: Exchange) -> Any:
        """The request of an exchange, validated; that of a question as it is."""
        if exchange.operation in QUESTIONS:
            return exchange.request
        try:
            return _validated(exchange.operation, json_text(exchange.request))
        except ValidationError as error:
            model = request_model(exchange.operation).__name__
            raise NotConforming(
                f"{exchange.name}: the request does not fit {model}: {fields_at_fault(error)}"
            ) from None

    def play(self, exchange: Exchange, driver: str = BLOCKING, **settings: Any) -> Played:
        """Plays an exchange as it stands in its file; through the blocking client once for all tests."""
        plainly = driver == BLOCKING and not settings
        if plainly and exchange in self._played:
            return self._played[exchange]
        with self.stage(exchange, driver, **settings) as stage:
            played = stage.play(exchange.operation, self.request(exchange), answers_of(exchange))
        if plainly:
            self._played[exchange] = played
        return played

    def answer(self, data: Mapping[str, Any]) -> Answer:
        """An answer as a test class writes it."""
        return read_answer(data)

    # -- failing -----------------------------------------------------------------------------------------------------

    def fail(
        self, what: str, details: Iterable[str] = (), played: Played | None = None, hint: str | None = None
    ) -> NoReturn:
        """Ends a test, with what helps to understand why.

        Args:
            what: What is wrong, in one sentence.
            details: More of it, each a line.
            played: The call it is about.
            hint: What to do.
        """
        __tracebackhide__ = True
        lines = list(details)
        more = len(lines) - _MOST_TOLD
        message = "\n".join([what, *(f"  - {line}" for line in lines[:_MOST_TOLD])])
        if more > 0:
            message += f"\n  - and {more} more"
        if hint is not None:
            message += f"\n  hint: {hint}"
        raise NotConforming(message, [] if played is None else list(_sections(played)))


class _Plugin(SimpleNamespace):
    """A plugin that provides one connector."""

    def __init__(self, connector: type[Connector[Any]]) -> None:
        super().__init__()
        self._connector = connector

    @hookimpl
    def register_connectors(self) -> list[type[Connector[Any]]]:
        return [self._connector]


def answers_of(exchange: Exchange) -> list[Reply]:
    """The answers of an exchange, in order."""
    return [turn.answer for turn in exchange.turns]


def kit_tests(cls: type[Kit]) -> Iterator[tuple[str, Any]]:
    """The kit's tests of a class by name, those that it hides among them; an author's own are left alone."""
    seen: set[str] = set()
    for base in cls.__mro__:
        for name, member in vars(base).items():
            if not name.startswith("test_") or name in seen:
                continue
            if hasattr(member, "xborder_cases"):
                seen.add(name)
                yield name, member
            elif member is not None:
                seen.add(name)


def request_model(operation: str) -> type[Request]:
    """The request model of an operation, from its annotation."""
    found: type[Request] = get_type_hints(OPERATIONS[operation].spec)["request"]
    return found


@lru_cache(maxsize=2048)
def _validated(operation: str, text: str) -> Request:
    return request_model(operation).model_validate_json(text)


def _files(folder: Path) -> Iterator[Exchange]:
    for path in files_of(folder):
        try:
            yield read_exchange(path)
        except BadExchange:
            continue  # a test of its own tells what is wrong with it


def _sections(played: Played) -> Iterator[tuple[str, str]]:
    for number, request in enumerate(played.sent, start=1):
        yield f"request {number}", told_request(request)
        if number <= len(played.said):
            yield f"answer {number}", told_reply(played.said[number - 1])
    if played.error is not None:
        yield "error", f"{type(played.error).__name__}: {played.error}"
    if played.crash is not None:
        yield "crash in the connector", told_crash(played.crash)


def told_crash(crash: Exception) -> str:
    """An exception of the connector's own code: what, and where in that code."""
    import traceback

    frames = traceback.extract_tb(crash.__traceback__)
    own = [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}: {frame.line}" for frame in frames[-4:]]
    return "\n".join([f"{type(crash).__name__}: {crash}", *own])


# -- makers of cases ---------------------------------------------------------------------------------------------------


def once_each(cls: type[Kit]) -> Iterator[Case]:
    """One case: the connector as a whole."""
    yield Case(cls.connector.name if isinstance(getattr(cls.connector, "name", None), str) else cls.connector.__name__)


def broken_and_whole_files(cls: type[Kit]) -> Iterator[Case]:
    """One case for each file, whether it can be read or not."""
    for path in files_of(cls.exchanges):
        yield Case(f"{path.parent.name}/{path.stem}", value=path, operation=path.parent.name)


def files(*, good: bool | None = None, paged: bool = False, drivers: bool = False, asked: bool = False) -> Cases:
    """Cases for exchange files.

    Args:
        good: Only those with a result, or only those with an error.
        paged: Only those with several pages.
        drivers: Through each client.
        asked: Only those in which something goes out.
    """

    def make(cls: type[Kit]) -> Iterator[Case]:
        for one in cls.playable():
            if good is not None and one.is_good is not good:
                continue
            if (paged and len(one.pages) < 2) or (asked and not one.turns):
                continue
            for driver in DRIVERS if drivers else (BLOCKING,):
                name = f"{one.name}-{driver}" if drivers else one.name
                yield Case(name, one, driver, operation=one.operation)

    return make


def first_good(*, effects: bool = False, drivers: bool = False, operations_only: bool = True) -> Cases:
    """Cases for the first good exchange of each operation in which something goes out.

    Args:
        effects: Only those with a `once` step, and of them the first.
        drivers: Through each client.
        operations_only: Without the connector's own questions.
    """

    def make(cls: type[Kit]) -> Iterator[Case]:
        for one in firsts(cls, effects=effects):
            if operations_only and one.operation in QUESTIONS:
                continue
            for driver in DRIVERS if drivers else (BLOCKING,):
                name = f"{one.operation}-{driver}" if drivers else one.operation
                yield Case(name, one, driver, operation=one.operation)

    return make


def firsts(cls: type[Kit], *, effects: bool = False) -> Iterator[Exchange]:
    """The first good exchange of each operation in which something goes out."""
    seen: set[str] = set()
    for one in cls.playable():
        if one.operation in seen or not one.is_good or not one.turns:
            continue
        if effects and "once" not in one.effects:
            continue
        seen.add(one.operation)
        yield one


def each_good(cls: type[Kit]) -> Iterator[Case]:
    """Every good exchange; all but the first of each operation belong to the slow lane."""
    first = set(firsts(cls))
    for case in files(good=True, asked=True)(cls):
        yield Case(case.id, case.exchange, slow=case.exchange not in first, operation=case.operation)


def implemented(cls: type[Kit]) -> Iterator[Case]:
    """One case for each operation."""
    for name in cls.operations():
        yield Case(name, operation=name)
