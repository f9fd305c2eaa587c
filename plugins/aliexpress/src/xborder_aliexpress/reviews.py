"""What buyers and the seller say of each other after an order.

Sources: the official IOP Java SDK 1.3.5-ae, aliexpress.evaluation.listorderevaluation.get,
aliexpress.evaluation.evaluation.reply and aliexpress.appraise.redefining.savesellerfeedback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xborder_aliexpress import pacific
from xborder_aliexpress.calls import whole_id
from xborder_aliexpress.order_reading import line_id
from xborder_aliexpress.trade_order import trade_order
from xborder_sdk.errors import InvalidRequest, Refused
from xborder_sdk.hookspecs import ListReviews, OrderSource, ReplyReview, ReviewBuyer, hookimpl
from xborder_sdk.models import Raw, Review, ReviewAnswer
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow

if TYPE_CHECKING:
    from xborder_aliexpress.connector import AliexpressConnector

LIST: Final = "aliexpress.evaluation.listorderevaluation.get"
REPLY: Final = "aliexpress.evaluation.evaluation.reply"
JUDGE: Final = "aliexpress.appraise.redefining.savesellerfeedback"
MOST_ORDERS: Final = 50
"""SDK, listorderevaluation.get, parent_order_ids."""


class Reviews(OrderSource):
    """The operations on reviews."""

    connector: AliexpressConnector

    @hookimpl
    def list_reviews(self, request: ListReviews) -> Flow[tuple[Review, ...]]:
        """The reviews of some orders, line by line.

        Args:
            request: Of which orders.

        Raises:
            InvalidRequest: An id is no number.
        """
        unique = dict.fromkeys(request.order_ids)
        numbers = [whole_id(order_id, f"order_ids.{n}") for n, order_id in enumerate(unique)]
        found: list[Review] = []
        for start in range(0, len(numbers), MOST_ORDERS):
            asked = {"parent_order_ids": numbers[start : start + MOST_ORDERS]}
            answer = yield from self.connector.calls.read(LIST, {"trade_evaluation_request": asked})
            found += [
                _review(item, answer.raw) for item in answer.body.children("target_list") if _says_something(item)
            ]
        return tuple(found)

    @hookimpl
    def reply_review(self, request: ReplyReview) -> Flow[ReviewAnswer]:
        """Answers a buyer's review in public.

        Args:
            request: Which order and line; the line may be left out where the order has only one.

        Raises:
            InvalidRequest: The order has several lines and none is named.
            Refused: The platform does not take it.
        """
        order = whole_id(request.order_id, "order_id")
        line = request.line_id or (yield from self._only_line(request.order_id))
        query = {"parent_order_id": order, "child_order_id": whole_id(line, "line_id"), "text": request.text}
        answer = yield from self.connector.calls.once(REPLY, query)
        if answer.body.flag("target") is False:
            raise Refused("AliExpress did not take the reply", status=200)
        return ReviewAnswer(order_id=request.order_id, line_id=line, raw=answer.raw)

    @hookimpl
    def review_buyer(self, request: ReviewBuyer) -> Flow[ReviewAnswer]:
        """Judges the buyer of an order.

        Args:
            request: Which order, how many stars, and the words.

        Raises:
            Refused: The platform does not take it.
        """
        judgement = {
            "order_id": whole_id(request.order_id, "order_id"),
            "score": request.stars,
            "feedback_content": request.text or None,
        }
        answer = yield from self.connector.calls.once(JUDGE, {"param1": judgement})
        return ReviewAnswer(order_id=request.order_id, raw=answer.raw)

    def _only_line(self, order_id: str) -> Flow[str]:
        connector = self.connector
        read = yield from trade_order(connector.calls, connector.settings, order_id)
        lines = read.found.children("child_order_list")
        if len(lines) != 1:
            raise InvalidRequest("AliExpress reviews lines: say which", field="line_id")
        return line_id(lines[0])


def _says_something(item: JsonObject) -> bool:
    return any(
        item.text_or_none(name) is not None
        for name in ("buyer_evaluation", "buyer_feedback", "seller_evaluation", "seller_feedback")
    )


def _review(item: JsonObject, raw: Raw) -> Review:
    return Review(
        order_id=item.text_or_none("parent_order_id") or item.text("order_id"),
        line_id=item.text_or_none("order_id"),
        item_id=item.text_or_none("product_id"),
        stars=item.integer_or_none("buyer_evaluation"),
        text=item.text_or_none("buyer_feedback"),
        reply=item.text_or_none("seller_reply"),
        buyer_stars=item.integer_or_none("seller_evaluation"),
        written_at=pacific.read(item.text_or_none("buyer_fb_date")),
        raw=raw,
    )
