"""Workers that pause, die and come back late, against a world that knows how many labels were made.

Every send is atomic with its mark here (the one gap that no ledger can close), look-ups tell the truth, and everything
else happens in any order. Then: no attempt has more than one label, no two workers may send at once, nothing is won
after an unsettled attempt, and no answer of a label is lost.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from xborder_sdk.errors import UsageError
from xborder_sdk.ledger import ClaimResult, EffectRecord, EffectState, Store, StoredAnswer

LEASE_S = 60.0
ATTEMPTS = (1, 2, 3)
CLOSED = {None, EffectState.SETTLED, EffectState.RELEASED}
MAY_SEND = {EffectState.CLAIMED, EffectState.SENT}
_intents = itertools.count()


@dataclass
class Worker:
    attempt: int
    owner: str
    sent: bool = False
    made_label: bool = False
    answered: bool = False


class Shop(RuleBasedStateMachine):
    store: Store
    clock: Any

    def __init__(self) -> None:
        super().__init__()
        self.intent = f"parcel-{next(_intents)}"
        self.workers: list[Worker] = []
        self.labels: Counter[int] = Counter()
        self.answers: dict[int, set[bytes]] = {}
        self.settled: set[int] = set()

    def rows(self) -> dict[int, EffectRecord]:
        return {n: row for n in ATTEMPTS if (row := self.store.get(self.intent, n)) is not None}

    def lease_out(self, row: EffectRecord) -> bool:
        return bool(row.lease_until <= self.clock.now)

    def pick(self, data: st.DataObject, **wanted: bool) -> Worker | None:
        fitting = [w for w in self.workers if all(getattr(w, name) is value for name, value in wanted.items())]
        return data.draw(st.sampled_from(fitting)) if fitting else None

    @rule(attempt=st.sampled_from(ATTEMPTS))
    def claim(self, attempt: int) -> None:
        before = self.rows()
        owner = f"worker-{len(self.workers)}"
        try:
            result = self.store.claim(
                self.intent,
                attempt,
                account="dhl",
                operation="create_shipment",
                fingerprint="f",
                reference=None,
                owner=owner,
                lease_s=LEASE_S,
            ).result
        except UsageError:
            assert attempt - 1 not in before
            return
        own = before.get(attempt)
        free = (
            own is None
            or own.state is EffectState.RELEASED
            or (own.state is EffectState.CLAIMED and self.lease_out(own))
        )
        others_closed = all(row.state in CLOSED for number, row in before.items() if number != attempt)
        assert (result is ClaimResult.WON) == (free and others_closed)
        if result is ClaimResult.WON:
            assert all(number in before for number in range(1, attempt))
            self.workers.append(Worker(attempt, owner))

    @precondition(lambda self: self.workers)
    @rule(data=st.data(), makes_label=st.booleans())
    def send(self, data: st.DataObject, makes_label: bool) -> None:
        worker = self.pick(data, made_label=False)
        if worker is not None and self.store.mark_sent(self.intent, worker.attempt, worker.owner, LEASE_S):
            worker.sent = True
            worker.made_label = makes_label
            self.labels[worker.attempt] += makes_label

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def answer_arrives(self, data: st.DataObject) -> None:
        worker = self.pick(data, sent=True, answered=False)
        if worker is not None:
            content = f"{worker.owner} {worker.made_label}".encode()
            self.store.store_answer(self.intent, worker.attempt, StoredAnswer(200, (), content))
            worker.answered = True
            if worker.made_label:
                self.answers.setdefault(worker.attempt, set()).add(content)

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        worker = self.pick(data, answered=True, made_label=True)
        if worker is not None:
            self.store.settle(self.intent, worker.attempt, f"label of {worker.owner}")

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def give_up_with_proof(self, data: st.DataObject) -> None:
        worker = self.pick(data, made_label=False)
        if worker is not None:
            self.store.release(self.intent, worker.attempt, worker.owner, "refused")

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def give_up_in_doubt(self, data: st.DataObject) -> None:
        worker = self.pick(data, sent=True)
        if worker is not None:
            self.store.mark_unknown(self.intent, worker.attempt, worker.owner, "silence")

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def fail_to_read(self, data: st.DataObject) -> None:
        worker = self.pick(data, answered=True)
        if worker is not None:
            self.store.mark_unread(self.intent, worker.attempt, "cut")

    @rule(data=st.data())
    def look_up(self, data: st.DataObject) -> None:
        doubts = [row for row in self.store.doubts() if row.intent == self.intent]
        if doubts:
            row = data.draw(st.sampled_from(doubts))
            happened = self.labels[row.attempt] > 0
            self.store.resolve(
                self.intent, row.attempt, happened=happened, outcome_id=None, resolved_by="lookup", reason="asked"
            )

    @rule(seconds=st.sampled_from([1.0, 30.0, 60.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.move(seconds)

    @invariant()
    def one_label_for_each_attempt(self) -> None:
        assert all(count <= 1 for count in self.labels.values())

    @invariant()
    def one_worker_may_send(self) -> None:
        living = [row for row in self.rows().values() if row.state in MAY_SEND and not self.lease_out(row)]
        assert len(living) <= 1

    @invariant()
    def what_is_settled_stays_settled(self) -> None:
        settled = {number for number, row in self.rows().items() if row.state is EffectState.SETTLED}
        assert settled >= self.settled
        self.settled = settled

    @invariant()
    def no_label_is_forgotten(self) -> None:
        rows = self.rows()
        for attempt, count in self.labels.items():
            if count:
                assert rows[attempt].state is not EffectState.RELEASED
                assert rows[attempt].state is not EffectState.CLAIMED

    @invariant()
    def no_answer_of_a_label_is_lost(self) -> None:
        for attempt, contents in self.answers.items():
            kept = self.store.answer(self.intent, attempt)
            assert kept is not None
            if self.rows()[attempt].state is EffectState.SETTLED:
                assert kept.content in contents


def _run(store: Store, clock: Any, examples: int) -> None:
    machine = type("ShopOnStore", (Shop,), {"store": store, "clock": clock})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_labels_are_made_once(store: Store, clock: Any, any_place: Any) -> None:
    _run(store, clock, {"memory": 150, "sqlite": 20, "postgres": 15}[any_place.name])


@pytest.mark.slow
def test_labels_are_made_once_over_many_histories(store: Store, clock: Any) -> None:
    _run(store, clock, 300)
