"""Both clients offer the same, and it is what the contract says."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

import xborder_sdk
from xborder_sdk.client.async_client import AsyncClient
from xborder_sdk.client.sync_client import Client
from xborder_sdk.runtime.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
RENAMED = {"close": "aclose", "__enter__": "__aenter__", "__exit__": "__aexit__"}


def members(cls: type) -> dict[str, Any]:
    return {
        name: member
        for name, member in vars(cls).items()
        if callable(member) and (not name.startswith("_") or name in {"__init__", *RENAMED, *RENAMED.values()})
    }


def bare(annotation: object) -> str:
    """An annotation without what differs by colour."""
    text = str(annotation)
    return text.replace("AsyncIterator", "Iterator").replace("httpx.AsyncBaseTransport", "httpx.BaseTransport")


def test_both_clients_have_the_same_members() -> None:
    blocking, awaiting = members(Client), members(AsyncClient)
    assert {RENAMED.get(name, name) for name in blocking} == awaiting.keys()
    properties = {name for name, member in vars(Client).items() if isinstance(member, property)}
    assert properties == {name for name, member in vars(AsyncClient).items() if isinstance(member, property)}


@pytest.mark.parametrize("name", sorted(members(Client)))
def test_each_member_has_the_same_parameters_result_and_words(name: str) -> None:
    one, other = members(Client)[name], members(AsyncClient)[RENAMED.get(name, name)]
    shown, other_shown = inspect.signature(one), inspect.signature(other)
    assert [(p.name, p.kind, p.default, bare(p.annotation)) for p in shown.parameters.values()] == [
        (p.name, p.kind, p.default, bare(p.annotation)) for p in other_shown.parameters.values()
    ]
    assert bare(shown.return_annotation) == bare(other_shown.return_annotation)
    assert inspect.getdoc(one) == inspect.getdoc(other)


@pytest.mark.parametrize("client", [Client, AsyncClient])
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_each_operation_of_the_contract_is_a_method(client: type, name: str) -> None:
    spec, method = OPERATIONS[name].spec, vars(client)[name]
    wanted, shown = inspect.signature(spec), inspect.signature(method)
    assert [*shown.parameters] == ["self", "account", "request", "deadline_s"]
    assert shown.parameters["request"].annotation == wanted.parameters["request"].annotation
    assert f"Flow[{shown.return_annotation}]" == wanted.return_annotation
    assert inspect.iscoroutinefunction(method) == (client is AsyncClient)
    # The first sentence is the contract's own.
    first = (inspect.getdoc(spec) or "").partition("\n")[0].partition(". ")[0].rstrip(".")
    assert first
    assert (inspect.getdoc(method) or "").startswith(first)
    # It asks for its own operation and no other.
    assert f"{OPERATIONS[name].kind.__name__}.{name}, request, deadline_s=deadline_s" in inspect.getsource(method)


def test_iterators_differ_by_colour_only() -> None:
    for name in ("iter_orders", "iter_pages", "iter_disputes"):
        assert inspect.isgeneratorfunction(vars(Client)[name])
        assert inspect.isasyncgenfunction(vars(AsyncClient)[name])
    assert Iterator is not AsyncIterator


@pytest.mark.parametrize("module", ["xborder_sdk", "xborder_sdk.models", "xborder_sdk.hookspecs", "xborder_sdk.client",
                                    "xborder_sdk.ledger", "xborder_sdk.documents"])  # fmt: skip
def test_public_names_are_written_out_and_there(module: str) -> None:
    found = importlib.import_module(module)
    names = found.__all__
    assert sorted(names) == sorted(set(names))
    for name in names:
        assert getattr(found, name) is not None
    public = {
        name for name, value in vars(found).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith(module)
        and (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__ != module
    }  # fmt: skip
    assert public <= {*names}
    with pytest.raises(AttributeError):
        found.no_such_name  # noqa: B018


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, capture_output=True, text=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_neither_http_nor_plugins() -> None:
    loaded = loaded_by("import xborder_sdk\nimport xborder_sdk.models, xborder_sdk.hookspecs, xborder_sdk.client")
    roots = {name.partition(".")[0] for name in loaded}
    assert not roots & {"httpx", "httpcore", "aiohttp", "sqlite3", "psycopg"}
    assert not {root for root in roots if root.startswith("xborder_") and root != "xborder_sdk"}
    names = loaded_by("import xborder_sdk")
    assert not {name for name in names if name.startswith("xborder_sdk.")}
    assert xborder_sdk.__version__


def test_no_operation_is_sent_by_making_a_client() -> None:
    loaded = loaded_by("from xborder_sdk import Client\nClient(accounts={}, store='x.db').close()")
    assert not {"httpx", "sqlite3"} & {name.partition(".")[0] for name in loaded}
