"""Labels and lists in the platform's answers: base64 in JSON, which is itself a text in the answer.

`result` is `{"StatusCode": 200, "body": "<base64>", "Content-Disposition": "attachment;filename=...", ...}` as a text
(vendor's example, document 60751). Its content type says ZIP where the vendor's text says PDF, so the bytes decide; a
bare base64 text is taken as well, as is the object itself.
"""

from __future__ import annotations

import re
from typing import Final

from xborder_aliexpress.label_archive import bare_name, files_in, is_archive
from xborder_sdk.errors import MalformedResponse, NotFound, Refused
from xborder_sdk.models import Document, DocumentFormat, DocumentKind
from xborder_sdk.reading import Json, JsonObject, parse_base64, parse_json

_STARTS: Final = (
    (b"%PDF", DocumentFormat.PDF),
    (b"\x89PNG\r\n\x1a\n", DocumentFormat.PNG),
    (b"\xff\xd8\xff", DocumentFormat.JPEG),
    (b"GIF8", DocumentFormat.GIF),
)
_GOOD: Final = "200"
_NOT_FOUND: Final = "404"
_FILE_NAME: Final = re.compile(r'filename\s*=\s*"?([^";]*)', re.IGNORECASE)
_PDF_WITHIN: Final = 1024  # ISO 32000 lets a reader look this far for the header


def read_print_info(value: Json, kind: DocumentKind, number: str) -> tuple[Document, ...]:
    """The papers of an answer.

    Args:
        value: `result` or `data` of the answer.
        kind: What the papers are for.
        number: Which parcel or hand-over they belong to.

    Raises:
        Refused: The envelope has another status than 200.
        MalformedResponse: There are no bytes in it, or none that are a paper.
    """
    body, name = _opened(value)
    content = parse_base64(body)
    if content is None:
        raise MalformedResponse("the label is no base64")
    if is_archive(content):
        papers = [_paper(found, kind, number, inner) for inner, found in files_in(content)]
        found = tuple(paper for paper in papers if paper is not None)
        if not found:
            raise MalformedResponse("the archive of labels holds no label")
        return found
    paper = _paper(content, kind, number, name)
    if paper is None:
        raise MalformedResponse("the label is neither a PDF nor a picture")
    return (paper,)


def _opened(value: Json, *, holder: bool = True) -> tuple[str, str | None]:
    """The base64 text and the file's name; `holder` lets the whole lie one level deeper."""
    envelope: JsonObject
    if isinstance(value, dict):
        envelope = JsonObject(value)
    elif not isinstance(value, str) or not value.strip():
        raise NotFound("AliExpress has no such paper (yet)", status=200)
    elif value.lstrip()[:1] != "{":
        return value, None
    else:
        inner = parse_json(value.encode())
        if not isinstance(inner, dict):
            raise MalformedResponse("the label's envelope should be a JSON object")
        envelope = JsonObject(inner)
    # Names of headers among them, so in any case.
    envelope = JsonObject({name.casefold(): found for name, found in envelope.data.items()})
    status, body = envelope.text_or_none("statuscode"), envelope.text_or_none("body")
    if status is not None and status.removesuffix(".0") != _GOOD:
        kind = NotFound if status == _NOT_FOUND else Refused
        # The body's words stay out of the message: they may echo an address.
        raise kind(f"AliExpress draws no label (status {status})", status=200, code=status)
    if (
        body is None and holder and "data" in envelope
    ):  # so the call for orders within one country has it (document 60751)
        return _opened(envelope.get("data"), holder=False)
    if body is None:
        raise MalformedResponse("the label's envelope has no body")
    named = _FILE_NAME.search(envelope.text_or_none("content-disposition") or "")
    return body, bare_name(named[1]) if named is not None else None


def _paper(content: bytes, kind: DocumentKind, number: str, name: str | None) -> Document | None:
    form = next((form for start, form in _STARTS if content.startswith(start)), None)
    if form is None and b"%PDF-" in content[:_PDF_WITHIN]:
        form = DocumentFormat.PDF
    if form is None:
        return None
    return Document(kind=kind, format=form, content=content, name=name, number=number)
