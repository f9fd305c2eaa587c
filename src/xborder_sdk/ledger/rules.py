"""Which claim is won and which change of state is allowed: pure functions, the same for every database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from xborder_sdk.errors import UsageError
from xborder_sdk.ledger.port import ClaimResult, EffectRecord, EffectState

CLOSED = frozenset({EffectState.SETTLED, EffectState.RELEASED})
"""States after which another attempt may open."""

RELEASABLE = frozenset({EffectState.CLAIMED, EffectState.SENT, EffectState.ANSWERED, EffectState.UNREAD})
"""States of which a proof that nothing was done leads to RELEASED."""

_ANSWER_THERE = frozenset({EffectState.ANSWERED, EffectState.UNREAD, EffectState.SETTLED})
_LEASED = frozenset({EffectState.CLAIMED, EffectState.SENT})
_VANISHED = "the worker that sent it vanished"


def lease_ran_out(record: EffectRecord, now: datetime) -> bool:
    """Whether the claim of a row has ended."""
    return record.lease_until <= now


def overdue(record: EffectRecord, now: datetime) -> EffectRecord | None:
    """The UNKNOWN row that a SENT one has become because its lease ran out; None where nothing changes."""
    if record.state is EffectState.SENT and lease_ran_out(record, now):
        return replace(record, state=EffectState.UNKNOWN, reason=_VANISHED)
    return None


def is_doubt(record: EffectRecord, now: datetime) -> bool:
    """Whether somebody must settle a row: the same rows as `EffectLedger.doubts` lists."""
    match record.state:
        case EffectState.UNKNOWN | EffectState.UNREAD:
            return True
        case EffectState.SENT | EffectState.ANSWERED:
            return lease_ran_out(record, now)
        case _:
            return False


def judge_claim(
    rows: Mapping[int, EffectRecord], attempt: int, now: datetime
) -> tuple[ClaimResult, EffectRecord | None]:
    """Says what comes of a claim.

    Args:
        rows: All attempts of the intent, after `overdue`.
        attempt: Which one is claimed.
        now: The store's time.

    Returns:
        The result, and the row that decides it; None where it is WON.

    Raises:
        UsageError: An attempt before this one was never made.
    """
    own = rows.get(attempt)
    if own is not None:
        if own.state in _ANSWER_THERE:
            return ClaimResult.DONE, own
        if own.state is EffectState.UNKNOWN:
            return ClaimResult.UNCERTAIN, own
        if own.state in _LEASED and not lease_ran_out(own, now):
            return ClaimResult.BUSY, own
    for other in rows.values():
        if other.attempt != attempt and other.state not in CLOSED:
            return ClaimResult.BLOCKED, other
    missing = next((number for number in range(1, attempt) if number not in rows), None)
    if missing is not None:
        raise UsageError(
            f"attempt {attempt} cannot open: attempt {missing} of the same intent was never made",
            hint="attempts are numbered from 1 without gaps; a further one is for a second effect on purpose",
        )
    return ClaimResult.WON, None
