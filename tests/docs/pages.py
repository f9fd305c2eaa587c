"""The documentation as its tests see it: pages, and the fenced blocks on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
INDEX = DOCS / "index.md"

PAGES = (ROOT / "README.md", *sorted(path for path in DOCS.rglob("*.md") if path.parent.name != "reference"))
"""The pages that people write; those under `reference` are made from the code."""

_FENCE = re.compile(r'^```(\w*)(?: title="([^"\n]*)")?[^\n]*\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: What stands behind the fence.
        line: Line of its first line of text, from 1.
        follows: Whether only blank lines part it from the block before.
        title: The file it is quoted from, below `docs/examples`; empty for a block that stands for itself.
    """

    language: str
    text: str
    line: int
    follows: bool
    title: str = ""


def blocks(page: Path, *languages: str) -> tuple[Block, ...]:
    """The blocks of a page in order; only those in these languages, if any are given."""
    content = page.read_text(encoding="utf-8")
    found = []
    end = 0
    for match in _FENCE.finditer(content):
        line = content.count("\n", 0, match.start(3)) + 1
        follows = not content[end : match.start()].strip()
        found.append(Block(match[1], match[3], line, follows, match[2] or ""))
        end = match.end()
    return tuple(block for block in found if not languages or block.language in languages)


def own_blocks(page: Path, *languages: str) -> tuple[Block, ...]:
    """The blocks that are quoted from no file: a file's own tests run what is quoted."""
    return tuple(block for block in blocks(page, *languages) if not block.title)


def name_of(page: Path) -> str:
    """The page's path in the repository, for test ids."""
    return page.relative_to(ROOT).as_posix()
