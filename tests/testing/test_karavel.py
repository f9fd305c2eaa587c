"""Another connector that only these tests know: XML-RPC, a signature in the query, refusals inside a good status."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from tests.testing.karavel.connector import KaravelConnector

from xborder_sdk.steps import WireRequest
from xborder_sdk.testing import ConnectorTests

_PASSWORD = "karavel-invented-word"
_FAULT = (
    "<methodResponse><fault><value><struct><member><name>faultCode</name><value><string>{}</string></value></member>"
    "</struct></value></fault></methodResponse>"
)


class TestKaravel(ConnectorTests):
    connector = KaravelConnector
    settings = {"password": _PASSWORD}
    exchanges = Path(__file__).parent / "karavel" / "exchanges"
    throttled = {"status": 200, "xml": _FAULT.format("902")}
    refusals = {"a code nobody knows": {"status": 200, "xml": _FAULT.format("777")}}

    def normalise_request(self, request: WireRequest) -> WireRequest:
        address, _, query = request.url.partition("?")
        secret = _PASSWORD.encode()
        assert query == f"md5={hashlib.md5(secret + request.content + secret).hexdigest()}"
        return replace(request, url=address)
