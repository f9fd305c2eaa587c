"""What was handed over to carriers, as the work store keeps it.

A hand-over is written down, with its parcels, before the carrier hears of it, and no parcel is in two that are not
finished. So a run that goes on after a crash announces the same parcels again, and the ledger recognises it.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from xborder_sdk.fulfilment.owner import new_owner
from xborder_sdk.fulfilment.work import Key, WorkStore, named
from xborder_sdk.hookspecs import HandOverParcels
from xborder_sdk.ledger.records import micros, moment

FIELD = "hand_over"
"""Field of the holds of parcels that a carrier left out."""


class HandOverState(StrEnum):
    """How far a hand-over has come."""

    OPEN = "open"
    """Written down; the ledger says whether the carrier heard of it."""
    TAKEN = "taken"
    """The carrier has confirmed it; its papers, or a parcel's row, are still to be seen to."""
    DONE = "done"
    DROPPED = "dropped"
    """It proved not to have happened; its parcels are free for another."""

    @property
    def is_finished(self) -> bool:
        """Whether nothing more is to be done."""
        return self in {HandOverState.DONE, HandOverState.DROPPED}


@dataclass(frozen=True)
class HandOverRow:
    """One hand-over.

    Attributes:
        id: Our own name of it.
        account: The carrier account.
        owner: Who wrote it down.
        state: How far it has come.
        request: What the carrier is told.
        parcels: The orders inside: order account, order id, waybill.
        detail: The last thing that happened, in words.
        confirmation: The carrier's number of it.
        bag_number: What stands on the bag.
        not_taken: Waybills the carrier left out, with its reason.
        files: Its papers, as paths.
    """

    id: str
    account: str
    owner: str
    state: HandOverState
    request: HandOverParcels
    parcels: tuple[tuple[str, str, str], ...]
    created_at: datetime
    updated_at: datetime
    detail: str = ""
    confirmation: str | None = None
    bag_number: str | None = None
    not_taken: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()

    @property
    def taken(self) -> tuple[str, ...]:
        """Waybills the carrier took."""
        left = {waybill for waybill, _ in self.not_taken}
        return tuple(waybill for _, _, waybill in self.parcels if waybill not in left)


class HandOverBook:
    """The hand-overs of a work store.

    Args:
        work: The store.
    """

    def __init__(self, work: WorkStore) -> None:
        self._work = work

    def rows(self, account: str | None = None) -> tuple[HandOverRow, ...]:
        """All hand-overs, oldest first.

        Args:
            account: Only of this carrier account.
        """
        where, values = ("", ()) if account is None else (" WHERE account = ?", (account,))
        sql = f"SELECT * FROM xborder_work_hand_over{where} ORDER BY created_at, id"  # noqa: S608 - fixed words
        with self._work.reading() as connection:
            return tuple(_row(found) for found in named(connection, sql, values))

    def open(
        self, account: str, parcels: Sequence[tuple[Key, str]], request: HandOverParcels, now: datetime
    ) -> HandOverRow | None:
        """Writes a hand-over down; None where one of its parcels is in another, or was handed over meanwhile.

        Args:
            account: The carrier account.
            parcels: The orders inside, each with its waybill.
            request: What the carrier will be told.
            now: The present.
        """
        row = HandOverRow(
            id=uuid.uuid4().hex,
            account=account,
            owner=new_owner(),
            state=HandOverState.OPEN,
            request=request,
            parcels=tuple((*key, waybill) for key, waybill in parcels),
            created_at=now,
            updated_at=now,
        )
        columns = _columns(row)
        marks = ", ".join("?" for _ in columns)
        with self._work.writing() as connection:
            sql = "SELECT * FROM xborder_work_hand_over WHERE account = ?"
            known = [_row(found) for found in named(connection, sql, (account,))]
            if waybills_of(one for one in known if not one.state.is_finished) & {waybill for _, waybill in parcels}:
                return None
            if any(_has_been(connection, key, waybill) for key, waybill in parcels):
                return None
            connection.execute(
                f"INSERT INTO xborder_work_hand_over ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 - our names
                tuple(columns.values()),
            )
        return row

    def save(self, row: HandOverRow, now: datetime, **changes: Any) -> HandOverRow:
        """Writes changes of a hand-over.

        Args:
            row: The hand-over.
            now: The present.
            **changes: New values of its fields.
        """
        new = replace(row, **changes, updated_at=now)
        columns = _columns(new)
        settings = ", ".join(f"{name} = ?" for name in columns)
        with self._work.writing() as connection:
            connection.execute(
                f"UPDATE xborder_work_hand_over SET {settings} WHERE id = ?",  # noqa: S608 - our own names
                (*columns.values(), row.id),
            )
        return new


def _has_been(connection: sqlite3.Connection, key: Key, waybill: str) -> bool:
    """Whether a parcel was handed over, or its carrier left it out, since it was looked at."""
    sql = "SELECT handed_over_at, holds FROM xborder_work WHERE account = ? AND order_id = ? AND waybill = ?"
    found = connection.execute(sql, (*key, waybill)).fetchone()
    return found is not None and (found[0] is not None or any(hold["field"] == FIELD for hold in json.loads(found[1])))


def waybills_of(rows: Iterable[HandOverRow]) -> set[str]:
    """All waybills inside."""
    return {waybill for row in rows for _, _, waybill in row.parcels}


def _row(found: dict[str, Any]) -> HandOverRow:
    return HandOverRow(
        id=found["id"],
        account=found["account"],
        owner=found["owner"],
        state=HandOverState(found["state"]),
        request=HandOverParcels.model_validate_json(found["request"]),
        parcels=tuple((account, order_id, waybill) for account, order_id, waybill in json.loads(found["parcels"])),
        created_at=moment(found["created_at"]),
        updated_at=moment(found["updated_at"]),
        detail=found["detail"],
        confirmation=found["confirmation"],
        bag_number=found["bag_number"],
        not_taken=tuple((waybill, reason) for waybill, reason in json.loads(found["not_taken"])),
        files=tuple(json.loads(found["files"])),
    )


def _columns(row: HandOverRow) -> dict[str, object]:
    return {
        "id": row.id,
        "account": row.account,
        "owner": row.owner,
        "state": row.state.value,
        "detail": row.detail,
        "request": row.request.model_dump_json(),
        "parcels": json.dumps(row.parcels),
        "confirmation": row.confirmation,
        "bag_number": row.bag_number,
        "not_taken": json.dumps(row.not_taken),
        "files": json.dumps(row.files),
        "created_at": micros(row.created_at),
        "updated_at": micros(row.updated_at),
    }
