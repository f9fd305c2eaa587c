"""Authentication, headers, what is not there."""

from __future__ import annotations

import base64

import pytest


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer abc", "Basic", "Basic !!!", "Basic " + base64.b64encode(b"a:b").decode(), "Basic /w=="],
)
def test_without_key_and_secret_nothing_is_done(dhl, spec, authorization):
    headers = {"x-version": "3.1.0"} | ({"Authorization": authorization} if authorization is not None else {})
    answer = dhl.http.post("/dhl/mydhlapi/shipments", headers=headers, json=dhl.shipment_request())
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert answer.json()["status"] == "401"
    assert dhl.state()["shipments"] == []
    spec.check_response("/shipments", "post", 400, answer.json())  # the shape of every refusal


def test_the_secret_of_another_account_does_not_do(dhl, make_dhl):
    other = make_dhl(account="dhl-berlin")
    answer = dhl.call("GET", "/tracking", auth=(dhl.settings["api_key"], other.settings["api_secret"]), params={"x": 1})
    assert answer.status_code == 401


def test_credentials_follow_the_seed_and_are_easily_recognised(make_dhl):
    first, again, second = make_dhl(seed=1), make_dhl(seed=1), make_dhl(seed=2)
    assert first.settings == again.settings
    assert first.settings["api_secret"] != second.settings["api_secret"]
    assert first.settings["api_key"].startswith("sandbox-")
    assert first.settings["hosts"]["api"].endswith("/dhl/mydhlapi")
    assert 1 <= len(first.account) <= 12


def test_message_reference_comes_back(dhl):
    answer = dhl.call(
        "GET", "/reference-data", params={"datasetName": "incoterm"}, headers={"Message-Reference": "m-1"}
    )
    assert answer.headers["message-reference"] == "m-1"
    assert answer.headers["invocation-id"]


@pytest.mark.parametrize(
    ("name", "length"), [("Message-Reference", 37), ("Plugin-Name", 21), ("Webstore-Platform-Version", 16)]
)
def test_headers_have_a_limit(dhl, problems_of, name, length):
    answer = dhl.call("GET", "/reference-data", params={"datasetName": "incoterm"}, headers={name: "x" * length})
    assert answer.status_code == 400
    assert problems_of(answer) == [f"Parameters not having correct format: {name} (maxLength={length - 1})"]
    assert dhl.call(
        "GET", "/reference-data", params={"datasetName": "incoterm"}, headers={name: "x" * (length - 1)}
    ).is_success


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/shipments", 405)])
def test_what_is_not_there(dhl, method, path, status):
    assert dhl.call(method, path).status_code == status


def test_a_body_that_is_no_json(dhl, problems_of):
    answer = dhl.call("POST", "/shipments", content=b'{"productCode": ')
    assert answer.status_code == 400
    assert problems_of(answer) == ["The request body is not valid JSON"]
    assert dhl.call("POST", "/shipments", content=b"[" * 100_000).status_code in (400, 422)
