"""The command itself: options before the commands, the list of commands, and how errors end it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ValidationError

from xborder_sdk import __version__, hookspecs
from xborder_sdk.cli import (
    accounts,
    disputes,
    effects,
    fulfil,
    hand_over,
    login,
    messages,
    orders,
    plan,
    privacy,
    propose,
    record,
    sandbox,
    shipping,
)
from xborder_sdk.cli.output import ExitCode, err, show_error
from xborder_sdk.cli.session import session
from xborder_sdk.errors import InvalidRequest, XborderError
from xborder_sdk.runtime.redaction import fields_at_fault

app = typer.Typer(
    name="xborder",
    help="Cross-border fulfilment from the terminal: orders, labels, tracking, over every shop and carrier.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"xborder_sdk {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    config: Annotated[
        Path | None, typer.Option(help="Configuration file instead of XBORDER_CONFIG or ./xborder.toml.")
    ] = None,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    session.config_path = config


_COMMANDS = (
    sandbox,
    accounts,
    login,
    orders,
    messages,
    shipping,
    plan,
    fulfil,
    hand_over,
    disputes,
    propose,
    effects,
    record,
    privacy,
)
for module in _COMMANDS:
    module.add_to(app)

_INTERRUPTED = "Interrupted. Nothing is lost: run the same command again to go on."
_DECLINED = "\nNot confirmed: nothing was done. Where nobody can answer, --yes does."


def _is_of_a_request(error: ValidationError) -> bool:
    """Whether what was typed made a request that cannot be: an empty text, for one. Else the fault is ours."""
    model = getattr(hookspecs, error.title, None)
    return isinstance(model, type) and issubclass(model, BaseModel)


def run() -> int:
    """Runs the command and returns its exit code."""
    try:
        ended = app(standalone_mode=False)
    except XborderError as error:
        return int(show_error(error, as_json="--json" in sys.argv))
    except typer.Exit as leaving:
        return int(leaving.exit_code)
    except typer.Abort as aborted:
        # Ctrl-C in the middle is its cause; at a question, or where nobody can answer one, it has none.
        err.print(_INTERRUPTED if aborted.__cause__ is not None else _DECLINED)
        return int(ExitCode.INTERRUPTED)
    except KeyboardInterrupt:
        err.print(_INTERRUPTED)
        return int(ExitCode.INTERRUPTED)
    except ValidationError as error:
        if not _is_of_a_request(error):
            raise
        return int(
            show_error(InvalidRequest(f"this cannot be asked: {fields_at_fault(error)}"), as_json="--json" in sys.argv)
        )
    except BrokenPipeError:
        sys.stderr.close()
        return int(ExitCode.DONE)
    except Exception as error:
        # Releases of typer differ in whose click they raise from, their own or the installed one: told by its shape.
        show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
        if callable(show) and isinstance(code, int):
            show()
            return code
        raise
    return ended if isinstance(ended, int) else int(ExitCode.DONE)
