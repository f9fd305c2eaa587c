"""eBay's codes about disputes as data. Every one is an open set: unknown words are kept, never guessed.

Sources by short name: FUL is the OpenAPI document sell_fulfillment_v1 (v1.20.7), whose codes stand on the type pages at
developer.ebay.com, api-docs/sell/fulfillment/types; PO are the Post-Order type pages, developer.ebay.com,
Devzone/post-order/types. What PO says of bodies has no machine-readable document here and is unverified.
"""

from __future__ import annotations

from typing import Final

from xborder_sdk.models import DisputeParty, DisputeReason, DisputeStatus, EvidenceKind

ACCEPT: Final = "accept_dispute"
CONTEST: Final = "contest_dispute"
ADD_EVIDENCE: Final = "add_evidence"

# --- payment disputes

# FUL, DisputeStateEnum.
ACTION_NEEDED: Final = "ACTION_NEEDED"
PAYMENT_STATUS: Final = {
    "OPEN": DisputeStatus.WAITING,
    ACTION_NEEDED: DisputeStatus.SELLER_MUST_ACT,
    "CLOSED": DisputeStatus.CLOSED,
}
PAYMENT_OPEN: Final = ("OPEN", ACTION_NEEDED)

# FUL, OutcomeEnum. An accepted dispute was decided by nobody.
OUTCOME: Final = {
    "SELLER_LOST": DisputeStatus.LOST,
    "SELLER_WON": DisputeStatus.WON,
    "SELLER_ACCEPT": DisputeStatus.CLOSED,
}

# FUL, DisputeReasonEnum.
NOT_AS_DESCRIBED: Final = "SIGNIFICANTLY_NOT_AS_DESCRIBED"
PAYMENT_REASON: Final = {
    "AUTHORIZATION_FAILED": DisputeReason.OTHER,
    "CANCELLATION": DisputeReason.CANCELLED,
    "COUNTERFEIT": DisputeReason.COUNTERFEIT,
    "CREDIT_NOT_PROCESSED": DisputeReason.REFUND_MISSING,
    "DUPLICATE_AMOUNT": DisputeReason.PAID_TWICE,
    "FRAUD": DisputeReason.NOT_AUTHORISED,
    "INCORRECT_AMOUNT": DisputeReason.WRONG_AMOUNT,
    "ITEM_NOT_RECEIVED": DisputeReason.NOT_RECEIVED,
    "RETURN_REFUND_NOT_PROCESSED": DisputeReason.REFUND_MISSING,
    NOT_AS_DESCRIBED: DisputeReason.NOT_AS_DESCRIBED,
    "TRANSACTION_ISSUE": DisputeReason.OTHER,
}

# FUL, SellerDecisionEnum (availableChoices) and SellerResponseEnum (sellerResponse). Overdue is no response.
SELLER_ACCEPT: Final = "SELLER_ACCEPT"
SELLER_ACCEPT_WITH_RETURN: Final = "SELLER_ACCEPT_WITH_RETURN"
SELLER_CONTEST: Final = "SELLER_CONTEST"
RESPONSE_OVERDUE: Final = "SELLER_RESPONSE_OVERDUE"
DECISION: Final = {
    SELLER_ACCEPT: ACCEPT,
    SELLER_ACCEPT_WITH_RETURN: ACCEPT,
    SELLER_CONTEST: CONTEST,
}

# FUL, EvidenceTypeEnum. Delivery shown by a tracking number is no file: eBay takes it from the declared shipment.
PROOF_BY_TRACKING: Final = "PROOF_OF_DELIVERY"
SUPPORTING: Final = "OPTIONAL_SUPPORTING_DOCUMENTS"
EVIDENCE: Final = {
    PROOF_BY_TRACKING: EvidenceKind.TRACKING,
    "PROOF_OF_DELIVERY_AS_FILE": EvidenceKind.PROOF_OF_DELIVERY,
    "PROOF_OF_DELIVERY_SIGNATURE": EvidenceKind.PROOF_OF_DELIVERY_SIGNATURE,
    "PROOF_OF_PICKUP": EvidenceKind.PICKUP,
    "PROOF_OF_AUTHENTICITY": EvidenceKind.AUTHENTICITY,
    "PROOF_OF_ITEM_AS_DESCRIBED": EvidenceKind.DESCRIPTION,
    "PROOF_OF_CREDIT_NOT_DUE": EvidenceKind.NO_REFUND_DUE,
    "PROOF_OF_RETURN_NOT_RECEIVED": EvidenceKind.RETURN_NOT_RECEIVED,
    SUPPORTING: EvidenceKind.OTHER,
}
EVIDENCE_TYPE: Final = {
    **{kind: word for word, kind in EVIDENCE.items() if word != PROOF_BY_TRACKING},
    # Papers eBay has no word of their own for.
    EvidenceKind.INVOICE: SUPPORTING,
    EvidenceKind.CORRESPONDENCE: SUPPORTING,
    EvidenceKind.REFUND: SUPPORTING,
}

# FUL, ActorEnum, and PO, PartyEnum.
PARTY: Final = {
    "SELLER": DisputeParty.SELLER,
    "BUYER": DisputeParty.BUYER,
    "CS_AGENT": DisputeParty.PLATFORM,
    "CS": DisputeParty.PLATFORM,
    "SYSTEM": DisputeParty.SYSTEM,
}

# FUL, MonetaryTransactionTypeEnum.
CREDITED: Final = {"CREDIT": True, "CHARGE": False}

NOTE_MAX: Final = 1000  # FUL, ContestPaymentDisputeRequest.note

# --- returns, inquiries, cases and cancellation requests

# PO, InquiryStatusEnum. OPEN means: made, and the seller has been told.
INQUIRY_STATUS: Final = {
    "OPEN": DisputeStatus.SELLER_MUST_ACT,
    "WAITING_SELLER_RESPONSE": DisputeStatus.SELLER_MUST_ACT,
    "WAITING_BUYER_RESPONSE": DisputeStatus.BUYER_MUST_ACT,
    "PENDING": DisputeStatus.WAITING,
    "OTHER": DisputeStatus.UNKNOWN,
    "CLOSED": DisputeStatus.CLOSED,
    "CLOSED_WITH_ESCALATION": DisputeStatus.CLOSED,
    "CS_CLOSED": DisputeStatus.CLOSED,
}

# PO, CaseStatusEnum. In a case eBay decides; only after that may the seller appeal.
CASE_STATUS: Final = {
    "OPEN": DisputeStatus.PLATFORM_DECIDES,
    "WAITING_CS": DisputeStatus.PLATFORM_DECIDES,
    "WAITING_DELIVERY": DisputeStatus.WAITING,
    "ON_HOLD": DisputeStatus.WAITING,
    "REFUND_AGREED_BUT_FAILED": DisputeStatus.SELLER_MUST_ACT,
    "OTHER": DisputeStatus.UNKNOWN,
    "CLOSED": DisputeStatus.CLOSED,
    "CS_CLOSED": DisputeStatus.CLOSED,
}
# PO, CaseTypeEnum.
CASE_REASON: Final = {"ITEM_NOT_RECEIVED": DisputeReason.NOT_RECEIVED, "RETURN": DisputeReason.OTHER}

# PO, CancelStatusEnum.
CANCEL_STATUS: Final = {
    "CANCEL_REQUESTED": DisputeStatus.SELLER_MUST_ACT,
    "CANCEL_PENDING": DisputeStatus.WAITING,
    "CANCEL_REJECTED": DisputeStatus.CLOSED,
    "CANCEL_CLOSED_FOR_COMMITMENT": DisputeStatus.CLOSED,
    "CANCEL_CLOSED_NO_REFUND": DisputeStatus.CLOSED,
    "CANCEL_CLOSED_UNKNOWN_REFUND": DisputeStatus.CLOSED,
    "CANCEL_CLOSED_WITH_REFUND": DisputeStatus.CLOSED,
    "INVALID": DisputeStatus.UNKNOWN,
}
# PO, CancelActivityTypeEnum: how the seller has answered.
CANCEL_ANSWER: Final = {"SELLER_APPROVE": ACCEPT, "SELLER_REJECT": CONTEST}

# PO, ReturnStateEnum and the values of summary.status: what is over, and what eBay has taken over.
RETURN_CLOSED: Final = frozenset({"CLOSED", "REPLACEMENT_CLOSED"})
RETURN_ESCALATED: Final = "ESCALATED"
# PO, ActivityOptionEnum, in sellerAvailableOptions: what this plugin can answer with.
RETURN_OPTION: Final = {"SELLER_APPROVE_REQUEST": ACCEPT, "SELLER_DECLINE_REQUEST": CONTEST}
# PO, DecisionEnum.
APPROVE: Final = "APPROVE"
DECLINE: Final = "DECLINE"

# PO, ReturnReasonEnum.
RETURN_REASON: Final = {
    "ARRIVED_DAMAGED": DisputeReason.NOT_AS_DESCRIBED,
    "ARRIVED_LATE": DisputeReason.OTHER,
    "BUYER_CANCEL_ORDER": DisputeReason.CANCELLED,
    "BUYER_NO_SHOW": DisputeReason.OTHER,
    "BUYER_NOT_SCHEDULED": DisputeReason.OTHER,
    "BUYER_REFUSED_TO_PICKUP": DisputeReason.OTHER,
    "DEFECTIVE_ITEM": DisputeReason.NOT_AS_DESCRIBED,
    "DIFFERENT_FROM_LISTING": DisputeReason.NOT_AS_DESCRIBED,
    "EXPIRED_ITEM": DisputeReason.NOT_AS_DESCRIBED,
    "FAKE_OR_COUNTERFEIT": DisputeReason.COUNTERFEIT,
    "FOUND_BETTER_PRICE": DisputeReason.CHANGED_MIND,
    "IN_STORE_RETURN": DisputeReason.OTHER,
    "MISSING_PARTS": DisputeReason.NOT_AS_DESCRIBED,
    "NO_LONGER_NEED_ITEM": DisputeReason.CHANGED_MIND,
    "NO_REASON": DisputeReason.CHANGED_MIND,
    "NOT_AS_DESCRIBED": DisputeReason.NOT_AS_DESCRIBED,
    "ORDERED_ACCIDENTALLY": DisputeReason.CHANGED_MIND,
    "ORDERED_DIFFERENT_ITEM": DisputeReason.NOT_AS_DESCRIBED,
    "ORDERED_WRONG_ITEM": DisputeReason.CHANGED_MIND,
    "OTHER": DisputeReason.OTHER,
    "OUT_OF_STOCK": DisputeReason.OTHER,
    "RETURNING_GIFT": DisputeReason.CHANGED_MIND,
    "VALET_DELIVERY_ISSUES": DisputeReason.OTHER,
    "VALET_UNAVAILABLE": DisputeReason.OTHER,
    "WRONG_SIZE": DisputeReason.CHANGED_MIND,
}
