"""The table of operations: every hookspec of the four kinds, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from xborder_sdk.errors import UnsupportedOperation
from xborder_sdk.hookspecs import KINDS, Kind

# pluggy hangs a mark of this name on every function that `@hookspec` decorates.
_SPEC_MARK = "xborder_spec"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a kind."""

    name: str
    kind: type[Kind]
    spec: Callable[..., Any]


def _table() -> dict[str, Operation]:
    found: dict[str, Operation] = {}
    for kind in KINDS:
        for name, member in vars(kind).items():
            if hasattr(member, _SPEC_MARK):
                assert name not in found, f"two kinds have an operation {name}"  # noqa: S101
                found[name] = Operation(name, kind, member)
    return found


OPERATIONS = _table()
"""Every operation by its name; names are unique over all kinds."""


def operation_named(name: str) -> Operation:
    """The operation of a name.

    Raises:
        UnsupportedOperation: There is none; the message suggests the nearest.
    """
    try:
        return OPERATIONS[name]
    except KeyError:
        near = get_close_matches(name, OPERATIONS, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}?" if near else None
        raise UnsupportedOperation(f"there is no operation {name}", hint=hint) from None
