"""DHL Express for xborder_sdk, over the MyDHL API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xborder_dhl.connector import DhlConnector
from xborder_dhl.settings import DhlSettings
from xborder_sdk.hookspecs import Connector, hookimpl

__all__ = ["DhlConnector", "DhlSettings", "register_connectors"]


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """The connectors of this distribution."""
    return [DhlConnector]
