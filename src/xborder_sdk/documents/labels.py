"""What a label is: its format, its pages and their true size, read from the document itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from xborder_sdk.documents import _png, _zpl
from xborder_sdk.documents.errors import (
    BrokenDocument,
    DocumentTooLarge,
    DoesNotFit,
    ResolutionUnknown,
    UnknownFormat,
    UnsupportedDocument,
)
from xborder_sdk.documents.geometry import MM_PER_INCH, Millimetres, Size, exact
from xborder_sdk.documents.limits import DEFAULT_LIMITS, Limits
from xborder_sdk.documents.media import Media

SAME_HEAD_DPI = Decimal("0.5")
"""Two figures this near mean one print head: 203 and 203.2 are both 8 dots/mm."""


class LabelFormat(StrEnum):
    """What a label is made of."""

    PDF = "pdf"
    PNG = "png"
    ZPL = "zpl"


@dataclass(frozen=True, slots=True)
class LabelPage:
    """One page of a label document.

    Attributes:
        index: Its place in the document, from 0.
        size: Its true size as a person sees it, turned pages turned. None only for ZPL that leaves its size or
            its resolution to the printer.
    """

    index: int
    size: Size | None


@dataclass(frozen=True, slots=True)
class LabelDocument:
    """A label as it came from a carrier; made by `LabelDocument.read`.

    Attributes:
        data: The bytes, unchanged. Not shown by repr: they hold an address.
        format: PDF, PNG or ZPL.
        pages: Its pages, at least one.
        dpi: Dots per inch of a PNG, or of the printer that a ZPL program was written for; None for PDF.
        limits: The bounds it was read with, which hold for all that is done with it.
    """

    data: bytes = field(repr=False)
    format: LabelFormat
    pages: tuple[LabelPage, ...]
    dpi: Decimal | None = None
    limits: Limits = field(default=DEFAULT_LIMITS, repr=False)

    @classmethod
    def read(cls, data: bytes, *, dpi: Millimetres | None = None, limits: Limits = DEFAULT_LIMITS) -> LabelDocument:
        """Reads a label.

        Args:
            data: The document; what it is is seen from its bytes, not from what the sender called it.
            dpi: Dots per inch of a PNG (overrides what it says of itself: many carry a meaningless 72 or 96) or of
                the printer that a ZPL program was written for. Not for PDF.
            limits: Bounds against hostile documents.

        Raises:
            UnknownFormat: Neither PDF, PNG nor ZPL.
            BrokenDocument: Cut off or damaged.
            EncryptedDocument: A PDF that needs a password.
            DocumentTooLarge: A limit is exceeded.
            ResolutionUnknown: A PNG without a usable resolution, and `dpi` not given.
            UnsupportedDocument: `dpi` given for a PDF, or a PDF with hidden layers.
            MissingExtra: A PDF, and the extra `labels` is not installed.
        """
        if len(data) > limits.data_bytes:
            raise DocumentTooLarge("bytes", len(data), limits.data_bytes)
        given = None if dpi is None else exact(dpi, "dpi")
        if given is not None and not 36 <= given <= 2400:
            raise ResolutionUnknown("dpi must be between 36 and 2400")
        if data.startswith(_png.SIGNATURE):
            return _read_png(data, given, limits)
        # Some bytes may stand before the header (ISO 32000-1, annex H.3, note 13).
        if b"%PDF-" in data[:1024]:
            if given is not None:
                raise UnsupportedDocument("a PDF states its own size; dpi is for PNG and ZPL")
            return _read_pdf(data, limits)
        if _zpl.is_zpl(data):
            return _read_zpl(data, given, limits)
        raise UnknownFormat(_guess(data))

    def page(self, index: int) -> LabelPage:
        """The page with this index.

        Raises:
            UnsupportedDocument: There is no such page.
        """
        if not 0 <= index < len(self.pages):
            raise UnsupportedDocument(f"the label has {len(self.pages)} page(s); there is no page {index}")
        return self.pages[index]


def _read_pdf(data: bytes, limits: Limits) -> LabelDocument:
    from xborder_sdk.documents._pdf import open_pdf, page_box

    with open_pdf(data, limits) as pdf:
        pages = tuple(LabelPage(index, page_box(page).size) for index, page in enumerate(pdf.pages))
    return LabelDocument(data, LabelFormat.PDF, pages, None, limits)


def _read_png(data: bytes, dpi: Decimal | None, limits: Limits) -> LabelDocument:
    png = _png.read_png(data, limits)
    if dpi is None:
        if png.dots_per_metre is None:
            raise ResolutionUnknown("the PNG does not say its resolution")
        across, down = (_png.dots_per_inch(value) for value in png.dots_per_metre)
        if abs(across - down) > across / 100:
            raise ResolutionUnknown("the PNG's pixels are not square")
        if not 36 <= across <= 2400:
            raise ResolutionUnknown(f"the PNG's own resolution of {across:.0f} dpi is no print resolution")
        dpi = across
    size = Size(png.width / dpi * MM_PER_INCH, png.height / dpi * MM_PER_INCH)
    return LabelDocument(data, LabelFormat.PNG, (LabelPage(0, size),), dpi, limits)


def _read_zpl(data: bytes, dpi: Decimal | None, limits: Limits) -> LabelDocument:
    labels = _zpl.read_zpl(data)
    if not labels:
        raise BrokenDocument("the ZPL program has no whole format that prints something")
    if len(labels) > limits.pages:
        raise DocumentTooLarge("pages", len(labels), limits.pages)
    pages = []
    for index, (width, length) in enumerate(labels):
        size = None
        if width and length and dpi is not None:
            size = Size(width / dpi * MM_PER_INCH, length / dpi * MM_PER_INCH)
        pages.append(LabelPage(index, size))
    return LabelDocument(data, LabelFormat.ZPL, tuple(pages), dpi, limits)


def check_zpl(document: LabelDocument, media: Media) -> None:
    """Checks that a ZPL program may be sent to a printer as it is.

    ZPL counts in dots: a program for 300 dpi comes out half as large again at 203 dpi, and cut off.

    Args:
        document: A ZPL label, read with the `dpi` it was ordered for.
        media: What is in the printer.

    Raises:
        UnsupportedDocument: Not ZPL, or written for another resolution than the medium's.
        ResolutionUnknown: The resolution was not given when the label was read.
        DoesNotFit: The program prints a larger label.
    """
    if document.format is not LabelFormat.ZPL:
        raise UnsupportedDocument(f"a {document.format} label is no ZPL program")
    if document.dpi is None:
        raise ResolutionUnknown("a ZPL program does not say which resolution it was written for")
    if media.dpi is None or abs(media.dpi - document.dpi) > SAME_HEAD_DPI:
        raise UnsupportedDocument(
            f"the ZPL program was written for {document.dpi} dpi, media {media.name!r} has {media.dpi or 'no'} dpi"
        )
    for page in document.pages:
        if page.size is None:
            continue
        # Dots are compared, not mm, and one more is let through: 4 in are 812 or 813 dots, by whoever rounded.
        wanted = (length * document.dpi / MM_PER_INCH for length in (page.size.width_mm, page.size.height_mm))
        if any(dots > room + Decimal("1.5") for dots, room in zip(wanted, media.dots(), strict=True)):
            raise DoesNotFit(page.size, media.size, "a ZPL program cannot be turned, cropped or shrunk")


def _guess(data: bytes) -> str | None:
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    for prefix, name in (
        (b"JVBERi0", "a base64 text that holds a PDF"),
        (b"iVBORw0KGgo", "a base64 text that holds a PNG"),
        (b"XlhB", "a base64 text that holds ZPL"),
        (b"GIF8", "a GIF picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"PK\x03\x04", "a zip archive"),
        (b"<", "HTML or XML"),
        (b"{", "JSON"),
        (b"[", "JSON"),
    ):
        if start.startswith(prefix):
            return name
    return None if start else "nothing at all"
