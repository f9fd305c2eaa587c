"""Reads PNG labels without decoding them, and writes 1-bit PNG.

Every chunk's checksum and the unpacked length are checked, so that a download that was cut off is refused
here and not printed as half a label. Facts: PNG specification (W3C), chunks IHDR, PLTE, tRNS, pHYs, IDAT, IEND.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from xborder_sdk.documents.errors import BrokenDocument, DocumentTooLarge
from xborder_sdk.documents.limits import Limits

SIGNATURE = b"\x89PNG\r\n\x1a\n"

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
_CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
_DEPTHS = {
    GREY: (1, 2, 4, 8, 16),
    RGB: (8, 16),
    PALETTE: (1, 2, 4, 8),
    GREY_ALPHA: (8, 16),
    RGB_ALPHA: (8, 16),
}
# Adam7: first column, first row, column step, row step of each pass.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_INCH_PER_METRE = Decimal("0.0254")


@dataclass(frozen=True, slots=True)
class Png:
    """What a PNG says about itself."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool
    transparent: bool
    palette: bytes
    dots_per_metre: tuple[int, int] | None
    pixels: bytes  # the IDAT data: one zlib stream of filtered rows

    @property
    def channels(self) -> int:
        """Samples per pixel."""
        return _CHANNELS[self.colour]


def read_png(data: bytes, limits: Limits) -> Png:
    """Reads the header of a PNG and checks that the picture is whole.

    Raises:
        BrokenDocument: Cut off, a wrong checksum, or not a legal PNG.
        DocumentTooLarge: More pixels than allowed.
    """
    header: tuple[int, int, int, int, bool] | None = None
    palette = b""
    transparent = False
    density: tuple[int, int] | None = None
    pixels: list[bytes] = []
    for kind, body in _chunks(data):
        if header is None:
            if kind != b"IHDR":
                raise BrokenDocument("a PNG starts with its header")
            header = _header(body, limits)
        elif kind == b"PLTE":
            palette = body
        elif kind == b"tRNS":
            transparent = True
        elif kind == b"pHYs":
            density = _density(body)
        elif kind == b"IDAT":
            pixels.append(body)
    if header is None:
        raise BrokenDocument("the PNG has no header")
    width, height, depth, colour, interlaced = header
    if colour == PALETTE and (not palette or len(palette) % 3 or len(palette) > 768):
        raise BrokenDocument("the PNG's palette is missing or malformed")
    png = Png(
        width=width,
        height=height,
        depth=depth,
        colour=colour,
        interlaced=interlaced,
        transparent=transparent or colour in {GREY_ALPHA, RGB_ALPHA},
        palette=palette,
        dots_per_metre=density,
        pixels=b"".join(pixels),
    )
    _check_whole(png)
    return png


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while True:
        if at + 12 > len(data):
            raise BrokenDocument("the PNG is cut off")
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 12 + length
        if end > len(data):
            raise BrokenDocument("the PNG is cut off")
        kind, body = data[at + 4 : at + 8], data[at + 8 : end - 4]
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(kind + body) != checksum:
            raise BrokenDocument("a checksum of the PNG is wrong")
        if kind == b"IEND":
            return
        yield kind, body
        at = end


def _header(body: bytes, limits: Limits) -> tuple[int, int, int, int, bool]:
    if len(body) != 13:
        raise BrokenDocument("the PNG's header is malformed")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", body)
    if width == 0 or height == 0 or compression or filtering or interlace > 1 or depth not in _DEPTHS.get(colour, ()):
        raise BrokenDocument("the PNG's header is malformed")
    if width * height > limits.pixels:
        raise DocumentTooLarge("pixels", width * height, limits.pixels)
    return width, height, depth, colour, interlace == 1


def _density(body: bytes) -> tuple[int, int] | None:
    if len(body) != 9:
        raise BrokenDocument("the PNG's pHYs chunk is malformed")
    across, down, unit = struct.unpack(">IIB", body)
    # Unit 0 states only the shape of a pixel, not its size.
    return (across, down) if unit == 1 and across and down else None


def _check_whole(png: Png) -> None:
    bits = png.channels * png.depth
    if png.interlaced:
        expected = 0
        for column, row, column_step, row_step in _PASSES:
            across = (png.width - column + column_step - 1) // column_step
            down = (png.height - row + row_step - 1) // row_step
            if across > 0 and down > 0:
                expected += down * (1 + (across * bits + 7) // 8)
    else:
        expected = png.height * (1 + (png.width * bits + 7) // 8)
    unpacker = zlib.decompressobj()
    found = 0
    waiting = png.pixels
    try:
        while waiting and not unpacker.eof and found <= expected:
            found += len(unpacker.decompress(waiting, 1 << 20))
            waiting = unpacker.unconsumed_tail
    except zlib.error as error:
        raise BrokenDocument("the PNG's pixels cannot be unpacked") from error
    if found != expected or not unpacker.eof:
        raise BrokenDocument("the PNG's pixels are not as many as its header says")


def write_png(width: int, height: int, rows: bytes, dpi: Decimal) -> bytes:
    """Writes packed 1-bit rows, in which 1 is black, as a greyscale PNG with its resolution."""
    stride = (width + 7) // 8
    white = bytes(255 - value for value in range(256))  # PNG grey: 0 is black
    filtered = b"".join(b"\0" + rows[at : at + stride].translate(white) for at in range(0, stride * height, stride))
    per_metre = int((dpi / _INCH_PER_METRE).to_integral_value())
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, GREY, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", zlib.compress(filtered, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def dots_per_inch(dots_per_metre: int) -> Decimal:
    """Turns the unit of pHYs into dots per inch."""
    return dots_per_metre * _INCH_PER_METRE
