"""Answers in other shapes, cases and times than the published samples show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.hookspecs import TrackParcels
from xborder_sdk.models import Tracking, TrackingStatus
from xborder_track17.vocabulary import MAIN, STAGES, SUB, meaning

NUMBER = "LV990000010CN"


def tracked(run: Any, account: Any, data: Any) -> Tracking:
    _, (found,) = run(account, "track", TrackParcels(numbers=(NUMBER,)), [{"code": "0", "data": data}])
    assert isinstance(found, Tracking)
    return found


def accepted(**info: Any) -> dict[str, Any]:
    return {"number": NUMBER.lower(), "track_info": info}


def events(*told: dict[str, Any]) -> dict[str, Any]:
    return {"providers": [{"events": list(told)}]}


@pytest.mark.parametrize("word", [*SUB, *MAIN, *STAGES])
def test_words_mean_the_same_in_any_case(word: str) -> None:
    assert meaning(word.lower()) == meaning(f" {word.upper()} ") == meaning(word)


def test_an_unknown_sub_state_in_any_case_is_its_main_state() -> None:
    assert meaning("outfordelivery_Tomorrow") == MAIN["OutForDelivery"]


@pytest.mark.parametrize("gone", [None, {}, [], ""])
def test_one_number_may_come_without_its_list(
    gone: Any, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    entry = accepted(latest_status={"status": "DELIVERED", "sub_status": None})
    found = tracked(run, connector(), {"accepted": entry, "rejected": gone})
    assert found.status is TrackingStatus.DELIVERED
    rejection = {"number": NUMBER, "error": {"code": "-18019909", "message": "x"}}
    assert not tracked(run, connector(), {"accepted": gone, "rejected": rejection}).found


def test_an_answer_of_no_number_at_all_is_none(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    with pytest.raises(MalformedResponse):
        tracked(run, connector(), {"accepted": None, "rejected": {}})


def test_a_code_beside_the_number_counts(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    rejected = [{"number": NUMBER, "code": -18019903, "message": "x"}]
    found = tracked(run, connector(), {"accepted": [], "rejected": rejected})
    assert found.vendor_note is not None
    assert "-18019903" in found.vendor_note


@pytest.mark.parametrize("told", ["2026-03-02T10:05:00", " 2026-03-02 10:05:00 "])
def test_a_time_of_utc_needs_no_zone(told: str, connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    entry = accepted(tracking=events({"time_utc": told, "stage": "Arrival"}))
    (scan,) = tracked(run, connector(), {"accepted": [entry]}).scans
    assert scan.at is not None
    assert scan.at.isoformat() == "2026-03-02T10:05:00+00:00"


@pytest.mark.parametrize("told", ["soon", "", None, 5, "2026-13-40"])
def test_no_time_stops_anything(told: Any, connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    entry = accepted(tracking=events({"time_utc": told, "stage": "Arrival"}))
    (scan,) = tracked(run, connector(), {"accepted": [entry]}).scans
    assert scan.at is None
