"""When a purchase may go out again, who may make it, and what an interruption leaves behind."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from tests.support import faults
from tests.support.drivers import Caller
from tests.support.faults import Act, FaultServer, Received
from tests.support.ledgers import Tampered, failing
from tests.support.times import START, Turned, Waits
from tests.support.tiny import RECIPIENT, Tiny, TinyCarrier, TinyTokens, account, shipment

from xborder_sdk import Client, MemoryAccounts
from xborder_sdk.client import AccountConfig, AsyncClient
from xborder_sdk.errors import (
    AlreadyDone,
    AuthenticationFailed,
    DeadlineExceeded,
    EffectInProgress,
    InvalidRequest,
    LeaseLost,
    LedgerError,
    NotSent,
    OutcomeUnknown,
    ReadOnlyAccount,
    Refused,
    Throttled,
    UsageError,
)
from xborder_sdk.hookspecs import AttemptRecord, CreateShipment, Limit, hookimpl
from xborder_sdk.ledger import EffectState, SqliteStore
from xborder_sdk.models import Shipment
from xborder_sdk.runtime.account import Clock
from xborder_sdk.steps import Effect, Flow

BOUGHT = json.dumps({"waybill": "WB-1"}).encode()
INTENT = "ship/key/parcel-1"


# -- proven refusals ------------------------------------------------------------------------------------------------


def test_an_expired_token_then_a_purchase_is_two_requests_and_no_doubt(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    tokens = iter("ABC")

    def choose(request: Received) -> Act:
        if request.path == "/token":
            return faults.answer(200, {"access": next(tokens)})
        good = request.headers["authorization"] == "Bearer B"
        return faults.answer(201, BOUGHT) if good else faults.answer(401, {"message": "expired"})

    server = serve(faults.routed(choose))
    client = caller({"tiny": account(server.url, "tinytokens", refresh_token="R-0")})
    assert client.create_shipment("tiny", shipment()).waybill == "WB-1"
    assert len(server.posts("/shipments")) == 2
    assert len(server.posts("/token")) == 2
    assert client.store.get(INTENT, 1).state is EffectState.SETTLED
    assert client.store.doubts() == ()


def test_a_token_refused_twice_releases_the_purchase(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    def choose(request: Received) -> Act:
        if request.path == "/token":
            return faults.answer(200, {"access": "A"})
        return faults.answer(401, {"message": "expired"})

    server = serve(faults.routed(choose))
    client = caller({"tiny": account(server.url, "tinytokens", refresh_token="R-0")})
    with pytest.raises(AuthenticationFailed):
        client.create_shipment("tiny", shipment())
    assert len(server.posts("/shipments")) == 2
    assert client.store.get(INTENT, 1).state is EffectState.RELEASED


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_throttled_purchase_waits_as_long_as_asked_and_goes_out_again(
    form: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    text = "7" if form == "seconds" else "Mon, 02 Mar 2026 09:00:07 GMT"
    server = serve(faults.answer(429, {}, [("Retry-After", text)]), faults.answer(201, BOUGHT))
    client = caller({"tiny": account(server.url)}, clock=waits.clock())
    assert client.create_shipment("tiny", shipment()).waybill == "WB-1"
    assert len(server.posts()) == 2
    assert waits == [7.0]
    assert client.store.get(INTENT, 1).state is EffectState.SETTLED


def test_a_pause_longer_than_patience_is_an_error_that_says_how_long(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    server = serve(faults.answer(429, {}, [("Retry-After", "86400")]))
    client = caller({"tiny": account(server.url)})
    with pytest.raises(Throttled) as caught:
        client.create_shipment("tiny", shipment())
    assert caught.value.retry_after_s == 86400
    assert waits == []
    assert client.store.get(INTENT, 1).state is EffectState.RELEASED


def test_a_refused_purchase_is_released_and_can_be_made_anew(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(422, {"code": "E7", "message": "no such street"}), faults.answer(201, BOUGHT))
    client = caller({"tiny": account(server.url)})
    with pytest.raises(Refused) as caught:
        client.create_shipment("tiny", shipment())
    assert (caught.value.status, caught.value.code) == (422, "E7")
    assert client.store.get(INTENT, 1).state is EffectState.RELEASED
    assert client.create_shipment("tiny", shipment()).waybill == "WB-1"
    assert len(server.posts()) == 2


@pytest.mark.parametrize("where", ["http://127.0.0.1:{port}", "https://nowhere.invalid"])
def test_without_a_connection_nothing_was_sent_and_it_can_be_bought_later(
    where: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    accounts = MemoryAccounts()
    settings = account(where.format(port=faults.unused_port()), timeout_s=5)
    settings.pop("connector")
    accounts.put(AccountConfig("tiny", "tiny", settings))
    client = caller(accounts)
    with pytest.raises(NotSent):
        client.create_shipment("tiny", shipment())
    assert len(waits) == 3
    assert client.store.get(INTENT, 1).state is EffectState.RELEASED
    server = serve(faults.answer(201, BOUGHT))
    accounts.put(AccountConfig("tiny", "tiny", settings | {"hosts": {"api": server.url}}))
    assert client.create_shipment("tiny", shipment()).waybill == "WB-1"
    assert len(server.posts()) == 1


def test_a_request_that_cannot_be_built_leaves_no_doubt(caller: Callable[..., Caller], waits: Waits) -> None:
    client = caller({"tiny": account("http://127.0.0.1:1")})
    with pytest.raises(InvalidRequest):
        client.request("tiny", "POST", "/a\x00b", effect=Effect.ONCE, intent="odd")
    (row,) = client.store.history()
    assert row.state is EffectState.RELEASED


def test_waiting_in_our_own_queue_past_the_deadline_leaves_no_doubt(serve: Callable[..., FaultServer]) -> None:
    """With one request in flight per host, the second purchase never gets its turn."""
    server = serve(faults.silence())
    store = SqliteStore(None)

    async def both() -> None:
        accounts = {"tiny": account(server.url, timeout_s=5)}
        async with AsyncClient(accounts=accounts, store=store, connectors=(Tiny,), in_flight=1) as client:
            first = asyncio.ensure_future(client.create_shipment("tiny", shipment(), deadline_s=5))
            await asyncio.to_thread(server.wait_for, 1)
            with pytest.raises(DeadlineExceeded):
                await client.create_shipment("tiny", shipment(key="parcel-2"), deadline_s=0.1)
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

    asyncio.run(both())
    row = store.get("ship/key/parcel-2", 1)
    store.close()
    assert row is not None
    assert row.state is EffectState.RELEASED
    assert len(server.posts()) == 1


def test_a_purchase_without_a_token_gives_its_claim_back_even_if_the_flow_goes_on(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    class Resigned(TinyCarrier):
        def create_shipment(self, request: CreateShipment) -> Flow[Shipment]:
            try:
                return (yield from super().create_shipment(request))
            except AuthenticationFailed:
                return Shipment(account=self.account, waybill="none")

    class Patient(TinyTokens):
        name = "patient"
        kinds = (Resigned,)

    server = serve(faults.answer(400, {"code": "invalid_grant"}))
    client = caller({"tiny": account(server.url, "patient", refresh_token="R-0")}, connectors=(Patient,))
    assert client.create_shipment("tiny", shipment()).waybill == "none"
    assert [r.path for r in server.requests] == ["/token"]
    assert client.store.get(INTENT, 1).state is EffectState.RELEASED


# -- who may buy ------------------------------------------------------------------------------------------------------


def two_accounts(server: FaultServer) -> dict[str, Any]:
    return {"tiny": account(server.url), "other": account(server.url)}


def test_another_account_does_not_buy_what_has_been_bought(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    client = caller(two_accounts(server))
    client.create_shipment("tiny", shipment())
    with pytest.raises(AlreadyDone) as caught:
        client.create_shipment("other", shipment())
    assert (caught.value.done_by, caught.value.outcome_id, caught.value.account) == ("tiny", "WB-1", "other")
    assert len(server.posts()) == 1


def test_another_account_does_not_buy_what_is_in_doubt(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(500, {}), faults.answer(201, BOUGHT))
    client = caller(two_accounts(server))
    for name in ("tiny", "other"):
        with pytest.raises(OutcomeUnknown):
            client.create_shipment(name, shipment())
    assert len(server.posts()) == 1


def test_the_same_intent_with_other_content_is_told_and_not_bought(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    client = caller({"tiny": account(server.url)})
    client.create_shipment("tiny", shipment())
    with pytest.raises(AlreadyDone, match="other data"):
        client.create_shipment("tiny", shipment(recipient=RECIPIENT.replace(city="Elsewhere")))
    # What may differ between two calls that mean the same does not count.
    assert client.create_shipment("tiny", shipment(ship_at=START)).waybill == "WB-1"
    assert len(server.posts()) == 1


def test_a_further_attempt_needs_the_one_before_it_to_be_settled(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    second = json.dumps({"waybill": "WB-2"}).encode()
    server = serve(faults.answer(500, {}), faults.answer(201, second))
    client = caller({"tiny": account(server.url)})
    with pytest.raises(UsageError):
        client.create_shipment("tiny", shipment(attempt=2))
    with pytest.raises(OutcomeUnknown):
        client.create_shipment("tiny", shipment())
    with pytest.raises(EffectInProgress):
        client.create_shipment("tiny", shipment(attempt=2))
    assert len(server.posts()) == 1
    client.store.resolve(INTENT, 1, happened=True, outcome_id="WB-1", resolved_by="ann", reason="seen")
    bought = client.create_shipment("tiny", shipment(attempt=2))
    assert bought.waybill == "WB-2"
    assert bought.reference != server.posts()[0].json()["reference"]
    with pytest.raises(AlreadyDone) as caught:  # settled by a person: there is no answer to read again
        client.create_shipment("tiny", shipment())
    assert caught.value.outcome_id == "WB-1"
    assert len(server.posts()) == 2


def test_a_purchase_somebody_is_making_now_is_not_made_again(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    client = caller({"tiny": account(server.url)})
    claim(client.store)
    with pytest.raises(EffectInProgress):
        client.create_shipment("tiny", shipment())
    assert server.requests == []


def claim(store: Any, owner: str = "rival", lease_s: float = 60.0) -> None:
    store.claim(
        INTENT,
        1,
        account="tiny",
        operation="create_shipment",
        fingerprint=shipment().fingerprint(),
        reference=None,
        owner=owner,
        lease_s=lease_s,
    )


def test_a_lost_lease_sends_nothing(serve: Callable[..., FaultServer], caller: Callable[..., Caller]) -> None:
    server = serve(faults.answer(201, BOUGHT))
    turned = Turned()
    inner = SqliteStore(None, clock=turned.now)

    def rival_comes() -> None:
        turned.pass_(121)
        claim(inner)

    store = Tampered(inner, before={"mark_sent": rival_comes})
    client = caller({"tiny": account(server.url)}, store=store, clock=turned.clock(), deadline_s=1000)
    with pytest.raises(LeaseLost):
        client.create_shipment("tiny", shipment())
    row = inner.get(INTENT, 1)
    inner.close()
    assert server.requests == []
    assert row is not None
    assert (row.state, row.owner) == (EffectState.CLAIMED, "rival")


def test_a_worker_suspended_after_its_mark_sends_nothing_once_another_may_have_taken_over(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    turned = Turned()
    inner = SqliteStore(None, clock=turned.now)

    def suspended() -> None:
        store.after.clear()
        turned.pass_(121)
        claim(inner)  # to everybody else it looks like a doubt by now

    store = Tampered(inner, after={"mark_sent": suspended})
    client = caller({"tiny": account(server.url)}, store=store, clock=turned.clock(), deadline_s=1000)
    with pytest.raises(LeaseLost):
        client.create_shipment("tiny", shipment())
    row = inner.get(INTENT, 1)
    inner.close()
    assert server.requests == []
    assert row is not None
    assert row.state is EffectState.UNKNOWN


def test_a_worker_suspended_while_nobody_took_over_looks_again_and_sends_once(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    turned = Turned()
    inner = SqliteStore(None, clock=turned.now)

    def suspended() -> None:
        store.after.clear()
        turned.pass_(121)

    store = Tampered(inner, after={"mark_sent": suspended})
    client = caller({"tiny": account(server.url)}, store=store, clock=turned.clock(), deadline_s=1000)
    assert client.create_shipment("tiny", shipment()).waybill == "WB-1"
    inner.close()
    assert store.calls.count("mark_sent") == 2
    assert len(server.posts()) == 1


def test_the_moment_of_sending_is_told_by_the_clients_clock(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    """A wall clock turned by a test, or corrected by an operator, must not make every lease look run out."""
    server = serve(faults.answer(201, BOUGHT))
    client = caller({"tiny": account(server.url)}, clock=Clock(now=lambda: datetime(2020, 1, 1, tzinfo=UTC)))
    assert client.create_shipment("tiny", shipment()).waybill == "WB-1"


@pytest.mark.parametrize("step", ["claim", "mark_sent"])
def test_without_a_ledger_nothing_is_sent(
    step: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    inner = SqliteStore(None)
    store = Tampered(inner, before={step: failing(LedgerError("the disk is full"))})
    client = caller({"tiny": account(server.url)}, store=store)
    with pytest.raises(LedgerError):
        client.create_shipment("tiny", shipment())
    assert server.requests == []
    store.before.clear()
    assert client.create_shipment("tiny", shipment()).waybill == "WB-1"
    inner.close()


def test_a_ledger_that_cannot_keep_the_answer_leaves_a_doubt(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    inner = SqliteStore(None)
    store = Tampered(inner, before={"store_answer": failing(LedgerError("the disk is full"))})
    client = caller({"tiny": account(server.url)}, store=store)
    with pytest.raises(OutcomeUnknown):
        client.create_shipment("tiny", shipment())
    row = inner.get(INTENT, 1)
    inner.close()
    assert row is not None
    assert row.state is EffectState.UNKNOWN
    assert len(server.posts()) == 1


def test_a_read_only_account_claims_and_sends_nothing(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    client = caller({"tiny": account(server.url, read_only=True)})
    with pytest.raises(ReadOnlyAccount):
        client.create_shipment("tiny", shipment())
    assert (server.requests, client.store.history()) == ([], ())


# -- interruptions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", [None, "aiohttp"])
def test_a_task_cancelled_in_the_middle_of_a_purchase_leaves_a_doubt(
    transport: str | None, serve: Callable[..., FaultServer]
) -> None:
    server = serve(faults.silence())
    caller = Caller("aiohttp" if transport else "async", {"tiny": account(server.url, timeout_s=10)})

    async def cancelled() -> None:
        task = asyncio.ensure_future(caller.client.create_shipment("tiny", shipment()))
        await asyncio.to_thread(server.wait_for, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with caller:
        caller.run(cancelled())
        row = caller.store.get(INTENT, 1)
        assert (row.state, row.reason) == (EffectState.UNKNOWN, "interrupted")
        with pytest.raises(OutcomeUnknown):  # the client is still usable, and buys nothing
            caller.create_shipment("tiny", shipment())
    assert len(server.posts()) == 1


def test_a_task_cancelled_while_it_waits_for_the_limit_sends_nothing(serve: Callable[..., FaultServer]) -> None:
    server = serve(faults.answer(201, BOUGHT))
    accounts = {"tiny": account(server.url, rate_per_second=0.01)}

    async def cancelled() -> None:
        await caller.client.create_shipment("tiny", shipment())
        task = asyncio.ensure_future(caller.client.create_shipment("tiny", shipment(key="parcel-2")))
        while caller.store.get("ship/key/parcel-2", 1) is None:  # noqa: ASYNC110 - a ledger has no event to wait for
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with Caller("async", accounts, deadline_s=1000) as caller:
        caller.run(cancelled())
        assert caller.store.get("ship/key/parcel-2", 1).state is EffectState.RELEASED
    assert len(server.posts()) == 1


def test_a_task_cancelled_while_it_claims_gives_the_claim_back(serve: Callable[..., FaultServer]) -> None:
    server = serve(faults.answer(201, BOUGHT))
    inner = SqliteStore(None)
    reached, go = threading.Event(), threading.Event()

    def slow() -> None:
        reached.set()
        go.wait(5)

    store = Tampered(inner, after={"claim": slow})

    async def cancelled() -> None:
        task = asyncio.ensure_future(caller.client.create_shipment("tiny", shipment()))
        await asyncio.to_thread(reached.wait, 5)
        task.cancel()
        await asyncio.sleep(0.01)
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    with Caller("async", {"tiny": account(server.url)}, store=store) as caller:
        caller.run(cancelled())
        row = inner.get(INTENT, 1)
        assert row is not None
        assert row.state is EffectState.RELEASED
    inner.close()
    assert server.requests == []


def test_ctrl_c_in_the_middle_of_a_purchase_leaves_a_doubt(serve: Callable[..., FaultServer]) -> None:
    server = serve(faults.silence())
    store = SqliteStore(None)
    main = threading.main_thread()

    def press() -> None:
        server.wait_for(1)
        assert main.ident is not None
        signal.pthread_kill(main.ident, signal.SIGINT)

    finger = threading.Thread(target=press)
    with Client(accounts={"tiny": account(server.url, timeout_s=10)}, store=store, connectors=(Tiny,)) as client:
        finger.start()
        with pytest.raises(KeyboardInterrupt):
            client.create_shipment("tiny", shipment())
        finger.join()
        row = store.get(INTENT, 1)
        assert row is not None
        assert (row.state, row.reason) == (EffectState.UNKNOWN, "interrupted")
        with pytest.raises(OutcomeUnknown):
            client.create_shipment("tiny", shipment())
    store.close()
    assert len(server.posts()) == 1


class Interrupted(httpx.BaseTransport):
    """A transport in which Ctrl-C is pressed."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt


@pytest.mark.parametrize("trouble", ["a ledger that fails too", "a flow that will not close"])
def test_ctrl_c_stays_ctrl_c(trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = SqliteStore(None)
    store = Tampered(inner)
    kinds = Tiny.kinds
    if trouble == "a ledger that fails too":
        store.before["mark_unknown"] = failing(LedgerError("the disk is full"))
    else:

        class Stubborn(kinds[1]):  # type: ignore[name-defined, misc]
            def create_shipment(self, request: Any) -> Any:
                try:
                    return (yield from super().create_shipment(request))
                finally:
                    raise KeyError("what a connector does in a finally")

        monkeypatch.setattr(Tiny, "kinds", (Stubborn,))
    accounts = {"tiny": account("http://127.0.0.1:1")}
    with Client(accounts=accounts, store=store, connectors=(Tiny,), transport=Interrupted()) as client:
        with pytest.raises(KeyboardInterrupt):
            client.create_shipment("tiny", shipment())
        row = inner.get(INTENT, 1)
        assert row is not None
        expected = EffectState.SENT if "ledger" in trouble else EffectState.UNKNOWN
        assert row.state is expected
    inner.close()


def test_ctrl_c_while_the_claim_is_marked_gives_it_back() -> None:
    inner = SqliteStore(None)
    store = Tampered(inner, before={"mark_sent": failing(KeyboardInterrupt())})
    accounts = {"tiny": account("http://127.0.0.1:1")}
    with Client(accounts=accounts, store=store, connectors=(Tiny,)) as client:
        with pytest.raises(KeyboardInterrupt):
            client.create_shipment("tiny", shipment())
        row = inner.get(INTENT, 1)
        assert row is not None
        assert row.state is EffectState.RELEASED
    inner.close()


class Watcher:
    """An observer that looks at the ledger, and is slow to forgive."""

    def __init__(self, store: Any, error: BaseException | None = None) -> None:
        self.store = store
        self.error = error
        self.seen: list[Any] = []

    @hookimpl
    def on_attempt(self, record: AttemptRecord) -> None:
        self.seen.append(self.store.get(INTENT, 1).state)
        if self.error is not None:
            raise self.error


def test_nobody_hears_of_an_answer_before_it_is_stored(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    store = SqliteStore(None)
    watcher = Watcher(store, KeyboardInterrupt())
    client = caller({"tiny": account(server.url)}, store=store, hooks=(watcher,))
    with pytest.raises(KeyboardInterrupt):
        client.create_shipment("tiny", shipment())
    answer = store.answer(INTENT, 1)
    store.close()
    assert watcher.seen == [EffectState.ANSWERED]
    assert answer is not None
    assert answer.content == BOUGHT


def test_purchases_wait_for_the_limit_instead_of_failing(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    class Limited(Tiny):
        name = "limited"

        def limits(self) -> tuple[Limit, ...]:
            return (Limit("burst", 1, 10.0),)

    server = serve(faults.answer(201, BOUGHT))
    turned = Turned()
    store = SqliteStore(None, clock=turned.now)
    client = caller({"tiny": account(server.url, "limited")}, store=store, connectors=(Limited,), clock=turned.clock())
    for number in range(3):
        client.create_shipment("tiny", shipment(key=f"p{number}"))
    store.close()
    assert waits == [10.0, 20.0]
