"""The sandbox's own handles on payment disputes: `POST /_admin/ebay/<action>`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from xborder_sandbox.ebay.disputes.book import DisputeBook
from xborder_sandbox.ebay.disputes.dispute import Dispute, Line
from xborder_sandbox.ebay.disputes.words import ACTION_NEEDED, CLOSED, EVIDENCE_TYPES, LOST, REASONS, WON
from xborder_sandbox.ebay.order import Order
from xborder_sandbox.ebay.times import write_time
from xborder_sandbox.ebay.tokens import Tokens
from xborder_sandbox.errors import AdminError
from xborder_sandbox.requests import Json

_OUTCOMES = {"won": WON, "lost": LOST}


class DisputeActions:
    """Open, ask, decide, reopen."""

    def __init__(self, book: DisputeBook, tokens: Tokens) -> None:
        self._book = book
        self._tokens = tokens

    def table(self) -> dict[str, Callable[[dict[str, Json]], dict[str, Json]]]:
        """Return the actions by name."""
        return {
            "open_dispute": self.open,
            "request_evidence": self.ask,
            "decide_dispute": self.decide,
            "reopen_dispute": self.reopen,
        }

    def state(self) -> list[Json]:
        """Return all disputes in short."""
        self._book.settle()
        return [
            {
                **dispute.summary(),
                "account": dispute.order.seller,
                "revision": dispute.revision,
                "sellerResponse": dispute.response,
                "reasonForClosure": dispute.outcome,
            }
            for dispute in self._book.held.values()
        ]

    def open(self, body: dict[str, Json]) -> dict[str, Json]:
        """Open a dispute on an order: `{"orderId", "reason", "lineItemIds", "respond_seconds", "note"}`."""
        order = self._book.store.any(str(body.get("orderId")))
        if order is None:
            raise AdminError(f"there is no order {body.get('orderId')!r}")
        reason = str(body.get("reason", "ITEM_NOT_RECEIVED"))
        if reason not in REASONS:
            raise AdminError(f"reason must be one of {', '.join(sorted(REASONS))}")
        note = body.get("note")
        try:
            dispute = self._book.open(
                order,
                self._tokens.sellers[order.seller],
                reason,
                lines=_lines(order, body.get("lineItemIds")),
                answer_in=self._duration(body),
                note=None if note is None else str(note),
            )
        except ValueError as error:
            raise AdminError(str(error)) from error
        return {"paymentDisputeId": dispute.dispute_id, "respondByDate": write_time(dispute.respond_by)}

    def ask(self, body: dict[str, Json]) -> dict[str, Json]:
        """Ask the seller for more evidence, which moves the revision."""
        dispute = self._dispute(body)
        kind = str(body.get("evidenceType", "OPTIONAL_SUPPORTING_DOCUMENTS"))
        if kind not in EVIDENCE_TYPES:
            raise AdminError(f"evidenceType must be one of {', '.join(sorted(EVIDENCE_TYPES))}")
        if dispute.state != ACTION_NEEDED:
            raise AdminError("the dispute takes no more evidence")
        return {"evidenceId": self._book.ask(dispute, kind, self._duration(body)).evidence_id}

    def decide(self, body: dict[str, Json]) -> dict[str, Json]:
        """Decide now, or reverse what was decided: `{"paymentDisputeId", "outcome": "won"}`."""
        dispute = self._dispute(body)
        outcome = _OUTCOMES.get(str(body.get("outcome")))
        if outcome is None:
            raise AdminError("outcome must be won or lost")
        if dispute.outcome == outcome:
            raise AdminError("the dispute has this outcome")
        self._book.decide(dispute, outcome)
        return {"reasonForClosure": outcome}

    def reopen(self, body: dict[str, Json]) -> dict[str, Json]:
        """Open a closed dispute again."""
        dispute = self._dispute(body)
        if dispute.state != CLOSED:
            raise AdminError("the dispute is not closed")
        self._book.reopen(dispute, self._duration(body))
        return {"respondByDate": write_time(dispute.respond_by)}

    def _dispute(self, body: dict[str, Json]) -> Dispute:
        self._book.settle()
        dispute = self._book.held.get(str(body.get("paymentDisputeId")))
        if dispute is None:
            raise AdminError(f"there is no dispute {body.get('paymentDisputeId')!r}")
        return dispute

    def _duration(self, body: dict[str, Json]) -> timedelta:
        seconds = body.get("respond_seconds", self._book.store.settings.dispute_answer_seconds)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 10**9:
            raise AdminError("respond_seconds must be a positive number")
        return timedelta(seconds=seconds)


def _lines(order: Order, wanted: Json) -> list[Line] | None:
    if wanted is None:
        return None
    lines = [(str(line["legacyItemId"]), str(line["lineItemId"])) for line in order.lines]
    if not isinstance(wanted, list) or not wanted or not set(wanted) <= {line_item_id for _, line_item_id in lines}:
        raise AdminError("lineItemIds must be a list of the order's lines")
    return [line for line in lines if line[1] in wanted]
