"""From an order to a frozen plan: what is bought, from whom, for how much, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xborder_sdk.client import Client
from xborder_sdk.errors import XborderError
from xborder_sdk.fulfilment.catalogue import gaps
from xborder_sdk.fulfilment.choosing import Chosen, Offered, select, weights_of
from xborder_sdk.fulfilment.config import FulfilmentConfig
from xborder_sdk.fulfilment.customs_rules import crosses_customs
from xborder_sdk.fulfilment.explanation import DecidedBy, Explanation
from xborder_sdk.fulfilment.goods import EnrichedOrder
from xborder_sdk.fulfilment.preflight import (
    address_holds,
    batteries,
    battery_holds,
    carriers_taking,
    merged,
    state_holds,
)
from xborder_sdk.fulfilment.rules import Facts, look, most_restricted
from xborder_sdk.fulfilment.shipment_draft import Draft, address_probe, draft, line_value, tax_numbers
from xborder_sdk.hookspecs import (
    CreateShipment,
    LabelWish,
    ListServices,
    LogisticsProvider,
    QuoteShipment,
    ShipmentDetails,
)
from xborder_sdk.models import Address, Hold, Instant, Model, Money, Order, Quote, Service, total


class ShipmentPlan(Model):
    """What is bought for an order. Frozen before the purchase: a rule changed later changes no plan that has begun.

    Attributes:
        account: The carrier account.
        connector: Its connector.
        request: The purchase, as it will be made.
        service_name: The service, for people.
        price: What the carrier asked.
        transit_days: What it promised.
        reason: Why this one, in words.
        warnings: Remarks that did not stop it.
        order_digest: Digest of what the plan was made from; another order needs another plan.
    """

    account: str
    connector: str
    request: CreateShipment
    service_name: str
    price: Money | None
    transit_days: int | None = None
    reason: str
    warnings: tuple[str, ...] = ()
    order_digest: str
    planned_at: Instant


@dataclass(frozen=True)
class Planned:
    """What planning makes of an order.

    Attributes:
        plan: The frozen plan; None where the order is held.
        holds: Every reason to hold it.
        why: Why it got its service, or none.
    """

    plan: ShipmentPlan | None
    holds: tuple[Hold, ...]
    why: Explanation


def order_digest(order: Order) -> str:
    """Digest of what a plan depends on: address, goods, money, delivery, taxes."""
    fields = {"order_id", "ship_to", "lines", "totals", "delivery", "collected_taxes"}
    state = {"lines": {"__all__": {"shipped", "quantity_shipped", "vendor_status"}}}
    text = order.model_dump_json(include=fields, exclude=state)
    return hashlib.sha256(text.encode()).hexdigest()


def plan_order(client: Client, config: FulfilmentConfig, order: EnrichedOrder, now: datetime) -> Planned:
    """Checks an order, asks for prices and chooses.

    Args:
        client: Asks the carriers.
        config: The rules.
        order: The order with its master data.
        now: The present.

    Returns:
        The plan, or every reason to hold the order; both with the explanation.

    Raises:
        XborderError: A carrier that is needed could not be asked, for a reason that passes: the order is neither
            planned nor held.
    """
    ship_at = handed_over(config, now)
    recipient = order.order.ship_to
    holds, made = check(client, config, order, ship_at)
    if holds or made.request is None or recipient is None:
        words = "; ".join(hold.detail for hold in holds)
        return Planned(None, holds, Explanation(decided_by=DecidedBy.CHECK, reason=words, decided_at=now))
    request = made.request
    offered = _offered(client, config, order, request)
    plugin = client.hooks.choose(order.order, offered.quotes) if offered.quotes else None
    chosen = select(
        order.order,
        _facts(client, config, order, request, offered.quotes),
        offered,
        config,
        parcels=request.parcels,
        ship_at=ship_at,
        now=now,
        plugin=plugin,
    )
    if chosen.quote is None:
        return Planned(None, chosen.holds, chosen.why)
    return _frozen(client, config, order.order, request, chosen, chosen.quote, now)


def check(
    client: Client, config: FulfilmentConfig, order: EnrichedOrder, ship_at: datetime
) -> tuple[tuple[Hold, ...], Draft]:
    """Every reason to hold an order, without asking anybody, and the shipment it would be.

    Args:
        client: Knows the connectors and the client-wide hooks.
        config: The rules.
        order: The order with its master data.
        ship_at: When it would be handed over.
    """
    source, recipient = order.order, order.order.ship_to
    customs = recipient is None or crosses_customs(config.sender, recipient)
    made = Draft(None) if recipient is None else draft(order, recipient, config, ship_at)
    holds = merged(
        state_holds(source),
        client.hooks.check(source),
        address_holds(source),
        gaps(order, customs=customs),
        battery_holds(order, config),
        made.holds,
        () if recipient is None else _carrier_holds(client, config, order, recipient, made, ship_at),
    )
    return holds, made


def handed_over(config: FulfilmentConfig, now: datetime) -> datetime:
    """When a parcel planned now is handed over, in the zone it starts from."""
    return (now + timedelta(hours=config.ready_in_hours)).astimezone(config.zone).replace(microsecond=0)


def _carrier_holds(
    client: Client,
    config: FulfilmentConfig,
    order: EnrichedOrder,
    recipient: Address,
    made: Draft,
    ship_at: datetime,
) -> tuple[Hold, ...]:
    """What every carrier account would refuse; nothing if one of them takes it.

    Where a rule fits, only the accounts it uses count: what another one would refuse is nothing to mend.
    """
    whole = made.request is not None
    request: ShipmentDetails = made.request or address_probe(order.order, recipient, config, ship_at)
    refusals: list[tuple[Hold, ...]] = []
    taking = carriers_taking(batteries(order), config) or config.carriers
    for account in _used_by_rule(client, config, order, request, taking) or taking:
        found = client.connector(account).check_shipment(request)
        if not whole:
            found = tuple(hold for hold in found if (hold.field or "").startswith(("sender.", "recipient.")))
        if not found:
            return ()
        refusals.append(found)
    return merged(*refusals)


def _used_by_rule(
    client: Client,
    config: FulfilmentConfig,
    order: EnrichedOrder,
    request: ShipmentDetails,
    accounts: Sequence[str],
) -> tuple[str, ...]:
    """Those of the accounts that the first rule which fits uses; none where no rule tells before prices are known."""
    if not config.rules:
        return ()
    facts = _facts(client, config, order, request, ())
    rule = next((rule for rule in config.rules if look(rule, facts, config.zones)[0]), None)
    if rule is None:
        return ()
    return tuple(account for account in accounts if any(target.covers(account) for target in rule.use))


# -- offers ------------------------------------------------------------------------------------------------------------


def _offered(client: Client, config: FulfilmentConfig, order: EnrichedOrder, request: QuoteShipment) -> Offered:
    """What the carrier accounts offer: prices where they tell them, else the services they list or rules name."""
    taking = set(carriers_taking(batteries(order), config))
    left_out: dict[str, str] = {}
    priced: list[str] = []
    listing: list[str] = []
    named: list[Quote] = []
    for account in config.carriers:
        if account not in taking:
            left_out[account] = "it takes no goods with such a battery (fulfilment.batteries)"
        elif refusals := client.connector(account).check_shipment(request):
            left_out[account] = "; ".join(hold.detail for hold in refusals)
        elif client.supports(account, LogisticsProvider.quote):
            priced.append(account)
        elif client.supports(account, LogisticsProvider.list_services):
            listing.append(account)
        elif found := tuple(_named_by_rules(account, config)):
            named.extend(found)
        else:
            left_out[account] = "it tells neither prices nor services, and no rule names one of them"
    quotes: dict[str, tuple[Quote, ...]] = {quote.account: () for quote in named}
    problems: dict[str, XborderError] = {}
    deadline_s = config.quote_within_s
    for outcome in client.fan_out(priced, LogisticsProvider.quote, request, deadline_s=deadline_s) if priced else ():
        _sort(outcome.account, outcome.value, outcome.error, quotes, problems)
    if listing:
        wish = ListServices(**{name: getattr(request, name) for name in ListServices.model_fields})
        for told in client.fan_out(listing, LogisticsProvider.list_services, wish, deadline_s=deadline_s):
            services = tuple(Quote(account=told.account, service=service) for service in told.value or ())
            _sort(told.account, services, told.error, quotes, problems)
    for quote in named:
        quotes[quote.account] += (quote,)
    in_order = tuple(quote for account in config.carriers for quote in quotes.get(account, ()))
    return Offered(in_order, problems, left_out)


def _sort(
    account: str,
    found: tuple[Quote, ...] | None,
    error: XborderError | None,
    quotes: dict[str, tuple[Quote, ...]],
    problems: dict[str, XborderError],
) -> None:
    if error is not None:
        problems[account] = error
    else:
        quotes[account] = found or ()


def _named_by_rules(account: str, config: FulfilmentConfig) -> Iterator[Quote]:
    """The services that rules name of an account that cannot be asked for them."""
    for rule in config.rules:
        for target in rule.use:
            if target.is_named and target.covers(account) and target.service is not None:
                yield Quote(account=account, service=Service(code=target.service, name=target.service))


def _facts(
    client: Client, config: FulfilmentConfig, order: EnrichedOrder, request: ShipmentDetails, quotes: Sequence[Quote]
) -> Facts:
    country = request.recipient.country
    values = [line_value(facts) for facts in order.lines]
    known = [value for value in values if value is not None]
    same = len(known) == len(values) and len({value.currency for value in known}) == 1
    return Facts(
        account=order.order.account,
        platform=client.connector(order.order.account).name if any(rule.platform for rule in config.rules) else "",
        country=country,
        weight_g=request.weight_g,
        value=total(known) if same else None,
        battery=most_restricted(batteries(order)),
        buyer_service=order.order.delivery.service,
        tax_collected=bool(tax_numbers(order.order, country)),
        chargeable=lambda target: weights_of(target, quotes, request.parcels, config),
    )


# -- the plan ----------------------------------------------------------------------------------------------------------


def _frozen(
    client: Client,
    config: FulfilmentConfig,
    order: Order,
    asked: QuoteShipment,
    chosen: Chosen,
    quote: Quote,
    now: datetime,
) -> Planned:
    connector = client.connector(quote.account)
    request = CreateShipment(
        **{name: getattr(asked, name) for name in QuoteShipment.model_fields if name != "service"},
        service=quote.service.code,
        label=LabelWish(format=config.label_format, stock=config.label_stock, dpi=config.label_dpi),
        references=(order.display_id or order.order_id,),
    )
    holds = merged(connector.check_shipment(request))
    if holds:
        return Planned(None, holds, _refused(chosen.why, holds))
    plan = ShipmentPlan(
        account=quote.account,
        connector=connector.name,
        request=request,
        service_name=quote.service.name,
        price=quote.price,
        transit_days=quote.transit_days,
        reason=chosen.why.reason,
        warnings=chosen.why.warnings,
        order_digest=order_digest(order),
        planned_at=now,
    )
    return Planned(plan, (), chosen.why)


def _refused(why: Explanation, holds: Sequence[Hold]) -> Explanation:
    """The explanation of a choice that its own carrier would refuse."""
    words = "; ".join(hold.detail for hold in holds)
    offers = tuple(
        offer.replace(chosen=False, because=f"{offer.because}; refused: {words}") if offer.chosen else offer
        for offer in why.offers
    )
    return why.replace(offers=offers, reason=f"{why.reason}; its carrier would refuse it: {words}")
