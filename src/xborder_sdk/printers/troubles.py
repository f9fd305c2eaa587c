"""What to do about each trouble of a printer, in the words of somebody who stands before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from xborder_sdk.errors import PrinterStopped
from xborder_sdk.models import PrinterTrouble

REMEDIES: Mapping[PrinterTrouble, str] = MappingProxyType(
    {
        PrinterTrouble.PAPER_OUT: "put in new labels or paper",
        PrinterTrouble.PAPER_JAM: "take the jammed paper out",
        PrinterTrouble.OPEN: "close the print head, cover or door",
        PrinterTrouble.SUPPLY_OUT: "change the ribbon, toner or ink",
        PrinterTrouble.TRAY: "put the tray in, or empty it",
        PrinterTrouble.PAUSED: "resume it at its panel or its print server",
        PrinterTrouble.OFFLINE: "switch it on and look at its cable",
        PrinterTrouble.TEMPERATURE: "let it cool down or warm up",
        PrinterTrouble.MEMORY: "wait until it has printed what it holds, or switch it off and on",
        PrinterTrouble.OTHER: "look at the printer",
    }
)


def stopped(printer: str, troubles: Sequence[PrinterTrouble], reasons: Iterable[str]) -> PrinterStopped:
    """The error of a printer that cannot print now.

    Args:
        printer: What it is called.
        troubles: What is the matter, the first told with its remedy.
        reasons: The printer's own words.
    """
    first = troubles[0] if troubles else PrinterTrouble.OTHER
    said = tuple(reasons)
    words = ", ".join(trouble.value.replace("_", " ") for trouble in troubles) or "no reason given"
    return PrinterStopped(
        f"{printer} cannot print now ({words}); nothing was sent", trouble=first.value, reasons=said,
        hint=f"{REMEDIES[first]}, then print again",
    )  # fmt: skip
