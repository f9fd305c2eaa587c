"""What a connector's own code does to the world, where it should only yield steps: Python's audit events tell."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache

_EVENTS = {
    "socket.connect": "it opens a connection",
    "socket.getaddrinfo": "it looks up a host",
    "subprocess.Popen": "it starts a program",
    "time.sleep": "it sleeps",
}
_watched = threading.local()


@contextlib.contextmanager
def watching(found: list[str]) -> Iterator[None]:
    """Notes what is done meanwhile in this thread.

    Args:
        found: Where to; each is told in words, once.
    """
    _install()
    before, sleep = getattr(_watched, "found", None), time.sleep
    _watched.found = found
    time.sleep = lambda _: _note("time.sleep", ())  # older Pythons raise no event for it
    try:
        yield
    finally:
        _watched.found, time.sleep = before, sleep


@cache
def _install() -> None:
    sys.addaudithook(_note)  # for the life of the process: nothing takes one off again


def _note(event: str, _: object) -> None:
    told = _EVENTS.get(event)
    if told is not None:
        found = getattr(_watched, "found", None)
        if found is not None and told not in found:
            found.append(told)
