"""Puts a solution of the seller's on the table of a dispute, once."""

from __future__ import annotations

from datetime import timedelta

from xborder_sdk.client import Client
from xborder_sdk.errors import Conflict, InvalidRequest, OutcomeUnknown
from xborder_sdk.hookspecs import GetDispute, ProposeSolution
from xborder_sdk.ledger.port import EffectRecord, EffectState
from xborder_sdk.models import Address, Dispute, DisputeAnswer, DisputeParty, Money, Proposal, SolutionKind

# The platform's clock and ours differ.
_CLOCKS_DIFFER = timedelta(minutes=10)
_OVER = frozenset({EffectState.SETTLED, EffectState.RELEASED})


def propose(
    client: Client,
    dispute: Dispute,
    solution: SolutionKind,
    amount: Money,
    note: str,
    *,
    return_address: Address | None = None,
) -> DisputeAnswer:
    """Offers the buyer a solution.

    Where the seller has a proposal on the table it is changed; else it answers the buyer's, where there is one. It is
    safe to call again: the same offer to the same proposal goes out once.

    Args:
        client: Sends.
        dispute: As it was when that was decided.
        solution: What is offered.
        amount: The money the buyer would get.
        note: Words for the buyer.
        return_address: Where goods go back to, where that is offered and the platform asks.

    Raises:
        InvalidRequest: It is more than the platform allows, or in another currency; nothing was sent.
        Conflict: No solution can be proposed now.
        TooLate: The deadline has passed; nothing was sent.
        OutcomeUnknown: Nobody knows whether it, or another offer before it, arrived, the platform neither.
    """
    current = client.get_dispute(dispute.account, GetDispute(dispute_id=dispute.dispute_id, kind=dispute.kind))
    most = current.amount_max
    if most is not None and most.currency != amount.currency:
        raise InvalidRequest(f"this dispute is settled in {most.currency}", field="amount")
    if most is not None and amount.amount > most.amount:
        raise InvalidRequest(f"the most that can be given back is {most}", field="amount")
    theirs, ours = _open_of(current, DisputeParty.BUYER), _open_of(current, DisputeParty.SELLER)
    request = ProposeSolution(
        dispute_id=current.dispute_id,
        kind=current.kind,
        solution=solution,
        amount=amount,
        note=note,
        rejects=None if theirs is None or ours is not None else theirs.proposal_id,
        replaces=None if ours is None else ours.proposal_id,
        return_address=return_address,
    )
    if ours is not None and _offers(ours, request):
        return _answer(current, ours)
    if current.choices and "propose_solution" not in current.choices:
        raise Conflict(f"nothing can be proposed now: its state is {current.vendor_status or current.status.value}")
    if ours is None:
        _nothing_under_way(client, current, request)
    try:
        return client.propose_solution(current.account, request)
    except OutcomeUnknown as doubt:
        found = _arrived(client, current, request)
        if found is None:
            raise doubt from None
        return found


def _open_of(dispute: Dispute, party: DisputeParty) -> Proposal | None:
    """The newest proposal of one side that is on the table."""
    return next((one for one in reversed(dispute.proposals) if one.party is party and one.is_open), None)


def _offers(proposal: Proposal, request: ProposeSolution) -> bool:
    return proposal.kind is request.solution and proposal.amount == request.amount


def _arrived(client: Client, before: Dispute, request: ProposeSolution) -> DisputeAnswer | None:
    """The answer, if the platform shows a proposal that was not there before; the doubt then ends in the ledger."""
    record = _record(client, before, request)
    begun = None if record is None else (record.sent_at or record.claimed_at) - _CLOCKS_DIFFER
    known = {one.proposal_id for one in before.proposals}
    after = client.get_dispute(before.account, GetDispute(dispute_id=request.dispute_id, kind=request.kind))
    # Only the newest of ours can be the one that was sent last.
    newest = next((one for one in reversed(after.proposals) if one.party is DisputeParty.SELLER), None)
    if newest is None or not _offers(newest, request):
        return None
    is_new = newest.at is not None and begun is not None and newest.at >= begun
    if newest.proposal_id in known and not is_new:
        return None
    _end_doubt(client, after, request, newest)
    return _answer(after, newest)


def _nothing_under_way(client: Client, dispute: Dispute, request: ProposeSolution) -> None:
    """Another offer that nobody can tell of may lie on the table unseen, and the buyer would have two to choose from.

    Raises:
        OutcomeUnknown: There is one.
    """
    ours = f"{dispute.account}/{request.intent()}"
    of_dispute = f"{dispute.account}/propose-solution/{dispute.kind.value}/{dispute.dispute_id}/"
    for record in (*client.store.doubts(dispute.account), *client.store.history(dispute.account)):
        never_sent = record.state is EffectState.CLAIMED and record.lease_until <= client.clock.now()
        is_over = never_sent or record.state in _OVER
        if record.intent.startswith(of_dispute) and record.intent != ours and not is_over:
            raise OutcomeUnknown(
                "nobody knows yet whether another offer for this dispute arrived",
                intent=record.intent,
                attempt=record.attempt,
                reference=record.reference,
            )


def _record(client: Client, dispute: Dispute, request: ProposeSolution) -> EffectRecord | None:
    return client.store.get(f"{dispute.account}/{request.intent()}", request.attempt)


def _end_doubt(client: Client, dispute: Dispute, request: ProposeSolution, found: Proposal) -> None:
    record = _record(client, dispute, request)
    if record is not None and record.state in {EffectState.UNKNOWN, EffectState.UNREAD}:
        client.store.resolve(
            record.intent,
            record.attempt,
            happened=True,
            outcome_id=found.proposal_id,
            resolved_by="lookup",
            reason="the platform shows the proposal",
        )


def _answer(dispute: Dispute, proposal: Proposal) -> DisputeAnswer:
    return DisputeAnswer(
        dispute_id=dispute.dispute_id,
        kind=dispute.kind,
        status=dispute.status,
        vendor_status=dispute.vendor_status,
        proposal_id=proposal.proposal_id,
        revision=dispute.revision,
    )
