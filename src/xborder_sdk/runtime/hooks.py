"""The client-wide hooks at run time: who is asked, in which order, and what happens when one fails."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, cast

import pluggy

from xborder_sdk.hookspecs import AttemptRecord, ClientHooks, Context
from xborder_sdk.hookspecs.markers import PROJECT
from xborder_sdk.models import Hold, Order, Quote
from xborder_sdk.steps import Flow

_log = logging.getLogger("xborder_sdk.hooks")


class Hooks:
    """The hooks of one client.

    Args:
        plugins: Objects or modules that implement `ClientHooks`, first asked last as pluggy does.

    Attributes:
        observer_failures: How often an observer raised.
    """

    def __init__(self, plugins: Sequence[object] = ()) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(ClientHooks)
        for plugin in plugins:
            self._manager.register(plugin)
        self._wrappers = self._manager.hook.around_operation.get_hookimpls()
        self._observers = self._manager.hook.on_attempt.get_hookimpls()
        self.observer_failures = 0

    def wrap(self, context: Context, flow: Flow[Any]) -> Flow[Any]:
        """The flow inside all policies."""
        for wrapper in self._wrappers:
            values: dict[str, Any] = {"context": context, "flow": flow}
            wrapped = wrapper.function(*(values[name] for name in wrapper.argnames))
            if wrapped is not None:
                flow = cast("Flow[Any]", wrapped)
        return flow

    def observe(self, record: AttemptRecord) -> None:
        """Tells the observers; one that raises is counted and passed over."""
        for observer in self._observers:
            try:
                observer.function(*([record] if observer.argnames else []))
            except Exception as error:  # noqa: BLE001 - an observer must not stop a purchase
                self.observer_failures += 1
                _log.warning("observer %s failed with %s", observer.plugin_name, type(error).__name__)

    def enrich(self, order: Order) -> Order:
        """The order with what every author knows of it."""
        for author in reversed(self._manager.hook.enrich_order.get_hookimpls()):
            found = author.function(order)
            if found is not None:
                order = cast("Order", found)
        return order

    def check(self, order: Order) -> tuple[Hold, ...]:
        """All reasons to hold the order."""
        return tuple(hold for found in self._manager.hook.check_order(order=order) for hold in found)

    def choose(self, order: Order, quotes: Sequence[Quote]) -> Quote | None:
        """The quote a plugin chooses, or None."""
        chosen: Quote | None = self._manager.hook.choose_quote(order=order, quotes=quotes)
        return chosen
