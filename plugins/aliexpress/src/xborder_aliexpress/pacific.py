"""Times as AliExpress writes them: wall-clock time of the US Pacific coast, without a zone, to the second.

Source: the official IOP Java SDK 1.3.5-ae and the vendor's metadata, which say so of list inputs, list outputs and
detail outputs; a note of the vendor's on tracking times names `America/Los_Angeles`. Twice a year that clock is
changed: in autumn one hour comes twice, and its texts have two readings; in spring one hour is left out.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("America/Los_Angeles")
SECOND: Final = timedelta(seconds=1)
HOUR: Final = timedelta(hours=1)

_TEXT = re.compile(r"^\s*(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?\s*$")
# The order lists in use before 2019 wrote months first; some fields still do.
_OLDER_TEXT = re.compile(r"^\s*(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2}):(\d{2})\s*$")
_CLOCKS_DIFFER_BY = timedelta(minutes=2)
"""How far the vendor's clock may be ahead of ours, as a rule."""


def write(wall: datetime) -> str:
    """A wall-clock time as the vendor writes it.

    Args:
        wall: The time, without a zone.
    """
    return wall.strftime("%Y-%m-%d %H:%M:%S")


def wall_clock(moment: datetime) -> datetime:
    """What the clock on the Pacific coast shows at a moment, cut to the second, without a zone."""
    return moment.astimezone(ZONE).replace(tzinfo=None, microsecond=0, fold=0)


def wall_of(text: str | None) -> datetime | None:
    """The wall-clock time of the vendor's text, without a zone; None where it is none."""
    found = _TEXT.match(text or "")
    parts = found.groups() if found is not None else None
    if parts is None:
        found = _OLDER_TEXT.match(text or "")
        if found is None:
            return None
        month, day, year, *clock = found.groups()
        parts = (year, month, day, *clock)
    try:
        return datetime(*(int(part) for part in parts))  # type: ignore[arg-type]  # noqa: DTZ001 - it has no zone
    except ValueError:
        return None


def readings(wall: datetime) -> tuple[datetime, ...]:
    """The moments at which the clock shows this time: one as a rule, two in the hour that comes twice, earlier first.

    A time that the clock never shows is read as if the clock had not been put forward yet.

    Args:
        wall: The time, without a zone.
    """
    first, second = (wall.replace(tzinfo=ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))
    return (first, second) if first < second else (first,)


def read(text: str | None) -> datetime | None:
    """The moment of a text; the earlier one where there are two, so that no deadline is set too late.

    Args:
        text: The vendor's text.
    """
    wall = wall_of(text)
    return None if wall is None else readings(wall)[0]


def read_latest(text: str | None, now: datetime) -> datetime | None:
    """The moment of something that has happened: of two the later one, unless that is still to come.

    So an order's last change never seems to go back while the clock is put back.

    Args:
        text: The vendor's text.
        now: The present, aware.
    """
    wall = wall_of(text)
    if wall is None:
        return None
    found = readings(wall)
    past = [moment for moment in found if moment <= now + _CLOCKS_DIFFER_BY]
    return past[-1] if past else found[0]


def before(wall: datetime) -> datetime:
    """A time to ask from, so that nothing from `wall` on is missed however the vendor reads it.

    One second earlier, since nobody says whether the edge belongs to the window; and never within the hour that comes
    twice, nor in the one that never comes.

    Args:
        wall: The first time wanted.
    """
    asked = wall - SECOND
    while _is_odd(asked):
        asked = asked.replace(minute=0, second=0) - SECOND
    return asked


def after(wall: datetime) -> datetime:
    """A time to ask up to, so that nothing up to `wall` is missed; as `before`.

    Args:
        wall: The last time wanted.
    """
    asked = wall + SECOND
    while _is_odd(asked):
        asked = asked.replace(minute=0, second=0) + HOUR
    return asked


def lowest(moment: datetime) -> datetime:
    """The lowest time that the clock shows from a moment on: the start of the double hour inside it."""
    wall = wall_clock(moment)
    return wall.replace(minute=0, second=0) if len(readings(wall)) > 1 else wall


def highest(moment: datetime) -> datetime:
    """The highest time that the clock has shown up to a moment: the end of the double hour inside it."""
    wall = wall_clock(moment)
    return wall.replace(minute=59, second=59) if len(readings(wall)) > 1 else wall


def _is_odd(wall: datetime) -> bool:
    """Whether the clock shows this time twice or never. It is put on and back on the hour."""
    first, second = (wall.replace(tzinfo=ZONE, fold=fold).utcoffset() for fold in (0, 1))
    return first != second
