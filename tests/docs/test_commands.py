"""Every command the pages show exists, with the options they show."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.docs.pages import PAGES, ROOT, blocks, name_of
from typer.main import get_command

from xborder_sdk.cli.app import app

LINES = [
    (page, block.line + number, line.removeprefix("$ "))
    for page in PAGES
    for block in blocks(page, "console")
    for number, line in enumerate(block.text.splitlines())
    if line.startswith("$ ")
]
DISTRIBUTIONS = {
    found["project"]["name"]: set(found["project"].get("optional-dependencies", {}))
    for project in [
        ROOT / "pyproject.toml",
        ROOT / "sandbox/pyproject.toml",
        *(ROOT / "plugins").rglob("pyproject.toml"),
    ]
    for found in [tomllib.loads(project.read_text(encoding="utf-8"))]
}
_WISH = re.compile(r"^([a-z0-9-]+)(?:\[([a-z,]+)\])?$")


def _words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def _of(command: str) -> list[Any]:
    found = [(page, number, line) for page, number, line in LINES if _words(line)[0] == command]
    return [pytest.param(_words(line)[1:], id=f"{name_of(page)}:{number}") for page, number, line in found]


def test_every_line_is_checked_by_one_of_the_tests_below() -> None:
    assert {_words(line)[0] for _, _, line in LINES} <= {"xborder", "pip", "make", "."}


@pytest.mark.parametrize("arguments", _of("xborder"))
def test_a_command_of_ours_is_understood(arguments: list[str]) -> None:
    root: Any = get_command(app)
    context = root.make_context("xborder", list(arguments))  # raises at an option that is not there
    name, command, rest = root.resolve_command(context, [*context._protected_args, *context.args])
    command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("arguments", _of("pip"))
def test_what_is_installed_are_our_distributions_and_their_extras(arguments: list[str]) -> None:
    verb, *wishes = arguments
    assert verb == "install"
    assert wishes
    for wish in wishes:
        match = _WISH.match(wish)
        assert match, wish
        assert set(filter(None, (match[2] or "").split(","))) <= DISTRIBUTIONS[match[1]]


@pytest.mark.parametrize("arguments", _of("make"))
def test_a_verb_of_make_is_there(arguments: list[str]) -> None:
    (verb,) = arguments
    assert re.search(rf"^{verb}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("arguments", _of("."))
def test_the_environment_is_where_make_puts_it(arguments: list[str]) -> None:
    assert "VENV ?= .venv" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert Path(arguments[0]) == Path(".venv/bin/activate")


def test_extras_and_distributions_in_running_text_are_there() -> None:
    for page in PAGES:
        for match in re.finditer(r"pip install '?([a-z0-9-]+)\[([a-z,]+)\]", page.read_text(encoding="utf-8")):
            assert set(match[2].split(",")) <= DISTRIBUTIONS[match[1]], f"{name_of(page)}: {match[0]}"
