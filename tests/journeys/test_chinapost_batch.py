"""A seller without access to an interface: orders into the batch file, and numbers back, in a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.fulfilment.making import CATALOGUE_CSV

from xborder_sandbox import Handle, running

XBORDER = ("-c", "from xborder_sdk.cli import main; main()")
POST = ("-m", "xborder_chinapost")


@pytest.fixture
def sandbox() -> Iterator[Handle]:
    with running(scenario="demo", seed=1, vendors=["ebay"]) as handle:
        yield handle


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    own = os.environ | {"XDG_STATE_HOME": str(folder / "state")}
    return subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, timeout=60, check=False)


def rows(sheet: Any) -> list[dict[str, Any]]:
    head, *found = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in found]


def test_orders_out_and_numbers_in(sandbox: Handle, tmp_path: Path) -> None:
    settings: Any = sandbox.settings("ebay-us")
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in settings.items() if key != "hosts")
    hosts = "\n".join(f"{key} = {json.dumps(value)}" for key, value in settings["hosts"].items())
    config = f'[accounts.ebay-us]\nconnector = "ebay"\n{lines}\n\n[accounts.ebay-us.hosts]\n{hosts}\n'
    (tmp_path / "xborder.toml").write_text(config, encoding="utf-8")
    (tmp_path / "goods.csv").write_text(CATALOGUE_CSV, encoding="utf-8")
    listed = run(tmp_path, *XBORDER, "orders", "ebay-us", "--json")
    assert listed.returncode == 0, listed.stderr
    (tmp_path / "orders.json").write_text(listed.stdout, encoding="utf-8")
    orders = {one["order_id"]: one for one in json.loads(listed.stdout)}

    rates = [part for rate in ("EUR=1.08", "GBP=1.27", "AUD=0.66", "JPY=0.0067") for part in ("--rate", rate)]
    how = [*rates, "--whole-values", "half_up", "--highest-value", "--json"]
    done = run(tmp_path, *POST, "export", "orders.json", "goods.csv", "out.xlsx", *how)
    assert done.returncode == 1, done.stderr  # some orders of the mix cannot go
    told = json.loads(done.stdout)
    assert len(told["orders"]) >= 6
    assert set(told["orders"]) | set(told["left_out"]) == set(orders)

    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["订单列表", "SKU列表"]
    parcels, goods = rows(book["订单列表"]), rows(book["SKU列表"])
    assert [row["订单号"] for row in parcels] == told["orders"]
    for row in parcels:
        buyer = orders[row["订单号"]]
        assert (row["收件人国家"], row["收件人姓名"]) == (buyer["ship_to"]["country"], buyer["ship_to"]["name"])
        assert row["收件人邮编"] == buyer["ship_to"]["postal_code"], "a text, with its zeros"
        assert row["数量"] == sum(line["quantity"] for line in buyer["lines"])
        assert row["商品SKU"].split("\n") == [line["sku"] for line in buyer["lines"]]
    assert len({row["SKU编号"] for row in goods}) == len(goods)
    for row in goods:
        assert isinstance(row["单件报关价格(整数)"], int)
        assert isinstance(row["单件重量（3位小数）"], float | int)
        assert isinstance(row["税则号"], str)
    assert not [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]

    numbers = {order: f"LN15694736{index}CN" for index, order in enumerate(told["orders"])}
    text = "订单标识,商品交易号,备注\r\n" + "".join(f"{order},{number},已收寄\r\n" for order, number in numbers.items())
    (tmp_path / "result.csv").write_bytes(text.encode("gbk"))
    back = run(tmp_path, *POST, "import", "result.csv", "--json")
    assert json.loads(back.stdout)["waybills"] == numbers
