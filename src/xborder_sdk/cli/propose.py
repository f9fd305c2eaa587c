"""`disputes propose`: a solution of the seller's, for the buyer to take or leave."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

import typer

from xborder_sdk.cli.disputes import Accounts, Kind, Number, ReturnTo, Yes, disputes_app, named, return_address
from xborder_sdk.cli.output import JsonFlag, err, out, show_json
from xborder_sdk.cli.session import session
from xborder_sdk.disputes import find_dispute, propose
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.models import Money, SolutionKind


def add_to(app: typer.Typer) -> None:  # noqa: ARG001 - it belongs to `disputes`, which is there already
    """Adds the command of this file."""
    disputes_app.command("propose")(propose_one)


def propose_one(
    number: Number,
    refund: Annotated[str, typer.Option("--refund", metavar="MONEY", help="What the buyer would get: 12.50USD.")],
    words: Annotated[str, typer.Option("--note", help="Words for the buyer.")],
    goods_back: Annotated[bool, typer.Option("--goods-back", help="Only once the goods have come back.")] = False,
    return_to: ReturnTo = None,
    account: Accounts = None,
    kind: Kind = None,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Offer the buyer a solution: a refund, or a refund for the goods. Shows it and asks."""
    amount = money(refund)
    solution = SolutionKind.RETURN_AND_REFUND if goods_back else SolutionKind.REFUND
    address = return_address(return_to)
    with session.client() as client:
        dispute = find_dispute(client, number, account, kind)
        if not yes:
            what = "once the goods have come back" if goods_back else "and keeps the goods"
            err.print(f"Propose for {named(dispute)}: the buyer gets {amount} {what}.", markup=False)
            err.print(f"  note  {words}", markup=False)
            typer.confirm("Send it?", abort=True, err=True)
        answer = propose(client, dispute, solution, amount, words, return_address=address)
    if as_json:
        show_json(answer)
    else:
        out.print(f"proposed for {dispute.kind.value} {number}; now: {answer.status.value}", markup=False)


def money(text: str) -> Money:
    """An amount as an operator writes it: `12.50USD`.

    Raises:
        InvalidRequest: It is none.
    """
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?) ?([A-Z]{3})", text.strip().upper())
    if match is None:
        raise InvalidRequest(f"{text} is no amount of money", hint="write 12.50USD")
    return Money(amount=Decimal(match[1]), currency=match[2])
