"""A headless Chromium spoken to over its own pipe, in the DevTools protocol: no driver, no port, no foreign package."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    "--window-size=1280,1000",
    "--remote-debugging-pipe",
]
PATIENCE_S = 30.0


def find() -> str | None:
    """The browser of this machine, or None."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


class Page:
    """One tab.

    Attributes:
        problems: What the page's script could not do, and what its policy forbade.
        asked: Every address it loaded something from.
    """

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self.problems: list[str] = []
        self.asked: list[str] = []
        target = self._do("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._do(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Opens an address and waits until the page says that it is ready."""
        self._do("Page.navigate", url=url)
        self.wait("document.body && document.body.dataset.ready === 'yes'")

    def eval(self, script: str) -> Any:
        """What an expression gives; a promise is waited for."""
        found = self._do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"])
        return found["result"].get("value")

    def wait(self, condition: str) -> None:
        """Asks until an expression is true."""
        until = time.monotonic() + PATIENCE_S
        while not self.eval(condition):
            assert time.monotonic() < until, f"never true: {condition}"

    def screenshot(self) -> bytes:
        """The page as a PNG."""
        shot = self._do("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def _do(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            self._note(answer)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                found: dict[str, Any] = answer["result"]
                return found

    def _note(self, event: dict[str, Any]) -> None:
        match event.get("method"):
            case "Runtime.exceptionThrown":
                self.problems.append(json.dumps(event["params"]["exceptionDetails"]))
            case "Log.entryAdded":
                self.problems.append(event["params"]["entry"]["text"])
            case "Network.requestWillBeSent":
                self.asked.append(event["params"]["request"]["url"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], PATIENCE_S)
            assert ready, "the browser says nothing"
            part = os.read(self._from, 65536)
            assert part, "the browser has gone"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextmanager
def browsing(binary: str) -> Iterator[Page]:
    """Starts the browser with a profile of its own, and ends it and all it started afterwards."""
    read_by_browser, to_browser = os.pipe()
    from_browser, written_by_browser = os.pipe()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        # The browser reads from descriptor 3 and writes to 4; the shell puts ours there.
        command = f'exec "$@" 3<&{read_by_browser} 4>&{written_by_browser}'
        process = subprocess.Popen(
            ["/bin/bash", "-c", command, "bash", binary, *FLAGS, f"--user-data-dir={Path(folder) / 'profile'}"],
            pass_fds=(read_by_browser, written_by_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(read_by_browser)
        os.close(written_by_browser)
        try:
            yield Page(to_browser, from_browser)
        finally:
            os.close(to_browser)
            os.close(from_browser)
            try:
                process.wait(5)  # it ends when its pipe does
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
