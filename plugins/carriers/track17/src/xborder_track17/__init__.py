"""17TRACK for xborder_sdk: any waybill followed, with signed notifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xborder_sdk.hookspecs import Connector, hookimpl
from xborder_track17.connector import Track17Connector
from xborder_track17.settings import Track17Settings

__all__ = ["Track17Connector", "Track17Settings", "register_connectors"]


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """The connectors of this distribution."""
    return [Track17Connector]
