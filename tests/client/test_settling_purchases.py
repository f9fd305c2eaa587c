"""What a vendor is asked about a purchase whose answer was lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from xborder_sdk.client.settling import Ask, OnStore, settle
from xborder_sdk.hookspecs import CreateShipment, FindShipment, ShippedLine
from xborder_sdk.ledger.port import EffectRecord, EffectState
from xborder_sdk.models import Address, Parcel, Shipment, ShipmentLookup

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLACE = Address(name="Invented", lines=("1 Road",), city="Town", country="CN")


def purchase(line_id: str, *, account: str = "shop", attempt: int = 1) -> CreateShipment:
    return CreateShipment(
        contents=(ShippedLine(account=account, order_id="77", line_id=line_id, quantity=1),),
        sender=PLACE,
        recipient=PLACE,
        parcels=(Parcel(weight_g=1),),
        ship_at=NOW,
        service="SLOW",
        attempt=attempt,
    )


def row(request: CreateShipment, state: EffectState, outcome_id: str | None = None, **changes: Any) -> EffectRecord:
    fields: dict[str, Any] = {
        "intent": request.intent(),
        "attempt": request.attempt,
        "state": state,
        "account": "shop",
        "operation": "create_shipment",
        "fingerprint": "f",
        "reference": "REF",
        "owner": "o",
        "lease_until": NOW - timedelta(hours=1),
        "claimed_at": NOW - timedelta(hours=2),
        "outcome_id": outcome_id,
    }
    return EffectRecord(**fields | changes)


def asked(request: CreateShipment, rows: tuple[EffectRecord, ...]) -> FindShipment:
    """The question, from the first row's point of view; it is answered with a shipment."""
    questions = settle("shop", "create_shipment", request, NOW)
    assert isinstance(next(questions), OnStore)
    question = questions.send(rows[0])
    if isinstance(question, OnStore):
        assert question.method == "history"
        question = questions.send(rows)
    assert isinstance(question, Ask)
    assert isinstance(question.request, FindShipment)
    found = ShipmentLookup(shipment=Shipment(account="shop", waybill="W9"))
    resolution = questions.send(found)
    assert isinstance(resolution, OnStore)
    assert resolution.keywords["outcome_id"] == "W9"
    return question.request


def test_orders_and_service_are_named_and_other_purchases_for_the_order_left_out() -> None:
    request = purchase("2", attempt=2)
    rows = (
        row(request, EffectState.UNKNOWN),
        row(purchase("2"), EffectState.SETTLED, "W1"),
        row(purchase("1"), EffectState.SETTLED, "W2"),
        row(purchase("3"), EffectState.RELEASED),
        row(purchase("1"), EffectState.SETTLED, "R1", operation="refund_order"),
        row(purchase("1", account="other"), EffectState.SETTLED, "W3"),
    )
    question = asked(request, rows)
    assert (question.reference, question.order_ids, question.service) == ("REF", ("77",), "SLOW")
    assert question.others == ("W1", "W2")


def test_a_purchase_without_orders_is_looked_up_by_its_reference_alone() -> None:
    request = CreateShipment(
        key="sample",
        sender=PLACE,
        recipient=PLACE,
        parcels=(Parcel(weight_g=1),),
        ship_at=datetime.combine(date(2026, 3, 2), datetime.min.time(), UTC),
        service="SLOW",
    )
    question = asked(request, (row(request, EffectState.UNKNOWN),))
    assert (question.order_ids, question.others) == ((), ())
