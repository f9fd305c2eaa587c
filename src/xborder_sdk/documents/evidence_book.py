"""Binds evidence into one PDF: a page of contents that also says what is missing, then every piece, numbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from xborder_sdk.documents._compose import Drawing, compose
from xborder_sdk.documents._extras import needs
from xborder_sdk.documents.evidence_fonts import Fonts
from xborder_sdk.documents.evidence_pages import Facts, Paper, Part, Table, Words, draw_footers, draw_paper
from xborder_sdk.documents.evidence_pictures import page_on
from xborder_sdk.documents.geometry import Area
from xborder_sdk.documents.labels import LabelDocument
from xborder_sdk.documents.media import A4

_SHEET = A4.size
_MARGIN = Decimal(10)
_ROOM = Area(_MARGIN, _MARGIN, _SHEET.width_mm - 2 * _MARGIN, _SHEET.height_mm - Decimal(26))
_WHOLE = Area(Decimal(0), Decimal(0), _SHEET.width_mm, _SHEET.height_mm)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A piece of evidence in a book.

    Attributes:
        title: What it shows.
        document: Its pages.
        has_margins: Whether they are A4 with an empty foot and can stay as they are; others are made a little
            smaller.
    """

    title: str
    document: LabelDocument
    has_margins: bool = False


def bind(
    title: str,
    subtitle: str,
    facts: tuple[tuple[str, str], ...],
    chapters: Sequence[Chapter],
    missing: Sequence[tuple[str, str]],
    fonts: Fonts,
) -> bytes:
    """Binds pieces of evidence into one PDF with bookmarks.

    Args:
        title: What the evidence is about.
        subtitle: Order and dispute.
        facts: What stands on the first page before the contents, as names and values.
        chapters: The pieces, in order.
        missing: What is not there, with the reason.
        fonts: What the page of contents is drawn in.

    Raises:
        GlyphsMissing: A text of the first page cannot be drawn.
        DocumentError: A piece cannot be drawn.
        MissingExtra: The extra `labels` is not installed.
    """
    # How many pages the contents take decides the numbers that stand in them, which do not change how many.
    front = _contents(title, subtitle, facts, chapters, missing, 1, fonts)
    front = _contents(title, subtitle, facts, chapters, missing, len(front.pages), fonts)
    pages = [(front, page.index, _WHOLE) for page in front.pages]
    starts = []
    for chapter in chapters:
        starts.append(len(pages))
        room = _WHOLE if chapter.has_margins else _ROOM
        pages += [(chapter.document, page.index, room) for page in chapter.document.pages]
    feet = LabelDocument.read(
        draw_footers([f"{number} / {len(pages)}" for number in range(1, len(pages) + 1)], fonts.fonts[0])
    )
    sheets = [
        page_on(document, page, room, _SHEET, (_foot(feet, number),))
        for number, (document, page, room) in enumerate(pages)
    ]
    marks = [("Contents", 0), *zip((chapter.title for chapter in chapters), starts, strict=True)]
    return _with_bookmarks(compose(sheets), title, marks)


def _contents(
    title: str,
    subtitle: str,
    facts: tuple[tuple[str, str], ...],
    chapters: Sequence[Chapter],
    missing: Sequence[tuple[str, str]],
    before: int,
    fonts: Fonts,
) -> LabelDocument:
    rows = []
    page = before + 1
    for number, chapter in enumerate(chapters, start=1):
        rows.append((str(number), chapter.title, str(page)))
        page += len(chapter.document.pages)
    parts: list[Part] = [Facts(facts)]
    if rows:
        parts.append(Table((("No.", 1), ("What it shows", 10), ("Page", 1)), tuple(rows), heading="Contents"))
    if missing:
        parts.append(Table((("What", 4), ("Why not", 8)), tuple(missing), heading="Not included"))
    if not rows and not missing:
        parts.append(Words("Nothing is included."))
    return LabelDocument.read(draw_paper(Paper(title, subtitle, tuple(parts)), fonts))


def _foot(feet: LabelDocument, number: int) -> Drawing:
    size = feet.page(number).size or _SHEET
    source = Area(Decimal(0), Decimal(0), size.width_mm, size.height_mm)
    y = _SHEET.height_mm - size.height_mm
    return Drawing(feet, number, source, Decimal(0), y, 0, Decimal(1), _WHOLE)


def _with_bookmarks(data: bytes, title: str, marks: Sequence[tuple[str, int]]) -> bytes:
    with needs("labels"):
        import pikepdf

    with pikepdf.open(BytesIO(data)) as pdf:
        with pdf.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(text, page) for text, page in marks)
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        pdf.docinfo["/Title"] = title
        out = BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()
