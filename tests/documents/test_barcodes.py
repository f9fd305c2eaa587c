"""Reading back: every code with its place, and the proof that a label holds what it should."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from reportlab.graphics.barcode.code39 import Standard39
from reportlab.pdfgen.canvas import Canvas

from xborder_sdk.documents import (
    DPI_203,
    BarcodesMissing,
    LabelDocument,
    UnsupportedDocument,
    read_barcodes,
    render_page,
    verify_label,
)

from .drawing import LABEL_100X150, MM, boxed

read = LabelDocument.read


def test_codes_come_with_their_place() -> None:
    found = {code.text: code for code in read_barcodes(read(LABEL_100X150.draw("JD0146", pages=2)), dpi=DPI_203)}
    assert set(found) == {"JD0146", "Q-JD0146", "JD0146-1", "Q-JD0146-1"}
    bars = found["JD0146"]
    assert (bars.symbology, bars.page) == ("Code128", 0)
    assert found["JD0146-1"].page == 1
    # Drawn 14 to 34 mm below the upper edge, centred.
    assert abs(bars.area.y_mm - 14) < Decimal("0.5")
    assert abs(bars.area.bottom_mm - 34) < Decimal("0.5")
    assert abs(bars.area.x_mm + bars.area.right_mm - 100) < Decimal("0.5")
    square = found["Q-JD0146"]
    assert (square.symbology, square.module_mm) == ("QRCode", None)
    assert square.area.x_mm > 8
    assert square.area.right_mm < 33
    assert square.area.y_mm > 117
    assert square.area.bottom_mm < 142


@pytest.mark.parametrize("module", ["0.25", "0.33", "0.375", "0.5"])
@pytest.mark.parametrize("dpi", [DPI_203, Decimal(300), Decimal(600)])
def test_the_narrowest_bar_is_measured(module: str, dpi: Decimal) -> None:
    out = BytesIO()
    canvas = Canvas(out, pagesize=(100 * MM, 60 * MM), invariant=1)
    code = Standard39("AB12", barWidth=float(module) * MM, barHeight=20 * MM, ratio=2.5, checksum=0, quiet=0)
    code.drawOn(canvas, 10 * MM, 20 * MM)
    canvas.showPage()
    canvas.save()
    (found,) = read_barcodes(read(out.getvalue()), dpi=dpi)
    assert (found.text, found.symbology) == ("AB12", "Code39")
    assert found.module_mm is not None
    dot = Decimal("25.4") / dpi
    assert abs(found.module_mm - Decimal(module)) <= dot / 2


def test_codes_of_a_png_are_read() -> None:
    bitmap = render_page(read(LABEL_100X150.draw("JD0146")), dpi=DPI_203)
    assert {code.text for code in read_barcodes(read(bitmap.to_png()), dpi=DPI_203)} == {"JD0146", "Q-JD0146"}


def test_only_the_asked_pages_are_read() -> None:
    found = read_barcodes(read(LABEL_100X150.draw("JD0146", pages=3)), pages=[1])
    assert {(code.text, code.page) for code in found} == {("JD0146-1", 1), ("Q-JD0146-1", 1)}


def test_a_label_is_verified() -> None:
    label = read(LABEL_100X150.draw("JD0146"))
    assert len(verify_label(label, {"JD0146"})) == 2
    assert len(verify_label(label, ["JD0146", "Q-JD0146"], dpi=DPI_203)) == 2
    with pytest.raises(BarcodesMissing) as caught:
        verify_label(label, {"JD0147", "JD0146", "JD"})
    assert caught.value.missing == ("JD", "JD0147")
    assert caught.value.found == 2
    with pytest.raises(BarcodesMissing):
        verify_label(read(boxed(100, 150)), {"JD0146"})


def test_nothing_expected_proves_nothing() -> None:
    label = read(LABEL_100X150.draw("JD0146"))
    for nothing in (set[str](), "JD0146"):
        with pytest.raises(ValueError, match="expected"):
            verify_label(label, nothing)


def test_zpl_cannot_be_read_back() -> None:
    with pytest.raises(UnsupportedDocument):
        verify_label(read(b"^XA^FDx^FS^XZ", dpi=203), {"x"})


def test_texts_are_shown_by_no_repr_and_no_message() -> None:
    label = read(LABEL_100X150.draw("INVENTEDSTREET9"))
    codes = read_barcodes(label)
    assert "INVENTEDSTREET9" in {code.text for code in codes}
    assert "INVENTEDSTREET9" not in repr(codes)
    with pytest.raises(BarcodesMissing) as caught:
        verify_label(label, {"JD0146"})
    assert "INVENTEDSTREET9" not in str(caught.value)
