"""Evidence for payment disputes: eBay's limits, the names of files, and which set of files it goes into.

FUL (OpenAPI sell_fulfillment_v1): a file is uploaded first (uploadEvidenceFile) and means nothing until its id is put
into a set (addEvidence) or added to one (updateEvidence). Each file therefore goes out under a name that ends in a
digest of its bytes: whoever reads the dispute sees what is there already, so that nothing is attached twice even where
no ledger remembers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from xborder_ebay import dispute_words as words
from xborder_sdk.errors import InvalidRequest, NotFound
from xborder_sdk.hookspecs import AddEvidence
from xborder_sdk.models import (
    Dispute,
    DisputeLine,
    EvidenceFile,
    EvidenceLimits,
    EvidencePiece,
    EvidenceRequest,
    sniffed_type,
)
from xborder_sdk.steps import Upload

_MARK_LENGTH: Final = 12
_ENDINGS: Final = {"image/png": ".png", "image/jpeg": ".jpg"}
_MARKED: Final = re.compile(rf"-([0-9a-f]{{{_MARK_LENGTH}}})\.(?:png|jpe?g)", re.IGNORECASE)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._ ()-]")
_NAME_MAX: Final = 255  # FUL, error 33106

LIMITS: Final = EvidenceLimits(
    media_types=frozenset(_ENDINGS),  # FUL, uploadEvidenceFile
    # FUL, errors 33006 and 33104: 1.5 MB each and together. The smaller megabyte holds, since eBay does not say which.
    max_bytes=1_500_000,
    max_total_bytes=1_500_000,
    max_name=_NAME_MAX - _MARK_LENGTH - 1 - len(".jpg"),
    kinds=frozenset(words.EVIDENCE_TYPE),
)


def mark(content: bytes) -> str:
    """The digest that ends a file's name."""
    return hashlib.sha256(content).hexdigest()[:_MARK_LENGTH]


def sent_name(file: EvidenceFile) -> str:
    """The name a file goes out under: its own in plain signs, its digest, and the ending eBay looks at."""
    stem = file.name.rpartition(".")[0] or file.name
    ending = _ENDINGS[sniffed_type(file.content) or ""]
    return f"{_UNSAFE.sub('_', stem)}-{mark(file.content)}{ending}"


def upload(file: EvidenceFile) -> Upload:
    """The file as it goes out."""
    return Upload(sent_name(file), file.content, sniffed_type(file.content) or "")


def wanted_request(dispute: Dispute, request: AddEvidence) -> EvidenceRequest | None:
    """The request of eBay's that the evidence answers: the one named, or the only open one of its type.

    Raises:
        NotFound: eBay asks for no such evidence (any more).
        InvalidRequest: What is named asks for something else.
    """
    word = words.EVIDENCE_TYPE[request.evidence]
    if request.request_id is not None:
        found = next((one for one in dispute.requests if one.request_id == request.request_id), None)
        if found is None:
            raise NotFound("eBay has no such request for evidence", hint="read the dispute again")
        if found.vendor_kind != word:
            raise InvalidRequest(f"eBay asks for {found.vendor_kind} there, not for {word}", field="evidence")
        return found
    same = [one for one in dispute.requests if one.vendor_kind == word]
    return same[0] if len(same) == 1 else None


def wanted_lines(dispute: Dispute, request: AddEvidence, asked: EvidenceRequest | None) -> tuple[DisputeLine, ...]:
    """The order lines to name. FUL: both ids of each are needed, and those of a request echoed (33007, 33009).

    Raises:
        InvalidRequest: A line is not in dispute.
    """
    known = {line.line_id: line for line in dispute.lines}
    if not request.lines:
        return asked.lines if asked is not None and asked.lines else dispute.lines
    found = []
    for index, line in enumerate(request.lines):
        whole = line if line.item_id is not None and line.line_id is not None else known.get(line.line_id)
        if whole is None:
            raise InvalidRequest("the line is not in dispute", field=f"lines.{index}")
        found.append(whole)
    return tuple(found)


def set_of(dispute: Dispute, evidence_type: str, lines: Iterable[DisputeLine]) -> EvidencePiece | None:
    """The set of this type and these lines that is there already, to be added to."""
    wanted = {line.line_id for line in lines}
    for piece in dispute.evidence:
        if (
            piece.vendor_kind == evidence_type
            and piece.files
            and {line.line_id for line in piece.lines} in (wanted, set())
        ):
            return piece
    return None


def held_marks(dispute: Dispute, evidence_type: str) -> dict[str, str]:
    """Digests of the files that are attached under a type, with the id of their set."""
    return {
        found[1].lower(): piece.evidence_id
        for piece in dispute.evidence
        if piece.vendor_kind == evidence_type
        for file in piece.files
        if (found := _MARKED.search(file.name or "")) is not None
    }


def evidence_body(
    evidence_type: str, file_ids: Iterable[str], lines: Iterable[DisputeLine], evidence_id: str | None
) -> dict[str, object]:
    """AddEvidencePaymentDisputeRequest or, with the id of a set, UpdateEvidencePaymentDisputeRequest."""
    body: dict[str, object] = {
        "evidenceType": evidence_type,
        "files": [{"fileId": file_id} for file_id in file_ids],
        "lineItems": [_line(line) for line in lines],
    }
    return body if evidence_id is None else {"evidenceId": evidence_id, **body}


def _line(line: DisputeLine) -> dict[str, str]:
    ids = {"itemId": line.item_id, "lineItemId": line.line_id}
    return {key: value for key, value in ids.items() if value is not None}
