"""Tokens: grants, scopes, lifetimes, burnt refresh tokens; and what a bad token meets."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

BASE = "https://api.ebay.com/oauth/api_scope"
READ = f"{BASE}/sell.fulfillment.readonly"
WRITE = f"{BASE}/sell.fulfillment"
TOKEN = "/ebay/api/identity/v1/oauth2/token"


def refresh(client, token=None, **more):
    return client.ask_token(grant_type="refresh_token", refresh_token=token or client.settings["refresh_token"], **more)


def test_refreshing(ebay):
    answer = refresh(ebay, scope=f"{READ} {WRITE}")
    assert answer.status_code == 200
    body = answer.json()
    assert body["expires_in"] == 7200
    assert body["token_type"] == "User Access Token"
    assert "refresh_token" not in body
    assert body["access_token"].startswith("sandbox-")


def test_an_access_token_lasts_7200_seconds_of_the_sandbox(ebay, error):
    assert ebay.orders("?limit=1").status_code == 200
    ebay.sandbox.world.clock.advance(7100)
    assert ebay.orders("?limit=1").status_code == 200
    ebay.sandbox.world.clock.advance(101)
    assert error(ebay.orders("?limit=1")) == (401, 1001)


def test_a_refresh_token_lasts_18_months(ebay):
    ebay.sandbox.world.clock.advance(47_304_000 - 60)
    assert refresh(ebay).status_code == 200
    ebay.sandbox.world.clock.advance(61)
    assert (refresh(ebay).status_code, refresh(ebay).json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer nonsense", "Basic eDp5", "IAF {token}", "{token}"])
def test_what_is_no_bearer_is_401(ebay, error, authorization):
    headers = {} if authorization is None else {"authorization": authorization.format(token=ebay.token)}
    answer = ebay.http.get("/ebay/api/sell/fulfillment/v1/order", headers=headers)
    assert error(answer) == (401, 1001)
    assert answer.json()["errors"][0]["domain"] == "OAuth"


def test_a_token_without_the_scope_is_403(ebay, error, contract):
    token = refresh(ebay, scope=READ).json()["access_token"]
    assert ebay.call("GET", "/sell/fulfillment/v1/order", token=token).status_code == 200
    order_id = ebay.all_orders()[0]["orderId"]
    answer = ebay.call("POST", f"/sell/fulfillment/v1/order/{order_id}/shipping_fulfillment", token=token, json={})
    assert answer.status_code == 403
    contract("ebay/openapi/sell_fulfillment_v1_oas3.json").check(
        {"$ref": "#/components/schemas/Error"}, answer.json()["errors"][0]
    )
    assert ebay.call("GET", "/sell/fulfillment/v1/order", token=ebay.application_token).status_code == 403


@pytest.mark.parametrize("scope", [f"{BASE}/sell.account", f"{READ} {BASE}/sell.account", " "])
def test_more_scope_than_was_granted(ebay, scope):
    answer = refresh(ebay, scope=scope)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_a_burnt_refresh_token_is_refused(ebay):
    ebay.admin("rotate_refresh_tokens", account="ebay-us", on=True)
    first = ebay.settings["refresh_token"]
    body = refresh(ebay, first).json()
    second = body["refresh_token"]
    assert second != first
    assert body["refresh_token_expires_in"] == 47_304_000
    assert ebay.settings["refresh_token"] == second
    again = refresh(ebay, first)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert "error_description" in again.json()
    assert refresh(ebay, second).status_code == 200
    # What was given out before the rotation is still good.
    assert ebay.call("GET", "/sell/fulfillment/v1/order", token=body["access_token"]).status_code == 200


def test_rotation_is_a_setting_of_each_account(ebay, ebay_uk):
    ebay.admin("rotate_refresh_tokens", account="ebay-uk")
    assert "refresh_token" not in refresh(ebay).json()
    ebay_uk.admin("rotate_refresh_tokens")
    assert "refresh_token" in refresh(ebay_uk).json()
    ebay_uk.admin("rotate_refresh_tokens", on=False)
    assert "refresh_token" not in refresh(ebay_uk).json()


def test_expire_tokens(ebay, error):
    assert ebay.orders("?limit=1").status_code == 200
    assert ebay.admin("expire_tokens", account="ebay-uk") == {"expired": 0}
    assert ebay.admin("expire_tokens") == {"expired": 1}
    assert error(ebay.orders("?limit=1")) == (401, 1001)
    assert refresh(ebay).status_code == 200


def test_revoke(ebay, error):
    assert ebay.orders("?limit=1").status_code == 200
    ebay.admin("revoke", account="ebay-us")
    assert error(ebay.orders("?limit=1")) == (401, 1001)
    assert refresh(ebay).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("value", ["", "Basic", "Basic %%%", "Bearer x", "Basic " + base64.b64encode(b"a:b").decode()])
def test_the_client_has_to_prove_itself(ebay, value):
    answer = ebay.http.post(
        TOKEN, data={"grant_type": "client_credentials", "scope": BASE}, headers={"authorization": value}
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("form", [{}, {"grant_type": "password"}])
def test_other_grants(ebay, form):
    answer = ebay.ask_token(**form)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("unsupported_grant_type", "invalid_request")


def test_the_body_is_a_form(ebay):
    basic = (ebay.settings["client_id"], ebay.settings["client_secret"])
    answer = ebay.http.post(TOKEN, json={"grant_type": "client_credentials", "scope": BASE}, auth=basic)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("scope", [None, "", READ])
def test_an_application_gets_the_base_scope_only(ebay, scope):
    form = {} if scope is None else {"scope": scope}
    assert ebay.ask_token(grant_type="client_credentials", **form).json()["error"] == "invalid_scope"
    body = ebay.ask_token(grant_type="client_credentials", scope=BASE).json()
    assert body["token_type"] == "Application Access Token"


def consent(ebay, **changes):
    settings = ebay.settings
    return {
        "client_id": settings["client_id"],
        "redirect_uri": settings["ru_name"],
        "response_type": "code",
        "scope": f"{BASE} {READ}",
        "state": "a&b=c <d>",
        **changes,
    }


def test_from_consent_to_orders(ebay):
    page = ebay.http.get("/ebay/auth/oauth2/authorize", params=consent(ebay))
    assert page.status_code == 200
    assert "lantern-lane-goods" in page.text
    assert "<d>" not in page.text
    agreed = ebay.http.post("/ebay/auth/oauth2/authorize", data={**consent(ebay), "seller": "ebay-uk"})
    assert agreed.status_code == 302
    query = parse_qs(urlsplit(agreed.headers["location"]).query)
    assert query["state"] == ["a&b=c <d>"]
    form = {"grant_type": "authorization_code", "code": query["code"][0], "redirect_uri": ebay.settings["ru_name"]}
    body = ebay.ask_token(**form).json()
    assert body["refresh_token_expires_in"] == 47_304_000
    found = ebay.call("GET", "/sell/fulfillment/v1/order", token=body["access_token"]).json()
    assert {order["sellerId"] for order in found["orders"]} == {"harbour-and-heath"}
    # A code is good once; the scope is what was consented.
    assert ebay.ask_token(**form).json()["error"] == "invalid_grant"
    assert refresh(ebay, body["refresh_token"], scope=WRITE).json()["error"] == "invalid_scope"
    assert refresh(ebay, body["refresh_token"]).status_code == 200


def test_a_code_has_characters_that_must_be_decoded_once(ebay):
    ebay.admin("consent", auto="ebay-us", accept_url="https://app.example/back?x=1")
    location = ebay.http.get("/ebay/auth/oauth2/authorize", params=consent(ebay)).headers["location"]
    assert location.startswith("https://app.example/back?x=1&code=v%5E1.1%23")
    code = parse_qs(urlsplit(location).query)["code"][0]
    assert code.startswith("v^1.1#")
    wrong = {"grant_type": "authorization_code", "redirect_uri": ebay.settings["ru_name"]}
    assert ebay.ask_token(**wrong, code=code.replace("#", "%23")).json()["error"] == "invalid_grant"
    ebay.sandbox.world.clock.advance(300)
    assert ebay.ask_token(**wrong, code=code).json()["error"] == "invalid_grant"


def test_the_redirect_is_the_runame(ebay):
    answer = ebay.ask_token(grant_type="authorization_code", code="x", redirect_uri="https://app.example/back")
    assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "somebody"},
        {"redirect_uri": "https://evil.example"},
        {"response_type": "token"},
        {"scope": "everything"},
        {"scope": ""},
    ],
)
def test_the_consent_page_refuses(ebay, change):
    assert ebay.http.get("/ebay/auth/oauth2/authorize", params=consent(ebay, **change)).status_code == 400
    form = {**consent(ebay, **change), "seller": "ebay-us"}
    assert ebay.http.post("/ebay/auth/oauth2/authorize", data=form).status_code == 400


def test_credentials_follow_the_seed_and_can_be_recognised(make_ebay):
    one, same, other = make_ebay(seed=5).settings, make_ebay(seed=5).settings, make_ebay(seed=6).settings
    assert one == same
    for name in ("client_id", "client_secret", "refresh_token", "ru_name", "signing_key_jwe"):
        assert one[name].startswith("sandbox-")
        assert one[name] != other[name]
        assert len(one[name]) > 40


def test_paths_that_are_not_there(ebay, error):
    answer = ebay.call("GET", "/sell/fulfillment/v2/order")
    assert answer.status_code == 404
    assert answer.json()["errors"]
    assert answer.headers["x-ebay-request-id"].startswith("sandbox-")
    assert ebay.call("DELETE", "/sell/fulfillment/v1/order").status_code == 405
