"""Contests and accepts disputes: what will be sent is written down first, checked whole, and then sent once.

Evidence goes before the contest and gives the dispute a new revision, so the revision the decision was made on cannot
be the one that is sent. What holds instead: the dispute is read again before the first file and after the last, and
unless it asks the same question as when the decision was made, nothing more is sent. Between the last reading and the
contest the platform's own check of the revision holds.

Every step can be repeated: files that are there are not sent again, and an answer that was given is read from the
ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import Field

from xborder_sdk.client import Client
from xborder_sdk.disputes.limits import evidence_limits
from xborder_sdk.disputes.pack import EvidencePack
from xborder_sdk.errors import AlreadyDone, Conflict, InvalidRequest, OutcomeUnknown, TooLate
from xborder_sdk.hookspecs import (
    AcceptDispute,
    AddEvidence,
    ContestDispute,
    DisputeChannel,
    GetDispute,
    OnceRequest,
    ShipmentProof,
)
from xborder_sdk.ledger.port import EffectRecord, EffectState
from xborder_sdk.models import (
    Address,
    Dispute,
    DisputeAnswer,
    DisputeParty,
    EvidenceFile,
    EvidenceKind,
    Model,
)
from xborder_sdk.models.base import MaybePersonal

T = TypeVar("T", AcceptDispute, ContestDispute)

_DOUBTED = frozenset({EffectState.UNKNOWN, EffectState.UNREAD})
_UNFINISHED = frozenset({EffectState.SENT, EffectState.ANSWERED})
_TOUCHED = _DOUBTED | _UNFINISHED | {EffectState.SETTLED}


class EvidenceToAdd(Model):
    """Files that go to the platform together.

    Attributes:
        kind: What they are given as.
        files: The files.
        request_id: The platform's request they answer, where it has several of this kind.
    """

    kind: EvidenceKind
    files: tuple[EvidenceFile, ...] = Field(min_length=1)
    request_id: str | None = None


class ContestPlan(Model):
    """Everything a contest will send, and the dispute as it was when that was decided.

    Attributes:
        decided_on: The dispute, complete.
        evidence: Files, in the order in which they are added.
        note: Words for the decider.
        return_address: Where goods go back to.
        shipment: That the goods are on their way.
    """

    decided_on: Dispute
    evidence: tuple[EvidenceToAdd, ...] = ()
    note: MaybePersonal = None
    return_address: Address | None = None
    shipment: ShipmentProof | None = None

    @property
    def bytes_of_files(self) -> int:
        """How many bytes of files are sent."""
        return sum(len(file.content) for group in self.evidence for file in group.files)


def plan_contest(
    client: Client,
    dispute: Dispute,
    pack: EvidencePack | None = None,
    *,
    note: str | None = None,
    return_address: Address | None = None,
    shipment: ShipmentProof | None = None,
) -> ContestPlan:
    """Writes down what a contest will send, and holds every file against the platform's limits. Nothing is sent.

    Args:
        client: Reads the dispute, if it is not complete.
        dispute: What is contested.
        pack: Its evidence; in a kind of dispute that takes no files, none of it is sent.
        note: Words for the decider.
        return_address: Where goods go back to, where the platform asks.
        shipment: That the goods are on their way, where that is the answer.

    Raises:
        InvalidRequest: The pack is of another dispute, or holds a file the platform would refuse.
        Conflict: The dispute cannot be contested now.
    """
    if not dispute.complete:
        dispute = _read(client, dispute)
    possible = dispute.is_open and (not dispute.choices or "contest_dispute" in dispute.choices)
    if not possible and dispute.answer is None and not _begun(client, dispute):
        state = dispute.vendor_status or dispute.status.value
        possible_now = ", ".join(sorted(dispute.choices)) if dispute.is_open else ""
        hint = f"possible now: {possible_now}" if possible_now else None
        raise Conflict(f"it cannot be contested now: its state is {state}", hint=hint)
    if pack is not None and (pack.account, pack.dispute_id, pack.dispute_kind) != (
        dispute.account,
        dispute.dispute_id,
        dispute.kind,
    ):
        raise InvalidRequest("the evidence was put together for another dispute", field="pack")
    limits = evidence_limits(client, dispute.account, dispute.kind)
    evidence = []
    if pack is not None and limits is not None:
        for kind, files in pack.by_kind().items():
            limits.check(kind, files)
            evidence.append(EvidenceToAdd(kind=kind, files=files, request_id=_one_of_several(dispute, kind)))
        size = sum(len(file.content) for group in evidence for file in group.files)
        if size > limits.max_total_bytes:
            raise InvalidRequest(
                f"the files have {size} bytes together, more than the {limits.max_total_bytes} it takes",
                field="pack",
                hint="build the pack anew, with fewer attachments",
            )
    return ContestPlan(
        decided_on=dispute,
        evidence=tuple(evidence),
        note=note,
        return_address=return_address,
        shipment=shipment,
    )


def contest(client: Client, plan: ContestPlan) -> DisputeAnswer:
    """Adds the evidence of a plan and contests. Cannot be undone; safe to call again with the same plan.

    Args:
        client: Sends.
        plan: What to send.

    Raises:
        Conflict: The dispute has changed since the decision, or cannot be contested now; read it and decide again.
        TooLate: A deadline has passed, perhaps while files were uploaded.
        InvalidRequest: Something the platform asks for is missing.
        EffectInProgress: Somebody else is answering it now.
        AlreadyDone: It has been answered in another way, or with other words.
        OutcomeUnknown: Nobody knows whether it arrived, the platform neither.
    """
    try:
        return _contest(client, plan)
    except TooLate:
        raise
    except Conflict as conflict:
        # A platform whose time ran out in the middle says only that the state is another.
        raise _overdue(client, plan.decided_on, conflict) or conflict from None


def _contest(client: Client, plan: ContestPlan) -> DisputeAnswer:
    decided_on = plan.decided_on
    dispute = _read(client, decided_on)
    if dispute.answer is None and not _begun(client, dispute):
        # What has been answered takes no evidence, and the ledger or the platform knows what was said.
        _require_same_question(decided_on, dispute)
        for group in plan.evidence:
            _add(client, dispute, group)
        if plan.evidence:
            dispute = _read(client, decided_on)
            _require_same_question(decided_on, dispute)
    request = ContestDispute(
        dispute_id=dispute.dispute_id,
        kind=dispute.kind,
        revision=dispute.revision,
        note=plan.note,
        return_address=plan.return_address,
        shipment=plan.shipment,
    )
    return _answer(client, dispute.account, "contest_dispute", request, client.contest_dispute)


def accept(
    client: Client,
    dispute: Dispute,
    *,
    proposal_id: str | None = None,
    return_address: Address | None = None,
    note: str | None = None,
) -> DisputeAnswer:
    """Gives in: the buyer gets what is asked. Cannot be undone; safe to call again.

    Args:
        client: Sends.
        dispute: As it was when that was decided; its revision is what the platform checks.
        proposal_id: Which proposal on the table is agreed to, where the platform has several.
        return_address: Where goods go back to, where the seller wants them back and the platform asks.
        note: Words for the other side, where the platform takes any.

    Raises:
        Conflict: The dispute has changed since, or cannot be accepted now.
        TooLate: Its deadline has passed; nothing was sent.
        EffectInProgress: Somebody else is answering it now.
        AlreadyDone: It has been answered in another way.
        OutcomeUnknown: Nobody knows whether it arrived, the platform neither.
    """
    if not dispute.complete:
        dispute = _read(client, dispute)
    request = AcceptDispute(
        dispute_id=dispute.dispute_id,
        kind=dispute.kind,
        revision=dispute.revision,
        proposal_id=proposal_id,
        return_address=return_address,
        note=note,
    )
    return _answer(client, dispute.account, "accept_dispute", request, client.accept_dispute)


def _read(client: Client, dispute: Dispute) -> Dispute:
    return client.get_dispute(dispute.account, GetDispute(dispute_id=dispute.dispute_id, kind=dispute.kind))


def _one_of_several(dispute: Dispute, kind: EvidenceKind) -> str | None:
    """The most urgent of several requests of a kind; None lets the connector take the only one."""
    asked = [wish for wish in dispute.requests if wish.kind is kind]
    if len(asked) < 2:
        return None
    return min(asked, key=lambda wish: (wish.respond_by is None, wish.respond_by or wish.request_id)).request_id


def _require_same_question(before: Dispute, after: Dispute) -> None:
    """Stops where anybody but the seller has done something since the decision."""
    asked_before = {wish.request_id for wish in before.requests}
    differs = [
        name
        for name, seen_before, seen_after in (
            ("the reason", (before.reason, before.vendor_reason), (after.reason, after.vendor_reason)),
            ("the amount", before.amount, after.amount),
            ("the order lines", Counter(before.lines), Counter(after.lines)),
            ("the buyer's words", before.buyer_note, after.buyer_note),
            ("the deadline", before.respond_by, after.respond_by),
            ("what others did", _of_others(before), _of_others(after)),
        )
        if seen_before != seen_after
    ]
    if {wish.request_id for wish in after.requests} - asked_before:
        differs.append("the evidence asked for")
    if not after.is_open:
        differs.append("its state")
    if differs:
        raise Conflict(
            f"the dispute has changed since it was decided on: {', '.join(differs)}",
            hint="read it again, and decide again; evidence that was added stays, and is not added twice",
        ).locate(after.account, None, "contest_dispute")


def _overdue(client: Client, before: Dispute, conflict: Conflict) -> TooLate | None:
    """The conflict as what it is, if the dispute was closed unanswered at its deadline or later."""
    after = _read(client, before)
    deadline = before.due_by
    if deadline is None or after.is_open or after.answer is not None:
        return None
    if after.closed_at is not None and after.closed_at < deadline:
        return None
    late = TooLate("the deadline has passed; nothing was answered", status=conflict.status, code=conflict.code)
    late.deadline = deadline.isoformat()
    late.locate(conflict.account, conflict.connector, conflict.operation)
    return late


def _of_others(dispute: Dispute) -> list[tuple[str, object]]:
    return [(done.what, done.at) for done in dispute.history if done.party is not DisputeParty.SELLER]


def _add(client: Client, dispute: Dispute, group: EvidenceToAdd) -> None:
    request = AddEvidence(
        dispute_id=dispute.dispute_id,
        kind=dispute.kind,
        evidence=group.kind,
        files=group.files,
        request_id=group.request_id,
    )
    try:
        client.add_evidence(dispute.account, request)
    except AlreadyDone:
        return  # the intent is made of the bytes: these very files are there, perhaps under other names
    except OutcomeUnknown:
        # Asked again, the connector looks at what the platform holds first; only if it is not there the doubt stays.
        client.add_evidence(dispute.account, request)
    _end_doubt(client, dispute.account, request)


def _end_doubt(client: Client, account: str, request: OnceRequest) -> None:
    """Writes down that files are there which an earlier try left in doubt, so that nobody has to decide it."""
    record = _record(client, account, request)
    if record is None or not _in_doubt(client, record):
        return
    client.store.resolve(
        record.intent,
        record.attempt,
        happened=True,
        outcome_id=record.outcome_id,
        resolved_by="lookup",
        reason="the platform holds the files",
    )


def _record(client: Client, account: str, request: OnceRequest) -> EffectRecord | None:
    return client.store.get(f"{account}/{request.intent()}", request.attempt)


def _begun(client: Client, dispute: Dispute) -> bool:
    """Whether an answer to this dispute may have left already."""
    record = _record(client, dispute.account, ContestDispute(dispute_id=dispute.dispute_id, kind=dispute.kind))
    return record is not None and record.state in _TOUCHED


def _in_doubt(client: Client, record: EffectRecord) -> bool:
    return record.state in _DOUBTED or (record.state in _UNFINISHED and record.lease_until <= client.clock.now())


def _answer(
    client: Client, account: str, operation: str, request: T, send: Callable[[str, T], DisputeAnswer]
) -> DisputeAnswer:
    hookspec: Any = getattr(DisputeChannel, operation)
    record = _record(client, account, request)
    if record is not None and record.fingerprint == request.fingerprint() and record.state in _TOUCHED:
        # An earlier try got this far. The platform may no longer offer what it has been told, so it is asked first.
        record = client.settle(account, hookspec, request)
        if record is not None and _in_doubt(client, record):
            raise OutcomeUnknown(
                "an earlier try may have arrived, and the platform does not tell",
                intent=record.intent,
                attempt=record.attempt,
                reference=record.reference,
            ).locate(account, None, operation)
    if record is None or record.state is not EffectState.SETTLED or record.fingerprint != request.fingerprint():
        try:
            return send(account, request)
        except OutcomeUnknown:
            record = client.settle(account, hookspec, request)
            if record is None or record.state not in {EffectState.SETTLED, EffectState.RELEASED}:
                raise
    found = client.get_dispute(account, GetDispute(dispute_id=request.dispute_id, kind=request.kind))
    if record.state is EffectState.RELEASED:
        raise Conflict(
            "the answer did not arrive, and the dispute has changed since",
            hint="read it again, and decide again",
        ).locate(account, None, operation)
    return DisputeAnswer(
        dispute_id=found.dispute_id,
        kind=found.kind,
        status=found.status,
        vendor_status=found.vendor_status,
        revision=found.revision,
    )
