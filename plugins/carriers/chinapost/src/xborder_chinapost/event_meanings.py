"""What a scan means in this project's words. The table of codes is OLTS's; what its words mean here is ours."""

from __future__ import annotations

from typing import Final

from xborder_chinapost.event_codes import EVENTS, REVERSES
from xborder_sdk.models import TrackingStatus

_Meaning = tuple[TrackingStatus, str | None]

_NOTHING: Final[_Meaning] = (TrackingStatus.UNKNOWN, None)

WORDS: Final[dict[str, _Meaning]] = {
    "order_created": (TrackingStatus.LABEL_CREATED, None),
    "order_cancelled": (TrackingStatus.CANCELLED, None),
    "picked_up": (TrackingStatus.PICKED_UP, None),
    "transferred_to_carrier": (TrackingStatus.IN_TRANSIT, "forwarded"),
    "in_transit": (TrackingStatus.IN_TRANSIT, None),
    "departed_from_hub": (TrackingStatus.IN_TRANSIT, "departed"),
    "arrived_at_hub": (TrackingStatus.IN_TRANSIT, "arrived"),
    "arrived_at_destination": (TrackingStatus.IN_TRANSIT, "arrived"),
    "customs_declared": (TrackingStatus.CUSTOMS_PROCESSING, None),
    "customs_inspection": (TrackingStatus.CUSTOMS_PROCESSING, "inspection"),
    "customs_duty_paid": (TrackingStatus.CUSTOMS_PROCESSING, "duties"),
    "customs_held": (TrackingStatus.CUSTOMS_HOLD, None),
    "customs_released": (TrackingStatus.IN_TRANSIT, "customs_cleared"),
    "clearance_completed": (TrackingStatus.IN_TRANSIT, "customs_cleared"),
    "out_for_delivery": (TrackingStatus.OUT_FOR_DELIVERY, None),
    "delivery_attempted": (TrackingStatus.DELIVERY_ATTEMPTED, None),
    "recipient_unavailable": (TrackingStatus.DELIVERY_ATTEMPTED, "not_home"),
    "awaiting_pickup": (TrackingStatus.READY_FOR_PICKUP, None),
    "delivery_to_locker": (TrackingStatus.READY_FOR_PICKUP, "locker"),
    "delivered": (TrackingStatus.DELIVERED, None),
    "signed_by_third_party": (TrackingStatus.DELIVERED, "third_party"),
    "refused": (TrackingStatus.EXCEPTION, "refused"),
    "address_issue": (TrackingStatus.EXCEPTION, "address"),
    "lost": (TrackingStatus.EXCEPTION, "lost"),
    "exception": (TrackingStatus.EXCEPTION, None),
    "return_initiated": (TrackingStatus.RETURNING, None),
    "in_return_transit": (TrackingStatus.RETURNING, None),
    "returned_to_sender": (TrackingStatus.RETURNED, None),
}
"""OLTS's words for events."""

_DATA: Final[_Meaning] = (TrackingStatus.UNKNOWN, "administrative")
_OTHERWISE: Final[dict[str, _Meaning]] = {
    # Messages between posts and customs move no parcel.
    **dict.fromkeys(("552", "554", "555", "556", "557", "558"), _DATA),
    # Somebody has changed the address; the parcel goes on.
    **dict.fromkeys(("756", "802", "803", "unsigned:11", "unsigned:12"), (TrackingStatus.UNKNOWN, "redirected")),
    # A parcel on its way back has left the customs of its destination, and is not with its sender yet.
    "C_009": (TrackingStatus.RETURNING, None),
    "O_011": (TrackingStatus.RETURNING, None),
}
"""Where this table departs from OLTS's."""

_SIGNED: Final = "signed:"


def meaning(code: str | None) -> tuple[TrackingStatus, str | None]:
    """State and finer reason of a code; `UNKNOWN` where nobody has mapped it.

    Args:
        code: The carrier's code.
    """
    found = _key(code)
    if found is None:
        return _NOTHING
    if found in REVERSES:
        return TrackingStatus.UNKNOWN, "reversal"
    if found in _OTHERWISE:
        return _OTHERWISE[found]
    status, reason = WORDS[EVENTS[found]]
    if found.startswith(_SIGNED) and status is TrackingStatus.READY_FOR_PICKUP:
        return TrackingStatus.DELIVERED, reason  # how a parcel was delivered: into a box
    return status, reason


def _key(code: str | None) -> str | None:
    if code is None:
        return None
    text = code.strip()
    return next((each for each in (text, text.upper(), text.lower()) if each in EVENTS), None)
