"""A translation shows the same code as its original, has the same shape, and leads to the same places."""

from __future__ import annotations

import os.path
import re
from pathlib import Path

import pytest
from tests.docs.pages import DOCS, ROOT, blocks, name_of

PAIRS = [
    (ROOT / "README.md", ROOT / "README.zh-CN.md"),
    *((DOCS / page.name, page) for page in sorted((DOCS / "zh").glob("*.md"))),
]
BOTH = pytest.mark.parametrize(("original", "translation"), PAIRS, ids=[name_of(page) for _, page in PAIRS])

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
_INLINE = re.compile(r"`([^`\n]+)`")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def _links(page: Path) -> set[str]:
    """Where a page leads to: paths below the repository; a page's translation counts as the page."""
    found = set()
    for link in _LINK.findall(_prose(page)):
        if "://" not in link:
            target = os.path.normpath(page.parent / link)
            for original, translation in PAIRS:
                if target == str(translation):
                    target = str(original)
            found.add(os.path.relpath(target, ROOT))
    return found - {name_of(original) for original, translation in PAIRS if page in (original, translation)}


def test_there_are_three() -> None:
    assert [name_of(page) for _, page in PAIRS] == ["README.zh-CN.md", "docs/zh/concepts.md", "docs/zh/index.md"]


@BOTH
def test_the_code_is_the_originals(original: Path, translation: Path) -> None:
    shown = [(block.language, block.text) for block in blocks(original)]
    assert [(block.language, block.text) for block in blocks(translation)] == shown
    assert shown


@BOTH
def test_the_shape_is_the_originals(original: Path, translation: Path) -> None:
    def shape(page: Path) -> list[str]:
        """Headings by level, rows of tables, points of lists, in order."""
        return re.findall(r"^(#+ |\||- |    (?=\S))", _prose(page), re.MULTILINE)

    assert shape(translation) == shape(original)


@BOTH
def test_the_words_of_the_code_are_the_originals(original: Path, translation: Path) -> None:
    assert set(_INLINE.findall(_prose(translation))) == set(_INLINE.findall(_prose(original)))


@BOTH
def test_it_leads_where_the_original_leads(original: Path, translation: Path) -> None:
    assert _links(translation) == _links(original)
    for link in _LINK.findall(_prose(translation)):
        assert (translation.parent / link).exists(), link


@BOTH
def test_it_is_chinese(original: Path, translation: Path) -> None:
    paragraphs = [text for text in _prose(translation).split("\n\n") if len(text) > 60 and not text.startswith("    ")]
    assert len(paragraphs) > 3
    assert all(_CHINESE.search(text) for text in paragraphs)


def test_a_reader_of_either_language_finds_the_other() -> None:
    for original, translation in PAIRS:
        back = os.path.relpath(original, translation.parent)
        assert f"[English]({back})" in translation.read_text(encoding="utf-8").splitlines()[:4]
    assert "[中文](README.zh-CN.md)" in PAIRS[0][0].read_text(encoding="utf-8").splitlines()[:4]
    assert "      - 上手: zh/index.md" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
