"""Writes PDF sheets that show pages of other documents, as vectors.

The one place where pages are drawn: imposition, pictures of pages and PNG labels all come through here, so that what a
test looks at is what a printer gets. Equal input gives equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from xborder_sdk.documents import _png
from xborder_sdk.documents._extras import needs
from xborder_sdk.documents._pdf import Matrix, open_pdf, page_box, then
from xborder_sdk.documents.errors import BrokenDocument, UnsupportedDocument
from xborder_sdk.documents.geometry import MM_PER_POINT, Area, Size
from xborder_sdk.documents.labels import LabelDocument, LabelFormat
from xborder_sdk.documents.limits import Limits

if TYPE_CHECKING:
    import pikepdf

_ONE, _ZERO = Decimal(1), Decimal(0)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A part of a label page on a sheet.

    Attributes:
        document: The label.
        page: Index of its page.
        source: The part of the page, as viewed, in mm.
        x_mm: Left edge on the sheet.
        y_mm: Upper edge on the sheet.
        rotation: 0, or 90 for a quarter turn clockwise.
        scale: 1 at true size.
        clip: Nothing is drawn outside this part of the sheet.
    """

    document: LabelDocument
    page: int
    source: Area
    x_mm: Decimal
    y_mm: Decimal
    rotation: int
    scale: Decimal
    clip: Area


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the result."""

    size: Size
    drawings: tuple[Drawing, ...]


def compose(sheets: Sequence[Sheet]) -> bytes:
    """Draws the sheets.

    Raises:
        BrokenDocument: A label's PDF turns out damaged while it is copied.
        UnsupportedDocument: A ZPL label.
        MissingExtra: The extra `labels` is not installed.
    """
    with needs("labels"):
        import pikepdf

    with ExitStack() as stack:
        result = stack.enter_context(pikepdf.new())
        # Viewers shrink pages to the printer's margins unless told (ISO 32000-1, table 150).
        result.Root.ViewerPreferences = pikepdf.Dictionary(
            PrintScaling=pikepdf.Name("/None"),
            PickTrayByPDFSize=True,
        )
        forms = _Forms(stack, result)
        try:
            for sheet in sheets:
                _add_sheet(result, sheet, forms)
            out = BytesIO()
            result.save(
                out,
                deterministic_id=True,
                min_version="1.7",
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
        except (pikepdf.PdfError, pikepdf.DataDecodingError, RuntimeError) as error:
            raise BrokenDocument("a label's PDF cannot be copied") from error
        return out.getvalue()


class _Forms:
    """The label pages of one result, each copied into it once."""

    def __init__(self, stack: ExitStack, result: pikepdf.Pdf) -> None:
        self._stack = stack
        self._result = result
        self._sources: dict[tuple[bytes, Decimal | None], pikepdf.Pdf] = {}
        self._forms: dict[tuple[bytes, Decimal | None, int], tuple[pikepdf.Object, Matrix, Decimal]] = {}

    def get(self, document: LabelDocument, index: int) -> tuple[pikepdf.Object, Matrix, Decimal]:
        """The page as a form, the matrix to its view in points, and the height of the view in points."""
        key = (document.data, document.dpi, index)
        if key not in self._forms:
            page = self._open(document).pages[index]
            box = page_box(page)
            form = page.as_form_xobject(handle_transformations=False)
            form.BBox = [box.left, box.bottom, box.right, box.top]
            self._forms[key] = (self._result.copy_foreign(form), box.to_view(), box.points[1])
        return self._forms[key]

    def _open(self, document: LabelDocument) -> pikepdf.Pdf:
        key = (document.data, document.dpi)
        if key not in self._sources:
            data = as_pdf(document)
            self._sources[key] = self._stack.enter_context(open_pdf(data, _own(document.limits, len(data))))
        return self._sources[key]


def _own(limits: Limits, size: int) -> Limits:
    # A PNG wrapped into a PDF is a little longer than the PNG; that must not break the limit that the PNG kept.
    return Limits(max(limits.data_bytes, size), limits.pages, limits.pixels, limits.inflated_bytes)


def _add_sheet(result: pikepdf.Pdf, sheet: Sheet, forms: _Forms) -> None:
    import pikepdf

    width, height = sheet.size.width_mm / MM_PER_POINT, sheet.size.height_mm / MM_PER_POINT
    xobjects = pikepdf.Dictionary()
    content: list[str] = []
    for number, drawing in enumerate(sheet.drawings):
        form, to_view, view_height = forms.get(drawing.document, drawing.page)
        name = f"/L{number}"
        xobjects[name] = form
        clip = drawing.clip
        rectangle = (
            clip.x_mm / MM_PER_POINT,
            height - clip.bottom_mm / MM_PER_POINT,
            clip.width_mm / MM_PER_POINT,
            clip.height_mm / MM_PER_POINT,
        )
        matrix = then(to_view, _to_sheet(drawing, view_height, height))
        content.append(f"q {_numbers(rectangle)} re W n {_numbers(matrix)} cm {name} Do Q\n")
    page = pikepdf.Page(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, _rounded(width), _rounded(height)],
            Resources=pikepdf.Dictionary(XObject=xobjects),
            Contents=result.make_stream("".join(content).encode("ascii")),
        )
    )
    result.pages.append(page)


def _to_sheet(drawing: Drawing, view_height: Decimal, sheet_height: Decimal) -> Matrix:
    """From points of the page as viewed (origin below left) to points of the sheet (origin below left)."""
    source, scale = drawing.source, drawing.scale
    width, height = source.width_mm / MM_PER_POINT, source.height_mm / MM_PER_POINT
    to_source: Matrix = (
        _ONE,
        _ZERO,
        _ZERO,
        _ONE,
        -source.x_mm / MM_PER_POINT,
        height - view_height + source.y_mm / MM_PER_POINT,
    )
    if drawing.rotation == 90:
        # Clockwise: the upper left corner goes to the upper right.
        turned: Matrix = (_ZERO, -_ONE, _ONE, _ZERO, _ZERO, width)
        printed_height = width * scale
    else:
        turned = (_ONE, _ZERO, _ZERO, _ONE, _ZERO, _ZERO)
        printed_height = height * scale
    left = drawing.x_mm / MM_PER_POINT
    bottom = sheet_height - drawing.y_mm / MM_PER_POINT - printed_height
    return then(then(to_source, turned), (scale, _ZERO, _ZERO, scale, left, bottom))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("1e-6"))


def _numbers(values: Sequence[Decimal]) -> str:
    # Plain notation: PDF knows no exponents.
    return " ".join(f"{_rounded(value):f}" for value in values)


def as_pdf(document: LabelDocument) -> bytes:
    """The label as PDF: unchanged if it is one, a PNG on a page of its true size.

    Raises:
        UnsupportedDocument: ZPL, which only a printer can draw, or a PNG of a kind that cannot be kept exactly.
        MissingExtra: The extra `labels` is not installed.
    """
    if document.format is LabelFormat.PDF:
        return document.data
    if document.format is LabelFormat.ZPL:
        raise UnsupportedDocument("a ZPL program can only be drawn by a printer; order the label as PDF or PNG")
    png = _png.read_png(document.data, document.limits)
    size = document.pages[0].size
    if size is None:
        raise UnsupportedDocument("the PNG has no size")
    width, height = _rounded(size.width_mm / MM_PER_POINT), _rounded(size.height_mm / MM_PER_POINT)
    if png.interlaced or png.transparent:
        return _decoded_png_as_pdf(document.data, png, width, height)
    return _png_as_pdf(png, width, height)


def _png_as_pdf(png: _png.Png, width: Decimal, height: Decimal) -> bytes:
    # PDF takes the rows of a PNG as they are (ISO 32000-1, 7.4.4.4: predictors 10 to 15 are PNG's filters).
    with needs("labels"):
        import pikepdf

    with pikepdf.new() as pdf:
        if png.colour == _png.PALETTE:
            colours: pikepdf.Object = pikepdf.Array(
                [pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, len(png.palette) // 3 - 1, pikepdf.String(png.palette)]
            )
        else:
            colours = pikepdf.Name.DeviceGray if png.colour == _png.GREY else pikepdf.Name.DeviceRGB
        image = pikepdf.Stream(
            pdf,
            png.pixels,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=png.width,
            Height=png.height,
            ColorSpace=colours,
            BitsPerComponent=png.depth,
            Filter=pikepdf.Name.FlateDecode,
            DecodeParms=pikepdf.Dictionary(
                Predictor=15, Colors=png.channels, BitsPerComponent=png.depth, Columns=png.width
            ),
        )
        page = pikepdf.Page(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=[0, 0, width, height],
                Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image)),
                Contents=pdf.make_stream(f"q {width:f} 0 0 {height:f} 0 0 cm /Im Do Q".encode("ascii")),
            )
        )
        pdf.pages.append(page)
        out = BytesIO()
        pdf.save(out, deterministic_id=True, min_version="1.7", stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return out.getvalue()


def _decoded_png_as_pdf(data: bytes, png: _png.Png, width: Decimal, height: Decimal) -> bytes:
    if png.depth == 16:
        raise UnsupportedDocument("a PNG with 16 bits per sample that is interlaced or transparent")
    with needs("labels"):
        from reportlab.lib.utils import ImageReader
        from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=(float(width), float(height)), invariant=1, pageCompression=1)
    canvas.drawImage(ImageReader(BytesIO(data)), 0, 0, float(width), float(height), mask="auto")
    canvas.showPage()
    canvas.save()
    return out.getvalue()
