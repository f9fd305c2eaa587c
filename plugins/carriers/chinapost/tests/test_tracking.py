"""Scans: what is read in any spelling, what is taken back, and whose clock it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_chinapost.event_codes import EVENTS, REVERSES
from xborder_chinapost.event_meanings import meaning
from xborder_chinapost.tracking import without_reversed
from xborder_sdk.hookspecs import TrackParcels
from xborder_sdk.models import Scan, Tracking, TrackingStatus, state_after

NUMBER = "LV990000010CN"


def tracked(run: Any, account: Any, body: Any) -> Tracking:
    answer = {"success": True, "retCode": "00000", "retBody": body}
    _, (found,) = run(account, "track", TrackParcels(numbers=(NUMBER,)), [answer])
    assert isinstance(found, Tracking)
    return found


def scan(code: str) -> Scan:
    status, reason = meaning(code)
    return Scan(status=status, reason=reason, code=code)


@pytest.mark.parametrize("wrap", [lambda e: e, json.dumps, lambda e: {"traces": e}, lambda e: {"tracks": e},
                                  lambda e: json.dumps({"traceList": e}), lambda e: {"responseItems": e}])  # fmt: skip
@pytest.mark.parametrize(
    "event",
    [
        {"opTime": "2026-03-02 18:05:00", "opCode": "203", "opName": "x", "opOrgCity": "Y"},
        {"acceptTime": "2026-03-02T18:05:00", "status": "203", "desc": "x", "city": "Y"},
        {"time": " 2026-03-02 18:05:00 ", "opCode": 203, "description": "x", "opOrgProvName": "Y"},
    ],
)
def test_every_known_spelling_is_read(
    wrap: Callable[[Any], Any], event: Any, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    (found,) = tracked(run, connector(), wrap([event])).scans
    assert (found.local_time, found.at, found.status) == ("2026-03-02T18:05:00", None, TrackingStatus.PICKED_UP)
    assert (found.code, found.text, found.place) == ("203", "x", "Y")


@pytest.mark.parametrize("body", [None, "", "[]", {}, [], "{", {"traces": None}, {"traces": []}, "a text", 7])
def test_nothing_is_not_found(body: Any, connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    assert not tracked(run, connector(), body).found


def test_a_zone_is_only_believed_when_it_is_given(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    event = [{"opTime": "2026-03-02 18:05:00", "opCode": "704"}]
    assert tracked(run, connector(), event).delivered_at is None
    moment = tracked(run, connector(event_zone="Asia/Shanghai"), event).delivered_at
    assert moment is not None
    assert moment.isoformat() == "2026-03-02T18:05:00+08:00"


@pytest.mark.parametrize(
    ("more", "status", "reason"),
    [
        ({"opCode": "463", "deliverCode": "20"}, TrackingStatus.DELIVERED, "third_party"),
        ({"opCode": "463", "deliverCode": "50"}, TrackingStatus.DELIVERED, "locker"),
        ({"opCode": "463", "deliverCode": 10, "attemptDeliveryCode": ""}, TrackingStatus.DELIVERED, None),
        ({"opCode": "463", "deliverCode": "777"}, TrackingStatus.DELIVERED, None),
        ({"opCode": "542", "attemptDeliveryCode": "4"}, TrackingStatus.DELIVERY_ATTEMPTED, "not_home"),
        ({"opCode": "542", "attemptDeliveryCode": "7"}, TrackingStatus.EXCEPTION, "refused"),
        ({"opCode": "542", "attemptDeliveryCode": "11"}, TrackingStatus.DELIVERY_ATTEMPTED, None),
        # No result of a delivery where none was tried.
        ({"opCode": "203", "deliverCode": "10", "attemptDeliveryCode": "7"}, TrackingStatus.PICKED_UP, None),
    ],
)
def test_how_a_delivery_went_stands_beside_the_scan(
    more: dict[str, Any],
    status: TrackingStatus,
    reason: str | None,
    connector: Callable[..., Any],
    run: Callable[..., Any],
) -> None:
    found = tracked(run, connector(), [{"opTime": "2026-03-02 18:05:00", **more}])
    assert (found.scans[0].status, found.scans[0].reason) == (status, reason)
    assert found.scans[0].code == more["opCode"]


def test_who_took_it_does_not_stand_in_the_text(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    event = {"opTime": "2026-03-02 18:05:00", "opCode": "704", "opName": "妥投", "opDesc": "已签收，签收人：某某"}
    found = tracked(run, connector(), [event])
    assert found.status is TrackingStatus.DELIVERED
    assert found.scans[0].text == "妥投"


@pytest.mark.parametrize(("code", "taken_back"), [(code, one) for code, many in REVERSES.items() for one in many])
def test_a_scan_that_is_taken_back_counts_no_more(code: str, taken_back: str) -> None:
    scans = without_reversed([scan("203"), scan(taken_back), scan(code)])
    assert state_after(scans) is TrackingStatus.PICKED_UP or taken_back == "203"
    assert scans[1].reason == "reversed"
    assert scans[1].code == taken_back


def test_each_reversal_takes_back_one_scan() -> None:
    scans = without_reversed([scan("704"), scan("743"), scan("704")])
    assert state_after(scans) is TrackingStatus.DELIVERED
    scans = without_reversed([scan("704"), scan("704"), scan("743"), scan("743")])
    assert state_after(scans) is TrackingStatus.UNKNOWN
    assert without_reversed([scan("743"), scan("704")])[1].status is TrackingStatus.DELIVERED


@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=12))
def test_taking_back_loses_no_scan(codes: list[str]) -> None:
    scans = [scan(code) for code in codes]
    found = without_reversed(scans)
    assert [each.code for each in found] == codes
    changed = sum(one != other for one, other in zip(scans, found, strict=True))
    assert changed <= sum(code in REVERSES for code in codes)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("704", (TrackingStatus.DELIVERED, None)),
        ("c_005", (TrackingStatus.CUSTOMS_HOLD, None)),
        ("C_009", (TrackingStatus.RETURNING, None)),
        ("711", (TrackingStatus.RETURNED, None)),
        ("signed:50", (TrackingStatus.DELIVERED, "locker")),
        ("unsigned:8", (TrackingStatus.READY_FOR_PICKUP, None)),
        ("556", (TrackingStatus.UNKNOWN, "administrative")),
        ("EDA", (TrackingStatus.IN_TRANSIT, "arrived")),
        ("Z99", (TrackingStatus.UNKNOWN, None)),
        (None, (TrackingStatus.UNKNOWN, None)),
    ],
)
def test_meanings(code: str | None, expected: tuple[TrackingStatus, str | None]) -> None:
    assert meaning(code) == expected


def test_scans_are_in_order_whatever_the_answer_says(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    times = ["2026-03-05 08:00:00", "2026-03-02 18:05:00", "2026-03-10 10:15:00"]
    found = tracked(run, connector(), [{"opTime": time, "opCode": "954"} for time in times])
    assert all((one.local_time or "") < (other.local_time or "") for one, other in pairwise(found.scans))
