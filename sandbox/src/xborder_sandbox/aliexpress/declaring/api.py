"""Declaring shipments, changing them, and reading them back (AliExpress reference, section 3.5).

The documents name no codes for what is refused; -1 is the one a vendor's example shows for a failure.
"""

from __future__ import annotations

from collections.abc import Callable

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.declaring.rules import (
    RefusedDeclaration,
    Wish,
    change,
    declare,
    flat_parcel,
    listed_parcel,
    order_of,
    send_type,
)
from xborder_sandbox.aliexpress.declaring.services import SERVICES
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.order import Declaration, Order
from xborder_sandbox.aliexpress.orders.picture_parts import without_empty
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

_FAILURE = "-1"
_DESCRIPTION_CHARACTERS = 512


def whole_order(shop: Shop, call: Call) -> dict[str, Json]:
    """Take sellershipmentfortop: one parcel for an order, or for a part of it."""
    try:
        _declare_order(shop, call)
    except RefusedDeclaration as refused:
        return {"result_success": False, "result_error_code": _FAILURE, "result_error_desc": str(refused)}
    return {"result_success": True}


def solution_fulfil(shop: Shop, call: Call) -> dict[str, Json]:
    """Take solution.order.fulfill, the same with fewer words; it says no more than no."""
    try:
        _declare_order(shop, call)
    except RefusedDeclaration:
        return {"result": {"result_success": False}}
    return {"result": {"result_success": True}}


def lines(shop: Shop, call: Call) -> dict[str, Json]:
    """Take order.shipment: parcels line by line."""
    given = call.form("param_aeop_seller_shipment_sub_trade_order_request")
    result: dict[str, Json] = {"trade_order_id": given.whole("trade_order_id")}
    try:
        entries = given.forms("sub_trade_order_list")
        if not entries:
            raise given.missing("sub_trade_order_list")
        order = order_of(shop, call, given, "trade_order_id")
        _needs_carrier(entries)
        wishes = [
            Wish(parcel, (_index(order, entry),), send_type(entry), entry.maybe("ioss"))
            for entry in entries
            for parcel in map(listed_parcel, _shipments(entry))
        ]
        declare(shop, order, wishes)
    except RefusedDeclaration as refused:
        return {"result": {**result, "success": False, "error_code": _FAILURE, "error_msg": str(refused)}}
    echo: list[Json] = [_echo(entry) for entry in entries]
    return {"result": {**result, "success": True, "error_code": "0", "sub_trade_order_list": echo}}


def modify_order(shop: Shop, call: Call) -> dict[str, Json]:
    """Take sellermodifiedshipmentfortop: another number for a declared one."""
    old = (call.text("old_logistics_no"), call.text("old_service_name"))
    try:
        send_type(call)
        change(shop, order_of(shop, call, call, "out_ref"), old, [(flat_parcel(call, "new_"), None)])
    except RefusedDeclaration as refused:
        return {"result_success": False, "result_error_code": _FAILURE, "result_error_desc": str(refused)}
    return {"result_success": True}


def modify_lines(shop: Shop, call: Call) -> dict[str, Json]:
    """Take order.modifyshipment: another number for that of some lines."""
    old = (call.text("old_logistics_no"), call.text("old_service_name"))
    answer: dict[str, Json] = {
        "trade_order_id": call.whole("trade_order_id"),
        "old_logistics_no": old[0],
        # The vendor's spelling.
        "old_serivce_name": old[1],
    }
    try:
        entries = call.forms("sub_trade_order_list")
        if not entries:
            raise call.missing("sub_trade_order_list")
        order = order_of(shop, call, call, "trade_order_id")
        _needs_carrier(entries)
        wanted = [
            (listed_parcel(shipment), _index(order, entry)) for entry in entries for shipment in _shipments(entry)
        ]
        change(shop, order, old, wanted)
    except RefusedDeclaration as refused:
        return {**answer, "is_success": False, "code_of_error": _FAILURE, "error_msg": str(refused)}
    return {**answer, "is_success": True, "sub_trade_order_list": [_echo(entry, ioss=False) for entry in entries]}


def read_back(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer querysellershipmentinfo: what was declared, line by line."""
    order_id = call.whole("trade_order_id")
    order = shop.part(OrderBook).find(call.seller.account, order_id)
    answer: dict[str, Json] = {"trade_order_id": order_id}
    if order is None:
        return {
            **answer,
            "result_success": False,
            "result_error_code": _FAILURE,
            "error_msg": "the order does not exist",
        }
    only = call.maybe_whole("sub_trade_order_index", 0)
    found: list[Json] = []
    for line in order.lines:
        held = [declared for declared in order.declarations if line.index in declared.lines and _asked(call, declared)]
        if held and only in (0, line.index):
            shipments: list[Json] = [
                without_empty(
                    {
                        "logistics_no": declared.number,
                        "service_name": declared.service,
                        "tracking_web_site": declared.website,
                    }
                )
                for declared in held
            ]
            found.append(
                {
                    "sub_trade_order_index": line.index,
                    "send_type": held[-1].send_type,
                    "shipment_list": shipments,
                }
            )
    return {**answer, "result_success": True, "sub_trade_order_list": found}


def list_services(_shop: Shop, _call: Call) -> dict[str, Json]:
    """Answer listlogisticsservice."""
    services: list[Json] = [
        {
            "service_name": service.key,
            "display_name": service.name,
            "logistics_company": service.company,
            "tracking_no_regex": service.pattern,
            "min_process_day": service.days[0],
            "max_process_day": service.days[1],
            "recommend_order": service.order,
        }
        for service in SERVICES.values()
    ]
    return {"result_success": True, "result_list": services}


def _declare_order(shop: Shop, call: Call) -> None:
    # Missing parameters are the gateway's business, so they are read first.
    for name in ("service_name", "logistics_no", "send_type", "out_ref"):
        call.text(name)
    if len(call.maybe("description")) > _DESCRIPTION_CHARACTERS:
        raise RefusedDeclaration(f"description has at most {_DESCRIPTION_CHARACTERS} characters")
    how = send_type(call)
    order = order_of(shop, call, call, "out_ref")
    parcel = flat_parcel(call)
    own = tuple(line.index for line in order.lines if not line.by_platform)
    if not own:
        raise RefusedDeclaration("the platform's warehouse sends this order")
    declare(shop, order, [Wish(parcel, own, how, call.maybe("ioss"))])


def _index(order: Order, entry: Form) -> int:
    index = entry.whole("sub_trade_order_index")
    if order.line(index) is None:
        raise RefusedDeclaration(f"the order has no line {index}")
    return index


def _shipments(entry: Form) -> list[Form]:
    found = entry.forms("shipment_list")
    if not found:
        raise entry.missing("shipment_list")
    return found


def _needs_carrier(entries: list[Form]) -> None:
    for entry in entries:
        for shipment in _shipments(entry):
            service = SERVICES.get(shipment.maybe("service_name"))
            if service is not None and service.is_other and "actual_carrier" not in shipment:
                raise RefusedDeclaration("the service needs the actual carrier")


def _asked(call: Call, declared: Declaration) -> bool:
    return call.maybe("logistics_no", declared.number) == declared.number and (
        call.maybe("service_name", declared.service) == declared.service
    )


def _echo(entry: Form, *, ioss: bool = True) -> Json:
    shown: dict[str, Json] = {
        "sub_trade_order_index": entry.whole("sub_trade_order_index"),
        "send_type": entry.text("send_type"),
        "shipment_list": [
            without_empty(
                {
                    name: shipment.maybe(name)
                    for name in (
                        "logistics_no",
                        "service_name",
                        "tracking_web_site",
                        "actual_carrier",
                        "package_type",
                    )
                }
            )
            for shipment in _shipments(entry)
        ],
    }
    if ioss:
        shown["ioss"] = entry.maybe("ioss")
    return without_empty(shown)


SERVICES_API = "aliexpress.logistics.redefining.listlogisticsservice"
HANDLERS: dict[str, Callable[[Shop, Call], dict[str, Json]]] = {
    "aliexpress.logistics.sellershipmentfortop": whole_order,
    "aliexpress.solution.order.fulfill": solution_fulfil,
    "aliexpress.logistics.order.shipment": lines,
    "aliexpress.logistics.sellermodifiedshipmentfortop": modify_order,
    "aliexpress.logistics.order.modifyshipment": modify_lines,
    "aliexpress.logistics.querysellershipmentinfo": read_back,
    SERVICES_API: list_services,
}
LIST_NAMES = {SERVICES_API: {"result_list": "aeop_logistics_service_result"}}
