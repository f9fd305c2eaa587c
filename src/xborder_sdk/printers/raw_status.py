"""What a ZPL printer answers to `~HS`, host status return.

Facts: Zebra ZPL II programming guide, ~HS: three strings, each between STX and ETX and followed by CR LF, with fields
between commas.
"""

from __future__ import annotations

from dataclasses import dataclass

from xborder_sdk.errors import MalformedResponse
from xborder_sdk.models import PrinterTrouble

ASK = b"~HS\r\n"
END = b"\x03"
STRINGS = 3
LARGEST = 4096

_FIELDS = (12, 11, 2)
# String and field, counted from 0, whose flag is `1` in the state, with the words for it.
_FLAGS = (
    (0, 1, "paper-out", PrinterTrouble.PAPER_OUT),
    (1, 2, "head-up", PrinterTrouble.OPEN),
    (1, 3, "ribbon-out", PrinterTrouble.SUPPLY_OUT),
    (0, 10, "under-temperature", PrinterTrouble.TEMPERATURE),
    (0, 11, "over-temperature", PrinterTrouble.TEMPERATURE),
    (0, 5, "buffer-full", PrinterTrouble.MEMORY),
    (0, 9, "corrupt-ram", PrinterTrouble.MEMORY),
    (0, 2, "pause", PrinterTrouble.PAUSED),
)


@dataclass(frozen=True, slots=True)
class HostStatus:
    """What the printer says of itself.

    Attributes:
        troubles: What keeps it from printing, the cause before its effects.
        reasons: The flags that are set, by the names of the guide.
        label_dots: Label length it is set to, in dots.
        waiting: Formats it has received and not begun.
        left: Labels left of the batch it prints.
    """

    troubles: tuple[PrinterTrouble, ...]
    reasons: tuple[str, ...]
    label_dots: int | None
    waiting: int | None
    left: int | None


def read_status(answer: bytes) -> HostStatus:
    """Reads the answer.

    Args:
        answer: All of it.

    Raises:
        MalformedResponse: It is none to `~HS`.
    """
    strings = _strings(answer)
    reasons = []
    troubles: dict[PrinterTrouble, None] = {}
    for string, place, word, trouble in _FLAGS:
        if strings[string][place].strip() == "1":
            reasons.append(word)
            troubles[trouble] = None
    return HostStatus(
        tuple(troubles), tuple(reasons), _count(strings[0][3]), _count(strings[0][4]), _count(strings[1][8])
    )


def _strings(answer: bytes) -> list[list[str]]:
    found = []
    for part in answer.split(END)[:-1]:
        _, start, inside = part.partition(b"\x02")
        if start:
            found.append(inside.decode("ascii", errors="replace").split(","))
    if len(found) < STRINGS or any(len(found[at]) < least for at, least in enumerate(_FIELDS)):
        raise MalformedResponse("the printer's answer is no ~HS status")
    return found


def _count(text: str) -> int | None:
    bare = text.strip()
    return int(bare) if bare.isascii() and bare.isdigit() else None
