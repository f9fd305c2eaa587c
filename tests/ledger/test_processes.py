"""Stores shared by processes, and processes that are killed."""

from __future__ import annotations

import math
import signal
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from xborder_sdk.hookspecs.connector import Token
from xborder_sdk.ledger import EffectState

PROCESSES = 8
INTENTS = 40


def test_eight_processes_have_one_winner_for_each_intent(new_place: Any) -> None:
    won = new_place.race(PROCESSES, "claims", str(INTENTS))
    winners = {intent: f"owner-{number}" for number, intents in enumerate(won) for intent in intents}
    assert sum(map(len, won)) == len(winners) == INTENTS
    with closing(new_place.open()) as store:
        assert {record.intent: record.owner for record in store.history()} == winners


def test_a_token_lease_has_one_winner_among_processes(place: Any) -> None:
    assert sum(place.race(PROCESSES, "lease")) == 1


def test_a_budget_is_one_for_all_processes(place: Any) -> None:
    waits = sorted(wait for found in place.race(4, "reserve", "20") for wait in found)
    # The test takes less than the 1000 seconds between two turns, so each wait rounds up to its turn.
    assert [math.ceil(wait / 1000) for wait in waits] == list(range(80))


@pytest.mark.parametrize(
    ("method", "state"),
    [
        ("claim", EffectState.CLAIMED),
        ("mark_sent", EffectState.SENT),
        ("store_answer", EffectState.ANSWERED),
        ("settle", EffectState.SETTLED),
        ("put_token", EffectState.CLAIMED),
    ],
)
def test_what_a_killed_process_wrote_is_there(place: Any, method: str, state: EffectState) -> None:
    assert place.run("die", method).returncode == -signal.SIGKILL
    with closing(place.open()) as store:
        record = store.get("parcel", 1)
        assert record is not None
        assert (record.state, record.owner) == (state, "ann")
        answer = store.answer("parcel", 1)
        if state in {EffectState.ANSWERED, EffectState.SETTLED}:
            assert answer is not None
            assert answer.content == b'{"waybill": "W1"}'
        else:
            assert answer is None
        if method == "put_token":
            expected = Token(
                access=SecretStr("new"), expires_at=datetime(2031, 1, 1, tzinfo=UTC), refresh=SecretStr("r2")
            )
            assert store.get_token("ebay-us") == expected
