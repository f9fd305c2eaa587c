"""One call under way: what the parts of the engine share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from xborder_sdk.errors import (
    DeadlineExceeded,
    LedgerError,
)
from xborder_sdk.hookspecs import Context
from xborder_sdk.ledger.port import Store
from xborder_sdk.runtime.account import AccountRuntime
from xborder_sdk.runtime.blame import bug_in
from xborder_sdk.runtime.commands import Command, Invoke, Wait

T = TypeVar("T")
Engine = Generator[Command, Any, T]
"""The logic of a call: asks for commands, is sent what came of them."""


@dataclass(frozen=True)
class Invocation:
    """One call of an operation.

    Attributes:
        context: Account, operation and request.
        deadline: Monotonic moment at which the budget is spent; None for none.
        reads_only: Refuse every effect but `read` (a fan-out must not buy).
    """

    context: Context
    deadline: float | None = None
    reads_only: bool = False


class RunningCall:
    """A call, its ledger and its time."""

    def __init__(self, account: AccountRuntime, call: Invocation) -> None:
        self.account = account
        self.call = call
        self.environment = account.environment
        self.clock = account.environment.clock

    def _ledger(self, method: str, *arguments: Any, **named: Any) -> Invoke:
        return Invoke(_on_store, (self.environment.store, method, arguments, named))

    def _noted(self, method: str, *arguments: Any) -> Engine[None]:
        with suppress(LedgerError):
            yield self._ledger(method, *arguments)

    def _blame(self, bug: Exception) -> NoReturn:
        raise bug_in(f"{self.account.connector.name}.{self.call.context.operation}", bug) from None

    def _scrubbed(self, text: str) -> str:
        return self.account.scrubbed(text, self.call.context.request)

    # -- time ------------------------------------------------------------------------------------------------------

    def _check_deadline(self) -> None:
        if not self._time_for(0.0):
            raise DeadlineExceeded("the time for this call is spent")

    def _time_for(self, seconds: float) -> bool:
        return self.call.deadline is None or self.clock.monotonic() + seconds < self.call.deadline

    def _wait(self, seconds: float) -> Engine[None]:
        if seconds > 0:
            if not self._time_for(seconds):
                raise DeadlineExceeded("the time for this call would be spent waiting")
            yield Wait(seconds)


def _on_store(
    open_store: Callable[[], Store], method: str, arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> Any:
    return getattr(open_store(), method)(*arguments, **named)
