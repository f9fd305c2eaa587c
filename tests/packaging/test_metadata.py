"""What the distributions say of themselves fits together."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import xborder_sdk
from xborder_sdk.runtime.registry import PUBLISHED

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = [
    "pyproject.toml",
    "plugins/aliexpress/pyproject.toml",
    "plugins/ebay/pyproject.toml",
    "plugins/carriers/chinapost/pyproject.toml",
    "plugins/carriers/dhl/pyproject.toml",
    "plugins/carriers/track17/pyproject.toml",
    "sandbox/pyproject.toml",
]


def _project(path: str) -> dict[str, object]:
    found = tomllib.loads((ROOT / path).read_text(encoding="utf-8"))["project"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("path", PROJECTS)
def test_every_distribution_is_described(path: str) -> None:
    project = _project(path)
    assert project["license"] == "Apache-2.0"
    assert project["requires-python"] == ">=3.11"
    assert project["version"] == xborder_sdk.__version__
    assert (ROOT / path).parent.joinpath(str(project["readme"])).stat().st_size > 500


@pytest.mark.parametrize("path", PROJECTS)
def test_every_dependency_is_locked(path: str) -> None:
    project = _project(path)
    locked = {re.split(r"[=\[; ]", line)[0] for line in (ROOT / "requirements/dev.txt").read_text().splitlines()}
    wanted = list(project["dependencies"])  # type: ignore[call-overload]
    for extra in project.get("optional-dependencies", {}).values():  # type: ignore[attr-defined]
        wanted += extra
    names = {re.split(r"[\[<>=!~; ]", requirement)[0].lower() for requirement in wanted}
    assert {name for name in names if not name.startswith("xborder-")} <= locked


def test_the_lock_names_no_host() -> None:
    assert "://" not in (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")


def test_core_stays_light() -> None:
    project = _project("pyproject.toml")
    names = {re.split(r"[<>=]", requirement)[0] for requirement in project["dependencies"]}  # type: ignore[attr-defined]
    assert names == {"httpx", "pluggy", "pydantic"}


def test_published_connectors_are_installed_under_their_names() -> None:
    installed = {entry.name for entry in entry_points(group="xborder")}
    assert set(PUBLISHED) <= installed
