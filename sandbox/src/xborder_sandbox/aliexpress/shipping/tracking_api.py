"""Tracking: aliexpress.logistics.redefining.querytrackingresult."""

from __future__ import annotations

from xborder_sandbox.aliexpress.call import Call
from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shipping.refusals import Refused
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

_ESCROW = "ESCROW"
_WEBSITE = "https://global.cainiao.com"


def track(shop: Shop, call: Call) -> dict[str, Json]:
    """Return the scans of a parcel, oldest first, their times in milliseconds."""
    needed = {name: call.text(name) for name in ("logistics_no", "origin", "out_ref", "service_name", "to_area")}
    try:
        details = _details(shop, call.seller.account, needed)
    except Refused as refusal:
        return {"result_success": False, "error_desc": str(refusal)}
    return {"result_success": True, "error_desc": "", "official_website": _WEBSITE, "details": details}


def _details(shop: Shop, seller: str, given: dict[str, str]) -> list[Json]:
    if given["origin"] != _ESCROW:
        raise Refused(f"origin must be {_ESCROW}")
    parcel = shop.part(ShippingBook).find(seller, given["logistics_no"])
    if parcel is None or parcel.number != given["logistics_no"]:
        raise Refused("There is no tracking information for this number")
    if str(parcel.trade_order_id) != given["out_ref"]:
        raise Refused("The number does not belong to the order")
    if parcel.receiver.country != given["to_area"]:
        raise Refused("to_area is not the receiver's country")
    found: list[Json] = []
    for scan in parcel.seen(shop.now):
        detail: dict[str, Json] = {
            "event_desc": scan.text,
            "event_date": str(int(scan.at.timestamp() * 1000)),
            "address": scan.place,
            "action_code": scan.code,
        }
        if scan.signed_by:
            detail["signed_name"] = scan.signed_by
        found.append(detail)
    return found


HANDLERS = {"aliexpress.logistics.redefining.querytrackingresult": track}
# The vendor's .NET SDK names the list and its items alike.
LIST_NAMES = {"aliexpress.logistics.redefining.querytrackingresult": {"details": "details"}}
