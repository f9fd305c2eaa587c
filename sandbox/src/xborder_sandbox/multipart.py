"""Reads multipart/form-data (RFC 7578), strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_PARAMETER = re.compile(r';\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


@dataclass
class Part:
    """One part of a form; `filename` is None where it is no file."""

    name: str
    filename: str | None
    content: bytes = field(repr=False)


def read_parts(content_type: str, body: bytes) -> list[Part]:
    """Return the parts of a form.

    Args:
        content_type: The request's Content-Type header.
        body: The request's body.

    Raises:
        ValueError: If this is no multipart form, or it has no end.
    """
    kind, _, parameters = content_type.partition(";")
    found = _BOUNDARY.search(parameters)
    if kind.strip().lower() != "multipart/form-data" or found is None:
        raise ValueError("not a multipart form")
    delimiter = b"\r\n--" + (found[1] or found[2]).encode("latin-1")
    pieces = (b"\r\n" + body).split(delimiter)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise ValueError("the form has no end")
    return [_read_part(piece) for piece in pieces[1:-1]]


def _read_part(piece: bytes) -> Part:
    head, separator, content = piece.partition(b"\r\n\r\n")
    if not separator:
        raise ValueError("a part has no end of its header")
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            given = {found[1].lower(): _unquote(found[2]) for found in _PARAMETER.finditer(value)}
            if "name" in given:
                return Part(given["name"], given.get("filename"), content)
    raise ValueError("a part has no name")


def _unquote(text: str) -> str:
    # Browsers write a quotation mark as %22, other clients with a backslash.
    return text.replace("%22", '"').replace('\\"', '"')
