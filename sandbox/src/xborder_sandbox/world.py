"""What all simulators of one sandbox share: time, chance, the log of requests, the faults, the parcels."""

from __future__ import annotations

import random
from datetime import datetime

from xborder_sandbox.clock import Clock
from xborder_sandbox.faults import Faults
from xborder_sandbox.parcels import ParcelBoard
from xborder_sandbox.requests import RequestLog


class World:
    """The surroundings of the simulators.

    Args:
        seed: Decides every credential, name and number that is invented.
        start: The instant the clock shows first; aware. Default: the real time.

    Attributes:
        url: Where the sandbox is served, without a slash at the end. The server sets it.
    """

    def __init__(self, seed: int = 1, start: datetime | None = None) -> None:
        self.seed = seed
        self.clock = Clock(start)
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose; nothing here is a secret
        self.requests = RequestLog()
        self.faults = Faults()
        self.parcels = ParcelBoard()
        self.url = "http://127.0.0.1"

    def stream(self, name: str) -> random.Random:
        """Return a generator of its own for `name`, so that one vendor's draws do not shift another's."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 - as above

    def reseed(self, seed: int) -> None:
        """Start chance anew from `seed`."""
        self.seed = seed
        self.random.seed(seed)
