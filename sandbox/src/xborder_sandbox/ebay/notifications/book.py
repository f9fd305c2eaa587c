"""What was set up for notifications: configuration, destinations, subscriptions; and what was sent."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from xborder_sandbox.ebay.notifications.keys import Keys
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.times import write_time


@dataclass
class Destination:
    """An endpoint that notifications go to."""

    destination_id: str
    name: str
    status: str
    endpoint: str
    token: str = field(repr=False)

    def picture(self) -> Document:
        """Return a Destination."""
        return {
            "destinationId": self.destination_id,
            "name": self.name,
            "status": self.status,
            "deliveryConfig": {"endpoint": self.endpoint, "verificationToken": self.token},
        }


@dataclass
class Subscription:
    """A wish for the notifications of a topic; `account` is None for the application's own."""

    subscription_id: str
    topic_id: str
    account: str | None
    created: datetime
    destination_id: str
    status: str
    payload: Document

    def picture(self) -> Document:
        """Return a Subscription."""
        return {
            "subscriptionId": self.subscription_id,
            "topicId": self.topic_id,
            "status": self.status,
            "creationDate": write_time(self.created),
            "destinationId": self.destination_id,
            "payload": self.payload,
        }


@dataclass
class Message:
    """A notification as it was sent, byte for byte; it can be sent again."""

    notification_id: str
    topic: str
    body: bytes = field(repr=False)
    signature: str | None = field(repr=False)
    deliveries: list[Document] = field(default_factory=list)


@dataclass
class NotificationBook:
    """Everything about notifications that one application has set up."""

    store: Store
    random: Random
    alert_email: str | None = None
    destinations: dict[str, Destination] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    sent: dict[str, Message] = field(default_factory=dict)
    keys: Keys = field(init=False)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.keys = Keys(self.random)

    def new_id(self) -> str:
        """Return an id for a destination or subscription."""
        return f"{self.random.getrandbits(128):032x}"

    def new_notification_id(self) -> str:
        """Return two ids joined by `_`, as in eBay's vectors."""
        first, second = (f"{self.random.getrandbits(128):032x}" for _ in range(2))
        return f"{_dashed(first)}_{_dashed(second)}"

    def uses(self, destination_id: str) -> bool:
        """Return whether a subscription sends there."""
        return any(held.destination_id == destination_id for held in self.subscriptions.values())


def compact(document: Document) -> bytes:
    """Return JSON without blanks and without ASCII escapes: what eBay's SDKs sign."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _dashed(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
