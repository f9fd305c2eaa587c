"""Runs the tests of a kit class without pytest, for whoever wants its verdict in a program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xborder_sdk.testing.kit import Case, Kit, kit_tests


@dataclass(frozen=True)
class Verdict:
    """What one test said of one case.

    Attributes:
        test: Name of the test.
        case: Name of the case.
        error: What it raised; None where it passed.
    """

    test: str
    case: str
    error: Exception | None

    def __str__(self) -> str:
        return f"{self.test}[{self.case}]: {'passed' if self.error is None else self.error}"


def run_kit(tests: type[Kit], only: Iterable[str] | None = None, *, slow: bool = False) -> list[Verdict]:
    """Runs a kit class.

    Args:
        tests: The class.
        only: Names of tests; None for all.
        slow: Whether to run the slow cases too.
    """
    wanted = None if only is None else set(only)
    found = []
    for name, test in kit_tests(tests):
        if getattr(tests, name) is None or (wanted is not None and name not in wanted):
            continue
        found += [_judged(tests, name, test, case) for case in test.xborder_cases(tests) if slow or not case.slow]
    return found


def _judged(tests: type[Kit], name: str, test: object, case: Case) -> Verdict:
    try:
        test(tests(), case)  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001 - a crash of a test is a verdict too
        return Verdict(name, case.id, error)
    return Verdict(name, case.id, None)
