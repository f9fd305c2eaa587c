"""What happens to a parcel: as the simulators of this sandbox tell it, or invented from its number and the seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from xborder_sandbox.parcels import Parcel
from xborder_sandbox.track17.statuses import of_stage

# How an invented parcel fares, and how many in a hundred do so.
STORIES = (("plain", 66), ("nobody", 8), ("customs", 8), ("pickup", 8), ("returned", 4), ("lost", 2), ("unknown", 4))


@dataclass(frozen=True)
class Happening:
    """Something that happened; `at` is in the local time of the place."""

    at: datetime
    sub_status: str
    text: str
    city: str
    country: str


@dataclass(frozen=True)
class End:
    """Where a parcel comes from or goes to."""

    country: str
    state: str
    city: str
    postal_code: str
    utc_offset: int = 0


@dataclass(frozen=True)
class Journey:
    """A parcel's way. `happenings` are oldest first; those of an invented one reach into the future."""

    happenings: tuple[Happening, ...]
    origin: End | None = None
    destination: End | None = None
    service: str = ""
    grams: int = 0


_ORIGIN = End("CN", "GD", "SHENZHEN", "518000", 8)
_DESTINATIONS = (
    End("US", "CA", "LOS ANGELES", "90001", -8),
    End("GB", "", "LEEDS", "LS1 4AP", 0),
    End("FR", "", "BORDEAUX", "33000", 1),
    End("AU", "VIC", "MELBOURNE", "3000", 10),
    End("CA", "ON", "TORONTO", "M5H 2N2", -5),
    End("DE", "", "LEIPZIG", "04103", 1),
)
# Hours after the one before, sub-status, words, at the destination.
_Step = tuple[float, str, str, bool]
_START: tuple[_Step, ...] = (
    (0, "InfoReceived", "Shipment information received", False),
    (20, "InTransit_PickedUp", "Accepted by carrier", False),
    (9, "InTransit_Other", "Processed through facility", False),
    (26, "InTransit_Departure", "Departed country of origin", False),
    (62, "InTransit_Arrival", "Arrived in destination country", True),
    (4, "InTransit_CustomsProcessing", "In customs", True),
)
_CLEARED: _Step = (11, "InTransit_CustomsReleased", "Customs clearance completed", True)
_OUT: _Step = (30, "OutForDelivery_Other", "Out for delivery", True)
_DELIVERED: _Step = (5, "Delivered_Other", "Delivered", True)
_NOBODY: _Step = (4, "DeliveryFailure_NoBody", "Delivery attempted, nobody home", True)
_ENDS: dict[str, tuple[_Step, ...]] = {
    "plain": (_CLEARED, _OUT, _DELIVERED),
    "nobody": (_CLEARED, _OUT, _NOBODY, (20, *_OUT[1:]), _DELIVERED),
    "customs": (
        (6, "InTransit_CustomsRequiringInformation", "Held by customs, information required", True),
        (70, *_CLEARED[1:]),
        _OUT,
        _DELIVERED,
    ),
    "pickup": (
        _CLEARED,
        (28, "AvailableForPickup_Other", "Ready for collection", True),
        (24, "Delivered_Other", "Collected by addressee", True),
    ),
    "returned": (
        _CLEARED,
        _OUT,
        (4, "DeliveryFailure_Rejected", "Refused by addressee", True),
        (48, "Exception_Returning", "On its way back to the sender", True),
        (300, "Exception_Returned", "Returned to sender", False),
    ),
    "lost": ((400, "Exception_Lost", "Declared lost", True),),
}


def invent(chance: random.Random, start: datetime) -> Journey:
    """Return the way of a number that no simulator carries.

    Args:
        chance: What depends on the seed and the number alone.
        start: When it was made known; its announcement is some hours older.
    """
    story = chance.choices([name for name, _ in STORIES], [weight for _, weight in STORIES])[0]
    destination, lead = chance.choice(_DESTINATIONS), chance.randrange(2, 30)
    grams = chance.randrange(5, 60) * 20
    if story == "unknown":
        return Journey(())
    now, happenings = start - timedelta(hours=lead), []
    for hours, sub_status, text, is_there in _START + _ENDS[story]:
        now += timedelta(hours=hours)
        end = destination if is_there else _ORIGIN
        local = now.astimezone(timezone(timedelta(hours=end.utc_offset)))
        happenings.append(Happening(local, sub_status, text, end.city, end.country))
    return Journey(tuple(happenings), _ORIGIN, destination, "Standard", grams)


def told_by(parcel: Parcel) -> Journey:
    """Return the way of a parcel of this sandbox."""
    return Journey(
        tuple(
            Happening(seen.at, of_stage(seen.stage), seen.text, seen.city, seen.country) for seen in parcel.sightings
        ),
        End(parcel.origin.country, "", parcel.origin.city, parcel.origin.postal_code),
        End(parcel.destination.country, "", parcel.destination.city, parcel.destination.postal_code),
        parcel.service,
        parcel.grams,
    )
