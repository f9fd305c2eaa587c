"""What labels in Latin letters can show of a text, and how a text is shortened for a field."""

from __future__ import annotations

import unicodedata

_TYPOGRAPHY = frozenset("‘’“”–—…€№•")


def is_latin(text: str) -> bool:
    """Whether a text is of Latin letters, digits and what stands between them, which every label shows."""
    return (text.isascii() and text.isprintable()) or all(map(_is_latin, text))


def _is_latin(character: str) -> bool:
    if character.isascii():
        return character.isprintable()
    if "\xa1" <= character <= "\xff":
        return character != "\xad"
    return character in _TYPOGRAPHY or unicodedata.name(character, "").startswith("LATIN ")


def shortened(text: str, limit: int) -> str:
    """The beginning of a text, cut between words where there is one.

    Args:
        text: The text; blanks in a row count as one.
        limit: Most characters.
    """
    found = " ".join(text.split())
    if len(found) <= limit:
        return found
    head, _, _ = found[: limit + 1].rpartition(" ")
    return (head or found[:limit]).rstrip(" ,;、，")
