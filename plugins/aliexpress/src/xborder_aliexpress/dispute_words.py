"""The platform's words about disputes as data. Every one is an open set: unknown words are kept, never guessed.

Source: the official IOP Java SDK 1.3.5-ae (aliexpress.issue.detail.get, aliexpress.issue.issuelist.get; texts beside
the fields). What a word means here is our assignment.
"""

from __future__ import annotations

from typing import Final

from xborder_sdk.models import DisputeParty, DisputeStatus, SolutionKind

LIST: Final = "aliexpress.issue.issuelist.get"
DETAIL: Final = "aliexpress.issue.detail.get"
AGREE: Final = "aliexpress.issue.solution.agree"
PROPOSE: Final = "aliexpress.issue.solution.save"
SHOW: Final = "aliexpress.issue.image.upload"
ACCEPT_CANCEL: Final = "aliexpress.trade.seller.order.acceptcancel"
REFUSE_CANCEL: Final = "aliexpress.trade.seller.order.refusecancel"

ACCEPT: Final = "accept_dispute"
CONTEST: Final = "contest_dispute"
OFFER: Final = "propose_solution"
ADD_EVIDENCE: Final = "add_evidence"

# issue_status
PROCESSING: Final = "processing"
CLOSED: Final = ("finish", "canceled_issue")

STATUS: Final = {
    "wait_for_seller_response": DisputeStatus.SELLER_MUST_ACT,
    "wait_for_your_response": DisputeStatus.SELLER_MUST_ACT,
    "wait_for_your_evidence": DisputeStatus.SELLER_MUST_ACT,
    "wait_for_seller_set_return_address": DisputeStatus.SELLER_MUST_ACT,
    "wait_for_seller_confirmation": DisputeStatus.SELLER_MUST_ACT,
    "wait_for_buyer_response": DisputeStatus.BUYER_MUST_ACT,
    "wait_for_buyer_return": DisputeStatus.BUYER_MUST_ACT,
    "wait_for_service_provider_response": DisputeStatus.WAITING,
    "wait_for_AE_feedback": DisputeStatus.PLATFORM_DECIDES,
    "wait_for_final_solution": DisputeStatus.PLATFORM_DECIDES,
    "wait_ae_final_feedback": DisputeStatus.PLATFORM_DECIDES,
    "wait_for_warehouse_confirmation": DisputeStatus.WAITING,
    "wait_for_warehouse_quality_check": DisputeStatus.WAITING,
    # A refund may have been agreed or imposed: nobody says for whom it ended.
    "return_success": DisputeStatus.CLOSED,
    "refund_success": DisputeStatus.CLOSED,
    "refund_reject": DisputeStatus.WON,
    # A solution is there; it is still to be carried out as long as the issue is open.
    "ae_feedback_finish": DisputeStatus.WAITING,
}
"""reverse_detail_status."""

SET_RETURN_ADDRESS: Final = "wait_for_seller_set_return_address"
RETURN_AGREED: Final = frozenset({SET_RETURN_ADDRESS, "wait_for_seller_confirmation", "wait_for_buyer_return"})
"""States after an agreement, in which nothing is proposed any more."""

SOLUTION: Final = {"refund": SolutionKind.REFUND, "return_and_refund": SolutionKind.RETURN_AND_REFUND}
SOLUTION_WORD: Final = {kind: word for word, kind in SOLUTION.items()}
"""solution_type; add_solution_type of the proposal."""

FOR_SELLER: Final = frozenset({"wait_seller_accept", "wait_buyer_and_seller_accept"})
"""solution status: it waits for the seller's word."""
FOR_BUYER: Final = frozenset({"wait_buyer_accept", "wait_buyer_and_seller_accept"})
ON_THE_TABLE: Final = FOR_SELLER | FOR_BUYER
AGREED: Final = frozenset({"reached", "perform"})
SELLER_AGREED: Final = "seller_accept"
"""issue_process action_type: the seller has agreed to a solution."""

PARTY: Final = {
    "seller": DisputeParty.SELLER,
    "buyer": DisputeParty.BUYER,
    "waiter": DisputeParty.PLATFORM,
    "platform": DisputeParty.PLATFORM,
    "system": DisputeParty.SYSTEM,
}
"""submit_member_type and solution_owner; a waiter is the platform's customer service."""

RECOVERY: Final = ("paypal", "recover")
"""Beginnings and parts of refund_type that speak of money taken back by a payment service (SDK, findorderbyid)."""

FREEZING: Final = ("freeze", "frozen", "chargeback")
"""Parts of an entry in the order's log that speak of freezing; no list of its words is published."""
