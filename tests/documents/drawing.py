"""Draws labels for tests. All of them are invented; sizes are those that carriers use."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

import pikepdf
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas

MM = 72 / 25.4
MODULE_MM = Decimal("0.375")  # three dots at 203 dpi


@dataclass(frozen=True)
class Kind:
    """A page and where the label is on it, in mm from the upper left."""

    page: tuple[float, float]
    label: tuple[float, float, float, float]

    def draw(self, text: str, *, pages: int = 1) -> bytes:
        out = BytesIO()
        canvas = Canvas(out, pagesize=(self.page[0] * MM, self.page[1] * MM), invariant=1)
        for page in range(pages):
            left, top, width, height = self.label
            paint(canvas, text if page == 0 else f"{text}-{page}", left, self.page[1] - top - height, width, height)
            canvas.showPage()
        canvas.save()
        return out.getvalue()


def paint(canvas: Canvas, text: str, left: float, bottom: float, width: float, height: float) -> None:
    """A frame 2 mm inside the label, a bar code near its top, a QR code in its lower left, an arrow at its top."""
    canvas.setLineWidth(0.4 * MM)
    canvas.rect((left + 2) * MM, (bottom + 2) * MM, (width - 4) * MM, (height - 4) * MM)
    code = Code128(text, barWidth=float(MODULE_MM) * MM, barHeight=20 * MM, quiet=0, humanReadable=0)
    code.drawOn(canvas, (left + width / 2) * MM - code.width / 2, (bottom + height - 34) * MM)
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawCentredString((left + width / 2) * MM, (bottom + height - 10) * MM, f"UP  {text}")
    qr = Drawing(25 * MM, 25 * MM)
    qr.add(QrCodeWidget(f"Q-{text}", barWidth=25 * MM, barHeight=25 * MM))
    qr.drawOn(canvas, (left + 8) * MM, (bottom + 8) * MM)
    canvas.drawString((left + 36) * MM, (bottom + 16) * MM, "Invented Person")


FOUR_BY_SIX = Kind((101.6, 152.4), (0, 0, 101.6, 152.4))
FOUR_BY_EIGHT = Kind((101.6, 203.2), (0, 0, 101.6, 203.2))
EIGHT_BY_FOUR = Kind((203.2, 101.6), (0, 0, 203.2, 101.6))
A6 = Kind((105, 148), (0, 0, 105, 148))
LABEL_100X150 = Kind((100, 150), (0, 0, 100, 150))
SQUARE = Kind((100, 100), (0, 0, 100, 100))
A4_CORNER = Kind((210, 297), (105, 10, 100, 140))
KINDS = {
    "4x6in": FOUR_BY_SIX,
    "4x8in": FOUR_BY_EIGHT,
    "8x4in": EIGHT_BY_FOUR,
    "105x148": A6,
    "100x150": LABEL_100X150,
    "100x100": SQUARE,
    "a4-corner": A4_CORNER,
}


def changed(data: bytes, **entries: object) -> bytes:
    """The PDF with entries of its first page set, such as Rotate=90."""
    with pikepdf.open(BytesIO(data)) as pdf:
        for name, value in entries.items():
            pdf.pages[0].obj[f"/{name}"] = value
        out = BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


def boxed(width: float, height: float) -> bytes:
    """A page of the given size in mm that is a black frame of 1 mm at its very edge."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(width * MM, height * MM), invariant=1)
    canvas.setLineWidth(1 * MM)
    canvas.rect(0.5 * MM, 0.5 * MM, (width - 1) * MM, (height - 1) * MM)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int,
    height: int,
    rows: list[bytes],
    *,
    depth: int = 8,
    colour: int = 0,
    per_metre: tuple[int, int] | None = None,
    extra: bytes = b"",
) -> bytes:
    """A PNG of unfiltered rows."""
    density = b"" if per_metre is None else chunk(b"pHYs", struct.pack(">IIB", *per_metre, 1))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)),
            density,
            extra,
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))),
            chunk(b"IEND", b""),
        )
    )
