"""Fonts that evidence is drawn in: embedded, and asked for every character before anything is drawn.

Text is drawn mark by mark from left to right, so scripts that need more than that (joined, reordered or written from
the right) are refused like characters without a glyph: wrong words would be worse than none.
"""

from __future__ import annotations

import hashlib
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from xborder_sdk.documents._extras import needs
from xborder_sdk.documents.errors import BrokenDocument, GlyphsMissing

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

_LARGEST_FONT = 40_000_000
_FROM_THE_RIGHT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_registering = threading.Lock()


@dataclass(frozen=True, slots=True)
class EvidenceFont:
    """A TrueType font, its bold form, and the characters both can draw.

    Attributes:
        regular: Name under which it is known to the drawing library.
        bold: That of its bold form.
        characters: Code points it has glyphs for. Not shown by repr.
    """

    regular: str
    bold: str
    characters: frozenset[int] = field(repr=False)

    @classmethod
    def of(cls, path: Path, bold: Path | None = None) -> EvidenceFont:
        """Reads font files.

        Args:
            path: A TrueType file (`.ttf`, with TrueType outlines).
            bold: Its bold form; without it headings are drawn in the regular one.

        Raises:
            BrokenDocument: It is no such font.
            OSError: It cannot be read.
            MissingExtra: The extra `labels` is not installed.
        """
        regular, characters = _registered(path)
        if bold is None:
            return cls(regular, regular, characters)
        heavy, of_heavy = _registered(bold)
        return cls(regular, heavy, characters & of_heavy)

    def lacks(self, text: str) -> frozenset[str]:
        """The characters of a text that it cannot draw."""
        return frozenset(mark for mark in text if not self._draws(mark))

    def _draws(self, mark: str) -> bool:
        if ord(mark) not in self.characters:
            return False
        return unicodedata.bidirectional(mark) not in _FROM_THE_RIGHT and not unicodedata.combining(mark)


def built_in_font() -> EvidenceFont:
    """Bitstream Vera, which comes with the extra `labels`: Western Europe and Turkish, no Greek, Cyrillic or Chinese.

    Raises:
        MissingExtra: The extra `labels` is not installed.
    """
    with needs("labels"):
        import reportlab

    folder = Path(str(reportlab.__file__)).parent / "fonts"
    return EvidenceFont.of(folder / "Vera.ttf", folder / "VeraBd.ttf")


@dataclass(frozen=True, slots=True)
class Fonts:
    """Fonts in order of preference; each text is drawn in the first that has all of it.

    Attributes:
        fonts: At least one.
    """

    fonts: tuple[EvidenceFont, ...]

    @classmethod
    def with_own(cls, *own: Path) -> Fonts:
        """The built-in font, then font files of the caller for what it lacks.

        Args:
            *own: TrueType files.

        Raises:
            BrokenDocument: One is no TrueType font.
            OSError: One cannot be read.
            MissingExtra: The extra `labels` is not installed.
        """
        return cls((built_in_font(), *(EvidenceFont.of(path) for path in own)))

    def font_of(self, text: str) -> EvidenceFont:
        """The font for a text, which has been through `plain`.

        Raises:
            GlyphsMissing: No font has all of it.
        """
        for font in self.fonts:
            if not font.lacks(text):
                return font
        raise GlyphsMissing(self._fewest_lacking(text))

    def check(self, texts: Iterable[str]) -> None:
        """Holds texts against the fonts.

        Args:
            texts: What is to be drawn.

        Raises:
            GlyphsMissing: Some cannot be drawn; it names all characters that are missing, of all texts.
        """
        missing: set[str] = set()
        for text in texts:
            for word in plain(text).split():
                if all(font.lacks(word) for font in self.fonts):
                    missing |= self._fewest_lacking(word)
        if missing:
            raise GlyphsMissing(frozenset(missing))

    def _fewest_lacking(self, text: str) -> frozenset[str]:
        return min((font.lacks(text) for font in self.fonts), key=len)


def plain(text: str) -> str:
    """The text composed (NFC), control characters turned into spaces, without format characters, which show nothing."""
    shown = []
    for mark in unicodedata.normalize("NFC", text):
        category = unicodedata.category(mark)
        if mark in "\n\t" or category in {"Cc", "Zs", "Zl", "Zp"}:
            shown.append("\n" if mark in "\n\u2028\u2029" else " ")
        elif category != "Cf":
            shown.append(mark)
    return "".join(shown)


def _registered(path: Path) -> tuple[str, frozenset[int]]:
    with needs("labels"):
        from reportlab.pdfbase.pdfmetrics import getFont, registerFont
        from reportlab.pdfbase.ttfonts import TTFError, TTFont

    with path.open("rb") as file:
        content = file.read(_LARGEST_FONT + 1)
    if len(content) > _LARGEST_FONT:
        raise BrokenDocument("the font file is too large")
    name = f"xborder-{hashlib.sha256(content).hexdigest()[:16]}"
    with _registering:
        try:
            font: TTFont = getFont(name)
        except KeyError:
            try:
                font = TTFont(name, BytesIO(content))
            except (TTFError, ValueError, KeyError, IndexError, OSError) as error:
                raise BrokenDocument("the font file is no TrueType font with TrueType outlines") from error
            registerFont(font)
    # Some fonts map the code points that stand for "no character".
    return name, frozenset(point for point in font.face.charToGlyph if point < 0xFFFE or point > 0xFFFF)
