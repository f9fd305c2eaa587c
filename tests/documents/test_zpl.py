"""Labels as ZPL: the picture in the program, decoded by code of its own, is the label dot for dot and scans."""

from __future__ import annotations

import base64
import re
import zlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xborder_sdk.documents import (
    DPI_12_PER_MM,
    THERMAL_100X150_203,
    THERMAL_100X150_300,
    Bitmap,
    DoesNotFit,
    Edges,
    FitRules,
    InvalidLayout,
    LabelDocument,
    Media,
    MediaKind,
    ThermalSetup,
    UnsupportedDocument,
    ZplEncoding,
    read_bitmap,
    to_zpl,
    turned_pages,
)
from xborder_sdk.documents.media import A4
from xborder_sdk.documents.zpl import graphic_data

from .drawing import LABEL_100X150, MODULE_MM, Kind, boxed, png

WAYBILL = "JD014600006281230704"
TABLE = {
    "thermal-100x150-203dpi": (THERMAL_100X150_203, 800, 1200),
    "thermal-100x150-300dpi": (THERMAL_100X150_300, 1181, 1771),
    "12-per-mm": (Media("12-per-mm", 100, 150, MediaKind.THERMAL, DPI_12_PER_MM), 1200, 1800),
}


def label(kind: Kind = LABEL_100X150, *, pages: int = 1) -> LabelDocument:
    return LabelDocument.read(kind.draw(WAYBILL, pages=pages))


def crc_ccitt(data: bytes) -> int:
    """CRC-16, polynomial 0x1021 from 0, bit by bit."""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def unpacked(text: str, stride: int) -> bytes:
    """The bytes of a ^GF field, by the rules of the ZPL II programming guide."""
    if text.startswith(":Z64:"):
        _, _, body, checksum = text.split(":")
        assert int(checksum, 16) == crc_ccitt(body.encode())
        return zlib.decompress(base64.b64decode(body, validate=True))
    rows: list[str] = []
    row, times = "", 0
    for mark in text:
        if mark == ":":
            assert row == ""
            rows.append(rows[-1])
            continue
        if "G" <= mark <= "Y":
            times += ord(mark) - ord("G") + 1
            continue
        if "g" <= mark <= "z":
            times += (ord(mark) - ord("g") + 1) * 20
            continue
        if mark in ",!":
            assert times == 0
            row += ("0" if mark == "," else "F") * (stride * 2 - len(row))
        else:
            row += mark * (times or 1)
            times = 0
        assert len(row) <= stride * 2
        if len(row) == stride * 2:
            rows.append(row)
            row = ""
    assert (row, times) == ("", 0)
    return bytes.fromhex("".join(rows))


def pictures(program: bytes, dpi: Decimal) -> list[Bitmap]:
    """What each format of a program prints, with its ^PW and ^LL."""
    found = []
    for body in re.findall(rb"\^XA(.*?)\^XZ", program, re.DOTALL):
        (width,) = re.findall(rb"\^PW(\d+)", body)
        (length,) = re.findall(rb"\^LL(\d+)", body)
        ((count, total, stride, data),) = re.findall(rb"\^FO0,0\^GFA,(\d+),(\d+),(\d+),([^^]*)\^FS", body)
        assert count == total
        rows = unpacked(data.decode().strip(), int(stride))
        assert len(rows) == int(total) == int(stride) * int(length)
        assert int(stride) == (int(width) + 7) // 8
        found.append(Bitmap(int(width), int(length), dpi, rows))
    return found


@pytest.mark.parametrize("encoding", ZplEncoding)
@pytest.mark.parametrize("media", TABLE)
def test_the_picture_is_the_label_dot_for_dot_and_scans(media: str, encoding: ZplEncoding) -> None:
    printer, width, height = TABLE[media]
    program = to_zpl(label(), printer, ThermalSetup(encoding=encoding))
    (picture,) = pictures(program.data, printer.dpi or Decimal(0))
    assert (picture.width, picture.height) == (width, height)
    assert picture.rows == program.bitmaps[0].rows
    codes = {code.text: code for code in read_bitmap(picture)}
    assert set(codes) == {WAYBILL, f"Q-{WAYBILL}"}
    assert abs((codes[WAYBILL].module_mm or 0) - MODULE_MM) < Decimal("0.01")


@pytest.mark.parametrize("encoding", ZplEncoding)
def test_a_frame_at_the_edge_is_on_the_edge(encoding: ZplEncoding) -> None:
    program = to_zpl(LabelDocument.read(boxed(100, 150)), THERMAL_100X150_203, ThermalSetup(encoding=encoding))
    (picture,) = pictures(program.data, Decimal("203.2"))
    for x, y in ((0, 0), (799, 0), (0, 1199), (799, 1199), (7, 600), (792, 600), (400, 7), (400, 1192)):
        assert picture.is_black(x, y)
    for x, y in ((8, 600), (791, 600), (400, 8), (400, 1191)):
        assert not picture.is_black(x, y)


def test_nothing_is_dithered() -> None:
    grey = bytes([100]) * 80
    document = LabelDocument.read(png(80, 80, [grey] * 80), dpi=Decimal("203.2"))
    media = Media("small", 10, 10, MediaKind.THERMAL, Decimal("203.2"))
    assert set(to_zpl(document, media).bitmaps[0].rows) == {0xFF}
    assert set(to_zpl(document, media, ThermalSetup(threshold=90)).bitmaps[0].rows) == {0x00}


def corner() -> LabelDocument:
    """A square label of 80 dots whose upper left quarter is black."""
    rows = [bytes(40) + b"\xff" * 40] * 40 + [b"\xff" * 80] * 40
    return LabelDocument.read(png(80, 80, rows), dpi=Decimal("203.2"))


@pytest.mark.parametrize(("rotation", "where"), [(0, (0, 0)), (90, (1, 0)), (180, (1, 1)), (270, (0, 1))])
def test_turns_clockwise(rotation: int, where: tuple[int, int]) -> None:
    media = Media("small", 10, 10, MediaKind.THERMAL, Decimal("203.2"))
    (picture,) = pictures(to_zpl(corner(), media, ThermalSetup(rotation=rotation)).data, Decimal("203.2"))
    for column in (0, 1):
        for row in (0, 1):
            black = {picture.is_black(column * 40 + x, row * 40 + y) for x in (0, 39) for y in (0, 39)}
            assert black == {(column, row) == where}


def test_a_lying_label_goes_on_a_standing_roll() -> None:
    lying = Kind((150, 100), (0, 0, 150, 100))
    for rotation in (90, 270):
        program = to_zpl(
            label(lying), THERMAL_100X150_203, ThermalSetup(rotation=rotation), rules=FitRules(rotate=False)
        )
        (picture,) = pictures(program.data, Decimal("203.2"))
        assert WAYBILL in {code.text for code in read_bitmap(picture)}


def test_margins_stay_empty_and_unequal_ones_move_the_print() -> None:
    media = Media("small", 20, 20, MediaKind.THERMAL, Decimal("203.2"))
    setup = ThermalSetup(margins=Edges(top_mm=2, right_mm=0, bottom_mm=8, left_mm=7))
    (picture,) = pictures(to_zpl(corner(), media, setup).data, Decimal("203.2"))
    black = {(x, y) for x in range(160) for y in range(160) if picture.is_black(x, y)}
    # 13 x 10 mm are left; 10 x 10 mm are centred in them: 1.5 mm from the left margin, at the upper margin.
    assert min(x for x, _ in black) == 68
    assert min(y for _, y in black) == 16
    assert len(black) == 1600


def test_margins_that_leave_too_little_are_refused() -> None:
    wide = ThermalSetup(margins=Edges(left_mm=2))
    with pytest.raises(DoesNotFit):
        to_zpl(label(), THERMAL_100X150_203, wide, rules=FitRules(crop=False))
    cropped = to_zpl(label(), THERMAL_100X150_203, wide, rules=FitRules(crop=True))
    assert WAYBILL in {code.text for code in read_bitmap(cropped.bitmaps[0])}
    with pytest.raises(InvalidLayout):
        to_zpl(label(), THERMAL_100X150_203, ThermalSetup(margins=Edges(left_mm=60, right_mm=40)))


def test_a_png_for_the_same_head_goes_dot_for_dot() -> None:
    first = to_zpl(label(), THERMAL_100X150_203).bitmaps[0]
    again = to_zpl(LabelDocument.read(first.to_png(), dpi=203), THERMAL_100X150_203).bitmaps[0]
    assert again.rows == first.rows


def test_density_copies_and_pages() -> None:
    program = to_zpl(label(pages=2), THERMAL_100X150_203, ThermalSetup(darkness=7), copies=3).data
    assert program.startswith(b"~SD07\n^XA")
    assert program.count(b"~SD") == 1
    assert program.count(b"^PQ3^XZ") == program.count(b"^XA") == 2
    changed = to_zpl(label(), THERMAL_100X150_203, ThermalSetup(darkness_change=-4)).data
    assert b"^MD-4" in changed
    assert b"~SD" not in changed


def test_what_another_program_left_is_said_anew() -> None:
    program = to_zpl(label(), THERMAL_100X150_203).data
    for command in (b"^LH0,0", b"^PON", b"^PMN", b"^LRN"):
        assert program.index(b"^XA") < program.index(command) < program.index(b"^GF")


def test_the_proof_is_what_is_sent() -> None:
    program = to_zpl(label(), THERMAL_100X150_300, ThermalSetup(rotation=180))
    (proof,) = program.proofs()
    shown = LabelDocument.read(proof, dpi=300)
    assert shown.pages[0].size is not None
    (again,) = to_zpl(shown, THERMAL_100X150_300).bitmaps
    (picture,) = pictures(program.data, Decimal(300))
    assert again.rows == picture.rows


def test_equal_input_gives_equal_bytes_and_a_repr_shows_none() -> None:
    one, other = to_zpl(label(), THERMAL_100X150_203), to_zpl(label(), THERMAL_100X150_203)
    assert one == other
    assert "GFA" not in repr(one)


def test_only_thermal_media_and_no_zpl() -> None:
    with pytest.raises(InvalidLayout):
        to_zpl(label(), A4)
    zpl = LabelDocument.read(b"^XA^PW800^LL1200^FO0,0^GB9,9,9^FS^XZ", dpi=203)
    with pytest.raises(UnsupportedDocument):
        to_zpl(zpl, THERMAL_100X150_203)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rotation": 45},
        {"darkness": 31},
        {"darkness": -1},
        {"darkness_change": 31},
        {"darkness": 1, "darkness_change": 1},
    ],
)
def test_setups_are_checked(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"must|both"):
        ThermalSetup(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="negative"):
        Edges(left_mm=-1)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 60).flatmap(
        lambda stride: st.tuples(
            st.just(stride),
            st.lists(
                st.one_of(
                    st.binary(min_size=stride, max_size=stride),
                    st.sampled_from([0x00, 0xFF, 0x0F, 0xF0]).map(lambda byte: bytes([byte]) * stride),
                ),
                min_size=1,
                max_size=6,
            ),
        )
    )
)
def test_any_picture_comes_back(drawn: tuple[int, list[bytes]]) -> None:
    stride, rows = drawn
    bitmap = Bitmap(stride * 8, len(rows), Decimal(203), b"".join(rows))
    for encoding in ZplEncoding:
        assert unpacked(graphic_data(bitmap, encoding), stride) == bitmap.rows


def test_a_row_longer_than_one_count_comes_back() -> None:
    row = bytes([0x11]) * 500 + b"\x12"
    bitmap = Bitmap(len(row) * 8, 2, Decimal(203), row * 2)
    assert unpacked(graphic_data(bitmap, ZplEncoding.HEX), len(row)) == bitmap.rows


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_sheets_are_turned_by_exactly_that(rotation: int) -> None:
    media = Media("small", 20, 10, MediaKind.THERMAL, Decimal("203.2"))
    rows = [bytes(40) + b"\xff" * 120] * 40 + [b"\xff" * 160] * 40
    first = to_zpl(LabelDocument.read(png(160, 80, rows), dpi=Decimal("203.2")), media)
    from xborder_sdk.documents import to_pdf

    pdf = to_pdf(LabelDocument.read(first.bitmaps[0].to_png(), dpi=Decimal("203.2")))
    turned = LabelDocument.read(turned_pages(pdf, rotation))
    size = turned.pages[0].size
    assert size is not None
    upright = rotation in {0, 180}
    assert abs(size.width_mm - (20 if upright else 10)) < Decimal("0.01")
    lying = media if upright else Media("small", 10, 20, MediaKind.THERMAL, Decimal("203.2"))
    seen = to_zpl(turned, lying, rules=FitRules(rotate=False)).bitmaps[0]
    wanted = to_zpl(LabelDocument.read(pdf), lying, ThermalSetup(rotation=rotation), rules=FitRules(rotate=False))
    differ = sum((one ^ other).bit_count() for one, other in zip(seen.rows, wanted.bitmaps[0].rows, strict=True))
    assert differ <= 160  # an edge may fall on the other side of a dot


def test_a_turn_must_be_a_quarter() -> None:
    with pytest.raises(ValueError, match="rotation"):
        turned_pages(b"", 45)
