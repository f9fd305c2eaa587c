"""cainiao.global.handover.*: commit, pdf.get, content.query, parcel.query, cancel.

Forms and limits: TOP metadata of these APIs. `handover_order_status` and `status` of a bag have no published words.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.handover.bags import WAYS, Bag, BagBook
from xborder_sandbox.aliexpress.handover.papers import PAPERS
from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shipping.parcel import STATUS_NAMES, Parcel
from xborder_sandbox.aliexpress.shipping.refusals import REFUSED, Refused
from xborder_sandbox.aliexpress.shipping.tariff import CURRENCY
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

_MOST = 1000
_APPOINTMENTS = {"bigbag": "大包预约", "batch": "批次预约"}
_WAY_NAMES = {"cainiao_pickup": "菜鸟揽收", "self_post": "自寄", "self_send": "自送"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_PHONE = re.compile(r"0\d{2,3}-\d{7,8}|400\d{3,4}\d{3,4}|400-\d{3,4}-\d{3,4}")
_GRAMS = {"g": 1, "kg": 1000}

# Words of the sandbox's own.
_WAITING, _TAKEN, _CANCELLED = "wait_handover", "handover_success", "canceled"
_STATE_NAMES = {_WAITING: "待交接", _TAKEN: "交接成功", _CANCELLED: "已取消"}


def commit(shop: Shop, call: Call) -> dict[str, Json]:
    """cainiao.global.handover.commit: put parcels in a bag and order its collection."""
    return _answer(call, lambda: _commit(shop, call))


def papers(shop: Shop, call: Call) -> dict[str, Json]:
    """cainiao.global.handover.pdf.get: label or list, base64."""

    def read() -> Json:
        bag = shop.part(BagBook).get(call.seller.account, call.whole("handover_content_id"))
        if bag is None:
            raise Refused("There is no such handover content")
        if bag.is_cancelled:
            raise Refused("The handover content is cancelled")
        kind = call.maybe_whole("type", 1)
        if kind not in PAPERS:
            raise Refused(f"type must be one of {', '.join(map(str, PAPERS))}")
        return base64.b64encode(PAPERS[kind](bag)).decode()

    return _answer(call, read)


def content(shop: Shop, call: Call) -> dict[str, Json]:
    """cainiao.global.handover.content.query: a bag by its LP number or its waybill number."""

    def read() -> Json:
        name = call.text("order_code" if "order_code" in call else "tracking_number")
        for bag in shop.part(BagBook).of_seller(call.seller.account):
            if name in (bag.code, bag.tracking_number):
                return _content(shop, bag)
        raise Refused("There is no such handover content")

    return _answer(call, read)


def parcel(shop: Shop, call: Call) -> dict[str, Json]:
    """cainiao.global.handover.parcel.query: whether a parcel can go in a bag, or is in one."""

    def read() -> Json:
        name = call.text("order_code" if "order_code" in call else "tracking_number")
        found = shop.part(ShippingBook).find(call.seller.account, name)
        if found is None:
            raise Refused("There is no such parcel")
        data: dict[str, Json] = {
            "pickup_type": found.way,
            "handover_warehouse_code": found.service.warehouse.code,
            "handover_warehouse_name": found.service.warehouse.name,
            "has_been_handover": found.bag is not None,
            "can_create_handover": found.bag is None and found.waits_for_goods(shop.now),
        }
        bag = None if found.bag is None else shop.part(BagBook).get(call.seller.account, found.bag)
        if bag is not None:
            data |= {
                "handover_order_id": bag.handover_order_id,
                "handover_content_id": bag.content_id,
                "handover_content_code": bag.code,
            }
        return data

    return _answer(call, read)


def cancel(shop: Shop, call: Call) -> dict[str, Json]:
    """cainiao.global.handover.cancel: a bag, or all bags of a hand-over order, before they are taken."""

    def read() -> Json:
        wanted: dict[str, Callable[[Bag], str]] = {
            "handover_content_id": lambda bag: str(bag.content_id),
            "handover_order_id": lambda bag: str(bag.handover_order_id),
            "tracking_number": lambda bag: bag.tracking_number,
        }
        given = [name for name in wanted if name in call]
        if not given:
            raise Refused(f"One of {', '.join(wanted)} is required")
        book = shop.part(BagBook)
        bags = [
            bag
            for bag in book.of_seller(call.seller.account)
            if all(wanted[name](bag) == call.text(name) for name in given)
        ]
        if not bags:
            raise Refused("There is no such handover")
        if any(bag.is_cancelled for bag in bags):
            raise Refused("The handover is cancelled already")
        if any(bag.is_taken(shop.now) for bag in bags):
            raise Refused("The handover was collected already")
        book.cancel(bags)
        return {"result": True}

    return _answer(call, read)


def _answer(call: Call, read: Callable[[], Json]) -> dict[str, Json]:
    if "user_info" not in call:
        raise call.missing("user_info")
    client = call.text("client")
    try:
        if not client.startswith(("ISV-", "SELLER-")):
            raise Refused("client must be ISV-name or SELLER-name")
        data = read()
    except Refused as refusal:
        return {"result": {"success": False, "error_code": str(REFUSED), "error_msg": str(refusal)}}
    return {"result": {"success": True, "error_code": "", "error_msg": "", "data": data}}


def _commit(shop: Shop, call: Call) -> Json:
    seller, bags = call.seller.account, shop.part(BagBook)
    way = call.maybe("type", "cainiao_pickup")
    if way not in WAYS:
        raise Refused(f"type must be one of {', '.join(WAYS)}")
    appointment = call.maybe("appointment_type", "bigbag")
    if appointment not in _APPOINTMENTS:
        raise Refused(f"appointment_type must be one of {', '.join(_APPOINTMENTS)}")
    _check_contact(shop, seller, call.form("pickup_info"), "pickup_info")
    if "return_info" in call:
        _check_contact(shop, seller, call.form("return_info"), "return_info")
    unit = call.maybe("weight_unit", "g")
    if unit not in _GRAMS:
        raise Refused("weight_unit must be g or kg")
    domestic = ("", "")
    if way == "self_post":
        needed = ("domestic_tracking_no", "domestic_logistics_company_id", "domestic_logistics_company")
        lacking = [name for name in needed if name not in call]
        if lacking:
            raise Refused(f"{', '.join(lacking)} is required for self_post")
        domestic = (call.text("domestic_logistics_company"), call.text("domestic_tracking_no"))
    order = call.whole("handover_order_id") if "handover_order_id" in call else None
    if order is not None and not any(bag.handover_order_id == order for bag in bags.of_seller(seller)):
        raise Refused("There is no such handover order")
    parcels, refused = _parcels(shop, seller, _codes(call), way)
    if refused and not call.flag("skip_invalid_parcel"):
        raise Refused("; ".join(f"{code}: {why}" for code, why in refused.items()))
    if not parcels:
        raise Refused("No parcel can be handed over")
    bag = bags.commit(
        seller,
        parcels,
        way,
        order=order,
        appointment=appointment,
        weight=call.maybe_whole("weight", 0) * _GRAMS[unit],
        remark=call.maybe("remark"),
        domestic=domestic,
    )
    data: dict[str, Json] = {
        "handover_order_id": bag.handover_order_id,
        "handover_content_id": bag.content_id,
        "handover_content_code": bag.code,
    }
    if refused:
        data["not_commit_parcel_detail"] = json.dumps(refused, ensure_ascii=False)
    return data


def _codes(call: Call) -> list[str]:
    codes = call.texts("order_code_list")
    for entry in call.forms("seller_parcel_order_list"):
        given = entry.maybe("seller_id") or entry.maybe("user_nick")
        if given not in (str(call.seller.user_id), call.seller.login):
            raise Refused("seller_parcel_order_list may name the caller's own shop only")
        codes += entry.texts("order_code_list")
    if not codes:
        raise call.missing("order_code_list")
    if len(codes) > _MOST:
        raise Refused(f"order_code_list may have {_MOST} entries")
    if len(set(codes)) != len(codes):
        raise Refused("order_code_list names a parcel twice")
    return codes


def _parcels(shop: Shop, seller: str, codes: list[str], way: str) -> tuple[list[Parcel], dict[str, str]]:
    """Return the parcels that can go in the bag, and why the others cannot."""
    good: list[Parcel] = []
    refused: dict[str, str] = {}
    book = shop.part(ShippingBook)
    for code in codes:
        found = book.find(seller, code)
        if found is None or found.code != code:
            refused[code] = "There is no such parcel"
        elif found.bag is not None:
            refused[code] = "The parcel has been handed over"
        elif not found.waits_for_goods(shop.now):
            refused[code] = f"The parcel is {found.status(shop.now)}"
        elif found.way != WAYS[way]:
            refused[code] = f"The parcel was booked for {found.way}"
        elif good and good[0].service.warehouse != found.service.warehouse:
            refused[code] = "The parcel goes to another warehouse"
        else:
            good.append(found)
    return good, refused


def _check_contact(shop: Shop, seller: str, form: Form, name: str) -> None:
    if "address_id" in form:
        if shop.part(ShippingBook).address(seller, form.whole("address_id")) is None:
            raise Refused(f"{name}.address_id is none of the seller's")
        return
    if not _CHINESE.search(form.maybe("name")):
        raise Refused(f"{name}.name must contain Chinese characters")
    if not _MOBILE.fullmatch(form.maybe("mobile")) and not _PHONE.fullmatch(form.maybe("phone")):
        raise Refused(f"{name} needs a mobile or a phone")
    address = form.form("address")
    for part in ("country", "province", "city", "district", "street", "detail_address"):
        if part not in address:
            raise Refused(f"{name}.address.{part} is required")


def _content(shop: Shop, bag: Bag) -> dict[str, Json]:
    now = shop.now
    state = _CANCELLED if bag.is_cancelled else _TAKEN if bag.is_taken(now) else _WAITING
    weight = sum(parcel.weight for parcel in bag.parcels)
    fee = sum(parcel.fee for parcel in bag.parcels)
    listed: list[Json] = []
    for held in bag.parcels:
        problem = held.problem(now)
        listed.append(
            {
                "order_code": held.code,
                "status": held.status(now),
                "status_name": STATUS_NAMES[held.status(now)],
                "exception_code": problem.code if problem else "",
            }
        )
    return {
        "order_code": bag.code,
        "tracking_number": bag.tracking_number,
        "status": state,
        "status_name": _STATE_NAMES[state],
        "handover_order_status": state,
        "handover_order_status_name": _STATE_NAMES[state],
        "pickup_type": bag.way,
        "pickup_type_name": _WAY_NAMES[bag.way],
        "appointment_type": bag.appointment,
        "appointment_type_name": _APPOINTMENTS[bag.appointment],
        "parcel_order_list": listed,
        "estimate_weight": str(bag.told_weight),
        "actual_weight": str(weight) if bag.is_taken(now) else "",
        "weight_unit": "g",
        "estimate_fee": f"{fee:.2f}",
        "actual_fee": f"{fee:.2f}" if bag.is_taken(now) else "",
        "fee_currency": CURRENCY,
    }


HANDLERS = {
    "cainiao.global.handover.commit": commit,
    "cainiao.global.handover.pdf.get": papers,
    "cainiao.global.handover.content.query": content,
    "cainiao.global.handover.parcel.query": parcel,
    "cainiao.global.handover.cancel": cancel,
}
# TOP metadata: OpenParcelOrderDto.
LIST_NAMES = {"cainiao.global.handover.content.query": {"parcel_order_list": "open_parcel_order_dto"}}
