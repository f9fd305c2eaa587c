"""AliExpress for xborder_sdk: orders, shipping notices, messages, online shipping, hand-over, disputes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xborder_aliexpress.connector import AliexpressConnector
from xborder_aliexpress.settings import AliexpressSettings
from xborder_sdk.hookspecs import Connector, hookimpl

__all__ = ["AliexpressConnector", "AliexpressSettings", "register_connectors"]


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """The one connector of this plugin."""
    return (AliexpressConnector,)
