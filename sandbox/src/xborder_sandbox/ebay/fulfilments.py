"""The shipping_fulfillment resource: telling eBay about parcels (sell_fulfillment_v1)."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.errors import fulfillment_error, json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.order import Fulfilment, Order
from xborder_sandbox.ebay.orders import FULFILLMENT_PATH, ORDER_ID, READ, fulfillment_base
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.times import read_time
from xborder_sandbox.ebay.words import CARRIER_CODES, FULFILLMENT
from xborder_sandbox.requests import Json

_PATH = FULFILLMENT_PATH + "/order/{order_id}/shipping_fulfillment"
_FIELDS = {"lineItems", "shippedDate", "shippingCarrierCode", "trackingNumber"}
_SKEW = timedelta(seconds=2)


class Fulfilments:
    """The shipping_fulfillment resource."""

    def __init__(self, store: Store, guard: Guard) -> None:
        self._store = store
        self._guard = guard

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        return [
            Route(_PATH, self.get_all, methods=["GET"]),
            Route(_PATH, self.create, methods=["POST"]),
            Route(_PATH + "/{fulfillment_id}", self.get, methods=["GET"]),
        ]

    async def get_all(self, request: Request) -> Response:
        """Answer getShippingFulfillments."""
        seller = self._guard.seller(request, READ)
        order = self._order(seller.account, request)
        pictures: list[Json] = [fulfilment.picture() for fulfilment in order.fulfilments]
        return json_response({"fulfillments": pictures, "total": len(pictures)})

    async def get(self, request: Request) -> Response:
        """Answer getShippingFulfillment."""
        seller = self._guard.seller(request, READ)
        order = self._order(seller.account, request)
        wanted = request.path_params["fulfillment_id"]
        if not re.fullmatch(r"[A-Za-z0-9]+", wanted):
            raise fulfillment_error(32110, wanted)
        for fulfilment in order.fulfilments:
            if fulfilment.fulfilment_id == wanted:
                return json_response(fulfilment.picture())
        raise fulfillment_error(32110, wanted, status=404)

    async def create(self, request: Request) -> Response:
        """Answer createShippingFulfillment."""
        seller = self._guard.seller(request, (FULFILLMENT,))
        order = self._order(seller.account, request)
        if seller.suspended:
            raise fulfillment_error(32400)
        body = await _read(request)
        lines = _read_lines(body.get("lineItems"), order)
        carrier, tracking = self._read_tracking(body)
        shipped = self._read_shipped(body.get("shippedDate"))
        _check_programme(order, lines)
        if order.cancel_status["cancelState"] == "CANCELED":
            raise fulfillment_error(32600, status=409)
        fulfilment = next((held for held in order.fulfilments if held.tracking == tracking), None)
        if tracking is None or fulfilment is None:
            fulfilment = self._add(order, lines, shipped, carrier, tracking)
        elif self._store.settings.repeated_tracking == "refuse":
            raise fulfillment_error(34500)
        address = f"{fulfillment_base(request)}/order/{order.order_id}"
        location = f"{address}/shipping_fulfillment/{fulfilment.fulfilment_id}"
        return json_response({}, 201, {"location": location})

    def _order(self, account: str, request: Request) -> Order:
        order_id = request.path_params["order_id"]
        order = self._store.get(account, order_id) if ORDER_ID.fullmatch(order_id) else None
        if order is None:
            # These operations document no 404 for the order.
            raise fulfillment_error(32100, order_id)
        return order

    def _read_tracking(self, body: dict[str, Json]) -> tuple[str | None, str | None]:
        carrier, tracking = body.get("shippingCarrierCode"), body.get("trackingNumber")
        if carrier is None and tracking is None:
            return None, None
        if not isinstance(carrier, str) or not isinstance(tracking, str):
            raise fulfillment_error(32300)
        if not re.fullmatch(r"[A-Za-z0-9]+", tracking) or not carrier.strip():
            raise fulfillment_error(32300)
        if self._store.settings.known_carriers_only and carrier not in CARRIER_CODES:
            raise fulfillment_error(32300)
        return carrier, tracking

    def _read_shipped(self, value: Json) -> datetime:
        now = self._store.now()
        if value is None:
            return now
        try:
            shipped = read_time(value if isinstance(value, str) else "")
        except ValueError as error:
            raise fulfillment_error(32500) from error
        if shipped > now + _SKEW:
            raise fulfillment_error(32500)
        return shipped

    def _add(
        self,
        order: Order,
        lines: list[tuple[str, int]],
        shipped: datetime,
        carrier: str | None,
        tracking: str | None,
    ) -> Fulfilment:
        tracked = sum(1 for held in order.fulfilments if held.tracking is not None)
        if tracking is not None and tracked >= self._store.settings.max_tracking_numbers:
            raise fulfillment_error(34100)
        # "will default to an arbitrary number such as 999"
        fulfilment_id = tracking or str(999 + len(order.fulfilments) - tracked)
        fulfilment = Fulfilment(fulfilment_id, lines, shipped, carrier, tracking)
        order.fulfilments.append(fulfilment)
        fulfil_lines(order, [line for line, _ in lines])
        self._store.touch(order, modified=self._store.settings.fulfilment_moves_modified)
        return fulfilment


def fulfil_lines(order: Order, line_item_ids: list[str]) -> None:
    """Mark lines as fulfilled, and the order as far as its lines are.

    A line is FULFILLED as soon as any unit of it is in a fulfilment; IN_PROGRESS is for orders of several
    lines only (reference, 2.3).
    """
    for line_item_id in line_item_ids:
        line = order.line(line_item_id)
        if line is not None:
            line["lineItemFulfillmentStatus"] = "FULFILLED"
    done = all(line["lineItemFulfillmentStatus"] == "FULFILLED" for line in order.lines)
    order.status = "FULFILLED" if done else "IN_PROGRESS"


async def _read(request: Request) -> dict[str, Json]:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise fulfillment_error(32600)
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise fulfillment_error(32600) from error
    if not isinstance(body, dict) or body.keys() - _FIELDS:
        raise fulfillment_error(32600)
    return body


def _read_lines(value: Json, order: Order) -> list[tuple[str, int]]:
    if not isinstance(value, list) or not value:
        raise fulfillment_error(32600)
    lines: list[tuple[str, int]] = []
    for entry in value:
        if not isinstance(entry, dict) or entry.keys() - {"lineItemId", "quantity"}:
            raise fulfillment_error(32600)
        line_item_id, quantity = entry.get("lineItemId"), entry.get("quantity", 1)
        line = order.line(line_item_id) if isinstance(line_item_id, str) else None
        if line is None:
            raise fulfillment_error(32200, str(line_item_id))
        if line_item_id in [known for known, _ in lines]:
            raise fulfillment_error(32210)
        ordered = line["quantity"]
        if isinstance(quantity, bool) or not isinstance(quantity, int) or not isinstance(ordered, int):
            raise fulfillment_error(32600)
        if not 1 <= quantity <= ordered:
            raise fulfillment_error(32600)
        lines.append((str(line_item_id), quantity))
    return lines


def _check_programme(order: Order, lines: list[tuple[str, int]]) -> None:
    instructions = order.document["fulfillmentStartInstructions"]
    first = instructions[0] if isinstance(instructions, list) and instructions else {}
    if isinstance(first, dict) and first.get("ebaySupportedFulfillment") is True and len(lines) > 1:
        raise fulfillment_error(34300)
