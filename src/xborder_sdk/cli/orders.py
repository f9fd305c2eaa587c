"""`orders`: what the shops have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from xborder_sdk.cli.completion import complete_account
from xborder_sdk.cli.output import JsonFlag, show_json, show_table
from xborder_sdk.cli.session import session
from xborder_sdk.client import Client
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.hookspecs import GetOrder, ListOrders
from xborder_sdk.models import Order


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("orders")(orders)


def orders(
    account: Annotated[str, typer.Argument(help="Account of a shop.", autocompletion=complete_account)],
    order_id: Annotated[list[str] | None, typer.Argument(help="Only these orders.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Changed since: an ISO time with its zone, or an age such as 36h or 7d.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Most orders shown.", min=1)] = 100,
    as_json: JsonFlag = False,
) -> None:
    """List the orders of a shop."""
    with session.client() as client:
        found = list(_found(client, account, order_id or [], since, limit))
    if as_json:
        show_json(found)
        return
    show_table(
        f"Orders of {account}",
        ("order", "status", "payment", "total", "pieces", "to", "ship by", "held because"),
        [
            (
                order.order_id,
                order.status.value if order.status != "unknown" else f"unknown ({order.vendor_status})",
                order.payment.value,
                order.totals.total,
                sum(line.quantity for line in order.lines),
                order.ship_to.country if order.ship_to else None,
                f"{order.ship_by:%Y-%m-%d %H:%M %Z}" if order.ship_by else None,
                ", ".join(hold.reason.value for hold in order.holds) or None,
            )
            for order in found
        ],
        whole=("order",),
    )


def _found(client: Client, account: str, order_ids: list[str], since: str | None, limit: int) -> list[Order]:
    if order_ids:
        return [client.get_order(account, GetOrder(order_id=order_id)) for order_id in order_ids]
    request = ListOrders(modified_from=moment(since)) if since else ListOrders()
    found: list[Order] = []
    for order in client.iter_orders(account, request):
        found.append(order)
        if len(found) == limit:
            break
    return found


def moment(text: str) -> datetime:
    """A moment as an operator writes it: an ISO time with its zone, or an age such as `36h` or `7d`.

    Raises:
        InvalidRequest: It is neither.
    """
    units = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
    if text[-1:] in units and text[:-1].isdigit():
        return datetime.now(UTC) - int(text[:-1]) * units[text[-1]]
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidRequest(
            f"{text} is neither a time nor an age", hint="write 2026-03-01T08:00Z, 36h or 7d"
        ) from None
    if found.tzinfo is None:
        raise InvalidRequest(f"{text} has no zone", hint=f"write {text}Z or {text}+08:00")
    return found
