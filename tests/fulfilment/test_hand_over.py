"""Handing over: which parcels go, that the carrier hears of them once, its papers, and what it leaves out."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.fulfilment.bazaar import Bazaar, BazaarSeller, open_bazaar
from tests.fulfilment.fakes import PrinterWorld, printer
from tests.fulfilment.making import NOW, SENDER

from xborder_sdk.errors import UnsupportedOperation, UnsupportedOption
from xborder_sdk.fulfilment import HandOverRow, HandOverState, Manner, NoticeState, Progress, Step, WorkState, WorkStore
from xborder_sdk.fulfilment import handing_over as module
from xborder_sdk.fulfilment.hand_over_book import HandOverBook
from xborder_sdk.hookspecs import HandOverParcels
from xborder_sdk.models import (
    Address,
    CancellationStatus,
    HandOverMethod,
    HoldReason,
    OrderStatus,
    OrderTotals,
    PrintState,
    TrackingStatus,
)


@pytest.fixture
def bazaar() -> Iterator[Bazaar]:
    with open_bazaar() as found:
        for number in range(1, 4):
            found.put(f"A-{number}")
        yield found


@pytest.fixture
def seller(bazaar: Bazaar, tmp_path: Path) -> BazaarSeller:
    return BazaarSeller(tmp_path, bazaar)


def hand_over(seller: BazaarSeller, manner: Manner | None = None, **how: Any) -> list[Progress]:
    with seller.fulfilment() as fulfilment:
        return list(fulfilment.hand_over("bazaar", manner, **how))


def batches(seller: BazaarSeller) -> list[HandOverRow]:
    with seller.fulfilment() as fulfilment:
        return list(fulfilment.hand_overs("bazaar"))


def at_home(seller: BazaarSeller) -> set[str]:
    return {row.order_id for row in seller.rows().values() if row.handed_over_at is None}


ALL = ["BZ000001", "BZ000002", "BZ000003"]


def test_what_is_ready_goes_once_with_its_papers(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    told = hand_over(seller)
    (asked,) = bazaar.called("hand_over")
    assert (asked["waybills"], asked["weight"], asked["method"]) == (ALL, 3 * (180 + 60), None)
    for row in seller.rows().values():
        assert (row.state, row.hand_over, row.holds) == (WorkState.DECLARED, "HO-1", ())
        assert row.handed_over_at is not None
    (batch,) = batches(seller)
    assert (batch.state, batch.confirmation, batch.bag_number) == (HandOverState.DONE, "HO-1", "BAG-HO-1")
    assert [Path(path).name for path in batch.files] == ["HO-1-manifest.pdf", "HO-1-bag_label.pdf"]
    assert b"BZ000003" in Path(batch.files[0]).read_bytes()
    assert {one.step for one in told} == {Step.HAND_OVER}
    assert told[-1].order_id is None
    assert told[-1].detail.startswith("3 of 3 parcels handed over as HO-1")
    assert hand_over(seller) == []
    assert len(bazaar.called("hand_over")) == 1


def test_a_dry_run_shows_what_would_go_and_asks_nobody(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    asked = len(bazaar.calls)
    told = hand_over(seller, dry_run=True)
    assert [one.order_id for one in told] == ["A-1", "A-2", "A-3"]
    assert "LB000001CN would be handed over to bazaar" in told[0].detail
    assert len(bazaar.calls) == asked
    assert at_home(seller) == {"A-1", "A-2", "A-3"}


def test_orders_are_read_again_and_a_cancelled_one_stays_behind(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    bazaar.put("A-1", status=OrderStatus.CANCELLED)
    bazaar.put("A-2", cancellation=CancellationStatus.REQUESTED)
    told = hand_over(seller)
    assert bazaar.hand_overs[0]["waybills"] == ["BZ000003"]
    rows = seller.rows()
    assert (rows["A-1"].state, rows["A-2"].state) == (WorkState.STOPPED, WorkState.DECLARED)
    assert [hold.reason for hold in rows["A-2"].holds] == [HoldReason.CANCEL_REQUESTED]
    assert {one.order_id for one in told if one.holds} == {"A-1", "A-2"}
    bazaar.put("A-2", cancellation=CancellationStatus.NONE)
    seller.later(4000)
    hand_over(seller)
    assert bazaar.hand_overs[1]["waybills"] == ["BZ000002"]


def test_a_parcel_with_more_in_it_than_is_ordered_now_stays_behind(bazaar: Bazaar, seller: BazaarSeller) -> None:
    (one,) = bazaar.orders["A-1"].lines
    other = one.replace(line_id="L2", quantity=2)
    for order_id in ("A-1", "A-2", "A-3"):
        bazaar.put(order_id, lines=(one, other), totals=OrderTotals())
    seller.run()
    bazaar.put("A-1", lines=(one,))
    bazaar.put("A-2", lines=(other.replace(quantity=1), one))
    bazaar.put("A-3", lines=(other.replace(quantity=3), one, one.replace(line_id="L3")))
    hand_over(seller)
    assert at_home(seller) == {"A-1", "A-2"}
    for order_id in ("A-1", "A-2"):
        (hold,) = seller.row(order_id).holds
        assert (hold.reason, hold.field) == (HoldReason.POLICY, "lines")
        assert "L2" in hold.detail
    bazaar.put("A-1", lines=(one, other))
    seller.later(4000)
    hand_over(seller)
    assert at_home(seller) == {"A-2"}


def test_parcels_that_are_not_ready_stay(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    bazaar.number_after = 9
    bazaar.put("B-1")
    seller.run()  # its number comes later
    bazaar.tracking["LB000001CN"] = TrackingStatus.IN_TRANSIT
    with seller.fulfilment() as fulfilment:
        list(fulfilment.follow())  # the carrier has this one already
    hand_over(seller)
    assert bazaar.hand_overs[0]["waybills"] == ["BZ000002", "BZ000003"]


def test_large_numbers_go_in_batches(bazaar: Bazaar, seller: BazaarSeller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.AT_ONCE == 1000
    monkeypatch.setattr(module, "AT_ONCE", 2)
    seller.run()
    hand_over(seller)
    assert [len(one["waybills"]) for one in bazaar.hand_overs] == [2, 1]
    assert sorted(waybill for one in bazaar.hand_overs for waybill in one["waybills"]) == ALL
    assert not at_home(seller)


def test_parcels_of_one_service_share_a_bag(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    bazaar.services = (("ECO", "Bazaar Economy", "9.00", 30),)
    bazaar.put("B-1")
    seller.run()
    hand_over(seller)
    assert [one["waybills"] for one in bazaar.hand_overs] == [ALL, ["BZ000004"]]


def test_what_another_worker_handed_over_meanwhile_does_not_go_again(bazaar: Bazaar, seller: BazaarSeller) -> None:
    """The first worker has looked at all parcels and told the carrier of one bag when the second takes the other."""
    seller.run()
    bazaar.services = (("ECO", "Bazaar Economy", "9.00", 30),)
    bazaar.put("B-1")
    bazaar.put("B-2")
    seller.run()
    bazaar.left_out = {"BZ000005": "torn"}
    with seller.fulfilment() as fulfilment:
        slow = fulfilment.hand_over("bazaar")
        next(slow)
        hand_over(seller)
        list(slow)
    told = [waybill for one in bazaar.called("hand_over") for waybill in one["waybills"]]
    assert sorted(told) == [*ALL, "BZ000004", "BZ000005"]
    assert at_home(seller) == {"B-2"}
    assert [hold.field for hold in seller.row("B-2").holds] == ["hand_over"]


# -- what the carrier leaves out ---------------------------------------------------------------------------------------


def test_parcels_the_carrier_leaves_out_are_held_with_its_reason(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    bazaar.left_out = {"BZ000002": "the pick-up address is missing"}
    hand_over(seller)
    row = seller.row("A-2")
    assert [(hold.reason, hold.field) for hold in row.holds] == [(HoldReason.REFUSED, "hand_over")]
    assert "the pick-up address is missing" in row.holds[0].detail
    assert (row.state, row.handed_over_at) == (WorkState.DECLARED, None)
    assert at_home(seller) == {"A-2"}
    seller.later(4000)
    seller.run()
    assert hand_over(seller) == []
    assert [hold.field for hold in seller.row("A-2").holds] == ["hand_over"]


def test_what_was_left_out_goes_again_on_demand_though_it_is_the_same_parcel(
    bazaar: Bazaar, seller: BazaarSeller
) -> None:
    bazaar.orders = {"A-1": bazaar.orders["A-1"]}
    seller.run()
    bazaar.left_out = {"BZ000001": "no"}
    for tries in (1, 2):
        hand_over(seller)
        assert len(bazaar.called("hand_over")) == tries
        assert [hold.field for hold in seller.row().holds] == ["hand_over"]
        with seller.fulfilment() as fulfilment:
            assert fulfilment.retry("bazaar", "A-1").holds == ()
    bazaar.left_out = {}
    hand_over(seller)
    assert seller.row().hand_over == "HO-3"
    assert [batch.request.attempt for batch in batches(seller)] == [1, 2, 3]


def test_what_an_answer_does_not_name_counts_as_left_out(
    bazaar: Bazaar, seller: BazaarSeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller.run()
    true = Bazaar.hand_over
    monkeypatch.setattr(Bazaar, "hand_over", lambda self, asked: true(self, asked) | {"waybills": ["BZ000001"]})
    hand_over(seller)
    assert at_home(seller) == {"A-2", "A-3"}
    assert "not among those" in seller.row("A-3").holds[0].detail


# -- interrupted, refused, in doubt ------------------------------------------------------------------------------------

DEATHS = [
    "xborder_sdk.client.Client.hand_over",
    "xborder_sdk.fulfilment.hand_over_book.HandOverBook.save",
    "xborder_sdk.fulfilment.handing_over.HandingOver._parcel",
    "xborder_sdk.fulfilment.handing_over.keep",
    "xborder_sdk.fulfilment.handing_over.HandingOver._printed",
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("place", "survived"), [*((place, 0) for place in DEATHS), (DEATHS[1], 1), (DEATHS[2], 1)])
def test_killed_anywhere_the_carrier_hears_of_every_parcel_once(
    bazaar: Bazaar, seller: BazaarSeller, monkeypatch: pytest.MonkeyPatch, place: str, when: str, survived: int
) -> None:
    from importlib import import_module

    seller.run()
    owner, _, name = place.rpartition(".")
    holder = getattr(import_module(owner), name, None) if owner.endswith("handing_over") else None
    if holder is None:
        package, _, cls = owner.rpartition(".")
        holder = getattr(getattr(import_module(package), cls), name)
    true, left = holder, iter(range(survived))

    def dies(*args: Any, **kwargs: Any) -> Any:
        if next(left, None) is not None:
            return true(*args, **kwargs)
        if when == "after":
            true(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(place, dies)
        with suppress(KeyboardInterrupt):
            hand_over(seller)
    bazaar.put("B-9")
    seller.run()  # another parcel meanwhile changes nothing that was begun
    for _ in range(2):
        seller.later(4000)
        hand_over(seller)
    sent = [waybill for one in bazaar.hand_overs for waybill in one["waybills"]]
    assert sorted(sent) == [*ALL, "BZ000004"]
    assert not at_home(seller)
    assert all(batch.state.is_finished for batch in batches(seller))
    confirmed = [batch for batch in batches(seller) if batch.confirmation is not None]
    assert [Path(path).is_file() for batch in confirmed for path in batch.files] == [True, True] * len(confirmed)
    assert {row.hand_over for row in seller.rows().values()} == {batch.confirmation for batch in confirmed}


def test_a_doubt_is_for_a_person_and_never_repeated(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    bazaar.faults["hand_over"] = ["lost"]
    for _ in range(3):
        (doubt,) = hand_over(seller)
        assert [hold.reason for hold in doubt.holds] == [HoldReason.OUTCOME_UNKNOWN]
        seller.later(4000)
    assert len(bazaar.called("hand_over")) == 1
    assert at_home(seller) == {"A-1", "A-2", "A-3"}
    with seller.fulfilment() as fulfilment:
        (record,) = fulfilment.client.store.doubts()
        fulfilment.client.store.resolve(
            record.intent, record.attempt, happened=True, outcome_id="HO-1", resolved_by="Kim", reason="seen"
        )
    hand_over(seller)
    assert not at_home(seller)
    assert len(bazaar.called("hand_over")) == 1
    assert batches(seller)[0].files != ()


def test_what_did_not_happen_is_put_together_anew(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    bazaar.faults["hand_over"] = [500]
    hand_over(seller)
    bazaar.put("A-1", status=OrderStatus.CANCELLED)
    with seller.fulfilment() as fulfilment:
        (record,) = fulfilment.client.store.doubts()
        fulfilment.client.store.resolve(
            record.intent, record.attempt, happened=False, outcome_id=None, resolved_by="Kim", reason="asked"
        )
    (busy,) = hand_over(seller)  # whoever wrote it down is at work still, as far as anybody can tell
    assert busy.failed
    seller.later(4000)
    hand_over(seller)
    assert [one["waybills"] for one in bazaar.hand_overs] == [["BZ000002", "BZ000003"]]


def test_a_refusal_frees_the_parcels(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    bazaar.faults["hand_over"] = [400]
    assert [one.failed for one in hand_over(seller)] == [True]
    assert [batch.state for batch in batches(seller)] == [HandOverState.DROPPED]
    hand_over(seller)
    assert not at_home(seller)


def test_papers_that_cannot_be_had_now_come_with_the_next_call(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    bazaar.faults["documents"] = [404]
    told = hand_over(seller)
    assert [one.failed for one in told] == [False, False, False, True]
    assert not at_home(seller)
    hand_over(seller)
    (batch,) = batches(seller)
    assert (batch.state, len(batch.files)) == (HandOverState.DONE, 2)
    assert len(bazaar.called("hand_over")) == 1


def test_papers_are_printed_where_there_is_a_printer(bazaar: Bazaar, seller: BazaarSeller) -> None:
    world = PrinterWorld(PrintState.PRINTED)
    seller.rules["printer"] = seller.rules["paper_printer"] = "slow"
    seller.accounts["slow"] = {"connector": "paper"}
    seller.connectors.append(printer(world))
    seller.run()
    told = hand_over(seller)
    assert world.names[-2:] == ["HO-1-manifest", "HO-1-bag_label"]
    assert "HO-1-manifest.pdf printed" in told[-1].detail
    world.states = [PrintState.FAILED]
    bazaar.put("B-1")
    seller.run()  # its label does not come out of the printer, so it does not leave the house
    assert hand_over(seller) == []


def test_a_list_is_not_printed_on_the_printer_of_labels(bazaar: Bazaar, seller: BazaarSeller) -> None:
    world = PrinterWorld(PrintState.PRINTED)
    seller.rules["printer"] = "slow"
    seller.accounts["slow"] = {"connector": "paper"}
    seller.connectors.append(printer(world))
    seller.run()
    told = hand_over(seller)
    assert "HO-1-manifest" not in world.names
    assert world.names[-1] == "HO-1-bag_label"
    assert "HO-1-manifest.pdf" in told[-1].detail  # it is kept, and its place is told


def test_how_they_come_is_asked_of_the_carrier(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    with pytest.raises(UnsupportedOption, match="domestic_carrier"):
        hand_over(seller, Manner(domestic_carrier="SF"))
    assert [batch.state for batch in batches(seller)] == [HandOverState.DROPPED]
    hand_over(seller, Manner(method=HandOverMethod.BROUGHT))
    assert bazaar.called("hand_over")[0]["method"] == "brought"
    assert not at_home(seller)


def test_a_carrier_that_hears_of_no_hand_over(seller: BazaarSeller) -> None:
    seller.accounts["bazaar"]["hands_over"] = False
    with pytest.raises(UnsupportedOperation, match="without being told"):
        hand_over(seller)


# -- telling the platform at hand-over ---------------------------------------------------------------------------------


def test_the_platform_may_be_told_at_the_hand_over(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.rules["declare_at"] = "handed_over"
    seller.run()
    seller.later(4000)
    assert Step.DECLARE not in {one.step for one in seller.run()}
    assert {row.state for row in seller.rows().values()} == {WorkState.LABELLED}
    with seller.fulfilment() as fulfilment:
        assert fulfilment.next_due() is None
    bazaar.left_out = {"BZ000002": "no"}
    told = hand_over(seller)
    assert [one.order_id for one in told if one.step is Step.DECLARE] == ["A-1", "A-3"]
    assert sorted(one["order"] for one in bazaar.declared) == ["A-1", "A-3"]
    rows = seller.rows()
    assert (rows["A-1"].state, rows["A-2"].state) == (WorkState.DECLARED, WorkState.LABELLED)


def test_where_no_hand_over_is_heard_of_the_platform_is_told_at_once(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.rules |= {"declare_at": "handed_over", "carriers": ["kite-post"]}
    seller.accounts["kite-post"]["hands_over"] = False
    seller.run()
    assert {row.state for row in seller.rows().values()} == {WorkState.DECLARED}


def test_a_second_parcel_on_purpose_is_handed_over_too(bazaar: Bazaar, seller: BazaarSeller) -> None:
    seller.run()
    hand_over(seller)
    with seller.fulfilment() as fulfilment:
        row = fulfilment.buy_again("bazaar", "A-1")
    assert (row.handed_over_at, row.hand_over) == (None, None)
    seller.run()
    hand_over(seller)
    assert bazaar.hand_overs[1]["waybills"] == ["BZ000004"]


# -- the book ----------------------------------------------------------------------------------------------------------


def test_no_parcel_is_in_two_that_are_not_finished(tmp_path: Path) -> None:
    one, other = WorkStore(tmp_path / "w.db"), WorkStore(tmp_path / "w.db")
    sender = Address.model_validate(SENDER)

    def opened(store: WorkStore, account: str, *waybills: str, at: datetime = NOW) -> HandOverRow | None:
        parcels = [(("shop", waybill), waybill) for waybill in waybills]
        return HandOverBook(store).open(account, parcels, HandOverParcels(waybills=waybills, sender=sender), at)

    first = opened(one, "post", "W1", "W2")
    assert first is not None
    assert opened(other, "post", "W2", "W3") is None
    assert opened(other, "another", "W2") is not None
    assert opened(other, "post", "W3", at=NOW + timedelta(seconds=1)) is not None
    saved = HandOverBook(one).save(first, NOW, state=HandOverState.TAKEN, not_taken=(("W1", "no"),), files=("a.pdf",))
    assert saved.taken == ("W2",)
    assert HandOverBook(other).rows("post")[0] == saved
    assert opened(other, "post", "W2") is None
    HandOverBook(one).save(saved, NOW, state=HandOverState.DONE)
    assert opened(other, "post", "W2") is not None
    one.close()
    other.close()


# -- killed ------------------------------------------------------------------------------------------------------------

WORKER = """
import sys, json
from pathlib import Path
from tests.fulfilment.bazaar import BazaarConnector
from xborder_sdk import Client
from xborder_sdk.fulfilment import Catalogue, Fulfilment, WorkStore, fulfilment_config
folder = Path(sys.argv[1])
setup = json.loads((folder / "setup.json").read_text())
connectors = [BazaarConnector]
with Client(accounts=setup["accounts"], store=folder / "ledger.db", lease_s=1.0, connectors=connectors) as client:
    work = WorkStore(folder / "work.db")
    goods = Catalogue.read(folder / "goods.csv")
    with Fulfilment(client, fulfilment_config(setup["rules"]), work, catalogue=goods) as f:
        print("begun", flush=True)
        for _ in range(50):
            for progress in (*f.run(), *f.hand_over("bazaar")):
                pass
"""


@pytest.mark.slow
def test_killed_again_and_again_every_parcel_goes_all_the_way_once(bazaar: Bazaar, seller: BazaarSeller) -> None:
    bazaar.number_after = 1
    bazaar.label_with_purchase = False
    words = {"language": "en", "text": "{order_id} {number}"}
    seller.rules |= {"ask_again_s": 0.05, "notices": {"templates": [words]}, "declare_at": "handed_over"}
    accounts = {"bazaar": seller.accounts["bazaar"]}
    (seller.folder / "setup.json").write_text(json.dumps({"accounts": accounts, "rules": seller.rules}))
    chance = random.Random(11)
    root = Path(__file__).parents[2]
    for number in range(6):
        bazaar.put(f"K-{number}")
        command = [sys.executable, "-c", WORKER, str(seller.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"begun\n"
            time.sleep(chance.uniform(0.0, 0.5))
            worker.kill()
    for _ in range(4):
        seller.later(4000)
        seller.run()
        hand_over(seller)
        _decide(seller, bazaar)
    rows = seller.rows().values()
    assert {(row.state, row.notice) for row in rows} == {(WorkState.DECLARED, NoticeState.SENT)}
    assert len(rows) == 3 + 6
    for told in (
        [one["order"] for one in bazaar.shipments],
        [one["order"] for one in bazaar.declared],
        [one["order"] for one in bazaar.messages],
        [waybill for one in bazaar.hand_overs for waybill in one["waybills"]],
    ):
        assert len(told) == len(set(told)) == len(rows)
    assert {one["text"] for one in bazaar.messages} == {f"{row.order_id} {row.number}" for row in rows}


def _decide(seller: BazaarSeller, bazaar: Bazaar) -> None:
    """A person looks at the platform's pages and says of every doubt what became of it."""
    sender = Address.model_validate(SENDER)
    done = {f"message/{one['order']}/": one["order"] for one in bazaar.messages}
    done |= {f"declare/{one['order']}/": one["order"] for one in bazaar.declared}
    done |= {f"/{one['order']}/": one["waybill"] for one in bazaar.shipments}
    for one in bazaar.hand_overs:
        request = HandOverParcels(waybills=tuple(one["waybills"]), sender=sender)
        done[request.intent()] = one["confirmation"]
    with seller.fulfilment() as fulfilment:
        store = fulfilment.client.store
        for doubt in store.doubts():
            found = next((outcome for mark, outcome in done.items() if mark in doubt.intent), None)
            store.resolve(
                doubt.intent,
                doubt.attempt,
                happened=found is not None,
                outcome_id=found,
                resolved_by="Kim",
                reason="looked",
            )
