"""`messages` and `message`: what a buyer wrote, and an answer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from xborder_sdk.cli.completion import complete_account
from xborder_sdk.cli.output import JsonFlag, err, out, show_json, show_table
from xborder_sdk.cli.session import session
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.hookspecs import ListMessages, SendMessage
from xborder_sdk.models import Message

_MAX_BYTES = 64 * 1024
_FIRST = datetime.min.replace(tzinfo=UTC)

Account = Annotated[str, typer.Argument(help="Account of a shop.", autocompletion=complete_account)]
OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order it is about.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("messages")(messages)
    app.command("message")(message)


def messages(
    account: Account,
    order_id: OrderId,
    limit: Annotated[int, typer.Option(help="Most messages shown.", min=1)] = 50,
    as_json: JsonFlag = False,
) -> None:
    """Show the conversation with an order's buyer, oldest first."""
    found: list[Message] = []
    asked = ListMessages(order_id=order_id)
    with session.client() as client:
        while len(found) < limit:
            page = client.list_messages(account, asked)
            found.extend(page.items)
            if page.next is None:
                break
            asked = asked.replace(cursor=page.next)
    found = sorted(found[:limit], key=lambda one: one.sent_at or _FIRST)
    if as_json:
        show_json(found)
        return
    show_table(
        f"Messages about {order_id}",
        ("when", "who", "words"),
        [
            (
                f"{one.sent_at:%Y-%m-%d %H:%M %Z}" if one.sent_at else None,
                one.party.value,
                one.text if one.text is not None else f"({one.vendor_type or 'no text'})",
            )
            for one in found
        ],
    )


def message(
    account: Account,
    order_id: OrderId,
    text: Annotated[str | None, typer.Option("--text", help="The words.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A text file with the words, in UTF-8.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write to an order's buyer. Shows the words and asks; the same words go out once."""
    words = _words(text, file)
    with session.client() as client:
        if not yes:
            err.print(words, markup=False, highlight=False)
            typer.confirm(f"Send this to the buyer of {order_id}?", abort=True, err=True)
        sent = client.send_message(account, SendMessage(order_id=order_id, text=words))
    if as_json:
        show_json(sent)
    else:
        out.print(f"sent to the buyer of {order_id}", markup=False)


def _words(text: str | None, file: Path | None) -> str:
    if (text is None) == (file is None):
        raise InvalidRequest("give the words with --text or with --file")
    if file is not None:
        try:
            with file.open("rb") as opened:
                content = opened.read(_MAX_BYTES + 1)
            text = content.decode("utf-8-sig")
        except OSError as error:
            raise InvalidRequest(f"{file} cannot be read ({type(error).__name__})") from None
        except UnicodeDecodeError:
            raise InvalidRequest(f"{file} is no text in UTF-8") from None
        if len(content) > _MAX_BYTES:
            raise InvalidRequest(f"{file} has more than {_MAX_BYTES} bytes")
    words = (text or "").strip()
    if not words:
        raise InvalidRequest("there are no words to send")
    return words
