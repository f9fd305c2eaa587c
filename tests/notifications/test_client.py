"""`read_notification` and `answer_challenge` of both clients: what the driver does for them, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from tests.support.drivers import Caller

from xborder_sdk.errors import (
    ConnectorBug,
    InvalidSettings,
    NotificationRefused,
    UnknownAccount,
    UnsupportedOperation,
    UsageError,
    VendorDown,
)
from xborder_sdk.models import InboundMessage, NotificationKind
from xborder_sdk.steps import Flow

from .pusher import Pusher, Silent, mac, message

AT = datetime(2026, 3, 2, tzinfo=UTC)


class Careless(Pusher):
    """Breaks the contract in the way a message says."""

    name = "careless"

    def read_notification(self, message: InboundMessage) -> Any:
        if message.body == b"list":
            return []
        if message.body == b"crash":
            raise KeyError("secret words")
        return self._buys()

    def _buys(self) -> Flow[Any]:
        yield from self.api.once("POST", "/buy", json={}, credential=None)

    def answer_challenge(self, message: InboundMessage) -> Any:
        raise KeyError("secret words")


def inbound(body: bytes, signature: str | None = None) -> InboundMessage:
    headers = (("x-MAC", mac(body) if signature is None else signature),)
    return InboundMessage("POST", "/one", headers=headers, body=body, received_at=AT)


@pytest.fixture(params=["sync", "async"])
def made(request: pytest.FixtureRequest) -> Any:
    """A client, and the status its vendor answers with."""
    status = [200]
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status[0], json={})

    accounts = {name: {"connector": name, "max_attempts": 2} for name in ("pusher", "silent", "careless")}
    with Caller(
        request.param,
        accounts,
        connectors=(Pusher, Silent, Careless),
        transport=httpx.MockTransport(answer),
    ) as one:
        yield one, status, asked


def test_a_message_is_read_and_may_make_the_connector_ask(made: Any) -> None:
    client, _, asked = made
    body = message("n-1", ask=1, kind="dispute_changed")
    (found,) = client.read_notification("pusher", inbound(body))
    assert (found.account, found.kind) == ("pusher", NotificationKind.DISPUTE_CHANGED)
    assert [request.url.path for request in asked] == ["/key"]


def test_a_refusal_is_located(made: Any) -> None:
    client, _, _ = made
    with pytest.raises(NotificationRefused) as refused:
        client.read_notification("pusher", inbound(b"{}", "forged"))
    facts = refused.value.facts()
    assert (facts["account"], facts["operation"]) == ("pusher", "read_notification")
    assert (facts["status"], facts["reason"]) == (412, "signature")


def test_a_vendor_that_is_down_is_tried_again_and_then_named(made: Any) -> None:
    client, status, asked = made
    status[0] = 500
    with pytest.raises(VendorDown):
        client.read_notification("pusher", inbound(message(ask=1)))
    assert len(asked) == 2


def test_a_connector_that_reads_none_says_so(made: Any) -> None:
    client, _, _ = made
    with pytest.raises(UnsupportedOperation, match="Silent"):
        client.read_notification("silent", inbound(b""))
    with pytest.raises(UnknownAccount):
        client.read_notification("nobody", inbound(b""))
    assert client.client.answer_challenge("silent", inbound(b"")) is None


@pytest.mark.parametrize("body", [b"list", b"crash"])
def test_a_broken_connector_is_named(body: bytes, made: Any) -> None:
    client, _, _ = made
    with pytest.raises(ConnectorBug) as bug:
        client.read_notification("careless", inbound(body))
    assert "careless.read_notification" in str(bug.value)
    assert "secret words" not in str(bug.value)
    with pytest.raises(ConnectorBug, match=r"careless\.answer_challenge"):
        client.client.answer_challenge("careless", inbound(body))


def test_reading_has_no_effect(made: Any) -> None:
    client, _, asked = made
    with pytest.raises(UsageError, match="effect"):
        client.read_notification("careless", inbound(b"buy"))
    assert asked == []


def test_a_challenge_is_answered_without_asking_anybody(made: Any) -> None:
    client, _, asked = made
    answer = client.client.answer_challenge("pusher", InboundMessage("GET", "/", (("code", "abc"),), received_at=AT))
    assert (answer.content, answer.content_type) == (b"cba", "text/plain")
    with pytest.raises(InvalidSettings) as error:
        client.client.answer_challenge("pusher", InboundMessage("GET", "/", (("code", "unset"),), received_at=AT))
    assert error.value.account == "pusher"
    assert asked == []


def test_a_message_shows_nothing_and_knows_its_time() -> None:
    found = InboundMessage(
        "POST", "/one", (("code", "c1"), ("code", "c2")), (("X-Key", "k1"), ("x-key", "k2")), b"body", received_at=AT
    )
    assert (found.header("x-KEY"), found.parameter("code")) == ("k1", "c1")
    assert (found.header("absent"), found.parameter("Code")) == (None, None)
    assert not any(word in repr(found) for word in ("c1", "k1", "body"))
    with pytest.raises(ValueError, match="zone"):
        InboundMessage("POST", "/one", received_at=datetime(2026, 3, 2))  # noqa: DTZ001
