"""A ZIP of labels, opened as what it is: a file from outside that may be made to harm.

Nothing is written anywhere, so a name can lead nowhere; it is only told, bare. What is read is bounded in count, in
size and in how far it may grow; an archive inside an archive and anything encrypted are refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final

from xborder_sdk.errors import MalformedResponse

MOST_FILES: Final = 200
MOST_BYTES: Final = 32 * 1024 * 1024
MOST_GROWTH: Final = 200
"""How many times larger a file may be than in the archive; pages of text and barcodes stay far below."""

_GROWTH_FREE: Final = 1024 * 1024  # small files may be nearly empty
_ENTRY: Final = b"PK\x01\x02"
_ARCHIVE: Final = b"PK\x03\x04"
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_NAME_MAX: Final = 100


def is_archive(content: bytes) -> bool:
    """Whether bytes begin as a ZIP does, an empty one included."""
    return content.startswith((_ARCHIVE, b"PK\x05\x06"))


def files_in(content: bytes) -> list[tuple[str | None, bytes]]:
    """The files of an archive, in its order: a bare name, or None where it is no name, and the bytes.

    Args:
        content: The archive.

    Raises:
        MalformedResponse: It is damaged, encrypted, nested, or larger than labels are.
    """
    # Every file has an entry in the directory: counting them bounds what reading the directory costs.
    if content.count(_ENTRY) > MOST_FILES:
        raise MalformedResponse(f"the archive of labels holds more than {MOST_FILES} files")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return list(_members(archive))
    except MalformedResponse:
        raise
    except Exception as error:  # noqa: BLE001 - damaged bytes stop the reader in ways that nobody lists
        raise MalformedResponse(f"the archive of labels cannot be opened ({type(error).__name__})") from None


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str | None, bytes]]:
    left = MOST_BYTES
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        if entry.flag_bits & _ENCRYPTED:
            raise MalformedResponse("the archive of labels is encrypted")
        if entry.compress_type not in _METHODS:
            raise MalformedResponse("the archive of labels is packed in an unusual way")
        allowed = min(left, max(_GROWTH_FREE, entry.compress_size * MOST_GROWTH))
        # What the directory says of the size may be a lie; what comes out is counted.
        with archive.open(entry) as file:
            found = file.read(allowed + 1)
        if len(found) > allowed:
            raise MalformedResponse("the archive of labels grows beyond what labels are when it is opened")
        if is_archive(found):
            raise MalformedResponse("the archive of labels holds another archive")
        left -= len(found)
        yield bare_name(entry.filename), found


def bare_name(text: str | None) -> str | None:
    """A file name without any folder, control or path character; None where nothing is left of it.

    Args:
        text: The name as it came.
    """
    last = re.split(r"[/\\:]", text or "")[-1]
    found = "".join(character for character in last if character.isprintable()).strip(" .")[:_NAME_MAX]
    return found or None
