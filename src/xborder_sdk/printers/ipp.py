"""Network printers and print servers (CUPS) over the Internet Printing Protocol.

    [accounts.labels]
    connector = "ipp"
    uri = "ipp://192.168.1.40/ipp/print"
    media = "thermal-100x150-203dpi"

Labels go at true size: `print-scaling` none, `media-col` by size, and `ipp-attribute-fidelity`, with which a printer
has to refuse what it would print otherwise. A job is `PRINTED` when its `job-state` says completed, never before.

Print-Job is a `once` effect. A label printed twice costs no money, but the second one lands on somebody else's parcel,
so a job whose answer was lost is not sent again by itself; nor can its fate be asked, since the lost answer held its
number. Only what the printer refused as a whole (busy, for one) goes out again.

Facts: RFC 8010 (encoding and transport), RFC 8011 (model), RFC 3510 and RFC 7472 (`ipp` and `ipps` URIs), PWG 5100.7
(`media-col`), PWG 5100.16 (`print-scaling`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from xborder_sdk.errors import MalformedResponse, NotFound, PrinterError, Refused
from xborder_sdk.hookspecs import (
    CancelPrintJob,
    Connector,
    GetPrintJob,
    LabelPrinter,
    ListPrinters,
    Meaning,
    PrintDocument,
    Settings,
    Verdict,
    hookimpl,
    verdict_from_status,
)
from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.models import Margins, Printer, PrintJob, PrintState
from xborder_sdk.printers import papers
from xborder_sdk.printers.ipp_encoding import Attribute, Attributes, Group, Message, Tag, read_message
from xborder_sdk.printers.ipp_media import choose, media_col, papers_of
from xborder_sdk.printers.ipp_requests import Speaker
from xborder_sdk.printers.ipp_vocabulary import (
    HINTS,
    JOB_MAY_EXIST,
    JOB_STATES,
    PRINTER_STOPPED,
    STATUS_NAMES,
    Status,
    troubles_of,
)
from xborder_sdk.printers.troubles import stopped
from xborder_sdk.steps import Call, Effect, Flow, Response

MIME = "application/ipp"
PORT = 631
_PDF = "application/pdf"
# CUPS hands both to the device untouched; other printers know the second at most.
_RAW_FORMATS = ("application/vnd.cups-raw", "application/octet-stream")
_SCHEMES = {"ipp": "http", "ipps": "https"}
# Where printers of IPP Everywhere have their first queue (PWG 5100.14).
_USUAL_PATH = "/ipp/print"
_LARGEST_ANSWER = 8 * 1024 * 1024
_BUSY_S = 3.0
_WAITING = frozenset({PrintState.PENDING, PrintState.PRINTING, PrintState.STOPPED})
_HTTP_HINTS = {
    401: "the printer wants a password, which this connector does not send",
    403: "this user or machine may not print there; ask who runs the printer or print server",
    404: "look at the path of the printer's `uri`",
    426: "the printer wants TLS: write its uri with ipps://",
}


class IppSettings(papers.PaperSettings):
    """Settings of an IPP printer.

    Attributes:
        uri: The printer: `ipp://` (on the local network only) or `ipps://`, with its path, such as
            `ipp://192.168.1.40/ipp/print` or, on a CUPS server, `ipps://cups.example/printers/NAME`.
        version: IPP version spoken.
        user: Who the jobs belong to. Only a name: nothing is proven by it.
        language: `pdf`, or `zpl` for a ZPL printer behind a raw queue.
        margins: Borders that stay empty; without them those that the printer tells.
    """

    uri: str
    version: Literal["1.1", "2.0"] = "2.0"
    user: str = Field(default="xborder", min_length=1)
    language: Literal["pdf", "zpl"] = "pdf"
    margins: Margins | None = None

    @field_validator("uri")
    @classmethod
    def _is_uri(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError("write ipp://HOST/PATH or ipps://HOST/PATH")
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("only host, port and path can be said in it")
        if not value.isascii() or any(mark.isspace() for mark in value):
            raise ValueError("escape what is not ASCII")
        _ = parts.port  # refuses what is no number
        path = parts.path if parts.path not in {"", "/"} else _USUAL_PATH
        return f"{parts.scheme}://{parts.netloc}{path}"


class IppLabels(LabelPrinter):
    """One printer or queue."""

    connector: IppPrinter
    honours: ClassVar[Mapping[str, frozenset[str]]] = {"print_document": frozenset({"media", "further"})}

    def list_printers(self, request: ListPrinters) -> Flow[tuple[Printer, ...]]:  # noqa: ARG002
        """The printer with its state, its media and their margins. Get-Printer-Attributes."""
        found = yield from self._printer()
        reasons = _words(found.texts("printer-state-reasons"))
        formats = found.texts("document-format-supported")
        if self.connector.settings.language == "zpl":
            takes = ["pdf", "png", "zpl"] if any(name in formats for name in _RAW_FORMATS) else []
        else:
            takes = ["pdf", "png"] if _PDF in formats else []
        media = [described for paper in papers_of(found) if (described := paper.describe()) is not None]
        return (
            Printer(
                name=self.account,
                description=found.text("printer-make-and-model") or found.text("printer-info"),
                ready=_takes_jobs(found) and found.integer("printer-state") != PRINTER_STOPPED,
                media=tuple(media),
                formats=tuple(takes),
                troubles=troubles_of(reasons),
                reasons=reasons,
            ),
        )

    def print_document(self, request: PrintDocument) -> Flow[PrintJob]:
        """Print-Job, after the printer's state and media have been looked at. A `once` effect.

        Args:
            request: `further` documents are in the same job.

        Raises:
            PrinterStopped: It stands still, for a reason such as paper out; nothing was sent.
            PrinterError: The medium is not there, the label does not fit, or the printer refuses; nothing is printed.
            Throttled: It is busy and stayed so.
            OutcomeUnknown: The connection ended after the document may have arrived.
        """
        self._check_name(request.printer)
        found = yield from self._printer()
        reasons = found.texts("printer-state-reasons")
        if found.integer("printer-state") == PRINTER_STOPPED:
            raise stopped(self.account, troubles_of(reasons), _words(reasons))
        if not _takes_jobs(found):
            raise PrinterError(f"{self.account} takes no jobs now", hint=HINTS[Status.NOT_ACCEPTING_JOBS])
        settings = self.connector.settings
        wishes = _raw_wishes(found, settings) if settings.language == "zpl" else _sheet_wishes(found, settings, request)
        draw = papers.program if settings.language == "zpl" else papers.sheets
        prepared: papers.Prepared = yield Call(Effect.READ, draw, (settings, request, wishes.margins))
        body = self.connector.speaker.print_job(request.name, wishes.document_format, wishes.job, prepared.content)
        try:
            response = yield from self.api.once("POST", self.connector.path, **_ipp(body))
        except Refused as refusal:
            raise _refused(refusal) from None
        answer = read_message(response.content)
        remarks = (*prepared.remarks, *wishes.remarks)
        if ignored := sorted(answer.group(Group.UNSUPPORTED).values):
            remarks = (*remarks, f"the printer ignored {', '.join(ignored)}: look at the size of the print")
        return self._job(answer, prepared.pages, remarks)

    def get_print_job(self, request: GetPrintJob) -> Flow[PrintJob]:
        """Get-Job-Attributes; `UNKNOWN` once the printer has forgotten the job."""
        self._check_name(request.printer)
        return (yield from self._look(_number(request.job_id)))

    def cancel_print_job(self, request: CancelPrintJob) -> Flow[PrintJob]:
        """Cancel-Job, and where the job stands then. Cancelling a cancelled job changes nothing.

        Raises:
            PrinterError: It is printed or failed already, or the printer knows no such job.
        """
        self._check_name(request.printer)
        number = _number(request.job_id)
        body = self.connector.speaker.cancel_job(number)
        try:
            yield from self.api.idempotent("POST", self.connector.path, **_ipp(body))
        except NotFound:
            raise PrinterError(f"the printer knows no job {number}") from None
        except Refused as refusal:
            if refusal.code != STATUS_NAMES[Status.NOT_POSSIBLE]:
                raise _refused(refusal) from None
            job = yield from self._look(number)
            if job.state is not PrintState.CANCELLED:
                raise PrinterError(f"job {number} is {job.state.value} and cannot be cancelled") from None
            return job
        return (yield from self._look(number))

    def _printer(self) -> Flow[Attributes]:
        body = self.connector.speaker.get_printer()
        try:
            response = yield from self.api.read("POST", self.connector.path, **_ipp(body))
        except Refused as refusal:
            raise _refused(refusal) from None
        return read_message(response.content).group(Group.PRINTER)

    def _look(self, number: int) -> Flow[PrintJob]:
        body = self.connector.speaker.get_job(number)
        try:
            response = yield from self.api.read("POST", self.connector.path, **_ipp(body))
        except NotFound:
            gone = ("the printer does not know this job any more",)
            return PrintJob(job_id=str(number), printer=self.account, state=PrintState.UNKNOWN, reasons=gone)
        except Refused as refusal:
            raise _refused(refusal) from None
        job = self._job(read_message(response.content), None, ())
        if job.state not in _WAITING:
            return job
        printer = yield from self._printer()  # a job says at most that the printer stopped, not why
        reasons = _words(printer.texts("printer-state-reasons"))
        troubles = troubles_of(reasons)
        if job.state is not PrintState.STOPPED and not troubles:
            return job
        return job.replace(reasons=(*job.reasons, *reasons), troubles=troubles)

    def _job(self, answer: Message, pages: int | None, remarks: tuple[str, ...]) -> PrintJob:
        job = answer.group(Group.JOB)
        number = job.integer("job-id")
        if number is None:
            raise MalformedResponse("the printer's answer has no job-id")
        reasons = _words(job.texts("job-state-reasons"))
        return PrintJob(
            job_id=str(number),
            printer=self.account,
            state=_state(job.integer("job-state"), reasons),
            pages=job.integer("job-impressions-completed") if pages is None else pages,
            reasons=(*reasons, *remarks),
        )

    def _check_name(self, printer: str | None) -> None:
        if printer not in {None, self.account}:
            raise PrinterError(f"this account has one printer, {self.account}")


class IppPrinter(Connector[IppSettings]):
    """A printer that speaks IPP, or a queue of a print server."""

    name: ClassVar[str] = "ipp"
    title: ClassVar[str] = "IPP printer"
    settings_model: ClassVar[type[Settings]] = IppSettings
    kinds: ClassVar[tuple[type[Kind], ...]] = (IppLabels,)
    local_devices: ClassVar[bool] = True

    def __init__(self, account: str, settings: IppSettings) -> None:
        super().__init__(account, settings)
        parts = urlsplit(settings.uri)
        self.path = parts.path
        major, _, minor = settings.version.partition(".")
        self.speaker = Speaker(settings.uri, settings.user, (int(major), int(minor)))

    def hosts(self) -> Mapping[str, str]:
        """The printer's HTTP host: port 631 where the URI names none (RFC 3510, RFC 7472)."""
        parts = urlsplit(self.settings.uri)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return {"api": f"{_SCHEMES[parts.scheme]}://{host}:{parts.port or PORT}"}

    def classify(self, response: Response) -> Verdict:
        """Reads the HTTP status, then the IPP status inside.

        Raises:
            MalformedResponse: An answer that is no IPP.
        """
        if response.status != 200:
            verdict = verdict_from_status(response)
            return Verdict(verdict.meaning, verdict.not_executed, hint=_HTTP_HINTS.get(response.status))
        kind = (response.header("content-type") or "").partition(";")[0].strip().lower()
        if kind != MIME:
            raise MalformedResponse(f"the answer is no IPP but {kind or 'nothing that it says'}")
        message = read_message(response.content)
        # 0x0000 to 0x00ff are successes of some kind (RFC 8011 appendix B.1.2).
        if message.code <= 0x00FF:
            return Verdict(Meaning.GOOD)
        return _verdict(message)


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """The IPP printer."""
    return [IppPrinter]


def _verdict(message: Message) -> Verdict:
    code = message.code
    words = message.group(Group.OPERATION).text("status-message")
    unsupported = ", ".join(sorted(message.group(Group.UNSUPPORTED).values))
    said = "; ".join(part for part in (words, unsupported and f"not supported: {unsupported}") if part) or None
    name = STATUS_NAMES.get(code, f"0x{code:04x}")
    error: type[Refused] | None = None
    retry_after_s: float | None = None
    if code == Status.BUSY:
        meaning, retry_after_s = Meaning.THROTTLED, _BUSY_S
    elif code in {Status.NOT_FOUND, Status.GONE}:
        meaning, error = Meaning.REFUSED, NotFound
    elif code in JOB_MAY_EXIST:
        meaning = Meaning.DOWN
    else:
        meaning, error = Meaning.REFUSED, Refused
    return Verdict(
        meaning,
        not_executed=code not in JOB_MAY_EXIST,
        code=name,
        message=said,
        error=error,
        retry_after_s=retry_after_s,
        hint=HINTS.get(code),
    )


def _ipp(body: bytes) -> Any:
    return {
        "content": body,
        "content_type": MIME,
        "accept": MIME,
        "credential": None,
        "max_bytes": _LARGEST_ANSWER,
    }


def _refused(refusal: Refused) -> Exception:
    """A plain refusal as the printer's own error; what has a type of its own keeps it."""
    if type(refusal) not in {Refused, NotFound}:
        return refusal
    return PrinterError(refusal.message, hint=refusal.hint)


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What is asked of the printer besides the document, and the borders that stay empty."""

    document_format: str
    job: tuple[Attribute, ...]
    margins: Margins
    remarks: tuple[str, ...] = ()


def _sheet_wishes(found: Attributes, settings: IppSettings, request: PrintDocument) -> _Wishes:
    formats = found.texts("document-format-supported")
    if _PDF not in formats:
        known = ", ".join(formats) or "nothing"
        raise PrinterError(f"the printer takes no PDF but {known}", hint="use a print server such as CUPS before it")
    size = papers.layout_named(request.media or settings.media).media.size
    wishes: list[Attribute] = []
    remarks: list[str] = []
    offered = papers_of(found)
    paper = choose(offered, size.width_mm, size.height_mm)
    if paper is not None:
        if paper.name is not None and "media-col-supported" not in found.values:
            wishes.append(Attribute("media", Tag.KEYWORD, (paper.name,)))
        else:
            wishes.append(media_col(paper, size.width_mm, size.height_mm))
    elif offered:
        sizes = sorted({f"{m.width_mm:f} x {m.height_mm:f}" for p in offered if (m := p.describe()) is not None})
        raise PrinterError(
            f"the printer has no paper of {size}; it has {', '.join(sizes[:20])} mm",
            hint="choose another `media` in the account's settings, or let the printer know its paper",
        )
    else:
        remarks.append("the printer does not say what paper it has, so the size is not checked")
    if "none" in found.texts("print-scaling-supported"):
        wishes.append(Attribute("print-scaling", Tag.KEYWORD, ("none",)))
    else:
        remarks.append("the printer does not say that it can print unscaled; measure the first label")
    told = paper.margins if paper is not None else None
    return _Wishes(_PDF, tuple(wishes), settings.margins or told or Margins(), tuple(remarks))


def _raw_wishes(found: Attributes, settings: IppSettings) -> _Wishes:
    formats = found.texts("document-format-supported")
    for name in _RAW_FORMATS:
        if name in formats:
            return _Wishes(name, (), settings.margins or Margins())
    raise PrinterError(
        "the printer takes no programs in its own language",
        hint='make its queue a raw one at the print server, or set language = "pdf"',
    )


def _takes_jobs(printer: Attributes) -> bool:
    return printer.boolean("printer-is-accepting-jobs") is not False


def _words(reasons: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(reason for reason in reasons if reason != "none")


def _state(code: int | None, reasons: tuple[str, ...]) -> PrintState:
    state = JOB_STATES.get(code, PrintState.UNKNOWN) if code is not None else PrintState.UNKNOWN
    if state is PrintState.PRINTED:
        # A server may call a job completed that its device has only been handed (RFC 8011 section 5.3.8).
        if "queued-in-device" in reasons:
            return PrintState.SENT
        if "job-completed-with-errors" in reasons:
            return PrintState.UNKNOWN
    return state


def _number(job_id: str) -> int:
    if not (job_id.isascii() and job_id.isdigit() and 0 < int(job_id[:11]) < 2**31):
        raise PrinterError("this is no job of an IPP printer")
    return int(job_id)
