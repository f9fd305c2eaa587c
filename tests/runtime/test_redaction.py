"""Credentials and buyers' data, planted everywhere, appear in nothing that people see."""

from __future__ import annotations

import asyncio
import base64
import logging
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote as url_quote

import pytest
from pydantic import SecretStr
from tests.support import faults
from tests.support.drivers import Caller
from tests.support.faults import Act, FaultServer, Received
from tests.support.tiny import RECIPIENT, TinyCarrier, TinyTokens, account, quote, refund, shipment

from xborder_sdk import LogisticsProvider
from xborder_sdk.errors import AnswerError, ConnectorBug, InvalidSettings, OutcomeUnknown, XborderError
from xborder_sdk.hookspecs import AttemptRecord, GetOrder, hookimpl
from xborder_sdk.runtime.redaction import scrub
from xborder_sdk.steps import Effect, Send, WireRequest

API_KEY = "canary^api+key/1"
REFRESH = "canary^refresh#0"
ACCESS = "canary-access-1"
ROTATED = "canary-rotated-1"
QUERY = "canary-in-a-query"
COOKIE = "canary-in-a-cookie"
BODY = "canary-in-a-body"
STRANGER = "zebulon@stranger.example"
STRANGERS_PHONE = "+44 7700 900123"
PEOPLE = (
    RECIPIENT.name, "Ottoline", "Fernwhistle", "Quillfeather", "Marzipanville", "ZQ7 4XY", "5550142",
    "fernwhistle.example", "Wendelbert", "Sprocketry", "Cogwheel",
)  # fmt: skip
CANARIES = (
    API_KEY, REFRESH, ACCESS, ROTATED, QUERY, COOKIE, BODY, STRANGER, "900123", url_quote(REFRESH, safe=""),
    base64.b64encode(f"user:{API_KEY}".encode()).decode(),
)  # fmt: skip

# What a vendor may echo of an account that has no token yet, and of one that has.
EARLY = f"refresh={url_quote(REFRESH, safe='')} is not {REFRESH}; key {API_KEY}"
ECHO = (
    f"no such recipient {RECIPIENT.name.upper()}, {RECIPIENT.lines[0]}; {RECIPIENT.phone} <{RECIPIENT.email}> in "
    f"{RECIPIENT.postal_code} {RECIPIENT.city}; your key {API_KEY}, token {ACCESS}, "
    f"refresh={url_quote(REFRESH, safe='')}, {REFRESH} {ROTATED}; "
    f"Basic {base64.b64encode(f'user:{API_KEY}'.encode()).decode()}; "
    f"did you mean {STRANGER}, {STRANGERS_PHONE}?"
)


class Listener:
    """Keeps every attempt it is told of."""

    def __init__(self) -> None:
        self.records: list[AttemptRecord] = []

    @hookimpl
    def on_attempt(self, record: AttemptRecord) -> None:
        self.records.append(record)


class Leaky(TinyCarrier):
    """A carrier whose code crashes with a buyer's name in its hands."""

    def quote(self, request: Any) -> Any:
        yield from self.api.read("GET", "/quotes")
        name = request.recipient.name
        raise KeyError(name)


class LeakyTiny(TinyTokens):
    name = "leaky"
    kinds = (Leaky,)


def with_tokens(act: Act) -> Act:
    """The act, after a token has been issued."""

    def choose(request: Received) -> Act:
        if request.path == "/token":
            return faults.answer(200, {"access": ACCESS, "refresh": ROTATED})
        return act

    return faults.routed(choose)


def echo(status: int) -> Act:
    body = {"code": f"E-{API_KEY}", "message": ECHO, "request": f"req-{ACCESS}", "more": BODY}
    return faults.answer(status, body, [("Set-Cookie", f"s={COOKIE}"), ("X-Echo", ACCESS)])


SITUATIONS: dict[str, Act] = {
    "refused": with_tokens(echo(422)),
    "down": with_tokens(echo(500)),
    "unauthorised": with_tokens(echo(401)),
    "a web page": with_tokens(faults.say(faults.message(200, f"<html>{ECHO}</html>".encode(), kind="text/html"))),
    "cut": with_tokens(faults.answer(200, b'{"id": "' + BODY.encode())),
    "silent": with_tokens(faults.silence()),
    "closed": with_tokens(faults.close()),
    "odd": with_tokens(faults.say(f"HTTP/1.1 {ACCESS} {API_KEY}\r\n\r\n".encode())),
    "no token": faults.answer(400, {"code": "invalid_grant", "message": EARLY}),
}


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def seen(caplog: pytest.LogCaptureFixture, listener: Listener) -> Callable[[BaseException | None], str]:
    """All that people could see: logs at every level, attempts, and an exception in every form it is shown in."""
    caplog.set_level(logging.DEBUG)

    def look(error: BaseException | None) -> str:
        parts = [caplog.text, repr(listener.records)]
        parts += [f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in caplog.records]
        while error is not None:
            parts += [
                str(error),
                repr(error),
                repr(error.args),
                repr(vars(error)),
                repr(getattr(error, "__notes__", "")),
            ]
            trace = traceback.TracebackException.from_exception(error, capture_locals=True)
            # What the application itself passed to a raw request is in that one frame, as in its own (our tests').
            trace.stack[:] = [f for f in trace.stack if "/xborder_sdk/" in f.filename and f.name != "request"]
            parts += trace.format()
            if isinstance(error, XborderError):
                parts.append(repr(error.facts()))
            error = error.__cause__ or error.__context__
        return "\n".join(parts)

    return look


def leaks(text: str, people: tuple[str, ...] = PEOPLE) -> list[str]:
    folded = text.casefold()
    return [canary for canary in CANARIES + people if canary.casefold() in folded]


def settings(server: FaultServer, connector: str = "tinytokens") -> dict[str, Any]:
    return {
        "tiny": account(server.url, connector, api_key=API_KEY, refresh_token=REFRESH, max_attempts=1, timeout_s=0.2)
    }


def failure_of(call: Callable[[], object]) -> BaseException | None:
    try:
        call()
    except Exception as error:
        return error
    return None


CALLS: dict[str, Callable[[Caller], object]] = {
    "get_order": lambda client: client.get_order("tiny", GetOrder(order_id="O-1")),
    "create_shipment": lambda client: client.create_shipment("tiny", shipment()),
    "quote": lambda client: client.quote("tiny", quote()),
    "request": lambda client: client.request(
        "tiny", "POST", f"/x?first={QUERY}", effect=Effect.READ, query={"k": QUERY}, json={"b": BODY}
    ),
    "refund": lambda client: client.refund_order("tiny", refund(comment=f"for {RECIPIENT.name}")),
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("call", ["get_order", "create_shipment", "request"])
def test_nothing_shows_in_a_failed_call(
    situation: str,
    call: str,
    serve: Callable[..., FaultServer],
    caller: Callable[..., Caller],
    listener: Listener,
    seen: Callable[[BaseException | None], str],
) -> None:
    client = caller(settings(serve(SITUATIONS[situation])), hooks=(listener,))
    error = failure_of(lambda: CALLS[call](client))
    if not (call == "request" and situation in {"a web page", "cut"}):
        assert isinstance(error, XborderError)
    # A name is recognised in an echo where the request named the person; what looks personal always is.
    assert leaks(seen(error), PEOPLE if call == "create_shipment" else ()) == []
    # Not by silence: what helps is there.
    if situation == "refused":
        assert isinstance(error, (AnswerError, OutcomeUnknown))
        assert "422" in str(error)
        assert "no such recipient" in str(error)
    assert listener.records


def test_nothing_shows_in_a_call_that_works(
    serve: Callable[..., FaultServer],
    caller: Callable[..., Caller],
    listener: Listener,
    seen: Callable[[BaseException | None], str],
) -> None:
    body = {"id": "O-1", "buyer": RECIPIENT.name, "email": RECIPIENT.email, "waybill": "WB-1", "price": 3}
    server = serve(with_tokens(faults.answer(200, body, [("Set-Cookie", f"s={COOKIE}")])))
    client = caller(settings(server), hooks=(listener,))
    results = [CALLS[call](client) for call in ("get_order", "create_shipment", "quote", "request")]
    text = seen(None) + repr(results) + "".join(map(str, results)) + repr(client.client) + repr(client.store)
    text += repr(client.client.connector("tiny")) + repr(client.client.connector("tiny").settings)
    text += repr([shipment(), quote(), refund(comment=RECIPIENT.name)]) + repr(client.store.history())
    assert leaks(text) == []
    assert len(listener.records) == 5


def test_the_people_of_an_earlier_answer_are_recognised_in_a_later_refusal(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], seen: Callable[[BaseException | None], str]
) -> None:
    good = {"id": "O-1", "buyer": RECIPIENT.name, "email": RECIPIENT.email}
    answers = iter([faults.answer(200, good), faults.answer(422, {"message": f"{RECIPIENT.name} has moved"})])

    def choose(request: Received) -> Act:
        return faults.answer(200, {"access": ACCESS}) if request.path == "/token" else next(answers)

    client = caller(settings(serve(faults.routed(choose))))
    CALLS["get_order"](client)
    error = failure_of(lambda: CALLS["get_order"](client))
    assert "has moved" in str(error)
    assert leaks(seen(error)) == []


def test_nothing_shows_where_a_connector_crashes(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], seen: Callable[[BaseException | None], str]
) -> None:
    client = caller(settings(serve(with_tokens(echo(200))), "leaky"), connectors=(LeakyTiny,))
    error = failure_of(lambda: CALLS["quote"](client))
    assert isinstance(error, ConnectorBug)
    assert "KeyError" in str(error)
    assert "test_redaction.py" in str(error.where)
    assert leaks(seen(error)) == []


def test_nothing_shows_in_the_errors_of_a_fan_out(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], seen: Callable[[BaseException | None], str]
) -> None:
    client = caller(settings(serve(with_tokens(echo(422)))))
    (outcome,) = client.fan_out(["tiny"], LogisticsProvider.quote, quote())
    assert isinstance(outcome.error, AnswerError)
    assert leaks(seen(outcome.error) + repr(outcome)) == []


def test_nothing_shows_where_a_task_is_cancelled(
    serve: Callable[..., FaultServer], seen: Callable[[BaseException | None], str]
) -> None:
    server = serve(with_tokens(faults.silence()))
    found: list[BaseException] = []

    async def cancelled() -> None:
        task = asyncio.ensure_future(client.client.create_shipment("tiny", shipment()))
        await asyncio.to_thread(server.wait_for, 2)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            found.append(error)

    with Caller("async", settings(server)) as client:
        client.run(cancelled())
    assert leaks(seen(found[0])) == []


@pytest.mark.parametrize(
    "wrong",
    [{"api_key": {"x": API_KEY}}, {"refresh_token": 7, "timeout_s": API_KEY}, {API_KEY[:6]: API_KEY},
     {"hosts": {"api": f"http://user:{BODY}@vendor.example"}}],
)  # fmt: skip
def test_nothing_shows_in_wrong_settings(
    wrong: dict[str, Any], caller: Callable[..., Caller], seen: Callable[[BaseException | None], str]
) -> None:
    client = caller({"tiny": {"connector": "tiny", **wrong}})
    error = failure_of(lambda: CALLS["get_order"](client))
    assert isinstance(error, InvalidSettings)
    assert leaks(seen(error)) == []


def test_requests_show_no_more_than_they_must() -> None:
    step = Send(Effect.READ, "GET", f"/x?k={QUERY}", query=(("k", QUERY),), headers=(("a", ACCESS),), content=b"c")
    wire = WireRequest("GET", f"https://vendor.example/x?k={QUERY}", (("a", ACCESS),), BODY.encode())
    assert leaks(repr(step) + repr(wire) + repr(SecretStr(API_KEY))) == []


def test_scrubbing_keeps_what_names_nobody() -> None:
    text = "Manifest 2026-03-01 of service 12345 refused: Man is not a city, see code E-1234"
    assert scrub(text, [], [RECIPIENT.replace(name="Man")]) == text.replace("Man is", "*** is")
