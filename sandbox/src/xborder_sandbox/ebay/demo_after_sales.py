"""What went wrong with the orders of the scenario `demo`. The orders themselves are left as they are.

The orders of the mix are two days old at most, so buyers lose patience sooner here than in life.
"""

from __future__ import annotations

from datetime import timedelta

from xborder_sandbox.ebay.aftersales.book import AfterSalesBook
from xborder_sandbox.ebay.disputes.book import DisputeBook
from xborder_sandbox.ebay.disputes.words import NOT_AS_DESCRIBED, NOT_RECEIVED
from xborder_sandbox.ebay.order import Order
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.tokens import Seller


def load_disputes(book: DisputeBook, seller: Seller) -> None:
    """Open the two payment disputes: one on an order that can still be shipped, one on a shipped one."""
    book.open(
        _order_of(book.store, "Rhys Pendlebury"),
        seller,
        NOT_RECEIVED,
        age=timedelta(hours=2),
        answer_in=timedelta(days=7),
        note="I was told it would be here and it is not.",
    )
    book.open(
        _order_of(book.store, "Tobias Kranz"),
        seller,
        NOT_AS_DESCRIBED,
        age=timedelta(hours=6),
        answer_in=timedelta(days=5),
        note="Both mugs are blue, I ordered white ones.",
    )


def load_complaints(book: AfterSalesBook) -> None:
    """Open a return of one line of two, and an inquiry after a parcel."""
    returned = _order_of(book.store, "Marlene Quist")
    book.open_return(
        returned, returned.lines[0], "WRONG_SIZE", "It is too small for my son.", age=timedelta(minutes=40)
    )
    missed = _order_of(book.store, "Isla Thornbury")
    book.open_inquiry(missed, missed.lines[0], "Where is it?", age=timedelta(hours=3))


def _order_of(store: Store, name: str) -> Order:
    for order in store.all():
        buyer = order.document["buyer"]
        address = buyer.get("buyerRegistrationAddress") if isinstance(buyer, dict) else None
        if isinstance(address, dict) and address.get("fullName") == name:
            return order
    raise LookupError(name)
