"""One account at run time: its connector, its relay, its tokens and what has been learnt of its vendor."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from xborder_sdk.errors import InvalidSettings
from xborder_sdk.hookspecs import AttemptRecord, Connector, Context, Limit, Settings, Token
from xborder_sdk.ledger.port import Store
from xborder_sdk.local_network import is_on_local_network, is_this_machine
from xborder_sdk.models import Page
from xborder_sdk.runtime.bookings import Bookings
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.runtime.redaction import scrub, secrets_of
from xborder_sdk.runtime.relay import Relay
from xborder_sdk.runtime.retry import RetryPolicy
from xborder_sdk.steps import Flow


@dataclass(frozen=True)
class Clock:
    """Both clocks, so that tests can turn them.

    Attributes:
        now: The wall clock, aware, UTC.
        monotonic: Seconds that never jump.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Environment:
    """What all accounts of a client share.

    Attributes:
        store: Effects, tokens and budgets.
        clock: Both clocks.
        random: A number in [0, 1), for spreading pauses.
        lease_s: How long a claim holds without a sign of life.
        wrap: Wraps a flow in the policies of the client-wide hooks.
        observe: Hands an attempt to the observers.
    """

    store: Callable[[], Store]
    clock: Clock
    random: Callable[[], float]
    lease_s: float
    wrap: Callable[[Context, Flow[Any]], Flow[Any]]
    observe: Callable[[AttemptRecord], None]


class AccountRuntime:
    """What the engine needs of an account.

    Args:
        connector: The account's connector.
        environment: What all accounts share.

    Raises:
        InvalidSettings: A host is not https, and neither on this machine nor a device on its network; or an
            operation that is denied does not exist.
        BrokenPlugin: A kind class breaks the contract.
    """

    def __init__(self, connector: Connector[Any], environment: Environment) -> None:
        self.connector = connector
        self.name = connector.account
        self.settings: Settings = connector.settings
        self.environment = environment
        connector.now = environment.clock.now
        self.relay = Relay(connector)
        self.hosts = connector.resolved_hosts()
        self.base_headers = tuple(connector.base_headers().items())
        self.has_tokens = type(connector).token is not Connector.token
        self.policy = RetryPolicy(attempts=self.settings.max_attempts)
        self.limits = self._limits()
        self.bookings = Bookings()
        self.proxy = self.settings.proxy.get_secret_value() if self.settings.proxy else None
        self.blocked_until = 0.0
        self._tokens: dict[str, Token | None] = {}
        self._lock = threading.Lock()
        self._spent: deque[Token] = deque(maxlen=3)
        self._recent: deque[object] = deque(maxlen=3)
        self._recent_page: object = None
        for name, url in self.hosts.items():
            _check_host(connector, name, url)
        unknown = sorted(self.settings.deny_operations - OPERATIONS.keys())
        if unknown:
            raise InvalidSettings(f"account {self.name}: deny_operations names no operation: {', '.join(unknown)}")

    def _limits(self) -> tuple[Limit, ...]:
        found = self.connector.limits()
        rate = self.settings.rate_per_second
        if rate is not None:
            found = (*found, Limit("account", 1, 1 / rate, None, "the account's settings"))
        return found

    def held_token(self, credential: str) -> tuple[bool, Token | None]:
        """Whether anything is known of a credential, and the token."""
        with self._lock:
            return credential in self._tokens, self._tokens.get(credential)

    def hold_token(self, credential: str, token: Token | None) -> None:
        """Keeps a token in memory; None records that the account needs none."""
        with self._lock:
            self._tokens[credential] = token

    def watch_for(self, token: Token | None) -> None:
        """Remembers a token that is about to be spent, so that a vendor's echo of it can be recognised."""
        if token is not None:
            self._spent.append(token)

    def remember(self, result: object) -> None:
        """Keeps the last few results, so that a vendor's echo of their people can be recognised."""
        if isinstance(result, Page):  # only the last: whoever iterates must not hold more pages than two
            self._recent_page = result
        else:
            self._recent.append(result)

    def scrubbed(self, text: str, request: object) -> str:
        """A vendor's words without this account's secrets and without the people it has just dealt with."""
        return scrub(text, self._secrets(), [request, self._recent_page, *self._recent])

    def _secrets(self) -> Iterable[str]:
        yield from secrets_of(self.settings)
        with self._lock:
            tokens = [token for token in (*self._tokens.values(), *self._spent) if token is not None]
        for token in tokens:
            yield from secrets_of(token)

    def __repr__(self) -> str:
        return f"<account {self.name} ({self.connector.name})>"


def new_owner() -> str:
    """A name for one call, the fencing token of what it claims."""
    return uuid.uuid4().hex


def _check_host(connector: Connector[Any], name: str, url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" and host:
        return
    if parts.scheme == "http" and is_this_machine(host):
        return
    if type(connector).local_devices:
        if parts.scheme == "http" and is_on_local_network(host) and _sends_no_credentials(connector):
            return
        raise InvalidSettings(
            f"account {connector.account}: host {name} is not known to be on the local network",
            hint="name it by its private address or its .local name, or use TLS (https, ipps)",
        )
    raise InvalidSettings(
        f"account {connector.account}: host {name} must be an https URL",
        hint="plain http is only allowed to this machine, since credentials and addresses travel in it",
    )


def _sends_no_credentials(connector: Connector[Any]) -> bool:
    """Whether a connector adds nothing of its own to a request: neither a token nor a signature."""
    cls = type(connector)
    return cls.token is Connector.token and cls.sign is Connector.sign
