"""Following logistics orders: their numbers and states, parcels with a problem, unpaid freight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shipping.china_time import read_china, write_china
from xborder_sandbox.aliexpress.shipping.journey import PROBLEMS
from xborder_sandbox.aliexpress.shipping.paging import page_of
from xborder_sandbox.aliexpress.shipping.parcel import STATUS_NAMES, Parcel
from xborder_sandbox.aliexpress.shipping.services import COUNTRIES, WAREHOUSES
from xborder_sandbox.aliexpress.shipping.tariff import as_money
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json


def details(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.querylogisticsorderdetail: the parcels of a trade order."""
    trade_id, now = call.whole("trade_order_id"), shop.now
    start, end = _time(call, "gmt_create_start_str"), _time(call, "gmt_create_end_str")
    number, status = call.maybe("international_logistics_num"), call.maybe("logistics_status")
    service, domestic = call.maybe("warehouse_carrier_service"), call.maybe("domestic_logistics_num")
    found = [
        parcel
        for parcel in reversed(shop.part(ShippingBook).of_seller(call.seller.account))
        if parcel.trade_order_id == trade_id
        and (not number or parcel.known_number(now) == number)
        and (not status or parcel.status(now) == status.lower())
        and (not service or parcel.service.key == service)
        and (not domestic or parcel.domestic[1] == domestic)
        and (start is None or parcel.created >= start)
        and (end is None or parcel.created <= end)
    ]
    page, current, pages = page_of(call, found)
    listed: list[Json] = [_detail(parcel, now) for parcel in page]
    return {
        "result": {
            "success": True,
            "error_desc": "",
            "current_page": current,
            "total_page": pages,
            "result_list": listed,
        }
    }


def info(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.redefining.getonlinelogisticsinfo: the older form of the same."""
    now = shop.now
    start, end = _time(call, "gmt_create_start_str"), _time(call, "gmt_create_end_str")
    wanted: dict[str, Callable[[Parcel], str]] = {
        "order_id": lambda parcel: str(parcel.trade_order_id),
        "logistics_order_id": lambda parcel: str(parcel.order_id),
        "logistics_order_code": lambda parcel: parcel.code,
        "international_logistics_id": lambda parcel: parcel.known_number(now),
        "china_logistics_id": lambda parcel: parcel.domestic[1],
        "logistics_status": lambda parcel: parcel.status(now),
    }
    found = [
        parcel
        for parcel in reversed(shop.part(ShippingBook).of_seller(call.seller.account))
        if all(read(parcel) == call.text(name) for name, read in wanted.items() if name in call)
        and ("query_express_order" not in call or parcel.service.is_express == call.flag("query_express_order"))
        and (start is None or parcel.created >= start)
        and (end is None or parcel.created <= end)
    ]
    page, current, pages = page_of(call, found)
    listed: list[Json] = [_info(parcel, now) for parcel in page]
    return {"is_success": True, "error_desc": "", "current_page": current, "total_page": pages, "result_list": listed}


def enumerate_words(_shop: Shop, _call: Call) -> dict[str, Json]:
    """aliexpress.logistics.query.enum: the words the other APIs use."""

    def coded(words: dict[str, str]) -> list[Json]:
        return [{"code": code, "name": name} for code, name in words.items()]

    return {
        "result": {
            "success": True,
            "error_code": "",
            "error_info": "",
            "mode": {
                "order_status_list": coded(STATUS_NAMES),
                "country_list": coded(COUNTRIES),
                "res_code_list": coded({warehouse.code: warehouse.name for warehouse in WAREHOUSES}),
                "enums": {
                    "logistics_order_status_list": coded(STATUS_NAMES),
                    "country_of_destination_list": coded(COUNTRIES),
                    "country_of_delivery_list": coded({"CN": "China"}),
                },
            },
        }
    }


def abnormal(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.abnormalorder.query: parcels that something stopped."""
    now = shop.now
    spans = {name: _time(call, name) for name in ("gmt_create_start", "gmt_create_end")}
    moved = {name: _time(call, name) for name in ("gmt_status_update_start", "gmt_status_update_end")}
    states, trade_id = call.texts("warehouse_status_list"), call.maybe("trade_order_id")
    number = call.maybe("intl_tracking_no")
    found = [
        parcel
        for parcel in reversed(shop.part(ShippingBook).of_seller(call.seller.account))
        if parcel.status(now) in PROBLEMS
        and (not states or parcel.status(now) in states)
        and (not trade_id or str(parcel.trade_order_id) == trade_id)
        and (not number or parcel.known_number(now) == number)
        and _within(parcel.created, spans["gmt_create_start"], spans["gmt_create_end"])
        and _within(parcel.changed(now), moved["gmt_status_update_start"], moved["gmt_status_update_end"])
    ]
    page, current, pages = page_of(call, found)
    return {
        "is_success": True,
        "error_desc": "",
        "current_page": current,
        "total_page": pages,
        "total_count": len(found),
        "result": [_abnormal(parcel, now) for parcel in page],
    }


def pay_status(shop: Shop, call: Call) -> dict[str, Json]:
    """cainiao.global.logistics.queryorderpaystatus: whether freight is unpaid."""
    unpaid = call.seller.account in shop.part(ShippingBook).unpaid_sellers
    return {"response": {"success": True, "error_code": "", "error_msg": "", "has_not_pay_order": unpaid}}


def _detail(parcel: Parcel, now: datetime) -> dict[str, Json]:
    return {
        "trade_order_id": parcel.trade_order_id,
        "logistics_order_id": parcel.order_id,
        "out_order_code": parcel.code,
        "international_logistics_num": parcel.known_number(now),
        "international_logistics_type": parcel.service.key,
        "channel_code": parcel.service.solution,
        "gmt_create": write_china(parcel.created),
        "close_time": int(parcel.closes.timestamp() * 1000),
        "logistics_status": parcel.status(now),
        "solution_code": parcel.service.solution,
        "logistics_fee": as_money(parcel.fee),
        "logistics_fee_list": [as_money(parcel.fee)],
        "logistics_service_list": [_service_entry(parcel)],
    }


def _info(parcel: Parcel, now: datetime) -> dict[str, Json]:
    number = parcel.known_number(now)
    return {
        "online_logistics_id": parcel.order_id,
        "order_id": parcel.trade_order_id,
        "lp_number": parcel.code,
        "internationallogistics_id": number,
        "original_international_logistics_id": number,
        "international_logistics_type": parcel.service.key,
        "china_logistics_type": parcel.domestic[0],
        "channel_code": parcel.service.solution,
        "logistics_status": parcel.status(now),
        "solution_code": parcel.service.solution,
        "logistics_fee": as_money(parcel.fee),
        "logistics_fee_list": [as_money(parcel.fee)],
        "logistics_service_list": [_service_entry(parcel)],
    }


def _service_entry(parcel: Parcel) -> dict[str, Json]:
    return {"code": parcel.way, "resource_code": parcel.service.warehouse.code}


def _abnormal(parcel: Parcel, now: datetime) -> dict[str, Json]:
    scan = parcel.problem(now)
    return {
        "id": parcel.order_id,
        "trade_order_id": parcel.trade_order_id,
        "out_order_code": parcel.code,
        "intl_tracking_no": parcel.known_number(now),
        "order_status_code": parcel.status(now),
        "order_status_name": STATUS_NAMES[parcel.status(now)],
        # Not established; the tracking code that stopped it.
        "abnormal_code": scan.code if scan else "",
        "abnormal_reason": scan.text if scan else "",
        "gmt_create": write_china(parcel.created),
        "gmt_status_update": write_china(parcel.changed(now)),
        "solution_code": parcel.service.solution,
        "solution_name": parcel.service.name,
        "scheme_code": parcel.service.scheme,
        "warehouse_code": parcel.service.warehouse.code,
        "warehouse_name": parcel.service.warehouse.name,
        "domestic_logistic_company_name": parcel.domestic[0],
        "domestic_logistic_tracking_no": parcel.domestic[1],
        "unreachable_insured": False,
        "high_value_insure": parcel.insured,
        "re_high_value_insure": False,
    }


def _time(form: Form, name: str) -> datetime | None:
    if name not in form:
        return None
    try:
        return read_china(form.text(name))
    except ValueError:
        raise form.wrong(name, "must be yyyy-MM-dd HH:mm:ss") from None


def _within(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or at >= start) and (end is None or at <= end)


HANDLERS = {
    "aliexpress.logistics.querylogisticsorderdetail": details,
    "aliexpress.logistics.redefining.getonlinelogisticsinfo": info,
    "aliexpress.logistics.query.enum": enumerate_words,
    "aliexpress.logistics.abnormalorder.query": abnormal,
    "cainiao.global.logistics.queryorderpaystatus": pay_status,
}
# Inner names: AliExpress reference, section 1.5 (details), class names of the vendor's PHP SDK (info) and TOP
# metadata (abnormal); the fees and services in them are guesses.
LIST_NAMES = {
    "aliexpress.logistics.querylogisticsorderdetail": {"result_list": "aeop_logistics_order_detail_dto"},
    "aliexpress.logistics.redefining.getonlinelogisticsinfo": {"result_list": "aeop_logistics_warehouse_order_result"},
    "aliexpress.logistics.abnormalorder.query": {"result": "aeop_warehouse_abnormal_order_result"},
}
