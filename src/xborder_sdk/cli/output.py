"""What the operator sees: tables and colour in a terminal, plain lines in a pipe, JSON on request.

Exit codes are documented here and nowhere else:

    0    done
    1    a vendor refused, failed or could not be reached, or a printer did not print
    2    the command was called in a way that cannot work
    3    something is set up wrong
    4    an effect's outcome is unknown: see `xborder review`
    5    disputes are due within the time asked for (`xborder disputes --due`)
    130  interrupted; run the same command again to go on
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from xborder_sdk.cli.hints_zh import headline, speaks_chinese, translated
from xborder_sdk.errors import ConfigurationError, EffectError, UsageError, XborderError

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


class ExitCode(IntEnum):
    """How a command ends."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    DOUBT = 4
    DUE = 5
    INTERRUPTED = 130


_NOTHING = "-"

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def exit_code(error: XborderError) -> ExitCode:
    """The exit code of an error."""
    if isinstance(error, EffectError):
        return ExitCode.DOUBT
    if isinstance(error, ConfigurationError):
        return ExitCode.CONFIGURATION
    if isinstance(error, UsageError):
        return ExitCode.USAGE
    return ExitCode.FAILED


def show_error(error: XborderError, *, as_json: bool = False) -> ExitCode:
    """Prints an error to standard error: what happened, where, and what to do; in Chinese too where that is spoken."""
    if as_json:
        err.print_json(json.dumps(error.facts(), default=str))
        return exit_code(error)
    place = ", ".join(part for part in (error.account, error.operation) if part)
    head = f"[bold red]{type(error).__name__}[/bold red]"
    err.print(f"{head}{f' ({place})' if place else ''}: ", end="")
    err.print(error.message, markup=False)
    in_chinese = speaks_chinese() and _can_show("中")
    if in_chinese and (words := headline(type(error))):
        err.print(f"  {words}", markup=False)
    if error.hint:
        err.print(f"  -> {error.hint}", markup=False)
        if in_chinese and (words := translated(error.hint)):
            err.print(f"  -> {words}", markup=False)
    return exit_code(error)


def _can_show(text: str) -> bool:
    try:
        text.encode(err.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def show_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    colours: Sequence[str | None] = (),
    whole: Sequence[str] = (),
) -> None:
    """Prints rows: a drawn table in a terminal, without its empty columns; tab-separated lines with a head in a pipe.

    Args:
        title: What it shows.
        columns: Heads.
        rows: Cells; None shows as a dash.
        colours: A colour for each row in a terminal; without it none.
        whole: Columns never broken over lines, however narrow the terminal: what an operator copies.
    """
    if not out.is_terminal:
        lines = ["\t".join(columns)]
        lines += ["\t".join(_plain(cell) for cell in row) for row in rows]
        sys.stdout.write("\n".join(lines) + "\n")
        return
    table = Table(title=escape(title), title_justify="left", header_style="bold", box=None, pad_edge=False)
    shown = [[_plain(cell) for cell in row] for row in rows]
    filled = [place for place in range(len(columns)) if not shown or any(row[place] != _NOTHING for row in shown)]
    for place in filled:
        is_whole = columns[place] in whole
        widest = max((cell_len(row[place]) for row in shown), default=0) if is_whole else None
        table.add_column(columns[place], overflow="fold", no_wrap=is_whole, min_width=widest)
    for number, row in enumerate(shown):
        colour = colours[number] if number < len(colours) else None
        table.add_row(*(Text(row[place]) for place in filled), style=colour)  # brackets of others are no styles of ours
    out.print(table)


def show_json(value: Any) -> None:
    """Prints JSON, models included, without raw vendor data."""
    text = json.dumps(_jsonable(value), ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """A remark beside the result; goes to standard error, so that a pipe stays clean."""
    err.print(text, markup=False, style="dim")


def _plain(cell: object) -> str:
    if cell is None:
        return _NOTHING
    text = str(cell)
    return " ".join(text.split()) if "\n" in text or "\t" in text else text


def _jsonable(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_jsonable(item) for item in value]
    return value
