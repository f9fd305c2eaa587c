"""Orders as the terminal prints them, with the goods of a catalogue file, as orders of the batch file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from pydantic import TypeAdapter, ValidationError

from xborder_chinapost.batch_file import BatchItem, BatchOrder, WholeValues, whole_value
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.models import CancellationStatus, Money, Order, OrderLine, OrderStatus, PaymentStatus

_CURRENCY: Final = "USD"
_CENT: Final = Decimal("0.01")
_NEEDED: Final = ("sku", "name_en", "name_zh", "weight_g")
_ORDERS: Final = TypeAdapter(tuple[Order, ...])


@dataclass(frozen=True, slots=True)
class Goods:
    """What the catalogue says of a SKU.

    Attributes:
        name_en, name_zh: Its names for customs.
        weight_g: Weight of one piece in grams.
        hs_code: Harmonised System code.
        origin: Where it was made.
        battery: Which battery is in it, as the catalogue writes it; empty where the catalogue does not tell.
    """

    name_en: str
    name_zh: str
    weight_g: int
    hs_code: str | None
    origin: str
    battery: str


@dataclass(frozen=True, slots=True)
class Made:
    """What came of the orders.

    Attributes:
        orders: Those that go into the file.
        left_out: Order numbers that do not, each with the reason.
    """

    orders: tuple[BatchOrder, ...]
    left_out: tuple[tuple[str, str], ...]


def read_orders(content: bytes) -> tuple[Order, ...]:
    """The orders of `xborder orders ACCOUNT --json`.

    Raises:
        InvalidRequest: It is something else.
    """
    try:
        return _ORDERS.validate_json(content)
    except ValidationError as error:
        (first, *_) = error.errors(include_input=False, include_url=False)
        place = ".".join(map(str, first["loc"]))
        raise InvalidRequest(
            f"the file of orders cannot be read{f' at {place}' if place else ''}",
            field="orders",
            hint="make it with: xborder orders ACCOUNT --json > orders.json",
        ) from None


def read_catalogue(content: bytes) -> dict[str, Goods]:
    """Goods by SKU, of the catalogue's CSV file (UTF-8); other columns than those of the batch file are passed over.

    Raises:
        InvalidRequest: It lacks a column, or a row cannot be read.
    """
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        names = [name.strip().lower() for name in rows.fieldnames or ()]
        rows.fieldnames = names
        if missing := [name for name in _NEEDED if name not in names]:
            raise InvalidRequest(f"the catalogue has no column {missing[0]}", field="catalogue")
        found: dict[str, Goods] = {}
        for row in rows:
            cells = {name: (cell or "").strip() for name, cell in row.items() if isinstance(cell, str)}
            if not cells.get("sku"):
                continue
            if cells["sku"] in found:
                raise InvalidRequest(f"line {rows.line_num} of the catalogue repeats a SKU", field="catalogue")
            found[cells["sku"]] = _goods(cells, rows.line_num)
        return found
    except UnicodeDecodeError:
        raise InvalidRequest("the catalogue is not UTF-8", field="catalogue", hint='save it as "CSV UTF-8"') from None
    except csv.Error:
        raise InvalidRequest("the catalogue is no CSV file", field="catalogue") from None


def _goods(cells: Mapping[str, str], line: int) -> Goods:
    weight = cells.get("weight_g", "")
    if weight and not (weight.isascii() and weight.isdigit()):
        raise InvalidRequest(f"line {line} of the catalogue: weight_g is no whole number", field="catalogue")
    return Goods(
        name_en=cells.get("name_en", ""),
        name_zh=cells.get("name_zh", ""),
        weight_g=int(weight or 0),
        hs_code=cells.get("hs_code") or None,
        origin=cells.get("origin", "").upper() or "CN",
        battery=cells.get("battery", "").lower(),
    )


def made_of(
    orders: Iterable[Order],
    goods: Mapping[str, Goods],
    rates: Mapping[str, Decimal],
    batteries: frozenset[str] = frozenset(),
) -> Made:
    """The orders of the batch file.

    Args:
        orders: The orders.
        goods: The catalogue.
        rates: What one unit of another currency is worth in US dollars.
        batteries: Batteries that the contract lets travel; goods with any other are left out, since the file has no
            column that would tell of them.
    """
    taken: list[BatchOrder] = []
    left_out: list[tuple[str, str]] = []
    for order in orders:
        lacks = (_lack(line, goods, rates, batteries) for line in order.lines)
        reason = _reason(order) or next((text for text in lacks if text is not None), None)
        if reason is not None:
            left_out.append((order.order_id, reason))
            continue
        assert order.ship_to is not None  # noqa: S101 - _reason wants one
        taken.append(
            BatchOrder(
                order_id=order.order_id,
                recipient=order.ship_to,
                items=_merged([_item(line, goods, rates) for line in order.lines]),
            )
        )
    return Made(tuple(taken), tuple(left_out))


def _reason(order: Order) -> str | None:
    if order.status is not OrderStatus.AWAITING_SHIPMENT:
        return f"its status is {order.status.value}"
    if order.payment is not PaymentStatus.PAID:
        return f"its payment is {order.payment.value}"
    if order.cancellation is not CancellationStatus.NONE:
        return f"its cancellation is {order.cancellation.value}"
    if order.holds:
        return f"it is held: {order.holds[0].reason.value}"
    return "it has no address" if order.ship_to is None else None


def _lack(
    line: OrderLine, goods: Mapping[str, Goods], rates: Mapping[str, Decimal], batteries: frozenset[str]
) -> str | None:
    found = goods.get(line.sku or "")
    if found is None:
        return f"SKU {line.sku} is not in the catalogue" if line.sku else "a line has no SKU"
    for name in ("name_en", "name_zh", "weight_g"):
        if not getattr(found, name):
            return f"SKU {line.sku} has no {name} in the catalogue"
    if found.battery not in {"", "none", *batteries}:
        return f"SKU {line.sku} has a battery ({found.battery}), and the file cannot tell of it: see --battery"
    value = _sold_for(line)
    if value is None:
        return f"nothing tells what SKU {line.sku} was sold for"
    if value.currency != _CURRENCY and value.currency not in rates:
        return f"SKU {line.sku} was sold in {value.currency}, and no rate is given"
    return None


def _sold_for(line: OrderLine) -> Money | None:
    if line.total is not None:
        return line.total
    return None if line.unit_price is None else line.unit_price * line.quantity


def _item(line: OrderLine, goods: Mapping[str, Goods], rates: Mapping[str, Decimal]) -> BatchItem:
    sku, value = line.sku, _sold_for(line)
    assert sku is not None  # noqa: S101 - _lack wants both
    assert value is not None  # noqa: S101
    rate = Decimal(1) if value.currency == _CURRENCY else rates[value.currency]
    each = (value.amount * rate / line.quantity).quantize(_CENT, ROUND_HALF_UP)
    found = goods[sku]
    return BatchItem(
        sku=sku,
        name_zh=found.name_zh,
        name_en=found.name_en,
        quantity=line.quantity,
        weight_g=found.weight_g,
        value=Money(amount=each, currency=_CURRENCY),
        origin=found.origin,
        hs_code=found.hs_code,
    )


def _merged(items: Sequence[BatchItem]) -> tuple[BatchItem, ...]:
    """Lines of one order that are the same goods at the same value, as one."""
    found: dict[BatchItem, int] = {}
    for item in items:
        one = item.replace(quantity=1)
        found[one] = found.get(one, 0) + item.quantity
    return tuple(one.replace(quantity=quantity) for one, quantity in found.items())


def levelled(orders: Sequence[BatchOrder], whole_values: WholeValues) -> tuple[tuple[BatchOrder, ...], dict[str, int]]:
    """Orders in which each SKU has one whole value, the highest it was sold for; and the SKUs that had several.

    Raises:
        InvalidRequest: A value has cents that nobody said how to round.
    """
    values: dict[str, set[int]] = {}
    for number, order in enumerate(orders):
        for index, item in enumerate(order.items):
            at = f"orders.{number}.items.{index}"
            values.setdefault(item.sku, set()).add(whole_value(item.value, at, whole_values))

    def worth(item: BatchItem) -> BatchItem:
        return item.replace(value=Money(amount=Decimal(max(values[item.sku])), currency=_CURRENCY))

    made = tuple(order.replace(items=_merged([worth(item) for item in order.items])) for order in orders)
    return made, {sku: max(found) for sku, found in values.items() if len(found) > 1}
