"""One client over every shop platform and every carrier.

    from xborder_sdk import Client

    with Client() as client:                      # accounts from xborder.toml
        for order in client.iter_orders("ebay-us"):
            print(order.order_id, order.status)

Names are loaded when they are used: importing this package loads neither an HTTP library nor a connector.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xborder_sdk.client import AccountConfig, AccountStore, AsyncClient, Client, Config, MemoryAccounts, Outcome
    from xborder_sdk.client import read_config as read_config
    from xborder_sdk.errors import XborderError
    from xborder_sdk.hookspecs import (
        Connector,
        DisputeChannel,
        LabelPrinter,
        LogisticsProvider,
        OrderSource,
        hookimpl,
    )
    from xborder_sdk.steps import Effect

__version__ = "0.1.0"

_HOMES = {
    "AccountConfig": "client",
    "AccountStore": "client",
    "AsyncClient": "client",
    "Client": "client",
    "Config": "client",
    "Connector": "hookspecs",
    "DisputeChannel": "hookspecs",
    "Effect": "steps",
    "LabelPrinter": "hookspecs",
    "LogisticsProvider": "hookspecs",
    "MemoryAccounts": "client",
    "OrderSource": "hookspecs",
    "Outcome": "client",
    "XborderError": "errors",
    "hookimpl": "hookspecs",
    "read_config": "client",
}

__all__ = [
    "AccountConfig",
    "AccountStore",
    "AsyncClient",
    "Client",
    "Config",
    "Connector",
    "DisputeChannel",
    "Effect",
    "LabelPrinter",
    "LogisticsProvider",
    "MemoryAccounts",
    "OrderSource",
    "Outcome",
    "XborderError",
    "hookimpl",
    "read_config",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
