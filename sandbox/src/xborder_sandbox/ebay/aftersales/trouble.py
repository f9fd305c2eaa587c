"""What a return, an inquiry and a case have in common: one line of one order, a deadline, a history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from xborder_sandbox.ebay.amounts import read_value, write_value
from xborder_sandbox.ebay.order import Document, Order, Refund
from xborder_sandbox.ebay.times import write_time
from xborder_sandbox.requests import Json


@dataclass
class Entry:
    """Something that somebody did."""

    at: datetime
    actor: str
    activity: str
    note: str | None
    before: str
    after: str


@dataclass
class Trouble:
    """A buyer's complaint about a line.

    Attributes:
        state: One word of eBay's for where it stands.
        respond_by: Until when somebody has to act; None when nobody has to.
        refund: The refund that was started because of it.
    """

    trouble_id: str
    order: Order
    line: Document
    opened: datetime
    state: str
    respond_by: datetime | None
    comments: str | None = None
    closed: datetime | None = None
    modified: datetime | None = None
    refund: Refund | None = None
    case_id: str | None = None
    history: list[Entry] = field(default_factory=list)

    @property
    def value(self) -> Decimal:
        """What the line cost the buyer, delivery included."""
        return read_value(self.line["total"])

    @property
    def buyer(self) -> str:
        """The buyer's user name."""
        buyer = self.order.document["buyer"]
        return str(buyer["username"]) if isinstance(buyer, dict) else ""

    def did(self, at: datetime, actor: str, activity: str, state: str | None = None, note: str | None = None) -> None:
        """Write down what was done, and where it led."""
        after = self.state if state is None else state
        self.history.append(Entry(at, actor, activity, note, self.state, after))
        self.state = after
        self.modified = at

    def close(self, at: datetime, actor: str, activity: str, state: str = "CLOSED") -> None:
        """End it."""
        self.did(at, actor, activity, state)
        self.closed = at
        self.respond_by = None

    def money(self, value: Decimal) -> Document:
        """Return an amount in the order's currency."""
        return {"value": write_value(value), "currency": self.order.currency}


def show_time(instant: datetime) -> Document:
    """Return a date as this API writes it: `{"value": ISO}`."""
    return {"value": write_time(instant)}


def show_text(text: str) -> Document:
    """Return a text as this API writes it: `{"content": text}`."""
    return {"content": text}


def read_text(given: Json) -> str | None:
    """Return a text that came as `{"content": text}` or plainly; None where there is none."""
    if isinstance(given, dict):
        given = given.get("content")
    return given if isinstance(given, str) and given else None
