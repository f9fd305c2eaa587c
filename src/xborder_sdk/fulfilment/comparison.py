"""Comparing offers by price or by time.

An offer without a price, or with an agreement the account may lack, never wins a comparison, and prices are compared
within one currency only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from xborder_sdk.fulfilment.config import Choose
from xborder_sdk.models import Money, Quote

Offers = dict[int, Quote]
"""Offers by their place among all that came."""


@dataclass(frozen=True)
class Comparison:
    """What a comparison found.

    Attributes:
        best: Place of the winner; None where nothing could be compared.
        reason: Why it won, or why nothing did.
        repair: What would let something win.
        because: Why each of the others lost, by its place.
    """

    best: int | None
    reason: str
    repair: str | None = None
    because: dict[int, str] = field(default_factory=dict)


def usable(offers: Offers) -> tuple[Offers, dict[int, str]]:
    """Those that may win a comparison, and why each of the others may not."""
    because = {}
    for place, offer in offers.items():
        if offer.price is None:
            because[place] = "it has no price"
        elif offer.needs_agreement:
            because[place] = "it needs an agreement that the account may lack"
    return {place: offer for place, offer in offers.items() if place not in because}, because


def compared(offers: Offers, by: Choose, rank: Callable[[Quote], tuple[int, str]]) -> Comparison:
    """Compares offers.

    Args:
        offers: The offers.
        by: Price or time.
        rank: Which account and service comes first where all else is equal.
    """
    found, because = usable(offers)
    if not found:
        return Comparison(None, "no service has a price for this account", None, because)
    if by is Choose.CHEAPEST:
        best = _cheapest(found, rank)
        reason = f"cheapest of {len(found)}"
    else:
        timed = {place: offer for place, offer in found.items() if offer.transit_days is not None}
        untimed = set(found) - set(timed)
        because |= dict.fromkeys(untimed, "its carrier does not say how long it takes")
        if not timed:
            return Comparison(None, "no carrier says how long it takes", None, because)
        days = min(offer.transit_days or 0 for offer in timed.values())
        first = {place: offer for place, offer in timed.items() if offer.transit_days == days}
        because |= {
            place: f"{(offer.transit_days or 0) - days} days slower"
            for place, offer in timed.items()
            if place not in first
        }
        best = _cheapest(first, rank)
        reason = f"fastest of {len(found)}" if len(first) == 1 else "cheapest of the fastest"
        found = first
    if best is None:
        currencies = " and ".join(sorted({offer.price.currency for offer in found.values() if offer.price is not None}))
        words = f"prices in {currencies} cannot be compared"
        repair = "let the carriers bill in one currency, name a service by a rule, or set choose to fastest"
        return Comparison(None, words, repair, because | dict.fromkeys(found, words))
    winner = found[best]
    because |= {place: _dearer(offer.price, winner.price) for place, offer in found.items() if place != best}
    return Comparison(best, reason, None, because)


def _cheapest(offers: Offers, rank: Callable[[Quote], tuple[int, str]]) -> int | None:
    if len(_currencies(offers.values())) > 1:
        return None
    return min(offers, key=lambda place: (_amount(offers[place]), rank(offers[place]), place))


def _currencies(offers: Iterable[Quote]) -> set[str]:
    return {offer.price.currency for offer in offers if offer.price is not None}


def _amount(offer: Quote) -> Decimal:
    return offer.price.amount if offer.price is not None else Decimal(0)


def _dearer(price: Money | None, best: Money | None) -> str:
    if price is None or best is None:
        return "it has no price"
    more = price - best
    return f"{more} dearer" if more.amount else "as dear, and it comes later in fulfilment.carriers"
