"""eBay's words about disputes, and what follows from each. Enums are those of the compiled type pages."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# enums, payment_dispute.DisputeStateEnum
ACTION_NEEDED, OPEN, CLOSED = "ACTION_NEEDED", "OPEN", "CLOSED"
STATES = frozenset({ACTION_NEEDED, OPEN, CLOSED})

# enums, payment_dispute.DisputeReasonEnum
REASONS = _words(
    """
    TRANSACTION_ISSUE FRAUD ITEM_NOT_RECEIVED SIGNIFICANTLY_NOT_AS_DESCRIBED CREDIT_NOT_PROCESSED
    COUNTERFEIT DUPLICATE_AMOUNT INCORRECT_AMOUNT CANCELLATION RETURN_REFUND_NOT_PROCESSED
    AUTHORIZATION_FAILED
    """
)
NOT_RECEIVED = "ITEM_NOT_RECEIVED"
NOT_AS_DESCRIBED = "SIGNIFICANTLY_NOT_AS_DESCRIBED"

# enums, payment_dispute.EvidenceTypeEnum. PROOF_OF_DELIVERY comes from the parcels declared with
# createShippingFulfillment and cannot be added (reference, section 3).
BY_TRACKING = "PROOF_OF_DELIVERY"
EVIDENCE_TYPES = _words(
    """
    PROOF_OF_AUTHENTICITY PROOF_OF_ITEM_AS_DESCRIBED PROOF_OF_CREDIT_NOT_DUE
    PROOF_OF_RETURN_NOT_RECEIVED PROOF_OF_DELIVERY_AS_FILE PROOF_OF_DELIVERY_SIGNATURE PROOF_OF_PICKUP
    OPTIONAL_SUPPORTING_DOCUMENTS
    """
)

# enums, payment_dispute.OutcomeEnum
WON, LOST, ACCEPTED = "SELLER_WON", "SELLER_LOST", "SELLER_ACCEPT"

# Which evidence wins a dispute of which reason is the sandbox's own rule; of the reasons not named here
# any evidence does.
_DELIVERED = frozenset({BY_TRACKING, "PROOF_OF_DELIVERY_AS_FILE", "PROOF_OF_DELIVERY_SIGNATURE", "PROOF_OF_PICKUP"})
CONVINCING = {
    NOT_RECEIVED: _DELIVERED,
    NOT_AS_DESCRIBED: frozenset({"PROOF_OF_ITEM_AS_DESCRIBED", "PROOF_OF_RETURN_NOT_RECEIVED"}),
    "COUNTERFEIT": frozenset({"PROOF_OF_AUTHENTICITY"}),
    "CREDIT_NOT_PROCESSED": frozenset({"PROOF_OF_CREDIT_NOT_DUE", "PROOF_OF_RETURN_NOT_RECEIVED"}),
    "RETURN_REFUND_NOT_PROCESSED": frozenset({"PROOF_OF_CREDIT_NOT_DUE", "PROOF_OF_RETURN_NOT_RECEIVED"}),
}
# Of which reasons a seller may offer to take the item back, and what eBay asks for at the start: unverified.
RETURNABLE = frozenset({NOT_AS_DESCRIBED, "COUNTERFEIT"})
ASKED_FOR = {
    NOT_RECEIVED: "PROOF_OF_DELIVERY_AS_FILE",
    NOT_AS_DESCRIBED: "PROOF_OF_ITEM_AS_DESCRIBED",
    "COUNTERFEIT": "PROOF_OF_AUTHENTICITY",
    "CREDIT_NOT_PROCESSED": "PROOF_OF_CREDIT_NOT_DUE",
    "RETURN_REFUND_NOT_PROCESSED": "PROOF_OF_CREDIT_NOT_DUE",
}
