"""A running sandbox: started in a process of its own, and spoken to through its admin API."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xborder_sdk.errors import ConfigurationError

_START_S = 20.0
_ANSWER_BYTES = 4 * 1024 * 1024


def require_sandbox() -> None:
    """Refuses to go on without the sandbox.

    Raises:
        ConfigurationError: It is not installed.
    """
    if find_spec("xborder_sandbox") is None:
        raise ConfigurationError("the sandbox is not installed", hint="run: pip install xborder-sandbox")


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
    require_sandbox()
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
