"""The label of a parcel, 100 x 150 mm, with the customs declaration on it. The layout is the sandbox's own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from functools import partial

from xborder_sandbox.aliexpress.shipping.parcel import Parcel
from xborder_sandbox.aliexpress.shipping.services import COUNTRIES
from xborder_sandbox.canvas import Section, Sheet, pdf

LABEL_MM = (100.0, 150.0)
_GOODS_ROWS = 5
# The oldest time a ZIP can tell: the same label is the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def label(parcel: Parcel, *, picking: bool = False) -> bytes:
    """Return the label as PDF, one page.

    Args:
        parcel: What it is for.
        picking: Whether the seller's SKUs and quantities are printed at its foot (`print_detail`).
    """
    paint = partial(_paint, parcel=parcel, picking=picking)
    return pdf([Section([paint], LABEL_MM, LABEL_MM)], parcel.number)


def zipped(parcels: Sequence[Parcel], *, picking: bool = False) -> bytes:
    """Return a ZIP with a PDF per parcel, named by its number."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for parcel in parcels:
            archive.writestr(zipfile.ZipInfo(f"{parcel.number}.pdf", _ZIP_TIME), label(parcel, picking=picking))
    return target.getvalue()


def _paint(sheet: Sheet, parcel: Parcel, picking: bool) -> None:
    wide, to = sheet.width, parcel.receiver
    sheet.text(3, 8, parcel.service.solution.replace("_", " "), 13, bold=True, room=62)
    sheet.text(3, 12, parcel.service.warehouse.code, 7, room=60)
    sheet.text(wide - 3, 8, "SIMULATED", 9, bold=True, align="right", room=30)
    sheet.text(wide - 3, 13, to.country, 14, bold=True, align="right", room=20)
    sheet.line(15)

    sheet.text(3, 19, f"From: {parcel.sender}", 7, room=wide - 6)
    if parcel.returns_unreachable:
        sheet.text(3, 22.5, f"If undeliverable return to: {parcel.return_to}", 6, room=wide - 6)
    else:
        sheet.text(3, 22.5, "If undeliverable destroy", 6)
    sheet.line(24.5)

    sheet.text(3, 29, "Ship to:", 7, bold=True)
    sheet.text(18, 29.5, to.name, 11, bold=True, room=wide - 21)
    rows = [*to.lines, COUNTRIES.get(to.country, to.country)]
    for row, line in enumerate(rows):
        sheet.text(18, 35 + row * 5, line, 9, room=wide - 21)
    sheet.text(18, 50.5, f"Tel: {to.phone}", 7)
    sheet.line(53)

    sheet.code128(56, 20, parcel.number)
    sheet.text(wide / 2, 81, parcel.number, 11, bold=True, align="center")
    sheet.line(84)

    sheet.text(3, 88, "CUSTOMS DECLARATION CN22", 7, bold=True)
    sheet.text(60, 88, "Qty", 6)
    sheet.text(70, 88, "kg", 6)
    currency = parcel.goods[0].currency
    sheet.text(wide - 3, 88, currency, 6, align="right", room=15)
    top = 92.0
    for item in parcel.goods[:_GOODS_ROWS]:
        sheet.text(3, top, f"{item.english} {item.hs_code}".strip(), 6.5, room=54)
        sheet.text(60, top, str(item.quantity), 6.5)
        sheet.text(70, top, _kilograms(item.weight), 6.5)
        sheet.text(wide - 3, top, f"{item.amount:.2f}", 6.5, align="right", room=15)
        top += 3.6
    if len(parcel.goods) > _GOODS_ROWS:
        sheet.text(3, top, f"and {len(parcel.goods) - _GOODS_ROWS} more", 6.5)
    sheet.line(114)
    total = sum(item.amount for item in parcel.goods)
    sheet.text(3, 118, f"Total {_kilograms(parcel.weight)} kg", 7, bold=True)
    sheet.text(wide - 3, 118, f"{currency} {total:.2f}", 7, bold=True, align="right", room=40)
    sheet.line(120)

    sheet.text(3, 124, f"Order {parcel.trade_order_id}", 6.5)
    sheet.text(wide - 3, 124, parcel.code, 6.5, align="right", room=45)
    if picking:
        text = "; ".join(f"{item.sku_code or item.english} x{item.quantity}" for item in parcel.goods)
        sheet.text(3, 129, text, 7, room=wide - 6)
    sheet.code128(132, 12, parcel.code)


def _kilograms(grams: int) -> str:
    return f"{grams // 1000}.{grams % 1000:03d}"
