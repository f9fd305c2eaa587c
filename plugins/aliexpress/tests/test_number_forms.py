"""Patterns of the platform for tracking numbers: good ones are held against numbers, none keeps the program busy."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_aliexpress.number_forms import may_have_form

NUMBER = "LX100000015CN"


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("^[a-zA-Z]{2}[0-9]{9}[a-zA-Z]{2}$", True),
        ("^[a-zA-z]{2}[A-Za-z0-9]{9}[a-zA-z]{2}$", True),
        (r"^(\d{10}|[A-Z]{2}\d{9}CN)$", True),
        (r"(\d{10})|(\d{12})", False),
        (r"^(?:JD)?[A-Z0-9]{13}(-1)?$", True),
        (r" ^.{3,30}$ ", True),
        (r"^\d+$", False),
        (r"^[]A-Z\d\]-]*$", True),
        (r"^[^\]A-Z]*$", False),
        ("^L.*?N$", True),
        ("^LX(1|0|5)", False),
        ("", False),
        # what is not tried, or is none: the platform will tell
        ("^[0-9", True),
        ("*", True),
        ("a)", True),
        ("(a", True),
        (r"^(?=A)\d+$", True),
        (r"^(?P<n>\d)$", True),
        (r"^(\d{3}){4}$", True),
        ("^" + "[A-Z]" * 200 + "$", True),
    ],
)
def test_forms(pattern: str, fits: bool) -> None:
    assert may_have_form(NUMBER, pattern) is fits


@pytest.mark.parametrize(
    "pattern",
    [
        "^([A-Z0-9]+)*$",
        "^(([A-Z0-9])+.?)+$",
        "^(A|AA)+$",
        "^" + "A?" * 40 + "A" * 40 + "$",
        "^" + "A*" * 12 + "$",
        "^" + "(A|A)" * 40 + "$",
        "^" + "(A?)" * 40 + "$",
        "^" + "(?:A{0,9}A{0,9})?" * 12 + "$",
        "^(A)*?$" * 20,
    ],
)
def test_no_pattern_keeps_the_program_busy(pattern: str) -> None:
    """In a process of its own, which can be ended: the matcher cannot."""
    code = "import sys; from xborder_aliexpress.number_forms import may_have_form; may_have_form(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", code, "A" * 39 + "!", pattern], check=True, timeout=30)


PIECES = st.sampled_from(["A", "[AB]", ".", r"\d", "(", "(?:", ")", ")?", "|", "*", "+", "?", "{2}", "{1,3}", "{2,}"])


@given(st.lists(PIECES, max_size=9).map("".join), st.text("AB1", max_size=6))
def test_a_number_is_refused_only_where_it_does_not_fit(pattern: str, number: str) -> None:
    if not may_have_form(number, pattern):
        assert re.fullmatch(pattern, number) is None
