"""The demo's time: the sandbox's clock and the client's, turned together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from xborder_sdk.cli.sandbox_server import SandboxServer
from xborder_sdk.runtime.account import Clock


class DemoTime:
    """Real time plus what it was turned on by, here and in the sandbox.

    Args:
        server: The sandbox.
    """

    def __init__(self, server: SandboxServer) -> None:
        self._server = server
        self._ahead = timedelta()

    @property
    def clock(self) -> Clock:
        """Both clocks of the client."""
        return Clock(now=self.now)

    def now(self) -> datetime:
        """The present of the demo."""
        return datetime.now(UTC) + self._ahead

    def pass_(self, seconds: float) -> None:
        """Turns both clocks on."""
        self._server.advance(seconds)
        self._ahead += timedelta(seconds=seconds)
