"""What the pictures of an order have in common."""

from __future__ import annotations

import json
from datetime import datetime

from xborder_sandbox.aliexpress.orders.order import Line, Order
from xborder_sandbox.aliexpress.orders.pacific import write
from xborder_sandbox.requests import Json

IMAGES = "https://img.sandbox.example"


def without_empty(fields: dict[str, Json]) -> dict[str, Json]:
    """Return the fields that say something: what has not happened yet is not told."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def times(named: dict[str, datetime | None]) -> dict[str, Json]:
    """Return the times that are, as the platform writes them."""
    return without_empty({name: write(at) for name, at in named.items()})


def line_status(order: Order, line: Line) -> str:
    """Return the status of a line."""
    if order.status in ("IN_FROZEN", "IN_CANCEL") or order.stage not in (
        "SELLER_PART_SEND_GOODS",
        "WAIT_BUYER_ACCEPT_GOODS",
    ):
        return "IN_ISSUE" if line.issue == "IN_ISSUE" and order.status == "IN_ISSUE" else _calm(order)
    if line.issue == "IN_ISSUE":
        return "IN_ISSUE"
    return "WAIT_SELLER_SEND_GOODS" if line.sent is None else "WAIT_BUYER_ACCEPT_GOODS"


def extend_map(line: Line) -> str:
    """Return the JSON text that marks a semi-managed line; empty for others."""
    return json.dumps({"orderBusinessModel": "SEMI_CHOICE_SELF"}) if line.semi_managed else ""


def snapshot_url(line: Line) -> str:
    """Return the address of the page as the buyer saw it."""
    return f"https://shop.sandbox.example/snapshot/{line.child_id}.html"


def image_url(line: Line) -> str:
    """Return the address of the article's picture."""
    return f"{IMAGES}/{line.goods.sku.lower()}.jpg"


def _calm(order: Order) -> str:
    return order.stage if order.status == "IN_ISSUE" else order.status
