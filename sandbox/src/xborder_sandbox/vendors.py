"""The simulators there are. Each is imported when it is first built."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from xborder_sandbox.vendor import Vendor
from xborder_sandbox.world import World


def _package(name: str) -> Callable[[World], Vendor]:
    def build(world: World) -> Vendor:
        simulator = cast("Callable[[World], Vendor]", import_module(f"xborder_sandbox.{name}").simulator)
        return simulator(world)

    return build


_NAMES = ("ebay", "dhl", "aliexpress", "chinapost", "track17")

VENDORS: dict[str, Callable[[World], Vendor]] = {name: _package(name) for name in _NAMES}
