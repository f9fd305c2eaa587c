"""Returns, inquiries and cases of the Post-Order API v2.

Paths and the names in requests are the reference's (section 4); no document of eBay's has bodies. What answers hold
follows public clients' models, and is *unverified* throughout.
"""

from __future__ import annotations

from xborder_sandbox.ebay.aftersales.actions import AfterSalesActions
from xborder_sandbox.ebay.aftersales.book import AfterSalesBook
from xborder_sandbox.ebay.aftersales.cases_api import Cases
from xborder_sandbox.ebay.aftersales.inquiries_api import Inquiries
from xborder_sandbox.ebay.aftersales.returns_api import Returns

__all__ = ["AfterSalesActions", "AfterSalesBook", "Cases", "Inquiries", "Returns"]
