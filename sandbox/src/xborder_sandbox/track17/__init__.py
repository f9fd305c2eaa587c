"""A simulator of 17TRACK's tracking API."""

from __future__ import annotations

from xborder_sandbox.track17.vendor import Track17
from xborder_sandbox.vendor import Vendor
from xborder_sandbox.world import World

__all__ = ["Track17", "simulator"]


def simulator(world: World) -> Vendor:
    """Return the simulator for a sandbox."""
    return Track17(world)
