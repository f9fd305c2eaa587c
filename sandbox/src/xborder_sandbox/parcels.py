"""Parcels on their way, as those see them who know their number: a board on which simulators show what they carry.

A simulator says how to find a parcel by its number; whoever follows parcels of many carriers asks the board.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """What a scan means, whatever the carrier calls it."""

    ANNOUNCED = "announced"
    PICKED_UP = "picked_up"
    MOVING = "moving"
    LEFT_COUNTRY = "left_country"
    REACHED_COUNTRY = "reached_country"
    IN_CUSTOMS = "in_customs"
    HELD_BY_CUSTOMS = "held_by_customs"
    CLEARED = "cleared"
    DELAYED = "delayed"
    OUT_FOR_DELIVERY = "out_for_delivery"
    NOBODY_HOME = "nobody_home"
    REFUSED = "refused"
    WAITS_FOR_PICKUP = "waits_for_pickup"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"
    OTHER = "other"


@dataclass(frozen=True)
class Sighting:
    """A scan; `at` is aware, in the zone in which the carrier tells it."""

    at: datetime
    stage: Stage
    text: str
    city: str
    country: str


@dataclass(frozen=True)
class Place:
    """Where a parcel comes from or goes to; `country` is ISO 3166 alpha-2."""

    country: str
    city: str = ""
    postal_code: str = ""


@dataclass(frozen=True)
class Parcel:
    """A parcel as of now; `carrier` is the name it trades under, `sightings` are oldest first."""

    number: str
    carrier: str
    service: str
    origin: Place
    destination: Place
    grams: int
    sightings: tuple[Sighting, ...]


Finder = Callable[[str], Parcel | None]


class ParcelBoard:
    """Finds a parcel among those of all simulators."""

    def __init__(self) -> None:
        self._finders: dict[str, Finder] = {}

    def show(self, vendor: str, find: Finder) -> None:
        """Let `find` answer for the parcels of a vendor; a second call takes the place of the first."""
        self._finders[vendor] = find

    def find(self, number: str) -> Parcel | None:
        """Return the parcel with that number, or None where no simulator carries it."""
        for find in self._finders.values():
            parcel = find(number)
            if parcel is not None:
                return parcel
        return None
