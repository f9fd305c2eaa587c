"""Times of scans, in the forms the platform has been seen or said to use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_aliexpress.online_tracking import read_tracking
from xborder_sdk.models import Raw, Scan, Tracking, TrackingStatus
from xborder_sdk.reading import JsonObject

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


def tracked(*details: dict[str, object]) -> Tracking:
    return read_tracking(JsonObject({"details": list(details)}), Raw(), "N", NOW)


def scan(event_date: object) -> Scan:
    (found,) = tracked({"event_date": event_date, "action_code": "GTMS_ACCEPT"}).scans
    return found


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("1773992096000", "2026-03-20T07:34:56+00:00"),
        (1773992096000, "2026-03-20T07:34:56+00:00"),
        ("1773992096", "2026-03-20T07:34:56+00:00"),
        ("2026-03-20 00:34:56", "2026-03-20T07:34:56+00:00"),
        ("2026-03-20T15:34:56+08:00", "2026-03-20T15:34:56+08:00"),
        ("2026-03-20T00:34:56", "2026-03-20T07:34:56+00:00"),
        ("99999999999999999999", None),
        ("soon", None),
        (None, None),
    ],
)
def test_when_a_scan_happened(told: object, moment: str | None) -> None:
    found = scan(told)
    assert (None if found.at is None else found.at.isoformat()) == moment
    is_number = found.at is not None and str(told).isdecimal()  # no time of any place, and nothing to show to people
    assert found.local_time == (None if told is None or is_number else str(told))


@given(st.one_of(st.none(), st.text(), st.integers(), st.booleans()))
def test_no_time_stops_anything(told: object) -> None:
    assert scan(told).status is TrackingStatus.IN_TRANSIT


def test_codes_are_read_in_any_case_and_a_delivery_stays_one() -> None:
    found = tracked(
        {"event_date": "2026-03-19 00:00:00", "action_code": " gtms_signed ", "signed_name": "A"},
        {"event_date": "2026-03-19 01:00:00", "action_code": "GWMS_EXCEPTION"},
        {"event_date": "2026-03-18 00:00:00", "action_code": "GOT"},
    )
    assert [each.status for each in found.scans] == [
        TrackingStatus.PICKED_UP,
        TrackingStatus.DELIVERED,
        TrackingStatus.EXCEPTION,
    ]
    assert (found.status, found.signed_by) == (TrackingStatus.DELIVERED, "A")
