"""What China Post carries, as dated data: weight, size and destinations by family of products, and how long it takes.

Routes open and close by notice. Every row says where it is from and since when it holds; a row of the account's
settings wins over one of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from pydantic import Field

from xborder_sdk.models import CountryCode, Dimensions, Hold, HoldReason, Model, Parcel


class Family(StrEnum):
    """Products that share their limits, whatever code a contract gives them."""

    EPACKET = "epacket"
    """e邮宝."""
    SMALL_PACKET = "small_packet"
    """国际小包."""
    EMS = "ems"
    """国际特快 and e特快."""


TITLES: Final = {Family.EPACKET: "ePacket", Family.SMALL_PACKET: "Small packet", Family.EMS: "EMS"}


class FamilyLimits(Model):
    """What a family takes from a day on.

    Attributes:
        family: The family.
        valid_from: The first day, by China's calendar.
        max_g: Heaviest parcel in grams; None where no figure is known.
        destinations: Heaviest parcel in grams by destination (ISO alpha-2); None where every destination is served.
        max_sum_mm: Largest sum of length, width and height.
        max_side_mm: Longest side.
        min_sides_mm: Smallest longest and second longest side.
        source: Where the figures come from.
    """

    family: Family
    valid_from: date
    max_g: int | None = Field(default=None, gt=0)
    destinations: dict[CountryCode, int] | None = None
    max_sum_mm: int | None = Field(default=None, gt=0)
    max_side_mm: int | None = Field(default=None, gt=0)
    min_sides_mm: tuple[int, int] | None = None
    source: str = Field(min_length=1)


_EUB_COUNTRIES: Final = (
    "AU", "AT", "BE", "BR", "CA", "DK", "FI", "FR", "DE", "GR", "HK", "HU", "IE",
    "ID", "IL", "IT", "JP", "KZ", "KR", "LU", "MY", "MX", "NL", "NZ", "NO", "PL",
    "PT", "RU", "SA", "SG", "ES", "SE", "CH", "TH", "TR", "UA", "GB", "US", "VN",
)  # fmt: skip

LIMITS: Final = (
    FamilyLimits(
        family=Family.EPACKET,
        valid_from=date(2019, 1, 1),
        max_g=2000,
        destinations=dict.fromkeys(_EUB_COUNTRIES, 2000),
        max_sum_mm=900,
        max_side_mm=600,
        min_sides_mm=(140, 110),
        source="the carrier's product page of 2019 as a seller's guide tabulates it; three sources agree on the sizes",
    ),
    FamilyLimits(
        family=Family.EPACKET,
        valid_from=date(2025, 7, 31),
        max_g=2000,
        destinations=dict.fromkeys(_EUB_COUNTRIES, 2000) | {"RU": 5000},
        max_sum_mm=900,
        max_side_mm=600,
        min_sides_mm=(140, 110),
        source="as of 2019, with Russia from a price list of 2025-09-15 of one sales channel",
    ),
    FamilyLimits(
        family=Family.SMALL_PACKET,
        valid_from=date(2019, 1, 1),
        max_g=2000,
        max_sum_mm=900,
        max_side_mm=600,
        source="order error B12 (over 2,000 g refused); the same sizes as ePacket, by one source",
    ),
    FamilyLimits(
        family=Family.EMS,
        valid_from=date(2019, 1, 1),
        source="no public figure that holds for all destinations",
    ),
)


@dataclass(frozen=True, slots=True)
class Transit:
    """How long a family takes, by one source of one day.

    Attributes:
        days: Fewest and most days.
        words: As the source counts them.
        as_of: The year of the source.
    """

    days: tuple[int, int]
    words: str
    as_of: str


TRANSIT: Final = {Family.EPACKET: Transit((7, 10), "7 to 10 working days on main routes", "2019")}
"""The carrier's product page as seller's guides quote it; aggregators see 7 to 20. Nothing is known of the others."""

VOLUMETRIC_DIVISOR: Final = 6000
VOLUMETRIC_FROM_MM: Final = 400
"""EMS counts the volume where a side is 40 cm or more (price list to Russia of 2025-09-15: L*W*H/6000)."""


def limits_of(family: Family, day: date, own: Iterable[FamilyLimits] = ()) -> FamilyLimits | None:
    """The row that holds on a day: the newest of the account's own, else the newest of these; None where none holds.

    Args:
        family: The family.
        day: The day, by China's calendar.
        own: Rows of the account's settings.
    """
    for rows in (tuple(own), LIMITS):
        held = [row for row in rows if row.family is family and row.valid_from <= day]
        if held:
            return max(held, key=lambda row: row.valid_from)
    return None


def chargeable_g(family: Family, parcel: Parcel) -> int:
    """The weight a parcel is charged by, in grams; by volume only where the family counts it.

    Args:
        family: The family.
        parcel: The parcel.
    """
    size = parcel.dimensions
    if family is not Family.EMS or size is None or max(_sides(size)) < VOLUMETRIC_FROM_MM:
        return parcel.weight_g
    return max(parcel.weight_g, size.volumetric_grams(VOLUMETRIC_DIVISOR))


def _sides(size: Dimensions) -> list[int]:
    return sorted((size.length_mm, size.width_mm, size.height_mm), reverse=True)


def family_holds(limits: FamilyLimits, country: str, parcel: Parcel) -> Iterator[Hold]:
    """Why a family does not take a parcel to a destination.

    Args:
        limits: What it takes on that day.
        country: The destination, ISO alpha-2.
        parcel: The parcel.
    """
    title, since = TITLES[limits.family], limits.valid_from.isoformat()
    most = limits.max_g
    if limits.destinations is not None:
        most = limits.destinations.get(country)
        if most is None:
            yield Hold(
                reason=HoldReason.NO_SERVICE,
                detail=f"{title} does not go to {country} (list of {since})",
                field="recipient.country",
                repair="choose another product; if the route is open by now, add it to the account's limits",
            )
    if most is not None and parcel.weight_g > most:
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail=f"the parcel weighs {parcel.weight_g} g, {title} takes {most} g (figure of {since})",
            field="parcels.0.weight_g",
            repair="split it, or choose another product",
        )
    if parcel.dimensions is not None:
        yield from _size_holds(limits, title, _sides(parcel.dimensions))


def _size_holds(limits: FamilyLimits, title: str, sides: list[int]) -> Iterator[Hold]:
    found = None
    if limits.max_side_mm is not None and sides[0] > limits.max_side_mm:
        found = f"the longest side is {sides[0]} mm, {title} takes {limits.max_side_mm} mm"
    elif limits.max_sum_mm is not None and sum(sides) > limits.max_sum_mm:
        found = f"length, width and height add up to {sum(sides)} mm, {title} takes {limits.max_sum_mm} mm"
    elif limits.min_sides_mm is not None and (sides[0] < limits.min_sides_mm[0] or sides[1] < limits.min_sides_mm[1]):
        found = f"{title} takes no parcel below {limits.min_sides_mm[0]} x {limits.min_sides_mm[1]} mm"
    if found is not None:
        repair = "pack it otherwise, or choose another product"
        yield Hold(reason=HoldReason.NO_SERVICE, detail=found, field="parcels.0.dimensions", repair=repair)
