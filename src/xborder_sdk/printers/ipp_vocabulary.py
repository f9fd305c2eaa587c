"""IPP's codes and keywords as data, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from types import MappingProxyType

from xborder_sdk.models import PrinterTrouble, PrintState


class Operation(IntEnum):
    """Operations used here (RFC 8011 section 5.4.15)."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_PRINTER_ATTRIBUTES = 0x000B


class Status(IntEnum):
    """Status codes that are treated by name (RFC 8011 appendix B.1)."""

    OK = 0x0000
    OK_IGNORED = 0x0001
    OK_CONFLICTING = 0x0002
    FORBIDDEN = 0x0401
    NOT_AUTHENTICATED = 0x0402
    NOT_AUTHORIZED = 0x0403
    NOT_POSSIBLE = 0x0404
    NOT_FOUND = 0x0406
    GONE = 0x0407
    FORMAT_NOT_SUPPORTED = 0x040A
    VALUES_NOT_SUPPORTED = 0x040B
    CONFLICTING = 0x040E
    INTERNAL_ERROR = 0x0500
    VERSION_NOT_SUPPORTED = 0x0503
    DEVICE_ERROR = 0x0504
    TEMPORARY_ERROR = 0x0505
    NOT_ACCEPTING_JOBS = 0x0506
    BUSY = 0x0507
    JOB_CANCELED = 0x0508


STATUS_NAMES: Mapping[int, str] = MappingProxyType(
    {
        0x0400: "client-error-bad-request",
        0x0401: "client-error-forbidden",
        0x0402: "client-error-not-authenticated",
        0x0403: "client-error-not-authorized",
        0x0404: "client-error-not-possible",
        0x0405: "client-error-timeout",
        0x0406: "client-error-not-found",
        0x0407: "client-error-gone",
        0x0408: "client-error-request-entity-too-large",
        0x0409: "client-error-request-value-too-long",
        0x040A: "client-error-document-format-not-supported",
        0x040B: "client-error-attributes-or-values-not-supported",
        0x040C: "client-error-uri-scheme-not-supported",
        0x040D: "client-error-charset-not-supported",
        0x040E: "client-error-conflicting-attributes",
        0x040F: "client-error-compression-not-supported",
        0x0410: "client-error-compression-error",
        0x0411: "client-error-document-format-error",
        0x0412: "client-error-document-access-error",
        0x0500: "server-error-internal-error",
        0x0501: "server-error-operation-not-supported",
        0x0502: "server-error-service-unavailable",
        0x0503: "server-error-version-not-supported",
        0x0504: "server-error-device-error",
        0x0505: "server-error-temporary-error",
        0x0506: "server-error-not-accepting-jobs",
        0x0507: "server-error-busy",
        0x0508: "server-error-job-canceled",
        0x0509: "server-error-multiple-document-jobs-not-supported",
    }
)
"""RFC 8011 appendix B.1."""

HINTS: Mapping[int, str] = MappingProxyType(
    {
        Status.FORBIDDEN: "this user may not print there; ask who runs the printer or print server",
        Status.NOT_AUTHENTICATED: "the printer wants a password, which this connector does not send",
        Status.NOT_AUTHORIZED: "this user may not print there; ask who runs the printer or print server",
        Status.NOT_FOUND: "look at the path of the printer's `uri`: the printer does not know it",
        Status.FORMAT_NOT_SUPPORTED: "choose another `language` in the account's settings",
        Status.VERSION_NOT_SUPPORTED: 'set version = "1.1" in the account\'s settings',
        Status.NOT_ACCEPTING_JOBS: "the printer takes no jobs now; let it accept jobs at its print server",
        Status.BUSY: "it is still printing something else; try again in a while",
    }
)

# Server errors with which a job may exist all the same: the printer was at it when the error came (RFC 8011 appendix
# B.1.5). All other errors refuse the request as a whole (section 4.1.7: no job is created).
JOB_MAY_EXIST = frozenset({Status.INTERNAL_ERROR, Status.DEVICE_ERROR, Status.TEMPORARY_ERROR, Status.JOB_CANCELED})

JOB_STATES: Mapping[int, PrintState] = MappingProxyType(
    {
        3: PrintState.PENDING,
        4: PrintState.PENDING,
        5: PrintState.PRINTING,
        6: PrintState.STOPPED,
        7: PrintState.CANCELLED,
        8: PrintState.FAILED,
        9: PrintState.PRINTED,
    }
)
"""`job-state` (RFC 8011 section 5.3.7): pending, pending-held, processing, processing-stopped, canceled, aborted,
completed."""

PRINTER_STOPPED = 5
"""`printer-state` stopped (RFC 8011 section 5.4.11); 3 is idle, 4 processing."""

_TROUBLES: Mapping[str, PrinterTrouble] = MappingProxyType(
    {
        "media-empty": PrinterTrouble.PAPER_OUT,
        "media-needed": PrinterTrouble.PAPER_OUT,
        "media-jam": PrinterTrouble.PAPER_JAM,
        "door-open": PrinterTrouble.OPEN,
        "cover-open": PrinterTrouble.OPEN,
        "interlock-open": PrinterTrouble.OPEN,
        "toner-empty": PrinterTrouble.SUPPLY_OUT,
        "marker-supply-empty": PrinterTrouble.SUPPLY_OUT,
        "developer-empty": PrinterTrouble.SUPPLY_OUT,
        "marker-waste-full": PrinterTrouble.SUPPLY_OUT,
        "opc-life-over": PrinterTrouble.SUPPLY_OUT,
        "input-tray-missing": PrinterTrouble.TRAY,
        "output-tray-missing": PrinterTrouble.TRAY,
        "output-area-full": PrinterTrouble.TRAY,
        "paused": PrinterTrouble.PAUSED,
        "moving-to-paused": PrinterTrouble.PAUSED,
        "shutdown": PrinterTrouble.OFFLINE,
        "timed-out": PrinterTrouble.OFFLINE,
        "connecting-to-device": PrinterTrouble.OFFLINE,
        "offline": PrinterTrouble.OFFLINE,
        "fuser-over-temp": PrinterTrouble.TEMPERATURE,
        "fuser-under-temp": PrinterTrouble.TEMPERATURE,
        "spool-area-full": PrinterTrouble.MEMORY,
    }
)
# RFC 8011 section 5.4.12; `offline` is what CUPS adds for queues whose printer it cannot reach.


def troubles_of(reasons: Iterable[str]) -> tuple[PrinterTrouble, ...]:
    """What keeps a printer from printing, by its `printer-state-reasons`; warnings and reports do not.

    Args:
        reasons: The keywords.
    """
    found: dict[PrinterTrouble, None] = {}
    for reason in reasons:
        if reason == "none" or reason.endswith(("-warning", "-report")):
            continue
        bare = reason.removesuffix("-error")
        trouble = _TROUBLES.get(bare)
        if trouble is not None:
            found[trouble] = None
        elif reason.endswith("-error") or reason == "other":
            found[PrinterTrouble.OTHER] = None
    # `paused` comes beside the true reason on many printers.
    return tuple(sorted(found, key=lambda trouble: trouble in {PrinterTrouble.PAUSED, PrinterTrouble.OTHER}))
