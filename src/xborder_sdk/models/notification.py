"""Messages that a vendor pushes, before and after a connector has read them.

A message from outside is a hint and no truth: it may come late, twice, out of order or from somebody else. What it
says is asked of the vendor again before anything is done about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from xborder_sdk.models.base import Instant, Model, PersonalLines, Raw, RawField


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """An HTTP request as it came in, unread. Its repr shows neither query, headers nor body.

    Attributes:
        method: HTTP verb, upper case.
        path: Path, decoded.
        query: Parameters in order, decoded; a name may repeat.
        headers: Header pairs; names are compared without regard to case.
        body: The bytes as they came: signatures cover these.
        received_at: When it came, aware.

    Raises:
        ValueError: `received_at` has no zone.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    received_at: datetime = field(kw_only=True)

    def __post_init__(self) -> None:
        if self.received_at.utcoffset() is None:
            raise ValueError("a time needs its zone: pass an aware datetime, for example with tzinfo=timezone.utc")

    def header(self, name: str) -> str | None:
        """One header, the first of its name, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def parameter(self, name: str) -> str | None:
        """One query parameter, the first of its name, or None."""
        return next((value for key, value in self.query if key == name), None)


@dataclass(frozen=True, slots=True)
class ChallengeAnswer:
    """What proves to a vendor that an endpoint is ours.

    Attributes:
        content: Body of the answer.
        content_type: Its media type.
    """

    content: bytes = field(repr=False)
    content_type: str = "application/json"


class NotificationKind(StrEnum):
    """What a notification is about."""

    ORDER_CHANGED = "order_changed"
    """An order is new or has changed."""
    SHIPMENT_CHANGED = "shipment_changed"
    """A parcel has moved, or the platform has been told of it."""
    DISPUTE_CHANGED = "dispute_changed"
    """A dispute, return, claim or inquiry is new or has changed."""
    ACCOUNT_DELETION = "account_deletion"
    """A user of the platform has closed the account: what is held of that user must go."""
    OTHER = "other"
    """Anything else; the vendor's topic says what."""


class Notification(Model):
    """One message of a vendor, proven to be the vendor's.

    The ids say what to look at; ask the platform for its state. Lists are empty where the vendor names none.

    Attributes:
        account: The account it was pushed to.
        notification_id: The vendor's id of it, the same when it is pushed again.
        kind: What it is about.
        topic: The vendor's own word for that.
        occurred_at: When it happened.
        published_at: When the vendor sent it.
        order_ids: Orders concerned.
        waybills: Parcels concerned.
        dispute_ids: Disputes, returns or claims concerned.
        buyer_ids: The user concerned, under every name the platform has for the user.
        raw: The vendor's own object.
    """

    account: str
    notification_id: str = Field(min_length=1)
    kind: NotificationKind
    topic: str | None = None
    occurred_at: Instant | None = None
    published_at: Instant | None = None
    order_ids: tuple[str, ...] = ()
    waybills: tuple[str, ...] = ()
    dispute_ids: tuple[str, ...] = ()
    buyer_ids: PersonalLines = ()
    raw: RawField = Raw()
