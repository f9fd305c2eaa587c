"""Which connectors there are: entry points, loaded one by one, so that a broken plugin takes nobody down."""

from __future__ import annotations

import operator
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from xborder_sdk import __version__
from xborder_sdk.errors import BrokenPlugin, DuplicateConnector, UnknownConnector
from xborder_sdk.hookspecs import ClientHooks, Connector
from xborder_sdk.hookspecs.markers import PROJECT
from xborder_sdk.runtime.redaction import place_of
from xborder_sdk.runtime.relay import check_kind

ENTRY_POINTS = "xborder"
"""The entry-point group of plugins. The name of an entry point is the plugin's name, its value the plugin's module."""

# Only what this project publishes: a pip command for a name from anywhere else would invite impostors.
PUBLISHED = {
    "aliexpress": "xborder-aliexpress",
    "chinapost": "xborder-chinapost",
    "dhl": "xborder-dhl",
    "ebay": "xborder-ebay",
    "track17": "xborder-17track",
}


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """An installed plugin.

    Attributes:
        name: Name of its entry point.
        distribution, version: What was installed.
        connectors: What it provides; empty where it could not be loaded.
        error: Why it could not be loaded.
    """

    name: str
    distribution: str
    version: str
    connectors: tuple[str, ...]
    error: str | None = None


class _Plugin:
    def __init__(self, entry: EntryPoint) -> None:
        self.entry = entry
        self.name = entry.name
        self.distribution = entry.dist.name if entry.dist else "unknown"
        self.version = entry.dist.version if entry.dist else ""
        self.module: object | None = None
        self.connectors: dict[str, type[Connector[Any]]] = {}
        self.error: str | None = None

    def load(self) -> None:
        if self.module is not None or self.error is not None:
            return
        try:
            self.module = self.entry.load()
            for connector in provided_by(self.module):
                self.connectors[connector.name] = connector
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin's import does, others must load
            # The text of a SyntaxError or ImportError is about code, never about an account.
            self.error = f"{type(error).__name__}: {error} ({place_of(error).rpartition(' > ')[2]})"
            self.connectors = {}

    def __str__(self) -> str:
        return f"{self.name} ({self.distribution} {self.version})"


def provided_by(plugin: object) -> tuple[type[Connector[Any]], ...]:
    """The connectors a plugin object provides.

    Raises:
        BrokenPlugin: Its hook returns something else, or a connector breaks the contract.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(ClientHooks)
    manager.register(plugin)
    found: list[type[Connector[Any]]] = []
    for answer in manager.hook.register_connectors():
        for connector in answer:
            if not (isinstance(connector, type) and issubclass(connector, Connector)):
                raise BrokenPlugin("register_connectors must return Connector classes")
            for attribute in ("name", "title"):
                if not isinstance(getattr(connector, attribute, None), str):
                    raise BrokenPlugin(f"{connector.__qualname__} has no {attribute}")
            _check_core(connector)
            for kind in connector.kinds:
                check_kind(kind)
            found.append(connector)
    return tuple(found)


_CLAUSE = re.compile(r"^(>=|<=|==|!=|>|<)\s*([0-9]+(?:\.[0-9]+)*)$")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


def _check_core(connector: type[Connector[Any]]) -> None:
    """Refuses a connector that says it does not work with this core."""
    for clause in connector.core.split(","):
        match = _CLAUSE.match(clause.strip())
        if match is None:
            raise BrokenPlugin(f"{connector.__qualname__}.core is no version specifier such as >=0.1,<0.2")
        length = max(len(match[2].split(".")), 3)
        if not _COMPARE[match[1]](_version(__version__, length), _version(match[2], length)):
            raise BrokenPlugin(
                f"{connector.__qualname__} works with xborder-sdk {connector.core}, this is {__version__}",
                hint="install versions that fit each other",
            )


def _version(text: str, length: int) -> tuple[int, ...]:
    parts = [int(part) for part in text.split(".") if part.isdigit()]
    return tuple(parts + [0] * (length - len(parts)))


class Registry:
    """The connectors of this process.

    Args:
        connectors: Connectors handed over in code; they win over installed ones of the same name.
        entries: Entry points; None for those installed.
    """

    def __init__(
        self, connectors: Sequence[type[Connector[Any]]] = (), entries: Iterable[EntryPoint] | None = None
    ) -> None:
        self._given = {connector.name: connector for connector in connectors}
        self._entries = entries
        self._plugins: list[_Plugin] | None = None
        self._lock = threading.RLock()

    def _installed(self) -> list[_Plugin]:
        with self._lock:
            if self._plugins is None:
                entries = entry_points(group=ENTRY_POINTS) if self._entries is None else self._entries
                # One distribution may be on the path twice (an editable install beside a wheel).
                unique = {(e.name, e.value, e.dist.name if e.dist else ""): e for e in entries}
                self._plugins = [_Plugin(entry) for entry in unique.values()]
            return self._plugins

    def connector(self, name: str) -> type[Connector[Any]]:
        """The connector of a name; only the plugin of that name is loaded where there is one.

        Raises:
            UnknownConnector: No plugin provides it; the hint says what to install, where this project publishes it.
            BrokenPlugin: The plugin of that name cannot be loaded.
            DuplicateConnector: Two plugins claim the name.
        """
        if name in self._given:
            return self._given[name]
        with self._lock:
            named = [plugin for plugin in self._installed() if plugin.name == name]
            if len(named) == 1:
                named[0].load()
                if name in named[0].connectors:
                    return named[0].connectors[name]
            return self._search(name, named)

    def _search(self, name: str, named: list[_Plugin]) -> type[Connector[Any]]:
        if len(named) > 1:
            raise self._duplicate(name, named)
        for plugin in self._installed():
            plugin.load()
        providers = [plugin for plugin in self._installed() if name in plugin.connectors]
        if len(providers) == 1:
            return providers[0].connectors[name]
        if providers:
            raise self._duplicate(name, providers)
        if named and named[0].error:
            raise BrokenPlugin(f"plugin {named[0]} cannot be loaded: {named[0].error}")
        if name in PUBLISHED:
            raise UnknownConnector(f"connector {name} is not installed", hint=f"run: pip install {PUBLISHED[name]}")
        known = sorted({*self._given, *(c for plugin in self._installed() for c in plugin.connectors)})
        raise UnknownConnector(
            f"no installed plugin provides a connector named {name}",
            hint=f"installed: {', '.join(known) or 'none'}",
        )

    def _duplicate(self, name: str, plugins: list[_Plugin]) -> DuplicateConnector:
        claim = " and ".join(str(plugin) for plugin in plugins)
        return DuplicateConnector(f"connector {name} is claimed by {claim}", hint="uninstall one of them")

    def plugins(self) -> tuple[PluginInfo, ...]:
        """Every installed plugin, loaded, with what is wrong with it."""
        with self._lock:
            installed = self._installed()
            for plugin in installed:
                plugin.load()
            claims: dict[str, list[_Plugin]] = defaultdict(list)
            for plugin in installed:
                for connector in plugin.connectors:
                    claims[connector].append(plugin)
            found = []
            for plugin in sorted(installed, key=lambda p: (p.name, p.distribution)):
                error = plugin.error
                for connector in plugin.connectors:
                    if len(claims[connector]) > 1 and error is None:
                        error = self._duplicate(connector, claims[connector]).message
                names = tuple(sorted(plugin.connectors))
                found.append(PluginInfo(plugin.name, plugin.distribution, plugin.version, names, error))
            return tuple(found)

    def connectors(self) -> tuple[type[Connector[Any]], ...]:
        """Every connector that can be used, by name."""
        usable = dict(self._given)
        for info in self.plugins():
            for name in info.connectors:
                if info.error is None and name not in usable:
                    usable[name] = self.connector(name)
        return tuple(usable[name] for name in sorted(usable))

    def plugin(self, name: str) -> object:
        """The module of a plugin, for the client-wide hooks.

        Raises:
            BrokenPlugin: It is not installed or cannot be loaded.
        """
        with self._lock:
            for plugin in self._installed():
                if plugin.name == name:
                    plugin.load()
                    if plugin.module is None:
                        raise BrokenPlugin(f"plugin {plugin} cannot be loaded: {plugin.error}")
                    return plugin.module
        raise BrokenPlugin(f"no plugin named {name} is installed")
