"""Labels and papers on the disk, under names that cannot leave the folder, and read back by their bar codes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from xborder_sdk.errors import MissingExtra
from xborder_sdk.fulfilment.config import Verify
from xborder_sdk.models import Document, DocumentFormat, DocumentKind

_SUFFIXES = {form: f".{form.value}" for form in DocumentFormat} | {DocumentFormat.OTHER: ".bin"}
_BY_SUFFIX = {suffix: form for form, suffix in _SUFFIXES.items()}
_READABLE = frozenset({DocumentFormat.PDF, DocumentFormat.PNG})


def labels_of(documents: Sequence[Document]) -> tuple[Document, ...]:
    """The labels among a shipment's papers."""
    return tuple(document for document in documents if document.kind is DocumentKind.LABEL)


def keep(folder: Path, waybill: str, documents: Sequence[Document]) -> tuple[Path, ...]:
    """Writes a shipment's papers, whole and durable; the same papers again change nothing.

    Args:
        folder: Where; it is made if it does not exist.
        waybill: What they are named after.
        documents: The papers.

    Returns:
        Their paths, labels first.

    Raises:
        OSError: The folder cannot be written.
        DocumentError: No file name can be made of the waybill.
    """
    from xborder_sdk.documents.errors import FileConflict
    from xborder_sdk.documents.files import write_document

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    paths = []
    for document, name, other_name in _named(waybill, documents):
        suffix = _SUFFIXES[document.format]
        try:
            paths.append(write_document(folder, name, document.content, suffix))
        except FileConflict:
            # Drawn anew by the carrier: both are kept, for one of them may be on a parcel.
            paths.append(write_document(folder, other_name, document.content, suffix))
    return tuple(paths)


def possible_paths(folder: Path, waybill: str, documents: Sequence[Document]) -> tuple[Path, ...]:
    """Where `keep` may write these papers.

    Args:
        folder, waybill, documents: As given to `keep`.

    Raises:
        DocumentError: No file name can be made of the waybill.
    """
    from xborder_sdk.documents.files import safe_name

    return tuple(
        folder / safe_name(name, _SUFFIXES[document.format])
        for document, *names in _named(waybill, documents)
        for name in names
    )


def _named(waybill: str, documents: Sequence[Document]) -> Iterator[tuple[Document, str, str]]:
    """Papers, labels first, with their names and with those they get where these are taken."""
    counts: dict[DocumentKind, int] = {}
    for document in sorted(documents, key=lambda found: found.kind is not DocumentKind.LABEL):
        counts[document.kind] = count = counts.get(document.kind, 0) + 1
        name = f"{waybill}-{document.kind.value}" + (f"-{count}" if count > 1 else "")
        yield document, name, f"{name}-{hashlib.sha256(document.content).hexdigest()[:8]}"


def format_of(path: Path) -> DocumentFormat:
    """The format of a file that `keep` named."""
    return _BY_SUFFIX.get(path.suffix, DocumentFormat.OTHER)


def read_back(content: bytes, form: DocumentFormat, groups: Sequence[Sequence[str]], verify: Verify) -> tuple[int, ...]:
    """Reads a label, or sheets of labels, by its bar codes.

    Args:
        content: The document.
        form: Its format.
        groups: For each label the numbers of which at least one must be in a bar code: waybill or parcel number.
        verify: Whether to read at all; formats that only a printer understands are passed over.

    Returns:
        Indexes of the groups none of whose numbers was read.

    Raises:
        MissingExtra: It is required and the extra is not installed.
        DocumentError: The document cannot be drawn.
    """
    if verify is Verify.OFF or form not in _READABLE or not groups:
        return ()
    from xborder_sdk.documents import LabelDocument, read_barcodes

    try:
        codes = read_barcodes(LabelDocument.read(content))
    except MissingExtra:
        if verify is Verify.REQUIRED:
            raise
        return ()
    texts = [_bare(code.text) for code in codes]
    return tuple(
        index
        for index, numbers in enumerate(groups)
        if not any(_bare(number) in text for number in numbers for text in texts)
    )


def _bare(text: str) -> str:
    return "".join(mark for mark in text if mark.isalnum()).upper()
