"""Reads barcodes back from labels and printed sheets: the proof that a label can be scanned.

Needs the extras `labels` and `verify`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from xborder_sdk.documents._extras import needs
from xborder_sdk.documents.errors import BarcodesMissing
from xborder_sdk.documents.geometry import MM_PER_INCH, Area, Millimetres
from xborder_sdk.documents.labels import LabelDocument
from xborder_sdk.documents.media import DPI_300
from xborder_sdk.documents.raster import Bitmap, render_page

_LINEAR = frozenset(
    {"Code128", "Code39", "Code93", "Codabar", "ITF", "ITF14", "EAN13", "EAN8", "UPCA", "UPCE", "DataBar"}
)
# Their wide bars are 2 to 3 times as wide as the narrow ones, not a whole number of modules.
_TWO_WIDTHS = frozenset({"Code39", "Codabar", "ITF", "ITF14"})
# Where bars of one module end and bars of two begin.
_NARROW = 1.5


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode on a page.

    Attributes:
        text: What it says. Not shown by repr: two-dimensional codes of carriers hold the receiver's address.
        symbology: Its kind, such as `Code128`, `QRCode`, `DataMatrix`, `PDF417`, `MaxiCode`.
        page: Index of the page.
        area: The upright rectangle around it, in mm from the upper left corner of the page as viewed.
        module_mm: Width of its narrowest bar, for bar codes with one row; None for others.
    """

    text: str = field(repr=False)
    symbology: str
    page: int
    area: Area
    module_mm: Decimal | None


def read_barcodes(
    document: LabelDocument, *, dpi: Millimetres = DPI_300, pages: Iterable[int] | None = None
) -> tuple[Barcode, ...]:
    """Reads the barcodes of a PDF or PNG, drawn in black and white at a printer's resolution.

    Args:
        document: A label, or sheets of labels.
        dpi: The resolution it is drawn at; take the printer's to prove that the print can be scanned.
        pages: Indexes of the pages; None for all.

    Raises:
        UnsupportedDocument: ZPL, or no such page.
        DocumentTooLarge: More dots than the document's limits allow.
        MissingExtra: One of the extras `labels` and `verify` is not installed.
    """
    found: list[Barcode] = []
    for page in range(len(document.pages)) if pages is None else pages:
        found += read_bitmap(render_page(document, page, dpi=dpi), page=page)
    return tuple(found)


def read_bitmap(bitmap: Bitmap, *, page: int = 0) -> tuple[Barcode, ...]:
    """Reads the barcodes of a bitmap.

    Args:
        bitmap: The dots.
        page: What to say as their page.

    Raises:
        MissingExtra: The extra `verify` is not installed.
    """
    with needs("verify"):
        import zxingcpp

    grey = bitmap.to_grey()
    found = zxingcpp.read_barcodes(
        memoryview(grey).cast("B", (bitmap.height, bitmap.width)), text_mode=zxingcpp.TextMode.Plain
    )
    mm_per_dot = MM_PER_INCH / bitmap.dpi
    barcodes = []
    for code in found:
        corners = [
            (corner.x, corner.y)
            for corner in (
                code.position.top_left,
                code.position.top_right,
                code.position.bottom_right,
                code.position.bottom_left,
            )
        ]
        # Releases before 3 write `BarcodeFormat.Code128`, later ones `Code 128`.
        symbology = str(code.format).removeprefix("BarcodeFormat.").replace(" ", "").replace("-", "")
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        module = _module(bitmap, grey, corners, symbology) if symbology in _LINEAR else None
        barcodes.append(
            Barcode(
                text=code.text,
                symbology=symbology,
                page=page,
                area=Area(
                    left * mm_per_dot,
                    top * mm_per_dot,
                    (right - left + 1) * mm_per_dot,
                    (bottom - top + 1) * mm_per_dot,
                ),
                module_mm=None if module is None else (Decimal(module) * mm_per_dot).quantize(Decimal("0.001")),
            )
        )
    return tuple(barcodes)


def verify_label(
    document: LabelDocument, expected: Collection[str], *, dpi: Millimetres = DPI_300
) -> tuple[Barcode, ...]:
    """Checks that every expected barcode can be read from a document.

    Args:
        document: A label, or sheets of labels.
        expected: The exact texts, such as the waybill number.
        dpi: The printer's resolution.

    Returns:
        All barcodes that were read, also those not asked for.

    Raises:
        BarcodesMissing: At least one expected text was not read.
        UnsupportedDocument: ZPL.
        DocumentTooLarge: More dots than the document's limits allow.
        MissingExtra: One of the extras `labels` and `verify` is not installed.
        ValueError: Nothing is expected, which would prove nothing.
    """
    if not expected or isinstance(expected, str):
        raise ValueError("expected must hold at least one text")
    found = read_barcodes(document, dpi=dpi)
    missing = sorted(set(expected) - {barcode.text for barcode in found})
    if missing:
        raise BarcodesMissing(tuple(missing), len(found))
    return found


def _module(bitmap: Bitmap, grey: bytes, corners: list[tuple[int, int]], symbology: str) -> float | None:
    """Width in dots of the narrowest bars and spaces along the middle of a bar code."""
    (x0, y0), (x1, y1) = (_middle(corners[0], corners[3]), _middle(corners[1], corners[2]))
    length = max(abs(x1 - x0), abs(y1 - y0))
    if length < 2:
        return None
    samples = bytes(
        grey[
            min(bitmap.height - 1, round(y0 + (y1 - y0) * step / length)) * bitmap.width
            + min(bitmap.width - 1, round(x0 + (x1 - x0) * step / length))
        ]
        for step in range(round(length) + 1)
    )
    runs: list[int] = []
    for index, value in enumerate(samples):
        if index and value == samples[index - 1]:
            runs[-1] += 1
        else:
            runs.append(1)
    inner = runs[1:-1]  # the ends may be cut by the rounding of the corners
    if not inner:
        return None
    # The smallest run may be a dot short by rounding, but one in five is narrow in every symbology.
    module: float = sorted(inner)[len(inner) // 5]
    for _ in range(3):
        narrow = [run for run in inner if run <= module * _NARROW]
        module = sum(narrow) / len(narrow)
    if symbology in _TWO_WIDTHS:
        return module
    # Rounding of single bars evens out over the whole symbol once it is known how many modules each has.
    return sum(inner) / sum(max(1, round(run / module)) for run in inner)


def _middle(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
