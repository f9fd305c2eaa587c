"""Printing labels in jobs: each order once, several on a sheet where the configuration says so.

Which orders share a job is written down before anything is printed. A run that was killed prints the same job under
the same name again, and a printer that knows the job does nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from xborder_sdk.client import Client
from xborder_sdk.errors import AlreadyDone, DocumentError, OutcomeUnknown, PrinterError, XborderError
from xborder_sdk.fulfilment.config import FulfilmentConfig
from xborder_sdk.fulfilment.papers import format_of, read_back
from xborder_sdk.fulfilment.progress import Progress, Step, WorkState
from xborder_sdk.fulfilment.troubles import pause_after
from xborder_sdk.fulfilment.work import Key, Lease, WorkRow, WorkStore
from xborder_sdk.hookspecs import GetPrintJob, PrintDocument
from xborder_sdk.models import Document, DocumentFormat, DocumentKind, Hold, HoldReason, PrintJob, PrintState

_IN_TROUBLE = frozenset({PrintState.STOPPED, PrintState.CANCELLED, PrintState.FAILED})
_ON_SHEETS = frozenset({DocumentFormat.PDF, DocumentFormat.PNG})
_ENDED_BADLY = frozenset({PrintState.CANCELLED, PrintState.FAILED})
_LABELLED = (WorkState.LABELLED,)


class PrintRun:
    """Prints the labels of orders.

    Args:
        client: Reaches the printer.
        config: How many share a job; whether labels are read back.
        work: Where the orders stand.
        clock: The present, aware.
        printer: The printer account.
    """

    def __init__(
        self,
        client: Client,
        config: FulfilmentConfig,
        work: WorkStore,
        clock: Callable[[], datetime],
        printer: str,
    ) -> None:
        self._client = client
        self._config = config
        self._work = work
        self._now = clock
        self._printer = printer

    def print(self, keys: Sequence[Key]) -> Iterator[Progress]:
        """Prints the labels of these orders.

        Args:
            keys: Orders that were looked at a moment ago and may be printed.
        """
        done = 0
        for batch in self._batches(keys):
            with ExitStack() as stack:
                taken = [stack.enter_context(self._work.lease(key, _LABELLED)) for key in batch]
                leases = [lease for lease in taken if lease is not None]
                told = self._job(leases) if leases else ()
            for progress in told:
                done += 1
                yield Progress(
                    Step.PRINT,
                    progress.account,
                    progress.order_id,
                    progress.state,
                    progress.detail,
                    progress.holds,
                    progress.failed,
                    done,
                    len(keys),
                )

    def _batches(self, keys: Sequence[Key]) -> Iterator[tuple[Key, ...]]:
        """Jobs that were begun and are still whole, then new ones."""
        wanted = set(keys)
        begun: dict[str, list[Key]] = {}
        for row in self._work.rows(_LABELLED):
            if row.batch is not None:
                begun.setdefault(row.batch, []).append(row.key)
        whole = {name: rows for name, rows in begun.items() if wanted.issuperset(rows)}
        yield from (tuple(rows) for rows in whole.values())
        again = {key for rows in whole.values() for key in rows}
        sheets: list[Key] = []
        for key in (key for key in keys if key not in again):
            if self._config.labels_per_job > 1 and self._fits_sheets(key):
                sheets.append(key)
            else:
                yield (key,)
        for first in range(0, len(sheets), self._config.labels_per_job):
            yield tuple(sheets[first : first + self._config.labels_per_job])

    def _fits_sheets(self, key: Key) -> bool:
        row = self._work.get(*key)
        return row is not None and all(format_of(Path(path)) in _ON_SHEETS for path in label_files(row.files))

    def _job(self, leases: Sequence[Lease]) -> tuple[Progress, ...]:
        try:
            job, groups = self._printed(leases)
            if job.state is PrintState.PRINTED:
                self._read_back(job, groups)
        except OutcomeUnknown as doubt:
            detail = f"nobody knows whether the label was printed: {doubt.reason or doubt.message}"
            repair = "look at the printer and decide with `xborder review`"
            hold = Hold(reason=HoldReason.OUTCOME_UNKNOWN, detail=detail, field="print_job", repair=repair)
            return tuple(self._held(lease, hold, None) for lease in leases)
        except (XborderError, OSError) as error:
            detail = str(error) if isinstance(error, XborderError) else f"a label file: {error.strerror}"
            return tuple(self._later(lease, detail) for lease in leases)
        return tuple(self._told(lease, job) for lease in leases)

    def _told(self, lease: Lease, job: PrintJob) -> Progress:
        """What the printer's word makes of an order."""
        if job.state is PrintState.PRINTED:
            where = f"printed: {job.location}" if job.location else "printed"
            return self._saved(lease, WorkState.PRINTED, where, job)
        said = f"the printer says {job.state.value}" + "".join(f", {reason}" for reason in job.reasons)
        if job.state in _ENDED_BADLY:
            repair = "see to the printer, then print it again"
            hold = Hold(reason=HoldReason.POLICY, detail=said, field="print_job", repair=repair)
            return self._held(lease, hold, job)
        if job.state is PrintState.SENT and not self._client.supports(self._printer, "get_print_job"):
            if self._config.sent_is_printed:
                return self._saved(lease, WorkState.PRINTED, "sent to a printer that cannot say more", job)
            detail = "the label was sent to a printer that cannot say whether it printed"
            repair = "look at the printer and confirm it, or set fulfilment.sent_is_printed"
            hold = Hold(reason=HoldReason.POLICY, detail=detail, field="print_job", repair=repair)
            return self._held(lease, hold, job)
        due = self._now() + timedelta(seconds=self._config.ask_again_s)
        return self._saved(lease, WorkState.LABELLED, said, job, due)

    def _printed(self, leases: Sequence[Lease]) -> tuple[PrintJob, list[list[str]]]:
        known = leases[0].row.print_job
        if known is not None and all(lease.row.print_job == known for lease in leases):
            return self._asked(known), []
        documents: list[Document] = []
        groups: list[list[str]] = []
        name, members = self._members(leases)
        for row in members:
            files = label_files(row.files)
            if not files:
                raise DocumentError(f"the label of {row.number} is not there")
            groups.append([number for number in (row.number, row.waybill, *row.numbers) if number])
            documents.extend(
                Document(
                    kind=DocumentKind.LABEL,
                    format=format_of(Path(path)),
                    content=Path(path).read_bytes(),
                    number=row.number,
                    dpi=self._config.label_dpi if format_of(Path(path)) not in _ON_SHEETS else None,
                )
                for path in files
            )
        for lease in leases:
            lease.save(batch=name)
        try:
            return self._sent(name, documents), groups
        except AlreadyDone as done:
            # Printed before, or so a person said.
            return self._asked(done.outcome_id, PrintState.PRINTED), groups

    def _members(self, leases: Sequence[Lease]) -> tuple[str, Sequence[WorkRow]]:
        """The job's name and all its orders: of one that was begun also those that were marked printed before the end,
        so that it is the same job to the last byte."""
        begun = {lease.row.batch for lease in leases}
        name = begun.pop() if len(begun) == 1 else None
        if name is not None:
            return name, self._work.batch(name)
        rows = [lease.row for lease in leases]
        return _name([row.number or "" for row in rows]), rows

    def _asked(self, job_id: str | None, otherwise: PrintState = PrintState.SENT) -> PrintJob:
        """How a job stands; where the printer knows no jobs, what was known of it."""
        if job_id is not None and self._client.supports(self._printer, "get_print_job"):
            return self._client.get_print_job(self._printer, GetPrintJob(job_id=job_id))
        return PrintJob(job_id=job_id or "", printer=self._printer, state=otherwise)

    def _sent(self, name: str, documents: list[Document]) -> PrintJob:
        if all(document.format in _ON_SHEETS for document in documents):
            request = PrintDocument(document=documents[0], further=tuple(documents[1:]), name=name)
            return self._client.print_document(self._printer, request)
        # Printer programs go one by one; most printers of programs never say more than that they took them. The job
        # stands for all: the first in trouble, else the first that is not known to be on paper.
        jobs: list[PrintJob] = []
        for number, document in enumerate(documents, 1):
            own = name if len(documents) == 1 else f"{name}-{number}"
            jobs.append(self._client.print_document(self._printer, PrintDocument(document=document, name=own)))
            if jobs[-1].state in _IN_TROUBLE:
                return jobs[-1]
        return next((job for job in jobs if job.state is not PrintState.PRINTED), jobs[-1])

    def _read_back(self, job: PrintJob, groups: list[list[str]]) -> None:
        """Proves a job that is a file by its bar codes.

        Raises:
            PrinterError: A label cannot be read on what was printed.
        """
        if job.location is None or not job.location.endswith(".pdf") or not Path(job.location).is_file():
            return
        content = Path(job.location).read_bytes()
        missing = read_back(content, DocumentFormat.PDF, groups, self._config.verify_labels)
        if missing:
            numbers = ", ".join(groups[index][0] for index in missing)
            raise PrinterError(f"the bar codes of {numbers} cannot be read on {Path(job.location).name}")

    # -- what came of it -----------------------------------------------------------------------------------------------

    def _saved(
        self, lease: Lease, state: WorkState, detail: str, job: PrintJob, due: datetime | None = None
    ) -> Progress:
        row = lease.save(state=state, detail=detail, holds=(), tries=0, print_job=job.job_id, due=due or self._now())
        return Progress(Step.PRINT, row.account, row.order_id, row.state, detail)

    def _held(self, lease: Lease, hold: Hold, job: PrintJob | None) -> Progress:
        due = self._now() + timedelta(seconds=self._config.ask_again_s)
        row = lease.save(detail=hold.detail, holds=(hold,), print_job=None if job is None else job.job_id, due=due)
        return Progress(Step.PRINT, row.account, row.order_id, row.state, hold.detail, (hold,))

    def _later(self, lease: Lease, detail: str) -> Progress:
        tries = lease.row.tries
        row = lease.save(detail=detail, tries=tries + 1, due=self._now() + pause_after(tries))
        return Progress(Step.PRINT, row.account, row.order_id, row.state, detail, failed=True)


def label_files(files: Sequence[str]) -> tuple[str, ...]:
    """The labels among a row's files, which `papers.keep` named."""
    return tuple(path for path in files if f"-{DocumentKind.LABEL.value}" in Path(path).stem)


def _name(numbers: Sequence[str]) -> str:
    if len(numbers) == 1:
        return numbers[0]
    digest = hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()[:10]
    return f"labels-{len(numbers)}-{digest}"
