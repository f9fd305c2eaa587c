"""Pictures of evidence, as small as a platform wants them.

Unlike labels, evidence is looked at by people: greys and colours are kept, and a picture may be made coarser until it
is small enough, but never so coarse that body text cannot be read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from xborder_sdk.documents._compose import Drawing, Sheet, compose
from xborder_sdk.documents._extras import needs
from xborder_sdk.documents.errors import BrokenDocument, DocumentTooLarge, UnsupportedDocument
from xborder_sdk.documents.geometry import MM_PER_INCH, Area, Size
from xborder_sdk.documents.labels import LabelDocument
from xborder_sdk.documents.raster import _pdfium

if TYPE_CHECKING:
    from PIL import Image

PNG, JPEG = "image/png", "image/jpeg"

_LONGEST_MM = 600
"""A page larger than this is a poster or a mistake; its picture is made of fewer dots."""


@dataclass(frozen=True, slots=True)
class Fineness:
    """How fine a picture is.

    Attributes:
        dpi: Dots per inch of the page.
        quality: Of a JPEG, 1 to 95.
    """

    dpi: int
    quality: int


FINENESSES = (Fineness(150, 88), Fineness(120, 82), Fineness(100, 76), Fineness(84, 68))
"""From fine to coarse; 9.5 pt text is still read at the last."""

_GREYS = 16


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a page.

    Attributes:
        media_type: `image/png` or `image/jpeg`.
        content: Its bytes. Not shown by repr.
    """

    media_type: str
    content: bytes = field(repr=False)


def draw_pictures(
    document: LabelDocument, media_types: Collection[str], fineness: Fineness = FINENESSES[0]
) -> tuple[Picture, ...]:
    """Draws each page of a PDF or PNG as a picture, in the smaller of the accepted types.

    Args:
        document: What to draw.
        media_types: Types that are accepted; one of `image/png` and `image/jpeg` is among them.
        fineness: How fine.

    Raises:
        UnsupportedDocument: No accepted type can be made, or the document cannot be drawn.
        DocumentTooLarge: More dots than the document's limits allow.
        BrokenDocument: It cannot be drawn.
        MissingExtra: The extra `labels` is not installed.
    """
    if not {PNG, JPEG} & set(media_types):
        raise UnsupportedDocument("pictures can be made as PNG or JPEG only")
    return tuple(_picture(document, page.index, media_types, fineness) for page in document.pages)


def as_document(content: bytes) -> LabelDocument:
    """Evidence that came as a file: a PDF or a PNG as it is, a JPEG on a page of its own.

    Args:
        content: The file.

    Raises:
        UnknownFormat: It is none of these.
        DocumentError: It is damaged, encrypted or too large.
        MissingExtra: The extra `labels` is not installed.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return LabelDocument.read(_jpeg_as_pdf(content))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        # Photos and screen shots say nothing of their size on paper, or what is none.
        return LabelDocument.read(content, dpi=Decimal(150))
    return LabelDocument.read(content)


def _jpeg_as_pdf(content: bytes) -> bytes:
    with needs("labels"):
        from PIL import Image, ImageOps
        from reportlab.lib.utils import ImageReader
        from reportlab.pdfgen.canvas import Canvas

    try:
        # Lazily: only the head is read here. Pillow warns of a picture with too many pixels, which is refused below.
        with Image.open(BytesIO(content), formats=("JPEG",)) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise DocumentTooLarge("pixels", image.width * image.height, _MOST_PIXELS)
            turned = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise BrokenDocument("the JPEG is cut off or damaged") from error
    width, height = (side * 72 / 150 for side in turned.size)
    out = BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1, pageCompression=1)
    canvas.drawImage(ImageReader(turned), 0, 0, width, height)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


_MOST_PIXELS = 50_000_000


def _picture(document: LabelDocument, page: int, media_types: Collection[str], fineness: Fineness) -> Picture:
    with needs("labels"):
        from PIL import Image

    width, height, colours = _dots(document, page, fineness.dpi)
    image = Image.frombytes("RGB", (width, height), colours)
    if colours[0::3] == colours[1::3] == colours[2::3]:
        image = image.convert("L")
    made = []
    if PNG in media_types:
        wishes: dict[str, object] = {"optimize": True, "dpi": (fineness.dpi, fineness.dpi)}
        # Sixteen greys are enough for the edges of letters and for a signature, and a third of the size.
        few = image.quantize(_GREYS) if image.mode == "L" else image
        made.append(Picture(PNG, _saved(few, "PNG", wishes)))
    if JPEG in media_types:
        wishes = {"quality": fineness.quality, "optimize": True, "dpi": (fineness.dpi, fineness.dpi)}
        made.append(Picture(JPEG, _saved(image, "JPEG", wishes)))
    return min(made, key=lambda picture: len(picture.content))


def _saved(image: Image.Image, form: str, wishes: dict[str, object]) -> bytes:
    out = BytesIO()
    image.save(out, form, **wishes)
    return out.getvalue()


def _dots(document: LabelDocument, page: int, dpi: int) -> tuple[int, int, bytes]:
    """Width, height, and three bytes (red, green, blue) per dot."""
    size = document.page(page).size
    if size is None:
        raise UnsupportedDocument("a ZPL program can only be drawn by a printer")
    shrink = min(Decimal(1), _LONGEST_MM / max(size.width_mm, size.height_mm))
    width, height = (max(1, int(length * shrink * dpi / MM_PER_INCH)) for length in (size.width_mm, size.height_mm))
    if width * height > document.limits.pixels:
        raise DocumentTooLarge("pixels", width * height, document.limits.pixels)
    with needs("labels"):
        import pypdfium2
        import pypdfium2.raw

    # Drawn by way of a sheet of ours, so that scripts, hidden layers and damaged pages have been dealt with.
    data = compose([whole_page(document, page)])
    with _pdfium:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise BrokenDocument("the page cannot be drawn") from error
        try:
            leaf = pdf[0]
            bitmap = pypdfium2.PdfBitmap.new_native(width, height, pypdfium2.raw.FPDFBitmap_BGR)
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
            flags = pypdfium2.raw.FPDF_PRINTING | pypdfium2.raw.FPDF_REVERSE_BYTE_ORDER
            pypdfium2.raw.FPDF_RenderPageBitmap(bitmap, leaf, 0, 0, width, height, 0, flags)
            stride = bitmap.stride
            buffer = bytes(bitmap.buffer)
            bitmap.close()
            leaf.close()
        finally:
            pdf.close()
    if stride == width * 3:
        return width, height, buffer
    return width, height, b"".join(buffer[at : at + width * 3] for at in range(0, stride * height, stride))


def whole_page(document: LabelDocument, page: int) -> Sheet:
    """A sheet of a page's own size that shows all of it.

    Raises:
        UnsupportedDocument: ZPL, whose size nobody knows.
    """
    size = document.page(page).size
    if size is None:
        raise UnsupportedDocument("a ZPL program can only be drawn by a printer")
    area = Area(Decimal(0), Decimal(0), size.width_mm, size.height_mm)
    return Sheet(size, (Drawing(document, page, area, Decimal(0), Decimal(0), 0, Decimal(1), area),))


def page_on(document: LabelDocument, page: int, room: Area, sheet: Size, over: Sequence[Drawing] = ()) -> Sheet:
    """A sheet with a page centred in a part of it, made smaller where it does not fit, and other drawings over it.

    Raises:
        UnsupportedDocument: ZPL, whose size nobody knows.
    """
    size = document.page(page).size
    if size is None:
        raise UnsupportedDocument("a ZPL program can only be drawn by a printer")
    scale = min(Decimal(1), room.width_mm / size.width_mm, room.height_mm / size.height_mm)
    width, height = size.width_mm * scale, size.height_mm * scale
    x, y = room.x_mm + (room.width_mm - width) / 2, room.y_mm + (room.height_mm - height) / 2
    source = Area(Decimal(0), Decimal(0), size.width_mm, size.height_mm)
    return Sheet(sheet, (Drawing(document, page, source, x, y, 0, scale, Area(x, y, width, height)), *over))
