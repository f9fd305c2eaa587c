"""What goes wrong with documents.

    DocumentError
    ├── UnknownFormat           neither PDF nor PNG nor ZPL
    ├── BrokenDocument          cut off, damaged or not a legal document
    ├── EncryptedDocument       needs a password to open
    ├── DocumentTooLarge        more bytes, pages or pixels than the limits allow
    ├── UnsupportedDocument     a legal document for which the asked operation does not exist
    ├── ResolutionUnknown       a picture or printer program whose size in mm nobody stated
    ├── DoesNotFit              the label is larger than the place it shall go to
    ├── InvalidLayout           media, layout or starting slot that cannot be
    ├── BarcodesMissing         expected barcodes were not read back
    ├── GlyphsMissing           a text has characters that the fonts cannot draw
    ├── UnsafeFileName          nothing usable is left of a name, or it is not a file name
    └── FileConflict            the file exists with other content

A missing optional dependency is the core's `MissingExtra`. No message holds text of a document: a label is a buyer's
address.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xborder_sdk.errors import DocumentError

if TYPE_CHECKING:
    from xborder_sdk.documents.geometry import Size

_NAMED = 20


class UnknownFormat(DocumentError):
    """The bytes are neither PDF nor PNG nor ZPL.

    Attributes:
        looks_like: What the bytes seem to be instead, if that could be told.
    """

    def __init__(self, looks_like: str | None = None) -> None:
        self.looks_like = looks_like
        seen = f"; it looks like {looks_like}" if looks_like else ""
        super().__init__(f"not a PDF, PNG or ZPL document{seen}")


class BrokenDocument(DocumentError):
    """The document is cut off, damaged or breaks the rules of its format.

    Attributes:
        reason: What is wrong.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"broken document: {reason}")


class EncryptedDocument(DocumentError):
    """The document needs a password to open."""

    def __init__(self) -> None:
        super().__init__("the document is encrypted and needs a password")


class DocumentTooLarge(DocumentError):
    """The document exceeds a limit.

    Attributes:
        what: What was counted, such as `pages`.
        found: How many there are, or the point at which counting stopped.
        limit: How many are allowed.
    """

    def __init__(self, what: str, found: int, limit: int) -> None:
        self.what = what
        self.found = found
        self.limit = limit
        super().__init__(f"document too large: {found} {what}, at most {limit} allowed")


class UnsupportedDocument(DocumentError):
    """The operation does not exist for this document.

    Attributes:
        reason: Which operation, and why.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class ResolutionUnknown(DocumentError):
    """The size in millimetres is unknown because nobody stated the dots per inch.

    Attributes:
        reason: Which statement is missing or contradicts itself.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}; say it with dpi=")


class DoesNotFit(DocumentError):
    """The label is larger than the place it shall go to.

    Attributes:
        label: Size of the label.
        area: Size of the place.
        reason: What was tried or is not allowed.
        reference: Whose label it is, where known.
    """

    def __init__(self, label: Size, area: Size, reason: str, reference: str | None = None) -> None:
        self.label = label
        self.area = area
        self.reason = reason
        self.reference = reference
        whose = f" {reference}" if reference else ""
        super().__init__(f"label{whose} of {label} does not fit {area}: {reason}")


class InvalidLayout(DocumentError):
    """A medium, a layout or a starting slot that cannot be.

    Attributes:
        reason: What is wrong.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class BarcodesMissing(DocumentError):
    """Expected barcodes were not read back from a document.

    Attributes:
        missing: The expected texts that were not found, sorted.
        found: How many barcodes were read. Their texts may hold an address and are not kept.
    """

    def __init__(self, missing: tuple[str, ...], found: int) -> None:
        self.missing = missing
        self.found = found
        super().__init__(f"{len(missing)} expected barcode(s) not readable: {', '.join(missing)} ({found} read)")


class GlyphsMissing(DocumentError):
    """A text has characters that the fonts cannot draw. Nothing was drawn: a box in place of a letter is a wrong name.

    Attributes:
        characters: The characters, sorted, so that they do not spell the text they come from.
    """

    hint = "name a TrueType font that has them, or say it without them; a picture of a text can be added as it is"

    def __init__(self, characters: frozenset[str]) -> None:
        self.characters = tuple(sorted(characters))
        named = ", ".join(f"{mark} (U+{ord(mark):04X})" for mark in self.characters[:_NAMED])
        more = len(self.characters) - _NAMED
        super().__init__(f"no font has {named}" + (f" and {more} more" if more > 0 else ""))


class UnsafeFileName(DocumentError):
    """A name that cannot become a file name.

    Attributes:
        reason: What is wrong with it.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class FileConflict(DocumentError):
    """The file exists and holds something else; nothing was written.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} exists with other content; nothing was written")
