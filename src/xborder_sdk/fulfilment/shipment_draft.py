"""From an order with its master data to what is asked of a carrier: parcel, customs declaration, sender, recipient.

One order is one parcel. Its weight is that of the goods plus packaging. Its size: a single piece keeps its own; several
pieces are stacked on their largest faces (the longest and the second side of the largest piece, and the sum of the
smallest sides); where the catalogue does not know every size, the configured box; else none is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from xborder_sdk.fulfilment.config import FulfilmentConfig
from xborder_sdk.fulfilment.customs_rules import EU, HS_WORLDWIDE, crosses_customs, hs_digits, is_declared_in
from xborder_sdk.fulfilment.goods import CatalogueItem, EnrichedOrder, LineFacts
from xborder_sdk.hookspecs import QuoteShipment, ShipmentOptions, ShippedLine
from xborder_sdk.models import (
    Address,
    CustomsDeclaration,
    CustomsLine,
    Dimensions,
    Hold,
    HoldReason,
    Money,
    Order,
    Parcel,
    TaxNumber,
    total,
)

_INVOICE_NUMBER_MAX = 35  # CustomsDeclaration.invoice_number
_DESCRIPTION_MAX = 70  # the shortest any carrier of this project takes for a parcel


@dataclass(frozen=True)
class Draft:
    """What is to be asked of carriers, or why it cannot be.

    Attributes:
        request: The shipment without a service; None where something is missing.
        holds: Reasons in customs data and values.
    """

    request: QuoteShipment | None
    holds: tuple[Hold, ...] = ()


def draft(order: EnrichedOrder, recipient: Address, config: FulfilmentConfig, ship_at: datetime) -> Draft:
    """The shipment of an order.

    Args:
        order: The order; what is missing in its master data is told by `catalogue.gaps`, not here.
        recipient: Where it goes.
        config: Sender, packaging, incoterm.
        ship_at: When it is handed over.
    """
    customs: CustomsDeclaration | None = None
    holds: tuple[Hold, ...] = ()
    known = all(facts.item is not None and facts.item.weight_g is not None for facts in order.lines)
    if crosses_customs(config.sender, recipient):
        holds = tuple(_customs_holds(order, recipient, ship_at))
        complete = known and all(_declarable(facts.item) for facts in order.lines)
        if complete and not holds:
            customs = _declaration(order, recipient, config, ship_at.date())
        known = complete and not holds
    if not known:
        return Draft(None, holds)
    request = QuoteShipment(
        contents=contents(order.order),
        sender=config.sender,
        recipient=recipient,
        parcels=(_parcel(order, config, described=customs is None),),
        ship_at=ship_at,
        customs=customs,
        options=ShipmentOptions(paperless_trade=config.paperless_trade and customs is not None),
    )
    return Draft(request, holds)


def address_probe(order: Order, recipient: Address, config: FulfilmentConfig, ship_at: datetime) -> QuoteShipment:
    """A shipment that is good for one thing: to ask a connector what is wrong with the addresses."""
    parcel = Parcel(weight_g=1, description="goods")
    return QuoteShipment(
        contents=contents(order), sender=config.sender, recipient=recipient, parcels=(parcel,), ship_at=ship_at
    )


def contents(order: Order) -> tuple[ShippedLine, ...]:
    """All pieces of an order: what is inside its parcel, whoever carries it."""
    return tuple(
        ShippedLine(account=order.account, order_id=order.order_id, line_id=line.line_id, quantity=line.quantity)
        for line in order.lines
    )


def _declarable(item: CatalogueItem | None) -> bool:
    return item is not None and None not in {item.name_en, item.hs_code, item.origin}


# -- the parcel ----------------------------------------------------------------------------------------------------


def _parcel(order: EnrichedOrder, config: FulfilmentConfig, *, described: bool) -> Parcel:
    weight = config.packaging_g
    names: list[str] = []
    for facts in order.lines:
        assert facts.item is not None  # noqa: S101 - only called for complete goods
        weight += (facts.item.weight_g or 0) * facts.line.quantity
        names.append(facts.item.name_en or "")
    text = ", ".join(dict.fromkeys(name for name in names if name))
    return Parcel(
        weight_g=weight,
        dimensions=packed(order.lines) or config.box_mm,
        description=(text[:_DESCRIPTION_MAX].rstrip(" ,") or None) if described else None,
    )


def packed(lines: tuple[LineFacts, ...]) -> Dimensions | None:
    """The size of the pieces packed together; None where the size of one is not known.

    Args:
        lines: The order's lines.
    """
    if any(facts.item is None or facts.item.dimensions is None for facts in lines):
        return None
    pieces = [
        (facts.item.dimensions, facts.line.quantity)
        for facts in lines
        if facts.item is not None and facts.item.dimensions is not None
    ]
    if len(pieces) == 1 and pieces[0][1] == 1:
        return pieces[0][0]
    sides = [(sorted((d.length_mm, d.width_mm, d.height_mm), reverse=True), quantity) for d, quantity in pieces]
    length, width = max(side[0] for side, _ in sides), max(side[1] for side, _ in sides)
    return Dimensions(length_mm=length, width_mm=width, height_mm=sum(side[2] * quantity for side, quantity in sides))


# -- customs -------------------------------------------------------------------------------------------------------


def line_value(facts: LineFacts) -> Money | None:
    """What a line was sold for; None where the platform does not say."""
    line = facts.line
    if line.total is not None:
        return line.total
    return None if line.unit_price is None else line.unit_price * line.quantity


def shares(value: Money, pieces: int) -> tuple[tuple[int, Money], ...]:
    """A value over its pieces, exact to the currency's minor unit: (how many, value of each).

    10.00 over 3 is 2 x 3.33 and 1 x 3.34, so that the sum of a declaration is what the buyer paid.

    Args:
        value: The value, a whole number of minor units.
        pieces: How many pieces.
    """
    step = Decimal(1).scaleb(-value.minor_digits)
    each, more = divmod(int(value.amount / step), pieces)
    parts = ((pieces - more, each), (more, each + 1))
    return tuple((count, value.replace(amount=step * units)) for count, units in parts if count)


def _customs_holds(order: EnrichedOrder, recipient: Address, ship_at: datetime) -> Iterator[Hold]:
    values: list[Money] = []
    for index, facts in enumerate(order.lines):
        value = line_value(facts)
        name = facts.line.sku or f"line {index + 1}"
        path = f"lines.{index}.total"
        if value is None:
            yield _hold(path, f"the platform does not say what {name} was sold for", "read the order again")
        elif not value.is_exact:
            yield _hold(path, f"the value of {name} is no whole number of {value.currency}'s smallest unit", None)
        elif value.amount <= 0:
            yield _hold(path, f"{name} has no value, and customs refuse zero", "declare what it is worth by hand")
        else:
            if value.amount < Decimal(facts.line.quantity).scaleb(-value.minor_digits):
                yield _hold(path, f"{name} is worth less than the smallest unit of {value.currency} a piece", None)
            values.append(value)
        yield from _code_holds(index, facts, recipient, ship_at)
    currencies = sorted({value.currency for value in values})
    if len(currencies) > 1:
        detail = f"the values are in several currencies ({', '.join(currencies)}), an invoice has one"
        yield _hold("lines", detail, "convert them by hand")
    elif len(values) == len(order.lines):
        yield from _sum_holds(order.order, values)


def _sum_holds(order: Order, values: list[Money]) -> Iterator[Hold]:
    goods, lines = order.totals.goods, total(values)
    if goods is None or lines is None:
        return
    if goods.currency != lines.currency:
        yield _hold("totals.goods", f"the lines are in {lines.currency}, the order in {goods.currency}", None)
        return
    discount = order.totals.discount
    # Platforms state goods before or after a discount, and the discount with either sign; some lump delivery in.
    least = goods.amount - (abs(discount.amount) if discount is not None else 0)
    if not least <= lines.amount <= goods.amount:
        detail = f"the lines add up to {lines}, the order says {goods}"
        yield _hold("totals.goods", detail, "compare the order with the platform's page")


def _code_holds(index: int, facts: LineFacts, recipient: Address, ship_at: datetime) -> Iterator[Hold]:
    item = facts.item
    if item is None or item.hs_code is None:
        return
    if code_for(item, recipient.country, ship_at.date()) is None:
        rule = hs_digits(recipient.country, ship_at.date())
        column = f"hs_code_{rule.place.lower()}"
        detail = f"{rule.place} wants {rule.digits} digits of the HS code, SKU {item.sku} has no code of its own there"
        yield _hold(f"lines.{index}.sku", detail, f"fill {column} of {item.sku} in the catalogue")


def code_for(item: CatalogueItem, destination: str, on: date) -> str | None:
    """The code to declare; None where what is known is too short.

    A code longer than six digits belongs to one country's tariff, so only its first six are used elsewhere.

    Args:
        item: The goods.
        destination: Country.
        on: The day that counts.
    """
    digits = hs_digits(destination, on).digits
    for place in (destination, "EU") if destination in EU else (destination,):
        if (national := item.national_codes.get(place)) is not None:
            return national if len(national) >= digits else None
    worldwide = None if item.hs_code is None else item.hs_code[:HS_WORLDWIDE]
    return worldwide if worldwide is not None and len(worldwide) >= digits else None


def tax_numbers(order: Order, destination: str) -> tuple[TaxNumber, ...]:
    """The platform's numbers to declare: those under which it collected tax, each where it counts.

    Args:
        order: The order.
        destination: Country.
    """
    taxes = [*order.collected_taxes, *(tax for line in order.lines for tax in line.collected_taxes)]
    numbers = (tax.number for tax in taxes if tax.number is not None)
    return tuple(dict.fromkeys(number for number in numbers if is_declared_in(number.scheme, destination)))


def _declaration(order: EnrichedOrder, recipient: Address, config: FulfilmentConfig, on: date) -> CustomsDeclaration:
    bought = order.order.paid_at or order.order.created_at
    lines = tuple(line for facts in order.lines for line in _lines(facts, recipient, on))
    delivery = order.order.totals.delivery
    same = delivery is not None and delivery.amount > 0 and delivery.currency == lines[0].unit_value.currency
    return CustomsDeclaration(
        lines=lines,
        incoterm=config.incoterm,
        invoice_number=(order.order.display_id or order.order.order_id)[:_INVOICE_NUMBER_MAX],
        # The day of the sale, so that the same order always gives the same declaration.
        invoice_date=bought.astimezone(UTC).date(),
        tax_numbers=tax_numbers(order.order, recipient.country),
        freight=delivery if same else None,
    )


def _lines(facts: LineFacts, recipient: Address, on: date) -> Iterator[CustomsLine]:
    item, value = facts.item, line_value(facts)
    assert item is not None  # noqa: S101 - only called for complete goods
    assert value is not None  # noqa: S101
    for count, each in shares(value, facts.line.quantity):
        yield CustomsLine(
            description=item.name_en or "",
            description_local=item.name_local,
            quantity=count,
            unit_value=each,
            unit_weight_g=item.weight_g or 0,
            hs_code=code_for(item, recipient.country, on),
            origin=item.origin,
            sku=item.sku,
            gtin=item.gtin,
            order_line_id=facts.line.line_id,
            battery=item.battery,
        )


def _hold(field: str, detail: str, repair: str | None) -> Hold:
    return Hold(reason=HoldReason.CUSTOMS, detail=detail, field=field, repair=repair)
