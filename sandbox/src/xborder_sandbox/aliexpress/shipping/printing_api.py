"""Labels: getprintinfo, getprintinfos, getfieldinfoforprint.

`result` is a string of JSON with StatusCode, body (base64), Content-Type and Content-Disposition. The content type says
ZIP whatever the bytes are (vendor example); here one label is a PDF and several are a ZIP of PDFs. One route's labels
are a ZIP even when there is one.
"""

from __future__ import annotations

import base64
import json
import zlib

from xborder_sandbox.aliexpress.call import Call
from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shipping.label_pdf import label, zipped
from xborder_sandbox.aliexpress.shipping.parcel import Parcel
from xborder_sandbox.aliexpress.shipping.refusals import Refused
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

_MOST = 999
_GOOD = 200
# What a failure looks like inside the string is not established.
_BAD = 500


def one(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.redefining.getprintinfo."""
    number = call.text("international_logistics_id")
    parcel = shop.part(ShippingBook).find(call.seller.account, number)
    if parcel is None or parcel.known_number(shop.now) != number:
        return {"result": _failure(f"There is no logistics order with the number {number}")}
    return {"result": _printed(shop, [parcel], number, picking=False)}


def many(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.redefining.getprintinfos."""
    wishes = call.forms("warehouse_order_query_d_t_os")
    if not 1 <= len(wishes) <= _MOST:
        raise call.wrong("warehouse_order_query_d_t_os", f"must have 1 to {_MOST} entries")
    parcels = []
    for wish in wishes:
        name = wish.text("id" if "id" in wish else "international_logistics_id")
        parcel = shop.part(ShippingBook).find(call.seller.account, name)
        number = wish.maybe("international_logistics_id")
        if parcel is None or (number and parcel.known_number(shop.now) != number):
            return {"result": _failure(f"There is no logistics order {name}")}
        parcels.append(parcel)
    return {"result": _printed(shop, parcels, str(parcels[0].order_id), picking=call.flag("print_detail"))}


def fields(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.redefining.getfieldinfoforprint: sorting codes for a label of one's own."""
    name = call.text("id" if "id" in call else "international_logistics_id")
    parcel = shop.part(ShippingBook).find(call.seller.account, name)
    if parcel is None:
        return {"result": {"success": False, "error_desc": f"There is no logistics order {name}"}}
    # The codes are the sandbox's own.
    zone = zlib.crc32(parcel.receiver.post_code.encode()) % 100
    return {
        "result": {
            "success": True,
            "error_desc": "",
            "trade_order_id": parcel.trade_order_id,
            "zoning_code": f"{parcel.receiver.country}{zone:02d}",
            "print_presorting": True,
            "presorting_code": f"{parcel.service.warehouse.code}-{zone:02d}",
        }
    }


def _printed(shop: Shop, parcels: list[Parcel], filename: str, *, picking: bool) -> str:
    try:
        for parcel in parcels:
            _check(shop, parcel)
    except Refused as refusal:
        return _failure(str(refusal))
    for parcel in parcels:
        parcel.printed = parcel.printed or shop.now
    alone = len(parcels) == 1 and not parcels[0].service.is_zipped
    return envelope(label(parcels[0], picking=picking) if alone else zipped(parcels, picking=picking), filename)


def _check(shop: Shop, parcel: Parcel) -> None:
    if not parcel.known_number(shop.now):
        raise Refused(f"The logistics order {parcel.order_id} has no number yet")
    if parcel.closed is not None:
        raise Refused(f"The logistics order {parcel.order_id} is closed")


def envelope(content: bytes, filename: str) -> str:
    """Return a document in the string of JSON that the printing APIs answer."""
    return json.dumps(
        {
            "Content-Disposition": f"attachment;filename={filename}",
            "body": base64.b64encode(content).decode(),
            "StatusCode": _GOOD,
            "Content-Type": "application/x-zip-compressed",
        }
    )


def _failure(why: str) -> str:
    return json.dumps({"StatusCode": _BAD, "body": "", "errorMsg": why}, ensure_ascii=False)


HANDLERS = {
    "aliexpress.logistics.redefining.getprintinfo": one,
    "aliexpress.logistics.redefining.getprintinfos": many,
    "aliexpress.logistics.redefining.getfieldinfoforprint": fields,
}
