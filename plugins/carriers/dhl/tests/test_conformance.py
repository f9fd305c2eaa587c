"""DHL before the conformance kit: every exchange file, and every fault the kit wraps round them."""

from __future__ import annotations

from pathlib import Path

from xborder_dhl import DhlConnector
from xborder_sdk.testing import ConnectorTests


class TestDhl(ConnectorTests):
    connector = DhlConnector
    account = "dhl-test"
    settings = {
        "api_key": "key-canary",
        "api_secret": "secret-canary",
        "account_number": "123456789",
    }
    exchanges = Path(__file__).with_name("exchanges")
    whole_results = True
