"""Batches, registering, several carriers of a number, states: what the exchange files do not show."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xborder_sdk.errors import InvalidRequest, MalformedResponse
from xborder_sdk.hookspecs import ChangeCarrier, KnownParcel, StopTracking, TrackParcels
from xborder_sdk.models import Tracking, TrackingStatus
from xborder_sdk.steps import Effect, Send
from xborder_track17.vocabulary import MAIN, STAGES, SUB, meaning


def numbers_of(step: Send) -> list[str]:
    assert step.content is not None
    return [entry["number"] for entry in json.loads(step.content)]


class Tracker:
    """Answers as 17TRACK would: what is registered it follows, at most 40 numbers a call."""

    def __init__(self, registered: set[str]) -> None:
        self.registered = set(registered)
        self.calls: list[tuple[str, int]] = []

    def __call__(self, step: Send) -> Any:
        call, numbers = step.path.rpartition("/")[2], numbers_of(step)
        assert 1 <= len(numbers) <= 40
        self.calls.append((call, len(numbers)))
        accepted: list[dict[str, Any]] = []
        rejected: list[dict[str, Any]] = []
        for number in numbers:
            if call == "register":
                assert number not in self.registered, "each costs a unit"
                self.registered.add(number)
                accepted.append({"number": number})
            elif number in self.registered:
                accepted.append({"number": number.upper(), "track_info": info("InTransit")})
            else:
                rejected.append({"number": number, "error": {"code": -18019902}})
        return {"code": 0, "data": {"accepted": accepted, "rejected": rejected}}


def info(status: str, *events: dict[str, Any]) -> dict[str, Any]:
    return {"latest_status": {"status": status}, "tracking": {"providers": [{"events": list(events)}]}}


def asked(run: Any, account: Any, entry: Any) -> Tracking:
    answer = {"code": 0, "data": {"accepted": [{"number": "LV990000010CN", "track_info": entry}], "rejected": []}}
    _, (found,) = run(account, "track", TrackParcels(numbers=("LV990000010CN",)), [answer])
    assert isinstance(found, Tracking)
    return found


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 130), known=st.integers(0, 130))
def test_every_number_is_asked_once_and_registered_once(
    count: int, known: int, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    numbers = tuple(f"LV{n:08}0CN" for n in range(count))
    tracker = Tracker(set(numbers[:known]))
    sent, found = run(connector(), "track", TrackParcels(numbers=numbers), tracker)
    new = max(0, count - known)
    assert [each.number for each in found] == list(numbers)
    assert all(each.found for each in found)
    assert sum(n for call, n in tracker.calls if call == "register") == new
    assert sum(n for call, n in tracker.calls if call == "gettrackinfo") == count + new
    assert len(tracker.calls) == -(-count // 40) + 2 * -(-new // 40)
    assert {step.effect for step in sent if step.path.endswith("/register")} <= {Effect.IDEMPOTENT}
    assert {step.effect for step in sent if not step.path.endswith("/register")} == {Effect.READ}


def test_a_number_asked_for_twice_is_sent_once(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    wanted = TrackParcels(numbers=("lv990000010cn", " LV990000010CN ", "LV990000010CN"))
    sent, found = run(connector(), "track", wanted, Tracker({"LV990000010CN"}))
    assert [numbers_of(step) for step in sent] == [["LV990000010CN"]]
    assert [each.number for each in found] == list(wanted.numbers)


@pytest.mark.parametrize("number", ["1234", "X" * 51, "AB 12_34", "单号12345"])
def test_what_17track_does_not_take_is_said(
    number: str, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    sent, (found,) = run(connector(), "track", TrackParcels(numbers=(number,)), [])
    assert sent == []
    assert not found.found
    assert "5 to 50" in (found.vendor_note or "")


def test_the_carrier_goes_with_the_registration_and_not_with_the_question(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    wanted = TrackParcels(
        numbers=("LV990000010CN", "LV990000023CN", "LV990000037CN"),
        known=(
            KnownParcel(number="LV990000010CN", carrier="chinapost"),
            KnownParcel(number="LV990000023CN", carrier="somebody"),
            KnownParcel(number="LV990000037CN", carrier="sunyou", carrier_code="190072"),
        ),
    )
    sent, _ = run(connector(carriers={"sunyou": 1}), "track", wanted, Tracker(set()))
    bodies = [json.loads(step.content or b"") for step in sent]
    assert [entry.get("carrier") for entry in bodies[0]] == [None, None, 190072]
    assert [entry.get("carrier") for entry in bodies[1]] == [3011, None, 190072]


def test_a_buyers_postcode_stays_here_unless_it_is_wished(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    known = (KnownParcel(number="LV990000010CN", postal_code="10115"),)
    for wish in (False, True):
        sent, _ = run(
            connector(send_postal_code=wish),
            "track",
            TrackParcels(numbers=("LV990000010CN",), known=known),
            Tracker(set()),
        )
        assert any(b"10115" in (step.content or b"") for step in sent) is wish


def test_of_two_carriers_the_one_that_knows_something_counts(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    entries = [
        {"number": "LV990000010CN", "carrier": 21051, "track_info": None},
        {"number": "LV990000010CN", "carrier": 3011, "track_info": info("Delivered")},
    ]
    for order in (entries, entries[::-1]):
        answer = {"code": 0, "data": {"accepted": order, "rejected": []}}
        _, (found,) = run(connector(), "track", TrackParcels(numbers=("LV990000010CN",)), [answer])
        assert found.status is TrackingStatus.DELIVERED


@pytest.mark.parametrize("body", [{"code": 0}, {"code": 0, "data": {}}, {"code": 0, "data": None}, {}])
@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("track", TrackParcels(numbers=("LV990000010CN",))),
        ("stop_tracking", StopTracking(numbers=("LV990000010CN",))),
        ("change_carrier", ChangeCarrier(number="LV990000010CN", carrier="dhl")),
    ],
)
def test_an_answer_about_no_number_is_malformed(
    body: Any, operation: str, request_: Any, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    with pytest.raises(MalformedResponse):
        run(connector(), operation, request_, [body])


def test_a_change_that_is_neither_taken_nor_refused_is_malformed(
    connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    answer = {"code": 0, "data": {"accepted": [{"number": "OTHER12345"}], "rejected": []}}
    with pytest.raises(MalformedResponse):
        run(connector(), "change_carrier", ChangeCarrier(number="LV990000010CN", carrier="dhl"), [answer])


def test_stopping_goes_in_batches(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    numbers = tuple(f"LV{n:08}0CN" for n in range(81))
    tracker = Tracker(set(numbers))
    sent, found = run(connector(), "stop_tracking", StopTracking(numbers=numbers), tracker)
    assert [n for _, n in tracker.calls] == [40, 40, 1]
    assert all(each.stopped for each in found)
    assert {step.effect for step in sent} == {Effect.IDEMPOTENT}


@pytest.mark.parametrize("code", ["", "0x10", "12345678901", "３０１１", "-1"])
def test_a_carrier_is_a_number(code: str, connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    with pytest.raises((InvalidRequest, ValueError)):
        run(connector(), "change_carrier", ChangeCarrier(number="LV990000010CN", carrier_code=code), [])


# ---- states


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("InTransit_CustomsRequiringInformation", (TrackingStatus.CUSTOMS_HOLD, "information")),
        ("InTransit_SomethingNew", MAIN["InTransit"]),
        ("Exception_New_Thing", MAIN["Exception"]),
        ("Delivered", (TrackingStatus.DELIVERED, None)),
        ("Returned", (TrackingStatus.RETURNED, None)),
        ("Nonsense_Other", (TrackingStatus.UNKNOWN, None)),
        ("intransit", (TrackingStatus.IN_TRANSIT, None)),
        ("", (TrackingStatus.UNKNOWN, None)),
        (None, (TrackingStatus.UNKNOWN, None)),
    ],
)
def test_words(word: str | None, expected: Any) -> None:
    assert meaning(word) == expected


def test_every_word_has_its_meaning() -> None:
    assert (len(MAIN), len(SUB)) == (9, 30)
    assert not set(STAGES) & (set(MAIN) | set(SUB))
    assert all(name.partition("_")[0] in MAIN for name in SUB)


def test_scans_are_sorted_by_the_moment_and_aware(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    events: list[dict[str, Any]] = [
        {"time_utc": "2026-03-02T16:00:00Z", "time_iso": "2026-03-02T09:00:00-07:00", "description": "third"},
        {"time_utc": None, "time_iso": "2026-03-02T23:00:00+08:00", "description": "second"},
        {"time_utc": "2026-03-01T10:00:00Z", "time_iso": "2026-03-01T18:00:00+08:00", "description": "first"},
        {"time_utc": "2026-03-02T16:00:00Z", "time_iso": "2026-03-02T09:00:00-07:00", "description": "third"},
    ]
    found = asked(run, connector(), info("InTransit", *events))
    assert [scan.text for scan in found.scans] == ["first", "second", "third"], "once each"
    assert all(scan.at is not None and scan.at.utcoffset() is not None for scan in found.scans)
    assert found.scans[1].local_time == "2026-03-02T23:00:00"


def test_a_time_without_a_zone_stays_local(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    found = asked(run, connector(), info("InTransit", {"time_iso": "2026-03-02T23:00:00", "description": "x"}))
    assert (found.scans[0].at, found.scans[0].local_time) == (None, "2026-03-02T23:00:00")


def test_what_was_seen_last_outlives_an_end_of_news(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    delivered = {"time_utc": "2026-03-02T16:00:00Z", "sub_status": "Delivered_Other", "description": "x"}
    assert asked(run, connector(), info("Expired", delivered)).status is TrackingStatus.DELIVERED
    assert asked(run, connector(), info("A word nobody knows", delivered)).status is TrackingStatus.DELIVERED
    assert not asked(run, connector(), info("NotFound")).found


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(
    ["2026-03-02T16:00:00Z", "Delivered", "InTransit_PickedUp", "DE", "1e999"]
)  # fmt: skip
NAMES = st.sampled_from(
    ["latest_status", "status", "sub_status", "tracking", "providers", "events", "time_utc", "time_iso", "stage",
     "description", "location", "address", "country", "city", "time_metrics", "estimated_delivery_date", "to"]
)  # fmt: skip


@given(entry=st.recursive(LEAVES, lambda it: st.lists(it, max_size=3) | st.dictionaries(NAMES, it, max_size=6)))
def test_any_track_info_is_read(entry: Any, connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    found = asked(run, connector(), entry)
    assert all(scan.at is None or scan.at.utcoffset() is not None for scan in found.scans)
