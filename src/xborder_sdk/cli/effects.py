"""`review`: effects that nobody knows the outcome of, and how a person ends the doubt."""

from __future__ import annotations

from typing import Annotated

import typer

from xborder_sdk.cli.output import ExitCode, JsonFlag, err, out, show_json, show_table
from xborder_sdk.cli.session import session
from xborder_sdk.client import Client
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.ledger.port import EffectRecord


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("review")(review)


def review(
    number: Annotated[int | None, typer.Argument(help="Number of the doubt to settle, from the list.")] = None,
    happened: Annotated[str | None, typer.Option(help="It happened; the vendor's number, such as the waybill.")] = None,
    not_happened: Annotated[
        bool, typer.Option("--not-happened", help="It did not happen; it may be tried anew.")
    ] = False,
    by: Annotated[str, typer.Option(help="Who decides, for the record.")] = "operator",
    as_json: JsonFlag = False,
) -> None:
    """List effects whose outcome is unknown, and settle one.

    Look the reference up at the vendor first. Saying that something did not happen lets it be bought again.
    """
    with session.client() as client:
        doubts = list(client.store.doubts())
        if number is None:
            _list(doubts, as_json)
            return
        if not 1 <= number <= len(doubts):
            raise InvalidRequest(f"there is no doubt number {number}", hint=f"there are {len(doubts)}")
        if (happened is None) == (not not_happened):
            raise InvalidRequest("say what happened", hint="--happened NUMBER, or --not-happened")
        settled = _settle(client, doubts[number - 1], happened, by)
    if as_json:
        show_json(_facts(settled))
    else:
        out.print(f"{settled.intent} is {settled.state.value}", markup=False)


def _settle(client: Client, doubt: EffectRecord, happened: str | None, by: str) -> EffectRecord:
    return client.store.resolve(
        doubt.intent,
        doubt.attempt,
        happened=happened is not None,
        outcome_id=happened,
        resolved_by=by,
        reason="decided by a person",
    )


def _list(doubts: list[EffectRecord], as_json: bool) -> None:
    if as_json:
        show_json([_facts(doubt) for doubt in doubts])
    elif not doubts:
        out.print("Nothing to review.")
    else:
        show_table(
            "To review",
            ("no", "account", "operation", "what is meant", "reference", "sent", "why"),
            [
                (
                    index,
                    doubt.account,
                    doubt.operation,
                    doubt.intent,
                    doubt.reference,
                    f"{doubt.sent_at:%Y-%m-%d %H:%M} UTC" if doubt.sent_at else None,
                    doubt.reason or doubt.state.value,
                )
                for index, doubt in enumerate(doubts, start=1)
            ],
        )
        err.print("Settle one with: xborder review NO --happened WAYBILL, or --not-happened")
    if doubts:
        raise typer.Exit(ExitCode.DOUBT)


def _facts(record: EffectRecord) -> dict[str, object]:
    return {
        "intent": record.intent,
        "attempt": record.attempt,
        "state": record.state.value,
        "account": record.account,
        "operation": record.operation,
        "reference": record.reference,
        "sent_at": record.sent_at,
        "reason": record.reason,
        "outcome_id": record.outcome_id,
        "resolved_by": record.resolved_by,
    }
