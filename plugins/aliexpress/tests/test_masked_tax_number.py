"""A masked tax number is none: declared to customs it would be a false one."""

from __future__ import annotations

import pytest

from xborder_aliexpress.addresses import tax_number


@pytest.mark.parametrize("shown", ["0***1", "***********", " 000*191 "])
def test_what_is_covered_is_left_out(shown: str) -> None:
    assert tax_number(shown, "BR", "CPF") == ()


def test_a_whole_number_is_taken() -> None:
    (number,) = tax_number(" 00000000191 ", "BR", "CPF")
    assert (number.number, number.issuer, number.name) == ("00000000191", "BR", "CPF")
