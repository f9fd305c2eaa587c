"""The flows by hand: what they ask for, and what they make of the answer. No driver, no network."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from xborder_hello import HelloConnector
from xborder_hello.orders import HelloOrders
from xborder_hello.parcels import HelloParcels
from xborder_sdk.errors import (
    InvalidCursor,
    InvalidRequest,
    MalformedResponse,
    NotFound,
)
from xborder_sdk.hookspecs import (
    CreateShipment,
    FindShipment,
    GetOrder,
    ListOrders,
    Meaning,
    TrackParcels,
)
from xborder_sdk.models import (
    Cursor,
    CustomsDeclaration,
    CustomsLine,
    HoldReason,
    Money,
    OrderReference,
    OrderStatus,
    Parcel,
    PaymentStatus,
    TrackingStatus,
)
from xborder_sdk.steps import Effect, Flow, Response, Send

ORDER = {
    "id": "H-1",
    "state": "open",
    "payment": "received",
    "created": "2026-03-01T10:00:00+01:00",
    "total": {"amount": "25.50", "currency": "EUR"},
    "lines": [{"line": 1, "sku": "LAMP", "title": "Lamp", "pieces": "2"}],
    "deliver_to": {
        "name": "Erika Invented",
        "street": ["Musterweg 12"],
        "city": "Berlin",
        "postcode": 10115,
        "country": "DE",
    },
}

CUSTOMS = CustomsDeclaration(
    lines=(
        CustomsLine(
            description="desk lamp",
            quantity=1,
            unit_value=Money(amount=Decimal("25.50"), currency="EUR"),
            unit_weight_g=900,
        ),
    ),
    invoice_number="H-1",
    invoice_date=date(2026, 3, 1),
)


def run(flow: Flow[Any], *bodies: object) -> tuple[list[Send], Any]:
    """What a flow sends, and what it returns when it is answered with these bodies."""
    sent, answers = [], iter(bodies)
    step = next(flow)
    while True:
        assert isinstance(step, Send)
        sent.append(step)
        try:
            step = flow.send(Response(200, (), json.dumps(next(answers)).encode()))
        except StopIteration as end:
            return sent, end.value


def test_an_order_is_read(connector: HelloConnector) -> None:
    flow = HelloOrders(connector).get_order(GetOrder(order_id="H/1"))

    step = next(flow)
    assert isinstance(step, Send)
    assert (step.effect, step.method, step.path) == (
        Effect.READ,
        "GET",
        "/orders/H%2F1",
    )

    with pytest.raises(StopIteration) as end:
        flow.send(Response(200, (), json.dumps(ORDER).encode()))
    order = end.value.value
    assert (order.status, order.payment) == (
        OrderStatus.AWAITING_SHIPMENT,
        PaymentStatus.PAID,
    )
    assert order.totals.total == Money(amount=Decimal("25.50"), currency="EUR")
    assert (order.lines[0].line_id, order.lines[0].quantity) == ("1", 2)
    assert (order.ship_to.postal_code, order.holds) == ("10115", ())


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"state": "frozen solid"}, [HoldReason.UNKNOWN_STATE]),
        (
            {"state": None, "payment": None},
            [HoldReason.UNKNOWN_STATE, HoldReason.UNPAID],
        ),
        ({"state": "closed"}, [HoldReason.CANCELLED]),
        ({"payment": "waiting"}, [HoldReason.UNPAID]),
        ({"total": {"amount": "free", "currency": 7}, "news": [1]}, []),
    ],
)
def test_what_nobody_foresaw_is_said_and_crashes_nothing(
    connector: HelloConnector, change: dict[str, object], reasons: list[HoldReason]
) -> None:
    flow = HelloOrders(connector).get_order(GetOrder(order_id="H-1"))
    _, order = run(flow, ORDER | change)
    assert [hold.reason for hold in order.holds] == reasons


@pytest.mark.parametrize(
    "change", [{"country": "Germany"}, {"country": 49}, {"street": None}, {"name": " "}]
)
def test_an_address_that_cannot_be_used_is_none(
    connector: HelloConnector, change: dict[str, object]
) -> None:
    flow = HelloOrders(connector).get_order(GetOrder(order_id="H-1"))
    address = ORDER["deliver_to"]
    assert isinstance(address, dict)
    _, order = run(flow, ORDER | {"deliver_to": address | change})
    assert order.ship_to is None


def test_a_line_that_was_taken_back_is_no_line(connector: HelloConnector) -> None:
    flow = HelloOrders(connector).get_order(GetOrder(order_id="H-1"))
    _, order = run(flow, ORDER | {"lines": [{"line": 1, "pieces": 0}]})
    assert order.lines == ()


def test_what_is_needed_and_missing_is_named(connector: HelloConnector) -> None:
    flow = HelloOrders(connector).get_order(GetOrder(order_id="H-1"))
    with pytest.raises(MalformedResponse, match="field created is missing"):
        run(flow, ORDER | {"created": "yesterday"})


def test_a_list_goes_on_where_its_cursor_says(connector: HelloConnector) -> None:
    orders = HelloOrders(connector)
    asked = ListOrders(modified_from=datetime(2026, 3, 1, tzinfo=UTC), page_size=2)
    (first,), page = run(
        orders.list_orders(asked), {"orders": [{"id": "H-1"}, {"id": 2}], "after": "x"}
    )
    since = ("changed_since", "2026-03-01T00:00:00+00:00")
    assert first.query == (("limit", "2"), since)
    assert page.items == (OrderReference(order_id="H-1"), OrderReference(order_id="2"))

    kept = Cursor.parse(str(page.next))
    (second,), last = run(orders.list_orders(asked.replace(cursor=kept)), {})
    assert second.query == (("limit", "2"), since, ("after", "x"))
    assert (last.items, last.next) == ((), None)

    with pytest.raises(InvalidCursor):
        next(orders.list_orders(ListOrders(cursor=kept)))


def test_a_shipment_is_bought_with_a_reference(
    connector: HelloConnector, purchase: CreateShipment
) -> None:
    parcels = HelloParcels(connector)
    flow = parcels.create_shipment(purchase)
    label, price = "JVBERi0xLjQ=", {"amount": 4.2, "currency": "EUR"}
    (step,), bought = run(flow, {"waybill": 90071, "label": label, "price": price})
    assert step.effect is Effect.ONCE
    body = json.loads(step.content or b"")
    assert (body["kilograms"], body["marks"]) == (1.25, ["H-1"])
    assert (
        body["reference"]
        == bought.reference
        == purchase.reference(
            parcels.profile.reference_max, parcels.profile.reference_alphabet
        )
    )
    assert (bought.waybill, str(bought.price)) == ("90071", "4.2 EUR")
    assert bought.documents[0].content == b"%PDF-1.4"


@pytest.mark.parametrize("label", [None, "not base64!", "PGh0bWw+"])
def test_a_waybill_is_kept_whatever_the_label_is(
    connector: HelloConnector, purchase: CreateShipment, label: str | None
) -> None:
    flow = HelloParcels(connector).create_shipment(purchase)
    _, bought = run(flow, {"waybill": "9-7", "label": label})
    assert (bought.waybill, bought.documents) == ("9-7", ())
    assert bought.warnings == ("the label cannot be read",)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"parcels": (Parcel(weight_g=20_001),)}, "parcels.0.weight_g"),
        ({"parcels": (Parcel(weight_g=1), Parcel(weight_g=1))}, "parcels"),
        ({"customs": CUSTOMS}, "customs"),
    ],
)
def test_what_cannot_be_bought_is_refused_before_anything_is_sent(
    connector: HelloConnector,
    purchase: CreateShipment,
    change: dict[str, object],
    field: str,
) -> None:
    changed = purchase.replace(**change)
    (hold,) = connector.check_shipment(changed)
    with pytest.raises(InvalidRequest) as refused:
        next(HelloParcels(connector).create_shipment(changed))
    assert refused.value.field == hold.field == field
    assert hold.repair
    assert connector.check_shipment(purchase) == ()


def test_a_purchase_is_found_by_its_reference_only(connector: HelloConnector) -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    asked = FindShipment(reference="R-1", bought_from=moment, bought_to=moment)
    others = [{"reference": "R-2", "waybill": "1"}, "odd"]
    flow = HelloParcels(connector).find_shipment(asked)
    _, lookup = run(flow, {"shipments": others})
    assert (lookup.shipment, lookup.absence_proven) == (None, False)
    flow = HelloParcels(connector).find_shipment(asked)
    _, lookup = run(
        flow, {"shipments": [*others, {"reference": "R-1", "waybill": "2"}]}
    )
    assert lookup.shipment.waybill == "2"


def test_parcels_come_in_batches_and_in_the_order_asked(
    connector: HelloConnector,
) -> None:
    numbers = tuple(str(n) for n in range(51))
    scans = [
        {"code": "DLV", "at": "2026-03-04T09:00:00+01:00"},
        {"code": "MOV", "at": "2026-03-03T12:00:00"},
        {"code": "NEW", "at": "2026-03-05T09:00:00"},
    ]
    sent, found = run(
        HelloParcels(connector).track(TrackParcels(numbers=numbers)),
        {"parcels": [{"number": 3, "scans": scans}]},
        {"parcels": None},
    )
    assert [len(step.query[0][1].split(",")) for step in sent] == [50, 1]
    assert [tracking.number for tracking in found] == list(numbers)
    assert [tracking.number for tracking in found if tracking.found] == ["3"]
    assert found[3].status is TrackingStatus.DELIVERED
    assert [scan.code for scan in found[3].scans] == ["MOV", "DLV", "NEW"]


def test_a_token_is_asked_for_without_one(connector: HelloConnector) -> None:
    body = {"access_token": "t", "expires_at": "2026-03-01T10:00:00Z"}
    (step,), token = run(connector.token("default", None), body)
    assert step.credential is None
    assert step.headers == (("Authorization", "Basic YXBwOndvcmQ="),)
    assert token.access.get_secret_value() == "t"
    assert token.expires_at == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_answers_mean_what_the_handbook_says(connector: HelloConnector) -> None:
    def read(status: int, content: bytes) -> Any:
        return connector.classify(Response(status, {"X-Request-Id": "r1"}, content))

    unknown = read(404, b'{"error": {"code": "ORDER_UNKNOWN", "message": "no"}}')
    assert (unknown.meaning, unknown.error) == (Meaning.REFUSED, NotFound)
    assert (unknown.code, unknown.request_id) == ("ORDER_UNKNOWN", "r1")

    busy = read(503, b'{"error": {"code": "BUSY"}}')
    assert (busy.meaning, busy.not_executed) == (Meaning.THROTTLED, True)

    down = read(503, b"<html>bad gateway</html>")
    assert (down.meaning, down.not_executed) == (Meaning.DOWN, False)
    assert read(201, b"").meaning is Meaning.GOOD
