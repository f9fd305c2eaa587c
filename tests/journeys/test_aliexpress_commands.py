"""What an operator of an AliExpress shop types, from the first look to the parcel."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.aliexpress import SHOP, Seller, accounts_of, asked, selling
from tests.journeys.test_aliexpress_shipping import wish

from xborder_sandbox import running
from xborder_sdk.cli import app
from xborder_sdk.cli.session import session
from xborder_sdk.documents import LabelDocument, read_barcodes
from xborder_sdk.hookspecs import CreateShipment, DeclareShipment, QuoteShipment
from xborder_sdk.models import Order

Ran = tuple[int, str, str]
Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    with running(scenario="demo", seed=1, vendors=["aliexpress"]) as handle:
        yield handle


@pytest.fixture(scope="module")
def orders(sandbox: Any) -> dict[str, Order]:
    with selling(sandbox) as seller:
        return seller.orders()


@pytest.fixture
def folder(sandbox: Any, tmp_path: Path) -> Path:
    """The folder of a seller, with a configuration as an operator would write it."""
    lines = ["[client]", 'ledger = "ledger.db"']
    for name, settings in accounts_of(sandbox).items():
        lines += ["", f"[accounts.{name}]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in settings.items() if not isinstance(value, dict)]
        lines += [f"hosts.{host} = {json.dumps(url)}" for host, url in settings["hosts"].items()]
    (tmp_path / "xborder.toml").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("XBORDER_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "none"))

    def ran(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["xborder", *words])
        code = app.run()
        said = capsys.readouterr()
        return code, said.out, said.err

    yield ran
    session.config_path = None


def rows(text: str) -> dict[str, list[str]]:
    return {cells[0]: cells for cells in (line.split("\t") for line in text.splitlines()[1:])}


def test_the_doctor_asks_both_shops(run: Run) -> None:
    code, out, err = run("doctor", "--live")
    assert code == 0, err
    assert {name: (cells[1], cells[2]) for name, cells in rows(out).items()} == {
        "ae-shop": ("aliexpress", "ok"),
        "ae-overseas": ("aliexpress", "ok"),
    }
    assert "Casa Belmonte" in out
    assert "sandbox-" not in out + err


def test_the_orders_of_the_day(run: Run, orders: dict[str, Order]) -> None:
    code, out, err = run("orders", SHOP)
    assert code == 0, err
    shown = rows(out)
    assert {order.order_id for order in orders.values()} <= set(shown)
    assert shown[orders["Odile Varenne"].order_id][1:6] == ["awaiting_shipment", "paid", "21.30 USD", "1", "FR"]
    assert shown[orders["Jorun Feldkamp"].order_id][-1] == "risk_control"
    assert shown[orders["Iara Monteiro"].order_id][-1] == "cancel_requested"
    assert "frozen" in shown[orders["Teo Arandia"].order_id][-1]
    assert not any(name in out for name in ("Varenne", "Tilleuls", "Pendlebury"))
    code, out, _ = run("orders", SHOP, orders["Odile Varenne"].order_id, "--json")
    assert code == 0
    assert [one["order_id"] for one in json.loads(out)] == [orders["Odile Varenne"].order_id]


def test_words_to_a_buyer_go_out_once(run: Run, sandbox: Any, orders: dict[str, Order]) -> None:
    order_id = orders["Rhys Pendlebury"].order_id
    for _ in range(2):
        code, _, err = run("message", SHOP, order_id, "--text", "Your mugs leave tomorrow.", "--yes")
        assert code == 0, err
    code, out, _ = run("messages", SHOP, order_id)
    assert code == 0
    assert [line.split("\t")[1:] for line in out.splitlines()[1:]] == [
        ["buyer", "Please wrap the mugs well"],
        ["seller", "Your mugs leave tomorrow."],
    ]
    assert len(asked(sandbox, "aliexpress/message/send")) == 1


def test_disputes_by_deadline(run: Run, orders: dict[str, Order]) -> None:
    code, out, err = run("disputes")
    assert code == 0, err
    kinds = {cells[0]: cells[2] for cells in rows(out).values()}
    assert kinds[orders["Teo Arandia"].order_id] == "payment_dispute"
    assert kinds[orders["Iara Monteiro"].order_id] == "cancellation_request"
    assert "(estimated)" in rows(out)[orders["Teo Arandia"].order_id][7]
    assert "Arandia" not in out
    code, out, _ = run("disputes", "show", orders["Teo Arandia"].order_id)
    assert code == 0
    assert "IN_FROZEN" in out


def test_a_claim_is_answered_with_an_offer(run: Run, sandbox: Any) -> None:
    _, out, _ = run("disputes", "--kind", "claim")
    (number,) = rows(out)
    before_it = len(asked(sandbox, "aliexpress.issue.solution.save"))
    for _ in range(2):
        code, _, err = run("disputes", "propose", number, "--refund", "1.00USD", "--note", "For the wait.", "--yes")
        assert code == 0, err
    assert len(asked(sandbox, "aliexpress.issue.solution.save")) == before_it + 1
    code, out, _ = run("disputes", "show", number)
    assert "1.00 USD" in out
    code, _, err = run("disputes", "propose", number, "--refund", "99.00USD", "--note", "Too much.", "--yes")
    assert code == 2
    assert "9.80 USD" in err


def test_frozen_money_gets_its_evidence_and_no_answer(run: Run, folder: Path, orders: dict[str, Order]) -> None:
    order_id = orders["Teo Arandia"].order_id
    code, _, err = run("disputes", "evidence", order_id)
    assert code == 0, err
    assert (folder / "out" / f"dispute-{order_id}" / "evidence.pdf").read_bytes().startswith(b"%PDF")
    assert "on its own site" in err
    code, _, err = run("disputes", "contest", order_id, "--yes")
    assert code == 2
    assert "workbench" in err


def test_a_request_to_cancel_is_refused_and_another_accepted(run: Run, sandbox: Any) -> None:
    with selling(sandbox) as seller:
        ids = [asking_to_cancel(seller) for _ in range(2)]
    assert run("disputes", "contest", ids[0], "--kind", "cancellation_request", "--note", "Packed.", "--yes")[0] == 0
    assert run("disputes", "accept", ids[1], "--kind", "cancellation_request", "--yes")[0] == 0
    _, out, _ = run("orders", SHOP, *ids)
    assert {order_id: cells[1] for order_id, cells in rows(out).items()} == {
        ids[0]: "awaiting_shipment",
        ids[1]: "cancelled",
    }


def asking_to_cancel(seller: Seller) -> str:
    order_id = seller.add(items=[{"sku": "MUG-02"}]).order_id
    seller.sandbox.admin("aliexpress", "request_cancel", order_id=order_id)
    return order_id


def test_from_the_prices_to_the_scans(run: Run, sandbox: Any, folder: Path) -> None:
    with selling(sandbox) as seller:
        receiver = {"country": "FR", "country_name": "France", "contact_person": "Odile Varenne", "city": "Paris"}
        order = seller.add(items=[{"sku": "LAMP-01"}], receiver=receiver)
        now = seller.time.now()
    (folder / "ask.json").write_text(wish(order, now, None, QuoteShipment).model_dump_json())
    (folder / "buy.json").write_text(wish(order, now, "CPAM_WLB_FPXSZ", CreateShipment).model_dump_json())
    code, out, err = run("quote", SHOP, "ask.json")
    assert code == 0, err
    assert "CPAM_WLB_FPXSZ" in out
    assert "CNY" in out
    for _ in range(2):
        code, out, err = run("ship", SHOP, "buy.json", "--yes")
        assert code == 0, err
    bought = asked(sandbox, "aliexpress.logistics.order.createorder")
    assert [sent["trade_order_id"] for sent in bought] == [order.order_id]
    held = next(
        one
        for one in sandbox.sandbox.vendors["aliexpress"].state()["parcels"]
        if str(one["trade_order_id"]) == order.order_id
    )
    assert held["out_order_code"] in out + err
    code, out, err = run("label", SHOP, held["out_order_code"])
    assert code == 0, err
    (path,) = (folder / "out").glob("*.pdf")
    number = held["international_logistics_num"]
    assert number in {code.text for code in read_barcodes(LabelDocument.read(path.read_bytes()))}
    code, _, err = run("track", SHOP, number)
    assert code == 2
    assert "--order" in err
    with selling(sandbox) as seller:
        told = DeclareShipment(order_id=order.order_id, tracking_number=number, carrier_code="CPAM")
        seller.call.declare_shipment(SHOP, told)
    sandbox.admin("aliexpress", "scan", parcel=number, action_code="PU_PICKUP_SUCCESS", address="Shenzhen")
    code, out, err = run("track", SHOP, number, "--order", order.order_id, "--scans")
    assert code == 0, err
    assert "picked_up" in out
    assert "UTC" in out
    assert "Shenzhen" in out
