"""Turns label pages into ZPL programs: the exact dots of one print head, as one compressed picture.

    program = to_zpl(label, THERMAL_100X150_203, ThermalSetup(rotation=180, darkness=22))
    program.data        # for the printer
    program.proofs()    # PNG pictures of what it prints

Nothing is dithered and nothing is scaled. Facts: Zebra ZPL II programming guide, ^GF (graphic field, with the
compression of ASCII hexadecimal data and the encodings B64 and Z64), ^PW, ^LL, ^LH, ^PO, ^PM, ^LR, ^PQ, ~SD and ^MD.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from xborder_sdk.documents.errors import DocumentTooLarge, InvalidLayout
from xborder_sdk.documents.fitting import FitRules
from xborder_sdk.documents.geometry import MM_PER_INCH, Millimetres, exact
from xborder_sdk.documents.labels import LabelDocument
from xborder_sdk.documents.media import Media, MediaKind
from xborder_sdk.documents.raster import DEFAULT_THRESHOLD, Bitmap, render_for

# ^PW and ^LL take at most 32000 (ZPL II programming guide); ^GF counts at most 99999 bytes in older firmware, whose
# 4 in heads at 203 dpi never come to more. Longer pictures are written all the same: later firmware takes them.
_MOST_DOTS = 32_000
_MOST_COPIES = 999


class ZplEncoding(StrEnum):
    """How the picture is written."""

    Z64 = "z64"
    """zlib and base64 with a checksum; the smallest. Firmware from about 2000 on."""
    HEX = "hex"
    """Hexadecimal with ZPL's own repeat counts; understood by every ZPL printer."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Borders in millimetres as the label leaves the printer."""

    top_mm: Millimetres = 0
    right_mm: Millimetres = 0
    bottom_mm: Millimetres = 0
    left_mm: Millimetres = 0

    def __post_init__(self) -> None:
        for name in ("top_mm", "right_mm", "bottom_mm", "left_mm"):
            if exact(getattr(self, name), name) < 0:
                raise ValueError(f"{name} cannot be negative")


@dataclass(frozen=True, slots=True)
class ThermalSetup:
    """What one printer needs.

    Attributes:
        margins: Borders that stay empty. The label is centred in what is left, so unequal ones move the print.
        rotation: 0, 90, 180 or 270 degrees clockwise, as the label leaves the printer.
        darkness: ~SD, 0 to 30: heat of the print head, as on its panel; None leaves the printer's own. It stays in
            force for what is printed after.
        darkness_change: ^MD, -30 to 30: added to what the printer is set to; not together with `darkness`.
        threshold: Grey values below it become black, 1 to 255.
        encoding: How the picture is written.
    """

    margins: Edges = Edges()
    rotation: int = 0
    darkness: int | None = None
    darkness_change: int | None = None
    threshold: int = DEFAULT_THRESHOLD
    encoding: ZplEncoding = ZplEncoding.Z64

    def __post_init__(self) -> None:
        if self.rotation not in {0, 90, 180, 270}:
            raise ValueError("rotation must be 0, 90, 180 or 270")
        if self.darkness is not None and not 0 <= self.darkness <= 30:
            raise ValueError("darkness must be between 0 and 30")
        if self.darkness_change is not None and not -30 <= self.darkness_change <= 30:
            raise ValueError("darkness_change must be between -30 and 30")
        if self.darkness is not None and self.darkness_change is not None:
            raise ValueError("give darkness or darkness_change, not both")


@dataclass(frozen=True, slots=True)
class ZplProgram:
    """What is sent to a printer.

    Attributes:
        data: The program. Not shown by repr: it holds an address.
        bitmaps: The dots of each label in it, as it leaves the printer.
    """

    data: bytes = field(repr=False)
    bitmaps: tuple[Bitmap, ...]

    def proofs(self) -> tuple[bytes, ...]:
        """A PNG of each label, dot for dot, at the printer's resolution."""
        return tuple(bitmap.to_png() for bitmap in self.bitmaps)


def to_zpl(
    document: LabelDocument,
    media: Media,
    setup: ThermalSetup = ThermalSetup(),
    *,
    rules: FitRules = FitRules(),  # noqa: B008 (frozen)
    copies: int = 1,
) -> ZplProgram:
    """Makes a ZPL program of all pages of a label, each on a label of its own, at true size.

    Args:
        document: A PDF or PNG label.
        media: The thermal medium in the printer, with the dpi of its head.
        setup: What this printer needs.
        rules: What may be done to a page so that it fits.
        copies: How many of each page.

    Raises:
        DoesNotFit: A page is larger than the medium without its margins, and the rules do not help.
        InvalidLayout: The medium is not thermal, or its margins leave nothing.
        UnsupportedDocument: The document is ZPL already.
        DocumentTooLarge: More dots than ZPL or the document's limits allow.
        BrokenDocument: The document cannot be drawn.
        MissingExtra: The extra `labels` is not installed.
    """
    if not 1 <= copies <= _MOST_COPIES:
        raise ValueError(f"copies must be between 1 and {_MOST_COPIES}")
    bitmaps = tuple(draw_for_head(document, media, setup, page=page.index, rules=rules) for page in document.pages)
    parts = [] if setup.darkness is None else [b"~SD%02d\n" % setup.darkness]
    parts += [_format(bitmap, setup, copies) for bitmap in bitmaps]
    return ZplProgram(b"".join(parts), bitmaps)


def draw_for_head(
    document: LabelDocument,
    media: Media,
    setup: ThermalSetup = ThermalSetup(),
    *,
    page: int = 0,
    rules: FitRules = FitRules(),  # noqa: B008 (frozen)
) -> Bitmap:
    """The dots of one label as it leaves the printer; arguments and errors as for `to_zpl`."""
    if media.kind is not MediaKind.THERMAL or media.dpi is None:
        raise InvalidLayout(f"media {media.name!r} is not thermal: ZPL counts in dots")
    width, height = media.dots()
    if max(width, height) > _MOST_DOTS:
        raise DocumentTooLarge("dots", max(width, height), _MOST_DOTS)
    edges = setup.margins
    left, top = _dots(edges.left_mm, media.dpi), _dots(edges.top_mm, media.dpi)
    inner = _inner(media, edges)
    # The label lies in the space as it would before the turn, so that it is placed by the same rules.
    space = inner if setup.rotation in {0, 180} else _turned(inner)
    drawn = render_for(document, space, page=page, rules=rules, threshold=setup.threshold)
    return _placed(_rotated(drawn, setup.rotation), width, height, left, top)


def _inner(media: Media, edges: Edges) -> Media:
    width = Decimal(media.width_mm) - Decimal(edges.left_mm) - Decimal(edges.right_mm)
    height = Decimal(media.height_mm) - Decimal(edges.top_mm) - Decimal(edges.bottom_mm)
    if width <= 0 or height <= 0:
        raise InvalidLayout(f"the margins leave nothing of media {media.name!r}")
    return Media(media.name, width, height, media.kind, media.dpi)


def _turned(media: Media) -> Media:
    return Media(media.name, media.height_mm, media.width_mm, media.kind, media.dpi)


def _dots(length: Millimetres, dpi: Decimal) -> int:
    return int((Decimal(length) * dpi / MM_PER_INCH).to_integral_value(rounding="ROUND_CEILING"))


def _rotated(bitmap: Bitmap, degrees: int) -> Bitmap:
    if degrees == 0:
        return bitmap
    dots = bitmap.to_grey()
    width, height = bitmap.width, bitmap.height
    if degrees == 180:
        return _packed(dots[::-1], width, height, bitmap.dpi)
    # Clockwise by 90: what was a column, read upwards, becomes a row.
    turned = b"".join(dots[(height - 1) * width + x :: -width] for x in range(width))
    if degrees == 270:
        turned = turned[::-1]
    return _packed(turned, height, width, bitmap.dpi)


def _placed(bitmap: Bitmap, width: int, height: int, left: int, top: int) -> Bitmap:
    """The bitmap on a larger white one; a rounded-off last row or column is white and may fall off."""
    if (bitmap.width, bitmap.height, left, top) == (width, height, 0, 0):
        return bitmap
    left, top = min(left, max(0, width - bitmap.width)), min(top, max(0, height - bitmap.height))
    dots = bitmap.to_grey()
    shown = min(bitmap.width, width - left)
    before, after = b"\xff" * left, b"\xff" * (width - left - shown)
    rows = [
        before + dots[at * bitmap.width : at * bitmap.width + shown] + after
        for at in range(min(bitmap.height, height - top))
    ]
    blank = b"\xff" * width
    whole = [blank] * top + rows + [blank] * (height - top - len(rows))
    return _packed(b"".join(whole), width, height, bitmap.dpi)


def _packed(grey: bytes, width: int, height: int, dpi: Decimal) -> Bitmap:
    bits = grey.translate(_BIT_OF_GREY)
    stride = (width + 7) // 8
    fill = b"0" * (stride * 8 - width)
    rows = (int(bits[at : at + width] + fill, 2).to_bytes(stride) for at in range(0, width * height, width))
    return Bitmap(width, height, dpi, b"".join(rows))


_BIT_OF_GREY = bytes(ord("1") if value < 128 else ord("0") for value in range(256))


def _format(bitmap: Bitmap, setup: ThermalSetup, copies: int) -> bytes:
    # Home, orientation, mirror and reverse keep what the program before set, so they are said anew.
    head = f"^XA^PW{bitmap.width}^LL{bitmap.height}^LH0,0^PON^PMN^LRN"
    if setup.darkness_change is not None:
        head += f"^MD{setup.darkness_change}"
    size = bitmap.stride * bitmap.height
    graphic = f"^FO0,0^GFA,{size},{size},{bitmap.stride},{graphic_data(bitmap, setup.encoding)}^FS"
    return f"{head}\n{graphic}\n^PQ{copies}^XZ\n".encode("ascii")


def graphic_data(bitmap: Bitmap, encoding: ZplEncoding) -> str:
    """The data of a ^GF field.

    Args:
        bitmap: The dots.
        encoding: How they are written.
    """
    if encoding is ZplEncoding.Z64:
        text = base64.b64encode(zlib.compress(bitmap.rows, 9))
        # CRC-16 with polynomial 0x1021 from 0, over the base64 text.
        return f":Z64:{text.decode('ascii')}:{binascii.crc_hqx(text, 0):04X}"
    rows = (bitmap.rows[at : at + bitmap.stride] for at in range(0, len(bitmap.rows), bitmap.stride))
    out: list[str] = []
    previous: bytes | None = None
    for row in rows:
        out.append(":" if row == previous else "".join(_row(row)))
        previous = row
    return "".join(out)


def _row(row: bytes) -> Iterator[str]:
    """One row in hexadecimal: `,` fills it up with white, `!` with black, and letters before a digit repeat it."""
    digits = row.hex().upper()
    for fill, mark in (("0", ","), ("F", "!")):
        if digits.endswith(fill):
            digits = digits.rstrip(fill)
            yield from _runs(digits)
            yield mark
            return
    yield from _runs(digits)


def _runs(digits: str) -> Iterator[str]:
    at = 0
    while at < len(digits):
        end = at
        while end < len(digits) and digits[end] == digits[at]:
            end += 1
        yield _count(end - at) + digits[at]
        at = end


def _count(times: int) -> str:
    """`G` to `Y` count 1 to 19, `g` to `z` count 20 to 400 by twenties."""
    text = ""
    while times >= 20:
        twenties = min(times // 20, 20)
        text += chr(ord("g") + twenties - 1)
        times -= twenties * 20
    if times > 1 or (times and text):
        text += chr(ord("G") + times - 1)
    return text
