"""The connector before the conformance kit."""

from __future__ import annotations

from pathlib import Path

from xborder_hello import HelloConnector
from xborder_sdk.testing import ConnectorTests


class TestHello(ConnectorTests):
    connector = HelloConnector
    settings = {"client_id": "app", "client_secret": "an-invented-word", "shop": "77"}
    exchanges = Path(__file__).with_name("exchanges")
    throttled = {"status": 503, "json": {"error": {"code": "BUSY"}}}
