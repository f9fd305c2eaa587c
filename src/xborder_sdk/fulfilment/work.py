"""The work store: where every order stands, in one SQLite file.

Rules of this file:

* a row is changed only by who holds its lease; a lease that has run out, or whose process has died on this machine, may
  be taken over, and its former owner's writes are refused;
* orders from the feed and the feed's cursor are written in one transaction;
* every method is durable when it returns.

The store distributes work and remembers results. That nothing is bought twice does not rest on it: the effects ledger
sees to that, also where two work stores plan the same order. Workers on several machines need a shared database, which
this class does not offer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from xborder_sdk.errors import LedgerError
from xborder_sdk.fulfilment.explanation import Explanation
from xborder_sdk.fulfilment.owner import is_dead, new_owner
from xborder_sdk.fulfilment.planning import ShipmentPlan
from xborder_sdk.fulfilment.progress import NoticeState, WorkState
from xborder_sdk.fulfilment.work_schema import WORK_V1, WORK_V2, WORK_V3
from xborder_sdk.ledger.records import micros, moment
from xborder_sdk.ledger.sqlite_database import SqliteDatabase
from xborder_sdk.ledger.sqlite_file import Layout
from xborder_sdk.models import Hold, Money, Order, TrackingStatus

_LAYOUT: Final = Layout("the work store", 0x58425731, (WORK_V1, WORK_V2, WORK_V3), durable=True)
DEFAULT_LEASE_S: Final = 300.0


@dataclass(frozen=True)
class WorkRow:
    """One order in fulfilment. It names no buyer: see `WorkStore.order` and `WorkStore.plan`.

    Attributes:
        account, order_id: Which order.
        state: Where it stands.
        detail: The last thing that happened, in words.
        due: When it is looked at again.
        tries: Failed tries of the present step.
        attempt: Which purchase this is; more than 1 after a second one on purpose.
        holds: What stands in the way, without proposals (`WorkStore.holds` has them).
        country: Destination.
        carrier, service, service_name, price: What is planned or bought.
        refused: Digest of a purchase the carrier refused, which is not tried again unchanged.
        waybill: The carrier's number of the shipment, by which the carrier is asked.
        tracking_number: The number a buyer follows, where it is not the waybill (`number` is either).
        number_pending: The carrier gives that number later.
        numbers: The parcels' own tracking numbers.
        tracking_url: Where the buyer can follow it, where the carrier says.
        files: Label and papers, as paths.
        batch: Name of the print job it belongs to.
        print_job: The printer's id of the job.
        notice: How far the notice to the buyer has come.
        handed_over_at: When the parcel left the house, as far as that is known.
        hand_over: The carrier's number of the hand-over it was in.
        tracking: What the carrier said last.
        modified_at: The platform's time of the order's last change.
        is_fresh: Whether that change has not been planned yet.
    """

    account: str
    order_id: str
    state: WorkState
    due: datetime
    created_at: datetime
    updated_at: datetime
    display_id: str | None = None
    detail: str = ""
    tries: int = 0
    attempt: int = 1
    holds: tuple[Hold, ...] = ()
    country: str | None = None
    carrier: str | None = None
    service: str | None = None
    service_name: str | None = None
    price: Money | None = None
    refused: str | None = None
    waybill: str | None = None
    tracking_number: str | None = None
    number_pending: bool = False
    numbers: tuple[str, ...] = ()
    tracking_url: str | None = None
    bought_at: datetime | None = None
    files: tuple[str, ...] = ()
    batch: str | None = None
    print_job: str | None = None
    declared_at: datetime | None = None
    notice: NoticeState | None = None
    handed_over_at: datetime | None = None
    hand_over: str | None = None
    tracking: TrackingStatus | None = None
    tracked_at: datetime | None = None
    modified_at: datetime | None = None
    is_fresh: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Account and order id."""
        return (self.account, self.order_id)

    @property
    def number(self) -> str | None:
        """The number a buyer follows; None where nothing is bought, or as long as the carrier has not given it."""
        return None if self.number_pending else self.tracking_number or self.waybill

    @property
    def side_holds(self) -> tuple[Hold, ...]:
        """Holds of what goes on beside the line of steps: the notice to the buyer, the hand-over to the carrier."""
        return tuple(hold for hold in self.holds if hold.field in _BESIDE)


Key = tuple[str, str]
_BESIDE: Final = frozenset({"notice", "hand_over"})

# What the feed writes while somebody may hold the row's lease, so that a save must leave it alone.
_FEEDS: Final = frozenset({"modified_at", "is_fresh"})
_IDENTITY: Final = frozenset({"account", "order_id", "created_at"})
_TIMES: Final = frozenset(
    {"due", "created_at", "updated_at", "bought_at", "declared_at", "handed_over_at", "tracked_at", "modified_at"}
)
_LISTS: Final = frozenset({"numbers", "files"})
_FLAGS: Final = frozenset({"is_fresh", "number_pending"})


class Lease:
    """The right to change one row.

    Attributes:
        row: The row, as last saved.
    """

    def __init__(self, store: WorkStore, row: WorkRow, owner: str) -> None:
        self._store = store
        self._owner = owner
        self.row = row

    def save(
        self,
        *,
        order: Order | None = None,
        plan: ShipmentPlan | None = None,
        why: Explanation | None = None,
        notice_text: str | None = None,
        planned: bool = False,
        **changes: Any,
    ) -> WorkRow:
        """Writes changes of the row, and renews the lease.

        Args:
            order: The order as it is now.
            plan: The frozen plan.
            why: Why it got its service, or none.
            notice_text: The words that will be sent to the buyer.
            planned: The change that the row's `modified_at` names has been planned.
            **changes: New values of the row's fields. `holds` may carry proposals.

        Raises:
            LedgerError: The lease was taken over; nothing was written.
        """
        texts = {"order_json": order, "plan_json": plan, "why_json": why}
        private = {column: model.model_dump_json() for column, model in texts.items() if model is not None}
        if notice_text is not None:
            private["notice_text"] = notice_text
        self.row = self._store._write(self.row, self._owner, changes, private, planned)  # noqa: SLF001 - one unit
        return self.row


class WorkStore:
    """Where every order stands.

    Args:
        path: The file, readable by its user alone; None keeps all in memory, for tests.
        clock: Gives the time, aware.
        lease_s: How long a row is held without a sign of life.
        busy_timeout_s: How long to wait for another process that is writing.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lease_s: float = DEFAULT_LEASE_S,
        busy_timeout_s: float = 30.0,
    ) -> None:
        self._database = SqliteDatabase(path, _LAYOUT, busy_timeout_s)
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def rows(self, states: Iterable[WorkState] | None = None, account: str | None = None) -> tuple[WorkRow, ...]:
        """The rows, oldest order first.

        Args:
            states: Only these.
            account: Only of this account.
        """
        where, values = _conditions(states, account)
        with self.reading() as connection:
            sql = f"SELECT * FROM xborder_work{where} ORDER BY created_at, order_id"  # noqa: S608 - fixed words only
            return tuple(_row(found) for found in named(connection, sql, values))

    def get(self, account: str, order_id: str) -> WorkRow | None:
        """One row, or None."""
        with self.reading() as connection:
            return self._get(connection, (account, order_id))

    def batch(self, name: str) -> tuple[WorkRow, ...]:
        """All orders of a print job, oldest first, wherever they stand."""
        sql = "SELECT * FROM xborder_work WHERE batch = ? ORDER BY created_at, order_id"
        with self.reading() as connection:
            return tuple(_row(found) for found in named(connection, sql, (name,)))

    def order(self, key: Key) -> Order | None:
        """The order as last read; None where it was purged."""
        text = self._private(key, "order_json")
        return None if text is None else Order.model_validate_json(text)

    def plan(self, key: Key) -> ShipmentPlan | None:
        """The frozen plan; None where there is none or it was purged."""
        text = self._private(key, "plan_json")
        return None if text is None else ShipmentPlan.model_validate_json(text)

    def why(self, key: Key) -> Explanation | None:
        """Why an order got its service, or none; None where it was never planned or that was purged."""
        text = self._private(key, "why_json")
        return None if text is None else Explanation.model_validate_json(text)

    def notice_text(self, key: Key) -> str | None:
        """The words kept for the buyer; None where there are none or they were purged."""
        return self._private(key, "notice_text")

    def holds(self, key: Key) -> tuple[Hold, ...]:
        """What stands in the way, with proposals where they were not purged."""
        row = self.get(*key)
        if row is None:
            return ()
        text = self._private(key, "proposals")
        proposals: dict[str, list[str]] = {} if text is None else json.loads(text)
        return tuple(
            hold.replace(proposal=tuple(proposals[str(index)])) if str(index) in proposals else hold
            for index, hold in enumerate(row.holds)
        )

    def due(self, states: Iterable[WorkState], now: datetime) -> tuple[Key, ...]:
        """Which rows in these states are due, oldest order first."""
        where, values = _conditions(states, None)
        sql = f"SELECT account, order_id FROM xborder_work{where} AND due <= ? ORDER BY created_at, order_id"  # noqa: S608
        with self.reading() as connection:
            return tuple((a, o) for a, o in connection.execute(sql, (*values, micros(now))).fetchall())

    def next_due(self, states: Iterable[WorkState]) -> datetime | None:
        """When the next row in these states is due; None where there is none."""
        where, values = _conditions(states, None)
        with self.reading() as connection:
            (found,) = connection.execute(f"SELECT MIN(due) FROM xborder_work{where}", values).fetchone()  # noqa: S608
        return None if found is None else moment(found)

    # -- the feed ---------------------------------------------------------------------------------------------------

    def feed(self, account: str) -> dict[str, Any]:
        """What the feed of an account remembers."""
        with self.reading() as connection:
            found = connection.execute("SELECT state FROM xborder_work_feed WHERE account = ?", (account,)).fetchone()
        return {} if found is None else dict(json.loads(found[0]))

    def apply(
        self,
        account: str,
        orders: Sequence[Order],
        feed: dict[str, Any],
        *,
        unless_known: Callable[[Order], bool] = lambda order: False,  # noqa: ARG005
    ) -> tuple[Order, ...]:
        """Takes a page of orders in, with the feed's new state, at once or not at all.

        An order is taken in when it is new or newer than what is known; a repeat changes nothing.

        Args:
            account: The order account.
            orders: The page.
            feed: What the feed remembers from now on.
            unless_known: Orders that are not taken in unless they are known already.

        Returns:
            The orders taken in.
        """
        now = micros(self._clock())
        with self.writing() as connection:
            taken = tuple(order for order in orders if self._take(connection, account, order, now, unless_known))
            connection.execute(
                "INSERT INTO xborder_work_feed (account, state) VALUES (?, ?) "
                "ON CONFLICT (account) DO UPDATE SET state = excluded.state",
                (account, json.dumps(feed, sort_keys=True)),
            )
        return taken

    def _take(
        self,
        connection: sqlite3.Connection,
        account: str,
        order: Order,
        now: int,
        unless_known: Callable[[Order], bool],
    ) -> bool:
        modified = None if order.modified_at is None else micros(order.modified_at)
        known = connection.execute(
            "SELECT modified_at FROM xborder_work WHERE account = ? AND order_id = ?", (account, order.order_id)
        ).fetchone()
        if known is None:
            if unless_known(order):
                return False
            connection.execute(
                "INSERT INTO xborder_work (account, order_id, display_id, state, detail, due, tries, attempt, holds, "
                "country, numbers, files, created_at, updated_at, modified_at, is_fresh, lease_until) "
                "VALUES (?, ?, ?, ?, '', ?, 0, 1, '[]', ?, '[]', '[]', ?, ?, ?, 1, 0)",
                (
                    account,
                    order.order_id,
                    order.display_id,
                    WorkState.NEW.value,
                    now,
                    None if order.ship_to is None else order.ship_to.country,
                    micros(order.created_at),
                    now,
                    modified,
                ),
            )
        else:
            older = known[0] is not None and (modified is None or modified <= known[0])
            if older or (modified is None and self._same(connection, account, order)):
                return False
            connection.execute(
                "UPDATE xborder_work SET modified_at = ?, is_fresh = 1 WHERE account = ? AND order_id = ?",
                (modified, account, order.order_id),
            )
        self._put_private(connection, (account, order.order_id), "order_json", order.model_dump_json())
        return True

    def _same(self, connection: sqlite3.Connection, account: str, order: Order) -> bool:
        # A platform that does not say when an order changed: only another content is a change.
        found = connection.execute(
            "SELECT order_json FROM xborder_work_private WHERE account = ? AND order_id = ?", (account, order.order_id)
        ).fetchone()
        return found is not None and found[0] == order.model_dump_json()

    # -- work -------------------------------------------------------------------------------------------------------

    @contextmanager
    def lease(self, key: Key, states: Iterable[WorkState], *, fresh: bool | None = None) -> Iterator[Lease | None]:
        """Takes a row, if it is in one of these states, due and free.

        Args:
            key: Which row.
            states: In which state it must be.
            fresh: Also take a row whatever its due time, if the order has changed.

        Yields:
            The lease, or None where somebody else has the row or it has moved on.
        """
        owner = new_owner()
        row = self._take_lease(key, frozenset(states), owner, ignore_due=bool(fresh))
        try:
            yield None if row is None else Lease(self, row, owner)
        finally:
            if row is not None:
                self._give_back(key, owner)

    def _take_lease(self, key: Key, states: frozenset[WorkState], owner: str, *, ignore_due: bool) -> WorkRow | None:
        now = self._clock()
        with self.writing() as connection:
            found = connection.execute(
                "SELECT owner, lease_until FROM xborder_work WHERE account = ? AND order_id = ?", key
            ).fetchone()
            row = self._get(connection, key)
            if row is None or row.state not in states or (row.due > now and not ignore_due):
                return None
            holder, lease_until = found
            if holder is not None and lease_until > micros(now) and not is_dead(holder):
                return None
            connection.execute(
                "UPDATE xborder_work SET owner = ?, lease_until = ? WHERE account = ? AND order_id = ?",
                (owner, micros(now + self._lease), *key),
            )
        return row

    def _give_back(self, key: Key, owner: str) -> None:
        with self.writing() as connection:
            connection.execute(
                "UPDATE xborder_work SET owner = NULL, lease_until = 0 "
                "WHERE account = ? AND order_id = ? AND owner = ?",
                (*key, owner),
            )

    def _write(
        self,
        row: WorkRow,
        owner: str,
        changes: dict[str, Any],
        private: dict[str, str],
        planned: bool,
    ) -> WorkRow:
        now = self._clock()
        proposals: dict[str, tuple[str, ...]] | None = None
        if "holds" in changes:
            holds: tuple[Hold, ...] = changes["holds"]
            proposals = {str(index): hold.proposal for index, hold in enumerate(holds) if hold.proposal}
            changes["holds"] = tuple(hold.replace(proposal=()) for hold in holds)
        new = replace(row, **changes, updated_at=now)
        columns = {name: value for name, value in _columns(new).items() if name not in _FEEDS and name not in _IDENTITY}
        columns["lease_until"] = micros(now + self._lease)
        settings = ", ".join(f"{name} = ?" for name in columns)
        with self.writing() as connection:
            changed = connection.execute(
                f"UPDATE xborder_work SET {settings} WHERE account = ? AND order_id = ? AND owner = ?",  # noqa: S608
                (*columns.values(), *row.key, owner),
            ).rowcount
            if not changed:
                raise LedgerError("another worker has taken this order over", hint="its lease ran out: nothing to do")
            if planned:
                connection.execute(
                    "UPDATE xborder_work SET is_fresh = 0 WHERE account = ? AND order_id = ? AND modified_at IS ?",
                    (*row.key, None if row.modified_at is None else micros(row.modified_at)),
                )
            for column, text in private.items():
                self._put_private(connection, row.key, column, text)
            if proposals is not None:
                self._put_private(connection, row.key, "proposals", json.dumps(proposals) if proposals else None)
            found = self._get(connection, row.key)
        assert found is not None  # noqa: S101 - it was updated in this transaction
        return found

    # -- privacy ----------------------------------------------------------------------------------------------------

    def purge(self, before: datetime) -> int:
        """Deletes what names a buyer of orders that ended before a moment; the rows themselves stay.

        Returns:
            How many orders were purged.
        """
        ended = self.rows((WorkState.DELIVERED, WorkState.STOPPED))
        return self.forget_orders(row.key for row in ended if row.updated_at < before)

    def forget(self, account: str, order_id: str) -> bool:
        """Deletes what names the buyer of one order; whether there was anything."""
        return self.forget_orders([(account, order_id)]) > 0

    def forget_orders(self, keys: Iterable[Key]) -> int:
        """Deletes what names the buyers of orders, and the paths of their labels; how many it knew a buyer of."""
        forgotten = 0
        with self.writing() as connection:
            for key in keys:
                where = "WHERE account = ? AND order_id = ?"
                forgotten += connection.execute(f"DELETE FROM xborder_work_private {where}", key).rowcount  # noqa: S608
                connection.execute(f"DELETE FROM xborder_work_paper {where}", key)  # noqa: S608 - fixed words
                connection.execute(f"UPDATE xborder_work SET files = '[]' {where}", key)  # noqa: S608 - fixed words
        if forgotten:
            self._database.rewrite()
        return forgotten

    def of_buyer(self, buyer_ids: Iterable[str]) -> tuple[Key, ...]:
        """The orders whose buyer has one of these ids at the platform.

        Args:
            buyer_ids: The platform's ids of the buyer.
        """
        wanted = frozenset(buyer_ids)
        sql = (
            "SELECT account, order_id, json_extract(order_json, '$.buyer.id') FROM xborder_work_private "
            "WHERE order_json IS NOT NULL ORDER BY account, order_id"
        )
        with self.reading() as connection:
            found = connection.execute(sql).fetchall()
        return tuple((account, order_id) for account, order_id, buyer in found if buyer in wanted)

    # -- the database -----------------------------------------------------------------------------------------------

    def _private(self, key: Key, column: str) -> str | None:
        sql = f"SELECT {column} FROM xborder_work_private WHERE account = ? AND order_id = ?"  # noqa: S608 - our own names
        with self.reading() as connection:
            found = connection.execute(sql, key).fetchone()
        return None if found is None else found[0]

    def _put_private(self, connection: sqlite3.Connection, key: Key, column: str, value: str | None) -> None:
        connection.execute(
            f"INSERT INTO xborder_work_private (account, order_id, {column}) VALUES (?, ?, ?) "  # noqa: S608 - our own names
            f"ON CONFLICT (account, order_id) DO UPDATE SET {column} = excluded.{column}",
            (*key, value),
        )

    def _get(self, connection: sqlite3.Connection, key: Key) -> WorkRow | None:
        found = named(connection, "SELECT * FROM xborder_work WHERE account = ? AND order_id = ?", key)
        return _row(found[0]) if found else None

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """The open file, for what else is kept in it."""
        return self._database.use()

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """The open file within a transaction that is durable when it ends."""
        return self._database.transaction()


def _conditions(states: Iterable[WorkState] | None, account: str | None) -> tuple[str, tuple[object, ...]]:
    parts, values = [], list[object]()
    if states is not None:
        wanted = [state.value for state in states]
        parts.append(f"state IN ({', '.join('?' for _ in wanted)})")
        values.extend(wanted)
    if account is not None:
        parts.append("account = ?")
        values.append(account)
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), tuple(values)


def named(connection: sqlite3.Connection, sql: str, values: Sequence[object]) -> list[dict[str, Any]]:
    """Rows with the names of their columns."""
    cursor = connection.execute(sql, tuple(values))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, found, strict=True)) for found in cursor.fetchall()]


def _row(found: dict[str, Any]) -> WorkRow:
    values: dict[str, Any] = {name: found[name] for name in found if name in _FIELDS}
    for name in _TIMES:
        values[name] = None if found[name] is None else moment(found[name])
    for name in _LISTS:
        values[name] = tuple(json.loads(found[name]))
    values["state"] = WorkState(found["state"])
    values["tracking"] = None if found["tracking"] is None else TrackingStatus(found["tracking"])
    values["notice"] = None if found["notice"] is None else NoticeState(found["notice"])
    values["holds"] = tuple(Hold.model_validate(hold) for hold in json.loads(found["holds"]))
    for name in _FLAGS:
        values[name] = bool(found[name])
    currency = found["currency"]
    values["price"] = None if currency is None else Money(amount=Decimal(found["price"]), currency=currency)
    return WorkRow(**values)


def _columns(row: WorkRow) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(row, name) for name in _FIELDS}
    for name in _TIMES:
        when = getattr(row, name)
        values[name] = None if when is None else micros(when)
    for name in _LISTS:
        values[name] = json.dumps(getattr(row, name))
    values["state"] = row.state.value
    values["tracking"] = None if row.tracking is None else row.tracking.value
    values["notice"] = None if row.notice is None else row.notice.value
    values["holds"] = json.dumps([hold.model_dump(mode="json", exclude={"proposal"}) for hold in row.holds])
    for name in _FLAGS:
        values[name] = int(getattr(row, name))
    values["price"] = None if row.price is None else str(row.price.amount)
    values["currency"] = None if row.price is None else row.price.currency
    return values


_FIELDS: Final = frozenset(field.name for field in fields(WorkRow))
