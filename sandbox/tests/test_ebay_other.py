"""Who am I, how many calls are left, signing keys."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import example, given
from hypothesis import strategies as st

from xborder_sandbox.ebay.limits import _next_midnight, _pacific_day

ANALYTICS = "ebay/openapi/developer_analytics_v1_beta_oas3.json"
KEYS = "ebay/openapi/developer_key_management_v1_oas3.json"
IDENTITY = "ebay/openapi/commerce_identity_v1_oas3.json"


def test_get_user(ebay, contract, error):
    answer = ebay.call("GET", "/commerce/identity/v1/user/", host="apiz")
    assert answer.status_code == 200
    contract(IDENTITY).check_response("/user/", "get", 200, answer.json())
    assert answer.json()["username"] == "lantern-lane-goods"
    # It lives on apiz alone, and needs a user.
    assert ebay.call("GET", "/commerce/identity/v1/user/").status_code == 404
    assert ebay.call("GET", "/commerce/identity/v1/user/", host="apiz", token=ebay.application_token).status_code == 403


def test_rate_limits(ebay, contract):
    query = "?api_context=sell&api_name=fulfillment"
    path = "/developer/analytics/v1_beta/rate_limit/"

    def rate():
        answer = ebay.call("GET", path + query, token=ebay.application_token)
        contract(ANALYTICS).check_response("/rate_limit/", "get", 200, answer.json())
        (limit,) = answer.json()["rateLimits"]
        assert limit["apiName"] == "fulfillment"
        return limit["resources"][0]["rates"][0]

    before = rate()
    ebay.orders()
    after = rate()
    assert after["count"] == before["count"] + 1
    assert after["remaining"] == after["limit"] - after["count"]
    # Midnight in California, which is still on winter time.
    assert after["reset"] == "2026-03-03T08:00:00.000Z"
    ebay.sandbox.world.clock.advance(86_400)
    ebay._application_token = None
    assert rate()["count"] == 0
    assert ebay.call("GET", path + "?api_name=none", token=ebay.application_token).status_code == 204
    ebay._token = None
    assert ebay.call("GET", path).status_code == 403
    assert ebay.call("GET", "/developer/analytics/v1_beta/user_rate_limit/").status_code == 200


@given(st.integers(1_577_836_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
@example(datetime(2026, 3, 8, 9, 59, 59, tzinfo=UTC))
@example(datetime(2026, 3, 9, 6, 59, 59, tzinfo=UTC))
@example(datetime(2026, 3, 9, 7, tzinfo=UTC))
@example(datetime(2026, 11, 1, 6, 59, 59, tzinfo=UTC))
@example(datetime(2026, 11, 2, 7, 59, 59, tzinfo=UTC))
def test_the_day_begins_at_midnight_in_california(now):
    try:
        pacific = ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zone database to compare with")
    assert _pacific_day(now) == now.astimezone(pacific).date()
    reset = _next_midnight(now)
    assert now < reset
    assert reset.astimezone(pacific).time() == time(0)
    assert reset.astimezone(pacific).date() == now.astimezone(pacific).date() + timedelta(days=1)


def test_the_limit_can_be_kept(ebay, error):
    ebay.admin("settings", enforce_limit=True, daily_limit=2)
    assert [ebay.orders("?limit=1").status_code for _ in range(3)] == [200, 200, 429]
    ebay.sandbox.world.clock.advance(86_400)
    ebay._token = None
    assert ebay.orders("?limit=1").status_code == 200


@pytest.mark.parametrize("cipher", ["ED25519", "RSA"])
def test_signing_keys(ebay, contract, cipher):
    path = "/developer/key_management/v1/signing_key"

    def call(method, end="", **more):
        return ebay.call(method, path + end, host="apiz", token=ebay.application_token, **more)

    created = call("POST", json={"signingKeyCipher": cipher})
    assert created.status_code == 200
    key = created.json()
    contract(KEYS).check_response("/signing_key", "post", 200, key)
    private = serialization.load_der_private_key(base64.b64decode(key["privateKey"]), None)
    assert base64.b64decode(key["publicKey"]) == private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert key["expirationTime"] - key["creationTime"] == 3 * 365 * 86_400

    listed = call("GET").json()
    contract(KEYS).check_response("/signing_key", "get", 200, listed)
    assert key["signingKeyId"] in [held["signingKeyId"] for held in listed["signingKeys"]]
    assert not any("privateKey" in held for held in listed["signingKeys"])
    one = call("GET", f"/{key['signingKeyId']}").json()
    contract(KEYS).check_response("/signing_key/{signing_key_id}", "get", 200, one)
    assert "privateKey" not in one


@pytest.mark.parametrize(
    ("content", "number"), [(b'{"signingKeyCipher":"DSA"}', 210001), (b"[]", 210006), (b"", 210006)]
)
def test_wrong_signing_keys(ebay, error, content, number):
    path = "/developer/key_management/v1/signing_key"
    answer = ebay.call("POST", path, host="apiz", token=ebay.application_token, content=content)
    assert error(answer) == (400, number)
    assert error(ebay.call("GET", path + "/nope", host="apiz", token=ebay.application_token)) == (404, 210002)
    assert ebay.call("GET", path, host="apiz").status_code == 403
