"""`LabelPrinter`: a place that prints."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.hookspecs.markers import hookspec
from xborder_sdk.hookspecs.request import OPTION, OnceRequest, Request
from xborder_sdk.models import Document, Printer, PrintJob
from xborder_sdk.steps import Flow


class ListPrinters(Request):
    """Which printers are there?"""


class PrintDocument(OnceRequest):
    """Prints a document at true size.

    For a printer that would print twice this is an effect that must not happen twice: the same name, printer and
    content are the same job, whose answer is read again. To print it once more on purpose, raise `attempt`.

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

    def intent(self) -> str:
        """The job, by its name on its printer."""
        return f"print:{self.printer or ''}:{self.name}"


class GetPrintJob(Request):
    """Which job to look at."""

    job_id: str = Field(min_length=1)
    printer: str | None = None


class CancelPrintJob(Request):
    """Which job to take back."""

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

    @hookspec(firstresult=True)
    def cancel_print_job(self, request: CancelPrintJob) -> Flow[PrintJob]:
        """Takes a job back that has not been printed.

        Args:
            request: Which job.

        Returns:
            The job as it stands then; a part of it may have been printed before.

        Raises:
            PrinterError: It is printed already, or the printer knows no such job.
        """
        raise NotImplementedError
