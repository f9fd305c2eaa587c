"""The relay: one small pluggy manager per account, on which its kind classes are registered.

One manager for all accounts would need a filter in every implementation and would lose who answered; a relay is made
when an account is first used and costs under a millisecond.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator
from difflib import get_close_matches
from typing import Any

import pluggy

from xborder_sdk.errors import BrokenPlugin, ConnectorBug, UnsupportedOperation, UnsupportedOption, XborderError
from xborder_sdk.hookspecs import KINDS, Connector, Kind, Request, Support, SupportLevel
from xborder_sdk.hookspecs.markers import PROJECT
from xborder_sdk.runtime.blame import bug_in
from xborder_sdk.runtime.operations import OPERATIONS, operation_named
from xborder_sdk.steps import Flow


class _Manager(pluggy.PluginManager):
    """Takes every overridden operation as an implementation, so that authors need no decorator."""

    def __init__(self) -> None:
        super().__init__(PROJECT)
        self._wanted: dict[type, frozenset[str]] = {}

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        kind_class = type(plugin)
        if kind_class not in self._wanted:  # asked for every attribute of the class
            self._wanted[kind_class] = _overridden(kind_class)
        return {} if name in self._wanted[kind_class] else None


def _overridden(kind_class: type) -> frozenset[str]:
    return frozenset(
        name
        for name, operation in OPERATIONS.items()
        if issubclass(kind_class, operation.kind) and getattr(kind_class, name, operation.spec) is not operation.spec
    )


def check_kind(kind_class: type[Kind]) -> frozenset[str]:
    """The operations a kind class implements.

    Raises:
        BrokenPlugin: It is no kind, a public method is no operation, or an operation's signature is not
            `(self, request)`.
    """
    label = f"{kind_class.__module__}.{kind_class.__qualname__}"
    if not issubclass(kind_class, KINDS):
        raise BrokenPlugin(f"{label} is not an OrderSource, LogisticsProvider, LabelPrinter or DisputeChannel")
    known = {name for name, operation in OPERATIONS.items() if issubclass(kind_class, operation.kind)}
    for cls in kind_class.__mro__:
        if cls in {Kind, object, *KINDS}:
            continue
        for name, member in vars(cls).items():
            if name.startswith("_") or not inspect.isroutine(member) or name in known:
                continue
            near = get_close_matches(name, known, n=1, cutoff=0.75)
            hint = f"did you mean {near[0]}?" if near else "begin the name of a helper with an underscore"
            raise BrokenPlugin(f"{label}.{name} is not an operation", hint=hint)
    operations = _overridden(kind_class)
    for name in operations:
        parameters = list(inspect.signature(getattr(kind_class, name)).parameters.values())
        if [p.name for p in parameters] != ["self", "request"] or parameters[1].default is not parameters[1].empty:
            raise BrokenPlugin(f"{label}.{name} must take (self, request), without a default")
    return operations


class Relay:
    """One account's operations.

    Args:
        connector: The account's connector.

    Raises:
        BrokenPlugin: A kind class breaks the contract, or two of them implement one operation.
    """

    def __init__(self, connector: Connector[Any]) -> None:
        self.connector = connector
        self._manager = _Manager()
        for kind in KINDS:
            if any(issubclass(each, kind) for each in connector.kinds):
                self._manager.add_hookspecs(kind)
        self._kinds: dict[str, Kind] = {}
        for kind_class in connector.kinds:
            instance = kind_class(connector)
            for name in check_kind(kind_class):
                if name in self._kinds:
                    other = type(self._kinds[name]).__qualname__
                    raise BrokenPlugin(f"{connector.name}: {kind_class.__qualname__} and {other} both implement {name}")
                self._kinds[name] = instance
            self._manager.register(instance, name=kind_class.__qualname__)

    @property
    def operations(self) -> frozenset[str]:
        """What the connector implements."""
        return frozenset(self._kinds)

    def kind_of(self, operation: str) -> Kind:
        """The kind object that implements an operation.

        Raises:
            UnsupportedOperation: None does.
        """
        self.require(operation)
        return self._kinds[operation]

    def support(self, operation: str) -> Support:
        """Whether this account can use an operation, asked without any I/O."""
        operation_named(operation)
        if operation not in self._kinds:
            said = self.connector.support(operation)  # a connector may say why its vendor has no such thing
            reason = said.reason if said.level is SupportLevel.NO else None
            return Support(SupportLevel.NO, reason or f"{self.connector.title} does not offer it")
        if operation in self.connector.settings.deny_operations:
            return Support(SupportLevel.NO, "the account's settings deny it")
        return self.connector.support(operation)

    def require(self, operation: str) -> None:
        """Refuses an operation the account cannot use.

        Raises:
            UnsupportedOperation: With the reason.
        """
        found = self.support(operation)
        if not found:
            raise UnsupportedOperation(f"{self.connector.account} cannot {operation}: {found.reason}")

    def flow(self, operation: str, request: Request) -> Flow[Any]:
        """The flow of a call, checked before any I/O.

        Raises:
            UnsupportedOperation: The account cannot do this.
            UnsupportedOption: The request sets an option that the connector does not honour.
            ConnectorBug: The connector returned no generator.
        """
        self.require(operation)
        ignored = request.set_options() - self._kinds[operation].honours.get(operation, frozenset())
        if ignored:
            raise UnsupportedOption(tuple(sorted(ignored)), self.connector.name, operation)
        try:
            flow = getattr(self._manager.hook, operation)(request=request)
        except XborderError:
            raise
        except Exception as bug:  # noqa: BLE001 - a connector's crash must be named
            raise bug_in(f"{self.connector.name}.{operation}", bug) from None
        if not isinstance(flow, Generator):
            raise ConnectorBug(
                f"{self.connector.name}.{operation} returned {type(flow).__name__} instead of a flow",
                hint="an operation is a generator: it needs a `yield from` to reach the vendor",
            )
        return flow
