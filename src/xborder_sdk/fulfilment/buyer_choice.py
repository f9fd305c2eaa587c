"""What the buyer chose and paid for, against what is booked: another service, slower, untracked, not express."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xborder_sdk.fulfilment.config import FulfilmentConfig, Mismatch
from xborder_sdk.fulfilment.targets import Target, alike
from xborder_sdk.models import Hold, HoldReason, Money, Order, Quote


@dataclass(frozen=True)
class Compared:
    """A booked service against the buyer's choice.

    Attributes:
        holds: What holds the order, as the configuration says.
        warnings: What only warns.
        cost_difference: What the booked service costs more than the chosen one; None where that cannot be said.
    """

    holds: tuple[Hold, ...] = ()
    warnings: tuple[str, ...] = ()
    cost_difference: Money | None = None


def compare(
    order: Order, booked: Quote, offers: Sequence[Quote], config: FulfilmentConfig, ship_at: datetime
) -> Compared:
    """Holds and warnings of a booked service.

    Args:
        order: The order, with the delivery the buyer chose.
        booked: What would be bought.
        offers: Everything that was offered, to find what the buyer chose.
        config: What each difference leads to.
        ship_at: When the parcel is handed over.
    """
    meant = _meant(order, config)
    chosen = [offer for offer in offers if any(target.matches(offer.account, offer.service) for target in meant)]
    difference = _difference(booked, chosen) if booked not in chosen else None
    holds, warnings = [], []
    for kind, what in _faults(order, booked, meant, chosen, offers, ship_at):
        policy: Mismatch = getattr(config, f"{kind}_mismatch")
        detail = what + _in_money(difference)
        if policy is Mismatch.WARN:
            warnings.append(detail)
        elif policy is Mismatch.HOLD:
            repair = f"choose a service by hand, or set fulfilment.{kind}_mismatch to warn"
            field = "delivery.service"
            holds.append(Hold(reason=HoldReason.SERVICE_MISMATCH, detail=detail, field=field, repair=repair))
    return Compared(tuple(holds), tuple(warnings), difference)


def _meant(order: Order, config: FulfilmentConfig) -> tuple[Target, ...]:
    """The services that the platform's word means."""
    word = order.delivery.service
    if word is None:
        return ()
    for pattern, targets in config.buyer_services.items():
        if alike(word, pattern):
            return targets
    # A platform's own logistics sells under the platform's own words.
    return (Target(account=order.account, service=word),) if order.account in config.carriers else ()


def _faults(
    order: Order,
    booked: Quote,
    meant: Sequence[Target],
    chosen: Sequence[Quote],
    offers: Sequence[Quote],
    ship_at: datetime,
) -> Iterator[tuple[str, str]]:
    """Each difference, as the kind that the configuration names and the words for it."""
    name = f"{booked.account}/{booked.service.name}"
    is_it = any(target.matches(booked.account, booked.service) for target in meant)
    if order.delivery.express and booked.service.express is not True and not is_it:
        if any(offer.service.express for offer in offers):
            yield "express", f"the buyer paid for an express service and {name} is none"
        else:
            yield "express", "the buyer paid for an express service and none is offered"
    elif meant and not is_it:
        yield "choice", f"the buyer chose {order.delivery.service} and {name} is booked"
    days = booked.transit_days
    quickest = min((offer.transit_days for offer in chosen if offer.transit_days is not None), default=None)
    if days is not None:
        until = order.delivery.deliver_until
        if quickest is not None and days > quickest and not is_it:
            yield "slower", f"{name} takes {days} days, what the buyer chose {quickest}"
        elif until is not None and ship_at + timedelta(days=days) > until:
            yield "slower", f"{name} takes {days} days, and the buyer was promised {until.date().isoformat()}"
    if booked.service.tracked is False and not any(offer.service.tracked is False for offer in chosen):
        yield "untracked", f"{name} is not tracked"


def _difference(booked: Quote, chosen: Sequence[Quote]) -> Money | None:
    if booked.price is None:
        return None
    prices = [offer.price for offer in chosen if offer.price is not None]
    same = [price for price in prices if price.currency == booked.price.currency]
    return booked.price - min(same, key=lambda price: price.amount) if same else None


def _in_money(difference: Money | None) -> str:
    if difference is None:
        return ""
    if difference.amount == 0:
        return ", at the same price"
    word = "dearer" if difference.amount > 0 else "cheaper"
    return f", {difference.replace(amount=abs(difference.amount))} {word}"
