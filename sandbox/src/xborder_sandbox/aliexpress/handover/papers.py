"""The papers of a bag: its label, the shipping label, the hand-over list. The layouts are the sandbox's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from xborder_sandbox.aliexpress.handover.bags import Bag
from xborder_sandbox.aliexpress.shipping.china_time import write_china
from xborder_sandbox.canvas import Painter, Section, Sheet, pdf

_LABEL_MM = (100.0, 100.0)
_A4_MM = (210.0, 297.0)
_ROWS_ON_PAGE = 40


def bag_label(bag: Bag) -> bytes:
    """Return the label of the bag, 100 x 100 mm."""
    return pdf([Section([partial(_label, bag=bag, title="BIG BAG")], _LABEL_MM, _LABEL_MM)], bag.code)


def shipping_label(bag: Bag) -> bytes:
    """Return the label for the courier to the warehouse, 100 x 100 mm."""
    return pdf([Section([partial(_label, bag=bag, title="TO WAREHOUSE")], _LABEL_MM, _LABEL_MM)], bag.code)


def handover_list(bag: Bag) -> bytes:
    """Return the list of what is in the bag, A4, a page per forty parcels."""
    count = max(1, -(-len(bag.parcels) // _ROWS_ON_PAGE))
    pages: list[Painter] = [partial(_list, bag=bag, page=page, pages=count) for page in range(count)]
    return pdf([Section(pages, _A4_MM, _A4_MM)], bag.code)


# enums, handover_pdf_type
PAPERS: dict[int, Callable[[Bag], bytes]] = {1: bag_label, 4: shipping_label, 512: handover_list}


def _label(sheet: Sheet, bag: Bag, title: str) -> None:
    wide = sheet.width
    sheet.text(3, 9, title, 16, bold=True)
    sheet.text(wide - 3, 9, "SIMULATED", 9, bold=True, align="right", room=30)
    sheet.line(13)
    sheet.text(3, 21, bag.warehouse.code, 22, bold=True)
    sheet.text(wide - 3, 21, bag.way, 11, align="right", room=45)
    sheet.line(25)
    sheet.code128(29, 22, bag.code)
    sheet.text(wide / 2, 56, bag.code, 12, bold=True, align="center")
    sheet.code128(60, 14, bag.tracking_number)
    sheet.text(wide / 2, 78, bag.tracking_number, 9, align="center")
    sheet.line(82)
    sheet.text(3, 88, f"{len(bag.parcels)} parcels, {bag.told_weight} g", 10)
    sheet.text(3, 94, f"Hand-over {bag.handover_order_id}, {write_china(bag.created)} GMT+8", 8)


def _list(sheet: Sheet, bag: Bag, page: int, pages: int) -> None:
    wide = sheet.width
    sheet.text(15, 18, "HAND-OVER LIST (SIMULATED)", 14, bold=True)
    sheet.text(wide - 15, 18, f"{page + 1}/{pages}", 9, align="right", room=30)
    sheet.text(15, 25, f"{bag.code}  {bag.warehouse.code}  {write_china(bag.created)} GMT+8", 9)
    sheet.text(15, 30, f"{len(bag.parcels)} parcels, {bag.told_weight} g", 9)
    if page == 0:
        sheet.code128(33, 12, bag.code)
    sheet.line(48)
    rows = bag.parcels[page * _ROWS_ON_PAGE : (page + 1) * _ROWS_ON_PAGE]
    for row, parcel in enumerate(rows):
        foot = 53 + row * 5.5
        sheet.text(15, foot, str(page * _ROWS_ON_PAGE + row + 1), 8)
        sheet.text(28, foot, parcel.code, 8)
        sheet.text(75, foot, parcel.number, 8)
        sheet.text(120, foot, parcel.receiver.country, 8)
        sheet.text(140, foot, f"{parcel.weight} g", 8)
    sheet.line(275)
    sheet.text(15, 285, "Handed over by: ______________   Received by: ______________   Date: __________", 9)
