"""The seller's word on a buyer's wish to cancel (AliExpress reference, section 2.2)."""

from __future__ import annotations

from collections.abc import Callable

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.order import Order
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json


def accept(shop: Shop, call: Call) -> dict[str, Json]:
    """Agree: the order ends and the money goes back."""
    given = call.form("param_order_cancel_request")
    return _answer(shop, call, given, lambda order: life.accept_cancel(order, shop.now))


def refuse(shop: Shop, call: Call) -> dict[str, Json]:
    """Refuse, with a reason: the order goes on."""
    given = call.form("param_order_cancel_request")
    memo = given.text("memo")
    return _answer(shop, call, given, lambda order: life.refuse_cancel(order, shop.now, memo))


def _answer(shop: Shop, call: Call, given: Form, act: Callable[[Order], None]) -> dict[str, Json]:
    book = shop.part(OrderBook)
    order = book.find(call.seller.account, given.whole("order_id"))
    login = given.text("buyer_login_id")
    if order is None or order.buyer.login != login:
        return _failed("there is no such order of this buyer")
    try:
        act(order)
    except life.NotNow as reason:
        return _failed(str(reason))
    book.changed(order)
    return {"result": {"success": True, "target": True, "error_code": "0", "error_message": ""}}


def _failed(text: str) -> dict[str, Json]:
    # The documents name no codes; -1 is the one a vendor's example shows for a failure.
    return {"result": {"success": False, "target": False, "error_code": "-1", "error_message": text}}


HANDLERS: dict[str, Callable[[Shop, Call], dict[str, Json]]] = {
    "aliexpress.trade.seller.order.acceptcancel": accept,
    "aliexpress.trade.seller.order.refusecancel": refuse,
}
