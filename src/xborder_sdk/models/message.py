"""What buyers and sellers write to each other, and what they say of each other afterwards."""

from __future__ import annotations

from enum import StrEnum

from xborder_sdk.models.base import Instant, MaybePersonal, Model, Raw, RawField


class MessageParty(StrEnum):
    """Who wrote."""

    BUYER = "buyer"
    SELLER = "seller"
    PLATFORM = "platform"
    UNKNOWN = "unknown"


class Message(Model):
    """One message of a conversation with a buyer.

    Attributes:
        message_id: The platform's id of it.
        party: Who wrote it.
        text: The words; None for a picture or a card.
        vendor_type: The platform's own word for what kind of message it is.
        order_id: The order it is about, where the platform says.
    """

    message_id: str
    party: MessageParty
    text: MaybePersonal = None
    vendor_type: str | None = None
    order_id: str | None = None
    sent_at: Instant | None = None
    raw: RawField = Raw()


class SentMessage(Model):
    """What a platform said to a message.

    Attributes:
        message_id: Its id, where the platform tells.
    """

    message_id: str | None = None
    order_id: str
    warnings: tuple[str, ...] = ()
    raw: RawField = Raw()


class Review(Model):
    """What buyer and seller say of each other after an order.

    Attributes:
        order_id: The order.
        line_id: The order line it is about, where it is about one.
        stars: The buyer's judgement as the platform counts it, as a rule 1 to 5; None where there is none (yet).
        text: The buyer's words.
        reply: The seller's public answer to them.
        buyer_stars: The seller's judgement of the buyer.
        answer_by: Until when the seller may still say something.
    """

    order_id: str
    line_id: str | None = None
    item_id: str | None = None
    stars: int | None = None
    text: MaybePersonal = None
    reply: MaybePersonal = None
    buyer_stars: int | None = None
    written_at: Instant | None = None
    answer_by: Instant | None = None
    raw: RawField = Raw()


class ReviewAnswer(Model):
    """What became of a reply or of a judgement."""

    order_id: str
    line_id: str | None = None
    raw: RawField = Raw()
