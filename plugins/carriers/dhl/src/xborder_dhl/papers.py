"""Documents in answers: base64 text into bytes with what they are."""

from __future__ import annotations

from xborder_dhl.vocabulary import DOCUMENT_KINDS, IMAGE_FORMATS, PRINTER_DPI
from xborder_sdk.models import Document, DocumentFormat, DocumentKind
from xborder_sdk.reading import JsonObject, parse_base64


def read_document(
    found: JsonObject, format_key: str, number: str | None = None, dpi: int | None = None
) -> Document | None:
    """A document of an answer; None where its content cannot be decoded.

    Args:
        found: The document object.
        format_key: Name of the field with its format, which differs by operation.
        number: Waybill or piece it belongs to.
        dpi: What was asked of DHL as `printerDPI`.
    """
    content = parse_base64(found.text_or_none("content") or "")
    if content is None:
        return None
    name = found.text_or_none("typeCode")
    image = IMAGE_FORMATS.get((found.text_or_none(format_key) or "").upper(), DocumentFormat.OTHER)
    raster = image in {DocumentFormat.ZPL, DocumentFormat.EPL}
    return Document(
        kind=DOCUMENT_KINDS.get((name or "").lower(), DocumentKind.OTHER),
        format=image,
        content=content,
        name=name,
        number=number,
        dpi=PRINTER_DPI.get(dpi or 0) if raster else None,
    )
