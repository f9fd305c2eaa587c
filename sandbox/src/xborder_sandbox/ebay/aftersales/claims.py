"""Inquiries (the item did not come) and the cases that eBay decides, as eBay shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from xborder_sandbox.ebay.aftersales.trouble import Trouble, show_time
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.requests import Json


def _history(trouble: Trouble) -> list[Json]:
    entries: list[Json] = []
    for entry in trouble.history:
        shown: Document = {"action": entry.activity, "actor": entry.actor, "date": show_time(entry.at)}
        if entry.note is not None:
            shown["description"] = entry.note
        entries.append(shown)
    return entries


def _member(trouble: Trouble, seller: Seller) -> Document:
    shown: Document = {
        "buyer": trouble.buyer,
        "seller": seller.username,
        "orderId": trouble.order.order_id,
        "itemId": trouble.line["legacyItemId"],
        "transactionId": trouble.line["lineItemId"],
        "claimAmount": trouble.money(trouble.value),
        "creationDate": show_time(trouble.opened),
        "lastModifiedDate": show_time(trouble.modified or trouble.opened),
    }
    if trouble.respond_by is not None:
        shown["respondByDate"] = show_time(trouble.respond_by)
    return shown


def _item(trouble: Trouble) -> Document:
    return {"itemTitle": trouble.line["title"], "itemPrice": trouble.money(trouble.value)}


@dataclass
class Inquiry(Trouble):
    """A buyer asks where the item is."""

    carrier: str | None = None
    tracking: str | None = None

    def member(self, seller: Seller) -> Document:
        """Return it as a search lists it."""
        return {"inquiryId": self.trouble_id, "inquiryStatusEnum": self.state, **_member(self, seller)}

    def picture(self) -> Document:
        """Return it whole."""
        shown: Document = {
            "inquiryId": self.trouble_id,
            "orderId": self.order.order_id,
            "itemId": self.line["legacyItemId"],
            "transactionId": self.line["lineItemId"],
            "inquiryQuantity": self.line["quantity"],
            "initiator": "BUYER",
            "state": "CLOSED" if self.closed is not None else "OPEN",
            "status": self.state,
            "claimAmount": self.money(self.value),
            "itemDetails": _item(self),
            "inquiryDetails": {"creationDate": show_time(self.opened), "totalAmount": self.money(self.value)},
            "inquiryHistoryDetails": {"history": _history(self)},
        }
        if self.respond_by is not None and self.state == "WAITING_SELLER_RESPONSE":
            shown["sellerMakeItRightByDate"] = show_time(self.respond_by)
        if self.tracking is not None:
            tracked: Document = {"carrier": self.carrier, "trackingNumber": self.tracking}
            shown["shipmentTrackingDetails"] = tracked
        return shown


@dataclass
class Case(Trouble):
    """A dispute that eBay's staff decides.

    Attributes:
        kind: `ITEM_NOT_RECEIVED`, or `RETURN` for one that began as a return.
        tracked: Whether the seller said under which number the item went.
        outcome: `SELLER_FAVOR` or `BUYER_FAVOR` once decided.
    """

    kind: str = "ITEM_NOT_RECEIVED"
    tracked: bool = False
    outcome: str | None = None
    appealed: bool = False
    return_address: Document = field(default_factory=dict)

    def member(self, seller: Seller) -> Document:
        """Return it as a search lists it."""
        return {
            "caseId": self.trouble_id,
            "caseType": self.kind,
            "caseStatusEnum": self.state,
            **_member(self, seller),
        }

    def picture(self) -> Document:
        """Return it whole."""
        shown: Document = {
            "caseId": self.trouble_id,
            "caseType": self.kind,
            "orderId": self.order.order_id,
            "itemId": self.line["legacyItemId"],
            "transactionId": self.line["lineItemId"],
            "caseQuantity": self.line["quantity"],
            "initiator": self.history[0].actor,
            "status": self.state,
            "claimAmount": self.money(self.value),
            "itemDetails": _item(self),
            "caseDetails": {"creationDate": show_time(self.opened), "totalAmount": self.money(self.value)},
            "caseHistoryDetails": {"history": _history(self)},
        }
        if self.respond_by is not None:
            shown["caseDetails"] = {
                "creationDate": show_time(self.opened),
                "totalAmount": self.money(self.value),
                "respondByDate": show_time(self.respond_by),
            }
        if self.outcome is not None:
            shown["decision"] = self.outcome
        if self.return_address:
            shown["returnDetails"] = self.return_address
        return shown
