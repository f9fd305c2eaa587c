"""Turns finished sheets, for printers whose paper lies the other way."""

from __future__ import annotations

from io import BytesIO

from xborder_sdk.documents._extras import needs
from xborder_sdk.documents._pdf import open_pdf
from xborder_sdk.documents.limits import DEFAULT_LIMITS, Limits


def turned_pages(pdf: bytes, rotation: int, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """A PDF with every page turned, as viewed and as printed. Equal input gives equal bytes.

    Args:
        pdf: The document.
        rotation: 0, 90, 180 or 270 degrees clockwise.
        limits: Bounds against hostile documents.

    Raises:
        BrokenDocument: It cannot be read.
        MissingExtra: The extra `labels` is not installed.
        ValueError: No quarter turn.
    """
    if rotation not in {0, 90, 180, 270}:
        raise ValueError("rotation must be 0, 90, 180 or 270")
    if rotation == 0:
        return pdf
    with needs("labels"):
        import pikepdf

    with open_pdf(pdf, limits) as document:
        for page in document.pages:
            page.rotate(rotation, relative=True)
        out = BytesIO()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
        return out.getvalue()
