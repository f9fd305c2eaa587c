"""Labels, 100 x 150 mm, with the customs declaration on them. The layout is the sandbox's own."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from xborder_sandbox.canvas import Section, Sheet, pdf
from xborder_sandbox.chinapost.order import Party
from xborder_sandbox.chinapost.store import Mail

_SIZE = (100.0, 150.0)
_MOST_LINES = 5
_NAMES = {"epacket": "ePacket", "small_packet": "Registered Small Packet", "ems": "EMS"}


def labels_pdf(mails: Sequence[Mail]) -> bytes:
    """Return a PDF with one page per parcel."""
    pages = [partial(_label, mail=mail) for mail in mails]
    return pdf([Section(pages, _SIZE, _SIZE)], "China Post labels (simulated)")


def _label(sheet: Sheet, mail: Mail) -> None:
    order, wide = mail.order, sheet.width
    sheet.text(3, 8, "CHINA POST", 13, bold=True)
    sheet.text(wide - 3, 8, _NAMES[order.product.family.name], 11, bold=True, align="right", room=50)
    sheet.text(wide - 3, 12, "SIMULATED", 7, align="right")
    sheet.text(3, 12, f"Ref {order.order_no}", 6, room=60)
    sheet.line(14)

    sheet.text(3, 18, "From:", 6, bold=True)
    for row, line in enumerate(_lines(order.sender)):
        sheet.text(13, 18 + row * 3, line, 6, room=wide - 16)
    sheet.line(34)
    sheet.text(3, 39, "To:", 8, bold=True)
    for row, line in enumerate(_lines(order.receiver)):
        sheet.text(13, 39 + row * 4.6, line, 9, bold=row == 0, room=wide - 16)
    sheet.text(wide - 4, 66, order.receiver.nation, 20, bold=True, align="right")
    sheet.line(69)

    sheet.code128(73, 20, mail.number)
    sheet.text(wide / 2, 98, _spaced(mail.number), 12, bold=True, align="center")
    sheet.line(102)

    sheet.text(3, 106, "CUSTOMS DECLARATION  CN 22", 7, bold=True)
    for x, heading in ((3, "Description"), (55, "Qty"), (66, "Weight g"), (82, "Value")):
        sheet.text(x, 110, heading, 6, bold=True, room=20)
    for row, item in enumerate(order.items[:_MOST_LINES]):
        foot = 114 + row * 3.6
        sheet.text(3, foot, item.name_en, 6, room=50)
        sheet.text(55, foot, str(item.quantity), 6)
        sheet.text(66, foot, str(item.grams * item.quantity), 6)
        sheet.text(82, foot, f"{item.value * item.quantity:f} {item.currency}", 6, room=15)
    more = len(order.items) - _MOST_LINES
    if more > 0:
        sheet.text(3, 114 + _MOST_LINES * 3.6, f"and {more} more", 6)
    value = sum((item.value * item.quantity for item in order.items), Decimal(0))
    sheet.line(136)
    sheet.text(3, 140, f"Total weight {order.grams} g", 7, bold=True)
    sheet.text(wide - 3, 140, f"Total value {value:f} {order.items[0].currency}", 7, bold=True, align="right", room=50)
    sheet.text(3, 145, "This label was made by a simulator; nobody will carry the parcel.", 5)


def _lines(party: Party) -> list[str]:
    names = [name for name in dict.fromkeys((party.name, party.company)) if name]
    place = f"{party.post_code} {party.city}, {party.province}".strip()
    return [*names, party.address, place, f"{party.nation}  Tel {party.phone}"][:5]


def _spaced(number: str) -> str:
    """Return the number as printed: LN 156 947 362 CN."""
    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} {number[11:]}"
