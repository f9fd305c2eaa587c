"""Makes files of pieces of evidence, as a platform takes them.

What does not fit is left out from the end, where the least weighty pieces are, and said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from xborder_sdk.disputes.pack import Missing, PackFile, Piece
from xborder_sdk.documents.evidence_pictures import FINENESSES, JPEG, PNG, Fineness, as_document, draw_pictures
from xborder_sdk.documents.labels import LabelDocument
from xborder_sdk.models import Dispute, EvidenceFile, EvidenceKind, EvidenceLimits

_ENDINGS = {"application/pdf": ".pdf", PNG: ".png", JPEG: ".jpg"}
_STEM = 40


def given_as(
    kind: EvidenceKind, limits: EvidenceLimits, dispute: Dispute | None, delivered: bool
) -> EvidenceKind | None:
    """What a piece is given as; None where the platform has no word that is true of it.

    Args:
        kind: What the piece shows.
        limits: What the platform takes.
        dispute: What it asks for.
        delivered: Whether a carrier says that the parcel was delivered.
    """
    asked = set() if dispute is None else {request.kind for request in dispute.requests}
    signature = EvidenceKind.PROOF_OF_DELIVERY_SIGNATURE
    if kind is EvidenceKind.PROOF_OF_DELIVERY and signature in asked & limits.kinds:
        return signature
    if kind in limits.kinds:
        return kind
    if kind is EvidenceKind.TRACKING and delivered and EvidenceKind.PROOF_OF_DELIVERY in limits.kinds:
        return EvidenceKind.PROOF_OF_DELIVERY
    return EvidenceKind.OTHER if EvidenceKind.OTHER in limits.kinds else None


def make_files(
    pieces: Sequence[Piece], limits: EvidenceLimits | None, named: Callable[[EvidenceKind], EvidenceKind | None]
) -> tuple[tuple[PackFile, ...], tuple[Missing, ...]]:
    """The files of pieces, and the pieces that have none.

    Args:
        pieces: The weightiest first.
        limits: What the platform takes; None leaves the pieces as they are.
        named: What a piece is given as; None where it cannot be given.

    Raises:
        DocumentError: A piece cannot be drawn.
        MissingExtra: The extra `labels` is not installed.
    """
    if limits is None:
        return tuple(_as_it_is(index, piece, piece.kind, 240) for index, piece in enumerate(pieces)), ()
    missing: list[Missing] = []
    made: list[PackFile] = []
    draws = bool({PNG, JPEG} & limits.media_types)
    takes: list[tuple[int, Piece, EvidenceKind]] = []
    for index, piece in enumerate(pieces):
        kind = named(piece.kind)
        if kind is None:
            missing.append(Missing(title=piece.title, reason="the platform takes no file that shows this"))
        elif not draws and piece.media_type not in limits.media_types:
            missing.append(Missing(title=piece.title, reason="the platform takes no file of this type"))
        else:
            takes.append((index, piece, kind))
    drawer = _Drawer(limits)
    for fineness in FINENESSES:
        made = [file for index, piece, kind in takes for file in drawer.files(index, piece, kind, fineness)]
        made = _without_repeats(made)
        if _fits(made, limits):
            break
    while made and not _fits(made, limits):
        worst = next((file for file in made if len(file.file.content) > limits.max_bytes), None)
        dropped = worst.piece if worst is not None else _last_over(made, limits)
        made = [file for file in made if file.piece != dropped]
        reason = "it is larger than the platform takes" if worst is not None else "no room among the files it takes"
        missing.append(Missing(title=pieces[dropped].title, reason=f"{reason}; it is in the PDF"))
    return tuple(made), tuple(missing)


class _Drawer:
    """Files of pieces; each piece is read once."""

    def __init__(self, limits: EvidenceLimits) -> None:
        self._limits = limits
        self._read: dict[int, LabelDocument] = {}

    def files(self, index: int, piece: Piece, kind: EvidenceKind, fineness: Fineness) -> list[PackFile]:
        limits = self._limits
        whole = piece.media_type in limits.media_types and len(piece.content) <= limits.max_bytes
        as_it_is = [_as_it_is(index, piece, kind, limits.max_name)] if whole else []
        if as_it_is and (fineness == FINENESSES[0] or not {PNG, JPEG} & limits.media_types):
            return as_it_is
        if index not in self._read:
            self._read[index] = as_document(piece.content)
        pictures = draw_pictures(self._read[index], limits.media_types, fineness)
        drawn = []
        for number, picture in enumerate(pictures, start=1):
            page = f"-{number}" if len(pictures) > 1 else ""
            name = _name(index, piece.title, page, _ENDINGS[picture.media_type], limits.max_name)
            file = EvidenceFile(name=name, content=picture.content, media_type=picture.media_type)
            drawn.append(PackFile(kind=kind, piece=index, file=file))
        if as_it_is and len(piece.content) <= sum(len(file.file.content) for file in drawn):
            return as_it_is
        return drawn


def _as_it_is(index: int, piece: Piece, kind: EvidenceKind, longest: int) -> PackFile:
    name = _name(index, piece.title, "", _ENDINGS[piece.media_type], longest)
    file = EvidenceFile(name=name, content=piece.content, media_type=piece.media_type)
    return PackFile(kind=kind, piece=index, file=file)


def _name(index: int, title: str, page: str, ending: str, longest: int) -> str:
    """A name in plain letters; it says what the file shows, and nothing of the buyer."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:_STEM].strip("-")
    stem = f"{index + 1:02d}-{words or 'evidence'}"
    return stem[: longest - len(page) - len(ending)] + page + ending


def _without_repeats(files: Sequence[PackFile]) -> list[PackFile]:
    """Blank pages, and pictures handed over twice: platforms refuse the same file a second time."""
    found: dict[bytes, PackFile] = {}
    for file in files:
        found.setdefault(file.file.content, file)
    return list(found.values())


def _fits(files: Sequence[PackFile], limits: EvidenceLimits) -> bool:
    sizes = [len(file.file.content) for file in files]
    # The sum is that of one call, but two kinds of ours may be one and the same to the platform.
    if any(size > limits.max_bytes for size in sizes) or sum(sizes) > limits.max_total_bytes:
        return False
    return limits.max_files is None or all(n <= limits.max_files for n in Counter(f.kind for f in files).values())


def _last_over(files: Sequence[PackFile], limits: EvidenceLimits) -> int:
    """The last piece of the kind that has too many files, or of all where it is the sum that is too large."""
    if limits.max_files is not None:
        crowded = {kind for kind, n in Counter(file.kind for file in files).items() if n > limits.max_files}
        if crowded:
            return max(file.piece for file in files if file.kind in crowded)
    return max(file.piece for file in files)
