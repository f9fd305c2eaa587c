"""Every order of the demo, read through both list families, both gateways and both shapes of an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.journeys.aliexpress import OVERSEAS, SHOP, Seller, asked, marketplace, selling, session_of
from tests.support.times import START

from xborder_sdk.errors import InvalidRequest, NotFound
from xborder_sdk.hookspecs import CancelOrder, CancelReason, GetOrder, ListOrders
from xborder_sdk.models import CancellationStatus, HoldReason, Order, OrderStatus, PaymentStatus, TaxScheme

WAYS = {
    "simplified": ("sync", "iop", {}),
    "wrapped": ("async", "iop", {"simplifies": False, "numbers": "text", "empty_lists": "object"}),
    "older gateway": ("sync", "top", {"zero_amounts": True}),
    "older gateway, wrapped": ("async", "top", {"simplifies": False, "numbers": "listed"}),
}


@pytest.fixture(scope="module", params=WAYS)
def seller(request: pytest.FixtureRequest) -> Iterator[Seller]:
    driver, gateway, settings = WAYS[request.param]
    with marketplace() as sandbox:
        changes: dict[str, Any] = {"gateway": gateway}
        sessions = {}
        if gateway == "top":
            sessions = {name: session_of(sandbox, name).access.get_secret_value() for name in (SHOP, OVERSEAS)}
            changes["refresh_token"] = None
        sandbox.admin("aliexpress", "settings", **settings)
        with selling(sandbox, driver, changes=changes, sessions=sessions) as made:
            yield made


@pytest.fixture(scope="module")
def orders(seller: Seller) -> dict[str, Order]:
    return seller.orders()


def holds(order: Order) -> set[HoldReason]:
    return {hold.reason for hold in order.holds}


@pytest.mark.parametrize("account", [SHOP, OVERSEAS])
def test_every_order_comes_and_each_once(seller: Seller, account: str) -> None:
    known = seller.sandbox.sandbox.vendors["aliexpress"].state()["newest_orders"]
    mine = sorted(one["order_id"] for one in known if one["account"] == account)
    for page_size in (None, 2):
        found = list(seller.call.iter_orders(account, ListOrders(page_size=page_size)))
        assert sorted(order.order_id for order in found) == mine
        assert {order.account for order in found} == {account}


@pytest.mark.parametrize(
    ("buyer", "status", "payment", "reasons"),
    [
        ("Odile Varenne", OrderStatus.AWAITING_SHIPMENT, PaymentStatus.PAID, set()),
        ("Jorun Feldkamp", OrderStatus.AWAITING_SHIPMENT, PaymentStatus.PAID, {HoldReason.RISK_CONTROL}),
        ("Iara Monteiro", OrderStatus.AWAITING_SHIPMENT, PaymentStatus.PAID, {HoldReason.CANCEL_REQUESTED}),
        ("Teo Arandia", OrderStatus.AWAITING_SHIPMENT, PaymentStatus.PAID, {HoldReason.FROZEN, HoldReason.POLICY}),
        ("Linda Orlova", OrderStatus.SHIPPED, PaymentStatus.PAID, {HoldReason.DISPUTED}),
        ("Nino Castagna", OrderStatus.AWAITING_PAYMENT, PaymentStatus.UNPAID, set()),
        ("Sanne van Iepenburg", OrderStatus.DELIVERED, PaymentStatus.PAID, set()),
    ],
)
def test_where_an_order_stands_and_what_holds_it(
    orders: dict[str, Order], buyer: str, status: OrderStatus, payment: PaymentStatus, reasons: set[HoldReason]
) -> None:
    order = orders[buyer]
    assert (order.status, order.payment, holds(order)) == (status, payment, reasons)


def test_what_may_be_done_with_an_order(orders: dict[str, Order]) -> None:
    assert {"declare_shipment", "send_message"} <= orders["Odile Varenne"].actions
    for buyer in ("Jorun Feldkamp", "Iara Monteiro", "Teo Arandia", "Nino Castagna", "Linda Orlova"):
        assert "declare_shipment" not in orders[buyer].actions
    assert "cancel_order" in orders["Iara Monteiro"].actions
    assert "cancel_order" not in orders["Odile Varenne"].actions


def test_lines_that_the_platforms_warehouse_ships_stay_out(orders: dict[str, Order]) -> None:
    assert [(line.sku, line.quantity) for line in orders["Zara Quill"].lines] == [("TOY-04", 2)]
    (whole,) = [order for order in orders.values() if HoldReason.PLATFORM_SHIPS in holds(order)]
    assert (whole.lines, whole.ship_to) == ((), None)
    assert "declare_shipment" not in whole.actions


def test_money_is_the_simulators_to_the_cent(orders: dict[str, Order]) -> None:
    order = orders["Rhys Pendlebury"]
    assert [(line.sku, line.quantity, str(line.unit_price), str(line.total)) for line in order.lines] == [
        ("MUG-02", 3, "6.49 USD", "19.47 USD"),
        ("CASE-03", 1, "4.15 USD", "4.15 USD"),
    ]
    assert (str(order.totals.delivery), str(order.totals.total)) == ("2.40 USD", "26.02 USD")
    assert sum((line.total.amount for line in order.lines if line.total), Decimal("2.40")) == Decimal("26.02")
    assert str(orders["Teo Arandia"].totals.delivery) == "0.00 USD"


def test_times_are_moments(orders: dict[str, Order]) -> None:
    order = orders["Odile Varenne"]  # 27 hours old, paid after 7 minutes, cleared a day later, a week to send
    assert order.paid_at is not None
    assert order.ship_by is not None
    assert order.modified_at is not None
    assert abs(order.created_at - (START - timedelta(hours=27))) < timedelta(minutes=1)
    assert order.paid_at - order.created_at == timedelta(minutes=7)
    assert order.ship_by - order.paid_at == timedelta(days=8)  # the coast's clocks go forward on the last of them
    assert order.modified_at - order.paid_at == timedelta(days=1)
    assert orders["Linda Orlova"].ship_by is None


def test_addresses_are_whole(orders: dict[str, Order]) -> None:
    place = orders["Rhys Pendlebury"].ship_to
    assert place is not None
    assert (place.name, place.lines) == ("Rhys Pendlebury", ("14 Larkfield Close", "Flat 2"))
    assert (place.city, place.region, place.postal_code, place.country) == ("Leeds", "West Yorkshire", "LS6 2AB", "GB")
    assert place.phone == "+44 07700900271"
    fox = orders["Zoë Łąka-Ørsted 🦊"].ship_to
    assert fox is not None
    assert fox.name == "Zoë Łąka-Ørsted 🦊"
    assert not any("*" in text for order in orders.values() if order.ship_to for text in order.ship_to.lines)


def test_a_tax_number_is_told_whole_or_not_at_all(seller: Seller, orders: dict[str, Order]) -> None:
    order = orders["Iara Monteiro"]
    assert order.buyer.tax_numbers == ()  # masked, and decryption does not give it back
    seller.sandbox.admin("aliexpress", "settings", mask_buyers=False)
    try:
        (cpf,) = seller.order(order.order_id).buyer.tax_numbers
    finally:
        seller.sandbox.admin("aliexpress", "settings", mask_buyers=True)
    assert (cpf.scheme, cpf.number, cpf.issuer) == (TaxScheme.PERSONAL, "00000000191", "BR")


def test_the_rest_that_a_seller_looks_at(orders: dict[str, Order]) -> None:
    assert orders["Rhys Pendlebury"].buyer_note == "Please wrap the mugs well"
    assert orders["Marlene Quist"].site == "SEMI_CHOICE_SELF"
    assert orders["Odile Varenne"].site is None
    (number,) = orders["Linda Orlova"].declared_numbers
    assert number.startswith("RV")
    assert orders["Linda Orlova"].delivery.service == "CPAM"


def test_statuses_find_what_the_list_shows_in_other_words(seller: Seller) -> None:
    assert set(seller.orders(statuses=(OrderStatus.DELIVERED,))) == {"Sanne van Iepenburg"}
    assert set(seller.orders(statuses=(OrderStatus.AWAITING_PAYMENT,))) == {"Nino Castagna"}
    waiting = set(seller.orders(OVERSEAS, statuses=(OrderStatus.AWAITING_SHIPMENT,)))
    assert waiting == {"Alba Sauceda", "Rui Carvalhal", "Clément Hêtreau"}


def test_some_orders_by_their_numbers(seller: Seller, orders: dict[str, Order]) -> None:
    wanted = {orders["Odile Varenne"].order_id, orders["Nino Castagna"].order_id}
    found = seller.orders(order_ids=(*sorted(wanted), "9100000000000001"))
    assert {order.order_id for order in found.values()} == wanted


def test_an_order_of_nobodys_is_not_found(seller: Seller, orders: dict[str, Order]) -> None:
    for order_id in ("9100000000000001", seller.orders(OVERSEAS)["Alba Sauceda"].order_id):
        with pytest.raises(NotFound):
            seller.order(order_id)
    with pytest.raises(InvalidRequest):
        seller.call.get_order(SHOP, GetOrder(order_id="12-34"))


def test_withheld_addresses_hold_an_order(seller: Seller) -> None:
    seller.sandbox.admin("aliexpress", "forbid", apis=["aliexpress.trade.seller.order.decrypt"])
    try:
        order = seller.order(seller.add().order_id)
    finally:
        seller.sandbox.admin("aliexpress", "forbid", apis=[])
    assert HoldReason.BAD_ADDRESS in holds(order)
    assert order.ship_to is not None
    assert "*" in order.ship_to.name


def test_a_request_to_cancel_is_accepted_once(seller: Seller) -> None:
    order = seller.add()
    with pytest.raises(InvalidRequest):
        seller.call.cancel_order(SHOP, CancelOrder(order_id=order.order_id, reason=CancelReason.OUT_OF_STOCK))
    seller.sandbox.admin("aliexpress", "request_cancel", order_id=order.order_id)
    accepted = CancelOrder(order_id=order.order_id, reason=CancelReason.BUYER_ASKED)
    seller.call.cancel_order(SHOP, accepted)
    again = seller.call.cancel_order(SHOP, accepted)
    assert again.status in {CancellationStatus.REQUESTED, CancellationStatus.CANCELLED}
    sent = asked(seller.sandbox, "aliexpress.trade.seller.order.acceptcancel")
    assert len([one for one in sent if order.order_id in one["param_order_cancel_request"]]) == 1
    after = seller.order(order.order_id)
    assert (after.status, after.cancellation) == (OrderStatus.CANCELLED, CancellationStatus.CANCELLED)
    assert after.payment is PaymentStatus.REFUNDED
