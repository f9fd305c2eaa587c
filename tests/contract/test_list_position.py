"""Positions of lists: through a cursor and back, and never into another list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from xborder_sdk.errors import InvalidCursor
from xborder_sdk.hookspecs import ListDisputes, ListOrders, ListPosition
from xborder_sdk.models import Cursor, Instant

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Place(ListPosition):
    started: Instant
    page: int = Field(default=1, ge=1)
    after: str | None = None
    total: int | None = None


REQUEST = ListOrders(created_from=NOW, page_size=7)
PLACE = Place(started=NOW, page=3, total=9)


def test_a_list_without_a_cursor_begins() -> None:
    assert Place.of("shop", REQUEST) is None


@given(
    started=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-8)), timezone(timedelta(hours=8))])),
    page=st.integers(1, 10**12),
    after=st.none() | st.text(st.characters(exclude_categories=("Cs",))),
    total=st.none() | st.integers(),
)
def test_a_position_comes_back_as_it_was(started: datetime, page: int, after: str | None, total: int | None) -> None:
    place = Place(started=started, page=page, after=after, total=total)
    stored = str(place.cursor("shop", REQUEST, "overseas"))
    assert Place.of("shop", REQUEST.replace(cursor=Cursor.parse(stored)), "overseas") == place


@pytest.mark.parametrize(
    ("connector", "request_", "also"),
    [
        ("other", REQUEST, ()),
        ("shop", REQUEST.replace(page_size=8), ()),
        ("shop", REQUEST.replace(created_from=NOW + timedelta(seconds=1)), ()),
        ("shop", REQUEST, ("overseas",)),
        ("shop", ListDisputes(page_size=7), ()),
    ],
)
def test_a_cursor_leads_into_its_own_list_only(connector: str, request_: Any, also: tuple[str, ...]) -> None:
    cursor = PLACE.cursor("shop", REQUEST)
    assert Place.of("shop", REQUEST.replace(cursor=cursor)) == PLACE
    with pytest.raises(InvalidCursor):
        Place.of(connector, request_.replace(cursor=cursor), *also)


def test_lists_of_other_things_are_other_lists() -> None:
    cursor = PLACE.cursor("shop", ListOrders())
    with pytest.raises(InvalidCursor):
        Place.of("shop", ListDisputes(cursor=cursor))


@pytest.mark.parametrize(
    "change",
    [
        {"page": 0},
        {"page": "3"},
        {"page": True},
        {"page": 1.5},
        {"started": "soon"},
        {"started": "2026-03-02T09:00:00"},
        {"started": None},
        {"total": "many"},
        {"list": "x"},
        {"list": None},
        {"unheard_of": 1},
    ],
)
def test_a_damaged_cursor_is_refused(change: dict[str, Any]) -> None:
    cursor = PLACE.cursor("shop", REQUEST)
    with pytest.raises(InvalidCursor):
        Place.of("shop", REQUEST.replace(cursor=cursor.replace(state={**cursor.state, **change})))
    with pytest.raises(InvalidCursor):
        Place.of("shop", REQUEST.replace(cursor=cursor.replace(state={})))
