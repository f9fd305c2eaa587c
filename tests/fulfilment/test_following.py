"""What carriers are told of the parcels they are asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from xborder_sdk.fulfilment.following import Following
from xborder_sdk.fulfilment.progress import WorkState
from xborder_sdk.fulfilment.work import WorkRow
from xborder_sdk.hookspecs import KnownParcel, TrackParcels
from xborder_sdk.models import Tracking

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_carriers_are_told_order_service_and_country_of_each_parcel() -> None:
    base = WorkRow(
        account="shop",
        order_id="O-1",
        state=WorkState.DECLARED,
        due=NOW,
        created_at=NOW,
        updated_at=NOW,
        carrier="shop-online",
        service="SLOW",
        country="FR",
        waybill="LP1",
        tracking_number="LB1CN",
    )
    rows = [base, replace(base, order_id="O-2", country=None, tracking_number="LB2CN")]
    asked: list[TrackParcels] = []

    def track(account: str, request: TrackParcels) -> tuple[Tracking, ...]:
        assert account == "shop-online"
        asked.append(request)
        return tuple(Tracking(number=number, found=False) for number in request.numbers)

    client: Any = SimpleNamespace(track=track)
    work: Any = SimpleNamespace(rows=lambda _: rows)
    told = list(Following(client, work, lambda: NOW).follow())
    assert [progress.order_id for progress in told] == ["O-1", "O-2"]
    (request,) = asked
    assert request.numbers == ("LB1CN", "LB2CN")
    assert request.known == (
        KnownParcel(number="LB1CN", order_id="O-1", service="SLOW", country="FR"),
        KnownParcel(number="LB2CN", order_id="O-2", service="SLOW"),
    )
