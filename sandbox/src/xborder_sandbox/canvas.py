"""Drawing on PDF pages. The one file that knows reportlab."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from xborder_sandbox.letters import latin

POINTS_PER_MM = 72 / 25.4
_QUIET_MM = 3.0
_A4_MARGIN_MM = 5.0


class Sheet:
    """A rectangle on a page, measured in millimetres from its own top left corner."""

    def __init__(self, canvas: Canvas, left: float, top: float, width: float, height: float) -> None:
        self._canvas = canvas
        self._left = left
        self._top = top
        self.width = width
        self.height = height

    def _x(self, x: float) -> float:
        return (self._left + x) * POINTS_PER_MM

    def _y(self, y: float) -> float:
        return (self._top - y) * POINTS_PER_MM

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 8,
        bold: bool = False,
        room: float | None = None,
        align: str = "left",
        white: bool = False,
    ) -> None:
        """Write a line with its foot at `y`; `size` in points shrinks until the text fits `room` mm."""
        font = "Helvetica-Bold" if bold else "Helvetica"
        text = latin(text)
        room = (self.width - x if align == "left" else self.width) if room is None else room
        wide = stringWidth(text, font, size)
        if wide > room * POINTS_PER_MM:
            size = max(size * room * POINTS_PER_MM / wide, 3)
        self._canvas.setFont(font, size)
        self._canvas.setFillGray(1 if white else 0)
        draw = {
            "left": self._canvas.drawString,
            "center": self._canvas.drawCentredString,
            "right": self._canvas.drawRightString,
        }[align]
        draw(self._x(x), self._y(y), text)
        self._canvas.setFillGray(0)

    def line(self, y: float) -> None:
        """Draw a line across."""
        self._canvas.setLineWidth(0.6)
        self._canvas.line(self._x(0), self._y(y), self._x(self.width), self._y(y))

    def bar(self, x: float, y: float, width: float, height: float) -> None:
        """Draw a black rectangle; `y` is its top."""
        self._canvas.rect(
            self._x(x), self._y(y + height), width * POINTS_PER_MM, height * POINTS_PER_MM, stroke=0, fill=1
        )

    def code128(self, y: float, height: float, content: str, room: float | None = None) -> None:
        """Draw a Code 128, centred, its top at `y`; bars at most 0.42 mm wide."""
        room = (self.width if room is None else room) - 2 * _QUIET_MM
        modules = Code128(content, barWidth=1, quiet=0).width
        bar_mm = min(0.42, room / modules)
        code = Code128(content, barWidth=bar_mm * POINTS_PER_MM, barHeight=height * POINTS_PER_MM, quiet=0)
        left = (self.width - modules * bar_mm) / 2
        code.drawOn(self._canvas, self._x(left), self._y(y + height))


Painter = Callable[[Sheet], None]


@dataclass(frozen=True)
class Section:
    """Pages of one size: `size` is what is drawn on, `page` the paper, both in mm."""

    pages: Sequence[Painter]
    size: tuple[float, float]
    page: tuple[float, float]


def pdf(sections: Sequence[Section], title: str) -> bytes:
    """Return a PDF with one page per painter; same input, same bytes."""
    target = io.BytesIO()
    canvas = Canvas(target, invariant=1)
    canvas.setTitle(latin(title))
    canvas.setProducer("xborder sandbox")
    for section in sections:
        (width, height), (page_width, page_height) = section.size, section.page
        margin = _A4_MARGIN_MM if section.page != section.size else 0.0
        for paint in section.pages:
            canvas.setPageSize((page_width * POINTS_PER_MM, page_height * POINTS_PER_MM))
            paint(Sheet(canvas, margin, page_height - margin, width, height))
            canvas.showPage()
    canvas.save()
    return target.getvalue()


def qr_modules(content: str) -> list[list[bool]]:
    """Return the dark modules of a QR code, row by row."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(content)
    code.make()
    count = code.getModuleCount()
    return [[bool(code.isDark(row, column)) for column in range(count)] for row in range(count)]
