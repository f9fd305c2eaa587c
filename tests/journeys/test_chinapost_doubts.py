"""Purchases whose answer was lost, refusals, and what of them is seen, over both of China Post's transports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.journeys.post import COLOURS, Post, customer_of, post, purchase

from xborder_sdk.documents import LabelDocument, read_barcodes
from xborder_sdk.errors import (
    AlreadyDone,
    AuthenticationFailed,
    OutcomeUnknown,
    PermissionDenied,
    Refused,
    XborderError,
)
from xborder_sdk.hookspecs import CancelShipment, GetDocuments, LogisticsProvider
from xborder_sdk.ledger import EffectState

ORDERS = {"gateway": "*/api/open", "pcp": "*/OrderReceiveBack"}
LOST: dict[str, dict[str, Any]] = {
    "502": {"kind": "status", "status": 502, "after": True},
    "500 with words": {"kind": "status", "status": 500, "body": {"success": "false", "reason": "S06"}, "after": True},
    "silence": {"kind": "silence", "after": True},
    "reset": {"kind": "reset", "after": True},
    "close": {"kind": "close", "after": True},
    "half": {"kind": "half"},
    "truncated": {"kind": "truncated"},
    "html": {"kind": "html"},
    "empty": {"kind": "empty"},
    "huge": {"kind": "huge", "bytes": 5_000_000},
    "gzip bomb": {"kind": "gzip_bomb", "bytes": 5_000_000},
}


@pytest.fixture(params=COLOURS)
def colour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["gateway", "pcp"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def customer(colour: str, transport: str) -> Iterator[Post]:
    with post(colour, transport, timeout_s=0.4, max_answer_bytes=1_000_000) as made:
        yield made


@pytest.mark.parametrize("lost", LOST)
def test_a_lost_answer_is_a_doubt_and_never_repeated(customer: Post, transport: str, lost: str) -> None:
    customer.sandbox.inject(LOST[lost], vendor="chinapost", path=ORDERS[transport])
    with pytest.raises(OutcomeUnknown) as caught:
        customer.create_shipment(purchase())
    assert caught.value.hint
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            customer.create_shipment(purchase())
    assert customer.settle(LogisticsProvider.create_shipment, purchase()).state is not EffectState.SETTLED
    (held,) = customer.held()
    assert customer.asked() == 1
    (doubt,) = customer.caller.store.doubts(customer.account)
    assert doubt.reference == held["order_no"], "what a person looks for in the customer site"


def resolve(customer: Post, happened: str | None) -> None:
    """What `xborder review NO --happened NUMBER` and `--not-happened` do."""
    (doubt,) = customer.caller.store.doubts(customer.account)
    customer.caller.store.resolve(
        doubt.intent,
        doubt.attempt,
        happened=happened is not None,
        outcome_id=happened,
        resolved_by="operator",
        reason="looked up in the customer site",
    )


def test_a_person_finds_the_number_in_the_customer_site(customer: Post, transport: str) -> None:
    customer.sandbox.inject(LOST["reset"], vendor="chinapost", path=ORDERS[transport])
    with pytest.raises(OutcomeUnknown):
        customer.create_shipment(purchase())
    (held,) = customer.held()
    resolve(customer, held["number"])
    with pytest.raises(AlreadyDone) as told:
        customer.create_shipment(purchase())
    assert told.value.outcome_id == held["number"]
    (paper,) = customer.get_documents(GetDocuments(waybill=held["number"]))
    assert [code.text for code in read_barcodes(LabelDocument.read(paper.content))] == [held["number"]]
    assert customer.asked(ORDERS["pcp"]) == (1 if transport == "pcp" else 0)
    assert len(customer.held()) == 1


def test_a_person_sees_that_there_is_none(customer: Post, transport: str) -> None:
    customer.sandbox.inject({"kind": "reset"}, vendor="chinapost", path=ORDERS[transport])
    with pytest.raises(OutcomeUnknown):
        customer.create_shipment(purchase())
    assert customer.held() == []
    resolve(customer, None)
    again = purchase(attempt=2)
    assert customer.create_shipment(again).waybill == customer.held()[0]["number"]


def test_a_person_who_errs_buys_no_second_parcel(customer: Post, transport: str) -> None:
    """Said not to have happened though it had: the same attempt carries the same number, which is taken once."""
    customer.sandbox.inject(LOST["502"], vendor="chinapost", path=ORDERS[transport])
    with pytest.raises(OutcomeUnknown):
        customer.create_shipment(purchase())
    resolve(customer, None)
    with pytest.raises(OutcomeUnknown) as caught:
        customer.create_shipment(purchase())
    assert len(customer.held()) == 1
    assert customer.asked() == 2
    assert "B06" in (caught.value.reason or "")
    assert "customer site" in (caught.value.hint or "")


def test_two_ledgers_of_one_seller_share_the_order_s_number(customer: Post, colour: str) -> None:
    bought = customer.create_shipment(purchase())
    with customer_of(customer, colour) as stranger:
        with pytest.raises(OutcomeUnknown) as caught:
            stranger.create_shipment(purchase())
        assert "customer site" in (caught.value.hint or "")
        (doubt,) = stranger.caller.store.doubts(stranger.account)
        assert doubt.reference == bought.reference
    assert [held["number"] for held in customer.held()] == [bought.waybill]


def test_a_lost_cancellation_is_a_doubt_too(customer: Post) -> None:
    bought = customer.create_shipment(purchase())
    customer.sandbox.inject(LOST["502"], vendor="chinapost", path="*/cancelOrder")
    wish = CancelShipment(waybill=bought.waybill)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            customer.cancel_shipment(wish)
    assert customer.asked("*/cancelOrder") == 1
    assert customer.held()[0]["cancelled"]


# -- numbers of the pool -----------------------------------------------------------------------------------------------


@pytest.fixture
def pooled(colour: str) -> Iterator[Post]:
    with post(colour, "pcp", numbers="pool", timeout_s=0.4, max_answer_bytes=1_000_000) as made:
        yield made


@pytest.mark.parametrize("lost", ["502", "silence", "half", "html"])
def test_an_allocation_is_not_repeated(pooled: Post, lost: str) -> None:
    pooled.sandbox.inject(LOST[lost], vendor="chinapost", path="*/barCodeService")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            pooled.create_shipment(purchase())
    assert pooled.asked("*/barCodeService") == 1
    assert pooled.held() == []


@pytest.mark.parametrize("lost", ["502", "silence", "reset", "half", "empty"])
def test_the_order_of_an_allocated_number_is_sent_until_it_is_known(pooled: Post, lost: str) -> None:
    pooled.sandbox.inject(LOST[lost], vendor="chinapost", path="*/orderReceive")
    try:
        bought = pooled.create_shipment(purchase())
    except OutcomeUnknown:
        bought = pooled.create_shipment(purchase())
    (held,) = pooled.held()
    assert (held["number"], held["order_no"]) == (bought.waybill, bought.reference)
    assert pooled.asked("*/barCodeService") == 1


def test_a_fresh_number_is_checked_for_ten_minutes(pooled: Post) -> None:
    pooled.sandbox.admin("chinapost", "settings", number_check=600)
    with pytest.raises(OutcomeUnknown) as caught:
        pooled.create_shipment(purchase())
    assert "ten minutes" in str(caught.value)
    assert pooled.held() == []
    pooled.pass_(601)
    bought = pooled.create_shipment(purchase())
    assert [held["number"] for held in pooled.held()] == [bought.waybill]
    assert pooled.asked("*/barCodeService") == 1


# -- keys and clocks ---------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[str, dict[str, Any], type[Refused], str]] = {
    "authorization": ("gateway", {"authorization": "sandbox-post-of-another"}, PermissionDenied, "authorization"),
    "sm4_key": ("gateway", {"sm4_key": "MDEyMzQ1Njc4OWFiY2RlZg=="}, AuthenticationFailed, "keys"),
    "digest_key": ("pcp", {"digest_key": "sandbox-digest-of-another"}, AuthenticationFailed, "keys"),
    "gateway's sender_no": ("gateway", {"sender_no": "1199999999999"}, PermissionDenied, "sender_no"),
    "pcp's sender_no": ("pcp", {"sender_no": "1199999999999"}, PermissionDenied, "sender_no"),
    "mail_type": ("gateway", {"mail_type": "ANOTHERSHOP"}, PermissionDenied, "mail_type"),
    "wh_code": ("pcp", {"wh_code": "00000000"}, Refused, "wh_code"),
    "product": ("gateway", {"products": {"444": "epacket"}}, Refused, "products"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_the_account_is_said(colour: str, what: str) -> None:
    transport, settings, error, word = WRONG[what]
    with post(colour, transport, **settings) as customer:
        with pytest.raises(error) as caught:
            customer.create_shipment(purchase(next(iter(settings.get("products", {"019": ""})))))
        assert word in (caught.value.hint or "")
        assert not isinstance(caught.value, OutcomeUnknown)
        assert customer.held() == []
        assert not customer.caller.store.doubts(customer.account)


def test_a_wrong_key_for_labels_is_said(colour: str) -> None:
    with post(colour, "gateway", ak="sandbox-ak-of-another") as customer:
        bought = customer.create_shipment(purchase())
        with pytest.raises(PermissionDenied) as caught:
            customer.get_documents(GetDocuments(waybill=bought.waybill))
        assert "labels ak" in (caught.value.hint or "")


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_clock_that_is_wrong_is_said(colour: str, seconds: float) -> None:
    with post(colour, "gateway") as customer:
        customer.turned.pass_(seconds)
        with pytest.raises(Refused) as caught:
            customer.create_shipment(purchase())
        assert caught.value.code == "B02"
        assert "clock" in (caught.value.hint or "")
        assert customer.held() == []
        customer.turned.pass_(-seconds)
        assert customer.create_shipment(purchase()).waybill


@pytest.mark.parametrize(("funds", "code"), [("low", "B14"), ("frozen", "B15")])
def test_no_money_is_no_purchase(customer: Post, funds: str, code: str) -> None:
    customer.sandbox.admin("chinapost", "settings", funds=funds)
    with pytest.raises(PermissionDenied) as caught:
        customer.create_shipment(purchase())
    assert caught.value.code == code
    customer.sandbox.admin("chinapost", "settings", funds="good")
    assert customer.create_shipment(purchase()).waybill


# -- answers that are odd ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["html", "huge", "gzip bomb", "empty", "truncated"])
def test_a_label_that_is_none_is_an_error_of_ours(customer: Post, transport: str, fault: str) -> None:
    bought = customer.create_shipment(purchase())
    path = ORDERS["gateway"] if transport == "gateway" else "*/surface/download"
    customer.sandbox.inject(LOST[fault], vendor="chinapost", path=path, times=9)
    if fault == "truncated" and transport == "pcp":
        (paper,) = customer.get_documents(GetDocuments(waybill=bought.waybill))
        with pytest.raises(XborderError):
            LabelDocument.read(paper.content)
        return
    with pytest.raises(XborderError):
        customer.get_documents(GetDocuments(waybill=bought.waybill))


def test_a_refusal_with_a_code_nobody_knows(customer: Post, transport: str) -> None:
    body = (
        {"success": False, "retCode": "Z99", "retMsg": "新的错误"}
        if transport == "gateway"
        else {"success": "false", "reason": "Z99", "msg": "新的错误"}
    )
    customer.sandbox.inject({"kind": "status", "status": 200, "body": body}, vendor="chinapost", path=ORDERS[transport])
    with pytest.raises(Refused) as caught:
        customer.create_shipment(purchase())
    assert caught.value.code == "Z99"
    assert "新的错误" in str(caught.value)
    assert customer.create_shipment(purchase()).waybill
