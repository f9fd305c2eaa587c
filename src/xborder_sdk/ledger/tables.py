"""The effects ledger and the token store over SQL tables, whichever database holds them.

Every change is one transaction that sees and writes all attempts of its intent alone; a database supplies that
transaction and nothing else, so that SQLite and PostgreSQL cannot come to differ in what a state means.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from pydantic import SecretStr

from xborder_sdk.errors import LedgerError, UsageError
from xborder_sdk.hookspecs.connector import Token
from xborder_sdk.ledger.port import Claim, ClaimResult, EffectRecord, EffectState, Store, StoredAnswer
from xborder_sdk.ledger.records import (
    COLUMNS,
    headers_of,
    headers_text,
    micros,
    moment,
    record_of,
    row_of,
    storable,
)
from xborder_sdk.ledger.rules import RELEASABLE, is_doubt, judge_claim, overdue

T = TypeVar("T")

_NAMES = ", ".join(COLUMNS)
_SELECT = f"SELECT {_NAMES} FROM xborder_effect"  # noqa: S608 - column names are ours
_PUT = (
    f"INSERT INTO xborder_effect ({_NAMES}) VALUES ({', '.join('?' * len(COLUMNS))}) "  # noqa: S608
    "ON CONFLICT (intent, attempt) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in {"intent", "attempt"})
)


class Session(Protocol):
    """A transaction, or a look without one. SQL is written with `?` for values."""

    @property
    def now(self) -> datetime:
        """The store's time, read after the transaction got its lock."""
        ...

    def rows(self, sql: str, values: Sequence[object] = ()) -> Sequence[Sequence[Any]]:
        """Runs a query."""
        ...

    def change(self, sql: str, values: Sequence[object] = ()) -> int:
        """Runs a change; returns how many rows it touched."""
        ...


class TableStore(Store):
    """Effects and tokens over SQL; the methods promise what the ports say. A database adds the rate budgets.

    No local variable here holds a secret or buyer data while the database works: a traceback that prints locals must
    not show them.
    """

    @abstractmethod
    def _transact(self, lock: str, work: Callable[[Session], T], /) -> T:
        """Runs `work` alone among all that name the same lock; what it wrote is on the disk when this returns."""

    @abstractmethod
    def _look(self, work: Callable[[Session], T]) -> T:
        """Runs queries."""

    # -- effects -------------------------------------------------------------------------------------------------

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
        if attempt < 1:
            raise UsageError("attempts are numbered from 1")

        def work(session: Session) -> Claim:
            now = session.now
            rows = {}
            for found in _attempts(session, intent):
                if (late := overdue(found, now)) is not None:
                    _put(session, late)
                rows[found.attempt] = late or found
            result, decisive = judge_claim(rows, attempt, now)
            if decisive is not None:
                return Claim(result, decisive)
            record = EffectRecord(
                intent=intent,
                attempt=attempt,
                state=EffectState.CLAIMED,
                account=account,
                operation=operation,
                fingerprint=fingerprint,
                reference=reference,
                owner=owner,
                lease_until=now + timedelta(seconds=lease_s),
                claimed_at=now,
            )
            _put(session, record)
            # What a released attempt was answered belongs to that try, not to this one.
            session.change("DELETE FROM xborder_answer WHERE intent = ? AND attempt = ?", (intent, attempt))
            return Claim(ClaimResult.WON, record)

        return self._transact(intent, work)

    def mark_sent(self, intent: str, attempt: int, owner: str, lease_s: float) -> bool:
        def work(session: Session) -> bool:
            record = _need(session, intent, attempt)
            if record.owner != owner or record.state not in {EffectState.CLAIMED, EffectState.SENT}:
                return False
            now = session.now
            _put(
                session,
                replace(record, state=EffectState.SENT, sent_at=now, lease_until=now + timedelta(seconds=lease_s)),
            )
            return True

        return self._transact(intent, work)

    def store_answer(self, intent: str, attempt: int, answer: StoredAnswer) -> None:
        def work(session: Session) -> None:
            record = _need(session, intent, attempt)
            settled = record.state is EffectState.SETTLED
            session.change(
                "INSERT INTO xborder_answer (intent, attempt, number, late, status, headers, content) "
                "SELECT ?, ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ? FROM xborder_answer "
                "WHERE intent = ? AND attempt = ?",
                (
                    intent,
                    attempt,
                    int(settled),
                    answer.status,
                    headers_text(answer.headers),
                    answer.content,
                    intent,
                    attempt,
                ),
            )
            if not settled:
                _put(
                    session, replace(record, state=EffectState.ANSWERED, reason=None, resolved_by=None, settled_at=None)
                )

        self._transact(intent, work)

    def settle(self, intent: str, attempt: int, outcome_id: str | None) -> None:
        outcome = storable(outcome_id)

        def work(session: Session) -> None:
            record = _need(session, intent, attempt)
            if record.state is EffectState.SETTLED:
                if outcome is None or outcome == record.outcome_id:
                    return
                if record.outcome_id is not None:
                    raise LedgerError(
                        f"this attempt is settled as {record.outcome_id} and now came out as {outcome} too",
                        hint="both may exist at the vendor: look, and cancel the one that is not wanted",
                    )
                _put(session, replace(record, outcome_id=outcome))
                return
            if record.state not in {EffectState.ANSWERED, EffectState.UNREAD}:
                raise LedgerError(f"an attempt that is {record.state.value} cannot be settled: it has no answer")
            _put(
                session,
                replace(record, state=EffectState.SETTLED, settled_at=session.now, outcome_id=outcome, reason=None),
            )

        self._transact(intent, work)

    def release(self, intent: str, attempt: int, owner: str, reason: str) -> None:
        def work(session: Session) -> None:
            record = _need(session, intent, attempt)
            if record.owner == owner and record.state in RELEASABLE:
                _put(
                    session,
                    replace(record, state=EffectState.RELEASED, settled_at=session.now, reason=storable(reason)),
                )

        self._transact(intent, work)

    def mark_unknown(self, intent: str, attempt: int, owner: str, reason: str) -> None:
        def work(session: Session) -> None:
            record = _need(session, intent, attempt)
            if record.owner == owner and record.state is EffectState.SENT:
                _put(session, replace(record, state=EffectState.UNKNOWN, reason=storable(reason)))

        self._transact(intent, work)

    def mark_unread(self, intent: str, attempt: int, reason: str) -> None:
        def work(session: Session) -> None:
            record = _need(session, intent, attempt)
            if record.state is EffectState.ANSWERED:
                _put(session, replace(record, state=EffectState.UNREAD, reason=storable(reason)))

        self._transact(intent, work)

    def resolve(
        self, intent: str, attempt: int, *, happened: bool, outcome_id: str | None, resolved_by: str, reason: str
    ) -> EffectRecord:
        def work(session: Session) -> EffectRecord:
            record = _need(session, intent, attempt)
            now = session.now
            if not is_doubt(record, now):
                raise LedgerError(f"there is no doubt to settle: this attempt is {record.state.value}")
            ended = replace(
                record,
                state=EffectState.SETTLED if happened else EffectState.RELEASED,
                settled_at=now,
                outcome_id=storable(outcome_id) if happened else None,
                resolved_by=storable(resolved_by),
                reason=storable(reason),
            )
            _put(session, ended)
            return ended

        return self._transact(intent, work)

    def get(self, intent: str, attempt: int) -> EffectRecord | None:
        return self._look(lambda session: _one(session, intent, attempt))

    def answer(self, intent: str, attempt: int) -> StoredAnswer | None:
        def work(session: Session) -> StoredAnswer | None:
            for status, headers, content in session.rows(
                "SELECT status, headers, content FROM xborder_answer WHERE intent = ? AND attempt = ? "
                "ORDER BY late, number DESC LIMIT 1",
                (intent, attempt),
            ):
                return StoredAnswer(status, headers_of(headers), bytes(content))
            return None

        return self._look(work)

    def latest(self, intent: str) -> EffectRecord | None:
        def work(session: Session) -> EffectRecord | None:
            found = _attempts(session, intent)
            return found[-1] if found else None

        return self._look(work)

    def doubts(self, account: str | None = None, limit: int = 500) -> Sequence[EffectRecord]:
        def work(session: Session) -> Sequence[EffectRecord]:
            return _list(
                session,
                "(state IN ('unknown', 'unread') OR (state IN ('sent', 'answered') AND lease_until <= ?))",
                [micros(session.now)],
                account,
                "claimed_at, intent, attempt",
                limit,
            )

        return self._look(work)

    def history(self, account: str | None = None, limit: int = 500) -> Sequence[EffectRecord]:
        order = "claimed_at DESC, intent, attempt DESC"
        return self._look(lambda session: _list(session, "1 = 1", [], account, order, limit))

    def purge_answers(self, before: datetime) -> int:
        def work(session: Session) -> int:
            return session.change(
                "DELETE FROM xborder_answer WHERE EXISTS (SELECT 1 FROM xborder_effect AS effect "
                "WHERE effect.intent = xborder_answer.intent AND effect.attempt = xborder_answer.attempt "
                "AND effect.state IN ('settled', 'released') AND effect.settled_at < ?)",
                (micros(before),),
            )

        return self._transact("purge", work)

    def answered(self) -> Sequence[EffectRecord]:
        def work(session: Session) -> Sequence[EffectRecord]:
            rows = session.rows(
                f"{_SELECT} WHERE EXISTS (SELECT 1 FROM xborder_answer AS answer "  # noqa: S608 - fixed words
                "WHERE answer.intent = xborder_effect.intent AND answer.attempt = xborder_effect.attempt) "
                "ORDER BY claimed_at, intent, attempt"
            )
            return tuple(record_of(row) for row in rows)

        return self._look(work)

    def forget_answers(self, effects: Sequence[tuple[str, int]]) -> int:
        def work(session: Session) -> int:
            return sum(
                session.change(
                    "DELETE FROM xborder_answer WHERE intent = ? AND attempt = ? AND EXISTS "
                    "(SELECT 1 FROM xborder_effect AS effect WHERE effect.intent = xborder_answer.intent "
                    "AND effect.attempt = xborder_answer.attempt AND effect.state IN ('settled', 'released'))",
                    effect,
                )
                for effect in effects
            )

        return self._transact("purge", work) if effects else 0

    # -- tokens --------------------------------------------------------------------------------------------------

    def get_token(self, key: str) -> Token | None:
        def work(session: Session) -> Token | None:
            for access, expires_at, refresh, refresh_expires_at in session.rows(
                "SELECT access, expires_at, refresh, refresh_expires_at FROM xborder_token WHERE key = ?", (key,)
            ):
                return Token(
                    access=SecretStr(access),
                    expires_at=None if expires_at is None else moment(expires_at),
                    refresh=None if refresh is None else SecretStr(refresh),
                    refresh_expires_at=None if refresh_expires_at is None else moment(refresh_expires_at),
                )
            return None

        return self._look(work)

    def put_token(self, key: str, token: Token) -> None:
        expires_at = None if token.expires_at is None else micros(token.expires_at)
        refresh_expires_at = None if token.refresh_expires_at is None else micros(token.refresh_expires_at)

        def work(session: Session) -> None:
            session.change(
                "INSERT INTO xborder_token (key, access, expires_at, refresh, refresh_expires_at) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                "access = excluded.access, expires_at = excluded.expires_at, refresh = excluded.refresh, "
                "refresh_expires_at = excluded.refresh_expires_at",
                (
                    key,
                    token.access.get_secret_value(),
                    expires_at,
                    None if token.refresh is None else token.refresh.get_secret_value(),
                    refresh_expires_at,
                ),
            )

        self._transact(_token_lock(key), work)

    def drop_token(self, key: str) -> None:
        self._transact(
            _token_lock(key), lambda session: session.change("DELETE FROM xborder_token WHERE key = ?", (key,))
        )

    def try_token_lease(self, key: str, owner: str, seconds: float) -> bool:
        def work(session: Session) -> bool:
            now = session.now
            until = micros(now + timedelta(seconds=seconds))
            return bool(
                session.change(
                    "INSERT INTO xborder_token_lease (key, owner, lease_until) VALUES (?, ?, ?) "
                    "ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until "
                    "WHERE xborder_token_lease.lease_until <= ?",
                    (key, owner, until, micros(now)),
                )
            )

        return self._transact(_token_lock(key), work)

    def end_token_lease(self, key: str, owner: str) -> None:
        sql = "DELETE FROM xborder_token_lease WHERE key = ? AND owner = ?"
        self._transact(_token_lock(key), lambda session: session.change(sql, (key, owner)))


def _token_lock(key: str) -> str:
    return f"token {key}"


def _put(session: Session, record: EffectRecord) -> None:
    session.change(_PUT, row_of(record))


def _one(session: Session, intent: str, attempt: int) -> EffectRecord | None:
    for row in session.rows(f"{_SELECT} WHERE intent = ? AND attempt = ?", (intent, attempt)):
        return record_of(row)
    return None


def _need(session: Session, intent: str, attempt: int) -> EffectRecord:
    record = _one(session, intent, attempt)
    if record is None:
        raise LedgerError(f"attempt {attempt} was never claimed", hint="is this the ledger it was claimed in?")
    return record


def _attempts(session: Session, intent: str) -> list[EffectRecord]:
    return [record_of(row) for row in session.rows(f"{_SELECT} WHERE intent = ? ORDER BY attempt", (intent,))]


def _list(
    session: Session, where: str, values: list[object], account: str | None, order: str, limit: int
) -> tuple[EffectRecord, ...]:
    if account is not None:
        where, values = f"{where} AND account = ?", [*values, account]
    sql = f"{_SELECT} WHERE {where} ORDER BY {order} LIMIT ?"
    return tuple(record_of(row) for row in session.rows(sql, [*values, limit]))
