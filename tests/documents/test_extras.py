"""The package is light, and says what to install when something is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import xborder_sdk.documents
from xborder_sdk.documents import (
    BrokenDocument,
    DocumentError,
    LabelDocument,
    errors,
    read_barcodes,
    render_page,
)
from xborder_sdk.errors import MissingExtra, XborderError

from .drawing import LABEL_100X150, png

HEAVY = ("reportlab", "pikepdf", "pypdfium2", "zxingcpp", "PIL", "lxml")


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, xborder_sdk.documents as d\n"
        "d.LabelDocument.read(b'^XA^FDx^FS^XZ')\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["pikepdf", "pypdfium2"])
def test_a_missing_library_names_its_pip_command(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = LABEL_100X150.draw("JD01")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra) as caught:
        render_page(LabelDocument.read(data), dpi=203)
    assert "pip install 'xborder-sdk[labels]'" in str(caught.value)
    assert caught.value.extra == "labels"


def test_a_missing_reader_names_its_pip_command(monkeypatch: pytest.MonkeyPatch) -> None:
    label = LabelDocument.read(LABEL_100X150.draw("JD01"))
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(MissingExtra, match=r"pip install 'xborder-sdk\[verify\]'"):
        read_barcodes(label)


def test_a_png_is_measured_without_any_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in HEAVY:
        monkeypatch.setitem(sys.modules, module, None)
    assert LabelDocument.read(png(8, 1, [bytes(8)]), dpi=203).pages[0].size is not None


def test_every_error_has_one_base_and_is_public() -> None:
    classes = {
        name: thing for name, thing in vars(errors).items() if isinstance(thing, type) and issubclass(thing, Exception)
    }
    assert all(issubclass(thing, DocumentError) for thing in classes.values())
    assert issubclass(DocumentError, XborderError)
    assert set(classes) <= set(xborder_sdk.documents.__all__)
    assert all(name in (errors.__doc__ or "") for name in classes)
    assert BrokenDocument("reason").reason == "reason"


def test_public_names_exist_and_are_sorted() -> None:
    names = xborder_sdk.documents.__all__
    assert len(names) == len(set(names))
    assert all(hasattr(xborder_sdk.documents, name) for name in names)
