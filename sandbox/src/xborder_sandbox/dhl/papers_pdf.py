"""Papers that go with a shipment: waybill document, shipment receipt, proof of delivery."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from xborder_sandbox.canvas import Painter, Section, Sheet, pdf
from xborder_sandbox.dhl.label_data import LabelData
from xborder_sandbox.dhl.templates import A4_MM


def waybill_pages(label: LabelData, hide_account: bool, copies: int) -> list[Painter]:
    """Return the painters of the waybill document."""
    return [partial(_waybill, label=label, hide_account=hide_account)] * copies


def receipt_pages(label: LabelData) -> list[Painter]:
    """Return the painter of the shipment receipt."""
    return [partial(_receipt, label=label)]


def proof_pdf(label: LabelData, delivered: datetime, place: str, signed_by: str, is_detailed: bool) -> bytes:
    """Return the proof of delivery.

    Args:
        label: The shipment.
        delivered: When, in local time.
        place: Where.
        signed_by: Who signed.
        is_detailed: With the pieces (`content=epod-detail...`).
    """

    def paint(sheet: Sheet) -> None:
        sheet.text(20, 25, "Proof of Delivery", 18, bold=True)
        lines = [
            f"Waybill number: {label.waybill}",
            f"Delivered on: {delivered:%Y-%m-%d} at {delivered:%H:%M} (local time)",
            f"Signed by: {signed_by}",
            f"Destination: {place}",
            f"Shipper: {label.shipper.company}",
            f"Receiver: {label.receiver.company}",
            f"Service: {label.product_name}",
            f"Pieces: {len(label.pieces)}",
            f"Reference: {label.reference}",
        ]
        if is_detailed:
            lines += [f"Piece {piece.number}: {piece.licence_plate}, {piece.weight}" for piece in label.pieces[:40]]
        for row, line in enumerate(lines):
            sheet.text(20, 40 + row * 6, line, 11)

    return pdf([Section([paint], A4_MM, A4_MM)], f"Proof of delivery {label.waybill}")


def _waybill(sheet: Sheet, label: LabelData, hide_account: bool) -> None:
    press = sheet.height / 200
    y = 0.0

    def write(text: str, size: float = 7, bold: bool = False, step: float = 3.4) -> None:
        nonlocal y
        y += step * press
        if text:
            sheet.text(3, y, text, size, bold)

    write("*WAYBILL DOC*", 10, bold=True, step=6)
    write("Not to be attached to package - Hand to Courier", 7)
    write(f"{label.made_on.isoformat()} MyDHL API sandbox   {label.content_code}   SIMULATED", 6)
    for title, party in (("Shipper :", label.shipper), ("Receiver :", label.receiver)):
        write(title, 7, bold=True, step=5)
        for line in party.lines:
            write(line)
        write(f"Contact: {party.phone}")
    write(label.routing, 12, bold=True, step=7)
    write(f"Product Details: [{label.product_code}] {label.product_name}", step=5)
    write("" if hide_account else f"Payer Details FRT: {label.account}")
    write("Features / Services (Service Code)", bold=True)
    write(", ".join(label.services))
    write(f"Ref No: {label.reference}", step=4)
    write(f"Declared Value for Customs: {label.declared_value}" if label.declared_value else "")
    write(f"Content: {label.description}")
    write(f"Pieces {len(label.pieces)}")
    write("License Plates of pieces in shipment", bold=True)
    for piece in label.pieces[:10]:
        write(piece.licence_plate, 6, step=2.8)
    sheet.code128(sheet.height - 24 * press, 14 * press, label.waybill)
    sheet.text(sheet.width / 2, sheet.height - 5 * press, f"WAYBILL {label.spaced_waybill}", 8, align="center")


def _receipt(sheet: Sheet, label: LabelData) -> None:
    sheet.text(20, 25, "Shipment Receipt", 18, bold=True)
    lines = [
        f"Waybill number: {label.waybill}",
        f"Date: {label.made_on.isoformat()}",
        f"Service: {label.product_name}",
        "From: " + ", ".join(label.shipper.lines),
        "To: " + ", ".join(label.receiver.lines),
        f"Pieces: {len(label.pieces)}",
        f"Contents: {label.description}",
        f"Declared value: {label.declared_value}" if label.declared_value else "",
        f"Reference: {label.reference}",
    ]
    for row, line in enumerate(line for line in lines if line):
        sheet.text(20, 40 + row * 6, line, 11, room=170)
    sheet.code128(110, 18, label.waybill)
