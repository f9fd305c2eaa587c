"""The commercial invoice as PDF."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from xborder_sandbox.canvas import Painter, Sheet
from xborder_sandbox.dhl.label_data import Party
from xborder_sandbox.dhl.templates import Template

_ROW_MM = 9.0
_TABLE_TOP = 92.0


@dataclass(frozen=True)
class InvoiceLine:
    """A line of goods; `price` is for one unit."""

    number: int
    description: str
    commodity: str
    origin: str
    quantity: int
    unit: str
    price: Decimal
    net_weight: Decimal

    @property
    def total(self) -> Decimal:
        """Price times quantity."""
        return self.price * self.quantity


@dataclass(frozen=True)
class Invoice:
    """Everything on the invoice."""

    title: str
    waybill: str
    number: str
    date: str
    currency: str
    incoterm: str
    place: str
    reason: str
    unit_of_weight: str
    parties: tuple[tuple[str, Party], ...]
    lines: tuple[InvoiceLine, ...]
    charges: tuple[tuple[str, Decimal], ...]
    remarks: tuple[str, ...]

    @property
    def goods_value(self) -> Decimal:
        """All lines together."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Goods and charges."""
        return self.goods_value + sum((amount for _, amount in self.charges), Decimal(0))


def invoice_pages(invoice: Invoice, template: Template) -> list[Painter]:
    """Return the painters of the invoice, as many pages as its lines need."""
    height = template.size[1]
    first = max(int((height - _TABLE_TOP - 60) / _ROW_MM), 3)
    later = int((height - 90) / _ROW_MM)
    lines = list(invoice.lines)
    chunks = [lines[:first]]
    lines = lines[first:]
    while lines:
        chunks.append(lines[:later])
        lines = lines[later:]
    return [
        partial(_page, invoice=invoice, lines=chunk, number=index + 1, pages=len(chunks))
        for index, chunk in enumerate(chunks)
    ]


def _page(sheet: Sheet, invoice: Invoice, lines: list[InvoiceLine], number: int, pages: int) -> None:
    sheet.text(sheet.width / 2, 15, invoice.title, 16, bold=True, align="center")
    sheet.text(10, 22, f"AWB No: {invoice.waybill}   Invoice Date: {invoice.date}   Invoice No: {invoice.number}", 9)
    top = 30.0
    if number == 1:
        column = (sheet.width - 20) / max(len(invoice.parties), 2)
        for index, (title, party) in enumerate(invoice.parties):
            _party(sheet, 10 + index * column, title, party, column - 3)
        top = _TABLE_TOP
    columns = _columns(sheet.width)
    heads = ("No", "Item Description", "Commodity Code", "Net Weight", "COO", "QTY", "Unit Value", "Sub Total")
    for x, head in zip(columns, heads, strict=True):
        sheet.text(x, top, head, 7, bold=True)
    sheet.line(top + 2)
    for row, line in enumerate(lines):
        y = top + 7 + row * _ROW_MM
        cells = (
            str(line.number),
            line.description,
            line.commodity,
            f"{line.net_weight} {invoice.unit_of_weight}",
            line.origin,
            f"{line.quantity} {line.unit}",
            f"{line.price} {invoice.currency}",
            f"{line.total} {invoice.currency}",
        )
        for index, (x, cell) in enumerate(zip(columns, cells, strict=True)):
            end = columns[index + 1] if index + 1 < len(columns) else sheet.width - 5
            sheet.text(x, y, cell, 7, room=end - x - 1)
    if number == pages:
        _summary(sheet, invoice, top + 12 + len(lines) * _ROW_MM)
    sheet.text(sheet.width / 2, sheet.height - 6, f"Page {number} of {pages}", 7, align="center")


def _columns(width: float) -> list[float]:
    return [10 + (width - 20) * share for share in (0, 0.04, 0.36, 0.52, 0.62, 0.67, 0.75, 0.87)]


def _party(sheet: Sheet, x: float, title: str, party: Party, room: float) -> None:
    sheet.text(x, 32, f"{title}:", 8, bold=True, room=room)
    numbers = [f"{kind}: {value}" for kind, value in party.registrations]
    for row, line in enumerate([*party.lines, party.phone, party.email, *numbers]):
        sheet.text(x, 36.5 + row * 4, line, 7.5, room=room)


def _summary(sheet: Sheet, invoice: Invoice, top: float) -> None:
    rows = [
        f"Total Goods Value: {invoice.goods_value} {invoice.currency}",
        *(f"{caption}: {amount} {invoice.currency}" for caption, amount in invoice.charges),
        f"Value(FOR CUSTOMS PURPOSES): {invoice.total} {invoice.currency}",
        f"Terms of Trade: {invoice.incoterm}   Place of Incoterm: {invoice.place}",
        f"Type of Export: {invoice.reason}",
        f"Total line items: {len(invoice.lines)}   Total units: {sum(line.quantity for line in invoice.lines)}",
        *(f"Remarks: {remark}" for remark in invoice.remarks),
        "Name:                    Position:                    Signature:",
    ]
    for row, text in enumerate(rows):
        sheet.text(10, top + row * 4.5, text, 8)
