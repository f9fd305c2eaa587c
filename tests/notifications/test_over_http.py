"""The app served by uvicorn, pushed to by the sandbox's eBay over real HTTP."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import uvicorn

from xborder_sandbox import running
from xborder_sdk.client import AsyncClient, Client
from xborder_sdk.errors import LedgerError, Refused
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Notification, NotificationKind
from xborder_sdk.notifications import NotificationApp
from xborder_sdk.privacy import Forgotten, Holdings
from xborder_sdk.steps import Effect

TOKEN = "an-invented-verification-token_0123456789"
TOPIC = "MARKETPLACE_ACCOUNT_DELETION"


class Receiver:
    """What was received, and where."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[Notification] = []
        self.forgotten: list[tuple[str, ...]] = []
        self.before: Callable[[Notification], None] = lambda notification: None

    async def __call__(self, notification: Notification) -> None:
        self.before(notification)
        self.seen.append(notification)


class Noted(Holdings):
    def __init__(self, receiver: Receiver) -> None:
        super().__init__(SqliteStore(None))
        self.receiver = receiver

    def forget(self, account: str, *, order_ids: Any = (), buyer_ids: Any = ()) -> Forgotten:
        self.receiver.forgotten.append(tuple(buyer_ids))
        return Forgotten()


@pytest.fixture
def sandbox() -> Iterator[Any]:
    with running(scenario="demo", seed=1) as handle:
        yield handle


@contextmanager
def served(sandbox: Any, folder: Path, **settings: Any) -> Iterator[Receiver]:
    """The app on a free port of this machine, for as long as the block lasts."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/shop"
    receiver = Receiver(url)
    account = {"connector": "ebay", "verification_token": TOKEN, "notification_endpoint": url, "max_attempts": 2}
    client = AsyncClient(
        accounts={"shop": {**sandbox.settings("ebay-us"), **account, **settings}},
        store=folder / "ledger.db",
        random=lambda: 0.0,
    )
    app = NotificationApp(client, receiver, holdings=Noted(receiver), prove_within_s=5)

    async def whole(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)
        if scope["type"] == "lifespan":
            await client.aclose()

    server = uvicorn.Server(uvicorn.Config(whole, log_level="critical", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    ends = time.monotonic() + 10
    while not server.started and time.monotonic() < ends:
        time.sleep(0.005)
    try:
        yield receiver
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
        assert not thread.is_alive()


@pytest.fixture
def receiver(sandbox: Any, tmp_path: Path) -> Iterator[Receiver]:
    with served(sandbox, tmp_path) as found:
        yield found


def notify(sandbox: Any, receiver: Receiver, **body: Any) -> list[dict[str, Any]]:
    answer = sandbox.admin("ebay", "notify", topic=TOPIC, url=receiver.url, **body)
    found: list[dict[str, Any]] = answer["deliveries"]
    return found


def statuses(deliveries: list[dict[str, Any]]) -> list[int | None]:
    return [delivery["status"] for delivery in deliveries]


def keys_asked(sandbox: Any) -> int:
    return sum("/public_key/" in request.path for request in sandbox.requests(vendor="ebay"))


def test_a_genuine_message_arrives(sandbox: Any, receiver: Receiver) -> None:
    assert statuses(notify(sandbox, receiver)) == [200]
    (found,) = receiver.seen
    assert found.kind is NotificationKind.ACCOUNT_DELETION
    assert found.account == "shop"
    assert receiver.forgotten == [found.buyer_ids]
    assert found.buyer_ids


def test_blanks_and_sha256_make_no_difference(sandbox: Any, receiver: Receiver) -> None:
    assert statuses(notify(sandbox, receiver, spaced=True)) == [200]
    sandbox.admin("ebay", "settings", notification_digest="SHA256")
    assert statuses(notify(sandbox, receiver, spaced=True)) == [200]
    assert len(receiver.seen) == 2


@pytest.mark.parametrize("signature", ["wrong", "unknown_kid", "other_digest", "other_body", "garbage", "missing"])
def test_what_is_not_proven_is_412_and_goes_no_further(signature: str, sandbox: Any, receiver: Receiver) -> None:
    assert statuses(notify(sandbox, receiver, signature=signature)) == [412]
    assert statuses(notify(sandbox, receiver)) == [200]
    assert len(receiver.seen) == len(receiver.forgotten) == 1


def test_an_old_message_is_412(sandbox: Any, receiver: Receiver) -> None:
    assert statuses(notify(sandbox, receiver, age_seconds=86_400 + 60)) == [412]
    assert receiver.seen == []
    assert statuses(notify(sandbox, receiver, age_seconds=86_400 - 60, attempt=3)) == [200]


def test_a_replay_is_thanked_for_and_handled_once(sandbox: Any, receiver: Receiver) -> None:
    first = sandbox.admin("ebay", "notify", topic=TOPIC, url=receiver.url, times=3)
    assert statuses(first["deliveries"]) == [200] * 3
    assert statuses(notify(sandbox, receiver, replay=first["notificationId"])) == [200]
    assert len(receiver.seen) == 1
    assert keys_asked(sandbox) == 1


def test_five_megabytes_are_413_and_the_server_lives(sandbox: Any, receiver: Receiver) -> None:
    (delivery,) = notify(sandbox, receiver, padding=5_000_000)
    # Whoever goes on writing into a connection that was answered and closed may lose the answer.
    assert delivery["status"] in {413, None}
    assert receiver.seen == []
    assert statuses(notify(sandbox, receiver, padding=900_000)) == [200]


@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 503}, {"kind": "html"}, {"kind": "reset"}, {"kind": "huge"}, {"kind": "truncated"}],
)
def test_a_key_that_cannot_be_fetched_is_500_and_the_next_try_is_taken(
    fault: dict[str, Any], sandbox: Any, receiver: Receiver
) -> None:
    sandbox.inject(fault, vendor="ebay", path="*/public_key/*", times=10)
    first = sandbox.admin("ebay", "notify", topic=TOPIC, url=receiver.url)
    assert statuses(first["deliveries"]) == [500]
    assert receiver.seen == []
    urlopen(Request(f"{sandbox.url}/_admin/faults", method="DELETE"), timeout=5).close()
    assert statuses(notify(sandbox, receiver, replay=first["notificationId"])) == [200]
    assert len(receiver.seen) == 1


def test_a_handler_that_fails_is_500_and_asked_again(sandbox: Any, receiver: Receiver) -> None:
    def fail(notification: Notification) -> None:
        raise LedgerError("not now")

    receiver.before = fail
    first = sandbox.admin("ebay", "notify", topic=TOPIC, url=receiver.url)
    assert statuses(first["deliveries"]) == [500]
    receiver.before = lambda notification: None
    assert statuses(notify(sandbox, receiver, replay=first["notificationId"])) == [200]
    assert len(receiver.seen) == 1


def test_the_challenge_is_answered_over_http(receiver: Receiver) -> None:
    with urlopen(f"{receiver.url}?challenge_code=0123abcd", timeout=5) as answer:
        assert answer.headers["content-type"] == "application/json"
        said = json.loads(answer.read())
    assert said == {"challengeResponse": hashlib.sha256(f"0123abcd{TOKEN}{receiver.url}".encode()).hexdigest()}


def test_the_sandbox_takes_the_endpoint_after_its_challenge(sandbox: Any, receiver: Receiver) -> None:
    with Client(
        accounts={"shop": {**sandbox.settings("ebay-us"), "connector": "ebay"}}, store=SqliteStore(None)
    ) as client:

        def put(method: str, path: str, body: dict[str, Any]) -> int:
            return client.request(
                "shop",
                method,
                f"/commerce/notification/v1{path}",
                effect=Effect.IDEMPOTENT,
                json=body,
                credential="app",
            ).status

        put("PUT", "/config", {"alertEmail": "alerts@shop.example"})
        delivery = {"endpoint": receiver.url, "verificationToken": TOKEN}
        body = {"name": "shop", "status": "ENABLED", "deliveryConfig": delivery}
        assert put("POST", "/destination", body) == 201
        with pytest.raises(Refused):
            put("POST", "/destination", {**body, "deliveryConfig": {**delivery, "verificationToken": TOKEN[::-1]}})
