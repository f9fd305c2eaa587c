"""The app, asked in this process: routes, bounds, proof, repeats, failures, slow handlers, closed accounts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from xborder_sdk.client import AsyncClient
from xborder_sdk.errors import ConfigurationError, LedgerError, NotificationRefused
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Notification
from xborder_sdk.notifications import NotificationApp, SqliteSeen, Standing
from xborder_sdk.privacy import Forgotten, Holdings
from xborder_sdk.runtime.account import Clock

from .pusher import Pusher, Silent, ask, mac, message

CANARY = "Ottoline Fernwhistle"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Handled:
    """A handler that writes down, and does what a test says."""

    def __init__(self) -> None:
        self.seen: list[Notification] = []
        self.then: Callable[[Notification], Awaitable[None]] | None = None

    async def __call__(self, notification: Notification) -> None:
        self.seen.append(notification)
        if self.then is not None:
            await self.then(notification)

    @property
    def numbers(self) -> list[str]:
        return [one.notification_id for one in self.seen]


class Remembering(Holdings):
    """Holdings that write down whom they were asked to forget."""

    def __init__(self) -> None:
        super().__init__(SqliteStore(None))
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.found = Forgotten()
        self.fails: Exception | None = None

    def forget(self, account: str, *, order_ids: Any = (), buyer_ids: Any = ()) -> Forgotten:
        if self.fails is not None:
            raise self.fails
        self.asked.append((account, tuple(buyer_ids)))
        return self.found


class World:
    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.handled = Handled()
        self.holdings = Remembering()
        self.now = NOW
        self.key_status = 200
        self.asked = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return httpx.Response(self.key_status, json={})

    @asynccontextmanager
    async def app(self, **more: Any) -> AsyncIterator[NotificationApp]:
        accounts = {"one": {"connector": "pusher"}, "two": {"connector": "pusher"}, "mute": {"connector": "silent"}}
        async with AsyncClient(
            accounts=accounts,
            store=self.tmp_path / "ledger.db",
            connectors=[Pusher, Silent],
            transport=httpx.MockTransport(self.answer),
            clock=Clock(now=lambda: self.now),
            random=lambda: 0.0,
        ) as client:
            app = NotificationApp(client, self.handled, holdings=self.holdings, **more)
            try:
                yield app
            finally:
                app.close()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 20))


# -- routes ---------------------------------------------------------------------------------------------------------


def test_a_message_reaches_the_handler_once_typed_and_by_account(world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            answer = await ask(app, "/one", message("n-1", orders=["O-1"]))
            assert (answer.status, answer.body, answer.headers) == (200, b"", {b"content-length": b"0"})
            assert (await ask(app, "/two", message("n-1"))).status == 200
            assert (await ask(app, "/one/", message("n-2"))).status == 200

    run(scenario)
    assert [(one.account, one.notification_id) for one in world.handled.seen] == [
        ("one", "n-1"),
        ("two", "n-1"),
        ("one", "n-2"),
    ]
    assert world.handled.seen[0].order_ids == ("O-1",)


@pytest.mark.parametrize("path", ["/", "", "/nobody", "/one/more", "//one", "/mute"])
def test_no_other_path_leads_anywhere(path: str, world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            assert (await ask(app, path, message())).status == 404

    run(scenario)
    assert world.handled.seen == []


def test_it_can_be_mounted(world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            assert (await ask(app, "/hooks/one", message("n-1"), root_path="/hooks")).status == 200
            assert (await ask(app, "/one", message("n-2"), root_path="/hooks")).status == 200

    run(scenario)
    assert world.handled.numbers == ["n-1", "n-2"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS"])
def test_other_verbs(method: str, world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            answer = await ask(app, "/one", message(), method=method)
            assert (answer.status, answer.headers[b"allow"]) == (405, b"GET, POST")

    run(scenario)


def test_challenges(world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            answer = await ask(app, "/one", method="GET", query=b"code=a%20b&x=1")
            assert (answer.status, answer.body) == (200, b"b a")
            assert answer.headers == {b"content-type": b"text/plain", b"content-length": b"3"}
            for path, query, status in (
                ("/one", b"", 404),
                ("/mute", b"code=1", 404),
                ("/nobody", b"code=1", 404),
                ("/one", b"code=unset", 500),
                ("/one", b"a=" + b"x" * 9000, 414),
                ("/one", b"&".join([b"a=1"] * 60), 400),
            ):
                assert (await ask(app, path, method="GET", query=query)).status == status

    run(scenario)


def test_lifespan_and_websockets(world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            sent: list[Any] = []
            events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

            async def receive() -> Any:
                return events.pop(0)

            async def send(event: Any) -> None:
                sent.append(event["type"])

            await ask(app, "/one", message())
            await app({"type": "lifespan"}, receive, send)
            assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
            assert (await ask(app, "/one", message("later"))).status == 500  # its own record is closed
            events.append({"type": "websocket.connect"})
            await app({"type": "websocket", "path": "/one"}, receive, send)
            assert sent[-1] == "websocket.close"

    run(scenario)


# -- bounds ---------------------------------------------------------------------------------------------------------


def test_a_message_that_says_it_is_too_large_is_not_read(world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            told = [(b"content-length", b"5000000")]
            answer = await ask(app, "/one", [], signature="", headers=told)
            assert (answer.status, answer.headers[b"connection"]) == (413, b"close")

    run(scenario)


def test_a_message_that_lies_about_its_size_is_stopped_on_the_way(world: World) -> None:
    read = 0

    def chunks() -> Any:
        nonlocal read
        for _ in range(50):
            read += 1
            yield b"x" * 100_000

    async def scenario() -> None:
        async with world.app() as app:
            generated = chunks()
            sent: list[Any] = []

            async def receive() -> Any:
                return {"type": "http.request", "body": next(generated), "more_body": True}

            async def send(event: Any) -> None:
                sent.append(event)

            scope = {"type": "http", "method": "POST", "path": "/one", "headers": [(b"content-length", b"7")]}
            await app(scope, receive, send)
            assert sent[0]["status"] == 413

    run(scenario)
    assert read == 11


def test_exactly_the_largest_message_is_taken(world: World) -> None:
    body = message()

    async def scenario() -> None:
        async with world.app(max_body_bytes=len(body)) as app:
            assert (await ask(app, "/one", body)).status == 200
            assert (await ask(app, "/one", body + b" ")).status == 413

    run(scenario)


def test_a_message_that_never_ends_is_given_up(world: World) -> None:
    async def scenario() -> None:
        async with world.app(read_within_s=0.05) as app:
            assert (await ask(app, "/one", message(), stall=True)).status == 408

    run(scenario)


def test_a_sender_that_leaves(world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            sent: list[Any] = []

            async def receive() -> Any:
                return {"type": "http.disconnect"}

            async def send(event: Any) -> None:
                sent.append(event)

            await app({"type": "http", "method": "POST", "path": "/one", "headers": []}, receive, send)
            assert sent[0]["status"] == 400

    run(scenario)
    assert world.handled.seen == []


# -- proof ----------------------------------------------------------------------------------------------------------


def test_what_is_not_the_vendors_is_refused_its_way_and_remembered_nowhere(world: World, tmp_path: Path) -> None:
    body = message("forged")

    async def scenario() -> None:
        async with world.app() as app:
            answer = await ask(app, "/one", body, signature=mac(b"another"))
            assert (answer.status, answer.body) == (412, b"")
            assert (await ask(app, "/one", body)).status == 200  # the id was not burnt by the forgery

    run(scenario)
    assert world.handled.numbers == ["forged"]


def test_a_key_that_cannot_be_fetched_asks_for_the_message_again(world: World) -> None:
    world.key_status = 503

    async def scenario() -> None:
        async with world.app() as app:
            assert (await ask(app, "/one", message(ask=1))).status == 500
            assert world.handled.seen == []
            world.key_status = 200
            assert (await ask(app, "/one", message(ask=1))).status == 200

    run(scenario)
    assert world.handled.numbers == ["n-1"]


def test_a_crash_of_the_connector_is_no_crash_of_the_app_and_tells_no_secret(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            answer = await ask(app, "/one", message(crash=CANARY))
            assert (answer.status, answer.body) == (500, b"")

    with caplog.at_level(logging.DEBUG):
        run(scenario)
    assert "ConnectorBug" in caplog.text
    assert CANARY not in caplog.text


# -- repeats --------------------------------------------------------------------------------------------------------


def test_a_replay_is_thanked_for_and_not_handled_also_after_a_restart(world: World) -> None:
    async def scenario() -> None:
        for _ in range(2):
            async with world.app() as app:
                for _ in range(3):
                    assert (await ask(app, "/one", message("same"))).status == 200

    run(scenario)
    assert world.handled.numbers == ["same"]


def test_after_a_month_nobody_remembers(world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            await ask(app, "/one", message("same"))
            world.now += timedelta(days=29)
            await ask(app, "/one", message("same"))
            assert world.handled.numbers == ["same"]
            world.now += timedelta(days=2)
            await ask(app, "/one", message("same"))

    run(scenario)
    assert world.handled.numbers == ["same", "same"]


def test_of_several_in_one_message_only_what_failed_is_handled_again(world: World) -> None:
    async def stumble(notification: Notification) -> None:
        if notification.notification_id == "b":
            raise RuntimeError

    async def scenario() -> None:
        async with world.app() as app:
            world.handled.then = stumble
            assert (await ask(app, "/one", message("a,b,c"))).status == 500
            world.handled.then = None
            assert (await ask(app, "/one", message("a,b,c"))).status == 200

    run(scenario)
    assert world.handled.numbers == ["a", "b", "b", "c"]


def test_a_handler_that_raises_is_asked_again_and_its_words_stay_in(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def stumble(notification: Notification) -> None:
        raise RuntimeError(CANARY)

    async def scenario() -> None:
        async with world.app() as app:
            world.handled.then = stumble
            answer = await ask(app, "/one", message("n-1"))
            assert (answer.status, answer.body) == (500, b"")
            world.handled.then = None
            assert (await ask(app, "/one", message("n-1"))).status == 200

    with caplog.at_level(logging.DEBUG):
        run(scenario)
    assert world.handled.numbers == ["n-1", "n-1"]
    assert "RuntimeError" in caplog.text
    assert "test_app.py" in caplog.text
    assert CANARY not in caplog.text


def test_a_handler_that_refuses_does_not_speak_for_the_vendor(world: World) -> None:
    async def refuse(notification: Notification) -> None:
        raise NotificationRefused("mine", reason="signature", status=412)

    async def scenario() -> None:
        async with world.app() as app:
            world.handled.then = refuse
            assert (await ask(app, "/one", message())).status == 500

    run(scenario)


# -- slow handlers ----------------------------------------------------------------------------------------------------


def test_a_slow_handler_holds_up_nobody_and_its_own_repeat_is_told_to_wait(world: World) -> None:
    async def scenario() -> None:
        at_work, go_on = asyncio.Event(), asyncio.Event()

        async def slow(notification: Notification) -> None:
            if notification.notification_id == "slow":
                at_work.set()
                await go_on.wait()

        async with world.app() as app:
            world.handled.then = slow
            first = asyncio.ensure_future(ask(app, "/one", message("slow")))
            await at_work.wait()
            assert (await ask(app, "/one", message("quick"))).status == 200
            again = await ask(app, "/one", message("slow"))
            assert (again.status, again.headers[b"retry-after"]) == (503, b"30")
            assert not first.done()
            go_on.set()
            assert (await first).status == 200
            assert (await ask(app, "/one", message("slow"))).status == 200

    run(scenario)
    assert world.handled.numbers == ["slow", "quick"]


def test_a_cancelled_request_gives_its_notification_back(world: World) -> None:
    async def scenario() -> None:
        at_work = asyncio.Event()

        async def slow(notification: Notification) -> None:
            at_work.set()
            await asyncio.Event().wait()

        async with world.app() as app:
            world.handled.then = slow
            first = asyncio.ensure_future(ask(app, "/one", message()))
            await at_work.wait()
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            world.handled.then = None
            assert (await ask(app, "/one", message())).status == 200

    run(scenario)
    assert world.handled.numbers == ["n-1", "n-1"]


def test_a_lease_that_ran_out_lets_the_next_try_begin(world: World, tmp_path: Path) -> None:
    seen = SqliteSeen(tmp_path / "seen.db", clock=lambda: world.now)
    assert seen.begin("one", "n-1", "a process that died", 300) is Standing.NEW

    async def scenario() -> None:
        async with world.app(seen=seen) as app:
            assert (await ask(app, "/one", message())).status == 503
            world.now += timedelta(seconds=300)
            assert (await ask(app, "/one", message())).status == 200

    run(scenario)
    assert world.handled.numbers == ["n-1"]
    assert seen.begin("one", "n-1", "me", 1) is Standing.SEEN  # left open: it is its owner's
    seen.close()


# -- closed accounts ---------------------------------------------------------------------------------------------------


def test_a_closed_account_is_forgotten_before_the_handler_hears_of_it(world: World) -> None:
    async def scenario() -> None:
        async def after(notification: Notification) -> None:
            assert world.holdings.asked == [("one", ("u-1", "ottoline"))]

        async with world.app() as app:
            world.handled.then = after
            body = message(kind="account_deletion", buyers=["u-1", "ottoline"])
            assert (await ask(app, "/one", body)).status == 200
            assert (await ask(app, "/one", message("n-2", buyers=["u-1"]))).status == 200  # tells of no deletion
            assert (await ask(app, "/one", message("n-3", kind="account_deletion"))).status == 200  # names nobody

    run(scenario)
    assert len(world.holdings.asked) == 1
    assert len(world.handled.seen) == 3


def test_what_could_not_be_forgotten_is_asked_for_again(world: World) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            body = message(kind="account_deletion", buyers=["u-1"])
            world.holdings.fails = LedgerError("locked")
            assert (await ask(app, "/one", body)).status == 500
            assert world.handled.seen == []
            world.holdings.fails = None
            assert (await ask(app, "/one", body)).status == 200

    run(scenario)
    assert world.holdings.asked == [("one", ("u-1",))]


def test_effects_that_stay_open_are_said_without_naming_anybody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.holdings.found = Forgotten(still_open=("ship/one/O-1/1x1",))

    async def scenario() -> None:
        async with world.app() as app:
            await ask(app, "/one", message(kind="account_deletion", buyers=[CANARY]))

    with caplog.at_level(logging.DEBUG):
        run(scenario)
    assert "1 effects" in caplog.text
    assert CANARY not in caplog.text


# -- the record --------------------------------------------------------------------------------------------------------


def test_the_record_lies_beside_the_ledger_and_holds_no_buyer(world: World, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with world.app() as app:
            await ask(app, "/one", message("n-1", kind="account_deletion", buyers=[CANARY]))

    run(scenario)
    assert (tmp_path / "ledger-notifications.db").is_file()
    assert not any(CANARY.encode() in path.read_bytes() for path in tmp_path.iterdir())


def test_a_ledger_that_is_no_file_wants_a_record_named(world: World) -> None:
    async def scenario() -> None:
        async with AsyncClient(accounts={}, store=SqliteStore(None)) as client:
            with pytest.raises(ConfigurationError) as error:
                NotificationApp(client, world.handled)
            assert "seen=" in str(error.value)

    run(scenario)
