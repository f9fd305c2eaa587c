"""Why an order got its service, or none: each rule looked at, each offer, and what decided. It names no buyer."""

from __future__ import annotations

from enum import StrEnum

from xborder_sdk.models import Instant, Model, Money


class DecidedBy(StrEnum):
    """What decided."""

    CHECK = "check"
    """The order must not ship, whatever carries it."""
    RULE = "rule"
    PLUGIN = "plugin"
    """A client-wide `choose_quote`."""
    COMPARISON = "comparison"
    """Price or time, since no rule fitted."""


class RuleSeen(Model):
    """A rule that was looked at.

    Attributes:
        name: The rule.
        matched: Whether it decided.
        because: The facts that spoke for it, or those that spoke against it.
    """

    name: str
    matched: bool
    because: str


class OfferSeen(Model):
    """A service that was offered.

    Attributes:
        chargeable_weight_g: The weight it would be billed by, where that is known.
        chosen: Whether it won.
        because: Why it won or lost.
    """

    account: str
    service: str
    service_name: str
    price: Money | None = None
    transit_days: int | None = None
    chargeable_weight_g: int | None = None
    chosen: bool = False
    because: str = ""


class AccountSeen(Model):
    """A carrier account that offered nothing, and why."""

    account: str
    because: str


class Explanation(Model):
    """Why an order got its service, or none.

    Attributes:
        decided_by: What decided.
        reason: The decision in words.
        rules: The rules, in the order in which they were looked at; the first that matched decided.
        offers: What was offered.
        left_out: Accounts that offered nothing.
        warnings: Remarks that did not stop it.
        cost_difference: What the booked service costs more than the one the buyer chose; negative where less.
        decided_at: When.
    """

    decided_by: DecidedBy
    reason: str
    rules: tuple[RuleSeen, ...] = ()
    offers: tuple[OfferSeen, ...] = ()
    left_out: tuple[AccountSeen, ...] = ()
    warnings: tuple[str, ...] = ()
    cost_difference: Money | None = None
    decided_at: Instant
