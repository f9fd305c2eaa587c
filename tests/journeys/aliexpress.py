"""A seller on the simulated AliExpress: the real client, real HTTP, and clocks that are turned together."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from tests.support.drivers import Caller
from tests.support.times import START, Turned

from xborder_sandbox import Handle, running
from xborder_sdk.hookspecs import GetOrder, ListOrders, Token
from xborder_sdk.models import Order

SHOP, OVERSEAS = "ae-shop", "ae-overseas"
CALLBACK = "https://seller.example/callback"
DAY = 86_400.0


class PlatformTime(Turned):
    """A seller's clock that shows what the platform's shows.

    Args:
        sandbox: The platform.
    """

    def __init__(self, sandbox: Handle) -> None:
        super().__init__()
        self.sandbox = sandbox

    def now(self) -> datetime:
        return self.sandbox.world.clock.now()

    def pass_(self, seconds: float) -> None:
        self.sandbox.world.clock.advance(seconds)
        super().pass_(seconds)


class Seller:
    """A seller with one ledger.

    Args:
        sandbox: The platform.
        driver: `sync` or `async`.
        store: The ledger; None for one in memory.
        changes: Settings of the accounts beside those that the sandbox hands out.
        sessions: Access tokens by account, for accounts that do not renew their own.
        more: Further arguments of the client.

    Attributes:
        call: The client, with blocking methods whichever driver it has.
        time: The clock of seller and platform.
    """

    def __init__(
        self,
        sandbox: Handle,
        driver: str = "sync",
        store: Any = None,
        changes: dict[str, Any] | None = None,
        sessions: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        self.sandbox = sandbox
        self.time = PlatformTime(sandbox)
        self.accounts = accounts_of(sandbox, **(changes or {}))
        for name, session in (sessions or {}).items():
            self.accounts[name]["access_token"] = session
        self.call = Caller(driver, self.accounts, store, **{"clock": self.time.clock(), **more})

    def pass_(self, seconds: float) -> None:
        """Lets time pass."""
        self.time.pass_(seconds)

    def orders(self, account: str = SHOP, **wish: Any) -> dict[str, Order]:
        """The orders of an account by their buyers."""
        return {order.buyer.name or "": order for order in self.call.iter_orders(account, ListOrders(**wish))}

    def order(self, order_id: str, account: str = SHOP) -> Order:
        """An order as it stands."""
        found: Order = self.call.get_order(account, GetOrder(order_id=order_id))
        return found

    def add(self, account: str = SHOP, **order: Any) -> Order:
        """An order that has just come in; by default it waits to be sent."""
        made = self.sandbox.admin("aliexpress", "add_order", account=account, order=order)
        return self.order(str(made["order_id"]), account)


def accounts_of(sandbox: Handle, **changes: Any) -> dict[str, Any]:
    """The sandbox's accounts as a configuration has them.

    Args:
        sandbox: The platform.
        changes: Settings to put in; None takes one out.
    """
    found: dict[str, Any] = {}
    for one in sandbox.accounts():
        settings: dict[str, Any] = {"connector": one["connector"], **one["settings"], **changes}  # type: ignore[dict-item]
        found[str(one["name"])] = {name: value for name, value in settings.items() if value is not None}
    return found


def asked(sandbox: Handle, method: str = "*") -> list[dict[str, str]]:
    """The parameters of every call of a method that came in, in order."""
    found = []
    for record in sandbox.requests(vendor="aliexpress"):
        query = dict(parse_qsl(record.query, keep_blank_values=True))
        if method in {"*", query.get("method", record.path)}:
            found.append(query | dict(parse_qsl(record.body.decode("utf-8", "replace"), keep_blank_values=True)))
    return found


def consent(url: str) -> dict[str, str]:
    """Opens the consent page of a sandbox that agrees at once; returns what the callback is told."""
    told: list[str] = []

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *arguments: Any) -> None:
            told.append(arguments[-1])

    with pytest.raises(urllib.request.HTTPError) as answer:
        urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay()).open(url)
    answer.value.close()
    return {name: values[0] for name, values in parse_qs(urlsplit(told[0]).query).items()}


def session_of(sandbox: Handle, account: str = SHOP) -> Token:
    """The token of a seller who consents."""
    with consenting(sandbox, account) as seller:
        told = consent(seller.call.consent_url(account, "state", CALLBACK))
        token: Token = seller.call.exchange_code(account, told["code"], CALLBACK)
        return token


@contextmanager
def consenting(sandbox: Handle, account: str) -> Iterator[Seller]:
    """A seller before the consent; the sandbox agrees for `account`."""
    sandbox.admin("aliexpress", "consent", auto=account)
    seller = Seller(sandbox, changes={"refresh_token": None})
    try:
        yield seller
    finally:
        seller.call.close()
        sandbox.admin("aliexpress", "consent", auto=None)


@contextmanager
def marketplace(scenario: str = "demo", **more: Any) -> Iterator[Handle]:
    """A sandbox with nothing but AliExpress."""
    with running(scenario=scenario, seed=1, start=START, vendors=["aliexpress"], **more) as handle:
        yield handle


@contextmanager
def selling(sandbox: Handle, *arguments: Any, **more: Any) -> Iterator[Seller]:
    """A seller whose client is closed in the end."""
    seller = Seller(sandbox, *arguments, **more)
    try:
        yield seller
    finally:
        seller.call.close()


def ledger_bytes(folder: Path) -> bytes:
    """Everything that was written below a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def before(sandbox: Handle, method: str, rehearsal: Callable[[], object]) -> int:
    """How many calls a rehearsal makes before the one of this method: what a fault has to let pass.

    Args:
        sandbox: The platform. All its calls go to one path, so that only their order tells them apart.
        method: The method to be hit.
        rehearsal: The same operation, on something of the same kind.
    """
    known = len(asked(sandbox))
    rehearsal()
    return [sent.get("method") for sent in asked(sandbox)[known:]].index(method)


def lose(sandbox: Handle, fault: str, skip: int) -> None:
    """Lets an effect happen and its answer be lost: by a 502, a reset or silence."""
    body: dict[str, Any] = {"kind": fault, "after": True} | ({"status": 502} if fault == "status" else {})
    sandbox.inject(body, vendor="aliexpress", path="*", skip=skip)
