"""Addresses, and what is masked in them in clear (AliExpress reference, section 2.2)."""

from __future__ import annotations

from collections.abc import Callable

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.orders.address_picture import address_fields, masked
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.list_picture import masks
from xborder_sandbox.aliexpress.orders.order import Order, Receiver
from xborder_sandbox.aliexpress.orders.picture_parts import without_empty
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

# The codes of decryption are not established; nothing but these two is the sandbox's own.
_DECRYPTED, _NOT_DECRYPTED = 0, -1


def own_order(shop: Shop, call: Call, given: Form, name: str = "order_id") -> Order:
    """Return the calling seller's order that a field names.

    Raises:
        GatewayError: If there is none.
    """
    order = shop.part(OrderBook).find(call.seller.account, given.whole(name))
    if order is None:
        raise given.wrong(name, "is no order of this seller")
    return order


def receipt(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with the address, and the id under which it can be decrypted."""
    order = own_order(shop, call, call.form("param1"))
    receiver = shown_receiver(shop, call, order)
    shown = {
        **address_fields(receiver),
        "country_name": receiver.country_name,
        "cpf_no": receiver.cpf,
        "oaid": order.oaid,
    }
    return {"result": without_empty(shown)}


def solution_receipt(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with the address for sellers overseas."""
    receiver = shown_receiver(shop, call, own_order(shop, call, call.form("param1")))
    shown = {
        **address_fields(receiver),
        "country_name": receiver.country_name,
        "localized_address": receiver.localized_address,
    }
    return {"result": without_empty(shown)}


def delivery_info(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with the address and the receiver's tax number."""
    receiver = shown_receiver(shop, call, own_order(shop, call, call.form("single_order_query")))
    shown = {**address_fields(receiver), "country_name": receiver.country_name, "tax_number": receiver.cpf}
    return {"result": without_empty(shown)}


def decrypt(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with what is masked elsewhere, for the order's own oaid."""
    order_id, oaid = call.whole("orderId"), call.text("oaid")
    order = shop.part(OrderBook).find(call.seller.account, order_id)
    if order is None or order.oaid != oaid:
        return {"result_code": _NOT_DECRYPTED, "result_info": "the oaid does not belong to the order"}
    receiver = order.receiver
    clear: dict[str, Json] = {
        "contact_person": receiver.contact_person,
        "mobile_no": receiver.mobile_no,
        "phone_number": receiver.phone_number,
        "address2": receiver.address2,
        "detail_address": receiver.detail_address,
        "buyer_signer_fullname": order.buyer.full_name,
        "first_name": order.buyer.first_name,
    }
    return {"result_code": _DECRYPTED, "result_info": "success", "result_obj": without_empty(clear)}


def shown_receiver(shop: Shop, call: Call, order: Order) -> Receiver:
    """Return the address as the calling seller may see it."""
    return masked(order.receiver) if masks(shop, call.seller) else order.receiver


HANDLERS: dict[str, Callable[[Shop, Call], dict[str, Json]]] = {
    "aliexpress.trade.redefining.findorderreceiptinfo": receipt,
    "aliexpress.solution.order.receiptinfo.get": solution_receipt,
    "aliexpress.solution.order.delivery.info.get": delivery_info,
    "aliexpress.trade.seller.order.decrypt": decrypt,
}
