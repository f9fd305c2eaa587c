"""Shipping notices: told once, by whole, part and line, found again where the answer was lost, corrected."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from tests.journeys.aliexpress import DAY, OVERSEAS, SHOP, Seller, asked, before, lose, marketplace, selling, session_of

from xborder_sdk.errors import Conflict, InvalidRequest, NotFound, OutcomeUnknown, Refused
from xborder_sdk.hookspecs import AmendShipment, DeclareShipment, ListDeclaredShipments, OrderSource
from xborder_sdk.ledger import EffectState
from xborder_sdk.models import LineQuantity, Order, OrderStatus

DECLARE, LINES = "aliexpress.logistics.sellershipmentfortop", "aliexpress.logistics.order.shipment"
AMEND = "aliexpress.logistics.sellermodifiedshipmentfortop"
WAYS = {
    "simplified": ("sync", SHOP, "iop", True),
    "wrapped": ("async", SHOP, "iop", False),
    "overseas": ("async", OVERSEAS, "iop", True),
    "older gateway": ("sync", SHOP, "top", True),
    "overseas, older gateway, wrapped": ("sync", OVERSEAS, "top", False),
}
TWO = [{"sku": "MUG-02", "count": 3}, {"sku": "CASE-03"}]
CARRIERS = {
    "carriers": {"chinapost": "CPAM", "dhl": "DHL", "hermit": "OTHER"},
    "actual_carriers": {"hermit": "HERMIT"},
}
_numbers = itertools.count(100_000_001)


class Notices:
    """A seller of one family."""

    def __init__(self, seller: Seller, account: str) -> None:
        self.seller = seller
        self.account = account
        self.sandbox = seller.sandbox

    def order(self, **more: Any) -> Order:
        return self.seller.add(self.account, **{"items": TWO} | more)

    def declare(self, order: Order, number: str, *lines: LineQuantity, **more: Any) -> Any:
        return self.seller.call.declare_shipment(self.account, notice(order, number, *lines), **more)

    def known(self, order: Order) -> dict[str, set[str]]:
        """Lines by number, read back."""
        read = self.seller.call.list_declared_shipments(self.account, ListDeclaredShipments(order_id=order.order_id))
        return {one.tracking_number: {line.line_id for line in one.lines} for one in read}

    def state(self, order: Order) -> OrderStatus:
        return self.seller.order(order.order_id, self.account).status


@pytest.fixture(scope="module", params=WAYS)
def notices(request: pytest.FixtureRequest) -> Iterator[Notices]:
    driver, account, gateway, simplifies = WAYS[request.param]
    with marketplace("empty") as sandbox:
        changes: dict[str, Any] = {"gateway": gateway, **CARRIERS}
        sessions = {}
        if gateway == "top":
            sessions = {account: session_of(sandbox, account).access.get_secret_value()}
            changes["refresh_token"] = None
        sandbox.admin("aliexpress", "settings", simplifies=simplifies)
        with selling(sandbox, driver, changes=changes, sessions=sessions) as seller:
            yield Notices(seller, account)


def notice(order: Order, number: str, *lines: LineQuantity, **more: Any) -> DeclareShipment:
    values: dict[str, Any] = {"order_id": order.order_id, "tracking_number": number, "carrier": "chinapost"}
    return DeclareShipment(**values | {"lines": lines} | more)


def number() -> str:
    return f"RV{next(_numbers)}CN"


def whole(order: Order, index: int) -> LineQuantity:
    line = order.lines[index]
    return LineQuantity(line_id=line.line_id, quantity=line.quantity)


def test_a_whole_order_is_told_once(notices: Notices) -> None:
    order, first = notices.order(), number()
    told = notices.declare(order, first)
    assert (told.tracking_number, told.vendor_carrier) == (first, "CPAM")
    assert notices.declare(order, f"{first[:5]} {first[5:]}").tracking_number == first
    assert len([sent for sent in asked(notices.sandbox, DECLARE) if sent["out_ref"] == order.order_id]) == 1
    assert notices.known(order) == {first: {line.line_id for line in order.lines}}
    assert notices.state(order) is OrderStatus.SHIPPED
    with pytest.raises(Conflict):
        notices.declare(order, number())


def test_two_parcels_of_one_order(notices: Notices) -> None:
    order, first, second = notices.order(), number(), number()
    notices.declare(order, first, whole(order, 1))
    assert notices.state(order) is OrderStatus.PARTLY_SHIPPED
    assert notices.known(order) == {first: {order.lines[1].line_id}}
    with pytest.raises(Conflict):
        notices.declare(order, number(), whole(order, 1))
    notices.declare(order, second, whole(order, 0))
    assert notices.known(order) == {first: {order.lines[1].line_id}, second: {order.lines[0].line_id}}
    assert notices.state(order) is OrderStatus.SHIPPED


def test_a_line_in_two_parcels(notices: Notices) -> None:
    order, first, second = notices.order(), number(), number()
    some = LineQuantity(line_id=order.lines[0].line_id, quantity=1)
    told = notices.declare(order, first, some)
    assert told.lines == (some,)
    assert notices.state(order) is OrderStatus.PARTLY_SHIPPED
    assert notices.known(order) == {first: set()}  # nobody tells how many pieces are in it
    notices.declare(order, second)  # completes everything
    assert notices.state(order) is OrderStatus.SHIPPED
    with pytest.raises(InvalidRequest):
        notices.declare(order, number(), LineQuantity(line_id=order.lines[0].line_id, quantity=4))


def test_lines_of_the_platforms_warehouse_are_not_the_sellers_to_declare(notices: Notices) -> None:
    order = notices.order(items=[{"sku": "LAMP-01", "by_platform": True}, {"sku": "TOY-04", "count": 2}])
    told = number()
    notices.declare(order, told)
    assert notices.known(order) == {told: {order.lines[0].line_id}}
    assert notices.state(order) is OrderStatus.PARTLY_SHIPPED
    with pytest.raises(InvalidRequest):
        notices.declare(order, number(), LineQuantity(line_id=str(int(order.lines[0].line_id) - 1), quantity=1))


@pytest.mark.parametrize(
    ("wrong", "more", "field"),
    [
        ("1Z999", {}, "tracking_number"),
        ("RV123456785CN", {"carrier": "dhl"}, "tracking_number"),
        ("RV123456785CN", {"carrier": "pigeon"}, "carrier"),
        ("RV123456785CN", {"carrier_code": "NO_SUCH"}, "carrier_code"),
        ("RV123456785CN", {"carrier": "hermit"}, "tracking_url"),
    ],
)
def test_what_the_platform_would_refuse_is_not_sent(
    notices: Notices, wrong: str, more: dict[str, Any], field: str
) -> None:
    order = notices.order()
    sent = len(asked(notices.sandbox, DECLARE)) + len(asked(notices.sandbox, LINES))
    with pytest.raises(InvalidRequest) as refused:
        notices.seller.call.declare_shipment(notices.account, notice(order, wrong, **more))
    assert refused.value.field == field
    assert len(asked(notices.sandbox, DECLARE)) + len(asked(notices.sandbox, LINES)) == sent


def test_a_carrier_the_platform_does_not_know(notices: Notices) -> None:
    order = notices.order()
    page = "https://hermit.example/follow"
    for index, lines in enumerate([(whole(order, 0),), ()]):
        told = notice(order, f"HERMIT-{index}", *lines, carrier="hermit", tracking_url=page)
        notices.seller.call.declare_shipment(notices.account, told)
    assert set(notices.known(order)) == {"HERMIT-0", "HERMIT-1"}
    assert notices.state(order) is OrderStatus.SHIPPED


@pytest.mark.parametrize("by_line", [False, True])
@pytest.mark.parametrize("fault", ["status", "reset", "silence"])
def test_a_lost_answer_is_a_doubt_that_the_platform_ends(notices: Notices, fault: str, by_line: bool) -> None:
    method = LINES if by_line else DECLARE

    def request(order: Order) -> DeclareShipment:
        return notice(order, number(), *([whole(order, 0)] if by_line else []))

    call, account = notices.seller.call, notices.account
    other, wish = request(notices.order()), request(notices.order())
    lose(notices.sandbox, fault, before(notices.sandbox, method, lambda: call.declare_shipment(account, other)))
    with pytest.raises(OutcomeUnknown):
        call.declare_shipment(account, wish, deadline_s=0.8)
    record = call.settle(account, OrderSource.declare_shipment, wish)
    assert record.state is EffectState.SETTLED
    assert call.declare_shipment(account, wish).tracking_number == wish.tracking_number
    assert len([sent for sent in asked(notices.sandbox, method) if wish.tracking_number in str(sent)]) == 1


def test_a_notice_that_never_arrived_stays_a_doubt(notices: Notices) -> None:
    call, account = notices.seller.call, notices.account
    other, order = notices.order(), notices.order()
    wish = notice(order, number())
    other, order = notices.order(), notices.order()
    wish = notice(order, number())
    skip = before(notices.sandbox, DECLARE, lambda: notices.declare(other, number()))
    notices.sandbox.inject({"kind": "status", "status": 502}, vendor="aliexpress", path="*", skip=skip)
    with pytest.raises(OutcomeUnknown):
        call.declare_shipment(account, wish)
    record = call.settle(account, OrderSource.declare_shipment, wish)
    assert record.state is not EffectState.SETTLED
    assert notices.known(order) == {}


def test_a_wrong_number_is_amended_as_often_as_the_platform_allows(notices: Notices) -> None:
    order, numbers = notices.order(), [number() for _ in range(4)]
    notices.declare(order, numbers[0])
    for old, new in itertools.pairwise(numbers[:3]):
        told = notices.seller.call.amend_shipment(notices.account, amendment(order, old, new))
        assert told.tracking_number == new
        assert set(notices.known(order)) == {new}
    with pytest.raises(Refused):
        notices.seller.call.amend_shipment(notices.account, amendment(order, numbers[2], numbers[3]))
    with pytest.raises(NotFound):
        notices.seller.call.amend_shipment(notices.account, amendment(order, "RV000000000CN", numbers[3]))


def test_one_of_two_parcels_is_amended(notices: Notices) -> None:
    order, first, second, right = notices.order(), number(), number(), number()
    notices.declare(order, first, whole(order, 0))
    notices.declare(order, second, whole(order, 1))
    notices.seller.call.amend_shipment(notices.account, amendment(order, first, right))
    assert notices.known(order) == {right: {order.lines[0].line_id}, second: {order.lines[1].line_id}}


@pytest.mark.parametrize("fault", ["status", "reset"])
def test_a_lost_answer_of_an_amendment_is_found(notices: Notices, fault: str) -> None:
    call, account = notices.seller.call, notices.account

    def declared() -> AmendShipment:
        order, first = notices.order(), number()
        notices.declare(order, first)
        return amendment(order, first, number())

    one, two = declared(), declared()
    skip = before(notices.sandbox, AMEND, lambda: call.amend_shipment(account, one))
    lose(notices.sandbox, fault, skip)
    with pytest.raises(OutcomeUnknown):
        call.amend_shipment(account, two)
    assert call.settle(account, OrderSource.amend_shipment, two).state is EffectState.SETTLED
    assert len([sent for sent in asked(notices.sandbox, AMEND) if two.old_number in str(sent)]) == 1


def test_an_order_that_went_while_nobody_looked_is_refused(notices: Notices) -> None:
    order = notices.order()
    notices.sandbox.admin("aliexpress", "freeze", order_id=order.order_id)
    with pytest.raises(Conflict):
        notices.declare(order, number())
    late = notices.order()
    first = number()
    notices.declare(late, first)
    notices.seller.pass_(6 * DAY)
    with pytest.raises(Refused):
        notices.seller.call.amend_shipment(notices.account, amendment(late, first, number()))


def amendment(order: Order, old: str, new: str) -> AmendShipment:
    return AmendShipment(order_id=order.order_id, old_number=old, tracking_number=new, carrier="chinapost")
