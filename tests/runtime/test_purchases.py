"""Whatever happens on the wire, a purchase is sent once, and the ledger tells what is known of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.support import faults
from tests.support.drivers import Caller
from tests.support.faults import Act, FaultServer
from tests.support.times import Waits
from tests.support.tiny import Tiny, TinyCarrier, account, refund, shipment

from xborder_sdk.errors import Conflict, NotSent, OutcomeUnknown, VendorDown
from xborder_sdk.hookspecs import CreateShipment, GetOrder, Meaning, Verdict
from xborder_sdk.ledger import EffectState
from xborder_sdk.models import Shipment
from xborder_sdk.steps import Flow

BOUGHT = json.dumps({"waybill": "WB-1"}).encode()
INTENT = "ship/key/parcel-1"
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n"

DOUBTFUL: dict[str, Act] = {
    "500": faults.answer(500, {"message": "boom"}),
    "503 with Retry-After": faults.answer(503, {"message": "busy"}, [("Retry-After", "0")]),
    "409": faults.answer(409, {"message": "exists"}),
    "302": faults.answer(302, None, [("Location", "/elsewhere")]),
    "silence": faults.silence(),
    "reset after the request": faults.reset(),
    "close": faults.close(),
    "half a status line": faults.say(b"HTTP/1.1 20"),
    "garbage": faults.say(b"\x00\x01 no http at all\r\n\r\n"),
    "half a body": faults.half_body(BOUGHT),
    "an encoding nobody offered": faults.say(faults.message(201, BOUGHT, [("Content-Encoding", "br")])),
    "a damaged compressed body": faults.say(faults.message(201, BOUGHT, [("Content-Encoding", "gzip")])),
}
UNREADABLE: dict[str, Act] = {
    "a web page": faults.html(201),
    "cut JSON": faults.answer(201, BOUGHT[:-4]),
    "an empty body": faults.answer(201, b""),
    "another shape": faults.answer(201, {"unexpected": True}),
    "a list": faults.answer(201, []),
}


@pytest.mark.parametrize("situation", DOUBTFUL)
def test_without_a_usable_answer_one_request_and_a_doubt(
    situation: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    server = serve(DOUBTFUL[situation])
    client = caller({"tiny": account(server.url)})
    with pytest.raises(OutcomeUnknown) as caught:
        client.create_shipment("tiny", shipment())
    row = client.store.get(INTENT, 1)
    assert len(server.posts()) == 1
    assert (row.state, row.reference) == (EffectState.UNKNOWN, caught.value.reference)
    assert row.reference == server.posts()[0].json()["reference"]
    assert (caught.value.account, caught.value.operation) == ("tiny", "create_shipment")
    with pytest.raises(OutcomeUnknown):
        client.create_shipment("tiny", shipment())
    assert len(server.posts()) == 1
    assert waits == []


def test_a_doubt_says_what_the_vendor_said_and_what_the_connector_advises(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = Verdict(Meaning.REFUSED, code="TWICE", message="number taken", error=Conflict, hint="look in the drawer")
    monkeypatch.setattr(Tiny, "classify", lambda self, response: verdict)
    client = caller({"tiny": account(serve(faults.answer(200, {})).url)})
    with pytest.raises(OutcomeUnknown) as caught:
        client.create_shipment("tiny", shipment())
    assert caught.value.reason == "it answered 200, code TWICE"
    assert caught.value.hint == f"{OutcomeUnknown.hint}; look in the drawer"
    assert client.store.get(INTENT, 1).reason == caught.value.reason


def test_a_connector_may_say_why_an_answer_that_came_is_not_enough(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(self: TinyCarrier, request: CreateShipment) -> Flow[Shipment]:
        yield from self.api.once("POST", "/shipments", json={"for": request.service})
        raise VendorDown("the number is still being checked", hint="ask again in ten minutes")

    monkeypatch.setattr(TinyCarrier, "create_shipment", waits)
    client = caller({"tiny": account(serve(faults.answer(201, BOUGHT)).url)})
    with pytest.raises(OutcomeUnknown, match=r"it is kept \(the number is still being checked\)") as caught:
        client.create_shipment("tiny", shipment())
    assert caught.value.hint == f"{OutcomeUnknown.hint}; ask again in ten minutes"


@pytest.mark.parametrize("situation", UNREADABLE)
def test_an_answer_we_cannot_read_is_kept_and_never_asked_for_again(
    situation: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(UNREADABLE[situation])
    client = caller({"tiny": account(server.url)})
    for _ in range(2):
        with pytest.raises(OutcomeUnknown, match="kept"):
            client.create_shipment("tiny", shipment())
    row = client.store.get(INTENT, 1)
    assert len(server.posts()) == 1
    assert row.state is EffectState.UNREAD
    assert row.reference == server.posts()[0].json()["reference"]
    assert client.store.answer(INTENT, 1).status == 201


def test_a_reset_before_anything_is_read(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    """It may meet the client before or after its first byte; what the ledger says must be what was proven."""
    server = serve(faults.reset(early=True))
    client = caller({"tiny": account(server.url)})
    with pytest.raises((OutcomeUnknown, NotSent)) as caught:
        client.create_shipment("tiny", shipment())
    doubted = caught.type is OutcomeUnknown
    assert client.store.get(INTENT, 1).state is (EffectState.UNKNOWN if doubted else EffectState.RELEASED)
    assert server.requests == []


@pytest.mark.parametrize("what", ["body", "headers"])
def test_a_dripping_answer_ends_at_the_deadline_as_a_doubt(
    what: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    first, rest = (HEAD, BOUGHT) if what == "body" else (b"HTTP/1.1 201 Created\r\nX-Slow: ", b"a" * 400)
    server = serve(faults.drip(first, rest))
    client = caller({"tiny": account(server.url, timeout_s=5)})
    with pytest.raises(OutcomeUnknown):
        client.create_shipment("tiny", shipment(), deadline_s=0.4)
    assert len(server.posts()) == 1
    assert client.store.get(INTENT, 1).state is EffectState.UNKNOWN


def test_a_good_answer_is_stored_settled_and_read_again_without_a_request(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, BOUGHT))
    client = caller({"tiny": account(server.url)})
    bought = client.create_shipment("tiny", shipment())
    again = client.create_shipment("tiny", shipment())
    row = client.store.get(INTENT, 1)
    assert bought == again
    assert len(server.posts()) == 1
    assert (row.state, row.outcome_id, row.reference) == (EffectState.SETTLED, "WB-1", bought.reference)
    assert client.store.answer(INTENT, 1).content == BOUGHT


@pytest.mark.parametrize("situation", ["500", "silence", "reset after the request", "close", "half a body"])
def test_a_refund_is_sent_once_too(
    situation: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    server = serve(DOUBTFUL[situation])
    client = caller({"tiny": account(server.url)})
    with pytest.raises(OutcomeUnknown):
        client.refund_order("tiny", refund())
    assert len(server.posts()) == 1
    (row,) = client.store.history()
    assert row.state is EffectState.UNKNOWN
    assert row.intent.startswith("tiny/refund/O-1/")


def test_a_purchase_uses_a_connection_of_its_own(serve: Callable[..., FaultServer], caller: Callable[..., Caller],
                                                 driver: str) -> None:  # fmt: skip
    """On a kept connection that the server closes as the request comes in, a lost answer is like a late one."""
    if driver == "aiohttp":
        pytest.skip("an own transport keeps its connections as it likes; it never repeats a POST (tested above)")
    server = serve(faults.answer(200, {"id": "O-1"}), faults.answer(201, BOUGHT))
    client = caller({"tiny": account(server.url)})
    client.get_order("tiny", GetOrder(order_id="O-1"))
    client.create_shipment("tiny", shipment())
    assert server.connections == 2
