"""The feed: no order is lost at a page's edge, by a change meanwhile or by a crash, and none is taken in twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fulfilment.fakes import ShopWorld, shop
from tests.fulfilment.making import NOW, order

from xborder_sdk import Client
from xborder_sdk.errors import VendorDown
from xborder_sdk.fulfilment import WorkStore
from xborder_sdk.fulfilment.feed import Feed
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.models import Order, OrderStatus


def client_of(world: ShopWorld) -> Client:
    return Client(accounts={"shop": {"connector": "shop"}}, connectors=[shop(world)], store=SqliteStore(None))


def feed_of(client: Client, work: WorkStore, world: ShopWorld, overlap: float = 0) -> Feed:
    return Feed(client, work, "shop", world.clock, timedelta(days=30), timedelta(seconds=overlap))


def numbered(number: int) -> Order:
    return order(order_id=f"O-{number:03d}")


def version(found: Order) -> tuple[str, object]:
    return (found.order_id, found.modified_at)


Act = tuple[str, int]


@settings(max_examples=150, deadline=None)
@given(
    count=st.integers(0, 9),
    page_size=st.integers(1, 4),
    acts=st.lists(st.tuples(st.sampled_from(["touch", "new", "crash", "nothing"]), st.integers(0, 8)), max_size=14),
    references=st.booleans(),
)
def test_every_change_arrives_once(count: int, page_size: int, acts: list[Act], references: bool) -> None:
    world = ShopWorld(NOW, page_size)
    world.references = references
    for number in range(count):
        world.put(numbered(number))
    script = iter(acts)
    crash = [False]

    def act(shop_world: ShopWorld) -> None:
        word, number = next(script, ("nothing", 0))
        if word == "touch" and shop_world.orders:
            ids = sorted(shop_world.orders)
            shop_world.touch(ids[number % len(ids)])
        elif word == "new":
            shop_world.put(numbered(len(shop_world.orders)))
        elif word == "crash":
            crash[0] = True

    world.before_each = act
    taken: Counter[tuple[str, object]] = Counter()
    with client_of(world) as client:
        work = WorkStore(None, clock=world.clock)
        quiet = 0
        while quiet < 3:
            world.tick()
            for page in feed_of(client, work, world).pull():
                taken.update(version(found) for found in page)
                if crash[0]:
                    crash[0] = False
                    break  # the process dies between two pages
            quiet = quiet + 1 if next(script, None) is None else 0
        kept = {found.order_id: work.order(("shop", found.order_id)) for found in world.orders.values()}
        work.close()
    assert all(times == 1 for times in taken.values())
    assert kept == world.orders


def test_an_order_that_would_slip_through_a_pages_edge_is_found() -> None:
    world = ShopWorld(NOW, page_size=2)
    for number in range(4):
        world.put(numbered(number))
    edges = iter([False, True])

    def change_the_first(shop_world: ShopWorld) -> None:
        if next(edges, False):
            shop_world.touch("O-000")  # leaves the window, and O-002 moves up onto the page that was read

    world.before_each = change_the_first
    with client_of(world) as client:
        work = WorkStore(None, clock=world.clock)
        list(feed_of(client, work, world).pull())
        assert {row.order_id for row in work.rows()} == set(world.orders)
        work.close()


def test_a_pull_goes_on_where_it_stopped(tmp_path: Path) -> None:
    world = ShopWorld(NOW, page_size=2)
    for number in range(20):
        world.put(numbered(number))
        world.tick(3600)
    with client_of(world) as client:
        work = WorkStore(tmp_path / "work.db", clock=world.clock)
        pages = feed_of(client, work, world).pull()
        while len(work.rows()) < 10:
            next(pages)
        del pages  # the process dies
        work.close()
        whole = world.calls
        work = WorkStore(tmp_path / "work.db", clock=world.clock)
        again = [found.order_id for page in feed_of(client, work, world).pull() for found in page]
        assert len(work.rows()) == 20
        assert len(again) == len(set(again)) <= 10
        assert world.calls < 2 * whole
        calls = world.calls
        assert list(feed_of(client, work, world).pull()) == [()]
        assert world.calls == calls + 1
        work.close()


def test_a_second_with_more_than_a_page_is_read_until_it_holds_still() -> None:
    world = ShopWorld(NOW, page_size=2)
    moment = world.tick()
    for number in range(9):
        found = numbered(number).replace(created_at=moment, modified_at=moment)
        world.orders[found.order_id] = found
    world.tick(60)
    touched: list[str] = []

    def act(shop_world: ShopWorld) -> None:
        asked = shop_world.last
        assert asked.modified_from is not None
        assert asked.modified_to is not None
        if asked.cursor is not None and len(touched) < 3:  # between two pages of the crowded second
            assert asked.modified_to - asked.modified_from <= timedelta(seconds=1)
            touched.append(f"O-{len(touched):03d}")
            shop_world.touch(touched[-1])

    world.before_each = act
    with client_of(world) as client:
        work = WorkStore(None, clock=world.clock)
        list(feed_of(client, work, world).pull())
        assert len(touched) == 3
        assert {row.order_id for row in work.rows()} >= set(world.orders) - set(touched)
        list(feed_of(client, work, world).pull())
        assert {found.order_id: work.order(("shop", found.order_id)) for found in world.orders.values()} == world.orders
        work.close()


def test_a_shop_that_fails_leaves_the_feed_where_it_was() -> None:
    world = ShopWorld(NOW, page_size=1)
    for number in range(3):
        world.put(numbered(number))
    with client_of(world) as client:
        work = WorkStore(None, clock=world.clock)

        def fail(shop_world: ShopWorld) -> None:
            if shop_world.calls == 2:
                raise VendorDown("the shop failed (503)", status=503)

        world.before_each = fail
        with pytest.raises(VendorDown):
            list(feed_of(client, work, world).pull())
        list(feed_of(client, work, world).pull())
        assert len(work.rows()) == 3
        work.close()


def test_late_orders_are_found_behind_the_end_of_the_pull_before() -> None:
    world = ShopWorld(NOW)
    world.put(numbered(0))
    with client_of(world) as client:
        work = WorkStore(None, clock=world.clock)
        list(feed_of(client, work, world, overlap=60).pull())
        late = numbered(1).replace(created_at=world.now, modified_at=world.now - timedelta(seconds=50))
        world.orders[late.order_id] = late
        world.tick(10)
        list(feed_of(client, work, world, overlap=60).pull())
        assert len(work.rows()) == 2
        work.close()


def test_what_others_shipped_is_not_taken_in_unless_it_is_ours() -> None:
    world = ShopWorld(NOW)
    world.put(numbered(0))
    world.put(numbered(1).replace(status=OrderStatus.SHIPPED))
    with client_of(world) as client:
        work = WorkStore(None, clock=world.clock)
        list(feed_of(client, work, world).pull())
        assert [row.order_id for row in work.rows()] == ["O-000"]
        world.put(world.orders["O-000"].replace(status=OrderStatus.SHIPPED), created=False)
        list(feed_of(client, work, world).pull())
        found = work.order(("shop", "O-000"))
        assert found is not None
        assert found.status is OrderStatus.SHIPPED
        work.close()
