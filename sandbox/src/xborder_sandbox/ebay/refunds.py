"""issueRefund (sell_fulfillment_v1)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.amounts import read_value
from xborder_sandbox.ebay.errors import fulfillment_error, json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.order import Document, Order
from xborder_sandbox.ebay.orders import FULFILLMENT_PATH
from xborder_sandbox.ebay.signing import Signing
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.words import FINANCES, REFUND_REASONS
from xborder_sandbox.requests import Json

_VALUE = re.compile(r"\d+(\.\d{1,2})?")


class Refunds:
    """The issue_refund call."""

    def __init__(self, store: Store, guard: Guard, signing: Signing) -> None:
        self._store = store
        self._guard = guard
        self._signing = signing

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        return [
            Route(FULFILLMENT_PATH + "/order/{order_id}/issue_refund", self.issue, methods=["POST"]),
        ]

    async def issue(self, request: Request) -> Response:
        """Answer issueRefund."""
        seller = self._guard.seller(request, (FINANCES,))
        await self._signing.check(request, seller)
        body = _read(await request.body())
        order = self._store.get(seller.account, request.path_params["order_id"])
        if order is None:
            raise fulfillment_error(34913)
        comment = body.get("comment")
        if comment is not None and len(str(comment)) > self._store.settings.comment_length:
            raise fulfillment_error(34921)
        wanted = _read_wanted(body, order)
        self._check_state(order, wanted)
        refunds = [self._store.refund(order, value, line) for line, value in wanted]
        return json_response({"refundId": refunds[0].refund_id, "refundStatus": refunds[0].status})

    def _check_state(self, order: Order, wanted: list[tuple[str | None, Decimal]]) -> None:
        if any(refund.status == "PENDING" for refund in order.refunds):
            raise fulfillment_error(34922)
        if order.payment_status in ("PENDING", "FAILED"):
            raise fulfillment_error(34929)
        if order.payment_status == "FULLY_REFUNDED" or order.refunded >= order.total:
            raise fulfillment_error(34917)
        if self._store.now() - order.created > timedelta(days=self._store.settings.refund_days):
            raise fulfillment_error(34920)
        if order.refunded + sum(value for _, value in wanted) > order.total:
            raise fulfillment_error(34915)
        for line_item_id, value in wanted:
            line = order.line(line_item_id) if line_item_id is not None else None
            if line is not None and value > read_value(line["total"]) - _refunded_of(order, line):
                raise fulfillment_error(34924)


def _refunded_of(order: Order, line: Document) -> Decimal:
    held = (refund for refund in order.refunds if refund.line == line["lineItemId"])
    return sum((refund.amount for refund in held if refund.status != "FAILED"), Decimal(0))


def _read(raw: bytes) -> dict[str, Json]:
    try:
        body = json.loads(raw) if raw else None
    except ValueError as error:
        raise fulfillment_error(34902) from error
    if not isinstance(body, dict) or not body:
        raise fulfillment_error(34902)
    if body.get("reasonForRefund") not in REFUND_REASONS:
        raise fulfillment_error(34903)
    return body


def _read_wanted(body: dict[str, Json], order: Order) -> list[tuple[str | None, Decimal]]:
    whole, items = body.get("orderLevelRefundAmount"), body.get("refundItems")
    if (whole is None) == (not items):
        raise fulfillment_error(34905)
    if whole is not None:
        return [(None, _read_amount(whole, order))]
    if not isinstance(items, list):
        raise fulfillment_error(34905)
    return [_read_item(item, order) for item in items]


def _read_item(item: Json, order: Order) -> tuple[str, Decimal]:
    if not isinstance(item, dict):
        raise fulfillment_error(34910)
    reference, line_item_id = item.get("legacyReference"), item.get("lineItemId")
    if line_item_id is None:
        if not isinstance(reference, dict):
            raise fulfillment_error(34910)
        if not reference.get("legacyItemId"):
            raise fulfillment_error(34911)
        if not reference.get("legacyTransactionId"):
            raise fulfillment_error(34912)
        line_item_id = reference["legacyTransactionId"]
    line = order.line(str(line_item_id))
    if line is None or (isinstance(reference, dict) and reference.get("legacyItemId") != line["legacyItemId"]):
        raise fulfillment_error(34914)
    return str(line["lineItemId"]), _read_amount(item.get("refundAmount"), order)


def _read_amount(value: Json, order: Order) -> Decimal:
    if not isinstance(value, dict) or not isinstance(value.get("value"), str):
        raise fulfillment_error(34906)
    text = str(value["value"])
    if not _VALUE.fullmatch(text) or Decimal(text) <= 0:
        raise fulfillment_error(34907)
    if not value.get("currency"):
        raise fulfillment_error(34908)
    if value["currency"] != order.currency:
        raise fulfillment_error(34909)
    return Decimal(text)
