"""The connector behind the real client: tokens, retries, the ledger, a large order, and what nobody may see."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import httpx
import pytest

from xborder_aliexpress import AliexpressConnector
from xborder_sdk.client import Client
from xborder_sdk.errors import Conflict, OutcomeUnknown, Refused, UnsupportedOperation, XborderError
from xborder_sdk.hookspecs import (
    DeclareShipment,
    GetOrder,
    ListOrders,
    OrderSource,
    RefundOrder,
    RefundReason,
    SendMessage,
)
from xborder_sdk.models import Money

SECRET, REFRESH, ACCESS, ROTATED = "canary+secret/1", "canary^refresh 0", "canary access=1", "canary-rotated-1"
ORDER = "8190000000000017"
PEOPLE = ("Ottoline Fernwhistle", "Quillfeather Lane 7", "+44 7700 900123", "gb1900000001ottoline")
DETAIL = "aliexpress.trade.new.redefining.findorderbyid"
RECEIPT = "aliexpress.trade.redefining.findorderreceiptinfo"
SHIPMENTS = "aliexpress.logistics.querysellershipmentinfo"
SERVICES = "aliexpress.logistics.redefining.listlogisticsservice"
DECLARE = "aliexpress.logistics.sellershipmentfortop"


class Aliexpress:
    """Answers by method; the last answer of a list stays.

    Attributes:
        seen: Every request but those for tokens.
        refreshed_with: The refresh tokens it was shown.
    """

    def __init__(self) -> None:
        self.answers: dict[str, list[Any]] = {}
        self.seen: list[httpx.Request] = []
        self.refreshed_with: list[str] = []

    def on(self, method: str, *answers: Any) -> None:
        self.answers[method] = list(answers)

    def methods(self) -> list[str]:
        return [request.url.params["method"] for request in self.seen]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/rest/auth/token/refresh":
            self.refreshed_with.append(dict(parse_qsl(request.content.decode()))["refresh_token"])
            token = {"code": "0", "access_token": ACCESS, "refresh_token": ROTATED, "expires_in": 3600}
            return httpx.Response(200, json=token)
        self.seen.append(request)
        left = self.answers[request.url.params["method"]]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


@pytest.fixture
def vendor() -> Aliexpress:
    found = Aliexpress()
    found.on(DETAIL, {"target": order()})
    found.on(RECEIPT, {"result": ADDRESS})
    found.on(SHIPMENTS, {"result_success": True})
    found.on(SERVICES, {"result_success": True, "result_list": [{"service_name": "CPAM"}]})
    return found


ADDRESS = {
    "contact_person": PEOPLE[0],
    "detail_address": PEOPLE[1],
    "city": "Leeds",
    "zip": "LS1 1AA",
    "country": "UK",
    "mobile_no": PEOPLE[2],
}


def order(lines: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": int(ORDER),
        "order_status": "WAIT_SELLER_SEND_GOODS",
        "logistics_status": "WAIT_SELLER_SEND_GOODS",
        "fund_status": "PAY_SUCCESS",
        "frozen_status": "NO_FROZEN",
        "gmt_create": "2026-03-18 09:15:30",
        "gmt_modified": "2026-03-18 10:00:00",
        "buyerloginid": PEOPLE[3],
        "buyer_signer_fullname": PEOPLE[0],
        "child_order_list": [
            {
                "child_order_id": str(int(ORDER) + n),
                "order_sort_id": n,
                "product_count": n,
                "product_name": "创意复古蓝牙无线耳机立体声降噪运动防水超长待机黑色礼盒装",
                "sku_code": f"SKU-{n}",
                "order_status": "WAIT_SELLER_SEND_GOODS",
                "product_price": {"amount": "0", "cent": 333100, "cent_factor": 100, "currency_code": "USD"},
            }
            for n in range(1, lines + 1)
        ],
        **changes,
    }


@pytest.fixture
def client(vendor: Aliexpress, tmp_path: Path) -> Iterator[Callable[..., Client]]:
    opened: list[Client] = []

    def make(**settings: Any) -> Client:
        account = {"connector": "aliexpress", "app_key": "123456", "app_secret": SECRET, "refresh_token": REFRESH}
        opened.append(
            Client(
                accounts={"shop": {**account, "carriers": {"chinapost": "CPAM"}, "max_attempts": 2, **settings}},
                store=tmp_path / "ledger.sqlite",
                connectors=[AliexpressConnector],
                transport=httpx.MockTransport(vendor),
                random=lambda: 0.0,
            )
        )
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def declare(**changes: Any) -> DeclareShipment:
    return DeclareShipment(order_id=ORDER, **{"tracking_number": "LX100000015CN", "carrier": "chinapost", **changes})


def test_what_a_list_names_is_read_whole(client: Any, vendor: Aliexpress) -> None:
    item = {"order_id": int(ORDER), "gmt_create": "2026-03-18 09:15:30", "gmt_update": "2026-03-18 10:00:00"}
    vendor.on("aliexpress.trade.seller.orderlist.get", {"result": {"target_list": [item]}}, {"result": {}})
    start = datetime(2026, 3, 18, 16, tzinfo=UTC)
    [found] = client().iter_orders("shop", ListOrders(created_from=start, created_to=start + timedelta(hours=1)))
    assert (found.order_id, found.ship_to.country) == (ORDER, "GB")
    assert vendor.refreshed_with == [REFRESH]
    assert vendor.seen[0].url.params["session"] == ACCESS


def test_the_youngest_refresh_token_outlives_the_client(client: Any, vendor: Aliexpress) -> None:
    expired = {"error_response": {"type": "ISV", "code": "IllegalAccessToken", "msg": "expired"}}
    client().get_order("shop", GetOrder(order_id=ORDER))
    vendor.on(DETAIL, expired, {"target": order()})
    client(order_list="seller", decrypt=False).get_order("shop", GetOrder(order_id=ORDER))
    assert vendor.refreshed_with == [REFRESH, ROTATED]


def test_an_order_of_sixty_lines(client: Any, vendor: Aliexpress) -> None:
    vendor.on(DETAIL, {"target": order(60)})
    found = client().get_order("shop", GetOrder(order_id=ORDER))
    assert [line.quantity for line in found.lines] == list(range(1, 61))
    assert len(found.lines[0].title.encode()) > 60
    assert str(found.lines[0].unit_price) == "3331.00 USD"


def test_a_notice_goes_out_once(client: Any, vendor: Aliexpress) -> None:
    vendor.on(DECLARE, {"result_success": True})
    first = client().declare_shipment("shop", declare())
    again = client().declare_shipment("shop", declare())
    assert first == again
    assert vendor.methods().count(DECLARE) == 1


def test_a_notice_without_an_answer_is_found_by_its_number(client: Any, vendor: Aliexpress) -> None:
    vendor.on(DECLARE, httpx.ReadTimeout("silence"))
    shop = client()
    with pytest.raises(OutcomeUnknown):
        shop.declare_shipment("shop", declare())
    assert vendor.methods().count(DECLARE) == 1
    vendor.on(SHIPMENTS, {"result_success": True, "sub_trade_order_list": [
        {"sub_trade_order_index": 1, "send_type": "all", "shipment_list": [
            {"service_name": "CPAM", "logistics_no": "LX100000015CN"}]}]})  # fmt: skip
    record = shop.settle("shop", OrderSource.declare_shipment, declare())
    assert record.state.value == "settled"
    assert shop.declare_shipment("shop", declare()).tracking_number == "LX100000015CN"
    assert vendor.methods().count(DECLARE) == 1


def test_a_refused_notice_may_be_tried_again(client: Any, vendor: Aliexpress) -> None:
    no = {"result_success": False, "result_error_code": "B_1", "result_error_desc": "not yet"}
    vendor.on(DECLARE, no, {"result_success": True})
    shop = client()
    with pytest.raises(Refused) as refused:
        shop.declare_shipment("shop", declare())
    assert refused.value.code == "B_1"
    assert shop.declare_shipment("shop", declare()).tracking_number == "LX100000015CN"


def test_a_throttled_notice_waits_and_goes_out(client: Any, vendor: Aliexpress, monkeypatch: Any) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    slow = {
        "error_response": {"code": 7, "msg": "App Call Limited", "sub_msg": "This ban will last for 1 more seconds"}
    }
    vendor.on(DECLARE, slow, {"result_success": True})
    client().declare_shipment("shop", declare())
    assert vendor.methods().count(DECLARE) == 2


def test_there_are_no_refunds(client: Any) -> None:
    wish = RefundOrder(order_id=ORDER, reason=RefundReason.OTHER, amount=Money(amount="1", currency="USD"))  # type: ignore[arg-type]
    with pytest.raises(UnsupportedOperation, match="dispute"):
        client().refund_order("shop", wish)


# --- canaries

ECHO = (
    f"order of {PEOPLE[0].upper()}, {PEOPLE[1]} {PEOPLE[2]} ({PEOPLE[3]}); session={quote_plus(ACCESS)} {ACCESS}; "
    f"secret {SECRET} {quote_plus(SECRET)}; refresh {REFRESH} {ROTATED}; sign=" + "AB12" * 16
)
TROUBLES: dict[str, Any] = {
    "refused": {
        "error_response": {"code": 50, "msg": "x", "sub_code": "isv.odd", "sub_msg": ECHO, "request_id": ACCESS}
    },
    "throttled for long": {
        "error_response": {"code": 7, "sub_msg": f"This ban will last for 9000 more seconds {ECHO}"}
    },
    "inside a good envelope": {"result_success": False, "result_error_code": SECRET, "result_error_desc": ECHO},
    "broken down": {"result_success": False, "result_error_code": "-1", "result_error_desc": f"System error! {ECHO}"},
    "a web page": httpx.Response(200, text=f"<html>{ECHO}</html>"),
    "a status": httpx.Response(500, text=ECHO),
    "cut": httpx.Response(200, content=f'{{"x": "{ECHO}'.encode()),
    "silence": httpx.ReadTimeout("silence"),
    "no connection": httpx.ConnectError("nobody is there"),
}


def told(error: BaseException | None) -> str:
    parts: list[str] = []
    while error is not None:
        parts += [str(error), repr(error), repr(error.args), repr(vars(error))]
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        trace.stack[:] = [
            frame
            for frame in trace.stack
            if "/xborder_sdk/" in frame.filename or "/xborder_aliexpress/" in frame.filename
        ]
        parts += trace.format()
        if isinstance(error, XborderError):
            parts.append(repr(error.facts()))
        error = error.__cause__ or error.__context__
    return "\n".join(parts)


@pytest.mark.parametrize("operation", ["read", "declare", "write"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_secret_or_personal_is_told(
    client: Any, vendor: Aliexpress, caplog: pytest.LogCaptureFixture, operation: str, trouble: str
) -> None:
    caplog.set_level(logging.DEBUG)
    shop = client(max_attempts=1)
    shop.get_order("shop", GetOrder(order_id=ORDER))  # a token is there, and the buyer has been met
    send = "aliexpress/message/send"
    vendor.on("aliexpress/message/session/open", {"result": {"success": True, "data": {"current_buyer_id": 1}}})
    vendor.on({"read": DETAIL, "declare": DECLARE, "write": send}[operation], TROUBLES[trouble])
    words = SendMessage(order_id=ORDER, text=f"Dear {PEOPLE[0]}", buyer_id=PEOPLE[3])
    act = {
        "read": lambda: shop.get_order("shop", GetOrder(order_id=ORDER)),
        "declare": lambda: shop.declare_shipment("shop", declare()),
        "write": lambda: shop.send_message("shop", words),
    }[operation]
    with pytest.raises(XborderError) as raised:
        act()
    shown = told(raised.value) + caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    shown += repr(shop) + repr(AliexpressConnector)
    canaries = [SECRET, REFRESH, ACCESS, ROTATED, *PEOPLE, "Fernwhistle", "Quillfeather", "900123", "AB12AB12"]
    folded = shown.casefold()
    assert [word for word in canaries if word.casefold() in folded] == []
    assert [word for word in canaries[:4] if quote_plus(word).casefold() in folded] == []
    assert not [word for word in ("session=", "sign=", "app_key=") if word in caplog.text]


def test_settings_show_no_secret(connector: Callable[..., Any]) -> None:
    account = connector()
    for text in (repr(account), repr(account.settings), str(account.settings), repr(account.calls)):
        assert "canary" not in text


def test_a_conflict_is_told_before_anything_is_sent(client: Any, vendor: Aliexpress) -> None:
    vendor.on(DETAIL, {"target": order(order_status="IN_FROZEN", frozen_status="IN_FROZEN")})
    with pytest.raises(Conflict, match="IN_FROZEN"):
        client().declare_shipment("shop", declare())
    assert DECLARE not in vendor.methods()
    assert json.loads(dict(parse_qsl(vendor.seen[0].content.decode()))["param1"]) == {"order_id": int(ORDER)}
