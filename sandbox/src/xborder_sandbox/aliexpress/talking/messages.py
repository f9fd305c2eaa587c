"""Messages between seller and buyer (AliExpress reference, section 5; field names of `aliexpress/message/...`).

Where the fields of `content` and of the free-form answers are not in the documents, they are the sandbox's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.tokens import Seller
from xborder_sandbox.requests import Json

_BUYER, _SELLER = 11, 12
_PAGE = 20
# Template -> the field of message_content_dto that it needs.
TEMPLATES = {1: "txt", 3: "img_url", 10006: "item_id", 10007: "order_id", 21004: "promotion_id"}
_CONTENT = (*TEMPLATES.values(), "width", "height")


@dataclass(frozen=True)
class Message:
    """A message; `from_seller` tells who wrote it."""

    message_id: str
    account: str
    buyer_id: int
    from_seller: bool
    template: int
    content: str
    sent: datetime

    @property
    def milliseconds(self) -> int:
        """When it was sent."""
        return int(self.sent.timestamp() * 1000)


class MessageBook:
    """All messages, oldest first.

    Args:
        shop: The time.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._messages: list[Message] = []

    def write(
        self,
        seller: Seller,
        buyer_id: int,
        template: int,
        content: str,
        *,
        from_seller: bool,
        at: datetime | None = None,
    ) -> Message:
        """Keep a message, by default as of now."""
        number = 60_017_000_001 + len(self._messages)
        sent = at or self._shop.now
        message = Message(f"{number}", seller.account, buyer_id, from_seller, template, content, sent)
        self._messages.append(message)
        self._messages.sort(key=lambda held: (held.milliseconds, held.message_id))
        return message

    def of(self, account: str, buyer_id: int | None) -> list[Message]:
        """Return a seller's messages, with one buyer or all, newest first."""
        return [
            message
            for message in reversed(self._messages)
            if message.account == account and buyer_id in (None, message.buyer_id)
        ]


def send(shop: Shop, call: Call) -> dict[str, Json]:
    """Send a message to a buyer of the seller."""
    given = call.form("im_send_message_dto")
    content = given.form("message_content_dto")
    buyer_id, template = given.whole("buyer_id"), given.maybe_whole("template_id", 1)
    if template not in TEMPLATES:
        raise given.wrong("template_id", f"has to be one of {', '.join(map(str, TEMPLATES))}")
    field = TEMPLATES[template]
    main = content.text(field)
    if not _knows(shop, call.seller, buyer_id):
        return {"result": {"success": False, "error_code": "-1", "error_message": "the buyer is unknown"}}
    text = main if template == 1 else json.dumps({name: content.text(name) for name in _CONTENT if name in content})
    message = shop.part(MessageBook).write(call.seller, buyer_id, template, text, from_seller=True)
    return {"result": {"success": True, "data": {"message_id": message.message_id}}}


def page(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with messages, newest first, from a time or message on back."""
    given = call.form("im_query_message_dto")
    buyer_id = given.whole("buyer_id") if "buyer_id" in given else None
    size = min(given.maybe_whole("page_size", _PAGE), _PAGE)
    if size < 1:
        raise given.wrong("page_size", "begins at 1")
    found = _before(shop.part(MessageBook).of(call.seller.account, buyer_id), given)
    shown, rest = found[:size], found[size:]
    data: dict[str, Json] = {
        "message_list": [_picture(call.seller, message) for message in shown],
        "has_more": bool(rest),
    }
    if shown:
        data["next_start_time"] = shown[-1].milliseconds
        data["last_message_id"] = shown[-1].message_id
    return {"result": {"success": True, "error_code": "0", "error_message": "", "data": data}}


def session(shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with what there is between seller and buyer."""
    buyer_id = call.form("im_query_session_dto").whole("buyer_id")
    held = shop.part(MessageBook).of(call.seller.account, buyer_id)
    if not held:
        return {"result": {"success": False, "error_code": "-1", "error_message": "there is no session"}}
    data: dict[str, Json] = {
        "buyer_id": buyer_id,
        "last_message_id": held[0].message_id,
        "last_message_time": held[0].milliseconds,
        "last_message_content": held[0].content,
    }
    return {"result": {"success": True, "data": data}}


def open_session(shop: Shop, call: Call) -> dict[str, Json]:
    """Open a session with a buyer, named by number or login; answer with the number."""
    given = call.form("im_session_open_dto")
    by_login = {order.buyer.login: order.buyer.user_id for order in shop.part(OrderBook).of(call.seller.account)}
    buyer_id = given.maybe_whole("buyer_id", by_login.get(given.maybe("buyer_login_id"), 0))
    if buyer_id not in by_login.values():
        return {"result": {"success": False, "error_code": "-1", "error_message": "the buyer is unknown"}}
    data: dict[str, Json] = {"open_result": "success", "current_buyer_id": buyer_id}
    return {"result": {"success": True, "error_code": "0", "error_message": "", "data": data}}


def _knows(shop: Shop, seller: Seller, buyer_id: int) -> bool:
    return any(order.buyer.user_id == buyer_id for order in shop.part(OrderBook).of(seller.account))


def _before(found: list[Message], given: Form) -> list[Message]:
    start = given.maybe_whole("start_time", 0)
    last = given.maybe("last_message_id")
    if start:
        found = [message for message in found if message.milliseconds <= start]
    for place, message in enumerate(found):
        if message.message_id == last:
            return found[place + 1 :]
    return found


def _picture(seller: Seller, message: Message) -> Json:
    ends: list[tuple[str, int]] = [(str(message.buyer_id), _BUYER), (str(seller.user_id), _SELLER)]
    if message.from_seller:
        ends.reverse()
    (from_id, from_kind), (to_id, to_kind) = ends
    return {
        "message_id": message.message_id,
        "from_account_id": from_id,
        "from_account_type": from_kind,
        "to_account_id": to_id,
        "to_account_type": to_kind,
        "template_id": message.template,
        "type": 1,
        "content": message.content,
        "send_time": message.milliseconds,
    }


HANDLERS: dict[str, Callable[[Shop, Call], dict[str, Json]]] = {
    "aliexpress/message/send": send,
    "aliexpress/message/list": page,
    "aliexpress/message/list2": page,
    "aliexpress/message/history/list": page,
    "aliexpress/message/session/get": session,
    "aliexpress/message/session/open": open_session,
}
