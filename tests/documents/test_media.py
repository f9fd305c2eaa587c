"""Media and layouts: dots, slots, and what cannot be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sdk.documents import (
    A4,
    A4_1_UP,
    A4_2_UP,
    A4_4_UP,
    DPI_12_PER_MM,
    DPI_203,
    STOCK_LAYOUTS,
    THERMAL_100X150_203,
    THERMAL_100X150_300,
    Area,
    InvalidLayout,
    Layout,
    Media,
    MediaKind,
)


def test_thermal_media_have_whole_dots() -> None:
    assert THERMAL_100X150_203.dots() == (800, 1200)  # 8 dots/mm
    assert THERMAL_100X150_300.dots() == (1181, 1771)
    assert Media("own", 100, 150, MediaKind.THERMAL, DPI_12_PER_MM).dots() == (1200, 1800)
    assert Media("4x8in", Decimal("101.6"), Decimal("203.2"), MediaKind.THERMAL, DPI_203).dots() == (812, 1625)


def test_sheets_have_no_dots() -> None:
    with pytest.raises(InvalidLayout):
        A4.dots()


def test_a4_is_divided_into_halves_and_quarters() -> None:
    assert [str(slot.size) for slot in A4_1_UP.slots] == ["210 x 297 mm"]
    assert [str(slot.size) for slot in A4_2_UP.slots] == ["210 x 148.5 mm"] * 2
    assert [str(slot.size) for slot in A4_4_UP.slots] == ["105 x 148.5 mm"] * 4
    assert [(slot.x_mm, slot.y_mm) for slot in A4_4_UP.slots] == [
        (Decimal(0), Decimal(0)),
        (Decimal(105), Decimal(0)),
        (Decimal(0), Decimal("148.5")),
        (Decimal(105), Decimal("148.5")),
    ]


def test_stock_layouts_are_found_by_name() -> None:
    assert STOCK_LAYOUTS["a4-4up"] is A4_4_UP
    assert all(layout.name == name for name, layout in STOCK_LAYOUTS.items())
    assert len(STOCK_LAYOUTS) == 5


@pytest.mark.parametrize(
    ("width", "height", "kind", "dpi"),
    [
        (0, 10, MediaKind.SHEET, None),
        (10, -1, MediaKind.SHEET, None),
        (10, 2001, MediaKind.SHEET, None),
        (10, 10, MediaKind.THERMAL, None),
        (10, 10, MediaKind.THERMAL, Decimal(10)),
    ],
)
def test_impossible_media_are_refused(width: int, height: int, kind: MediaKind, dpi: Decimal | None) -> None:
    with pytest.raises(InvalidLayout):
        Media("own", width, height, kind, dpi)


@pytest.mark.parametrize("value", [10.5, True, "10", None])
def test_lengths_are_int_or_decimal(value: object) -> None:
    with pytest.raises(TypeError):
        Media("own", value, 10, MediaKind.SHEET)  # type: ignore[arg-type]


def test_lengths_are_finite() -> None:
    with pytest.raises(ValueError, match="finite"):
        Media("own", Decimal("NaN"), 10, MediaKind.SHEET)


def area(x: int, y: int, width: int, height: int) -> Area:
    return Area(Decimal(x), Decimal(y), Decimal(width), Decimal(height))


@pytest.mark.parametrize(
    "slots",
    [
        (),
        (area(0, 0, 0, 10),),
        (area(200, 0, 11, 10),),
        (area(-1, 0, 11, 10),),
        (area(0, 290, 10, 8),),
        (area(0, 0, 50, 50), area(49, 49, 50, 50)),
    ],
)
def test_impossible_slots_are_refused(slots: tuple[Area, ...]) -> None:
    with pytest.raises(InvalidLayout):
        Layout("own", A4, slots)


def test_slots_may_touch() -> None:
    assert len(Layout("own", A4, (area(0, 0, 50, 50), area(50, 0, 50, 50))).slots) == 2


@given(
    columns=st.integers(1, 7),
    rows=st.integers(1, 11),
    margin=st.decimals(0, 20, places=1),
    gap=st.decimals(0, 5, places=1),
)
def test_grids_fill_the_sheet_within_its_margins(columns: int, rows: int, margin: Decimal, gap: Decimal) -> None:
    layout = Layout.grid("own", A4, columns=columns, rows=rows, margin_mm=margin, gap_mm=gap)
    assert len(layout.slots) == columns * rows
    last = layout.slots[-1]
    assert 0 <= 210 - margin - last.right_mm < Decimal("0.02")
    assert 0 <= 297 - margin - last.bottom_mm < Decimal("0.02")
    assert len({slot.size for slot in layout.slots}) == 1


@pytest.mark.parametrize(
    "options", [{"columns": 0}, {"rows": 0}, {"margin_mm": 105}, {"margin_mm": -1}, {"gap_mm": -1}]
)
def test_grids_that_leave_no_room_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(InvalidLayout):
        Layout.grid("own", A4, **options)
