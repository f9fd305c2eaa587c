"""What buyers and eBay's staff do about returns, inquiries and cases: `POST /_admin/ebay/<action>`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from xborder_sandbox.ebay.aftersales.book import AfterSalesBook
from xborder_sandbox.ebay.aftersales.returned import Return
from xborder_sandbox.ebay.aftersales.trouble import Trouble
from xborder_sandbox.ebay.aftersales.words import RETURN_REASONS
from xborder_sandbox.ebay.order import Document, Order
from xborder_sandbox.errors import AdminError
from xborder_sandbox.requests import Json

Kind = TypeVar("Kind", bound=Trouble)
_OUTCOMES = {"won": "SELLER_FAVOR", "lost": "BUYER_FAVOR"}


class AfterSalesActions:
    """Open, ship back, escalate, decide."""

    def __init__(self, book: AfterSalesBook) -> None:
        self._book = book

    def table(self) -> dict[str, Callable[[dict[str, Json]], dict[str, Json]]]:
        """Return the actions by name."""
        return {
            "open_return": self.open_return,
            "ship_return": self.ship_return,
            "deliver_return": self.deliver_return,
            "answer_offer": self.answer_offer,
            "open_inquiry": self.open_inquiry,
            "escalate": self.escalate,
            "decide_case": self.decide_case,
        }

    def state(self) -> dict[str, Json]:
        """Return all of them in short."""
        self._book.settle()

        def brief(held: Mapping[str, Trouble]) -> list[Json]:
            return [
                {"id": entry.trouble_id, "orderId": entry.order.order_id, "state": entry.state}
                for entry in held.values()
            ]

        return {
            "returns": brief(self._book.returns),
            "inquiries": brief(self._book.inquiries),
            "cases": brief(self._book.cases),
        }

    def open_return(self, body: dict[str, Json]) -> dict[str, Json]:
        """Let the buyer ask for a return: `{"orderId", "lineItemId", "reason", "comments"}`."""
        order, line = self._line(body)
        reason = str(body.get("reason", "NO_LONGER_NEED_ITEM"))
        if reason not in RETURN_REASONS:
            raise AdminError(f"reason must be one of {', '.join(sorted(RETURN_REASONS))}")
        return {"returnId": self._book.open_return(order, line, reason, _comments(body)).trouble_id}

    def open_inquiry(self, body: dict[str, Json]) -> dict[str, Json]:
        """Let the buyer ask where the item is: `{"orderId", "lineItemId", "comments"}`."""
        order, line = self._line(body)
        return {"inquiryId": self._book.open_inquiry(order, line, _comments(body)).trouble_id}

    def ship_return(self, body: dict[str, Json]) -> dict[str, Json]:
        """Let the buyer send the item back."""
        held = self._return(body, "ITEM_READY_TO_SHIP")
        self._book.ship_back(held, str(body.get("carrier", "OTHER")), str(body.get("tracking", "SANDBOX0000001")))
        return {"state": held.state}

    def deliver_return(self, body: dict[str, Json]) -> dict[str, Json]:
        """Let the item arrive."""
        held = self._return(body, "ITEM_SHIPPED")
        self._book.receive(held, "SYSTEM", "NOTIFIED_DELIVERED")
        return {"state": held.state}

    def answer_offer(self, body: dict[str, Json]) -> dict[str, Json]:
        """Let the buyer answer an offer of a partial refund: `{"returnId", "accept": true}`."""
        held = self._return(body, "PARTIAL_REFUND_REQUESTED")
        accept = body.get("accept")
        if not isinstance(accept, bool):
            raise AdminError("accept must be true or false")
        self._book.answer_offer(held, accept)
        return {"state": held.state}

    def escalate(self, body: dict[str, Json]) -> dict[str, Json]:
        """Let the buyer ask eBay to decide: `{"inquiryId"}` or `{"returnId"}`."""
        self._book.settle()
        held = (
            _find(self._book.inquiries, body, "inquiryId")
            if "inquiryId" in body
            else _find(self._book.returns, body, "returnId")
        )
        if held.closed is not None and held.state != "RETURN_REJECTED":
            raise AdminError("it is closed")
        case = self._book.escalate(held, "BUYER", self._book.store.now(), _comments(body))
        return {"caseId": case.trouble_id}

    def decide_case(self, body: dict[str, Json]) -> dict[str, Json]:
        """Decide a case now: `{"caseId", "outcome": "won"}`, won by the seller."""
        self._book.settle()
        case = _find(self._book.cases, body, "caseId")
        outcome = _OUTCOMES.get(str(body.get("outcome")))
        if outcome is None:
            raise AdminError("outcome must be won or lost")
        if case.closed is not None:
            raise AdminError("the case is closed")
        self._book.decide(case, outcome, self._book.store.now())
        return {"decision": outcome}

    def _line(self, body: dict[str, Json]) -> tuple[Order, Document]:
        order = self._book.store.any(str(body.get("orderId")))
        if order is None:
            raise AdminError(f"there is no order {body.get('orderId')!r}")
        wanted = body.get("lineItemId")
        line = order.lines[0] if wanted is None else order.line(str(wanted))
        if line is None:
            raise AdminError(f"the order has no line {wanted!r}")
        return order, line

    def _return(self, body: dict[str, Json], state: str) -> Return:
        self._book.settle()
        held = _find(self._book.returns, body, "returnId")
        if held.state != state:
            raise AdminError(f"the return is {held.state}, not {state}")
        return held


def _find(held: Mapping[str, Kind], body: dict[str, Json], name: str) -> Kind:
    found = held.get(str(body.get(name)))
    if found is None:
        raise AdminError(f"there is no {name} {body.get(name)!r}")
    return found


def _comments(body: dict[str, Json]) -> str | None:
    comments = body.get("comments")
    return None if comments is None else str(comments)
