"""Tracking: aliexpress.logistics.redefining.querytrackingresult.

A parcel that was not booked online is followed when the seller declared it and another simulator carries it.
"""

from __future__ import annotations

from xborder_sandbox.aliexpress.call import Call
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shipping.journey import Scan
from xborder_sandbox.aliexpress.shipping.refusals import Refused
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.parcels import Sighting, Stage
from xborder_sandbox.requests import Json

_ESCROW = "ESCROW"
_WEBSITE = "https://global.cainiao.com"

# What other carriers' scans are called here: tracking_action_codes; the choice is the sandbox's own.
CODES = {
    Stage.ANNOUNCED: "CONSIGN",
    Stage.PICKED_UP: "PU_PICKUP_SUCCESS",
    Stage.MOVING: "LH_OTHER",
    Stage.LEFT_COUNTRY: "LH_DEPART",
    Stage.REACHED_COUNTRY: "LH_ARRIVE",
    Stage.IN_CUSTOMS: "CC_IM_START",
    Stage.HELD_BY_CUSTOMS: "CC_IM_FAILURE",
    Stage.CLEARED: "CC_IM_SUCCESS",
    Stage.OUT_FOR_DELIVERY: "GTMS_DELIVERING",
    Stage.NOBODY_HOME: "GTMS_DEL_FAILURE",
    Stage.REFUSED: "REJECT",
    Stage.WAITS_FOR_PICKUP: "GTMS_WAIT_SELF_PICK",
    Stage.DELIVERED: "GTMS_SIGNED",
    Stage.RETURNING: "RT_INBOUND",
    Stage.RETURNED: "RETURNED",
    Stage.LOST: "FAILED",
}


def track(shop: Shop, call: Call) -> dict[str, Json]:
    """Return the scans of a parcel, oldest first, their times in milliseconds."""
    needed = {name: call.text(name) for name in ("logistics_no", "origin", "out_ref", "service_name", "to_area")}
    try:
        details = _details(shop, call.seller.account, needed)
    except Refused as refusal:
        return {"result_success": False, "error_desc": str(refusal)}
    return {"result_success": True, "error_desc": "", "official_website": _WEBSITE, "details": details}


def _details(shop: Shop, seller: str, given: dict[str, str]) -> list[Json]:
    """Return the scans of a parcel that was booked online, or of one that the seller declared."""
    number = given["logistics_no"]
    if given["origin"] != _ESCROW:
        raise Refused(f"origin must be {_ESCROW}")
    if not given["out_ref"].isascii() or not given["out_ref"].isdigit():
        raise Refused("out_ref must be an order")
    order = shop.part(OrderBook).find(seller, int(given["out_ref"]))
    if order is None:
        raise Refused("There is no such order")
    if order.receiver.country != given["to_area"]:
        raise Refused("to_area is not the receiver's country")
    parcel = shop.part(ShippingBook).find(seller, number)
    if parcel is not None and parcel.number == number and parcel.trade_order_id == order.order_id:
        return [_detail(scan) for scan in parcel.seen(shop.now)]
    if any(declared.number == number for declared in order.declarations):
        carried = shop.world.parcels.find(number)
        return [] if carried is None else [_detail(_seen_elsewhere(sighting)) for sighting in carried.sightings]
    raise Refused("There is no tracking information for this number")


def _detail(scan: Scan) -> dict[str, Json]:
    detail: dict[str, Json] = {
        "event_desc": scan.text,
        "event_date": str(int(scan.at.timestamp() * 1000)),
        "address": scan.place,
        "action_code": scan.code,
    }
    return {**detail, "signed_name": scan.signed_by} if scan.signed_by else detail


def _seen_elsewhere(sighting: Sighting) -> Scan:
    place = ", ".join(part for part in (sighting.city, sighting.country) if part)
    return Scan(sighting.at, CODES.get(sighting.stage, "GTMS_OTHER"), place, note=sighting.text)


HANDLERS = {"aliexpress.logistics.redefining.querytrackingresult": track}
# The vendor's .NET SDK names the list and its items alike.
LIST_NAMES = {"aliexpress.logistics.redefining.querytrackingresult": {"details": "details"}}
