"""Which texts every label shows, and how they are shortened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sdk.lettering import is_latin, shortened


@pytest.mark.parametrize("text", ["", "A-1 (b)", "Łódź, Þingvellir", "ÅÄÖ ß ẞ ő", "“10 €” – № 7 … §", "ﬁ Ω"])
def test_latin_letters_and_what_stands_between(text: str) -> None:
    assert is_latin(text) is ("Ω" not in text)


@pytest.mark.parametrize(
    "text", ["上海", "Москва", "Αθήνα", "שלום", "a\tb", "a\nb", "so\xadft", "x\x7f", "😀", "a\u200bb"]
)
def test_what_a_latin_label_may_not_show(text: str) -> None:
    assert not is_latin(text)


@given(st.text(), st.integers(1, 40))
def test_what_is_shortened_fits_and_is_a_beginning(text: str, limit: int) -> None:
    found = shortened(text, limit)
    assert len(found) <= limit
    assert " ".join(text.split()).startswith(found)


@pytest.mark.parametrize(
    ("text", "limit", "found"),
    [
        ("folded paper lamp", 17, "folded paper lamp"),
        ("folded  paper\nlamp", 16, "folded paper"),
        ("folded paper, lamp", 14, "folded paper"),
        ("foldedpaperlamp", 6, "folded"),
        ("纸灯，折叠纸灯", 3, "纸灯"),
    ],
)
def test_it_is_cut_between_words_where_there_is_one(text: str, limit: int, found: str) -> None:
    assert shortened(text, limit) == found
