"""`forget` and `purge`: what is held of buyers, removed by name or by age."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from xborder_sdk.cli.completion import complete_account
from xborder_sdk.cli.output import ExitCode, JsonFlag, err, out, show_json
from xborder_sdk.cli.session import session
from xborder_sdk.errors import InvalidRequest, UnknownAccount
from xborder_sdk.privacy import Forgotten, Holdings, parse_period, privacy_config

YesFlag = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("forget")(forget)
    app.command("purge")(purge)


def forget(
    account: Annotated[str, typer.Argument(help="Account of the shop.", autocompletion=complete_account)],
    order_ids: Annotated[list[str] | None, typer.Argument(metavar="[ORDER_ID]...", help="Orders to forget.")] = None,
    buyer: Annotated[
        list[str] | None, typer.Option(help="The platform's id of a buyer, all of whose orders are forgotten.")
    ] = None,
    yes: YesFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Remove what is held of a buyer: addresses, plans, labels, stored answers. It cannot be undone.

    Order numbers, waybills, prices and what was done when stay. So do printed sheets in a printer's folder.
    """
    orders, buyers = tuple(order_ids or ()), tuple(buyer or ())
    if not orders and not buyers:
        raise InvalidRequest("say whom to forget", hint="name orders, or --buyer ID")
    with session.client() as client:
        if account not in client.account_names():
            raise UnknownAccount(f"there is no account named {account}", hint="list them with: xborder accounts")
        with Holdings.of(client) as holdings:
            found = dict.fromkeys([*((account, order) for order in orders), *holdings.orders_of(account, buyers)])
            if not yes and found:
                listed = ", ".join(order for _, order in found)
                typer.confirm(f"Forget the buyer of {len(found)} orders ({listed}) for good?", abort=True, err=True)
            forgotten = holdings.forget(account, order_ids=orders, buyer_ids=buyers)
    _show(forgotten, as_json)


def purge(
    older_than: Annotated[
        str | None,
        typer.Option(help="Age, such as 90d, 12w or 36h; without it retention_days of the configuration's [privacy]."),
    ] = None,
    yes: YesFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Remove what is held of the buyers of orders that ended long ago. It cannot be undone.

    Meant to be run by a timer, with --yes.
    """
    config = session.config()
    days = privacy_config(config).retention_days
    if older_than is None and days is None:
        raise InvalidRequest("say how old", hint="--older-than 90d, or retention_days in the configuration's [privacy]")
    period = parse_period(older_than if older_than is not None else f"{days}d")
    with session.client() as client, Holdings.of(client) as holdings:
        before = client.clock.now() - period
        if not yes:
            typer.confirm(
                f"Remove buyers of orders that ended before {before:%Y-%m-%d %H:%M} UTC?", abort=True, err=True
            )
        forgotten = holdings.purge(before)
    _show(forgotten, as_json)


def _show(forgotten: Forgotten, as_json: bool) -> None:
    if as_json:
        facts = asdict(forgotten)
        facts["orders"] = [{"account": account, "order_id": order_id} for account, order_id in forgotten.orders]
        show_json(facts)
    else:
        out.print(
            f"{forgotten.stored_orders} orders, {forgotten.files} files and {forgotten.answers} stored answers are gone"
        )
    if forgotten.still_open:
        err.print("Kept, for nobody knows what became of them. Settle them (xborder review), then forget again:")
        for intent in forgotten.still_open:
            err.print(f"  {intent}", markup=False)
        raise typer.Exit(ExitCode.DOUBT)
