"""Evaluations: the buyer's word on a line, the seller's reply and word on the buyer (AliExpress reference, section 5).

Buyers rate each line when they confirm that it came: most with 5, by the line's id. For 30 days (not established)
the seller can say something too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.order import Line, Order
from xborder_sandbox.aliexpress.orders.pacific import read, write
from xborder_sandbox.aliexpress.orders.picture_parts import without_empty
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.tokens import Seller
from xborder_sandbox.requests import Json

LIST = "aliexpress.evaluation.listorderevaluation.get"
_MOST_ORDERS = 50
_VALID = timedelta(days=30)
_WORDS = {5: "Very good, thank you", 4: "Good", 3: "Came late", 2: "Not as pictured", 1: "Arrived broken"}
_RATINGS = (5, 5, 5, 4, 5, 3, 5, 1, 5, 2)


@dataclass
class Said:
    """What the seller said about a line: a reply to the buyer, and a feedback with a score."""

    reply: str = ""
    feedback: str = ""
    score: int = 0
    at: datetime | None = None


class EvaluationBook:
    """What sellers said, by line.

    Args:
        shop: The marketplace.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._said: dict[int, Said] = {}

    def of(self, child_id: int) -> Said:
        """Return what the seller said about a line."""
        return self._said.setdefault(child_id, Said())


def rating(line: Line) -> int:
    """Return the buyer's score, 1 to 5."""
    return _RATINGS[line.child_id // 10_000 % len(_RATINGS)]


def evaluations(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with the evaluations of orders that were received."""
    given = call.form("trade_evaluation_request")
    orders = set(given.texts("parent_order_ids"))
    if len(orders) > _MOST_ORDERS:
        raise given.wrong("parent_order_ids", f"are at most {_MOST_ORDERS}")
    ratings = set(given.texts("buyer_product_ratings"))
    product = given.maybe("product_id")
    completed = (_time(shop, given, "start_order_complete_date"), _time(shop, given, "end_order_complete_date"))
    valid = (_time(shop, given, "start_valid_date"), _time(shop, given, "end_valid_date"))
    found: list[Json] = []
    for order in shop.part(OrderBook).of(call.seller.account):
        at = order.received
        if at is None or (orders and str(order.order_id) not in orders):
            continue
        if not _within(at, completed) or not _within(at + _VALID, valid):
            continue
        found += [
            _picture(shop, call.seller, order, line, at)
            for line in order.lines
            if (not ratings or str(rating(line)) in ratings) and product in ("", str(line.goods.product_id))
        ]
    return {"target_list": found, "time_stamp": str(int(shop.now.timestamp() * 1000))}


def reply(shop: Shop, call: Call) -> dict[str, Json]:
    """Reply to a buyer's evaluation, once."""
    order = shop.part(OrderBook).find(call.seller.account, call.whole("parent_order_id"))
    line = None if order is None else order.child(call.whole("child_order_id"))
    text = call.text("text")
    done = False
    if order is not None and line is not None and order.received is not None:
        said = shop.part(EvaluationBook).of(line.child_id)
        done = not said.reply
        said.reply = said.reply or text
    return {"target": done, "time_stamp": str(int(shop.now.timestamp() * 1000))}


def feedback(shop: Shop, call: Call) -> dict[str, Json]:
    """Take the seller's word on the buyer, once, for an order or for one of its lines."""
    given = call.form("param1")
    order_id, score, text = given.whole("order_id"), given.whole("score"), given.text("feedback_content")
    if not 1 <= score <= 5:
        raise given.wrong("score", "is 1 to 5")
    book = shop.part(OrderBook)
    account = call.seller.account
    order = book.find(account, order_id) or book.with_child(account, order_id)
    if order is None or order.received is None:
        return _failed("the order cannot be evaluated")
    if shop.now > order.received + _VALID:
        return _failed("the time to evaluate is over")
    said = [
        shop.part(EvaluationBook).of(line.child_id)
        for line in order.lines
        if order_id in (order.order_id, line.child_id)
    ]
    if any(held.feedback for held in said):
        return _failed("the order is evaluated already")
    for held in said:
        held.feedback, held.score, held.at = text, score, shop.now
    return {"is_success": True}


def _failed(text: str) -> dict[str, Json]:
    # The documents name no codes; -1 is the one a vendor's example shows for a failure.
    return {"is_success": False, "sub_error_code": -1, "error_message": text}


def _time(shop: Shop, given: Form, name: str) -> datetime | None:
    if name not in given:
        return None
    try:
        return read(given.text(name), shop.settings.ambiguous_hour)
    except ValueError:
        raise given.wrong(name, "has to be yyyy-MM-dd HH:mm:ss") from None


def _within(at: datetime, span: tuple[datetime | None, datetime | None]) -> bool:
    return (span[0] is None or span[0] <= at) and (span[1] is None or at <= span[1])


def _picture(shop: Shop, seller: Seller, order: Order, line: Line, at: datetime) -> Json:
    said = shop.part(EvaluationBook).of(line.child_id)
    return without_empty(
        {
            "parent_order_id": order.order_id,
            "order_id": line.child_id,
            "product_id": line.goods.product_id,
            "buyer_login_id": order.buyer.login,
            "buyer_evaluation": str(rating(line)),
            "buyer_feedback": _WORDS[rating(line)],
            "buyer_fb_date": write(at),
            "seller_login_id": seller.login,
            "seller_evaluation": str(said.score) if said.score else "",
            "seller_feedback": said.feedback,
            "seller_fb_date": write(said.at),
            "seller_reply": said.reply,
            "gmt_create": write(at),
            "gmt_modified": write(said.at or at),
            "gmt_order_complete": write(at),
            "valid_date": write(at + _VALID),
        }
    )


HANDLERS: dict[str, Callable[[Shop, Call], dict[str, Json]]] = {
    LIST: evaluations,
    "aliexpress.evaluation.evaluation.reply": reply,
    "aliexpress.appraise.redefining.savesellerfeedback": feedback,
}
