"""What the gateways refuse, and how; sessions, limits, permissions, tokens."""

from __future__ import annotations

from datetime import timedelta
from hashlib import md5
from urllib.parse import parse_qs, urlsplit

import pytest

PROFILE = "aliexpress.merchant.profile.get"
SYNC = "/aliexpress/api/sync"


def _error(client, sent, url=SYNC):
    return client.read(client.http.post(url, data=client.signed(sent)))["error_response"]


def test_get_post_query_form_and_multipart_are_one(ae):
    sent = ae.signed(ae.common(method=PROFILE, session=ae.token, simplify="true"))
    seller = ae.read(ae.http.get(SYNC, params=sent))["profile"]["seller_id"]
    for parts in ({"params": sent}, {"data": sent}, {"files": {name: (None, text) for name, text in sent.items()}}):
        assert ae.read(ae.http.post(SYNC, **parts))["profile"]["seller_id"] == seller


def test_files_of_a_form_are_not_signed(ae):
    sent = ae.signed(ae.common(method=PROFILE, session=ae.token, simplify="true"))
    parts = {name: (None, text) for name, text in sent.items()}
    answer = ae.http.post(SYNC, files={**parts, "image_bytes": ("a.jpg", b"\xff\xd8\x00")})
    assert "profile" in ae.read(answer)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"method": "x"}', "application/json"),
        (b"method=%ff\xff", "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\nno name\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_bodies_that_are_no_form_are_refused(ae, body, content_type):
    answer = ae.http.post(SYNC, content=body, headers={"content-type": content_type})
    assert ae.read(answer)["error_response"]["code"] == "15"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": None}, "MissingParameter"),
        ({"app_key": None}, "MissingParameter"),
        ({"timestamp": None}, "MissingParameter"),
        ({"sign_method": None}, "IncompleteSignature"),
        ({"method": "aliexpress.no.such.thing"}, "InvalidApiPath"),
        ({"method": "/auth/token/refresh"}, "InvalidApiPath"),
        ({"app_key": "1"}, "InvalidAppKey"),
        ({"timestamp": "yesterday"}, "IllegalTimestamp"),
        ({"timestamp": "99999999999999"}, "IllegalTimestamp"),
        ({"session": None}, "IllegalAccessToken"),
        ({"session": "sandbox-aliexpress-access-0"}, "IllegalAccessToken"),
    ],
)
def test_what_sync_refuses(ae, change, code):
    sent = ae.common(method=PROFILE, session=ae.token) | change
    error = _error(ae, {name: text for name, text in sent.items() if text is not None})
    assert error["code"] == code
    assert error["type"] == "ISV"
    assert error["msg"]
    assert error["request_id"]


@pytest.mark.parametrize(("seconds", "good"), [(-7190, True), (7190, True), (-7210, False), (7210, False)])
def test_the_clock_may_be_two_hours_off(ae, seconds, good):
    stamp = ae.now + timedelta(seconds=seconds)
    for text in (str(int(stamp.timestamp() * 1000)), stamp.strftime("%Y-%m-%dT%H:%M:%SZ")):
        sent = ae.common(method=PROFILE, session=ae.token, simplify="true") | {"timestamp": text}
        answer = ae.read(ae.http.post(SYNC, data=ae.signed(sent)))
        assert ("profile" in answer) is good
        assert good or answer["error_response"]["code"] == "IllegalTimestamp"


def test_an_access_token_ends(ae):
    assert "profile" in ae.call(PROFILE)
    ae.advance(seconds=2_592_000 - 60)
    assert "profile" in ae.call(PROFILE)
    ae.advance(seconds=61)
    assert ae.refused(PROFILE)[0] == "IllegalAccessToken"


def test_tokens_can_be_expired_and_refreshed(ae):
    assert "profile" in ae.call(PROFILE)
    assert ae.admin("expire_tokens") == {"expired": 1}
    assert ae.refused(PROFILE)[0] == "IllegalAccessToken"
    ae._token = None
    assert "profile" in ae.call(PROFILE)


def test_sync_takes_an_access_token_only_if_so_set(ae):
    sent = ae.common(method=PROFILE, access_token=ae.token, simplify="true")
    assert _error(ae, sent)["code"] == "IllegalAccessToken"
    ae.admin("settings", sync_takes_access_token=True)
    assert "profile" in ae.read(ae.http.post(SYNC, data=ae.signed(sent)))


def test_permissions_and_addresses(ae):
    ae.admin("forbid", apis=[PROFILE])
    assert ae.refused(PROFILE)[0] == "InsufficientPermission"
    assert "shop_name" in ae.call("aliexpress.solution.merchant.profile.get")
    ae.admin("forbid", apis=[])
    ae.admin("settings", address_refused=True)
    assert ae.refused(PROFILE)[0] == "AppWhiteIpLimit"


def test_one_api_has_so_many_calls_in_a_second(ae):
    assert ae.token
    ae.sandbox.world.clock.set(ae.now.replace(microsecond=100_000))
    ae.admin("settings", calls_per_second=2)
    assert "profile" in ae.call(PROFILE)
    assert "profile" in ae.call(PROFILE)
    assert ae.refused(PROFILE)[0] == "ApiCallLimit"
    assert "shop_name" in ae.call("aliexpress.solution.merchant.profile.get")
    ae.advance(seconds=1.5)
    assert "profile" in ae.call(PROFILE)


def test_a_call_too_many_bans_the_api_for_a_second(ae):
    assert ae.token
    ae.sandbox.world.clock.set(ae.now.replace(microsecond=500_000))
    ae.admin("settings", calls_per_second=1)
    assert "profile" in ae.call(PROFILE)
    assert ae.refused(PROFILE)[0] == "ApiCallLimit"
    ae.advance(seconds=0.7)
    assert ae.refused(PROFILE)[0] == "ApiCallLimit"
    ae.advance(seconds=0.6)
    assert "profile" in ae.call(PROFILE)


@pytest.mark.parametrize(("numbers", "kinds"), [("listed", {int}), ("text", {str}), ("mixed", {int, str})])
def test_numbers_wander_between_number_and_text(ae, numbers, kinds):
    ae.admin("settings", numbers=numbers)
    result = ae.list_call()
    (order, *_) = result["target_list"]
    shown = [*result.values(), *order.values(), *order["product_list"][0].values()]
    found = {type(value) for value in shown if not isinstance(value, bool) and str(value).isdigit()}
    # Some are always text.
    assert found == kinds | {str}
    assert (int in found) is (numbers != "text")
    assert all(isinstance(held["phone"], bool) for held in result["target_list"])


def test_the_application_has_so_many_calls_until_midnight_in_china(ae):
    assert ae.token
    ae.admin("settings", calls_per_day=3)
    assert "profile" in ae.call(PROFILE)
    assert "profile" in ae.call(PROFILE)
    assert ae.refused(PROFILE)[0] == "AppCallLimit"
    # It is 17:30 in China.
    ae.advance(hours=6.4)
    assert ae.refused(PROFILE)[0] == "AppCallLimit"
    ae.advance(hours=0.2)
    assert "profile" in ae.call(PROFILE)


def test_an_answer_is_simplified_only_when_asked(ae):
    plain = ae.raw(PROFILE)
    (outer,) = ae.raw(PROFILE, simplify=False).items()
    assert outer[0] == "aliexpress_merchant_profile_get_response"
    assert outer[1]["profile"] == plain["profile"]
    assert outer[1]["request_id"] != plain["request_id"]
    ae.admin("settings", simplifies=False)
    assert set(ae.raw(PROFILE)) == {outer[0]}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "MissingParameter"),
        ({"param1": "{"}, "15"),
        ({"param1": "[]"}, "15"),
        ({"param1": "{}"}, "MissingParameter"),
        ({"param1": '{"order_id": null}'}, "MissingParameter"),
        ({"param1": '{"order_id": "x"}'}, "15"),
        ({"param1": '{"order_id": 1}'}, "15"),
        ({"param1": "[" * 100_000}, "15"),
    ],
)
def test_parameters_are_read_strictly(ae, parameters, code):
    refused, told = ae.refused("aliexpress.trade.new.redefining.findorderbyid", **parameters)
    assert refused == code
    assert "param1" in told


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"timestamp": "-599"}, None),
        ({"timestamp": "-610"}, 31),
        ({"timestamp": "610"}, 31),
        ({"format": None}, 23),
        ({"format": "xml"}, 23),
        ({"sign_method": "sha256"}, 25),
        ({"session": "x"}, 27),
        ({"session": None}, 26),
        ({"app_key": "1"}, 29),
        ({"method": "no.such"}, 22),
        ({"method": None}, 21),
    ],
)
def test_what_the_legacy_gateway_refuses(ae, change, code):
    away = int(change.pop("timestamp", 0))
    stamp = (ae.now + timedelta(hours=8, seconds=away)).strftime("%Y-%m-%d %H:%M:%S")
    sent = {
        "method": PROFILE,
        "app_key": ae.settings["app_key"],
        "session": ae.token,
        "timestamp": stamp,
        "format": "json",
        "sign_method": "md5",
        "simplify": "true",
        **change,
    }
    sent = {name: text for name, text in sent.items() if text is not None}
    secret = ae.settings["app_secret"]
    text = "".join(key + sent[key] for key in sorted(sent))
    sent["sign"] = md5(f"{secret}{text}{secret}".encode()).hexdigest().upper()
    answer = ae.read(ae.http.post("/aliexpress/top/router/rest", data=sent))
    if code is None:
        assert "profile" in answer
    else:
        assert answer["error_response"]["code"] == code


def test_a_code_gives_tokens_once(ae):
    ae.admin("consent", auto="ae-overseas")
    query = {
        "response_type": "code",
        "force_auth": "true",
        "redirect_uri": "http://127.0.0.1:9/back?from=ae",
        "client_id": ae.settings["app_key"],
        "state": "s t",
        "uuid": "u1",
    }
    answer = ae.http.get("/aliexpress/api/oauth/authorize", params=query)
    assert answer.status_code == 302
    given = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (given["from"], given["state"]) == (["ae"], ["s t"])
    (code,) = given["code"]
    create = "/auth/token/create"
    tokens = ae.rest(create, code=code, uuid="u1")
    assert tokens["code"] == "0"
    assert tokens["user_nick"].startswith("es")
    ae._token = tokens["access_token"]
    assert ae.call("aliexpress.solution.merchant.profile.get")["country_code"] == "ES"
    for parameters in ({"code": code, "uuid": "u1"}, {"code": "0_x"}):
        assert ae.rest(create, **parameters)["code"] == "InvalidCode"
    assert ae.rest(create)["code"] == "MissingParameter"


@pytest.mark.parametrize("late", [False, True])
def test_a_code_needs_its_uuid_and_ends(ae, late):
    ae.admin("consent", auto="ae-shop")
    query = {"response_type": "code", "redirect_uri": "http://localhost/x", "client_id": ae.settings["app_key"]}
    target = ae.http.get("/aliexpress/api/oauth/authorize", params={**query, "uuid": "u1"}).headers["location"]
    (code,) = parse_qs(urlsplit(target).query)["code"]
    if late:
        ae.advance(seconds=1801)
    refused = ae.rest("/auth/token/create", code=code, **({"uuid": "u1"} if late else {}))
    assert refused["code"] == "InvalidCode"


def test_a_seller_agrees_on_a_page(ae):
    query = {"response_type": "code", "redirect_uri": "http://localhost/x", "client_id": ae.settings["app_key"]}
    url = "/aliexpress/api/oauth/authorize"
    page = ae.http.get(url, params={**query, "state": '"><script>'})
    assert page.status_code == 200
    assert "es4418200bbzq" in page.text
    assert "<script>" not in page.text
    agreed = ae.http.post(url, data={**query, "seller": "ae-shop"})
    assert agreed.headers["location"].startswith("http://localhost/x?code=0_")
    for wrong in ({"client_id": "1"}, {"response_type": "token"}, {"redirect_uri": "javascript:x"}):
        assert ae.http.get(url, params={**query, **wrong}).status_code == 400
    assert ae.http.post(url, data={**query, "seller": "nobody"}).status_code == 400


def test_a_refresh_token_ends_and_can_be_rotated(ae):
    path, first = "/auth/token/refresh", ae.settings["refresh_token"]
    ae.admin("settings", numbers="listed")
    answer = ae.rest(path, refresh_token=first)
    assert answer["refresh_token"] == first
    assert answer["expires_in"] == 2_592_000
    ae.advance(days=1)
    later = ae.rest(path, refresh_token=first)
    assert 86_390 <= answer["refresh_expires_in"] - later["refresh_expires_in"] <= 86_410
    assert later["refresh_token_valid_time"] == answer["refresh_token_valid_time"]
    ae.admin("settings", rotate_refresh_tokens=True)
    second = ae.rest(path, refresh_token=first)["refresh_token"]
    assert second == ae.settings["refresh_token"] != first
    assert ae.rest(path, refresh_token=first)["code"] == "IllegalRefreshToken"
    ae.advance(seconds=5_184_001)
    assert ae.rest(path, refresh_token=second)["code"] == "IllegalRefreshToken"


def test_a_withdrawn_consent_ends_everything(ae):
    assert "profile" in ae.call(PROFILE)
    assert ae.admin("revoke") == {"revoked": 2}
    assert ae.refused(PROFILE)[0] == "IllegalAccessToken"
    refused = ae.rest("/auth/token/refresh", refresh_token=ae.settings["refresh_token"])
    assert refused["code"] == "IllegalRefreshToken"


def test_paths_below_rest_that_are_not_there(ae):
    assert ae.rest("/no/such")["code"] == "InvalidApiPath"
    assert ae.rest("/" + PROFILE)["code"] == "InvalidApiPath"
