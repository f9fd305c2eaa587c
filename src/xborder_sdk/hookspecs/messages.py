"""Requests about what buyers and sellers write: messages and reviews. Their operations belong to `OrderSource`."""

from __future__ import annotations

import hashlib
from typing import Annotated, ClassVar

from pydantic import Field

from xborder_sdk.hookspecs.request import OPTION, OnceRequest, Request
from xborder_sdk.models import Cursor, Instant, MaybePersonal
from xborder_sdk.models.base import Personal


class ListMessages(Request):
    """Which conversation to read.

    Attributes:
        order_id: The order whose buyer is meant.
        buyer_id: The platform's id of the buyer (`Order.buyer.id`), where it is known; else the order is read first.
        since: Only messages from then on.
        page_size: Messages per page; None for the connector's best.
        cursor: Where to go on; all other fields must be those of the first call.
    """

    order_id: str = Field(min_length=1)
    buyer_id: MaybePersonal = None
    since: Annotated[Instant | None, OPTION] = None
    page_size: int | None = Field(default=None, ge=1)
    cursor: Cursor | None = None


class SendMessage(OnceRequest):
    """Writes to the buyer of an order. The same words for the same order go out once.

    Attributes:
        order_id: The order it is about.
        buyer_id: The platform's id of the buyer (`Order.buyer.id`), where it is known; else the order is read first.
        text: The words.
    """

    order_id: str = Field(min_length=1)
    buyer_id: MaybePersonal = None
    text: Annotated[Personal, Field(min_length=1)]

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "buyer_id"})

    def intent(self) -> str:
        return f"message/{self.order_id}/{_digest(self.text)}"


class ListReviews(Request):
    """Of which orders to read what their buyers say."""

    order_ids: tuple[str, ...] = Field(min_length=1)


class ReplyReview(OnceRequest):
    """Answers a buyer's review in public.

    Attributes:
        line_id: The line it is about, for platforms that review lines.
        text: The words.
    """

    order_id: str = Field(min_length=1)
    line_id: str | None = None
    text: Annotated[Personal, Field(min_length=1)]

    def intent(self) -> str:
        return f"reply-review/{self.order_id}/{self.line_id or '-'}"


class ReviewBuyer(OnceRequest):
    """Judges a buyer.

    Attributes:
        stars: 1 to 5.
        text: The words.
    """

    order_id: str = Field(min_length=1)
    stars: int = Field(ge=1, le=5, strict=True)
    text: Personal = ""

    def intent(self) -> str:
        return f"review-buyer/{self.order_id}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
