"""Everything online shipping can be refused for without asking the platform: preflight and purchase use the same."""

from __future__ import annotations

from collections.abc import Iterator

from xborder_aliexpress import online_words as words
from xborder_aliexpress.declared_goods import goods_holds
from xborder_aliexpress.settings import AliexpressSettings
from xborder_aliexpress.texts import is_drawable, without_pictures
from xborder_sdk.hookspecs import ShipmentDetails
from xborder_sdk.models import Hold, HoldReason


def order_holds(request: ShipmentDetails, account: str) -> Iterator[Hold]:
    """Why the platform would not carry these contents: it serves one order of its own seller at a time.

    Args:
        request: The shipment.
        account: Name of the account.
    """
    orders = {content.order_id for content in request.contents}
    if not request.contents:
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail="AliExpress ships only orders of its own, and this shipment names none",
            field="contents",
            repair="name the order lines inside, or use another carrier",
        )
    elif any(content.account != account for content in request.contents):
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail="AliExpress ships only orders of its own shop, and this one is from another account",
            field="contents",
            repair="use another carrier",
        )
    elif len(orders) > 1:
        yield Hold(
            reason=HoldReason.NO_SERVICE,
            detail=f"one logistics order holds one order, and this parcel holds {len(orders)}",
            field="contents",
            repair="buy a shipment for each, or use another carrier",
        )


def parcel_holds(request: ShipmentDetails, settings: AliexpressSettings) -> Iterator[Hold]:
    """Why the platform would not carry this box.

    Args:
        request: The shipment.
        settings: The account's settings.
    """
    if len(request.parcels) > 1:
        detail = f"one logistics order is one parcel, and there are {len(request.parcels)}"
        yield Hold(reason=HoldReason.NO_SERVICE, detail=detail, field="parcels", repair="buy a shipment for each")
        return
    parcel = request.parcels[0]
    if parcel.weight_g > settings.max_parcel_g:
        detail = f"the parcel weighs {parcel.weight_g} g, online shipping takes {settings.max_parcel_g} g"
        repair = "split it, or use another carrier"
        yield Hold(reason=HoldReason.NO_SERVICE, detail=detail, field="parcels.0.weight_g", repair=repair)
    if parcel.dimensions is not None:
        sides = (parcel.dimensions.length_mm, parcel.dimensions.width_mm, parcel.dimensions.height_mm)
        if sum(sides) > words.MOST_SIDES_MM or max(sides) > words.MOST_SIDE_MM:
            yield Hold(
                reason=HoldReason.NO_SERVICE,
                detail=(
                    f"the sides come to {sum(sides)} mm and the longest has {max(sides)} mm;"
                    f" online shipping takes {words.MOST_SIDES_MM} mm together and {words.MOST_SIDE_MM} mm"
                ),
                field="parcels.0.dimensions",
                repair="split it, or use another carrier",
            )


def address_holds(request: ShipmentDetails) -> Iterator[Hold]:
    """Why the label could not be drawn. The sender's address is the one stored on the platform."""
    place = request.recipient
    texts = {"recipient.name": place.name, "recipient.city": place.city, "recipient.region": place.region or ""}
    texts |= {f"recipient.lines.{index}": line for index, line in enumerate(place.lines)}
    for field, text in texts.items():
        if not is_drawable(text):
            yield Hold(
                reason=HoldReason.BAD_ADDRESS,
                detail=f"{field} holds signs that no label can show",
                field=field,
                repair="write it with letters and digits, as proposed",
                proposal=(without_pictures(text),),
            )
    if not any(line.strip() for line in place.lines):
        detail = "the address has no street"
        yield Hold(reason=HoldReason.BAD_ADDRESS, detail=detail, field="recipient.lines.0", repair="ask the buyer")


def shipment_holds(request: ShipmentDetails, account: str, settings: AliexpressSettings) -> Iterator[Hold]:
    """Why a shipment cannot be bought.

    Args:
        request: The shipment.
        account: Name of the account.
        settings: The account's settings.
    """
    yield from order_holds(request, account)
    yield from parcel_holds(request, settings)
    yield from address_holds(request)
    yield from goods_holds(request, settings)
    insured = request.options.insurance
    if insured is not None and (not insured.is_exact or insured.amount <= 0):
        detail = "the insured value is no whole number of the currency's smallest unit above zero"
        yield Hold(reason=HoldReason.POLICY, detail=detail, field="options.insurance")
    if request.service is not None and not request.service.strip():
        detail = "the service is blank"
        yield Hold(reason=HoldReason.NO_SERVICE, detail=detail, field="service")
