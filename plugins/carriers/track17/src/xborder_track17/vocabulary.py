"""17TRACK's words and codes as data, each with its source.

"note": a public research note on v2.2 that reads the vendor's pages; "clients": published programs that use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xborder_sdk.errors import AuthenticationFailed, NotFound, PermissionDenied, Refused, Throttled
from xborder_sdk.models import TrackingStatus

HOST: Final = "https://api.17track.net"
PATH: Final = "/track"
KEY_HEADER: Final = "17token"

BATCH: Final = 40
"""Numbers per call (note and clients)."""

PAUSE_S: Final = 0.35
"""Three requests a second are allowed per key, more are answered 429 without a time to wait (note and clients)."""

_Meaning = tuple[TrackingStatus, str | None]

_NOTHING: Final[_Meaning] = (TrackingStatus.UNKNOWN, None)

# Main states and sub-states: five lists agree. What they mean here is ours.
MAIN: Final[dict[str, _Meaning]] = {
    "NotFound": (TrackingStatus.UNKNOWN, "not_found"),
    "InfoReceived": (TrackingStatus.LABEL_CREATED, None),
    "InTransit": (TrackingStatus.IN_TRANSIT, None),
    "Expired": (TrackingStatus.UNKNOWN, "expired"),
    "AvailableForPickup": (TrackingStatus.READY_FOR_PICKUP, None),
    "OutForDelivery": (TrackingStatus.OUT_FOR_DELIVERY, None),
    "DeliveryFailure": (TrackingStatus.DELIVERY_ATTEMPTED, None),
    "Delivered": (TrackingStatus.DELIVERED, None),
    "Exception": (TrackingStatus.EXCEPTION, None),
}

SUB: Final[dict[str, _Meaning]] = {
    "NotFound_Other": (TrackingStatus.UNKNOWN, "not_found"),
    "NotFound_InvalidCode": (TrackingStatus.UNKNOWN, "invalid_number"),
    "InfoReceived": (TrackingStatus.LABEL_CREATED, None),
    "InTransit_PickedUp": (TrackingStatus.PICKED_UP, None),
    "InTransit_Other": (TrackingStatus.IN_TRANSIT, None),
    "InTransit_Departure": (TrackingStatus.IN_TRANSIT, "departed"),
    "InTransit_Arrival": (TrackingStatus.IN_TRANSIT, "arrived"),
    "InTransit_CustomsProcessing": (TrackingStatus.CUSTOMS_PROCESSING, None),
    "InTransit_CustomsReleased": (TrackingStatus.IN_TRANSIT, "customs_cleared"),
    "InTransit_CustomsRequiringInformation": (TrackingStatus.CUSTOMS_HOLD, "information"),
    "Expired_Other": (TrackingStatus.UNKNOWN, "expired"),
    "AvailableForPickup_Other": (TrackingStatus.READY_FOR_PICKUP, None),
    "OutForDelivery_Other": (TrackingStatus.OUT_FOR_DELIVERY, None),
    "DeliveryFailure_Other": (TrackingStatus.DELIVERY_ATTEMPTED, None),
    "DeliveryFailure_NoBody": (TrackingStatus.DELIVERY_ATTEMPTED, "not_home"),
    "DeliveryFailure_Security": (TrackingStatus.DELIVERY_ATTEMPTED, "security"),
    "DeliveryFailure_Rejected": (TrackingStatus.EXCEPTION, "refused"),
    "DeliveryFailure_InvalidAddress": (TrackingStatus.EXCEPTION, "address"),
    "Delivered_Other": (TrackingStatus.DELIVERED, None),
    "Exception_Other": (TrackingStatus.EXCEPTION, None),
    "Exception_Returning": (TrackingStatus.RETURNING, None),
    "Exception_Returned": (TrackingStatus.RETURNED, None),
    "Exception_NoBody": (TrackingStatus.EXCEPTION, "not_home"),
    "Exception_Security": (TrackingStatus.EXCEPTION, "security"),
    "Exception_Damage": (TrackingStatus.EXCEPTION, "damaged"),
    "Exception_Rejected": (TrackingStatus.EXCEPTION, "refused"),
    "Exception_Delayed": (TrackingStatus.IN_TRANSIT, "delayed"),
    "Exception_Lost": (TrackingStatus.EXCEPTION, "lost"),
    "Exception_Destroyed": (TrackingStatus.EXCEPTION, "destroyed"),
    "Exception_Cancel": (TrackingStatus.CANCELLED, None),
}

STAGES: Final[dict[str, _Meaning]] = {
    "PickedUp": SUB["InTransit_PickedUp"],
    "Departure": SUB["InTransit_Departure"],
    "Arrival": SUB["InTransit_Arrival"],
    "Returning": SUB["Exception_Returning"],
    "Returned": SUB["Exception_Returned"],
}
"""Milestones that are no main state; an event may name one as its `stage`."""


_MEANINGS: Final = {word.casefold(): found for word, found in (STAGES | MAIN | SUB).items()}


def meaning(word: str | None) -> _Meaning:
    """State and finer reason of 17TRACK's word, in any case; an unknown sub-state means its main state.

    Args:
        word: A main state, a sub-state or a milestone.
    """
    text = (word or "").strip().casefold()
    return _MEANINGS.get(text) or _MEANINGS.get(text.partition("_")[0], _NOTHING)


CARRIERS: Final = {
    "chinapost": 3011,
    "yanwen": 190012,
    "yunexpress": 190008,
    "4px": 190094,
    "cainiao": 190271,
    "dhl": 100001,
    "ups": 100002,
    "fedex": 100003,
    "tnt": 100004,
}
"""17TRACK's keys by connector name: the public carrier list as a client's generated table has it (about 2021); the note
names 3011 too."""

REGISTERED: Final = -18019901
NOT_REGISTERED: Final = -18019902
NOTHING_YET: Final = -18019909
DAILY_CAP: Final = -18019907
QUOTA_GONE: Final = -18019908


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means.

    Attributes:
        meaning: In English words.
        error: The error it becomes when a whole call fails of it.
        hint: What to do.
    """

    meaning: str
    error: type[Refused] = Refused
    hint: str | None = None


CODES: Final[dict[int, Code]] = {
    -18010001: Code("this address is not in the key's IP list", PermissionDenied, "add it in the 17TRACK console"),
    -18010002: Code("the key is wrong", AuthenticationFailed, "check api_key; a new key works after some minutes"),
    -18010003: Code("an internal error", Refused, "try again later"),
    -18010004: Code("the account is disabled", PermissionDenied, "ask 17TRACK"),
    -18010005: Code("the access is not authorised", PermissionDenied, "ask 17TRACK"),
    -18010010: Code("a field is missing"),
    -18010011: Code("a field's value is invalid"),
    -18010012: Code("a field's format is invalid"),
    -18010013: Code("the data is invalid"),
    -18010014: Code("there are more than 40 numbers in the call"),
    -18010015: Code("a value does not fit its field"),
    REGISTERED: Code("the number is registered already"),
    NOT_REGISTERED: Code("the number is not registered", NotFound, "set register_unknown, or register it"),
    -18019903: Code("the carrier cannot be detected", Refused, "name the carrier of the parcel"),
    -18019904: Code("only a stopped number can be followed again"),
    -18019905: Code("a number can be followed again once only"),
    -18019906: Code("only a number that is followed can be stopped"),
    DAILY_CAP: Code("the day's limit is reached", Throttled, "go on tomorrow, or ask 17TRACK for more a day"),
    QUOTA_GONE: Code("the quota is used up", PermissionDenied, "buy more in the 17TRACK console"),
    NOTHING_YET: Code("17TRACK knows nothing of it yet", NotFound, "ask again later"),
    -18019910: Code("the carrier key is wrong", Refused, "correct carrier_code, or the account's carriers"),
    -18019911: Code("the carrier is not open for registration"),
    -18019912: Code("the key may not ask in real time", PermissionDenied),
    -18019806: Code("the number is stopped: its carrier cannot be changed"),
    -18019808: Code("the first result is not there yet: its carrier cannot be changed now", Refused, "try again later"),
    -18019818: Code("the carrier cannot be asked in real time"),
}
"""error_codes.csv: codes agreed by the note and clients."""

INTERNAL: Final = -18010003

NOT_FOLLOWED: Final = frozenset({NOT_REGISTERED, -18019906})
"""Rejections of a stop that leave the number as it was wished: not followed."""


def words_of(code: int | None) -> str | None:
    """Why a number was rejected, in words; None where no code was given."""
    if code is None:
        return None
    known = CODES.get(code)
    if known is None:
        return f"17TRACK rejects it ({code})"
    return f"17TRACK rejects it ({code}): {known.meaning}" + (f"; {known.hint}" if known.hint else "")
