"""Labels on sheets: true size, right slot, right way up, nothing clipped, nothing overlapping."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from decimal import Decimal
from io import BytesIO
from itertools import combinations
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from xborder_sdk.documents import (
    A4,
    A4_1_UP,
    A4_2_UP,
    A4_4_UP,
    DPI_203,
    DPI_300,
    LABEL_203,
    LABEL_300,
    Area,
    Barcode,
    Bitmap,
    DoesNotFit,
    FitRules,
    InvalidLayout,
    Label,
    LabelDocument,
    Layout,
    Media,
    MediaKind,
    Placement,
    Shrink,
    UnsupportedDocument,
    impose,
    ink_area,
    read_barcodes,
    render_page,
)

from .drawing import A6, EIGHT_BY_FOUR, KINDS, LABEL_100X150, MM, MODULE_MM, SQUARE, Kind, boxed, changed, png

HALF_MM = Decimal("0.5")
THERMAL_4X8 = Layout.grid(
    "thermal-4x8in", Media("thermal-4x8in", Decimal("101.6"), Decimal("203.2"), MediaKind.THERMAL, DPI_203)
)
LAYOUTS = {layout.name: layout for layout in (LABEL_203, LABEL_300, THERMAL_4X8, A4_1_UP, A4_2_UP, A4_4_UP)}
GENEROUS = FitRules(crop=True, shrink=Shrink(MODULE_MM, Decimal("0.25")))


def read(data: bytes) -> LabelDocument:
    return LabelDocument.read(data)


def inside(inner: Area, outer: Area) -> bool:
    return outer.contains(inner, Decimal("0.2"))


def barcode(found: tuple[Barcode, ...], text: str, page: int) -> Barcode:
    matches = [code for code in found if code.text == text and code.page == page]
    assert len(matches) == 1, (text, page, len(matches))
    return matches[0]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
@pytest.mark.parametrize("name", KINDS)
def test_every_label_is_read_back_in_its_slot_on_every_medium(name: str, layout: Layout) -> None:
    texts = [f"JD0146{index:04}" for index in range(len(layout.slots) + 1)]
    labels = [Label(text, read(KINDS[name].draw(text))) for text in texts]
    result = impose(labels, layout, rules=GENEROUS)
    sheets = read(result.pdf)
    assert [str(page.size) for page in sheets.pages] == [str(layout.media.size)] * 2
    found = read_barcodes(sheets, dpi=layout.media.dpi or DPI_300)
    assert len(found) == 2 * len(labels)
    for text, placement in zip(texts, result.placements, strict=True):
        assert placement.reference == text
        slot = layout.slots[placement.slot]
        assert slot.contains(placement.area)
        bars, square = barcode(found, text, placement.sheet), barcode(found, f"Q-{text}", placement.sheet)
        assert inside(bars.area, placement.area)
        assert inside(square.area, placement.area)
        assert bars.module_mm is not None
        assert abs(bars.module_mm - MODULE_MM * placement.scale) < Decimal("0.012")
        # The bars are near the upper edge of every label, the QR code is in its lower left corner.
        if placement.rotation == 90:
            assert square.area.right_mm < bars.area.x_mm
            assert square.area.y_mm < bars.area.bottom_mm
        else:
            assert square.area.y_mm > bars.area.bottom_mm
            assert square.area.x_mm < bars.area.right_mm
        width, height = square.area.width_mm, square.area.height_mm
        assert abs(width - height) < HALF_MM


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)
@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_scaled_unless_allowed(name: str, layout: Layout) -> None:
    kind = KINDS[name]
    label = Label("JD01", read(kind.draw("JD01")))
    slot = layout.slots[0].size
    page = label.document.pages[0].size
    assert page is not None
    if slot.holds(page, HALF_MM) or slot.turned.holds(page, HALF_MM):
        assert impose([label], layout).placements[0].scale == 1
    else:
        with pytest.raises(DoesNotFit) as caught:
            impose([label], layout)
        assert str(page) in str(caught.value)
        assert str(slot) in str(caught.value)
        assert caught.value.reference == "JD01"


def frame(result: bytes, page: int = 0) -> Area:
    area = ink_area(read(result), page)
    assert area is not None
    return area


def close(one: Area, other: Area, within: Decimal = Decimal("0.2")) -> bool:
    return one.contains(other, within) and other.contains(one, within)


@pytest.mark.parametrize(
    ("size", "layout"),
    [
        ((100, 150), LABEL_203),
        ((100, 150), A4_1_UP),
        ((100, 150), A4_2_UP),
        ((105, 148), A4_4_UP),
        ((101.6, 203.2), A4_2_UP),
        ((101.6, 203.2), THERMAL_4X8),
        ((203.2, 101.6), THERMAL_4X8),
        ((60, 40), LABEL_300),
    ],
)
def test_true_size_measured_on_the_result(size: tuple[float, float], layout: Layout) -> None:
    for slot in range(len(layout.slots)):
        result = impose([Label("x", read(boxed(*size)))], layout, start_slot=slot)
        placement = result.placements[0]
        expected = sorted(Decimal(str(length)) for length in size)
        measured = frame(result.pdf)
        assert all(
            abs(found - true) <= HALF_MM
            for found, true in zip(sorted((measured.width_mm, measured.height_mm)), expected, strict=True)
        )
        assert close(measured, placement.area)


@st.composite
def jobs(draw: st.DrawFn) -> tuple[Layout, list[tuple[int, int]]]:
    """A grid on A4 and labels of whole mm that fit its slots, upright or lying."""
    columns, rows = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    layout = Layout.grid("any", A4, columns=columns, rows=rows, margin_mm=draw(st.integers(0, 10)))
    width, height = (int(length) for length in (layout.slots[0].width_mm, layout.slots[0].height_mm))
    shapes = []
    for _ in range(draw(st.integers(1, 5))):
        shape = draw(st.one_of(st.just(width), st.integers(15, width))), draw(st.integers(15, height))
        shapes.append(shape if draw(st.booleans()) else shape[::-1])
    return layout, shapes


def assert_whole_frame(bitmap: Bitmap, placement: Placement) -> None:
    """The frame of `boxed` is 1 mm (4 dots at 100 dpi) wide at the very edge: its middle is black on all four sides."""
    area, line = placement.area, placement.scale / 2
    across, down = area.x_mm + area.width_mm / 2, area.y_mm + area.height_mm / 2
    for x, y in (
        (area.x_mm + line, down),
        (area.right_mm - line, down),
        (across, area.y_mm + line),
        (across, area.bottom_mm - line),
    ):
        dot_x, dot_y = (int(length * 100 / Decimal("25.4")) for length in (x, y))
        assert bitmap.is_black(min(dot_x, bitmap.width - 1), min(dot_y, bitmap.height - 1)), (placement, x, y)


@settings(max_examples=30, deadline=None)
@given(job=jobs(), start=st.integers(0, 11), enlarged=st.sampled_from([1, 2, 3]))
def test_no_label_is_clipped_and_none_overlap(
    job: tuple[Layout, list[tuple[int, int]]], start: int, enlarged: int
) -> None:
    layout, shapes = job
    start %= len(layout.slots)
    rules = FitRules(slack_mm=0, shrink=Shrink(Decimal(1), Decimal("0.33")) if enlarged > 1 else None)
    labels = [Label(str(index), read(boxed(w * enlarged, h * enlarged))) for index, (w, h) in enumerate(shapes)]
    result = impose(labels, layout, start_slot=start, rules=rules)
    for one, other in combinations(result.placements, 2):
        assert one.sheet != other.sheet or not one.area.overlaps(other.area)
    sheets = [render_page(read(result.pdf), index, dpi=100) for index in range(result.sheets)]
    for placement in result.placements:
        assert layout.slots[placement.slot].contains(placement.area, Decimal("0.001"))
        assert_whole_frame(sheets[placement.sheet], placement)
        assert enlarged > 1 or placement.scale == 1


def test_order_slots_and_sheets() -> None:
    labels = [Label(f"W{index}", read(A6.draw(f"W{index}"))) for index in range(6)]
    result = impose(labels, A4_4_UP, start_slot=3)
    assert [(p.reference, p.sheet, p.slot) for p in result.placements] == [
        ("W0", 0, 3),
        ("W1", 1, 0),
        ("W2", 1, 1),
        ("W3", 1, 2),
        ("W4", 1, 3),
        ("W5", 2, 0),
    ]
    assert (result.sheets, result.next_slot) == (3, 1)
    found = read_barcodes(read(result.pdf))
    for placement in result.placements:
        assert inside(barcode(found, placement.reference, placement.sheet).area, placement.area)


def test_a_full_last_sheet_leaves_no_slot() -> None:
    labels = [Label(f"W{index}", read(A6.draw(f"W{index}"))) for index in range(4)]
    assert impose(labels, A4_4_UP).next_slot == 0


def test_several_pages_of_a_label_take_several_slots() -> None:
    document = read(A6.draw("W1", pages=3))
    assert [(p.page, p.slot) for p in impose([Label("W1", document)], A4_4_UP).placements] == [(0, 0), (1, 1), (2, 2)]
    chosen = impose([Label("W1", document, pages=(2, 0))], A4_4_UP)
    assert [p.page for p in chosen.placements] == [2, 0]
    assert {code.text for code in read_barcodes(read(chosen.pdf))} == {"W1-2", "Q-W1-2", "W1", "Q-W1"}


def test_impossible_requests_are_refused() -> None:
    label = Label("W1", read(A6.draw("W1")))
    for start in (-1, 4):
        with pytest.raises(InvalidLayout):
            impose([label], A4_4_UP, start_slot=start)
    with pytest.raises(InvalidLayout):
        impose([], A4_4_UP)
    with pytest.raises(InvalidLayout):
        impose([Label("W1", label.document, pages=())], A4_4_UP)
    for page in (1, -1):
        with pytest.raises(UnsupportedDocument):
            impose([Label("W1", label.document, pages=(page,))], A4_4_UP)


def test_one_label_too_large_stops_all_and_is_named() -> None:
    labels = [Label("W1", read(A6.draw("W1"))), Label("W2", read(EIGHT_BY_FOUR.draw("W2")))]
    for rules in (FitRules(), FitRules(crop=True), FitRules(shrink=Shrink(1, 1))):
        with pytest.raises(DoesNotFit) as caught:
            impose(labels, A4_4_UP, rules=rules)
        assert caught.value.reference == "W2"
        assert "W2" in str(caught.value)


def test_a_blank_page_cannot_be_cropped() -> None:
    blank = read(changed(KINDS["a4-corner"].draw("W1"), Contents=pikepdf.Array([])))
    with pytest.raises(DoesNotFit, match="blank"):
        impose([Label("W1", blank)], LABEL_203, rules=FitRules(crop=True))


def picture(data: bytes, width: int, height: int, page: int = 0) -> bytes:
    """The page as PDFium draws it by itself, without this package."""
    with pypdfium2.PdfDocument(data) as pdf:
        scale = width / pdf[page].get_width()
        bitmap = pdf[page].render(scale=scale, grayscale=True)
        rows = [bytes(bitmap.buffer)[at : at + width] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride)]
        return b"".join(rows[:height])


def difference(one: bytes, other: bytes) -> float:
    assert len(one) == len(other)
    return sum((a < 128) != (b < 128) for a, b in zip(one, other, strict=True)) / len(one)


CROPPED = pikepdf.Array([15 * MM, 30 * MM, 95 * MM, 148 * MM])
SHIFTED = pikepdf.Array([-20 * MM, -10 * MM, 100 * MM, 150 * MM])
PRESENTATIONS: dict[str, dict[str, object]] = {
    "plain": {},
    "rotate-90": {"Rotate": 90},
    "rotate-180": {"Rotate": 180},
    "rotate-270": {"Rotate": 270},
    "crop": {"CropBox": CROPPED},
    "crop-rotate-90": {"CropBox": CROPPED, "Rotate": 90},
    "crop-rotate-180": {"CropBox": CROPPED, "Rotate": 180},
    "crop-rotate-270": {"CropBox": CROPPED, "Rotate": 270},
    "media-box-offset": {"MediaBox": SHIFTED},
    "media-box-offset-rotate-270": {"MediaBox": SHIFTED, "Rotate": 270},
    "trim-box-is-no-size": {"TrimBox": CROPPED},
}


@pytest.mark.parametrize("name", PRESENTATIONS)
def test_pages_look_as_a_viewer_shows_them(name: str) -> None:
    data = changed(LABEL_100X150.draw("JD01460000"), **PRESENTATIONS[name])
    bitmap = render_page(read(data), dpi=DPI_203)
    viewed = picture(data, bitmap.width, bitmap.height)
    assert difference(bitmap.to_grey(), viewed) < 0.02  # edges may lie a dot apart
    viewed_codes = zxingcpp.read_barcodes(memoryview(viewed).cast("B", (bitmap.height, bitmap.width)))
    corners = {code.text: code.position.top_left for code in viewed_codes}
    again = zxingcpp.read_barcodes(memoryview(bitmap.to_grey()).cast("B", (bitmap.height, bitmap.width)))
    for code in again:
        assert abs(code.position.top_left.x - corners[code.text].x) <= 3
        assert abs(code.position.top_left.y - corners[code.text].y) <= 3
    placed = impose([Label("x", read(data))], A4_1_UP)
    area = placed.placements[0].area
    found = {code.text: code.area for code in read_barcodes(read(placed.pdf))}
    alone = {code.text: code.area for code in read_barcodes(read(data))}
    assert set(found) == set(alone)
    assert "JD01460000" in found
    for text, where in alone.items():
        moved = Area(where.x_mm + area.x_mm, where.y_mm + area.y_mm, where.width_mm, where.height_mm)
        assert close(moved, found[text], HALF_MM)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_user_unit_is_honoured(turn: int) -> None:
    half = Kind((50, 75), (0, 0, 50, 75))
    data = changed(boxed(*half.page), UserUnit=2, Rotate=turn)
    result = impose([Label("x", read(data))], A4_1_UP)
    measured = frame(result.pdf)
    expected = (100, 150) if turn in {0, 180} else (150, 100)
    assert abs(measured.width_mm - expected[0]) < HALF_MM
    assert abs(measured.height_mm - expected[1]) < HALF_MM
    assert close(measured, result.placements[0].area)


def test_what_lies_outside_the_crop_box_stays_hidden() -> None:
    data = changed(boxed(100, 150), CropBox=pikepdf.Array([10 * MM, 10 * MM, 90 * MM, 140 * MM]))
    assert ink_area(read(impose([Label("x", read(data))], A4_1_UP).pdf)) is None


def test_a_cropped_label_lies_within_its_slot_only() -> None:
    kind = KINDS["a4-corner"]
    labels = [Label(f"W{index}", read(kind.draw(f"W{index}"))) for index in range(4)]
    result = impose(labels, A4_4_UP, rules=FitRules(crop=True))
    assert all(p.scale == 1 for p in result.placements)
    assert all(str(p.area.size) == "105 x 148.5 mm" for p in result.placements)


def test_what_overhangs_by_rounding_does_not_reach_the_neighbour() -> None:
    result = impose([Label("x", read(boxed(105.5, 148)))], A4_4_UP)
    assert result.placements[0].scale == 1
    assert result.placements[0].area.right_mm == 105
    assert frame(result.pdf).right_mm < Decimal("105.2")
    with pytest.raises(DoesNotFit):
        impose([Label("x", read(boxed(105.6, 148)))], A4_4_UP)


def test_the_result_is_vector_text_that_can_be_selected() -> None:
    result = impose([Label("W1", read(LABEL_100X150.draw("W1")))], A4_2_UP)
    with pikepdf.open(BytesIO(result.pdf)) as pdf:
        streams = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream)]
        assert not any(stream.get("/Subtype") == pikepdf.Name.Image for stream in streams)
        assert sum(stream.get("/Subtype") == pikepdf.Name.Form for stream in streams) == 1
    with pypdfium2.PdfDocument(result.pdf) as pdf:
        assert "UP W1" in " ".join(pdf[0].get_textpage().get_text_range().split())


def test_viewers_are_told_not_to_scale() -> None:
    result = impose([Label("W1", read(LABEL_100X150.draw("W1")))], A4_2_UP)
    with pikepdf.open(BytesIO(result.pdf)) as pdf:
        assert pdf.Root.ViewerPreferences.PrintScaling == pikepdf.Name("/None")


def test_the_same_label_twice_is_copied_once() -> None:
    document = read(LABEL_100X150.draw("W1"))
    once = impose([Label("W1", document)], LABEL_203)
    many = impose([Label("W1", document)] * 20, LABEL_203)
    assert many.sheets == 20
    assert len(many.pdf) < len(once.pdf) * 3


def test_printed_annotations_are_kept_and_hidden_ones_are_not() -> None:
    def annotation(pdf: pikepdf.Pdf, x: int, flags: int) -> pikepdf.Dictionary:
        appearance = pdf.make_stream(
            b"0 0 50 50 re f",
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 50, 50],
            Resources=pikepdf.Dictionary(),
        )
        return pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Stamp,
            Rect=[x, 100, x + 50, 150],
            F=flags,
            AP=pikepdf.Dictionary(N=appearance),
        )

    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(100 * MM, 150 * MM))
        printed, hidden = annotation(pdf, 50, 4), annotation(pdf, 150, 2)
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(printed), pdf.make_indirect(hidden)])
        out = BytesIO()
        pdf.save(out)
    measured = ink_area(read(out.getvalue()))
    assert measured is not None
    assert abs(measured.x_mm - Decimal(50) * Decimal("25.4") / 72) < HALF_MM
    assert abs(measured.width_mm - Decimal(50) * Decimal("25.4") / 72) < HALF_MM


SCRIPT = """
import hashlib, sys
from pathlib import Path
from xborder_sdk.documents import *
labels = [Label(str(i), LabelDocument.read(Path(p).read_bytes())) for i, p in enumerate(sys.argv[1:])]
print(hashlib.sha256(impose(labels, A4_2_UP, start_slot=1).pdf).hexdigest())
"""


def test_equal_input_gives_equal_bytes_in_every_process(tmp_path: Path) -> None:
    documents = [
        LABEL_100X150.draw("W1"),
        A6.draw("W2", pages=2),
        SQUARE.draw("W3"),
        png(80, 80, [bytes(80)] * 80, per_metre=(8000, 8000)),
    ]
    paths = []
    for index, data in enumerate(documents):
        paths.append(tmp_path / str(index))
        paths[-1].write_bytes(data)
    labels = [Label(str(index), read(data)) for index, data in enumerate(documents)]
    here = hashlib.sha256(impose(labels, A4_2_UP, start_slot=1).pdf).hexdigest()
    assert hashlib.sha256(impose(labels, A4_2_UP, start_slot=1).pdf).hexdigest() == here
    for seed in ("1", "2"):
        printed = subprocess.run(
            [sys.executable, "-c", SCRIPT, *map(str, paths)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert printed.stdout.strip() == here
    assert hashlib.sha256(impose(labels, A4_2_UP).pdf).hexdigest() != here


def test_placements_are_plain_values() -> None:
    result = impose([Label("W1", read(LABEL_100X150.draw("W1")))], A4_2_UP)
    assert result.placements == (Placement("W1", 0, 0, 0, result.placements[0].area, 90, Decimal(1)),)
    assert str(result.placements[0].area.size) == "150 x 100 mm"
    assert "%PDF" not in repr(result)
