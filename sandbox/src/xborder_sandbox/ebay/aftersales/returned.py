"""A return, and how eBay shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from xborder_sandbox.ebay.aftersales.trouble import Trouble, show_text, show_time
from xborder_sandbox.ebay.aftersales.words import SELLERS_FAULT
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.requests import Json

# What the seller may do, by state (enums, post_order.ActivityOption); which state allows what is unverified.
_UNDECIDED = (
    "SELLER_APPROVE_REQUEST",
    "SELLER_PROVIDE_RMA",
    "SELLER_OFFER_PARTIAL_REFUND",
    "SELLER_ISSUE_REFUND",
    "SELLER_SEND_MESSAGE",
)
_OPTIONS: dict[str, tuple[str, ...]] = {
    "RETURN_REQUESTED": _UNDECIDED,
    "PARTIAL_REFUND_DECLINED": _UNDECIDED,
    "PARTIAL_REFUND_REQUESTED": ("SELLER_SEND_MESSAGE",),
    "ITEM_READY_TO_SHIP": ("SELLER_ISSUE_REFUND", "SELLER_OFFER_PARTIAL_REFUND", "SELLER_SEND_MESSAGE"),
    "ITEM_SHIPPED": ("SELLER_MARK_AS_RECEIVED", "SELLER_ISSUE_REFUND", "SELLER_SEND_MESSAGE"),
    "ITEM_DELIVERED": (
        "SELLER_ISSUE_REFUND",
        "SELLER_MARK_REFUND_SENT",
        "SELLER_ESCALATE",
        "SELLER_SEND_MESSAGE",
    ),
    "REFUND_FAILED": ("SELLER_ISSUE_REFUND", "SELLER_SEND_MESSAGE"),
    "REFUND_INITIATED": ("SELLER_SEND_MESSAGE",),
    "REFUND_SENT_PENDING_CONFIRMATION": ("SELLER_SEND_MESSAGE",),
}
UNDECIDED = frozenset({"RETURN_REQUESTED", "PARTIAL_REFUND_DECLINED"})
_SELLER_ACTS = {
    "RETURN_REQUESTED": "SELLER_APPROVE_REQUEST",
    "PARTIAL_REFUND_DECLINED": "SELLER_APPROVE_REQUEST",
    "ITEM_DELIVERED": "SELLER_ISSUE_REFUND",
}
_BUYER_ACTS = {
    "ITEM_READY_TO_SHIP": "BUYER_MARK_RETURN_SHIPPED",
    "PARTIAL_REFUND_REQUESTED": "BUYER_ACCEPTS_PARTIAL_REFUND",
    "REFUND_SENT_PENDING_CONFIRMATION": "BUYER_MARK_REFUND_RECEIVED",
}


@dataclass
class ReturnFile:
    """A file about a return; it counts once it is submitted."""

    file_id: str
    name: str
    purpose: str
    content: bytes = field(repr=False)
    uploaded: datetime
    submitted: bool = False


@dataclass
class Return(Trouble):
    """A buyer wants to send an item back."""

    reason: str = "OTHER"
    rma: str | None = None
    offer: Decimal | None = None
    carrier: str | None = None
    tracking: str | None = None
    files: dict[str, ReturnFile] = field(default_factory=dict)

    @property
    def options(self) -> list[str]:
        """What the seller may do now."""
        if self.closed is not None:
            return []
        declinable = self.state in UNDECIDED and self.reason not in SELLERS_FAULT
        return [*_OPTIONS.get(self.state, ()), *(["SELLER_DECLINE_REQUEST"] if declinable else [])]

    @property
    def seller_acts(self) -> bool:
        """Whether it is the seller's turn."""
        return self.closed is None and self.state in _SELLER_ACTS

    def summary(self, seller: Seller, base: str) -> Document:
        """Return a ReturnSummary."""
        quantity = self.line["quantity"]
        info: Document = {
            "item": {
                "itemId": self.line["legacyItemId"],
                "transactionId": self.line["lineItemId"],
                "returnQuantity": quantity,
            },
            "type": "MONEY_BACK",
            "reason": self.reason,
            "reasonType": "SNAD" if self.reason in SELLERS_FAULT else "REMORSE",
            "creationDate": show_time(self.opened),
        }
        if self.comments is not None:
            info["comments"] = show_text(self.comments)
        options: list[Json] = [
            {"actionType": option, "actionURL": f"{base}/return/{self.trouble_id}"} for option in self.options
        ]
        refund: Document = {"estimatedRefundAmount": self.money(self.value)}
        if self.refund is not None and self.refund.status == "REFUNDED":
            refund["actualRefundAmount"] = self.money(self.refund.amount)
        shown: Document = {
            "returnId": self.trouble_id,
            "orderId": self.order.order_id,
            "buyerLoginName": self.buyer,
            "sellerLoginName": seller.username,
            "currentType": "MONEY_BACK",
            "state": self.state,
            "creationInfo": info,
            "sellerTotalRefund": refund,
            "buyerTotalRefund": refund,
            "sellerAvailableOptions": options,
        }
        if self.respond_by is not None:
            due: Document = {"respondByDate": show_time(self.respond_by)}
            if self.state in _SELLER_ACTS:
                shown["sellerResponseDue"] = {"activityDue": _SELLER_ACTS[self.state], **due}
            elif self.state in _BUYER_ACTS:
                shown["buyerResponseDue"] = {"activityDue": _BUYER_ACTS[self.state], **due}
        if self.case_id is not None:
            shown["escalationInfo"] = {"caseId": self.case_id}
        return shown

    def detail(self) -> Document:
        """Return a ReturnDetail."""
        history: list[Json] = []
        for entry in self.history:
            shown: Document = {
                "activity": entry.activity,
                "author": entry.actor,
                "creationDate": show_time(entry.at),
                "fromState": entry.before,
                "toState": entry.after,
            }
            if entry.note is not None:
                shown["notes"] = show_text(entry.note)
            history.append(shown)
        detail: Document = {
            "marketplaceId": self.line["listingMarketplaceId"],
            "itemDetail": {
                "itemId": self.line["legacyItemId"],
                "transactionId": self.line["lineItemId"],
                "itemTitle": self.line["title"],
                "returnQuantity": self.line["quantity"],
                "itemPrice": self.money(self.value),
            },
            "responseHistory": history,
        }
        if self.rma is not None:
            detail["RMANumber"] = self.rma
        if self.tracking is not None:
            detail["returnShipmentInfo"] = {"shipmentTracking": self.shipment()}
        if self.closed is not None:
            detail["closeInfo"] = {"returnCloseDate": show_time(self.closed)}
        return detail

    def shipment(self) -> Document:
        """Return what is known of the parcel on its way back."""
        return {
            "trackingNumber": self.tracking,
            "carrierUsed": self.carrier,
            "trackingStatus": "DELIVERED" if self.state != "ITEM_SHIPPED" else "IN_TRANSIT",
        }
