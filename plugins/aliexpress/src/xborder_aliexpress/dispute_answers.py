"""What is held against a dispute before it is answered, and what an answer comes to. Pure functions."""

from __future__ import annotations

from datetime import datetime

from xborder_aliexpress import dispute_words as words
from xborder_aliexpress.calls import Answer
from xborder_aliexpress.dispute_reading import awaits_address, is_for_seller
from xborder_sdk.errors import Conflict, InvalidRequest, MalformedResponse, Refused, TooLate
from xborder_sdk.hookspecs import ProposeSolution
from xborder_sdk.models import (
    Dispute,
    DisputeAnswer,
    DisputeParty,
    DisputeReason,
    DisputeStatus,
    Money,
    Proposal,
    SolutionKind,
)


def check_possible(dispute: Dispute, operation: str, now: datetime) -> None:
    """Refuses what the platform would refuse, so that no claim is spent on it.

    Args:
        dispute: As it stands.
        operation: What is wanted.
        now: The present, aware.

    Raises:
        TooLate: Its deadline has passed.
        Conflict: It is over, or does not offer this now.
    """
    if dispute.is_open and dispute.respond_by is not None and now > dispute.respond_by:
        error = TooLate("the deadline has passed; nothing was answered", status=200)
        error.deadline = dispute.respond_by.isoformat()
        raise error
    if not dispute.is_open or operation not in dispute.choices:
        state = dispute.vendor_status or "not named"
        raise Conflict(f"AliExpress does not offer it now: the state is {state}", status=200)


def to_accept(dispute: Dispute, proposal_id: str | None) -> Proposal:
    """The proposal that is agreed to: the one named, else the only one that waits for the seller.

    Where the seller has agreed before, the agreed one counts too, so that the same call finds the same proposal again.

    Args:
        dispute: As it stands.
        proposal_id: The one named.

    Raises:
        InvalidRequest: Several wait, and none is named.
        Conflict: None waits, or the one named does not.
    """
    agreed = dispute.answer == words.ACCEPT
    possible = [
        one
        for one in dispute.proposals
        if is_for_seller(one)
        or awaits_address(one, dispute.vendor_status)
        or (agreed and one.party is not DisputeParty.SELLER and one.vendor_status in words.AGREED)
    ]
    if proposal_id is not None:
        named = next((one for one in possible if one.proposal_id == proposal_id), None)
        if named is None:
            raise Conflict("this proposal does not wait for the seller (any more)", status=200)
        return named
    if not possible:
        raise Conflict("there is no proposal that waits for the seller", status=200)
    if len(possible) > 1:
        raise InvalidRequest(
            f"{len(possible)} proposals wait for the seller", field="proposal_id", hint="name the one to agree to"
        )
    return possible[0]


def is_made(dispute: Dispute, request: ProposeSolution) -> bool:
    """Whether a proposal like this one, of the seller's, is on the table already."""
    return any(
        one.party is DisputeParty.SELLER
        and one.is_open
        and one.kind is request.solution
        and one.amount == request.amount
        for one in dispute.proposals
    )


def to_reject(dispute: Dispute, rejects: str | None, *, made: bool) -> str | None:
    """The buyer's proposal that a new one answers: the one named, else the only open one.

    Args:
        dispute: As it stands.
        rejects: The one named.
        made: The new one is on the table already, so that this one may have gone.

    Raises:
        Conflict: The one named is not on the table.
    """
    open_ones = [one for one in dispute.proposals if one.party is DisputeParty.BUYER and one.is_open]
    if rejects is None:
        return open_ones[0].proposal_id if len(open_ones) == 1 else None
    if not made and all(one.proposal_id != rejects for one in open_ones):
        raise Conflict("the buyer's proposal is not on the table (any more)", status=200)
    return rejects


def to_replace(dispute: Dispute, replaces: str, *, made: bool) -> str:
    """The seller's proposal that is changed.

    Args:
        dispute: As it stands.
        replaces: The one named.
        made: It has been changed already.

    Raises:
        Conflict: It is not on the table.
    """
    own = (one for one in dispute.proposals if one.party is DisputeParty.SELLER and one.is_open)
    if not made and all(one.proposal_id != replaces for one in own):
        raise Conflict("the seller's proposal is not on the table (any more)", status=200)
    return replaces


def check_amount(amount: Money, most: tuple[Money | None, Money | None]) -> None:
    """Holds an offer against the most a refund may come to, in either of the two currencies the platform tells.

    Args:
        amount: The offer.
        most: The most, and the same in the buyer's currency; None where the platform does not say.

    Raises:
        InvalidRequest: It is more, below zero, not exact, or in another currency.
    """
    if amount.amount < 0 or not amount.is_exact:
        raise InvalidRequest("a refund is a whole number of the currency's smallest unit", field="amount")
    known = [limit for limit in most if limit is not None]
    same = [limit for limit in known if limit.currency == amount.currency]
    if known and not same:
        currencies = " or ".join(dict.fromkeys(limit.currency for limit in known))
        raise InvalidRequest(f"AliExpress refunds in {currencies} here, not in {amount.currency}", field="amount")
    if same and amount > max(same, key=lambda limit: limit.amount):
        raise InvalidRequest(
            f"the offer is more than AliExpress allows here ({max(same, key=lambda limit: limit.amount)})",
            field="amount",
        )


def solution_word(dispute: Dispute, solution: SolutionKind) -> str | None:
    """`add_solution_type`, which the platform knows for goods that are not as described only.

    A refund alone is the only solution elsewhere, and is named where the case is known to have both.

    Args:
        dispute: As it stands.
        solution: What is offered.
    """
    has_returns = any(one.kind is SolutionKind.RETURN_AND_REFUND for one in dispute.proposals)
    if solution is SolutionKind.REFUND and not has_returns and dispute.reason is not DisputeReason.NOT_AS_DESCRIBED:
        return None
    return words.SOLUTION_WORD[solution]


def answered(dispute: Dispute, status: DisputeStatus, answer: Answer) -> DisputeAnswer:
    """What the platform said. Its new state is told only by reading the dispute again.

    Args:
        dispute: As it stood.
        status: Whose move it is now, as far as this answer makes it.
        answer: The answer.

    Raises:
        Refused: It says that nothing was done.
        MalformedResponse: It does not say what was done.
    """
    result = answer.body.child("result")
    done = answer.body.flag("result_object")
    if done is None:
        done = result.flag("target") if "target" in result else result.flag("success")
    if done is None:
        raise MalformedResponse("the answer does not say whether it was done")
    if not done:
        raise Refused("AliExpress did not do it, and gives no reason", status=200)
    return DisputeAnswer(dispute_id=dispute.dispute_id, kind=dispute.kind, status=status, raw=answer.raw)
