"""Plugins as they are installed: broken ones, doubled ones, missing ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tests.support.tiny import Tiny

from xborder_sdk import Client
from xborder_sdk.errors import BrokenPlugin, DuplicateConnector, UnknownAccount, UnknownConnector
from xborder_sdk.hookspecs import hookimpl
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.runtime.registry import Registry


def plugin(*names: str, **members: Any) -> ModuleType:
    """A plugin module that provides connectors of these names."""
    made = ModuleType("plugin")
    connectors = tuple(type(name.title(), (Tiny,), {"name": name, **members}) for name in names)
    made.register_connectors = hookimpl(lambda: connectors)  # type: ignore[attr-defined]
    return made


@pytest.fixture
def modules() -> Iterator[dict[str, ModuleType]]:
    """Modules that entry points can name."""
    made: dict[str, ModuleType] = {}
    before = set(sys.modules)

    class Made(dict[str, ModuleType]):
        def __setitem__(self, name: str, module: ModuleType) -> None:
            sys.modules[name] = module
            super().__setitem__(name, module)

    made = Made()
    yield made
    for name in set(sys.modules) - before:
        if name in made:
            del sys.modules[name]


def entry(name: str, module: str, distribution: str | None = None) -> EntryPoint:
    found = EntryPoint(name, module, "xborder")
    vars(found)["dist"] = SimpleNamespace(name=distribution or f"xborder-{name}", version="1.2")
    return found


def test_a_broken_plugin_is_listed_and_takes_nobody_down(modules: dict[str, ModuleType]) -> None:
    modules["plugin_good"] = plugin("good")
    modules["plugin_wrong"] = plugin("wrong", kinds=(dict,))
    entries = [
        entry("absent", "plugin_that_is_not_there"),
        entry("good", "plugin_good"),
        entry("wrong", "plugin_wrong"),
    ]
    registry = Registry(entries=entries)
    absent, good, wrong = registry.plugins()
    assert (absent.name, absent.distribution, absent.version) == ("absent", "xborder-absent", "1.2")
    assert "ModuleNotFoundError" in str(absent.error)
    assert (good.connectors, good.error) == (("good",), None)
    assert "BrokenPlugin" in str(wrong.error)
    assert [found.name for found in registry.connectors()] == ["good"]
    with pytest.raises(BrokenPlugin, match=r"absent \(xborder-absent 1.2\) cannot be loaded: ModuleNotFoundError"):
        registry.connector("absent")
    assert registry.connector("good").name == "good"


def test_a_plugin_that_leaves_the_process_takes_nobody_down(
    modules: dict[str, ModuleType], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugin_that_leaves.py").write_text("raise SystemExit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    modules["plugin_good"] = plugin("good")
    registry = Registry(entries=[entry("leaver", "plugin_that_leaves"), entry("good", "plugin_good")])
    assert [(info.name, info.error is None) for info in registry.plugins()] == [("good", True), ("leaver", False)]


@pytest.mark.parametrize("names", [("twin", "twin"), ("one", "two")])
def test_two_plugins_with_one_connector_are_both_named_and_neither_loads(
    names: tuple[str, str], modules: dict[str, ModuleType]
) -> None:
    modules["plugin_a"], modules["plugin_b"] = plugin("twin"), plugin("twin")
    modules["plugin_good"] = plugin("good")
    entries = [
        entry(names[0], "plugin_a", "dist-a"),
        entry(names[1], "plugin_b", "dist-b"),
        entry("good", "plugin_good"),
    ]
    registry = Registry(entries=entries)
    with pytest.raises(DuplicateConnector) as caught:
        registry.connector("twin")
    assert "dist-a 1.2" in str(caught.value)
    assert "dist-b 1.2" in str(caught.value)
    assert [found.name for found in registry.connectors()] == ["good"]
    assert [info.error is None for info in registry.plugins()].count(False) == 2


def test_one_distribution_twice_on_the_path_is_one_plugin(modules: dict[str, ModuleType]) -> None:
    modules["plugin_good"] = plugin("good")
    registry = Registry(entries=[entry("good", "plugin_good"), entry("good", "plugin_good")])
    assert registry.connector("good").name == "good"
    assert len(registry.plugins()) == 1


def test_only_the_plugin_of_that_name_is_imported(modules: dict[str, ModuleType]) -> None:
    modules["plugin_good"] = plugin("good")
    registry = Registry(entries=[entry("good", "plugin_good"), entry("other", "plugin_that_is_not_there")])
    assert registry.connector("good").name == "good"
    assert "plugin_that_is_not_there" not in sys.modules


def test_a_connector_of_another_plugins_name_is_found(modules: dict[str, ModuleType]) -> None:
    modules["plugin_many"] = plugin("red", "blue")
    registry = Registry(entries=[entry("many", "plugin_many")])
    assert registry.connector("blue").name == "blue"


def test_what_is_not_installed_is_answered_with_its_pip_command() -> None:
    registry = Registry([Tiny], entries=[])
    with pytest.raises(UnknownConnector) as caught:
        registry.connector("ebay")
    assert caught.value.hint == "run: pip install xborder-ebay"
    with pytest.raises(UnknownConnector) as caught:
        registry.connector("ebai")
    assert caught.value.hint == "installed: tiny"
    with pytest.raises(BrokenPlugin, match="no plugin named policy is installed"):
        registry.plugin("policy")


def test_an_unknown_account_is_answered_with_those_there_are() -> None:
    store = SqliteStore(None)
    with Client(accounts={"ebay-us": {"connector": "tiny"}}, connectors=(Tiny,), store=store) as client:
        with pytest.raises(UnknownAccount) as caught:
            client.supports("ebay-uk", "get_order")
        assert caught.value.hint == "configured: ebay-us"
    store.close()
