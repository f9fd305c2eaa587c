"""A connector that only these tests know, written from the documentation alone, before the kit."""

from __future__ import annotations

from pathlib import Path

from tests.testing.stranger.connector import QuillConnector

from xborder_sdk.testing import ConnectorTests


class TestQuill(ConnectorTests):
    connector = QuillConnector
    account = "quill-test"
    settings = {"shop": "44", "key": "quill-invented-key"}
    exchanges = Path(__file__).parent / "stranger" / "exchanges"
    expired_token = {"status": 200, "xml": '<reply status="refused" code="TOKEN"/>'}
    throttled = {"status": 200, "xml": '<reply status="busy" wait="3"/>'}
    refusals = {
        "refused inside a good status": {"xml": '<reply status="refused" code="X1"><message>no</message></reply>'},
        "closed for the night": {"status": 503, "xml": '<reply status="refused" code="NIGHT"/>'},
        "a word for the status nobody knows": {"xml": '<reply status="maybe"/>'},
    }
