"""`fulfil`, `follow`, `holds`: the main job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from xborder_sdk.cli.completion import complete_account
from xborder_sdk.cli.files import read_label
from xborder_sdk.cli.output import ExitCode, JsonFlag, out, show_json, show_table
from xborder_sdk.cli.session import session
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.fulfilment import Fulfilment, WorkRow, WorkState
from xborder_sdk.fulfilment import Progress as Happening
from xborder_sdk.models import Document, HoldReason

_COLOURS = {
    WorkState.HELD: "yellow",
    WorkState.DELIVERED: "green",
    WorkState.STOPPED: "red",
}


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("fulfil")(fulfil)
    app.command("follow")(follow)
    app.command("holds")(holds)
    app.command("decide")(decide)


def fulfil(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Pull, check and plan only; show what would be bought.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Pull paid orders, check, buy, label, print and tell the shop. Stop it anywhere and start it again.

    Orders that must not ship are held; `xborder holds` says why. Nothing is bought twice.
    """
    with session.client() as client, Fulfilment.of(client) as fulfilment:
        ran = show_run(fulfilment.run(dry_run=dry_run), quiet=as_json)
        rows = fulfilment.rows()
        show_rows(
            rows if dry_run else [row for row in rows if row.key in ran.touched or not row.state.is_final], as_json
        )
        doubts = any(hold.reason is HoldReason.OUTCOME_UNKNOWN for row in rows for hold in row.holds)
    if doubts:
        raise typer.Exit(ExitCode.DOUBT)
    ran.end()


def follow(as_json: JsonFlag = False) -> None:
    """Ask the carriers where the parcels are."""
    with session.client() as client, Fulfilment.of(client) as fulfilment:
        ran = show_run(fulfilment.follow(), quiet=as_json)
        show_rows([row for row in fulfilment.rows() if row.waybill is not None], as_json)
    ran.end()


def holds(as_json: JsonFlag = False) -> None:
    """List the orders that are held, with every reason and its repair."""
    with session.client() as client, Fulfilment.of(client) as fulfilment:
        held = [(row, fulfilment.work.holds(row.key)) for row in fulfilment.held_rows()]
    if as_json:
        show_json([{"account": row.account, "order_id": row.order_id, "holds": list(found)} for row, found in held])
        return
    show_holds([row for row, _ in held])


class Decision(StrEnum):
    """What an operator can decide for an order."""

    RETRY = "retry"
    STOP = "stop"
    SUPPLY_LABEL = "supply-label"
    SUPPLY_NUMBER = "supply-number"
    BUY_AGAIN = "buy-again"
    CONFIRM_PRINTED = "confirm-printed"
    PRINT_AGAIN = "print-again"


def decide(
    account: Annotated[str, typer.Argument(help="Account of the shop.", autocompletion=complete_account)],
    order_id: Annotated[str, typer.Argument(help="The order.")],
    decision: Annotated[Decision, typer.Argument(help="What to do.")],
    reason: Annotated[str | None, typer.Option(help="For stop: why, without buyer data.")] = None,
    label: Annotated[Path | None, typer.Option(help="For supply-label: the label, a PDF, PNG or ZPL file.")] = None,
    number: Annotated[str | None, typer.Option(help="For supply-number: the number the buyer follows.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="For buy-again: do not ask.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Decide for one order: look again, stop, give its label or number, buy or print it again on purpose.

    The next `xborder fulfil` carries it out.
    """
    with session.client() as client, Fulfilment.of(client) as fulfilment:
        match decision:
            case Decision.RETRY:
                row = fulfilment.retry(account, order_id)
            case Decision.STOP:
                if reason is None:
                    raise InvalidRequest("say why the order is stopped", hint="--reason")
                row = fulfilment.stop(account, order_id, reason)
            case Decision.SUPPLY_LABEL:
                row = fulfilment.supply_label(account, order_id, _label(label))
            case Decision.SUPPLY_NUMBER:
                if number is None:
                    raise InvalidRequest("say which number the buyer follows", hint="--number")
                row = fulfilment.supply_number(account, order_id, number)
            case Decision.BUY_AGAIN:
                if not yes:
                    typer.confirm(f"Buy a second shipment for {order_id}?", abort=True, err=True)
                row = fulfilment.buy_again(account, order_id)
            case Decision.CONFIRM_PRINTED:
                row = fulfilment.confirm_printed(account, order_id)
            case Decision.PRINT_AGAIN:
                row = fulfilment.print_again(account, order_id)
    if as_json:
        show_json(_facts(row))
    else:
        out.print(f"{row.order_id}: {row.state.value}, {row.detail}", markup=False)


def _label(path: Path | None) -> Document:
    if path is None:
        raise InvalidRequest("name the label's file", hint="--label")
    return read_label(path)


@dataclass(slots=True)
class Ran:
    """What a run came to.

    Attributes:
        touched: The orders that something happened to.
        failed: Whether something did not work, such as a vendor that could not be reached.
    """

    touched: set[tuple[str, str]] = field(default_factory=set)
    failed: bool = False

    def add(self, happening: Happening) -> None:
        """Counts one happening."""
        self.failed |= happening.failed
        if happening.order_id is not None:
            self.touched.add((happening.account, happening.order_id))

    def end(self) -> None:
        """Ends the command as one that was refused or reached nobody, if it was."""
        if self.failed:
            raise typer.Exit(ExitCode.FAILED)


def show_run(happenings: Iterable[Happening], *, quiet: bool = False) -> Ran:
    """Draws a run while it goes on: a bar in a terminal, a line each in a pipe, nothing where `quiet`."""
    ran = Ran()
    if quiet or not out.is_terminal:
        for happening in happenings:
            ran.add(happening)
            if not quiet:
                out.print(_line(happening), markup=False)
        return ran
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<9}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True) as bars:
        tasks: dict[str, Any] = {}
        for happening in happenings:
            ran.add(happening)
            step = happening.step.value
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=happening.total)
            bars.update(tasks[step], completed=happening.done, total=happening.total)
            if happening.detail:
                colour = _COLOURS.get(happening.state) if happening.state else None
                bars.console.print(_line(happening), markup=False, style=colour)
    return ran


def _line(happening: Happening) -> str:
    where = happening.order_id or happening.account
    reasons = sorted({hold.reason.value for hold in happening.holds})
    held = f" [{', '.join(reasons)}]" if reasons else ""
    return f"{happening.step.value:<9} {where:<16} {happening.detail}{held}"


def show_rows(rows: Sequence[WorkRow], as_json: bool) -> None:
    """A table with a line per order, and the held ones with their reasons under it."""
    if as_json:
        show_json([_facts(row) for row in rows])
        return
    show_table(
        "Orders",
        ("shop", "order", "state", "to", "carrier", "service", "price", "number", "last"),
        [
            (
                row.account,
                row.display_id or row.order_id,
                row.state.value,
                row.country,
                row.carrier,
                row.service_name or row.service,
                row.price,
                row.number or row.waybill,
                row.tracking.value if row.tracking and row.state is not WorkState.DELIVERED else None,
            )
            for row in rows
        ],
        [_COLOURS.get(row.state) for row in rows],
        whole=("order", "state", "number"),
    )
    show_holds([row for row in rows if row.holds])
    states = Counter(row.state.value for row in rows)
    if states:
        out.print(", ".join(f"{count} {state}" for state, count in sorted(states.items())), markup=False)


def show_holds(rows: Sequence[WorkRow]) -> None:
    """The reasons of held orders, one line each."""
    if not rows:
        return
    show_table(
        "Held",
        ("order", "reason", "what", "repair"),
        [
            (row.display_id or row.order_id, hold.reason.value, hold.detail, hold.repair)
            for row in rows
            for hold in row.holds
        ],
        whole=("order", "reason"),
    )


def _facts(row: WorkRow) -> dict[str, Any]:
    return {
        "account": row.account,
        "order_id": row.order_id,
        "state": row.state.value,
        "detail": row.detail,
        "country": row.country,
        "carrier": row.carrier,
        "service": row.service,
        "price": None if row.price is None else row.price.model_dump(mode="json"),
        "waybill": row.waybill,
        "number": row.number,
        "tracking": row.tracking.value if row.tracking else None,
        "handed_over_at": row.handed_over_at.isoformat() if row.handed_over_at else None,
        "hand_over": row.hand_over,
        "notice": row.notice.value if row.notice else None,
        "files": list(row.files),
        "holds": [hold.model_dump(mode="json", exclude={"proposal"}) for hold in row.holds],
    }
