"""Disputes over the client: what is due, evidence from the delivery, and answers that are given once.

    from xborder_sdk import Client
    from xborder_sdk.disputes import build_evidence, contest, due_within, plan_contest

    with Client() as client:
        for dispute in due_within(client, hours=48).disputes:
            pack = build_evidence(client, dispute.account, dispute.order_id, dispute=dispute)
            plan = plan_contest(client, dispute, pack, note="Delivered and signed for.")
            contest(client, plan)

Drawing needs the extra `labels`; importing this package does not.
"""

from xborder_sdk.disputes.answering import ContestPlan, EvidenceToAdd, accept, contest, plan_contest
from xborder_sdk.disputes.due import (
    AccountFailure,
    DisputeFeed,
    dispute_accounts,
    due_within,
    find_dispute,
    open_disputes,
)
from xborder_sdk.disputes.gathering import build_evidence, parcels_of
from xborder_sdk.disputes.keeping import has_pack, read_pack, write_pack
from xborder_sdk.disputes.limits import evidence_limits
from xborder_sdk.disputes.pack import Attachment, EvidencePack, EvidenceParcel, Letter, Missing, PackFile, Piece
from xborder_sdk.disputes.proposing import propose

__all__ = [
    "AccountFailure",
    "Attachment",
    "ContestPlan",
    "DisputeFeed",
    "EvidencePack",
    "EvidenceParcel",
    "EvidenceToAdd",
    "Letter",
    "Missing",
    "PackFile",
    "Piece",
    "accept",
    "build_evidence",
    "contest",
    "dispute_accounts",
    "due_within",
    "evidence_limits",
    "find_dispute",
    "has_pack",
    "open_disputes",
    "parcels_of",
    "plan_contest",
    "propose",
    "read_pack",
    "write_pack",
]
