"""The hooks of a client, and asking many accounts at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.support import faults
from tests.support.drivers import Caller
from tests.support.faults import FaultServer
from tests.support.tiny import Tiny, account, quote, shipment

from xborder_sdk import AsyncClient, Client, LogisticsProvider, OrderSource
from xborder_sdk.errors import DeadlineExceeded, InvalidCursor, UnknownAccount, UsageError, VendorDown
from xborder_sdk.hookspecs import AttemptRecord, Context, GetOrder, ListOrders, hookimpl
from xborder_sdk.ledger import EffectState, SqliteStore
from xborder_sdk.models import Cursor, Hold, HoldReason, Order
from xborder_sdk.runtime.hooks import Hooks
from xborder_sdk.steps import Effect, Flow

ORDER = GetOrder(order_id="O-1")
GOOD = {"id": "O-1", "price": 1}


class Watching:
    """An observer that keeps its records and then fails."""

    def __init__(self) -> None:
        self.records: list[AttemptRecord] = []

    @hookimpl
    def on_attempt(self, record: AttemptRecord) -> None:
        self.records.append(record)
        raise RuntimeError("an observer's own trouble")


def test_an_observer_that_raises_is_counted_and_passed_over(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(429, {}, [("Retry-After", "0")]), faults.answer(200, GOOD))
    watching = Watching()
    client = caller({"tiny": account(server.url)}, hooks=(watching,))
    assert client.get_order("tiny", ORDER).order_id == "O-1"
    assert client.client._core.hooks.observer_failures == 2
    first, second = watching.records
    assert (first.number, first.status, first.outcome, first.retry_in_s) == (1, 429, "throttled", 0.0)
    assert (second.number, second.status, second.outcome, second.retry_in_s) == (2, 200, "good", None)
    assert (second.account, second.connector, second.operation) == ("tiny", "tiny", "get_order")
    assert (second.method, second.path, second.effect) == ("GET", "/orders/O-1", Effect.READ)
    assert second.answer_bytes == len(json.dumps(GOOD))


class Policy:
    """Stops purchases, by raising before or inside the flow."""

    def __init__(self, *, inside: bool) -> None:
        self.inside = inside

    @hookimpl
    def around_operation(self, context: Context, flow: Flow[Any]) -> Flow[Any] | None:
        if context.operation != "create_shipment":
            return None
        if not self.inside:
            raise UsageError("not on Sundays")
        return self._guarded(flow)

    def _guarded(self, flow: Flow[Any]) -> Flow[Any]:
        flow.close()
        raise UsageError("not on Sundays")
        yield


@pytest.mark.parametrize("inside", [False, True])
def test_a_policy_that_raises_stops_the_operation(
    inside: bool, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(200, GOOD))
    client = caller({"tiny": account(server.url)}, hooks=(Policy(inside=inside),))
    with pytest.raises(UsageError, match="not on Sundays"):
        client.create_shipment("tiny", shipment())
    assert (server.requests, client.store.history()) == ([], ())
    assert client.get_order("tiny", ORDER).order_id == "O-1"


class Cache:
    """Answers what it has seen."""

    def __init__(self) -> None:
        self.kept: dict[Any, Any] = {}
        self.closed: list[Flow[Any]] = []

    @hookimpl
    def around_operation(self, context: Context, flow: Flow[Any]) -> Flow[Any]:
        key = (context.account, context.operation, context.request)
        if key in self.kept:
            flow.close()
            self.closed.append(flow)
            return self._known(self.kept[key])
        return self._keeping(key, flow)

    def _known(self, value: Any) -> Flow[Any]:
        return value
        yield

    def _keeping(self, key: Any, flow: Flow[Any]) -> Flow[Any]:
        self.kept[key] = yield from flow
        return self.kept[key]


def test_a_cache_around_operations_asks_once(serve: Callable[..., FaultServer], caller: Callable[..., Caller]) -> None:
    server = serve(faults.answer(200, GOOD))
    cache = Cache()
    client = caller({"tiny": account(server.url)}, hooks=(cache,))
    assert len({client.get_order("tiny", ORDER).order_id for _ in range(3)}) == 1
    assert (len(server.requests), len(cache.closed)) == (1, 2)


def test_wrappers_see_errors_and_may_answer_them(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    class Substitute:
        @hookimpl
        def around_operation(self, flow: Flow[Any]) -> Flow[Any]:
            try:
                return (yield from flow)
            except VendorDown:
                return "from yesterday"

    server = serve(faults.answer(500, {}))
    client = caller({"tiny": account(server.url, max_attempts=1)}, hooks=(Substitute(),))
    assert client.get_order("tiny", ORDER) == "from yesterday"


def test_enrichment_asks_the_last_named_first_and_checks_are_all_collected() -> None:
    class Author:
        def __init__(self, word: str) -> None:
            self.word = word

        @hookimpl
        def enrich_order(self, order: Any) -> Any:
            return None if self.word == "-" else f"{order}{self.word}"

        @hookimpl
        def check_order(self, order: Any) -> list[Hold]:
            return [Hold(reason=HoldReason.POLICY, detail=self.word)]

    hooks = Hooks([Author("a"), Author("-"), Author("b")])
    assert hooks.enrich("order:") == "order:ba"  # type: ignore[arg-type, comparison-overlap]
    assert {hold.detail for hold in hooks.check(Order.model_construct())} == {"a", "-", "b"}
    assert hooks.choose(Order.model_construct(), []) is None


# -- many accounts ----------------------------------------------------------------------------------------------------


def test_a_fan_out_returns_what_came_and_who_was_late(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    fast, broken, silent = serve(faults.answer(200, GOOD)), serve(faults.answer(500, {})), serve(faults.silence())
    accounts = {
        "fast": account(fast.url),
        "broken": account(broken.url, max_attempts=1),
        "silent": account(silent.url, timeout_s=30),
        "again": account(fast.url),
    }
    client = caller(accounts)
    started = time.monotonic()
    outcomes = client.fan_out([*accounts, "unknown"], LogisticsProvider.quote, quote(), deadline_s=0.5)
    assert time.monotonic() - started < 0.75
    assert [outcome.account for outcome in outcomes] == [*accounts, "unknown"]
    assert [outcome.ok for outcome in outcomes] == [True, False, False, True, False]
    assert [type(outcome.error) for outcome in outcomes] == [
        type(None), VendorDown, DeadlineExceeded, type(None), UnknownAccount
    ]  # fmt: skip
    assert outcomes[0].get()[0].account == "fast"
    with pytest.raises(VendorDown):
        outcomes[1].get()
    assert client.fan_out([], LogisticsProvider.quote, quote()) == ()


def test_a_fan_out_buys_nothing(serve: Callable[..., FaultServer], caller: Callable[..., Caller]) -> None:
    server = serve(faults.answer(201, {"waybill": "WB-1"}))
    client = caller({"one": account(server.url), "two": account(server.url)})
    outcomes = client.fan_out(["one", "two"], LogisticsProvider.create_shipment, shipment())
    assert all(isinstance(outcome.error, UsageError) for outcome in outcomes)
    assert (server.requests, client.store.history()) == ([], ())


def test_a_blocking_fan_out_works_inside_a_running_loop(serve: Callable[..., FaultServer]) -> None:
    server = serve(faults.answer(200, GOOD))
    store = SqliteStore(None)

    async def inside() -> Any:
        with Client(accounts={"tiny": account(server.url)}, connectors=(Tiny,), store=store) as client:
            assert client.get_order("tiny", ORDER).order_id == "O-1"
            return client.fan_out(["tiny"], LogisticsProvider.quote, quote())

    assert asyncio.run(inside())[0].ok
    store.close()


def test_an_async_client_never_blocks_the_loop(serve: Callable[..., FaultServer]) -> None:
    server = serve(faults.silence())
    store = SqliteStore(None)

    async def ticking() -> int:
        accounts = {"tiny": account(server.url, timeout_s=5)}
        async with AsyncClient(accounts=accounts, connectors=(Tiny,), store=store) as client:
            call = asyncio.ensure_future(client.create_shipment("tiny", shipment(), deadline_s=0.3))
            ticks = 0
            while not call.done():
                await asyncio.sleep(0.01)
                ticks += 1
            with pytest.raises(Exception, match="nobody knows"):
                await call
            return ticks

    assert asyncio.run(ticking()) >= 15
    store.close()


# -- lists ------------------------------------------------------------------------------------------------------------


def test_orders_are_read_page_by_page_and_references_are_completed(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    def choose(request: Any) -> Any:
        if request.path == "/orders":
            if request.target.endswith("page=1"):
                items = [{"id": f"O-{n}", **({"ref": 1} if n % 2 else {})} for n in range(1, 8)]
                return faults.answer(200, {"orders": items, "next": "2"})
            return faults.answer(200, {"orders": [{"id": "O-8"}]})
        return faults.answer(200, {"id": request.path.rpartition("/")[2]})

    server = serve(faults.routed(choose))
    client = caller({"tiny": account(server.url)})
    found = list(client.iter_orders("tiny"))
    assert [order.order_id for order in found] == [f"O-{n}" for n in range(1, 9)]
    assert sorted(r.path for r in server.requests) == ["/orders", "/orders", *(f"/orders/O-{n}" for n in (1, 3, 5, 7))]
    pages = list(client.iter_pages("tiny", ListOrders(cursor=Cursor(connector="tiny", state={"page": "2"}))))
    assert [order.order_id for page in pages for order in page.items] == ["O-8"]
    assert len(list(client.iter_orders(["tiny", "tiny"]))) == 16


def test_a_page_is_only_read_when_it_is_asked_for(serve: Callable[..., FaultServer]) -> None:
    server = serve(faults.answer(200, {"orders": [{"id": "O-1"}], "next": "2"}))
    store = SqliteStore(None)
    with Client(accounts={"tiny": account(server.url)}, connectors=(Tiny,), store=store) as client:
        orders = client.iter_orders("tiny")
        assert server.requests == []
        next(orders)
        assert len(server.requests) == 1
        orders.close()  # type: ignore[attr-defined]
    store.close()


def test_a_broken_reference_ends_the_page_with_its_error(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    def choose(request: Any) -> Any:
        if request.path == "/orders":
            return faults.answer(200, {"orders": [{"id": f"O-{n}", "ref": 1} for n in range(9)]})
        bad = request.path.endswith("O-4")
        return faults.answer(500, {}) if bad else faults.answer(200, {"id": request.path.rpartition("/")[2]})

    client = caller({"tiny": account(serve(faults.routed(choose)).url, max_attempts=1)})
    with pytest.raises(VendorDown):
        list(client.iter_orders("tiny"))


# -- settling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "state"),
    [({"waybill": "WB-7"}, EffectState.SETTLED), ({}, EffectState.RELEASED)],
)
def test_a_doubt_is_settled_by_asking_the_vendor(
    found: dict[str, str], state: EffectState, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(500, {}), faults.answer(200, found))
    client = caller({"tiny": account(server.url)})
    assert client.settle("tiny", LogisticsProvider.create_shipment, shipment()) is None
    with pytest.raises(Exception, match="nobody knows"):
        client.create_shipment("tiny", shipment())
    record = client.settle("tiny", LogisticsProvider.create_shipment, shipment())
    assert (record.state, record.outcome_id, record.resolved_by) == (state, found.get("waybill"), "lookup")
    assert f"reference={record.reference}" in server.requests[-1].target
    with pytest.raises(UsageError):
        client.settle("tiny", OrderSource.get_order, ORDER)


def test_a_cursor_of_nobody_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        Cursor.parse("not a cursor")


def test_a_closed_client_says_so(caller: Callable[..., Caller]) -> None:
    client = caller({"tiny": account("http://127.0.0.1:1")})
    (client.client.close if client.driver == "sync" else lambda: client.run(client.client.aclose()))()
    with pytest.raises(UsageError, match="closed"):
        client.get_order("tiny", ORDER)
