"""Label files an operator hands over."""

from __future__ import annotations

from pathlib import Path

from xborder_sdk.errors import InvalidRequest
from xborder_sdk.models import Document, DocumentFormat, DocumentKind

_MAX_BYTES = 32 * 1024 * 1024
_FORMATS = {".pdf": DocumentFormat.PDF, ".png": DocumentFormat.PNG, ".zpl": DocumentFormat.ZPL}


def read_label(path: Path) -> Document:
    """A label from a file, told by its ending.

    Raises:
        InvalidRequest: It is no PDF, PNG or ZPL file, is too large, or cannot be read.
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InvalidRequest(f"{path.name} is no PDF, PNG or ZPL file")
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read ({type(error).__name__})") from None
    if len(content) > _MAX_BYTES:
        raise InvalidRequest(f"{path.name} is larger than {_MAX_BYTES} bytes")
    return Document(kind=DocumentKind.LABEL, format=kind, content=content)
