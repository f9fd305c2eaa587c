"""Opens PDF from outside and measures its pages.

The true size of a page is its CropBox (within its MediaBox) in units of UserUnit/72 in, turned by Rotate
(ISO 32000-1, 7.7.3.3 and 14.11.2): what a viewer shows and prints at 100 %.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from xborder_sdk.documents._extras import needs
from xborder_sdk.documents.errors import (
    BrokenDocument,
    DocumentTooLarge,
    EncryptedDocument,
    UnsupportedDocument,
)
from xborder_sdk.documents.geometry import MM_PER_POINT, Size
from xborder_sdk.documents.limits import Limits

if TYPE_CHECKING:
    import pikepdf

Matrix: TypeAlias = tuple[Decimal, Decimal, Decimal, Decimal, Decimal, Decimal]
"""a b c d e f of PDF: (x, y) becomes (a x + c y + e, b x + d y + f)."""

_STREAM = re.compile(rb"stream\r?\n")
_NESTED_FILTERS = 4
_DEEPEST_PAGE_TREE = 64
_ONE, _ZERO = Decimal(1), Decimal(0)


@dataclass(frozen=True, slots=True)
class PageBox:
    """The visible rectangle of a page in its own units, and how it is turned and scaled for viewing."""

    left: Decimal
    bottom: Decimal
    right: Decimal
    top: Decimal
    rotate: int
    user_unit: Decimal

    @property
    def points(self) -> tuple[Decimal, Decimal]:
        """Width and height as viewed, in points."""
        width = (self.right - self.left) * self.user_unit
        height = (self.top - self.bottom) * self.user_unit
        return (height, width) if self.rotate in {90, 270} else (width, height)

    @property
    def size(self) -> Size:
        """Width and height as viewed."""
        width, height = self.points
        return Size(width * MM_PER_POINT, height * MM_PER_POINT)

    def to_view(self) -> Matrix:
        """The matrix from the page's own units to points from the lower left corner of the page as viewed."""
        unit = self.user_unit
        if self.rotate == 90:
            return (_ZERO, -unit, unit, _ZERO, -self.bottom * unit, self.right * unit)
        if self.rotate == 180:
            return (-unit, _ZERO, _ZERO, -unit, self.right * unit, self.top * unit)
        if self.rotate == 270:
            return (_ZERO, unit, -unit, _ZERO, self.top * unit, -self.left * unit)
        return (unit, _ZERO, _ZERO, unit, -self.left * unit, -self.bottom * unit)


def then(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does `first`, then `second`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


@contextmanager
def open_pdf(data: bytes, limits: Limits) -> Iterator[pikepdf.Pdf]:
    """Opens a PDF that may be hostile; printable annotations become part of their pages.

    Raises:
        BrokenDocument: Cut off or damaged.
        EncryptedDocument: Needs a password. One that only forbids editing opens without.
        DocumentTooLarge: More bytes, pages or unpacked bytes than allowed.
        UnsupportedDocument: Has hidden layers, which would become visible.
        MissingExtra: pikepdf is not installed.
    """
    with needs("labels"):
        import pikepdf

    if len(data) > limits.data_bytes:
        raise DocumentTooLarge("bytes", len(data), limits.data_bytes)
    # qpdf repairs a file that ends early, and would give the part of the label that arrived.
    if b"%%EOF" not in data[-2048:]:
        raise BrokenDocument("the PDF is cut off")
    _check_inflated(data, limits)
    try:
        # Pushing inherited attributes down would already go through the pages, see _check_page_tree.
        pdf = pikepdf.open(BytesIO(data), inherit_page_attributes=False)
    except pikepdf.PasswordError as error:
        raise EncryptedDocument from error
    except _broken_pdf() as error:
        raise BrokenDocument("the PDF cannot be read") from error
    try:
        with _as_broken():
            _check_page_tree(pdf, limits)
            if _hides_layers(pdf):
                raise UnsupportedDocument("the PDF has hidden layers, which would be printed")
            for page in pdf.pages:
                page_box(page)
                _check_contents(page)
            if any("/Annots" in page.obj for page in pdf.pages):
                pdf.flatten_annotations("print")
        yield pdf
    finally:
        pdf.close()


def _broken_pdf() -> tuple[type[Exception], ...]:
    import pikepdf

    # What pikepdf raises for objects of a wrong type differs by access path; all of it means a damaged file.
    return (
        pikepdf.PdfError,
        pikepdf.DataDecodingError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RuntimeError,
    )


@contextmanager
def _as_broken() -> Iterator[None]:
    try:
        yield
    except _broken_pdf() as error:
        raise BrokenDocument("the PDF's structure is damaged") from error


def _check_page_tree(pdf: pikepdf.Pdf, limits: Limits) -> None:
    """Counts the pages and looks at their sizes before `pdf.pages` does, which gives a page without a legal MediaBox
    the size of a letter, in silence."""
    count = 0
    waiting: list[tuple[pikepdf.Object, object | None, int]] = [(pdf.Root.Pages, None, 0)]
    while waiting:
        node, inherited, depth = waiting.pop()
        if depth > _DEEPEST_PAGE_TREE:
            raise BrokenDocument("the PDF's page tree is too deep")
        media: object | None = node.get("/MediaBox", inherited)
        kids = node.get("/Kids")
        if kids is None:
            _rectangle(media, "MediaBox")
            count += 1
        elif len(kids) + len(waiting) > limits.pages * 2:
            raise DocumentTooLarge("pages", len(kids), limits.pages)
        else:
            waiting.extend((kid, media, depth + 1) for kid in kids)
        if count > limits.pages:
            raise DocumentTooLarge("pages", count, limits.pages)
    if count == 0:
        raise BrokenDocument("the PDF has no pages")


def page_box(page: pikepdf.Page) -> PageBox:
    """Measures a page.

    Raises:
        BrokenDocument: It has no legal size or turn.
    """
    media = _rectangle(_inherited(page, "/MediaBox"), "MediaBox")
    crop_object = _inherited(page, "/CropBox")
    crop = _rectangle(crop_object, "CropBox") if crop_object is not None else media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if left >= right or bottom >= top:
        raise BrokenDocument("a page of the PDF has no area")
    rotate = _inherited(page, "/Rotate")
    turn = _number(rotate, "Rotate") if rotate is not None else _ZERO
    if turn % 90:
        raise BrokenDocument("a page of the PDF is turned by other than quarter turns")
    unit_object = page.obj.get("/UserUnit")
    unit = _number(unit_object, "UserUnit") if unit_object is not None else _ONE
    if unit <= 0:
        raise BrokenDocument("a page of the PDF has no legal UserUnit")
    return PageBox(left, bottom, right, top, int(turn) % 360, unit)


def _inherited(page: pikepdf.Page, name: str) -> object | None:
    node: pikepdf.Object = page.obj
    for _ in range(_DEEPEST_PAGE_TREE):
        value: object | None = node.get(name)
        if value is not None:
            return value
        parent = node.get("/Parent")
        if parent is None:
            return None
        node = parent
    raise BrokenDocument("the PDF's page tree is too deep")


def _number(value: object, what: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        raise BrokenDocument(f"{what} of a page is not a number")
    return Decimal(value)


def _rectangle(value: object | None, what: str) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    import pikepdf

    if not isinstance(value, pikepdf.Array) or len(value) != 4:
        raise BrokenDocument(f"a page of the PDF has no legal {what}")
    x0, y0, x1, y1 = (_number(corner, what) for corner in value)
    # Any two opposite corners may be given, in any order (ISO 32000-1, 7.9.5).
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _hides_layers(pdf: pikepdf.Pdf) -> bool:
    layers = pdf.Root.get("/OCProperties")
    if layers is None:
        return False
    default = layers.get("/D")
    if default is None:
        return False
    off = default.get("/OFF")
    return str(default.get("/BaseState", "/ON")) == "/OFF" or (off is not None and len(off) > 0)


def _check_contents(page: pikepdf.Page) -> None:
    import pikepdf

    contents = page.obj.get("/Contents")
    if contents is None:
        return  # a blank page
    for part in contents if isinstance(contents, pikepdf.Array) else (contents,):
        if not isinstance(part, pikepdf.Stream):
            raise BrokenDocument("a page of the PDF has no legal content")
        part.read_bytes()


def _check_inflated(data: bytes, limits: Limits) -> None:
    """Unpacks every compressed stream piece by piece, keeping nothing, to know the sum before qpdf does it whole."""
    total = 0
    view = memoryview(data)
    for match in _STREAM.finditer(data):
        pieces: Iterable[bytes | memoryview] = (view[match.end() :],)
        for piece in _inflated(pieces, _NESTED_FILTERS):
            total += len(piece)
            if total > limits.inflated_bytes:
                raise DocumentTooLarge("unpacked bytes", total, limits.inflated_bytes)


def _inflated(pieces: Iterable[bytes | memoryview], depth: int) -> Iterator[bytes]:
    unpacked = _inflated_once(pieces)
    first = next(unpacked, b"")
    if not first:
        return
    yield first
    if depth > 1 and _is_zlib(first):
        seen = [first]

        def rest() -> Iterator[bytes]:
            yield seen.pop()
            yield from unpacked

        yield from _inflated(rest(), depth - 1)
    else:
        yield from unpacked


def _inflated_once(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    fresh = True
    for piece in pieces:
        if fresh and not _is_zlib(piece):
            return
        fresh = False
        # In slices, because what is not consumed is copied at every step.
        for at in range(0, len(piece), 1 << 16):
            waiting: bytes | memoryview = piece[at : at + (1 << 16)]
            while waiting:
                try:
                    out = unpacker.decompress(waiting, 1 << 20)
                except zlib.error:
                    return
                if out:
                    yield out
                if unpacker.eof:
                    return
                waiting = unpacker.unconsumed_tail


def _is_zlib(data: bytes | memoryview) -> bool:
    return len(data) >= 2 and data[0] & 0x0F == 8 and (data[0] * 256 + data[1]) % 31 == 0
