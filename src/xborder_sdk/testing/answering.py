"""Answers to disputes: what the platform would refuse is refused here, before what cannot be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from xborder_sdk.errors import InvalidRequest, TooLate, UsageError
from xborder_sdk.hookspecs import AddEvidence, DisputeChannel, GetDispute, ProposeSolution
from xborder_sdk.models import Dispute, DisputeKind, EvidenceFile, EvidenceLimits, Money
from xborder_sdk.testing.exchange import Answer, Exchange
from xborder_sdk.testing.kit import Case, Kit, answers_of, firsts, over
from xborder_sdk.testing.stage import Played

_ANSWERS = ("accept_dispute", "contest_dispute", "propose_solution", "add_evidence")
_LARGEST_TRIED = 64 * 1024 * 1024


def _answers(*names: str) -> Any:
    def make(cls: type[Kit]) -> Iterator[Case]:
        for one in firsts(cls, effects=True):
            if one.operation in names:
                yield Case(one.operation, one, operation=one.operation)

    return make


class AnsweringTests(Kit):
    """What cannot be undone is held against what the platform allows."""

    @over(_answers("add_evidence"))
    def test_evidence_beyond_the_limits_is_refused(self, case: Case) -> None:
        """A file too large, a text, too many files, or a file where none is taken: nothing goes out."""
        exchange = case.given
        limits = self._limits()
        with self.stage(exchange) as stage:
            for what, request in _beyond(self.request(exchange), limits):
                played = stage.play(exchange.operation, request, answers_of(exchange))
                if played.acts_sent or not isinstance(played.error, UsageError):
                    self.fail(
                        f"{exchange.name}: {what} is not refused: {_told(played)}",
                        played=played,
                        hint="self.evidence_limits[kind].check(evidence, files) before anything is sent",
                    )

    @over(_answers(*_ANSWERS))
    def test_nothing_is_answered_after_the_deadline(self, case: Case) -> None:
        """Where the dispute is read before, its deadline is looked at: `TooLate`, and no effect goes out."""
        exchange = case.given
        dispute = self._dispute(exchange)
        if dispute is None or dispute.respond_by is None or dispute.respond_by_estimated:
            return
        late = dispute.respond_by + timedelta(days=1)
        with self.stage(exchange, now=late) as stage:
            replies = [_dated(turn.answer, late) for turn in exchange.turns]
            played = stage.play(exchange.operation, self.request(exchange), replies)
        if played.acts_sent or not isinstance(played.error, TooLate):
            self.fail(
                f"{exchange.name}: a day after its deadline the dispute is answered: {_told(played)}",
                played=played,
                hint="compare respond_by with self.connector.now(), or with the answer's own Date, and raise TooLate",
            )

    @over(_answers("propose_solution"))
    def test_an_offer_beyond_what_is_allowed_is_refused(self, case: Case) -> None:
        """Where the dispute is read before: more than `amount_max`, or another currency, is `InvalidRequest`."""
        exchange = case.given
        dispute = self._dispute(exchange)
        most = None if dispute is None else dispute.amount_max
        request = self.request(exchange)
        if most is None or not isinstance(request, ProposeSolution):
            return
        offers = {
            "more than amount_max": most.replace(amount=most.amount + 1),
            "an offer in another currency": Money(amount=request.amount.amount, currency="XTS"),
        }
        for what, offer in offers.items():
            with self.stage(exchange) as stage:
                played = stage.play(exchange.operation, request.replace(amount=offer), answers_of(exchange))
            if played.acts_sent or not isinstance(played.error, InvalidRequest):
                self.fail(
                    f"{exchange.name}: {what} is not refused: {_told(played)}",
                    played=played,
                    hint="hold the amount against the dispute that was read, and raise InvalidRequest",
                )

    def _dispute(self, exchange: Exchange) -> Dispute | None:
        """The dispute as the answer that precedes the effect tells it; None where none does."""
        place = exchange.effects.index("once")
        request = self.request(exchange)
        if place == 0 or "get_dispute" not in self.operations():
            return None
        with self.stage(exchange) as stage:
            asked = GetDispute(dispute_id=request.dispute_id, kind=request.kind)
            played = stage.play("get_dispute", asked, answers_of(exchange)[:place])
        return played.result if isinstance(played.result, Dispute) and played.overrun is None else None

    def _limits(self) -> dict[DisputeKind, EvidenceLimits]:
        found: dict[DisputeKind, EvidenceLimits] = {}
        for kind in self.connector.kinds:
            if issubclass(kind, DisputeChannel):
                found.update(kind.evidence_limits)
        return found


def _beyond(request: AddEvidence, limits: dict[DisputeKind, EvidenceLimits]) -> Iterator[tuple[str, AddEvidence]]:
    for kind in DisputeKind:
        if kind not in limits:
            yield f"a file in a {kind.value}, which takes none", request.replace(kind=kind)
            break
    own = limits.get(request.kind)
    if own is None:
        return
    first = request.files[0]
    yield "a text", request.replace(files=(EvidenceFile(name="words.txt", content=b"An invented text."),))
    if own.max_bytes < _LARGEST_TRIED:
        large = first.replace(content=first.content + bytes(own.max_bytes))
        yield "a file larger than max_bytes", request.replace(files=(large,))
    if own.max_files is not None:
        many = tuple(
            first.replace(name=f"{n}-{first.name}", content=first.content + b"%d" % n) for n in range(own.max_files + 1)
        )
        yield "one file more than max_files", request.replace(files=many)


def _dated(answer: Answer, moment: datetime) -> Answer:
    """The answer as it is given at another moment."""
    date = format_datetime(moment.astimezone(UTC), usegmt=True)
    return replace(answer, headers=tuple((k, date if k.lower() == "date" else v) for k, v in answer.headers))


def _told(played: Played) -> str:
    return "it goes out" if played.error is None or played.acts_sent else type(played.error).__name__
