"""Turns label pages into black and white dots, and PNG labels into PDF.

Dots are thresholded and never dithered: a bar is black or white, and a dithered edge does not scan.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from xborder_sdk.documents import _png
from xborder_sdk.documents._compose import Drawing, Sheet, as_pdf, compose
from xborder_sdk.documents._extras import needs
from xborder_sdk.documents.errors import BrokenDocument, DocumentTooLarge, DoesNotFit, UnsupportedDocument
from xborder_sdk.documents.fitting import Fit, FitRules, fit
from xborder_sdk.documents.geometry import MM_PER_INCH, Area, Millimetres, Size, exact
from xborder_sdk.documents.labels import SAME_HEAD_DPI, LabelDocument, LabelFormat
from xborder_sdk.documents.limits import Limits
from xborder_sdk.documents.media import Media

DEFAULT_THRESHOLD = 128
_INK_DPI = Decimal(300)
# White enough to be left out when margins are looked for: printers print nothing of it.
_INK_THRESHOLD = 250
# PDFium is not thread-safe, not even for separate documents (pypdfium2 README, "thread safety").
_pdfium = threading.Lock()


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Black and white dots.

    Attributes:
        width: Dots across.
        height: Dots down.
        dpi: Dots per inch, both ways.
        rows: The dots row by row, 8 in a byte, the leftmost in the highest bit, 1 is black; each row is filled up
            to whole bytes with 0. Not shown by repr.
    """

    width: int
    height: int
    dpi: Decimal
    rows: bytes = field(repr=False)

    @property
    def stride(self) -> int:
        """Bytes per row."""
        return (self.width + 7) // 8

    @property
    def size(self) -> Size:
        """Its size on paper."""
        return Size(self.width / self.dpi * MM_PER_INCH, self.height / self.dpi * MM_PER_INCH)

    def is_black(self, x: int, y: int) -> bool:
        """Whether a dot is black, counted from the upper left."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            raise IndexError("the dot lies outside the bitmap")
        return bool(self.rows[y * self.stride + x // 8] & 0x80 >> x % 8)

    def to_png(self) -> bytes:
        """The bitmap as a 1-bit PNG that states its resolution (in whole dots per metre, as PNG does)."""
        return _png.write_png(self.width, self.height, self.rows, self.dpi)

    def to_grey(self) -> bytes:
        """One byte per dot, 0 black, 255 white."""
        stride = self.stride
        out = bytearray()
        for at in range(0, stride * self.height, stride):
            bits = f"{int.from_bytes(self.rows[at : at + stride]):0{stride * 8}b}"[: self.width]
            out += bits.encode("ascii").translate(_GREY_OF_BIT)
        return bytes(out)


_GREY_OF_BIT = bytes(0 if value == ord("1") else 255 for value in range(256))


def render_page(
    document: LabelDocument, page: int = 0, *, dpi: Millimetres, threshold: int = DEFAULT_THRESHOLD
) -> Bitmap:
    """Draws one page of a PDF or PNG label at true size.

    Args:
        document: The label.
        page: Index of the page.
        dpi: Dots per inch; `DPI_203` and `DPI_300` are what thermal printers have.
        threshold: Grey values below it become black, 1 to 255.

    Returns:
        The page in whole dots, the last incomplete row and column left out.

    Raises:
        UnsupportedDocument: ZPL, or no such page.
        DocumentTooLarge: More dots than the document's limits allow.
        BrokenDocument: The document cannot be drawn.
        MissingExtra: The extra `labels` is not installed.
    """
    resolution = exact(dpi, "dpi")
    size = _size(document, page)
    dots = _dots(size, resolution)
    grey = _grey(document, _whole(document, page, dots, resolution), dots, resolution)
    return _threshold(grey, dots, resolution, threshold)


def render_for(
    document: LabelDocument,
    media: Media,
    *,
    page: int = 0,
    rules: FitRules = FitRules(),  # noqa: B008 (frozen)
    threshold: int = DEFAULT_THRESHOLD,
) -> Bitmap:
    """Draws one label page as the dots of one thermal label, centred.

    A PNG made for the same print head is put there dot for dot, without being drawn anew.

    Args:
        document: A PDF or PNG label.
        media: The thermal medium; its `dots()` are the size of the result.
        page: Index of the page.
        rules: What may be done to the label so that it fits.
        threshold: Grey values below it become black, 1 to 255.

    Raises:
        DoesNotFit: The page is larger than the medium and the rules do not help.
        UnsupportedDocument: ZPL, or no such page.
        InvalidLayout: The medium has no dpi.
        DocumentTooLarge: More dots than the document's limits allow.
        BrokenDocument: The document cannot be drawn.
        MissingExtra: The extra `labels` is not installed.
    """
    dots = media.dots()
    dpi = media.dpi or Decimal(0)  # dots() has refused a medium without
    same_head = (
        document.format is LabelFormat.PNG
        and document.dpi is not None
        and abs(document.dpi - dpi) <= SAME_HEAD_DPI
        and document.dpi != dpi
    )
    if same_head:
        document = LabelDocument.read(document.data, dpi=dpi, limits=document.limits)
    place = Size(dots[0] / dpi * MM_PER_INCH, dots[1] / dpi * MM_PER_INCH)
    fitted = fit_page(document, page, media.size, rules)
    x, y = (place.width_mm - fitted.printed.width_mm) / 2, (place.height_mm - fitted.printed.height_mm) / 2
    source = fitted.source
    if document.format is LabelFormat.PNG and document.dpi == dpi and fitted.scale == 1:
        # The pixels must meet the dots, so both the cut and the place move to whole dots.
        x, y = _to_dot(x, dpi), _to_dot(y, dpi)
        source = Area(_to_dot(source.x_mm, dpi), _to_dot(source.y_mm, dpi), source.width_mm, source.height_mm)
    sheet = Area(Decimal(0), Decimal(0), place.width_mm, place.height_mm)
    printed = Area(x, y, fitted.printed.width_mm, fitted.printed.height_mm).cut_to(sheet)
    drawing = Drawing(document, page, source, x, y, fitted.rotation, fitted.scale, printed)
    return _threshold(_grey(document, Sheet(place, (drawing,)), dots, dpi), dots, dpi, threshold)


def fit_page(document: LabelDocument, page: int, place: Size, rules: FitRules, reference: str | None = None) -> Fit:
    """`fit` for a page of a document, which is looked at for its white margins when the rules allow to leave them out.

    Raises:
        DoesNotFit: Nothing that the rules allow makes it fit.
        UnsupportedDocument: ZPL, or no such page.
    """
    size = _size(document, page)
    try:
        return fit(size, place, FitRules(rules.rotate, False, None, rules.slack_mm))
    except DoesNotFit as error:
        if not rules.crop and rules.shrink is None:
            raise DoesNotFit(error.label, error.area, error.reason, reference) from None
    ink = None
    if rules.crop:
        ink = ink_area(document, page)
        if ink is None:
            raise DoesNotFit(size, place, "the page is blank", reference)
    try:
        return fit(size, place, rules, ink)
    except DoesNotFit as error:
        raise DoesNotFit(error.label, error.area, error.reason, reference) from None


def ink_area(document: LabelDocument, page: int = 0) -> Area | None:
    """The smallest rectangle of a page that holds all that is not white, 0.085 mm exact and never too small.

    Returns:
        The rectangle as the page is viewed, or None for a blank page.

    Raises:
        UnsupportedDocument: ZPL, or no such page.
        DocumentTooLarge: More dots than the document's limits allow.
        MissingExtra: The extra `labels` is not installed.
    """
    size = _size(document, page)
    dots = _dots(size, _INK_DPI, rounding=ROUND_CEILING)
    width = dots[0]
    grey = _grey(document, _whole(document, page, dots, _INK_DPI), dots, _INK_DPI)
    marks = grey.translate(bytes(value < _INK_THRESHOLD for value in range(256)))
    first, last = marks.find(1), marks.rfind(1)
    if first < 0:
        return None
    top, bottom = first // width, last // width + 1
    left, right = width, 0
    for at in range(top * width, bottom * width, width):
        row = marks[at : at + width]
        start = row.find(1, 0, left)
        if start >= 0:
            left = start
        end = row.rfind(1, right)
        if end >= 0:
            right = end + 1
    # A dot more on each side: what is thinner than a dot may have left no mark beside its edge.
    dot = MM_PER_INCH / _INK_DPI
    whole = Area(Decimal(0), Decimal(0), size.width_mm, size.height_mm)
    found = Area((left - 1) * dot, (top - 1) * dot, (right - left + 2) * dot, (bottom - top + 2) * dot)
    return found.cut_to(whole)


def to_pdf(document: LabelDocument) -> bytes:
    """The label as PDF: a PDF unchanged, a PNG on one page of its true size, pixel for pixel.

    Raises:
        UnsupportedDocument: ZPL, which only a printer can draw, or a PNG of a kind that cannot be kept exactly.
        MissingExtra: The extra `labels` is not installed.
    """
    return as_pdf(document)


def _size(document: LabelDocument, page: int) -> Size:
    size = document.page(page).size
    if document.format is LabelFormat.ZPL or size is None:
        raise UnsupportedDocument("a ZPL program can only be drawn by a printer; order the label as PDF or PNG")
    return size


def _dots(size: Size, dpi: Decimal, *, rounding: str = ROUND_FLOOR) -> tuple[int, int]:
    # Page sizes in points are not finite in mm: a page of exactly 100 dots must not lose or gain one to that.
    hair = Decimal("0.001") if rounding == ROUND_FLOOR else Decimal("-0.001")
    width, height = (
        max(1, int((length * dpi / MM_PER_INCH + hair).to_integral_value(rounding)))
        for length in (size.width_mm, size.height_mm)
    )
    return width, height


def _to_dot(length: Decimal, dpi: Decimal) -> Decimal:
    dot = MM_PER_INCH / dpi
    return (length / dot).to_integral_value() * dot


def _whole(document: LabelDocument, page: int, dots: tuple[int, int], dpi: Decimal) -> Sheet:
    size = _size(document, page)
    sheet = Size(dots[0] / dpi * MM_PER_INCH, dots[1] / dpi * MM_PER_INCH)
    whole = Area(Decimal(0), Decimal(0), size.width_mm, size.height_mm)
    clip = Area(Decimal(0), Decimal(0), sheet.width_mm, sheet.height_mm)
    return Sheet(sheet, (Drawing(document, page, whole, Decimal(0), Decimal(0), 0, Decimal(1), clip),))


def _grey(document: LabelDocument, sheet: Sheet, dots: tuple[int, int], dpi: Decimal) -> bytes:
    """One byte per dot of the sheet."""
    _check_dots(dots, document.limits)
    with needs("labels"):
        import pypdfium2
        import pypdfium2.raw

    data = compose([Sheet(sheet.size, tuple(_within_its_dots(drawing, dpi) for drawing in sheet.drawings))])
    width, height = dots
    with _pdfium:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise BrokenDocument("the label cannot be drawn") from error
        try:
            page = pdf[0]
            bitmap = pypdfium2.PdfBitmap.new_native(width, height, pypdfium2.raw.FPDFBitmap_Gray)
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
            pypdfium2.raw.FPDF_RenderPageBitmap(
                bitmap, page, 0, 0, width, height, 0, pypdfium2.raw.FPDF_PRINTING | pypdfium2.raw.FPDF_GRAYSCALE
            )
            stride = bitmap.stride
            buffer = bytes(bitmap.buffer)
            bitmap.close()
            page.close()
        finally:
            pdf.close()
    if stride == width:
        return buffer
    return b"".join(buffer[at : at + width] for at in range(0, stride * height, stride))


def _within_its_dots(drawing: Drawing, dpi: Decimal) -> Drawing:
    """Draws a picture a tenth of a dot smaller, so that no rounding makes PDFium give it a dot more on a side.

    It spreads the pixels over all dots that the picture touches: a bar in the middle would become wider.
    """
    if drawing.document.format is not LabelFormat.PNG:
        return drawing
    width, height = drawing.source.width_mm * drawing.scale, drawing.source.height_mm * drawing.scale
    shrink = 1 - MM_PER_INCH / dpi / 10 / max(width, height)
    if drawing.rotation == 90:
        width, height = height, width
    return replace(
        drawing,
        x_mm=drawing.x_mm + width * (1 - shrink) / 2,
        y_mm=drawing.y_mm + height * (1 - shrink) / 2,
        scale=drawing.scale * shrink,
    )


def _check_dots(dots: tuple[int, int], limits: Limits) -> None:
    if dots[0] * dots[1] > limits.pixels:
        raise DocumentTooLarge("pixels", dots[0] * dots[1], limits.pixels)


def _threshold(grey: bytes, dots: tuple[int, int], dpi: Decimal, threshold: int) -> Bitmap:
    if not 1 <= threshold <= 255:
        raise ValueError("threshold must be between 1 and 255")
    width, height = dots
    stride = (width + 7) // 8
    bits = grey.translate(bytes(ord("1") if value < threshold else ord("0") for value in range(256)))
    fill = b"0" * (stride * 8 - width)
    rows = b"".join(int(bits[at : at + width] + fill, 2).to_bytes(stride) for at in range(0, width * height, width))
    return Bitmap(width, height, dpi, rows)
