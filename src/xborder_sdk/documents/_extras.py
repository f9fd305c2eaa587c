"""Turns a missing optional dependency into an error that says what to install."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from xborder_sdk.errors import MissingExtra


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Wraps imports of modules that the given extra brings.

    Raises:
        MissingExtra: One of them is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "a module", extra) from error
