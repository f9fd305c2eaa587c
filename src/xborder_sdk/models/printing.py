"""Printers, their media and their jobs."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from xborder_sdk.models.base import Model


class Margins(Model):
    """Borders in millimetres, as the paper leaves the printer."""

    top_mm: Decimal = Field(default=Decimal(0), ge=0)
    right_mm: Decimal = Field(default=Decimal(0), ge=0)
    bottom_mm: Decimal = Field(default=Decimal(0), ge=0)
    left_mm: Decimal = Field(default=Decimal(0), ge=0)


class PrinterMedia(Model):
    """Paper a printer has or takes. Sizes in millimetres.

    Attributes:
        margins: Borders that the printer cannot print on, where it says so.
        loaded: Whether it is in the printer now, where it says so.
    """

    name: str
    width_mm: Decimal
    height_mm: Decimal
    dpi: int | None = None
    margins: Margins | None = None
    loaded: bool | None = None


class PrinterTrouble(StrEnum):
    """What keeps a printer from printing."""

    PAPER_OUT = "paper_out"
    PAPER_JAM = "paper_jam"
    OPEN = "open"
    """A door, a cover or the print head."""
    SUPPLY_OUT = "supply_out"
    """Ribbon, toner or ink."""
    TRAY = "tray"
    """A tray is missing or full."""
    PAUSED = "paused"
    OFFLINE = "offline"
    TEMPERATURE = "temperature"
    MEMORY = "memory"
    OTHER = "other"


class Printer(Model):
    """A place that prints.

    Attributes:
        ready: Whether it takes jobs and prints them.
        troubles: What the matter is, read from `reasons`.
        reasons: The printer's own words.
        formats: What it takes.
    """

    name: str
    description: str | None = None
    ready: bool = True
    media: tuple[PrinterMedia, ...] = ()
    formats: tuple[str, ...] = ()
    troubles: tuple[PrinterTrouble, ...] = ()
    reasons: tuple[str, ...] = ()


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
        troubles: What keeps it from being printed, read from `reasons`.
    """

    job_id: str
    printer: str
    state: PrintState
    location: str | None = None
    pages: int | None = None
    reasons: tuple[str, ...] = ()
    troubles: tuple[PrinterTrouble, ...] = ()
