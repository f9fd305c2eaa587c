"""One order of the platform as it stands, for what logistics and disputes must know of it before they act.

Sources: the official IOP Java SDK 1.3.5-ae, aliexpress.trade.new.redefining.findorderbyid (answer under `target`) and
aliexpress.solution.order.info.get (answer under `result.data`), whose fields have the same names.
"""

from __future__ import annotations

from typing import Final

from xborder_aliexpress.calls import Calls, whole_id
from xborder_aliexpress.settings import AliexpressSettings
from xborder_sdk.errors import NotFound, Refused
from xborder_sdk.models import Raw
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow

DETAIL: Final = "aliexpress.trade.new.redefining.findorderbyid"
DETAIL_OVERSEAS: Final = "aliexpress.solution.order.info.get"
_WRONG_PARAMETER = ("isv.invalid-parameter", "isv.parameter-invalid")
"""Article 102707 of the older gateway: `isv.` says that the call is to be mended."""


class TradeOrder:
    """An order's detail.

    Args:
        found: The platform's object.
        raw: The same, as it came.
    """

    def __init__(self, found: JsonObject, raw: Raw) -> None:
        self.found = found
        self.raw = raw

    @property
    def lines(self) -> list[JsonObject]:
        """Its lines (`child_order_list`)."""
        return self.found.children("child_order_list")

    @property
    def country(self) -> str | None:
        """The platform's own code of the country it goes to."""
        return self.found.child("receipt_address").text_or_none("country")


def trade_order(calls: Calls, settings: AliexpressSettings, order_id: str, field: str = "order_id") -> Flow[TradeOrder]:
    """Reads an order, by the call of the account's family.

    Args:
        calls: The account's calls.
        settings: Its settings.
        order_id: The order.
        field: Where its id stands in the request, for messages.

    Raises:
        InvalidRequest: The id is no number.
        NotFound: The platform does not know the order.
    """
    overseas = settings.order_list == "solution"
    query = {"param1": {"order_id": whole_id(order_id, field)}}
    try:
        answer = yield from calls.read(DETAIL_OVERSEAS if overseas else DETAIL, query)
    except Refused as refusal:
        if not (refusal.code or "").lower().startswith(_WRONG_PARAMETER):
            raise
        # There is no parameter but the number.
        raise NotFound(
            refusal.message, status=refusal.status, code=refusal.code, request_id=refusal.request_id
        ) from None
    found = answer.body.child("result").child("data") if overseas else answer.body.child("target")
    if not found.data:
        raise NotFound("AliExpress does not know this order", status=200)
    return TradeOrder(found, answer.raw)
