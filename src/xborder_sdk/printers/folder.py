"""A folder as a printer: every job is a file in it, at true size on the account's medium.

For label programs that watch a folder, for print servers, and for those who print by hand. A job is its file: the same
name with the same bytes is the same job, and nothing is written twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, field_validator

from xborder_sdk.errors import DocumentError, PrinterError
from xborder_sdk.hookspecs import (
    Connector,
    GetPrintJob,
    LabelPrinter,
    ListPrinters,
    PrintDocument,
    Settings,
    hookimpl,
)
from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.models import DocumentFormat, Printer, PrinterMedia, PrintJob, PrintState
from xborder_sdk.steps import Call, Effect, Flow

if TYPE_CHECKING:
    from xborder_sdk.documents import Layout

MEDIA = ("thermal-100x150-203dpi", "thermal-100x150-300dpi", "a4-1up", "a4-2up", "a4-4up")
"""Names of the stock layouts of `xborder_sdk.documents`, repeated here so that settings are checked without it."""

_PLACEABLE = frozenset({DocumentFormat.PDF, DocumentFormat.PNG})


class FolderSettings(Settings):
    """Settings of a folder printer.

    Attributes:
        path: The folder; made if it does not exist (its parent must). Relative paths start where the program runs.
        media: What the labels are put on.
        start_slot: First place used on the first sheet of a job, from 0, where sheets are part-used.
        crop: Leave out white margins of a label that is larger than its place; what is printed is never cut.
        rotate: Turn a label by 90 degrees where it only fits so.
        least_scale: Smallest scale a label may be printed at; 1 is true size only. Some carriers make A6 labels
            (105 x 148 mm) that go onto 100 x 150 mm paper at 0.95.
    """

    path: Path
    media: str = MEDIA[0]
    start_slot: int = Field(default=0, ge=0, le=99)
    crop: bool = True
    rotate: bool = True
    least_scale: Decimal = Field(default=Decimal(1), ge=Decimal("0.8"), le=1)

    @field_validator("media")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in MEDIA:
            raise ValueError(f"no such media; there are {', '.join(MEDIA)}")
        return value


class FolderLabels(LabelPrinter):
    """The folder."""

    connector: FolderPrinter
    honours: ClassVar[Mapping[str, frozenset[str]]] = {"print_document": frozenset({"media", "further"})}

    def list_printers(self, request: ListPrinters) -> Flow[tuple[Printer, ...]]:  # noqa: ARG002
        """One printer: the folder, with all media; the first is the account's."""
        found: tuple[Printer, ...] = yield Call(Effect.READ, _describe, (self.connector.settings, self.account))
        return found

    def print_document(self, request: PrintDocument) -> Flow[PrintJob]:
        """Writes one file: sheets as PDF, or a ZPL program as it is. `PRINTED` once the file is durable.

        Args:
            request: `further` documents share the sheets; ZPL programs are printed one by one.

        Raises:
            PrinterError: It cannot be placed on the medium, or the folder cannot be written.
        """
        job: PrintJob = yield Call(Effect.IDEMPOTENT, _print, (self.connector.settings, self.account, request))
        return job

    def get_print_job(self, request: GetPrintJob) -> Flow[PrintJob]:
        """`PRINTED` while the file is there, `UNKNOWN` once somebody took it."""
        job: PrintJob = yield Call(Effect.READ, _look, (self.connector.settings, self.account, request.job_id))
        return job


class FolderPrinter(Connector[FolderSettings]):
    """A folder that files are printed into."""

    name: ClassVar[str] = "folder"
    title: ClassVar[str] = "Folder printer"
    settings_model: ClassVar[type[Settings]] = FolderSettings
    kinds: ClassVar[tuple[type[Kind], ...]] = (FolderLabels,)


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """The folder printer."""
    return [FolderPrinter]


def _describe(settings: FolderSettings, account: str) -> tuple[Printer, ...]:
    from xborder_sdk.documents import STOCK_LAYOUTS

    media = tuple(
        PrinterMedia(
            name=name,
            width_mm=STOCK_LAYOUTS[name].media.size.width_mm,
            height_mm=STOCK_LAYOUTS[name].media.size.height_mm,
            dpi=None if (dpi := STOCK_LAYOUTS[name].media.dpi) is None else int(dpi),
        )
        for name in (settings.media, *(name for name in MEDIA if name != settings.media))
    )
    place = settings.path if settings.path.exists() else settings.path.absolute().parent
    return (
        Printer(
            name=account,
            description=str(settings.path),
            ready=place.is_dir() and os.access(place, os.W_OK),
            media=media,
            formats=("pdf", "png", "zpl"),
        ),
    )


def _print(settings: FolderSettings, account: str, request: PrintDocument) -> PrintJob:
    from xborder_sdk.documents.errors import DoesNotFit, FileConflict

    if request.printer not in {None, account}:
        raise PrinterError(f"this account has one printer, {account}")
    try:
        settings.path.mkdir(exist_ok=True, mode=0o700)
        if request.document.format is DocumentFormat.ZPL:
            return _write_zpl(settings, account, request)
        return _write_sheets(settings, account, request)
    except FileConflict as conflict:
        raise PrinterError(
            f"{conflict.path.name} is there already with other content; nothing was written",
            hint="print under another name, or take the old file away",
        ) from None
    except DoesNotFit as large:
        at = "true size" if settings.least_scale == 1 else f"{settings.least_scale} of its size"
        raise PrinterError(
            f"label {large.reference or request.name} of {large.label} does not fit {large.area} at {at}",
            hint="use larger media, order smaller labels, or lower least_scale in the printer's settings",
        ) from None
    except DocumentError as error:
        raise PrinterError(error.message, hint=error.hint) from None
    except OSError as error:
        raise PrinterError(f"the folder {settings.path} cannot be written: {error.strerror or error}") from None


def _write_zpl(settings: FolderSettings, account: str, request: PrintDocument) -> PrintJob:
    from xborder_sdk.documents import STOCK_LAYOUTS, LabelDocument, MediaKind, check_zpl, write_document

    if request.further:
        raise PrinterError("ZPL programs are printed one by one", hint="leave `further` out")
    if request.copies > 1:
        raise PrinterError("a ZPL program says itself how many labels it prints (^PQ)", hint="leave `copies` out")
    media = _layout(settings, request).media
    document = request.document
    label = LabelDocument.read(document.content, dpi=None if document.dpi is None else Decimal(document.dpi))
    if media.kind is not MediaKind.THERMAL:
        thermal = ", ".join(name for name, known in STOCK_LAYOUTS.items() if known.media.kind is MediaKind.THERMAL)
        raise PrinterError(f"a ZPL program cannot be printed on {media.name}", hint=f"choose one of {thermal}")
    remarks: tuple[str, ...] = ()
    if label.dpi is None:
        remarks = ("nobody says for which resolution this ZPL program was written, so its size is not checked",)
    else:
        check_zpl(label, media)
    path = write_document(settings.path, request.name, document.content, ".zpl")
    return _job(path, account, len(label.pages), remarks)


def _write_sheets(settings: FolderSettings, account: str, request: PrintDocument) -> PrintJob:
    from xborder_sdk.documents import FitRules, Label, LabelDocument, Shrink, impose, write_document

    layout = _layout(settings, request)
    if settings.start_slot >= len(layout.slots):
        last = len(layout.slots) - 1
        raise PrinterError(f"{layout.name} has places 0 to {last}, start_slot is {settings.start_slot}")
    # Leave to shrink is given in bar widths; a scale is one of a bar of 1 mm.
    shrink = None if settings.least_scale == 1 else Shrink(1, settings.least_scale)
    rules = FitRules(rotate=settings.rotate, crop=settings.crop, shrink=shrink)
    labels: list[Label] = []
    for document in (request.document, *request.further):
        if document.format not in _PLACEABLE:
            raise PrinterError(f"{document.format.value} documents cannot be put on {layout.name}", hint="ask for PDF")
        dpi = Decimal(document.dpi) if document.dpi is not None and document.format is DocumentFormat.PNG else None
        label = Label(document.number or request.name, LabelDocument.read(document.content, dpi=dpi))
        labels.extend([label] * request.copies)
    imposed = impose(labels, layout, start_slot=settings.start_slot, rules=rules)
    path = write_document(settings.path, request.name, imposed.pdf, ".pdf")
    return _job(path, account, imposed.sheets)


def _layout(settings: FolderSettings, request: PrintDocument) -> Layout:
    from xborder_sdk.documents import STOCK_LAYOUTS

    name = request.media or settings.media
    layout = STOCK_LAYOUTS.get(name)
    if layout is None:
        raise PrinterError(f"there is no media {name}", hint=f"there are {', '.join(MEDIA)}")
    return layout


def _look(settings: FolderSettings, account: str, job_id: str) -> PrintJob:
    # The id came from outside: only a plain file name of this folder is looked at.
    path = settings.path / job_id
    if job_id.startswith(".") or Path(job_id).name != job_id or "\x00" in job_id:
        raise PrinterError("this is no job of a folder printer")
    if path.is_symlink() or not path.is_file():
        gone = ("there is no such file any more",)
        return PrintJob(job_id=job_id, printer=account, state=PrintState.UNKNOWN, reasons=gone)
    return _job(path, account, None)


def _job(path: Path, account: str, pages: int | None, reasons: tuple[str, ...] = ()) -> PrintJob:
    return PrintJob(
        job_id=path.name,
        printer=account,
        state=PrintState.PRINTED,
        location=str(path),
        pages=pages,
        reasons=reasons,
    )
