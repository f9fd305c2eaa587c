"""AliExpress: orders, shipments, logistics and disputes, on the paths below `/aliexpress/{api,top}`."""

from xborder_sandbox.aliexpress.vendor import AliExpressSimulator
from xborder_sandbox.world import World


def simulator(world: World) -> AliExpressSimulator:
    """Return the simulator."""
    return AliExpressSimulator(world)


__all__ = ["AliExpressSimulator", "simulator"]
