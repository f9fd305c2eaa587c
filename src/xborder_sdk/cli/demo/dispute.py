"""The demo's dispute: a buyer's bank says that a parcel never came, and the delivery answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from xborder_sdk.cli.output import out
from xborder_sdk.client import Client
from xborder_sdk.disputes import build_evidence, contest, open_disputes, plan_contest, write_pack
from xborder_sdk.fulfilment import WorkRow, WorkState
from xborder_sdk.hookspecs import GetDispute
from xborder_sdk.models import Dispute, DisputeKind, DisputeReason

NOTE = "The parcel was delivered; see the proof of delivery and the tracking history."
_AT_THE_LATEST = timedelta(hours=14)


class DemoDispute:
    """One payment dispute about an order of the demo.

    Args:
        client: Asks and answers.
        account: Account of the shop.
        folder: Where the evidence is written.
    """

    def __init__(self, client: Client, account: str, folder: Path) -> None:
        self._client = client
        self._folder = folder
        disputed = (
            dispute
            for dispute in open_disputes(client, [account]).disputes
            if dispute.kind is DisputeKind.PAYMENT_DISPUTE and dispute.reason is DisputeReason.NOT_RECEIVED
        )
        self._dispute: Dispute | None = next(disputed, None)
        self._said: list[str] = []

    def look(self, rows: Sequence[WorkRow], now: datetime) -> None:
        """Contests as soon as the parcel is delivered, or with what there is before the time is over.

        Args:
            rows: Where the orders stand.
            now: The sandbox's time.
        """
        dispute = self._dispute
        if dispute is None or dispute.order_id is None or self._said:
            return
        delivered = any(row.order_id == dispute.order_id and row.state is WorkState.DELIVERED for row in rows)
        urgent = dispute.due_by is not None and dispute.due_by - now.astimezone(UTC) < _AT_THE_LATEST
        if not delivered and not urgent:
            return
        pack = build_evidence(self._client, dispute.account, dispute.order_id, dispute=dispute)
        write_pack(pack, self._folder)
        plan = plan_contest(self._client, dispute, pack, note=NOTE if pack.delivered else None)
        answer = contest(self._client, plan)
        self._said = [
            f"{dispute.reason.value}, {dispute.amount}, order {dispute.order_id}, due {dispute.due_by:%a %H:%M} UTC",
            f"  contested on {now:%a %Y-%m-%d %H:%M} UTC",
            *(f"  sent {one.file.name}, {len(one.file.content)} bytes, as {one.kind.value}" for one in pack.files),
            *(f"  not included: {one.title}: {one.reason}" for one in pack.missing),
            f"  now {answer.status.value}",
        ]

    def tell(self) -> bool:
        """Prints what was sent; whether anything was."""
        if self._dispute is None or not self._said:
            return False
        out.rule(f"xborder disputes contest {self._dispute.dispute_id}: proof from the delivery", align="left")
        for line in self._said:
            out.print(line, markup=False)
        return True

    def tell_the_end(self) -> None:
        """Prints how it ended."""
        if self._dispute is not None:
            wish = GetDispute(dispute_id=self._dispute.dispute_id, kind=self._dispute.kind)
            ended = self._client.get_dispute(self._dispute.account, wish)
            out.print(f"  a week later: {ended.status.value}", markup=False)
