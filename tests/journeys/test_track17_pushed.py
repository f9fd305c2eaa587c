"""News that 17TRACK pushes, over real HTTP into the app that receives notifications."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.journeys.post import DAY, purchase
from tests.support.times import START, Turned

from xborder_sandbox import Handle, running
from xborder_sdk import Client
from xborder_sdk.client import AsyncClient
from xborder_sdk.hookspecs import TrackParcels
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Notification, NotificationKind, TrackingStatus
from xborder_sdk.notifications import NotificationApp


class Receiver:
    """What was received, and where; with clocks that are turned together."""

    def __init__(self, sandbox: Handle, url: str, turned: Turned) -> None:
        self.sandbox = sandbox
        self.url = url
        self.turned = turned
        self.seen: list[Notification] = []

    async def __call__(self, notification: Notification) -> None:
        self.seen.append(notification)

    def pass_(self, seconds: float) -> None:
        """Turns both clocks."""
        self.sandbox.world.clock.advance(seconds)
        self.turned.pass_(seconds)

    def notify(self, number: str, **body: Any) -> tuple[Any, list[int | None]]:
        """One message about a number; its id and how it was answered each time."""
        told: Any = self.sandbox.admin("track17", "notify", **{"number": number, "url": self.url} | body)
        return told["id"], [answer["status"] for answer in told["answers"]]


@pytest.fixture
def sandbox() -> Iterator[Handle]:
    with running(seed=7, start=START, vendors=["chinapost", "track17"]) as handle:
        yield handle


@contextmanager
def served(sandbox: Handle, folder: Path) -> Iterator[Receiver]:
    """The app on a free port of this machine, for as long as the block lasts."""
    listening = socket.create_server(("127.0.0.1", 0))
    turned = Turned()
    receiver = Receiver(sandbox, f"http://127.0.0.1:{listening.getsockname()[1]}/tracker", turned)
    client = AsyncClient(
        accounts={"tracker": {**sandbox.settings("track17"), "connector": "track17"}},
        store=folder / "pushed.db",
        clock=turned.clock(),
        random=lambda: 0.0,
    )
    app = NotificationApp(client, receiver, prove_within_s=5)

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
def receiver(sandbox: Handle, tmp_path: Path) -> Iterator[Receiver]:
    with served(sandbox, tmp_path) as found:
        yield found


@pytest.fixture
def seller(sandbox: Handle, receiver: Receiver) -> Iterator[Client]:
    accounts = {
        str(one["name"]): {"connector": one["connector"], **one["settings"]}  # type: ignore[dict-item]
        for one in sandbox.accounts()
    }
    with Client(accounts=accounts, store=SqliteStore(None), clock=receiver.turned.clock()) as client:
        sandbox.admin("track17", "settings", requests_per_second=0)
        yield client


@pytest.fixture
def number(seller: Client, receiver: Receiver) -> str:
    """A parcel that the post has, followed by 17TRACK."""
    waybill = seller.create_shipment("chinapost", purchase()).waybill
    seller.track("track17", TrackParcels(numbers=(waybill,)))
    receiver.pass_(2 * DAY)
    return waybill


def test_news_names_the_number_and_is_asked_for(receiver: Receiver, seller: Client, number: str) -> None:
    assert receiver.notify(number)[1] == [200]
    (told,) = receiver.seen
    assert told.kind is NotificationKind.SHIPMENT_CHANGED
    assert told.account == "tracker"
    assert told.waybills == (number,)
    (parcel,) = seller.track("track17", TrackParcels(numbers=told.waybills))
    assert parcel.status in {TrackingStatus.IN_TRANSIT, TrackingStatus.CUSTOMS_PROCESSING}
    assert told.occurred_at == parcel.scans[-1].at


@pytest.mark.parametrize("signature", ["wrong", "other_body", "uppercase", "garbage", "missing"])
def test_what_is_not_signed_goes_no_further(receiver: Receiver, number: str, signature: str) -> None:
    _, (status,) = receiver.notify(number, signature=signature)
    assert status is not None
    assert 400 <= status < 500
    assert receiver.seen == []
    assert receiver.notify(number)[1] == [200]
    assert len(receiver.seen) == 1


def test_a_replay_is_thanked_for_and_handled_once(receiver: Receiver, number: str) -> None:
    first, statuses = receiver.notify(number, times=3)
    assert statuses == [200] * 3
    assert receiver.notify(number, replay=first)[1] == [200]
    assert len(receiver.seen) == 1


def test_old_news_is_refused_and_a_stop_is_not(receiver: Receiver, number: str) -> None:
    first, _ = receiver.notify(number, url="http://127.0.0.1:9/nobody")
    receiver.pass_(DAY + 60)
    _, (status,) = receiver.notify(number, replay=first)
    assert status is not None
    assert 400 <= status < 500
    assert receiver.seen == []
    assert receiver.notify(number, event="TRACKING_STOPPED")[1] == [200]
    assert receiver.notify(number)[1] == [200]
    assert [told.topic for told in receiver.seen] == ["TRACKING_STOPPED", "TRACKING_UPDATED"]


def test_five_megabytes_are_refused_and_the_server_lives(receiver: Receiver, number: str) -> None:
    _, (status,) = receiver.notify(number, padding=5_000_000)
    # Whoever goes on writing into a connection that was answered and closed may lose the answer.
    assert status in {413, None}
    assert receiver.notify(number, padding=900_000)[1] == [200]
    assert len(receiver.seen) == 1


def test_news_that_was_not_taken_comes_again(receiver: Receiver, number: str) -> None:
    sandbox = receiver.sandbox
    sandbox.admin("track17", "webhook", url="http://127.0.0.1:9/nobody", automatic=False)
    sandbox.admin("track17", "deliver")
    sandbox.admin("track17", "webhook", url=receiver.url, automatic=False)
    assert receiver.seen == []
    receiver.pass_(601)
    sandbox.admin("track17", "deliver")
    assert receiver.seen
    assert {told.waybills for told in receiver.seen} == {(number,)}


def test_the_whole_journey_is_pushed_to_the_door(receiver: Receiver, seller: Client, number: str) -> None:
    sandbox = receiver.sandbox
    sandbox.admin("track17", "webhook", url=receiver.url, automatic=False)
    states: list[TrackingStatus] = []
    for _ in range(25):
        receiver.pass_(DAY)
        before = len(receiver.seen)
        sandbox.admin("track17", "deliver")
        for told in receiver.seen[before:]:
            (parcel,) = seller.track("track17", TrackParcels(numbers=told.waybills))
            states.append(parcel.status)
    assert states[-1] in {TrackingStatus.DELIVERED, TrackingStatus.RETURNED}
    assert len(states) < 25, "no news is no message"
