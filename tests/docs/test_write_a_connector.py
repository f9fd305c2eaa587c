"""The page about writing a connector quotes two distributions: they load, run, are installed, and are what it shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import EntryPoint, distribution
from pathlib import Path
from typing import Any

import pytest
from tests.docs.pages import DOCS, ROOT, Block, blocks
from tests.support.drivers import Caller
from tests.support.faults import Act, FaultServer, Received, answer, routed
from tests.support.tiny import shipment

from xborder_sdk import read_config
from xborder_sdk.errors import NotFound
from xborder_sdk.hookspecs import Connector, GetOrder, ListOrders, TrackParcels
from xborder_sdk.models import TrackingStatus
from xborder_sdk.runtime.registry import Registry

PAGE = DOCS / "write-a-connector.md"
EXAMPLES = DOCS / "examples"
FIRST, HELLO = EXAMPLES / "first_connector", EXAMPLES / "hello_connector"
QUOTES = [block for block in blocks(PAGE) if block.title]
LEFT_BY_TOOLS = {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", "dist", "build"}

LINES = {
    "python -m venv .venv": "test_the_wheels_are_found_by_the_command",
    ". .venv/bin/activate": "test_the_wheels_are_found_by_the_command",
    "pip install 'xborder-sdk[cli]'": "test_the_wheels_are_found_by_the_command",
    "pip install -e first_connector": "test_the_wheels_are_found_by_the_command",
    "pip install -e hello_connector mypy pytest": "test_the_wheels_are_found_by_the_command",
    "cd hello_connector": "test_its_own_tests_pass",
    "pytest": "test_its_own_tests_pass",
    "mypy src tests": "test_its_types_hold",
    "pip install build": "test_the_wheels_are_found_by_the_command",
    "python -m build --wheel": "test_the_wheels_are_found_by_the_command",
}
"""The commands of the page that are not ours, and the test that runs them, offline."""


# --- the page


@pytest.mark.parametrize("quote", QUOTES, ids=lambda quote: f"{quote.title}:{quote.line}")
def test_what_is_quoted_stands_so_in_its_file(quote: Block) -> None:
    assert f"\n{quote.text}" in f"\n{(EXAMPLES / quote.title).read_text(encoding='utf-8')}"


def test_all_code_of_the_page_is_quoted() -> None:
    assert {block.title for block in blocks(PAGE, "python", "toml")} <= {quote.title for quote in QUOTES}
    assert len(QUOTES) > 15


def test_the_commands_of_the_page_are_run_here() -> None:
    shown = [line for block in blocks(PAGE, "sh") for line in block.text.splitlines()]
    assert shown == list(LINES)
    assert all(name in globals() for name in LINES.values())


def test_the_tree_shown_is_the_tree() -> None:
    (tree,) = (block.text for block in blocks(PAGE, "text") if "├──" in block.text)
    shown = {line.split("── ")[1].split()[0].rstrip("/") for line in tree.splitlines() if "── " in line}
    there = {
        path.relative_to(HELLO).as_posix()
        for path in HELLO.rglob("*")
        if path.is_file() and not LEFT_BY_TOOLS & set(path.parts)
    }
    named = {path.rpartition("/")[2] for path in there if "/exchanges/" not in path}
    assert shown - {"src/xborder_hello", "tests", "exchanges"} == named


# --- the plugins, from their folders


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], type[Connector[Any]]]]:
    """Finds the connector of a folder by its entry point, as if it were installed; both folders have one package."""

    def forget() -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] == "xborder_hello"]:
            del sys.modules[name]

    def find(folder: Path) -> type[Connector[Any]]:
        forget()
        monkeypatch.syspath_prepend(folder / "src")
        points = _project(folder)["entry-points"]["xborder"]
        registry = Registry(entries=[EntryPoint(name, value, "xborder") for name, value in points.items()])
        (plugin,) = registry.plugins()
        assert (plugin.connectors, plugin.error) == (("hello",), None)
        connector = registry.connector("hello")
        assert Path(sys.modules["xborder_hello"].__file__ or "").is_relative_to(folder)
        return connector

    yield find
    forget()


def _project(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


@pytest.mark.parametrize("driver", ["sync", "async"])
def test_the_ten_lines_are_asked_through_both_clients(
    load: Callable[[Path], type[Connector[Any]]], driver: str, serve: Callable[..., FaultServer]
) -> None:
    server = serve(answer(200, {"known": ["A1"]}))
    accounts = {"hello": {"connector": "hello", "hosts": {"api": server.url}}}
    with Caller(driver, accounts, connectors=[load(FIRST)]) as caller:
        found = caller.track("hello", TrackParcels(numbers=("A1", "B2")))
    assert [(parcel.number, parcel.found) for parcel in found] == [("A1", True), ("B2", False)]
    assert [request.target for request in server.requests] == ["/parcels?numbers=A1%2CB2"]


def test_the_ten_lines_are_few() -> None:
    code = (FIRST / "src/xborder_hello/__init__.py").read_text(encoding="utf-8").splitlines()
    inside = [line for line in code if line.startswith("    ")]
    assert len(inside) <= 12


TOKEN = {"access_token": "a-token", "expires_at": "2999-01-01T00:00:00Z"}
ORDER = {
    "id": "H-1",
    "state": "open",
    "payment": "received",
    "created": "2026-03-01T10:00:00+01:00",
    "lines": [{"line": "1", "pieces": 1}],
}


def vendor(request: Received) -> Act:
    """The invented vendor over HTTP: two pages of orders, shipments, parcels."""
    if request.path == "/token":
        assert request.headers["authorization"].startswith("Basic ")
        return answer(200, TOKEN)
    if request.headers.get("authorization") != "Bearer a-token" or request.headers.get("x-shop") != "77":
        return answer(401, {"error": {"code": "NO_TOKEN"}})
    found = {
        "/orders?limit=1&changed_since=2026-03-01T00%3A00%3A00%2B00%3A00": {
            "orders": [{"id": "H-1"}],
            "after": "x",
        },
        "/orders?limit=1&changed_since=2026-03-01T00%3A00%3A00%2B00%3A00&after=x": {"orders": [{"id": "H-2"}]},
        "/orders/H-1": ORDER,
        "/orders/H-2": ORDER | {"id": "H-2"},
        "/shipments": {"waybill": "9007"},
        "/parcels?numbers=9007": {"parcels": [{"number": 9007, "scans": [{"code": "MOV"}]}]},
        "/me": {"shop": 77, "name": "Lamp Shop"},
    }.get(request.target)
    if found is None:
        return answer(404, {"error": {"code": "ORDER_UNKNOWN"}})
    return answer(200, found)


@pytest.mark.parametrize("driver", ["sync", "async"])
def test_the_whole_connector_works_through_both_clients(
    load: Callable[[Path], type[Connector[Any]]],
    driver: str,
    serve: Callable[..., FaultServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connector = load(HELLO)
    monkeypatch.setenv("HELLO_CLIENT_SECRET", "word")
    (account,) = read_config(HELLO / "xborder.toml").accounts
    server = serve(routed(vendor))
    settings = {"connector": account.connector, **account.settings, "hosts": {"api": server.url}}
    with Caller(driver, {"my-shop": settings}, connectors=[connector]) as caller:
        since = datetime(2026, 3, 1, tzinfo=UTC)
        orders = list(caller.iter_orders("my-shop", ListOrders(modified_from=since, page_size=1)))
        assert [order.order_id for order in orders] == ["H-1", "H-2"]
        with pytest.raises(NotFound):
            caller.get_order("my-shop", GetOrder(order_id="H-9"))
        purchase = shipment()
        bought = [caller.create_shipment("my-shop", purchase).waybill for _ in range(2)]
        assert bought == ["9007", "9007"]
        (parcel,) = caller.track("my-shop", TrackParcels(numbers=("9007",)))
        assert (parcel.found, parcel.status) == (True, TrackingStatus.IN_TRANSIT)
        assert caller.whoami("my-shop").name == "Lamp Shop"
    (sent,) = server.posts("/shipments")
    assert json.loads(sent.body)["kilograms"] == 0.5
    assert len(server.posts("/token")) == 1


# --- what its author runs


def _run(command: Sequence[str | Path], folder: Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    kept = {name: value for name, value in kept.items() if not name.startswith(("XBORDER_", "PYTEST_", "MYPY"))}
    done = subprocess.run(
        [str(word) for word in command],
        check=False,
        cwd=folder,
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_its_own_tests_pass() -> None:
    told = _run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"], HELLO)
    assert int(re.findall(r"(\d+) passed", told)[0]) > 15


@pytest.mark.slow
def test_its_types_hold(tmp_path: Path) -> None:
    mypy = [sys.executable, "-m", "mypy", "--cache-dir", tmp_path]
    assert "no issues found" in _run([*mypy, "src", "tests"], HELLO)
    assert "no issues found" in _run([*mypy, "--strict", "src"], FIRST)


def _needed(name: str, extra: str, found: set[str]) -> set[str]:
    """What a distribution needs to run, as installed here: names of distributions."""
    for line in distribution(name).requires or ():
        wish, _, marker = line.partition(";")
        if "extra" in marker and f'"{extra}"' not in marker.replace("'", '"'):
            continue
        (needed,) = re.findall(r"^[\w.-]+", wish.strip())
        if needed.lower() not in found and _installed(needed):
            found.add(needed.lower())
            _needed(needed, "", found)
    return found


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except ModuleNotFoundError:  # of another system or Python
        return False
    return True


@pytest.mark.slow
def test_the_wheels_are_found_by_the_command(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv" / "bin"
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    for name in _needed("xborder-sdk", "cli", set()):  # in place of the registry
        for file in distribution(name).files or ():
            top = file.parts[0]
            if top not in {"..", "__pycache__"} and not (site / top).exists():
                (site / top).symlink_to(Path(str(distribution(name).locate_file(top))).resolve())
    pip = [binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "wheels"]
    _run([*build, ROOT], tmp_path)
    (core,) = (tmp_path / "wheels").glob("*.whl")
    _run([*pip, core], tmp_path)
    for folder, version in ((FIRST, "0.0.1"), (HELLO, "0.1.0")):
        copy = tmp_path / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*LEFT_BY_TOOLS))
        _run([*build, copy], tmp_path)
        (wheel,) = (tmp_path / "wheels").glob(f"xborder_hello-{version}-*.whl")
        _run([*pip, wheel], tmp_path)
        listed = _run([binaries / "xborder", "connectors"], tmp_path)
        assert f"hello\txborder-hello\t{version}\thello\tok\n" in listed
        if folder == FIRST:
            (shown,) = (block.text for block in blocks(PAGE, "text") if block.text.startswith("plugin"))
            assert [line.split("\t") for line in listed.splitlines()] == [
                re.split(r" {2,}", line) for line in shown.splitlines()
            ]
    told = _run([binaries / "xborder", "connectors", "hello"], tmp_path)
    assert "create_shipment\tLogisticsProvider\n" in told
    assert "client_secret\tyes\tsecret\thello\n" in told
