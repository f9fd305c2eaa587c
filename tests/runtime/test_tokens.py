"""One refresh per expired token, however many threads, tasks and processes meet it; rotated tokens are never lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from tests.support import faults
from tests.support.drivers import Caller
from tests.support.faults import Act, FaultServer, Received
from tests.support.ledgers import Tampered, failing
from tests.support.times import Waits
from tests.support.tiny import TinyTokens, account

from xborder_sdk import AsyncClient, Client
from xborder_sdk.client.threads import run_all
from xborder_sdk.errors import AuthenticationFailed, ConnectorBug, LedgerError, PermissionDenied
from xborder_sdk.hookspecs import GetOrder, Token
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.steps import Flow

ROOT = Path(__file__).parents[2]
ORDER = GetOrder(order_id="O-1")


class Issuer:
    """A vendor whose refresh tokens burn: each is good for one refresh, and gives access A-n and refresh R-n."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.round = 0
        self.good = "none"
        self.burnt_used = 0

    def act(self, request: Received) -> Act:
        with self.lock:
            if request.path != "/token":
                if request.headers.get("authorization") == f"Bearer {self.good}":
                    return faults.answer(200, {"id": "O-1"})
                return faults.answer(401, {"message": "expired"})
            if parse_qs(request.body.decode())["refresh_token"] != [f"R-{self.round}"]:
                self.burnt_used += 1
                return faults.answer(400, {"code": "invalid_grant"})
            self.round += 1
            self.good = f"A-{self.round}"
            return faults.answer(200, {"access": self.good, "refresh": f"R-{self.round}"})


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def server(serve: Callable[..., FaultServer], issuer: Issuer) -> FaultServer:
    return serve(faults.routed(issuer.act))


def settings(server: FaultServer) -> dict[str, object]:
    return {"tiny": account(server.url, "tinytokens", refresh_token="R-0", timeout_s=5)}


def check_one_refresh(server: FaultServer, issuer: Issuer) -> None:
    assert len(server.posts("/token")) == 2  # the first token, and the one refresh after it expired
    assert issuer.burnt_used == 0


def test_eight_threads(server: FaultServer, issuer: Issuer) -> None:
    store = SqliteStore(None)
    with Client(accounts=settings(server), store=store, connectors=(TinyTokens,)) as client:
        client.get_order("tiny", ORDER)
        issuer.good = "somebody revoked it"
        found = run_all([lambda: client.get_order("tiny", ORDER)] * 8, None)
        assert [order.order_id for order in found if order is not None] == ["O-1"] * 8
    store.close()
    check_one_refresh(server, issuer)


@pytest.mark.parametrize("transport", ["async", "aiohttp"])
def test_eight_tasks(transport: str, server: FaultServer, issuer: Issuer) -> None:
    with Caller(transport, settings(server)) as caller:
        client: AsyncClient = caller.client

        async def all_at_once() -> None:
            await client.get_order("tiny", ORDER)
            issuer.good = "somebody revoked it"
            await asyncio.gather(*(client.get_order("tiny", ORDER) for _ in range(8)))

        caller.run(all_at_once())
    check_one_refresh(server, issuer)


_PROCESS = """
import sys
from tests.support.tiny import TinyTokens, account
from xborder_sdk import Client
from xborder_sdk.hookspecs import GetOrder
url, path = sys.argv[1:]
accounts = {"tiny": account(url, "tinytokens", refresh_token="R-0", timeout_s=20)}
with Client(accounts=accounts, store=path, connectors=(TinyTokens,)) as client:
    client.store.get_token("warm")
    print("ready", flush=True)
    sys.stdin.readline()
    print(client.get_order("tiny", GetOrder(order_id="O-1")).order_id)
"""


def test_eight_processes(server: FaultServer, issuer: Issuer, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    store = SqliteStore(path)
    with Client(accounts=settings(server), store=store, connectors=(TinyTokens,)) as client:
        client.get_order("tiny", ORDER)
    store.close()
    issuer.good = "somebody revoked it"
    command = [sys.executable, "-c", _PROCESS, server.url, str(path)]
    workers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(8)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        answers = [worker.communicate(timeout=60)[0] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert answers == ["O-1\n"] * 8
    check_one_refresh(server, issuer)


def test_a_rotated_refresh_token_is_stored_before_the_new_token_is_used(
    server: FaultServer, issuer: Issuer, caller: Callable[..., Caller]
) -> None:
    inner = SqliteStore(None)
    store = Tampered(inner, before={"put_token": failing(LedgerError("the disk is full"))})
    client = caller(settings(server), store=store)
    with pytest.raises(LedgerError):
        client.get_order("tiny", ORDER)
    inner.close()
    assert [request.path for request in server.requests] == ["/token"]


def test_a_stored_token_serves_the_next_process(
    server: FaultServer, issuer: Issuer, caller: Callable[..., Caller], tmp_path: Path
) -> None:
    for _ in range(2):
        store = SqliteStore(tmp_path / "ledger.db")
        caller(settings(server), store=store).get_order("tiny", ORDER)
        store.close()
    assert len(server.posts("/token")) == 1


def test_a_token_about_to_expire_is_renewed_before_it_is_refused(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    def choose(request: Received) -> Act:
        if request.path == "/token":
            return faults.answer(200, {"access": "A", "refresh": "R", "expires_at": "2026-03-02T09:30:00Z"})
        return faults.answer(200, {"id": "O-1"})

    server = serve(faults.routed(choose))
    client = caller(settings(server), clock=waits.clock())
    for turn in (0, 1600, 100):  # half an hour, less two minutes
        waits.turned.pass_(turn)
        client.get_order("tiny", ORDER)
    assert [request.path for request in server.requests] == ["/token", *["/orders/O-1"] * 2, "/token", "/orders/O-1"]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_refresh_is_a_failed_authentication(
    status: int, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(status, {"code": "invalid_grant", "message": "revoked"}))
    client = caller(settings(server))
    expected = PermissionDenied if status == 403 else AuthenticationFailed
    for _ in range(2):  # and the right to refresh is given back: the second call is refused at once, too
        with pytest.raises(expected) as caught:
            client.get_order("tiny", ORDER)
        assert caught.value.code == "invalid_grant"
    assert len(server.requests) == 2


def test_accounts_that_differ_share_no_token(serve: Callable[..., FaultServer], caller: Callable[..., Caller]) -> None:
    server = serve(faults.answer(200, {"access": "A", "id": "O-1"}))
    accounts = {
        name: account(server.url, "tinytokens", refresh_token=f"R-{name}", timeout_s=5) for name in ("one", "two")
    }
    client = caller(accounts)
    for name in accounts:
        client.get_order(name, ORDER)
    used = [parse_qs(request.body.decode())["refresh_token"][0] for request in server.posts("/token")]
    assert used == ["R-one", "R-two"]


def test_a_connector_that_crashes_while_getting_a_token_is_named(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    class Crashing(TinyTokens):
        name = "crashing"

        def token(self, credential: str, held: Token | None) -> Flow[Token]:
            raise KeyError("R-secret")

    server = serve(faults.answer(200, {}))
    client = caller({"tiny": account(server.url, "crashing")}, connectors=(Crashing,))
    with pytest.raises(ConnectorBug, match=r"crashing\.get_order failed with KeyError") as caught:
        client.get_order("tiny", ORDER)
    assert "R-secret" not in str(caught.value)
    assert server.requests == []
