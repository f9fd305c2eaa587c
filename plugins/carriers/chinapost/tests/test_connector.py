"""The plugin as a connector: what it registers, what its settings refuse, what it never shows, how it signs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from pydantic import ValidationError

import xborder_chinapost
from xborder_chinapost import ChinaPostConnector, ChinaPostSettings
from xborder_sdk.models import LookupPower
from xborder_sdk.steps import WireRequest

GATEWAY: dict[str, Any] = {
    "sender_no": "1",
    "authorization": "a",
    "sm4_key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    "wh_code": "51800000",
    "mail_type": "X",
    "products": {"019": "epacket"},
}
PCP = {**GATEWAY, "transport": "pcp", "digest_key": "k"}


def test_it_registers_its_connector() -> None:
    assert list(xborder_chinapost.register_connectors()) == [ChinaPostConnector]


def test_the_profile_claims_no_more_than_is_known() -> None:
    (profile,) = {kind.profile for kind in ChinaPostConnector.kinds if "create_shipment" in vars(kind)}
    assert profile.lookup is LookupPower.NONE
    assert profile.label_refetchable
    assert profile.reference_max == 19


@pytest.mark.parametrize("settings", [GATEWAY, PCP, PCP | {"authorization": None, "sm4_key": None}])
def test_settings_that_work(settings: dict[str, Any]) -> None:
    ChinaPostSettings.model_validate(settings)


@pytest.mark.parametrize(
    "settings",
    [
        {**GATEWAY, "authorization": None},
        {**GATEWAY, "sm4_key": None},
        {**GATEWAY, "sm4_key": "c2hvcnQ="},
        {**GATEWAY, "numbers": "pool"},
        {**GATEWAY, "products": {}},
        {**GATEWAY, "products": {"019": "parcel"}},
        {**GATEWAY, "order_fields": {"waybill_no": "X"}},
        {**GATEWAY, "event_zone": "Asia/Nowhere"},
        {**GATEWAY, "product_types": {"777": "x"}},
        {**GATEWAY, "tariff": [{"product": "777", "per_item": "1", "per_gram": "1", "valid_from": "2026-01-01"}]},
        {**GATEWAY, "tariff": [{"product": "019", "per_item": 1.5, "per_gram": "1", "valid_from": "2026-01-01"}]},
        {**GATEWAY, "tariff": [{"product": "019", "per_item": "1", "valid_from": "2026-01-01"}]},
        {**GATEWAY, "unknown": 1},
        {**PCP, "digest_key": None},
        {**PCP, "environment": "test"},
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ChinaPostSettings.model_validate(settings)


def test_both_hosts_can_be_moved(connector: Callable[..., Any]) -> None:
    assert connector().resolved_hosts() == {"gateway": "https://api.ems.com.cn", "pcp": "https://my.ems.com.cn"}
    moved = connector(transport="pcp", environment="test", hosts={"pcp": "https://post.example:8443/"})
    assert moved.resolved_hosts()["pcp"] == "https://post.example:8443"


def test_no_secret_is_shown(connector: Callable[..., Any]) -> None:
    for account in (connector(), connector(transport="pcp")):
        form = urlencode({"logitcsInterface": "{}", "barCode": "X"}).encode()
        request = account.sign(WireRequest("POST", "https://example.com/", (), form), None)
        shown = f"{account!r} {account.settings!r} {request!r} {account.settings.model_dump()!r}"
        assert "canary" not in shown
        assert "MDEyMzQ1" not in shown


@pytest.mark.parametrize(
    ("field", "into"),
    [
        ("logisticsOrder", "data_digest"),
        ("logistics_interface", "data_digest"),
        ("barCode", "dataDigest"),
        ("waybillNos", "dataDigest"),
        ("waybillNo", "digest"),
    ],
)
def test_pcp_digests_exactly_what_is_sent(connector: Callable[..., Any], field: str, into: str) -> None:
    text = '{"name": "折纸灯 &=+"}'
    request = WireRequest("POST", "https://example.com/", (), urlencode({field: text, "x": ""}).encode())
    signed = connector(transport="pcp").sign(request, None)
    form = dict(parse_qsl(signed.content.decode(), keep_blank_values=True))
    digest = base64.b64encode(hashlib.md5((text + "digest-canary").encode()).digest()).decode()
    assert form == {field: text, "x": "", into: digest}
    again = connector(transport="pcp").sign(signed, None)
    assert again.content == signed.content


@pytest.mark.parametrize(("digest_key", "key"), [(None, "MDEyMzQ1Njc4OWFiY2RlZg=="), ("another", "another")])
def test_the_gateway_s_key_digests_what_goes_over_pcp(
    connector: Callable[..., Any], digest_key: str | None, key: str
) -> None:
    account = connector(digest_key=digest_key)
    url = "https://my.ems.com.cn/pcpErp-web/a/pcp/orderService/cancelOrder"
    signed = account.sign(WireRequest("POST", url, (), b"waybillNo=LV990000010CN&senderNo=1"), None)
    form = dict(parse_qsl(signed.content.decode()))
    digest = base64.b64encode(hashlib.md5(("LV990000010CN" + key).encode()).digest()).decode()
    assert form == {"waybillNo": "LV990000010CN", "senderNo": "1", "digest": digest}


def test_what_needs_no_signature_stays_as_it_is(connector: Callable[..., Any]) -> None:
    request = WireRequest("POST", "https://example.com/", (), b"queryType=queryCompany")
    assert connector().sign(request, None) is request
    assert connector(transport="pcp").sign(request, None) is request


def test_what_is_sealed_is_not_sealed_again(connector: Callable[..., Any]) -> None:
    account = connector()
    request = WireRequest("POST", "https://example.com/", (), urlencode({"logitcsInterface": "{}"}).encode())
    once = account.sign(request, None)
    assert account.sign(once, None).content == once.content
