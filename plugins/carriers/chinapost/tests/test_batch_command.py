"""`python -m xborder_chinapost`: orders of the terminal into the workbook, numbers of the result file out of it."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xborder_chinapost.__main__ import main
from xborder_sdk.models import (
    Address,
    Buyer,
    CancellationStatus,
    Hold,
    HoldReason,
    Money,
    Order,
    OrderLine,
    OrderStatus,
    OrderTotals,
    PaymentStatus,
)

CATALOGUE = """\
sku,name_en,name_zh,weight_g,length_mm,width_mm,height_mm,hs_code,origin,battery
LAMP-2,paper lamp,折纸灯,120,250,180,90,0505100000,CN,none
CORD,cord,电线,7,,,,8544422000,cn,none
BARE,no Chinese,,40,,,,,,none
BANK,power bank,移动电源,230,,,,850760,CN,ion_alone
"""


def money(amount: str, currency: str = "USD") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def line(sku: str | None = "LAMP-2", quantity: int = 1, total: Money | None = None) -> OrderLine:
    return OrderLine(
        line_id=f"L-{sku}-{quantity}", sku=sku, title="x", quantity=quantity, total=total or money("19.00")
    )


def order(order_id: str = "000123", **changes: Any) -> Order:
    fields: dict[str, Any] = {
        "account": "shop",
        "order_id": order_id,
        "status": OrderStatus.AWAITING_SHIPMENT,
        "payment": PaymentStatus.PAID,
        "created_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "buyer": Buyer(name="Ada Invented"),
        "ship_to": Address(
            name="Ada Invented",
            lines=("1 Sample Street",),
            city="Leeds",
            postal_code="0LS 1AA",
            country="GB",
            phone="0113 4960000",
        ),
        "lines": (line(),),
        "totals": OrderTotals(total=money("19.00")),
    }
    return Order(**fields | changes)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "goods.csv").write_text(CATALOGUE, encoding="utf-8")
    return tmp_path


def printed(desk: Path, *orders: Order) -> None:
    """The orders as the terminal prints them."""
    text = json.dumps([one.model_dump(mode="json") for one in orders], ensure_ascii=False)
    (desk / "orders.json").write_text(text, encoding="utf-8")


def export(*more: str) -> int:
    return main(["export", "orders.json", "goods.csv", "out.xlsx", *more])


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    head, *found = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in found]


def test_orders_become_a_workbook(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = (line(quantity=2, total=money("38.00")), line("CORD", 1, money("3.00")))
    printed(desk, order(), order("000124", lines=two))
    assert export("--service", "e邮宝") == 0
    assert "2 orders" in capsys.readouterr().out
    first, second = rows(desk / "out.xlsx", "订单列表")
    assert (first["订单号"], first["收件人邮编"], first["收件人电话"]) == ("000123", "0LS 1AA", "0113 4960000")
    assert (second["商品SKU"], second["数量"], second["业务类型"]) == ("LAMP-2\nCORD", 3, "e邮宝")
    lamp, cord = rows(desk / "out.xlsx", "SKU列表")
    assert (lamp["单件报关价格(整数)"], lamp["税则号"], lamp["原寄地"]) == (19, "0505100000", "CN")
    assert cord["单件重量（3位小数）"] == pytest.approx(0.007)
    assert stat.S_IMODE((desk / "out.xlsx").stat().st_mode) == 0o600


def test_a_battery_is_left_out_unless_the_contract_lets_it_travel(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed(desk, order(), order("000124", lines=(line("BANK"),)))
    assert export() == 1
    assert "000124 is left out: SKU BANK has a battery (ion_alone)" in capsys.readouterr().err
    assert [row["订单号"] for row in rows(desk / "out.xlsx", "订单列表")] == ["000123"]
    assert export("--force", "--battery", "ion_with_equipment") == 1
    assert export("--force", "--battery", "ion_alone") == 0
    assert [row["订单号"] for row in rows(desk / "out.xlsx", "订单列表")] == ["000123", "000124"]


def test_nothing_is_overwritten_unasked(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed(desk, order())
    (desk / "out.xlsx").write_bytes(b"mine")
    assert export() == 2
    assert "--force" in capsys.readouterr().err
    assert (desk / "out.xlsx").read_bytes() == b"mine"
    assert export("--force") == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": OrderStatus.SHIPPED}, "status"),
        ({"payment": PaymentStatus.PENDING}, "payment"),
        ({"cancellation": CancellationStatus.REQUESTED}, "cancellation"),
        ({"holds": (Hold(reason=HoldReason.FROZEN, detail="x"),)}, "held"),
        ({"ship_to": None}, "address"),
        ({"lines": (line("NOWHERE"),)}, "NOWHERE is not in the catalogue"),
        ({"lines": (line(None),)}, "no SKU"),
        ({"lines": (line("BARE"),)}, "name_zh"),
        ({"lines": (line(total=money("19", "EUR")),)}, "EUR"),
    ],
)
def test_what_cannot_go_is_left_out_with_its_reason(
    changes: dict[str, Any], reason: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed(desk, order(), order("000124", **changes))
    assert export("--json") == 1
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert answer["orders"] == ["000123"]
    assert reason in answer["left_out"]["000124"]
    assert "Ada" not in told.out + told.err
    printed(desk, order("000124", **changes))
    assert export("--force") == 2
    assert reason in capsys.readouterr().err


def test_currencies_and_cents_are_the_seller_s_to_decide(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed(desk, order(), order("000124", lines=(line(quantity=3, total=money("50.00", "EUR")),)))
    assert export("--rate", "EUR=1.10") == 2
    assert "--whole-values half_up" in capsys.readouterr().err
    assert export("--rate", "EUR=1.10", "--whole-values", "half_up") == 2
    told = capsys.readouterr().err
    assert "000124" in told
    assert "--highest-value" in told
    assert export("--rate", "eur=1.10", "--whole-values", "half_up", "--highest-value", "--json") == 0
    assert json.loads(capsys.readouterr().out)["raised"] == {"LAMP-2": 19}
    (lamp,) = rows(desk / "out.xlsx", "SKU列表")
    assert lamp["单件报关价格(整数)"] == 19


@pytest.mark.parametrize("rate", ["EUR", "EUR=", "EUR=0", "EUR=-1", "EUR=x", "EUR=NaN", "EURO=1"])
def test_a_rate_that_is_none(rate: str, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        export("--rate", rate)
    assert "EUR=1.08" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{}", "[{}]", "not JSON", '[{"order_id": "Ada Invented"}]'])
def test_another_file_than_orders(content: str, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "orders.json").write_text(content)
    assert export() == 2
    told = capsys.readouterr().err
    assert "xborder orders" in told
    assert "Ada" not in told


@pytest.mark.parametrize(
    "content",
    [b"", b"sku,name_en\n", CATALOGUE.encode("gbk"), CATALOGUE.replace("120", "12 g").encode(),
     (CATALOGUE + "CORD,x,y,1,,,,,,\n").encode(), b'sku,name_en,name_zh,weight_g\n"x,y'],
)  # fmt: skip
def test_another_file_than_a_catalogue(content: bytes, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed(desk, order())
    (desk / "goods.csv").write_bytes(content)
    assert export() == 2
    assert "catalogue" in capsys.readouterr().err


def test_a_file_that_is_not_there(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export() == 2
    assert "orders.json" in capsys.readouterr().err


RESULTS = "订单标识,商品交易号,备注\n000123,LN156947362CN,\n000124,,\n000125,LN156947362CN,\n000125,LK664578623CN,\n"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
def test_numbers_come_back(encoding: str, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "results.csv").write_bytes(RESULTS.encode(encoding))
    assert main(["import", "results.csv"]) == 1
    told = capsys.readouterr()
    assert told.out == "000123\tLN156947362CN\n"
    assert "000124 has no number" in told.err
    assert "000125 has several numbers" in told.err
    assert main(["import", "results.csv", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["waybills"] == {"000123": "LN156947362CN"}


def test_all_numbers_are_there(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "results.csv").write_bytes("订单标识,商品交易号\n000123,LN156947362CN\n".encode("gbk"))
    assert main(["import", "results.csv"]) == 0
    assert capsys.readouterr().err == ""


def test_it_runs_as_a_module(desk: Path) -> None:
    (desk / "results.csv").write_bytes("订单标识,商品交易号\n000123,LN156947362CN\n".encode("gbk"))
    command = [sys.executable, "-m", "xborder_chinapost", "import", "results.csv"]
    done = subprocess.run(command, capture_output=True, cwd=desk, check=True, text=True, timeout=60)
    assert done.stdout == "000123\tLN156947362CN\n"


def test_a_workbook_that_was_there_is_for_its_owner_alone_afterwards(desk: Path) -> None:
    printed(desk, order())
    book = desk / "book.xlsx"
    book.write_bytes(b"older")
    book.chmod(0o644)
    assert main(["export", "orders.json", "goods.csv", "book.xlsx", "--force"]) == 0
    assert stat.S_IMODE(book.stat().st_mode) == 0o600
    assert [path.name for path in desk.iterdir() if path.suffix not in {".json", ".csv"}] == ["book.xlsx"]


def test_a_disk_that_is_full_does_not_spoil_the_workbook_before(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    printed(desk, order())
    book = desk / "book.xlsx"
    book.write_bytes(b"older")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert main(["export", "orders.json", "goods.csv", "book.xlsx", "--force"]) == 2
    assert "No space left" in capsys.readouterr().err
    assert book.read_bytes() == b"older"
    assert sorted(path.name for path in desk.iterdir()) == ["book.xlsx", "goods.csv", "orders.json"]


@pytest.mark.parametrize("command", [["export", "endless", "goods.csv", "b.xlsx"], ["import", "endless"]])
def test_an_endless_file_is_not_read_to_its_end(
    desk: Path, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xborder_chinapost.__main__._MOST_BYTES", 1024)
    (desk / "endless").symlink_to("/dev/zero")
    assert main(command) == 2
    assert "1024 bytes" in capsys.readouterr().err


def test_a_result_file_forges_no_line_and_reaches_no_terminal(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "results.csv").write_text(
        '订单标识,商品交易号\n"A-1\nA-2\tLV990000010CN","LV990000023CN"\n"A-3\x1b[2J",\n', encoding="utf-8"
    )
    assert main(["import", "results.csv"]) == 1
    shown = capsys.readouterr()
    assert shown.out.splitlines() == ["A-1 A-2 LV990000010CN\tLV990000023CN"]
    assert "\x1b" not in shown.err
