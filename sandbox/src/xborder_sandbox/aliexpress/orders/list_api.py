"""The lists of orders (AliExpress reference, section 2.1)."""

from __future__ import annotations

from collections.abc import Callable

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.list_picture import list_item
from xborder_sandbox.aliexpress.orders.list_query import ListQuery, RefusedQuery, read_query, shown_status
from xborder_sandbox.aliexpress.orders.money import rounded
from xborder_sandbox.aliexpress.orders.order import Line, Order
from xborder_sandbox.aliexpress.orders.pacific import write
from xborder_sandbox.aliexpress.orders.picture_parts import image_url, line_status, snapshot_url, times, without_empty
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

SELLER_LIST = "aliexpress.trade.seller.orderlist.get"
SOLUTION_LIST = "aliexpress.solution.order.get"
SIMPLE_LIST = "aliexpress.trade.redefining.findorderlistsimplequery"


def seller_list(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer the list for sellers in China."""
    return _paged(shop, call, call.form("param_aeop_order_query"), solution=False)


def solution_list(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer the list for sellers overseas; its fields come flat, or in `param0` as on the legacy gateway."""
    return _paged(shop, call, call.form("param0") if "param0" in call else call, solution=True)


def simple_list(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer the short list."""
    try:
        query = read_query(shop, call.form("param1"), page_name="page", needs_start=False)
    except RefusedQuery as refused:
        raise call.wrong("param1", str(refused)) from None
    found = _found(shop, call.seller.account, query)
    page = found[(query.page - 1) * query.size : query.page * query.size]
    return {"result": {"total_item": len(found), "order_list": [_simple(shop, order) for order in page]}}


def _paged(shop: Shop, call: Call, given: Form, *, solution: bool) -> dict[str, Json]:
    stamp = str(int(shop.now.timestamp() * 1000))
    try:
        query = read_query(shop, given, page_name="current_page", needs_start=True)
    except RefusedQuery as refused:
        # The documents name no codes; -1 is the one a vendor's example shows for a failure.
        return {"result": {"success": False, "error_code": "-1", "error_message": str(refused), "time_stamp": stamp}}
    found = _found(shop, call.seller.account, query)
    page = found[(query.page - 1) * query.size : query.page * query.size]
    return {
        "result": {
            "success": True,
            "error_code": "0",
            "error_message": "",
            "current_page": query.page,
            "page_size": query.size,
            "total_count": len(found),
            "total_page": -(-len(found) // query.size),
            "time_stamp": stamp,
            "target_list": [list_item(shop, call.seller, order, solution=solution) for order in page],
        }
    }


def _found(shop: Shop, account: str, query: ListQuery) -> list[Order]:
    return [order for order in shop.part(OrderBook).of(account) if query.wants(order, shown_status(shop, order))]


def _simple(shop: Shop, order: Order) -> dict[str, Json]:
    ends = life.deadline(order, shop.settings)
    left = None if ends is None else int((ends - shop.now).total_seconds() * 1000)
    item: dict[str, Json] = {
        "order_id": order.order_id,
        "order_status": shown_status(shop, order),
        "biz_type": order.biz_type,
        "gmt_create": write(order.created),
        **times({"gmt_modified": order.modified}),
        "memo": order.memo,
        "timeout_left_time": left,
        "product_list": [_simple_line(order, line) for line in order.lines],
    }
    return without_empty(item)


def _simple_line(order: Order, line: Line) -> dict[str, Json]:
    return {
        "child_id": line.child_id,
        "product_id": line.goods.product_id,
        "product_name": line.goods.name,
        "product_count": line.count,
        "product_unit": "piece",
        "product_unit_price": str(rounded(line.unit_price, order.currency)),
        "product_unit_price_cur": order.currency,
        "product_img_url": image_url(line),
        "product_snap_url": snapshot_url(line),
        "sku_code": line.goods.sku,
        "son_order_status": line_status(order, line),
        "goods_prepare_time": line.prepare_days,
        "money_back3x": False,
    }


HANDLERS: dict[str, Callable[[Shop, Call], dict[str, Json]]] = {
    SELLER_LIST: seller_list,
    SOLUTION_LIST: solution_list,
    SIMPLE_LIST: simple_list,
}
LIST_NAMES = {
    SELLER_LIST: {"target_list": "aeop_order_item_dto", "product_list": "aeop_order_product_dto"},
    SOLUTION_LIST: {"target_list": "order_dto", "product_list": "order_product_dto"},
    SIMPLE_LIST: {"order_list": "simple_order_item_vo"},
}
