"""From an order to a plan: all reasons to hold it, and which service is bought for which reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.fulfilment.fakes import PROFILE, CarrierWorld, carrier
from tests.fulfilment.making import NOW, PARCELS, address, catalogue, config, facts, item, line, order, quote, usd

from xborder_sdk import Client
from xborder_sdk.errors import ConfigurationError, VendorDown
from xborder_sdk.fulfilment import Battery, Fulfilment, ShipmentPlan, WorkStore
from xborder_sdk.fulfilment.choosing import Chosen, Offered, select
from xborder_sdk.fulfilment.planning import Planned, order_digest, plan_order
from xborder_sdk.fulfilment.preflight import state_holds
from xborder_sdk.hookspecs import (
    Connector,
    ListServices,
    LogisticsProvider,
    ShipmentDetails,
    Support,
    SupportLevel,
    hookimpl,
)
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import (
    CancellationStatus,
    CollectedTax,
    DeliveryChoice,
    Hold,
    HoldReason,
    Order,
    OrderStatus,
    OrderTotals,
    PaymentStatus,
    Quote,
    Service,
    TaxNumber,
    TaxScheme,
)
from xborder_sdk.steps import Flow

EXPRESS = DeliveryChoice(service="Expedited", express=True)

Planner = Callable[..., ShipmentPlan | tuple[Hold, ...]]


@pytest.fixture
def express() -> CarrierWorld:
    return CarrierWorld(quote("120.00", "P"), quote("90.00", "H", express=False, days=6))


@pytest.fixture
def slow() -> CarrierWorld:
    return CarrierWorld(quote("40.00", "S", account="kites-slow", express=False, days=12))


@pytest.fixture
def planner(express: CarrierWorld, slow: CarrierWorld) -> Iterator[Planner]:
    clients: list[Client] = []

    def plan(
        found: Order, *items: Any, hooks: tuple[object, ...] = (), **rules: Any
    ) -> ShipmentPlan | tuple[Hold, ...]:
        client = Client(
            accounts={"kites-express": {"connector": "ke"}, "kites-slow": {"connector": "ks"}},
            connectors=[carrier(express, "ke"), carrier(slow, "ks")],
            store=SqliteStore(None),
            hooks=hooks,
        )
        clients.append(client)
        planned = plan_order(client, config(**rules), catalogue(*items).enrich(found), NOW)
        return planned.plan or planned.holds

    yield plan
    for client in clients:
        client.close()


def reasons(found: object) -> list[tuple[HoldReason, str | None]]:
    assert isinstance(found, tuple), found
    return [(hold.reason, hold.field) for hold in found]


# -- where the order stands --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"payment": PaymentStatus.UNPAID}, [HoldReason.UNPAID]),
        ({"payment": PaymentStatus.PART_PAID}, [HoldReason.UNPAID]),
        ({"payment": PaymentStatus.PENDING}, [HoldReason.UNPAID]),
        ({"payment": PaymentStatus.FAILED}, [HoldReason.UNPAID]),
        ({"payment": PaymentStatus.REFUNDED}, [HoldReason.UNPAID]),
        ({"payment": PaymentStatus.PART_REFUNDED}, [HoldReason.POLICY]),
        ({"payment": PaymentStatus.UNKNOWN}, [HoldReason.UNKNOWN_STATE]),
        ({"cancellation": CancellationStatus.REQUESTED}, [HoldReason.CANCEL_REQUESTED]),
        ({"cancellation": CancellationStatus.CANCELLED}, [HoldReason.CANCELLED]),
        ({"cancellation": CancellationStatus.UNKNOWN}, [HoldReason.UNKNOWN_STATE]),
        ({"status": OrderStatus.CANCELLED}, [HoldReason.CANCELLED]),
        ({"status": OrderStatus.UNKNOWN}, [HoldReason.UNKNOWN_STATE]),
        ({"status": OrderStatus.PARTLY_SHIPPED}, [HoldReason.POLICY]),
        ({"declared_numbers": ("123456",)}, [HoldReason.POLICY]),
        ({"status": OrderStatus.AWAITING_PAYMENT}, [HoldReason.UNPAID]),
    ],
)
def test_where_the_order_stands(changes: dict[str, Any], expected: list[HoldReason]) -> None:
    assert [hold.reason for hold in state_holds(order(**changes))] == expected


def test_what_the_platform_has_said_is_not_said_twice() -> None:
    said = Hold(reason=HoldReason.UNPAID, detail="the shop waits", field="payment")
    assert state_holds(order(payment=PaymentStatus.PENDING, holds=(said,))) == (said,)


def test_all_reasons_are_told_at_once(planner: Planner, express: CarrierWorld) -> None:
    def narrow(request: ShipmentDetails) -> tuple[Hold, ...]:
        found = [Hold(reason=HoldReason.BAD_ADDRESS, detail="too long", field="recipient.lines.0")]
        if request.customs is None:
            found.append(Hold(reason=HoldReason.CUSTOMS, detail="no declaration", field="customs"))
        return tuple(found)

    express.holds = narrow
    found = order(line(1), line(2, "WHO"), line(3, "BANK", total=usd("0")), payment=PaymentStatus.PENDING)
    bank = item("BANK", battery=Battery.ION_ALONE, weight_g=None)
    assert reasons(planner(found, item(), bank)) == [
        (HoldReason.UNPAID, "payment"),
        (HoldReason.UNKNOWN_SKU, "lines.1.sku"),
        (HoldReason.MISSING_DATA, "lines.2.sku"),
        (HoldReason.NO_SERVICE, "lines.2.sku"),
        (HoldReason.CUSTOMS, "lines.2.total"),
        (HoldReason.BAD_ADDRESS, "recipient.lines.0"),
    ]
    assert express.asked == []


def test_no_address(planner: Planner) -> None:
    assert reasons(planner(order(ship_to=None))) == [(HoldReason.NO_ADDRESS, "ship_to")]
    ships = Hold(reason=HoldReason.PLATFORM_SHIPS, detail="the shop ships")
    assert reasons(planner(order(ship_to=None, holds=(ships,)))) == [(HoldReason.PLATFORM_SHIPS, None)]
    empty = address(name=" ", city="", lines=("",))
    assert [field for _, field in reasons(planner(order(ship_to=empty)))] == [
        "ship_to.name",
        "ship_to.city",
        "ship_to.lines.0",
    ]


def test_a_policy_plugin_holds(planner: Planner) -> None:
    class Policy:
        @hookimpl
        def check_order(self, order: Order) -> list[Hold]:
            return [Hold(reason=HoldReason.POLICY, detail="nobody ships on a holiday")]

    assert reasons(planner(order(), hooks=(Policy(),))) == [(HoldReason.POLICY, None)]


# -- batteries ---------------------------------------------------------------------------------------------------------


def test_batteries_go_only_to_accounts_that_take_them(planner: Planner, express: CarrierWorld) -> None:
    lamp = item(battery=Battery.ION_IN_EQUIPMENT)
    both = {"carriers": ["kites-express", "kites-slow"]}
    assert reasons(planner(order(), lamp, **both)) == [(HoldReason.NO_SERVICE, "lines.0.sku")]
    taken = planner(order(), lamp, **both, batteries={"kites-slow": ["ion_in_equipment"]})
    assert isinstance(taken, ShipmentPlan)
    assert taken.account == "kites-slow"
    assert express.asked == []
    alone = item(battery=Battery.ION_ALONE)
    assert reasons(planner(order(), alone, batteries={"kites-express": ["ion_in_equipment"]})) != []


# -- the plan ----------------------------------------------------------------------------------------------------------


def test_a_plan_holds_the_whole_purchase_and_survives_a_store(planner: Planner) -> None:
    found = order(line(1, quantity=2), line(2, "TWO"), display_id="D-1", delivery=EXPRESS)
    plan = planner(found, item(), item("TWO", weight_g=70))
    assert isinstance(plan, ShipmentPlan)
    assert (plan.account, plan.connector, plan.request.service, plan.price) == (
        "kites-express",
        "ke",
        "P",
        quote("120.00").price,
    )
    assert "express" in plan.reason
    assert [(part.line_id, part.quantity) for part in plan.request.contents] == [("L1", 2), ("L2", 1)]
    assert plan.request.references == ("D-1",)
    assert plan.request.weight_g == 520
    assert plan.request.ship_at.utcoffset() is not None
    assert plan.request.ship_at.isoformat() == "2026-09-01T19:00:00+08:00"
    assert ShipmentPlan.model_validate_json(plan.model_dump_json()) == plan
    again = planner(found, item(), item("TWO", weight_g=70))
    assert isinstance(again, ShipmentPlan)
    assert again.request.fingerprint() == plan.request.fingerprint()


def test_no_plan_shows_a_buyer_in_its_repr(planner: Planner) -> None:
    plan = planner(order())
    assert "Wanda" not in repr(plan)
    assert "Lindenallee" not in repr(plan)


def test_a_digest_changes_with_what_matters_only() -> None:
    base = order_digest(order())
    assert order_digest(order(modified_at=NOW, status=OrderStatus.SHIPPED, actions=frozenset({"x"}))) == base
    assert order_digest(order(line().replace(shipped=True, quantity_shipped=1, vendor_status="X"))) == base
    assert order_digest(order(ship_to=address(city="Anderswo"))) != base
    assert order_digest(order(line(quantity=2))) != base
    assert order_digest(order(line().replace(sku="OTHER"))) != base
    assert order_digest(order(totals=OrderTotals(goods=usd("11.00")))) != base
    assert order_digest(order(delivery=EXPRESS)) != base


# -- choosing ----------------------------------------------------------------------------------------------------------


def choice(found: Order, *quotes: Quote, **rules: Any) -> Chosen:
    settings = config(**({"carriers": ["kites-express", "kites-slow"]} | rules))
    return select(found, facts(found), Offered(quotes), settings, parcels=PARCELS, ship_at=NOW, now=NOW)


def chosen(found: Order, *quotes: Quote, **rules: Any) -> str | HoldReason:
    result = choice(found, *quotes, **rules)
    return result.quote.service.code if result.quote is not None else result.holds[0].reason


def test_cheapest_and_fastest() -> None:
    quotes = (quote("120", "P", days=3), quote("90", "H", days=6), quote("100", "Q", days=3))
    assert chosen(order(), *quotes) == "H"
    assert chosen(order(), *quotes, choose="fastest") == "Q"
    assert chosen(order(), quote("1", "N", days=None), *quotes, choose="fastest") == "Q"
    assert chosen(order(), quote("1", days=None), choose="fastest") is HoldReason.NO_SERVICE


def test_equal_prices_follow_the_order_of_the_accounts() -> None:
    first, second = quote("50", "A", account="kites-slow"), quote("50", "B", account="kites-express")
    assert chosen(order(), first, second) == "B"


def test_what_has_no_price_or_needs_an_agreement_never_wins() -> None:
    assert chosen(order(), quote(None, "X"), quote("1", "Y", agreement=True), quote("99", "Z")) == "Z"
    assert chosen(order(), quote(None, "X"), quote("1", "Y", agreement=True)) is HoldReason.NO_SERVICE


def test_prices_in_two_currencies_are_not_compared() -> None:
    two = (quote("100", "A"), quote("20", "B", currency="EUR", days=9))
    assert "CNY and EUR" in choice(order(), *two).holds[0].detail
    assert chosen(order(), *two, choose="fastest") == "A"
    tie = (quote("100", "A"), quote("20", "B", currency="EUR"))
    assert chosen(order(), *tie, choose="fastest") is HoldReason.NO_SERVICE


def test_a_buyer_who_paid_for_express_gets_express() -> None:
    quotes = (quote("120", "P"), quote("40", "S", express=False), quote("30", "U", express=None))
    paid = order(delivery=EXPRESS)
    assert chosen(paid, *quotes) == "P"
    assert chosen(order(), *quotes) == "U"
    assert chosen(paid, *quotes[1:]) is HoldReason.SERVICE_MISMATCH
    assert "express" in choice(paid, *quotes[1:], express_mismatch="warn").why.warnings[0]
    assert choice(paid, *quotes[1:], express_mismatch="ignore").why.warnings == ()


def test_a_plugin_chooses_first(planner: Planner) -> None:
    class Dearest:
        @hookimpl
        def choose_quote(self, order: Order, quotes: tuple[Quote, ...]) -> Quote | None:
            return max(quotes, key=lambda one: one.price.amount if one.price else 0)

    class Liar:
        @hookimpl
        def choose_quote(self, order: Order, quotes: tuple[Quote, ...]) -> Quote | None:
            return quote("1", "NO")

    plan = planner(order(), hooks=(Dearest(),))
    assert isinstance(plan, ShipmentPlan)
    assert (plan.request.service, plan.reason) == ("P", "chosen by a plugin")
    assert reasons(planner(order(), hooks=(Liar(),))) == [(HoldReason.POLICY, "delivery")]


# -- carriers ----------------------------------------------------------------------------------------------------------

BOTH = {"carriers": ["kites-express", "kites-slow"]}


def test_all_accounts_are_asked_and_one_that_fails_stops_nothing(
    planner: Planner, express: CarrierWorld, slow: CarrierWorld
) -> None:
    plan = planner(order(), **BOTH)
    assert isinstance(plan, ShipmentPlan)
    assert plan.account == "kites-slow"
    slow.down()
    plan = planner(order(), **BOTH)
    assert isinstance(plan, ShipmentPlan)
    assert plan.account == "kites-express"
    assert "kites-slow" in plan.warnings[0]


def test_carriers_that_are_down_hold_no_order(planner: Planner, express: CarrierWorld) -> None:
    express.down()
    with pytest.raises(VendorDown):
        planner(order())


def test_no_offer_is_a_hold(planner: Planner, express: CarrierWorld) -> None:
    express.quotes = ()
    assert reasons(planner(order())) == [(HoldReason.NO_SERVICE, "delivery")]


def test_an_account_that_would_refuse_is_not_asked(planner: Planner, express: CarrierWorld) -> None:
    express.holds = lambda request: (Hold(reason=HoldReason.BAD_ADDRESS, detail="no", field="recipient.city"),)
    plan = planner(order(), **BOTH)
    assert isinstance(plan, ShipmentPlan)
    assert plan.account == "kites-slow"
    assert express.asked == []
    assert reasons(planner(order())) == [(HoldReason.BAD_ADDRESS, "recipient.city")]


def test_the_chosen_service_is_checked_too(planner: Planner, express: CarrierWorld) -> None:
    no = Hold(reason=HoldReason.NO_SERVICE, detail="not for goods", field="service")
    express.holds = lambda request: (no,) if request.service is not None else ()
    assert planner(order()) == (no,)


# -- rules -------------------------------------------------------------------------------------------------------------


def lister(connector_name: str, *services: Service, asks: list[ListServices] | None = None) -> type[Connector[Any]]:
    """A carrier that lists services and tells no prices; one without services can be asked for neither."""

    class Lists(LogisticsProvider):
        profile = PROFILE

        def list_services(self, request: ListServices) -> Flow[tuple[Service, ...]]:
            yield from ()
            if asks is not None:
                asks.append(request)
            return services

    class Silent(Connector[Any]):
        name = connector_name
        title = connector_name
        kinds = (Lists,)

        def support(self, operation: str) -> Support:
            return Support(SupportLevel.YES if services else SupportLevel.NO)

        def known_services(self) -> tuple[Service, ...] | None:
            return services or None

    return Silent


@pytest.fixture
def post() -> Iterator[Callable[..., Planned]]:
    """Plans with a carrier `post` beside the express one."""
    clients: list[Client] = []

    def plan(found: Order, silent: type[Connector[Any]], world: CarrierWorld, **rules: Any) -> Planned:
        accounts = {"kites-express": {"connector": "ke"}, "post": {"connector": "post"}, "shop": {"connector": "post"}}
        connectors = [carrier(world, "ke"), silent]
        client = Client(accounts=accounts, connectors=connectors, store=SqliteStore(None))
        clients.append(client)
        settings = config(carriers=["post", "kites-express"], **rules)
        return plan_order(client, settings, catalogue().enrich(found), NOW)

    yield plan
    for client in clients:
        client.close()


def test_services_without_prices_are_listed_and_may_be_named_by_a_rule(post: Any, express: CarrierWorld) -> None:
    asks: list[ListServices] = []
    silent = lister("post", Service(code="8", name="ePacket"), Service(code="3", name="Small packet"), asks=asks)
    rule = {"name": "post", "platform": "post", "use": "post/small packet"}
    planned = post(order(), silent, express, rules=[rule])
    assert planned.plan.request.service == "3"
    assert planned.plan.price is None
    assert planned.plan.reason == planned.why.reason == "rule post: post/Small packet, whose price is not known"
    assert asks[0].contents == planned.plan.request.contents
    assert asks[0].weight_g == planned.plan.request.weight_g
    without = post(order(), silent, express)
    assert without.plan.account == "kites-express"
    assert {offer.service: offer.because for offer in without.why.offers}["8"] == "it has no price"


def test_a_carrier_that_can_be_asked_for_nothing_sells_what_a_rule_names(post: Any, express: CarrierWorld) -> None:
    planned = post(order(), lister("post"), express, rules=[{"name": "post", "use": "post/e邮宝"}])
    assert (planned.plan.account, planned.plan.request.service) == ("post", "e邮宝")
    unnamed = post(order(), lister("post"), express, rules=[{"name": "post", "use": ["post", "kites-express/P"]}])
    assert unnamed.plan.request.service == "P"
    assert [one.because for one in unnamed.why.left_out] == [
        "it tells neither prices nor services, and no rule names one of them"
    ]


def test_why_an_order_is_held(planner: Planner, post: Any, express: CarrierWorld) -> None:
    found = post(order(payment=PaymentStatus.PENDING), lister("post"), express)
    assert found.plan is None
    assert (found.why.decided_by, found.why.offers) == ("check", ())
    assert "not paid" in found.why.reason
    no = Hold(reason=HoldReason.NO_SERVICE, detail="not for goods", field="service")
    express.holds = lambda request: (no,) if request.service is not None else ()
    refused = post(order(), lister("post"), express)
    assert refused.holds == (no,)
    assert not any(offer.chosen for offer in refused.why.offers)
    assert "refuse it: not for goods" in refused.why.reason


def test_goods_and_taxes_that_rules_look_at(post: Any, express: CarrierWorld) -> None:
    express.quotes = (quote("90", "H", express=False),)
    number = TaxNumber(scheme=TaxScheme.IOSS, number="IM0000000000")
    taxed = order(collected_taxes=(CollectedTax(number=number),))
    rules = [
        {"name": "taxed", "tax_collected": True, "value": {"min": 12, "max": 12, "currency": "USD"}, "hold": "taxed"},
        {"name": "rest", "hold": "untaxed"},
    ]
    assert [hold.detail for hold in post(taxed, lister("post"), express, rules=rules).holds] == ["rule taxed: taxed"]
    assert [hold.detail for hold in post(order(), lister("post"), express, rules=rules).holds] == ["rule rest: untaxed"]
    elsewhere = taxed.replace(ship_to=address("US"))
    assert [hold.field for hold in post(elsewhere, lister("post"), express, rules=rules).holds] == ["lines.0.sku"]


def test_what_a_connector_is_known_not_to_sell_is_refused_when_fulfilment_begins() -> None:
    silent = lister("post", Service(code="8", name="ePacket"))
    rules = [{"name": "post", "use": "post/EMS"}]
    with (
        Client(accounts={"post": {"connector": "post"}}, connectors=[silent], store=SqliteStore(None)) as client,
        pytest.raises(ConfigurationError, match=r"rules\.post\.use: post has no service EMS; it has 8 \(ePacket\)"),
    ):
        Fulfilment(client, config(carriers=["post"], rules=rules), WorkStore(None), catalogue=catalogue())


# -- a platform's own logistics ----------------------------------------------------------------------------------------


def own_orders_only(request: ShipmentDetails) -> tuple[Hold, ...]:
    """What the connector of a platform's own logistics says without asking anybody."""
    if {part.account for part in request.contents} == {"kites-slow"}:
        return ()
    return (Hold(reason=HoldReason.NO_SERVICE, detail="serves its own orders only", field="contents"),)


def test_carriers_are_told_which_order_lines_are_inside(planner: Planner, express: CarrierWorld) -> None:
    planner(order(line(1, quantity=2), line(2, "TWO")), item(), item("TWO"))
    inside = [(part.account, part.order_id, part.line_id, part.quantity) for part in express.asked[0].contents]
    assert inside == [("shop", "10-00001-00001", "L1", 2), ("shop", "10-00001-00001", "L2", 1)]


def test_a_platforms_own_logistics_serves_its_own_orders(planner: Planner, slow: CarrierWorld) -> None:
    slow.holds = own_orders_only
    plan = planner(order(account="kites-slow"), **BOTH)
    assert isinstance(plan, ShipmentPlan)
    assert plan.account == "kites-slow"
    assert slow.asked[0].contents == plan.request.contents
    plan = planner(order(), **BOTH)
    assert isinstance(plan, ShipmentPlan)
    assert plan.account == "kites-express"
    assert len(slow.asked) == 1
    assert reasons(planner(order(), carriers=["kites-slow"])) == [(HoldReason.NO_SERVICE, "contents")]


def test_reasons_in_the_goods_are_not_hidden_by_a_probe_of_the_address(planner: Planner, slow: CarrierWorld) -> None:
    slow.holds = own_orders_only
    found = reasons(planner(order(line(1, "WHO")), carriers=["kites-slow"]))
    assert found == [(HoldReason.UNKNOWN_SKU, "lines.0.sku")]


def test_only_the_carriers_that_a_rule_uses_say_what_is_to_be_mended(
    planner: Planner, express: CarrierWorld, slow: CarrierWorld
) -> None:
    def refusing(words: str) -> Any:
        hold = Hold(reason=HoldReason.BAD_ADDRESS, detail=words, field="recipient.name")
        return lambda request: (hold,)

    express.holds, slow.holds = refusing("express wants it short"), refusing("slow wants it in capitals")
    both = ["kites-express", "kites-slow"]
    rule = {"name": "slowly", "use": ["kites-slow"]}
    found = planner(order(), item(), rules=[rule], carriers=both)
    assert isinstance(found, tuple)
    assert [hold.detail for hold in found] == ["slow wants it in capitals"]
    # What another carrier would take does not help either: the rule has decided.
    express.holds = lambda request: ()
    assert planner(order(), item(), rules=[rule], carriers=both) == found
    # Without a rule that fits, every carrier is asked, and one that takes it is enough.
    elsewhere = rule | {"destination": ["NZ"]}
    assert not isinstance(planner(order(), item(), rules=[elsewhere], carriers=both), tuple)
