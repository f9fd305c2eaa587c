"""Prices and days that come as texts: exact, or nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_aliexpress.price_text import read_days, read_price

SIGNS = {"CN¥": "CNY", "RMB": "CNY", "US$": "USD", "US $": "USD", "€": "EUR", "£": "GBP", "₽": "RUB", "CNY": "CNY"}


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("CN¥74.55", "en_US", "74.55 CNY"),
        ("￥74.55", "zh_CN", "74.55 CNY"),
        ("¥74.55", "en_US", None),
        ("US $1,234.50", "zh_CN", "1234.50 USD"),
        ("12.5元", "zh_CN", "12.5 CNY"),
        ("12.5 USD", "zh_CN", "12.5 USD"),
        ("$12.5", "en_US", None),
        ("CN¥0.00", "zh_CN", None),
        ("CN¥-3.00", "zh_CN", None),
        ("CN¥7,45", "zh_CN", None),
        ("CN¥7.4-9", "zh_CN", None),
        ("CN¥1e5", "zh_CN", None),
        ("CN¥٣", "zh_CN", None),
        ("暂无试算", "zh_CN", None),
        ("", "zh_CN", None),
        (None, "zh_CN", None),
    ],
)
def test_prices(text: str | None, locale: str, expected: str | None) -> None:
    found = read_price(text, locale)
    assert (None if found is None else str(found)) == expected


@given(
    sign=st.sampled_from(sorted(SIGNS)),
    cents=st.integers(1, 10**12),
    grouped=st.booleans(),
    behind=st.booleans(),
    blank=st.sampled_from(["", " "]),
)
def test_every_way_of_writing_an_amount_is_read_exactly(
    sign: str, cents: int, grouped: bool, behind: bool, blank: str
) -> None:
    amount = Decimal(cents).scaleb(-2)
    number = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    text = f"{number}{blank}{sign}" if behind else f"{sign}{blank}{number}"
    found = read_price(text, "zh_CN")
    assert found is not None
    assert (found.amount, found.currency) == (amount, SIGNS[sign])


@given(st.text())
def test_no_text_stops_anything_and_no_price_is_below_a_cent_of_something(text: str) -> None:
    found = read_price(text, "zh_CN")
    assert found is None or found.amount > 0
    days = read_days(text)
    assert days is None or 0 <= days <= 999


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15-45天", 45),
        ("15 - 45 days", 45),
        ("3~5个工作日", 5),
        ("预计10天", 10),
        ("15–45 business days", 45),
        ("时效不稳定", None),
        ("45", None),
        ("2026-03-01天", None),
        ("99999天", None),
        (None, None),
    ],
)
def test_days(text: str | None, expected: int | None) -> None:
    assert read_days(text) == expected
