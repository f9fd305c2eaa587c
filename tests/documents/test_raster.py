"""Dots: exact sizes, exact pixels, no grey."""

from __future__ import annotations

import random
import struct
import threading
import zlib
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xborder_sdk.documents import (
    A4,
    DPI_203,
    DPI_300,
    THERMAL_100X150_203,
    THERMAL_100X150_300,
    Area,
    Bitmap,
    DocumentTooLarge,
    DoesNotFit,
    FitRules,
    InvalidLayout,
    LabelDocument,
    Limits,
    Media,
    MediaKind,
    UnsupportedDocument,
    ink_area,
    read_bitmap,
    render_for,
    render_page,
    to_pdf,
)

from .drawing import A6, EIGHT_BY_FOUR, KINDS, LABEL_100X150, MODULE_MM, SQUARE, boxed, chunk, png

read = LabelDocument.read


@pytest.mark.parametrize(("dpi", "dots"), [(DPI_203, (800, 1200)), (DPI_300, (1181, 1771)), (203, (799, 1198))])
def test_a_page_has_as_many_dots_as_its_size_says(dpi: Decimal | int, dots: tuple[int, int]) -> None:
    bitmap = render_page(read(LABEL_100X150.draw("JD01")), dpi=dpi)
    assert (bitmap.width, bitmap.height) == dots
    assert len(bitmap.rows) == bitmap.stride * bitmap.height


@pytest.mark.parametrize("media", [THERMAL_100X150_203, THERMAL_100X150_300], ids=lambda media: media.name)
@pytest.mark.parametrize("name", ["100x150", "100x100", "4x6in", "a4-corner"])
def test_labels_become_the_dots_of_the_medium_and_are_read_back(name: str, media: Media) -> None:
    bitmap = render_for(read(KINDS[name].draw("JD0146")), media, rules=FitRules(crop=True))
    assert (bitmap.width, bitmap.height) == media.dots()
    codes = {code.text: code for code in read_bitmap(bitmap)}
    assert set(codes) == {"JD0146", "Q-JD0146"}
    module = codes["JD0146"].module_mm
    assert module is not None
    assert abs(module - MODULE_MM) < Decimal("0.01")


def test_a_landscape_label_is_turned_for_the_printer() -> None:
    roll = Media("4x8in", Decimal("101.6"), Decimal("203.2"), MediaKind.THERMAL, DPI_203)
    bitmap = render_for(read(EIGHT_BY_FOUR.draw("JD0146")), roll)
    codes = {code.text: code.area for code in read_bitmap(bitmap)}
    assert codes["JD0146"].width_mm < codes["JD0146"].height_mm


def test_bars_are_whole_dots_without_dither() -> None:
    bitmap = render_for(read(LABEL_100X150.draw("JD0146")), THERMAL_100X150_203)
    (area,) = (code.area for code in read_bitmap(bitmap) if code.text == "JD0146")
    y = int((area.y_mm + area.height_mm / 2) * 8)
    rows = {bytes(bitmap.rows[line * bitmap.stride : (line + 1) * bitmap.stride]) for line in range(y - 30, y + 30)}
    assert len(rows) == 1  # 60 rows through the bars are all alike
    left, right = int(area.x_mm * 8), int(area.right_mm * 8)
    runs = [1]
    for x in range(left + 1, right - 1):
        if bitmap.is_black(x, y) == bitmap.is_black(x - 1, y):
            runs[-1] += 1
        else:
            runs.append(1)
    assert {run % 3 for run in runs[1:-1]} == {0}  # 0.375 mm are 3 dots at 8 dots/mm


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(DoesNotFit):
        render_for(read(A6.draw("JD01")), THERMAL_100X150_203)
    with pytest.raises(InvalidLayout):
        render_for(read(A6.draw("JD01")), A4)
    with pytest.raises(UnsupportedDocument):
        render_page(read(A6.draw("JD01")), 1, dpi=203)
    with pytest.raises(UnsupportedDocument):
        render_page(read(b"^XA^FDx^FS^XZ"), dpi=203)
    with pytest.raises(DocumentTooLarge):
        render_page(read(A6.draw("JD01"), limits=Limits(pixels=1_000_000)), dpi=300)
    with pytest.raises(ValueError, match="threshold"):
        render_page(read(A6.draw("JD01")), dpi=203, threshold=0)


def grey_rows(bitmap: Bitmap) -> list[bytes]:
    grey = bitmap.to_grey()
    return [grey[at : at + bitmap.width] for at in range(0, len(grey), bitmap.width)]


@settings(max_examples=40, deadline=None)
@given(width=st.integers(1, 70), height=st.integers(1, 40), seed=st.integers(0, 99))
def test_bits_survive_the_way_through_png(width: int, height: int, seed: int) -> None:
    stride = (width + 7) // 8
    chance = random.Random(seed)
    rows = b"".join((chance.getrandbits(width) << (stride * 8 - width)).to_bytes(stride) for _ in range(height))
    bitmap = Bitmap(width, height, DPI_203, rows)
    again = render_page(read(bitmap.to_png()), dpi=DPI_203)
    assert again == bitmap
    assert all(
        bitmap.is_black(x, y) == (grey_rows(bitmap)[y][x] == 0) for x in range(0, width, 7) for y in range(0, height, 5)
    )


def noise(width: int, height: int) -> list[bytes]:
    chance = random.Random(7)
    return [bytes(chance.choice((0, 255)) for _ in range(width)) for _ in range(height)]


@pytest.mark.parametrize("per_metre", [8000, 7992], ids=["203.2dpi", "203dpi"])
def test_a_png_for_this_print_head_is_kept_dot_for_dot(per_metre: int) -> None:
    rows = noise(600, 400)
    label = read(png(600, 400, rows, per_metre=(per_metre, per_metre)))
    dots = grey_rows(render_for(label, THERMAL_100X150_203))
    assert [row[100:700] for row in dots[400:800]] == rows
    assert all(set(row) == {255} for row in dots[:400] + dots[800:])
    odd = noise(601, 399)
    label = read(png(601, 399, odd, per_metre=(per_metre, per_metre)))
    dots = grey_rows(render_for(label, THERMAL_100X150_203))
    assert any([row[x : x + 601] for row in dots[y : y + 399]] == odd for x in (99, 100) for y in (400, 401))


def test_a_png_that_is_a_little_too_wide_is_cropped_dot_for_dot() -> None:
    inner = noise(780, 1190)
    rows = [b"\xff" * 812] * 14 + [b"\xff" * 16 + row + b"\xff" * 16 for row in inner] + [b"\xff" * 812] * 14
    label = read(png(812, 1218, rows, per_metre=(7992, 7992)))
    with pytest.raises(DoesNotFit):
        render_for(label, THERMAL_100X150_203)
    dots = grey_rows(render_for(label, THERMAL_100X150_203, rules=FitRules(crop=True)))
    assert [row[10:790] for row in dots[5:1195]] == inner


def test_a_png_for_this_print_head_is_turned_dot_for_dot() -> None:
    rows = noise(1000, 600)
    dots = grey_rows(render_for(read(png(1000, 600, rows, per_metre=(8000, 8000))), THERMAL_100X150_203))
    turned = [bytes(rows[599 - x][y] for x in range(600)) for y in range(1000)]
    assert [row[100:700] for row in dots[100:1100]] == turned


def test_png_becomes_pdf_of_its_true_size_with_its_own_pixels() -> None:
    rows = noise(203, 406)
    data = to_pdf(read(png(203, 406, rows), dpi=203))
    (page,) = read(data).pages
    assert page.size is not None
    assert abs(page.size.width_mm - Decimal("25.4")) < Decimal("0.001")
    assert abs(page.size.height_mm - Decimal("50.8")) < Decimal("0.001")
    with pikepdf.open(BytesIO(data)) as pdf:
        image = pdf.pages[0].obj.Resources.XObject.Im
        assert isinstance(image, pikepdf.Stream)
        assert pikepdf.PdfImage(image).as_pil_image().convert("L").tobytes() == b"".join(rows)
    assert to_pdf(read(png(203, 406, rows), dpi=203)) == data


def test_a_pdf_stays_as_it_is() -> None:
    data = A6.draw("JD01")
    assert to_pdf(read(data)) == data


def half_black(kind: str) -> bytes:
    """16 x 8 pixels, the left half black, the right half white, in every way that PNG knows."""
    black, white = b"\0" * 8, b"\xff" * 8
    rows: dict[str, tuple[int, int, bytes, bytes]] = {
        "grey-1": (1, 0, b"\x00\xff", b""),
        "grey-2": (2, 0, b"\x00\x00\xff\xff", b""),
        "grey-4": (4, 0, b"\x00" * 4 + b"\xff" * 4, b""),
        "grey-8": (8, 0, black + white, b""),
        "grey-16": (16, 0, black * 2 + white * 2, b""),
        "rgb-8": (8, 2, black * 3 + white * 3, b""),
        "rgb-16": (16, 2, black * 6 + white * 6, b""),
        "palette-1": (1, 3, b"\xff\x00", chunk(b"PLTE", b"\xff\xff\xff\x00\x00\x00")),
        "palette-8": (8, 3, b"\x01" * 8 + b"\x00" * 8, chunk(b"PLTE", b"\xff\xff\xff\x00\x00\x00")),
        "palette-transparent": (
            8,
            3,
            b"\x01" * 8 + b"\x00" * 8,
            chunk(b"PLTE", b"\x00\x00\x00\x00\x00\x00") + chunk(b"tRNS", b"\x00\xff"),
        ),
        "grey-alpha": (8, 4, b"\x00\xff" * 8 + b"\x00\x00" * 8, b""),
        "rgb-alpha": (8, 6, b"\x00\x00\x00\xff" * 8 + b"\x00\x00\x00\x00" * 8, b""),
    }
    depth, colour, row, extra = rows[kind]
    return png(16, 8, [row] * 8, depth=depth, colour=colour, per_metre=(8000, 8000), extra=extra)


@pytest.mark.parametrize(
    "kind",
    [
        "grey-1",
        "grey-2",
        "grey-4",
        "grey-8",
        "grey-16",
        "rgb-8",
        "rgb-16",
        "palette-1",
        "palette-8",
        "palette-transparent",
        "grey-alpha",
        "rgb-alpha",
    ],
)
def test_every_kind_of_png_is_drawn(kind: str) -> None:
    bitmap = render_page(read(half_black(kind)), dpi=DPI_203)
    assert (bitmap.width, bitmap.height) == (16, 8)
    assert bitmap.rows == b"\xff\x00" * 8


def interlaced(depth: int) -> bytes:
    # 1 x 1 pixel: of the seven passes only the first has a row.
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, depth, 0, 0, 0, 1)),
            chunk(b"IDAT", zlib.compress(b"\0" + b"\0" * (depth // 8))),
            chunk(b"IEND", b""),
        )
    )


def test_interlaced_png_is_drawn_unless_it_would_lose_depth() -> None:
    assert render_page(read(interlaced(8), dpi=DPI_203), dpi=DPI_203).is_black(0, 0)
    with pytest.raises(UnsupportedDocument):
        to_pdf(read(interlaced(16), dpi=DPI_203))


def test_ink_is_found_where_it_is() -> None:
    area = ink_area(read(boxed(100, 150)))
    assert area is not None
    assert area.size.holds(area.size)
    assert abs(area.width_mm - 100) < Decimal("0.2")
    assert abs(area.height_mm - 150) < Decimal("0.2")
    corner = ink_area(read(KINDS["a4-corner"].draw("JD01")))
    assert corner is not None
    frame = Area(Decimal("106.8"), Decimal("11.8"), Decimal("96.4"), Decimal("136.4"))  # drawn 2 mm inside the label
    assert corner.contains(frame)
    assert frame.contains(corner, Decimal("0.3"))


def test_dots_outside_are_no_dots() -> None:
    bitmap = render_page(read(SQUARE.draw("JD01")), dpi=DPI_203)
    with pytest.raises(IndexError):
        bitmap.is_black(800, 0)


def test_threads_may_draw_at_the_same_time() -> None:
    documents = [read(LABEL_100X150.draw(f"JD{index}")) for index in range(4)]
    expected = [render_page(document, dpi=DPI_203) for document in documents]
    drawn: list[Bitmap | None] = [None] * 4

    def draw(index: int) -> None:
        for _ in range(5):
            drawn[index] = render_page(documents[index], dpi=DPI_203)

    threads = [threading.Thread(target=draw, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == expected
