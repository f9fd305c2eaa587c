"""What applications call: one typed client over every account, sync and async."""

from xborder_sdk.client.async_client import AsyncClient
from xborder_sdk.client.config import AccountConfig, AccountStore, Config, MemoryAccounts, find_config, read_config
from xborder_sdk.client.outcomes import Outcome
from xborder_sdk.client.sync_client import Client

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
