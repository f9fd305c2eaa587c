"""`hand-over`: parcels leave the house."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from xborder_sdk.cli.completion import complete_account
from xborder_sdk.cli.fulfil import show_run
from xborder_sdk.cli.output import ExitCode, JsonFlag, show_json, show_table
from xborder_sdk.cli.output import note as say
from xborder_sdk.cli.session import session
from xborder_sdk.fulfilment import Fulfilment, HandOverRow, Manner
from xborder_sdk.fulfilment import Progress as Happening
from xborder_sdk.models import HandOverMethod, HoldReason


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("hand-over")(hand_over)


def hand_over(
    account: Annotated[str, typer.Argument(help="Account of a carrier.", autocompletion=complete_account)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go; ask and tell nobody.")] = False,
    method: Annotated[
        HandOverMethod | None, typer.Option(help="How they come; without it as the account's settings say.")
    ] = None,
    domestic_carrier: Annotated[
        str | None, typer.Option(help="For posted: the courier that takes them to the carrier's warehouse.")
    ] = None,
    domestic_number: Annotated[str | None, typer.Option(help="For posted: that courier's number.")] = None,
    note: Annotated[str | None, typer.Option(help="Words for the carrier.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Hand over the parcels of a carrier that are printed and still here, each once.

    Every order is read again first: one that was cancelled stays behind. The list to sign and the label of the bag are
    kept beside the labels, and printed where there is a printer. Stop it anywhere and start it again.
    """
    manner = Manner(method, domestic_carrier, domestic_number, note)
    happened: list[Happening] = []
    with session.client() as client, Fulfilment.of(client) as fulfilment:
        before = {row.id for row in fulfilment.hand_overs(account) if row.state.is_finished}

        def watched() -> Iterator[Happening]:
            for happening in fulfilment.hand_over(account, manner, dry_run=dry_run):
                happened.append(happening)
                yield happening

        show_run(watched(), quiet=as_json)
        rows = [row for row in fulfilment.hand_overs(account) if row.id not in before]
    if as_json:
        parcels = [{"account": one.account, "order_id": one.order_id, "detail": one.detail} for one in happened]
        show_json({"hand_overs": [_facts(row) for row in rows], "happened": parcels})
    elif rows:
        show_table(
            "Handed over",
            ("number", "bag", "state", "taken", "left out", "papers"),
            [
                (
                    row.confirmation,
                    row.bag_number,
                    row.state.value,
                    len(row.taken),
                    len(row.not_taken),
                    ", ".join(row.files) or None,
                )
                for row in rows
            ],
        )
    elif not happened:
        say(f"nothing waits to be handed over to {account}")
    if any(hold.reason is HoldReason.OUTCOME_UNKNOWN for one in happened for hold in one.holds):
        raise typer.Exit(ExitCode.DOUBT)
    if any(one.failed for one in happened):
        raise typer.Exit(ExitCode.FAILED)


def _facts(row: HandOverRow) -> dict[str, object]:
    return {
        "account": row.account,
        "state": row.state.value,
        "confirmation": row.confirmation,
        "bag_number": row.bag_number,
        "taken": list(row.taken),
        "not_taken": dict(row.not_taken),
        "files": list(row.files),
        "detail": row.detail,
    }
