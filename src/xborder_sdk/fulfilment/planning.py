"""From an order to a frozen plan: what is bought, from whom, for how much, and why.

The rules of choosing, in this order: a client-wide `choose_quote` decides; else, where the buyer paid for an express
service, only express services count as long as there is one; else what the configuration says, cheapest or fastest.
A service without a price or with an agreement the account may lack never wins, and prices are compared within one
currency only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xborder_sdk.client import Client
from xborder_sdk.errors import XborderError
from xborder_sdk.fulfilment.catalogue import gaps
from xborder_sdk.fulfilment.config import Choose, FulfilmentConfig, Mismatch
from xborder_sdk.fulfilment.customs_rules import crosses_customs
from xborder_sdk.fulfilment.goods import EnrichedOrder
from xborder_sdk.fulfilment.preflight import (
    address_holds,
    batteries,
    battery_holds,
    carriers_taking,
    merged,
    state_holds,
)
from xborder_sdk.fulfilment.shipment_draft import Draft, address_probe, draft
from xborder_sdk.fulfilment.troubles import passes
from xborder_sdk.hookspecs import (
    CreateShipment,
    LabelWish,
    LogisticsProvider,
    QuoteShipment,
    ShipmentDetails,
)
from xborder_sdk.models import Address, Hold, HoldReason, Instant, Model, Money, Order, Quote


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
class Choice:
    """A quote and why it was chosen."""

    quote: Quote
    reason: str
    warnings: tuple[str, ...] = ()


Planned = ShipmentPlan | tuple[Hold, ...]


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
        The plan, or every reason to hold the order.

    Raises:
        XborderError: No carrier could be asked, for a reason that passes: the order is neither planned nor held.
    """
    ship_at = handed_over(config, now)
    recipient = order.order.ship_to
    holds, made = check(client, config, order, ship_at)
    if holds or made.request is None or recipient is None:
        return holds
    accounts = tuple(
        account
        for account in carriers_taking(batteries(order), config)
        if not client.connector(account).check_shipment(made.request)
    )
    quotes, problems = _quotes(client, config, accounts, made.request)
    if not quotes:
        _raise_passing(problems)
        return (_no_service("no carrier offers a service", problems),)
    chosen = client.hooks.choose(order.order, quotes)
    if chosen is not None:
        choice: Choice | Hold = _by_hook(chosen, quotes)
    else:
        choice = choose(order.order, quotes, config)
    if isinstance(choice, Hold):
        return (choice,)
    return _frozen(client, config, order.order, made.request, choice, problems, now)


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
    """What every carrier account would refuse; nothing if one of them takes it."""
    whole = made.request is not None
    request: ShipmentDetails = made.request or address_probe(order.order, recipient, config, ship_at)
    refusals: list[tuple[Hold, ...]] = []
    for account in carriers_taking(batteries(order), config) or config.carriers:
        found = client.connector(account).check_shipment(request)
        if not whole:
            found = tuple(hold for hold in found if (hold.field or "").startswith(("sender.", "recipient.")))
        if not found:
            return ()
        refusals.append(found)
    return merged(*refusals)


# -- prices ------------------------------------------------------------------------------------------------------------


def _quotes(
    client: Client, config: FulfilmentConfig, accounts: Sequence[str], request: QuoteShipment
) -> tuple[tuple[Quote, ...], tuple[XborderError, ...]]:
    found = client.fan_out(accounts, LogisticsProvider.quote, request, deadline_s=config.quote_within_s)
    quotes = tuple(quote for outcome in found if outcome.value is not None for quote in outcome.value)
    return quotes, tuple(outcome.error for outcome in found if outcome.error is not None)


def _raise_passing(problems: Sequence[XborderError]) -> None:
    # A carrier that is down today says nothing against the order.
    for problem in problems:
        if passes(problem):
            raise problem


def _no_service(detail: str, problems: Sequence[XborderError]) -> Hold:
    said = "; ".join(str(problem) for problem in problems)
    return Hold(reason=HoldReason.NO_SERVICE, detail=f"{detail}: {said}" if said else detail, field="delivery")


def _by_hook(chosen: Quote, quotes: Sequence[Quote]) -> Choice | Hold:
    if chosen not in quotes:
        detail = "a choose_quote plugin named a quote that nobody offered"
        return Hold(reason=HoldReason.POLICY, detail=detail, field="delivery", repair="mend the plugin")
    return Choice(chosen, "chosen by a plugin")


def choose(order: Order, quotes: Sequence[Quote], config: FulfilmentConfig) -> Choice | Hold:
    """Chooses a service by the rules.

    Args:
        order: The order.
        quotes: What was offered.
        config: The policies.
    """
    usable = [quote for quote in quotes if quote.price is not None and not quote.needs_agreement]
    if not usable:
        return _no_service("no service has a price for this account", ())
    warnings: tuple[str, ...] = ()
    wanted = ""
    if order.delivery.express:
        express = [quote for quote in usable if quote.service.express]
        if express:
            usable, wanted = express, " of the express services, as the buyer paid for"
        else:
            detail = "the buyer paid for an express service and none is offered"
            if config.express_mismatch is Mismatch.HOLD:
                repair = "choose a service by hand, or set fulfilment.express_mismatch to warn"
                return Hold(reason=HoldReason.SERVICE_MISMATCH, detail=detail, field="delivery.service", repair=repair)
            warnings = (detail,)
    if config.choose is Choose.FASTEST:
        return _fastest(usable, config, wanted, warnings)
    return _cheapest(usable, config, wanted, warnings)


def _cheapest(usable: list[Quote], config: FulfilmentConfig, wanted: str, warnings: tuple[str, ...]) -> Choice | Hold:
    currencies = sorted({quote.price.currency for quote in usable if quote.price is not None})
    if len(currencies) > 1:
        return Hold(
            reason=HoldReason.NO_SERVICE,
            detail=f"prices in {' and '.join(currencies)} cannot be compared",
            field="delivery",
            repair="let the carriers bill in one currency, choose by a choose_quote plugin, or set choose to fastest",
        )
    best = min(usable, key=lambda quote: (quote.price.amount if quote.price else 0, _place(quote, config)))
    return Choice(best, f"cheapest of {len(usable)}{wanted}", warnings)


def _fastest(usable: list[Quote], config: FulfilmentConfig, wanted: str, warnings: tuple[str, ...]) -> Choice | Hold:
    timed = [quote for quote in usable if quote.transit_days is not None]
    if not timed:
        return _no_service("no carrier says how long it takes", ())
    days = min(quote.transit_days or 0 for quote in timed)
    first = [quote for quote in timed if quote.transit_days == days]
    if len(first) == 1:
        return Choice(first[0], f"fastest of {len(usable)}{wanted}", warnings)
    found = _cheapest(first, config, wanted, warnings)
    return found if isinstance(found, Hold) else Choice(found.quote, f"cheapest of the fastest{wanted}", warnings)


def _place(quote: Quote, config: FulfilmentConfig) -> tuple[int, str]:
    known = config.carriers.index(quote.account) if quote.account in config.carriers else len(config.carriers)
    return known, quote.service.code


# -- the plan ----------------------------------------------------------------------------------------------------------


def _frozen(
    client: Client,
    config: FulfilmentConfig,
    order: Order,
    asked: QuoteShipment,
    choice: Choice,
    problems: Sequence[XborderError],
    now: datetime,
) -> Planned:
    quote = choice.quote
    connector = client.connector(quote.account)
    request = CreateShipment(
        **{name: getattr(asked, name) for name in QuoteShipment.model_fields if name != "service"},
        service=quote.service.code,
        label=LabelWish(format=config.label_format, stock=config.label_stock, dpi=config.label_dpi),
        references=(order.display_id or order.order_id,),
    )
    holds = connector.check_shipment(request)
    if holds:
        return merged(holds)
    not_asked = tuple(f"no price: {problem}" for problem in problems)
    return ShipmentPlan(
        account=quote.account,
        connector=connector.name,
        request=request,
        service_name=quote.service.name,
        price=quote.price,
        transit_days=quote.transit_days,
        reason=choice.reason,
        warnings=(*choice.warnings, *quote.warnings, *not_asked),
        order_digest=order_digest(order),
        planned_at=now,
    )
