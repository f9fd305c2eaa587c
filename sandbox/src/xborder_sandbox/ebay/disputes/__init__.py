"""Payment disputes: the payment_dispute resource of sell_fulfillment_v1, which lives on apiz.ebay.com alone."""

from __future__ import annotations

from xborder_sandbox.ebay.disputes.actions import DisputeActions
from xborder_sandbox.ebay.disputes.book import DisputeBook
from xborder_sandbox.ebay.disputes.reading import DisputeReads
from xborder_sandbox.ebay.disputes.writing import DisputeWrites

__all__ = ["DisputeActions", "DisputeBook", "DisputeReads", "DisputeWrites"]
