"""What applications call: one typed client over every account, sync and async.

Names are loaded when they are used: a program that blocks does not load what a program that awaits needs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xborder_sdk.client.async_client import AsyncClient
    from xborder_sdk.client.config import AccountConfig, AccountStore, Config, MemoryAccounts, find_config, read_config
    from xborder_sdk.client.outcomes import Outcome
    from xborder_sdk.client.sync_client import Client

_HOMES = {
    "AccountConfig": "config",
    "AccountStore": "config",
    "AsyncClient": "async_client",
    "Client": "sync_client",
    "Config": "config",
    "MemoryAccounts": "config",
    "Outcome": "outcomes",
    "find_config": "config",
    "read_config": "config",
}

__all__ = [
    "AccountConfig",
    "AccountStore",
    "AsyncClient",
    "Client",
    "Config",
    "MemoryAccounts",
    "Outcome",
    "find_config",
    "read_config",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
