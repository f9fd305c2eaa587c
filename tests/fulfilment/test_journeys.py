"""Whole journeys of a seller over real HTTP: the mix of a morning, bad answers, changes of mind, and crashes."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fulfilment.fakes import PrinterWorld, printer
from tests.fulfilment.seller import Seller, declarations, purchases

from xborder_sdk.documents import LabelDocument, read_barcodes
from xborder_sdk.errors import UsageError
from xborder_sdk.fulfilment import Fulfilment, Progress, Step, WorkState, label_file
from xborder_sdk.models import HoldReason, PrintState, TrackingStatus

xborder_sandbox = pytest.importorskip("xborder_sandbox")
pytest.importorskip("xborder_dhl")
pytest.importorskip("xborder_ebay")

ONE = {"LED-DESK-LAMP"}
"""Goods of which exactly one order of the mix can ship."""


@pytest.fixture
def sandbox() -> Iterator[Any]:
    with xborder_sandbox.running(scenario="demo") as handle:
        yield handle


@pytest.fixture
def seller(sandbox: Any, tmp_path: Path) -> Seller:
    return Seller(tmp_path, sandbox.url, sandbox.accounts())


@pytest.fixture
def one(seller: Seller) -> Seller:
    """A seller with one order that can ship, and no printer, so that runs are quick."""
    seller.skus = ONE
    seller.rules |= {"printer": None, "verify_labels": "off", "quote_within_s": 20}
    return seller


def only(rows: dict[str, Any], *states: WorkState) -> Any:
    found = [row for row in rows.values() if row.state in states]
    assert len(found) == 1, [(row.order_id, row.state, row.detail) for row in rows.values()]
    return found[0]


# -- the mix -----------------------------------------------------------------------------------------------------------


def test_a_morning(seller: Seller, sandbox: Any) -> None:
    seller.rules["labels_per_job"] = 4
    told = seller.run()
    assert not [progress for progress in told if progress.failed]
    rows = seller.rows()
    held = sorted(
        sorted({hold.reason.value for hold in row.holds}) for row in rows.values() if row.state is WorkState.HELD
    )
    assert held == [
        ["bad_address"],  # a street that is too long
        ["bad_address"],  # a name in Chinese characters
        ["cancel_requested"],
        ["no_service"],  # a power bank
        ["no_service", "unpaid"],  # part-paid, with a power bank
        ["unknown_sku"],
    ]
    declared = [row for row in rows.values() if row.state is WorkState.DECLARED]
    assert len(declared) == 9
    assert [row.state for row in rows.values() if row.holds and row.state is not WorkState.HELD] == [WorkState.STOPPED]
    assert purchases(sandbox) == 9
    assert set(declarations(sandbox)) == {row.order_id for row in declared}
    assert set(declarations(sandbox).values()) == {1}
    numbers = sorted(row.waybill or "" for row in declared)
    assert sorted(text for text in _barcodes(seller) if len(text) == 10) == numbers
    assert len(list((seller.folder / "printed").iterdir())) == 3
    assert all(Path(path).is_file() for row in declared for path in row.files)
    assert all(row.price is not None for row in declared)

    again = seller.run()
    assert purchases(sandbox) == 9
    assert {progress.step for progress in again} <= {Step.PULL, Step.PLAN}

    sandbox.world.clock.advance(3 * 86400)
    with seller.fulfilment() as fulfilment:
        list(fulfilment.follow())
    moving = seller.rows()
    assert {moving[row.order_id].state for row in declared} <= {WorkState.IN_TRANSIT, WorkState.DELIVERED}
    sandbox.world.clock.advance(20 * 86400)
    with seller.fulfilment() as fulfilment:
        assert all(progress.state is WorkState.DELIVERED for progress in fulfilment.follow())
        assert list(fulfilment.follow()) == []
        assert {fulfilment.work.get(*row.key).state for row in declared} == {WorkState.DELIVERED}  # type: ignore[union-attr]


def _barcodes(seller: Seller) -> list[str]:
    files = sorted((seller.folder / "printed").iterdir())
    return [code.text for path in files for code in read_barcodes(LabelDocument.read(path.read_bytes()))]


def test_a_dry_run_buys_nothing(seller: Seller, sandbox: Any) -> None:
    with seller.fulfilment() as fulfilment:
        told = list(fulfilment.run(dry_run=True))
    assert {progress.step for progress in told} == {Step.PULL, Step.PLAN}
    assert purchases(sandbox) == 0
    assert len([row for row in seller.rows().values() if row.state is WorkState.PLANNED]) == 9


def test_what_is_mended_goes_on(seller: Seller, sandbox: Any) -> None:
    seller.rules |= {"printer": None, "verify_labels": "off"}
    seller.skus = set()
    seller.run()
    assert purchases(sandbox) == 0
    assert all(row.state in {WorkState.HELD, WorkState.STOPPED} for row in seller.rows().values())
    seller.skus = ONE
    seller.run()
    assert only(seller.rows(), WorkState.DECLARED).waybill is not None


def test_no_buyer_is_in_what_a_run_tells(seller: Seller) -> None:
    seller.rules |= {"printer": None, "verify_labels": "off"}
    told = repr(seller.run()) + repr(seller.rows())
    for canary in ("Brückmann", "Lindenallee", "Pendlebury", "Larkfield", "Garnier", "Featherstone", "陳嘉敏"):
        assert canary not in told


# -- purchases that are answered badly ---------------------------------------------------------------------------------

AFTER = [
    {"kind": "status", "status": 500, "after": True},
    {"kind": "status", "status": 503, "after": True},
    {"kind": "reset", "after": True},
    {"kind": "close", "after": True},
    {"kind": "silence", "after": True},
    {"kind": "half"},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "truncated"},
]
BEFORE = [{"kind": "status", "status": 500}, {"kind": "reset"}, {"kind": "silence"}, {"kind": "close"}]


def _name(fault: dict[str, Any]) -> str:
    return "-".join(str(value) for value in fault.values())


@pytest.mark.parametrize("fault", AFTER, ids=_name)
def test_a_purchase_whose_answer_is_lost_is_found_and_not_repeated(
    one: Seller, sandbox: Any, fault: dict[str, Any]
) -> None:
    one.accounts["dhl-shenzhen"]["timeout_s"] = 1.0
    sandbox.inject(fault, vendor="dhl", method="POST", path="*/shipments")
    one.run()
    row = only(one.rows(), WorkState.BOUGHT, WorkState.BUYING)
    for _ in range(2):
        one.later(4000)
        one.run()
    assert purchases(sandbox) == 1
    assert set(one.shipments_by_reference().values()) == {1}
    row = only(one.rows(), WorkState.BOUGHT, WorkState.BUYING)
    if row.state is WorkState.BOUGHT:  # found by its reference; the label comes once, so a person must fetch it
        assert row.waybill in {shipment["number"] for shipment in one.shipments()}
        assert [hold.field for hold in row.holds] == ["label"]
    else:  # an answer came and cannot be read: a person settles it
        assert [hold.reason for hold in row.holds] == [HoldReason.OUTCOME_UNKNOWN]
    assert not declarations(sandbox)


@pytest.mark.parametrize("fault", BEFORE, ids=_name)
def test_a_purchase_that_nobody_finds_is_never_repeated(one: Seller, sandbox: Any, fault: dict[str, Any]) -> None:
    one.accounts["dhl-shenzhen"]["timeout_s"] = 1.0
    sandbox.inject(fault, vendor="dhl", method="POST", path="*/shipments")
    for _ in range(3):
        one.run()
        one.later(4000)
    assert purchases(sandbox) == 1
    assert one.shipments_by_reference() == {}
    row = only(one.rows(), WorkState.BUYING)
    assert [hold.reason for hold in row.holds] == [HoldReason.OUTCOME_UNKNOWN]
    with one.fulfilment() as fulfilment:
        doubts = fulfilment.client.store.doubts()
        assert len(doubts) == 1
        # A person looks it up at the carrier: nothing was bought. Only now is it bought.
        fulfilment.client.store.resolve(
            doubts[0].intent, doubts[0].attempt, happened=False, outcome_id=None, resolved_by="Kim", reason="asked"
        )
    one.later(4000)
    one.run()
    assert purchases(sandbox) == 2
    assert only(one.rows(), WorkState.DECLARED).waybill is not None


def test_a_changed_rule_buys_nothing_elsewhere(one: Seller, sandbox: Any) -> None:
    sandbox.inject({"kind": "status", "status": 500}, vendor="dhl", method="POST", path="*/shipments")
    one.run()
    one.rules |= {"carriers": ["dhl-berlin"], "choose": "fastest", "packaging_g": 500}
    one.later(4000)
    one.run()
    assert purchases(sandbox) == 1
    assert only(one.rows(), WorkState.BUYING).carrier == "dhl-shenzhen"


def test_a_lost_work_store_buys_nothing_again(one: Seller, sandbox: Any) -> None:
    one.run()
    bought = only(one.rows(), WorkState.DECLARED)
    sandbox.admin("ebay", "change_order", orderId=bought.order_id, change={"orderFulfillmentStatus": "NOT_STARTED"})
    for path in one.folder.glob("work.db*"):
        path.unlink()
    one.rules["packaging_g"] = 90  # and another plan than then
    one.run()
    assert purchases(sandbox) == 1
    row = one.rows()[bought.order_id]
    assert row.state is not WorkState.DECLARED  # the shop says that it is declared already: a person looks at it


def test_a_lost_work_store_finds_what_was_bought(one: Seller, sandbox: Any) -> None:
    with one.fulfilment() as fulfilment:
        bought = _until(fulfilment, Step.BUY, WorkState.LABELLED)
    waybill = one.rows()[bought.order_id or ""].waybill
    for path in one.folder.glob("work.db*"):
        path.unlink()
    one.rules["packaging_g"] = 90  # another plan than then
    one.run()
    assert purchases(sandbox) == 1
    row = only(one.rows(), WorkState.BOUGHT)
    assert row.waybill == waybill
    assert [hold.field for hold in row.holds] == ["label"]  # the answer belongs to another plan and is not mixed up


def test_a_lost_work_store_with_the_same_plan_finds_the_label_too(one: Seller, sandbox: Any) -> None:
    with one.fulfilment() as fulfilment:
        bought = _until(fulfilment, Step.BUY, WorkState.LABELLED)
    waybill = one.rows()[bought.order_id or ""].waybill
    for path in one.folder.glob("work.db*"):
        path.unlink()
    one.run()
    assert purchases(sandbox) == 1
    assert only(one.rows(), WorkState.DECLARED).waybill == waybill


def test_a_supplied_label_goes_the_rest_of_the_way(one: Seller, sandbox: Any, tmp_path: Path) -> None:
    sandbox.inject({"kind": "reset", "after": True}, vendor="dhl", method="POST", path="*/shipments")
    one.run()
    row = only(one.rows(), WorkState.BOUGHT)
    portal = tmp_path / "portal.pdf"
    portal.write_bytes(b"%PDF-1.7 invented")
    with one.fulfilment() as fulfilment:
        fulfilment.supply_label(row.account, row.order_id, label_file(portal))
        with pytest.raises(UsageError, match="waits for no label"):
            fulfilment.supply_label(row.account, row.order_id, label_file(portal))
    one.run()
    done = only(one.rows(), WorkState.DECLARED)
    assert Path(done.files[0]).read_bytes() == portal.read_bytes()
    assert purchases(sandbox) == 1
    assert declarations(sandbox) == {row.order_id: 1}


def test_a_second_label_on_purpose(one: Seller, sandbox: Any) -> None:
    sandbox.inject({"kind": "reset", "after": True}, vendor="dhl", method="POST", path="*/shipments")
    one.run()
    row = only(one.rows(), WorkState.BOUGHT)
    with one.fulfilment() as fulfilment:
        fulfilment.buy_again(row.account, row.order_id)
    one.run()
    done = only(one.rows(), WorkState.DECLARED)
    assert (done.attempt, purchases(sandbox)) == (2, 2)
    assert done.waybill != row.waybill
    assert len(one.shipments_by_reference()) == 2


def test_a_refused_purchase_is_held_with_the_carriers_words_and_not_tried_again(one: Seller, sandbox: Any) -> None:
    body = {"detail": "998: the receiver Rhys Pendlebury is not served", "title": "Bad request", "status": 400}
    fault = {"kind": "status", "status": 400, "body": body}
    sandbox.inject(fault, vendor="dhl", method="POST", path="*/shipments", times=None)
    one.run()
    one.later(4000)
    one.run()
    refused = [row for row in one.rows().values() if HoldReason.REFUSED in {hold.reason for hold in row.holds}]
    assert len(refused) == 1
    assert refused[0].state is WorkState.HELD
    assert "998" in refused[0].holds[0].detail
    assert "Pendlebury" not in refused[0].holds[0].detail
    assert purchases(sandbox) == 1
    sandbox.world.faults.clear()
    with one.fulfilment() as fulfilment:
        fulfilment.retry(refused[0].account, refused[0].order_id)
    one.run()
    assert only(one.rows(), WorkState.DECLARED).order_id == refused[0].order_id


def test_one_order_that_fails_stops_no_other(seller: Seller, sandbox: Any) -> None:
    seller.rules |= {"printer": None, "verify_labels": "off"}
    sandbox.inject({"kind": "status", "status": 500}, vendor="dhl", method="POST", path="*/shipments", skip=3)
    sandbox.inject({"kind": "status", "status": 500}, vendor="ebay", method="POST", path="*/shipping_fulfillment")
    seller.run()
    rows = list(seller.rows().values())
    assert len([row for row in rows if row.state is WorkState.DECLARED]) == 7
    doubtful = [row for row in rows if HoldReason.OUTCOME_UNKNOWN in {hold.reason for hold in row.holds}]
    assert sorted(row.state for row in doubtful) == [WorkState.BUYING, WorkState.LABELLED]


def test_carriers_that_are_down_hold_nothing_and_are_asked_again(one: Seller, sandbox: Any) -> None:
    sandbox.inject({"kind": "status", "status": 503}, vendor="dhl", path="*/rates", times=None)
    one.accounts["dhl-shenzhen"]["max_attempts"] = 1
    told = one.run()
    failed = [progress for progress in told if progress.failed]
    assert len(failed) == 1
    assert failed[0].state is WorkState.NEW
    sandbox.world.faults.clear()
    one.run()
    assert only(one.rows(), WorkState.DECLARED).tries == 0


# -- telling the platform ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [{"kind": "reset", "after": True}, {"kind": "status", "status": 500, "after": True}])
def test_a_declaration_whose_answer_is_lost_is_found(one: Seller, sandbox: Any, fault: dict[str, Any]) -> None:
    sandbox.inject(fault, vendor="ebay", method="POST", path="*/shipping_fulfillment")
    one.run()
    row = only(one.rows(), WorkState.DECLARED)
    assert declarations(sandbox) == {row.order_id: 1}


def test_a_declaration_that_nobody_finds_is_not_repeated(one: Seller, sandbox: Any) -> None:
    fault = {"kind": "status", "status": 500}
    sandbox.inject(fault, vendor="ebay", method="POST", path="*/shipping_fulfillment")
    for _ in range(3):
        one.run()
        one.later(4000)
    row = only(one.rows(), WorkState.LABELLED)
    assert [hold.reason for hold in row.holds] == [HoldReason.OUTCOME_UNKNOWN]
    assert declarations(sandbox) == {row.order_id: 1}


# -- changes of mind ---------------------------------------------------------------------------------------------------


def _until(fulfilment: Fulfilment, step: Step, state: WorkState) -> Progress:
    for progress in fulfilment.run():
        if progress.step is step and progress.state is state:
            return progress
    raise AssertionError(f"{step} never came to {state}")


def test_an_order_that_is_cancelled_before_the_purchase_is_not_bought(one: Seller, sandbox: Any) -> None:
    with one.fulfilment() as fulfilment:
        planned = _until(fulfilment, Step.PLAN, WorkState.PLANNED)
    sandbox.admin("ebay", "request_cancel", orderId=planned.order_id)
    with one.fulfilment() as fulfilment:
        list(fulfilment._stage(Step.BUY, (WorkState.PLANNED,), fulfilment._buy))
    row = one.rows()[planned.order_id or ""]
    assert row.state is WorkState.HELD
    assert HoldReason.CANCEL_REQUESTED in {hold.reason for hold in row.holds}
    assert purchases(sandbox) == 0


def test_an_order_that_is_cancelled_while_its_purchase_is_in_doubt_keeps_the_doubt(one: Seller, sandbox: Any) -> None:
    sandbox.inject({"kind": "status", "status": 500}, vendor="dhl", method="POST", path="*/shipments")
    one.run()
    row = only(one.rows(), WorkState.BUYING)
    sandbox.admin("ebay", "request_cancel", orderId=row.order_id)
    one.later(4000)
    one.run()
    row = only(one.rows(), WorkState.BUYING)
    assert [hold.reason for hold in row.holds] == [HoldReason.OUTCOME_UNKNOWN]
    assert purchases(sandbox) == 1


def test_an_order_that_is_cancelled_after_the_purchase_is_neither_printed_nor_declared(
    seller: Seller, sandbox: Any
) -> None:
    seller.skus = ONE
    with seller.fulfilment() as fulfilment:
        bought = _until(fulfilment, Step.BUY, WorkState.LABELLED)
    sandbox.admin("ebay", "request_cancel", orderId=bought.order_id)
    seller.run()
    row = seller.rows()[bought.order_id or ""]
    assert row.state is WorkState.LABELLED
    assert [hold.reason for hold in row.holds] == [HoldReason.CANCEL_REQUESTED]
    assert (row.waybill or "?") in (row.holds[0].repair or "")
    assert "takes no shipment back" in (row.holds[0].repair or "")
    assert not (seller.folder / "printed").exists()
    assert not declarations(sandbox)


def test_an_address_changed_before_the_purchase_is_planned_anew(one: Seller, sandbox: Any) -> None:
    with one.fulfilment() as fulfilment:
        planned = _until(fulfilment, Step.PLAN, WorkState.PLANNED)
    _move(sandbox, planned.order_id or "", "York")
    with one.fulfilment() as fulfilment:
        (told,) = fulfilment._stage(Step.BUY, (WorkState.PLANNED,), fulfilment._buy)
    assert told.state is WorkState.NEW
    assert purchases(sandbox) == 0
    one.run()
    only(one.rows(), WorkState.DECLARED)
    (sent,) = sandbox.requests(vendor="dhl", path="*/shipments", method="POST")
    assert json.loads(sent.body)["customerDetails"]["receiverDetails"]["postalAddress"]["cityName"] == "York"


def test_an_address_changed_after_the_purchase_stops_the_label(seller: Seller, sandbox: Any) -> None:
    seller.skus = ONE
    with seller.fulfilment() as fulfilment:
        bought = _until(fulfilment, Step.BUY, WorkState.LABELLED)
    _move(sandbox, bought.order_id or "", "York")
    seller.run()
    row = seller.rows()[bought.order_id or ""]
    assert [hold.field for hold in row.holds] == ["ship_to"]
    assert not (seller.folder / "printed").exists()


def _move(sandbox: Any, order_id: str, city: str) -> None:
    order = sandbox.sandbox.vendors["ebay"]._store.any(order_id)
    instructions = json.loads(json.dumps(order.document["fulfillmentStartInstructions"]))
    instructions[0]["shippingStep"]["shipTo"]["contactAddress"]["city"] = city
    change = {"fulfillmentStartInstructions": instructions}
    sandbox.admin("ebay", "change_order", orderId=order_id, change=change)


# -- printing ----------------------------------------------------------------------------------------------------------


def test_a_printer_that_cannot_print_stops_nothing_that_is_bought(seller: Seller, sandbox: Any) -> None:
    seller.skus = ONE
    seller.accounts["labels"]["path"] = str(seller.folder / "no" / "such" / "folder")
    seller.run()
    row = only(seller.rows(), WorkState.LABELLED)
    assert "cannot be written" in row.detail
    seller.accounts["labels"]["path"] = str(seller.folder / "printed")
    seller.later(4000)
    seller.run()
    assert only(seller.rows(), WorkState.DECLARED).waybill == row.waybill
    assert purchases(sandbox) == 1


@pytest.mark.parametrize("marked", [0, 1, 2])
def test_a_print_job_that_was_interrupted_is_printed_under_the_same_name(
    seller: Seller, monkeypatch: pytest.MonkeyPatch, marked: int
) -> None:
    from xborder_sdk.fulfilment import printing

    seller.rules["labels_per_job"] = 3
    seller.skus = {"YOGA-STRAP", "LED-DESK-LAMP", "PHONE-CASE-15"}
    true = printing.PrintRun._saved

    left = iter(range(marked))

    def dies(*args: Any, **kwargs: Any) -> Any:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return true(*args, **kwargs)

    monkeypatch.setattr(printing.PrintRun, "_saved", dies)
    with pytest.raises(KeyboardInterrupt):
        seller.run()
    first = sorted(path.name for path in (seller.folder / "printed").iterdir())
    monkeypatch.setattr(printing.PrintRun, "_saved", true)
    seller.rules["labels_per_job"] = 2  # another rule meanwhile changes nothing that was begun
    seller.run()
    assert sorted(path.name for path in (seller.folder / "printed").iterdir()) == first
    assert len(first) == 1
    assert {row.state for row in seller.rows().values() if row.waybill} == {WorkState.DECLARED}


def test_a_label_that_cannot_be_read_back_is_held(one: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    from xborder_sdk.fulfilment import papers, pipeline

    one.rules["verify_labels"] = "required"
    true = papers.read_back

    def of_another_parcel(content: bytes, form: Any, groups: Any, verify: Any) -> tuple[int, ...]:
        return true(content, form, [["9999999999"] for _ in groups], verify)

    monkeypatch.setattr(pipeline, "read_back", of_another_parcel)
    one.run()
    row = only(one.rows(), WorkState.BOUGHT)
    assert [hold.field for hold in row.holds] == ["label"]
    monkeypatch.setattr(pipeline, "read_back", true)
    one.later(100)
    one.run()
    assert only(one.rows(), WorkState.DECLARED).waybill == row.waybill


def test_a_sheet_that_cannot_be_read_back_is_not_called_printed(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xborder_sdk.fulfilment import printing

    seller.skus = ONE
    monkeypatch.setattr(printing, "read_back", lambda content, form, groups, verify: (0,))
    seller.run()
    row = only(seller.rows(), WorkState.LABELLED)
    assert "cannot be read" in row.detail


@pytest.fixture
def on_paper(one: Seller) -> Callable[..., list[Progress]]:
    """Runs of a seller whose printer is a given one."""
    one.rules["printer"] = "slow"
    one.accounts["slow"] = {"connector": "paper"}

    def run(world: PrinterWorld) -> list[Progress]:
        told = one.run(connectors=[printer(world)])
        one.later(100)
        return told

    return run


def test_a_label_is_printed_when_the_printer_says_so(one: Seller, sandbox: Any, on_paper: Any) -> None:
    world = PrinterWorld(PrintState.PENDING, PrintState.PRINTING, PrintState.STOPPED, PrintState.PRINTED)
    for _ in range(4):
        assert not declarations(sandbox)
        on_paper(world)
    assert only(one.rows(), WorkState.DECLARED).waybill == world.names[0]
    assert len(world.names) == 1
    assert world.asked == 3


def test_a_printer_that_cannot_say_whether_it_printed(one: Seller, sandbox: Any, on_paper: Any) -> None:
    world = PrinterWorld(PrintState.SENT)
    world.knows_jobs = False
    on_paper(world)
    on_paper(world)
    row = only(one.rows(), WorkState.LABELLED)
    assert [hold.field for hold in row.holds] == ["print_job"]
    assert len(world.names) == 1
    with one.fulfilment() as fulfilment:
        fulfilment.confirm_printed(row.account, row.order_id)
        with pytest.raises(UsageError, match="no printer"):
            fulfilment.confirm_printed(row.account, row.order_id)
    on_paper(world)
    assert only(one.rows(), WorkState.DECLARED).waybill == row.waybill
    assert len(world.names) == 1


def test_what_is_sent_may_count_as_printed(one: Seller, on_paper: Any) -> None:
    world = PrinterWorld(PrintState.SENT)
    world.knows_jobs = False
    one.rules["sent_is_printed"] = True
    on_paper(world)
    assert only(one.rows(), WorkState.DECLARED).print_job == world.names[0]


def test_a_job_that_failed_is_printed_again_on_purpose(one: Seller, on_paper: Any) -> None:
    world = PrinterWorld(PrintState.FAILED)
    on_paper(world)
    on_paper(world)
    row = only(one.rows(), WorkState.LABELLED)
    assert "failed" in row.detail
    assert len(world.names) == 1
    world.states = [PrintState.FAILED, PrintState.PRINTED]
    for _ in range(2):
        with one.fulfilment() as fulfilment:
            fulfilment.print_again(row.account, row.order_id)
        on_paper(world)
    assert world.names == [row.waybill, f"{row.waybill}-again-1", f"{row.waybill}-again-2"]
    only(one.rows(), WorkState.DECLARED)
    with one.fulfilment() as fulfilment, pytest.raises(UsageError, match="not declared yet"):
        fulfilment.print_again(row.account, row.order_id)


# -- crashes -----------------------------------------------------------------------------------------------------------

WORKER = """
import sys, json
from pathlib import Path
from xborder_sdk import Client
from xborder_sdk.fulfilment import Catalogue, Fulfilment, WorkStore, fulfilment_config
folder = Path(sys.argv[1])
setup = json.loads((folder / "setup.json").read_text())
with Client(accounts=setup["accounts"], store=folder / "ledger.db", lease_s=1.0) as client:
    work = WorkStore(folder / "work.db")
    goods = Catalogue.read(folder / "goods.csv")
    with Fulfilment(client, fulfilment_config(setup["rules"]), work, catalogue=goods) as f:
        print("begun", flush=True)
        for progress in f.run():
            pass
print("ended", flush=True)
"""


def _worker(seller: Seller) -> subprocess.Popen[bytes]:
    setup = {"accounts": seller.accounts, "rules": seller.rules}
    (seller.folder / "setup.json").write_text(json.dumps(setup))
    return subprocess.Popen([sys.executable, "-c", WORKER, str(seller.folder)], stdout=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_instant_every_parcel_is_bought_once(seller: Seller, sandbox: Any, seed: int) -> None:
    _killed_again_and_again(seller, sandbox, random.Random(seed), 12)


@pytest.mark.slow
def test_killed_a_few_times_every_parcel_is_bought_once(seller: Seller, sandbox: Any) -> None:
    _killed_again_and_again(seller, sandbox, random.Random(7), 3)


def _killed_again_and_again(seller: Seller, sandbox: Any, chance: random.Random, times: int) -> None:
    seller.rules |= {"labels_per_job": 4, "ask_again_s": 0.5}
    for _ in range(times):
        worker = _worker(seller)
        with worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            time.sleep(chance.uniform(0.0, 3.0))
            worker.send_signal(signal.SIGKILL)
    _finish(seller)
    rows = list(seller.rows().values())
    shipped = [row for row in rows if row.state is WorkState.DECLARED]
    in_review = [row for row in rows if row.state in {WorkState.BUYING, WorkState.BOUGHT} and row.holds]
    others = [(row.order_id, row.state, row.detail) for row in rows if row not in shipped and row not in in_review]
    assert len(shipped) + len(in_review) == 9, sorted(others)
    assert set(seller.shipments_by_reference().values()) == {1}
    # A purchase that was about to leave when its worker died is in review without ever having reached the carrier.
    assert 9 - len(in_review) <= len(seller.shipments_by_reference()) <= 9
    heard = declarations(sandbox)
    assert (
        {order_id for order_id, count in heard.items() if count == 1} == set(heard) == {row.order_id for row in shipped}
    )
    printed = [text for text in _barcodes(seller) if len(text) == 10]
    assert set(printed) == {row.waybill for row in shipped}


def _finish(seller: Seller) -> None:
    """Runs to the end, with time to let leases of the dead run out."""
    for _ in range(6):
        seller.later(4000)
        seller.run()


def test_two_processes_at_once_buy_every_parcel_once(seller: Seller, sandbox: Any) -> None:
    seller.rules |= {"printer": None, "verify_labels": "off"}
    workers = [_worker(seller) for _ in range(2)]
    for worker in workers:
        with worker:
            assert worker.wait(timeout=60) == 0
    _finish(seller)
    assert set(seller.shipments_by_reference().values()) == {1}
    assert purchases(sandbox) == 9
    assert set(declarations(sandbox).values()) == {1}
    assert len([row for row in seller.rows().values() if row.state is WorkState.DECLARED]) == 9


def test_a_run_that_is_left_in_the_middle_goes_on(one: Seller, sandbox: Any) -> None:
    for stop in (WorkState.NEW, WorkState.PLANNED, WorkState.LABELLED, WorkState.DECLARED):
        with one.fulfilment() as fulfilment:
            for progress in fulfilment.run():
                if progress.state is stop:
                    break
    assert purchases(sandbox) == 1
    assert only(one.rows(), WorkState.DECLARED).waybill is not None


def test_a_purchase_that_is_interrupted_is_known_to_have_begun(
    one: Seller, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xborder_sdk.fulfilment import purchase

    true: Callable[..., Any] = purchase.Purchase.buy

    def interrupted(*args: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(purchase.Purchase, "buy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one.run()
    row = only(one.rows(), WorkState.BUYING)
    one.rules["packaging_g"] = 500  # its plan stays frozen, whatever the rules become
    monkeypatch.setattr(purchase.Purchase, "buy", true)
    one.run()
    assert only(one.rows(), WorkState.DECLARED).order_id == row.order_id
    (sent,) = sandbox.requests(vendor="dhl", path="*/shipments", method="POST")
    assert json.loads(sent.body)["content"]["packages"][0]["weight"] == 0.96


def test_a_purchase_interrupted_by_ctrl_c_is_found(one: Seller, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from xborder_sdk.fulfilment import paper_book, papers

    true: Callable[..., Any] = papers.keep

    def interrupted(*args: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(paper_book, "keep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one.run()
    assert only(one.rows(), WorkState.BOUGHT).waybill is not None
    monkeypatch.setattr(paper_book, "keep", true)
    one.run()
    done = only(one.rows(), WorkState.DECLARED)
    assert Path(done.files[0]).is_file()  # the label was in the ledger
    assert purchases(sandbox) == 1


def test_following_in_a_thread_while_another_run_goes_on(one: Seller, sandbox: Any) -> None:
    one.run()
    sandbox.world.clock.advance(20 * 86400)
    threads = [threading.Thread(target=lambda: _follow(one)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = only(one.rows(), WorkState.DELIVERED)
    assert row.tracking is TrackingStatus.DELIVERED


def _follow(seller: Seller) -> None:
    with seller.fulfilment() as fulfilment:
        list(fulfilment.follow())
