"""A simulator of DHL Express (MyDHL API)."""

from __future__ import annotations

from xborder_sandbox.dhl.vendor import DhlExpress
from xborder_sandbox.vendor import Vendor
from xborder_sandbox.world import World

__all__ = ["DhlExpress", "simulator"]


def simulator(world: World) -> Vendor:
    """Return the simulator for a sandbox."""
    return DhlExpress(world)
