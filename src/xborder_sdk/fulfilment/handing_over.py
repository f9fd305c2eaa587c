"""Handing parcels over: which go, telling the carrier once, its papers, and what it left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from xborder_sdk.client import Client
from xborder_sdk.errors import (
    AlreadyDone,
    OutcomeUnknown,
    UnsupportedOperation,
    UsageError,
    XborderError,
)
from xborder_sdk.fulfilment.config import FulfilmentConfig
from xborder_sdk.fulfilment.hand_over_book import FIELD, HandOverBook, HandOverRow, HandOverState, waybills_of
from xborder_sdk.fulfilment.owner import is_dead
from xborder_sdk.fulfilment.papers import format_of, keep
from xborder_sdk.fulfilment.progress import Progress, Step, WorkState
from xborder_sdk.fulfilment.work import DEFAULT_LEASE_S, Key, WorkRow, WorkStore
from xborder_sdk.hookspecs import GetDocuments, HandOverParcels, LogisticsProvider, PrintDocument
from xborder_sdk.ledger.port import EffectState
from xborder_sdk.models import Document, DocumentKind, HandOver, HandOverMethod, Hold, HoldReason, TrackingStatus

AT_ONCE = 1000
"""Most parcels of one hand-over: what `HandOverParcels` takes."""

_AT_HOME = frozenset({None, TrackingStatus.UNKNOWN, TrackingStatus.LABEL_CREATED})
_AT_WORK = timedelta(seconds=DEFAULT_LEASE_S)
_ELSEWHERE = "another worker is handing some of these parcels over now"
_PAPERS = (DocumentKind.MANIFEST, DocumentKind.BAG_LABEL)


@dataclass(frozen=True)
class Manner:
    """How parcels come to the carrier, where it asks.

    Attributes:
        method: None for what the account's settings say.
        domestic_carrier, domestic_number: The courier that takes them to the carrier's warehouse, and its number.
        note: Words for the carrier.
    """

    method: HandOverMethod | None = None
    domestic_carrier: str | None = None
    domestic_number: str | None = None
    note: str | None = None


def _bags(rows: Sequence[WorkRow]) -> Iterator[list[WorkRow]]:
    """What goes together: parcels of one service, since the service decides which warehouse sorts them."""
    by_service: dict[str | None, list[WorkRow]] = {}
    for row in rows:
        by_service.setdefault(row.service, []).append(row)
    for same in by_service.values():
        for first in range(0, len(same), AT_ONCE):
            yield same[first : first + AT_ONCE]


class HandingOver:
    """Hands the parcels of one carrier account over.

    Args:
        client: Tells the carrier.
        config: Sender, folder and printer.
        work: Where the orders stand.
        clock: The present, aware.
        account: The carrier account.

    Raises:
        UnsupportedOperation: The carrier hears of no hand-over.
    """

    def __init__(
        self, client: Client, config: FulfilmentConfig, work: WorkStore, clock: Callable[[], datetime], account: str
    ) -> None:
        support = client.supports(account, LogisticsProvider.hand_over)
        if not support and account not in config.carriers:
            hint = f"configured: {', '.join(config.carriers)}"
            raise UnsupportedOperation(f"{account} is not among fulfilment.carriers", hint=hint)
        if not support:
            reason = f": {support.reason}" if support.reason else ""
            raise UnsupportedOperation(f"{account} takes parcels without being told{reason}")
        self._client = client
        self._config = config
        self._work = work
        self._now = clock
        self._account = account
        self._book = HandOverBook(work)

    @property
    def states(self) -> tuple[WorkState, ...]:
        """States in which a parcel is ready to leave the house."""
        return (WorkState.LABELLED if self._config.printer is None else WorkState.PRINTED, WorkState.DECLARED)

    def candidates(self) -> tuple[WorkRow, ...]:
        """Parcels that are ready and not handed over yet, oldest order first."""
        under_way = waybills_of(row for row in self._book.rows(self._account) if not row.state.is_finished)
        return tuple(
            row
            for row in self._work.rows(self.states)
            if row.carrier == self._account
            and row.number is not None
            and row.waybill not in under_way
            and row.handed_over_at is None
            and row.tracking in _AT_HOME
            and not any(hold.field == FIELD for hold in row.holds)
        )

    def resume(self) -> Iterator[Progress]:
        """Goes on with what was begun."""
        for row in self._book.rows(self._account):
            if row.state is HandOverState.OPEN:
                yield from self._opened(row)
            elif row.state is HandOverState.TAKEN:
                yield from self._finished(row)

    def _opened(self, row: HandOverRow) -> Iterator[Progress]:
        """One that was written down: what the carrier may have heard of is asked about, the rest put together anew."""
        if self._may_have_happened(row):
            yield from self._announced(row)
        elif is_dead(row.owner) or self._now() >= row.created_at + _AT_WORK:
            self._book.save(row, self._now(), state=HandOverState.DROPPED, detail="the carrier never heard of it")
        else:
            yield Progress(Step.HAND_OVER, self._account, detail=_ELSEWHERE, failed=True)

    def announce(self, keys: Sequence[Key], manner: Manner) -> Iterator[Progress]:
        """Tells the carrier of parcels, in batches.

        Args:
            keys: Orders that were looked at a moment ago and may leave.
            manner: How they come.

        Raises:
            UsageError: Something the carrier asks for is missing, or it does not honour an option.
        """
        wanted = set(keys)
        ready = [row for row in self.candidates() if row.key in wanted]
        for looked_at in _bags(ready):
            # Telling the carrier of the bags before took its time, and another worker may have taken some of these.
            still_here = {row.key for row in self.candidates()}
            batch = [row for row in looked_at if row.key in still_here]
            if not batch:
                continue
            request = self._request(batch, manner)
            opened = self._book.open(
                self._account, [(row.key, row.waybill or "") for row in batch], request, self._now()
            )
            if opened is None:
                yield Progress(Step.HAND_OVER, self._account, detail=_ELSEWHERE, failed=True)
                return
            yield from self._announced(opened)

    def _request(self, batch: Sequence[WorkRow], manner: Manner) -> HandOverParcels:
        waybills = tuple(row.waybill or "" for row in batch)
        before = [
            row
            for row in self._book.rows(self._account)
            if row.state in {HandOverState.TAKEN, HandOverState.DONE} and set(row.request.waybills) == set(waybills)
        ]
        return HandOverParcels(
            waybills=waybills,
            sender=self._config.sender,
            method=manner.method,
            weight_g=self._weight(batch) if self._asks_for_weight() else None,
            domestic_carrier=manner.domestic_carrier,
            domestic_number=manner.domestic_number,
            note=manner.note,
            # The very same parcels once more: the carrier had left them all out.
            attempt=len(before) + 1,
        )

    def _asks_for_weight(self) -> bool:
        kinds = self._client.connector(self._account).kinds
        return any("weight_g" in kind.honours.get("hand_over", ()) for kind in kinds)

    def _weight(self, batch: Sequence[WorkRow]) -> int | None:
        plans = [self._work.plan(row.key) for row in batch]
        weights = [plan.request.weight_g for plan in plans if plan is not None]
        return sum(weights) if len(weights) == len(batch) else None

    # -- telling the carrier -------------------------------------------------------------------------------------------

    def _announced(self, row: HandOverRow) -> Iterator[Progress]:
        try:
            told = self._client.hand_over(self._account, row.request)
        except AlreadyDone as done:
            told = HandOver(account=self._account, confirmation=done.outcome_id or "")
        except OutcomeUnknown as doubt:
            words = f"nobody knows whether {self._account} took them: {doubt.reason or doubt.message}"
            repair = "look at the carrier's site, then decide with `xborder review`; it is not repeated by itself"
            hold = Hold(reason=HoldReason.OUTCOME_UNKNOWN, detail=words, field=FIELD, repair=repair)
            self._book.save(row, self._now(), detail=words)
            yield Progress(Step.HAND_OVER, self._account, detail=words, holds=(hold,))
            return
        except XborderError as error:
            if not self._may_have_happened(row):
                self._book.save(row, self._now(), state=HandOverState.DROPPED, detail=str(error))
            if isinstance(error, UsageError):
                raise
            yield Progress(Step.HAND_OVER, self._account, detail=str(error), failed=True)
            return
        left_out = dict(told.not_taken)
        if told.waybills:
            unnamed = set(row.request.waybills) - set(told.waybills) - set(left_out)
            left_out |= dict.fromkeys(sorted(unnamed), "it is not among those it says it took")
        taken = self._book.save(
            row,
            self._now(),
            state=HandOverState.TAKEN,
            detail="; ".join(told.warnings),
            confirmation=told.confirmation or None,
            bag_number=told.bag_number,
            not_taken=tuple(left_out.items()),
        )
        yield from self._finished(taken)

    def _may_have_happened(self, row: HandOverRow) -> bool:
        record = self._client.store.get(f"{self._account}/{row.request.intent()}", row.request.attempt)
        return record is not None and record.state is not EffectState.RELEASED

    # -- afterwards ----------------------------------------------------------------------------------------------------

    def _finished(self, row: HandOverRow) -> Iterator[Progress]:
        """Rows, papers, printer: whatever cannot be done now is done by the next run."""
        is_whole = True
        for number, parcel in enumerate(row.parcels, 1):
            told = self._parcel(row, *parcel)
            if told is None:
                is_whole = False
            else:
                yield replace(told, done=number, total=len(row.parcels))
        words = f"{len(row.taken)} of {len(row.parcels)} parcels handed over as {row.confirmation or 'agreed by hand'}"
        try:
            row = self._with_papers(row)
        except (XborderError, OSError) as error:
            reason = str(error) if isinstance(error, XborderError) else f"{error.strerror or 'a file cannot be used'}"
            yield Progress(Step.HAND_OVER, self._account, detail=f"{words}; its papers: {reason}", failed=True)
            return
        said = self._printed(row)
        if is_whole:
            self._book.save(row, self._now(), state=HandOverState.DONE, detail=words)
        yield Progress(Step.HAND_OVER, self._account, detail=f"{words}{said}", failed=not is_whole)

    def _parcel(self, hand_over: HandOverRow, account: str, order_id: str, waybill: str) -> Progress | None:
        """What the carrier's answer makes of one order; None where somebody else is working on it."""
        reason = dict(hand_over.not_taken).get(waybill)
        known = self._work.get(account, order_id)
        if known is None or known.waybill != waybill:
            return Progress(Step.HAND_OVER, account, order_id, detail="another parcel was bought for it meanwhile")
        with self._work.lease((account, order_id), WorkState, fresh=True) as lease:
            if lease is None:
                return None
            row = lease.row
            others = tuple(hold for hold in row.holds if hold.field != FIELD)
            if reason is None:
                words = f"handed over as {hand_over.confirmation or 'agreed by hand'}"
                when = row.handed_over_at or hand_over.updated_at
                saved = lease.save(
                    holds=others, detail=words, handed_over_at=when, hand_over=hand_over.confirmation, due=self._now()
                )
            else:
                words = f"{hand_over.account} left {row.number} out of {hand_over.confirmation}: {reason}"
                repair = "mend what it names, then retry; or give it to the carrier by hand and stop it"
                hold = Hold(reason=HoldReason.REFUSED, detail=words, field=FIELD, repair=repair)
                saved = lease.save(holds=(*others, hold), detail=words)
        holds = () if reason is None else tuple(hold for hold in saved.holds if hold.field == FIELD)
        return Progress(Step.HAND_OVER, account, order_id, saved.state, words, holds)

    def _with_papers(self, row: HandOverRow) -> HandOverRow:
        if row.files or row.confirmation is None or not row.taken:
            return row
        wish = GetDocuments(
            waybill=row.confirmation, kinds=_PAPERS, format=self._config.label_format, bought_at=row.created_at
        )
        try:
            documents = self._client.get_documents(self._account, wish)
        except UnsupportedOperation:
            return row
        files = tuple(str(path) for path in keep(self._config.out, row.confirmation, documents))
        return self._book.save(row, self._now(), files=files)

    def _printed(self, row: HandOverRow) -> str:
        """Prints the papers; what came of it, in words. They are on the disk: a printer in trouble stops nothing."""
        if not row.files:
            return "; the carrier gives no papers for it"
        where = f"; papers: {', '.join(row.files)}"
        files = [(path, kind) for path in map(Path, row.files) for kind in _PAPERS if f"-{kind.value}" in path.stem]
        return where + "".join(self._on_paper(path, kind) for path, kind in files)

    def _on_paper(self, path: Path, kind: DocumentKind) -> str:
        """Lists go to the printer of papers, bags' labels to that of labels; without one they are only kept."""
        printer = self._config.paper_printer if kind is DocumentKind.MANIFEST else self._config.printer
        return "" if printer is None else f"; {self._from(printer, path, kind)}"

    def _from(self, printer: str, path: Path, kind: DocumentKind) -> str:
        try:
            document = Document(kind=kind, format=format_of(path), content=path.read_bytes())
            job = self._client.print_document(printer, PrintDocument(document=document, name=path.stem))
        except AlreadyDone:
            return f"{path.name} printed before"
        except XborderError as error:
            return f"{path.name} is not known to be printed: {error}"
        except OSError as error:
            return f"{path.name} is not printed: {error.strerror}"
        return f"{path.name} {job.state.value}"
