"""The plugin as a connector: what it registers, its limits, what it never shows; and the meaning of answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

import xborder_track17
from xborder_sdk.errors import AuthenticationFailed, PermissionDenied, Throttled
from xborder_sdk.hookspecs import LogisticsProvider, Meaning
from xborder_sdk.steps import Response, WireRequest
from xborder_track17 import Track17Connector, Track17Settings
from xborder_track17.refusals import classify


def test_it_registers_its_connector() -> None:
    assert list(xborder_track17.register_connectors()) == [Track17Connector]


def test_it_follows_and_sells_nothing(connector: Callable[..., Any]) -> None:
    operations = {name for name, member in vars(LogisticsProvider).items() if hasattr(member, "xborder_spec")}
    mine = {name for kind in Track17Connector.kinds for name in vars(kind) if name in operations}
    assert mine == {"track", "stop_tracking", "change_carrier"}
    assert {name for name in operations if connector().support(name)} == mine
    assert "follows" in (connector().support("create_shipment").reason or "")


def test_the_key_goes_into_the_header_and_nowhere_else(connector: Callable[..., Any]) -> None:
    account = connector(proxy="http://user:pass-canary@proxy.example")
    signed = account.sign(WireRequest("POST", "https://example.com/", ()), None)
    assert signed.header("17token") == "key-canary"
    assert "canary" not in f"{account!r} {account.settings!r} {signed!r} {account.settings.model_dump()!r}"


@pytest.mark.parametrize(
    "change",
    [{"api_key": None}, {"version": "2.2"}, {"version": "v2.2/../x"}, {"carriers": {"x": 0}}, {"unknown": 1},
     {"language": "de; x"}, {"notification_max_age_s": 0}],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Track17Settings.model_validate({"api_key": "k"} | change)


@pytest.mark.parametrize(
    ("status", "body", "meaning", "proves", "code", "error"),
    [
        (200, {"code": 0, "data": {"accepted": []}}, Meaning.GOOD, False, None, None),
        (200, {"code": "0", "data": {"accepted": []}}, Meaning.GOOD, False, None, None),
        (200, {"data": {"accepted": []}}, Meaning.GOOD, False, None, None),
        (200, {"code": -18010002, "data": {}}, Meaning.REFUSED, True, "-18010002", AuthenticationFailed),
        (200, {"code": "-18010001"}, Meaning.REFUSED, True, "-18010001", PermissionDenied),
        (200, {"code": -18019907}, Meaning.REFUSED, True, "-18019907", Throttled),
        (200, {"code": -1, "data": {"errors": [{"code": -18019908, "message": "x"}]}}, Meaning.REFUSED, True,
         "-18019908", PermissionDenied),
        (200, {"code": -18010003}, Meaning.DOWN, False, "-18010003", None),
        (401, {"code": -18010002}, Meaning.REFUSED, True, "-18010002", AuthenticationFailed),
        (401, {}, Meaning.REFUSED, True, None, AuthenticationFailed),
        (401, {"code": -18010004}, Meaning.REFUSED, True, "-18010004", PermissionDenied),
        (401, {"code": -1}, Meaning.REFUSED, True, "-1", AuthenticationFailed),
        (429, {}, Meaning.THROTTLED, True, None, None),
        (503, {"code": -18010003}, Meaning.DOWN, False, "-18010003", None),
        (404, {}, Meaning.REFUSED, True, None, None),
    ],
)  # fmt: skip
def test_meanings(status: int, body: Any, meaning: Meaning, proves: bool, code: str | None, error: Any) -> None:
    verdict = classify(Response(status, (), json.dumps(body).encode()))
    assert (verdict.meaning, verdict.not_executed, verdict.code) == (meaning, proves, code)
    assert verdict.error is error
    assert verdict.retry_after_s == (0.35 if meaning is Meaning.THROTTLED else None)


def test_a_wrong_key_says_what_to_check() -> None:
    assert "api_key" in (classify(Response(401, (), b'{"code": -18010002}')).hint or "")


def test_calls_are_spaced_so_that_no_second_holds_four(connector: Callable[..., Any]) -> None:
    (limit,) = connector().limits()
    interval = limit.seconds / limit.requests
    burst = limit.seconds - interval
    assert (1 + burst) / interval + 1 < 4, "the most that the driver lets through in any window of a second"


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        ({"quota_total": 200, "quota_remain": "188"}, "key accepted; quota left: 188 of 200"),
        ({}, "key accepted; quota left: unknown of unknown"),
    ],
)
def test_whoami_tells_the_quota(data: Any, detail: str, connector: Callable[..., Any]) -> None:
    flow = connector().whoami()
    assert flow is not None
    assert next(flow).path == "/track/v2.2/getquota"
    with pytest.raises(StopIteration) as stop:
        flow.send(Response(200, (), json.dumps({"code": 0, "data": data}).encode()))
    assert stop.value.value.detail == detail
