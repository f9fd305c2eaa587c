"""The meaning of answers: token faults, refusals that prove something, throttles, failures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_ebay.answers import classify, warnings
from xborder_sdk.errors import AuthenticationFailed, Conflict, NotFound, PermissionDenied
from xborder_sdk.hookspecs import GOOD, Meaning
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response


def answer(status: int, body: object = None, **headers: str) -> Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, names, b"" if body is None else json.dumps(body).encode())


def rest(number: int, domain: str = "API_FULFILLMENT", category: str = "REQUEST") -> dict[str, Any]:
    return {
        "errors": [
            {"errorId": number, "domain": domain, "category": category, "message": "short", "longMessage": "long"}
        ]
    }


def post_order(number: int) -> dict[str, Any]:
    return {"errorMessage": {"error": [{"errorId": number, "domain": "d", "message": "words", "parameter": []}]}}


def test_success_is_good_whatever_it_warns_of() -> None:
    assert classify(answer(200, {"warnings": [{"errorId": 1}]})) is GOOD
    assert classify(answer(201)) is GOOD
    assert classify(answer(204)) is GOOD


@pytest.mark.parametrize("body", [rest(1001, "OAuth"), None, "Unauthorized", post_order(2)])
def test_an_expired_token(body: object) -> None:
    verdict = classify(answer(401, body))
    assert (verdict.meaning, verdict.not_executed) == (Meaning.TOKEN_EXPIRED, True)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, rest(1001, "ACCESS")),
        (401, rest(1002, "OAuth")),
        (401, {"error": "invalid_client", "error_description": "no"}),
        (400, {"error": "invalid_grant", "error_description": "no"}),
    ],
)
def test_credentials_that_no_refresh_cures(status: int, body: object) -> None:
    verdict = classify(answer(status, body))
    assert (verdict.meaning, verdict.error) == (Meaning.REFUSED, AuthenticationFailed)
    assert verdict.not_executed


def test_a_refusal_carries_ebays_number_words_and_request_id() -> None:
    verdict = classify(answer(400, rest(30800), x_ebay_request_id="id-1", rlogid="id-2"))
    assert (verdict.meaning, verdict.code, verdict.message, verdict.request_id) == (
        Meaning.REFUSED, "30800", "long", "id-1",
    )  # fmt: skip
    assert verdict.not_executed
    assert classify(answer(400, rest(30800), rlogid="id-2")).request_id == "id-2"


def test_the_documented_shapes(contracts: Path) -> None:
    shapes = json.loads((contracts / "samples" / "error_body_shapes.json").read_text("utf-8"))
    restful = shapes["restful"]
    assert classify(answer(400, {"errors": restful["errors"]})).code == "1"
    assert classify(answer(400, {"error": restful["error"]})).code == "292024"
    assert classify(answer(400, shapes["postOrder"])).code == "1"
    verdict = classify(answer(400, shapes["oauth"]))
    assert (verdict.code, verdict.message) == ("Error Message", "description")
    assert classify(answer(400, shapes["plain"])).code is None


@pytest.mark.parametrize(
    ("status", "number", "error"),
    [
        (400, 32100, NotFound),
        (404, 34913, NotFound),
        (400, 32400, PermissionDenied),
        (409, 34919, PermissionDenied),
        (400, 34916, Conflict),
        (400, 34917, Conflict),
        (400, 34922, Conflict),
        (400, 32300, None),
    ],
)
def test_numbers_that_say_more_than_the_status(status: int, number: int, error: type | None) -> None:
    assert classify(answer(status, rest(number))).error is error


@pytest.mark.parametrize(
    ("response", "proven"),
    [
        (answer(400, rest(32300)), True),
        (answer(404, rest(34913)), True),
        (answer(409, rest(34924)), True),
        (answer(409, rest(34930)), True),
        (answer(409), False),
        (answer(409, rest(12345)), False),
        (answer(400, rest(1, category="APPLICATION")), False),
        (answer(429), True),
        (answer(500, rest(30500, category="APPLICATION")), False),
        (answer(503), False),
        (answer(302), False),
        (answer(408), False),
    ],
)
def test_what_proves_that_nothing_was_done(response: Response, proven: bool) -> None:
    assert classify(response).not_executed is proven


def test_throttles_and_failures() -> None:
    assert classify(answer(429, rest(2001))).meaning is Meaning.THROTTLED
    for status in (500, 502, 503, 504, 599):
        assert classify(answer(status, rest(30500))).meaning is Meaning.DOWN
    assert classify(Response(502, (), b"<html>")).meaning is Meaning.DOWN


def test_hints_say_what_to_do() -> None:
    assert "clock" in (classify(answer(400, rest(30850))).hint or "")
    assert "scope" in (classify(answer(403, rest(1100))).hint or "")
    assert "consent" in (classify(answer(400, {"error": "invalid_grant"})).hint or "")


def test_warnings_in_words() -> None:
    body = {"warnings": [{"errorId": 5, "message": "a"}, {"longMessage": "b"}, {}, "odd"]}
    assert warnings(JsonObject(body)) == ("5: a", "b", "no words")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["errors", "error", "errorMessage", "errorId", "x"]), inner)
    ),
)


@given(status=st.integers(200, 599), body=JSON, plain=st.binary(max_size=40))
def test_no_answer_crashes_the_reading(status: int, body: object, plain: bytes) -> None:
    assert isinstance(classify(answer(status, body)).meaning, Meaning)
    assert isinstance(classify(Response(status, (), plain)).meaning, Meaning)
