"""`DisputeChannel`: where buyers, banks and platforms ask with a clock.

Answers are `once` effects. Contest and acceptance of one dispute share one intent, so that two operators cannot both
answer it; evidence has an intent of its own, made of what it shows and what the files hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.hookspecs.markers import hookspec
from xborder_sdk.hookspecs.request import OPTION, OnceRequest, Request
from xborder_sdk.models import (
    Address,
    Cursor,
    Dispute,
    DisputeAnswer,
    DisputeKind,
    DisputeLine,
    EvidenceFile,
    EvidenceKind,
    EvidenceLimits,
    Instant,
    Money,
    Page,
    SolutionKind,
)
from xborder_sdk.models.base import Personal
from xborder_sdk.steps import Flow


class ListDisputes(Request):
    """Which disputes to list.

    Without any time the platform's own default window holds; connectors say which in their documentation.

    Attributes:
        kinds: Only these; empty for all the channel has.
        opened_from, opened_to: Window of opening, both ends inclusive.
        open_only: Only those that are not over.
        order_id: Only those of one order.
        page_size: Disputes per page; None for the connector's best.
        cursor: Where to go on; all other fields must be those of the first call.
    """

    kinds: Annotated[tuple[DisputeKind, ...], OPTION] = ()
    opened_from: Annotated[Instant | None, OPTION] = None
    opened_to: Annotated[Instant | None, OPTION] = None
    open_only: Annotated[bool, OPTION] = False
    order_id: Annotated[str | None, OPTION] = None
    page_size: int | None = Field(default=None, ge=1)
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _window_runs_forward(self) -> ListDisputes:
        if self.opened_from is not None and self.opened_to is not None and self.opened_from > self.opened_to:
            raise ValueError("opened_from is after opened_to")
        return self

    def takes(self, dispute: Dispute) -> bool:
        """Whether a listed dispute is open where only those are wanted, and was opened in the window.

        For channels that cannot ask for both. One that does not tell when it was opened is taken.
        """
        if self.open_only and not dispute.is_open:
            return False
        opened = dispute.opened_at
        if opened is None:
            return True
        return (self.opened_from is None or opened >= self.opened_from) and (
            self.opened_to is None or opened <= self.opened_to
        )


class GetDispute(Request):
    """Which dispute to read; ids are unique within a kind only."""

    dispute_id: str = Field(min_length=1)
    kind: DisputeKind


class AcceptDispute(OnceRequest):
    """Gives in: the buyer gets what is asked. Cannot be undone.

    Attributes:
        revision: The version of the dispute the decision was made on, where it has one.
        proposal_id: Which proposal on the table is agreed to, where the platform has several.
        return_address: Where goods go back to, where the seller wants them back and the platform asks.
        note: Words for the other side.
    """

    dispute_id: str = Field(min_length=1)
    kind: DisputeKind
    revision: str | None = None
    proposal_id: Annotated[str | None, OPTION] = None
    return_address: Annotated[Address | None, OPTION] = None
    note: Annotated[str | None, OPTION, Field(repr=False)] = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "revision"})

    def intent(self) -> str:
        return f"answer-dispute/{self.kind.value}/{self.dispute_id}"


class ShipmentProof(Request):
    """That the goods are on their way, for platforms that look a parcel up themselves.

    Attributes:
        tracking_number: The number the buyer can follow.
        carrier: Connector name of the carrier, such as `dhl`.
        carrier_code: The platform's own carrier word, which wins over `carrier`.
        shipped_at: When it was handed over.
    """

    tracking_number: str = Field(min_length=1)
    carrier: str | None = None
    carrier_code: str | None = None
    shipped_at: Instant | None = None


class ContestDispute(OnceRequest):
    """Contests, with the evidence added before. Cannot be undone, and as a rule nothing can be added afterwards.

    Attributes:
        revision: The version of the dispute the decision was made on, where it has one.
        note: Words for the decider.
        return_address: Where goods go back to, where the platform asks.
        shipment: That the goods are on their way, where that is the answer.
    """

    dispute_id: str = Field(min_length=1)
    kind: DisputeKind
    revision: str | None = None
    note: Annotated[str | None, OPTION, Field(repr=False)] = None
    return_address: Annotated[Address | None, OPTION] = None
    shipment: Annotated[ShipmentProof | None, OPTION] = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "revision"})

    def intent(self) -> str:
        return f"answer-dispute/{self.kind.value}/{self.dispute_id}"


class ProposeSolution(OnceRequest):
    """Puts a solution of the seller's on the table, for the buyer to take or leave.

    Attributes:
        solution: What is offered.
        amount: The money the buyer would get.
        note: Words for the buyer.
        rejects: The buyer's proposal that this one answers, where there is one.
        replaces: The seller's own proposal that this one changes.
        return_address: Where goods go back to, where that is offered.
    """

    dispute_id: str = Field(min_length=1)
    kind: DisputeKind
    solution: SolutionKind
    amount: Money
    note: Annotated[Personal, Field(min_length=1)]
    rejects: Annotated[str | None, OPTION] = None
    replaces: Annotated[str | None, OPTION] = None
    return_address: Annotated[Address | None, OPTION] = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "note"})

    @model_validator(mode="after")
    def _offers_something(self) -> ProposeSolution:
        if self.solution is SolutionKind.UNKNOWN:
            raise ValueError("say what is offered: refund, or return_and_refund")
        return self

    def intent(self) -> str:
        what = f"{self.kind.value}/{self.dispute_id}/{self.solution.value}/{self.amount}"
        return f"propose-solution/{what}/{self.rejects or '-'}/{self.replaces or '-'}"


class AddEvidence(OnceRequest):
    """Adds evidence of one kind.

    The same files for the same dispute are one intent whatever they are called: asked again, they are there once.

    Attributes:
        evidence: What the files show.
        files: What to show; the channel's `evidence_limits` are checked before anything is sent.
        request_id: The platform's request it answers, where there is one.
        lines: Order lines it concerns; empty for those of the request, or of the dispute.
    """

    dispute_id: str = Field(min_length=1)
    kind: DisputeKind
    evidence: EvidenceKind
    files: tuple[EvidenceFile, ...] = Field(min_length=1)
    request_id: Annotated[str | None, OPTION] = None
    lines: Annotated[tuple[DisputeLine, ...], OPTION] = ()

    def intent(self) -> str:
        digest = hashlib.sha256()
        for content in sorted(hashlib.sha256(file.content).digest() for file in self.files):
            digest.update(content)
        what = f"{self.kind.value}/{self.dispute_id}/{self.evidence.value}"
        return f"add-evidence/{what}/{digest.hexdigest()[:16]}"


class DisputeChannel(Kind):
    """Where buyers, banks and platforms ask with a clock.

    Attributes:
        evidence_limits: What files the platform takes, by kind of dispute; a kind that is missing takes none.
    """

    kind = "dispute_channel"
    evidence_limits: ClassVar[Mapping[DisputeKind, EvidenceLimits]] = {}

    @hookspec(firstresult=True)
    def list_disputes(self, request: ListDisputes) -> Flow[Page[Dispute]]:
        """One page of disputes and the cursor of the next.

        Entries may be incomplete (`Dispute.complete`); the client completes open ones. A page may be empty and still
        have a cursor.

        Args:
            request: Which disputes.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def get_dispute(self, request: GetDispute) -> Flow[Dispute]:
        """One dispute, complete.

        Args:
            request: Which dispute.

        Raises:
            NotFound: The platform does not know it.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def accept_dispute(self, request: AcceptDispute) -> Flow[DisputeAnswer]:
        """Gives in (`once`).

        Args:
            request: Which dispute.

        Raises:
            Conflict: The dispute has changed since `revision`, or cannot be accepted now.
            TooLate: Its deadline has passed; nothing was sent.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def contest_dispute(self, request: ContestDispute) -> Flow[DisputeAnswer]:
        """Contests (`once`).

        Args:
            request: Which dispute, with what words.

        Raises:
            Conflict: The dispute has changed since `revision`, or cannot be contested now; read it again and decide
                again. Nothing is repeated by itself.
            TooLate: Its deadline has passed; nothing was sent.
            InvalidRequest: Something the platform asks for is missing, such as a return address.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def propose_solution(self, request: ProposeSolution) -> Flow[DisputeAnswer]:
        """Puts a solution on the table (`once`). Afterwards read the dispute again: its proposals have changed.

        Args:
            request: What is offered.

        Raises:
            InvalidRequest: The offer is more than the platform allows, or in another currency; nothing was sent.
            Conflict: The proposal it answers or changes is not on the table any more.
            TooLate: The deadline has passed; nothing was sent.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def add_evidence(self, request: AddEvidence) -> Flow[DisputeAnswer]:
        """Adds evidence before the contest (`once`). Afterwards the dispute has a new revision: read it again.

        Args:
            request: The files and what they show.

        Raises:
            InvalidRequest: The platform takes no such files; nothing was sent.
            Conflict: The dispute takes no evidence now.
            TooLate: The deadline has passed, perhaps while files were uploaded; they are attached to nothing.
        """
        raise NotImplementedError
