"""Forgetting: whose orders, which effects, what stays, and that not a byte is left in any file of the stores."""

from __future__ import annotations

import base64
import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.fulfilment.making import order
from tests.fulfilment.seller import Seller
from tests.support.tiny import Tiny

from xborder_sdk import AsyncClient, Client
from xborder_sdk.client import Config, read_config
from xborder_sdk.errors import ConfigurationError, UsageError
from xborder_sdk.fulfilment import WorkState, WorkStore
from xborder_sdk.ledger import EffectState, SqliteStore, StoredAnswer
from xborder_sdk.models import Buyer, personal_values
from xborder_sdk.privacy import Forgotten, Holdings, parse_period, privacy_config

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)


class Shop:
    """A ledger and a work store in a folder, with a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOW
        self.store = SqliteStore(folder / "ledger.db", clock=lambda: self.now)
        self.work = WorkStore(folder / "ledger-work.db", clock=lambda: self.now)
        self.holdings = Holdings(self.store, self.work)

    def order(self, order_id: str, buyer: str | None, account: str = "shop", words: str = "") -> None:
        name = None if buyer is None else f"{buyer} {words}"
        self.work.apply(account, [order(order_id=order_id, buyer=Buyer(id=buyer, name=name))], {})

    def save(self, order_id: str, account: str = "shop", **changes: Any) -> None:
        with self.work.lease((account, order_id), tuple(WorkState)) as lease:
            assert lease is not None
            lease.save(**changes)

    def effect(
        self,
        intent: str,
        *,
        account: str = "shop",
        outcome: str | None = None,
        answer: bytes = b"answer",
        end: Callable[[SqliteStore, str], None] | None = None,
    ) -> None:
        self.store.claim(
            intent, 1, account=account, operation="x", fingerprint="f", reference=None, owner=intent, lease_s=60
        )
        self.store.mark_sent(intent, 1, intent, 60)
        self.store.store_answer(intent, 1, StoredAnswer(200, (), answer))
        if end is not None:
            end(self.store, intent)
        else:
            self.store.settle(intent, 1, outcome)

    def answered(self) -> set[str]:
        return {record.intent for record in self.store.answered()}

    def bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())

    def close(self) -> None:
        self.work.close()
        self.store.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


# -- whose -----------------------------------------------------------------------------------------------------------


def test_a_buyer_is_found_by_the_platforms_id_and_by_nothing_else(shop: Shop) -> None:
    shop.order("O-1", "anna")
    shop.order("O-2", "bert")
    shop.order("O-3", "anna")
    shop.order("O-4", None)
    shop.order("O-5", "anna-marie")
    assert shop.holdings.orders_of("shop", ["anna"]) == (("shop", "O-1"), ("shop", "O-3"))
    assert shop.holdings.orders_of("shop", ["Anna", "an%", "", "None"]) == ()
    assert shop.holdings.orders_of("shop", []) == ()
    found = shop.holdings.forget("shop", buyer_ids=["somebody", "anna"])
    assert found == Forgotten((("shop", "O-1"), ("shop", "O-3")), stored_orders=2)
    assert shop.work.order(("shop", "O-1")) is None
    assert shop.work.order(("shop", "O-2")) is not None
    assert shop.work.order(("shop", "O-5")) is not None
    assert shop.holdings.forget("shop", buyer_ids=["anna"]) == Forgotten()


def test_accounts_of_one_platform_share_their_buyers_and_others_do_not(shop: Shop) -> None:
    for name in ("us", "uk", "elsewhere"):
        shop.order("O-1", "anna", name)
    holdings = Holdings(shop.store, shop.work, shares_platform=lambda one, other: {one, other} <= {"us", "uk"})
    assert holdings.orders_of("us", ["anna"]) == (("uk", "O-1"), ("us", "O-1"))
    holdings.forget("us", order_ids=["O-1"])
    assert shop.work.order(("uk", "O-1")) is not None  # an order id belongs to its account alone
    assert Holdings(shop.store, shop.work).orders_of("us", ["anna"]) == ()


def test_nobody_is_not_everybody(shop: Shop) -> None:
    with pytest.raises(UsageError):
        shop.holdings.forget("shop")


def test_an_order_nobody_knows_is_no_error_and_may_be_forgotten_twice(shop: Shop) -> None:
    for _ in range(2):
        assert shop.holdings.forget("shop", order_ids=["O-9", "O-9"]) == Forgotten((("shop", "O-9"),))


# -- what ------------------------------------------------------------------------------------------------------------


def test_only_the_answers_of_its_own_effects_go_and_the_facts_stay(shop: Shop) -> None:
    shop.order("O-1", "anna")
    shop.save("O-1", waybill="W-1", numbers=("P-1",), carrier="dhl")
    mine = {
        "shop/declare/O-1/W-1/all",
        "shop/refund/O-1/9.90 EUR",
        "shop/message/O-1/0123456789abcdef",
        "shop/amend-shipment/O-1/W-1/W-2",
        "shop/reply-review/O-1/-",
        "shop/review-buyer/O-1",
        "shop/cancel-order/O-1",
        "ship/other/O-7/L1x1,shop/O-1/L2x1",
        "dhl/void/W-2",
        "dhl/void/W-1",
        "ship/key/by-hand",
    }
    others = {
        "shop/declare/O-11/W-9/all",
        "shop/message/O-11/0123456789abcdef",
        "shop/review-buyer/O-11",
        "shop/declare/O-10/O-1/all",
        "shop/cancel-order/O-1-2",
        "other/refund/O-1/9.90 EUR",
        "ship/shop/O-11/L1x1",
        "ship/other/O-1/L1x1",
        "dhl/void/W-11",
        "ship/key/O-1",
        "shop2/cancel-order/O-1",
    }
    outcomes = {"ship/other/O-7/L1x1,shop/O-1/L2x1": "W-2", "ship/key/by-hand": "P-1"}
    for intent in sorted(mine | others):
        shop.effect(intent, outcome=outcomes.get(intent, f"outcome of {intent}"))
    found = shop.holdings.forget("shop", order_ids=["O-1"])
    assert shop.answered() == others
    assert found.answers == len(mine)
    for intent in mine:
        record = shop.store.get(intent, 1)
        assert record is not None
        assert record.state is EffectState.SETTLED
        assert record.outcome_id is not None
        assert shop.store.answer(intent, 1) is None
    row = shop.work.get("shop", "O-1")
    assert row is not None
    assert (row.waybill, row.numbers, row.carrier) == ("W-1", ("P-1",), "dhl")


def test_without_a_work_store_orders_are_found_in_the_ledger(shop: Shop) -> None:
    shop.effect("ship/shop/O-1/L1x1", account="dhl", outcome="W-1")
    shop.effect("dhl/void/W-1", account="dhl")
    shop.effect("ship/shop/O-2/L1x1", account="dhl", outcome="W-2")
    alone = Holdings(shop.store)
    assert alone.orders_of("shop", ["anna"]) == ()
    assert alone.forget("shop", order_ids=["O-1"]).answers == 2
    assert shop.answered() == {"ship/shop/O-2/L1x1"}


def test_what_is_still_open_stays_and_is_told(shop: Shop) -> None:
    def unread(store: SqliteStore, intent: str) -> None:
        store.mark_unread(intent, 1, "cut")

    def release(store: SqliteStore, intent: str) -> None:
        store.release(intent, 1, intent, "refused")

    shop.effect("shop/refund/O-1/1 EUR", end=unread)
    shop.effect("shop/refund/O-1/2 EUR", end=lambda store, intent: None)
    shop.effect("shop/refund/O-1/3 EUR", end=release)
    found = shop.holdings.forget("shop", order_ids=["O-1"])
    assert found.still_open == ("shop/refund/O-1/1 EUR", "shop/refund/O-1/2 EUR")
    assert found.answers == 1
    assert shop.store.answer("shop/refund/O-1/1 EUR", 1) is not None
    shop.store.settle("shop/refund/O-1/1 EUR", 1, "R-1")
    assert shop.holdings.forget("shop", order_ids=["O-1"]).answers == 1
    assert shop.store.answer("shop/refund/O-1/1 EUR", 1) is None


def test_labels_go_and_nothing_that_a_path_was_changed_into(shop: Shop, tmp_path: Path) -> None:
    label, link, folder, foreign = (tmp_path / name for name in ("l.pdf", "link.pdf", "folder.pdf", "foreign.pdf"))
    label.write_bytes(b"label")
    foreign.write_bytes(b"somebody's")
    link.symlink_to(foreign)
    folder.mkdir()
    shop.order("O-1", "anna")
    paths = tuple(str(path) for path in (label, link, folder, tmp_path / "gone.pdf"))
    shop.save("O-1", files=paths)
    assert shop.holdings.forget("shop", order_ids=["O-1"]).files == 1
    assert not label.exists()
    assert foreign.read_bytes() == b"somebody's"
    row = shop.work.get("shop", "O-1")
    assert row is not None
    assert row.files == ()


# -- age -------------------------------------------------------------------------------------------------------------


def test_a_purge_takes_what_ended_and_leaves_what_is_under_way(shop: Shop, tmp_path: Path) -> None:
    for number, state in (("O-1", WorkState.DELIVERED), ("O-2", WorkState.IN_TRANSIT), ("O-3", WorkState.STOPPED)):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(b"label")
        shop.order(number, "anna")
        shop.save(number, state=state, files=(str(path),))
        shop.effect(f"shop/declare/{number}/W/all")
    shop.now += timedelta(days=10)
    shop.order("O-4", "bert")
    shop.save("O-4", state=WorkState.DELIVERED)
    shop.effect("shop/declare/O-4/W/all")
    assert shop.holdings.purge(NOW) == Forgotten()
    found = shop.holdings.purge(NOW + timedelta(days=1))
    assert set(found.orders) == {("shop", "O-1"), ("shop", "O-3")}
    assert (found.stored_orders, found.files, found.answers) == (2, 2, 3)
    assert shop.answered() == {"shop/declare/O-4/W/all"}
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == ["O-2.pdf"]
    assert shop.work.order(("shop", "O-2")) is not None
    assert shop.work.order(("shop", "O-4")) is not None


@pytest.mark.parametrize(
    ("text", "period"), [("90d", timedelta(days=90)), ("12W", timedelta(weeks=12)), (" 36h ", timedelta(hours=36))]
)
def test_periods(text: str, period: timedelta) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "0d", "1.5d", "90 d", "999999d", "٣d\n", "1y"])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(UsageError):
        parse_period(text)


def test_the_section_of_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "xborder.toml"
    path.write_text("[privacy]\nretention_days = 90\n")
    assert privacy_config(read_config(path)).retention_days == 90
    assert privacy_config(Config()).retention_days is None
    for wrong in ("retention_days = 0", 'retention_days = "long"', "retention = 9"):
        path.write_text(f"[privacy]\n{wrong}\n")
        with pytest.raises(ConfigurationError) as error:
            privacy_config(read_config(path))
        assert "xborder.toml" in str(error.value)


# -- from a client ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", [Client, AsyncClient])
def test_holdings_of_a_client(colour: type[Client] | type[AsyncClient], tmp_path: Path) -> None:
    class Other(Tiny):
        name = "other"

    (tmp_path / "xborder.toml").write_text(
        '[client]\nledger = "l.db"\n[fulfilment]\norders = ["us"]\ncarriers = ["us"]\nout = "out"\n'
        '[fulfilment.sender]\nname = "Desk"\nlines = ["1"]\ncity = "C"\npostal_code = "1"\ncountry = "CN"\n'
        'phone = "+86 755 5550 0100"\n'
    )
    accounts = {"us": "tiny", "uk": "tiny", "elsewhere": "other"}
    with (tmp_path / "xborder.toml").open("a") as file:
        file.writelines(f'[accounts.{name}]\nconnector = "{kind}"\n' for name, kind in accounts.items())
    work = WorkStore(tmp_path / "l-work.db")
    for name in (*accounts, "gone"):
        work.apply(name, [order(order_id="O-1", buyer=Buyer(id="anna"))], {})
    work.close()
    client = colour(tmp_path / "xborder.toml", connectors=[Tiny, Other])
    with Holdings.of(client) as holdings:
        assert holdings.orders_of("us", ["anna"]) == (("uk", "O-1"), ("us", "O-1"))
    client._core.close()


def test_a_client_without_fulfilment_has_a_ledger_only(tmp_path: Path) -> None:
    with Client(accounts={}, store=tmp_path / "l.db") as client, Holdings.of(client) as holdings:
        assert holdings.forget("any", buyer_ids=["anna"]) == Forgotten()
        assert holdings.purge(NOW) == Forgotten()


# -- not a byte ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [3])
def test_not_a_byte_is_left_in_the_stores_whatever_was_written_before(seed: int, shop: Shop) -> None:
    """Rows of many sizes, rewritten and moved about between pages, which is where deleted bytes would survive."""
    dice = random.Random(seed)
    numbers = list(range(160))
    dice.shuffle(numbers)

    def canary(number: int) -> str:
        return f"CANARY-{number:05}-{'y' * dice.choice([10, 200, 900, 3000, 9000])}"

    for number in numbers:
        shop.order(f"O-{number:05}", f"buyer-{number:05}", words=canary(number))
        shop.effect(f"shop/refund/O-{number:05}/1 EUR", answer=canary(number).encode())
        again = dice.choice(numbers)
        if dice.random() < 0.5 and shop.work.get("shop", f"O-{again:05}") is not None:
            changed = order(order_id=f"O-{again:05}", buyer=Buyer(id=f"buyer-{again:05}", name=canary(again)))
            with shop.work.lease(("shop", changed.order_id), tuple(WorkState)) as lease:
                assert lease is not None
                lease.save(order=changed)
    gone = dice.sample(numbers, len(numbers) // 2)
    assert all(f"CANARY-{number:05}".encode() in shop.bytes() for number in numbers)
    shop.holdings.forget(
        "shop",
        order_ids=[f"O-{number:05}" for number in gone[::2]],
        buyer_ids=[f"buyer-{number:05}" for number in gone[1::2]],
    )
    left = shop.bytes()  # the stores are open: no closing tidies up
    for number in numbers:
        assert (f"CANARY-{number:05}".encode() in left) == (number not in gone)
        assert (f"buyer-{number:05}".encode() in left) == (number not in gone)


def test_a_reader_beside_it_does_not_keep_the_bytes(shop: Shop, tmp_path: Path) -> None:
    shop.order("O-1", "anna", words="CANARY")
    beside = WorkStore(tmp_path / "ledger-work.db")
    assert beside.order(("shop", "O-1")) is not None
    shop.holdings.forget("shop", order_ids=["O-1"])
    assert b"CANARY" not in shop.bytes()
    assert beside.order(("shop", "O-1")) is None
    beside.close()


def test_after_a_whole_journey_not_a_byte_of_the_buyer_is_left(tmp_path: Path) -> None:
    """Orders, plans, purchases, labels and declarations of the sandbox's shop; one buyer of many is forgotten."""
    xborder_sandbox = pytest.importorskip("xborder_sandbox")
    pytest.importorskip("xborder_dhl")
    pytest.importorskip("xborder_ebay")
    with xborder_sandbox.running(scenario="demo", seed=1) as sandbox:
        seller = Seller(tmp_path, sandbox.url, sandbox.accounts())
        seller.rules |= {"printer": None, "verify_labels": "off", "quote_within_s": 20}
        seller.run()
        with seller.fulfilment() as fulfilment:
            work, store = fulfilment.work, fulfilment.client.store
            found = {row.key: work.order(row.key) for row in fulfilment.rows() if row.files}
            (key,) = (key for key, one in found.items() if one is not None and "Brückmann" in str(one.buyer.name))
            order_of_his, row = found[key], work.get(*key)
            assert order_of_his is not None
            assert row is not None
            (other,) = (key for key, one in found.items() if one is not None and "Garnier" in str(one.buyer.name))
            others = {value for one in found.values() if one is not order_of_his for value in personal_values(one)}
            his = {value for value in personal_values(order_of_his) if len(value) > 3} - others
            canaries = {form for value in his for form in (value.encode(), value.encode("unicode_escape"))}
            label = Path(row.files[0]).read_bytes()
            papers = [base64.b64encode(Path(name).read_bytes()) for one in fulfilment.rows() for name in one.files]
            drawn = base64.b64encode(label)
            pieces = (drawn[start : start + 64] for start in range(0, len(drawn) - 64, 64))
            pictures = {piece for piece in pieces if sum(piece in paper for paper in papers) == 1}
            before = left_in(tmp_path)
            assert len(his) >= 4
            assert all(any(c in before for c in (v.encode(), v.encode("unicode_escape"))) for v in his)
            assert pictures
            assert all(piece in before for piece in pictures)

            result = Holdings(store, work).forget(key[0], buyer_ids=[str(order_of_his.buyer.id)])
            after = left_in(tmp_path)
            assert [canary for canary in canaries | pictures if canary in after] == []
            assert result.orders == (key,)
            assert result.files == len(row.files) > 0
            assert result.answers >= 2  # the purchase and the declaration
            assert not any(Path(name).exists() for name in row.files)
            kept = work.get(*key)
            assert kept is not None
            assert (kept.waybill, kept.price, kept.carrier) == (row.waybill, row.price, row.carrier)
            assert any(record.outcome_id == row.waybill for record in store.history())
            assert work.order(other) is not None
            assert b"Garnier" in after


def left_in(folder: Path) -> bytes:
    """Every byte of every file of the stores and of the papers' folder."""
    found = []
    for place, _, names in os.walk(folder):
        found += [(Path(place) / name).read_bytes() for name in sorted(names)]
    return b"\0".join(found)
