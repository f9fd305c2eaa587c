"""track_info: what is known of a parcel, in the shape of gettrackinfo (17track.md section "track_info")."""

from __future__ import annotations

import json
import zlib
from datetime import datetime

from xborder_sandbox.requests import Json
from xborder_sandbox.track17 import times
from xborder_sandbox.track17.book import Book, Registration, View
from xborder_sandbox.track17.carriers import CARRIERS
from xborder_sandbox.track17.journey import End, Happening
from xborder_sandbox.track17.statuses import ENDS, MILESTONES

# Versions whose events carry their sub_status too; seen in clients of v2.4.
WITH_SUB_STATUS = ("v2.4",)


def track_info(book: Book, held: Registration, version: str) -> dict[str, Json]:
    """Return what is known of a number by now."""
    view = book.view(held)
    carrier, journey = CARRIERS[held.carrier], view.journey
    events = [_event(happening, version) for happening in view.happenings]
    if book.settings.event_order == "newest-first":
        events.reverse()
    newest = _event(view.happenings[-1], version) if view.happenings else None
    provider: dict[str, Json] = {
        "provider": {
            "key": carrier.key,
            "name": carrier.name,
            "alias": carrier.name,
            "tel": None,
            "homepage": carrier.homepage,
            "country": carrier.country,
        },
        "service_type": journey.service or None,
        "latest_sync_status": "Success" if view.happenings else "Failure",
        "latest_sync_time": times.write_utc(held.stopped or book.now),
        "events_hash": _hash(events),
        "events": [*events],
    }
    return {
        "shipping_info": {
            "shipper_address": _end(journey.origin),
            "recipient_address": _end(journey.destination),
        },
        "latest_status": {"status": view.status, "sub_status": view.sub_status, "sub_status_descr": None},
        "latest_event": newest,
        "time_metrics": _metrics(book, held, view),
        "milestone": [_milestone(key, sub_status, view) for key, sub_status in MILESTONES.items()],
        "misc_info": {
            "risk_factor": 0,
            "service_type": journey.service or None,
            "weight_raw": f"{journey.grams} g" if journey.grams else None,
            "weight_kg": f"{journey.grams / 1000:g}" if journey.grams else None,
            "pieces": None,
            "dimensions": None,
            "customer_number": None,
            "reference_number": held.order_no,
            "local_number": None,
            "local_provider": None,
            "local_key": 0,
        },
        "tracking": {"providers_hash": _hash(events), "providers": [provider]},
    }


def _event(happening: Happening, version: str) -> dict[str, Json]:
    # Samples name the stage of steps that are milestones; clients often meet null (17track.md).
    stage = happening.sub_status if happening.sub_status in MILESTONES.values() else None
    event: dict[str, Json] = {
        "time_iso": times.write_local(happening.at),
        "time_utc": times.write_utc(happening.at),
        "description": happening.text,
        "location": happening.city,
        "stage": stage.removesuffix("_Other") if stage else None,
        "address": _end(End(happening.country, "", happening.city, "")),
    }
    if version in WITH_SUB_STATUS:
        event["sub_status"] = happening.sub_status
    return event


def _end(end: End | None) -> dict[str, Json]:
    return {
        "country": (end and end.country) or None,
        "state": (end and end.state) or None,
        "city": (end and end.city) or None,
        "street": None,
        "postal_code": (end and end.postal_code) or None,
        "coordinates": {"longitude": None, "latitude": None},
    }


def _milestone(key: str, sub_status: str, view: View) -> dict[str, Json]:
    at = next((happening.at for happening in view.happenings if happening.sub_status == sub_status), None)
    return {
        "key_stage": key,
        "time_iso": times.write_local(at) if at else None,
        "time_utc": times.write_utc(at) if at else None,
    }


def _metrics(book: Book, held: Registration, view: View) -> dict[str, Json]:
    now = held.stopped or book.now
    first = view.happenings[0].at if view.happenings else None
    last = view.happenings[-1].at if view.happenings else None
    ordered = times.read(held.order_time) if held.order_time else first
    picked_up = next((found.at for found in view.happenings if found.sub_status == MILESTONES["PickedUp"]), None)
    is_over = view.sub_status in ENDS
    return {
        "days_after_order": _days(ordered, now),
        "days_of_transit": _days(picked_up, (last if is_over else now) or now),
        "days_of_transit_done": _days(picked_up, last or now) if is_over else 0,
        "days_after_last_update": _days(last, now),
        "estimated_delivery_date": {"source": None, "from": None, "to": None},
    }


def _days(start: datetime | None, end: datetime) -> int:
    return max((end - start).days, 0) if start else 0


def _hash(events: list[dict[str, Json]]) -> int:
    """Return a number of 32 bits with its sign, that changes with the events."""
    found = zlib.crc32(json.dumps(events, sort_keys=True).encode())
    return found - 2**32 if found >= 2**31 else found
