"""`sandbox` and `demo`: simulated vendors on this machine, and the main job run on them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from xborder_sdk.cli.output import note
from xborder_sdk.cli.sandbox_server import require_sandbox, serving


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("demo")(demo)
    app.command("sandbox")(sandbox)


def sandbox(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=0, max=65535)] = 8700,
    scenario: Annotated[str, typer.Option(help="empty, demo or bulk.")] = "demo",
    seed: Annotated[int, typer.Option(help="Seed of everything invented.")] = 1,
) -> None:
    """Serve simulated vendors on this machine until interrupted. They check what the real ones check."""
    require_sandbox()
    command = [sys.executable, "-m", "xborder_sandbox", "--port", str(port), "--scenario", scenario]
    # In place of this process, so that whatever stops the command stops the server.
    os.execv(sys.executable, [*command, "--seed", str(seed)])  # noqa: S606 - our own module


def demo(
    folder: Annotated[Path, typer.Option("--out", help="Folder for labels and work.")] = Path("out/demo"),
    seed: Annotated[int, typer.Option(help="Seed of everything invented.")] = 1,
    printer: Annotated[
        str | None, typer.Option(metavar="URI", help="Print on this IPP printer, such as ipp://192.168.1.40/ipp/print.")
    ] = None,
    media: Annotated[
        str | None, typer.Option(help="What is in the printer, such as thermal-100x150-203dpi; without it A4.")
    ] = None,
) -> None:
    """Run the main job on the sandbox: pull the orders, check, buy labels, print, tell the shop, follow to the door,
    and contest a dispute with what the delivery proves."""
    from xborder_sdk.cli.demo import run_demo

    note("Everything here is invented and stays on this machine.")
    with serving("demo", seed) as server:
        run_demo(server, folder, printer, media)
