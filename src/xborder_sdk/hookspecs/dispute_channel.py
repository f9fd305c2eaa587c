"""`DisputeChannel`: where buyers, banks and platforms ask with a clock."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

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
    EvidenceKind,
    Instant,
    Model,
    Page,
)
from xborder_sdk.steps import Flow


class ListDisputes(Request):
    """Which disputes to list.

    Attributes:
        kinds: Only these; empty for all the channel has.
        open_only: Only those that can still be acted on.
        order_id: Only those of one order.
    """

    kinds: Annotated[tuple[DisputeKind, ...], OPTION] = ()
    opened_from: Annotated[Instant | None, OPTION] = None
    opened_to: Annotated[Instant | None, OPTION] = None
    open_only: Annotated[bool, OPTION] = False
    order_id: Annotated[str | None, OPTION] = None
    page_size: int | None = Field(default=None, ge=1)
    cursor: Cursor | None = None


class GetDispute(Request):
    """Which dispute to read."""

    dispute_id: str = Field(min_length=1)
    kind: DisputeKind = DisputeKind.PAYMENT_DISPUTE


class AcceptDispute(OnceRequest):
    """Gives in. Cannot be undone.

    Attributes:
        revision: The revision the decision was made on.
        return_address: Where goods go back to, where the platform asks.
    """

    dispute_id: str = Field(min_length=1)
    kind: DisputeKind = DisputeKind.PAYMENT_DISPUTE
    revision: str | None = None
    return_address: Address | None = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "revision"})

    def intent(self) -> str:
        return f"answer-dispute/{self.kind}/{self.dispute_id}"


class ContestDispute(OnceRequest):
    """Contests, with the evidence added before. Cannot be undone, and nothing can be added afterwards.

    Attributes:
        note: Words for the decider.
    """

    dispute_id: str = Field(min_length=1)
    kind: DisputeKind = DisputeKind.PAYMENT_DISPUTE
    revision: str | None = None
    note: Annotated[str | None, Field(repr=False)] = None
    return_address: Address | None = None

    volatile: ClassVar[frozenset[str]] = frozenset({"attempt", "revision", "note"})

    def intent(self) -> str:
        return f"answer-dispute/{self.kind}/{self.dispute_id}"


class EvidenceFile(Model):
    """A file to show.

    Attributes:
        media_type: Such as `image/png`.
    """

    name: str
    media_type: str
    content: Annotated[bytes, Field(repr=False)]


class AddEvidence(Request):
    """Adds evidence of one kind.

    Attributes:
        files: What to show; limits are the platform's and checked before anything is sent.
        request_id: The platform's request it answers, where there is one.
        lines: Order lines it concerns.
    """

    dispute_id: str = Field(min_length=1)
    kind: DisputeKind = DisputeKind.PAYMENT_DISPUTE
    evidence: EvidenceKind
    files: tuple[EvidenceFile, ...] = Field(min_length=1)
    request_id: str | None = None
    lines: tuple[DisputeLine, ...] = ()


class DisputeChannel(Kind):
    """Where buyers, banks and platforms ask with a clock."""

    kind = "dispute_channel"

    @hookspec(firstresult=True)
    def list_disputes(self, request: ListDisputes) -> Flow[Page[Dispute]]:
        """One page of disputes and the cursor of the next.

        Args:
            request: Which disputes.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def get_dispute(self, request: GetDispute) -> Flow[Dispute]:
        """One dispute, complete.

        Args:
            request: Which dispute.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def accept_dispute(self, request: AcceptDispute) -> Flow[DisputeAnswer]:
        """Gives in (`once`).

        Args:
            request: Which dispute.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def contest_dispute(self, request: ContestDispute) -> Flow[DisputeAnswer]:
        """Contests (`once`).

        Args:
            request: Which dispute, with what words.

        Raises:
            Conflict: The dispute has changed since `revision`; read it again and decide again.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def add_evidence(self, request: AddEvidence) -> Flow[DisputeAnswer]:
        """Adds evidence before the contest.

        Args:
            request: The files and what they show.
        """
        raise NotImplementedError
