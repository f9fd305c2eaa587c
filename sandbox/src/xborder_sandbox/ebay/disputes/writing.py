"""The calls that answer a payment dispute: upload, add, update, contest, accept (sell_fulfillment_v1)."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.disputes.book import DisputeBook
from xborder_sandbox.ebay.disputes.dispute import Dispute, Evidence, Line
from xborder_sandbox.ebay.disputes.errors import dispute_error
from xborder_sandbox.ebay.disputes.reading import DISPUTE_PATH, find_dispute
from xborder_sandbox.ebay.disputes.words import ACTION_NEEDED, EVIDENCE_TYPES, NOT_AS_DESCRIBED
from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.multipart import read_parts
from xborder_sandbox.requests import Json

_NAME_LENGTH = 255
_NOTE_LENGTH = 1000
_SUFFIXES = frozenset({".jpeg", ".jpg", ".png"})
_COUNTRY = re.compile(r"[A-Z]{2}")
_ADDRESS = {
    "fullName": True,
    "addressLine1": True,
    "addressLine2": False,
    "city": True,
    "county": False,
    "stateOrProvince": False,
    "postalCode": True,
    "country": True,
}


class DisputeWrites:
    """The seller's answers."""

    def __init__(self, book: DisputeBook, guard: Guard) -> None:
        self._book = book
        self._guard = guard

    def routes(self) -> list[Route]:
        """Return the routes below apiz.ebay.com."""
        one = DISPUTE_PATH + "/{dispute_id}"
        return [
            Route(one + "/upload_evidence_file", self.upload, methods=["POST"]),
            Route(one + "/add_evidence", self.add, methods=["POST"]),
            Route(one + "/update_evidence", self.update, methods=["POST"]),
            Route(one + "/contest", self.contest, methods=["POST"]),
            Route(one + "/accept", self.accept, methods=["POST"]),
        ]

    async def upload(self, request: Request) -> Response:
        """Answer uploadEvidenceFile."""
        dispute = find_dispute(self._book, self._guard, request)
        settings = self._book.store.settings
        try:
            parts = read_parts(request.headers.get("content-type", ""), await request.body())
        except ValueError as error:
            raise dispute_error(33107, reason=str(error)) from error
        if [part.name for part in parts] != ["file"] or parts[0].filename is None:
            raise dispute_error(33107, parts=",".join(part.name for part in parts))
        name, content = parts[0].filename, parts[0].content
        if not name.strip() or len(name) > _NAME_LENGTH:
            raise dispute_error(33106)
        kind = _sniff(content)
        if kind is None or PurePosixPath(name).suffix.lower() not in _SUFFIXES:
            raise dispute_error(33005)
        if len(content) > settings.evidence_bytes:
            raise dispute_error(33006)
        _need_open(dispute)
        if len(dispute.files) >= settings.evidence_files:
            raise dispute_error(33105)
        return json_response({"fileId": self._book.upload(dispute, name, kind, content).file_id})

    async def add(self, request: Request) -> Response:
        """Answer addEvidence."""
        dispute = find_dispute(self._book, self._guard, request)
        body = _read(await request.body(), {"evidenceType", "files", "lineItems"})
        kind, lines, files = self._read_evidence(dispute, body)
        _need_open(dispute)
        asked = [held for held in dispute.evidence if held.awaited and held.kind == kind]
        answered = next((held for held in asked if sorted(held.lines) == sorted(lines)), None)
        if asked and answered is None:
            raise dispute_error(33009)
        self._check_files(dispute, answered, files)
        return json_response({"evidenceId": self._book.provide(dispute, answered, kind, lines, files)})

    async def update(self, request: Request) -> Response:
        """Answer updateEvidence."""
        dispute = find_dispute(self._book, self._guard, request)
        body = _read(await request.body(), {"evidenceId", "evidenceType", "files", "lineItems"})
        evidence_id = body.get("evidenceId")
        held = dispute.set_of(evidence_id) if isinstance(evidence_id, str) else None
        if held is None or held.overdue:
            raise dispute_error(33010, evidenceId=str(evidence_id))
        kind, lines, files = self._read_evidence(dispute, body)
        if kind != held.kind or sorted(lines) != sorted(held.lines):
            raise dispute_error(33009)
        _need_open(dispute)
        self._check_files(dispute, held, files)
        self._book.provide(dispute, held, kind, lines, files)
        return Response(status_code=204)

    async def contest(self, request: Request) -> Response:
        """Answer contestPaymentDispute."""
        dispute = find_dispute(self._book, self._guard, request)
        body = _read(await request.body(), {"revision", "note", "returnAddress"})
        note = body.get("note")
        if note is not None and (not isinstance(note, str) or len(note) > _NOTE_LENGTH):
            raise dispute_error(33100, field="note")
        address = _read_address(body.get("returnAddress"))
        if address is None and dispute.reason == NOT_AS_DESCRIBED:
            raise dispute_error(33100, field="returnAddress")
        _check_revision(dispute, body)
        if dispute.state != ACTION_NEEDED:
            raise dispute_error(33101)
        if not dispute.proofs:
            raise dispute_error(33102)
        self._book.contest(dispute, note, address)
        return Response(status_code=204)

    async def accept(self, request: Request) -> Response:
        """Answer acceptPaymentDispute."""
        dispute = find_dispute(self._book, self._guard, request)
        body = _read(await request.body(), {"revision", "returnAddress"})
        address = _read_address(body.get("returnAddress"))
        _check_revision(dispute, body)
        if dispute.state != ACTION_NEEDED:
            # The only conflict the document lists for this call.
            raise dispute_error(33011)
        if address is not None and "SELLER_ACCEPT_WITH_RETURN" not in dispute.choices:
            raise dispute_error(33100, field="returnAddress")
        self._book.accept(dispute, address)
        return Response(status_code=204)

    def _read_evidence(self, dispute: Dispute, body: dict[str, Json]) -> tuple[str, list[Line], list[str]]:
        kind = body.get("evidenceType")
        if not isinstance(kind, str) or kind not in EVIDENCE_TYPES:
            raise dispute_error(33008, evidenceType=str(kind))
        files = body.get("files")
        if not isinstance(files, list) or not files:
            raise dispute_error(33100, field="files")
        ids = [str(file.get("fileId")) if isinstance(file, dict) else "" for file in files]
        unknown = [file_id for file_id in ids if file_id not in dispute.files]
        if unknown or len(set(ids)) < len(ids):
            raise dispute_error(33003, fileId=",".join(unknown or ids))
        return kind, _read_lines(dispute, body.get("lineItems")), ids

    def _check_files(self, dispute: Dispute, held: Evidence | None, ids: list[str]) -> None:
        settings = self._book.store.settings
        used = {file.file_id for other in dispute.evidence for file in other.files}
        if used & set(ids):
            raise dispute_error(33003, fileId=",".join(sorted(used & set(ids))))
        files = [*(held.files if held is not None else ()), *(dispute.files[file_id] for file_id in ids)]
        if len(files) > settings.evidence_files_per_set:
            raise dispute_error(33103)
        if sum(len(file.content) for file in files) > settings.evidence_bytes:
            raise dispute_error(33104)


def _sniff(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "PNG" if content.startswith(b"\x89PNG\r\n\x1a\n") else None


def _need_open(dispute: Dispute) -> None:
    if dispute.state != ACTION_NEEDED:
        raise dispute_error(33004)


def _check_revision(dispute: Dispute, body: dict[str, Json]) -> None:
    revision = body.get("revision")
    if isinstance(revision, bool) or not isinstance(revision, int):
        raise dispute_error(33100, field="revision")
    if revision != dispute.revision:
        raise dispute_error(33011)


def _read(raw: bytes, known: set[str]) -> dict[str, Json]:
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise dispute_error(33100) from error
    if not isinstance(body, dict) or not body.keys() <= known:
        raise dispute_error(33100)
    return body


def _read_lines(dispute: Dispute, given: Json) -> list[Line]:
    if not isinstance(given, list) or not given:
        raise dispute_error(33007)
    lines: list[Line] = []
    for entry in given:
        if not isinstance(entry, dict):
            raise dispute_error(33007)
        line = (str(entry.get("itemId")), str(entry.get("lineItemId")))
        if line not in dispute.lines or line in lines:
            raise dispute_error(33007, itemId=line[0], lineItemId=line[1])
        lines.append(line)
    return lines


def _read_address(given: Json) -> Document | None:
    """Read a returnAddress: if there is one, it has to be whole (ContestPaymentDisputeRequest)."""
    if given is None:
        return None
    if not isinstance(given, dict) or not given.keys() <= {*_ADDRESS, "primaryPhone"}:
        raise dispute_error(33100, field="returnAddress")
    for name, needed in _ADDRESS.items():
        value = given.get(name)
        if (needed and not value) or (value is not None and not isinstance(value, str)):
            raise dispute_error(33100, field=f"returnAddress.{name}")
    if not _COUNTRY.fullmatch(str(given["country"])):
        raise dispute_error(33100, field="returnAddress.country")
    phone = given.get("primaryPhone")
    if not isinstance(phone, dict) or not phone.keys() <= {"countryCode", "number"}:
        raise dispute_error(33100, field="returnAddress.primaryPhone")
    number, country = phone.get("number"), phone.get("countryCode")
    if not isinstance(number, str) or not (number.isascii() and number.isdigit()):
        raise dispute_error(33100, field="returnAddress.primaryPhone.number")
    if country is not None and not (isinstance(country, str) and _COUNTRY.fullmatch(country)):
        raise dispute_error(33100, field="returnAddress.primaryPhone.countryCode")
    return given
