"""Lists that go on: no page is lost, a cursor can be kept, and a list always ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xborder_sdk import errors
from xborder_sdk.models import Cursor, Page
from xborder_sdk.testing.comparing import differences, lacks
from xborder_sdk.testing.exchange import Exchange, whole
from xborder_sdk.testing.kit import Case, Kit, answers_of, files, firsts, over, request_model
from xborder_sdk.testing.options import options_of, with_option
from xborder_sdk.testing.results import people
from xborder_sdk.testing.stage import QUESTIONS, Played

_MOST_PAGES = 12


def _lists(cls: type[Kit]) -> Iterator[Case]:
    for one in firsts(cls):
        if one.operation not in QUESTIONS and "cursor" in request_model(one.operation).model_fields:
            yield Case(one.operation, one, operation=one.operation)


class PagingTests(Kit):
    """Lists page by page; a file with `pages` says what comes on each."""

    @over(_lists)
    def test_a_list_is_shown_over_a_page_edge(self, case: Case) -> None:
        """An operation that goes on with a cursor needs a file with at least two `pages`."""
        if case.operation in self.not_exchanged:
            return
        if not any(one.operation == case.operation and len(one.pages) > 1 for one in self.playable()):
            self.fail(
                f"no exchange of {case.operation} has more than one page",
                hint='write one with "pages": [{"exchanges": [...], "result": {...}}, ...]; if the vendor has no pages,'
                " say so in not_exchanged",
            )

    @over(files(good=True, paged=True, drivers=True))
    def test_every_page_follows_the_one_before(self, case: Case) -> None:
        """Each cursor, written down and read by a fresh process, leads to the next page, and the last has none."""
        exchange = case.given
        request = self.request(exchange)
        for number, page in enumerate(exchange.pages, start=1):
            at = f"{exchange.name}, page {number} of {len(exchange.pages)}"
            with self.stage(exchange, case.driver) as stage:  # a fresh one each time: nothing but the cursor is kept
                played = stage.play(exchange.operation, request, [turn.answer for turn in page.turns])
            if played.error is not None or played.overrun is not None or played.unasked:
                told = f"{type(played.error).__name__}: {played.error}" if played.error else "asks less than the file"
                self.fail(f"{at}: {played.overrun or told}", played=played)
            found = [
                f"request {index + 1}, {each}"
                for index, (turn, sent) in enumerate(zip(page.turns, played.sent, strict=True))
                if turn.expect is not None
                for each in differences(turn.expect, self.normalise_request(sent), played.sends[index], played.hosts)
            ]
            found += lacks(whole(played.result), page.result)
            if found:
                self.fail(f"{at} is not what the file says", found, played)
            following = self._cursor(at, played)
            if number < len(exchange.pages):
                if following is None:
                    self.fail(f"{at} has no cursor: the pages behind it are lost", played=played)
                request = request.replace(cursor=Cursor.parse(str(following)))
            elif following is not None:
                self.fail(f"{at} is the last, but has a cursor: the list does not end", played=played)

    @over(files(good=True, paged=True))
    def test_a_cursor_of_somebody_else_is_refused(self, case: Case) -> None:
        """A cursor of another connector, or one that is damaged, is `InvalidCursor`, and nothing goes out."""
        exchange = case.given
        cursor = self._first_cursor(exchange)
        others = {"of another connector": cursor.replace(connector="somebody_else")}
        others |= {f"without its {name}": _without(cursor, name) for name in cursor.state}
        others["that holds nothing"] = cursor.replace(state={})
        with self.stage(exchange) as stage:
            for what, other in others.items():
                request = self.request(exchange).replace(cursor=other)
                replies = [turn.answer for turn in exchange.pages[1].turns]
                played = stage.play(exchange.operation, request, replies)
                if isinstance(played.error, errors.ConnectorBug) or played.crash is not None:
                    self.fail(
                        f"{exchange.operation}: a cursor {what} crashes it: {played.crash or played.error}",
                        played=played,
                    )
                is_foreign = other.connector != cursor.connector or not other.state
                if is_foreign and not isinstance(played.error, errors.InvalidCursor):
                    self.fail(
                        f"{exchange.operation}: a cursor {what} is taken for its own",
                        played=played,
                        hint="compare cursor.connector with your name, and the state with the request",
                    )

    @over(files(good=True, paged=True))
    def test_a_cursor_of_other_wishes_is_refused(self, case: Case) -> None:
        """With a cursor of another list of this connector, or of other options, nothing goes out."""
        exchange = case.given
        cursor = self._first_cursor(exchange)
        for what, asked, request in self._others(exchange):
            with self.stage(asked) as stage:
                played = stage.play(asked.operation, request.replace(cursor=cursor), answers_of(asked))
            if played.sent:
                self.fail(
                    f"{asked.operation}: a cursor of {what} is taken, and another list goes on with it",
                    played=played,
                    hint="ListPosition.cursor and ListPosition.of bind it to the request",
                )

    def _others(self, exchange: Exchange) -> Iterator[tuple[str, Exchange, Any]]:
        """Other lists than that of an exchange: with another option, and of another operation."""
        request = self.request(exchange)
        for way in options_of(type(request)):
            if any(way[-1] in kind.honours.get(exchange.operation, ()) for kind in self.connector.kinds):
                for other in with_option(request, way):
                    yield f"another {way[-1]}", exchange, other
                    break
        for case in files(good=True, paged=True)(type(self)):
            if case.operation != exchange.operation:
                yield exchange.operation, case.given, self.request(case.given)

    @over(files(good=True, paged=True))
    def test_a_cursor_keeps_no_secret_and_no_buyer(self, case: Case) -> None:
        """Cursors are stored and logged by applications."""
        exchange = case.given
        with self.stage(exchange) as stage:
            played = stage.play(exchange.operation, self.request(exchange), [t.answer for t in exchange.turns])
            secrets = stage.secrets
        text = str(self._cursor(exchange.name, played)) + repr(getattr(played.result, "next", None))
        for word in secrets | people(played.result, self.request(exchange)):
            if word in text:
                self.fail(f"{exchange.name}: the cursor holds something secret or personal", played=played)

    @over(files(good=True, paged=True))
    def test_a_page_that_is_said_again_does_not_go_on_for_ever(self, case: Case) -> None:
        """A vendor that repeats a page must not keep anybody busy: the list ends, or says what is wrong."""
        exchange = case.given
        request, seen = self.request(exchange), []
        with self.stage(exchange) as stage:
            for _ in range(_MOST_PAGES):
                played = stage.play(exchange.operation, request, [t.answer for t in exchange.turns], repeat_last=True)
                following = None if played.error is not None else self._cursor(exchange.name, played)
                if following is None:
                    return
                if str(following) in seen:
                    return  # the client stops where a cursor comes again
                seen.append(str(following))
                request = request.replace(cursor=following)
        if _is_counting(seen):
            return  # by number: it ends where the vendor's total ends, or with the first empty page
        self.fail(f"{exchange.operation}: the same page again and again gives ever new cursors", played=played)

    def _first_cursor(self, exchange: Exchange) -> Cursor:
        with self.stage(exchange) as stage:
            played = stage.play(exchange.operation, self.request(exchange), [t.answer for t in exchange.turns])
        cursor = self._cursor(exchange.name, played)
        if cursor is None:
            self.fail(f"{exchange.name}: the first page has no cursor", played=played)
        return cursor

    def _cursor(self, at: str, played: Played) -> Cursor | None:
        if not isinstance(played.result, Page):
            self.fail(f"{at}: the result is no Page", played=played)
        return played.result.next


def _without(cursor: Cursor, name: str) -> Cursor:
    return cursor.replace(state={key: value for key, value in cursor.state.items() if key != name})


def _is_counting(cursors: list[str]) -> bool:
    states: list[Any] = [Cursor.parse(text).state for text in cursors]
    for name in states[0]:
        values = [state.get(name) for state in states]
        if all(isinstance(value, int) for value in values) and values == sorted(set(values)):
            return True
        if all(isinstance(value, str) and value.isdigit() for value in values):
            numbers = [int(str(value)) for value in values]
            return numbers == sorted(set(numbers))
    return False
