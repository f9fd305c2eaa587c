"""What is declared with an online logistics order: the platform's list of goods, and why it cannot be made.

Source: the vendor's metadata of aliexpress.logistics.createwarehouseorder, `declare_product_d_t_os` (text and limits).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from xborder_aliexpress import online_words as words
from xborder_aliexpress.calls import whole_id
from xborder_aliexpress.settings import AliexpressSettings
from xborder_aliexpress.texts import clean, has_chinese, is_drawable, is_english, without_pictures
from xborder_sdk.hookspecs import ShipmentDetails
from xborder_sdk.lettering import shortened
from xborder_sdk.models import Battery, CustomsLine, Hold, HoldReason, kg_from_grams


def goods_holds(request: ShipmentDetails, settings: AliexpressSettings) -> Iterator[Hold]:
    """Why the goods cannot be declared.

    Args:
        request: The shipment.
        settings: The account's settings.
    """
    if request.customs is None:
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail="AliExpress takes no parcel without a declaration",
            field="customs",
            repair="give the goods their customs names, weights and values",
        )
        return
    lines = request.customs.lines
    if len(lines) > words.MOST_GOODS:
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail=f"{len(lines)} kinds of goods are more than the {words.MOST_GOODS} of one logistics order",
            field="customs.lines",
            repair="split the order over several parcels, or put goods of one kind together",
        )
    inside = {content.line_id for content in request.contents}
    for index, line in enumerate(lines):
        path = f"customs.lines.{index}"
        yield from _name_holds(line, path)
        yield from _measure_holds(line, path, settings)
        if line.battery is None:
            yield Hold(
                reason=HoldReason.MISSING_DATA,
                detail=f"nobody has said whether a lithium battery is in line {index + 1}, and AliExpress asks",
                field=f"{path}.battery",
                repair="state the battery of the goods, `none` where there is none",
            )
        if line.order_line_id is None and len(inside) > 1:
            yield Hold(
                reason=HoldReason.MISSING_DATA,
                detail=f"line {index + 1} does not say which order line the goods come from",
                field=f"{path}.order_line_id",
                repair="name the order line",
            )
        elif line.order_line_id is not None and line.order_line_id not in inside:
            yield Hold(
                reason=HoldReason.CUSTOMS,
                detail=f"line {index + 1} declares goods of an order line that is not inside",
                field=f"{path}.order_line_id",
            )


def _name_holds(line: CustomsLine, path: str) -> Iterator[Hold]:
    english = clean(line.description)
    if not is_english(english):
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail="the English name holds other than English letters",
            field=f"{path}.description",
            repair="write it in English",
        )
    elif len(english) > words.MOST_ENGLISH:
        yield _too_long(f"{path}.description", english, words.MOST_ENGLISH)
    if line.description_local is None or not has_chinese(line.description_local):
        yield Hold(
            reason=HoldReason.MISSING_DATA if line.description_local is None else HoldReason.CUSTOMS,
            detail="the goods have no Chinese name, which Chinese customs and AliExpress ask for",
            field=f"{path}.description_local",
            repair="give them one of 1 to 20 characters",
        )
        return
    chinese = clean(line.description_local)
    if not is_drawable(chinese):
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail="the Chinese name holds signs that no form can show",
            field=f"{path}.description_local",
            repair="write it with ordinary characters, as proposed",
            proposal=(without_pictures(chinese),),
        )
    elif len(chinese) > words.MOST_CHINESE:
        yield _too_long(f"{path}.description_local", chinese, words.MOST_CHINESE)


def _too_long(field: str, text: str, limit: int) -> Hold:
    return Hold(
        reason=HoldReason.CUSTOMS,
        detail=f"the name has {len(text)} characters, AliExpress takes {limit}",
        field=field,
        repair="shorten it; the proposal is only its beginning",
        proposal=(shortened(text, limit),),
    )


def _measure_holds(line: CustomsLine, path: str, settings: AliexpressSettings) -> Iterator[Hold]:
    if line.quantity > words.MOST_PIECES:
        detail = f"{line.quantity} pieces are more than the {words.MOST_PIECES} of one line"
        yield Hold(reason=HoldReason.CUSTOMS, detail=detail, field=f"{path}.quantity", repair="split the line")
    weight = _weight_g(line, settings)
    if weight > words.MOST_GOODS_G:
        detail = f"the goods weigh {weight} g, AliExpress takes {words.MOST_GOODS_G} g in one declared line"
        yield Hold(
            reason=HoldReason.NO_SERVICE, detail=detail, field=f"{path}.unit_weight_g", repair="send it otherwise"
        )
    amount = _amount(line, settings)
    if line.unit_value.currency != words.DECLARED_CURRENCY:
        yield Hold(
            reason=HoldReason.CUSTOMS,
            detail=f"the value is in {line.unit_value.currency}, and AliExpress declares in {words.DECLARED_CURRENCY}",
            field=f"{path}.unit_value",
            repair="convert it",
        )
    elif not words.LEAST_AMOUNT <= amount <= words.MOST_AMOUNT:
        detail = f"AliExpress declares {words.LEAST_AMOUNT} to {words.MOST_AMOUNT} {words.DECLARED_CURRENCY}"
        yield Hold(reason=HoldReason.CUSTOMS, detail=detail, field=f"{path}.unit_value")
    elif not line.unit_value.is_exact:
        detail = "the value is no whole number of cents"
        yield Hold(reason=HoldReason.CUSTOMS, detail=detail, field=f"{path}.unit_value")


def _weight_g(line: CustomsLine, settings: AliexpressSettings) -> int:
    return line.weight_g if settings.declared_per == "line" else line.unit_weight_g


def _amount(line: CustomsLine, settings: AliexpressSettings) -> Decimal:
    return line.value.amount if settings.declared_per == "line" else line.unit_value.amount


def declared_goods(
    request: ShipmentDetails, product_ids: Mapping[str, str], settings: AliexpressSettings
) -> list[dict[str, Any]]:
    """The declared goods, without any reason to hold them.

    Args:
        request: The shipment.
        product_ids: The platform's product by order line.
        settings: The account's settings.
    """
    found: list[dict[str, Any]] = []
    for line in request.customs.lines if request.customs is not None else ():
        line_id = line.order_line_id or request.contents[0].line_id
        battery = line.battery or Battery.NONE
        found.append(
            {
                "product_id": whole_id(product_ids[line_id], "contents"),
                "child_order_id": whole_id(line_id, "contents"),
                "category_cn_desc": clean(line.description_local or ""),
                "category_en_desc": clean(line.description),
                "product_num": line.quantity,
                "product_declare_amount": f"{_amount(line, settings):.2f}",
                "product_weight": f"{kg_from_grams(_weight_g(line, settings)):.3f}",
                "hs_code": line.hs_code,
                "sku_code": line.sku,
                "contains_battery": battery is not Battery.NONE,
                "only_battery": battery in words.BATTERY_ALONE,
                "aneroid_markup": False,
            }
        )
    return found
