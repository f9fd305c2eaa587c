"""An order in all detail (fields of findorderbyid and solution.order.info.get)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.address_picture import address_fields, masked
from xborder_sandbox.aliexpress.orders.list_picture import hidden, masks
from xborder_sandbox.aliexpress.orders.money import long, rounded, short
from xborder_sandbox.aliexpress.orders.order import PLATFORM_WAREHOUSE, Declaration, Line, Order, Refund
from xborder_sandbox.aliexpress.orders.pacific import write
from xborder_sandbox.aliexpress.orders.picture_parts import (
    extend_map,
    image_url,
    line_status,
    snapshot_url,
    times,
    without_empty,
)
from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.tokens import Seller
from xborder_sandbox.requests import Json

Money: TypeAlias = Callable[[Decimal], Json]

PARTS = frozenset({"issue", "loan", "logistics", "buyer", "refund"})


def detail(shop: Shop, seller: Seller, order: Order, parts: frozenset[str], *, solution: bool) -> dict[str, Json]:
    """Return an order.

    Args:
        shop: Settings and time.
        seller: Whose it is.
        order: The order.
        parts: Which of `PARTS` are wanted.
        solution: For solution.order.info.get; else for findorderbyid.
    """

    def money(amount: Decimal) -> Json:
        zero = shop.settings.zero_amounts
        return long(amount, order.currency, with_text=not solution, zero_amount=zero)

    hides = masks(shop, seller)
    receiver = masked(order.receiver) if hides else order.receiver
    full_name = hidden(order.buyer.full_name) if hides else order.buyer.full_name
    amount = rounded(order.total, order.currency)
    shown: dict[str, Json] = {
        "id": order.order_id,
        "order_status": order.status,
        "fund_status": order.fund_status,
        "frozen_status": order.frozen_status,
        "issue_status": order.issue_status,
        "logistics_status": order.logistics_status,
        "loan_status": "loan_none",
        "payment_type": order.payment_type,
        "settlement_currency": order.currency,
        "pay_amount_by_settlement_cur": str(amount),
        "order_amount": money(order.total),
        "init_oder_amount": money(order.total),
        "logistics_amount": money(order.freight),
        "logisitcs_escrow_fee_rate": "0.05",
        "is_phone": False,
        "memo": order.memo,
        "buyerloginid": order.buyer.login,
        "buyer_signer_fullname": full_name,
        "seller_operator_login_id": seller.login,
        "seller_operator_aliidloginid": seller.login,
        "seller_signer_fullname": seller.full_name,
        "order_end_reason": order.end_reason,
        "receipt_address": _address(order, receiver.cpf, address_fields(receiver), solution=solution),
        "child_order_list": [_line(order, line, money, solution=solution) for line in order.lines],
        "child_order_ext_info_list": [_extra(line, money) for line in order.lines],
        "opr_log_dto_list": [
            {
                "id": entry.entry_id,
                "order_id": order.order_id,
                "action_type": entry.action,
                "operator": entry.operator,
                "memo": entry.memo,
                "gmt_create": write(entry.at),
                "gmt_modified": write(entry.at),
            }
            for entry in order.log
        ],
        **times(
            {
                "gmt_create": order.created,
                "gmt_modified": order.modified,
                "gmt_pay_success": order.paid,
                "gmt_trade_end": order.ended,
                "over_time_left": life.deadline(order, shop.settings),
            }
        ),
    }
    if solution:
        shown["cpf_number"] = receiver.cpf
    else:
        shown["oaid"] = order.oaid
        shown["cod"] = False
        shown["cancel_request_reason"] = order.cancel_reason
        shown["new_order_amount"] = short(order.total, order.currency)
        shown["seller_order_amount"] = short(order.total, order.currency)
    shown.update(_parts(shop, order, parts, money, hides=hides))
    return without_empty(shown)


def _parts(shop: Shop, order: Order, parts: frozenset[str], money: Money, *, hides: bool) -> dict[str, Json]:
    shown: dict[str, Json] = {}
    disputed = next((line for line in order.lines if line.issue_opened is not None), None)
    if "issue" in parts and disputed is not None:
        shown["issue_info"] = _issue(disputed)
    if "loan" in parts:
        shown["loan_info"] = {}
    if "logistics" in parts:
        shown["logistic_info_list"] = [_logistics(shop, order, declared) for declared in order.declarations]
    if "buyer" in parts:
        buyer = order.buyer
        shown["buyer_info"] = {
            "login_id": buyer.login,
            "first_name": hidden(buyer.first_name) if hides else buyer.first_name,
            "last_name": hidden(buyer.last_name) if hides else buyer.last_name,
            "country": buyer.country,
        }
    if "refund" in parts and order.refund is not None:
        shown["refund_info"] = _refund(order.refund, money)
    return shown


def _address(order: Order, cpf: str, fields: dict[str, Json], *, solution: bool) -> dict[str, Json]:
    if solution:
        return without_empty({**fields, "localized_address": order.receiver.localized_address})
    return without_empty({**fields, "cpf_no": cpf})


def _line(order: Order, line: Line, money: Money, *, solution: bool) -> dict[str, Json]:
    shown: dict[str, Json] = {
        "id": line.child_id,
        "child_order_id": str(line.child_id),
        "order_sort_id": line.index,
        "order_status": line_status(order, line),
        "fund_status": order.fund_status,
        "frozen_status": order.frozen_status,
        "issue_status": line.issue,
        "product_id": line.goods.product_id,
        "product_name": line.goods.name,
        "product_count": line.count,
        "product_unit": "piece",
        "product_price": money(line.unit_price),
        "product_attributes": line.goods.attributes,
        "product_img_url": image_url(line),
        "product_snap_url": snapshot_url(line),
        "snapshot_id": str(line.child_id),
        "init_order_amt": money(line.total),
        "lot_num": 1,
        "sku_code": line.goods.sku,
        "goods_prepare_time": line.prepare_days,
        "logistics_type": line.service,
        "logistics_service_name": line.service_name,
        "logistics_amount": money(Decimal(0)),
        "logistics_warehouse_type": PLATFORM_WAREHOUSE if line.by_platform else "",
        "send_goods_operator": line.sender,
        "buyer_memo": line.memo,
        "escrow_fee_rate": "0.05",
        "afflicate_fee_rate": "0.00",
    }
    if line.issue_opened is not None:
        shown["child_issue_info"] = _issue(line)
    if not solution:
        shown["extend_map"] = extend_map(line)
        shown["already_taxed"] = "false"
        shown["tags"] = []
    return without_empty(shown)


def _extra(line: Line, money: Money) -> Json:
    return {
        "product_id": line.goods.product_id,
        "product_name": line.goods.name,
        "quantity": line.count,
        "sku": line.goods.attributes or '{"sku":[]}',
        "unit_price": money(line.unit_price),
        "category_id": line.goods.category_id,
    }


def _issue(line: Line) -> Json:
    status = "processing" if line.issue == "IN_ISSUE" else "finish"
    return {"issue_model": "w", "issue_status": status, "issue_time": write(line.issue_opened)}


def _logistics(shop: Shop, order: Order, declared: Declaration) -> Json:
    received = order.received is not None
    return {
        "logistics_no": declared.number,
        "logistics_type_code": declared.service,
        "logistics_service_name": declared.service_name,
        "ship_order_id": declared.ship_id,
        "have_tracking_info": _is_seen(shop, order, declared.number),
        "receive_status": "received" if received else "default",
        "recv_status_desc": "",
        **times({"gmt_send": declared.declared, "gmt_received": order.received}),
    }


def _is_seen(shop: Shop, order: Order, number: str) -> bool:
    """Tell whether a carrier has scanned the parcel: one booked here, or one of another simulator."""
    parcel = shop.part(ShippingBook).find(order.account, number)
    if parcel is not None:
        return bool(parcel.seen(shop.now))
    carried = shop.world.parcels.find(number)
    return carried is not None and bool(carried.sightings)


def _refund(refund: Refund, money: Money) -> Json:
    return {
        "refund_status": refund.status,
        "refund_type": refund.kind,
        "refund_reason": refund.reason,
        "refund_cash_amt": money(refund.amount),
        "refund_coupon_amt": money(Decimal(0)),
        "refund_time": write(refund.at),
    }
