"""How a ratio is measured: both sides in one run, turn by turn, so that a busy machine disturbs both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        what: What was measured.
        ours, theirs: Both sides as text; `theirs` is empty for a figure that stands alone.
        ratio: Ours to theirs, the way the bar reads it; None for a figure that stands alone.
        bar: What to reach, as text; empty where the figure only informs.
        met: Whether it is reached; None without a bar.
    """

    what: str
    ours: str
    theirs: str = ""
    ratio: float | None = None
    bar: str = ""
    met: bool | None = None


class Skipped(Exception):
    """A benchmark that cannot run here; the message says why."""


def at_most(what: str, ours: float, theirs: float, bar: float | None, unit: str = "us") -> Figure:
    """A cost of ours against theirs: the smaller the better."""
    ratio = ours / theirs
    shown = "" if bar is None else f"<= {bar:g}x"
    return Figure(
        what, f"{ours:,.4g} {unit}", f"{theirs:,.4g} {unit}", ratio, shown, None if bar is None else ratio <= bar
    )


def at_least(what: str, ours: float, theirs: float, bar: float | None, unit: str = "/s") -> Figure:
    """A rate of ours against theirs: the larger the better."""
    ratio = ours / theirs
    shown = "" if bar is None else f">= {bar:g}x"
    return Figure(
        what, f"{ours:,.4g} {unit}", f"{theirs:,.4g} {unit}", ratio, shown, None if bar is None else ratio >= bar
    )


def faster(what: str, ours: float, theirs: float, bar: float, unit: str = "us") -> Figure:
    """How many times faster ours is, from what each call takes."""
    ratio = theirs / ours
    return Figure(what, f"{ours:,.4g} {unit}", f"{theirs:,.4g} {unit}", ratio, f">= {bar:g}x", ratio >= bar)


def alone(what: str, ours: float, bar: float | None, unit: str) -> Figure:
    """A figure with a bar of its own, in the same unit."""
    shown = "" if bar is None else f"<= {bar:g} {unit}"
    return Figure(what, f"{ours:,.4g} {unit}", "", None, shown, None if bar is None else ours <= bar)


def told(what: str, ours: str, theirs: str = "") -> Figure:
    """A figure that only informs."""
    return Figure(what, ours, theirs)


def in_turns(
    first: Callable[[], object], second: Callable[[], object], rounds: int, warm: int = 20
) -> tuple[float, float]:
    """Medians of both, in microseconds of wall time per call, called A B B A A B B A.

    Args:
        first: Ours.
        second: Theirs.
        rounds: Calls of each.
        warm: Calls of each beforehand, not counted.
    """
    for _ in range(warm):
        first()
        second()
    taken: tuple[list[int], list[int]] = ([], [])
    for number in range(rounds):
        order = ((0, first), (1, second)) if number % 2 else ((1, second), (0, first))
        for side, call in order:
            started = time.perf_counter_ns()
            call()
            taken[side].append(time.perf_counter_ns() - started)
    return statistics.median(taken[0]) / 1e3, statistics.median(taken[1]) / 1e3


async def in_turns_async(
    first: Callable[[], Awaitable[object]], second: Callable[[], Awaitable[object]], rounds: int, warm: int = 20
) -> tuple[float, float]:
    """The same for two coroutine functions."""
    for _ in range(warm):
        await first()
        await second()
    taken: tuple[list[int], list[int]] = ([], [])
    for number in range(rounds):
        order = ((0, first), (1, second)) if number % 2 else ((1, second), (0, first))
        for side, call in order:
            started = time.perf_counter_ns()
            await call()
            taken[side].append(time.perf_counter_ns() - started)
    return statistics.median(taken[0]) / 1e3, statistics.median(taken[1]) / 1e3
