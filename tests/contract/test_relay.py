"""What a connector's classes may not do, and how they are told; what an account may not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.support import faults
from tests.support.drivers import Caller
from tests.support.faults import FaultServer
from tests.support.tiny import Tiny, TinyCarrier, TinyOrders, account, quote, refund, shipment

from xborder_sdk import LogisticsProvider, OrderSource
from xborder_sdk.client.core import EFFECTS
from xborder_sdk.errors import (
    BrokenPlugin,
    ConnectorBug,
    InvalidSettings,
    ReadOnlyAccount,
    UnsupportedOperation,
    UnsupportedOption,
    UsageError,
)
from xborder_sdk.hookspecs import (
    Connector,
    CreateShipment,
    GetOrder,
    ListOrders,
    QuoteShipment,
    ShipmentOptions,
    Support,
    SupportLevel,
)
from xborder_sdk.models import Order
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.runtime.relay import Relay, check_kind
from xborder_sdk.steps import Api, Effect, Flow

ORDER = GetOrder(order_id="O-1")


def connector(*kinds: Any, **members: Any) -> type[Connector[Any]]:
    """A connector `made` with these kinds."""
    return type("Made", (Tiny,), {"name": "made", "kinds": kinds, **members})


def refusal(kind: Any) -> BrokenPlugin:
    with pytest.raises(BrokenPlugin) as caught:
        check_kind(kind)
    return caught.value


# -- classes ----------------------------------------------------------------------------------------------------------


def test_a_misspelt_operation_is_refused_with_a_suggestion() -> None:
    class Wrong(LogisticsProvider):
        def qoute(self, request: QuoteShipment) -> Any: ...

    error = refusal(Wrong)
    assert "Wrong.qoute is not an operation" in str(error)
    assert "did you mean quote?" in str(error)


def test_a_public_helper_is_refused_and_a_private_one_is_not() -> None:
    class Wrong(LogisticsProvider):
        def price_table(self) -> Any: ...

    class Right(LogisticsProvider):
        def _price_table(self) -> Any: ...

    assert "underscore" in str(refusal(Wrong))
    assert check_kind(Right) == frozenset()


def test_signatures_that_pluggy_would_bend_are_refused() -> None:
    class Renamed(OrderSource):
        def get_order(self, order: GetOrder) -> Any: ...

    class Dropped(OrderSource):
        def get_order(self) -> Any: ...

    class Defaulted(OrderSource):
        def get_order(self, request: GetOrder = ORDER) -> Any: ...

    class More(OrderSource):
        def get_order(self, request: GetOrder, more: int = 0) -> Any: ...

    for kind in (Renamed, Dropped, Defaulted, More):
        assert "must take (self, request)" in str(refusal(kind))
    assert "not an OrderSource" in str(refusal(Api))


def test_two_classes_with_one_operation_are_both_named() -> None:
    class Second(TinyOrders):
        pass

    with pytest.raises(BrokenPlugin, match="Second and TinyOrders both implement"):
        Relay(connector(TinyOrders, Second)("a", Tiny.settings_model()))


def test_one_class_may_serve_two_kinds_and_inherit() -> None:
    class Both(TinyOrders, TinyCarrier):
        pass

    relay = Relay(connector(Both)("a", Tiny.settings_model()))
    assert relay.operations == check_kind(TinyOrders) | check_kind(TinyCarrier)


# -- flows ------------------------------------------------------------------------------------------------------------


class Odd(TinyOrders):
    """Each operation makes one mistake."""

    def list_orders(self, request: ListOrders) -> Any:
        return self.api.read("GET", "/orders") if request.order_ids else "not a flow"

    def get_order(self, request: GetOrder) -> Any:
        mistakes: dict[str, Callable[[], Iterator[Any]]] = {
            "yields a flow": lambda: iter([self.api.read("GET", "/x")]),
            "yields text": lambda: iter(["GET /x"]),
        }
        yield from mistakes[request.order_id]()


class Greedy(TinyCarrier):
    """Buys twice in one flow, and once where nothing is meant."""

    def create_shipment(self, request: CreateShipment) -> Flow[Any]:
        yield from self.api.once("POST", "/first")
        yield from self.api.once("POST", "/second")

    def quote(self, request: QuoteShipment) -> Flow[Any]:
        yield from self.api.once("POST", "/quotes")


@pytest.mark.parametrize(
    ("operation", "request_", "told"),
    [
        (OrderSource.list_orders, ListOrders(), "returned str instead of a flow"),
        (OrderSource.get_order, GetOrder(order_id="yields a flow"), "write `yield from`"),
        (OrderSource.get_order, GetOrder(order_id="yields text"), "yielded str, which is not a step"),
        (OrderSource.get_order, GetOrder(order_id="unheard of"), "failed with KeyError"),
        (LogisticsProvider.quote, quote(), "names no intent"),
        (LogisticsProvider.create_shipment, shipment(), "second `once` step"),
    ],
)
def test_a_flow_that_breaks_the_contract_names_its_connector(
    operation: Any, request_: Any, told: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, {}))
    client = caller({"a": account(server.url, "made")}, connectors=(connector(Odd, Greedy),))
    expected = UsageError if "second" in told else ConnectorBug
    with pytest.raises(Exception, match=told) as caught:
        client.call("a", operation, request_)
    if "second" in told:  # the first was made: what is known of it must not be lost behind the bug
        assert "kept" in str(caught.value)
        assert [r.path for r in server.requests] == ["/first"]
    else:
        assert caught.type is expected
        assert "made." in str(caught.value)
        assert server.requests == []


def test_an_operation_that_crashes_before_it_is_a_flow_is_named_too(caller: Callable[..., Caller]) -> None:
    class Eager(TinyOrders):
        def get_order(self, request: GetOrder) -> Flow[Order]:
            raise KeyError(request.order_id)

    client = caller({"a": account("http://127.0.0.1:1", "made")}, connectors=(connector(Eager),))
    with pytest.raises(ConnectorBug, match=r"made\.get_order failed with KeyError"):
        client.get_order("a", ORDER)


# -- accounts ---------------------------------------------------------------------------------------------------------


def test_an_option_the_connector_would_ignore_is_refused_before_anything_is_sent(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, {"waybill": "WB-1"}))
    client = caller({"tiny": account(server.url)})
    with pytest.raises(UnsupportedOption) as caught:
        client.create_shipment("tiny", shipment(options=ShipmentOptions(signature=True, saturday_delivery=True)))
    assert caught.value.options == ("saturday_delivery",)
    with pytest.raises(UnsupportedOption):
        client.quote("tiny", quote(options=ShipmentOptions(signature=True)))
    with pytest.raises(UnsupportedOption):
        client.list_orders("tiny", ListOrders(order_ids=("O-1",), modified_from="2026-03-01T00:00:00Z"))
    assert (server.requests, client.store.history()) == ([], ())
    assert client.create_shipment("tiny", shipment(options=ShipmentOptions(signature=True))).waybill == "WB-1"


def test_what_an_account_can_do_is_known_without_asking(caller: Callable[..., Caller]) -> None:
    class Narrow(Tiny):
        name = "narrow"

        def support(self, operation: str) -> Support:
            if operation == "quote":
                return Support(SupportLevel.NO, "not in this contract")
            return Support(SupportLevel.CONDITIONAL, "on weekdays")

    order = Order.model_construct(actions=frozenset({"refund_order", "declare_shipment"}))
    accounts = {
        "plain": account("http://127.0.0.1:1"),
        "reads": account("http://127.0.0.1:1", read_only=True),
        "narrow": account("http://127.0.0.1:1", "narrow"),
        "denied": account("http://127.0.0.1:1", deny_operations=["refund_order"]),
    }
    client = caller(accounts, connectors=(Tiny, Narrow))
    assert client.supports("plain", LogisticsProvider.quote).level is SupportLevel.YES
    assert client.supports("plain", "cancel_order").reason == "Tiny Post does not offer it"
    assert client.supports("narrow", "quote").reason == "not in this contract"
    assert client.supports("narrow", "get_order").reason == "on weekdays"
    assert client.supports("reads", "get_order")
    assert not client.supports("reads", "create_shipment")
    assert client.available_actions("plain", order) == {"refund_order"}
    assert client.available_actions("reads", order) == client.available_actions("denied", order) == frozenset()
    with pytest.raises(UnsupportedOperation, match="did you mean quote"):
        client.supports("plain", "qoute")
    for name, operation, request in (("narrow", "quote", quote()), ("denied", "refund_order", refund())):
        with pytest.raises(UnsupportedOperation, match=f"{name} cannot {operation}"):
            getattr(client, operation)(name, request)


def test_the_operations_with_an_effect_are_those_that_say_so() -> None:
    said = {
        name for name, operation in OPERATIONS.items()
        if "(`once`)" in (operation.spec.__doc__ or "") or "(`idempotent`)" in (operation.spec.__doc__ or "")
    }  # fmt: skip
    assert said <= EFFECTS <= OPERATIONS.keys()
    assert EFFECTS - said <= {"print_document", "cancel_print_job", "add_evidence"}


@pytest.mark.parametrize("effect", [Effect.ONCE, Effect.IDEMPOTENT])
def test_a_read_only_account_sends_no_raw_effect_either(effect: Effect, caller: Callable[..., Caller]) -> None:
    client = caller({"tiny": account("http://127.0.0.1:1", read_only=True)})
    with pytest.raises(ReadOnlyAccount):
        client.request("tiny", "POST", "/x", effect=effect, intent="i")


@pytest.mark.parametrize(
    "url", ["http://vendor.example", "ftp://127.0.0.1", "vendor.example", "http://127.0.0.1.evil.example", "https://"]
)
def test_a_host_that_is_not_https_is_refused(url: str, caller: Callable[..., Caller]) -> None:
    with pytest.raises(InvalidSettings, match="https"):
        caller({"tiny": account(url)}).get_order("tiny", ORDER)


def test_a_misspelt_denial_is_refused(caller: Callable[..., Caller]) -> None:
    """A safety catch that is misspelt would catch nothing."""
    with pytest.raises(InvalidSettings, match="refund_orders"):
        caller({"tiny": account("http://127.0.0.1:1", deny_operations=["refund_orders"])}).get_order("tiny", ORDER)


def test_a_raw_effect_is_known_by_its_content_too(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, {"n": 1}))
    client = caller({"tiny": account(server.url)})
    call: dict[str, Any] = {"effect": Effect.ONCE, "intent": "coupon-7"}
    client.request("tiny", "POST", "/coupons", json={"percent": 5}, **call)
    assert client.request("tiny", "POST", "/coupons", json={"percent": 5}, **call).json() == {"n": 1}
    with pytest.raises(Exception, match="other data"):
        client.request("tiny", "POST", "/coupons", json={"percent": 50}, **call)
    with pytest.raises(UsageError, match="needs an intent"):
        client.request("tiny", "POST", "/coupons", effect=Effect.ONCE)
    assert len(server.posts()) == 1
