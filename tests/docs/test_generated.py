"""The pages say all that the code says: nothing public is missing, and what is made from code is up to date."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.docs.pages import DOCS, PAGES, ROOT, blocks, name_of

from xborder_sdk import errors
from xborder_sdk.client import config
from xborder_sdk.documents import LabelDocument, verify_label
from xborder_sdk.fulfilment import WorkState
from xborder_sdk.fulfilment.catalogue import Catalogue
from xborder_sdk.hookspecs import ClientHooks, Settings
from xborder_sdk.models import HoldReason
from xborder_sdk.printers.folder import MEDIA
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.runtime.registry import Registry
from xborder_sdk.runtime.relay import check_kind

NAMES = {"aliexpress", "chinapost", "dhl", "ebay", "folder", "track17"}
OURS = [connector for connector in Registry().connectors() if connector.name in NAMES]


def _text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def _load(script: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{script}", DOCS / f"{script}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_a_page_that_differs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate = _load("generate")
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    monkeypatch.setattr(generate, "PAGES", {"errors.md": generate.errors_page})
    monkeypatch.setattr(sys, "argv", ["generate.py"])
    assert generate.main() == 0
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    assert generate.main() == 0
    with (tmp_path / "errors.md").open("a") as page:
        page.write("something else\n")
    assert generate.main() == 1


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_what_it_does_and_stands_on_its_kinds_page(name: str) -> None:
    operation = OPERATIONS[name]
    assert len(inspect.getdoc(operation.spec) or "") > 20
    page = DOCS / "kinds" / f"{operation.kind.kind.replace('_', '-')}.md"
    assert f"[`{name}`](../reference/operations.md#{name})" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in vars(ClientHooks) if not name.startswith("_")])
def test_every_client_wide_hook_says_what_it_does(name: str) -> None:
    assert len(inspect.getdoc(getattr(ClientHooks, name)) or "") > 20
    assert f"## {name}\n" in _text("reference/hooks.md")


def _public_errors() -> Iterator[type[errors.XborderError]]:
    for member in vars(errors).values():
        if inspect.isclass(member) and issubclass(member, errors.XborderError):
            yield member


@pytest.mark.parametrize("error", list(_public_errors()), ids=lambda error: error.__name__)
def test_every_error_is_drawn_in_the_tree_and_its_branch_is_explained(error: type[errors.XborderError]) -> None:
    assert re.search(rf"\b{error.__name__}\b", _text("reference/errors.md"))
    if errors.XborderError in error.__bases__:
        assert f"`{error.__name__}`" in _text("errors.md")


def test_what_an_error_carries_is_in_the_table() -> None:
    made = errors.OutcomeUnknown("x", intent="i"), errors.Throttled("x"), errors.MissingExtra("x", "y")
    made += (errors.InvalidRequest("x"), errors.UnsupportedOption(("o",), "c", "p"))
    for error in made:
        for name in vars(error):
            assert f"`{name}`" in _text("errors.md"), name


@pytest.mark.parametrize("connector", OURS, ids=lambda connector: connector.name)
def test_every_setting_is_listed_and_explained(connector: Any) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", _text("reference/settings.md"), re.MULTILINE))
    for name in connector.settings_model.model_fields:
        meaning = rows[name].split("|")[-1]
        assert len(meaning.strip()) > 10, name


def test_every_setting_of_all_accounts_is_met_on_the_page_about_configuration() -> None:
    told = _text("configuration.md") + _text("reference/settings.md")
    for name in Settings.model_fields:
        assert name in told
    for variable in (config.CONFIG_VARIABLE, config.LEDGER_VARIABLE):
        assert f"`{variable}`" in _text("configuration.md")
    for key in config._CLIENT_KEYS:
        assert f"| `{key}` |" in _text("configuration.md")


@pytest.mark.parametrize("connector", OURS, ids=lambda connector: connector.name)
def test_every_operation_of_a_connector_stands_on_its_page(connector: Any) -> None:
    page = _text("kinds/label-printer.md" if connector.name == "folder" else f"plugins/{connector.name}.md")
    for name in (name for kind in connector.kinds for name in check_kind(kind)):
        assert f"`{name}`" in page, name


@pytest.mark.parametrize("reason", HoldReason)
def test_every_reason_to_hold_is_explained(reason: HoldReason) -> None:
    assert f"`{reason.value}`" in _text("fulfilment.md")


@pytest.mark.parametrize("state", WorkState)
def test_every_state_of_work_is_explained(state: WorkState) -> None:
    assert f"`{state.value}`" in _text("fulfilment.md")


@pytest.mark.parametrize("name", MEDIA)
def test_every_paper_is_listed(name: str) -> None:
    assert f"| `{name}` |" in _text("labels.md")


def test_the_columns_of_the_catalogue_are_listed() -> None:
    header = blocks(DOCS / "catalogue.md", "csv")[0].text.splitlines()[0].split(",")
    rows = "".join(re.findall(r"^\| (`.*?) \|", _text("catalogue.md"), re.MULTILINE))
    for column in header:
        assert f"`{re.sub('hs_code_..$', 'hs_code_xx', column)}`" in rows, column


def test_the_catalogues_shown_are_read(tmp_path: Path) -> None:
    for page in PAGES:
        for number, block in enumerate(blocks(page, "csv")):
            path = tmp_path / f"{page.stem}-{number}.csv"
            path.write_text(block.text, encoding="utf-8")
            assert Catalogue.read(path).item("TEE-BLK-M") is not None


def test_the_picture_of_a_sheet_is_what_its_script_draws_and_scans() -> None:
    script = _load("label_sheet")
    assert script.PICTURE.read_bytes() == script.picture()
    sheet = script.sheet()
    assert sheet.next_slot == len(script.LABELS)
    assert {placement.scale for placement in sheet.placements} == {1}
    verify_label(LabelDocument.read(sheet.pdf), set(script.LABELS))


SANDBOX = "http://127.0.0.1:8700"
SHOWN = [page for page in PAGES if any(SANDBOX in block.text for block in blocks(page, "toml"))]


@pytest.mark.parametrize("page", SHOWN, ids=name_of)
def test_the_accounts_shown_are_those_that_the_sandbox_prints(page: Path) -> None:
    from xborder_sandbox import Sandbox, World

    world = World(seed=1)
    world.url = SANDBOX
    printed = {account["name"]: account["settings"] for account in Sandbox(world, scenario="demo").accounts()}
    for block in blocks(page, "toml"):
        for name, shown in tomllib.loads(block.text).get("accounts", {}).items() if SANDBOX in block.text else ():
            if "hosts" in shown:
                theirs = printed[name]
                assert isinstance(theirs, dict)
                assert isinstance(theirs["hosts"], dict)
                assert set(shown["hosts"].items()) <= set(theirs["hosts"].items())
                for setting in set(shown) & set(theirs) - {"hosts"}:
                    assert shown[setting] == theirs[setting], f"{name}: {setting}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_has_one_title(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
