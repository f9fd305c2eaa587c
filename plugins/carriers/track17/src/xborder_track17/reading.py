"""What 17TRACK says of a number: state, scans, estimate."""

from __future__ import annotations

import re
from datetime import datetime

from xborder_sdk.models import Raw, Scan, Tracking, TrackingStatus, state_after
from xborder_sdk.reading import JsonObject, parse_time
from xborder_track17.vocabulary import meaning

_COUNTRY = re.compile(r"^[A-Z]{2}$")


def read_tracking(entry: JsonObject, number: str, raw: Raw) -> Tracking:
    """The tracking of an accepted number.

    Args:
        entry: The entry of `accepted`, or the `data` of a pushed message.
        number: The number, as it was asked for.
        raw: Where it stands.
    """
    info = entry.child("track_info")
    events = [
        event for provider in info.child("tracking").children("providers") for event in provider.children("events")
    ]
    told = Tracking.from_scans(number, map(_scan, events), raw=raw)
    latest = info.child("latest_status")
    word = latest.text_or_none("sub_status") or latest.text_or_none("status")
    status, _ = meaning(word)
    if status is TrackingStatus.UNKNOWN:
        status, _ = meaning(latest.text_or_none("status"))
    if status is TrackingStatus.UNKNOWN:  # not found, expired, or a word nobody knows: what was seen last still holds
        status = state_after(told.scans)
    estimate = info.child("time_metrics").child("estimated_delivery_date").text_or_none("to")
    return told.replace(
        found=bool(told.scans) or status is not TrackingStatus.UNKNOWN,
        status=status,
        estimated_delivery=parse_time(estimate) if estimate is not None else None,
        estimated_delivery_local_time=estimate,
    )


def _scan(event: JsonObject) -> Scan:
    # `stage` is often null; clients of v2.4 see `sub_status` on events too.
    code = event.text_or_none("sub_status") or event.text_or_none("stage")
    status, reason = meaning(code)
    address = event.child("address")
    parts = (address.text_or_none("city"), address.text_or_none("state"))
    country = (address.text_or_none("country") or "").strip().upper()
    at, local = _times(event)
    return Scan(
        at=at,
        local_time=local,
        status=status,
        reason=reason,
        code=code,
        text=event.text_or_none("description"),
        place=event.text_or_none("location") or ", ".join(part for part in parts if part) or None,
        country=country if _COUNTRY.match(country) else None,
    )


def _times(event: JsonObject) -> tuple[datetime | None, str | None]:
    local = event.text_or_none("time_iso")
    at = event.time_or_none("time_utc") or event.time_or_none("time_iso") or _utc(event.text_or_none("time_utc"))
    if local is None and at is not None:
        local = at.isoformat()
    return at, local[:19] if local is not None else None


def _utc(text: str | None) -> datetime | None:
    """A time of UTC by its field's name, whose text names no zone."""
    return None if text is None else parse_time(f"{text.strip()}+00:00")
