"""What 17TRACK pushes: the proof of a message, and what it says.

The note and a published program that checks such messages agree: header `sign` is the lower-case SHA-256 of the body as
it came, a slash and the account's key. It is no HMAC, and the body holds no time of sending: how old news is shows in
when 17TRACK last asked the carrier.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final, NoReturn

from xborder_sdk.errors import MalformedResponse, NotificationRefused
from xborder_sdk.models import InboundMessage, Notification, NotificationKind, Raw
from xborder_sdk.reading import JsonObject, as_object, parse_json
from xborder_sdk.steps import Flow
from xborder_track17.settings import Track17Settings

_UPDATED: Final = "TRACKING_UPDATED"
_STOPPED: Final = "TRACKING_STOPPED"
_AHEAD: Final = timedelta(minutes=5)
"""How far 17TRACK's clock may be ahead of ours."""


def read_notification(
    account: str, settings: Track17Settings, message: InboundMessage
) -> Flow[tuple[Notification, ...]]:
    """Proves a pushed message to be 17TRACK's, and reads it. Asks nobody.

    Args:
        account: The account it was pushed to.
        settings: Its settings.
        message: The request as it came in.

    Raises:
        NotificationRefused: It is not signed with the account's key, too old, or cannot be read.
    """
    yield from ()
    if message.method != "POST":
        _refuse("17TRACK posts its notifications", "unreadable", 405)
    said = (message.header("sign") or "").strip().encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(said, expected_sign(message.body, settings.api_key.get_secret_value()).encode()):
        _refuse("the message has no sign of this account's key", "signature", 401)
    try:
        body = as_object(parse_json(message.body))
    except MalformedResponse:
        _refuse("the message is signed, but is no JSON object", "unreadable", 400)
    topic = body.text_or_none("event")
    data = body.child("data")
    number = data.text_or_none("number")
    known = topic in {_UPDATED, _STOPPED}
    if known and number is None:
        _refuse("the message names no number", "unreadable", 400)
    synced = _last_sync(data)
    if topic == _UPDATED:  # a stop is told long after the last news
        _check_age(synced, message.received_at, timedelta(seconds=settings.notification_max_age_s))
    event = data.child("track_info").child("latest_event")
    return (
        Notification(
            account=account,
            # There is no id; pushed again, a message is the same to the byte.
            notification_id=hashlib.sha256(message.body).hexdigest(),
            kind=NotificationKind.SHIPMENT_CHANGED if known else NotificationKind.OTHER,
            topic=topic,
            occurred_at=event.time_or_none("time_utc") or event.time_or_none("time_iso"),
            published_at=synced,
            waybills=() if number is None else (number,),
            raw=Raw(message.body),
        ),
    )


def expected_sign(body: bytes, key: str) -> str:
    """The `sign` of a message.

    Args:
        body: The bytes as they came.
        key: The account's key.
    """
    return hashlib.sha256(body + b"/" + key.encode()).hexdigest()


def _last_sync(data: JsonObject) -> datetime | None:
    providers = data.child("track_info").child("tracking").children("providers")
    return max((at for one in providers if (at := one.time_or_none("latest_sync_time")) is not None), default=None)


def _check_age(synced: datetime | None, received: datetime, most: timedelta) -> None:
    if synced is None:
        return
    if received - synced > most:
        _refuse("the news in the message is too old", "old", 401)
    if synced - received > _AHEAD:
        _refuse("the message is from the future: is this machine's clock right?", "old", 401)


def _refuse(message: str, reason: str, status: int) -> NoReturn:
    raise NotificationRefused(message, reason=reason, status=status)
