"""The transport label as PDF, one page per piece."""

from __future__ import annotations

from functools import partial

from xborder_sandbox.canvas import Painter, Sheet
from xborder_sandbox.dhl.label_data import LabelData, LabelPiece
from xborder_sandbox.dhl.templates import Template

_TERMS = (
    "TERMS AND CONDITIONS OF CARRIAGE",
    "This label was made by a simulator. It is no contract of carriage, and no courier will take the parcel.",
)


def label_pages(label: LabelData, template: Template) -> list[Painter]:
    """Return a painter per piece."""
    return [partial(_label, label=label, piece=piece, template=template) for piece in label.pieces]


def _label(sheet: Sheet, label: LabelData, piece: LabelPiece, template: Template) -> None:
    # Laid out for 200 mm; shorter templates press everything but the letters' width.
    press = sheet.height / 200
    wide = sheet.width

    def down(mm: float) -> float:
        return mm * press

    sheet.text(2, down(7), label.product_name, 14 * press, bold=True, room=46)
    sheet.text(2, down(9.4), f"{label.made_on.isoformat()} MyDHL API sandbox", 5, room=46)
    sheet.bar(50, 0, 18, down(10))
    sheet.text(59, down(7.6), label.content_code, 20 * press, bold=True, room=17, align="center", white=True)
    sheet.text(wide - 3, down(7), "SIMULATED", 11 * press, bold=True, align="right", room=26)
    sheet.line(down(10))

    sheet.text(2, down(13), "From :", 6, bold=True)
    for row, line in enumerate(label.shipper.lines[:6]):
        sheet.text(11, down(13 + row * 2.5), line, 6 * press**0.5, room=wide - 30)
    sheet.text(wide - 3, down(13), "Origin:", 6, align="right")
    sheet.text(wide - 3, down(18), label.origin, 13 * press, bold=True, align="right")
    sheet.line(down(28))

    sheet.text(3, down(32), "To :", 6, bold=True)
    rows = [(name, False) for name in label.receiver.lines[:-2][:5]]
    rows += [(label.receiver.place, True), (label.receiver.country, True)]
    for row, (line, bold) in enumerate(rows):
        sheet.text(11, down(32.5 + row * 4), line, (11 if bold else 10) * press, bold=bold, room=wide - 13)
    sheet.text(wide - 3, down(60.4), f"Contact: {label.receiver.phone}", 5.5, align="right", room=60)
    sheet.line(down(61.5))

    sheet.text(wide / 2, down(70), label.routing, 24 * press, bold=True, align="center", room=wide - 8)
    sheet.line(down(73))
    sheet.bar(0, down(73), wide * 0.72, down(7))
    sheet.text(2, down(78.4), label.features, 14 * press, bold=True, room=wide * 0.7, white=True)
    sheet.line(down(80))

    sheet.text(2, down(84), f"Ref No: {label.reference}", 7, bold=True, room=54)
    sheet.text(2, down(87.5), f"Content : {piece.content}", 6.5, room=54)
    if label.free_text:
        sheet.text(2, down(91), label.free_text, 6, room=54)
    sheet.text(58, down(83), "Pce/Shpt Weight", 5.5)
    sheet.text(58, down(90), piece.weight, 13 * press, bold=True, room=24)
    sheet.text(wide - 3, down(83), "Piece", 5.5, align="right")
    sheet.text(wide - 3, down(90), f"{piece.number}/{piece.of}", 13 * press, bold=True, align="right", room=14)
    sheet.line(down(94))

    sheet.code128(down(97), down(15), label.waybill)
    sheet.text(wide / 2, down(116), f"WAYBILL {label.spaced_waybill}", 9 * press**0.5, align="center")
    sheet.code128(down(120), down(27), label.routing_barcode)
    sheet.text(wide / 2, down(151), label.spaced_routing, 8 * press**0.5, align="center")
    sheet.line(down(153))
    sheet.code128(down(158), down(30), piece.barcode)
    sheet.text(wide / 2, down(193), piece.spaced, 8 * press**0.5, align="center")

    if template.has_terms:
        for row, line in enumerate(_TERMS):
            sheet.text(0, sheet.height + 8 + row * 4, line, 7, bold=row == 0, room=190)
