"""When the platform takes the word that goods are on their way (AliExpress reference, section 3.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.declaring.services import SERVICES
from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.order import Declaration, Order
from xborder_sandbox.aliexpress.shop import Shop

_ID = re.compile(r"[0-9]{1,19}")
_SEND_TYPES = ("all", "part")
_PACKAGE_TYPES = ("", "consolidation")


class RefusedDeclaration(Exception):
    """A declaration the platform does not take."""


@dataclass(frozen=True)
class Parcel:
    """A parcel as a request describes it."""

    number: str
    service: str
    website: str
    carrier: str
    package_type: str


def flat_parcel(call: Call, prefix: str = "") -> Parcel:
    """Read the parcel of a call whose parameters are flat; `prefix` is `new_` where a number is changed."""
    return _checked(
        Parcel(
            number=call.text(f"{prefix}logistics_no").strip(),
            service=call.text(f"{prefix}service_name").strip(),
            website=call.maybe("tracking_website"),
            carrier=call.maybe("actual_carrier"),
            package_type=call.maybe("package_type"),
        )
    )


def listed_parcel(given: Form) -> Parcel:
    """Read the parcel in an entry of `shipment_list`."""
    return _checked(
        Parcel(
            number=given.text("logistics_no").strip(),
            service=given.text("service_name").strip(),
            website=given.maybe("tracking_web_site"),
            carrier=given.maybe("actual_carrier"),
            package_type=given.maybe("package_type"),
        )
    )


def send_type(given: Form) -> str:
    """Read `all` or `part`."""
    word = given.text("send_type")
    if word not in _SEND_TYPES:
        raise RefusedDeclaration("send_type has to be all or part")
    return word


def order_of(shop: Shop, call: Call, given: Form, name: str) -> Order:
    """Return the order a declaration is about."""
    text = given.text(name).strip()
    order = shop.part(OrderBook).find(call.seller.account, int(text)) if _ID.fullmatch(text) else None
    if order is None:
        raise RefusedDeclaration(f"{name} is no order of this seller")
    return order


@dataclass(frozen=True)
class Wish:
    """A parcel to declare: for which lines (`order_sort_id`), whether they are then all sent, the IOSS number."""

    parcel: Parcel
    lines: tuple[int, ...]
    how: str
    ioss: str = ""


def declare(shop: Shop, order: Order, wishes: Sequence[Wish]) -> None:
    """Enter all of the declarations, or none.

    Raises:
        RefusedDeclaration: If the order does not take one of them.
    """
    held = [(declared.number, index) for declared in order.declarations for index in declared.lines]
    held += [(wish.parcel.number, index) for wish in wishes for index in wish.lines]
    if len(held) != len(set(held)):
        raise RefusedDeclaration("the tracking number is declared for this order already")
    made = [
        Declaration(
            ship_id=order.order_id + len(order.declarations) + place,
            number=wish.parcel.number,
            service=wish.parcel.service,
            service_name=SERVICES[wish.parcel.service].name,
            declared=shop.now,
            lines=wish.lines,
            send_type=wish.how,
            website=wish.parcel.website,
            carrier=wish.parcel.carrier,
            package_type=wish.parcel.package_type,
            ioss=wish.ioss,
        )
        for place, wish in enumerate(wishes, 1)
    ]
    try:
        life.declare(order, made)
    except life.NotNow as reason:
        raise RefusedDeclaration(str(reason)) from None
    shop.part(OrderBook).changed(order)


def change(shop: Shop, order: Order, old: tuple[str, str], wanted: Sequence[tuple[Parcel, int | None]]) -> None:
    """Put another number or service in the place of a declared one.

    Args:
        shop: The time and the settings.
        order: The order.
        old: Number and service as they were declared.
        wanted: What is right: for the line of that `order_sort_id`, or for all (None).

    Raises:
        RefusedDeclaration: If one was not declared so, or cannot be changed any more. Nothing is changed then.
    """
    if order.status not in ("SELLER_PART_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS"):
        raise RefusedDeclaration(f"the order's status is {order.status}")
    settings = shop.settings
    chosen = [(parcel, declared) for parcel, index in wanted for declared in _declared(order, old, index)]
    for _, declared in chosen:
        if declared.changes >= settings.tracking_changes:
            raise RefusedDeclaration(f"it can be changed {settings.tracking_changes} times")
        if shop.now - declared.declared > timedelta(days=settings.tracking_change_days):
            raise RefusedDeclaration(f"it can be changed for {settings.tracking_change_days} days")
    for parcel, declared in chosen:
        declared.number = parcel.number
        declared.service = parcel.service
        declared.service_name = SERVICES[parcel.service].name
        declared.website = parcel.website
        declared.carrier = parcel.carrier
        declared.package_type = parcel.package_type
        declared.changes += 1
        life.note(order, shop.now, "SELLER_MODIFY_SHIPMENT", "seller", parcel.number)


def _declared(order: Order, old: tuple[str, str], index: int | None) -> list[Declaration]:
    found = [
        declared
        for declared in order.declarations
        if (declared.number, declared.service) == old and (index is None or index in declared.lines)
    ]
    if not found:
        raise RefusedDeclaration("the old tracking number is not declared for this order with that service")
    return found


def _checked(parcel: Parcel) -> Parcel:
    service = SERVICES.get(parcel.service)
    if service is None:
        raise RefusedDeclaration(f"there is no service {parcel.service}")
    if not service.takes(parcel.number):
        raise RefusedDeclaration(f"the tracking number does not match {service.pattern}")
    if service.is_other and not parcel.website:
        raise RefusedDeclaration("the service needs the website on which the parcel can be followed")
    if parcel.package_type not in _PACKAGE_TYPES:
        raise RefusedDeclaration("package_type can only be consolidation")
    return parcel
