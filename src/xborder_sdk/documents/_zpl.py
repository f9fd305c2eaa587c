"""Reads from a ZPL program how many labels it prints and how large they are.

Nothing is drawn: only a printer knows ZPL whole. Facts: Zebra ZPL II programming guide, ^XA, ^XZ (start and end of
a format), ^PW (print width in dots), ^LL (label length in dots).
"""

from __future__ import annotations

import re

_FORMAT = re.compile(rb"\^XA(.*?)\^XZ", re.DOTALL | re.IGNORECASE)
_PRINTS = re.compile(rb"\^(?:FD|FV|FN|GF|GB|GC|GD|GE|XG|IM|XF|SN)", re.IGNORECASE)
_WIDTH = re.compile(rb"\^PW\s*(\d{1,5})", re.IGNORECASE)
_LENGTH = re.compile(rb"\^LL\s*(\d{1,5})", re.IGNORECASE)


def is_zpl(data: bytes) -> bool:
    """Whether the bytes are a ZPL program."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    return b"^XA" in start and start[:1] in b"^~C" and b"\0" not in start


def read_zpl(data: bytes) -> tuple[tuple[int | None, int | None], ...]:
    """The (^PW, ^LL) in force for each format that prints something; None where the program leaves it to the printer.

    Both stay in force for the formats that follow.
    """
    width: int | None = None
    length: int | None = None
    labels: list[tuple[int | None, int | None]] = []
    for match in _FORMAT.finditer(data):
        body = match.group(1)
        if found := _WIDTH.search(body):
            width = int(found.group(1))
        if found := _LENGTH.search(body):
            length = int(found.group(1))
        if _PRINTS.search(body):
            labels.append((width, length))
    return tuple(labels)
