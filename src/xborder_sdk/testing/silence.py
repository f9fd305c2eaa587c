"""Nothing secret and nobody's name in what people and logs see: canaries in settings, requests and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from xborder_sdk.errors import XborderError
from xborder_sdk.testing.exchange import Exchange
from xborder_sdk.testing.kit import Case, Kit, answers_of, files, firsts, over
from xborder_sdk.testing.leaves import body_of
from xborder_sdk.testing.results import people
from xborder_sdk.testing.stage import QUESTIONS, Played
from xborder_sdk.testing.vendor import Reply

_MOST_PLANTED = 20


def _refused(cls: type[Kit]) -> Iterator[Case]:
    for case in files(good=False, asked=True)(cls):
        if case.operation not in QUESTIONS:
            yield case


class SilenceTests(Kit):
    """Credentials and buyers stay out of errors, reprs, logs and the ledger."""

    @over(files())
    def test_nothing_secret_or_personal_is_told(self, case: Case) -> None:
        """What an exchange leaves behind in errors, logs, the ledger and the result's repr names nobody."""
        self._is_silent(case.given, self.play(case.given), "as the file says")

    @over(_refused)
    def test_a_vendor_that_echoes_is_not_repeated(self, case: Case) -> None:
        """The vendor's refusal quotes the buyer's address and the token; the error must not."""
        exchange = case.given
        number = len(exchange.turns) - 1
        with self.stage(exchange) as stage:
            request = self.request(exchange)
            planted = [*sorted(people(request)), *sorted(stage.secrets)]
            for what, reply in _echoing(exchange.turns[number].answer, planted):
                replies: list[Reply] = [*answers_of(exchange)[:number], reply]
                played = stage.play(exchange.operation, request, replies, repeat_last=True)
                self._is_silent(exchange, played, f"with the request quoted in {what}")

    @over(lambda cls: (Case(one.operation, one, operation=one.operation) for one in firsts(cls)))
    def test_an_answer_that_cannot_be_read_is_not_quoted(self, case: Case) -> None:
        """The error of a damaged answer names the place and never the value."""
        exchange = case.given
        good = self.play(exchange)
        buyers = people(good.result)
        with self.stage(exchange) as stage:
            for number, turn in enumerate(exchange.turns):
                body = body_of(turn.answer.content)
                places = [] if body is None else [place for place in body.places() if place.is_leaf]
                for place in places[:_MOST_PLANTED]:
                    assert body is not None  # noqa: S101 - it has places
                    replies = answers_of(exchange)
                    replies[number] = turn.answer.saying(body.with_values({place.steps: " ".join(sorted(buyers)[:2])}))
                    played = stage.play(exchange.operation, self.request(exchange), replies)
                    if played.error is not None:
                        self._is_silent(exchange, played, f"with {place} damaged", buyers)

    def _is_silent(self, exchange: Exchange, played: Played, how: str, more: frozenset[str] = frozenset()) -> None:
        request = self.request(exchange)
        buyers = people(request if isinstance(request, BaseModel) else None, played.result) | more
        for where, text in _told(played):
            for word in played.secrets:
                if word in text:
                    self.fail(
                        f"{exchange.name}, {how}: {where} tells a secret of the account",
                        [_shown(text, word)],
                        played,
                        "no credential belongs in a message; the driver knows only those it holds",
                    )
            for word in buyers:
                if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text):
                    self.fail(
                        f"{exchange.name}, {how}: {where} names a person",
                        [_shown(text, word)],
                        played,
                        "name the field instead, and keep what names somebody in fields that are Personal",
                    )


def _told(played: Played) -> Iterator[tuple[str, str]]:
    error = played.error
    if error is not None:
        facts = error.facts() if isinstance(error, XborderError) else {}
        # The intent, the reference and a field's path are ids that the caller gave or the SDK made.
        kept = {name: value for name, value in facts.items() if name not in {"intent", "reference", "field"}}
        yield "the error", f"{error} {error!r} {kept} {' '.join(getattr(error, '__notes__', ()))}"
    yield "the result's repr", repr(played.result)
    for line in played.logs:
        yield "the log", line
    for effect in played.effects:
        yield "the ledger", str(effect.reason)


def _shown(text: str, word: str) -> str:
    """The text round a word, with the word itself marked and not repeated."""
    place = text.find(word)
    return f"...{text[max(0, place - 60) : place]}[{'*' * min(8, len(word))}]{text[place + len(word) :][:40]}..."


def _echoing(answer: Any, planted: list[str]) -> Iterator[tuple[str, Reply]]:
    body = body_of(answer.content)
    echo = ", ".join(planted)
    if body is None:
        return
    # In a good answer only what is a sentence is free text; a code that quotes a token is nobody's.
    refused = answer.status >= 300
    texts = [place for place in body.places() if isinstance(place.value, str) and (refused or " " in place.value)]
    for place in texts[:_MOST_PLANTED]:
        yield str(place), answer.saying(body.with_values({place.steps: f"{place.value} {echo}"}))
