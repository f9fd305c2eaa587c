"""A simulator of China Post's international services: the open platform gateway and the order API (pcp)."""

from __future__ import annotations

from xborder_sandbox.chinapost.vendor import ChinaPost
from xborder_sandbox.vendor import Vendor
from xborder_sandbox.world import World

__all__ = ["ChinaPost", "simulator"]


def simulator(world: World) -> Vendor:
    """Return the simulator for a sandbox."""
    return ChinaPost(world)
