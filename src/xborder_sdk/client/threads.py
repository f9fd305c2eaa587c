"""Many blocking calls at once, in daemon threads, so that a late one never holds the process at its end."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from xborder_sdk.client.outcomes import Outcome
from xborder_sdk.errors import DeadlineExceeded

T = TypeVar("T")

EARLY_S = 0.05
"""How much earlier than the waiter a call gives up, so that it can report its own cause."""


def run_all(tasks: Sequence[Callable[[], T]], seconds: float | None, at_once: int | None = None) -> list[T | None]:
    """Runs tasks in daemon threads and returns their results in order, None for those that were late.

    Args:
        tasks: What to run.
        seconds: How long to wait; None for as long as it takes.
        at_once: Most threads; None for one each.

    Raises:
        BaseException: The first that a task raised; those not yet begun are left.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Any, BaseException | None]] = queue.SimpleQueue()
    stop = threading.Event()
    for number in range(len(tasks)):
        waiting.put(number)

    def work() -> None:
        while not stop.is_set():
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((number, tasks[number](), None))
            except BaseException as error:  # noqa: BLE001 - handed to the waiting thread
                done.put((number, None, error))

    for _ in range(min(at_once or len(tasks), len(tasks))):
        threading.Thread(target=work, daemon=True, name="xborder-call").start()
    results: list[T | None] = [None] * len(tasks)
    until = None if seconds is None else time.monotonic() + seconds
    try:
        for _ in tasks:
            left = None if until is None else max(0.0, until - time.monotonic())
            number, value, error = done.get(timeout=left)
            if error is not None:
                raise error
            results[number] = value
    except queue.Empty:
        pass
    finally:
        stop.set()
    return results


def late(account: str, operation: str, seconds: float) -> Outcome[Any]:
    """The outcome of whoever did not answer in time."""
    error = DeadlineExceeded(f"no answer within {seconds:g} s").locate(account, None, operation)
    return Outcome(account, None, error, seconds)
