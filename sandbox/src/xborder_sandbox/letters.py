"""Letters as a printer's plain fonts have them."""

from __future__ import annotations

import unicodedata

# Letters that do not fall apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N"}
)


def latin(text: str) -> str:
    """Return the text in the letters the label fonts have (Windows-1252).

    Other Latin letters lose their marks; what has no Latin form becomes a question mark.
    """
    kept = []
    for letter in unicodedata.normalize("NFC", text):
        if _printable(letter):
            kept.append(letter)
            continue
        plain = unicodedata.normalize("NFKD", letter.translate(_LETTERS))
        kept.append("".join(part for part in plain if _printable(part)) or "?")
    return "".join(kept)


def _printable(letter: str) -> bool:
    if unicodedata.category(letter) in ("Cc", "Cf", "Mn"):
        return False
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
