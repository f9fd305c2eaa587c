"""Frozen money: when it was noticed, how long there may be to answer, and what is said of the estimate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_aliexpress import AliexpressConnector
from xborder_aliexpress.order_disputes import read_frozen
from xborder_aliexpress.working_days import ZONE, after_working_days
from xborder_sdk.models import Dispute, DisputeStatus, Raw
from xborder_sdk.reading import JsonObject

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


def order(**changes: Any) -> JsonObject:
    return JsonObject({"id": 1, "order_status": "FINISH", "frozen_status": "IN_FROZEN"} | changes)


def frozen(account: AliexpressConnector, found: JsonObject, now: datetime = NOW) -> Dispute:
    dispute = read_frozen(found, "a", Raw(), account.settings, now)
    assert dispute is not None
    return dispute


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # A Thursday before the Spring Festival of 2026: Friday, the worked Saturday, and the Tuesday after.
        ("2026-02-12T15:00", 3, "2026-02-24T15:00"),
        # Before National Day: Thursday 8 October, Friday, and the worked Saturday.
        ("2026-09-30T15:00", 3, "2026-10-10T15:00"),
        # A worked Saturday after Labour Day counts.
        ("2026-05-08T09:00", 3, "2026-05-12T09:00"),
        # An ordinary Friday.
        ("2026-03-20T10:00", 1, "2026-03-23T10:00"),
        # A Sunday is no start of a day of work.
        ("2026-03-22T10:00", 3, "2026-03-25T10:00"),
    ],
)
def test_working_days_in_china(start: str, days: int, end: str) -> None:
    found = after_working_days(datetime.fromisoformat(start).replace(tzinfo=ZONE), days)
    assert found.end == datetime.fromisoformat(end).replace(tzinfo=ZONE)
    assert found.unannounced == ()


def test_years_that_are_not_announced_are_named() -> None:
    found = after_working_days(datetime(2039, 12, 30, 9, 0, tzinfo=ZONE), 3)
    assert found.unannounced == (2039, 2040)


@given(st.integers(0, 1060 * 24 * 60).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + n * MINUTE), st.integers(1, 20))
def test_more_working_days_end_later_and_never_on_a_weekend_that_is_free(start: datetime, days: int) -> None:
    one, more = after_working_days(start, days), after_working_days(start, days + 1)
    assert start + timedelta(days=days) <= one.end < more.end
    assert one.end.astimezone(ZONE).timetz() == start.astimezone(ZONE).timetz()


def test_the_log_tells_when_it_was_frozen(connector: Callable[..., AliexpressConnector]) -> None:
    log = [
        {"action_type": "ORDER_FREEZE", "gmt_create": "2026-03-15 20:00:00"},
        {"action_type": "order_freeze", "gmt_create": "2026-03-16 20:00:00"},
        {"action_type": "order_freeze", "gmt_create": "2027-01-01 00:00:00"},
        {"action_type": "order_remark", "gmt_create": "2026-03-19 20:00:00"},
        {"action_type": "order_freeze"},
    ]
    found = frozen(connector(), order(opr_log_dto_list=log, gmt_modified="2026-03-19 20:00:00"))
    assert found.opened_at == datetime(2026, 3, 17, 3, 0, tzinfo=UTC)
    assert found.respond_by == datetime(2026, 3, 20, 11, 0, tzinfo=ZONE)
    assert found.respond_by_estimated
    assert not found.choices


def test_without_a_log_the_last_change_counts_and_without_any_time_the_present(
    connector: Callable[..., AliexpressConnector],
) -> None:
    found = frozen(connector(chargeback_days=1), order(gmt_modified="2026-03-18 20:00:00"))
    assert found.respond_by == datetime(2026, 3, 20, 11, 0, tzinfo=ZONE)
    unknown = frozen(connector(chargeback_days=1), order())
    assert unknown.respond_by == datetime(2026, 3, 23, 20, 0, tzinfo=ZONE)
    assert any("reckoned from now" in warning for warning in unknown.warnings)


def test_what_is_reckoned_is_said(connector: Callable[..., AliexpressConnector]) -> None:
    later = datetime(2039, 12, 30, 9, 0, tzinfo=UTC)
    found = frozen(connector(), order(gmt_modified="2039-12-30 00:00:00"), later)
    assert any("3 working days" in warning for warning in found.warnings)
    assert any("2039, 2040" in warning for warning in found.warnings)
    assert found.status is DisputeStatus.SELLER_MUST_ACT


def test_an_order_that_is_not_frozen_is_no_dispute(connector: Callable[..., AliexpressConnector]) -> None:
    for word in ("NO_FROZEN", "BRAND_NEW", None):
        assert read_frozen(order(frozen_status=word), "a", Raw(), connector().settings, NOW) is None


@pytest.mark.parametrize(
    ("refund_type", "told"),
    [("paypal_recover_refund", True), ("recovery_refund", True), ("sale_refund", False), (None, False)],
)
def test_only_refunds_taken_by_a_payment_service_are_told_as_a_reason(
    refund_type: str | None, told: bool, connector: Callable[..., AliexpressConnector]
) -> None:
    found = frozen(connector(), order(refund_info={"refund_type": refund_type}))
    assert found.vendor_reason == (refund_type if told else None)
