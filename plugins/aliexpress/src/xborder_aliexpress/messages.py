"""Conversations with buyers.

Sources: the official IOP Java SDK 1.3.5-ae, aliexpress/message/session/open, aliexpress/message/list2 and
aliexpress/message/send. Conversations are with buyers, not about orders, and run from the newest message backwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from xborder_aliexpress.order_reading import buyer_login
from xborder_aliexpress.trade_order import trade_order
from xborder_sdk.errors import MalformedResponse, Refused
from xborder_sdk.hookspecs import ListMessages, ListPosition, OrderSource, SendMessage, hookimpl
from xborder_sdk.models import Message, MessageParty, Page, Raw, SentMessage
from xborder_sdk.reading import JsonObject, parse_json
from xborder_sdk.steps import Flow

if TYPE_CHECKING:
    from xborder_aliexpress.connector import AliexpressConnector

OPEN: Final = "aliexpress/message/session/open"
LIST: Final = "aliexpress/message/list2"
SEND: Final = "aliexpress/message/send"

MOST_PER_PAGE: Final = 20
TEXT: Final = 1  # template_id
BASIC_CARE: Final = 1  # scene_id: a person looks after the buyer
_PARTIES: Final = {11: MessageParty.BUYER, 12: MessageParty.SELLER}  # from_account_type
_CONNECTOR: Final = "aliexpress"
_MessagePage = Page[Message]


class _Position(ListPosition):
    """Where a conversation stands.

    Attributes:
        start: The moment from which it is read backwards, in epoch milliseconds.
        last: The message behind which it goes on.
    """

    start: int
    last: str | None = None


class Messages(OrderSource):
    """The operations on messages."""

    connector: AliexpressConnector
    honours: ClassVar[Mapping[str, frozenset[str]]] = {"list_messages": frozenset({"since"})}

    @hookimpl
    def list_messages(self, request: ListMessages) -> Flow[Page[Message]]:
        """One page of the conversation with the buyer, newest first; it may be about other orders too.

        Args:
            request: Whose conversation. `page_size` above 20 means 20.

        Raises:
            InvalidCursor: The cursor is of another list.
        """
        position = _Position.of(_CONNECTOR, request)
        if position is None:
            position = _Position(start=int(self.connector.now().timestamp() * 1000))
        buyer = yield from self._session(request.order_id, request.buyer_id)
        query = {
            "buyer_id": buyer,
            "page_size": min(request.page_size or MOST_PER_PAGE, MOST_PER_PAGE),
            "start_time": position.start,
            "last_message_id": position.last,
        }
        answer = yield from self.connector.calls.read(LIST, {"im_query_message_dto": query})
        data = answer.body.child("result").child("data")
        listed = [_message(item, answer.raw) for item in data.children("message_list")]
        kept = tuple(item for item in listed if request.since is None or _is_since(item, request.since))
        following = _following(data, position, complete=len(kept) == len(listed))
        return _MessagePage(items=kept, next=None if following is None else following.cursor(_CONNECTOR, request))

    @hookimpl
    def send_message(self, request: SendMessage) -> Flow[SentMessage]:
        """Writes to the buyer of an order.

        Args:
            request: To whom and what.

        Raises:
            Refused: The platform opens no conversation with this buyer, or refuses the words.
        """
        buyer = yield from self._session(request.order_id, request.buyer_id)
        message = {
            "buyer_id": buyer,
            "template_id": TEXT,
            "scene_id": BASIC_CARE,
            "message_content_dto": {"txt": request.text},
        }
        answer = yield from self.connector.calls.once(SEND, {"im_send_message_dto": message})
        result = answer.body.child("result")
        sent = result.child("data").text_or_none("message_id") or result.text_or_none("message_id")
        return SentMessage(message_id=sent, order_id=request.order_id, raw=answer.raw)

    def _session(self, order_id: str, buyer_id: str | None) -> Flow[int]:
        """The buyer's number, which opening a conversation tells; nobody is told anything by it."""
        connector = self.connector
        login = buyer_id
        if login is None:
            read = yield from trade_order(connector.calls, connector.settings, order_id)
            login = buyer_login(read.found)
        if login is None:
            raise MalformedResponse("field buyerloginid is missing")
        answer = yield from connector.calls.read(OPEN, {"im_session_open_dto": {"buyer_login_id": login}})
        data = answer.body.child("result").child("data")
        if data.text_or_none("open_result") == "FAIL":
            raise Refused("AliExpress opens no conversation with this buyer", status=200, code="FAIL")
        return data.integer("current_buyer_id")


def _message(item: JsonObject, raw: Raw) -> Message:
    sender = item.integer_or_none("from_account_type")
    kind = item.text_or_none("template_id")
    return Message(
        message_id=item.text("message_id"),
        party=MessageParty.UNKNOWN if sender is None else _PARTIES.get(sender, MessageParty.UNKNOWN),
        text=_words(item) if kind in {None, str(TEXT)} else None,
        vendor_type=kind,
        sent_at=_moment(item),
        raw=raw,
    )


def _words(item: JsonObject) -> str | None:
    """The words of a text. `content` is said to be JSON; its fields are not told, but those of a sent message are."""
    content = item.get("content")
    if isinstance(content, str) and content.lstrip().startswith("{"):
        try:
            content = parse_json(content.encode())
        except MalformedResponse:
            return item.text_or_none("content")
    if isinstance(content, Mapping):
        found = JsonObject(content)
        return next((text for name in ("txt", "text", "content") if (text := found.text_or_none(name))), None)
    return item.text_or_none("content")


def _moment(item: JsonObject) -> datetime | None:
    millis = item.number_or_none("send_time")
    try:
        return None if millis is None else datetime.fromtimestamp(float(millis) / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _is_since(message: Message, since: datetime) -> bool:
    return message.sent_at is None or message.sent_at >= since


def _following(data: JsonObject, position: _Position, *, complete: bool) -> _Position | None:
    """Where the next page starts; None where there is none, or it would be older than wanted."""
    start = data.integer_or_none("next_start_time")
    if data.flag("has_more") is not True or start is None or not complete:
        return None
    following = _Position(start=start, last=data.text_or_none("last_message_id"))
    if following == position:
        raise MalformedResponse("field next_start_time does not lead on")
    return following
