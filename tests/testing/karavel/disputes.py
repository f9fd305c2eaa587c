"""Disputes of Karavel: each is read before it is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from tests.testing.karavel import wire

from xborder_sdk.errors import InvalidRequest, TooLate
from xborder_sdk.hookspecs import (
    AcceptDispute,
    AddEvidence,
    DisputeChannel,
    GetDispute,
    HandOverParcels,
    LogisticsProvider,
    ProposeSolution,
)
from xborder_sdk.models import (
    Dispute,
    DisputeAnswer,
    DisputeKind,
    DisputeStatus,
    EvidenceKind,
    EvidenceLimits,
    HandOver,
    Money,
    SolutionKind,
)
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Effect, Flow, Send

ZONE = ZoneInfo("Europe/Lisbon")
TURNS = {
    "SELLER": DisputeStatus.SELLER_MUST_ACT,
    "BUYER": DisputeStatus.BUYER_MUST_ACT,
    "LOST": DisputeStatus.LOST,
}
SHOWN = {EvidenceKind.INVOICE: "BILL"}
_CURRENCY = re.compile(r"[A-Z]{3}")
_KIND = DisputeKind.NOT_AS_DESCRIBED
_LIMITS = EvidenceLimits(
    media_types=frozenset({"application/pdf"}),
    max_bytes=10_000,
    max_total_bytes=20_000,
    max_name=40,
    max_files=2,
    kinds=frozenset(SHOWN),
)


def asking(effect: Effect, method: str, **arguments: wire.Value) -> Flow[JsonObject]:
    """One call."""
    body = wire.call(method, arguments)
    response = yield Send(effect, "POST", "/rpc", content=body, content_type="text/xml", accept="text/xml")
    return wire.answer(response.content)


class KaravelDisputes(DisputeChannel):
    """Disputes about goods that are not as described."""

    evidence_limits: ClassVar[Mapping[DisputeKind, EvidenceLimits]] = {_KIND: _LIMITS}

    def get_dispute(self, request: GetDispute) -> Flow[Dispute]:
        self._check_kind(request.kind)
        return self._dispute((yield from asking(Effect.READ, "quarrel.get", id=request.dispute_id)))

    def accept_dispute(self, request: AcceptDispute) -> Flow[DisputeAnswer]:
        yield from self._open(request)
        return self._answer(request, (yield from asking(Effect.ONCE, "quarrel.yield", id=request.dispute_id)))

    def propose_solution(self, request: ProposeSolution) -> Flow[DisputeAnswer]:
        dispute = yield from self._open(request)
        self._check_amount(request.amount, dispute.amount_max)
        found = yield from asking(
            Effect.ONCE,
            "quarrel.offer",
            id=request.dispute_id,
            what="PAY" if request.solution is SolutionKind.REFUND else "SWAP",
            amount=str(request.amount.amount),
            currency=request.amount.currency,
            words=request.note,
        )
        return self._answer(request, found)

    def add_evidence(self, request: AddEvidence) -> Flow[DisputeAnswer]:
        self._check_files(request)
        yield from self._open(request)
        files: wire.Value = [{"name": file.name, "bytes": file.content} for file in request.files]
        shown = SHOWN[request.evidence]
        found = yield from asking(Effect.ONCE, "quarrel.show", id=request.dispute_id, shows=shown, files=files)
        return self._answer(request, found)

    def _check_kind(self, kind: DisputeKind) -> None:
        if kind is not _KIND:
            raise InvalidRequest("Karavel has no such disputes", field="kind", hint=f"it has {_KIND.value}")

    def _check_files(self, request: AddEvidence) -> None:
        self._check_kind(request.kind)
        _LIMITS.check(request.evidence, request.files)

    def _check_amount(self, amount: Money, most: Money | None) -> None:
        if most is not None and (amount.currency != most.currency or amount.amount > most.amount):
            raise InvalidRequest(f"the offer is more than {most}", field="amount", hint="offer less")

    def _check_time(self, due: datetime | None) -> None:
        if due is not None and due < self.connector.now():
            raise TooLate("the deadline has passed")

    def _open(self, request: AcceptDispute | AddEvidence | ProposeSolution) -> Flow[Dispute]:
        self._check_kind(request.kind)
        dispute = self._dispute((yield from asking(Effect.READ, "quarrel.get", id=request.dispute_id)))
        self._check_time(dispute.respond_by)
        return dispute

    def _dispute(self, found: JsonObject) -> Dispute:
        turn = found.text_or_none("turn")
        status = self._status(turn)
        is_ours = status is DisputeStatus.SELLER_MUST_ACT
        return Dispute(
            account=self.account,
            dispute_id=found.text("id"),
            kind=_KIND,
            status=status,
            vendor_status=turn,
            amount_max=_money(found, "most"),
            respond_by=_moment(found.text_or_none("until")),
            choices=self._choices() if is_ours else frozenset(),
        )

    def _status(self, turn: str | None) -> DisputeStatus:
        return TURNS.get(turn or "", DisputeStatus.UNKNOWN)

    def _choices(self) -> frozenset[str]:
        return frozenset({"accept_dispute", "propose_solution", "add_evidence"})

    def _answer(self, request: AcceptDispute | AddEvidence | ProposeSolution, found: JsonObject) -> DisputeAnswer:
        turn = found.text_or_none("turn")
        status = self._status(turn)
        return DisputeAnswer(dispute_id=request.dispute_id, kind=_KIND, status=status, vendor_status=turn)


class KaravelParcels(LogisticsProvider):
    """Bags of parcels."""

    def hand_over(self, request: HandOverParcels) -> Flow[HandOver]:
        found = yield from asking(Effect.ONCE, "bag.close", parcels=list(request.waybills))
        left = tuple((one.text("parcel"), one.text_or_none("why") or "") for one in found.children("left"))
        return HandOver(
            account=self.account,
            confirmation=found.text("bag"),
            waybills=tuple(one for one in request.waybills if one not in dict(left)),
            not_taken=left,
        )


def _money(found: JsonObject, key: str) -> Money | None:
    amount, currency = found.number_or_none(key), found.text_or_none("currency")
    if amount is None or currency is None or not _CURRENCY.fullmatch(currency):
        return None
    return Money(amount=amount, currency=currency)


def _moment(text: str | None) -> datetime | None:
    """`20260310T10:00:00`, the time of Lisbon; in the second of two equal hours with a `b` behind it."""
    try:
        found = datetime.fromisoformat((text or "").removesuffix("b"))
    except ValueError:
        return None
    return found.replace(tzinfo=ZONE, fold=int((text or "").endswith("b")))
