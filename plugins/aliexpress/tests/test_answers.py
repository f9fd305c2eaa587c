"""What each kind of answer means, and what it proves."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from xborder_aliexpress.calls import read_answer, whole_id
from xborder_aliexpress.hand_over import left_out
from xborder_aliexpress.online_tracking import read_tracking
from xborder_sdk.errors import AuthenticationFailed, InvalidRequest, MalformedResponse, PermissionDenied, Refused
from xborder_sdk.hookspecs import Meaning
from xborder_sdk.models import Raw
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def error(**fields: Any) -> dict[str, Any]:
    return {"error_response": {"request_id": "2101", **fields}}


def flat(**fields: Any) -> dict[str, Any]:
    return {"request_id": "2101", **fields}


SITUATIONS: list[tuple[str, Any, Meaning, bool, type[Refused] | None, str | None]] = [
    ("too often", error(type="ISV", code="ApiCallLimit", msg="slow"), Meaning.THROTTLED, True, None, "ApiCallLimit"),
    ("too often today", error(code="AppCallLimit", msg="slow"), Meaning.THROTTLED, True, None, "AppCallLimit"),
    (
        "too often, older gateway",
        error(code=7, msg="App Call Limited", sub_code="accesscontrol.limited-by-api-access-count"),
        Meaning.THROTTLED,
        True,
        None,
        "accesscontrol.limited-by-api-access-count",
    ),
    ("token", error(type="ISV", code="IllegalAccessToken"), Meaning.TOKEN_EXPIRED, True, None, "IllegalAccessToken"),
    ("session, older gateway", error(code=27, msg="Invalid session"), Meaning.TOKEN_EXPIRED, True, None, "27"),
    (
        "signature, flat",
        flat(type="ISV", code="IncompleteSignature", message="no"),
        Meaning.REFUSED,
        True,
        AuthenticationFailed,
        "IncompleteSignature",
    ),
    ("signature, older gateway", error(code="25"), Meaning.REFUSED, True, AuthenticationFailed, "25"),
    ("address not allowed", error(code="AppWhiteIpLimit"), Meaning.REFUSED, True, PermissionDenied, "AppWhiteIpLimit"),
    (
        "no permission",
        error(code="InsufficientPermission"),
        Meaning.REFUSED,
        True,
        PermissionDenied,
        "InsufficientPermission",
    ),
    ("no permission, older gateway", error(code=11), Meaning.REFUSED, True, PermissionDenied, "11"),
    ("parameter", error(code="MissingParameter"), Meaning.REFUSED, True, None, "MissingParameter"),
    ("parameter, older gateway", error(code=41), Meaning.REFUSED, True, None, "41"),
    ("method, older gateway", error(code=22), Meaning.REFUSED, True, None, "22"),
    (
        "the service refuses",
        error(code=50, sub_code="isv.invalid-parameter", sub_msg="no"),
        Meaning.REFUSED,
        True,
        None,
        "isv.invalid-parameter",
    ),
    (
        "the service refuses with 15",
        error(code=15, sub_code="isv.account-migration-check-fail"),
        Meaning.REFUSED,
        True,
        None,
        "isv.account-migration-check-fail",
    ),
    (
        "the service ran out of time",
        error(code=15, sub_code="isv.remote-timeout"),
        Meaning.DOWN,
        False,
        None,
        "isv.remote-timeout",
    ),
    (
        "the service is down",
        error(type="ISP", code="15", sub_code="isp.remote-service-error"),
        Meaning.DOWN,
        False,
        None,
        "isp.remote-service-error",
    ),
    (
        "the service crashed",
        error(code="UnknownRuntimeException"),
        Meaning.DOWN,
        False,
        None,
        "UnknownRuntimeException",
    ),
    ("a fault of the platform's side", error(type="ISP", code="Odd"), Meaning.DOWN, False, None, "Odd"),
    ("a code nobody knows", error(type="ISV", code="BrandNewCode"), Meaning.REFUSED, False, None, "BrandNewCode"),
    ("a large code nobody knows", error(code=560), Meaning.REFUSED, False, None, "560"),
    ("an empty error", {"error_response": {"msg": "?"}}, Meaning.REFUSED, False, None, None),
    (
        "refused in the envelope",
        {"result": {"success": False, "error_code": "B_1", "error_msg": "no"}},
        Meaning.REFUSED,
        True,
        None,
        "B_1",
    ),
    ("refused at the top", flat(result_success="false", result_error_code=12), Meaning.REFUSED, True, None, "12"),
    (
        "refused, wrapped",
        {"aliexpress_x_get_response": {"is_success": False, "code_of_error": "C"}},
        Meaning.REFUSED,
        True,
        None,
        "C",
    ),
    (
        "refused deeper",
        {"result_response": {"is_success": False, "error_desc": "no"}},
        Meaning.REFUSED,
        True,
        None,
        None,
    ),
    (
        "refused with an object",
        {"response": {"success": False, "error_info": {"error_code": "D", "error_msg": "no"}}},
        Meaning.REFUSED,
        True,
        None,
        "D",
    ),
    (
        "broke down in the envelope",
        flat(result_success=False, result_error_code="-1", result_error_desc="System error!"),
        Meaning.DOWN,
        False,
        None,
        "-1",
    ),
    (
        "broke down, in Chinese",
        {"result": {"success": False, "error_msg": "系统异常,请稍后再试"}},
        Meaning.DOWN,
        False,
        None,
        None,
    ),
    (
        "ran out of time in the envelope",
        {"result": {"success": False, "error_code": "HSF_TIMEOUT"}},
        Meaning.DOWN,
        False,
        None,
        "HSF_TIMEOUT",
    ),
    (
        "good with a code",
        {"result": {"success": True, "error_code": "1", "error_desc": "x"}},
        Meaning.GOOD,
        False,
        None,
        None,
    ),
    ("good token", flat(code="0", access_token="t"), Meaning.GOOD, False, None, None),
    ("good and empty", {}, Meaning.GOOD, False, None, None),
    ("a field named code", {"code": "X-1", "result": {}}, Meaning.GOOD, False, None, None),
]


@pytest.mark.parametrize("situation", SITUATIONS, ids=[each[0] for each in SITUATIONS])
def test_what_an_answer_means(connector: Callable[..., Any], situation: Any) -> None:
    _, body, meaning, proven, kind, code = situation
    verdict = connector().classify(Response(200, {}, json.dumps(body, ensure_ascii=False).encode()))
    assert (verdict.meaning, verdict.not_executed, verdict.error, verdict.code) == (meaning, proven, kind, code)


@pytest.mark.parametrize("content", [b"<html>busy</html>", b"", b"[1]", b'{"cut'])
def test_what_cannot_be_read_proves_nothing(connector: Callable[..., Any], content: bytes) -> None:
    verdict = connector().classify(Response(200, {}, content))
    assert verdict.meaning is Meaning.DOWN
    assert not verdict.not_executed


@pytest.mark.parametrize(
    ("status", "meaning", "proven"),
    [
        (500, Meaning.DOWN, False),
        (502, Meaning.DOWN, False),
        (429, Meaning.THROTTLED, True),
        (403, Meaning.REFUSED, True),
    ],
)
def test_the_status_where_it_is_not_200(
    connector: Callable[..., Any], status: int, meaning: Meaning, proven: bool
) -> None:
    for content in (b"<html>busy</html>", json.dumps(error(code="Z")).encode()):
        verdict = connector().classify(Response(status, {}, content))
        assert (verdict.meaning, verdict.not_executed) == (meaning, proven)
    assert verdict.code == "Z"


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("This ban will last for 1 more seconds", 1.0),
        ("This ban will last for 31062 more seconds", 31062.0),
        (None, 1.0),
    ],
)
def test_how_long_a_ban_lasts(connector: Callable[..., Any], told: str | None, wait: float) -> None:
    content = json.dumps(error(code=7, msg="App Call Limited", sub_msg=told)).encode()
    assert connector().classify(Response(200, {}, content)).retry_after_s == wait


def test_hints_say_what_to_do(connector: Callable[..., Any]) -> None:
    def hint(code: str) -> str:
        return str(connector().classify(Response(200, {}, json.dumps(error(code=code)).encode())).hint)

    assert "allow-list" in hint("AppWhiteIpLimit")
    assert "clock" in hint("IncompleteSignature")
    assert "xborder login" in hint("IllegalAccessToken")


@pytest.mark.parametrize("depth", [200, 500, 900, 5000])
def test_a_deep_answer_is_a_bad_one_and_no_fault_of_ours(connector: Callable[..., Any], depth: int) -> None:
    content = b'{"a":' * depth + b"[]" + b"}" * depth
    connector().classify(Response(200, (), content))
    with suppress(MalformedResponse):
        read_answer(Response(200, (), content))
    with suppress(MalformedResponse):
        left_out("[" * depth + '"LP1"' + "]" * depth, {"LP1": "LP1"})


@pytest.mark.parametrize("code", ["9" * 5000, "\u0663" * 3, "-1"])
def test_an_odd_code_is_a_refusal(connector: Callable[..., Any], code: str) -> None:
    content = json.dumps({"error_response": {"code": code, "msg": "no"}}).encode()
    assert connector().classify(Response(200, (), content)).meaning is Meaning.REFUSED


def test_a_number_of_any_length_is_an_id_or_a_moment_or_none() -> None:
    with pytest.raises(InvalidRequest):
        whole_id("9" * 5000, "waybill")
    scans: Any = {"details": [{"action_code": "X", "event_date": "9" * 5000, "event_desc": "odd"}]}
    assert read_tracking(JsonObject(scans), Raw(), "LP1", NOW).scans[0].at is None
