"""Draws the picture on the page about labels: four invented labels on a sheet of A4. Always the same bytes."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from xborder_sdk.documents import A4_4_UP, Imposition, Label, LabelDocument, impose

PICTURE = Path(__file__).parent / "pictures" / "a4-4up.png"
_PIXELS_PER_POINT = 100 / 72

# Nobody lives there.
LABELS = {
    "9221117975": ("Ottilie Brandt", "Lindenallee 7", "50668 KOLN", "DE"),
    "3413717215": ("Piers Holloway", "14 Mill Lane", "YORK YO1 7HH", "GB"),
    "8147563782": ("Noor de Wit", "Kanaalkade 3", "2011 AB HAARLEM", "NL"),
}


def sheet() -> Imposition:
    """The labels on A4; one place stays free for the next job."""
    labels = [
        Label(number, LabelDocument.read(_label(number, *address)))
        for number, address in LABELS.items()
    ]
    return impose(labels, A4_4_UP)


def _label(number: str, name: str, street: str, city: str, country: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(100 * mm, 148 * mm), invariant=True)
    canvas.setLineWidth(0.4 * mm)
    canvas.rect(4 * mm, 4 * mm, 92 * mm, 140 * mm)
    canvas.line(4 * mm, 112 * mm, 96 * mm, 112 * mm)
    canvas.line(4 * mm, 66 * mm, 96 * mm, 66 * mm)
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(8 * mm, 130 * mm, "NO CARRIER")
    canvas.setFont("Helvetica", 10)
    canvas.drawString(8 * mm, 118 * mm, "Invented, for the documentation")
    canvas.setFont("Helvetica", 13)
    for place, text in enumerate((name, street, city)):
        canvas.drawString(8 * mm, (102 - 8 * place) * mm, text)
    canvas.setFont("Helvetica-Bold", 32)
    canvas.drawRightString(92 * mm, 70 * mm, country)
    bars = Code128(
        number, barWidth=0.5 * mm, barHeight=34 * mm, humanReadable=False, quiet=False
    )
    bars.drawOn(canvas, (100 * mm - bars.width) / 2, 22 * mm)
    canvas.setFont("Helvetica", 14)
    canvas.drawCentredString(50 * mm, 12 * mm, number)
    canvas.save()
    return out.getvalue()


def picture() -> bytes:
    """The sheet as a PNG for a screen."""
    document = pypdfium2.PdfDocument(sheet().pdf)
    try:
        image = document[0].render(scale=_PIXELS_PER_POINT, grayscale=True).to_pil()
        out = io.BytesIO()
        image.quantize(16).save(out, "PNG", optimize=True)
        return out.getvalue()
    finally:
        document.close()


if __name__ == "__main__":
    PICTURE.write_bytes(picture())
