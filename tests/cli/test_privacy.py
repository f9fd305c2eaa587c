"""`xborder forget` and `xborder purge`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.cli.conftest import Run
from tests.fulfilment.making import order

from xborder_sdk.fulfilment import WorkState, WorkStore
from xborder_sdk.ledger import SqliteStore, StoredAnswer
from xborder_sdk.models import Buyer

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def held(seller: Path) -> Path:
    """Two orders of one buyer, one of them delivered long ago, and one of another."""
    work = WorkStore(seller / "ledger-work.db", clock=lambda: LONG_AGO)
    for number, buyer in (("O-1", "anna"), ("O-2", "anna"), ("O-3", "bert")):
        work.apply("ebay-us", [order(order_id=number, buyer=Buyer(id=buyer))], {})
    with work.lease(("ebay-us", "O-1"), tuple(WorkState)) as lease:
        assert lease is not None
        lease.save(state=WorkState.DELIVERED)
    work.close()
    return seller


def known(folder: Path) -> set[str]:
    """The orders of which a buyer is held."""
    work = WorkStore(folder / "ledger-work.db")
    found = {row.order_id for row in work.rows() if work.order(row.key) is not None}
    work.close()
    return found


def open_refund(folder: Path) -> None:
    store = SqliteStore(folder / "ledger.db")
    intent = "ebay-us/refund/O-2/1 EUR"
    store.claim(
        intent, 1, account="ebay-us", operation="refund_order", fingerprint="", reference=None, owner="o", lease_s=9
    )
    store.mark_sent(intent, 1, "o", 9)
    store.store_answer(intent, 1, StoredAnswer(200, (), b"?"))
    store.mark_unread(intent, 1, "cut")
    store.close()


def test_orders_are_forgotten_by_number(held: Path, run: Run) -> None:
    ended = run("forget", "ebay-us", "O-2", "O-9", "--yes", "--json")
    assert ended.code == 0
    assert ended.json() == {
        "orders": [{"account": "ebay-us", "order_id": "O-2"}, {"account": "ebay-us", "order_id": "O-9"}],
        "stored_orders": 1,
        "files": 0,
        "answers": 0,
        "still_open": [],
    }
    assert known(held) == {"O-1", "O-3"}


def test_a_buyer_is_forgotten_with_all_orders(held: Path, run: Run) -> None:
    ended = run("forget", "ebay-uk", "--buyer", "anna", "--yes")  # the same platform knows the buyer by the same id
    assert ended.code == 0
    assert ended.out == "2 orders, 0 files and 0 stored answers are gone\n"
    assert known(held) == {"O-3"}


def test_it_asks_first_and_says_what(held: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(text: str, *, abort: bool, err: bool) -> None:
        asked.append(text)
        raise typer.Abort

    monkeypatch.setattr(typer, "confirm", refuse)
    assert run("forget", "ebay-us", "--buyer", "anna").code == 130
    assert run("purge", "--older-than", "1d").code == 130
    assert "2 orders (O-1, O-2)" in asked[0]
    assert known(held) == {"O-1", "O-2", "O-3"}


def test_an_effect_in_doubt_is_told_and_ends_with_4(held: Path, run: Run) -> None:
    open_refund(held)
    ended = run("forget", "ebay-us", "O-2", "--yes", "--json")
    assert ended.code == 4
    assert ended.json()["still_open"] == ["ebay-us/refund/O-2/1 EUR"]
    assert "xborder review" in ended.err


def test_a_purge_takes_what_is_old(held: Path, run: Run) -> None:
    ended = run("purge", "--older-than", "90d", "--yes", "--json")
    assert ended.code == 0
    assert ended.json()["orders"] == [{"account": "ebay-us", "order_id": "O-1"}]
    assert known(held) == {"O-2", "O-3"}


def test_the_configuration_may_say_how_old(held: Path, run: Run) -> None:
    assert run("purge", "--yes").code == 2
    with (held / "xborder.toml").open("a", encoding="utf-8") as file:
        days = (datetime.now(UTC) - LONG_AGO + timedelta(days=9)).days
        file.write(f"\n[privacy]\nretention_days = {days}\n")
    assert run("purge", "--yes", "--json").json()["orders"] == []
    assert run("purge", "--older-than", "90d", "--yes", "--json").json()["orders"] != []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("forget", "ebay-us"), 2),
        (("forget", "nobody", "O-1", "--yes"), 3),
        (("purge", "--older-than", "soon", "--yes"), 2),
    ],
)
def test_what_cannot_be(words: tuple[str, ...], code: int, held: Path, run: Run) -> None:
    ended: Any = run(*words)
    assert ended.code == code
    assert known(held) == {"O-1", "O-2", "O-3"}
