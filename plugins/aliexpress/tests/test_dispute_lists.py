"""Lists of disputes that change while they are read, and what single fields of an issue mean."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_aliexpress import dispute_list as paging
from xborder_aliexpress import pacific
from xborder_aliexpress.dispute_reading import read_dispute
from xborder_sdk.models import Dispute, DisputeKind, DisputeParty, DisputeStatus, Raw
from xborder_sdk.reading import JsonObject

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@given(
    size=st.integers(1, 7),
    count=st.integers(0, 40),
    leaving=st.lists(st.lists(st.integers(0, 39), max_size=9), max_size=30),
    counted=st.booleans(),
)
def test_no_entry_that_stays_is_passed_over(size: int, count: int, leaving: list[list[int]], counted: bool) -> None:
    """Without a count nobody can see that entries left, so there nothing leaves."""
    entries = list(range(count))
    stays = set(entries) - ({gone for some in leaving for gone in some} if counted else set())
    position: paging.Position | None = paging.Position(started=NOW)
    seen: set[int] = set()
    turns = 0
    while position is not None:
        page = entries[(position.page - 1) * size : position.page * size]
        seen |= set(page)
        total = len(entries) if counted else None
        position = paging.following(position, len(page), total, size, 1)
        if counted and leaving:
            gone = set(leaving.pop(0))
            entries = [entry for entry in entries if entry not in gone]
        turns += 1
        assert turns < 500
    assert stays <= seen


@given(st.integers(0, 1000 * 24 * 60))
def test_every_order_is_of_one_window(minutes: int) -> None:
    created = NOW - timedelta(minutes=minutes)
    position = paging.Position(started=NOW)
    found = JsonObject({"gmt_create": pacific.write(pacific.wall_clock(created))})
    sections = [paging.Section(DisputeKind.PAYMENT_DISPUTE, "IN_FROZEN", number) for number in range(6)]
    assert sum(paging.belongs(found, section, position) for section in sections) == 1


def test_windows_reach_as_far_as_a_chargeback_and_are_no_longer_than_the_platform_takes() -> None:
    position = paging.Position(started=NOW)
    windows = [paging.Section(DisputeKind.PAYMENT_DISPUTE, "IN_FROZEN", number) for number in range(4)]
    spans = [paging.window(section, position) for section in windows]
    assert spans[-1][0] <= NOW - timedelta(days=540)
    assert all(older[1] == younger[0] for younger, older in itertools.pairwise(spans))
    assert all(end - start + timedelta(hours=5) <= timedelta(days=180) for start, end in spans)


def issue(**changes: Any) -> Dispute:
    found = {"id": 1, "order_id": 3, "parent_order_id": 2, "issue_status": "processing"} | changes
    return read_dispute(JsonObject(found), "a", Raw(), {}, NOW)


@pytest.mark.parametrize("word", ["finish", "canceled_issue"])
def test_what_is_over_is_over_whatever_the_finer_word(word: str) -> None:
    for finer in ("brand_new", "wait_for_seller_response", None):
        found = issue(issue_status=word, reverse_detail_status=finer, timeout_trigger_time="2026-03-25 00:00:00")
        assert (found.status, found.respond_by, found.choices) == (DisputeStatus.CLOSED, None, frozenset())
    assert issue(issue_status=word, reverse_detail_status="refund_reject").status is DisputeStatus.WON


def test_an_unknown_state_is_open_and_keeps_its_deadline() -> None:
    found = issue(reverse_detail_status="brand_new", timeout_trigger_time="2026-03-25 00:00:00")
    assert (found.status, found.vendor_status) == (DisputeStatus.UNKNOWN, "brand_new")
    assert found.respond_by == datetime(2026, 3, 25, 7, 0, tzinfo=UTC)
    assert "propose_solution" in found.choices


def test_a_deadline_of_the_buyer_is_not_the_sellers() -> None:
    found = issue(reverse_detail_status="wait_for_buyer_response", timeout_trigger_time="2026-03-25 00:00:00")
    assert (found.status, found.respond_by, found.due_by) == (DisputeStatus.BUYER_MUST_ACT, None, None)


def test_of_two_readings_of_a_deadline_the_earlier_one_holds() -> None:
    found = issue(reverse_detail_status="wait_for_seller_response", timeout_trigger_time="2026-11-01 01:30:00")
    assert found.respond_by == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def test_evidence_is_the_sellers_and_parties_are_told_apart() -> None:
    steps = [
        {"action_type": "initiate", "submit_member_type": "buyer", "attachments": [{"file_path": "b.jpg"}]},
        {
            "action_type": "x",
            "submit_member_type": "seller",
            "attachments": [{"file_path": "s.jpg"}, {"file_path": " "}],
        },
        {
            "action_type": "y",
            "submit_member_type": "waiter",
            "attachments": [{"file_path": "w.jpg", "owner": "SELLER"}],
        },
        {"action_type": "z", "submit_member_type": "somebody"},
    ]
    found = issue(process_dto_list=steps)
    assert [file.file_id for piece in found.evidence for file in piece.files] == ["s.jpg", "w.jpg"]
    assert [one.party for one in found.history] == [
        DisputeParty.BUYER,
        DisputeParty.SELLER,
        DisputeParty.PLATFORM,
        DisputeParty.UNKNOWN,
    ]
