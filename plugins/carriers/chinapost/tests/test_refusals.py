"""The meaning of answers, by their shape and code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_chinapost.refusals import ALLOCATION, ORDER, classify
from xborder_sdk.errors import AuthenticationFailed, Conflict, PermissionDenied
from xborder_sdk.hookspecs import Meaning, Verdict
from xborder_sdk.steps import Response


def read(answer: Any, status: int = 200) -> Verdict:
    return classify(Response(status, (), answer if isinstance(answer, bytes) else json.dumps(answer).encode()))


def order(code: str) -> Verdict:
    return read({"success": "false", "reason": code, "msg": "invented"})


@pytest.mark.parametrize(
    "answer",
    [
        {"success": True, "retCode": "00000", "retBody": "{}"},
        {"success": "true", "retCode": "00000"},
        {"success": True, "retCode": "", "retMsg": None, "retBody": {}},
        {"success": "true", "waybillNo": "X", "reason": "", "msg": ""},
        {"success": 1, "waybillNo": "X"},
        {"success": "1", "retCode": 0, "retBody": "{}"},
        {"return_success": "true", "barCodeList": []},
        {"return_success": 1, "return_reason": None},
        {"flag": True, "message": ""},
        {"flag": "perhaps"},
        {"data": []},
        b"%PDF-1.4",
        b"",
        b"{ no JSON",
        b"[]",
    ],
)
def test_good(answer: Any) -> None:
    assert read(answer).meaning is Meaning.GOOD


@pytest.mark.parametrize(
    "answer",
    [
        {"success": False, "retCode": "00000", "retMsg": "x"},
        {"success": True, "retCode": "A0001", "retMsg": "x"},
        {"retCode": None, "retMsg": "x"},
        {"success": None, "retBody": "x"},
        {"success": "false", "reason": None, "msg": None},
        {"success": "perhaps", "reason": "B03"},
        {"return_success": False, "return_reason": "B02"},
        {"return_success": 2, "return_reason": None},
        {"flag": "false", "message": "x"},
    ],
)
def test_not_good(answer: Any) -> None:
    verdict = read(answer)
    assert verdict.meaning is Meaning.REFUSED
    assert verdict.hint


@pytest.mark.parametrize(
    ("answer", "proves"),
    [
        ({"success": True, "retCode": "A0001", "retMsg": "x"}, False),
        ({"retCode": "A0001", "retMsg": "x"}, False),
        ({"success": "perhaps", "reason": "unheard of"}, False),
        ({"return_success": 2, "return_reason": None}, False),
        ({"success": False, "retCode": "A0001", "retMsg": "x"}, True),
        ({"success": True, "retCode": "B03", "retMsg": "x"}, True),
    ],
)
def test_neither_yes_nor_no_beside_a_code_nobody_knows_proves_nothing(answer: Any, proves: bool) -> None:
    assert read(answer).not_executed is proves


@pytest.mark.parametrize("status", [400, 500, 502])
def test_a_code_says_more_than_the_status_beside_it(status: int) -> None:
    verdict = read({"success": "false", "reason": "B11", "msg": "x"}, status)
    assert (verdict.meaning, verdict.code, verdict.hint) == (Meaning.REFUSED, "B11", ORDER["B11"].hint)
    assert verdict.not_executed is (status < 500), "a failing server proves nothing"
    assert read({"success": "false", "reason": "S06"}, 500).meaning is Meaning.DOWN


@pytest.mark.parametrize(
    "answer", [{"success": "false", "reason": "unheard of"}, {"success": "true", "waybillNo": "X"}, {}, b"<html>", b""]
)
def test_a_failing_server_that_names_no_code_is_down(answer: Any) -> None:
    assert read(answer, 500).meaning is Meaning.DOWN


def test_one_code_means_two_things_in_two_tables() -> None:
    assert order("S02").error is AuthenticationFailed
    number = read({"return_success": "false", "return_reason": "B09", "return_msg": "x"})
    assert number.hint != order("B09").hint
    assert order("B09").not_executed


@pytest.mark.parametrize("code", ["B00", "B06", "B08", "B98", "S06"])
def test_these_prove_nothing(code: str) -> None:
    assert not order(code).not_executed


@pytest.mark.parametrize("code", sorted(set(ORDER) - {"B00", "B06", "B08", "B98", "S06"}))
def test_these_prove_that_nothing_was_done(code: str) -> None:
    assert order(code).not_executed
    assert order(f" {code.lower()} ").hint == ORDER[code].hint


@pytest.mark.parametrize(
    ("words", "meaning", "error", "proves"),
    [
        ("订单号重复", Meaning.REFUSED, Conflict, False),
        ("系统异常，请稍后", Meaning.DOWN, None, False),
        ("请求超时", Meaning.DOWN, None, False),
        ("系统繁忙，请稍后再试", Meaning.DOWN, None, False),
        ("服务异常", Meaning.DOWN, None, False),
        ("验签失败：签名错误", Meaning.REFUSED, AuthenticationFailed, True),
        ("调用过于频繁", Meaning.THROTTLED, None, True),
        ("非法的数字签名", Meaning.REFUSED, AuthenticationFailed, True),
        ("授权码无效", Meaning.REFUSED, AuthenticationFailed, True),
        ("余额不足", Meaning.REFUSED, PermissionDenied, True),
        ("收件人邮编为空", Meaning.REFUSED, None, True),
    ],
)
def test_the_gateway_is_read_by_the_words_of_the_older_tables(
    words: str, meaning: Meaning, error: Any, proves: bool
) -> None:
    verdict = read({"success": False, "retCode": "X1", "retMsg": words})
    assert (verdict.meaning, verdict.error, verdict.not_executed) == (meaning, error, proves)
    assert (verdict.code, verdict.message) == ("X1", words)


def test_a_throttle_of_numbers() -> None:
    verdict = read({"return_success": "false", "return_reason": "B05", "return_msg": "x"})
    assert verdict.meaning is Meaning.THROTTLED
    assert verdict.not_executed
    assert all(code.hint for code in (*ALLOCATION.values(), *ORDER.values()))


@pytest.mark.parametrize(("status", "meaning"), [(500, Meaning.DOWN), (403, Meaning.REFUSED), (429, Meaning.THROTTLED)])
def test_a_status_comes_first(status: int, meaning: Meaning) -> None:
    assert read({"success": True, "retCode": "00000"}, status).meaning is meaning


NAMES = st.sampled_from(["success", "retCode", "retMsg", "retBody", "reason", "msg", "return_success", "flag", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, JSON))
def test_any_answer_has_a_meaning_and_a_no_is_no_success(answer: dict[str, Any]) -> None:
    verdict = read(answer)
    gateway = any(answer.get(name) is not None for name in ("retCode", "retMsg", "retBody"))
    said = answer.get("success") if gateway or answer.get("return_success") is None else answer["return_success"]
    if said is False:
        assert verdict.meaning is not Meaning.GOOD


def test_a_label_is_told_from_an_error(connector: Callable[..., Any]) -> None:
    account = connector(transport="pcp")
    assert account.classify(Response(200, (), b"\xef\xbb\xbf%PDF-1.4")).meaning is Meaning.GOOD
    failed = account.classify(Response(200, (), b' {"success":"false","msg":"x"}'))
    assert failed.meaning is Meaning.REFUSED
