"""Journeys go over real HTTP, and many of them by several ways. The fast lane takes a sample of each test's cases."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MOST_CASES = 5
"""Cases of one test in the fast lane, spread evenly over all of them; the slow lane runs every one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the cases beyond the sample as slow."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.path.is_relative_to(HERE):
            cases[item.nodeid.partition("[")[0]].append(item)
    for same in cases.values():
        same.sort(key=lambda item: item.nodeid)
        sample = {round(number * (len(same) - 1) / (MOST_CASES - 1)) for number in range(MOST_CASES)}
        for number, item in enumerate(same):
            if number not in sample:
                item.add_marker(pytest.mark.slow)
