"""getOrders and getOrder (sell_fulfillment_v1)."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.errors import fulfillment_error, json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.order import Order
from xborder_sandbox.ebay.order_filter import OrderQuery, parse_query, read_field_groups, read_orders_query
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.words import FULFILLMENT, FULFILLMENT_READ

FULFILLMENT_PATH = "/sell/fulfillment/v1"
READ = (FULFILLMENT, FULFILLMENT_READ)

ORDER_ID = re.compile(r"\d{2}-\d{5}-\d{5}")


def fulfillment_base(request: Request) -> str:
    """Return the address of the Fulfillment API, with the host that the client used."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}{FULFILLMENT_PATH}"


class Orders:
    """The order resource."""

    def __init__(self, store: Store, guard: Guard) -> None:
        self._store = store
        self._guard = guard

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        return [
            Route(f"{FULFILLMENT_PATH}/order", self.get_orders, methods=["GET"]),
            Route(f"{FULFILLMENT_PATH}/order/{{order_id}}", self.get_order, methods=["GET"]),
        ]

    async def get_orders(self, request: Request) -> Response:
        """Answer getOrders."""
        seller = self._guard.seller(request, READ)
        parameters = parse_query(request.url.query)
        query = read_orders_query(parameters, self._store.now())
        base = fulfillment_base(request)
        found = self._find(seller.account, query)
        page = found if query.ids is not None else found[query.offset : query.offset + query.limit]
        head: dict[str, object] = {
            "href": _page_address(base, parameters, query, query.offset),
            "total": len(found),
            "limit": query.limit,
            "offset": query.offset,
        }
        if query.ids is None:
            if query.offset + query.limit < len(found):
                head["next"] = _page_address(base, parameters, query, query.offset + query.limit)
            if query.offset > 0:
                head["prev"] = _page_address(base, parameters, query, max(0, query.offset - query.limit))
        orders = b",".join(order.listed(base, query.breakdown) for order in page)
        body = json.dumps(head, separators=(",", ":")).encode()[:-1] + b',"orders":[' + orders + b"]}"
        return Response(body, media_type="application/json")

    async def get_order(self, request: Request) -> Response:
        """Answer getOrder."""
        seller = self._guard.seller(request, READ)
        order_id = request.path_params["order_id"]
        breakdown = read_field_groups(request.query_params.get("fieldGroups"))
        if not ORDER_ID.fullmatch(order_id):
            raise fulfillment_error(32100, order_id)
        order = self._store.get(seller.account, order_id)
        if order is None:
            raise fulfillment_error(32100, order_id, status=404)
        return json_response(order.shown(fulfillment_base(request), breakdown))

    def _find(self, account: str, query: OrderQuery) -> list[Order]:
        if query.ids is not None:
            found = (self._store.get(account, order_id) for order_id in dict.fromkeys(query.ids))
            return [order for order in found if order is not None]
        since = query.created.start if query.created is not None else None
        return self._store.select(
            (account, *query.selection), since, lambda order: order.seller == account and query.wants(order)
        )


def _page_address(base: str, parameters: dict[str, str], query: OrderQuery, offset: int) -> str:
    if query.ids is not None:
        return f"{base}/order?orderIds={quote(parameters['orderIds'], safe=',')}"
    kept = {name: parameters[name] for name in ("filter", "fieldGroups") if parameters.get(name)}
    asked = {**kept, "limit": str(query.limit), "offset": str(offset)}
    return f"{base}/order?" + "&".join(f"{name}={quote(value, safe=',:')}" for name, value in asked.items())
