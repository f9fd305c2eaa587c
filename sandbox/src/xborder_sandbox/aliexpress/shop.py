"""The marketplace behind the gateways: what every handler gets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from threading import RLock
from typing import TypeVar, cast

from xborder_sandbox.aliexpress.settings import Settings
from xborder_sandbox.aliexpress.tokens import Tokens
from xborder_sandbox.world import World

T = TypeVar("T")


class Shop:
    """The state of the marketplace, and the sandbox's surroundings.

    Args:
        world: Clock, chance and address.

    Attributes:
        settings: What can be changed about the vendor's ways.
        tokens: Application, sellers, tokens.
        lock: Held while a handler or an admin action works.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.settings = Settings()
        self.tokens = Tokens(world.stream("aliexpress/tokens"), self.settings)
        self.lock = RLock()
        self._parts: dict[object, object] = {}

    @property
    def now(self) -> datetime:
        """The sandbox's time, aware, in UTC."""
        return self.world.clock.now()

    def random(self, name: str) -> Random:
        """Return a generator of its own for a purpose, so that one's draws do not shift another's."""
        return self.world.stream(f"aliexpress/{name}")

    def part(self, kind: Callable[[Shop], T]) -> T:
        """Return the one instance there is of a part of the state, made at first use as `kind(shop)`."""
        if kind not in self._parts:
            self._parts[kind] = kind(self)
        return cast("T", self._parts[kind])
