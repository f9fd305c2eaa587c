"""Labels in answers: a PDF as it is, or as Base64 inside JSON."""

from __future__ import annotations

from typing import Final

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.reading import JsonObject, parse_base64, parse_json
from xborder_sdk.steps import Response

_PDF: Final = b"%PDF-"
_HEAD: Final = 1024
"""A PDF may begin with some bytes of something else."""

_PLACES: Final = ("data", "base64", "pdf_base64", "pdfBase64", "fileBase64", "content")
"""Names under which the one published client of 120001 looks for the Base64 text."""


def is_pdf(content: bytes) -> bool:
    """Whether bytes are a PDF."""
    return _PDF in content[:_HEAD]


def label_of(response: Response) -> bytes:
    """The PDF of an answer.

    Raises:
        MalformedResponse: It holds none.
    """
    if is_pdf(response.content):
        return response.content
    try:
        body = response.object()
    except MalformedResponse as error:
        raise MalformedResponse(f"the answer should be a label: {error.message}") from None
    for text in _texts(body):
        content = parse_base64(text)
        if content is not None and is_pdf(content):
            return content
    raise MalformedResponse("the answer should be a label, but holds no PDF")


def _texts(body: JsonObject) -> list[str]:
    found = [*body.texts("retBody")]
    places = [body.child("retBody"), *body.children("retBody")]
    for text in found:
        try:
            inner = JsonObject({"it": parse_json(text.encode())})
        except MalformedResponse:
            continue  # the Base64 text itself
        places += [*inner.children("it")]
    return found + [text for place in places for name in _PLACES for text in place.texts(name)]
