"""The batch import file: what the workbook holds when a spreadsheet reads it, and what is read of the result file."""

from __future__ import annotations

import builtins
import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xborder_chinapost.batch_file import (
    ORDER_COLUMNS,
    SKU_COLUMNS,
    BatchItem,
    BatchOrder,
    WholeValues,
    batch_order,
    read_results,
    write_workbook,
)
from xborder_sdk.errors import InvalidRequest, MissingExtra
from xborder_sdk.models import Address, Money

ADDRESS = Address(
    name="Ada Invented",
    lines=("1 Sample Street", "Flat 2", "Back yard", "Third bell"),
    city="Leeds",
    region="West Yorkshire",
    postal_code="0LS 1AA",
    country="GB",
    phone="0113 4960000",
)


def item(**changes: Any) -> BatchItem:
    fields: dict[str, Any] = {
        "sku": "LAMP-2",
        "name_zh": "折纸灯",
        "name_en": "paper lamp",
        "quantity": 2,
        "weight_g": 120,
        "value": Money(amount=Decimal(5), currency="USD"),
        "hs_code": "0505100000",
    }
    return BatchItem(**fields | changes)


def order(**changes: Any) -> BatchOrder:
    fields: dict[str, Any] = {"order_id": "000123", "recipient": ADDRESS, "items": (item(),)}
    return BatchOrder(**fields | changes)


def sheets(content: bytes) -> tuple[Any, Any]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["订单列表", "SKU列表"]
    return book["订单列表"], book["SKU列表"]


def row(sheet: Any, number: int) -> dict[str, Any]:
    heads = [cell.value for cell in sheet[1]]
    return dict(zip(heads, [cell.value for cell in sheet[number]], strict=True))


def test_a_workbook_holds_two_sheets() -> None:
    second = order(
        order_id="000124",
        transaction_id="99-1",
        items=(item(quantity=1), item(sku="CORD", name_zh="电线", name_en="cord", weight_g=7)),
        service_type="e邮宝",
    )
    orders, skus = sheets(write_workbook([order(), second]))
    assert tuple(cell.value for cell in orders[1]) == ORDER_COLUMNS
    assert tuple(cell.value for cell in skus[1]) == SKU_COLUMNS
    first = row(orders, 2)
    assert first["订单号"] == "000123", "zeros stay"
    assert first["收件人邮编"] == "0LS 1AA"
    assert [first[f"收件人地址{n}"] for n in (1, 2, 3)] == ["1 Sample Street", "Flat 2", "Back yard Third bell"]
    assert (first["数量"], first["商品SKU"], first["收件人国家"]) == (2, "LAMP-2", "GB")
    assert (row(orders, 3)["数量"], row(orders, 3)["商品SKU"], row(orders, 3)["业务类型"]) == (
        3,
        "LAMP-2\nCORD",
        "e邮宝",
    )
    assert skus.max_row == 3, "each SKU once"
    lamp = row(skus, 2)
    assert lamp["单件重量（3位小数）"] == 0.12
    assert skus["D2"].number_format == "0.000"
    assert (lamp["单件报关价格(整数)"], lamp["税则号"], lamp["原寄地"]) == (5, "0505100000", "CN")


@settings(max_examples=40, deadline=None)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("=+-@|!'\"\t"), min_size=1
    )
)
def test_no_text_becomes_a_formula(text: str) -> None:
    made = " ".join(unicodedata.normalize("NFC", text).split())
    try:
        content = write_workbook([order(note=text, items=(item(note=text),))])
    except InvalidRequest:
        return
    orders, skus = sheets(content)
    for sheet, column in ((orders, "备注"), (skus, "备注")):
        cell = next(cell for cell, head in zip(sheet[2], sheet[1], strict=True) if head.value == column)
        assert cell.data_type != "f"
        assert cell.value in {made, None}
    assert b"<f>" not in b"".join(
        zipfile.ZipFile(io.BytesIO(content)).read(f"xl/worksheets/sheet{n}.xml") for n in (1, 2)
    )


def test_what_looks_like_a_formula_is_marked_as_text() -> None:
    orders, _ = sheets(write_workbook([order(note="=HYPERLINK(1)")]))
    cell = orders["P2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)


@pytest.mark.parametrize(
    ("orders", "field"),
    [
        ([order(), order()], "orders.1.order_id"),
        ([order(items=(item(), item(weight_g=121)))], "orders.0.items.1"),
        ([order(items=(item(value=Money(amount=Decimal("4.60"), currency="USD")),))], "orders.0.items.0.value"),
        ([order(items=(item(value=Money(amount=Decimal(5), currency="EUR")),))], "orders.0.items.0.value"),
        ([order(note="x\x07")], "orders.0.note"),
        ([order(note="x" * 40_000)], "orders.0.note"),
    ],
)
def test_what_does_not_fit_is_refused(orders: list[BatchOrder], field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        write_workbook(orders)
    assert raised.value.field == field
    assert "Invented" not in str(raised.value)


@pytest.mark.parametrize(
    ("amount", "how", "expected"),
    [("4.50", WholeValues.UP, 5), ("4.10", WholeValues.UP, 5), ("4.49", WholeValues.HALF_UP, 4),
     ("4.50", WholeValues.HALF_UP, 5), ("4.00", WholeValues.REFUSE, 4)],
)  # fmt: skip
def test_values_are_rounded_only_as_told(amount: str, how: WholeValues, expected: int) -> None:
    priced = order(items=(item(value=Money(amount=Decimal(amount), currency="USD")),))
    _, skus = sheets(write_workbook([priced], whole_values=how))
    assert skus["E2"].value == expected


def test_a_shipment_becomes_an_order(create: Callable[..., Any]) -> None:
    made = batch_order("A-1", create(), transaction_id="T-1")
    assert (made.order_id, made.transaction_id, made.items[0].sku) == ("A-1", "T-1", "LAMP-2")
    assert made.items[0].name_zh == "折纸灯"
    for change in ({"line": {"sku": None}}, {"line": {"description_local": None}}, {"customs": None}):
        with pytest.raises(InvalidRequest):
            batch_order("A-1", create(**change))


def test_without_openpyxl_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "openpyxl":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra) as raised:
        write_workbook([order()])
    assert "xborder-chinapost[batch]" in (raised.value.hint or "")


RESULT = "订单标识,商品交易号,状态\n000123,LV990000010CN,成功\n 000124 ,'lv 990 000 023 cn,成功\n\n000125,,失败\n"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_results_are_read_in_any_encoding(encoding: str, delimiter: str) -> None:
    found = read_results(RESULT.replace(",", delimiter).encode(encoding))
    assert found.waybills == {"000123": "LV990000010CN", "000124": "LV990000023CN"}
    assert found.without_number == ("000125",)
    assert found.conflicting == ()


def test_odd_rows_are_told_and_nothing_is_chosen() -> None:
    text = '订单标识,商品交易号\nA,LV990000010CN\nA,LV990000023CN\nB,"=""LV990000011CN"""\nC\nC,LV990000010CN\n'
    found = read_results(text.encode())
    assert found.waybills == {"B": "LV990000011CN", "C": "LV990000010CN"}
    assert found.conflicting == ("A",)
    assert found.warnings == ("B: the number's check digit is wrong by UPU S10",)


def test_columns_are_found_by_name() -> None:
    found = read_results("序号,商品交易号,订单标识\n1,LV990000010CN,A\n".encode("gbk"))
    assert found.waybills == {"A": "LV990000010CN"}


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", "订单标识\nA\n".encode(), b"\xff\xff\xff", b"\x00" * 9, RESULT.encode("utf-16")],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read_results(content)


def test_a_file_is_bounded() -> None:
    with pytest.raises(InvalidRequest, match="bytes"):
        read_results(RESULT.encode(), max_bytes=20)
    with pytest.raises(InvalidRequest, match="rows"):
        read_results(("订单标识,商品交易号\n" + "A,B\n" * 5).encode(), max_rows=4)
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_results(('订单标识,商品交易号\nA,"' + "x" * 200_000 + '"\n').encode())


ids = st.text("ABC123-_ 中", min_size=1, max_size=12).map(lambda text: f"#{text.strip()}#")


@given(st.dictionaries(ids, st.text("ABCN0123456789", min_size=1, max_size=13)), st.sampled_from(["gbk", "utf-8"]))
def test_what_a_spreadsheet_writes_is_read_back(rows: dict[str, str], encoding: str) -> None:
    made = io.StringIO(newline="")
    csv.writer(made).writerows([("订单标识", "商品交易号"), *rows.items()])
    assert read_results(made.getvalue().encode(encoding)).waybills == rows


@given(
    st.binary(max_size=200)
    | st.text(max_size=100).map(lambda text: ("订单标识,商品交易号\n" + text).encode("utf-8", "replace"))
)
def test_any_file_is_read_or_refused(content: bytes) -> None:
    try:
        read_results(content)
    except InvalidRequest:
        pass
