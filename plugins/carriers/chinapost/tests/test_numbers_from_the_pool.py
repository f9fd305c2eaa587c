"""Numbers that are allocated before the order: through the real client and its ledger, one number for one parcel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from xborder_chinapost import ChinaPostConnector
from xborder_sdk.errors import AuthenticationFailed, OutcomeUnknown, PermissionDenied
from xborder_sdk.steps import Effect
from xborder_sdk.testing.exchange import Answer
from xborder_sdk.testing.stage import Played, Stage
from xborder_sdk.testing.vendor import Lost

NUMBER = "LV990000010CN"
OTHER = "LV990000023CN"
PDF = Answer(200, (), b"%PDF-1.4 invented")
TAKEN = Answer(200, (), b'{"success": "true", "reason": "", "msg": ""}')


def allocated(number: str = NUMBER) -> Answer:
    return Answer(200, (), json.dumps({"return_success": "true", "barCodeList": [{"bar_code": number}]}).encode())


def refused(code: str) -> Answer:
    return Answer(200, (), json.dumps({"success": "false", "reason": code, "msg": "invented"}).encode())


@pytest.fixture
def stage() -> Iterator[Stage]:
    settings = {
        "sender_no": "1100000000000",
        "transport": "pcp",
        "digest_key": "digest-canary",
        "wh_code": "51800000",
        "mail_type": "PAPERCRANE",
        "products": {"019": "epacket"},
        "numbers": "pool",
        "max_attempts": 1,
    }
    with Stage(ChinaPostConnector, "post-test", settings) as made:
        yield made


def paths(played: Played) -> list[str]:
    return [step.path.rpartition("/")[2] for step in played.sends]


def test_the_number_is_allocated_once_and_its_order_sent(stage: Stage, create: Callable[..., Any]) -> None:
    played = stage.play("create_shipment", create(), [allocated(), TAKEN])
    assert played.error is None
    assert played.result.waybill == NUMBER
    assert [step.effect for step in played.sends] == [Effect.ONCE, Effect.IDEMPOTENT]
    assert paths(played) == ["barCodeService", "orderReceive"]
    form = dict(parse_qsl((played.sends[1].content or b"").decode()))
    order = json.loads(form["logistics_interface"])
    asked = json.loads(dict(parse_qsl((played.sends[0].content or b"").decode()))["logisticsOrder"])["order"][0]
    assert order["waybill_no"] == NUMBER
    assert order["logistics_order_no"] == asked["logisticsOrderId"] == played.result.reference
    assert asked["rcountry"] == "DE"


def test_asked_again_the_number_is_the_same(stage: Stage, create: Callable[..., Any]) -> None:
    stage.play("create_shipment", create(), [allocated(), TAKEN])
    again = stage.play("create_shipment", create(), [refused("B06"), PDF], anew=False)
    assert again.result.waybill == NUMBER
    assert [request.url.rpartition("/")[2] for request in again.sent] == ["orderReceive", "download"]


@pytest.mark.parametrize("trouble", [Lost(), Answer(500), refused("S06"), refused("B09")])
def test_after_a_doubt_the_order_goes_out_again_with_its_number(
    stage: Stage, create: Callable[..., Any], trouble: Any
) -> None:
    first = stage.play("create_shipment", create(), [allocated(), trouble])
    assert isinstance(first.error, OutcomeUnknown)
    again = stage.play("create_shipment", create(), [TAKEN], anew=False)
    assert again.error is None
    assert again.result.waybill == NUMBER


def test_a_refused_order_frees_the_parcel_for_another_try(stage: Stage, create: Callable[..., Any]) -> None:
    first = stage.play("create_shipment", create(), [allocated(), refused("B14")])
    assert isinstance(first.error, PermissionDenied)
    corrected = create(recipient={"city": "Potsdam"})
    again = stage.play("create_shipment", corrected, [allocated(OTHER), TAKEN], anew=False)
    assert again.result.waybill == OTHER


def test_an_order_that_is_there_under_another_number_is_a_doubt(stage: Stage, create: Callable[..., Any]) -> None:
    no_label = Answer(200, (), b'{"return_success": "false", "return_reason": "B03", "return_msg": "x"}')
    played = stage.play("create_shipment", create(), [allocated(), refused("B06"), no_label])
    assert isinstance(played.error, OutcomeUnknown)


def test_a_refused_number_is_a_refusal(stage: Stage, create: Callable[..., Any]) -> None:
    answer = Answer(200, (), b'{"return_success": "false", "return_reason": "S02", "return_msg": "x"}')
    played = stage.play("create_shipment", create(), [answer])
    assert isinstance(played.error, AuthenticationFailed)
    assert len(played.sent) == 1


def test_a_number_of_somebody_else_is_not_taken(stage: Stage, create: Callable[..., Any]) -> None:
    entries = [{"bar_code": OTHER, "logisticsOrderId": "ANOTHER"}]
    answer = Answer(200, (), json.dumps({"return_success": "true", "barCodeList": entries}).encode())
    played = stage.play("create_shipment", create(), [answer])
    assert isinstance(played.error, OutcomeUnknown)
    assert len(played.sent) == 1
