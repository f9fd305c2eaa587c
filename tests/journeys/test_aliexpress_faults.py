"""Bad days of the gateway, and what nobody may ever read of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.aliexpress import (
    CALLBACK,
    OVERSEAS,
    SHOP,
    Seller,
    asked,
    before,
    consent,
    ledger_bytes,
    lose,
    marketplace,
    selling,
)
from tests.journeys.test_aliexpress_shipping import CREATE, Desk, to

from xborder_sdk.errors import (
    AnswerTooLarge,
    AuthenticationFailed,
    InvalidRequest,
    MalformedResponse,
    PermissionDenied,
    Refused,
    Throttled,
    VendorDown,
    XborderError,
)
from xborder_sdk.hookspecs import (
    AcceptDispute,
    DeclareShipment,
    GetDispute,
    GetOrder,
    ListDisputes,
    ListMessages,
    ListOrders,
    SendMessage,
)
from xborder_sdk.models import DisputeKind, DisputeStatus, HoldReason, OrderStatus, PaymentStatus
from xborder_sdk.runtime import call
from xborder_sdk.runtime.commands import Invoke

DETAIL = "aliexpress.trade.new.redefining.findorderbyid"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    with marketplace() as handle:
        yield handle


@pytest.fixture(params=["sync", "async"])
def seller(request: pytest.FixtureRequest, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seller]:
    """A seller whose waits take no time but the platform's."""
    with selling(sandbox, request.param) as made:
        made.waited = []  # type: ignore[attr-defined]

        def wait(seconds: float) -> None:
            made.waited.append(seconds)  # type: ignore[attr-defined]
            made.pass_(seconds)

        monkeypatch.setattr(call, "Wait", lambda seconds: Invoke(wait, (seconds,)))
        yield made
    sandbox.world.faults.clear()
    sandbox.admin("aliexpress", "settings", calls_per_second=0, calls_per_day=0)
    sandbox.admin("aliexpress", "forbid", apis=[])


@pytest.fixture
def order_id(seller: Seller) -> str:
    return seller.orders()["Odile Varenne"].order_id


def error(code: str, sub_code: str | None = None, **more: str) -> dict[str, Any]:
    told = {"code": code, "msg": "trouble", "request_id": "r-1", **more}
    return {
        "kind": "status",
        "status": 200,
        "body": {"error_response": told | ({"sub_code": sub_code} if sub_code else {})},
    }


def test_the_limit_of_a_second_is_waited_for(seller: Seller, sandbox: Any) -> None:
    known = seller.orders()
    sandbox.admin("aliexpress", "settings", calls_per_second=2)
    assert {order.order_id for order in seller.orders().values()} == {order.order_id for order in known.values()}
    assert seller.waited  # type: ignore[attr-defined]


def test_the_limit_of_a_day_is_told(seller: Seller, sandbox: Any, order_id: str) -> None:
    sandbox.admin("aliexpress", "settings", calls_per_day=1)
    with pytest.raises(Throttled) as refused:
        seller.order(order_id)
    assert refused.value.code == "AppCallLimit"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 429, "retry_after": 3},
        {"kind": "html"},
        {"kind": "half"},
        {"kind": "truncated"},
        {"kind": "empty"},
        {"kind": "reset"},
        {"kind": "close"},
        error("ApiCallLimit"),
        error("15", "isp.remote-service-error", type="ISP"),
        error("UnknownRuntimeException"),
        error("ServiceTimeout"),
        error("IllegalAccessToken"),
    ],
    ids=lambda fault: str(fault.get("body", {}).get("error_response", {}).get("code", fault["kind"])),
)
def test_a_moment_of_trouble_is_waited_out(seller: Seller, sandbox: Any, order_id: str, fault: dict[str, Any]) -> None:
    sandbox.inject(fault, vendor="aliexpress", path="/sync")
    assert seller.order(order_id).order_id == order_id


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "html"}, VendorDown),
        ({"kind": "huge"}, AnswerTooLarge),
        ({"kind": "gzip_bomb"}, AnswerTooLarge),
        (error("15", "isp.remote-service-error", type="ISP"), VendorDown),
        (error("InsufficientPermission"), PermissionDenied),
        (error("IncompleteSignature"), AuthenticationFailed),
        (error("ABrandNewCode"), Refused),
        (error("15", "isv.something-new"), Refused),
        ({"kind": "mutate", "path": "target.id", "op": "drop"}, MalformedResponse),
        ({"kind": "mutate", "path": "target.gmt_create", "op": "null"}, MalformedResponse),
    ],
    ids=lambda value: (
        None if isinstance(value, type) else str(value.get("path", value.get("body", value["kind"])))[:60]
    ),
)
def test_lasting_trouble_has_a_name(
    seller: Seller, sandbox: Any, order_id: str, fault: dict[str, Any], kind: type[Exception]
) -> None:
    sandbox.inject(fault, vendor="aliexpress", path="/sync", times=None)
    with pytest.raises(kind):
        seller.order(order_id)


@pytest.mark.parametrize(
    ("path", "reads", "reason"),
    [
        ("target.order_status", ("status", OrderStatus.UNKNOWN), HoldReason.UNKNOWN_STATE),
        ("target.fund_status", ("payment", PaymentStatus.UNKNOWN), None),
        ("target.frozen_status", ("status", OrderStatus.AWAITING_SHIPMENT), HoldReason.UNKNOWN_STATE),
        ("target.issue_status", ("status", OrderStatus.AWAITING_SHIPMENT), HoldReason.UNKNOWN_STATE),
    ],
)
def test_a_word_that_nobody_knows_is_unknown_and_holds(
    seller: Seller, sandbox: Any, order_id: str, path: str, reads: tuple[str, Any], reason: HoldReason | None
) -> None:
    sandbox.inject({"kind": "unknown_code", "path": path, "value": "BRAND_NEW"}, vendor="aliexpress", path="/sync")
    order = seller.order(order_id)
    assert getattr(order, reads[0]) is reads[1]
    assert reason is None or reason in {hold.reason for hold in order.holds}


def test_an_unknown_word_in_a_dispute_and_a_list(seller: Seller, sandbox: Any) -> None:
    (claim,) = seller.call.iter_disputes(SHOP, ListDisputes(kinds=(DisputeKind.CLAIM,)))
    read = GetDispute(dispute_id=claim.dispute_id, kind=claim.kind)
    fault = {"kind": "unknown_code", "path": "result_object.reverse_detail_status", "value": "BRAND_NEW"}
    skip = before(sandbox, "aliexpress.issue.detail.get", lambda: seller.call.get_dispute(SHOP, read))
    sandbox.inject(fault, vendor="aliexpress", path="/sync", skip=skip)
    odd = seller.call.get_dispute(SHOP, read)
    assert (odd.status, odd.vendor_status) == (DisputeStatus.UNKNOWN, "BRAND_NEW")
    assert odd.respond_by == claim.respond_by  # nobody may miss a deadline for a word
    sandbox.inject(
        {"kind": "unknown_code", "path": "result.target_list.*.order_status", "value": "BRAND_NEW"},
        vendor="aliexpress",
        path="/sync",
    )
    page = seller.call.list_orders(SHOP, ListOrders())
    assert page.items


def test_an_api_without_permission_says_what_to_do(seller: Seller, sandbox: Any, order_id: str) -> None:
    sandbox.admin("aliexpress", "forbid", apis=[DETAIL])
    with pytest.raises(PermissionDenied) as refused:
        seller.order(order_id)
    assert "console" in (refused.value.hint or "")


# -- what nobody may read ----------------------------------------------------------------------------------------------


def test_no_secret_and_no_buyer_is_in_anything_told(
    sandbox: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "Wait", lambda seconds: Invoke(lambda: None, ()))
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    for driver in ("sync", "async"):
        with selling(sandbox, driver, tmp_path / f"{driver}.db") as seller:
            told.append(repr(seller.call.client))
            told += [text for action in actions(seller, sandbox) for text in heard(action)]
    shop = sandbox.sandbox.vendors["aliexpress"]._shop.tokens
    names = ("session", "access_token", "refresh_token", "sign", "code")
    used = {sent[name] for sent in asked(sandbox) for name in names if name in sent}
    secrets = {shop.app_secret, *shop.access, *shop.refresh, *used}
    assert len(secrets) > 50
    people = {"Varenne", "Tilleuls", "Pendlebury", "Larkfield", "Łąka", "Feldkamp", "Lindenstraße", "Monteiro"}
    people |= {"Canaria", "0639980042", "07700900271", "00000000191", "Carvalhal"}
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert logged
    assert len(told) > 50
    for text in (logged, *told):
        assert not [secret for secret in secrets if secret in text]
        assert not [word for word in people if word in text], text[:2000]
    kept = ledger_bytes(tmp_path)
    assert shop.app_secret.encode() not in kept
    assert not [word for word in people if word.encode() in kept]


def heard(action: Callable[[], Any]) -> list[str]:
    """What is shown of an action, however it ends."""
    try:
        return [repr(action())]
    except XborderError as error:
        return [str(error), repr(error), str(error.__dict__), repr(error.__cause__)]


def actions(seller: Seller, sandbox: Any) -> Iterator[Callable[[], Any]]:
    """A day on which much goes wrong."""
    sandbox.admin("aliexpress", "consent", auto=OVERSEAS)
    code = consent(seller.call.consent_url(OVERSEAS, "state", CALLBACK))["code"]
    exchange = partial(seller.call.exchange_code, OVERSEAS, code, CALLBACK)
    yield exchange
    yield exchange
    for account in (SHOP, OVERSEAS):
        yield partial(seller.call.whoami, account)
        yield partial(seller.call.list_orders, account, ListOrders())
    desk = Desk(seller, CREATE)
    order = desk.order(memo="Canaria's own words")
    place = order.ship_to
    assert place is not None
    yield partial(seller.call.list_messages, SHOP, ListMessages(order_id=order.order_id))
    yield partial(seller.call.send_message, SHOP, SendMessage(order_id=order.order_id, text="Dear Canaria"))
    for kind in ("html", "reset", "half", "truncated", "empty"):
        sandbox.inject({"kind": kind}, vendor="aliexpress", path="*", times=None)
        yield partial(seller.order, order.order_id)
        sandbox.world.faults.clear()
    echo = f"bad address of {place.name}, {place.lines[0]}, {place.phone}"
    for skip in (0, 2, 3, 4):
        sandbox.inject(error("15", "isv.odd", sub_msg=echo), vendor="aliexpress", path="*", skip=skip)
        yield partial(desk.buy, order)
        sandbox.world.faults.clear()
    yield partial(desk.buy, order, **to(order, lines=("Canaria street 🌳",)))
    lose(sandbox, "status", 3)
    notice = DeclareShipment(order_id=order.order_id, tracking_number="RV123456785CN", carrier_code="CPAM")
    yield partial(seller.call.declare_shipment, SHOP, notice)
    sandbox.world.faults.clear()
    yield partial(seller.call.get_order, SHOP, GetOrder(order_id="Canaria"))
    for kind in (DisputeKind.CLAIM, DisputeKind.PAYMENT_DISPUTE):
        wrong = AcceptDispute(dispute_id="12", kind=kind, note="Dear Canaria")
        yield partial(seller.call.accept_dispute, SHOP, wrong)
    sandbox.admin("aliexpress", "revoke", account=OVERSEAS)
    sandbox.admin("aliexpress", "expire_tokens")
    yield partial(seller.call.whoami, OVERSEAS)
    yield partial(seller.call.whoami, SHOP)


def test_an_order_number_that_is_none_is_not_asked_for(seller: Seller, sandbox: Any) -> None:
    known = len(asked(sandbox))
    for wrong in ("12-34", "١٢٣", "1e5", " 1", "9" * 30 + "x"):
        with pytest.raises(InvalidRequest):
            seller.order(wrong)
    assert len(asked(sandbox)) == known
