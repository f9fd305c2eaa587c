"""Whether a tracking number has the form that the platform asks for, told by a pattern of the platform's.

A pattern from outside may be made, or may just happen, to keep the matcher busy for years. So it is weighed first, and
one that could take long is not tried.
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 500
_MOST_WAYS: Final = 20_000
"""In so many ways a pattern may be laid over a number; each is tried at the worst."""

_TIMES: Final = r"(?:(?P<times>[*+?])|\{(?P<least>\d{1,4})(?P<up_to>,(?P<most>\d{0,4}))?\})[?+]?"
_PIECE: Final = re.compile(
    r"(?P<open>\((?:\?:)?(?!\?))|(?P<close>\))(?P<maybe>\?)?|(?P<bar>\|)"
    rf"|(?:\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\]()|*+?{{}}])(?:{_TIMES})?"
)


def may_have_form(number: str, pattern: str) -> bool:
    """Whether a number fits a pattern; also where the pattern is none, or could take long: the platform will tell.

    Args:
        number: The number.
        pattern: The platform's regular expression for the whole of it.
    """
    wanted = pattern.strip()
    ways = _ways(wanted, len(number))
    if ways is None or ways > _MOST_WAYS:
        return True
    try:
        return re.fullmatch(wanted, number) is not None
    except re.error:  # written for another language
        return True


def _ways(pattern: str, length: int) -> int | None:
    """In how many ways a pattern may be laid over a text; None where it repeats a group, or nobody can say."""
    if len(pattern) > _LONGEST:
        return None
    # Of each open group: the ways of its alternatives until now, and of the one at hand.
    groups = [(0, 1)]
    at = 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        if piece is None:
            return None
        at = piece.end()
        before, here = groups[-1]
        if piece["open"] is not None:
            groups.append((0, 1))
        elif piece["bar"] is not None:
            groups[-1] = (before + here, 1)
        elif piece["close"] is not None:
            if len(groups) == 1:
                return None
            groups.pop()
            outer, ways = groups[-1]
            groups[-1] = (outer, ways * (before + here + (piece["maybe"] is not None)))
        else:
            groups[-1] = (before, here * _choices(piece, length))
    (before, here), *still_open = groups
    return None if still_open else before + here


def _choices(piece: re.Match[str], length: int) -> int:
    """How often one character of a pattern may stand in a text of some length."""
    if piece["times"] is not None:
        return 2 if piece["times"] == "?" else length + 1
    if piece["up_to"] is None:
        return 1
    most = min(int(piece["most"]), length) if piece["most"] else length
    return max(most - int(piece["least"]) + 1, 1)
