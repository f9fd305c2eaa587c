"""An invented vendor that pushes, and a hand-made ASGI server for one request."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from xborder_sdk.errors import InvalidSettings, NotificationRefused
from xborder_sdk.hookspecs import Connector, Settings
from xborder_sdk.models import ChallengeAnswer, InboundMessage, Notification, NotificationKind, Raw
from xborder_sdk.steps import Flow

KEY = b"an invented key"


def mac(body: bytes) -> str:
    return hmac.new(KEY, body, hashlib.sha256).hexdigest()


def message(number: str = "n-1", **more: Any) -> bytes:
    return json.dumps({"id": number, **more}).encode()


class Pusher(Connector[Settings]):
    """Signs with a shared key; `ask` in a message makes the connector ask the vendor first."""

    name = "pusher"
    title = "Pusher"

    def hosts(self) -> Mapping[str, str]:
        return {"api": "https://api.pusher.example"}

    def read_notification(self, message: InboundMessage) -> Flow[tuple[Notification, ...]]:
        yield from ()
        if not hmac.compare_digest(message.header("X-Mac") or "", mac(message.body)):
            raise NotificationRefused("not Pusher's", reason="signature", status=412)
        said = json.loads(message.body)
        if "ask" in said:
            yield from self.api.read("GET", "/key", credential=None)
        if "crash" in said:
            raise KeyError(said["crash"])
        return tuple(
            Notification(
                account=self.account,
                notification_id=number,
                kind=NotificationKind(said.get("kind", "order_changed")),
                order_ids=tuple(said.get("orders", ())),
                buyer_ids=tuple(said.get("buyers", ())),
                raw=Raw(message.body),
            )
            for number in said["id"].split(",")
        )

    def answer_challenge(self, message: InboundMessage) -> ChallengeAnswer | None:
        code = message.parameter("code")
        if code == "unset":
            raise InvalidSettings("no token is set")
        return None if code is None else ChallengeAnswer(code[::-1].encode(), "text/plain")


class Silent(Connector[Settings]):
    """Pushes nothing."""

    name = "silent"
    title = "Silent"

    def hosts(self) -> Mapping[str, str]:
        return {"api": "https://api.silent.example"}


@dataclass
class Answer:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def ask(
    app: Any,
    path: str,
    body: bytes | Iterable[bytes] = b"",
    *,
    method: str = "POST",
    signature: str | None = None,
    query: bytes = b"",
    headers: Iterable[tuple[bytes, bytes]] = (),
    root_path: str = "",
    stall: bool = False,
) -> Answer:
    """One request as an ASGI server hands it over; `stall` never sends the end."""
    chunks = [body] if isinstance(body, bytes) else list(body)
    if signature is None and isinstance(body, bytes):
        signature = mac(body)
    events = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    if events and not stall:
        events[-1]["more_body"] = False
    sent: list[dict[str, Any]] = []

    async def receive() -> Any:
        if events:
            return events.pop(0)
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": root_path,
        "query_string": query,
        "headers": [*headers, (b"x-mac", (signature or "").encode())],
    }
    await app(scope, receive, send)
    assert [event["type"] for event in sent] == ["http.response.start", "http.response.body"]
    return Answer(sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"])
