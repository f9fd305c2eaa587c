"""`sandbox` and `demo`: simulated vendors on this machine, and the main job run on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from xborder_sdk.cli.output import note
from xborder_sdk.errors import ConfigurationError

_START_S = 20.0
_ANSWER_BYTES = 4 * 1024 * 1024


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("demo")(demo)
    app.command("sandbox")(sandbox)


def _require_sandbox() -> None:
    if find_spec("xborder_sandbox") is None:
        raise ConfigurationError("the sandbox is not installed", hint="run: pip install xborder-sandbox")


def sandbox(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=0, max=65535)] = 8700,
    scenario: Annotated[str, typer.Option(help="empty, demo or bulk.")] = "demo",
    seed: Annotated[int, typer.Option(help="Seed of everything invented.")] = 1,
) -> None:
    """Serve simulated vendors on this machine until interrupted. They check what the real ones check."""
    _require_sandbox()
    command = [sys.executable, "-m", "xborder_sandbox", "--port", str(port), "--scenario", scenario]
    # In place of this process, so that whatever stops the command stops the server.
    os.execv(sys.executable, [*command, "--seed", str(seed)])  # noqa: S606 - our own module


class SandboxServer:
    """A running sandbox, spoken to through its admin API.

    Attributes:
        url: Where it serves, on loopback.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        # No proxy of the environment has any business with loopback.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str) -> Any:
        """A JSON answer of the admin API."""
        with self._opener.open(f"{self.url}/_admin/{path}", timeout=10) as answer:
            return json.loads(answer.read(_ANSWER_BYTES))

    def post(self, path: str, body: dict[str, object]) -> Any:
        """A JSON answer of the admin API to a JSON body."""
        request = urllib.request.Request(  # noqa: S310 - loopback, our own process
            f"{self.url}/_admin/{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with self._opener.open(request, timeout=30) as answer:
            return json.loads(answer.read(_ANSWER_BYTES))

    def advance(self, seconds: float) -> None:
        """Moves the sandbox's clock forward."""
        self.post("clock", {"advance": seconds})


@contextmanager
def serving(scenario: str, seed: int) -> Iterator[SandboxServer]:
    """Starts a sandbox on a free port in a process of its own, and stops it afterwards.

    Raises:
        ConfigurationError: It is not installed or does not start.
    """
    _require_sandbox()
    with tempfile.TemporaryDirectory(prefix="xborder-sandbox-") as folder:
        ready = Path(folder) / "url"
        command = [sys.executable, "-m", "xborder_sandbox", "--port", "0", "--scenario", scenario]
        command += ["--seed", str(seed), "--ready-file", str(ready)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603
        try:
            yield SandboxServer(_url_when_ready(process, ready))
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stderr is not None:
                process.stderr.close()


def _url_when_ready(process: subprocess.Popen[bytes], ready: Path) -> str:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        if ready.exists() and (url := ready.read_text(encoding="utf-8").strip()):
            return url
        if process.poll() is not None:
            said = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
            raise ConfigurationError(f"the sandbox did not start: {said.splitlines()[-1] if said else 'no message'}")
        time.sleep(0.02)
    raise ConfigurationError(f"the sandbox did not start within {_START_S:g} s")


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
