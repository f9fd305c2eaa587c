"""Writes documents into a folder under names that come from outside.

Order ids and waybill numbers are other people's text: here they become one safe file name, and a file appears whole
or not at all and never replaces other content.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import unicodedata
from pathlib import Path

from xborder_sdk.documents.errors import FileConflict, UnsafeFileName

# Devices under Windows whatever the ending ("Naming Files, Paths, and Namespaces", Microsoft), and hot folders are
# often on Windows shares.
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)
_FORBIDDEN = frozenset('<>:"/\\|?*')
# File systems take 255 bytes; the rest is left for a folder's own prefixes and the name of the temporary file.
_LONGEST_BYTES = 150
_LONGEST_SUFFIX = 16
_DIGEST_CHARACTERS = 10
# Where a file system has no hard links (FAT, some network shares), link() says one of these.
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EINVAL})


def safe_name(reference: str, suffix: str = "") -> str:
    """Makes one file name of a text from outside.

    A text that is a harmless name stays as it is. Any other is cleaned and gets a digest of the original, so that two
    different texts do not become one file.

    Args:
        reference: An order id, a waybill number, any text.
        suffix: The ending, such as `.pdf`; chosen by the program, not from outside.

    Returns:
        A name of at most 150 bytes in UTF-8, without path separators, control characters, leading dots, trailing dots
        or spaces, and not reserved on Windows.

    Raises:
        UnsafeFileName: The reference is empty or the suffix is no plain ending.
    """
    if suffix and not (
        suffix.startswith(".") and suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= _LONGEST_SUFFIX
    ):
        raise UnsafeFileName("a suffix is a dot and some ASCII letters or digits")
    if not reference:
        raise UnsafeFileName("an empty reference makes no file name")
    room = _LONGEST_BYTES - len(suffix)
    composed = unicodedata.normalize("NFC", reference)
    clean = "".join(character if _harmless(character) else "_" for character in composed).strip(" .")
    stem = clean.split(".", 1)[0].rstrip(" ").casefold()
    if clean == reference and stem not in _RESERVED and len(clean.encode()) <= room:
        return clean + suffix
    digest = hashlib.sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARACTERS]
    tail = f"-{digest}"
    if stem in _RESERVED:
        clean = f"_{clean}"
    kept = clean.encode()[: room - len(tail)].decode("utf-8", "ignore").rstrip(" .")
    return f"{kept}{tail}{suffix}" if kept else f"document{tail}{suffix}"


def _harmless(character: str) -> bool:
    # What is not printable: control and format characters (such as right-to-left override), surrogates, separators
    # other than the plain space, and code points that mean nothing.
    return character not in _FORBIDDEN and character.isprintable()


def write_document(folder: Path, reference: str, data: bytes, suffix: str = "", *, mode: int = 0o600) -> Path:
    """Writes a document into a folder, whole and durable, under the safe name of its reference.

    The bytes go to a hidden temporary file of the same folder, are synced, and then get their name in one step, so
    that neither a crash nor a program that watches the folder ever sees half a document. Writing the same document
    again does nothing. On file systems without hard links, two writers of one name at the same instant may both
    succeed, and the later one stays.

    Args:
        folder: An existing folder.
        reference: What it is called: an order id or a waybill number, any text.
        data: The document.
        suffix: The ending, such as `.pdf`.
        mode: Permissions of the file. Labels hold addresses, so by default only the owner reads them.

    Returns:
        The path of the file, directly in `folder`.

    Raises:
        FileConflict: The file exists with other content, or is not a plain file.
        UnsafeFileName: The reference is empty or the suffix is no plain ending.
        OSError: The folder does not exist, is full or may not be written to.
    """
    path = folder / safe_name(reference, suffix)
    if os.path.lexists(path):
        _check_same(path, data)
        return path
    handle, temporary_name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    temporary = Path(temporary_name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        _name(temporary, path, data)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(folder)
    return path


def _name(temporary: Path, path: Path, data: bytes) -> None:
    try:
        os.link(temporary, path, follow_symlinks=False)  # unlike rename, never replaces
    except FileExistsError:
        _check_same(path, data)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            _check_same(path, data)
        else:
            temporary.replace(path)


def _check_same(path: Path, data: bytes) -> None:
    if path.is_symlink() or not path.is_file() or path.stat().st_size != len(data) or path.read_bytes() != data:
        raise FileConflict(path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
