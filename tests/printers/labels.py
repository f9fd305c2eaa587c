"""Invented labels for printers."""

from __future__ import annotations

from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

from xborder_sdk.models import Document, DocumentFormat, DocumentKind

MM = 72 / 25.4


def label(number: str, width: float = 100, height: float = 150, frame: float = 8) -> Document:
    """A page with a frame so many mm inside its edge and one Code 128, three dots a module at 203 dpi."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(width * MM, height * MM), invariant=1)
    canvas.setLineWidth(0.4 * MM)
    canvas.rect(frame * MM, frame * MM, (width - 2 * frame) * MM, (height - 2 * frame) * MM)
    code = Code128(number, barWidth=0.375 * MM, barHeight=20 * MM, quiet=0)
    code.drawOn(canvas, (width * MM - code.width) / 2, height * MM / 2)
    canvas.showPage()
    canvas.save()
    return Document(kind=DocumentKind.LABEL, format=DocumentFormat.PDF, content=buffer.getvalue(), number=number)
