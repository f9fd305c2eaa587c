"""The work store: leases, takeovers, durability, and buyers only where they can be purged."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fulfilment.fakes import ShopWorld
from tests.fulfilment.making import NOW, address, catalogue, config, order, quote

from xborder_sdk.errors import LedgerError
from xborder_sdk.fulfilment import ShipmentPlan, WorkState, WorkStore
from xborder_sdk.fulfilment.owner import is_dead, new_owner
from xborder_sdk.fulfilment.planning import order_digest
from xborder_sdk.fulfilment.shipment_draft import draft
from xborder_sdk.fulfilment.work_schema import WORK_V1
from xborder_sdk.hookspecs import CreateShipment, QuoteShipment
from xborder_sdk.models import Hold, HoldReason, Order

KEY = ("shop", "10-00001-00001")
ALL = tuple(WorkState)


def store_at(path: Path | None, world: ShopWorld, lease_s: float = 300) -> WorkStore:
    return WorkStore(path, clock=world.clock, lease_s=lease_s)


@pytest.fixture
def world() -> ShopWorld:
    return ShopWorld(NOW)


def plan_for(found: Order) -> ShipmentPlan:
    assert found.ship_to is not None
    request = draft(catalogue().enrich(found), found.ship_to, config(), NOW).request
    assert request is not None
    values = {name: getattr(request, name) for name in QuoteShipment.model_fields if name != "service"}
    return ShipmentPlan(
        account="kites-express",
        connector="ke",
        request=CreateShipment(**values, service="P"),
        service_name="Service P",
        price=quote("12").price,
        reason="cheapest of 1",
        order_digest=order_digest(found),
        planned_at=NOW,
    )


def test_a_row_keeps_everything(tmp_path: Path, world: ShopWorld) -> None:
    found = order(display_id="D-1")
    plan = plan_for(found)
    hold = Hold(reason=HoldReason.BAD_ADDRESS, detail="too long", field="recipient.lines.0", proposal=("Lindenallee",))
    with store_at(tmp_path / "w.db", world).lease(KEY, ALL) as nothing:
        assert nothing is None
    work = store_at(tmp_path / "w.db", world)
    work.apply("shop", [found], {"low": "x"})
    with work.lease(KEY, (WorkState.NEW,)) as lease:
        assert lease is not None
        saved = lease.save(
            state=WorkState.PLANNED, plan=plan, price=plan.price, holds=(hold,), files=("a", "b"), numbers=("1",)
        )
    work.close()
    again = store_at(tmp_path / "w.db", world)
    assert again.rows() == (saved,)
    assert again.get(*KEY) == saved
    assert saved.price == plan.price
    assert saved.display_id == "D-1"
    assert saved.holds == (hold.replace(proposal=()),)
    assert again.holds(KEY) == (hold,)
    assert again.plan(KEY) == plan
    assert again.order(KEY) == found
    assert again.feed("shop") == {"low": "x"}
    again.close()


def test_no_buyer_stands_outside_the_private_table_and_a_purge_leaves_nothing(tmp_path: Path, world: ShopWorld) -> None:
    canaries = ("Wanda Beispiel", "Lindenallee", "Musterstadt", "5550123", "50668")
    found = order()
    work = store_at(tmp_path / "w.db", world)
    work.apply("shop", [found], {})
    with work.lease(KEY, ALL) as lease:
        assert lease is not None
        hold = Hold(reason=HoldReason.BAD_ADDRESS, detail="no", proposal=("Lindenallee 23",))
        lease.save(state=WorkState.STOPPED, plan=plan_for(found), holds=(hold,))
        assert not any(canary in repr(lease.row) for canary in canaries)
    reader = sqlite3.connect(tmp_path / "w.db")
    for table in ("xborder_work", "xborder_work_feed"):
        text = str(reader.execute(f"SELECT * FROM {table}").fetchall())
        assert not any(canary in text for canary in canaries)
    reader.close()
    assert work.purge(NOW) == 0
    world.tick(10)
    assert work.purge(world.now) == 1
    assert work.order(KEY) is None
    assert work.plan(KEY) is None
    assert [row.state for row in work.rows()] == [WorkState.STOPPED]
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(canary.encode() in left for canary in canaries)
    work.close()


def test_an_order_under_way_is_not_purged_but_can_be_forgotten(world: ShopWorld) -> None:
    work = store_at(None, world)
    work.apply("shop", [order()], {})
    world.tick(1000)
    assert work.purge(world.now) == 0
    assert work.forget(*KEY)
    assert not work.forget(*KEY)
    assert work.order(KEY) is None
    work.close()


def test_the_file_is_its_users_alone(tmp_path: Path, world: ShopWorld) -> None:
    work = store_at(tmp_path / "w.db", world)
    work.rows()
    assert (tmp_path / "w.db").stat().st_mode & 0o077 == 0
    work.close()


# -- orders ------------------------------------------------------------------------------------------------------------


def test_a_repeat_changes_nothing_and_a_change_is_marked(world: ShopWorld) -> None:
    work = store_at(None, world)
    first = order()
    later = order(modified_at=NOW, ship_to=address(city="Anderswo"))
    assert work.apply("shop", [first], {}) == (first,)
    with work.lease(KEY, ALL) as lease:
        assert lease is not None
        lease.save(planned=True, state=WorkState.PLANNED)
    assert work.apply("shop", [first], {}) == ()
    row = work.get(*KEY)
    assert row is not None
    assert not row.is_fresh
    assert work.apply("shop", [later], {}) == (later,)
    assert work.apply("shop", [first], {}) == ()  # an older version, out of turn
    row = work.get(*KEY)
    assert row is not None
    assert row.is_fresh
    assert row.state is WorkState.PLANNED
    assert work.order(KEY) == later
    work.close()


def test_a_change_that_arrives_while_a_row_is_planned_is_not_lost(world: ShopWorld) -> None:
    work = store_at(None, world)
    work.apply("shop", [order()], {})
    with work.lease(KEY, ALL) as lease:
        assert lease is not None
        work.apply("shop", [order(modified_at=NOW)], {})
        lease.save(planned=True, state=WorkState.PLANNED)
        assert lease.row.is_fresh
    work.close()


def test_a_shop_that_tells_no_times(world: ShopWorld) -> None:
    work = store_at(None, world)
    silent = order(modified_at=None)
    assert work.apply("shop", [silent], {}) == (silent,)
    assert work.apply("shop", [silent], {}) == ()
    changed = silent.replace(ship_to=address(city="Anderswo"))
    assert work.apply("shop", [changed], {}) == (changed,)
    work.close()


def test_a_page_is_taken_in_whole_or_not_at_all(world: ShopWorld) -> None:
    work = store_at(None, world)

    def refuse(found: Order) -> bool:
        if found.order_id == "B":
            raise RuntimeError("in the middle")
        return False

    with pytest.raises(RuntimeError):
        work.apply("shop", [order(order_id="A"), order(order_id="B")], {"low": "x"}, unless_known=refuse)
    assert work.rows() == ()
    assert work.feed("shop") == {}
    work.close()


# -- leases ------------------------------------------------------------------------------------------------------------


def test_one_worker_has_a_row(tmp_path: Path, world: ShopWorld) -> None:
    one, other = store_at(tmp_path / "w.db", world), store_at(tmp_path / "w.db", world)
    one.apply("shop", [order()], {})
    with one.lease(KEY, ALL) as mine, other.lease(KEY, ALL) as theirs:
        assert mine is not None
        assert theirs is None
    with other.lease(KEY, ALL) as theirs:
        assert theirs is not None
    one.close()
    other.close()


def test_a_lease_that_ran_out_is_taken_over_and_its_owner_writes_nothing(tmp_path: Path, world: ShopWorld) -> None:
    one, other = store_at(tmp_path / "w.db", world, 60), store_at(tmp_path / "w.db", world, 60)
    one.apply("shop", [order()], {})
    with one.lease(KEY, ALL) as mine:
        assert mine is not None
        world.tick(59)
        mine.save(detail="a sign of life")
        world.tick(59)
        with other.lease(KEY, ALL) as theirs:
            assert theirs is None
        world.tick(2)
        with other.lease(KEY, ALL) as theirs:
            assert theirs is not None
            with pytest.raises(LedgerError, match="taken this order over"):
                mine.save(state=WorkState.DELIVERED)
            theirs.save(state=WorkState.PLANNED)
    row = one.get(*KEY)
    assert row is not None
    assert row.state is WorkState.PLANNED
    one.close()
    other.close()


def test_a_row_is_taken_only_in_its_state_and_when_it_is_due(world: ShopWorld) -> None:
    work = store_at(None, world)
    work.apply("shop", [order()], {})
    with work.lease(KEY, (WorkState.PLANNED,)) as lease:
        assert lease is None
    with work.lease(KEY, ALL) as lease:
        assert lease is not None
        lease.save(due=world.now + timedelta(seconds=100))
    assert work.due(ALL, world.now) == ()
    assert work.next_due(ALL) == world.now + timedelta(seconds=100)
    with work.lease(KEY, ALL) as lease:
        assert lease is None
    with work.lease(KEY, ALL, fresh=True) as lease:
        assert lease is not None
    world.tick(100)
    assert work.due(ALL, world.now) == (KEY,)
    assert work.next_due((WorkState.BOUGHT,)) is None
    work.close()


def test_a_worker_that_was_killed_is_not_waited_for(tmp_path: Path) -> None:
    work = WorkStore(tmp_path / "w.db")
    work.apply("shop", [order()], {})
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from xborder_sdk.fulfilment import WorkState, WorkStore\n"
        "store = WorkStore(Path(sys.argv[1]))\n"
        f"with store.lease({KEY!r}, tuple(WorkState)) as lease:\n"
        "    assert lease is not None\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "w.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"held\n"
        with work.lease(KEY, ALL) as lease:
            assert lease is None
        worker.kill()
        worker.wait()
        with work.lease(KEY, ALL) as lease:
            assert lease is not None
    work.close()


def test_owners() -> None:
    owner = new_owner()
    assert owner != new_owner()
    assert not is_dead(owner)
    machine, _, _, mark = owner.rsplit("/", 3)
    assert is_dead(f"{machine}/4194999/123/{mark}")  # above the highest number a process can have
    assert not is_dead(f"elsewhere/4194999/123/{mark}")
    assert not is_dead("nonsense")
    own = owner.rsplit("/", 3)[1]
    assert is_dead(f"{machine}/{own}/1/{mark}") or not Path("/proc/self/stat").exists()  # the number was given anew


def test_threads_share_the_rows_without_taking_one_twice(tmp_path: Path) -> None:
    work = WorkStore(tmp_path / "w.db")
    work.apply("shop", [order(order_id=f"O-{number}") for number in range(20)], {})
    done: list[str] = []

    def advance() -> None:
        for row in work.rows((WorkState.NEW,)):
            with work.lease(row.key, (WorkState.NEW,)) as lease:
                if lease is not None:
                    lease.save(state=WorkState.PLANNED)
                    done.append(row.order_id)

    threads = [threading.Thread(target=advance) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == sorted(f"O-{number}" for number in range(20))
    work.close()


def test_a_store_of_the_first_version_keeps_all_it_holds(tmp_path: Path, world: ShopWorld) -> None:
    found = order(display_id="D-1")
    path = tmp_path / "w.db"
    old = sqlite3.connect(path)
    old.executescript(WORK_V1)
    old.execute(
        "INSERT INTO xborder_work (account, order_id, display_id, state, detail, due, tries, attempt, holds, waybill,"
        " numbers, files, declared_at, price, currency, created_at, updated_at, is_fresh, lease_until) VALUES"
        " ('shop', ?, 'D-1', 'declared', 'told', 1, 0, 1, '[]', '1234567890', '[\"P1\"]', '[\"a.pdf\"]', 1,"
        " '12.50', 'CNY', 1, 1, 0, 0)",
        (KEY[1],),
    )
    old.execute(
        "INSERT INTO xborder_work_private (account, order_id, order_json, plan_json) VALUES ('shop', ?, ?, ?)",
        (KEY[1], found.model_dump_json(), plan_for(found).model_dump_json()),
    )
    old.execute("PRAGMA application_id = 0x58425731")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    for _ in range(2):  # once by the schema step, once as it is from then on
        work = store_at(path, world)
        row = work.get(*KEY)
        assert row is not None
        assert (row.state, row.waybill, row.number, row.number_pending) == (
            WorkState.DECLARED,
            "1234567890",
            "1234567890",
            False,
        )
        assert (row.numbers, row.files, str(row.price)) == (("P1",), ("a.pdf",), "12.50 CNY")
        assert work.plan(KEY) == plan_for(found)
        assert work.order(KEY) == found
        with work.lease(KEY, ALL) as lease:
            assert lease is not None
            lease.save(detail="told")
        work.close()
    reader = sqlite3.connect(path)
    assert reader.execute("PRAGMA user_version").fetchone() == (3,)
    reader.close()


def test_the_number_a_buyer_follows(world: ShopWorld) -> None:
    work = store_at(None, world)
    work.apply("shop", [order()], {})
    with work.lease(KEY, ALL) as lease:
        assert lease is not None
        assert lease.row.number is None
        assert lease.save(waybill="W1").number == "W1"
        assert lease.save(number_pending=True).number is None
        assert lease.save(number_pending=False, tracking_number="T1").number == "T1"
    row = work.get(*KEY)
    assert row is not None
    assert (row.waybill, row.number) == ("W1", "T1")
    work.close()


def test_a_file_of_something_else_is_refused(tmp_path: Path, world: ShopWorld) -> None:
    other = sqlite3.connect(tmp_path / "w.db")
    other.execute("CREATE TABLE t (x)")
    other.close()
    work = store_at(tmp_path / "w.db", world)
    with pytest.raises(LedgerError, match="work store"):
        work.rows()
    work.close()
    with pytest.raises(LedgerError, match="closed"):
        work.rows()
