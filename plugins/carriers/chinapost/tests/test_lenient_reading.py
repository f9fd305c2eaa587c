"""Answers in other shapes than the published clients tell of: deeper, barer, in another character set."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from xborder_chinapost.pcp import Pcp
from xborder_sdk.errors import MalformedResponse, Refused
from xborder_sdk.hookspecs import ListServices, Meaning, TrackParcels
from xborder_sdk.models import TrackingStatus
from xborder_sdk.steps import Response, Send

NUMBER = "LV990000010CN"
GOOD = {"success": True, "retCode": "00000"}


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"waybillNo": NUMBER}},
        json.dumps({"result": [{"waybill_no": NUMBER}]}),
        [{"order": {"cbWaybillNo": NUMBER}}],
        NUMBER,
        f' "{NUMBER}" ',
    ],
)
def test_a_number_is_found_wherever_it_is(
    body: Any, connector: Callable[..., Any], run: Callable[..., Any], create: Callable[..., Any]
) -> None:
    _, bought = run(connector(), "create_shipment", create(), [{**GOOD, "retBody": body}])
    assert bought.waybill == NUMBER


@pytest.mark.parametrize("body", ["OK", "", None, {}, {"data": {}}, "1234567890"])
def test_what_is_no_number_is_none(
    body: Any, connector: Callable[..., Any], run: Callable[..., Any], create: Callable[..., Any]
) -> None:
    with pytest.raises(MalformedResponse):
        run(connector(), "create_shipment", create(), [{**GOOD, "retBody": body}])


@pytest.mark.parametrize("wrap", [lambda e: {"data": e}, lambda e: [{"mail": {"events": e}}], lambda e: {"a": [e[0]]}])
def test_scans_are_found_deeper(
    wrap: Callable[[Any], Any], connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    body = {"status": "ok", "body": wrap([{"opTime": "2026-03-02 18:05:00", "opCode": "203"}])}
    answer = {**GOOD, "retBody": json.dumps(body)}
    _, (found,) = run(connector(), "track", TrackParcels(numbers=(NUMBER,)), [answer])
    assert [(scan.code, scan.status) for scan in found.scans] == [("203", TrackingStatus.PICKED_UP)]


@pytest.mark.parametrize("told", [1772445900000, "1772445900000", 1772445900, "1772445900"])
def test_a_scan_may_tell_its_moment_as_a_number(
    told: Any, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    answer = {**GOOD, "retBody": [{"opTime": told, "opCode": "203"}]}
    _, (found,) = run(connector(), "track", TrackParcels(numbers=(NUMBER,)), [answer])
    (scan,) = found.scans
    assert scan.at is not None
    assert (scan.at.isoformat(), scan.local_time) == ("2026-03-02T10:05:00+00:00", None)


@pytest.mark.parametrize("words", ["暂无轨迹信息", "未查询到邮件信息", "邮件号不存在"])
def test_a_number_nobody_knows_stops_no_other(
    words: str, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    answers = [
        {"success": False, "retCode": "X1", "retMsg": words},
        {**GOOD, "retBody": [{"opTime": "2026-03-02 18:05:00", "opCode": "203"}]},
    ]
    other = "LV990000023CN"
    _, (missing, found) = run(connector(), "track", TrackParcels(numbers=(NUMBER, other)), answers)
    assert (missing.found, missing.vendor_note) == (False, words)
    assert found.found


@pytest.mark.parametrize("words", ["参数错误", "数据保存失败", "客户不存在"])
def test_any_other_refusal_of_tracking_is_one(
    words: str, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    with pytest.raises(Refused):
        run(
            connector(), "track", TrackParcels(numbers=(NUMBER,)), [{"success": False, "retCode": "X", "retMsg": words}]
        )


def test_a_chinese_character_set_that_the_answer_names(connector: Callable[..., Any]) -> None:
    content = '{"success": false, "retCode": "X", "retMsg": "余额不足"}'.encode("gbk")
    verdict = connector().classify(Response(200, {"Content-Type": "text/html;charset=GBK"}, content))
    assert (verdict.meaning, verdict.message) == (Meaning.REFUSED, "余额不足")


def test_products_may_come_as_a_bare_list(
    connector: Callable[..., Any], run: Callable[..., Any], quote: Callable[..., Any]
) -> None:
    account = connector(transport="pcp", digest_key="key-canary")
    asked = ListServices(**{name: getattr(quote(), name) for name in ListServices.model_fields})
    answer = json.dumps([{"businessCode": "019", "businessName": "e邮宝"}]).encode()
    _, services = run(account, "list_services", asked, [answer])
    assert "e邮宝" in {service.name for service in services}


def test_an_allocation_leaves_none_of_its_fields_empty(connector: Callable[..., Any]) -> None:
    """Error B03 of the allocation: a parameter is missing; no list says which may be."""
    account = connector(transport="pcp", digest_key="key-canary")
    step = next(Pcp(account.settings).allocate("REF-1", "019", "FR", account.now()))
    assert isinstance(step, Send)
    (order,) = json.loads(parse_qs((step.content or b"").decode())["logisticsOrder"][0])["order"]
    assert all(order.values())
    assert order["tradeId"] == "REF-1"
