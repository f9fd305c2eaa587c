"""What happens to a parcel once it is on its way, planned when it sets off.

A scan of the future becomes visible when the clock has passed it. Codes: tracking_action_codes (querytrackingresult,
SDK of 2023); which follow each other, texts and times are the sandbox's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from xborder_sandbox.aliexpress.shipping.services import COUNTRIES, Service

TEXTS: dict[str, str] = {
    "PU_PICKUP_SUCCESS": "Picked up by the courier",
    "PU_PICKUP_FAILURE": "Collection failed",
    "SC_INBOUND_SUCCESS": "Accepted at the warehouse",
    "SC_INBOUND_FAILURE": "Refused by the warehouse",
    "SC_OUTBOUND_SUCCESS": "Left the warehouse",
    "SC_OUTBOUND_FAILURE": "Stopped in the warehouse",
    "CC_EX_START": "Export clearance started",
    "CC_EX_SUCCESS": "Export clearance complete",
    "LH_HO_IN_SUCCESS": "Received by the line-haul",
    "LH_HO_OUT_FAILURE": "Stopped on the line-haul",
    "LH_DEPART": "Departed from the country of origin",
    "LH_ARRIVE": "Arrived in the country of destination",
    "CC_IM_START": "Import clearance started",
    "CC_IM_FAILURE": "Held by customs",
    "CC_IM_SUCCESS": "Import clearance complete",
    "GTMS_ACCEPT": "Received by the local carrier",
    "GTMS_DO_ARRIVE": "Arrived at the delivery office",
    "GTMS_DELIVERING": "Out for delivery",
    "GTMS_DEL_FAILURE": "Delivery attempted",
    "GTMS_RE_DELIVERING": "Out for delivery again",
    "GTMS_SIGNED": "Delivered",
}

# How a parcel fares, and how many in a hundred do so.
STORIES = (("plain", 84), ("customs_hold", 6), ("not_home", 6), ("warehouse_refuses", 4))

# A state of the logistics order, and the scan that leads to it.
SCAN_OF_STATUS = {
    "pickup_success": "PU_PICKUP_SUCCESS",
    "pickup_fail": "PU_PICKUP_FAILURE",
    "wait_warehouse_send_goods": "SC_INBOUND_SUCCESS",
    "warehouse_reject_goods": "SC_INBOUND_FAILURE",
    "out_stock_success": "SC_OUTBOUND_SUCCESS",
    "out_stock_fail": "SC_OUTBOUND_FAILURE",
    "warehouse_send_goods_success": "LH_HO_IN_SUCCESS",
    "send_goods_fail": "LH_HO_OUT_FAILURE",
}
STATUS_OF_SCAN = {code: status for status, code in SCAN_OF_STATUS.items()}
PROBLEMS = frozenset({"pickup_fail", "warehouse_reject_goods", "out_stock_fail", "send_goods_fail"})


@dataclass(frozen=True)
class Scan:
    """A scan; `at` is UTC."""

    at: datetime
    code: str
    place: str
    signed_by: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        """What the buyer reads; a code without a text shows itself."""
        return self.note or TEXTS.get(self.code, self.code)


def choose_story(chance: Random) -> str:
    """Return how a parcel fares."""
    return chance.choices([name for name, _ in STORIES], [weight for _, weight in STORIES])[0]


def plan(service: Service, country: str, way: str, starts: datetime, story: str, signed_by: str) -> list[Scan]:
    """Return all scans of a journey, oldest first.

    Args:
        service: The route; its days decide how long the journey takes.
        country: Of the receiver.
        way: DOOR_PICKUP, SELF_POST or SELF_SEND.
        starts: When it is collected, or comes to the warehouse.
        story: One of `STORIES`.
        signed_by: Whose name stands on the delivery.
    """
    origin, there = service.warehouse.name, COUNTRIES.get(country, country)
    scans: list[Scan] = []

    def scan(code: str, place: str, hours: float, name: str = "") -> None:
        after = scans[-1].at if scans else starts
        scans.append(Scan(after + timedelta(hours=hours), code, place, name))

    if way == "DOOR_PICKUP":
        scan("PU_PICKUP_SUCCESS", origin, 0)
    if story == "warehouse_refuses":
        scan("SC_INBOUND_FAILURE", origin, 14)
        return scans
    travel = max(timedelta(days=(service.days[0] + service.days[1]) / 2) - timedelta(days=5), timedelta(days=1))
    scan("SC_INBOUND_SUCCESS", origin, 14)
    scan("SC_OUTBOUND_SUCCESS", origin, 10)
    scan("CC_EX_START", "China", 6)
    scan("CC_EX_SUCCESS", "China", 5)
    scan("LH_HO_IN_SUCCESS", "China", 3)
    scan("LH_DEPART", "China", 12)
    scan("LH_ARRIVE", there, travel.total_seconds() / 3600)
    scan("CC_IM_START", there, 4)
    if story == "customs_hold":
        scan("CC_IM_FAILURE", there, 9)
        scan("CC_IM_SUCCESS", there, 96)
    else:
        scan("CC_IM_SUCCESS", there, 9)
    scan("GTMS_ACCEPT", there, 8)
    scan("GTMS_DO_ARRIVE", there, 20)
    scan("GTMS_DELIVERING", there, 12)
    if story == "not_home":
        scan("GTMS_DEL_FAILURE", there, 4)
        scan("GTMS_RE_DELIVERING", there, 20)
    scan("GTMS_SIGNED", there, 5, signed_by)
    return scans
