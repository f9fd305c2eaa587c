"""Pages of the logistics lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from xborder_sandbox.aliexpress.call import Form

T = TypeVar("T")

# Not established; 50 is the most of the order lists.
_MOST = 50
_USUAL = 20


def page_of(form: Form, entries: Sequence[T]) -> tuple[list[T], int, int]:
    """Return the entries of the page that is asked for, its number, and how many pages there are.

    Args:
        form: `current_page`, from 1, and `page_size`; both may be left out.
        entries: The whole list.
    """
    current, size = form.maybe_whole("current_page", 1), form.maybe_whole("page_size", _USUAL)
    if current < 1:
        raise form.wrong("current_page", "must be positive")
    if not 1 <= size <= _MOST:
        raise form.wrong("page_size", f"must be 1 to {_MOST}")
    first = (current - 1) * size
    return list(entries[first : first + size]), current, -(-len(entries) // size)
