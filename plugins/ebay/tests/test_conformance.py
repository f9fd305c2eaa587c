"""eBay before the conformance kit: every exchange file, and every fault the kit wraps round them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from xborder_ebay import EbayConnector
from xborder_sdk.testing import ConnectorTests


class TestEbay(ConnectorTests):
    connector = EbayConnector
    account = "ebay-test"
    settings = {
        "client_id": "app-id",
        "client_secret": "cert-id-invented",
        "refresh_token": "v^1.1#refresh",
    }
    exchanges = Path(__file__).with_name("exchanges")
    told_by_status = {
        "declare_shipment": "201 and the Location header say it; a warning in the body is read where there is one",
        "accept_dispute": "the Post-Order documents describe no body, payment disputes answer 204",
        "contest_dispute": "as accept_dispute",
    }
    derived = {
        "Order.status": "a cancellation that is carried out cancels the order whatever its fulfilment is called",
        "Dispute.reason": "a request to cancel is CANCELLED whatever word it gives for its reason",
        "Dispute.status": "dates and answers in the same body say more than eBay's word for the state",
    }
    now = datetime(2026, 2, 25, 6, 13, 20, tzinfo=UTC)
