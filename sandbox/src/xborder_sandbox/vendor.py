"""What the sandbox expects of a vendor's simulator."""

from __future__ import annotations

from typing import Protocol

from starlette.types import ASGIApp

from xborder_sandbox.requests import Json

SCENARIOS = ("empty", "demo", "bulk")


class Vendor(Protocol):
    """A simulator. Its package has a function `simulator(world) -> Vendor`."""

    @property
    def name(self) -> str:
        """The first segment of its paths, such as `ebay`."""

    @property
    def app(self) -> ASGIApp:
        """What is mounted at `/<name>`; the next segment of the path stands for one host of the vendor."""

    def load(self, scenario: str) -> None:
        """Fill the state for one of `SCENARIOS`."""

    def reset(self) -> None:
        """Empty the state and draw the credentials anew from the world's seed."""

    def state(self) -> dict[str, Json]:
        """Return a picture of the state."""

    def accounts(self) -> list[dict[str, Json]]:
        """Return ready-made accounts: `{"name", "connector", "settings"}`."""

    def tick(self) -> None:
        """The clock was moved."""

    def admin(self, action: str, body: dict[str, Json]) -> dict[str, Json]:
        """Do a vendor's own admin action.

        Raises:
            UnknownActionError: If there is none of that name.
            AdminError: If it cannot be done as asked.
        """
