"""Choosing a service among what was offered.

In this order: a rule that holds; a client-wide `choose_quote`; the first rule that fits; price or time over all, where
the buyer paid for express among express services as long as there is one. A service that a rule names may win without a
price, one that a comparison finds never. What is booked is held against what the buyer chose.

Every order comes to a service, to a hold, or to an error that passes by itself, with the whole explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from xborder_sdk.errors import XborderError
from xborder_sdk.fulfilment import buyer_choice
from xborder_sdk.fulfilment.comparison import Comparison, Offers, compared, usable
from xborder_sdk.fulfilment.config import Choose, FulfilmentConfig
from xborder_sdk.fulfilment.explanation import AccountSeen, DecidedBy, Explanation, OfferSeen, RuleSeen
from xborder_sdk.fulfilment.rules import Facts, Pick, Rule, fits, look
from xborder_sdk.fulfilment.targets import Target
from xborder_sdk.fulfilment.troubles import passes
from xborder_sdk.models import Hold, HoldReason, Order, Parcel, Quote

_BY = {Pick.CHEAPEST: Choose.CHEAPEST, Pick.FASTEST: Choose.FASTEST}


@dataclass(frozen=True)
class Offered:
    """What the carrier accounts said.

    Attributes:
        quotes: Their offers; without a price where they tell none.
        problems: Accounts that could not be asked, and why.
        left_out: Accounts that were not asked, and why.
    """

    quotes: tuple[Quote, ...]
    problems: Mapping[str, XborderError] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chosen:
    """The service, or why there is none.

    Attributes:
        quote: The offer that won; None where the order is held.
        holds: Why it is held.
        why: All that was looked at.
    """

    quote: Quote | None
    holds: tuple[Hold, ...]
    why: Explanation


@dataclass(frozen=True)
class _Picked:
    """An offer and why, or a hold and why."""

    place: int | None
    by: DecidedBy
    reason: str
    hold: Hold | None = None


def chargeable(quote: Quote, parcels: Sequence[Parcel], config: FulfilmentConfig) -> int | None:
    """The weight an offer is billed by: as the configuration reckons for the account, else as the offer says."""
    reckoning = config.chargeable.get(quote.account)
    return quote.chargeable_weight_g if reckoning is None else reckoning.of(parcels)


def weights_of(
    target: Target, quotes: Sequence[Quote], parcels: Sequence[Parcel], config: FulfilmentConfig
) -> frozenset[int]:
    """The weights that a target's accounts would bill; empty where nobody knows."""
    found = {chargeable(quote, parcels, config) for quote in quotes if target.matches(quote.account, quote.service)}
    reckoned = {one.of(parcels) for account, one in config.chargeable.items() if target.covers(account)}
    return frozenset(weight for weight in found | reckoned if weight is not None)


def select(
    order: Order,
    facts: Facts,
    offered: Offered,
    config: FulfilmentConfig,
    *,
    parcels: Sequence[Parcel],
    ship_at: datetime,
    now: datetime,
    plugin: Quote | None = None,
) -> Chosen:
    """Chooses.

    Args:
        order: The order.
        facts: What rules look at.
        offered: What the carriers said.
        config: Rules and policies.
        parcels: The boxes, for chargeable weights.
        ship_at: When they are handed over.
        now: The present.
        plugin: What a client-wide `choose_quote` chose.

    Raises:
        XborderError: A carrier that is needed cannot be asked, for a reason that passes.
    """
    return _Choosing(order, facts, offered, config, parcels, ship_at, now, plugin).run()


class _Choosing:
    """One choice."""

    def __init__(
        self,
        order: Order,
        facts: Facts,
        offered: Offered,
        config: FulfilmentConfig,
        parcels: Sequence[Parcel],
        ship_at: datetime,
        now: datetime,
        plugin: Quote | None,
    ) -> None:
        self.order = order
        self.facts = facts
        self.offered = offered
        self.config = config
        self.parcels = parcels
        self.ship_at = ship_at
        self.now = now
        self.plugin = plugin
        self.offers: Offers = dict(enumerate(offered.quotes))
        self.because: dict[int, str] = {}
        self.rules: list[RuleSeen] = []

    def run(self) -> Chosen:
        rule = self._first_rule()
        if rule is not None and rule.hold is not None:
            return self._told(self._held_by(rule, rule.hold))
        if self.plugin is not None:
            return self._told(self._by_plugin(self.plugin))
        if rule is not None:
            return self._told(self._by_rule(rule))
        return self._told(self._by_comparison())

    # -- rules ---------------------------------------------------------------------------------------------------------

    def _first_rule(self) -> Rule | None:
        for rule in self.config.rules:
            matched, words = look(rule, self.facts, self.config.zones)
            self.rules.append(RuleSeen(name=rule.name, matched=matched, because=words))
            if matched:
                return rule
        return None

    def _held_by(self, rule: Rule, words: str) -> _Picked:
        detail = f"rule {rule.name}: {words}"
        repair = "ship it by hand, or change the rule"
        hold = Hold(reason=HoldReason.POLICY, detail=detail, field=_key(rule), repair=repair)
        return _Picked(None, DecidedBy.RULE, detail, hold)

    def _by_rule(self, rule: Rule) -> _Picked:
        found = {target: self._meant(target, rule) for target in rule.use}
        for place in self.offers:
            if not any(place in offers for offers in found.values()):
                self.because.setdefault(place, f"rule {rule.name} does not name it")
        if rule.choose is not Pick.FIRST:
            return self._best_of(rule, found)
        against: list[str] = []
        for target, offers in found.items():
            if not offers:
                against.append(self._why_nothing(target))
                continue
            won, words = self._first_of(target, offers)
            if won is not None:
                for other in {other for others in found.values() for other in others} - {won}:
                    self.because.setdefault(other, f"rule {rule.name} prefers {self._name(won)}")
                return _Picked(won, DecidedBy.RULE, f"rule {rule.name}: {words}")
            against.append(f"{target}: {words}")
        return self._nothing(rule, against)

    def _meant(self, target: Target, rule: Rule) -> Offers:
        """The offers a target means whose chargeable weight the rule allows."""
        offers = {place: offer for place, offer in self.offers.items() if target.matches(offer.account, offer.service)}
        bounds = rule.chargeable_weight_g
        if bounds is None:
            return offers
        inside = {}
        for place, offer in offers.items():
            weight = chargeable(offer, self.parcels, self.config)
            if weight is not None and fits(weight, bounds):
                inside[place] = offer
            else:
                told = "is not known" if weight is None else f"is {weight} g"
                self.because[place] = f"its chargeable weight {told}, rule {rule.name} wants {bounds}"
        return inside

    def _why_nothing(self, target: Target) -> str:
        """Why a target has no offer.

        Raises:
            XborderError: Because its account cannot be asked now; a purchase cannot be undone, and waiting can.
        """
        accounts = [account for account in self.config.carriers if target.covers(account)]
        self._raise_passing(accounts)
        for account in accounts:
            if account in self.offered.left_out:
                return f"{target}: {self.offered.left_out[account]}"
            if account in self.offered.problems:
                return f"{target}: {self.offered.problems[account]}"
        told = sorted({offer.service.name for offer in self.offers.values() if target.covers(offer.account)})
        return f"{target} is not offered for this parcel" + (f" (offered: {', '.join(told)})" if told else "")

    def _first_of(self, target: Target, offers: Offers) -> tuple[int | None, str]:
        """The offer of a target, and why; or why none."""
        if not target.is_named:
            found = self._compare(offers, self.config.choose)
            if found.best is None:
                return None, f"{found.reason}; name one of its services"
            return found.best, f"{self._name(found.best)}, {found.reason} that {target} means"
        if len(offers) > 1:
            # A code is exact, while several services may bear one name.
            offers = {place: offer for place, offer in offers.items() if offer.service.code == target.service} or offers
        if len(offers) > 1:
            found = self._compare(offers, self.config.choose)
            if found.best is None:
                codes = ", ".join(sorted(offer.service.code for offer in offers.values()))
                return None, f"several services are called so ({codes}): name one by its code"
            return found.best, f"{self._name(found.best)}, {found.reason} called so"
        (place,) = offers
        offer = offers[place]
        words = self._name(place)
        if offer.price is None:
            words += ", whose price is not known"
        if offer.needs_agreement:
            words += ", which needs an agreement"
        return place, words

    def _best_of(self, rule: Rule, found: Mapping[Target, Offers]) -> _Picked:
        offers = {place: offer for some in found.values() for place, offer in some.items()}
        against = [] if offers else [self._why_nothing(target) for target in found]
        best = self._compare(offers, _BY[rule.choose])
        if best.best is not None:
            words = f"rule {rule.name}: {self._name(best.best)}, {best.reason} that it names"
            return _Picked(best.best, DecidedBy.RULE, words)
        self._raise_passing([account for account in self.config.carriers if rule.covers(account)])
        return self._nothing(rule, [*against, best.reason])

    def _nothing(self, rule: Rule, against: Sequence[str]) -> _Picked:
        detail = f"rule {rule.name}: none of its services can be had: {'; '.join(against)}"
        repair = "change what the rule uses, or add another service to it"
        hold = Hold(reason=HoldReason.NO_SERVICE, detail=detail, field=_key(rule), repair=repair)
        return _Picked(None, DecidedBy.RULE, detail, hold)

    # -- without a rule ------------------------------------------------------------------------------------------------

    def _by_plugin(self, chosen: Quote) -> _Picked:
        place = next((place for place, offer in self.offers.items() if offer == chosen), None)
        if place is None:
            detail = "a choose_quote plugin named a quote that nobody offered"
            hold = Hold(reason=HoldReason.POLICY, detail=detail, field="delivery", repair="mend the plugin")
            return _Picked(None, DecidedBy.PLUGIN, detail, hold)
        return _Picked(place, DecidedBy.PLUGIN, "chosen by a plugin")

    def _by_comparison(self) -> _Picked:
        if not self.offers:
            self._raise_passing(self.config.carriers)
            said = [*(str(problem) for problem in self.offered.problems.values())]
            return self._no_service("no carrier offers a service", said)
        offers, wanted = self.offers, ""
        if self.order.delivery.express:
            express = {place: offer for place, offer in usable(offers)[0].items() if offer.service.express}
            if express:
                self.because |= {
                    place: "the buyer paid for an express service, and it is none"
                    for place, offer in offers.items()
                    if not offer.service.express
                }
                offers, wanted = express, " of the express services, as the buyer paid for"
        found = self._compare(offers, self.config.choose)
        if found.best is None:
            return self._no_service(found.reason, (), found.repair)
        return _Picked(found.best, DecidedBy.COMPARISON, f"{found.reason}{wanted}")

    def _no_service(self, detail: str, said: Sequence[str], repair: str | None = None) -> _Picked:
        words = f"{detail}: {'; '.join(said)}" if said else detail
        hold = Hold(reason=HoldReason.NO_SERVICE, detail=words, field="delivery", repair=repair)
        return _Picked(None, DecidedBy.COMPARISON, words, hold)

    # -- both ----------------------------------------------------------------------------------------------------------

    def _compare(self, offers: Offers, by: Choose) -> Comparison:
        found = compared(offers, by, self._rank)
        for place, words in found.because.items():
            self.because.setdefault(place, words)
        return found

    def _rank(self, offer: Quote) -> tuple[int, str]:
        carriers = self.config.carriers
        known = carriers.index(offer.account) if offer.account in carriers else len(carriers)
        return known, offer.service.code

    def _name(self, place: int) -> str:
        offer = self.offers[place]
        return f"{offer.account}/{offer.service.name}"

    def _raise_passing(self, accounts: Sequence[str]) -> None:
        # A carrier that is down today says nothing against the order.
        for account in accounts:
            problem = self.offered.problems.get(account)
            if problem is not None and passes(problem):
                raise problem

    def _told(self, picked: _Picked) -> Chosen:
        quote = None if picked.place is None else self.offers[picked.place]
        holds: tuple[Hold, ...] = () if picked.hold is None else (picked.hold,)
        warnings: tuple[str, ...] = ()
        difference = None
        if quote is not None:
            against = buyer_choice.compare(self.order, quote, self.offered.quotes, self.config, self.ship_at)
            difference = against.cost_difference
            # A plugin has seen the order: what it chose is booked, with the difference told.
            is_plugin = picked.by is DecidedBy.PLUGIN
            warnings = (*against.warnings, *(hold.detail for hold in against.holds if is_plugin))
            holds = () if is_plugin else against.holds
            warnings += quote.warnings
        warnings += tuple(f"no price: {problem}" for problem in self.offered.problems.values())
        why = Explanation(
            decided_by=picked.by,
            reason=picked.reason,
            rules=tuple(self.rules),
            offers=tuple(self._seen(place, picked, held=bool(holds)) for place in self.offers),
            left_out=tuple(self._silent()),
            warnings=warnings,
            cost_difference=difference,
            decided_at=self.now,
        )
        return Chosen(None if holds else quote, holds, why)

    def _seen(self, place: int, picked: _Picked, *, held: bool) -> OfferSeen:
        offer = self.offers[place]
        won = place == picked.place
        because = picked.reason if won else self.because.get(place, _no_choice(picked))
        return OfferSeen(
            account=offer.account,
            service=offer.service.code,
            service_name=offer.service.name,
            price=offer.price,
            transit_days=offer.transit_days,
            chargeable_weight_g=chargeable(offer, self.parcels, self.config),
            chosen=won and not held,
            because=f"{because}; held all the same" if won and held else because,
        )

    def _silent(self) -> list[AccountSeen]:
        offering = {offer.account for offer in self.offers.values()}
        told = {account: str(problem) for account, problem in self.offered.problems.items()}
        told |= self.offered.left_out
        return [
            AccountSeen(account=account, because=told.get(account, "it offers nothing for this parcel"))
            for account in self.config.carriers
            if account not in offering
        ]


def _no_choice(picked: _Picked) -> str:
    return "the plugin chose another" if picked.by is DecidedBy.PLUGIN else picked.reason


def _key(rule: Rule) -> str:
    return f"fulfilment.rules.{rule.name}"
