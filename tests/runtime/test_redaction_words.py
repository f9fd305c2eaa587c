"""Which words of a personal text are scrubbed."""

from __future__ import annotations

import pytest

from xborder_sdk.models import Buyer
from xborder_sdk.runtime.redaction import scrub


def test_every_word_of_a_name_is_scrubbed() -> None:
    assert scrub("no parcel for ana maria lindqvist or Lindqvist", [], [Buyer(name="Ana Maria Lindqvist")]) == (
        "no parcel for *** or ***"
    )


def test_plain_words_of_a_note_stay_and_telling_ones_go() -> None:
    note = "please leave it with the neighbour Okonkwo in flat 4B, the order is for the boys, thank you"
    said = scrub("the order for Okonkwo in 4B: the neighbour refused", [], [Buyer(name=note)])
    assert said == "the order for *** in 4B: the *** refused"


@pytest.mark.parametrize("words", ["1(", "a", "+1", "12345-", "x@"])
def test_words_without_end_are_scrubbed_in_no_time(words: str) -> None:
    said = scrub(words * 200_000, [], [])
    assert len(said) <= 300
    assert said.endswith("…")


def test_no_half_of_a_secret_is_left_where_words_were_cut() -> None:
    """Much that is scrubbed makes short what was long, so that the place of the cut would show."""
    secret = "a canary sings " * 10
    said = scrub(f"{secret} " * 100, [secret], [])
    assert "canary" not in said
