"""Every exchange, as its file says: built, sent through both clients, read, refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xborder_sdk import errors
from xborder_sdk.client.core import EFFECTS
from xborder_sdk.hookspecs import OnceRequest
from xborder_sdk.steps import Effect
from xborder_sdk.testing.comparing import differences, lacks, split_url
from xborder_sdk.testing.exchange import Exchange, plain, whole
from xborder_sdk.testing.kit import Case, Kit, answers_of, each_good, files, implemented, over, request_model
from xborder_sdk.testing.results import floats_and_naive_times, wrong_accounts
from xborder_sdk.testing.stage import Played, time_zone

_ZONES = ("Asia/Shanghai", "America/Los_Angeles")  # no machine lives in both
_FILE_OR_CONNECTOR = "change the connector, or the file where the vendor's documents say otherwise"


class ExchangeTests(Kit):
    """What a file says holds."""

    @over(files(asked=True))
    def test_it_asks_what_the_file_expects(self, case: Case) -> None:
        """The requests that go out are those of the file: verb, host, path, query, headers, body and effect."""
        exchange = case.given
        played = self.play(exchange)
        self._asked_enough(exchange, played)
        found = list(self._differences(exchange, played))
        if found:
            self.fail(f"{exchange.name}: what goes out is not what the file expects", found, played, _FILE_OR_CONNECTOR)

    def _differences(self, exchange: Exchange, played: Played) -> Iterator[str]:
        hosts, sends = played.hosts, played.sends
        for number, (turn, sent) in enumerate(zip(exchange.turns, played.sent, strict=False)):
            if turn.expect is None:
                continue
            step = sends[number] if len(sends) == len(played.sent) else None
            shown = self.normalise_request(sent)
            for each in differences(turn.expect, shown, step, hosts):
                hint = self._signature_hint(step, shown, hosts) if each.startswith(("query", "form")) else ""
                yield f"request {number + 1}, {each}{hint}"

    @staticmethod
    def _signature_hint(step: Any, shown: Any, hosts: Any) -> str:
        if step is None or split_url(shown.url, hosts)[2].keys() == {name for name, _ in step.query}:
            return ""
        return " (does `sign` add it? override normalise_request to check it and take it off)"

    def _asked_enough(self, exchange: Exchange, played: Played) -> None:
        self._no_crash(exchange, played)
        if played.overrun is not None:
            self.fail(
                f"{exchange.name}: the connector asks for more than the file has answers: {played.overrun}",
                played=played,
                hint="add the exchange that is missing, in order",
            )
        if played.unasked:
            what = f"the last {played.unasked} answers of the file were not asked for"
            told = f" (the call ended with {type(played.error).__name__}: {played.error})" if played.error else ""
            self.fail(f"{exchange.name}: {what}{told}", played=played)

    def _no_crash(self, exchange: Exchange, played: Played) -> None:
        if isinstance(played.error, errors.ConnectorBug) or played.crash is not None:
            error = played.crash or played.error
            self.fail(f"{exchange.name}: the connector breaks the contract or crashes: {error}", played=played)

    @over(files(good=True, drivers=True))
    def test_it_returns_what_the_file_promises(self, case: Case) -> None:
        """Through `Client` and `AsyncClient` alike, the caller gets the result of the file."""
        exchange = case.given
        played = self.play(exchange, case.driver)
        self._asked_enough(exchange, played)
        if played.error is not None:
            self.fail(
                f"{exchange.name}: the file promises a result, but there is an error:"
                f" {type(played.error).__name__}: {played.error}",
                played=played,
            )
        found = list(lacks(whole(played.result), exchange.result))
        if not found and self.whole_results:
            found = list(_unnamed(plain(played.result), exchange.result))
        if found:
            self.fail(f"{exchange.name}: the result is not what the file promises", found, played, _FILE_OR_CONNECTOR)

    @over(files(good=False, drivers=True))
    def test_it_refuses_as_the_file_says(self, case: Case) -> None:
        """A refusal is the error of the file, with the vendor's code, and never a success."""
        exchange = case.given
        wanted = exchange.error or {}
        kind = getattr(errors, str(wanted["type"]), None)
        if not (isinstance(kind, type) and issubclass(kind, errors.XborderError)):
            self.fail(f"{exchange.name}: there is no error named {wanted['type']}", hint="see xborder_sdk.errors")
        played = self.play(exchange, case.driver)
        error = played.error
        if error is None:
            self.fail(
                f"{exchange.name}: a refusal is taken for a success",
                played=played,
                hint="let `classify` tell it, or raise in the flow",
            )
        if type(error) is not kind:
            self._no_crash(exchange, played)
            told = f"{type(error).__name__}: {error}"
            self.fail(f"{exchange.name}: raises {told}; the file says {kind.__name__}", played=played)
        found = [
            f"{name} is {getattr(error, name, None)!r}, expected {value!r}"
            for name, value in wanted.items()
            if name not in {"type", "says"} and not name.startswith("x-") and getattr(error, name, None) != value
        ]
        if str(wanted.get("says", "")) not in error.message:
            found.append(f"the message does not say {wanted['says']!r}: {error.message}")
        if found:
            self.fail(f"{exchange.name}: the error is not as the file says", found, played)
        self._asked_enough(exchange, played)

    @over(files())
    def test_a_flow_has_one_once_step_and_nothing_after_it(self, case: Case) -> None:
        """A process may die after any step: what must not happen twice comes last, and one time."""
        played = self.play(case.given)
        effects = [step.effect for step in played.steps]
        if effects.count(Effect.ONCE) > 1:
            self.fail(
                f"{case.given.name}: {effects.count(Effect.ONCE)} `once` steps in one flow",
                played=played,
                hint="make it two operations; the second is due work, not a step",
            )
        if Effect.ONCE in effects[:-1]:
            self.fail(
                f"{case.given.name}: a step follows the `once` step",
                played=played,
                hint="read what must be read before; after the effect nothing should be able to fail",
            )

    @over(lambda cls: (case for case in implemented(cls) if case.operation not in EFFECTS))
    def test_a_question_changes_nothing(self, case: Case) -> None:
        """An operation that only reads has no step with an effect, so that it may be asked of all accounts at once."""
        for exchange in self._of(case.operation):
            played = self.play(exchange)
            if played.acts:
                told = ", ".join(step.effect.value for step in played.acts)
                self.fail(
                    f"{exchange.name}: {case.operation} reads, but has steps with an effect: {told}", played=played
                )

    @over(lambda cls: (case for case in implemented(cls) if issubclass(request_model(case.operation), OnceRequest)))
    def test_what_must_not_happen_twice_is_marked_once(self, case: Case) -> None:
        """The step that does it is `once`: neither `read` nor `idempotent` keeps it from being repeated."""
        good = [one for one in self._of(case.operation) if one.is_good and one.turns]
        played = [(one, self.play(one)) for one in good]
        if good and not any(step.effect is Effect.ONCE for _, one in played for step in one.steps):
            self.fail(
                f"{case.operation} has no `once` step in any of its exchanges",
                played=played[0][1],
                hint="use self.api.once(...) for the request that does it",
            )

    @over(lambda cls: (case for case in implemented(cls) if case.operation in EFFECTS))
    def test_a_read_only_account_changes_nothing(self, case: Case) -> None:
        """With `read_only` in the settings no step with an effect goes out, and the caller is told."""
        for exchange in [one for one in self._of(case.operation) if one.is_good and one.turns][:1]:
            played = self.play(exchange, read_only=True)
            if not isinstance(played.error, errors.ReadOnlyAccount):
                told = type(played.error).__name__ if played.error else "a success"
                self.fail(f"{exchange.name}: a read-only account gets {told} instead of ReadOnlyAccount", played=played)
            if len(played.sent) > exchange.effects.count("read"):
                self.fail(f"{exchange.name}: something went out for a read-only account", played=played)

    @over(implemented)
    def test_a_flow_only_yields_steps(self, case: Case) -> None:
        """No connection, look-up, program or sleep of its own: it would stop every task of an `AsyncClient`."""
        for exchange in self._of(case.operation):
            played = self.play(exchange)
            if played.own_io:
                self.fail(
                    f"{exchange.name}: the flow does not only yield steps",
                    played.own_io,
                    played,
                    "self.api.read, idempotent or once for a request, Pause for a wait, Call for what blocks",
                )

    @over(files(good=True))
    def test_its_numbers_are_exact_and_its_times_have_zones(self, case: Case) -> None:
        """No float in a result or a body that goes out, and no time without its zone."""
        played = self.play(case.given)
        found = list(floats_and_naive_times(played.result))
        found += [f"the body that goes out has a float at {place}; use Decimal" for place in played.floats]
        if found:
            self.fail(f"{case.given.name}: numbers or times are not exact", found, played)

    @over(files(good=True))
    def test_results_name_their_account(self, case: Case) -> None:
        """Whoever merges the results of many accounts must be able to tell them apart."""
        played = self.play(case.given)
        found = list(wrong_accounts(played.result, self.account))
        if found:
            self.fail(f"{case.given.name}: a result names another account", found, played)

    @over(each_good)
    def test_the_time_zone_of_the_machine_changes_nothing(self, case: Case) -> None:
        """What goes out and what comes of it is the same in Shanghai and in Los Angeles."""
        exchange = case.given
        here = _told(self.play(exchange))
        for zone in _ZONES:
            with time_zone(zone), self.stage(exchange) as stage:  # a new one: what it keeps must not hide it
                played = stage.play(exchange.operation, self.request(exchange), answers_of(exchange))
            if _told(played) != here:
                what = "what goes out" if _told(played)[0] != here[0] else "the result"
                self.fail(
                    f"{exchange.name}: {what} is another under TZ={zone} than in the zone of this machine",
                    played=played,
                    hint="no datetime.now(), no astimezone() without a zone, no naive time",
                )

    def _of(self, operation: str) -> list[Exchange]:
        return [one for one in self.playable() if one.operation == operation]


def _told(played: Played) -> tuple[Any, ...]:
    """What goes out and what comes of it."""
    asked = [(one.method, one.path, one.query, one.content) for one in played.sends]
    return asked, whole(played.result), type(played.error)


def _unnamed(found: Any, wanted: Any, path: str = "result") -> Iterator[str]:
    """What a result holds that a file does not name."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key, value in found.items():
            if key not in wanted:
                yield f"{path}.{key}: is {value!r}, and the file does not name it"
            else:
                yield from _unnamed(value, wanted[key], f"{path}.{key}")
    elif isinstance(found, list) and isinstance(wanted, list):
        for number, (one, other) in enumerate(zip(found, wanted, strict=False)):
            yield from _unnamed(one, other, f"{path}[{number}]")
