"""Prices of the account's own tariff: which row holds, and what a gram costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_chinapost import TariffRow
from xborder_chinapost.families import Family, chargeable_g
from xborder_chinapost.tariff import tariff_row
from xborder_sdk.models import Dimensions, Parcel

OLD = TariffRow(product="019", per_item=Decimal(10), per_gram=Decimal("0.05"), valid_from=date(2025, 1, 1))
NEW = OLD.replace(per_gram=Decimal("0.07"), valid_from=date(2026, 3, 3))
GERMAN = OLD.replace(per_item=Decimal(8), destinations=("DE",), valid_from=date(2024, 1, 1))
HEAVY = OLD.replace(per_item=Decimal(20), above_g=500, valid_from=date(2025, 6, 1))
ENDED = OLD.replace(per_item=Decimal(1), valid_from=date(2025, 12, 1), valid_until=date(2026, 3, 1))
ROWS = (OLD, NEW, GERMAN, HEAVY, ENDED)


@pytest.mark.parametrize(
    ("country", "grams", "day", "expected"),
    [
        ("FR", 500, date(2026, 3, 2), OLD),
        ("FR", 501, date(2026, 3, 2), HEAVY),
        ("FR", 500, date(2026, 3, 3), NEW),
        ("FR", 500, date(2026, 3, 1), ENDED),
        ("DE", 501, date(2026, 3, 3), GERMAN),
        ("FR", 500, date(2024, 12, 31), None),
    ],
)
def test_the_row_that_holds(country: str, grams: int, day: date, expected: TariffRow | None) -> None:
    assert tariff_row(ROWS, "019", country, grams, day) == expected
    assert tariff_row(ROWS, "001", country, grams, day) is None


def test_a_row_ends_at_its_weight() -> None:
    row = OLD.replace(up_to_g=500)
    assert row.holds("019", "FR", 500, date(2026, 3, 2))
    assert not row.holds("019", "FR", 501, date(2026, 3, 2))


@given(st.integers(1, 30_000), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_price_is_exact(grams: int, fee: int, per_gram: int) -> None:
    row = TariffRow(
        product="019",
        per_item=Decimal(fee) / 100,
        per_gram=Decimal(per_gram) / 10_000,
        valid_from=date(2025, 1, 1),
    )
    assert row.price(grams).amount * 10_000 == fee * 100 + per_gram * grams


@given(st.integers(1, 30_000))
def test_a_step_that_is_begun_is_paid(grams: int) -> None:
    row = TariffRow(
        product="900", first_g=500, first_price=Decimal(100), step_g=250, step_price=Decimal(7),
        valid_from=date(2025, 1, 1),
    )  # fmt: skip
    paid = int((row.price(grams).amount - 100) / 7) * 250 + 500
    assert paid >= grams
    assert paid == 500 or paid - 250 < grams


@pytest.mark.parametrize(
    ("family", "sides", "grams"),
    [
        (Family.EMS, (400, 300, 200), 4000),
        (Family.EMS, (399, 300, 200), 900),
        (Family.EMS, (400, 10, 10), 900),
        (Family.EPACKET, (400, 300, 200), 900),
    ],
)
def test_volume_counts_for_ems_with_a_long_side_only(family: Family, sides: tuple[int, int, int], grams: int) -> None:
    size = Dimensions(length_mm=sides[0], width_mm=sides[1], height_mm=sides[2])
    assert chargeable_g(family, Parcel(weight_g=900, dimensions=size)) == grams


def test_the_day_is_chinas(connector: Callable[..., Any], quote: Callable[..., Any], run: Callable[..., Any]) -> None:
    account = connector(tariff=[row.model_dump(mode="json") for row in (OLD, NEW)])
    last_hour = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
    for moment, amount in ((last_hour, "26.00"), (last_hour.replace(hour=16), "32.40")):
        _, (found,) = run(account, "quote", quote(service="019", ship_at=moment), [])
        assert str(found.price) == f"{amount} CNY"
