# ruff: noqa: DTZ001, DTZ007 - wall-clock times have no zone
"""A list cut into windows shows every order once, however the vendor treats edges and whatever the clock does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xborder_aliexpress import pacific, windows
from xborder_sdk.errors import InvalidCursor, InvalidRequest
from xborder_sdk.hookspecs import ListOrders
from xborder_sdk.models import Cursor, OrderStatus
from xborder_sdk.steps import Send

COAST = ZoneInfo("America/Los_Angeles")
AUTUMN = datetime(2025, 11, 2, 9, 0, tzinfo=UTC)  # 02:00 PDT becomes 01:00 PST
SPRING = datetime(2026, 3, 8, 10, 0, tzinfo=UTC)  # 02:00 PST becomes 03:00 PDT


@dataclass(frozen=True)
class Sale:
    number: int
    created: datetime
    modified: datetime
    status: str

    @property
    def shown(self) -> dict[str, Any]:
        return {
            "order_id": self.number,
            "gmt_create": shown(self.created),
            "gmt_update": shown(self.modified),
            "order_status": self.status,
            "logistics_status": "SELLER_SEND_GOODS" if self.status == "FINISH" else "WAIT_SELLER_SEND_GOODS",
        }


def shown(moment: datetime) -> str:
    return moment.astimezone(COAST).strftime("%Y-%m-%d %H:%M:%S")


def by_text(sale_time: datetime, start: str, end: str, inclusive: bool) -> bool:
    """A vendor that compares what its clock shows."""
    text = shown(sale_time)
    return start <= text <= end if inclusive else start < text < end


def by_moment(sale_time: datetime, start: str, end: str, inclusive: bool) -> bool:
    """A vendor that turns texts into moments, as Java does: standard time in the double hour, on past the gap."""
    first, last = (
        datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=COAST, fold=1 if is_double(text) else 0)
        for text in (start, end)
    )
    return first <= sale_time <= last if inclusive else first < sale_time < last


def is_double(text: str) -> bool:
    wall = datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    return wall.replace(tzinfo=COAST).utcoffset() > wall.replace(tzinfo=COAST, fold=1).utcoffset()  # type: ignore[operator]


@dataclass
class Shop:
    """The vendor's list rules, kept strictly; everything else is refused."""

    sales: list[Sale]
    matches: Callable[[datetime, str, str, bool], bool] = by_text
    inclusive: bool = True
    counts_all: bool = True
    questions: int = 0

    def __call__(self, step: Send) -> Any:
        self.questions += 1
        form = dict(parse_qsl((step.content or b"").decode()))
        asked = json.loads(form["param_aeop_order_query"])
        assert step.effect.value == "read"
        self.check(asked)
        found = [sale for sale in sorted(self.sales, key=lambda sale: -sale.number) if self.has(sale, asked)]
        size, page = asked["page_size"], asked["current_page"]
        told = len(found) if self.counts_all else max(0, len(found) - 1)
        return {
            "result": {
                "success": True,
                "target_list": [sale.shown for sale in found[(page - 1) * size : page * size]],
                "current_page": page,
                "page_size": size,
                "total_count": told,
                "total_page": -(-told // size),
            }
        }

    def check(self, asked: dict[str, Any]) -> None:
        assert asked["page_size"] <= 50
        longest = timedelta(days=30 if asked.get("order_status") == "FINISH" else 180)
        assert "create_date_start" in asked
        for name in ("create", "modified"):
            if f"{name}_date_start" in asked:
                start, end = (
                    datetime.strptime(asked[f"{name}_date_{side}"], "%Y-%m-%d %H:%M:%S") for side in ("start", "end")
                )
                moments = [each.replace(tzinfo=COAST).astimezone(UTC) for each in (start, end)]
                assert timedelta(0) <= end - start <= longest
                assert moments[1] - moments[0] <= longest
        assert asked.get("order_status", "FINISH") == "FINISH"
        assert "FINISH" not in asked.get("order_status_list", ())
        assert not ("order_status" in asked and "order_status_list" in asked)

    def has(self, sale: Sale, asked: dict[str, Any]) -> bool:
        if asked.get("order_status") == "FINISH":
            if sale.status != "FINISH":
                return False
        elif sale.status == "FINISH" or sale.status not in asked.get("order_status_list", [sale.status]):
            return False
        for name, moment in (("create", sale.created), ("modified", sale.modified)):
            if f"{name}_date_start" in asked:
                start, end = asked[f"{name}_date_start"], asked[f"{name}_date_end"]
                if not self.matches(moment, start, end, self.inclusive):
                    return False
        return True


def listed(connector: Any, run: Any, request: ListOrders, shop: Shop) -> list[list[str]]:
    """All pages, by way of the stored form of each cursor."""
    pages = []
    while True:
        page = run(connector, "list_orders", request, shop)
        pages.append([item.order_id for item in page.items])
        if page.next is None:
            return pages
        request = request.replace(cursor=Cursor.parse(str(page.next)))


def readings(moment: datetime) -> list[datetime]:
    """Every moment at which the clock shows the same, to the second."""
    wall = moment.astimezone(COAST).replace(tzinfo=None, microsecond=0)
    return [wall.replace(tzinfo=COAST, fold=fold).astimezone(UTC) for fold in (0, 1)]


def is_meant(moment: datetime, start: datetime | None, end: datetime | None) -> bool:
    return any(
        (start is None or reading + timedelta(seconds=1) > start) and (end is None or reading <= end)
        for reading in readings(moment)
    )


NEAR = (AUTUMN, SPRING, AUTUMN + timedelta(days=29, hours=20), AUTUMN + timedelta(days=100))
moments = st.builds(
    lambda base, seconds: base + timedelta(seconds=seconds), st.sampled_from(NEAR), st.integers(-3 * 3600, 3 * 3600)
) | st.builds(
    lambda days, seconds: AUTUMN + timedelta(days=days, seconds=seconds), st.integers(-150, 150), st.integers(0, 86_399)
)
sales = st.lists(
    st.tuples(
        moments,
        st.integers(0, 120 * 86_400) | st.integers(0, 7200),
        st.sampled_from(["WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS", "IN_ISSUE", "FINISH"]),
    ),
    max_size=24,
).map(
    lambda rows: [
        Sale(7_000_000_000_000_000_000 + n, made, made + timedelta(seconds=later), status)
        for n, (made, later, status) in enumerate(rows)
    ]
)
vendors = st.tuples(st.sampled_from([by_text, by_moment]), st.booleans(), st.booleans())
spans = st.integers(0, 3) | st.integers(0, 3 * 3600) | st.integers(0, 250 * 86_400)


@given(sales, moments, spans, vendors, st.sampled_from([None, 1, 3, 50]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_by_creation_every_order_comes_once(
    rows: list[Sale], start: datetime, length: int, vendor: Any, page_size: int | None
) -> None:
    connector, run = _fixtures()
    end = start + timedelta(seconds=length)
    shop = Shop(rows, *vendor)
    pages = listed(connector, run, ListOrders(created_from=start, created_to=end, page_size=page_size), shop)
    wanted = sorted(str(row.number) for row in rows if is_meant(row.created, start, end))
    assert sorted(number for page in pages for number in page) == wanted
    assert page_size is None or all(len(page) <= page_size for page in pages)


@given(sales, moments, spans, vendors, st.sampled_from([None, 2]), st.none() | moments)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_by_change_every_order_comes_once(
    rows: list[Sale], start: datetime, length: int, vendor: Any, page_size: int | None, created_from: datetime | None
) -> None:
    connector, run = _fixtures()
    end = start + timedelta(seconds=length)
    shop = Shop(rows, *vendor)
    request = ListOrders(modified_from=start, modified_to=end, created_from=created_from, page_size=page_size)
    pages = listed(connector, run, request, shop)
    # An order made long before its change is outside what the settings say an order's life is.
    wanted = sorted(
        str(row.number)
        for row in rows
        if is_meant(row.modified, start, end) and is_meant(row.created, created_from, None)
    )
    assert sorted(number for page in pages for number in page) == wanted


@given(sales, moments, st.integers(1, 40), vendors)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_slices_that_meet_lose_nothing(rows: list[Sale], start: datetime, count: int, vendor: Any) -> None:
    """As the feed asks: slice after slice, each beginning where the last one ended."""
    connector, run = _fixtures()
    step = timedelta(seconds=3 * 3600 / count)
    seen: set[str] = set()
    for number in range(count):
        request = ListOrders(modified_from=start + step * number, modified_to=start + step * (number + 1))
        seen.update(each for page in listed(connector, run, request, Shop(rows, *vendor)) for each in page)
    assert seen == {str(row.number) for row in rows if is_meant(row.modified, start, start + step * count)}


def _fixtures() -> tuple[Any, Any]:
    """As the fixtures of the same names; hypothesis wants none whose life is shorter than the test's."""
    from xborder_aliexpress import AliexpressConnector, AliexpressSettings

    account = AliexpressConnector(
        "ali-test",
        AliexpressSettings(app_key="1", app_secret="s", refresh_token="r", order_life_days=200),  # type: ignore[arg-type]
    )
    account.now = lambda: datetime(2026, 6, 1, tzinfo=UTC)

    def run(connector: Any, operation: str, request: Any, vendor: Any) -> Any:
        from xborder_sdk.steps import Response

        flow = getattr(connector.kinds[0](connector), operation)(request)
        try:
            step = next(flow)
            while True:
                step = flow.send(Response(200, {}, json.dumps(vendor(step)).encode()))
        except StopIteration as stop:
            return stop.value

    return account, run


# --- examples that must stand whatever hypothesis finds


def sale(
    created: datetime, status: str = "WAIT_SELLER_SEND_GOODS", number: int = 1, modified: datetime | None = None
) -> Sale:
    return Sale(number, created, modified or created, status)


@pytest.mark.parametrize("before_change", [False, True], ids=["standard time", "daylight time"])
@pytest.mark.parametrize("matches", [by_text, by_moment])
def test_an_order_of_the_double_hour(connector: Any, run: Any, before_change: bool, matches: Any) -> None:
    made = AUTUMN + timedelta(minutes=-20 if before_change else 40)  # 01:40 either way
    shop = Shop([sale(made)], matches)
    request = ListOrders(created_from=made, created_to=made)
    assert listed(connector(), run, request, shop) == [["1"]]


@pytest.mark.parametrize(
    ("start", "end", "made"),
    [(-10, 20, 10), (-40, 10, -10), (-10, 20, -5), (-40, 10, 5)],
    ids=["lower text later", "higher text earlier", "first hour", "second hour"],
)
@pytest.mark.parametrize("matches", [by_text, by_moment])
def test_a_window_across_the_double_hour(
    connector: Any, run: Any, start: int, end: int, made: int, matches: Any
) -> None:
    """Its later end may show an earlier time than its start: 01:50 to 01:20, half an hour later."""
    window = {
        "created_from": AUTUMN + timedelta(minutes=start),
        "created_to": AUTUMN + timedelta(minutes=end),
    }
    shop = Shop([sale(AUTUMN + timedelta(minutes=made))], matches)
    assert listed(connector(), run, ListOrders(**window), shop) == [["1"]]  # type: ignore[arg-type]


@pytest.mark.parametrize("by", ["created", "modified"])
@pytest.mark.parametrize("matches", [by_text, by_moment])
def test_orders_at_the_edges_of_all_windows(connector: Any, run: Any, by: str, matches: Any) -> None:
    now = datetime(2026, 3, 20, 11, 0, 0, tzinfo=UTC)
    start = now - timedelta(days=400)
    request = ListOrders(**{f"{by}_from": start, f"{by}_to": now}, page_size=1)  # type: ignore[arg-type]
    plan = windows.plan(request, now, timedelta(days=175))
    edges = {
        wall + timedelta(seconds=seconds)
        for window in plan
        for span in (window.created, window.modified)
        if span is not None
        for wall in (span.start, span.end)
        for seconds in (-1, 0, 1)
    }
    rows = [
        Sale(2 * n + finished, moment, moment, "FINISH" if finished else "WAIT_SELLER_SEND_GOODS")
        for n, moment in enumerate(pacific.readings(wall)[0] for wall in sorted(edges))
        for finished in (False, True)
        if start <= moment <= now
    ]
    pages = listed(connector(), run, request, Shop(rows, matches))
    assert sorted(number for page in pages for number in page) == sorted(str(row.number) for row in rows)


def test_an_order_made_and_changed_at_the_very_end(connector: Any, run: Any) -> None:
    now = datetime(2026, 3, 20, 11, 0, 0, tzinfo=UTC)
    begin = now - timedelta(minutes=30)
    request = ListOrders(created_from=begin, modified_from=begin, modified_to=now)
    assert listed(connector(), run, request, Shop([sale(now)])) == [["1"]]


def test_no_time_asked_for_is_one_the_clock_never_shows() -> None:
    for wall in (datetime(2026, 3, 8, 1, 59, 59), datetime(2026, 3, 8, 3, 0, 0)):
        assert pacific.write(pacific.before(wall)) < "2026-03-08 02:00:00"
        assert pacific.write(pacific.after(wall)) >= "2026-03-08 03:00:00"
    assert pacific.before(datetime(2025, 11, 2, 2, 0, 0)) == datetime(2025, 11, 2, 0, 59, 59)
    assert pacific.after(datetime(2025, 11, 2, 0, 59, 59)) == datetime(2025, 11, 2, 2, 0, 0)


def test_a_change_in_the_double_hour_does_not_go_back() -> None:
    at_ten_past = "2025-11-02 01:10:00"
    first, second = AUTUMN - timedelta(minutes=50), AUTUMN + timedelta(minutes=10)
    assert pacific.read_latest(at_ten_past, first + timedelta(minutes=1)) == first
    assert pacific.read_latest(at_ten_past, second + timedelta(minutes=1)) == second
    assert pacific.read(at_ten_past) == first


@pytest.mark.parametrize("text", [None, "", "soon", "2026-02-30 01:00:00", "2026-03-08", "1700000000000"])
def test_what_is_no_time(text: str | None) -> None:
    assert pacific.read(text) is None


def test_the_older_way_to_write_a_time() -> None:
    assert pacific.read("10/12/2025 12:12:12") == datetime(2025, 10, 12, 19, 12, 12, tzinfo=UTC)


def test_questions_for_a_year() -> None:
    now = datetime(2026, 3, 20, tzinfo=UTC)
    plan = windows.plan(ListOrders(created_from=now - timedelta(days=365)), now, timedelta(days=175))
    assert [window.finished for window in plan] == [False] * 3 + [True] * 13


def test_a_slice_of_the_feed_takes_seven_questions(connector: Any, run: Any) -> None:
    shop = Shop([])
    now = datetime(2026, 3, 20, 11, tzinfo=UTC)
    request = ListOrders(modified_from=now, modified_to=now + timedelta(seconds=1))
    assert listed(connector(), run, request, shop) == [[]]
    assert shop.questions == 7


def test_a_question_with_more_pages_ends_a_page_of_ours(connector: Any, run: Any) -> None:
    now = datetime(2026, 3, 20, 11, tzinfo=UTC)
    rows = [sale(now, number=n) for n in range(120)] + [sale(now, "FINISH", 500)]
    pages = listed(connector(), run, ListOrders(created_from=now, created_to=now), Shop(rows))
    assert [len(page) for page in pages] == [50, 50, 21]


@pytest.mark.parametrize("count", [50, 51, 100])
def test_a_full_page_is_followed_although_the_count_is_short(connector: Any, run: Any, count: int) -> None:
    now = datetime(2026, 3, 20, 11, tzinfo=UTC)
    rows = [sale(now, number=n) for n in range(count)]
    pages = listed(connector(), run, ListOrders(created_from=now, created_to=now), Shop(rows, counts_all=False))
    assert len({number for page in pages for number in page}) == count


def test_a_vendor_that_repeats_its_last_page_is_stopped(connector: Any, run: Any) -> None:
    now = datetime(2026, 3, 20, 11, tzinfo=UTC)
    shop = Shop([sale(now, number=n) for n in range(50)])

    def vendor(step: Send) -> Any:
        form = dict(parse_qsl((step.content or b"").decode()))
        asked = json.loads(form["param_aeop_order_query"])
        if asked["current_page"] > 1:
            asked["current_page"] = 1
        assert shop.questions < 10
        body = "&".join([f"param_aeop_order_query={json.dumps(asked)}"]).encode()
        return shop(Send(step.effect, step.method, step.path, content=body))

    pages = listed(connector(), run, ListOrders(created_from=now, created_to=now), vendor)  # type: ignore[arg-type]
    assert [len(page) for page in pages] == [50, 0]


def test_without_a_time_the_last_thirty_days(connector: Any, run: Any) -> None:
    now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    rows = [sale(now - timedelta(days=29), number=1), sale(now - timedelta(days=31), number=2)]
    assert listed(connector(), run, ListOrders(), Shop(rows)) == [["1"]]


def test_states_are_asked_for_and_held_against_the_wish(connector: Any, run: Any) -> None:
    now = datetime(2026, 3, 20, 11, tzinfo=UTC)
    rows = [
        sale(now, "WAIT_SELLER_SEND_GOODS", 1),
        sale(now, "WAIT_BUYER_ACCEPT_GOODS", 2),
        sale(now, "IN_ISSUE", 3),
        sale(now, "FINISH", 4),
    ]
    shop = Shop(rows)

    def wanted(*statuses: OrderStatus) -> list[str]:
        request = ListOrders(created_from=now, created_to=now, statuses=statuses)
        return sorted(number for page in listed(connector(), run, request, shop) for number in page)

    assert wanted(OrderStatus.AWAITING_SHIPMENT) == ["1", "3"]
    assert wanted(OrderStatus.SHIPPED) == ["2", "4"]
    assert wanted(OrderStatus.CANCELLED) == []
    shop.questions = 0
    assert wanted(OrderStatus.AWAITING_PAYMENT) == []
    assert shop.questions == 1


def test_cursors_of_other_lists_are_refused(connector: Any, run: Any) -> None:
    now = datetime(2026, 3, 20, 11, tzinfo=UTC)
    shop = Shop([sale(now, number=n) for n in range(60)])
    request = ListOrders(created_from=now, created_to=now)
    following = run(connector(), "list_orders", request, shop).next
    assert following is not None
    for other, settings_of in (
        (request.replace(created_to=now + timedelta(seconds=1)), {}),
        (request, {"order_list": "solution"}),
        (request, {"order_life_days": 30}),
    ):
        with pytest.raises(InvalidCursor):
            run(connector(**settings_of), "list_orders", other.replace(cursor=following), shop)
    for state in ({"page": 0}, {"page": "2"}, {"window": -1}, {"started": "soon"}, {"list": "x"}):
        damaged = Cursor(connector="aliexpress", state=dict(following.state) | state)
        with pytest.raises(InvalidCursor):
            run(connector(), "list_orders", request.replace(cursor=damaged), shop)


@pytest.mark.parametrize("field", ["created_to", "modified_to"])
def test_a_window_needs_a_start(connector: Any, run: Any, field: str) -> None:
    request = ListOrders(**{field: datetime(2026, 3, 20, tzinfo=UTC)})  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest):
        run(connector(), "list_orders", request, Shop([]))
