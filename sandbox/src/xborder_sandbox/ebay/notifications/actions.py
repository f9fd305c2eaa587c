"""The sandbox's own handles on notifications: `POST /_admin/ebay/<action>`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from xborder_sandbox.ebay.notifications.book import Message, NotificationBook
from xborder_sandbox.ebay.notifications.sender import SIGNATURES, Sender
from xborder_sandbox.ebay.notifications.topics import ACCOUNT_DELETION
from xborder_sandbox.errors import AdminError
from xborder_sandbox.loopback import split_endpoint
from xborder_sandbox.requests import Json

FIELDS = {
    "topic", "data", "url", "account", "signature", "age_seconds", "attempt", "spaced", "padding", "replay", "times",
}  # fmt: skip
_MAX_PADDING = 50_000_000


class NotificationActions:
    """Send one, in whatever state."""

    def __init__(self, book: NotificationBook, sender: Sender) -> None:
        self._book = book
        self._sender = sender

    def table(self) -> dict[str, Callable[[dict[str, Json]], dict[str, Json]]]:
        """Return the actions by name."""
        return {"notify": self.notify}

    def state(self) -> dict[str, Json]:
        """Return what is set up, without the verification tokens, and the last notifications."""
        return {
            "destinations": [
                {"name": held.name, "endpoint": held.endpoint, "status": held.status}
                for held in self._book.destinations.values()
            ],
            "subscriptions": [
                {"topicId": held.topic_id, "account": held.account, "status": held.status}
                for held in self._book.subscriptions.values()
            ],
            "sent": [_brief(message) for message in list(self._book.sent.values())[-50:]],
        }

    def notify(self, body: dict[str, Json]) -> dict[str, Json]:
        """Send a notification and tell what its receivers answered."""
        unknown = body.keys() - FIELDS
        if unknown:
            raise AdminError(f"unknown fields: {', '.join(sorted(unknown))}")
        times = _whole(body, "times", 1, 1, 100)
        message = self._message(body)
        endpoints = self._endpoints(body, message.topic)
        deliveries: list[Json] = [self._sender.send(message, endpoint) for _ in range(times) for endpoint in endpoints]
        return {"notificationId": message.notification_id, "deliveries": deliveries}

    def _message(self, body: dict[str, Json]) -> Message:
        if "replay" in body:
            held = self._book.sent.get(str(body["replay"]))
            if held is None:
                raise AdminError(f"no notification {body['replay']!r} was sent")
            return held
        signature = str(body.get("signature", "valid"))
        if signature not in SIGNATURES:
            raise AdminError(f"signature must be one of {', '.join(SIGNATURES)}")
        topic = str(body.get("topic", ACCOUNT_DELETION))
        data = body.get("data")
        if data is None and topic != ACCOUNT_DELETION:
            raise AdminError("data must be given: eBay's payload for this topic is not established")
        if data is not None and not isinstance(data, dict):
            raise AdminError("data must be an object")
        padding = _whole(body, "padding", 0, 0, _MAX_PADDING)
        if padding:
            data = {**(self._sender.deleted_account() if data is None else data), "padding": "x" * padding}
        return self._sender.compose(
            topic,
            data,
            signature=signature,
            age=timedelta(seconds=_whole(body, "age_seconds", 0, -(10**9), 10**9)),
            attempt=_whole(body, "attempt", 1, 1, 1000),
            spaced=body.get("spaced") is True,
        )

    def _endpoints(self, body: dict[str, Json], topic: str) -> list[str]:
        url = body.get("url")
        if url is not None:
            if not isinstance(url, str) or split_endpoint(url) is None:
                raise AdminError("url must be an http or https address")
            return [url]
        account = body.get("account")
        found = [
            self._book.destinations[held.destination_id].endpoint
            for held in self._book.subscriptions.values()
            if held.topic_id == topic
            and held.status == "ENABLED"
            and (held.account is None or account in (None, held.account))
            and self._book.destinations[held.destination_id].status == "ENABLED"
        ]
        if not found:
            raise AdminError("nobody has an enabled subscription to the topic; give a url")
        return found


def _brief(message: Message) -> dict[str, Json]:
    deliveries: list[Json] = [*message.deliveries]
    return {"notificationId": message.notification_id, "topic": message.topic, "deliveries": deliveries}


def _whole(body: dict[str, Json], name: str, default: int, lowest: int, highest: int) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise AdminError(f"{name} must be a whole number from {lowest} to {highest}")
    return value
