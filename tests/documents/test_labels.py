"""Labels as they come in: what they are, how large they are, and what is refused."""

from __future__ import annotations

import base64
import zlib
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xborder_sdk.documents import (
    DPI_203,
    LABEL_203,
    THERMAL_100X150_203,
    THERMAL_100X150_300,
    BrokenDocument,
    DocumentError,
    DocumentTooLarge,
    DoesNotFit,
    EncryptedDocument,
    Label,
    LabelDocument,
    LabelFormat,
    Limits,
    ResolutionUnknown,
    Size,
    UnknownFormat,
    UnsupportedDocument,
    check_zpl,
    impose,
)

from .drawing import KINDS, LABEL_100X150, MM, changed, chunk, png

HALF_MM = Decimal("0.5")


def near(size: Size | None, width: float, height: float, within: Decimal = Decimal("0.01")) -> bool:
    return (
        size is not None
        and abs(size.width_mm - Decimal(str(width))) <= within
        and abs(size.height_mm - Decimal(str(height))) <= within
    )


@pytest.mark.parametrize("name", KINDS)
def test_pdf_has_its_true_size(name: str) -> None:
    kind = KINDS[name]
    document = LabelDocument.read(kind.draw("JD01", pages=2))
    assert document.format is LabelFormat.PDF
    assert [page.index for page in document.pages] == [0, 1]
    assert all(near(page.size, *kind.page) for page in document.pages)


@pytest.mark.parametrize(("turn", "size"), [(90, (150, 100)), (180, (100, 150)), (270, (150, 100)), (-90, (150, 100))])
def test_rotate_turns_the_size(turn: int, size: tuple[int, int]) -> None:
    document = LabelDocument.read(changed(LABEL_100X150.draw("JD01"), Rotate=turn))
    assert near(document.pages[0].size, *size)


def test_rotate_and_boxes_are_inherited() -> None:
    with pikepdf.open(BytesIO(LABEL_100X150.draw("JD01"))) as pdf:
        page = pdf.pages[0].obj
        pdf.Root.Pages.MediaBox = page.MediaBox
        pdf.Root.Pages.Rotate = 90
        del page["/MediaBox"]
        if "/Rotate" in page:
            del page["/Rotate"]
        out = BytesIO()
        pdf.save(out)
    assert near(LabelDocument.read(out.getvalue()).pages[0].size, 150, 100)


def test_crop_box_is_the_page_and_is_cut_to_the_media_box() -> None:
    data = changed(LABEL_100X150.draw("JD01"), CropBox=pikepdf.Array([10 * MM, 20 * MM, 400 * MM, 120 * MM]))
    assert near(LabelDocument.read(data).pages[0].size, 90, 100)


def test_corners_of_a_box_may_come_in_any_order() -> None:
    data = changed(LABEL_100X150.draw("JD01"), MediaBox=pikepdf.Array([100 * MM, 150 * MM, 0, 0]))
    assert near(LabelDocument.read(data).pages[0].size, 100, 150)


def test_user_unit_scales_the_page() -> None:
    data = changed(LABEL_100X150.draw("JD01"), UserUnit=Decimal("1.5"))
    assert near(LabelDocument.read(data).pages[0].size, 150, 225)


@pytest.mark.parametrize(
    "entries",
    [
        {"Rotate": 45},
        {"Rotate": pikepdf.Name.Ninety},
        {"UserUnit": 0},
        {"UserUnit": pikepdf.String("2")},
        {"MediaBox": pikepdf.Array([0, 0, 100])},
        {"MediaBox": pikepdf.Array([0, 0, 0, 100])},
        {"MediaBox": pikepdf.Array([0, 0, pikepdf.Name.Wide, 100])},
        {"MediaBox": pikepdf.Name.A4},
        {"CropBox": pikepdf.Array([1000, 1000, 1100, 1100])},
        {"Contents": pikepdf.Name.Nothing},
        {"Contents": pikepdf.Array([pikepdf.Name.Nothing])},
    ],
    ids=str,
)
def test_pages_without_legal_geometry_are_refused(entries: dict[str, object]) -> None:
    with pytest.raises(BrokenDocument):
        LabelDocument.read(changed(LABEL_100X150.draw("JD01"), **entries))


def test_a_pdf_cut_off_anywhere_is_refused() -> None:
    data = LABEL_100X150.draw("JD01").rstrip()
    for end in [10, *range(100, len(data) - 6, 97), len(data) - 6, len(data) - 1]:
        with pytest.raises(DocumentError):
            LabelDocument.read(data[:end])


def test_damaged_page_content_is_refused() -> None:
    with pikepdf.open(BytesIO(LABEL_100X150.draw("JD01"))) as pdf:
        packed = zlib.compress(pdf.pages[0].Contents.read_bytes())
        middle = len(packed) // 2
        broken = packed[:middle] + bytes(byte ^ 0x55 for byte in packed[middle : middle + 40]) + packed[middle + 40 :]
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, broken, Filter=pikepdf.Name.FlateDecode)
        out = BytesIO()
        pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    with pytest.raises(BrokenDocument):
        LabelDocument.read(out.getvalue())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_pdf_never_raises_anything_untyped(data: st.DataObject) -> None:
    content = bytearray(_PLAIN)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        document = LabelDocument.read(bytes(content))
        impose([Label("x", document)], LABEL_203)
    except DocumentError:
        pass


_PLAIN = LABEL_100X150.draw("JD01")


def encrypted(user: str, owner: str) -> bytes:
    with pikepdf.open(BytesIO(LABEL_100X150.draw("JD01"))) as pdf:
        out = BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
        return out.getvalue()


def test_a_pdf_that_needs_a_password_is_refused() -> None:
    with pytest.raises(EncryptedDocument):
        LabelDocument.read(encrypted("secret", "owner"))


def test_a_pdf_that_only_forbids_editing_is_read() -> None:
    assert near(LabelDocument.read(encrypted("", "owner")).pages[0].size, 100, 150)


def test_too_many_bytes_or_pages_are_refused() -> None:
    data = LABEL_100X150.draw("JD01", pages=3)
    assert len(LabelDocument.read(data, limits=Limits(pages=3)).pages) == 3
    with pytest.raises(DocumentTooLarge) as pages:
        LabelDocument.read(data, limits=Limits(pages=2))
    assert (pages.value.what, pages.value.found, pages.value.limit) == ("pages", 3, 2)
    with pytest.raises(DocumentTooLarge) as size:
        LabelDocument.read(data, limits=Limits(data_bytes=len(data) - 1))
    assert size.value.what == "bytes"


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_a_stream_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(levels: int) -> None:
    content = b" " * 5_000_000
    for _ in range(levels):
        content = zlib.compress(content, 9)
    with pikepdf.open(BytesIO(LABEL_100X150.draw("JD01"))) as pdf:
        pdf.Root.Bomb = pikepdf.Stream(
            pdf, content, Filter=pikepdf.Array([pikepdf.Name.FlateDecode for _ in range(levels)])
        )
        out = BytesIO()
        pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    data = out.getvalue()
    assert len(data) < 50_000
    LabelDocument.read(data, limits=Limits(inflated_bytes=6_000_000))
    with pytest.raises(DocumentTooLarge) as caught:
        LabelDocument.read(data, limits=Limits(inflated_bytes=4_000_000))
    assert caught.value.what == "unpacked bytes"


def test_hidden_layers_are_refused() -> None:
    with pikepdf.open(BytesIO(LABEL_100X150.draw("JD01"))) as pdf:
        layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("draft")))
        pdf.Root.OCProperties = pikepdf.Dictionary(
            OCGs=[layer], D=pikepdf.Dictionary(ON=pikepdf.Array([layer]), OFF=pikepdf.Array([]))
        )
        shown = BytesIO()
        pdf.save(shown)
        pdf.Root.OCProperties.D.OFF = pikepdf.Array([layer])
        hidden = BytesIO()
        pdf.save(hidden)
    LabelDocument.read(shown.getvalue())
    with pytest.raises(UnsupportedDocument):
        LabelDocument.read(hidden.getvalue())


GREY_ROWS = [bytes(812)] * 1218


def test_png_has_the_size_that_its_resolution_gives() -> None:
    document = LabelDocument.read(png(812, 1218, GREY_ROWS, per_metre=(8000, 8000)))
    assert document.format is LabelFormat.PNG
    assert document.dpi == DPI_203
    assert near(document.pages[0].size, 101.5, 152.25)


def test_png_without_resolution_needs_the_caller() -> None:
    data = png(812, 1218, GREY_ROWS)
    with pytest.raises(ResolutionUnknown, match="dpi="):
        LabelDocument.read(data)
    assert near(LabelDocument.read(data, dpi=203).pages[0].size, 101.6, 152.4)


def test_the_callers_dpi_overrides_the_pngs_own() -> None:
    data = png(812, 1218, GREY_ROWS, per_metre=(2835, 2835))  # 72 dpi, as many tools write without meaning it
    assert near(LabelDocument.read(data, dpi=203).pages[0].size, 101.6, 152.4)


@pytest.mark.parametrize("density", [(8000, 4000), (1, 1), (1_000_000, 1_000_000)])
def test_png_with_a_senseless_resolution_needs_the_caller(density: tuple[int, int]) -> None:
    with pytest.raises(ResolutionUnknown):
        LabelDocument.read(png(8, 1, [bytes(8)], per_metre=density))


def test_png_density_of_unit_zero_is_no_resolution() -> None:
    shape = chunk(b"pHYs", (8000).to_bytes(4) + (8000).to_bytes(4) + b"\0")
    with pytest.raises(ResolutionUnknown):
        LabelDocument.read(png(8, 1, [bytes(8)], extra=shape))


def test_png_cut_off_or_altered_anywhere_is_refused() -> None:
    data = png(64, 8, [bytes(range(64))] * 8, per_metre=(8000, 8000))
    for at in range(8, len(data)):
        with pytest.raises(BrokenDocument):
            LabelDocument.read(data[:at])
        with pytest.raises(DocumentError):
            LabelDocument.read(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def test_png_with_fewer_or_more_rows_than_it_says_is_refused() -> None:
    for rows in (7, 9):
        with pytest.raises(BrokenDocument, match="as many"):
            LabelDocument.read(png(64, 8, [bytes(64)] * rows, per_metre=(8000, 8000)))


def test_png_with_too_many_pixels_is_refused() -> None:
    with pytest.raises(DocumentTooLarge):
        LabelDocument.read(png(64, 8, [bytes(64)] * 8), dpi=203, limits=Limits(pixels=511))


ZPL = b"^XA^PW800^LL1200^FO50,50^BY3^BCN,160,N,N,N^FDJD01^FS^XZ"


def test_zpl_is_counted_and_measured() -> None:
    data = b"^XA^MMT^XZ\n" + ZPL + b"\n^XA^LL400^FO0,0^FDx^FS^XZ"
    document = LabelDocument.read(data, dpi=DPI_203)
    assert document.format is LabelFormat.ZPL
    assert len(document.pages) == 2  # the first format prints nothing
    assert near(document.pages[0].size, 100, 150)
    assert near(document.pages[1].size, 100, 50)
    assert LabelDocument.read(data).pages[0].size is None


def test_zpl_is_checked_against_the_printer() -> None:
    label = LabelDocument.read(ZPL, dpi=203)
    check_zpl(label, THERMAL_100X150_203)
    with pytest.raises(UnsupportedDocument, match="203"):
        check_zpl(label, THERMAL_100X150_300)
    with pytest.raises(ResolutionUnknown):
        check_zpl(LabelDocument.read(ZPL), THERMAL_100X150_203)
    with pytest.raises(DoesNotFit):
        check_zpl(LabelDocument.read(ZPL.replace(b"LL1200", b"LL1624"), dpi=203), THERMAL_100X150_203)
    with pytest.raises(UnsupportedDocument):
        check_zpl(LabelDocument.read(LABEL_100X150.draw("JD01")), THERMAL_100X150_203)


def test_zpl_is_never_laid_out() -> None:
    with pytest.raises(UnsupportedDocument, match="printer"):
        impose([Label("x", LabelDocument.read(ZPL, dpi=203))], LABEL_203)


def test_zpl_without_a_whole_format_is_refused() -> None:
    with pytest.raises(BrokenDocument):
        LabelDocument.read(ZPL[:-3])


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (base64.b64encode(LABEL_100X150.draw("JD01")), "base64"),
        (base64.b64encode(png(8, 1, [bytes(8)])), "base64"),
        (base64.b64encode(ZPL), "base64"),
        (b"<html><body>busy</body></html>", "HTML"),
        (b'{"error": 1}', "JSON"),
        (b"GIF89a", "GIF"),
        (b"PK\x03\x04", "zip"),
        (b"", "nothing"),
        (b'N\nB26,26,0,UA0,2,2,152,B,"1"\nP1\n', None),
    ],
)
def test_what_is_no_label_is_named(data: bytes, seen: str | None) -> None:
    with pytest.raises(UnknownFormat) as caught:
        LabelDocument.read(data)
    assert (caught.value.looks_like is None) if seen is None else (seen in (caught.value.looks_like or ""))


def test_dpi_makes_no_sense_for_pdf_and_no_float_is_taken() -> None:
    with pytest.raises(UnsupportedDocument):
        LabelDocument.read(LABEL_100X150.draw("JD01"), dpi=203)
    with pytest.raises(TypeError):
        LabelDocument.read(ZPL, dpi=203.2)  # type: ignore[arg-type]


def test_repr_shows_nothing_of_the_label() -> None:
    document = LabelDocument.read(b"^XA^FDMax Invented^FS^XZ")
    assert "Invented" not in repr(document)
    assert "Invented" not in repr(Label("x", document))
