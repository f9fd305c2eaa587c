"""The ports of everything that must outlive a process: effects, tokens and rate budgets.

The rule of this file: an effect is claimed before it is sent, marked sent before its first byte leaves, and its answer
is stored before anybody reads it. Each of those three is durable when the method returns.

    claim -> CLAIMED -> mark_sent -> SENT -> store_answer -> ANSWERED -> settle -> SETTLED
    CLAIMED, SENT, ANSWERED or UNREAD -> release -> RELEASED   proven: nothing was done; the same attempt may be
                                                  claimed anew
    SENT            -> mark_unknown -> UNKNOWN    nobody knows; nothing is repeated
    ANSWERED        -> mark_unread  -> UNREAD     it was done, our reading failed; the bytes are kept
    UNKNOWN, UNREAD, and SENT or ANSWERED with the lease run out
                    -> resolve      -> SETTLED or RELEASED, by a look-up that proves it or by a person

A CLAIMED row whose lease has run out may be taken over: its owner lost the right to send. A SENT row whose lease has
run out counts as UNKNOWN: its owner may have sent, or may still. Whoever holds an answer may store it, however late:
a waybill is never thrown away.

An owner is one claim, not one worker: use a new one for every claim, or two threads of a worker cannot be told apart.
A lease that has run out takes nothing away by itself: until somebody takes the row over, its owner may renew it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from xborder_sdk.hookspecs.connector import Token


class EffectState(StrEnum):
    """Where an effect stands."""

    CLAIMED = "claimed"
    SENT = "sent"
    ANSWERED = "answered"
    SETTLED = "settled"
    RELEASED = "released"
    UNKNOWN = "unknown"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it came, so that it can be read again."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EffectRecord:
    """One attempt at one intent.

    Attributes:
        intent: What is meant.
        attempt: Which attempt, from 1.
        account, operation: Who does it.
        fingerprint: Digest of what was asked.
        reference: Our reference at the vendor.
        owner: Who claimed it, new for every claim; the fencing token of every later write.
        lease_until: Until when the claim holds.
        reason: Why it is unknown, unread or released, in words without buyer data.
        outcome_id: The vendor's id of what was done (a waybill, a refund id), once known.
        settled_at: When it became SETTLED or RELEASED.
        resolved_by: Who settled a doubt: `lookup` or a person's name.
    """

    intent: str
    attempt: int
    state: EffectState
    account: str
    operation: str
    fingerprint: str
    reference: str | None
    owner: str
    lease_until: datetime
    claimed_at: datetime
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    reason: str | None = None
    outcome_id: str | None = None
    resolved_by: str | None = None


class ClaimResult(StrEnum):
    """What came of a claim."""

    WON = "won"
    """It is ours to send."""
    BUSY = "busy"
    """Another worker holds a living lease."""
    DONE = "done"
    """This attempt is settled, answered or unread; its answer can be read (again)."""
    UNCERTAIN = "uncertain"
    """This attempt is unknown, or was sent by a worker whose lease ran out."""
    BLOCKED = "blocked"
    """Another attempt of the same intent is neither settled nor released."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim: the result, and the row that decides it (of the blocking attempt where BLOCKED)."""

    result: ClaimResult
    record: EffectRecord


class EffectLedger(Protocol):
    """The table of effects. Implementations are thread-safe; methods block, and the async driver calls them in threads.

    Every method raises `LedgerError` when the store cannot be used.
    """

    def claim(
        self,
        intent: str,
        attempt: int,
        *,
        account: str,
        operation: str,
        fingerprint: str,
        reference: str | None,
        owner: str,
        lease_s: float,
    ) -> Claim:
        """Claims an attempt, atomically over all processes. Durable when it returns WON.

        WON is possible where there is no row of this attempt, where it is RELEASED, or CLAIMED with its lease run
        out, and every other attempt of the intent is SETTLED or RELEASED, and attempts below this one exist.
        A SENT row of the intent with its lease run out becomes UNKNOWN here.

        Raises:
            UsageError: An attempt before this one was never made, or `attempt` is below 1.
        """
        ...

    def mark_sent(self, intent: str, attempt: int, owner: str, lease_s: float) -> bool:
        """CLAIMED or SENT -> SENT with the lease renewed, durable. False where the row is no longer this owner's.

        True also where the lease had run out and nobody has taken the row over.
        """
        ...

    def store_answer(self, intent: str, attempt: int, answer: StoredAnswer) -> None:
        """Keeps the answer, durable, from whatever state; the state becomes ANSWERED, but SETTLED stays.

        At a SETTLED row it stands behind the answer that settled it: `answer` gives it only if there is no other.
        """
        ...

    def settle(self, intent: str, attempt: int, outcome_id: str | None) -> None:
        """ANSWERED or UNREAD -> SETTLED. A SETTLED row takes an outcome if it had none, and the same one again.

        Raises:
            LedgerError: The row has no answer, or is settled with another outcome: two things were made.
        """
        ...

    def release(self, intent: str, attempt: int, owner: str, reason: str) -> None:
        """Proven: nothing was done. CLAIMED, SENT, ANSWERED or UNREAD -> RELEASED, if still this owner's.

        Else nothing changes, as with `mark_unknown` and `mark_unread`.
        """
        ...

    def mark_unknown(self, intent: str, attempt: int, owner: str, reason: str) -> None:
        """SENT -> UNKNOWN, if still this owner's."""
        ...

    def mark_unread(self, intent: str, attempt: int, reason: str) -> None:
        """ANSWERED -> UNREAD: the answer is kept, our reading failed."""
        ...

    def resolve(
        self, intent: str, attempt: int, *, happened: bool, outcome_id: str | None, resolved_by: str, reason: str
    ) -> EffectRecord:
        """Ends a doubt, which is what `doubts` lists: -> SETTLED if it happened, else RELEASED.

        Raises:
            LedgerError: There is no such doubt.
        """
        ...

    def get(self, intent: str, attempt: int) -> EffectRecord | None:
        """One row, or None."""
        ...

    def answer(self, intent: str, attempt: int) -> StoredAnswer | None:
        """The stored answer, or None where there is none (any more)."""
        ...

    def latest(self, intent: str) -> EffectRecord | None:
        """The highest attempt of an intent, or None."""
        ...

    def doubts(self, account: str | None = None, limit: int = 500) -> Sequence[EffectRecord]:
        """What somebody must settle, oldest first: UNKNOWN, UNREAD, and SENT or ANSWERED with a lease run out."""
        ...

    def history(self, account: str | None = None, limit: int = 500) -> Sequence[EffectRecord]:
        """All rows, newest first."""
        ...

    def purge_answers(self, before: datetime) -> int:
        """Deletes stored answers (they hold buyer data) of rows settled or released before a moment; how many."""
        ...

    def answered(self) -> Sequence[EffectRecord]:
        """All rows that have a stored answer, oldest first."""
        ...

    def forget_answers(self, effects: Sequence[tuple[str, int]]) -> int:
        """Deletes the stored answers of these attempts, if they are settled or released; how many.

        An answer whose effect is still open stays: without it nobody could tell what was done.

        Args:
            effects: Intent and attempt of each.
        """
        ...

    def close(self) -> None:
        """Closes the store."""
        ...


class TokenStore(Protocol):
    """Tokens by key, with a lease so that one worker refreshes at a time."""

    def get_token(self, key: str) -> Token | None:
        """The token held, or None."""
        ...

    def put_token(self, key: str, token: Token) -> None:
        """Stores a token, durable when it returns: a rotated refresh token that is lost locks the shop out."""
        ...

    def drop_token(self, key: str) -> None:
        """Forgets a token."""
        ...

    def try_token_lease(self, key: str, owner: str, seconds: float) -> bool:
        """Takes the right to refresh if nobody holds it (or its lease ran out)."""
        ...

    def end_token_lease(self, key: str, owner: str) -> None:
        """Gives the right back, if it is still this owner's."""
        ...


class RateBudgets(Protocol):
    """Shared rate budgets (virtual scheduling: each budget keeps the moment at which it is empty again).

    In any window of any length at most `(window + burst) / interval + 1` requests are let through.
    """

    def reserve(self, key: str, interval_s: float, burst_s: float, headroom_s: float) -> float:
        """Books one request and says how many seconds to wait before sending it.

        What is booked keeps its place: an urgent caller goes before patient ones by their headroom, not by more.

        Args:
            key: Which budget.
            interval_s: Seconds one request costs.
            burst_s: Seconds of requests that may go out at once besides the first.
            headroom_s: Part of the burst this caller must leave to more urgent ones.
        """
        ...

    def block(self, key: str, seconds: float) -> None:
        """Lets nobody through for some seconds, because the vendor asked for it."""
        ...


class Store(EffectLedger, TokenStore, RateBudgets, Protocol):
    """All three in one database, which is what a client is given."""
