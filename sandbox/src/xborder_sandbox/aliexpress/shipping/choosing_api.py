"""What a seller can choose from: routes for an order, addresses, domestic couriers, carriers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shipping.parcel_size import ParcelSize, from_centimetres, from_millimetres
from xborder_sandbox.aliexpress.shipping.refusals import REFUSED
from xborder_sandbox.aliexpress.shipping.seller_addresses import COURIERS, KINDS
from xborder_sandbox.aliexpress.shipping.services import SERVICES, WAREHOUSES, WAYS, Service, offered
from xborder_sandbox.aliexpress.shipping.tariff import (
    CURRENCY,
    SMS_FEE,
    as_text,
    cents,
    discounted,
    freight,
)
from xborder_sandbox.aliexpress.shipping.trade import Trade, trade_of
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

# cainiao.global.logistics.carrier.querylist: real carriers; the codes are the sandbox's own.
_CARRIERS = (
    ("CHINA_POST", "China Post"),
    ("EMS", "China EMS"),
    ("YANWEN", "Yanwen"),
    ("4PX", "4PX"),
    ("DHL", "DHL"),
    ("UPS", "UPS"),
    ("FEDEX", "FedEx"),
    ("TNT", "TNT"),
    ("SFEXPRESS", "SF Express"),
)
_NO_ORDER = "The trade order does not exist"


def list_by_order(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.redefining.getonlinelogisticsservicelistbyorderid: routes for an order."""
    trade = trade_of(shop, call.seller.account, call.whole("order_id"))
    if trade is None:
        return {"is_success": False, "error_desc": _NO_ORDER}
    routes = _routes(trade, _size(call))
    return {"is_success": True, "error_desc": "", "result_list": [_plain(*route) for route in routes]}


def query(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.service.query: the same with more about each."""
    wish = call.form("interface_request")
    trade = trade_of(shop, call.seller.account, wish.whole("order_id"))
    if trade is None:
        return {"result_response": {"is_success": False, "error_desc": _NO_ORDER}}
    parts = wish.forms("sub_order_list")
    if any(part.whole("order_id") not in trade.children for part in parts):
        return {"result_response": {"is_success": False, "error_desc": "The sub order is not the order's"}}
    sizes = [_size(part) for part in parts] or [_size(wish)]
    size = sizes[0] if len(sizes) == 1 else _together(sizes)
    rich: list[Json] = [
        {
            **_plain(service, price),
            "recommend_index": str(service.recommend_index),
            "discount_trial_result": as_text(discounted(price)),
            "available_logistic_service_list": [
                {"code": code, "name": name, "resource_code": service.warehouse.code} for code, name in WAYS.items()
            ],
        }
        for service, price in _routes(trade, size)
    ]
    return {"result_response": {"is_success": True, "error_desc": "", "result_list": rich}}


def inquire(shop: Shop, call: Call) -> dict[str, Json]:
    """cainiao.global.solution.inquiry: solutions instead of routes, prices in fen."""
    trade = trade_of(shop, call.seller.account, call.form("trade_order_param").whole("trade_order_id"))
    if trade is None:
        return {
            "is_success": False,
            "error_info": {"error_code": str(REFUSED), "error_msg": _NO_ORDER},
        }
    sizes = []
    for part in call.forms("package_params"):
        try:
            sizes.append(from_millimetres(*(part.maybe(name) for name in ("weight", "length", "width", "height"))))
        except ValueError as error:
            raise call.wrong("package_params", str(error)) from error
    size = _together(sizes) if sizes else from_millimetres("", "", "", "")
    found: dict[str, Json] = {}
    for service, price in _routes(trade, size):
        paid: dict[str, Json] = {
            "fee": cents(price),
            "fee_currency": CURRENCY,
            "paid_fee": cents(discounted(price)),
            "paid_fee_currency": CURRENCY,
            "fee_detail_type": "normal_delivery_fee",
        }
        found.setdefault(
            service.solution,
            {
                "code": service.solution,
                "name": service.name,
                "recommend_index": service.recommend_index,
                "timing_list": [
                    {
                        "timing_type": "ESTIMATE",
                        "fast_timing": service.days[0],
                        "slowest_timing": service.days[1],
                        "display_text": service.timeliness,
                    }
                ],
                "fee_list": [
                    {
                        "fee_type": "POST_ESTIMATED_COST",
                        "total_fee": cents(discounted(price)),
                        "currency": CURRENCY,
                        "fee_detail_list": [paid],
                    }
                ],
            },
        )
    return {"is_success": True, "result": {"usable_solution_list": list(found.values())}}


def addresses(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.logistics.redefining.getlogisticsselleraddresses."""
    kinds = call.texts("seller_address_query")
    if not kinds:
        raise call.missing("seller_address_query")
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        return {
            "result_success": False,
            "result_error_code": REFUSED,
            "error_desc": f"Unknown kinds of address: {', '.join(unknown)}",
        }
    answer: dict[str, Json] = {"result_success": True, "result_error_code": 0, "error_desc": ""}
    for kind in kinds:
        kept = shop.part(ShippingBook).addresses(call.seller.account)
        answer[f"{kind}_seller_address_list"] = [entry.picture() for entry in kept if entry.kind == kind]
    return answer


def couriers(_shop: Shop, _call: Call) -> dict[str, Json]:
    """aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany (spelt so by the vendor)."""
    listed: list[Json] = [{"company_id": number, "company_code": code, "name": name} for number, code, name in COURIERS]
    return {"result_success": True, "error_desc": "", "result_list": listed}


def recommend(shop: Shop, call: Call) -> dict[str, Json]:
    """cainiao.global.pickup.resource.recommend: the warehouses of a solution that collect at an address."""
    solution, way, where = call.text("solution_code"), call.text("pickup_type"), call.form("pickup_info")
    if way not in WAYS:
        return {"result": {"success": False}}
    if "address_id" in where:
        kept = shop.part(ShippingBook).address(call.seller.account, where.whole("address_id"))
        if kept is None:
            return {"result": {"success": False}}
        province = kept.province
    else:
        province = where.form("address").text("province")
    near = [warehouse.code for warehouse in WAREHOUSES if province in warehouse.provinces]
    found: list[Json] = [
        {"res_code": service.warehouse.code, "res_name": service.warehouse.name, "schema_code": service.scheme}
        for service in SERVICES.values()
        if service.solution == solution and (way != "DOOR_PICKUP" or service.warehouse.code in near)
    ]
    return {"result": {"success": True, "data": found}}


def carriers(_shop: Shop, _call: Call) -> dict[str, Json]:
    """cainiao.global.logistics.carrier.querylist: carriers for shipments that were not booked online."""
    listed: list[Json] = [{"courier_code": code, "courier_name": name} for code, name in _CARRIERS]
    return {"result": {"success": True, "data": {"courier_list": listed}}}


def _size(form: Form) -> ParcelSize:
    names = ("goods_weight", "goods_length", "goods_width", "goods_height")
    try:
        return from_centimetres(*(form.maybe(name) for name in names))
    except ValueError as error:
        raise form.wrong("goods_weight", str(error)) from error


def _together(sizes: Iterable[ParcelSize]) -> ParcelSize:
    """Return the size of several things in one parcel, one on top of the other."""
    piled = list(sizes)
    return ParcelSize(
        sum(size.weight for size in piled),
        max(size.length for size in piled),
        max(size.width for size in piled),
        sum(size.height for size in piled),
    )


def _routes(trade: Trade, size: ParcelSize) -> list[tuple[Service, Decimal]]:
    """Return what can be booked and for how much; nothing for what is too large, or was sent another way."""
    if not trade.is_shippable or not size.fits:
        return []
    return [
        (service, freight(service, trade.receiver.country, size.weight))
        for service in SERVICES.values()
        if offered(service, trade.receiver.country) and size.weight <= service.heaviest
    ]


def _plain(service: Service, price: Decimal) -> dict[str, Json]:
    return {
        "logistics_service_id": service.key,
        "logistics_service_name": service.name,
        "logistics_timeliness": service.timeliness,
        "warehouse_name": service.warehouse.name,
        "delivery_address": service.warehouse.address,
        "trial_result": as_text(price),
        "is_express_logistics_service": service.is_express,
        "other_fees": [{"code": "sms", "name": "短信费", "amount": f"{SMS_FEE:.2f}", "curreny": CURRENCY}],
    }


HANDLERS = {
    "aliexpress.logistics.redefining.getonlinelogisticsservicelistbyorderid": list_by_order,
    "aliexpress.logistics.service.query": query,
    "aliexpress.logistics.redefining.getlogisticsselleraddresses": addresses,
    "aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany": couriers,
    "cainiao.global.solution.inquiry": inquire,
    "cainiao.global.pickup.resource.recommend": recommend,
    "cainiao.global.logistics.carrier.querylist": carriers,
}
# Inner names: AliExpress reference, section 1.5, the DTO names of TOP metadata, and for service.query the class
# names of the SDK of 2023.
LIST_NAMES = {
    "aliexpress.logistics.redefining.getonlinelogisticsservicelistbyorderid": {"result_list": "result"},
    "aliexpress.logistics.service.query": {
        "result_list": "aeop_online_logistics_service_result",
        "available_logistic_service_list": "logistics_service_dto",
        "other_fees": "aeop_online_logistics_fee_item",
    },
    "aliexpress.logistics.redefining.getlogisticsselleraddresses": {
        f"{kind}_seller_address_list": f"{kind}selleraddresslist" for kind in KINDS
    },
    "aliexpress.logistics.redefining.qureywlbdomesticlogisticscompany": {"result_list": "result"},
    "cainiao.global.solution.inquiry": {
        "usable_solution_list": "open_solution_dto",
        "timing_list": "open_timing_dto",
        "fee_list": "open_fee_dto",
        "fee_detail_list": "open_fee_detail_dto",
    },
}
