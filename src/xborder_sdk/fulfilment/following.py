"""Following parcels: where the carriers say they are, and what that makes of their orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from xborder_sdk.client import Client
from xborder_sdk.errors import XborderError
from xborder_sdk.fulfilment.progress import Progress, Step, WorkState
from xborder_sdk.fulfilment.work import WorkRow, WorkStore
from xborder_sdk.hookspecs import KnownParcel, TrackParcels
from xborder_sdk.models import Hold, HoldReason, Tracking, TrackingStatus

TO_FOLLOW = (WorkState.BOUGHT, WorkState.LABELLED, WorkState.PRINTED, WorkState.DECLARED, WorkState.IN_TRANSIT)
"""States of orders whose parcel exists and has not arrived."""

_AT_ONCE = 100
_DECLARED = frozenset({WorkState.DECLARED, WorkState.IN_TRANSIT})
_AT_REST = frozenset({TrackingStatus.UNKNOWN, TrackingStatus.LABEL_CREATED})
_MOVING = frozenset(TrackingStatus) - _AT_REST - {TrackingStatus.DELIVERED, TrackingStatus.CANCELLED}


class Following:
    """Follows the parcels of all orders that are bought and not finished.

    Args:
        client: Asks the carriers.
        work: Where the orders stand.
        clock: The present, aware.
    """

    def __init__(self, client: Client, work: WorkStore, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._work = work
        self._now = clock

    def follow(self) -> Iterator[Progress]:
        """Asks for every parcel once. A carrier that fails stops no other."""
        by_carrier: dict[str, list[WorkRow]] = {}
        for row in self._work.rows(TO_FOLLOW):
            if row.number is not None and row.carrier is not None and not _arrived(row):
                by_carrier.setdefault(row.carrier, []).append(row)
        total = sum(len(rows) for rows in by_carrier.values())
        done = 0
        for carrier, rows in by_carrier.items():
            for first in range(0, len(rows), _AT_ONCE):
                for progress in self._batch(carrier, rows[first : first + _AT_ONCE]):
                    done += 1
                    yield replace(progress, done=done, total=total)

    def _batch(self, carrier: str, rows: list[WorkRow]) -> Iterator[Progress]:
        # A platform finds a parcel by its order only, and trackers find it better with the country.
        known = tuple(
            KnownParcel(number=row.number, order_id=row.order_id, service=row.service, country=row.country)
            for row in rows
            if row.number is not None
        )
        try:
            found = self._client.track(
                carrier, TrackParcels(numbers=tuple(parcel.number for parcel in known), known=known)
            )
        except XborderError as error:
            detail = str(error)
            for row in rows:
                yield Progress(Step.FOLLOW, row.account, row.order_id, row.state, detail, failed=True)
            return
        trackings = {tracking.number: tracking for tracking in found}
        for row in rows:
            told = self._followed(row, trackings.get(row.number or ""))
            if told is not None:
                yield told

    def _followed(self, row: WorkRow, tracking: Tracking | None) -> Progress | None:
        if tracking is None or not tracking.found or tracking.status is TrackingStatus.UNKNOWN:
            return Progress(Step.FOLLOW, row.account, row.order_id, row.state, "the carrier has not seen it yet")
        with self._work.lease(row.key, TO_FOLLOW, fresh=True) as lease:
            if lease is None:
                return None  # somebody is working on it now: the next time
            current = lease.row
            state, holds = _state_by_tracking(current, tracking.status)
            detail = _words(tracking)
            changes: dict[str, Any] = {"tracking": tracking.status, "tracked_at": self._now()}
            if current.state in _DECLARED:
                changes |= {"state": state, "holds": holds, "detail": detail}
            saved = lease.save(**changes)
        return Progress(Step.FOLLOW, saved.account, saved.order_id, saved.state, detail, holds)


def _arrived(row: WorkRow) -> bool:
    return row.tracking is not None and row.tracking.is_final


def _state_by_tracking(row: WorkRow, status: TrackingStatus) -> tuple[WorkState, tuple[Hold, ...]]:
    """Where an order stands by what the carrier says. What is not declared yet keeps its place in the line of steps."""
    if row.state not in _DECLARED:
        return row.state, row.holds
    if status is TrackingStatus.DELIVERED:
        return WorkState.DELIVERED, ()
    if status in {TrackingStatus.RETURNED, TrackingStatus.CANCELLED}:
        detail = f"the carrier says {status.value}"
        repair = "see what the buyer wants: send it again or give the money back"
        return WorkState.STOPPED, (Hold(reason=HoldReason.POLICY, detail=detail, field="tracking", repair=repair),)
    return (WorkState.IN_TRANSIT if status in _MOVING else row.state), row.side_holds


def _words(tracking: Tracking) -> str:
    last = next((scan for scan in reversed(tracking.scans) if scan.status is not TrackingStatus.UNKNOWN), None)
    place = "" if last is None or not last.place else f", {last.place}"
    return f"{tracking.status.value.replace('_', ' ')}{place}"


def state_of_declared(tracking: TrackingStatus | None) -> WorkState:
    """Where an order stands the moment its platform is told, if its parcel was faster."""
    if tracking is TrackingStatus.DELIVERED:
        return WorkState.DELIVERED
    return WorkState.IN_TRANSIT if tracking in _MOVING else WorkState.DECLARED
