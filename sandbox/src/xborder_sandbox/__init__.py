"""Simulators of shop platforms and carriers, over real HTTP on loopback, with a clock and faults."""

from xborder_sandbox.server import Handle, Sandbox, running
from xborder_sandbox.world import World

__all__ = ["Handle", "Sandbox", "World", "running"]
