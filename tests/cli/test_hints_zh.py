"""Hints in Chinese beside English."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import xborder_sdk
import xborder_sdk.disputes
import xborder_sdk.documents.errors
from xborder_sdk.cli import output
from xborder_sdk.cli.hints_zh import HEADLINES, HINTS, headline, speaks_chinese, translated
from xborder_sdk.errors import MissingExtra, OutcomeUnknown, UnknownAccount, XborderError

from .conftest import Run

SOURCE = Path(xborder_sdk.__file__).parent


def tree(error: type[XborderError] = XborderError) -> Iterator[type[XborderError]]:
    """Every error of the core."""
    if error.__module__.startswith("xborder_sdk."):
        yield error
    for kind in error.__subclasses__():
        yield from tree(kind)


def constants() -> set[str]:
    """Every text in the source, joined as Python joins it."""
    return {
        node.value
        for path in SOURCE.rglob("*.py")
        if path.name != "hints_zh.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def has_chinese(text: str | None) -> bool:
    return text is not None and any("\u4e00" <= mark <= "\u9fff" for mark in text)


@pytest.mark.parametrize("error", sorted(set(tree()), key=lambda one: one.__name__), ids=lambda one: one.__name__)
def test_every_error_has_a_headline_and_every_constant_hint_a_translation(error: type[XborderError]) -> None:
    assert has_chinese(headline(error))
    hint = getattr(error, "hint", None)
    if isinstance(hint, str):
        assert has_chinese(translated(hint)), hint


def test_no_translation_outlives_what_it_translates() -> None:
    assert HINTS.keys() <= constants()
    assert HEADLINES.keys() <= {error.__name__ for error in tree()}
    assert all(has_chinese(words) or words.isascii() is False for words in HINTS.values())


def test_hints_that_hold_a_value_are_met_by_their_pattern() -> None:
    assert "ebay-us, dhl" in (translated("configured: ebay-us, dhl") or "")
    assert "pip install 'xborder-sdk[keyring]'" in (translated(MissingExtra("x", "keyring").hint or "") or "")
    assert translated("did you mean {0}?") == "您是不是想用 {0}？"  # braces of others are no fields of ours
    assert translated("something nobody translated") is None


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_TW"}, True),
        ({"LANG": "zh"}, True),
        ({"LANG": "zha_CN"}, False),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_HK.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "de_DE.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, True),
        ({}, False),
    ],
)
def test_the_first_variable_that_is_set_decides(environment: dict[str, str], chinese: bool) -> None:
    assert speaks_chinese(environment) is chinese


@pytest.fixture
def language(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_an_operator_reads_both(seller: Path, run: Run, language: pytest.MonkeyPatch) -> None:
    assert not has_chinese(run("orders", "ebay-fr").err)
    language.setenv("LANG", "zh_CN.UTF-8")
    said = run("orders", "ebay-fr").err
    assert "UnknownAccount: there is no account named ebay-fr" in said
    assert "没有这个账号" in said
    assert "  -> configured: " in said
    assert "  -> 已配置：" in said


def test_programs_read_the_same_in_every_language(seller: Path, run: Run, language: pytest.MonkeyPatch) -> None:
    language.setenv("LANG", "zh_CN.UTF-8")
    said = run("orders", "ebay-fr", "--json").err
    assert json.loads(said)["error"] == "UnknownAccount"
    assert not has_chinese(said)


def test_a_terminal_that_cannot_show_it_is_spared(
    language: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    language.setenv("LANG", "zh_CN.UTF-8")
    language.setattr(type(output.err), "encoding", property(lambda self: "ascii"))
    output.show_error(UnknownAccount("x", hint="try again later"))
    assert not has_chinese(capsys.readouterr().err)


def test_what_a_vendor_adds_to_a_doubt_stays_beside_the_translation() -> None:
    told = translated(f"{OutcomeUnknown.hint}; look in the drawer")
    assert told == f"{HINTS[OutcomeUnknown.hint or '']}；look in the drawer"


def told_hints() -> Iterator[str]:
    """Hints of the command and of the jobs it runs, a 7 where they hold a value."""
    for part in ("cli", "disputes", "fulfilment"):
        for path in (SOURCE / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "hint":
                    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                        yield node.value.value
                    elif isinstance(node.value, ast.JoinedStr):
                        parts = node.value.values
                        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in parts)


def test_what_an_operator_is_told_to_do_is_translated() -> None:
    found = {hint for hint in told_hints() if not hint.startswith("--") or " " in hint}
    assert len(found) > 20
    assert {hint for hint in found if not has_chinese(translated(hint))} == set()
