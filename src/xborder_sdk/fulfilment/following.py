"""Following parcels: where the carriers say they are, and what that makes of their orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from xborder_sdk.client import Client
from xborder_sdk.errors import ConfigurationError, UnsupportedOperation, XborderError
from xborder_sdk.fulfilment.config import FulfilmentConfig
from xborder_sdk.fulfilment.progress import Progress, Step, WorkState
from xborder_sdk.fulfilment.work import WorkRow, WorkStore
from xborder_sdk.hookspecs import KnownParcel, LogisticsProvider, TrackParcels
from xborder_sdk.models import Hold, HoldReason, Tracking, TrackingStatus

TO_FOLLOW = (WorkState.BOUGHT, WorkState.LABELLED, WorkState.PRINTED, WorkState.DECLARED, WorkState.IN_TRANSIT)
"""States of orders whose parcel exists and has not arrived."""

_AT_ONCE = 100
_DECLARED = frozenset({WorkState.DECLARED, WorkState.IN_TRANSIT})
_AT_REST = frozenset({TrackingStatus.UNKNOWN, TrackingStatus.LABEL_CREATED})
_MOVING = frozenset(TrackingStatus) - _AT_REST - {TrackingStatus.DELIVERED, TrackingStatus.CANCELLED}
_LEFT_HOME = _MOVING - {TrackingStatus.EXCEPTION, TrackingStatus.ON_HOLD} | {TrackingStatus.DELIVERED}
"""What only a parcel can be that its carrier has been given. Some carriers say `exception` of one they never saw."""


class Following:
    """Follows the parcels of all orders that are bought and not finished.

    Args:
        client: Asks the carriers, or whoever follows their parcels.
        config: Who follows whose parcels.
        work: Where the orders stand.
        clock: The present, aware.
    """

    def __init__(
        self, client: Client, config: FulfilmentConfig, work: WorkStore, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._config = config
        self._work = work
        self._now = clock

    def follow(self) -> Iterator[Progress]:
        """Asks for every parcel once. A carrier that fails stops no other."""
        by_tracker: dict[str, list[WorkRow]] = {}
        for row in self._work.rows(TO_FOLLOW):
            if row.number is not None and row.carrier is not None and not _arrived(row):
                tracker = self._config.track_with.get(row.carrier, row.carrier)
                by_tracker.setdefault(tracker, []).append(row)
        total = sum(len(rows) for rows in by_tracker.values())
        done = 0
        for tracker, rows in by_tracker.items():
            for first in range(0, len(rows), _AT_ONCE):
                for progress in self._batch(tracker, rows[first : first + _AT_ONCE]):
                    done += 1
                    yield replace(progress, done=done, total=total)

    def _batch(self, tracker: str, rows: list[WorkRow]) -> Iterator[Progress]:
        try:
            if not self._client.supports(tracker, LogisticsProvider.track):
                hint = "name who can in fulfilment.track_with"
                raise UnsupportedOperation(f"{tracker} does not follow parcels", hint=hint)
            found = self._client.track(tracker, self._asked(rows))
        except XborderError as error:
            detail = str(error)
            for row in rows:
                yield Progress(Step.FOLLOW, row.account, row.order_id, row.state, detail, failed=True)
            return
        known = {tracking.number: tracking for tracking in found}
        for row in rows:
            told = self._followed(row, known.get(row.number or ""))
            if told is not None:
                yield told

    def _asked(self, rows: list[WorkRow]) -> TrackParcels:
        """The numbers with what is known of them. Two orders may travel under one number."""
        known = {row.number: self._known(row, row.number) for row in rows if row.number is not None}
        return TrackParcels(numbers=tuple(known), known=tuple(known.values()))

    def _known(self, row: WorkRow, number: str) -> KnownParcel:
        plan = self._work.plan(row.key)
        return KnownParcel(
            number=number,
            carrier=self._connector(row.carrier or ""),
            service=row.service,
            order_id=row.order_id,
            country=row.country,
            postal_code=None if plan is None else plan.request.recipient.postal_code,
        )

    def _connector(self, carrier: str) -> str | None:
        try:
            return self._client.connector(carrier).name
        except ConfigurationError:
            return None  # an account that is gone: its parcels may still be followed by another

    def _followed(self, row: WorkRow, tracking: Tracking | None) -> Progress | None:
        if tracking is None or not tracking.found or tracking.status is TrackingStatus.UNKNOWN:
            note = tracking.vendor_note if tracking is not None else None
            words = "the carrier has not seen it yet" + (f": {note}" if note else "")
            return Progress(Step.FOLLOW, row.account, row.order_id, row.state, words)
        with self._work.lease(row.key, TO_FOLLOW, fresh=True) as lease:
            if lease is None:
                return None  # somebody is working on it now: the next time
            current = lease.row
            if current.number != row.number:
                return None  # another parcel was bought meanwhile
            state, holds = _state_by_tracking(current, tracking.status)
            detail = _words(tracking.status)
            changes: dict[str, Any] = {"tracking": tracking.status, "tracked_at": self._now()}
            if current.handed_over_at is None and tracking.status in _LEFT_HOME:
                changes["handed_over_at"] = self._now()
            if current.state in _DECLARED or state is WorkState.STOPPED:
                changes |= {"state": state, "holds": holds, "detail": detail}
            saved = lease.save(**changes)
        # Where it was seen is told and not kept: the last place is the buyer's town.
        told = detail + _last_place(tracking)
        return Progress(Step.FOLLOW, saved.account, saved.order_id, saved.state, told, holds)


def _arrived(row: WorkRow) -> bool:
    return row.tracking is not None and row.tracking.is_final


def _state_by_tracking(row: WorkRow, status: TrackingStatus) -> tuple[WorkState, tuple[Hold, ...]]:
    """Where an order stands by what the carrier says.

    What is not declared yet keeps its place in the line of steps, unless its parcel comes back or never leaves: such a
    parcel is not asked for again, so its order must not go on.
    """
    if status in {TrackingStatus.RETURNED, TrackingStatus.CANCELLED}:
        detail = f"the carrier says {status.value}"
        repair = "see what the buyer wants: send it again or give the money back"
        return WorkState.STOPPED, (Hold(reason=HoldReason.POLICY, detail=detail, field="tracking", repair=repair),)
    if row.state not in _DECLARED:
        return row.state, row.holds
    if status is TrackingStatus.DELIVERED:
        return WorkState.DELIVERED, ()
    return (WorkState.IN_TRANSIT if status in _MOVING else row.state), row.side_holds


def _words(status: TrackingStatus) -> str:
    return status.value.replace("_", " ")


def _last_place(tracking: Tracking) -> str:
    last = next((scan for scan in reversed(tracking.scans) if scan.status is not TrackingStatus.UNKNOWN), None)
    return "" if last is None or not last.place else f", {last.place}"


def state_of_declared(tracking: TrackingStatus | None) -> WorkState:
    """Where an order stands the moment its platform is told, if its parcel was faster."""
    if tracking is TrackingStatus.DELIVERED:
        return WorkState.DELIVERED
    return WorkState.IN_TRANSIT if tracking in _MOVING else WorkState.DECLARED
