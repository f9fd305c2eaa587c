"""Scans: what happens to a parcel, planned when it is bought.

A scan of the future is kept and becomes visible when the sandbox's clock has passed it, so that advancing the
clock is all it takes to let a parcel travel. Texts of AF, PL, DF, PU and RR follow the tracking example of
dpdhl-express-api-3.1.1; the others are worded alike by the sandbox. Codes: DHL's list of event codes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from xborder_sandbox.dhl.lane import Lane
from xborder_sandbox.dhl.places import HUBS, ServiceArea
from xborder_sandbox.dhl.products import Product
from xborder_sandbox.dhl.schedule import add_business_days, pickup_day, utc

TEXTS: dict[str, str] = {
    "PU": "Shipment picked up",
    "PL": "Processed at- {place}",
    "DF": "Shipment has departed from a DHL facility- {place}",
    "AF": "Arrived at DHL Sort Facility - {place}",
    "IC": "Processed for clearance at- {place}",
    "CR": "Clearance processing complete at- {place}",
    "UD": "Clearance event- {place}",
    "RR": "Customs clearance status updated. Note - The Customs clearance process may start while the shipment "
    "is in transit to the destination. ",
    "AR": "Arrived at DHL Delivery Facility - {place}",
    "WC": "Shipment is out with courier for delivery",
    "NH": "Delivery attempted; recipient not home",
    "OH": "Shipment is on hold",
    "OK": "Delivered",
}

# How a parcel fares, and how many in a hundred do so.
STORIES = (("plain", 70), ("not_home", 10), ("on_hold", 10), ("customs_delay", 10))


@dataclass(frozen=True)
class Scan:
    """A scan at a place; `at` is UTC."""

    at: datetime
    code: str
    area: ServiceArea
    signed_by: str = ""

    @property
    def text(self) -> str:
        """The description shown; a code without one shows itself."""
        return TEXTS.get(self.code, f"Event {self.code}").format(place=self.area.description)


@dataclass(frozen=True)
class Journey:
    """What the plan is made from."""

    lane: Lane
    product: Product
    planned: datetime
    signed_by: str
    dutiable: bool


def transit_days(lane: Lane, product: Product, dutiable: bool) -> int:
    """Return the business days from pickup to delivery."""
    return (1, 2, 3)[lane.zone] + product.extra_days + (1 if dutiable else 0)


def choose_story(chance: random.Random, dutiable: bool) -> str:
    """Return how the parcel fares; only what is dutiable can be delayed by customs."""
    story = chance.choices([name for name, _ in STORIES], [weight for _, weight in STORIES])[0]
    return "plain" if story == "customs_delay" and not dutiable else story


def plan(journey: Journey, story: str) -> list[Scan]:
    """Return the scans of the whole journey, oldest first."""
    origin, destination = journey.lane.origin.area, journey.lane.destination.area
    picked_up = pickup_day(journey.planned)
    days = transit_days(journey.lane, journey.product, journey.dutiable)
    delivered = add_business_days(picked_up, days)
    if story in ("on_hold", "customs_delay"):
        delivered = add_business_days(delivered, 1)

    def local(day: date, clock: str, area: ServiceArea) -> datetime:
        return utc(datetime.combine(day, time.fromisoformat(clock), ZoneInfo(area.zone)))

    # The courier comes in the evening, so a parcel that is handed over late in the day is still before its pickup.
    scans = [
        Scan(local(picked_up, "18:12", origin), "PU", origin),
        Scan(local(picked_up, "20:35", origin), "PL", origin),
        Scan(local(picked_up, "23:05", origin), "DF", origin),
    ]
    if journey.lane.zone == 2:
        hub = HUBS[journey.lane.destination.country.region]
        if hub.code not in (origin.code, destination.code):
            scans += _between(scans[-1], hub, (("AF", 14), ("PL", 16), ("DF", 18)))
    gate = max(local(delivered - timedelta(days=1), "06:40", destination), scans[-1].at + timedelta(hours=3))
    scans.append(Scan(gate, "AF", destination))
    scans += _clearance(journey, story, gate)
    if story == "on_hold":
        scans.append(Scan(gate + timedelta(hours=10), "OH", destination))
    last = scans[-1].at
    arrived = max(local(delivered, "07:30", destination), last + timedelta(hours=1))
    out = arrived + timedelta(hours=1, minutes=20)
    scans += [Scan(arrived, "AR", destination), Scan(out, "WC", destination)]
    if story == "not_home":
        scans.append(Scan(out + timedelta(hours=2), "NH", destination))
        out = max(local(add_business_days(delivered, 1), "08:50", destination), scans[-1].at + timedelta(hours=12))
        scans.append(Scan(out, "WC", destination))
    scans.append(Scan(out + timedelta(hours=2, minutes=7), "OK", destination, journey.signed_by))
    return scans


def _between(after: Scan, area: ServiceArea, steps: tuple[tuple[str, int], ...]) -> list[Scan]:
    return [Scan(after.at + timedelta(hours=hours), code, area) for code, hours in steps]


def _clearance(journey: Journey, story: str, gate: datetime) -> list[Scan]:
    if not journey.dutiable:
        return []
    area = journey.lane.destination.area
    scans = [Scan(gate + timedelta(minutes=25), "IC", area)]
    released = gate + timedelta(hours=3)
    if story == "customs_delay":
        scans.append(Scan(gate + timedelta(hours=2), "UD", area))
        released = gate + timedelta(hours=22)
    return [*scans, Scan(released, "CR", area)]


def expected_delivery(journey: Journey) -> datetime:
    """Return the promised moment, in the destination's local time."""
    days = transit_days(journey.lane, journey.product, journey.dutiable)
    day = add_business_days(pickup_day(journey.planned), days)
    return datetime.combine(day, journey.product.deliver_by, ZoneInfo(journey.lane.destination.area.zone))
