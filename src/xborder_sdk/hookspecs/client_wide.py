"""Hooks whose answer has many authors: they live on one manager for the whole client.

Such plugins see buyers' data, so all of them but `register_connectors` run only when the configuration names the
plugin. An observer that raises is counted and ignored; a policy (`around_operation`, `check_order`) that raises stops
the operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xborder_sdk.hookspecs.connector import Connector
from xborder_sdk.hookspecs.markers import hookspec
from xborder_sdk.hookspecs.request import Request
from xborder_sdk.models import Hold, Order, Quote
from xborder_sdk.steps import Effect, Flow


@dataclass(frozen=True)
class Context:
    """Which call an operation belongs to.

    Attributes:
        account: Name of the account.
        connector: Name of its connector.
        operation: Name of the operation.
        request: What it was asked.
    """

    account: str
    connector: str
    operation: str
    request: Request | None


@dataclass(frozen=True)
class AttemptRecord:
    """One try of a step, for observers. It holds no body, no header and no query.

    Attributes:
        number: 1 for the first try of this step.
        status: HTTP status; None without an answer.
        outcome: `good`, `refused`, `throttled`, `token_expired`, `down`, or the error's name.
        seconds: How long it took.
        answer_bytes: Size of the body.
        retry_in_s: Seconds until the next try; None where there is none.
        server_time: What the vendor's clock said in its `Date` header, where there was one.
    """

    account: str
    connector: str
    operation: str
    number: int
    effect: Effect
    method: str
    path: str
    status: int | None
    outcome: str
    seconds: float
    answer_bytes: int
    retry_in_s: float | None
    server_time: datetime | None = None


class ClientHooks:
    """The client-wide hooks."""

    @hookspec
    def register_connectors(self) -> Sequence[type[Connector[Any]]]:
        """The connectors a plugin provides. The one hook every connector plugin implements."""
        raise NotImplementedError

    @hookspec
    def enrich_order(self, order: Order) -> Order | None:
        """Adds what the seller knows of an order; None leaves it. Each sees what those before it returned.

        Args:
            order: The order so far.
        """
        raise NotImplementedError

    @hookspec
    def check_order(self, order: Order) -> Sequence[Hold]:
        """Reasons to hold an order. All are collected.

        Args:
            order: The order, enriched.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def choose_quote(self, order: Order, quotes: Sequence[Quote]) -> Quote | None:
        """Chooses among quotes; None leaves the choice to the next, at last to the rules.

        Args:
            order: The order.
            quotes: What was offered.
        """
        raise NotImplementedError

    @hookspec
    def around_operation(self, context: Context, flow: Flow[Any]) -> Flow[Any] | None:
        """Wraps an operation's flow: audit, cache, policy. Returns a flow, or None to leave it.

        A wrapper that does not run the flow it was given must close it.

        Args:
            context: Which call.
            flow: The flow to wrap.
        """
        raise NotImplementedError

    @hookspec
    def on_attempt(self, record: AttemptRecord) -> None:
        """Sees every attempt (observer).

        Args:
            record: What was tried and what came.
        """
        raise NotImplementedError
