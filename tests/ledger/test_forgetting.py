"""Which answers a ledger lists and forgets, in SQLite and in PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.ledger.conftest import LEASE_S, Place

from xborder_sdk.ledger import EffectState, Store, StoredAnswer


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    with closing(place.open()) as opened:
        yield opened


def made(store: Store, place: Place, intent: str, attempt: int = 1, *, answered: bool = True) -> None:
    place.clock.move(1)
    store.claim(
        intent,
        attempt,
        account="shop",
        operation="refund_order",
        fingerprint="f",
        reference=None,
        owner="ann",
        lease_s=LEASE_S,
    )
    store.mark_sent(intent, attempt, "ann", LEASE_S)
    if answered:
        store.store_answer(intent, attempt, StoredAnswer(200, (), f"answer to {intent}".encode()))


def listed(store: Store) -> list[tuple[str, int]]:
    return [(record.intent, record.attempt) for record in store.answered()]


def test_rows_with_answers_are_listed_once_oldest_first(store: Store, place: Place) -> None:
    assert listed(store) == []
    for intent in ("b", "a", "c"):
        made(store, place, intent, answered=intent != "c")
    store.settle("b", 1, "R-1")
    store.store_answer("b", 1, StoredAnswer(200, (), b"late"))
    assert listed(store) == [("b", 1), ("a", 1)]


def test_answers_of_ended_attempts_are_forgotten_and_no_others(store: Store, place: Place) -> None:
    for intent in ("settled", "released", "unread", "answered", "other"):
        made(store, place, intent)
    store.settle("settled", 1, "R-1")
    store.store_answer("settled", 1, StoredAnswer(200, (), b"late"))
    store.release("released", 1, "ann", "refused")
    store.mark_unread("unread", 1, "cut")
    store.settle("other", 1, "R-2")
    made(store, place, "settled", 2)
    asked = [(intent, 1) for intent in ("settled", "released", "unread", "answered", "nobody's")]
    assert store.forget_answers(asked) == 3  # with the late one
    assert set(listed(store)) == {("unread", 1), ("answered", 1), ("other", 1), ("settled", 2)}
    record = store.get("settled", 1)
    assert record is not None
    assert (record.state, record.outcome_id) == (EffectState.SETTLED, "R-1")
    assert store.forget_answers(asked) == 0
    assert store.forget_answers([]) == 0
