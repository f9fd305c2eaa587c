"""Printers, their media and their jobs."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from xborder_sdk.models.base import Model


class PrinterMedia(Model):
    """Paper a printer has or takes. Sizes in millimetres, to a tenth."""

    name: str
    width_mm: Decimal
    height_mm: Decimal
    dpi: int | None = None


class Printer(Model):
    """A place that prints."""

    name: str
    description: str | None = None
    ready: bool = True
    media: tuple[PrinterMedia, ...] = ()
    formats: tuple[str, ...] = ()


class PrintState(StrEnum):
    """Where a print job stands. Bytes written are not a printed label: `SENT` is not `PRINTED`."""

    SENT = "sent"
    PENDING = "pending"
    PRINTING = "printing"
    PRINTED = "printed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"


class PrintJob(Model):
    """A job at a printer.

    Attributes:
        location: Where the result is, for printers that write files.
        pages: How many pages it has.
        reasons: The printer's own words, such as paper out.
    """

    job_id: str
    printer: str
    state: PrintState
    location: str | None = None
    pages: int | None = None
    reasons: tuple[str, ...] = ()
