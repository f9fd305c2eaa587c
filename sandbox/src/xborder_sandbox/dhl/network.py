"""The simulated carrier: its customers, its memory, its clock."""

from __future__ import annotations

import random
from datetime import datetime

from xborder_sandbox.dhl.accounts import Account, draw_accounts
from xborder_sandbox.dhl.store import Store
from xborder_sandbox.world import World


class Network:
    """What all operations share.

    Args:
        world: The sandbox's surroundings.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.reset()

    def reset(self) -> None:
        """Forget everything and draw customers and numbers anew from the world's seed."""
        self.accounts: tuple[Account, ...] = draw_accounts(self._world.stream("dhl/accounts"))
        self.store = Store(self._world.stream("dhl/numbers"))

    @property
    def now(self) -> datetime:
        """The sandbox's time, UTC."""
        return self._world.clock.now()

    def chance(self, name: str) -> random.Random:
        """Return a source of chance that depends on the seed and the name alone."""
        return self._world.stream(f"dhl/{name}")

    def account(self, number: str) -> Account | None:
        """Return the customer with this account number."""
        return next((account for account in self.accounts if account.number == number), None)
