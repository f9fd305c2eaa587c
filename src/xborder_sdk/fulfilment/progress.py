"""Where an order stands in fulfilment, and what a run tells while it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xborder_sdk.models import Hold


class WorkState(StrEnum):
    """Where an order stands. Each state is reached only after what it names is durable."""

    NEW = "new"
    """Read from the platform, or changed there, and not planned yet."""
    HELD = "held"
    """Must not ship now; looked at again by every plan."""
    PLANNED = "planned"
    """The plan is frozen; nothing is bought."""
    BUYING = "buying"
    """A purchase has begun; the ledger says how far it came."""
    BOUGHT = "bought"
    """The waybill is kept."""
    LABELLED = "labelled"
    """Label and papers are on the disk."""
    PRINTED = "printed"
    DECLARED = "declared"
    """The platform knows the tracking number."""
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    STOPPED = "stopped"
    """Nothing more is done by itself."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to be done."""
        return self in {WorkState.DELIVERED, WorkState.STOPPED}

    @property
    def is_bought(self) -> bool:
        """Whether a waybill exists."""
        return self in _BOUGHT


_BOUGHT = frozenset(
    {
        WorkState.BOUGHT,
        WorkState.LABELLED,
        WorkState.PRINTED,
        WorkState.DECLARED,
        WorkState.IN_TRANSIT,
        WorkState.DELIVERED,
    }
)


class NoticeState(StrEnum):
    """How far the notice to a buyer has come; an order whose buyer is not to be written to has none."""

    DUE = "due"
    BEGUN = "begun"
    """The words are kept; the ledger says whether they were sent."""
    SENT = "sent"
    SKIPPED = "skipped"
    """Nothing is sent: the platform takes no messages, or no template fits."""
    REFUSED = "refused"
    """The platform refused it."""


class Step(StrEnum):
    """What a run does."""

    PULL = "pull"
    PLAN = "plan"
    BUY = "buy"
    NUMBER = "number"
    LABEL = "label"
    PRINT = "print"
    DECLARE = "declare"
    NOTICE = "notice"
    HAND_OVER = "hand-over"
    FOLLOW = "follow"


@dataclass(frozen=True, slots=True)
class Progress:
    """One thing that happened.

    Attributes:
        step: What the run was doing.
        account: The order account; of a hand-over as a whole the carrier account.
        order_id: The order; None where it concerns the account.
        state: Where the order stands now.
        detail: A sentence, without buyer data.
        holds: What stands in the way, if anything.
        failed: Whether it did not work; it is tried again when it is due.
        done, total: How many of how many in this step; `total` is None where nobody knows.
    """

    step: Step
    account: str
    order_id: str | None = None
    state: WorkState | None = None
    detail: str = ""
    holds: tuple[Hold, ...] = ()
    failed: bool = False
    done: int = 0
    total: int | None = None
