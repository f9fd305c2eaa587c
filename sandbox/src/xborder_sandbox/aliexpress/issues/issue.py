"""A dispute about a line of an order. Words: enums.json (SDK of 2023), the vendor's spelling kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

# The vendor's sample has 30001, Goods still in transit; the other reasons and numbers are the sandbox's own.
REASONS: dict[str, tuple[int, str, str]] = {
    "in_transit": (30001, "Goods still in transit", "货物仍在运输途中"),
    "not_received": (30002, "Goods were not received", "未收到货物"),
    "not_as_described": (30101, "Goods do not match the description", "货物与描述不符"),
    "damaged": (30102, "Goods arrived damaged", "货物破损"),
}
# Only of these the buyer has the goods, and can be asked to send them back.
NOT_AS_DESCRIBED = frozenset({"not_as_described", "damaged"})

PROCESSING, CANCELLED, FINISHED = "processing", "canceled_issue", "finish"
REFUND, RETURN_AND_REFUND = "refund", "return_and_refund"


@dataclass
class Solution:
    """A proposal: `owner` is buyer, seller or platform; `status` one of solution_status."""

    solution_id: int
    owner: str
    kind: str
    amount: Decimal
    content: str
    status: str
    created: datetime
    modified: datetime
    version: int = 1
    is_default: bool = False
    return_address: int | None = None
    buyer_accepted: datetime | None = None
    seller_accepted: datetime | None = None
    reached: datetime | None = None
    reached_type: str = ""


@dataclass
class Attachment:
    """A picture somebody sent."""

    path: str
    owner: str
    at: datetime
    content: bytes = field(repr=False)


@dataclass
class Process:
    """Something that was done: `action` is one of issue_process_action_type."""

    process_id: int
    action: str
    by: str
    content: str
    at: datetime
    receive_goods: bool = False
    attachments: list[Attachment] = field(default_factory=list)


@dataclass
class Issue:
    """A dispute.

    Attributes:
        waits: Whose turn it is, one of reverse_detail_status.
        timeout: What runs out at `due`, one of timeout_type; empty where no published word fits.
        platform_at: When the platform steps in if both have not agreed.
    """

    issue_id: int
    seller: str
    order_id: int
    child_id: int
    buyer: str
    reason: str
    currency: str
    most: Decimal
    created: datetime
    modified: datetime
    platform_at: datetime
    waits: str = "wait_for_seller_response"
    status: str = PROCESSING
    timeout: str = "WAIT_SOLUTION_TIMEOUT"
    due: datetime | None = None
    solutions: list[Solution] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    return_company: str = ""
    return_number: str = ""

    @property
    def buyer_has_goods(self) -> bool:
        """Whether a return can be asked for."""
        return self.reason in NOT_AS_DESCRIBED

    def of(self, owner: str) -> list[Solution]:
        """Return the proposals of one side, oldest first."""
        return [solution for solution in self.solutions if solution.owner == owner]

    def solution(self, solution_id: int) -> Solution | None:
        """Return a proposal."""
        return next((entry for entry in self.solutions if entry.solution_id == solution_id), None)

    @property
    def agreed(self) -> Solution | None:
        """The proposal both sides took, or the platform decided."""
        return next((entry for entry in self.solutions if entry.reached is not None), None)

    @property
    def is_negotiated(self) -> bool:
        """Whether proposals can still be made and answered."""
        return self.status == PROCESSING and self.agreed is None
