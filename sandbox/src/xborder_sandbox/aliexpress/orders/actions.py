"""Admin actions about orders: what buyers and the platform do; the scenarios' orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from xborder_sandbox.aliexpress.declaring.services import SERVICES
from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.bulk import DEFAULT_COUNT, MAX_COUNT, load_bulk, wish
from xborder_sandbox.aliexpress.orders.compose import Composer, Item, Wish
from xborder_sandbox.aliexpress.orders.demo import load_demo
from xborder_sandbox.aliexpress.orders.goods import CATALOGUE
from xborder_sandbox.aliexpress.orders.order import Order, Receiver, Refund
from xborder_sandbox.aliexpress.orders.pacific import write
from xborder_sandbox.aliexpress.sellers import seller_of
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.talking.messages import TEMPLATES, MessageBook
from xborder_sandbox.errors import AdminError
from xborder_sandbox.requests import Json

_SHOWN = 500
_STAGES = ("PLACE_ORDER_SUCCESS", "RISK_CONTROL", "WAIT_SELLER_SEND_GOODS")
_ORDER_FIELDS = (
    "first_name",
    "last_name",
    "receiver",
    "items",
    "service",
    "freight",
    "memo",
    "payment_type",
    "created",
    "status",
)
_FROZEN = "chargeback"


class Drawing:
    """The generators that orders are made with.

    Args:
        shop: The marketplace.
    """

    def __init__(self, shop: Shop) -> None:
        self.random = shop.random("orders")
        self.composer = Composer(self.random)


def load(shop: Shop, scenario: str) -> None:
    """Take in the orders of a scenario."""
    composer = shop.part(Drawing).composer
    if scenario == "demo":
        load_demo(shop, composer)
    elif scenario == "bulk":
        load_bulk(shop, composer)


def tick(shop: Shop) -> None:
    """Let happen what is due."""
    shop.part(OrderBook).refresh()


def picture(shop: Shop) -> dict[str, Json]:
    """Return how many orders there are, and those last made in short."""
    orders = list(shop.part(OrderBook).all())
    return {"orders": len(orders), "newest_orders": [brief(order) for order in orders[-_SHOWN:]]}


def brief(order: Order) -> dict[str, Json]:
    """Return an order in short; its number is text, because many readers of JSON lose its last digits."""
    return {
        "order_id": str(order.order_id),
        "account": order.account,
        "order_status": order.status,
        "gmt_create": write(order.created),
        "buyer_login_id": order.buyer.login,
        "buyer_id": order.buyer.user_id,
        "country": order.receiver.country,
        "skus": [line.goods.sku for line in order.lines],
        "children": [str(line.child_id) for line in order.lines],
        "declared": [declared.number for declared in order.declarations],
    }


def _add_order(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Take in an order; what is not given is invented."""
    seller = seller_of(shop, body)
    given = body.get("order", {})
    if not isinstance(given, dict):
        raise AdminError("order must be an object")
    unknown = set(given) - set(_ORDER_FIELDS)
    if unknown:
        raise AdminError(f"an order has no {', '.join(sorted(unknown))}; it has: {', '.join(_ORDER_FIELDS)}")
    status = str(given.get("status", _STAGES[-1]))
    if status not in _STAGES:
        raise AdminError(f"status must be one of {', '.join(_STAGES)}")
    drawing = shop.part(Drawing)
    substance = _substance(wish(drawing.random), given)
    order = drawing.composer.compose(substance, seller, _time(given.get("created")) or shop.now)
    if status != _STAGES[0]:
        life.pay(order, order.created)
    if status == _STAGES[2]:
        life.clear(order, order.created)
    shop.part(OrderBook).add(order)
    return brief(order)


def _substance(drawn: Wish, given: dict[str, Json]) -> Wish:
    receiver = given.get("receiver", {})
    known = {entry.name for entry in fields(Receiver)}
    if not isinstance(receiver, dict) or set(receiver) - known:
        raise AdminError(f"receiver must be an object with: {', '.join(sorted(known))}")
    changed = replace(drawn, receiver=replace(drawn.receiver, **{name: str(text) for name, text in receiver.items()}))
    changed = replace(
        changed,
        first_name=str(given.get("first_name", drawn.first_name)),
        last_name=str(given.get("last_name", drawn.last_name)),
        service=str(given.get("service", drawn.service)),
        memo=str(given.get("memo", drawn.memo)),
        payment_type=str(given.get("payment_type", drawn.payment_type)),
    )
    if changed.service not in SERVICES:
        raise AdminError(f"service must be one of {', '.join(SERVICES)}")
    if "freight" in given:
        changed = replace(changed, freight=_amount(given["freight"]))
    return replace(changed, items=_items(given["items"])) if "items" in given else changed


def _items(given: Json) -> tuple[Item, ...]:
    if not isinstance(given, list) or not given:
        raise AdminError("items must be a list, such as [{'sku': 'MUG-02', 'count': 2}]")
    items = []
    for entry in given:
        if not isinstance(entry, dict) or set(entry) - {field.name for field in fields(Item)}:
            raise AdminError("an item has sku, count, by_platform, semi_managed, memo")
        count = entry.get("count", 1)
        if entry.get("sku") not in CATALOGUE:
            raise AdminError(f"sku must be one of {', '.join(CATALOGUE)}")
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise AdminError("count must be a whole number from 1")
        items.append(
            Item(
                str(entry["sku"]),
                count,
                by_platform=entry.get("by_platform") is True,
                semi_managed=entry.get("semi_managed") is True,
                memo=str(entry.get("memo", "")),
            )
        )
    return tuple(items)


def _generate(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Take in many orders of the last year."""
    count = body.get("count", DEFAULT_COUNT)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_COUNT:
        raise AdminError(f"count must be a whole number from 1 to {MAX_COUNT}")
    load_bulk(shop, shop.part(Drawing).composer, count)
    return {"orders": len(list(shop.part(OrderBook).all()))}


def _message(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Let the buyer of an order write to the seller."""
    order = _order(shop, body)
    template = body.get("template_id", 1)
    if template not in TEMPLATES or not isinstance(template, int):
        raise AdminError(f"template_id must be one of {', '.join(map(str, TEMPLATES))}")
    message = shop.part(MessageBook).write(
        shop.tokens.sellers[order.account],
        order.buyer.user_id,
        template,
        str(body.get("text", "Hello")),
        from_seller=False,
    )
    return {"message_id": message.message_id, "buyer_id": order.buyer.user_id}


def _acting(act: Callable[[Shop, Order, dict[str, Json]], None]) -> Callable[[Shop, dict[str, Json]], dict[str, Json]]:
    def action(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
        order = _order(shop, body)
        try:
            act(shop, order, body)
        except life.NotNow as reason:
            raise AdminError(str(reason)) from None
        shop.part(OrderBook).changed(order)
        return brief(order)

    return action


def _pay(shop: Shop, order: Order, _body: dict[str, Json]) -> None:
    life.pay(order, shop.now)


def _pass_risk(shop: Shop, order: Order, _body: dict[str, Json]) -> None:
    life.clear(order, shop.now)


def _request_cancel(shop: Shop, order: Order, body: dict[str, Json]) -> None:
    life.ask_cancel(order, shop.now, str(body.get("reason", "buyer_changed_mind")))


def _freeze(shop: Shop, order: Order, body: dict[str, Json]) -> None:
    reason = str(body.get("reason", _FROZEN))
    refund = Refund(order.total, "paypal_issue_refund", "refund_frozen", reason, shop.now)
    life.freeze(order, shop.now, reason, refund if reason == _FROZEN else None)


def _unfreeze(shop: Shop, order: Order, _body: dict[str, Json]) -> None:
    life.unfreeze(order, shop.now)


def _receive(shop: Shop, order: Order, _body: dict[str, Json]) -> None:
    life.receive(order, shop.now)


def _order(shop: Shop, body: dict[str, Json]) -> Order:
    text = str(body.get("order_id", ""))
    order = shop.part(OrderBook).any(int(text)) if text.isascii() and text.isdigit() and len(text) < 20 else None
    if order is None:
        raise AdminError(f"there is no order {text!r}")
    return order


def _time(value: Json) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise AdminError("created must be ISO 8601 with an offset")
    return at


def _amount(value: Json) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise AdminError("freight must be an amount such as '2.40'")
    return amount


ACTIONS: dict[str, Callable[[Shop, dict[str, Json]], dict[str, Json]]] = {
    "add_order": _add_order,
    "generate": _generate,
    "pay": _acting(_pay),
    "pass_risk": _acting(_pass_risk),
    "request_cancel": _acting(_request_cancel),
    "freeze": _acting(_freeze),
    "unfreeze": _acting(_unfreeze),
    "receive": _acting(_receive),
    "message": _message,
}
