"""Rules of choosing a service, as data: `[[fulfilment.rules]]`.

The first rule all of whose conditions hold decides. A condition that cannot be answered, because a value is not known,
does not hold, and the explanation says so.

    [fulfilment.zones]
    far = ["BR", "CL", "PE"]

    [[fulfilment.rules]]
    name = "heavy and far"
    destination = ["far"]
    weight_g = { min = 1000 }
    use = ["dhl-shenzhen/P"]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from xborder_sdk.fulfilment.countries import COUNTRIES
from xborder_sdk.fulfilment.customs_rules import EU
from xborder_sdk.fulfilment.targets import Target, Targets, Words, fits_any, listed
from xborder_sdk.models import Battery, Model, Money, Service
from xborder_sdk.models.base import CurrencyCode
from xborder_sdk.models.money import Amount

Zones = Mapping[str, tuple[str, ...]]
Services = tuple[Service, ...] | None

_BUILT_IN_ZONES: Zones = {"EU": tuple(sorted(EU))}


class Grams(Model):
    """Bounds of a weight, both inclusive.

    Attributes:
        min, max: In grams; one may be left out.
    """

    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _bounds(self) -> Grams:
        _in_order(self.min, self.max)
        return self

    def __str__(self) -> str:
        return _bounds_in_words(self.min, self.max, "g")


class Value(Model):
    """Bounds of a value, both inclusive. Amounts in another currency are not compared.

    Attributes:
        min, max: Amounts, whole or as text; one may be left out.
        currency: Their currency.
    """

    min: Amount | None = None
    max: Amount | None = None
    currency: CurrencyCode

    @model_validator(mode="after")
    def _bounds(self) -> Value:
        _in_order(self.min, self.max)
        return self

    def __str__(self) -> str:
        return _bounds_in_words(self.min, self.max, self.currency)


def _in_order(least: int | Decimal | None, most: int | Decimal | None) -> None:
    if least is None and most is None:
        raise ValueError("give min, max or both")
    if least is not None and most is not None and least > most:
        raise ValueError("min is above max")


def _bounds_in_words(least: object, most: object, unit: str) -> str:
    if least is None:
        return f"up to {most} {unit}"
    return f"from {least} {unit}" if most is None else f"from {least} to {most} {unit}"


class Batteries(StrEnum):
    """Batteries in a rule: how they travel, or exactly which."""

    NONE = "none"
    CONTAINED = "contained"
    """Built in."""
    PACKED = "packed"
    """In the box beside their device."""
    ALONE = "alone"
    ION_IN_EQUIPMENT = "ion_in_equipment"
    ION_WITH_EQUIPMENT = "ion_with_equipment"
    ION_ALONE = "ion_alone"
    METAL_IN_EQUIPMENT = "metal_in_equipment"
    METAL_WITH_EQUIPMENT = "metal_with_equipment"
    METAL_ALONE = "metal_alone"


_TRAVELLING: Mapping[Batteries, frozenset[Battery]] = {
    Batteries.CONTAINED: frozenset({Battery.ION_IN_EQUIPMENT, Battery.METAL_IN_EQUIPMENT}),
    Batteries.PACKED: frozenset({Battery.ION_WITH_EQUIPMENT, Battery.METAL_WITH_EQUIPMENT}),
    Batteries.ALONE: frozenset({Battery.ION_ALONE, Battery.METAL_ALONE}),
}
_MOST_RESTRICTED_LAST = (
    Battery.NONE,
    Battery.ION_IN_EQUIPMENT,
    Battery.METAL_IN_EQUIPMENT,
    Battery.ION_WITH_EQUIPMENT,
    Battery.METAL_WITH_EQUIPMENT,
    Battery.ION_ALONE,
    Battery.METAL_ALONE,
)


def most_restricted(found: frozenset[Battery]) -> Battery:
    """As which battery an order counts: the one that fewest carriers take."""
    return max(found, key=_MOST_RESTRICTED_LAST.index, default=Battery.NONE)


class Pick(StrEnum):
    """How a rule picks among the services it names."""

    FIRST = "first"
    """In the order in which it names them."""
    CHEAPEST = "cheapest"
    FASTEST = "fastest"


class Rule(Model):
    """One rule: conditions, all of which must hold, and an outcome.

    Attributes:
        name: Its name, for explanations.
        destination: Countries (two letters), names of zones, or `EU`.
        weight_g: Gross weight.
        chargeable_weight_g: The weight an account that `use` names would bill.
        value: What the goods were sold for.
        battery: The most restricted battery in the goods: `none`, `contained`, `packed`, `alone`, or exactly which.
        orders: Order accounts.
        platform: Connectors of order accounts, such as `aliexpress`.
        buyer_service: Patterns of the platform's word for the delivery the buyer paid for.
        tax_collected: Whether the platform collected import tax under a number of its own.
        use: Services that may be bought, as `account/service` or `account`, best first.
        choose: How one of them is picked.
        hold: Hold the order instead, for this reason.
    """

    name: str = Field(min_length=1, max_length=80)
    destination: Words = ()
    weight_g: Grams | None = None
    chargeable_weight_g: Grams | None = None
    value: Value | None = None
    battery: Annotated[tuple[Batteries, ...], BeforeValidator(listed)] = ()
    orders: Words = ()
    platform: Words = ()
    buyer_service: Words = ()
    tax_collected: bool | None = None
    use: Targets = ()
    choose: Pick = Pick.FIRST
    hold: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_outcome(self) -> Rule:
        if (self.hold is None) == (not self.use):
            raise ValueError("give either use or hold")
        if self.hold is not None and self.choose is not Pick.FIRST:
            raise ValueError("choose means nothing beside hold")
        if self.hold is not None and self.chargeable_weight_g is not None:
            raise ValueError("chargeable weight is an account's own: name accounts with use, or compare weight_g")
        return self

    def covers(self, account: str) -> bool:
        """Whether it names an account."""
        return any(target.covers(account) for target in self.use)


@dataclass(frozen=True)
class Facts:
    """What rules look at.

    Attributes:
        account: The order account.
        platform: Its connector.
        country: Destination.
        weight_g: Gross weight.
        value: What the goods were sold for; None where that cannot be said in one currency.
        battery: The most restricted battery.
        buyer_service: The platform's word for the delivery the buyer paid for.
        tax_collected: Whether the platform collected import tax.
        chargeable: The weights a target would be billed by.
    """

    account: str
    platform: str
    country: str
    weight_g: int
    value: Money | None
    battery: Battery
    buyer_service: str | None
    tax_collected: bool
    chargeable: Callable[[Target], frozenset[int]]


Answer = tuple[bool, str]
"""Whether a condition holds, and the fact in words."""


def look(rule: Rule, facts: Facts, zones: Zones) -> Answer:
    """Whether a rule fits, and why (not).

    Args:
        rule: The rule.
        facts: The order.
        zones: Groups of countries.
    """
    answers = list(_answers(rule, facts, zones))
    against = [words for holds, words in answers if not holds]
    if against:
        return False, "; ".join(against)
    return True, "; ".join(words for _, words in answers) or "it has no conditions"


def _answers(rule: Rule, facts: Facts, zones: Zones) -> Iterator[Answer]:
    if rule.destination:
        yield _destination(rule.destination, facts.country, zones)
    if rule.weight_g is not None:
        yield _weight("", frozenset({facts.weight_g}), rule.weight_g)
    if rule.chargeable_weight_g is not None:
        weights = frozenset(weight for target in rule.use for weight in facts.chargeable(target))
        yield _weight("chargeable ", weights, rule.chargeable_weight_g)
    if rule.value is not None:
        yield _value(rule.value, facts.value)
    if rule.battery:
        wanted = {battery for word in rule.battery for battery in _TRAVELLING.get(word) or {Battery(word.value)}}
        yield _among(f"battery {facts.battery}", facts.battery in wanted, rule.battery)
    if rule.orders:
        yield _among(f"an order of {facts.account}", facts.account in rule.orders, rule.orders)
    if rule.platform:
        yield _among(f"an order of {facts.platform}", facts.platform in rule.platform, rule.platform)
    if rule.buyer_service:
        yield _buyer_service(rule.buyer_service, facts.buyer_service)
    if rule.tax_collected is not None:
        said = "the platform collected import tax" if facts.tax_collected else "the platform collected no import tax"
        yield facts.tax_collected is rule.tax_collected, said


def _among(fact: str, holds: bool, wanted: tuple[str, ...]) -> Answer:
    return holds, fact if holds else f"{fact}, not {' or '.join(wanted)}"


def _destination(wanted: tuple[str, ...], country: str, zones: Zones) -> Answer:
    for name in wanted:
        if country in countries_of(name, zones):
            return True, f"destination {country}" + ("" if name == country else f" ({name})")
    return False, f"destination {country}, not {', '.join(wanted)}"


def countries_of(name: str, zones: Zones) -> tuple[str, ...]:
    """The countries of a zone, or of a country's own name; none where nobody knows the name."""
    if name in zones:
        return tuple(zones[name])
    if name in _BUILT_IN_ZONES:
        return tuple(_BUILT_IN_ZONES[name])
    return (name,) if name in COUNTRIES else ()


def fits(weight: int, bounds: Grams) -> bool:
    """Whether a weight is within bounds."""
    return (bounds.min is None or weight >= bounds.min) and (bounds.max is None or weight <= bounds.max)


def _weight(kind: str, weights: frozenset[int], bounds: Grams) -> Answer:
    if not weights:
        return False, f"the {kind}weight is not known ({bounds} is wanted)"
    inside = sorted(weight for weight in weights if fits(weight, bounds))
    if inside:
        return True, f"{kind}weight {_several(inside)} g"
    return False, f"{kind}weight {_several(sorted(weights))} g, not {bounds}"


def _several(weights: list[int]) -> str:
    return " or ".join(str(weight) for weight in weights)


def _value(bounds: Value, value: Money | None) -> Answer:
    if value is None:
        return False, f"the value is not known in one currency ({bounds} is wanted)"
    if value.currency != bounds.currency:
        return False, f"value {value}, and the rule is in {bounds.currency}"
    holds = (bounds.min is None or value.amount >= bounds.min) and (bounds.max is None or value.amount <= bounds.max)
    return holds, f"value {value}" if holds else f"value {value}, not {bounds}"


def _buyer_service(wanted: tuple[str, ...], service: str | None) -> Answer:
    if service is None:
        return False, "the platform does not say which delivery the buyer paid for"
    return _among(f"the buyer paid for {service}", fits_any(service, wanted), wanted)


# -- what a configuration names must exist -----------------------------------------------------------------------------


def problems(
    rules: tuple[Rule, ...], zones: Zones, carriers: tuple[str, ...], orders: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """What is named in rules and zones and does not exist, as key and words.

    Args:
        rules: The rules.
        zones: Groups of countries.
        carriers: The carrier accounts.
        orders: The order accounts.
    """
    for zone, countries in zones.items():
        if zone in COUNTRIES:
            yield f"zones.{zone}", f"{zone} is a country: give the zone another name"
        for country in countries:
            if country not in COUNTRIES:
                yield f"zones.{zone}", _no_country(country)
    seen: set[str] = set()
    for rule in rules:
        key = f"rules.{rule.name}"
        if rule.name in seen:
            yield key, "two rules have this name"
        seen.add(rule.name)
        for name in rule.destination:
            if not countries_of(name, zones):
                yield f"{key}.destination", _no_country(name, sorted(zones))
        for account in rule.orders:
            if account not in orders:
                yield f"{key}.orders", f"{account} is not among fulfilment.orders"
        yield from unknown_accounts(f"{key}.use", rule.use, carriers)


def unknown_services(key: str, targets: tuple[Target, ...], known: Mapping[str, Services]) -> Iterator[tuple[str, str]]:
    """Targets that mean none of the services their accounts are known to sell.

    Args:
        key: Where they stand.
        targets: The targets.
        known: What accounts sell, where that is known without asking them; None for the others.
    """
    for target in targets:
        meant = [services for account, services in known.items() if target.covers(account)]
        if not meant or any(services is None for services in meant):
            continue
        sold = [service for services in meant for service in services or ()]
        if not any(target.means(service) for service in sold):
            names = ", ".join(f"{service.code} ({service.name})" for service in sold) or "none"
            yield key, f"{target.account} has no service {target.service}; it has {names}"


def _no_country(name: str, zones: list[str] | None = None) -> str:
    known = "" if zones is None else f" and no zone ({', '.join(zones) or 'none is defined'})"
    hint = "; the United Kingdom is GB" if name == "UK" else ""
    return f"{name} is no country in two letters{known}{hint}"


def unknown_accounts(key: str, targets: tuple[Target, ...], carriers: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Targets whose account is none of the carriers."""
    for target in targets:
        if not any(target.covers(account) for account in carriers):
            yield key, f"{target.account} is not among fulfilment.carriers ({', '.join(carriers)})"
