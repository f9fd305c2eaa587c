"""What DHL's fields and labels can hold of a text, and how to make it fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from xborder_sdk.lettering import is_latin
from xborder_sdk.models import Hold, HoldReason


def clean(text: str) -> str:
    """The text as it is sent: composed accents, no blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def in_script(text: str, script: str) -> bool:
    """Whether a text can be sent.

    Args:
        text: The cleaned text.
        script: `latin`: only what a label in Latin letters can show. `any`: everything but control characters.
    """
    if script == "any":
        return all(character.isprintable() for character in text)
    return is_latin(text)


def text_holds(
    path: str,
    text: str,
    limit: int,
    script: str,
    reason: HoldReason = HoldReason.BAD_ADDRESS,
) -> Iterator[Hold]:
    """Why a text cannot be sent.

    Args:
        path: Path of the field, for the operator.
        text: Its content.
        limit: Most characters of DHL's field.
        script: The account's `script` setting.
        reason: What kind of reason it is.
    """
    found = clean(text)
    if not in_script(found, script):
        plain = clean(unicodedata.normalize("NFKC", found))
        proposal: tuple[str, ...] = ()
        repair = "give it in Latin letters, for example in pinyin or as in the passport"
        if in_script(plain, script):
            repair, proposal = "write it with ordinary characters, as proposed", (plain,)
        detail = f"{path} holds characters that DHL's label may not print"
        yield Hold(reason=reason, detail=detail, field=path, repair=repair, proposal=proposal)
    elif len(found) > limit:
        detail = f"{path} has {len(found)} characters, DHL takes {limit}"
        yield Hold(reason=reason, detail=detail, field=path, repair=f"shorten it to {limit} characters")


def wrap(text: str, width: int, lines: int) -> tuple[str, ...] | None:
    """The text broken between words; None where it does not fit or a word is longer than a line.

    Args:
        text: One long text.
        width: Characters a line takes.
        lines: How many lines there are.
    """
    found: list[str] = []
    for word in text.split():
        if len(word) > width:
            return None
        if found and len(found[-1]) + 1 + len(word) <= width:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return tuple(found) if len(found) <= lines else None
