"""What is asked and read beyond the vendor's examples: other shapes, cases, statuses and character sets.

Source of the form with its character set and of both shapes: the official IOP Java SDK 1.3.5-ae. The rest is leniency.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from xborder_aliexpress import tokens
from xborder_aliexpress.calls import Calls, read_answer
from xborder_aliexpress.order_reading import own_lines
from xborder_sdk.errors import AuthenticationFailed, Refused
from xborder_sdk.hookspecs import Meaning
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response, Send


def body_of(answer: Any) -> JsonObject:
    return read_answer(Response(200, (), json.dumps(answer).encode())).body


def test_forms_name_their_character_set(connector: Callable[..., Any]) -> None:
    steps = [
        next(Calls(connector().settings).read("aliexpress.x", {"a": "é"})),
        next(tokens.exchange_code("code", lambda: datetime(2026, 1, 1, tzinfo=UTC))),
    ]
    sends = [step for step in steps if isinstance(step, Send)]
    assert [step.content_type for step in sends] == ["application/x-www-form-urlencoded;charset=UTF-8"] * 2
    assert sends[0].content == b"a=%C3%A9"


@pytest.mark.parametrize(
    "name",
    [
        "aliexpress_message_send_response",
        "aliexpress/message/send_response",
        "cainiao_global_handover_commit_response",
    ],
)
def test_the_wrapper_of_any_call(name: str) -> None:
    assert body_of({name: {"result": {"a": 1}}}).child("result").integer("a") == 1


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"order_dto": None}, 0),
        ({"order_dto": {}}, 0),
        ({"order_dto": ""}, 0),
        ({"order_dto": {"order_id": 1}}, 1),
        ({"order_id": 1}, 1),
        ([{"order_id": 1}, {"order_id": 2}], 2),
    ],
)
def test_a_list_around_nothing_or_around_one(value: Any, found: int) -> None:
    listed = body_of({"result": {"target_list": value}}).child("result").children("target_list")
    assert [each.integer("order_id") for each in listed] == list(range(1, found + 1))


def test_words_in_another_case_mean_the_same() -> None:
    order = body_of(
        {
            "target": {
                "order_status": "wait_seller_send_goods",
                "frozen_status": "In_Frozen",
                "child_order_list": [
                    {"child_order_id": 1, "logistics_warehouse_type": "CAINIAOINTERNATIONALWAREHOUSE"},
                    {"child_order_id": 2, "send_goods_operator": "warehouse_send_goods"},
                    {"child_order_id": 3, "issue_status": "a word of tomorrow"},
                ],
            },
            "result_object": {"issue_status": "FINISH", "reverse_detail_status": "WAIT_FOR_AE_FEEDBACK"},
        }
    )
    detail, issue = order.child("target"), order.child("result_object")
    assert detail.text("order_status") == "WAIT_SELLER_SEND_GOODS"
    assert detail.text("frozen_status") == "IN_FROZEN"
    assert [line.text("issue_status") for line in own_lines(detail)] == ["a word of tomorrow"]
    assert (issue.text("issue_status"), issue.text("reverse_detail_status")) == ("finish", "wait_for_AE_feedback")


def test_a_chinese_character_set_that_the_answer_names() -> None:
    answer = '{"result": {"error_msg": "余额不足"}}'.encode("gbk")
    read = read_answer(Response(200, {"content-type": "text/plain;charset=GBK"}, answer))
    assert read.body.child("result").text("error_msg") == "余额不足"


@pytest.mark.parametrize(
    ("status", "code", "meaning", "proven", "kind"),
    [
        (400, "ApiCallLimit", Meaning.THROTTLED, True, None),
        (400, "IllegalAccessToken", Meaning.TOKEN_EXPIRED, True, None),
        (401, "IncompleteSignature", Meaning.REFUSED, True, AuthenticationFailed),
        (403, "IllegalAccessToken", Meaning.TOKEN_EXPIRED, True, None),
        (400, "ServiceTimeout", Meaning.DOWN, False, None),
        (500, "ApiCallLimit", Meaning.THROTTLED, False, None),
        (500, "IllegalAccessToken", Meaning.TOKEN_EXPIRED, False, None),
        (500, "MissingParameter", Meaning.DOWN, False, None),
    ],
)
@pytest.mark.parametrize("flat", [False, True])
def test_a_known_code_beside_another_status_than_200(
    connector: Callable[..., Any],
    status: int,
    code: str,
    meaning: Meaning,
    proven: bool,
    kind: type[Refused] | None,
    flat: bool,
) -> None:
    told = {"type": "ISV", "code": code, "message": "m", "request_id": "r"}
    content = json.dumps(told if flat else {"error_response": {"code": code, "msg": "m"}}).encode()
    verdict = connector().classify(Response(status, {}, content))
    assert (verdict.meaning, verdict.not_executed, verdict.error, verdict.code) == (meaning, proven, kind, code)


@pytest.mark.parametrize(
    ("code", "meaning", "proven"),
    [("isv.invalid-parameter", Meaning.REFUSED, True), ("isp.remote-service-error", Meaning.DOWN, False)],
)
def test_a_sub_code_in_the_place_of_the_code(
    connector: Callable[..., Any], code: str, meaning: Meaning, proven: bool
) -> None:
    content = json.dumps({"error_response": {"code": code, "msg": "m"}}).encode()
    verdict = connector().classify(Response(200, {}, content))
    assert (verdict.meaning, verdict.not_executed, verdict.code) == (meaning, proven, code)


@pytest.mark.parametrize("said", [False, "false", 0, "0"])
@pytest.mark.parametrize(
    ("code", "words", "meaning"),
    [
        ("30001", "the order status is not allowed", Meaning.REFUSED),
        ("isp.service-error", "try later", Meaning.DOWN),
        ("UnknownRuntimeException", None, Meaning.DOWN),
        ("-2", "服务超时", Meaning.DOWN),
        ("-3", "service unavailable", Meaning.DOWN),
    ],
)
def test_a_no_inside_a_good_envelope(
    connector: Callable[..., Any], said: Any, code: str, words: str | None, meaning: Meaning
) -> None:
    content = json.dumps({"result": {"success": said, "error_code": code, "error_msg": words}}).encode()
    verdict = connector().classify(Response(200, {}, content))
    assert (verdict.meaning, verdict.not_executed) == (meaning, meaning is Meaning.REFUSED)
