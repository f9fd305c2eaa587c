"""What every store promises: one suite, run against SQLite in memory, SQLite in a file, and PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import pytest
from pydantic import SecretStr

from xborder_sdk.errors import LedgerError, UsageError
from xborder_sdk.hookspecs.connector import Token
from xborder_sdk.ledger import ClaimResult, EffectState, Store, StoredAnswer

LEASE_S = 60.0
ANSWER = StoredAnswer(201, (("set-cookie", "a"), ("set-cookie", "b"), ("x-中", "é")), b'\x00{"waybill": "W1"}\xff')
Claimer = Callable[..., Any]


def bring_to(store: Store, claim: Claimer, state: EffectState, attempt: int = 1, owner: str = "ann") -> None:
    """Makes an attempt stand in a state, by the arrows that lead there."""
    assert claim(store, attempt, owner).result is ClaimResult.WON
    if state is EffectState.CLAIMED:
        return
    if state is EffectState.RELEASED:
        store.release("parcel", attempt, owner, "refused")
        return
    assert store.mark_sent("parcel", attempt, owner, LEASE_S)
    if state is EffectState.UNKNOWN:
        store.mark_unknown("parcel", attempt, owner, "silence")
    elif state is not EffectState.SENT:
        store.store_answer("parcel", attempt, ANSWER)
        if state is EffectState.UNREAD:
            store.mark_unread("parcel", attempt, "cut")
        elif state is EffectState.SETTLED:
            store.settle("parcel", attempt, "W1")


def state_of(store: Store, attempt: int = 1) -> EffectState:
    record = store.get("parcel", attempt)
    assert record is not None
    assert record.state in EffectState
    return record.state


# -- the row -----------------------------------------------------------------------------------------------------


def test_a_claim_is_a_row_with_all_that_was_given(store: Store, claim: Claimer, clock: Any) -> None:
    won = claim(store, account="dhl", operation="refund", fingerprint="ab", reference="R-1", owner="o1", lease_s=1.5)
    assert won.result is ClaimResult.WON
    record = won.record
    assert store.get("parcel", 1) == record
    assert (record.intent, record.attempt, record.state) == ("parcel", 1, EffectState.CLAIMED)
    assert (record.account, record.operation, record.fingerprint) == ("dhl", "refund", "ab")
    assert (record.reference, record.owner) == ("R-1", "o1")
    assert record.claimed_at == clock.now
    assert record.lease_until == clock.now + timedelta(seconds=1.5)
    assert record.claimed_at.utcoffset() == timedelta(0)
    assert (record.sent_at, record.settled_at, record.reason, record.outcome_id) == (None, None, None, None)


def test_times_are_exact_to_the_microsecond(store: Store, claim: Claimer, clock: Any) -> None:
    clock.now = datetime(2030, 1, 1, 0, 0, 0, 123457, tzinfo=timezone(timedelta(hours=8)))
    claim(store)
    record = store.get("parcel", 1)
    assert record is not None
    assert record.claimed_at == clock.now


def test_nothing_is_found_where_nothing_is(store: Store) -> None:
    assert store.get("parcel", 1) is None
    assert store.latest("parcel") is None
    assert store.answer("parcel", 1) is None
    assert list(store.doubts()) == []
    assert list(store.history()) == []
    assert store.purge_answers(datetime(2040, 1, 1, tzinfo=UTC)) == 0


def test_the_whole_way(store: Store, claim: Claimer, clock: Any) -> None:
    claim(store)
    clock.move(1)
    assert store.mark_sent("parcel", 1, "ann", LEASE_S) is True
    sent = store.get("parcel", 1)
    assert sent is not None
    assert sent.state is EffectState.SENT
    assert sent.sent_at == clock.now
    assert sent.lease_until == clock.now + timedelta(seconds=LEASE_S)
    store.store_answer("parcel", 1, ANSWER)
    assert state_of(store) is EffectState.ANSWERED
    assert store.answer("parcel", 1) == ANSWER
    clock.move(1)
    store.settle("parcel", 1, "W1")
    settled = store.get("parcel", 1)
    assert settled is not None
    assert (settled.state, settled.outcome_id, settled.settled_at) == (EffectState.SETTLED, "W1", clock.now)
    assert settled.sent_at == sent.sent_at
    assert store.answer("parcel", 1) == ANSWER
    assert store.latest("parcel") == settled


# -- claims against every state --------------------------------------------------------------------------------------

ALIVE = {
    EffectState.CLAIMED: ClaimResult.BUSY,
    EffectState.SENT: ClaimResult.BUSY,
    EffectState.ANSWERED: ClaimResult.DONE,
    EffectState.SETTLED: ClaimResult.DONE,
    EffectState.UNREAD: ClaimResult.DONE,
    EffectState.UNKNOWN: ClaimResult.UNCERTAIN,
    EffectState.RELEASED: ClaimResult.WON,
}
LEASE_OUT = ALIVE | {EffectState.CLAIMED: ClaimResult.WON, EffectState.SENT: ClaimResult.UNCERTAIN}


@pytest.mark.parametrize("owner", ["bob", "ann"])
@pytest.mark.parametrize("state", list(EffectState))
@pytest.mark.parametrize("lease", ["alive", "out"])
def test_a_second_claim(store: Store, claim: Claimer, clock: Any, state: EffectState, lease: str, owner: str) -> None:
    bring_to(store, claim, state)
    if lease == "out":
        clock.move(LEASE_S)
    before = store.get("parcel", 1)
    assert before is not None
    second = claim(store, owner=owner, fingerprint="beef")
    assert second.result is (LEASE_OUT if lease == "out" else ALIVE)[state]
    after = second.record
    assert store.get("parcel", 1) == after
    if second.result is ClaimResult.WON:
        assert after.state is EffectState.CLAIMED
        assert (after.owner, after.fingerprint, after.claimed_at) == (owner, "beef", clock.now)
        assert (after.sent_at, after.settled_at, after.reason) == (None, None, None)
    elif (state, lease) == (EffectState.SENT, "out"):
        assert after.state is EffectState.UNKNOWN
        assert after.owner == "ann"
        assert after.reason
    else:
        assert after == before


def test_a_lease_is_alive_until_its_last_microsecond(store: Store, claim: Claimer, clock: Any) -> None:
    claim(store)
    clock.move(LEASE_S)
    clock.now -= timedelta(microseconds=1)
    assert claim(store, owner="bob").result is ClaimResult.BUSY
    clock.now += timedelta(microseconds=1)
    assert claim(store, owner="bob").result is ClaimResult.WON


@pytest.mark.parametrize("state", list(EffectState))
@pytest.mark.parametrize("lease", ["alive", "out"])
def test_a_second_attempt_opens_only_when_the_first_is_closed(
    store: Store, claim: Claimer, clock: Any, state: EffectState, lease: str
) -> None:
    bring_to(store, claim, state)
    if lease == "out":
        clock.move(LEASE_S)
    second = claim(store, attempt=2, owner="bob", account="another-carrier")
    if state in {EffectState.SETTLED, EffectState.RELEASED}:
        assert second.result is ClaimResult.WON
        assert second.record.attempt == 2
    else:
        assert second.result is ClaimResult.BLOCKED
        assert second.record.attempt == 1
        assert second.record == store.get("parcel", 1)
        assert store.get("parcel", 2) is None
    expected = EffectState.UNKNOWN if (state, lease) == (EffectState.SENT, "out") else state
    assert state_of(store) is expected


@pytest.mark.parametrize("state", sorted(set(EffectState) - {EffectState.SETTLED, EffectState.RELEASED}))
def test_a_released_attempt_does_not_open_beside_a_later_one(store: Store, claim: Claimer, state: EffectState) -> None:
    bring_to(store, claim, EffectState.RELEASED)
    bring_to(store, claim, state, attempt=2)
    first = claim(store, owner="bob")
    assert first.result is ClaimResult.BLOCKED
    assert first.record.attempt == 2


def test_a_settled_attempt_answers_whatever_the_later_ones_do(store: Store, claim: Claimer) -> None:
    bring_to(store, claim, EffectState.SETTLED)
    bring_to(store, claim, EffectState.SENT, attempt=2)
    assert claim(store, owner="bob").result is ClaimResult.DONE


@pytest.mark.parametrize("attempt", [2, 3, 7])
def test_attempts_have_no_gaps(store: Store, claim: Claimer, attempt: int) -> None:
    with pytest.raises(UsageError, match=r"attempt 1 .* never made"):
        claim(store, attempt=attempt)
    assert store.latest("parcel") is None
    bring_to(store, claim, EffectState.SETTLED)
    if attempt > 2:
        with pytest.raises(UsageError, match=r"attempt 2 .* never made"):
            claim(store, attempt=attempt)


@pytest.mark.parametrize("attempt", [0, -1])
def test_attempts_count_from_one(store: Store, claim: Claimer, attempt: int) -> None:
    with pytest.raises(UsageError):
        claim(store, attempt=attempt)
    assert store.latest("parcel") is None


def test_intents_do_not_touch_each_other(store: Store, claim: Claimer) -> None:
    assert claim(store).result is ClaimResult.WON
    assert claim(store, intent="other").result is ClaimResult.WON
    assert store.mark_sent("other", 1, "ann", LEASE_S)
    assert state_of(store) is EffectState.CLAIMED


# -- every other arrow, allowed and forbidden --------------------------------------------------------------------------

TRANSITIONS: dict[str, tuple[Callable[[Store, str], object], dict[EffectState, EffectState]]] = {
    "mark_sent": (
        lambda store, owner: store.mark_sent("parcel", 1, owner, LEASE_S),
        {EffectState.CLAIMED: EffectState.SENT, EffectState.SENT: EffectState.SENT},
    ),
    "release": (
        lambda store, owner: store.release("parcel", 1, owner, "refused"),
        dict.fromkeys(
            (EffectState.CLAIMED, EffectState.SENT, EffectState.ANSWERED, EffectState.UNREAD), EffectState.RELEASED
        ),
    ),
    "mark_unknown": (
        lambda store, owner: store.mark_unknown("parcel", 1, owner, "silence"),
        {EffectState.SENT: EffectState.UNKNOWN},
    ),
    "mark_unread": (
        lambda store, owner: store.mark_unread("parcel", 1, "cut"),
        {EffectState.ANSWERED: EffectState.UNREAD},
    ),
}
FENCED = {"mark_sent", "release", "mark_unknown"}


@pytest.mark.parametrize("owner", ["ann", "bob"])
@pytest.mark.parametrize("state", list(EffectState))
@pytest.mark.parametrize("name", TRANSITIONS)
def test_arrows(store: Store, claim: Claimer, clock: Any, name: str, state: EffectState, owner: str) -> None:
    move, arrows = TRANSITIONS[name]
    bring_to(store, claim, state)
    before = store.get("parcel", 1)
    clock.move(1)
    result = move(store, owner)
    allowed = state in arrows and (owner == "ann" or name not in FENCED)
    if name == "mark_sent":
        assert result is allowed
    if allowed:
        assert state_of(store) is arrows[state]
    else:
        assert store.get("parcel", 1) == before


@pytest.mark.parametrize("state", list(EffectState))
def test_an_answer_is_kept_from_every_state(store: Store, claim: Claimer, state: EffectState) -> None:
    bring_to(store, claim, state)
    late = StoredAnswer(200, (), b"late")
    store.store_answer("parcel", 1, late)
    if state is EffectState.SETTLED:
        assert state_of(store) is EffectState.SETTLED
        assert store.answer("parcel", 1) == ANSWER
    else:
        assert state_of(store) is EffectState.ANSWERED
        assert store.answer("parcel", 1) == late


def test_a_late_answer_to_what_a_person_settled_is_kept(store: Store, claim: Claimer) -> None:
    bring_to(store, claim, EffectState.UNKNOWN)
    store.resolve("parcel", 1, happened=True, outcome_id=None, resolved_by="Kim", reason="seen in the portal")
    store.store_answer("parcel", 1, ANSWER)
    assert store.answer("parcel", 1) == ANSWER
    assert state_of(store) is EffectState.SETTLED
    store.settle("parcel", 1, "W1")
    record = store.get("parcel", 1)
    assert record is not None
    assert (record.outcome_id, record.resolved_by) == ("W1", "Kim")


@pytest.mark.parametrize("state", list(EffectState))
def test_settling(store: Store, claim: Claimer, state: EffectState) -> None:
    bring_to(store, claim, state)
    before = store.get("parcel", 1)
    if state in {EffectState.ANSWERED, EffectState.UNREAD}:
        store.settle("parcel", 1, "W1")
        record = store.get("parcel", 1)
        assert record is not None
        assert (record.state, record.outcome_id, record.reason) == (EffectState.SETTLED, "W1", None)
    elif state is EffectState.SETTLED:
        store.settle("parcel", 1, "W1")
        store.settle("parcel", 1, None)
        assert store.get("parcel", 1) == before
        with pytest.raises(LedgerError, match=r"W1 .* W2"):
            store.settle("parcel", 1, "W2")
        assert store.get("parcel", 1) == before
    else:
        with pytest.raises(LedgerError, match=state.value):
            store.settle("parcel", 1, "W1")
        assert store.get("parcel", 1) == before


DOUBTS_ALIVE = {EffectState.UNKNOWN, EffectState.UNREAD}
DOUBTS_LEASE_OUT = DOUBTS_ALIVE | {EffectState.SENT, EffectState.ANSWERED}


@pytest.mark.parametrize("happened", [True, False])
@pytest.mark.parametrize("state", list(EffectState))
@pytest.mark.parametrize("lease", ["alive", "out"])
def test_doubts_are_listed_and_only_doubts_can_be_resolved(
    store: Store, claim: Claimer, clock: Any, state: EffectState, lease: str, happened: bool
) -> None:
    bring_to(store, claim, state)
    if lease == "out":
        clock.move(LEASE_S)
    before = store.get("parcel", 1)
    doubtful = state in (DOUBTS_LEASE_OUT if lease == "out" else DOUBTS_ALIVE)
    assert list(store.doubts()) == ([before] if doubtful else [])

    def resolve() -> Any:
        return store.resolve(
            "parcel", 1, happened=happened, outcome_id="W9", resolved_by="Kim", reason="asked the carrier"
        )

    if doubtful:
        ended = resolve()
        assert ended == store.get("parcel", 1)
        assert ended.state is (EffectState.SETTLED if happened else EffectState.RELEASED)
        assert (ended.resolved_by, ended.reason, ended.settled_at) == ("Kim", "asked the carrier", clock.now)
        assert ended.outcome_id == ("W9" if happened else None)
        assert list(store.doubts()) == []
        assert claim(store, owner="bob").result is (ClaimResult.DONE if happened else ClaimResult.WON)
    else:
        with pytest.raises(LedgerError, match="no doubt"):
            resolve()
        assert store.get("parcel", 1) == before


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.mark_sent("parcel", 1, "ann", 1),
        lambda store: store.store_answer("parcel", 1, ANSWER),
        lambda store: store.settle("parcel", 1, None),
        lambda store: store.release("parcel", 1, "ann", "x"),
        lambda store: store.mark_unknown("parcel", 1, "ann", "x"),
        lambda store: store.mark_unread("parcel", 1, "x"),
        lambda store: store.resolve("parcel", 1, happened=True, outcome_id=None, resolved_by="Kim", reason="x"),
    ],
)
def test_what_was_never_claimed_cannot_change(store: Store, call: Callable[[Store], object]) -> None:
    with pytest.raises(LedgerError, match="never claimed"):
        call(store)
    assert store.get("parcel", 1) is None


# -- stories -----------------------------------------------------------------------------------------------------------


def test_a_paused_owner_loses_the_right_to_send(store: Store, claim: Claimer, clock: Any) -> None:
    claim(store, owner="ann")
    clock.move(LEASE_S)
    assert claim(store, owner="bob").result is ClaimResult.WON
    assert store.mark_sent("parcel", 1, "ann", LEASE_S) is False
    store.release("parcel", 1, "ann", "I gave up")
    assert state_of(store) is EffectState.CLAIMED
    assert store.mark_sent("parcel", 1, "bob", LEASE_S) is True


def test_an_untouched_row_may_be_renewed_after_its_lease(store: Store, claim: Claimer, clock: Any) -> None:
    claim(store)
    clock.move(LEASE_S * 2)
    assert store.mark_sent("parcel", 1, "ann", LEASE_S) is True
    clock.move(LEASE_S * 2)
    assert store.mark_sent("parcel", 1, "ann", LEASE_S) is True
    clock.move(LEASE_S - 1)
    assert claim(store, owner="bob").result is ClaimResult.BUSY


def test_a_late_answer_of_a_paused_owner_is_kept(store: Store, claim: Claimer, clock: Any) -> None:
    bring_to(store, claim, EffectState.SENT)
    clock.move(LEASE_S)
    assert claim(store, owner="bob").result is ClaimResult.UNCERTAIN
    assert store.mark_sent("parcel", 1, "ann", LEASE_S) is False
    store.store_answer("parcel", 1, ANSWER)
    store.settle("parcel", 1, "W1")
    again = claim(store, owner="carl")
    assert again.result is ClaimResult.DONE
    assert again.record.outcome_id == "W1"
    assert store.answer("parcel", 1) == ANSWER


def test_a_late_answer_stops_the_one_who_was_about_to_send(store: Store, claim: Claimer, clock: Any) -> None:
    bring_to(store, claim, EffectState.SENT)
    clock.move(LEASE_S)
    store.resolve("parcel", 1, happened=False, outcome_id=None, resolved_by="lookup", reason="not found")
    assert claim(store, owner="bob").result is ClaimResult.WON
    store.store_answer("parcel", 1, ANSWER)
    assert store.mark_sent("parcel", 1, "bob", LEASE_S) is False
    store.settle("parcel", 1, "W1")
    record = store.get("parcel", 1)
    assert record is not None
    assert (record.state, record.outcome_id, record.resolved_by) == (EffectState.SETTLED, "W1", None)


def test_the_answer_of_a_released_try_is_not_the_next_ones(store: Store, claim: Claimer) -> None:
    bring_to(store, claim, EffectState.ANSWERED)
    store.release("parcel", 1, "ann", "refused: 401")
    assert store.answer("parcel", 1) == ANSWER
    assert claim(store, owner="bob").result is ClaimResult.WON
    assert store.answer("parcel", 1) is None


def test_vendor_words_that_no_database_takes_are_kept_as_far_as_possible(store: Store, claim: Claimer) -> None:
    bring_to(store, claim, EffectState.SENT)
    store.mark_unknown("parcel", 1, "ann", "a\ud800b\x00c")
    record = store.get("parcel", 1)
    assert record is not None
    assert record.reason == "a?bc"
    store.store_answer("parcel", 1, StoredAnswer(200, (("x", "\ud800\x00"),), b""))
    assert store.answer("parcel", 1) == StoredAnswer(200, (("x", "\ud800\x00"),), b"")
    store.settle("parcel", 1, "W\x001")
    store.settle("parcel", 1, "W\x001")


def test_text_that_cannot_be_a_key_is_a_ledger_error(store: Store, claim: Claimer) -> None:
    with pytest.raises(LedgerError):
        claim(store, intent="a\ud800")
    assert claim(store).result is ClaimResult.WON


def test_a_big_answer_comes_back_whole(store: Store, claim: Claimer) -> None:
    bring_to(store, claim, EffectState.SENT)
    content = random.Random(1).randbytes(3_000_000)
    store.store_answer("parcel", 1, StoredAnswer(201, (), content))
    found = store.answer("parcel", 1)
    assert found is not None
    assert found.content == content


# -- lists -------------------------------------------------------------------------------------------------------------


def test_lists_are_ordered_filtered_and_bounded(store: Store, claim: Claimer, clock: Any) -> None:
    for number, account in enumerate(["dhl", "ups", "dhl", "ups"]):
        intent = f"parcel-{number}"
        claim(store, intent=intent, account=account)
        store.mark_sent(intent, 1, "ann", LEASE_S)
        store.mark_unknown(intent, 1, "ann", "silence")
        clock.move(1)
    claim(store, intent="quiet", account="dhl")
    names = ["parcel-0", "parcel-1", "parcel-2", "parcel-3"]
    assert [record.intent for record in store.doubts()] == names
    assert [record.intent for record in store.doubts("ups")] == ["parcel-1", "parcel-3"]
    assert [record.intent for record in store.doubts(limit=2)] == names[:2]
    assert [record.intent for record in store.history()] == ["quiet", *reversed(names)]
    assert [record.intent for record in store.history("dhl")] == ["quiet", "parcel-2", "parcel-0"]
    assert [record.intent for record in store.history("dhl", limit=1)] == ["quiet"]
    assert list(store.doubts("nobody")) == []


def test_latest_is_the_highest_attempt(store: Store, claim: Claimer) -> None:
    for attempt in range(1, 12):
        bring_to(store, claim, EffectState.SETTLED, attempt)
    latest = store.latest("parcel")
    assert latest is not None
    assert latest.attempt == 11


def test_purging_takes_old_answers_of_ended_rows_only(store: Store, claim: Claimer, clock: Any) -> None:
    def make(intent: str) -> None:
        claim(store, intent=intent)
        store.mark_sent(intent, 1, "ann", LEASE_S)
        store.store_answer(intent, 1, ANSWER)

    for intent in ("settled", "released", "unread", "answered"):
        make(intent)
    store.settle("settled", 1, "W1")
    store.release("released", 1, "ann", "refused")
    store.mark_unread("unread", 1, "cut")
    ended = clock.now
    clock.move(10)
    make("young")
    store.settle("young", 1, "W2")
    assert store.purge_answers(ended) == 0
    assert store.purge_answers(ended + timedelta(seconds=1)) == 2
    left = {intent for intent in ("settled", "released", "unread", "answered", "young") if store.answer(intent, 1)}
    assert left == {"unread", "answered", "young"}
    settled = store.get("settled", 1)
    assert settled is not None
    assert settled.outcome_id == "W1"
    assert store.purge_answers(ended + timedelta(seconds=1)) == 0


def test_purging_needs_a_zone(store: Store) -> None:
    with pytest.raises(ValueError, match="zone"):
        store.purge_answers(datetime(2030, 1, 1))  # noqa: DTZ001 - the mistake under test


# -- many at once ------------------------------------------------------------------------------------------------------


def test_eight_threads_and_fifty_intents_have_one_winner_each(any_place: Any, claim: Claimer) -> None:
    workers, intents = 8, [f"parcel-{number}" for number in range(50)]
    barrier = Barrier(workers)
    with closing(any_place.open()) as store:

        def work(owner: str) -> list[str]:
            mine = random.Random(owner).sample(intents, len(intents))
            barrier.wait()
            return [intent for intent in mine if claim(store, owner=owner, intent=intent).result is ClaimResult.WON]

        with ThreadPoolExecutor(workers) as pool:
            won = [intent for found in pool.map(work, map(str, range(workers))) for intent in found]
        assert sorted(won) == sorted(intents)
        assert len(store.history()) == len(intents)


def test_threads_racing_for_attempts_never_hold_two(any_place: Any, claim: Claimer) -> None:
    """Attempts 1 and 2 of one intent, opened and released by all at once: whoever won is alone until it lets go."""
    workers, rounds = 6, 15
    holding: list[str] = []
    seen_two: list[list[str]] = []
    barrier = Barrier(workers)
    with closing(any_place.open()) as store:
        bring_to(store, claim, EffectState.RELEASED)

        def work(name: int) -> int:
            barrier.wait()
            won = 0
            for number in range(rounds):
                owner, attempt = f"{name}-{number}", 1 + (name + number) % 2
                if claim(store, attempt, owner).result is ClaimResult.WON:
                    won += 1
                    holding.append(owner)
                    if len(holding) != 1:
                        seen_two.append(list(holding))
                    holding.remove(owner)
                    store.release("parcel", attempt, owner, "next")
            return won

        with ThreadPoolExecutor(workers) as pool:
            assert sum(pool.map(work, range(workers))) > 0
    assert seen_two == []


def test_eight_workers_may_be_the_first_at_once(new_place: Any, claim: Claimer) -> None:
    barrier = Barrier(8)

    def work(owner: int) -> ClaimResult:
        with closing(new_place.open()) as store:
            barrier.wait()
            found = claim(store, owner=str(owner)).result
            assert isinstance(found, ClaimResult)
            return found

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    assert sorted(results) == [ClaimResult.BUSY] * 7 + [ClaimResult.WON]


def test_two_stores_on_one_place_see_each_other(place: Any, claim: Claimer) -> None:
    with closing(place.open()) as one, closing(place.open()) as two:
        assert claim(one).result is ClaimResult.WON
        assert claim(two, owner="bob").result is ClaimResult.BUSY
        assert two.mark_sent("parcel", 1, "bob", LEASE_S) is False
        assert one.mark_sent("parcel", 1, "ann", LEASE_S) is True
        one.store_answer("parcel", 1, ANSWER)
        assert two.answer("parcel", 1) == ANSWER


def test_rows_outlive_the_store(place: Any, claim: Claimer) -> None:
    with closing(place.open()) as store:
        claim(store)
        before = store.get("parcel", 1)
    with closing(place.open()) as store:
        assert store.get("parcel", 1) == before


def test_a_closed_store_says_so(store: Store, claim: Claimer) -> None:
    claim(store)
    store.close()
    store.close()
    with pytest.raises(LedgerError, match="closed"):
        store.get("parcel", 1)
    with pytest.raises(LedgerError, match="closed"):
        store.reserve("k", 1, 0, 0)


def test_a_failed_change_leaves_nothing_behind(store: Store, claim: Claimer) -> None:
    with pytest.raises(UsageError):
        claim(store, attempt=5)
    with pytest.raises(LedgerError):
        store.settle("parcel", 1, None)
    assert claim(store).result is ClaimResult.WON


# -- tokens ------------------------------------------------------------------------------------------------------------


def test_tokens_come_back_as_they_were(store: Store) -> None:
    assert store.get_token("ebay") is None
    token = Token(
        access=SecretStr("a"), expires_at=datetime(2031, 1, 1, 3, 4, 5, 678901, tzinfo=UTC), refresh=SecretStr("r")
    )
    store.put_token("ebay", token)
    store.put_token("plain", Token(access=SecretStr("p")))
    assert store.get_token("ebay") == token
    assert store.get_token("plain") == Token(access=SecretStr("p"))
    newer = Token(access=SecretStr("b"), refresh=SecretStr("r2"), refresh_expires_at=datetime(2032, 7, 1, tzinfo=UTC))
    store.put_token("ebay", newer)
    assert store.get_token("ebay") == newer
    store.drop_token("ebay")
    store.drop_token("ebay")
    assert store.get_token("ebay") is None
    assert store.get_token("plain") is not None


def test_a_token_lease_has_one_holder(store: Store, clock: Any) -> None:
    assert store.try_token_lease("ebay", "ann", 30) is True
    assert store.try_token_lease("ebay", "bob", 30) is False
    assert store.try_token_lease("ebay", "ann", 30) is False
    assert store.try_token_lease("other", "bob", 30) is True
    store.end_token_lease("ebay", "bob")
    assert store.try_token_lease("ebay", "bob", 30) is False
    store.end_token_lease("ebay", "ann")
    assert store.try_token_lease("ebay", "bob", 30) is True
    clock.move(29.999999)
    assert store.try_token_lease("ebay", "carl", 30) is False
    clock.move(0.000001)
    assert store.try_token_lease("ebay", "carl", 30) is True
    store.end_token_lease("ebay", "bob")
    assert store.try_token_lease("ebay", "bob", 30) is False


def test_a_token_lease_has_one_winner_among_threads(any_place: Any) -> None:
    barrier = Barrier(8)
    with closing(any_place.open()) as store:

        def work(owner: int) -> bool:
            barrier.wait()
            return bool(store.try_token_lease("ebay", str(owner), 30))

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(work, range(8))) == 1
