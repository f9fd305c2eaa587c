"""Which texts the platform's labels and forms can hold. No document lists characters: what is refused here is no letter
of any script (pictures, control characters, private ones), which no label font draws."""

from __future__ import annotations

import unicodedata
from typing import Final

_NO_TEXT: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_JOINER: Final = "\u200c"  # part of Persian spelling
_PICTURES: Final = ((0x2600, 0x27BF), (0x2B00, 0x2BFF), (0xFE00, 0xFE0F))


def clean(text: str) -> str:
    """The text as it is sent: composed accents, no blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def is_drawable(text: str) -> bool:
    """Whether a text holds letters, digits, signs and blanks only, of any script; an emoji is none of them."""
    return all(map(_is_drawable, text))


def _is_drawable(character: str) -> bool:
    code, category = ord(character), unicodedata.category(character)
    if category in _NO_TEXT:
        return character == _JOINER
    if code > 0xFFFF:
        return category[0] in "LMN"
    return not any(first <= code <= last for first, last in _PICTURES)


def without_pictures(text: str) -> str:
    """The same without what `is_drawable` refuses, as a proposal."""
    return " ".join("".join(character for character in text if _is_drawable(character)).split())


def is_english(text: str) -> bool:
    """Whether a text is plain English letters, digits and signs."""
    return text.isascii() and text.isprintable()


def has_chinese(text: str) -> bool:
    """Whether a Chinese character is among them."""
    return any(unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH") for character in text)


def is_masked(text: str) -> bool:
    """Whether the platform has covered a part of it: masked texts come with asterisks."""
    return "*" in text
