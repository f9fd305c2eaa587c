"""What 17TRACK pushes: only what the key signs is read, and old news is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from xborder_sdk.errors import NotificationRefused
from xborder_sdk.models import InboundMessage, Notification, NotificationKind
from xborder_track17.notifications import expected_sign

NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)
UPDATED: dict[str, Any] = {
    "event": "TRACKING_UPDATED",
    "data": {
        "number": "LV990000010CN",
        "carrier": 3011,
        "track_info": {
            "latest_event": {"time_utc": "2026-03-10T09:15:00Z", "description": "Delivered"},
            "tracking": {"providers": [{"latest_sync_time": "2026-03-11T08:00:00Z", "events": []}]},
        },
    },
}


def message(told: Any, *, key: str = "key-canary", at: datetime = NOW, **changes: Any) -> InboundMessage:
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    sign = hashlib.sha256(content + b"/" + key.encode()).hexdigest()
    fields: dict[str, Any] = {
        "method": "POST",
        "path": "/hooks/17track",
        "headers": (("Sign", sign),),
        "body": content,
        "received_at": at,
    }
    return InboundMessage(**fields | changes)


def read(account: Any, told: InboundMessage) -> Notification:
    flow = account.read_notification(told)
    with pytest.raises(StopIteration) as stop:
        next(flow)
    (found,) = stop.value.value
    assert isinstance(found, Notification)
    return found


def refused(account: Any, told: InboundMessage) -> NotificationRefused:
    with pytest.raises(NotificationRefused) as raised:
        next(account.read_notification(told))
    assert "canary" not in str(raised.value)
    return raised.value


def test_a_worked_sign() -> None:
    # printf '{}/secret' | sha256sum
    assert expected_sign(b"{}", "secret") == hashlib.sha256(b"{}/secret").hexdigest()
    assert expected_sign(b"", "") == "8a5edab282632443219e051e4ade2d1d5bbc671c781051bf1437897cbdfea0f1"


@pytest.mark.parametrize("key", ["", " ", "\n"])
def test_an_account_without_a_key_would_believe_everybody(connector: Callable[..., Any], key: str) -> None:
    with pytest.raises(ValidationError):
        connector(api_key=key)


def test_an_update_is_read(connector: Callable[..., Any]) -> None:
    found = read(connector(), message(UPDATED))
    assert (found.kind, found.topic) == (NotificationKind.SHIPMENT_CHANGED, "TRACKING_UPDATED")
    assert found.waybills == ("LV990000010CN",)
    assert found.occurred_at == datetime(2026, 3, 10, 9, 15, tzinfo=UTC)
    assert found.published_at == datetime(2026, 3, 11, 8, tzinfo=UTC)
    assert found.account == "track-test"


def test_pushed_again_it_has_the_same_id(connector: Callable[..., Any]) -> None:
    first = read(connector(), message(UPDATED))
    again = read(connector(), message(UPDATED, at=NOW + timedelta(minutes=60)))
    other = read(connector(), message({**UPDATED, "event": "TRACKING_STOPPED"}))
    assert first.notification_id == again.notification_id != other.notification_id


def test_a_stop_may_be_told_long_after_the_last_news(connector: Callable[..., Any]) -> None:
    late = NOW + timedelta(days=40)
    found = read(connector(), message({**UPDATED, "event": "TRACKING_STOPPED"}, at=late))
    assert found.kind is NotificationKind.SHIPMENT_CHANGED
    assert refused(connector(), message(UPDATED, at=late)).reason == "old"


def test_the_window_is_a_setting(connector: Callable[..., Any]) -> None:
    account = connector(notification_max_age_s=3600)
    assert read(account, message(UPDATED)).topic
    assert refused(account, message(UPDATED, at=NOW + timedelta(seconds=1))).reason == "old"
    ahead = datetime(2026, 3, 11, 7, 55, tzinfo=UTC)
    assert read(account, message(UPDATED, at=ahead)).topic
    assert refused(account, message(UPDATED, at=ahead - timedelta(seconds=1))).reason == "old"


def test_a_topic_nobody_knows_is_other(connector: Callable[..., Any]) -> None:
    found = read(connector(), message({"event": "SOMETHING_NEW", "data": {}}))
    assert (found.kind, found.topic, found.waybills) == (NotificationKind.OTHER, "SOMETHING_NEW", ())


@pytest.mark.parametrize(
    ("told", "reason", "status"),
    [
        (message(UPDATED, key="another"), "signature", 401),
        (message(UPDATED, headers=()), "signature", 401),
        (message(UPDATED, headers=(("sign", ""),)), "signature", 401),
        (message(UPDATED, headers=(("sign", "\udcff"),)), "signature", 401),
        (message(UPDATED, body=json.dumps(UPDATED).encode() + b" "), "signature", 401),
        (message(UPDATED, method="GET"), "unreadable", 405),
        (message(b"no json"), "unreadable", 400),
        (message([UPDATED]), "unreadable", 400),
        (message({"event": "TRACKING_UPDATED", "data": {}}), "unreadable", 400),
    ],
)
def test_what_is_not_proven_or_not_readable_is_refused(
    told: InboundMessage, reason: str, status: int, connector: Callable[..., Any]
) -> None:
    error = refused(connector(), told)
    assert (error.reason, error.status) == (reason, status)


def test_upper_case_is_another_sign(connector: Callable[..., Any]) -> None:
    told = message(UPDATED)
    upper = InboundMessage(
        method="POST", path="/", headers=(("sign", told.headers[0][1].upper()),), body=told.body, received_at=NOW
    )
    assert refused(connector(), upper).reason == "signature"


@given(body=st.binary(max_size=60), extra=st.binary(min_size=1, max_size=4))
def test_a_changed_body_is_never_read(body: bytes, extra: bytes, connector: Callable[..., Any]) -> None:
    told = message(body)
    changed = InboundMessage(method="POST", path="/", headers=told.headers, body=told.body + extra, received_at=NOW)
    assert refused(connector(), changed).reason == "signature"
