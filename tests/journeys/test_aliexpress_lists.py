"""Lists over a year of orders: whatever is asked for comes, over both changes of the clock and while orders change."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.journeys.aliexpress import OVERSEAS, SHOP, Seller, marketplace, selling, session_of

from xborder_sdk import Client
from xborder_sdk.fulfilment import WorkStore
from xborder_sdk.fulfilment.feed import Feed
from xborder_sdk.hookspecs import ListOrders
from xborder_sdk.models import Order, OrderStatus

SPRING, AUTUMN = datetime(2025, 3, 9, 10, tzinfo=UTC), datetime(2025, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


class Shop:
    """The simulator's own view of its orders."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller
        self.book: Any = None
        vendor = seller.sandbox.sandbox.vendors["aliexpress"]
        self.book = next(part for part in vendor._shop._parts.values() if type(part).__name__ == "OrderBook")  # type: ignore[attr-defined]

    def orders(self, account: str) -> list[Any]:
        return list(self.book.of(account))

    def listed(self, account: str, request: ListOrders) -> list[str]:
        """The ids of a list as the connector gives them, page by page, not completed."""
        found: list[str] = []
        while True:
            page = self.seller.call.list_orders(account, request)
            found += [item.order_id for item in page.items]
            if page.next is None:
                return found
            request = request.replace(cursor=page.next)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    with marketplace("bulk") as handle:
        # Six hours around each change of the clock have an order every three minutes.
        for change, minute in itertools.product((SPRING, AUTUMN), range(-180, 180, 3)):
            created = (change + timedelta(minutes=minute, seconds=minute % 7)).isoformat()
            handle.admin("aliexpress", "add_order", account=SHOP, order={"created": created})
        yield handle


@pytest.fixture
def own_sandbox() -> Iterator[Any]:
    """One whose orders a test may change."""
    with marketplace("bulk") as handle:
        yield handle


@pytest.fixture(scope="module", params=["simplified", "wrapped", "older gateway"])
def shop(sandbox: Any, request: pytest.FixtureRequest) -> Iterator[Shop]:
    changes: dict[str, Any] = {}
    sessions = {}
    if request.param == "older gateway":
        sessions = {name: session_of(sandbox, name).access.get_secret_value() for name in (SHOP, OVERSEAS)}
        changes = {"gateway": "top", "refresh_token": None}
    hour = "first" if request.param == "wrapped" else "second"
    sandbox.admin("aliexpress", "settings", simplifies=request.param != "wrapped", ambiguous_hour=hour)
    with selling(sandbox, changes=changes, sessions=sessions) as seller:
        yield Shop(seller)
    sandbox.admin("aliexpress", "settings", simplifies=True, ambiguous_hour="second")


def windows(seed: int, account: str) -> Iterator[tuple[datetime, datetime, int | None]]:
    """Windows of all lengths, many of them at a change of the clock, with page sizes."""
    drawn = random.Random(f"{seed}/{account}")
    year = (datetime(2025, 3, 1, tzinfo=UTC), timedelta(days=366))
    for _ in range(3):
        if drawn.random() < 0.6:
            middle = drawn.choice((SPRING, AUTUMN)) + timedelta(seconds=drawn.randrange(-7200, 7200))
        else:
            middle = year[0] + year[1] * drawn.random()
        reach = timedelta(seconds=drawn.choice((0, 1, 1800, 3600, 7200, 86_400, 40 * 86_400, 200 * 86_400)))
        start, end = second(middle - reach * drawn.random()), second(middle + reach * drawn.random())
        sizes = (None, 1, 7) if reach < HOUR else (None, 13, 50, 80)
        yield start, end, drawn.choice(sizes)


def other_reading(moment: datetime) -> set[datetime]:
    """The moments that the coast's clock shows as this one."""
    return {moment, moment + HOUR, moment - HOUR} if abs(moment - AUTUMN) <= HOUR else {moment}


@pytest.mark.parametrize("account", [SHOP, OVERSEAS])
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
@pytest.mark.parametrize("name", ["created", "modified"])
def test_a_window_shows_what_is_in_it_once(shop: Shop, account: str, seed: int, name: str) -> None:
    for start, end, page_size in windows(seed, account):
        found = Counter(
            shop.listed(
                account, ListOrders.model_validate({f"{name}_from": start, f"{name}_to": end, "page_size": page_size})
            )
        )
        times = {str(order.order_id): second(getattr(order, name)) for order in shop.orders(account)}
        must = {order_id for order_id, moment in times.items() if start <= moment <= end}
        may = {
            order_id
            for order_id, moment in times.items()
            if any(start <= each <= end for each in other_reading(moment))
        }
        assert must <= set(found) <= may, (start, end, page_size)
        assert set(found.values()) <= {1}, (start, end, page_size)


@pytest.mark.slow
def test_a_year_of_orders_comes_whole(shop: Shop) -> None:
    for account in (SHOP, OVERSEAS):
        wish = ListOrders(created_from=datetime(2025, 2, 1, tzinfo=UTC))
        found = shop.listed(account, wish)
        assert sorted(found) == sorted(str(order.order_id) for order in shop.orders(account))


def test_orders_come_complete_and_in_any_state(shop: Shop) -> None:
    wish = ListOrders(
        created_from=AUTUMN - timedelta(minutes=61), created_to=AUTUMN + timedelta(minutes=61), page_size=9
    )
    found = {order.order_id: order for order in shop.seller.call.iter_orders(SHOP, wish)}
    for known in shop.orders(SHOP):
        if abs(known.created - AUTUMN) <= timedelta(minutes=60):
            order = found[str(known.order_id)]
            assert order.vendor_status == known.status
            assert len(order.lines) == len([line for line in known.lines if not line.by_platform])
            assert order.created_at in other_reading(second(known.created))


@pytest.mark.parametrize("status", [OrderStatus.CANCELLED, OrderStatus.DELIVERED, OrderStatus.SHIPPED])
def test_a_status_is_found_among_open_and_finished_orders(shop: Shop, status: OrderStatus) -> None:
    start, end = datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 1, 29, tzinfo=UTC)
    everything = shop.seller.call.iter_orders(SHOP, ListOrders(created_from=start, created_to=end))
    wanted = {order.order_id for order in everything if order.status is status}
    assert wanted
    found = shop.listed(SHOP, ListOrders(created_from=start, created_to=end, statuses=(status,)))
    assert set(found) == wanted


def test_nothing_is_lost_while_orders_finish_between_two_pages(own_sandbox: Any) -> None:
    start, end = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    with selling(own_sandbox) as seller:
        shop = Shop(seller)
        drawn = random.Random(3)
        wish = ListOrders(created_from=start, created_to=end, page_size=20)
        found: set[str] = set()
        while True:
            page = seller.call.list_orders(SHOP, wish)
            found |= {item.order_id for item in page.items}
            inside = [order for order in shop.orders(SHOP) if start <= order.created <= end]
            for order in drawn.sample([one for one in inside if one.status == "WAIT_BUYER_ACCEPT_GOODS"] or inside, 3):
                if order.status == "WAIT_BUYER_ACCEPT_GOODS":
                    own_sandbox.admin("aliexpress", "receive", order_id=str(order.order_id))
            if page.next is None:
                break
            wish = wish.replace(cursor=page.next)
        assert found == {str(order.order_id) for order in inside}


@pytest.mark.slow
def test_pulls_of_the_feed_lose_and_repeat_nothing(own_sandbox: Any) -> None:
    with selling(own_sandbox) as seller:
        assert isinstance(seller.call.client, Client)
        shop, work = Shop(seller), WorkStore(None, clock=seller.time.now)
        taken: Counter[tuple[str, datetime | None]] = Counter()
        new: list[str] = []
        drawn = random.Random(5)
        feed = Feed(seller.call.client, work, SHOP, seller.time.now, timedelta(days=4), timedelta(minutes=10))
        for pull in range(4):
            for number, page in enumerate(feed.pull()):
                taken.update((order.order_id, order.modified_at) for order in page)
                if number % 2 == 0:
                    new.append(seller.add(items=[{"sku": "MUG-02"}]).order_id)
                    open_now = [one for one in shop.orders(SHOP)[:60] if one.status == "WAIT_SELLER_SEND_GOODS"]
                    own_sandbox.admin("aliexpress", "freeze", order_id=str(drawn.choice(open_now).order_id))
                if pull == 1 and number == 1:
                    break  # the process dies
            seller.pass_(1800)
        taken.update((order.order_id, order.modified_at) for page in feed.pull() for order in page)
        assert set(taken.values()) == {1}
        known = {order.order_id: order for order in map(Known, shop.orders(SHOP))}
        since = seller.time.now() - timedelta(days=4)
        for order in known.values():
            if order.modified > since and not order.finished:
                held: Order | None = work.order((SHOP, order.order_id))
                assert held is not None or order.sent, order.order_id
                if held is not None:
                    assert held.vendor_status == order.status
        assert set(new) <= {order_id for order_id, _ in taken}
        work.close()


class Known:
    """What the simulator knows of an order."""

    def __init__(self, order: Any) -> None:
        self.order_id = str(order.order_id)
        self.modified: datetime = order.modified
        self.status: str = order.status
        self.finished = order.stage in {"FINISH", "FUND_PROCESSING"}
        self.sent = order.stage == "WAIT_BUYER_ACCEPT_GOODS"
