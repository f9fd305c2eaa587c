"""Effects happen once: a lost answer is a doubt, a refusal gives the claim back, a repeated call sends nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xborder_sdk import errors
from xborder_sdk.runtime.retry import Happened
from xborder_sdk.testing.exchange import Answer, Exchange, whole
from xborder_sdk.testing.kit import Case, Kit, answers_of, files, first_good, over
from xborder_sdk.testing.stage import Played
from xborder_sdk.testing.vendor import Lost, Reply

_TRIES = 3
_NO_ANSWERS: Sequence[tuple[str, Reply]] = (
    ("silence", Lost(Happened.SILENT, "nothing came")),
    ("a broken connection", Lost(Happened.LOST, "the connection broke")),
    ("a bare 500", Answer(500)),
    ("a bare 503", Answer(503)),
)


def _refused_effects(cls: type[Kit]) -> Iterator[Case]:
    for case in files(good=False, asked=True)(cls):
        wanted = getattr(errors, str((case.given.error or {}).get("type")), None)
        refused = isinstance(wanted, type) and issubclass(wanted, errors.Refused)
        if refused and case.given.effects[-1:] == ("once",) and len(case.given.effects) == len(case.given.turns):
            yield case


class EffectTests(Kit):
    """What must not happen twice does not."""

    @over(first_good(effects=True, drivers=True))
    def test_an_effect_without_an_answer_is_a_doubt_and_never_repeated(self, case: Case) -> None:
        """The vendor may have done it and nobody heard: `OutcomeUnknown`, and a second call sends nothing."""
        exchange = case.given
        place = exchange.effects.index("once")
        before = answers_of(exchange)[:place]
        with self.stage(exchange, case.driver, max_attempts=_TRIES) as stage:
            for what, reply in _NO_ANSWERS:
                replies = [*before, reply]
                played = stage.play(exchange.operation, self.request(exchange), replies, repeat_last=True)
                self._is_a_doubt(exchange, what, played)
                if len(played.sent) != place + 1:
                    times = len(played.sent) - place
                    self.fail(
                        f"{exchange.name}: after {what} the effect goes out {times} times",
                        played=played,
                        hint="mark the step `once`, and let classify claim not_executed only with proof",
                    )
                again = stage.play(
                    exchange.operation, self.request(exchange), answers_of(exchange), repeat_last=True, anew=False
                )
                if len(again.sent) > place:
                    self.fail(f"{exchange.name}: after {what}, a second call sends the effect again", played=again)
                if not isinstance(again.error, errors.OutcomeUnknown):
                    told = type(again.error).__name__ if again.error else "a result"
                    self.fail(
                        f"{exchange.name}: after {what}, a second call gets {told} instead of OutcomeUnknown",
                        played=again,
                    )

    def _is_a_doubt(self, exchange: Exchange, what: str, played: Played) -> None:
        if not isinstance(played.error, errors.OutcomeUnknown):
            told = f"{type(played.error).__name__}: {played.error}" if played.error else "a result"
            self.fail(
                f"{exchange.name}: {what} instead of the answer to an effect gives {told}; it must be OutcomeUnknown",
                played=played,
                hint="the step must be `once`; catch no transport error round it",
            )

    @over(_refused_effects)
    def test_a_refused_effect_may_be_tried_again(self, case: Case) -> None:
        """A refusal proves that nothing was done: the claim is given back, and a second call goes out."""
        exchange = case.given
        with self.stage(exchange, case.driver) as stage:
            first = stage.play(exchange.operation, self.request(exchange), answers_of(exchange))
            again = stage.play(exchange.operation, self.request(exchange), answers_of(exchange), anew=False)
        if len(again.sent) != len(first.sent) or type(again.error) is not type(first.error):
            told = f"{type(again.error).__name__}: {again.error}" if again.error else "a result"
            self.fail(
                f"{exchange.name}: after a refusal a second call does not go out; it gets {told}",
                played=again,
                hint="raise a subclass of Refused, or let classify claim not_executed",
            )

    @over(first_good(effects=True, drivers=True))
    def test_a_repeated_call_returns_the_same_and_sends_nothing(self, case: Case) -> None:
        """The same call again reads the kept answer: the same result, and no second effect."""
        exchange = case.given
        place = exchange.effects.index("once")
        with self.stage(exchange, case.driver) as stage:
            first = stage.play(exchange.operation, self.request(exchange), answers_of(exchange))
            again = stage.play(exchange.operation, self.request(exchange), answers_of(exchange)[:place], anew=False)
        if again.overrun is not None or len(again.sent) > place:
            self.fail(f"{exchange.name}: the same call again sends the effect again", played=again)
        if again.error is not None or whole(again.result) != whole(first.result):
            told = f"{type(again.error).__name__}: {again.error}" if again.error else "another result"
            self.fail(f"{exchange.name}: the same call again gets {told}", played=again)
