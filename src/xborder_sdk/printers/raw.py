"""Printers that print what arrives at a TCP port, usually 9100: thermal ones that speak ZPL, and some that take PDF.

    [accounts.zebra]
    connector = "raw"
    host = "192.168.1.41"
    media = "thermal-100x150-203dpi"
    darkness = 20

The port takes bytes and says nothing, so a job is `SENT` and never `PRINTED`, and it has no number to ask for. Printers
that answer `~HS` are asked first, and nothing is sent to one that is out of paper or open.

Sending is a `once` effect. What broke off may have been printed, and a second label lands on somebody else's parcel:
nothing is sent again by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from xborder_sdk.errors import MalformedResponse, NotSent, PrinterError, TransportError
from xborder_sdk.hookspecs import (
    SUPPORTED,
    Connector,
    LabelPrinter,
    ListPrinters,
    PrintDocument,
    Settings,
    Support,
    SupportLevel,
    hookimpl,
)
from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.models import Margins, Printer, PrinterMedia, PrintJob, PrintState
from xborder_sdk.printers import papers
from xborder_sdk.printers.raw_status import ASK, END, LARGEST, STRINGS, HostStatus, read_status
from xborder_sdk.printers.troubles import stopped
from xborder_sdk.steps import Call, Effect, Flow, Transmit

PORT = 9100


class RawSettings(papers.PaperSettings):
    """Settings of a printer at a TCP port.

    Attributes:
        host: Private address or `.local` name of the printer.
        port: Its port.
        language: `zpl`: labels are drawn in the dots of the print head, on thermal media; `pdf`: sheets go as they are.
        status: For ZPL: ask with `~HS` first and go on without an answer (`auto`), insist on one (`require`), or do not
            ask (`off`). Printers that do not know the question may print it.
        status_s: Longest wait for that answer, in seconds.
        margins: Borders that stay empty. Unequal ones move the print.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=PORT, ge=1, le=65535)
    language: Literal["zpl", "pdf"] = "zpl"
    status: Literal["auto", "require", "off"] = "auto"
    status_s: float = Field(default=3.0, gt=0, le=60)
    margins: Margins | None = None

    @field_validator("host")
    @classmethod
    def _is_host(cls, value: str) -> str:
        if "/" in value or "[" in value or any(mark.isspace() for mark in value):
            raise ValueError("name the host alone, without scheme, brackets or path")
        return value


class RawLabels(LabelPrinter):
    """The port."""

    connector: RawPrinter
    honours: ClassVar[Mapping[str, frozenset[str]]] = {"print_document": frozenset({"media", "further"})}

    def list_printers(self, request: ListPrinters) -> Flow[tuple[Printer, ...]]:  # noqa: ARG002
        """The printer, with what it says of its state where it can be asked."""
        settings = self.connector.settings
        status: HostStatus | None = None
        ready = True
        if self.connector.asks:
            try:
                status = yield from self._status()
            except NotSent:
                ready = False
        media = papers.layout_named(settings.media).media
        paper = PrinterMedia(
            name=settings.media,
            width_mm=media.size.width_mm,
            height_mm=media.size.height_mm,
            dpi=None if media.dpi is None else int(media.dpi),
            margins=settings.margins,
        )
        return (
            Printer(
                name=self.account,
                description=f"{settings.host}:{settings.port}",
                ready=ready and not (status and status.troubles),
                media=(paper,),
                formats=("pdf", "png", "zpl") if settings.language == "zpl" else ("pdf", "png"),
                troubles=status.troubles if status else (),
                reasons=status.reasons if status else (),
            ),
        )

    def print_document(self, request: PrintDocument) -> Flow[PrintJob]:
        """Sends the bytes. A `once` effect, whose result is `SENT` at most.

        Args:
            request: `further` documents follow in the same job; ZPL programs are printed one by one.

        Raises:
            PrinterStopped: It says that it is out of paper, open, paused or the like; nothing was sent.
            PrinterError: The label does not fit or cannot be printed so; nothing was sent.
            NotSent: The printer could not be reached.
            OutcomeUnknown: The connection broke while the bytes went out.
        """
        settings = self.connector.settings
        if request.printer not in {None, self.account}:
            raise PrinterError(f"this account has one printer, {self.account}")
        draw = papers.program if settings.language == "zpl" else papers.sheets
        prepared: papers.Prepared = yield Call(Effect.READ, draw, (settings, request, settings.margins or Margins()))
        remarks = prepared.remarks
        if self.connector.asks:
            status = yield from self._status()
            if status is None:
                if settings.status == "require":
                    raise PrinterError(f"{self.account} does not tell its status; nothing was sent")
                remarks = (*remarks, "the printer does not tell its status")
            elif status.troubles:
                raise stopped(self.account, status.troubles, status.reasons)
        yield Transmit(Effect.ONCE, settings.host, settings.port, prepared.content)
        return PrintJob(
            job_id=request.name, printer=self.account, state=PrintState.SENT, pages=prepared.pages, reasons=remarks
        )

    def _status(self) -> Flow[HostStatus | None]:
        """What the printer says of itself; None where it says nothing that can be read."""
        settings = self.connector.settings
        ask = Transmit(
            Effect.READ,
            settings.host,
            settings.port,
            ASK,
            reply_bytes=LARGEST,
            reply_end=END,
            reply_ends=STRINGS,
            reply_within_s=settings.status_s,
        )
        try:
            answer: bytes = yield ask
            return read_status(answer)
        except NotSent:
            raise
        except (TransportError, MalformedResponse):
            return None


class RawPrinter(Connector[RawSettings]):
    """A printer at a TCP port."""

    name: ClassVar[str] = "raw"
    title: ClassVar[str] = "Raw printer"
    settings_model: ClassVar[type[Settings]] = RawSettings
    kinds: ClassVar[tuple[type[Kind], ...]] = (RawLabels,)
    local_devices: ClassVar[bool] = True

    @property
    def asks(self) -> bool:
        """Whether the printer is asked for its status: others than ZPL printers would print the question."""
        return self.settings.language == "zpl" and self.settings.status != "off"

    def support(self, operation: str) -> Support:
        """A port has no jobs that could be asked for or taken back."""
        if operation in {"get_print_job", "cancel_print_job"}:
            return Support(SupportLevel.NO, "a raw port takes bytes and knows no jobs")
        return SUPPORTED


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """The raw printer."""
    return [RawPrinter]
