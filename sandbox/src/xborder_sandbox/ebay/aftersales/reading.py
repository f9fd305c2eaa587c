"""How the requests of returns, inquiries and cases are read and searched."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from starlette.requests import Request

from xborder_sandbox.ebay.aftersales.trouble import Trouble
from xborder_sandbox.ebay.errors import ApiError
from xborder_sandbox.ebay.post_order import has_line, invalid, read_instant
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.requests import Json

Kind = TypeVar("Kind", bound=Trouble)


def search(held: Iterable[Kind], seller: Seller, request: Request, dates: str) -> list[Kind]:
    """Return a seller's troubles that the common filters want, newest first.

    Args:
        held: All there are.
        seller: Whose.
        request: The query has `item_id`, `transaction_id`, `order_id` and a span of dates.
        dates: What the names of the two dates begin with.
    """
    query = request.query_params
    since = read_instant(query.get(f"{dates}_from"), f"{dates}_from")
    until = read_instant(query.get(f"{dates}_to"), f"{dates}_to")
    found = [
        entry
        for entry in held
        if entry.order.seller == seller.account
        and query.get("order_id") in (None, entry.order.order_id, entry.order.document["legacyOrderId"])
        and query.get("item_id") in (None, entry.line["legacyItemId"])
        and has_line(entry.order, "lineItemId", query.get("transaction_id"))
        and (since is None or entry.opened >= since)
        and (until is None or entry.opened <= until)
    ]
    return sorted(found, key=lambda entry: (entry.opened, entry.trouble_id), reverse=True)


def find(held: dict[str, Kind], seller: Seller, request: Request, name: str) -> Kind:
    """Return the one the path names.

    Raises:
        ApiError: 404 if the seller has none of that id.
    """
    wanted = request.path_params["trouble_id"]
    found = held.get(wanted)
    if found is None or found.order.seller != seller.account:
        raise invalid(name, wanted, status=404)
    return found


def need_open(held: Trouble, name: str) -> None:
    """Refuse what comes too late."""
    if held.closed is not None:
        raise invalid(name, held.trouble_id)


def read_amount(given: Json, held: Trouble, name: str) -> Decimal:
    """Return an amount in the order's currency that is no more than what is left of the order's.

    Raises:
        ApiError: 400.
    """
    if not isinstance(given, dict) or given.get("currency") != held.order.currency:
        raise invalid(name, str(given))
    try:
        value = Decimal(str(given.get("value")))
    except InvalidOperation as error:
        raise invalid(name, str(given)) from error
    if not value.is_finite() or value <= 0 or value > left_of(held):
        raise invalid(name, str(given))
    return value


def left_of(held: Trouble) -> Decimal:
    """Return what is left to refund."""
    return min(held.value, held.order.total - held.order.refunded)


def check_refundable(held: Trouble, name: str) -> ApiError | None:
    """Return the error if nothing is left to refund or a refund is under way."""
    pending = any(refund.status == "PENDING" for refund in held.order.refunds)
    return invalid(name, held.trouble_id) if pending or left_of(held) <= 0 else None
