"""One order in detail (AliExpress reference, section 2.2)."""

from __future__ import annotations

from collections.abc import Callable

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.orders.address_api import own_order
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.detail_picture import PARTS, detail
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

DETAIL = "aliexpress.trade.new.redefining.findorderbyid"
SOLUTION_DETAIL = "aliexpress.solution.order.info.get"
_FLAG = "ext_info_bit_flag"
_ORDERED = ("issue", "loan", "logistics", "buyer", "refund")


def find_by_id(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with the order under `target`."""
    given = call.form("param1")
    order = own_order(shop, call, given)
    return {
        "target": detail(shop, call.seller, order, _by_digits(given), solution=False),
        "time_stamp": str(int(shop.now.timestamp() * 1000)),
    }


def solution_detail(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with the order under `result.data`."""
    given = call.form("param1")
    stamp = str(int(shop.now.timestamp() * 1000))
    order = shop.part(OrderBook).find(call.seller.account, given.whole("order_id"))
    if order is None:
        # The documents name no codes; -1 is the one a vendor's example shows for a failure.
        return {"result": {"error_code": "-1", "error_message": "the order does not exist", "time_stamp": stamp}}
    data = detail(shop, call.seller, order, _by_bits(given), solution=True)
    return {"result": {"error_code": "0", "error_message": "", "time_stamp": stamp, "data": data}}


def _by_digits(given: Form) -> frozenset[str]:
    """Read the flag of findorderbyid: the written digits stand for the parts, from the left."""
    if _FLAG not in given:
        return PARTS
    text = str(given.whole(_FLAG)).zfill(len(_ORDERED))
    if set(text) - {"0", "1"} or len(text) > len(_ORDERED):
        raise given.wrong(_FLAG, "has to be five digits 0 or 1")
    return frozenset(part for part, digit in zip(_ORDERED, text, strict=True) if digit == "1")


def _by_bits(given: Form) -> frozenset[str]:
    """Read the flag of solution.order.info.get: the last five bits stand for the parts, from the right."""
    if _FLAG not in given:
        return PARTS
    bits = given.whole(_FLAG)
    return frozenset(part for place, part in enumerate(_ORDERED) if bits >> place & 1)


HANDLERS: dict[str, Callable[[Shop, Call], dict[str, Json]]] = {
    DETAIL: find_by_id,
    SOLUTION_DETAIL: solution_detail,
}
# findorderbyid: two are known, the others follow the names that solution.order.info.get has in the metadata.
LIST_NAMES = {
    DETAIL: {
        "child_order_list": "aeop_tp_child_order_dto",
        "child_order_ext_info_list": "aeop_tp_order_product_info_dto",
        "logistic_info_list": "aeop_tp_logistic_info_dto",
        "opr_log_dto_list": "aeop_tp_operation_log_dto",
    },
    SOLUTION_DETAIL: {
        "child_order_list": "global_aeop_tp_child_order_dto",
        "child_order_ext_info_list": "global_aeop_tp_order_product_info_dto",
        "logistic_info_list": "global_aeop_tp_logistic_info_dto",
        "opr_log_dto_list": "global_aeop_tp_operation_log_dto",
    },
}
