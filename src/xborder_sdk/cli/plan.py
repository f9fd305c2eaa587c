"""`plan`: what would be bought, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from xborder_sdk.cli.fulfil import show_rows, show_run
from xborder_sdk.cli.output import JsonFlag, note, out, show_json, show_table
from xborder_sdk.cli.session import session
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.fulfilment import Explanation, Fulfilment, WorkRow


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("plan")(plan)


def plan(
    why: Annotated[
        str | None, typer.Option(help="Say why this order got its service, or none, and ask nobody.", metavar="ORDER")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Pull paid orders, check and plan them. Nothing is bought.

    With --why: each rule that was looked at and each offer, as it was when the order was planned.
    """
    with session.client() as client, Fulfilment.of(client) as fulfilment:
        if why is None:
            ran = show_run(fulfilment.planning(), quiet=as_json)
            show_rows(fulfilment.open_rows(), as_json)
            ran.end()
            return
        row = _row(fulfilment, why)
        found = fulfilment.why(row.account, row.order_id)
    if found is None:
        raise InvalidRequest(f"{why} was not planned yet", hint="run: xborder plan")
    if as_json:
        show_json(
            {"account": row.account, "order_id": row.order_id, "state": row.state.value} | found.model_dump(mode="json")
        )
    else:
        show_explanation(row, found)


def _row(fulfilment: Fulfilment, order_id: str) -> WorkRow:
    found = [row for row in fulfilment.rows() if order_id in {row.order_id, row.display_id}]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidRequest(f"{order_id} is an order of several accounts", hint="name it by its own id")
    raise InvalidRequest(f"there is no order {order_id}", hint="run: xborder plan")


def show_explanation(row: WorkRow, found: Explanation) -> None:
    """Why an order got its service, as tables."""
    out.print(f"{row.display_id or row.order_id} to {row.country or 'nowhere'}: {found.reason}", markup=False)
    if found.rules:
        rows = [(rule.name, "yes" if rule.matched else "no", rule.because) for rule in found.rules]
        show_table("Rules", ("rule", "fits", "because"), rows, ["green" if r.matched else None for r in found.rules])
    offers = sorted(found.offers, key=lambda offer: not offer.chosen)
    if offers:
        show_table(
            "Offers",
            ("account", "service", "name", "price", "days", "chargeable g", "chosen", "because"),
            [
                (
                    offer.account,
                    offer.service,
                    offer.service_name,
                    offer.price or "no price",
                    offer.transit_days,
                    offer.chargeable_weight_g,
                    "yes" if offer.chosen else "no",
                    offer.because,
                )
                for offer in offers
            ],
            ["green" if offer.chosen else None for offer in offers],
        )
    if found.left_out:
        show_table("Without an offer", ("account", "because"), [(one.account, one.because) for one in found.left_out])
    if found.cost_difference is not None:
        out.print(f"Against what the buyer chose: {found.cost_difference}", markup=False)
    for warning in found.warnings:
        note(warning)
