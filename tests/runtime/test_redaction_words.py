"""Which words of a personal text are scrubbed."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_validator, model_validator

from xborder_sdk.hookspecs import ProposeSolution, ReplyReview, Request, ReviewBuyer, SendMessage
from xborder_sdk.models import Buyer, DisputeKind, Money, SolutionKind
from xborder_sdk.runtime.redaction import faults_told, scrub, secrets_given


def test_every_word_of_a_name_is_scrubbed() -> None:
    assert scrub("no parcel for ana maria lindqvist or Lindqvist", [], [Buyer(name="Ana Maria Lindqvist")]) == (
        "no parcel for *** or ***"
    )


def test_plain_words_of_a_note_stay_and_telling_ones_go() -> None:
    note = "please leave it with the neighbour Okonkwo in flat 4B, the order is for the boys, thank you"
    said = scrub("the order for Okonkwo in 4B: the neighbour refused", [], [Buyer(name=note)])
    assert said == "the order for *** in 4B: the *** refused"


@pytest.mark.parametrize(
    "request_",
    [
        SendMessage(order_id="1", text="Dear Wanda, is Lindenallee 23 right?"),
        ReplyReview(order_id="1", text="Dear Wanda, Lindenallee 23 was closed."),
        ReviewBuyer(order_id="1", stars=5, text="Wanda of Lindenallee 23 is kind."),
        ProposeSolution(
            dispute_id="7",
            kind=DisputeKind.CLAIM,
            solution=SolutionKind.REFUND,
            amount=Money(amount=Decimal(5), currency="USD"),
            note="Dear Wanda, back to Lindenallee 23?",
        ),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_written_to_a_buyer_is_not_told_when_a_platform_echoes_it(request_: Request) -> None:
    said = scrub("not allowed: Wanda, Lindenallee 23", [], [request_])
    assert "Wanda" not in said
    assert "Lindenallee" not in said
    assert "Wanda" not in repr(request_)


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


class Key(BaseModel):
    word: SecretStr | None = None


class Invented(BaseModel):
    """Settings whose own words are careless."""

    model_config = ConfigDict(extra="forbid")

    family: Literal["post", "courier"] = "post"
    key: SecretStr | None = None
    keys: dict[str, Key] = {}
    place: str = ""

    @field_validator("place")
    @classmethod
    def _is_known(cls, place: str) -> str:
        if place:
            raise ValueError(f"{place} is no place")
        return place

    @model_validator(mode="after")
    def _belong_together(self) -> Invented:
        if self.family == "courier":
            given = self.key.get_secret_value() if self.key else None
            raise ValueError(f"a courier wants another key than {given}" if given else "a courier wants a key")
        if self.keys:
            raise ValueError(
                f"no such key: {next(iter(self.keys.values())).word!s}{self.keys['a'].word and 'pebble-1'}"
            )
        return self


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"family": "pigeon"}, "family: Input should be 'post' or 'courier'"),
        ({"family": "courier"}, "a courier wants a key"),
        ({"family": "courier", "key": "pebble-1"}, "value_error"),
        ({"keys": {"a": {"word": "pebble-1"}}}, "value_error"),
        ({"place": "moon"}, "place: moon is no place"),
        ({"place": "a-secret-in-the-wrong-place"}, "place: value_error"),
        ({"place": "pebble-1", "kee": "pebble-1"}, "place: value_error; kee: Extra inputs are not permitted"),
        (dict.fromkeys("abcdefg", "1"), "a: " + "; b: ".join(["Extra inputs are not permitted"] * 2) + "; c: "),
    ],
)
def test_settings_that_do_not_fit_are_told_in_words_that_hold_no_secret(given: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Invented.model_validate(given)
    said = faults_told(caught.value, secrets_given(Invented, given))
    assert said == told or (len(given) > 5 and said.startswith(told) and said.endswith("; and 2 more"))
    assert "pebble" not in said
