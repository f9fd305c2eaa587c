"""Which errors pass by themselves, which are about one order, and what an operator is told."""

from __future__ import annotations

from datetime import timedelta

from xborder_sdk.errors import (
    AuthenticationFailed,
    Conflict,
    InvalidRequest,
    PermissionDenied,
    Refused,
    Throttled,
    UnsupportedOption,
    XborderError,
)
from xborder_sdk.models import Hold, HoldReason

_FIRST_PAUSE_S = 30
_LONGEST_PAUSE_S = 3600

_ABOUT_THE_ACCOUNT = (AuthenticationFailed, PermissionDenied, Throttled)


def passes(error: XborderError) -> bool:
    """Whether an error is none of the order's: the same order may go through later, unchanged."""
    if isinstance(error, _ABOUT_THE_ACCOUNT):
        return True
    return not isinstance(error, (Refused, InvalidRequest, UnsupportedOption))


def hold_of(error: XborderError) -> Hold:
    """The hold that an error about one order becomes. The vendor's words are scrubbed already."""
    detail = str(error).removesuffix(f" ({error.hint})")  # the hint is the repair, and need not be read twice
    if isinstance(error, InvalidRequest):
        return Hold(reason=HoldReason.REFUSED, detail=detail, field=error.field, repair=error.hint)
    repair = error.hint or ("read the order again" if isinstance(error, Conflict) else "mend what it names, then retry")
    return Hold(reason=HoldReason.REFUSED, detail=detail, repair=repair)


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries."""
    return timedelta(seconds=min(_FIRST_PAUSE_S * 2 ** min(tries, 20), _LONGEST_PAUSE_S))
