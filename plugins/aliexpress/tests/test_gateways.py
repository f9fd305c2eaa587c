"""Signatures, common parameters and tokens, as both gateways want them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from pydantic import SecretStr, ValidationError

from xborder_aliexpress import AliexpressSettings
from xborder_aliexpress.calls import Calls, read_answer
from xborder_sdk.errors import InvalidSettings
from xborder_sdk.hookspecs import SupportLevel, Token
from xborder_sdk.signing import ParameterDigest, parameter_signature
from xborder_sdk.steps import Effect, Flow, Response, Upload, WireRequest

TOKEN = Token(access=SecretStr("test"))
FORM = (("content-type", "application/x-www-form-urlencoded"),)


def first(flow: Flow[Any]) -> Any:
    """The step that a call begins with."""
    return next(flow)


def parameters(request: WireRequest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


@pytest.fixture(scope="session")
def vectors(vendor_documents: Path) -> dict[str, Any]:
    found = json.loads((vendor_documents / "signing_vectors.json").read_text(encoding="utf-8"))["vectors"]
    assert len(found) >= 6
    return {each["name"]: each for each in found}


def test_every_vector_by_the_rule(vectors: dict[str, Any]) -> None:
    digests = {
        "HMAC-SHA256 hex upper": ParameterDigest.HMAC_SHA256,
        "MD5(secret+s+secret) hex upper": ParameterDigest.MD5,
        "HMAC-MD5 hex upper": ParameterDigest.HMAC_MD5,
    }
    for vector in vectors.values():
        made = parameter_signature(
            vector["params"].items(),
            vector["secret"],
            digest=digests[vector["algorithm"]],
            path=vector.get("api_path", ""),
        )
        assert made == vector["sign"], vector["name"]


@pytest.mark.parametrize("name", ["iop_rest_vendor", "iop_sync_computed", "iop_rest_token_computed"])
def test_todays_vectors_through_the_connector(
    connector: Callable[..., Any], vectors: dict[str, Any], name: str
) -> None:
    vector = vectors[name]
    given = vector["params"]
    account = connector(app_key=given["app_key"], app_secret=vector["secret"])
    account.now = lambda: datetime.fromtimestamp(int(given["timestamp"]) / 1000, UTC)
    rest = bool(vector["api_path"])
    own = {"app_key", "timestamp", "sign_method", "access_token", "session", "v", "format", "simplify"}
    outside = {key: value for key, value in given.items() if key in {"method", "partner_id"}}
    body = {key: value for key, value in given.items() if key not in own and key not in outside}
    path = f"/rest{vector['api_path']}" if rest else "/sync"
    query = f"?{urlencode(outside)}" if outside else ""
    url = "https://api-sg.aliexpress.com" + path + query
    token = None if name == "iop_rest_token_computed" else TOKEN
    signed = account.sign(WireRequest("POST", url, FORM, urlencode(body).encode()), token)
    assert parameters(signed) == {k: v for k, v in given.items() if k not in body} | {"sign": vector["sign"]}
    assert signed.content == urlencode(body).encode()


@pytest.mark.parametrize(("name", "method"), [("top_md5_retailcrm", "md5"), ("top_hmac_md5_retailcrm", "hmac")])
def test_the_older_vectors_through_the_connector(
    connector: Callable[..., Any], vectors: dict[str, Any], name: str, method: str
) -> None:
    """The published parameters lack `simplify`, which is always sent; all else is signed as they are."""
    vector = vectors[name]
    given = vector["params"]
    account = connector(
        app_key=given["app_key"],
        app_secret=vector["secret"],
        gateway="top",
        refresh_token=None,
        access_token="test",
        top_sign_method=method,
    )
    account.now = lambda: datetime(2016, 1, 1, 4, 0, tzinfo=UTC)  # 12:00 in China
    common = {"app_key", "session", "timestamp", "format", "v", "sign_method"}
    body = {key: value for key, value in given.items() if key not in common and key not in {"method", "partner_id"}}
    query = urlencode({"method": given["method"], "partner_id": given["partner_id"]})
    url = f"https://eco.taobao.com/router/rest?{query}"
    signed = account.sign(WireRequest("POST", url, FORM, urlencode(body).encode()), TOKEN)
    sent = parameters(signed)
    assert {k: v for k, v in sent.items() if k not in {"sign", "simplify"}} == {
        k: v for k, v in given.items() if k not in body
    }
    everything = sent | body
    text = "".join(k + everything[k] for k in sorted(everything) if k != "sign")
    key = b"helloworld"
    wanted = (
        hashlib.md5(key + text.encode() + key).hexdigest()
        if method == "md5"
        else hmac.new(key, text.encode(), "md5").hexdigest()
    )
    assert sent["sign"] == wanted.upper()
    assert vector["string_to_sign"] == text.replace("simplifytrue", "")


def test_a_gateway_behind_another_address(connector: Callable[..., Any]) -> None:
    """The path that is signed is the vendor's, wherever the gateway is reached."""
    here = connector(hosts={"api": "http://127.0.0.1:8080/somewhere/"})
    there = connector()
    content = urlencode({"refresh_token": "x"}).encode()
    one = here.sign(WireRequest("POST", "http://127.0.0.1:8080/somewhere/rest/auth/token/refresh", FORM, content), None)
    other = there.sign(
        WireRequest("POST", "https://api-sg.aliexpress.com/rest/auth/token/refresh", FORM, content), None
    )
    assert parameters(one) == parameters(other)
    assert one.url.startswith("http://127.0.0.1:8080/somewhere/rest/auth/token/refresh?")


def test_files_take_no_part_and_their_texts_travel_in_the_query(connector: Callable[..., Any]) -> None:
    account = connector()
    flow = Calls(account.settings).upload(
        Effect.IDEMPOTENT,
        "aliexpress.issue.image.upload",
        {"issue_id": 17, "buyer_login_id": "b", "extension": "jpg"},
        {"image_bytes": Upload('a"b\r\n.jpg', b"\xff\xd8 bytes", "image/jpeg")},
    )
    step = first(flow)
    url = f"https://api-sg.aliexpress.com{step.path}?{urlencode(step.query)}"
    signed = account.sign(WireRequest("POST", url, (("content-type", step.content_type),), step.content), TOKEN)
    sent = parameters(signed)
    text = "".join(k + sent[k] for k in sorted(sent) if k != "sign")
    assert sent["issue_id"] == "17"
    assert sent["sign"] == hmac.new(b"secret-canary", text.encode(), hashlib.sha256).hexdigest().upper()
    assert b'filename="a_b__.jpg"' in step.content
    assert b"\xff\xd8 bytes\r\n" in step.content


def test_what_is_blank_is_neither_sent_nor_signed(connector: Callable[..., Any]) -> None:
    step = first(
        Calls(connector().settings).read(
            "aliexpress.x", {"a": "", "b": None, "c": " ", "d": {"e": None, "f": [{"g": None}]}, "h": True}
        )
    )
    assert dict(parse_qsl(step.content.decode(), keep_blank_values=True)) == {"d": '{"f":[{}]}', "h": "true"}


def test_chinese_and_emoji_are_signed_as_they_are_sent(connector: Callable[..., Any]) -> None:
    account = connector()
    step = first(Calls(account.settings).read("aliexpress.x", {"text": "谢谢 😀 & =+%"}))
    url = f"https://api-sg.aliexpress.com{step.path}?{urlencode(step.query)}"
    signed = account.sign(WireRequest("POST", url, FORM, step.content), TOKEN)
    everything = parameters(signed) | dict(parse_qsl(step.content.decode()))
    assert everything["text"] == "谢谢 😀 & =+%"
    text = "".join(k + everything[k] for k in sorted(everything) if k != "sign")
    assert everything["sign"] == hmac.new(b"secret-canary", text.encode(), hashlib.sha256).hexdigest().upper()


def test_signing_twice_replaces_the_first(connector: Callable[..., Any]) -> None:
    account = connector()
    request = WireRequest("POST", "https://api-sg.aliexpress.com/sync?method=x&simplify=false", FORM, b"a=1")
    once = account.sign(request, TOKEN)
    assert parameters(account.sign(once, TOKEN)) == parameters(once)
    assert parameters(once)["simplify"] == "false"


def read(answer: Any) -> Any:
    return read_answer(Response(200, (), json.dumps(answer).encode()))


def test_both_shapes_are_one() -> None:
    plain = {"result": {"target_list": [{"order_id": 1, "product_list": [{"tags": ["a"]}]}]}, "request_id": "1"}
    wrapped = {
        "aliexpress_trade_seller_orderlist_get_response": {
            "result": {
                "target_list": {
                    "aeop_order_item_dto": [
                        {"order_id": 1, "product_list": {"aeop_order_product_dto": [{"tags": {"string": ["a"]}}]}}
                    ]
                }
            },
            "request_id": "1",
        }
    }
    assert read(plain).body.data == read(wrapped).body.data


@pytest.mark.parametrize("empty", [{}, {"aeop_order_item_dto": []}, None, []])
def test_an_empty_list_in_any_shape(empty: Any) -> None:
    body = read({"result": {"target_list": empty}}).body
    assert body.child("result").children("target_list") == []


def test_a_field_named_like_a_wrapper_is_not_one() -> None:
    answer = {"result_response": {"result_list": []}, "response": {"x": 1}, "request_id": "1"}
    assert set(read(answer).body.data) == {"result_response", "response", "request_id"}


# --- consent, settings, support


def test_the_page_of_the_consent(connector: Callable[..., Any]) -> None:
    account = connector(redirect_uri="https://shop.example/callback")
    parts = urlsplit(account.consent_url("state-1"))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://api-sg.aliexpress.com/oauth/authorize"
    assert dict(parse_qsl(parts.query)) == {
        "response_type": "code",
        "force_auth": "true",
        "redirect_uri": "https://shop.example/callback",
        "client_id": "123456",
        "state": "state-1",
    }
    assert "other.example" in account.consent_url("s", "https://other.example/back")


def test_a_consent_needs_a_callback_and_todays_gateway(connector: Callable[..., Any]) -> None:
    with pytest.raises(InvalidSettings, match="redirect_uri"):
        connector().consent_url("state-1")
    older = connector(
        gateway="top", refresh_token=None, access_token="session-canary", redirect_uri="https://x.example"
    )
    for ask in (older.consent_url, older.exchange_code):
        with pytest.raises(InvalidSettings, match="older gateway"):
            ask("text")


def test_the_older_gateway_takes_no_refresh_token() -> None:
    with pytest.raises(ValidationError):
        AliexpressSettings(app_key="1", app_secret="s", gateway="top", refresh_token="r")  # type: ignore[arg-type]


def test_a_stored_token_survives_other_settings_only(connector: Callable[..., Any]) -> None:
    key = connector().credential_key("default")
    assert (
        connector(order_list="solution", pickup_type="SELF_SEND", redirect_uri="https://x.example").credential_key(
            "default"
        )
        == key
    )
    for change in (
        {"refresh_token": "other"},
        {"app_key": "9"},
        {"app_secret": "other"},
        {"hosts": {"api": "https://x.example"}},
    ):
        assert connector(**change).credential_key("default") != key


def test_support_says_why(connector: Callable[..., Any]) -> None:
    account = connector()
    assert account.support("refund_order").level is SupportLevel.NO
    assert "dispute" in account.support("refund_order").reason
    assert account.support("cancel_order").level is SupportLevel.CONDITIONAL
    assert account.support("list_orders").level is SupportLevel.YES
    without = connector(refresh_token=None)
    assert without.support("list_orders").level is SupportLevel.NO
    assert without.whoami() is None
    assert connector(refresh_token=None, access_token="a").support("list_orders").level is SupportLevel.YES


def test_the_end_of_the_consent_is_told(connector: Callable[..., Any]) -> None:
    end = datetime(2026, 9, 1, tzinfo=UTC)
    assert connector().expiries() == {}
    assert connector(refresh_token_expires=end).expiries() == {"seller's consent": end}
