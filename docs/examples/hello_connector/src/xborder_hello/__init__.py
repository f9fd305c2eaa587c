"""Hello Market for xborder_sdk."""

from __future__ import annotations

from typing import Any

from xborder_hello.connector import HelloConnector, HelloSettings
from xborder_sdk.hookspecs import Connector, hookimpl

__all__ = ["HelloConnector", "HelloSettings", "register_connectors"]


@hookimpl
def register_connectors() -> list[type[Connector[Any]]]:
    """The connectors of this distribution."""
    return [HelloConnector]
