"""What the resources of the Post-Order API v2 share: who may call, how a request is read, how pages are told."""

from __future__ import annotations

import json
from datetime import datetime

from starlette.requests import Request

from xborder_sandbox.ebay.errors import ApiError, post_order_error
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.order import Order
from xborder_sandbox.ebay.times import read_time
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.ebay.words import MARKETPLACES
from xborder_sandbox.requests import Json

POST_ORDER_PATH = "/post-order/v2"
_DEFAULT_LIMIT = 25
_MAX_LIMIT = 200


def enter(guard: Guard, request: Request) -> Seller:
    """Return the seller who calls, with the scheme IAF and a marketplace.

    Raises:
        ApiError: 401 for the token, 400 for the marketplace.
    """
    # No scope is published for this API: any user token will do.
    seller = guard.seller(request, (), scheme="IAF")
    marketplace = request.headers.get("x-ebay-c-marketplace-id")
    if marketplace not in MARKETPLACES:
        raise invalid("X-EBAY-C-MARKETPLACE-ID", str(marketplace))
    return seller


def invalid(name: str, value: str, status: int = 400) -> ApiError:
    """Return the error for a wrong value."""
    # 1616 "Invalid Input." is seen for the API of returns; for the others it is unverified.
    return post_order_error(1616, "InvalidInput", "Invalid Input.", status, parameter=name, value=value)


def need_length(request: Request, body: bytes) -> None:
    """Refuse a POST that has no body.

    Raises:
        ApiError: 411.
    """
    if not body and request.headers.get("content-length", "0") == "0":
        # eBay's edge does so with a POST that has no body (reference, section 8: probed on other APIs).
        raise ApiError(411, {"message": "Length Required"})


async def read_body(request: Request) -> dict[str, Json]:
    """Return the object that was sent.

    Raises:
        ApiError: 411 without a body, 400 if it is no JSON object.
    """
    raw = await request.body()
    need_length(request, raw)
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise invalid("body", "") from error
    if not isinstance(body, dict):
        raise invalid("body", "")
    return body


def read_page(request: Request) -> tuple[int, int]:
    """Return limit and offset."""
    limit = read_whole(request.query_params.get("limit"), _DEFAULT_LIMIT, "limit")
    offset = read_whole(request.query_params.get("offset"), 0, "offset")
    if not 1 <= limit <= _MAX_LIMIT:
        raise invalid("limit", str(limit))
    return limit, offset


def pagination(total: int, limit: int, offset: int) -> dict[str, Json]:
    """Return the paginationOutput of a search."""
    return {"limit": limit, "offset": offset, "totalEntries": total, "totalPages": -(-total // limit)}


def has_line(order: Order, key: str, wanted: str | None) -> bool:
    """Return whether a line of the order has this value; None is any."""
    return wanted is None or any(line.get(key) == wanted for line in order.lines)


def read_whole(text: str | None, default: int, name: str) -> int:
    """Return a number of a query."""
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise invalid(name, text)
    return int(text)


def read_instant(text: str | None, name: str) -> datetime | None:
    """Return an instant of a query or body."""
    if text is None:
        return None
    try:
        return read_time(text)
    except ValueError as error:
        raise invalid(name, text) from error
