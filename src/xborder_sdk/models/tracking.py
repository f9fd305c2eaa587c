"""Where a parcel is, in one vocabulary over all carriers."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC
from enum import StrEnum
from typing import Self

from xborder_sdk.models.base import Instant, MaybePersonal, Model, Raw, RawField


class TrackingStatus(StrEnum):
    """State of a parcel. `UNKNOWN` on a scan means: the code is not mapped and changes nothing."""

    LABEL_CREATED = "label_created"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    CUSTOMS_PROCESSING = "customs_processing"
    CUSTOMS_HOLD = "customs_hold"
    ON_HOLD = "on_hold"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether the journey is over."""
        return self in {TrackingStatus.DELIVERED, TrackingStatus.RETURNED, TrackingStatus.CANCELLED}


class Scan(Model):
    """One tracking event.

    Attributes:
        at: When, with its zone; None where the carrier gives local time without one.
        local_time: The carrier's local time as text (`2026-03-01T14:05:00`), always kept.
        status: What it means; `UNKNOWN` leaves the parcel's state as it was.
        reason: A finer word, such as `address`, `customs_cleared`, `damaged`.
        code: The carrier's own code.
        text: The carrier's own words.
        place: Where, as the carrier names it.
        piece: Tracking number of the piece it concerns, where told.
    """

    at: Instant | None = None
    local_time: str | None = None
    status: TrackingStatus
    reason: str | None = None
    code: str | None = None
    text: str | None = None
    place: str | None = None
    country: str | None = None
    signed_by: MaybePersonal = None
    piece: str | None = None


class Tracking(Model):
    """What a carrier knows of one number.

    Attributes:
        number: The number that was asked for.
        found: False where the carrier does not know the number (yet).
        status: State after all scans; `UNKNOWN` where nothing tells.
        scans: Newest last.
        estimated_delivery: When it should arrive; None where the carrier gives no moment with its zone.
        estimated_delivery_local_time: The carrier's own text of it, often a day only.
        vendor_note: The carrier's own words on why it knows nothing.
    """

    number: str
    found: bool
    status: TrackingStatus = TrackingStatus.UNKNOWN
    scans: tuple[Scan, ...] = ()
    estimated_delivery: Instant | None = None
    estimated_delivery_local_time: str | None = None
    delivered_at: Instant | None = None
    signed_by: MaybePersonal = None
    vendor_note: str | None = None
    raw: RawField = Raw()

    @classmethod
    def from_scans(cls, number: str, scans: Iterable[Scan], *, raw: Raw = Raw()) -> Self:  # noqa: B008 - it is frozen
        """What the scans of a number the carrier knows say of it: its state, and when and by whom it was taken in.

        Args:
            number: The number that was asked for.
            scans: In any order; a repeat counts once.
            raw: Where they come from.
        """
        ordered = in_order(tuple(scans))
        delivered = [scan for scan in reversed(ordered) if scan.status is TrackingStatus.DELIVERED]
        return cls(
            number=number,
            found=True,
            # A carrier that knows a number and has not seen the parcel has its label at least.
            status=state_after(ordered, TrackingStatus.LABEL_CREATED),
            scans=ordered,
            delivered_at=delivered[0].at if delivered else None,
            signed_by=next((scan.signed_by for scan in delivered if scan.signed_by), None),
            raw=raw,
        )


class StoppedTracking(Model):
    """What became of the wish to follow a number no longer.

    Attributes:
        number: The number that was named.
        stopped: Whether it is followed no longer.
        vendor_note: The tracker's own words on why it is not stopped.
    """

    number: str
    stopped: bool
    vendor_note: str | None = None


_FINAL_LEFT_BY = frozenset(
    {
        TrackingStatus.PICKED_UP,
        TrackingStatus.IN_TRANSIT,
        TrackingStatus.CUSTOMS_PROCESSING,
        TrackingStatus.CUSTOMS_HOLD,
        TrackingStatus.OUT_FOR_DELIVERY,
        TrackingStatus.READY_FOR_PICKUP,
        TrackingStatus.DELIVERY_ATTEMPTED,
        TrackingStatus.DELIVERED,
        TrackingStatus.RETURNING,
        TrackingStatus.RETURNED,
    }
)


def state_after(scans: tuple[Scan, ...], start: TrackingStatus = TrackingStatus.UNKNOWN) -> TrackingStatus:
    """The parcel's state after its scans, oldest first.

    A scan whose code nobody has mapped changes nothing, and a final state is only left by a newer physical scan:
    a late administrative event must not turn a delivered parcel into one in transit.

    Args:
        scans: In the order in which they happened.
        start: The state before them.
    """
    state = start
    for scan in scans:
        if scan.status is TrackingStatus.UNKNOWN:
            continue
        if state.is_final and scan.status not in _FINAL_LEFT_BY:
            continue
        state = scan.status
    return state


def in_order(scans: tuple[Scan, ...]) -> tuple[Scan, ...]:
    """The scans, oldest first, without repeats.

    Carriers do not promise an order. Scans without a zone are placed by their local time, which is right within
    one place and close enough between places; equal times keep the carrier's order.
    """
    unique = tuple(dict.fromkeys(scans))

    def key(scan: Scan) -> str:
        if scan.at is not None:
            with suppress(OverflowError):  # the first and last days of the calendar have no UTC
                return scan.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
            return scan.at.isoformat()[:19]
        return scan.local_time or ""

    return tuple(sorted(unique, key=key))
