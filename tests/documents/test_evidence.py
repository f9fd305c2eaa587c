"""Evidence as drawn: every word is there, inside the margins, in embedded fonts, and the same each time."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.documents.drawing import A6, LABEL_100X150

from xborder_sdk.documents.errors import BrokenDocument, DocumentTooLarge, GlyphsMissing, UnsupportedDocument
from xborder_sdk.documents.evidence_book import Chapter, bind
from xborder_sdk.documents.evidence_fonts import EvidenceFont, Fonts, built_in_font, plain
from xborder_sdk.documents.evidence_pages import Facts, Paper, Table, Words, draw_paper
from xborder_sdk.documents.evidence_pictures import FINENESSES, as_document, draw_pictures
from xborder_sdk.documents.labels import LabelDocument
from xborder_sdk.documents.raster import ink_area

FONTS = Fonts((built_in_font(),))
OTHER_FONTS = [
    path
    for path in map(Path, ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
                           "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf"))
    if path.is_file()
]  # fmt: skip


def text_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded().replace("\r", "") for page in document]
    finally:
        document.close()


def words_of(pdf: bytes) -> str:
    return "".join("".join(text_of(pdf)).split())


def paper(*parts: Facts | Table | Words, title: str = "Title", subtitle: str = "Order 1") -> Paper:
    return Paper(title, subtitle, parts)


LONG = paper(
    Facts((("Buyer", "Élodie Garnier\nRue Saint-Honoré 5"), ("State", "delivered")), heading="Facts"),
    Table((("When", 2), ("What", 5)), tuple((f"row {n:03d}", "Shipment has departed " * 4) for n in range(90))),
    Words("Dear buyer,\n\nit was delivered. " + "x" * 400, heading="Letter"),
)


def test_everything_is_on_the_pages_in_order() -> None:
    pages = text_of(draw_paper(LONG, FONTS))
    assert len(pages) > 2
    rows = [word for page in pages for word in page.split("\n") if word.startswith("row ")]
    assert [row[:7] for row in rows] == [f"row {n:03d}" for n in range(90)]
    assert pages[0].startswith("Title")
    assert all(page.startswith("Title (continued)") for page in pages[1:])
    # The heads of a table are repeated on the pages it goes on to.
    assert all("When" in page for page in pages[:-1])
    assert "x" * 400 in words_of(draw_paper(LONG, FONTS))


def test_nothing_leaves_the_margins() -> None:
    document = LabelDocument.read(draw_paper(LONG, FONTS))
    for page in document.pages:
        area = ink_area(document, page.index)
        assert area is not None
        assert area.x_mm >= 17
        assert area.right_mm <= 193
        assert area.y_mm >= 15
        assert area.bottom_mm <= 276  # the foot is left for the page's number


def test_fonts_are_embedded() -> None:
    with pikepdf.open(BytesIO(draw_paper(LONG, FONTS))) as pdf:
        fonts = [font for page in pdf.pages for font in page.obj.Resources.Font.values()]
        assert fonts
        assert all("/FontFile2" in font.FontDescriptor for font in fonts)


def test_the_same_paper_is_the_same_bytes() -> None:
    assert draw_paper(LONG, FONTS) == draw_paper(LONG, FONTS)
    other = draw_paper(paper(Words("other")), FONTS)
    assert other != draw_paper(LONG, FONTS)
    assert other == draw_paper(paper(Words("other")), FONTS)


LATIN = "".join(chr(point) for point in sorted(FONTS.fonts[0].characters) if 0x21 <= point <= 0x17F)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet=LATIN, min_size=1, max_size=120), min_size=1, max_size=30))
def test_no_word_is_lost_however_it_is_broken(words: list[str]) -> None:
    text = " ".join(words)
    drawn = "".join(words_of(draw_paper(paper(Words(text)), FONTS)).split())
    # Soft hyphens are left out on purpose, and PDFium shows some spacing marks apart.
    wanted = "".join(unicodedata.normalize("NFC", plain(text)).split())
    assert sorted(_comparable(wanted)) == sorted(_comparable(drawn.removeprefix("TitleOrder1")))


def _comparable(text: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFKD", text).casefold() if mark.isalnum() and mark.isascii())


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("陳嘉敏", {"陳", "嘉", "敏"}),
        ("Привет", set("Привет")),
        ("ok 🙂", {"🙂"}),
        ("שלום", set("שלום")),
        ("กำ", None),
        ("q\u0301", {"\u0301"}),
        ("\uffff", {"\uffff"}),
    ],
)
def test_what_cannot_be_drawn_is_refused_whole(text: str, missing: set[str] | None) -> None:
    for part in (Words(text), Facts((("Name", text),)), Facts(((text, "x"),)), Words("x", heading=text),
                 Table((("A", 1),), ((text,),)), Table(((text, 1),), (("x",),))):  # fmt: skip
        with pytest.raises(GlyphsMissing) as error:
            draw_paper(paper(part), FONTS)
        if missing is not None:
            assert set(error.value.characters) == missing


def test_all_characters_of_all_texts_are_named_at_once_and_not_in_their_order() -> None:
    with pytest.raises(GlyphsMissing) as error:
        draw_paper(paper(Words("陳嘉敏"), Facts((("Street", "中山路"),))), FONTS)
    assert error.value.characters == tuple(sorted("陳嘉敏中山路"))
    assert "陳嘉敏" not in str(error.value)


def test_letters_that_join_or_run_from_the_right_are_refused_even_with_glyphs() -> None:
    font = EvidenceFont("x", "x", frozenset(map(ord, "aשع\u0301١")))
    assert font.lacks("aשع\u0301١") == set("שع\u0301١")


def test_many_missing_characters_are_counted() -> None:
    with pytest.raises(GlyphsMissing, match="and 10 more"):
        FONTS.check(["".join(chr(0x4E00 + n) for n in range(30))])


def test_texts_are_composed_and_freed_of_what_shows_nothing() -> None:
    assert plain("e\u0301\u200b\u00ad\tx\r\ny\u2028z") == "é x \ny\nz"
    assert "é" in "".join(text_of(draw_paper(paper(Words("Caf\u0065\u0301")), FONTS)))


@pytest.mark.skipif(not OTHER_FONTS, reason="no other TrueType font is installed here")
def test_an_own_font_draws_what_the_built_in_one_lacks() -> None:
    fonts = Fonts.with_own(*OTHER_FONTS)
    drawn = draw_paper(paper(Words("Café Привет Ωμέγα")), fonts)
    assert "Привет" in "".join(text_of(drawn))
    with pikepdf.open(BytesIO(drawn)) as pdf:
        names = {str(font.BaseFont) for font in pdf.pages[0].obj.Resources.Font.values()}
    assert any("Vera" in name for name in names)
    assert any("Vera" not in name for name in names)


def test_a_file_that_is_no_font_is_said(tmp_path: Path) -> None:
    path = tmp_path / "font.ttf"
    for content in (b"", b"not a font", b"OTTO" + bytes(200), b"\x00\x01\x00\x00" + bytes(20)):
        path.write_bytes(content)
        with pytest.raises(BrokenDocument):
            EvidenceFont.of(path)
    with pytest.raises(OSError, match="missing"):
        EvidenceFont.of(tmp_path / "missing.ttf")


# --- pictures


def test_pages_are_drawn_in_greys_where_they_have_no_colour() -> None:
    document = LabelDocument.read(draw_paper(LONG, FONTS))
    pictures = draw_pictures(document, {"image/png"})
    assert len(pictures) == len(document.pages)
    for picture in pictures:
        image = Image.open(BytesIO(picture.content))
        assert image.format == "PNG"
        assert image.size == (1239, 1754)
        assert image.convert("RGB").getextrema()[0] == image.convert("RGB").getextrema()[2]
        assert len(picture.content) < 200_000


def test_coarser_pictures_are_smaller() -> None:
    document = LabelDocument.read(draw_paper(LONG, FONTS))
    sizes = [len(draw_pictures(document, {"image/jpeg"}, fineness)[0].content) for fineness in FINENESSES]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes)


def test_only_accepted_types_come_out() -> None:
    document = LabelDocument.read(draw_paper(paper(Words("x")), FONTS))
    assert draw_pictures(document, {"image/jpeg"})[0].content.startswith(b"\xff\xd8\xff")
    assert draw_pictures(document, {"image/png"})[0].content.startswith(b"\x89PNG")
    with pytest.raises(UnsupportedDocument):
        draw_pictures(document, {"application/pdf"})


def test_colours_are_kept() -> None:
    red = Image.new("RGB", (300, 200), (200, 10, 10))
    out = BytesIO()
    red.save(out, "JPEG", quality=95)
    (picture,) = draw_pictures(as_document(out.getvalue()), {"image/png"})
    colour = Image.open(BytesIO(picture.content)).convert("RGB").getpixel((100, 100))
    assert isinstance(colour, tuple)
    assert abs(colour[0] - 200) < 8
    assert colour[1] < 20


def test_a_photo_is_turned_as_its_camera_says() -> None:
    photo = Image.new("RGB", (300, 200), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter clockwise
    out = BytesIO()
    photo.save(out, "JPEG", exif=exif)
    size = as_document(out.getvalue()).pages[0].size
    assert size is not None
    assert size.height_mm > size.width_mm


@pytest.mark.parametrize("cut", [4, 40, 300])
def test_a_cut_jpeg_is_broken(cut: int) -> None:
    out = BytesIO()
    Image.effect_noise((200, 200), 50).convert("RGB").save(out, "JPEG")
    with pytest.raises(BrokenDocument):
        as_document(out.getvalue()[:cut])


def test_a_picture_with_too_many_dots_is_refused_unread() -> None:
    head = bytearray()
    out = BytesIO()
    Image.new("RGB", (16, 16)).save(out, "JPEG")
    head += out.getvalue()
    at = head.index(b"\xff\xc0")
    head[at + 5 : at + 9] = (9000).to_bytes(2, "big") * 2
    with pytest.raises(DocumentTooLarge):
        as_document(bytes(head))


# --- the book


def test_a_book_has_contents_pieces_numbers_and_what_is_missing() -> None:
    chapters = [
        Chapter("Label", LabelDocument.read(LABEL_100X150.draw("JD01", pages=2))),
        Chapter("Letter", LabelDocument.read(draw_paper(LONG, FONTS)), has_margins=True),
    ]
    facts = (("Platform", "Somewhere"),)
    book = bind("Evidence", "Order 1", facts, chapters, [("Proof of delivery", "none (yet)")], FONTS)
    assert book == bind("Evidence", "Order 1", facts, chapters, [("Proof of delivery", "none (yet)")], FONTS)
    pages = text_of(book)
    assert "1 Label 2" in pages[0]
    assert "2 Letter 4" in pages[0]
    assert "none (yet)" in pages[0]
    assert "UP  JD01".replace("  ", " ") in pages[1].replace("  ", " ")
    assert "Title" in pages[3]
    assert all(f"{n} / {len(pages)}" in page for n, page in enumerate(pages, start=1))


def test_long_contents_still_name_the_right_pages() -> None:
    page = LabelDocument.read(draw_paper(paper(Words("here")), FONTS))
    chapters = [Chapter(f"Piece {n:03d}", page, has_margins=True) for n in range(80)]
    book = bind("Evidence", "Order 1", (), chapters, [], FONTS)
    pages = text_of(book)
    front = len(pages) - 80
    assert front > 1
    contents = "\n".join(pages[:front])
    for n in (0, 40, 79):
        assert f"{n + 1} Piece {n:03d} {front + n + 1}" in contents


def test_pages_of_any_size_are_whole_on_a4() -> None:
    for kind in (A6, LABEL_100X150):
        document = LabelDocument.read(kind.draw("JD01"))
        book = LabelDocument.read(bind("E", "O", (), [Chapter("One", document)], [], FONTS))
        assert {(round(page.size.width_mm), round(page.size.height_mm)) for page in book.pages if page.size} == {
            (210, 297)
        }
        inside = ink_area(document)
        assert inside is not None
        found = ink_area(book, 1)
        assert found is not None
        # At true size, as there is room: nothing is cut, and the page's number stands beside it.
        assert found.width_mm >= inside.width_mm - Decimal("0.5")
        assert found.height_mm >= inside.height_mm - Decimal("0.5")
