"""The pytest plugin: failures with the requests and answers they are about, and a table of what was exercised.

It is loaded into every pytest run of whoever has the SDK installed, so it imports nothing, and looks at nothing but the
tests of the kit.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Any

import pytest

_PROPERTY = "xborder"
_THEMES = {
    "RegistrationTests": "declared",
    "ExchangeTests": "exchanges",
    "TroubleTests": "troubles",
    "EffectTests": "effects",
    "VariationTests": "odd answers",
    "AskingTests": "wishes",
    "PagingTests": "pages",
    "SenseTests": "sense",
    "AnsweringTests": "answers",
    "SilenceTests": "silence",
}
_WHOLE = "(the connector)"

Tally = dict[str, dict[str, dict[str, list[int]]]]
"""Passed and failed tests by class, operation and theme."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--xborder-report`."""
    parser.getgroup("xborder").addoption(
        "--xborder-report",
        action="store_true",
        help="show what of the connector contract the conformance kit has exercised (also with -v)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker of the kit's long checks known."""
    config.addinivalue_line("markers", "slow: takes long, such as every place of every answer of a connector")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Notes what a test of the kit is about, in a way that reaches the report from another process too."""
    tests = getattr(item, "cls", None)
    if tests is None or not hasattr(tests, "xborder_kit"):
        return
    case = getattr(getattr(item, "callspec", None), "params", {}).get("case")
    theme = getattr(getattr(item, "function", None), "__qualname__", "").partition(".")[0]
    if case is not None and theme in _THEMES:
        item.user_properties.append((_PROPERTY, f"{tests.__name__}\t{case.operation or _WHOLE}\t{_THEMES[theme]}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows a failure of the kit as its message and the exchange it is about, instead of the kit's own lines."""
    report = yield
    error = call.excinfo.value if call.excinfo is not None else None
    sections = getattr(error, "xborder_sections", None)
    if sections is not None:
        report.longrepr = str(error)
        report.sections.extend((f"xborder: {title}", text) for title, text in sections)
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Shows the table, where it is asked for."""
    if not (config.getoption("--xborder-report") or config.get_verbosity() > 0):
        return
    tally = tally_of(terminalreporter.stats)
    for tests, operations in tally.items():
        terminalreporter.write_sep("-", f"what {tests} has exercised of the connector contract")
        for line in table(operations):
            terminalreporter.write_line(line)


def tally_of(stats: Mapping[str, Iterable[Any]]) -> Tally:
    """Counts the kit's tests in pytest's reports."""
    tally: Tally = {}
    for outcome in ("passed", "failed"):
        for report in stats.get(outcome, ()):
            for name, value in getattr(report, "user_properties", ()):
                if name == _PROPERTY:
                    tests, operation, theme = value.split("\t")
                    counts = tally.setdefault(tests, {}).setdefault(operation, {}).setdefault(theme, [0, 0])
                    counts[outcome == "failed"] += 1
    return tally


def table(operations: Mapping[str, Mapping[str, list[int]]]) -> list[str]:
    """A table of one class: a line for each operation, a column for each theme."""
    columns = list(_THEMES.values())
    rows = [["operation", *columns]]
    rows += [
        [operation, *(_cell(operations[operation].get(theme)) for theme in columns)]
        for operation in sorted(operations, key=lambda name: (name != _WHOLE, name))
    ]
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cell(counts: list[int] | None) -> str:
    if counts is None:
        return "-"
    passed, failed = counts
    return str(passed) if not failed else f"{failed} of {passed + failed} fail"
