"""Good answers with one place changed: what is missing or odd is told, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from xborder_sdk import errors
from xborder_sdk.testing.exchange import Exchange, json_text, whole
from xborder_sdk.testing.kit import Case, Cases, Kit, answers_of, each_good, files, firsts, over
from xborder_sdk.testing.leaves import ODD, UNHEARD_OF, Change, JsonBody, Place, body_of, changes_of, sampled
from xborder_sdk.testing.results import guesses_at, lost_words, money_of
from xborder_sdk.testing.stage import Played, Stage

_SAMPLE = 16
_WORDS = 24
_EVERY_SHAPE = 10_000
_WIDE = Decimal("12345678901234567.89")
_OTHER_CURRENCY = "XTS"  # ISO 4217: reserved for tests


def _sample_and_all(sample: int) -> Cases:
    """A sample of places of the first good exchange of each operation; in the slow lane every shape of place of all.

    Items of a list are read by the same code, so one of them stands for all.
    """

    def make(cls: type[Kit]) -> Iterator[Case]:
        first = list(firsts(cls))
        for one in first:
            yield Case(f"{one.operation}-sample", one, value=sample, operation=one.operation)
        for case in files(good=True, asked=True)(cls):
            most = _EVERY_SHAPE if case.exchange in first else _EVERY_SHAPE - 1
            yield Case(f"{case.id}-everywhere", case.exchange, value=most, slow=True, operation=case.operation)

    return make


class VariationTests(Kit):
    """Every place of a good answer, changed in turn."""

    @over(_sample_and_all(_SAMPLE))
    def test_a_missing_or_odd_place_crashes_nothing(self, case: Case) -> None:
        """Dropped, null, told as text, unheard of, of another type: a result, or an error that is documented."""
        exchange, faults = case.given, []
        last: Played | None = None
        with self.stage(exchange) as stage:
            for number, place, change, content in self._changed(exchange, case.value):
                played = self._play(stage, exchange, number, content)
                fault = _crash(played)
                if fault is not None:
                    last = last or played
                    faults.append(f"{place} {change.value} in answer {number + 1}: {fault}")
                if case.value == _EVERY_SHAPE:
                    faults += self._odd(stage, exchange, number, place, change)
        if faults:
            self.fail(
                f"{exchange.name}: an answer that is not as expected crashes the connector",
                faults,
                last,
                "read with JsonObject: text_or_none, child, children; require with text, integer, time",
            )

    @over(_sample_and_all(_WORDS))
    def test_a_word_nobody_knows_is_unknown(self, case: Case) -> None:
        """An unheard-of code is `UNKNOWN` beside the vendor's own word, never a guess and never a crash."""
        exchange = case.given
        faults: list[str] = []
        with self.stage(exchange) as stage:
            good = stage.play(exchange.operation, self.request(exchange), answers_of(exchange))
            for number, place, _, content in self._changed(exchange, case.value, Change.UNHEARD_OF):
                played = self._play(stage, exchange, number, content)
                fault = _crash(played)
                found = [] if fault is None else [fault]
                found += [*guesses_at(UNHEARD_OF, played.result, self.derived), *lost_words(good.result, played.result)]
                faults += [f"{place} in answer {number + 1}: {each}" for each in found]
        if faults:
            self.fail(
                f"{exchange.name}: a word nobody knows is not told as such",
                dict.fromkeys(faults),
                good,
                "TABLE.get(word, Status.UNKNOWN) and vendor_status=word; what is known otherwise goes into `derived`",
            )

    @over(each_good)
    def test_numbers_told_as_text_are_read_alike(self, case: Case) -> None:
        """`"2"` is 2: vendors change between the two, and the result must not."""
        exchange = case.given
        with self.stage(exchange) as stage:
            good = stage.play(exchange.operation, self.request(exchange), answers_of(exchange))
            faults = []
            for number in range(len(exchange.turns)):
                body = body_of(exchange.turns[number].answer.content)
                numbers = [] if body is None else [place for place in body.places() if place.is_number]
                if body is None or not numbers:
                    continue
                everything = body.with_values({place.steps: str(place.value) for place in numbers})
                if self._same(good, self._play(stage, exchange, number, everything)):
                    continue
                for place in numbers:
                    played = self._play(stage, exchange, number, body.changed(place, Change.AS_TEXT))
                    if not self._same(good, played):
                        told = _crash(played) or (
                            f"{type(played.error).__name__}" if played.error else "another result"
                        )
                        faults.append(f"{place} in answer {number + 1}: {told}")
                faults = faults or [f"all numbers of answer {number + 1} together"]
        if faults:
            self.fail(
                f"{exchange.name}: a number told as text is not read as the number",
                faults,
                good,
                "read it with JsonObject.number, integer or text",
            )

    @over(each_good)
    def test_a_price_is_never_a_float(self, case: Case) -> None:
        """A price of nineteen digits comes through exactly, or not at all."""
        exchange = case.given
        rounded = {Decimal(float(_WIDE)), Decimal(str(float(_WIDE)))}
        good = self.play(exchange)
        if not money_of(good.result):
            return
        with self.stage(exchange) as stage:
            for number, turn in enumerate(exchange.turns):
                body = body_of(turn.answer.content)
                for place in _amounts(good.result, [] if body is None else body.places()):
                    assert body is not None  # noqa: S101 - it has places
                    wide: Any = _WIDE if place.is_number else str(_WIDE)
                    played = self._play(stage, exchange, number, body.with_values({place.steps: wide}))
                    for path, money in money_of(played.result).items():
                        if abs(money.amount) in rounded:
                            self.fail(
                                f"{exchange.name}: {path} has been a float on its way from {place}",
                                played=played,
                                hint="read it with JsonObject.number, which gives a Decimal",
                            )

    @over(files(good=True, asked=True))
    def test_a_currency_is_the_one_the_vendor_says(self, case: Case) -> None:
        """An answer in another currency gives money in that currency, and none in one that was taken for granted."""
        exchange = case.given
        good = self.play(exchange)
        if not money_of(good.result):
            return
        with self.stage(exchange) as stage:
            asked = json_text(exchange.request) + json_text({**self.settings, **exchange.settings})
            for currency in {money.currency for money in money_of(good.result).values()}:
                if currency in asked or not any(_says(turn.answer.content, currency) for turn in exchange.turns):
                    continue
                replies = [
                    turn.answer.saying(_in_other_currency(turn.answer.content, currency)) for turn in exchange.turns
                ]
                played = stage.play(exchange.operation, self.request(exchange), replies)
                for path, money in money_of(played.result).items():
                    if money.currency == currency:
                        self.fail(
                            f"{exchange.name}: {path} is in {currency}, but the vendor says {_OTHER_CURRENCY}",
                            played=played,
                            hint="take the currency from the answer, or leave the money out",
                        )

    def _odd(self, stage: Stage, exchange: Exchange, number: int, place: Place, change: Change) -> Iterator[str]:
        """Odd values in a place, once: beside the first change of it."""
        body = body_of(exchange.turns[number].answer.content)
        if change is not Change.DROPPED or not isinstance(body, JsonBody):
            return
        for value in ODD:
            played = self._play(stage, exchange, number, body.with_values({place.steps: value}))
            fault = _crash(played)
            if fault is not None:
                yield f"{place} = {value!r:.40} in answer {number + 1}: {fault}"

    # -- how -----------------------------------------------------------------------------------------------------------

    def _changed(
        self, exchange: Exchange, most: int, only: Change | None = None
    ) -> Iterator[tuple[int, Place, Change, bytes]]:
        for number, turn in enumerate(exchange.turns):
            body = body_of(turn.answer.content)
            if body is None:
                continue
            places = [place for place in body.places() if only is None or only in changes_of(place)]
            for place in sampled(places, most):
                for change in changes_of(place) if only is None else (only,):
                    yield number, place, change, body.changed(place, change)

    def _play(self, stage: Stage, exchange: Exchange, number: int, content: bytes) -> Played:
        replies = answers_of(exchange)
        replies[number] = exchange.turns[number].answer.saying(content)
        return stage.play(exchange.operation, self.request(exchange), replies)

    @staticmethod
    def _same(one: Played, other: Played) -> bool:
        return other.error is None and whole(one.result) == whole(other.result)


def _crash(played: Played) -> str | None:
    """What is no documented error, in words."""
    if played.overrun is not None:
        return None  # the changed answer lets the flow ask for more; the file has no more
    if played.crash is not None:
        return f"{type(played.crash).__name__}: {played.crash} ({_place(played.crash)})"
    if isinstance(played.error, errors.ConnectorBug):
        return str(played.error)
    if played.error is not None and not isinstance(played.error, errors.XborderError):
        return f"{type(played.error).__name__}: {played.error}"
    return None


def _place(crash: Exception) -> str:
    trace = crash.__traceback__
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
    return place


def _amounts(result: Any, places: list[Place]) -> list[Place]:
    """The places of an answer that stand for an amount of the result."""
    amounts = {abs(money.amount) for money in money_of(result).values()}
    return [place for place in places if place.is_leaf and _number(place.value) in amounts]


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return abs(Decimal(str(value).strip()))
    except ArithmeticError:
        return None


def _says(content: bytes, currency: str) -> bool:
    body = body_of(content)
    return body is not None and any(place.value == currency for place in body.places())


def _in_other_currency(content: bytes, currency: str) -> bytes:
    body = body_of(content)
    if body is None:
        return content
    return body.with_values({place.steps: _OTHER_CURRENCY for place in body.places() if place.value == currency})
