"""The batch import file of China Post's seller site, for sellers without access to an interface.

`batch_order` and `write_workbook` make the workbook of two sheets that the site takes; `read_results` reads the file it
gives back. Column headings: an ERP's export titled "E邮宝模板" and its list of templates agree on names and order.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import Field

from xborder_chinapost.numbers import cleaned, number_warnings
from xborder_sdk.errors import InvalidRequest, MissingExtra
from xborder_sdk.hookspecs import ShipmentDetails
from xborder_sdk.models import Address, CountryCode, Model, Money
from xborder_sdk.models.base import Grams

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook

ORDER_SHEET: Final = "订单列表"
ORDER_COLUMNS: Final = (
    "订单号",
    "商品交易号",
    "商品SKU",
    "数量",
    "收件人姓名",
    "收件人地址1",
    "收件人地址2",
    "收件人地址3",
    "收件人城市",
    "收件人州",
    "收件人邮编",
    "收件人国家",
    "收件人电话",
    "收件人电子邮箱",
    "自定义信息1",
    "备注",
    "来源",
    "寄件地址",
    "发货地址",
    "业务类型",
    "增值服务",
)
SKU_SHEET: Final = "SKU列表"
SKU_COLUMNS: Final = (
    "SKU编号",
    "商品中文名称",
    "商品英文名称",
    "单件重量（3位小数）",
    "单件报关价格(整数)",
    "原寄地",
    "保存至系统SKU",
    "税则号",
    "销售链接",
    "备注",
)
RESULT_COLUMNS: Final = ("订单标识", "商品交易号")
"""The first two columns of the result file: the order, and the number it was given."""

_ADDRESS_CELLS: Final = 3
_CURRENCY: Final = "USD"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_MOST_BYTES: Final = 16 * 1024 * 1024
_MOST_ROWS: Final = 100_000
_LONGEST_CELL: Final = 32_767


class WholeValues(StrEnum):
    """What becomes of a customs value that is no whole number: the sheet takes whole US dollars."""

    REFUSE = "refuse"
    UP = "up"
    HALF_UP = "half_up"


_ROUNDINGS: Final = {WholeValues.UP: "ROUND_CEILING", WholeValues.HALF_UP: "ROUND_HALF_UP"}


class BatchItem(Model):
    """One kind of goods.

    Attributes:
        sku: The seller's code; the key of the second sheet.
        name_zh, name_en: Chinese and English name.
        quantity: Pieces in this order.
        weight_g: Weight of one piece in grams.
        value: Customs value of one piece, in US dollars.
        origin: Where it was made.
        hs_code: Harmonised System code.
        link: Where it is sold.
        note: A remark.
    """

    sku: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    quantity: int = Field(strict=True, gt=0)
    weight_g: Grams
    value: Money
    origin: CountryCode = "CN"
    hs_code: str | None = None
    link: str | None = None
    note: str | None = None


class BatchOrder(Model):
    """One order, which is one parcel.

    Attributes:
        order_id: The order's number (订单号).
        transaction_id: The platform's number of the sale (商品交易号).
        recipient: Who gets it.
        items: What is inside.
        custom_text: For the label (自定义信息1).
        note: A remark (备注).
        source: Where the order is from (来源).
        sender_address, dispatch_address: Names of addresses kept on the site (寄件地址, 发货地址).
        service_type: The product, in the site's words (业务类型).
        extra_services: What is bought on top, in the site's words (增值服务).
    """

    order_id: str = Field(min_length=1)
    transaction_id: str | None = None
    recipient: Address
    items: tuple[BatchItem, ...] = Field(min_length=1)
    custom_text: str | None = None
    note: str | None = None
    source: str | None = None
    sender_address: str | None = None
    dispatch_address: str | None = None
    service_type: str | None = None
    extra_services: str | None = None


class BatchResults(Model):
    """What the site's result file says.

    Attributes:
        waybills: The parcel's number by order.
        without_number: Orders that have none.
        conflicting: Orders that stand in the file with several numbers; they are not among `waybills`.
        warnings: What is odd about a number, each with its order.
    """

    waybills: dict[str, str] = Field(default_factory=dict)
    without_number: tuple[str, ...] = ()
    conflicting: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def batch_order(order_id: str, shipment: ShipmentDetails, *, transaction_id: str | None = None) -> BatchOrder:
    """An order of the batch file, made of a shipment as any carrier would get it.

    Args:
        order_id: The order's number.
        shipment: The shipment, with its declaration.
        transaction_id: The platform's number of the sale.

    Raises:
        InvalidRequest: It has several boxes, or its goods lack what the file needs.
    """
    if len(shipment.parcels) != 1:
        raise InvalidRequest("a row of the batch file is one parcel", field="parcels", hint="make an order of each box")
    if shipment.customs is None:
        raise InvalidRequest("the batch file lists the goods", field="customs", hint="give the customs lines")
    items = []
    for index, line in enumerate(shipment.customs.lines):
        if not line.sku or not line.description_local:
            what = "sku" if not line.sku else "description_local"
            raise InvalidRequest(
                f"line {index + 1} has no {what}, which the batch file needs",
                field=f"customs.lines.{index}.{what}",
                hint="complete the catalogue: SKU, Chinese and English name",
            )
        items.append(
            BatchItem(
                sku=line.sku,
                name_zh=line.description_local,
                name_en=line.description,
                quantity=line.quantity,
                weight_g=line.unit_weight_g,
                value=line.unit_value,
                origin=line.origin or "CN",
                hs_code=line.hs_code,
            )
        )
    return BatchOrder(
        order_id=order_id, transaction_id=transaction_id, recipient=shipment.recipient, items=tuple(items)
    )


def write_workbook(orders: Iterable[BatchOrder], *, whole_values: WholeValues = WholeValues.REFUSE) -> bytes:
    """The workbook (xlsx) of the two sheets `订单列表` and `SKU列表`.

    Texts stay texts: no number loses its zeros, and no text that looks like a formula is one.

    Args:
        orders: The orders, each number once.
        whole_values: What becomes of a customs value that is no whole number of dollars.

    Raises:
        InvalidRequest: An order does not fit into the sheets; the message names its place and no buyer.
        MissingExtra: The extra `batch` is not installed.
    """
    rows = list(orders)
    _refuse_repeats(rows)
    order_rows = [_order_row(index, order) for index, order in enumerate(rows)]
    sku_rows = [_sku_row(item, where, whole_values) for item, where in _distinct_items(rows)]
    book = _new_workbook()
    _fill(book, ORDER_SHEET, ORDER_COLUMNS, order_rows)
    _fill(book, SKU_SHEET, SKU_COLUMNS, sku_rows)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def read_results(content: bytes, *, max_bytes: int = _MOST_BYTES, max_rows: int = _MOST_ROWS) -> BatchResults:
    """The numbers of a result file: CSV in GBK or UTF-8, with a heading that names 订单标识 and 商品交易号.

    Args:
        content: The file.
        max_bytes: Largest file read.
        max_rows: Most rows read.

    Raises:
        InvalidRequest: It is too large, in another encoding, or has no such heading.
    """
    if len(content) > max_bytes:
        raise InvalidRequest(f"the file has {len(content)} bytes, at most {max_bytes} are read", field="content")
    rows = _csv_rows(_decoded(content), max_rows)
    order_at, number_at = _heading(rows)
    found: dict[str, list[str]] = {}
    for row in rows:
        order = _cell(row, order_at)
        if order:
            numbers = found.setdefault(order, [])
            number = cleaned(_cell(row, number_at))
            if number and number not in numbers:
                numbers.append(number)
    waybills = {order: numbers[0] for order, numbers in found.items() if len(numbers) == 1}
    return BatchResults(
        waybills=waybills,
        without_number=tuple(order for order, numbers in found.items() if not numbers),
        conflicting=tuple(order for order, numbers in found.items() if len(numbers) > 1),
        warnings=tuple(f"{order}: {text}" for order, number in waybills.items() for text in number_warnings(number)),
    )


# ---- the sheets


_Value = str | int | Decimal
_Row = Sequence[_Value]


def _refuse_repeats(orders: Sequence[BatchOrder]) -> None:
    seen: set[str] = set()
    for index, order in enumerate(orders):
        if order.order_id in seen:
            raise InvalidRequest("an order number stands twice in the file", field=f"orders.{index}.order_id")
        seen.add(order.order_id)


def _distinct_items(orders: Sequence[BatchOrder]) -> Iterator[tuple[BatchItem, str]]:
    """Each SKU once, with its place; one SKU cannot mean two things."""
    known: dict[str, BatchItem] = {}
    for index, order in enumerate(orders):
        for number, item in enumerate(order.items):
            where = f"orders.{index}.items.{number}"
            held = known.get(item.sku)
            if held is None:
                known[item.sku] = item
                yield item, where
            elif held.replace(quantity=1) != item.replace(quantity=1):
                raise InvalidRequest(
                    "one SKU has two descriptions, weights or values, and the sheet has one row for it",
                    field=where,
                    hint="give each variant its own SKU, or value it alike in all orders",
                )


def _order_row(index: int, order: BatchOrder) -> _Row:
    at = f"orders.{index}"
    to = order.recipient
    lines = [line for line in (to.reference, to.company, *to.lines) if line and line.strip()]
    if len(lines) > _ADDRESS_CELLS:
        lines = [*lines[: _ADDRESS_CELLS - 1], " ".join(lines[_ADDRESS_CELLS - 1 :])]
    lines += [""] * (_ADDRESS_CELLS - len(lines))
    texts = {
        "order_id": order.order_id,
        "transaction_id": order.transaction_id,
        "recipient.name": to.name,
        "recipient.city": to.city,
        "recipient.region": to.region or to.city,
        "recipient.postal_code": to.postal_code,
        "recipient.phone": to.phone,
        "recipient.email": to.email,
        "custom_text": order.custom_text,
        "note": order.note,
        "source": order.source,
        "sender_address": order.sender_address,
        "dispatch_address": order.dispatch_address,
        "service_type": order.service_type,
        "extra_services": order.extra_services,
    }
    text = {name: _text(value, f"{at}.{name}") for name, value in texts.items()}
    return (
        text["order_id"],
        text["transaction_id"],
        "\n".join(_text(item.sku, f"{at}.items.{number}.sku") for number, item in enumerate(order.items)),
        sum(item.quantity for item in order.items),
        text["recipient.name"],
        *(_text(line, f"{at}.recipient.lines") for line in lines),
        text["recipient.city"],
        text["recipient.region"],
        text["recipient.postal_code"],
        to.country,
        text["recipient.phone"],
        text["recipient.email"],
        text["custom_text"],
        text["note"],
        text["source"],
        text["sender_address"],
        text["dispatch_address"],
        text["service_type"],
        text["extra_services"],
    )


def _sku_row(item: BatchItem, at: str, whole_values: WholeValues) -> _Row:
    return (
        _text(item.sku, f"{at}.sku"),
        _text(item.name_zh, f"{at}.name_zh"),
        _text(item.name_en, f"{at}.name_en"),
        (Decimal(item.weight_g) / 1000).quantize(Decimal("0.001")),
        whole_value(item.value, at, whole_values),
        item.origin,
        "",
        _text(item.hs_code, f"{at}.hs_code"),
        _text(item.link, f"{at}.link"),
        _text(item.note, f"{at}.note"),
    )


def whole_value(value: Money, at: str, whole_values: WholeValues) -> int:
    """A customs value as the sheet takes it: whole US dollars.

    Args:
        value: The value of one piece.
        at: Path of the field, for the message.
        whole_values: What becomes of cents.

    Raises:
        InvalidRequest: It is in another currency, has cents that nobody said how to round, or is no value of goods.
    """
    if value.currency != _CURRENCY:
        raise InvalidRequest("the batch file is declared in US dollars", field=f"{at}.value", hint="convert the value")
    amount = value.amount
    if amount != amount.to_integral_value():
        if whole_values is WholeValues.REFUSE:
            raise InvalidRequest(
                "the batch file takes whole dollars only",
                field=f"{at}.value",
                hint="say how to round: whole_values=WholeValues.HALF_UP",
            )
        amount = amount.to_integral_value(rounding=_ROUNDINGS[whole_values])
    if not 0 <= amount < 10**9:
        raise InvalidRequest("the value is no value of goods", field=f"{at}.value")
    return int(amount)


def _text(value: str | None, at: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", value or "").split())
    if len(text) > _LONGEST_CELL:
        raise InvalidRequest("the text is longer than a cell holds", field=at)
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in text):
        raise InvalidRequest("the text holds control characters", field=at, hint="leave them out")
    return text


def _new_workbook() -> Workbook:
    try:
        from openpyxl import Workbook as NewWorkbook
    except ImportError:
        error = MissingExtra("the batch import file", "batch")
        error.hint = "run: pip install 'xborder-chinapost[batch]'"
        raise error from None
    book: Workbook = NewWorkbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    return book


def _fill(book: Workbook, title: str, columns: Sequence[str], rows: Iterable[_Row]) -> None:
    sheet = book.create_sheet(title)
    for number, values in enumerate([columns, *rows], 1):
        for column, value in enumerate(values, 1):
            if value != "":
                _write(sheet.cell(number, column), value)


def _write(cell: Cell, value: _Value) -> None:
    if not isinstance(value, str):
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = "0.000"
        return
    # Said to be a text, or it would be a formula; and marked as one typed with an apostrophe, so that it stays a text
    # when somebody edits the cell.
    cell.value = value
    cell.data_type = "s"
    cell.number_format = "@"
    if value.startswith(_FORMULA):
        cell.quotePrefix = True


# ---- the result file


_Rows = Iterator[list[str]]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidRequest("the file is neither UTF-8 nor GBK", field="content", hint="save it as CSV again")


def _csv_rows(text: str, max_rows: int) -> _Rows:
    first = text[: text.find("\n") + 1] or text
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
    count = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise InvalidRequest(f"line {reader.line_num} of the file cannot be read", field="content") from None
        count += 1
        if count > max_rows:
            raise InvalidRequest(f"the file has more than {max_rows} rows", field="content", hint="split it")
        if any(cell.strip() for cell in row):
            yield row


def _heading(rows: _Rows) -> tuple[int, int]:
    names = [_cell(row, index) for row in (next(rows, []),) for index in range(len(row))]
    if all(name in names for name in RESULT_COLUMNS):
        return names.index(RESULT_COLUMNS[0]), names.index(RESULT_COLUMNS[1])
    raise InvalidRequest(
        f"the file does not begin with a heading that names {' and '.join(RESULT_COLUMNS)}",
        field="content",
        hint="download the result file of the batch import again",
    )


def _cell(row: Sequence[str], index: int) -> str:
    text = row[index].strip() if index < len(row) else ""
    if text.startswith('="') and text.endswith('"'):  # spreadsheets write a text so, to keep its zeros
        text = text[2:-1]
    return "".join(mark if mark.isprintable() else " " for mark in text.removeprefix("'")).strip()
