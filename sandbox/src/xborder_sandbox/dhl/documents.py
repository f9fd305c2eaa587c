"""Which documents a shipment's answer carries, and how they are bundled.

outputImageProperties of CreateShipmentRequest: by default labels and waybill document are one image, receipt and
invoice another. `packageReferenceNumber` and the type code waybillDoc are as in its example
linkLabelsByPiecesShipmentResponse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from xborder_sandbox.canvas import Painter, Section, pdf
from xborder_sandbox.dhl import label_thermal
from xborder_sandbox.dhl.invoice_pdf import invoice_pages
from xborder_sandbox.dhl.label_making import invoice_data, label_data
from xborder_sandbox.dhl.label_pdf import label_pages
from xborder_sandbox.dhl.papers_pdf import receipt_pages, waybill_pages
from xborder_sandbox.dhl.shipment_reading import Order
from xborder_sandbox.dhl.store import PieceRecord
from xborder_sandbox.dhl.templates import WAYBILLS, Template, find

# Not said in the document; 300 is its example.
_DEFAULT_DPI = 300


@dataclass(frozen=True)
class Image:
    """A document of the answer; `piece` when it belongs to one package."""

    kind: str
    form: str
    content: bytes
    piece: int | None = None


@dataclass(frozen=True)
class _Paper:
    """A document before it is bundled; `commands` are for a thermal printer, one entry per page."""

    kind: str
    section: Section
    commands: list[bytes] = field(default_factory=list)


class Press:
    """Makes the documents of one shipment.

    Args:
        order: What was ordered.
        waybill: Its number.
        pieces: Its pieces.
        made_on: The date printed.

    Attributes:
        label: What stands on the labels.
    """

    def __init__(self, order: Order, waybill: str, pieces: Sequence[PieceRecord], made_on: date) -> None:
        self._order = order
        self.label = label_data(order, waybill, pieces, made_on)
        self._waybill = waybill
        self._form = order.output.text("encodingFormat", "pdf").upper()
        self._dpi = int(order.output.decimal("printerDPI")) or _DEFAULT_DPI

    def images(self) -> list[Image]:
        """Return the documents of the answer, in its order."""
        output = self._order.output
        label, waybill, invoice, receipt = (
            self._paper(kind) for kind in ("label", "waybillDoc", "invoice", "shipmentReceipt")
        )
        if output.flag("allDocumentsInOneImage") and self._form == "PDF":
            return self._bundle("label", [label, waybill, receipt, invoice])
        images = self._transport(label, waybill)
        if output.flag("receiptAndLabelsInOneImage") and self._form == "PDF":
            images = self._bundle("label", [label, waybill, receipt])
            receipt = None
        if output.flag("splitInvoiceAndReceipt"):
            return [*images, *self._bundle("invoice", [invoice]), *self._bundle("receipt", [receipt])]
        # One PDF for both; it is called after what it begins with.
        return [*images, *self._bundle("invoice" if invoice else "receipt", [invoice, receipt])]

    def stored(self) -> list[Image]:
        """Return what get-image can fetch later: the waybill document always, the invoice if it was drawn."""
        waybill = _Paper("waybill", self._waybill_section(WAYBILLS["ARCH_8X4"]))
        return [*self._bundle("waybill", [waybill]), *self._bundle("commercial-invoice", [self._paper("invoice")])]

    def _transport(self, label: _Paper | None, waybill: _Paper | None) -> list[Image]:
        output = self._order.output
        if self._order.wants_information("linkLabelsByPieces"):
            pieces = [replace(image, piece=number) for number, image in enumerate(self._pages(label), start=1)]
            return [*pieces, *self._bundle("waybillDoc", [waybill])]
        if output.flag("splitDocumentsByPages"):
            return [*self._pages(label), *self._bundle("waybillDoc", [waybill])]
        if output.flag("splitTransportAndWaybillDocLabels"):
            return [*self._bundle("label", [label]), *self._bundle("waybillDoc", [waybill])]
        return self._bundle("label", [label, waybill])

    def _pages(self, paper: _Paper | None) -> list[Image]:
        if paper is None:
            return []
        if paper.commands:
            return [Image(paper.kind, self._form, command) for command in paper.commands]
        return [
            Image(paper.kind, "PDF", pdf([replace(paper.section, pages=[page])], self._waybill))
            for page in paper.section.pages
        ]

    def _bundle(self, kind: str, papers: Sequence[_Paper | None]) -> list[Image]:
        there = [paper for paper in papers if paper is not None]
        if not there:
            return []
        commands = [command for paper in there for command in paper.commands]
        if commands:
            return [Image(kind, self._form, b"".join(commands))]
        return [Image(kind, "PDF", pdf([paper.section for paper in there], self._waybill))]

    def _paper(self, kind: str) -> _Paper | None:
        if not self._order.is_image_requested(kind):
            return None
        option = self._order.image_option(kind)
        template = find(kind, option.text("templateName"))
        if template is None:
            return None
        if option.flag("fitLabelsToA4") and template.can_fit_a4 and self._form == "PDF":
            template = template.on_a4()
        match kind:
            case "label":
                return _Paper(
                    kind, _section(label_pages(self.label, template), template), self._label_commands(template)
                )
            case "waybillDoc":
                return _Paper(kind, self._waybill_section(template), self._waybill_commands(template))
            case "invoice":
                invoice = invoice_data(self._order, self._waybill, template)
                return _Paper(kind, _section(invoice_pages(invoice, template), template))
            case _:
                return _Paper(kind, _section(receipt_pages(self.label), template))

    def _label_commands(self, template: Template) -> list[bytes]:
        if self._form == "PDF":
            return []
        make = label_thermal.label_zpl if self._form == "ZPL" else label_thermal.label_epl
        return make(self.label, template, self._dpi)

    def _waybill_section(self, template: Template) -> Section:
        hidden = self._order.image_option("waybillDoc").flag("hideAccountNumber")
        return _section(waybill_pages(self.label, hidden, self._copies()), template)

    def _waybill_commands(self, template: Template) -> list[bytes]:
        if self._form == "PDF":
            return []
        make = label_thermal.waybill_zpl if self._form == "ZPL" else label_thermal.waybill_epl
        return [make(self.label, template, self._dpi)] * self._copies()

    def _copies(self) -> int:
        return int(self._order.image_option("waybillDoc").decimal("numberOfCopies")) or 1


def _section(pages: Sequence[Painter], template: Template) -> Section:
    return Section(pages, template.size, template.page)
