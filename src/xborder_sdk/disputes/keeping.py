"""A pack as files in a folder, and back: what a person has looked at is what is sent.

evidence.pdf     everything, with a page of contents
to-send/         the files as the platform takes them
pieces/          the pieces as they were made or received
pack.json        what all of it is, with the digest of every file
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from xborder_sdk.disputes.pack import EvidencePack
from xborder_sdk.documents.files import safe_name, write_document
from xborder_sdk.errors import InvalidRequest

MANIFEST = "pack.json"
BOOK = "evidence.pdf"
_SEND, _PIECES = "to-send", "pieces"
_ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
_LARGEST = 100_000_000


def write_pack(pack: EvidencePack, folder: Path, *, anew: bool = False) -> tuple[Path, ...]:
    """Writes a pack; its files are readable by their owner only.

    Args:
        pack: The pack.
        folder: Where to; it is made if it does not exist.
        anew: Replace a pack that lies there unchanged.

    Returns:
        The PDF and the files for the platform.

    Raises:
        FileConflict: Another file is in the way, such as one of a pack that was changed by hand.
        InvalidRequest: Another pack lies there and `anew` was not said, or it was changed by hand.
        OSError: The folder cannot be written to.
    """
    if (folder / MANIFEST).exists():
        if read_pack(folder) == pack:
            return _paths(pack, folder)
        if not anew:
            raise InvalidRequest(f"{folder} holds another pack", hint="name another folder, or replace it on purpose")
        _remove(folder)
    facts = pack.model_dump(mode="json", exclude={"pdf": True, "pieces": {"__all__": {"content"}},
                                                  "files": {"__all__": {"file": {"content"}}}})  # fmt: skip
    contents = _contents(pack)
    facts["digests"] = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    for part in (folder, folder / _SEND, folder / _PIECES):
        part.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / name
        write_document(path.parent, path.stem, content, path.suffix)
    # Last, so that a folder with a manifest is whole.
    text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)
    write_document(folder, Path(MANIFEST).stem, text.encode(), Path(MANIFEST).suffix)
    return _paths(pack, folder)


def read_pack(folder: Path) -> EvidencePack:
    """Reads a pack that `write_pack` wrote.

    Args:
        folder: Where it lies.

    Raises:
        InvalidRequest: There is none, or a file of it is missing or has been changed since.
    """
    try:
        facts = _manifest(folder)
        digests = dict(facts.pop("digests"))
        facts["pdf"] = _checked(folder, BOOK, digests)
        for index, piece in enumerate(facts["pieces"]):
            piece["content"] = _checked(folder, _piece_name(index, piece["media_type"]), digests)
        for file in facts["files"]:
            file["file"]["content"] = _checked(folder, _send_name(file["file"]["name"]), digests)
        return EvidencePack.model_validate_json(json.dumps(facts))
    except (ValidationError, KeyError, TypeError, ValueError, OSError):
        raise InvalidRequest(
            f"{folder} holds no evidence pack, or one that was changed", hint="build it anew: xborder disputes evidence"
        ) from None


def has_pack(folder: Path) -> bool:
    """Whether a whole pack was written there."""
    return (folder / MANIFEST).is_file()


def _contents(pack: EvidencePack) -> dict[str, bytes]:
    contents = {BOOK: pack.pdf}
    for index, piece in enumerate(pack.pieces):
        contents[_piece_name(index, piece.media_type)] = piece.content
    for file in pack.files:
        contents[_send_name(file.file.name)] = file.file.content
    return contents


def _paths(pack: EvidencePack, folder: Path) -> tuple[Path, ...]:
    return (folder / BOOK, *(folder / _send_name(file.file.name) for file in pack.files))


def _piece_name(index: int, media_type: str) -> str:
    return f"{_PIECES}/piece-{index + 1:02d}{_ENDINGS[media_type]}"


def _send_name(name: str) -> str:
    path = Path(name)
    return f"{_SEND}/{safe_name(path.stem, path.suffix)}"


def _manifest(folder: Path) -> dict[str, Any]:
    with (folder / MANIFEST).open("rb") as file:
        found = json.loads(file.read(_LARGEST))
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _checked(folder: Path, name: str, digests: dict[str, str]) -> str:
    """A file's bytes in base64, as a model's JSON has them."""
    path = folder / name
    if path.is_symlink() or path.stat().st_size > _LARGEST:
        raise ValueError("not a plain file of ours")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digests[name]:
        raise ValueError("changed")
    return base64.urlsafe_b64encode(content).decode("ascii")


def _remove(folder: Path) -> None:
    """Removes a pack that is as it was written, the manifest first, and nothing else."""
    names = list(dict(_manifest(folder)["digests"]))
    pack = read_pack(folder)
    ours = set(_contents(pack))
    (folder / MANIFEST).unlink()
    for name in names:
        if name in ours:
            (folder / name).unlink()
