"""eBay: orders, parcels, refunds, cancellations, tokens, on the paths below `/ebay/{api,apiz,auth}`."""

from xborder_sandbox.ebay.simulator import EbaySimulator
from xborder_sandbox.world import World


def simulator(world: World) -> EbaySimulator:
    """Return the simulator."""
    return EbaySimulator(world)


__all__ = ["EbaySimulator", "simulator"]
