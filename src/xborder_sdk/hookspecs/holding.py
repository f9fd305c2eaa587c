"""Reasons to hold, where something is asked for all the same."""

from __future__ import annotations

from collections.abc import Iterable

from xborder_sdk.errors import InvalidRequest
from xborder_sdk.models import Hold


def refuse(holds: Iterable[Hold]) -> None:
    """Raises for the first reason, so that an operation refuses what the check before it would hold.

    Raises:
        InvalidRequest: There is one; with its field, and its repair as the hint.
    """
    for hold in holds:
        raise InvalidRequest(hold.detail, field=hold.field, hint=hold.repair)
