"""What vendors do wrong: no JSON, half of it, far too much, expired tokens, throttles, failures, bare refusals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xborder_sdk import errors
from xborder_sdk.hookspecs import Meaning
from xborder_sdk.steps import Effect, Response
from xborder_sdk.testing.exchange import Answer, Exchange, whole
from xborder_sdk.testing.kit import Case, Kit, answers_of, each_good, first_good, firsts, over
from xborder_sdk.testing.leaves import XmlBody, body_of, cut
from xborder_sdk.testing.stage import QUESTIONS, Played, Stage
from xborder_sdk.testing.vendor import Reply

WEB_PAGE = b"<!doctype html><html><head><title>One moment</title></head><body><h1>502</h1><p>nginx</p></body></html>"
_TRIES = 3
_LARGE = 1024 * 1024
_HTML = "text/html; charset=utf-8"


def _each_refusal(cls: type[Kit]) -> Iterator[Case]:
    refusals: Mapping[str, object] = cls.refusals
    for one in firsts(cls):
        if one.operation not in QUESTIONS:
            for name in refusals:
                yield Case(f"{one.operation}-{name}", one, value=name, operation=one.operation)


class TroubleTests(Kit):
    """Answers that no document promises."""

    @over(each_good)
    def test_an_unreadable_answer_is_never_a_success(self, case: Case) -> None:
        """A web page, half an answer, nothing, another type, entities: an error, and for an effect a doubt."""
        exchange = case.given
        with self.stage(exchange) as stage:
            for number, turn in enumerate(exchange.turns):
                is_last = number == len(exchange.turns) - 1
                if not _says_something(turn.answer) or (is_last and exchange.operation in self.told_by_status):
                    continue
                for what, answer in _unreadable(turn.answer):
                    played = self._with(stage, exchange, number, answer)
                    self._is_told(exchange, f"{what} for answer {number + 1}", played)

    @over(first_good(operations_only=False))
    def test_an_answer_without_end_is_cut_off(self, case: Case) -> None:
        """An answer over `max_answer_bytes` ends the call; it is neither read nor kept in memory."""
        exchange = case.given
        with self.stage(exchange, max_answer_bytes=_LARGE) as stage:
            number = len(exchange.turns) - 1
            large = exchange.turns[number].answer
            padded = large.saying(large.content + b" " * (_LARGE + 1))
            played = self._with(stage, exchange, number, padded)
            if played.sends and (played.sends[-1].max_bytes or 0) > _LARGE:
                return  # the flow says itself that this answer may be large
            self._is_told(exchange, "an answer larger than allowed", played)

    @over(lambda cls: (case for case in first_good()(cls) if cls.has_tokens()))
    def test_an_expired_token_is_renewed_once(self, case: Case) -> None:
        """The vendor says that the token has expired: one renewal, and the same result."""
        exchange = case.given
        expired = self.answer(self.expired_token)
        with self.stage(exchange) as stage:
            self._means(stage, expired, "expired_token", Meaning.TOKEN_EXPIRED)
            good = stage.play(exchange.operation, self.request(exchange), answers_of(exchange))
            if not good.sends or good.sends[0].credential is None:
                return
            played = stage.play(exchange.operation, self.request(exchange), [expired, *answers_of(exchange)])
            asked = len(played.token_requests)
            if played.error is not None or asked == 0:
                told = f"{type(played.error).__name__}: {played.error}" if played.error else "no token was asked for"
                self.fail(
                    f"{exchange.name}: an expired token is not renewed: {told}",
                    played=played,
                    hint="is there a good exchange of `token` for this credential?",
                )
            if whole(played.result) != whole(good.result):
                self.fail(f"{exchange.name}: with a renewed token the result is another", played=played)
            for_good = stage.play(exchange.operation, self.request(exchange), [expired], repeat_last=True)
            if len(for_good.sent) > 2 or for_good.error is None:
                self.fail(f"{exchange.name}: a token that is refused again is renewed again and again", played=for_good)

    @over(first_good())
    def test_a_throttled_call_waits_and_goes_on(self, case: Case) -> None:
        """The vendor asks for patience: the call waits, asks again, and has its result."""
        exchange = case.given
        throttled = self.answer(self.throttled)
        with self.stage(exchange, max_attempts=_TRIES) as stage:
            self._means(stage, throttled, "throttled", Meaning.THROTTLED)
            good = stage.play(exchange.operation, self.request(exchange), answers_of(exchange))
            played = stage.play(exchange.operation, self.request(exchange), [throttled, *answers_of(exchange)])
            if isinstance(played.error, errors.OutcomeUnknown) and exchange.effects[0] == "once":
                return  # this vendor's throttle does not prove that nothing was done
            if played.error is not None or whole(played.result) != whole(good.result):
                told = f"{type(played.error).__name__}: {played.error}" if played.error else "the result is another"
                self.fail(f"{exchange.name}: a throttled call does not go on: {told}", played=played)
            if not played.waits:
                self.fail(f"{exchange.name}: a throttled call goes on without waiting", played=played)

    @over(first_good(operations_only=False))
    def test_a_vendor_that_fails_is_never_a_success(self, case: Case) -> None:
        """500, 502, 503 and 504, with nothing or a web page: an error, and for an effect a doubt."""
        exchange = case.given
        with self.stage(exchange) as stage:
            for status in (500, 502, 503, 504):
                for content in (b"", WEB_PAGE):
                    played = self._with(stage, exchange, len(exchange.turns) - 1, _plain(status, content))
                    self._is_told(exchange, f"a bare {status}", played)

    @over(first_good())
    def test_a_bare_refusal_is_never_a_success(self, case: Case) -> None:
        """400 and 403 without any word of the vendor are an error."""
        exchange = case.given
        with self.stage(exchange) as stage:
            for status in (400, 403):
                for content in (b"", WEB_PAGE):
                    played = self._with(stage, exchange, len(exchange.turns) - 1, _plain(status, content))
                    self._is_told(exchange, f"a bare {status}", played, may_be_refused=True)

    @over(_each_refusal)
    def test_a_documented_refusal_is_never_a_success(self, case: Case) -> None:
        """Each of the class's `refusals`, whatever was asked, is an error with nothing of it taken for a result."""
        exchange = case.given
        refusal = self.answer(self.refusals[case.value])
        with self.stage(exchange) as stage:
            played = self._with(stage, exchange, len(exchange.turns) - 1, refusal)
            self._is_told(exchange, f"the refusal {case.value}", played, may_be_refused=True)

    # -- how -----------------------------------------------------------------------------------------------------------

    def _with(self, stage: Stage, exchange: Exchange, number: int, answer: Reply) -> Played:
        """Plays an exchange with another answer, which is then said for good."""
        replies = [*answers_of(exchange)[:number], answer]
        return stage.play(exchange.operation, self.request(exchange), replies, repeat_last=True)

    def _is_told(self, exchange: Exchange, what: str, played: Played, *, may_be_refused: bool = False) -> None:
        if isinstance(played.error, errors.ConnectorBug) or played.crash is not None:
            self.fail(f"{exchange.name}: {what} crashes the connector: {played.crash or played.error}", played=played)
        if played.error is None:
            self.fail(
                f"{exchange.name}: {what} is taken for a success",
                played=played,
                hint="read what the result needs with response.object() and text(), not ..._or_none()",
            )
        if not isinstance(played.error, errors.XborderError):
            self.fail(f"{exchange.name}: {what} ends in {type(played.error).__name__}", played=played)
        acted = played.steps and played.steps[-1].effect is Effect.ONCE
        if acted and not may_be_refused and not isinstance(played.error, errors.OutcomeUnknown):
            self.fail(
                f"{exchange.name}: {what}, after an effect, gives {type(played.error).__name__}:"
                " it must be OutcomeUnknown, since the vendor may have done it",
                played=played,
                hint="claim not_executed, or raise Refused, only where the vendor's answer proves it",
            )

    def _means(self, stage: Stage, answer: Answer, name: str, wanted: Meaning) -> None:
        found = stage.connector.classify(Response(answer.status, answer.headers, answer.content)).meaning
        if found is not wanted:
            self.fail(
                f"classify reads the answer `{name}` as {found.name}, not as {wanted.name}",
                hint=f"set {name} of the test class to what the vendor really says, or correct classify",
            )


def _plain(status: int, content: bytes) -> Answer:
    return Answer(status, (("Content-Type", _HTML),) if content else (), content)


def _says_something(answer: Answer) -> bool:
    """Whether anything of a good answer's body can matter: `{}` and an empty body say nothing."""
    body = body_of(answer.content)
    return 200 <= answer.status < 300 and bool(answer.content) and (body is None or bool(body.places()))


def _unreadable(answer: Answer) -> Iterator[tuple[str, Answer]]:
    yield "a web page", answer.saying(WEB_PAGE, _HTML)
    yield "nothing", answer.saying(b"")
    body = body_of(answer.content)
    if body is None:
        return
    yield "half an answer", answer.saying(cut(answer.content))
    if isinstance(body, XmlBody):
        yield "another document", answer.saying(b"<other/>")
        yield "a document with entities of its own", answer.saying(body.with_entity())
        return
    other = b"{}" if answer.content.lstrip().startswith(b"[") else b"[" + answer.content + b"]"
    yield "another type", answer.saying(other)
    yield "a lone text", answer.saying(b'"a lone text"')
    yield "a lone number", answer.saying(b"7")
