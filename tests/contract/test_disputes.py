"""Disputes as a model: the earliest deadline, what is due, intents, and limits on evidence."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from xborder_sdk.errors import Conflict, InvalidRequest, TooLate
from xborder_sdk.hookspecs import AcceptDispute, AddEvidence, ContestDispute, ListDisputes, ShipmentProof
from xborder_sdk.models import (
    Address,
    Dispute,
    DisputeKind,
    DisputeStatus,
    EvidenceFile,
    EvidenceKind,
    EvidenceLimits,
    EvidencePiece,
    EvidenceRequest,
    HeldFile,
    by_deadline,
    sniffed_type,
)

T0 = datetime(2026, 3, 1, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n"
JPG = b"\xff\xd8\xff\xe0"


def dispute(dispute_id: str = "1", **fields: Any) -> Dispute:
    return Dispute(
        account="shop",
        dispute_id=dispute_id,
        kind=DisputeKind.CLAIM,
        **{"status": DisputeStatus.SELLER_MUST_ACT, **fields},
    )


def wish(request_id: str, days: int | None) -> EvidenceRequest:
    respond_by = None if days is None else T0 + timedelta(days=days)
    return EvidenceRequest(request_id=request_id, kind=EvidenceKind.INVOICE, respond_by=respond_by)


def piece(evidence_id: str, *files: str) -> EvidencePiece:
    return EvidencePiece(
        evidence_id=evidence_id, kind=EvidenceKind.INVOICE, files=tuple(HeldFile(file_id=file) for file in files)
    )


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({}, None),
        ({"respond_by": T0}, 0),
        ({"respond_by": T0, "requests": (wish("a", 2),)}, 0),
        ({"respond_by": T0 + timedelta(days=3), "requests": (wish("a", 2), wish("b", 1))}, 1),
        ({"requests": (wish("a", None), wish("b", 5))}, 5),
        # What was asked for and given is not due any more; an empty set is not given.
        ({"requests": (wish("a", 1), wish("b", 2)), "evidence": (piece("a", "f"),)}, 2),
        ({"requests": (wish("a", 1),), "evidence": (piece("a"),)}, 1),
        ({"respond_by": T0, "status": DisputeStatus.CLOSED}, None),
        ({"respond_by": T0, "status": DisputeStatus.WON}, None),
        ({"respond_by": T0, "status": DisputeStatus.UNKNOWN}, 0),
    ],
)
def test_the_earliest_deadline_that_runs(fields: dict[str, Any], days: int | None) -> None:
    assert dispute(**fields).due_by == (None if days is None else T0 + timedelta(days=days))


def test_what_is_due_at_an_unknown_time_is_due() -> None:
    assert dispute().is_due(T0)
    assert not dispute(status=DisputeStatus.WAITING).is_due(T0)
    assert dispute(respond_by=T0).is_due(T0)
    assert not dispute(respond_by=T0 + timedelta(seconds=1)).is_due(T0)
    assert not dispute(respond_by=T0, status=DisputeStatus.LOST).is_due(T0)


def test_the_most_urgent_come_first() -> None:
    idle = dispute("idle", status=DisputeStatus.WAITING)
    late = dispute("late", respond_by=T0 + timedelta(days=9))
    soon = dispute("soon", requests=(wish("a", 1),))
    unknown = dispute("unknown")
    closed = dispute("closed", status=DisputeStatus.CLOSED, respond_by=T0)
    found = by_deadline([idle, closed, late, soon, unknown])
    assert [one.dispute_id for one in found] == ["unknown", "soon", "late", "idle", "closed"]


def test_a_dispute_survives_a_store() -> None:
    found = dispute(respond_by=T0, requests=(wish("a", 1),), evidence=(piece("a", "f"),), choices={"add_evidence"})
    assert Dispute.model_validate_json(found.model_dump_json()) == found


# --- intents


def contest(**fields: Any) -> ContestDispute:
    return ContestDispute(**{"dispute_id": "1", "kind": DisputeKind.PAYMENT_DISPUTE, **fields})


def test_contest_and_acceptance_are_one_intent_of_one_dispute() -> None:
    accept = AcceptDispute(dispute_id="1", kind=DisputeKind.PAYMENT_DISPUTE)
    assert accept.intent() == contest(note="x").intent() == "answer-dispute/payment_dispute/1"
    assert contest(kind=DisputeKind.RETURN).intent() != contest().intent()


def test_a_revision_may_differ_and_words_may_not() -> None:
    assert contest(revision="1").fingerprint() == contest(revision="2").fingerprint()
    assert contest(note="a").fingerprint() != contest(note="b").fingerprint()
    shipment = ShipmentProof(tracking_number="1")
    assert contest(shipment=shipment).fingerprint() != contest().fingerprint()


def evidence(*contents: bytes, **fields: Any) -> AddEvidence:
    files = tuple(EvidenceFile(name=f"{index}.png", content=one) for index, one in enumerate(contents))
    given = {"dispute_id": "1", "kind": DisputeKind.PAYMENT_DISPUTE, "evidence": EvidenceKind.INVOICE, "files": files}
    return AddEvidence(**{**given, **fields})


def test_the_same_files_are_the_same_intent_in_any_order() -> None:
    assert evidence(b"a", b"b").intent() == evidence(b"b", b"a").intent()
    others = [evidence(b"a"), evidence(b"ab"), evidence(b"a", b"b", evidence=EvidenceKind.OTHER),
              evidence(b"a", b"b", dispute_id="2"), evidence(b"a", b"b", kind=DisputeKind.CLAIM)]  # fmt: skip
    assert evidence(b"a", b"b").intent() not in {other.intent() for other in others}


def test_what_a_connector_may_not_ignore_is_an_option() -> None:
    address = Address(name="Li Testperson", lines=("1 Beispiel Road",), city="Shenzhen", country="CN")
    full = contest(note="x", return_address=address, shipment=ShipmentProof(tracking_number="1"))
    assert full.set_options() == {"note", "return_address", "shipment"}
    assert contest(revision="1").set_options() == frozenset()
    assert evidence(b"a", request_id="7").set_options() == {"request_id"}


def test_a_window_runs_forward() -> None:
    with pytest.raises(ValidationError):
        ListDisputes(opened_from=T0, opened_to=T0 - timedelta(seconds=1))
    assert ListDisputes(opened_from=T0, opened_to=T0).opened_to == T0


def test_too_late_is_a_conflict() -> None:
    error = TooLate("over")
    error.deadline = T0.isoformat()
    assert isinstance(error, Conflict)
    assert error.facts()["deadline"] == "2026-03-01T00:00:00+00:00"


# --- limits

LIMITS = EvidenceLimits(
    media_types=frozenset({"image/png", "image/jpeg"}),
    max_bytes=20,
    max_total_bytes=30,
    max_name=10,
    max_files=2,
    kinds=frozenset({EvidenceKind.INVOICE}),
)


def file(content: bytes = PNG, name: str = "a.png", media_type: str | None = None) -> EvidenceFile:
    return EvidenceFile(name=name, content=content, media_type=media_type)


@pytest.mark.parametrize(
    "files",
    [
        [file()],
        [file(PNG + b"x" * 12)],
        [file(PNG + b"x" * 7), file(JPG + b"x" * 11)],
        [file(JPG, "x" * 10, "image/jpg")],
        [file(media_type="IMAGE/PNG; charset=binary")],
    ],
)
def test_files_within_the_limits(files: list[EvidenceFile]) -> None:
    LIMITS.check(EvidenceKind.INVOICE, files)


@pytest.mark.parametrize(
    ("files", "field"),
    [
        ([file(PNG + b"x" * 13)], "files.0.content"),
        ([file(PNG + b"x" * 8), file(JPG + b"x" * 11)], "files"),
        ([file(), file(JPG), file(PNG + b"x")], "files"),
        ([file(), file(name="b.png")], "files.1"),
        ([file(b"%PDF-1.7")], "files.0.content"),
        ([file(b"")], "files.0.content"),
        ([file(b"plain text")], "files.0.content"),
        ([file(), file(b"GIF89a")], "files.1.content"),
        ([file(media_type="image/jpeg")], "files.0.media_type"),
        ([file(name="")], "files.0.name"),
        ([file(name=" ")], "files.0.name"),
        ([file(name="x" * 11)], "files.0.name"),
        ([file(name="a/b.png")], "files.0.name"),
        ([file(name="a\\b.png")], "files.0.name"),
        ([file(name="a\r\nb.png")], "files.0.name"),
    ],
)
def test_files_beyond_the_limits(files: list[EvidenceFile], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        LIMITS.check(EvidenceKind.INVOICE, files)
    assert caught.value.field == field


def test_what_no_file_shows() -> None:
    with pytest.raises(InvalidRequest) as caught:
        LIMITS.check(EvidenceKind.TRACKING, [file()])
    assert caught.value.field == "evidence"


def test_without_a_number_of_files_any_number_is_taken() -> None:
    many = [file(PNG[:8] + bytes([index])) for index in range(3)]
    LIMITS.replace(max_files=None).check(EvidenceKind.INVOICE, many)


@pytest.mark.parametrize(
    ("start", "media_type"),
    [
        (PNG, "image/png"),
        (JPG, "image/jpeg"),
        (b"%PDF-1.4", "application/pdf"),
        (b"GIF87a", "image/gif"),
        (b"II*\x00", "image/tiff"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_files_are_told_by_their_bytes(start: bytes, media_type: str | None) -> None:
    assert sniffed_type(start + b"rest") == (media_type if start else None)


@given(content=st.binary(max_size=40), name=st.text(max_size=12), media_type=st.none() | st.text(max_size=12))
def test_any_file_is_taken_or_refused(content: bytes, name: str, media_type: str | None) -> None:
    with contextlib.suppress(InvalidRequest):
        LIMITS.check(EvidenceKind.INVOICE, [file(content, name, media_type)])
        assert sniffed_type(content) in LIMITS.media_types


# --- lists


@pytest.mark.parametrize(
    ("wish", "found", "taken"),
    [
        ({}, {"status": DisputeStatus.CLOSED, "opened_at": T0}, True),
        ({"open_only": True}, {"status": DisputeStatus.CLOSED, "opened_at": T0}, False),
        ({"open_only": True}, {"opened_at": T0}, True),
        ({"opened_from": T0, "opened_to": T0}, {"opened_at": T0}, True),
        ({"opened_from": T0 + timedelta(seconds=1)}, {"opened_at": T0}, False),
        ({"opened_to": T0 - timedelta(seconds=1)}, {"opened_at": T0}, False),
        ({"opened_from": T0, "opened_to": T0}, {"opened_at": None}, True),
        ({"open_only": True, "opened_from": T0}, {"status": DisputeStatus.LOST, "opened_at": None}, False),
    ],
)
def test_what_a_list_takes(wish: dict[str, Any], found: dict[str, Any], taken: bool) -> None:
    assert ListDisputes(**wish).takes(dispute(**found)) is taken
