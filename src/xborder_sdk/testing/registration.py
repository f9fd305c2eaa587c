"""What holds of a connector before anything is asked: its name, its kinds, what it declares, its exchange files."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from pydantic import SecretStr

from xborder_sdk.hookspecs import Connector, Support, SupportLevel
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.testing.exchange import BadExchange, read_exchange
from xborder_sdk.testing.kit import Case, Kit, broken_and_whole_files, implemented, once_each, over, request_model
from xborder_sdk.testing.options import options_of
from xborder_sdk.testing.own_io import watching
from xborder_sdk.testing.stage import QUESTIONS

_SHORTEST_SECRET = 8
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class RegistrationTests(Kit):
    """Registration, declarations and the completeness of the exchange files."""

    @over(once_each)
    def test_it_registers(self, case: Case) -> None:
        """Its name, its title, its core range and its kind classes are as the contract wants them."""
        name = getattr(self.connector, "name", None)
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            self.fail(f"the connector's name is {name!r}; it must be lower-case letters, digits and underscores")
        if not self.connector.kinds:
            self.fail("the connector has no kinds", hint="kinds = (YourOrders, YourParcels)")
        refusal = self.why_unusable()
        if refusal is not None:
            told = "" if refusal.hint is None else f"{refusal.hint}; "
            self.fail(
                f"the core refuses to register the connector: {refusal.message}",
                hint=f"{told}until then nothing else of it is tested",
            )

    @over(once_each)
    def test_what_it_supports_is_said_without_asking_anybody(self, case: Case) -> None:
        """`support` answers for every operation there is, the same each time, with a reason where it is not a yes."""
        with self.stage() as stage:
            connector = stage.connector
            own_io: list[str] = []
            for operation in OPERATIONS:
                before = connector.settings
                with watching(own_io):
                    first, second = connector.support(operation), connector.support(operation)
                if not isinstance(first, Support):
                    self.fail(f"support({operation!r}) returned {type(first).__name__}; it is a function, not a flow")
                if first != second or connector.settings != before:
                    self.fail(f"support({operation!r}) is not the same the second time; it must be a pure function")
                if first.level is not SupportLevel.YES and not first.reason:
                    self.fail(f"support({operation!r}) says {first.level.value} without a reason")
            if stage.vendor.sent or stage.vendor.token_requests or own_io:
                self.fail("support() must answer without I/O", own_io)

    @over(once_each)
    def test_limits_are_declared_so_that_they_can_be_kept(self, case: Case) -> None:
        """Each limit allows something, has a source, and names operations that exist."""
        with self.stage() as stage:
            for limit in stage.connector.limits():
                if limit.requests < 1 or limit.seconds <= 0:
                    self.fail(f"limit {limit.name} allows {limit.requests} requests in {limit.seconds} s")
                if not limit.source:
                    self.fail(f"limit {limit.name} has no source", hint="say where the figure comes from")
                self._known(limit.operations or frozenset(), f"limit {limit.name}")

    @over(once_each)
    def test_what_it_declares_of_operations_names_real_ones(self, case: Case) -> None:
        """`checked` and `honours` name operations that it implements, and options that their requests have."""
        self._known(self.connector.checked.keys(), "checked")
        for kind in self.connector.kinds:
            self._known(kind.honours.keys(), f"{kind.__name__}.honours")
            for operation, names in kind.honours.items():
                known = {way[-1] for way in options_of(request_model(operation))}
                for name in names - known:
                    near = get_close_matches(name, known, n=1, cutoff=0.8)
                    if near:
                        self.fail(
                            f"{kind.__name__}.honours[{operation!r}] names {name}, which is no option",
                            hint=f"did you mean {near[0]}?",
                        )

    def _known(self, names: Any, where: str) -> None:
        for name in sorted(set(names) - {*self.operations(), "whoami"}):
            near = get_close_matches(name, self.operations(), n=1)
            hint = f"did you mean {near[0]}?" if near else "it is no operation that the connector implements"
            self.fail(f"{where} names {name}", hint=hint)

    @over(once_each)
    def test_invented_secrets_are_long_enough_to_be_recognised(self, case: Case) -> None:
        """A secret of four letters could not be found in an error or a log, and a leak would not be seen."""
        with self.stage() as stage:
            settings = stage.connector.settings
            for name in type(settings).model_fields:
                value = getattr(settings, name)
                if isinstance(value, SecretStr) and len(value.get_secret_value()) < _SHORTEST_SECRET:
                    self.fail(
                        f"settings[{name!r}] is shorter than {_SHORTEST_SECRET} characters",
                        hint="give a longer invented one, so that a leak can be seen",
                    )

    @over(broken_and_whole_files)
    def test_an_exchange_file_can_be_read(self, case: Case) -> None:
        """It is JSON, holds what the format asks for and nothing else, and belongs to an operation."""
        try:
            exchange = read_exchange(case.value)
        except BadExchange as error:
            self.fail(str(error), hint="the format is described in the docstring of xborder_sdk.testing")
        known = {*self.operations(), *QUESTIONS}
        if exchange.operation not in known:
            near = get_close_matches(exchange.operation, known, n=1)
            self.fail(
                f"the folder {exchange.operation} is no operation that the connector implements",
                hint=f"did you mean {near[0]}?" if near else "rename it, or implement the operation",
            )
        self.request(exchange)

    @over(implemented)
    def test_an_operation_has_a_good_exchange(self, case: Case) -> None:
        """What no file shows is not tested: each operation needs an exchange in which it works."""
        self._has_a_good_exchange(case.operation)

    @over(lambda cls: (Case(name, operation=name) for name in _questions(cls)))
    def test_a_question_of_its_own_has_a_good_exchange(self, case: Case) -> None:
        """`token`, `whoami` and `exchange_code` are flows too: a folder of their name holds their exchanges."""
        self._has_a_good_exchange(case.operation)

    def _has_a_good_exchange(self, operation: str) -> None:
        if operation in self.not_exchanged:
            return
        if not any(one.operation == operation and one.is_good for one in self.read_files()):
            self.fail(
                f"there is no exchange of {operation} with a result",
                hint=f"write {self.exchanges.name}/{operation}/<situation>.json, record one with `xborder record`,"
                " or say in not_exchanged why there can be none",
            )


def _questions(cls: type[Kit]) -> list[str]:
    return [name for name in sorted(QUESTIONS) if getattr(cls.connector, name) is not getattr(Connector, name)]
