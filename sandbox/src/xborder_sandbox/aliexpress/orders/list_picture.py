"""An order as the two main lists show it (fields of seller.orderlist.get and solution.order.get)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.list_query import shown_status
from xborder_sandbox.aliexpress.orders.money import short
from xborder_sandbox.aliexpress.orders.order import Line, Order
from xborder_sandbox.aliexpress.orders.picture_parts import (
    extend_map,
    image_url,
    line_status,
    snapshot_url,
    times,
    without_empty,
)
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.tokens import Seller
from xborder_sandbox.requests import Json

# Lists tell the time that is left for these only (vendor page 114953; the fourth one presumably).
_TIMED = ("IN_CANCEL", "WAIT_SELLER_EXAMINE_MONEY", "WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS")


def list_item(shop: Shop, seller: Seller, order: Order, *, solution: bool) -> dict[str, Json]:
    """Return an order as a list shows it.

    Args:
        shop: Settings and time.
        seller: Whose it is.
        order: The order.
        solution: For solution.order.get; else for trade.seller.orderlist.get.
    """
    status = shown_status(shop, order)
    item: dict[str, Json] = {
        "order_id": order.order_id,
        "order_status": status,
        "biz_type": order.biz_type,
        "buyer_login_id": order.buyer.login,
        # Masked shops get no name in clear: the decrypting API gives it.
        "buyer_signer_fullname": hidden(order.buyer.full_name) if masks(shop, seller) else order.buyer.full_name,
        "seller_login_id": seller.login,
        "seller_operator_login_id": seller.login,
        "seller_signer_fullname": seller.full_name,
        "pay_amount": short(order.total, order.currency),
        "loan_amount": short(Decimal(0), order.currency),
        "has_request_loan": False,
        "payment_type": order.payment_type,
        "fund_status": order.fund_status,
        "frozen_status": order.frozen_status,
        "issue_status": order.issue_status,
        "logistics_status": order.logistics_status,
        "end_reason": order.end_reason,
        "phone": False,
        "order_detail_url": f"https://shop.sandbox.example/order/{order.order_id}",
        "product_list": [_line(shop, seller, order, line, solution=solution) for line in order.lines],
    }
    item.update(
        times(
            {
                "gmt_create": order.created,
                "gmt_pay_time": order.paid,
                "gmt_update": order.modified,
                "gmt_send_goods_time": order.sent,
            }
        )
    )
    item.update(_time_left(shop, order, status))
    return without_empty(item)


def masks(shop: Shop, seller: Seller) -> bool:
    """Tell whether buyers are masked for a seller."""
    return seller.masked and shop.settings.mask_buyers


def hidden(text: str) -> str:
    """Return a text of which only the ends are left."""
    if not text:
        return ""
    return f"{text[0]}***{text[-1]}" if len(text) > 4 else f"{text[0]}***"


def _time_left(shop: Shop, order: Order, status: str) -> dict[str, Json]:
    ends = life.deadline(order, shop.settings)
    if ends is None or status not in _TIMED:
        return {}
    left = ends - shop.now
    shown: dict[str, Json] = {"timeout_left_time": int(left / timedelta(milliseconds=1))}
    if status == "WAIT_SELLER_SEND_GOODS":
        minutes = max(int(left / timedelta(minutes=1)), 0)
        shown["left_send_good_day"] = str(minutes // 1440)
        shown["left_send_good_hour"] = str(minutes % 1440 // 60)
        shown["left_send_good_min"] = str(minutes % 60)
    return shown


def _line(shop: Shop, seller: Seller, order: Order, line: Line, *, solution: bool) -> dict[str, Json]:
    status = line_status(order, line)
    if status == "FUND_PROCESSING" and not shop.settings.lists_show_funds:
        status = "FINISH"
    first, last = order.buyer.first_name, order.buyer.last_name
    if masks(shop, seller):
        first, last = hidden(first), hidden(last)
    shown: dict[str, Json] = {
        "child_id": line.child_id,
        "order_id": line.child_id,
        "product_id": line.goods.product_id,
        "product_name": line.goods.name,
        "product_count": line.count,
        "product_unit": "piece",
        "sku_code": line.goods.sku,
        "product_unit_price": short(line.unit_price, order.currency),
        "total_product_amount": short(line.total, order.currency),
        "product_img_url": image_url(line),
        "product_snap_url": snapshot_url(line),
        "logistics_type": line.service,
        "logistics_service_name": line.service_name,
        "logistics_amount": short(Decimal(0), order.currency),
        "son_order_status": status,
        "show_status": status,
        "fund_status": order.fund_status,
        "issue_status": line.issue,
        "issue_mode": "w",
        "can_submit_issue": line.sent is not None and line.issue == "NO_ISSUE",
        "goods_prepare_time": line.prepare_days,
        "send_goods_operator": line.sender,
        "delivery_time": "15-45",
        "freight_commit_day": "60",
        "memo": line.memo,
        "money_back3x": False,
        "buyer_signer_first_name": first,
        "buyer_signer_last_name": last,
        **times({"send_goods_time": line.sent}),
    }
    if not solution:
        shown["extend_map"] = extend_map(line)
        shown["tags"] = []
    return without_empty(shown)
