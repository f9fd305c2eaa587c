"""`LabelPrinter`: a place that prints."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.hookspecs.markers import hookspec
from xborder_sdk.hookspecs.request import OPTION, Request
from xborder_sdk.models import Document, Printer, PrintJob
from xborder_sdk.steps import Flow


class ListPrinters(Request):
    """Which printers are there?"""


class PrintDocument(Request):
    """Prints a document at true size.

    Attributes:
        document: What to print.
        further: More documents for the same job, in order: where the media hold several labels they share sheets.
        name: A name for the job or file, such as the waybill number.
        printer: Which printer of the account; None for its default.
        media: Name of the media; None for the printer's default.
        copies: How many.
    """

    document: Document
    further: Annotated[tuple[Document, ...], OPTION] = ()
    name: str = Field(min_length=1)
    printer: str | None = None
    media: Annotated[str | None, OPTION] = None
    copies: int = Field(default=1, ge=1, le=100)


class GetPrintJob(Request):
    """Which job to look at."""

    job_id: str = Field(min_length=1)
    printer: str | None = None


class LabelPrinter(Kind):
    """A place that prints: a folder, a network printer, a print service."""

    kind = "label_printer"

    @hookspec(firstresult=True)
    def list_printers(self, request: ListPrinters) -> Flow[tuple[Printer, ...]]:
        """The printers of this account with their media.

        Args:
            request: Nothing to say.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def print_document(self, request: PrintDocument) -> Flow[PrintJob]:
        """Prints. A job is `PRINTED` only where the printer says so, never because bytes were written.

        Args:
            request: What, where, how often.

        Raises:
            PrinterError: The printer refuses or cannot print this document.
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def get_print_job(self, request: GetPrintJob) -> Flow[PrintJob]:
        """Where a job stands.

        Args:
            request: Which job.
        """
        raise NotImplementedError
