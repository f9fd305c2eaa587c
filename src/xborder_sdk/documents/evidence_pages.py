"""Draws facts, tables and letters on A4 as a person at a bank reads them.

Pure drawing: it knows no order and no parcel. Equal input gives equal bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from xborder_sdk.documents._extras import needs
from xborder_sdk.documents.evidence_fonts import EvidenceFont, Fonts, plain

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

PAGE = (595.0, 842.0)
"""A4 in points."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 51.0, 544.0, 790.0, 62.0
_TITLE, _HEAD, _BODY, _SMALL = 17.0, 11.5, 9.5, 8.0
_LEADING = 1.38
_LABEL_WIDTH = 128.0
_GAP = 8.0
# Greys only: a picture of the page is then a third of the size.
_INK, _FAINT, _RULE = 0.08, 0.42, 0.78
_LINES_TOGETHER = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are, one under the other.

    Attributes:
        rows: Pairs; a value may have several lines.
        heading: Stands above, where given.
    """

    rows: tuple[tuple[str, str], ...] = field(repr=False)
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads, continued over pages with the heads repeated.

    Attributes:
        columns: Heads, with the share of the width each column gets.
        rows: As many cells each as there are columns.
        heading: Stands above, where given.
    """

    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A text in full, its line breaks kept.

    Attributes:
        text: What was written.
        heading: Stands above, where given.
    """

    text: str = field(repr=False)
    heading: str | None = None


Part: TypeAlias = Facts | Table | Words


@dataclass(frozen=True, slots=True)
class Paper:
    """One piece of evidence to be drawn.

    Attributes:
        title: What it shows.
        subtitle: Whom and what it concerns, such as order and parcel numbers.
        parts: What stands on it.
    """

    title: str
    subtitle: str
    parts: tuple[Part, ...]

    def texts(self) -> Iterator[str]:
        """Every text on it."""
        yield self.title
        yield self.subtitle
        for part in self.parts:
            if part.heading is not None:
                yield part.heading
            if isinstance(part, Words):
                yield part.text
            elif isinstance(part, Facts):
                yield from (text for row in part.rows for text in row)
            else:
                yield from (head for head, _ in part.columns)
                yield from (cell for row in part.rows for cell in row)


def draw_paper(paper: Paper, fonts: Fonts) -> bytes:
    """Draws a paper as PDF with embedded fonts.

    Args:
        paper: What to draw.
        fonts: What to draw it in.

    Raises:
        GlyphsMissing: A text cannot be drawn.
        MissingExtra: The extra `labels` is not installed.
    """
    return draw_papers([paper], fonts)


def draw_papers(papers: Sequence[Paper], fonts: Fonts) -> bytes:
    """Draws several papers, each from a new page on, as one PDF; as `draw_paper`."""
    fonts.check(text for paper in papers for text in paper.texts())
    with needs("labels"):
        from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=1, pageCompression=1, initialFontName=fonts.fonts[0].regular)
    canvas.setTitle(plain(papers[0].title))
    for paper in papers:
        _Pen(canvas, fonts, paper).draw()
    canvas.save()
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Run:
    """Some words of a line in one font."""

    font: str
    text: str
    width: float


_Line: TypeAlias = tuple[_Run, ...]


class _Pen:
    """Writes down a page, and on the next when it is full."""

    def __init__(self, canvas: Canvas, fonts: Fonts, paper: Paper) -> None:
        self._canvas = canvas
        self._fonts = fonts
        self._paper = paper
        self._page = 0
        self._y = 0.0

    def draw(self) -> None:
        """Draws the paper, from its first page to its last."""
        self._begin()
        for part in self._paper.parts:
            self._y -= _GAP
            if part.heading is not None:
                # A heading alone at the foot of a page belongs to nothing.
                self._need(_HEAD * _LEADING + 3 * _BODY * _LEADING)
                self._lines(part.heading, _HEAD, bold=True)
                self._y -= 2
            if isinstance(part, Facts):
                for name, value in part.rows:
                    self._row(((name, _LABEL_WIDTH), (value, _RIGHT - _LEFT - _LABEL_WIDTH)), _BODY, faint_first=True)
            elif isinstance(part, Table):
                self._table(part)
            else:
                self._lines(part.text, _BODY)
        self._end()

    def _begin(self) -> None:
        self._page += 1
        self._y = _TOP
        if self._page == 1:
            self._lines(self._paper.title, _TITLE, bold=True, turn=False)
            self._lines(self._paper.subtitle, _BODY, faint=True, turn=False)
        else:
            self._lines(f"{self._paper.title} (continued)", _HEAD, bold=True, turn=False)
            self._lines(self._paper.subtitle, _SMALL, faint=True, turn=False)
        self._y -= 3
        self._rule()
        self._y -= 4

    def _end(self) -> None:
        self._canvas.showPage()

    def _need(self, height: float) -> bool:
        """Turns the page if less than `height` is left; whether it did."""
        if self._y - height >= _BOTTOM:
            return False
        self._end()
        self._begin()
        return True

    def _rule(self) -> None:
        self._canvas.setStrokeGray(_RULE)
        self._canvas.setLineWidth(0.6)
        self._canvas.line(_LEFT, self._y, _RIGHT, self._y)

    def _lines(self, text: str, size: float, *, bold: bool = False, faint: bool = False, turn: bool = True) -> None:
        for line in self._wrapped(text, _RIGHT - _LEFT, size, bold):
            if turn:
                self._need(size * _LEADING)
            self._y -= size * _LEADING
            self._write(line, _LEFT, self._y, size, faint)

    def _table(self, table: Table) -> None:
        shares = sum(share for _, share in table.columns)
        widths = [(_RIGHT - _LEFT) * share / shares for _, share in table.columns]
        heads = tuple((head, width) for (head, _), width in zip(table.columns, widths, strict=True))

        def head() -> None:
            self._row(heads, _SMALL, faint=True)
            self._y -= 2
            self._rule()
            self._y -= 2

        self._need(4 * _BODY * _LEADING)
        head()
        for row in table.rows:
            self._row(tuple(zip(row, widths, strict=True)), _BODY, on_new_page=head)

    def _row(
        self,
        cells: Sequence[tuple[str, float]],
        size: float,
        *,
        faint: bool = False,
        faint_first: bool = False,
        on_new_page: Callable[[], None] | None = None,
    ) -> None:
        columns = [self._wrapped(text, width - _GAP, size, False) for text, width in cells]
        leading = size * _LEADING
        height = max(len(column) for column in columns)
        for number in range(height):
            together = min(height, _LINES_TOGETHER) if number == 0 else 1
            if self._need(together * leading) and on_new_page is not None:
                on_new_page()
            self._y -= leading
            x = _LEFT
            for place, (column, (_, width)) in enumerate(zip(columns, cells, strict=True)):
                if number < len(column):
                    self._write(column[number], x, self._y, size, faint or (faint_first and place == 0))
                x += width
        self._y -= 2.5

    def _write(self, line: _Line, x: float, y: float, size: float, faint: bool) -> None:
        self._canvas.setFillGray(_FAINT if faint else _INK)
        for run in line:
            self._canvas.setFont(run.font, size)
            self._canvas.drawString(x, y, run.text)
            x += run.width

    def _wrapped(self, text: str, width: float, size: float, bold: bool) -> list[_Line]:
        lines: list[_Line] = []
        for paragraph in plain(text).split("\n"):
            lines += self._fill(paragraph.split(), width, size, bold)
        return lines

    def _fill(self, words: Sequence[str], width: float, size: float, bold: bool) -> list[_Line]:
        """Breaks words into lines; a word longer than a line is broken where the line ends."""
        lines: list[_Line] = []
        line: list[_Run] = []
        left = width
        for word in words:
            for piece in self._pieces(word, width, size, bold):
                space = self._run(" ", size, piece.font) if line else None
                needed = piece.width + (space.width if space else 0.0)
                if needed > left and line:
                    lines.append(tuple(line))
                    line, left, space, needed = [], width, None, piece.width
                line += [run for run in (space, piece) if run is not None]
                left -= needed
        lines.append(tuple(line))
        return lines

    def _pieces(self, word: str, width: float, size: float, bold: bool) -> Iterator[_Run]:
        font = self._fonts.font_of(word)
        name = font.bold if bold else font.regular
        run = self._run(word, size, name)
        while run.width > width:
            end = _fitting(word, width, lambda part: self._run(part, size, name).width)
            yield self._run(word[:end], size, name)
            word = word[end:]
            run = self._run(word, size, name)
        yield run

    def _run(self, text: str, size: float, font: str) -> _Run:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return _Run(font, text, stringWidth(text, font, size))


def _fitting(word: str, width: float, measure: Callable[[str], float]) -> int:
    end = 1
    while end < len(word) and measure(word[: end + 1]) <= width:
        end += 1
    return end


def draw_footers(texts: Sequence[str], font: EvidenceFont) -> bytes:
    """A PDF with one otherwise empty page per text, which stands at its foot, to be laid over other pages.

    Args:
        texts: Texts of plain Latin letters and numbers.
        font: What to draw them in.

    Raises:
        MissingExtra: The extra `labels` is not installed.
    """
    with needs("labels"):
        from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=1, pageCompression=1, initialFontName=font.regular)
    for text in texts:
        canvas.setFillGray(_FAINT)
        canvas.setFont(font.regular, _SMALL)
        canvas.drawRightString(_RIGHT, 30, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
