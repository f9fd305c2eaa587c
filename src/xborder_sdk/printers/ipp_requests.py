"""The requests of the IPP connector as bytes (RFC 8011 sections 4.2 and 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xborder_sdk.printers.ipp_encoding import Attribute, Group, Tag, write_message
from xborder_sdk.printers.ipp_vocabulary import Operation

# Named, since `all` leaves `media-col-database` out (PWG 5100.7 section 6.3.5) and makes some printers slow.
_PRINTER_ATTRIBUTES = (
    "document-format-supported",
    "media-col-database",
    "media-col-ready",
    "media-col-supported",
    "media-ready",
    "media-size-supported",
    "media-supported",
    "operations-supported",
    "print-scaling-supported",
    "printer-info",
    "printer-is-accepting-jobs",
    "printer-make-and-model",
    "printer-state",
    "printer-state-reasons",
)
_JOB_ATTRIBUTES = ("job-id", "job-state", "job-state-reasons", "job-impressions-completed")
_REQUEST_ID = 1
_NAME_OCTETS = 255  # name(MAX), RFC 8011 section 5.1.3


@dataclass(frozen=True, slots=True)
class Speaker:
    """What every request of an account begins with.

    Attributes:
        printer_uri: The printer, as configured.
        user: Who asks.
        version: IPP version.
    """

    printer_uri: str
    user: str
    version: tuple[int, int]

    def get_printer(self) -> bytes:
        """Get-Printer-Attributes (section 4.2.5)."""
        wanted = Attribute("requested-attributes", Tag.KEYWORD, _PRINTER_ATTRIBUTES)
        return self._write(Operation.GET_PRINTER_ATTRIBUTES, (wanted,))

    def get_job(self, job_id: int) -> bytes:
        """Get-Job-Attributes (section 4.3.4)."""
        wanted = Attribute("requested-attributes", Tag.KEYWORD, _JOB_ATTRIBUTES)
        return self._write(Operation.GET_JOB_ATTRIBUTES, (wanted,), job_id=job_id)

    def cancel_job(self, job_id: int) -> bytes:
        """Cancel-Job (section 4.3.3)."""
        return self._write(Operation.CANCEL_JOB, (), job_id=job_id)

    def print_job(self, name: str, document_format: str, job: Sequence[Attribute], document: bytes) -> bytes:
        """Print-Job (section 4.2.1).

        With a job template the printer must refuse what it cannot do of it, instead of printing something else.

        Args:
            name: Name of the job.
            document_format: Media type of the document.
            job: The job template.
            document: The bytes to print.
        """
        attributes = [
            Attribute("job-name", Tag.NAME, (_shortened(name),)),
            Attribute("ipp-attribute-fidelity", Tag.BOOLEAN, (bool(job),)),
            Attribute("document-format", Tag.MIME_TYPE, (document_format,)),
        ]
        return self._write(Operation.PRINT_JOB, attributes, job=job, data=document)

    def _write(
        self,
        operation: Operation,
        attributes: Sequence[Attribute],
        *,
        job_id: int | None = None,
        job: Sequence[Attribute] = (),
        data: bytes = b"",
    ) -> bytes:
        # The first attributes stand in this order (section 4.1.4, 4.1.5).
        head = [
            Attribute("attributes-charset", Tag.CHARSET, ("utf-8",)),
            Attribute("attributes-natural-language", Tag.LANGUAGE, ("en",)),
            Attribute("printer-uri", Tag.URI, (self.printer_uri,)),
        ]
        if job_id is not None:
            head.append(Attribute("job-id", Tag.INTEGER, (job_id,)))
        head.append(Attribute("requesting-user-name", Tag.NAME, (_shortened(self.user),)))
        groups: list[tuple[Group, Sequence[Attribute]]] = [(Group.OPERATION, (*head, *attributes))]
        if job:
            groups.append((Group.JOB, job))
        return write_message(self.version, operation, _REQUEST_ID, groups, data)


def _shortened(name: str) -> str:
    return name.encode()[:_NAME_OCTETS].decode(errors="ignore")
