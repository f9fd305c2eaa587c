"""What China Post's fields can hold of a text, and why one cannot be sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from xborder_sdk.lettering import is_latin
from xborder_sdk.models import Hold, HoldReason

_REFUSED = ("||", "+")
"""Order error S14: "illegal special characters, such as + and ||"."""


def clean(text: str | None) -> str:
    """The text as it is sent: composed accents, one blank between words, none around."""
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def byte_length(text: str) -> int:
    """Bytes of a text in UTF-8; a Chinese character has three."""
    return len(text.encode("utf-8", "replace"))


def clip(text: str, limit: int) -> str:
    """The beginning of a text that fits into so many bytes, without half a character."""
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore").rstrip()


def _sendable(character: str) -> bool:
    # Pictures have more than two bytes in UTF-16; a label has no glyph for them, and old databases cut there.
    return ord(character) <= 0xFFFF and (character.isprintable() or character == " ")


def text_holds(
    path: str,
    text: str,
    limit: int | None,
    *,
    latin: bool,
    reason: HoldReason = HoldReason.BAD_ADDRESS,
) -> Iterator[Hold]:
    """Why a text cannot be sent.

    Args:
        path: Path of the field, for the operator.
        text: Its content, cleaned.
        limit: Most bytes of UTF-8; None where no limit is known.
        latin: Whether it must be in Latin letters.
        reason: What kind of reason it is.
    """
    if not all(map(_sendable, text)):
        without = clean("".join(character for character in text if _sendable(character)))
        yield Hold(
            reason=reason,
            detail=f"{path} holds pictures or control characters",
            field=path,
            repair="leave them out, as proposed" if without else "write it in letters",
            proposal=(without,) if without else (),
        )
    elif any(mark in text for mark in _REFUSED):
        without = text
        for mark in _REFUSED:
            without = without.replace(mark, " ")
        yield Hold(
            reason=reason,
            detail=f"{path} holds + or ||, which China Post refuses (S14)",
            field=path,
            repair="write it without, as proposed",
            proposal=(clean(without),),
        )
    elif latin and not is_latin(text):
        plain = clean(unicodedata.normalize("NFKC", text))
        fits = is_latin(plain)
        yield Hold(
            reason=reason,
            detail=f"{path} is not in Latin letters, which the post abroad may not read",
            field=path,
            repair="write it with ordinary characters, as proposed" if fits else "give it in Latin letters",
            proposal=(plain,) if fits else (),
        )
    elif limit is not None and byte_length(text) > limit:
        yield Hold(
            reason=reason,
            detail=f"{path} has {byte_length(text)} bytes, China Post takes {limit} (a Chinese character has three)",
            field=path,
            repair=f"shorten it to {limit} bytes, for example as proposed",
            proposal=(clip(text, limit),),
        )
