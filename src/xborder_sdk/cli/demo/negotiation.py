"""The demo's bargain: a buyer of AliExpress wants money back, and gets a part of it that both agree on."""

from __future__ import annotations

from decimal import Decimal

from xborder_sdk.cli.output import out
from xborder_sdk.cli.sandbox_server import SandboxServer
from xborder_sdk.client import Client
from xborder_sdk.disputes import open_disputes, propose
from xborder_sdk.hookspecs import GetDispute
from xborder_sdk.models import Dispute, DisputeKind, Money, SolutionKind

NOTE = "It is on its way and late. Please take this for the wait, and keep the parcel when it comes."
_PART = Decimal("0.40")


class DemoBargain:
    """One dispute that waits for the seller, with the buyer's wish on the table.

    Args:
        client: Asks and answers.
        account: Account of the shop.
        server: The sandbox, whose buyer answers.
    """

    def __init__(self, client: Client, account: str, server: SandboxServer) -> None:
        self._client = client
        self._server = server
        waiting = (
            dispute
            for dispute in open_disputes(client, [account]).disputes
            if dispute.kind is not DisputeKind.CANCELLATION_REQUEST and "propose_solution" in dispute.choices
        )
        self._dispute: Dispute | None = next(waiting, None)

    def strike(self) -> None:
        """Offers a part of what is asked for, as `xborder disputes propose` does, and lets the buyer take it."""
        dispute = self._dispute
        if dispute is None or dispute.amount is None:
            return
        asked = dispute.amount
        part = Money(amount=asked.amount * _PART, currency=asked.currency).rounded()
        out.rule(f"xborder disputes propose {dispute.dispute_id} --refund {part.amount}{part.currency}", align="left")
        due = f"{dispute.due_by:%a %H:%M} UTC" if dispute.due_by else "at no named time"
        out.print(f"{dispute.reason.value}, {asked}, order {dispute.order_id}, due {due}", markup=False)
        answer = propose(self._client, dispute, SolutionKind.REFUND, part, NOTE)
        out.print(f"  proposed a refund of {part}; now {answer.status.value}", markup=False)
        self._agree()

    def _agree(self) -> None:
        """The buyer takes the offer; prints how it ended."""
        dispute = self._dispute
        if dispute is None:
            return
        self._server.post("aliexpress/answer_issue", {"issue": dispute.dispute_id, "answer": "accept"})
        wish = GetDispute(dispute_id=dispute.dispute_id, kind=dispute.kind)
        ended = self._client.get_dispute(dispute.account, wish)
        out.print(f"  the buyer agrees; now {ended.status.value}", markup=False)
