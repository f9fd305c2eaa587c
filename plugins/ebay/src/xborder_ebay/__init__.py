"""eBay for xborder_sdk: orders, shipping notices, refunds, cancellations and disputes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xborder_ebay.connector import EbayConnector
from xborder_ebay.settings import EbaySettings
from xborder_sdk.hookspecs import Connector, hookimpl

__all__ = ["EbayConnector", "EbaySettings", "register_connectors"]


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """The one connector of this plugin."""
    return (EbayConnector,)
