"""Rules of orders, notices, messages and reviews that no single exchange shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from xborder_aliexpress.money import read_money
from xborder_sdk.errors import Conflict, InvalidCursor, InvalidRequest, MalformedResponse, Refused
from xborder_sdk.hookspecs import (
    AmendShipment,
    DeclareShipment,
    GetOrder,
    ListDeclaredShipments,
    ListMessages,
    ListOrders,
    ListReviews,
)
from xborder_sdk.models import Cursor, OrderStatus, PaymentStatus
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Send

DETAIL = "aliexpress.trade.new.redefining.findorderbyid"
RECEIPT = "aliexpress.trade.redefining.findorderreceiptinfo"
SHIPMENTS = "aliexpress.logistics.querysellershipmentinfo"
SERVICES = "aliexpress.logistics.redefining.listlogisticsservice"
TAXATION = "aliexpress.taxation.platform.open.get"
REVIEWS = "aliexpress.evaluation.listorderevaluation.get"
ADDRESS = {"contact_person": "A", "detail_address": "Street 1", "city": "Paris", "country": "FR"}
NUMBER = "LX100000015CN"


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency_code": "USD"}


def line(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"child_order_id": str(10 + number), "order_sort_id": number, "product_count": 2, **changes}


def order(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "order_status": "WAIT_SELLER_SEND_GOODS",
        "logistics_status": "WAIT_SELLER_SEND_GOODS",
        "fund_status": "PAY_SUCCESS",
        "gmt_create": "2026-03-18 09:15:30",
        "buyerloginid": "fr1",
        "child_order_list": list(lines or (line(),)),
        **changes,
    }


def told(index: int, number: str = NUMBER, kind: str = "all") -> dict[str, Any]:
    shipment = {"logistics_no": number, "service_name": "CPAM"}
    return {"sub_trade_order_index": index, "send_type": kind, "shipment_list": [shipment]}


class Vendor:
    """Answers by method, and keeps what it was asked."""

    def __init__(self, detail: dict[str, Any] | None = None, *subs: dict[str, Any], **answers: Any) -> None:
        self.answers: dict[str, Any] = {
            DETAIL: {"target": detail or order()},
            RECEIPT: {"result": ADDRESS},
            SHIPMENTS: {"result_success": True, "sub_trade_order_list": list(subs)},
            SERVICES: {"result_success": True, "result_list": [{"service_name": "CPAM"}]},
            **answers,
        }
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, step: Send) -> Any:
        method = dict(step.query)["method"]
        form = {k: json.loads(v) if v[:1] in "{[" else v for k, v in parse_qsl((step.content or b"").decode())}
        self.asked.append((method, form))
        return self.answers.get(method, {"result_success": True, "result": {"success": True}})


def holds(found: Any) -> list[str]:
    return [hold.reason.value for hold in found.holds]


@pytest.fixture
def read(connector: Callable[..., Any], run: Callable[..., Any]) -> Callable[..., Any]:
    return lambda detail, **more: run(connector(), "get_order", GetOrder(order_id="1"), Vendor(detail, **more))


# --- reading


@pytest.mark.parametrize(
    ("money", "wanted"),
    [
        ({"amount": "1.01", "currency_code": "USD"}, "1.01 USD"),
        ({"amount": 1.5, "currency_code": "usd"}, "1.50 USD"),
        ({"amount": "0", "cent": 333100, "cent_factor": 100, "currency_code": "USD"}, "3331.00 USD"),
        ({"cent": "1200", "cent_factor": "1", "currency": {"currency_code": "JPY"}}, "1200 JPY"),
        ({"amount": "7.25", "cent": 725, "cent_factor": 3, "currency_code": "USD"}, "7.25 USD"),
        ({"amount": "7.25", "cent": 725, "cent_factor": 0, "currency_code": "USD"}, "7.25 USD"),
        ({"amount": "1.2345", "currency_code": "USD"}, "1.2345 USD"),
        ({"amount": "1.01"}, None),
        ({"amount": "1.01", "currency_code": "US$"}, None),
        ({"amount": "much", "currency_code": "USD"}, None),
        ({}, None),
    ],
)
def test_amounts(money: dict[str, Any], wanted: str | None) -> None:
    content = json.loads(json.dumps(money), parse_float=str)
    found = read_money(JsonObject({"m": content}), "m")
    assert (None if found is None else str(found)) == wanted


@pytest.mark.parametrize(
    ("whole", "net", "total", "collected"),
    [
        ("12.00", "10.00", "10.00 USD", "2.00 USD"),
        ("10.00", "10.00", "10.00 USD", None),
        ("9.00", "10.00", "10.00 USD", None),
        ("9.00", None, "9.00 USD", None),
    ],
)
def test_the_tax_that_the_platform_collects(
    read: Any, whole: str, net: str | None, total: str, collected: str | None
) -> None:
    found = read(order(new_order_amount=usd(whole), seller_order_amount=net and usd(net))).totals
    assert str(found.total) == total
    assert (None if found.collected_taxes is None else str(found.collected_taxes)) == collected


@pytest.mark.parametrize(
    ("refund", "payment", "reasons"),
    [
        ({"refund_status": "refund_ok", "refund_cash_amt": usd("10.00")}, PaymentStatus.REFUNDED, []),
        (
            {"refund_status": "refund_ok", "refund_cash_amt": usd("6.00"), "refund_coupon_amt": usd("4.00")},
            PaymentStatus.REFUNDED,
            [],
        ),
        ({"refund_status": "refund_ok", "refund_cash_amt": usd("9.99")}, PaymentStatus.PART_REFUNDED, []),
        ({"refund_status": "refund_ok"}, PaymentStatus.PART_REFUNDED, []),
        ({"refund_status": "wait_refund", "refund_cash_amt": usd("1.00")}, PaymentStatus.PAID, ["policy"]),
        ({"refund_status": "refund_cancel", "refund_cash_amt": usd("1.00")}, PaymentStatus.PAID, []),
    ],
)
def test_refunds(read: Any, refund: dict[str, Any], payment: PaymentStatus, reasons: list[str]) -> None:
    found = read(order(order_amount=usd("10.00"), refund_info=refund))
    assert found.payment is payment
    assert holds(found) == reasons


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"frozen_status": "SOFT_FROZEN"}, ["unknown_state"]),
        ({"issue_status": "NEAR_ISSUE"}, ["unknown_state"]),
        ({"issue_status": "IN_ISSUE"}, ["disputed"]),
        ({"issue_status": "END_ISSUE"}, []),
        ({"order_status": "IN_CANCEL"}, ["cancel_requested"]),
        ({"order_status": "FINISH"}, ["unknown_state"]),
    ],
)
def test_what_is_odd_about_a_line_holds_the_order(read: Any, changes: dict[str, Any], reasons: list[str]) -> None:
    assert holds(read(order(line(1), line(2, **changes)))) == reasons


def test_a_line_that_is_finished_holds_only_orders_to_ship(read: Any) -> None:
    over = order(line(1, order_status="FINISH"), order_status="FINISH", logistics_status="SELLER_SEND_GOODS")
    assert holds(read(over)) == []


@pytest.mark.parametrize(
    ("logistics", "reason", "status"),
    [
        ("BUYER_ACCEPT_GOODS", None, OrderStatus.DELIVERED),
        ("SELLER_SEND_GOODS", None, OrderStatus.SHIPPED),
        ("SELLER_SEND_GOODS", "buyer_confirm_goods", OrderStatus.DELIVERED),
        ("NO_LOGISTICS", "somebody_gave_up", OrderStatus.CANCELLED),
        ("WAIT_SELLER_SEND_GOODS", None, OrderStatus.CANCELLED),
        ("TELEPORTED", None, OrderStatus.UNKNOWN),
        (None, None, OrderStatus.UNKNOWN),
    ],
)
def test_how_a_finished_order_ended(read: Any, logistics: str, reason: str | None, status: OrderStatus) -> None:
    detail = order(order_status="FINISH", logistics_status=logistics, order_end_reason=reason)
    assert read(detail).status is status


@pytest.mark.parametrize(
    ("country", "mobile", "wanted"),
    [
        ("+33", "600000000", "+33 600000000"),
        ("33", "600000000", "+33 600000000"),
        ("33", "+33600000000", "+33600000000"),
        ("04", "600000000", "600000000"),
        (None, "600000000", "600000000"),
    ],
)
def test_phone_numbers(read: Any, country: str | None, mobile: str, wanted: str) -> None:
    receipt = {**ADDRESS, "mobile_no": mobile, "phone_country": country}
    assert read(order(), **{RECEIPT: {"result": receipt}}).ship_to.phone == wanted


def test_a_landline_where_there_is_no_mobile(read: Any) -> None:
    receipt = {**ADDRESS, "phone_country": "33", "phone_area": "1", "phone_number": "40000000"}
    assert read(order(), **{RECEIPT: {"result": receipt}}).ship_to.phone == "+33 1 40000000"


def test_an_address_that_is_told_nowhere(read: Any) -> None:
    no = {"error_response": {"code": 50, "sub_code": "isv.order-too-old"}}
    with pytest.raises(Refused):
        read(order(), **{RECEIPT: no})
    old = order(order_status="FINISH", logistics_status="BUYER_ACCEPT_GOODS")
    assert read(old, **{RECEIPT: no}).ship_to is None


@pytest.mark.parametrize("code", ["ApiCallLimit", "IncompleteSignature"])
def test_what_ends_the_whole_call_is_not_passed_over(read: Any, code: str) -> None:
    with pytest.raises(Refused) as raised:
        read(order(receipt_address=ADDRESS), **{RECEIPT: {"error_response": {"code": code}}})
    assert raised.value.code == code


def test_the_tax_number_of_the_platform_is_asked_for_once_a_day(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    account = connector()
    vendor = Vendor(order(line(already_taxed="I_TAXED")), **{TAXATION: {"result": {"data": {"ioss_number": "IM1"}}}})
    for hours in (0, 23, 25):
        account.now = lambda hours=hours: datetime(2026, 3, 20, tzinfo=UTC) + timedelta(hours=hours)
        found = run(account, "get_order", GetOrder(order_id="1"), vendor)
        assert found.collected_taxes[0].number.number == "IM1"
    assert [method for method, _ in vendor.asked].count(TAXATION) == 2


def test_orders_by_their_ids_in_pages_and_by_other_wishes(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    request = ListOrders(order_ids=tuple(str(n) for n in range(1, 46)))
    pages = []
    while True:
        page = run(connector(), "list_orders", request, Vendor())
        pages.append(len(page.items))
        if page.next is None:
            break
        request = request.replace(cursor=Cursor.parse(str(page.next)))
    assert pages == [20, 20, 5]
    made = datetime(2026, 3, 18, 16, 15, 30, tzinfo=UTC)
    for changes, count in (
        ({"created_from": made, "created_to": made}, 1),
        ({"created_from": made + timedelta(seconds=1)}, 0),
        ({"created_to": made - timedelta(seconds=1)}, 0),
        ({"statuses": (OrderStatus.SHIPPED,)}, 0),
        ({"statuses": (OrderStatus.AWAITING_SHIPMENT,)}, 1),
    ):
        wish = ListOrders(order_ids=("1",), **changes)  # type: ignore[arg-type]
        assert len(run(connector(), "list_orders", wish, Vendor()).items) == count


# --- notices


def declare(**changes: Any) -> DeclareShipment:
    return DeclareShipment(order_id="1", **{"tracking_number": NUMBER, "carrier_code": "CPAM", **changes})


def test_a_number_that_covers_other_lines_does_not_cover_this_one(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    vendor = Vendor(order(line(1), line(2)), told(1))
    wish = declare(lines=({"line_id": "12", "quantity": 2},))
    run(connector(), "declare_shipment", wish, vendor)
    method, form = vendor.asked[-1]
    assert method == "aliexpress.logistics.order.shipment"
    [sub] = form["param_aeop_seller_shipment_sub_trade_order_request"]["sub_trade_order_list"]
    assert sub["sub_trade_order_index"] == 2


def test_one_of_two_lines_is_declared_elsewhere(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    vendor = Vendor(order(line(1), line(2)), told(1, "LX100000024CN"))
    wish = declare(lines=({"line_id": "11", "quantity": 2}, {"line_id": "12", "quantity": 2}))
    with pytest.raises(Conflict):
        run(connector(), "declare_shipment", wish, vendor)


@pytest.mark.parametrize(
    "state",
    [
        "IN_CANCEL",
        "IN_ISSUE",
        "IN_FROZEN",
        "RISK_CONTROL",
        "FINISH",
        "PLACE_ORDER_SUCCESS",
        "WAIT_SELLER_EXAMINE_MONEY",
    ],
)
def test_states_that_take_no_notice(connector: Callable[..., Any], run: Callable[..., Any], state: str) -> None:
    with pytest.raises(Conflict, match=state):
        run(connector(), "declare_shipment", declare(), Vendor(order(order_status=state)))


def test_a_pattern_of_another_language_is_the_platforms_to_judge(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    services = {"result_list": [{"service_name": "CPAM", "tracking_no_regex": "^(?<x>[A-Z]++$"}]}
    found = run(connector(), "declare_shipment", declare(), Vendor(**{SERVICES: services}))
    assert found.tracking_number == NUMBER


def test_a_number_that_is_too_long(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    vendor = Vendor()
    with pytest.raises(InvalidRequest):
        run(connector(), "declare_shipment", declare(tracking_number="L" * 65), vendor)
    assert vendor.asked == []


def test_the_service_of_a_carrier_wins_over_the_carrier(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    services = {"result_list": [{"service_name": name} for name in ("CPAM", "EMS_ZX_ZX_US")]}
    for service, key in (("epacket", "EMS_ZX_ZX_US"), ("small-packet", "CPAM"), (None, "CPAM")):
        wish = declare(carrier_code=None, carrier="chinapost", service=service)
        found = run(connector(), "declare_shipment", wish, Vendor(**{SERVICES: services}))
        assert found.vendor_carrier == key


def test_a_notice_for_a_part_is_amended_as_one(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    wish = AmendShipment(order_id="1", old_number=NUMBER, tracking_number="LX100000024CN", carrier_code="CPAM")
    vendor = Vendor(order(line(1)), told(1, kind="part"))
    run(connector(), "amend_shipment", wish, vendor)
    assert vendor.asked[-1][1]["send_type"] == "part"
    vendor = Vendor(order(line(1), line(2)), told(1, kind="part"), told(2, "LX100000038CN"))
    run(connector(), "amend_shipment", wish, vendor)
    [sub] = vendor.asked[-1][1]["sub_trade_order_list"]
    assert (sub["sub_trade_order_index"], sub["send_type"]) == (1, "part")


def test_the_old_service_is_named_where_the_platform_does_not(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    sub = {"sub_trade_order_index": 1, "send_type": "all", "shipment_list": [{"logistics_no": NUMBER}]}
    wish = AmendShipment(order_id="1", old_number=NUMBER, tracking_number="LX100000024CN", carrier_code="CPAM")
    with pytest.raises(InvalidRequest) as raised:
        run(connector(), "amend_shipment", wish, Vendor(order(), sub))
    assert raised.value.field == "old_code"
    vendor = Vendor(order(), sub)
    run(connector(), "amend_shipment", wish.replace(old_code="EMS"), vendor)
    assert vendor.asked[-1][1]["old_service_name"] == "EMS"


def test_lines_without_numbers_are_counted(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    lines = [{k: v for k, v in line(n).items() if k != "order_sort_id"} for n in (1, 2)]
    vendor = Vendor(order(*lines), told(2))
    [found] = run(connector(), "list_declared_shipments", ListDeclaredShipments(order_id="1"), vendor)
    assert [each.line_id for each in found.lines] == ["12"]


# --- messages and reviews


def messages(**data: Any) -> dict[str, Any]:
    return {
        "aliexpress/message/session/open": {"result": {"success": True, "data": {"current_buyer_id": "7"}}},
        "aliexpress/message/list2": {"result": {"success": True, "data": data}},
    }


def test_a_conversation_that_does_not_lead_on(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    vendor = Vendor(**messages(has_more=True, next_start_time=5, last_message_id="m", message_list=[]))
    request = ListMessages(order_id="1")
    following = run(connector(), "list_messages", request, vendor).next
    assert following is not None
    with pytest.raises(MalformedResponse):
        run(connector(), "list_messages", request.replace(cursor=following), vendor)
    with pytest.raises(InvalidCursor):
        run(connector(), "list_messages", ListMessages(order_id="2", cursor=following), vendor)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"txt":"hello"}', "hello"),
        ('{"content":"hello"}', "hello"),
        ("hello", "hello"),
        ("{hello", "{hello"),
        ('{"other":1}', None),
        ({"txt": "hello"}, "hello"),
        (None, None),
    ],
)
def test_the_words_of_a_message(
    connector: Callable[..., Any], run: Callable[..., Any], content: Any, words: str | None
) -> None:
    item = {"message_id": 1, "template_id": "1", "from_account_type": "11", "content": content, "send_time": "1e3"}
    page = run(connector(), "list_messages", ListMessages(order_id="1"), Vendor(**messages(message_list=[item])))
    assert page.items[0].text == words
    assert page.items[0].sent_at == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_many_orders_are_asked_for_in_portions(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    vendor = Vendor(**{REVIEWS: {"target_list": []}})
    run(connector(), "list_reviews", ListReviews(order_ids=tuple(str(n) for n in range(120))), vendor)
    sizes = [len(form["trade_evaluation_request"]["parent_order_ids"]) for _, form in vendor.asked]
    assert sizes == [50, 50, 20]
