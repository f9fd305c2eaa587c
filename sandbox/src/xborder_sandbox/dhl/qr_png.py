"""A QR code as a PNG file."""

from __future__ import annotations

import struct
import zlib

from xborder_sandbox.canvas import qr_modules

_SCALE = 6
_QUIET = 4


def qr_png(content: str) -> bytes:
    """Return a black and white PNG with the QR code of `content`."""
    modules = qr_modules(content)
    side = (len(modules) + 2 * _QUIET) * _SCALE
    rows = bytearray()
    for y in range(side):
        rows.append(0)  # no filter
        for x in range(side):
            row, column = y // _SCALE - _QUIET, x // _SCALE - _QUIET
            inside = 0 <= row < len(modules) and 0 <= column < len(modules)
            rows.append(0 if inside and modules[row][column] else 255)
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
