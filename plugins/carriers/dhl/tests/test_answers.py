"""Reading answers: gaps, nulls, numbers as texts, and what is never guessed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xborder_sdk.errors import MalformedResponse, NotFound, Refused, VendorDown
from xborder_sdk.hookspecs import (
    BookPickup,
    ChangePickup,
    CheckAddress,
    CreateShipment,
    EstimateLandedCost,
    FindShipment,
    GetDocuments,
    GetProofOfDelivery,
    LabelWish,
    QuoteShipment,
    ShipmentDetails,
    TrackParcels,
)
from xborder_sdk.models import DocumentFormat, DocumentKind, Parcel, TrackingStatus

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)

RATES: Any = {
    "products": [
        {
            "productName": "EXPRESS WORLDWIDE",
            "productCode": "P",
            "networkTypeCode": "TD",
            "isCustomerAgreement": False,
            "weight": {"volumetric": 1.4, "provided": 1.25, "unitOfMeasurement": "metric"},
            "totalPrice": [
                {"currencyType": "BILLC", "priceCurrency": "CNY", "price": 312.4},
                {"currencyType": "PULCL", "priceCurrency": "CNY", "price": 655},
            ],
            "totalPriceBreakdown": [
                {
                    "currencyType": "BILLC",
                    "priceCurrency": "CNY",
                    "priceBreakdown": [{"typeCode": "SPRQT", "price": 300.4}, {"typeCode": "STTXA", "price": 12}],
                }
            ],
            "detailedPriceBreakdown": [
                {
                    "currencyType": "BILLC",
                    "priceCurrency": "CNY",
                    "breakdown": [
                        {"name": "EXPRESS WORLDWIDE", "price": 300.4},
                        {"name": "FUEL SURCHARGE", "serviceCode": "FF", "price": 12},
                        {"name": "SATURDAY DELIVERY", "serviceCode": "AA"},
                    ],
                }
            ],
            "pickupCapabilities": {"localCutoffDateAndTime": "2026-03-02T17:00:00"},
            "deliveryCapabilities": {"estimatedDeliveryDateAndTime": "2026-03-05T23:59:00", "totalTransitDays": 3},
        }
    ],
    "warnings": ["invented warning"],
}
SHIPMENT: Any = {
    "shipmentTrackingNumber": "1234567890",
    "dispatchConfirmationNumber": "PRG260302000062",
    "packages": [
        {"referenceNumber": 1, "trackingNumber": "JD0123456789"},
        {"referenceNumber": 2, "trackingNumber": "JD02"},
    ],
    "documents": [
        {"imageFormat": "ZPL", "content": "XlhB", "typeCode": "label", "packageReferenceNumber": 2},
        {"imageFormat": "PDF", "content": "JVBERg==", "typeCode": "waybillDoc"},
        {"imageFormat": "PDF", "content": "JVBERg==", "typeCode": "invoice"},
    ],
    "shipmentCharges": [{"currencyType": "BILLC", "priceCurrency": "CNY", "price": 312.4}],
    "estimatedDeliveryDate": {"estimatedDeliveryDate": "2026-03-05T23:59:00Z"},
    "warnings": ["invented warning"],
}
TRACKING: Any = {
    "shipments": [
        {
            "shipmentTrackingNumber": "1234567890",
            "status": "Success",
            "productCode": "P",
            "shipperReferences": [{"value": "REF", "typeCode": "CU"}],
            "events": [
                {
                    "date": "2026-03-05", "time": "10:15:00", "GMTOffset": "+01:00", "typeCode": "OK",
                    "description": "Delivered : E INVENTED",
                    "serviceArea": [{"code": "BER", "description": "BERLIN-DE"}],
                    "signedBy": "E INVENTED",
                },
                {
                    "date": "2026-03-02", "time": "18:00:00", "GMTOffset": "+08:00", "typeCode": "PU",
                    "description": "Shipment picked up", "serviceArea": [{"code": "SZX", "description": "SHENZHEN-CN"}],
                },
            ],
            "pieces": [
                {
                    "trackingNumber": "JD0123456789",
                    "events": [{"date": "2026-03-02", "time": "18:00:00", "typeCode": "PU"}],
                }
            ],
            "estimatedDeliveryDate": "2026-03-05",
        }
    ]
}  # fmt: skip
ADDRESS: Any = {
    "warnings": ["invented warning"],
    "address": [{"countryCode": "DE", "postalCode": 10115, "cityName": "BERLIN", "serviceArea": {"code": "BER"}}],
}
PICKUP: Any = {"dispatchConfirmationNumbers": ["PRG1", "PRG2"], "readyByTime": "09:00", "nextPickupDate": "2026-03-02"}
PAPERS: Any = {"documents": [{"encodingFormat": "PDF", "content": "JVBERg==", "typeCode": "POD"}]}
LANDED: Any = {
    "products": [
        {
            "totalPrice": [{"priceCurrency": "USD", "price": 80}],
            "detailedPriceBreakdown": [
                {
                    "breakdown": [
                        {"name": "TOTAL DUTIES", "typeCode": "DUTY", "price": 0, "priceCurrency": "USD"},
                        {"name": "TOTAL TAXES", "typeCode": "TAX", "price": 11.5, "priceCurrency": "USD"},
                    ]
                }
            ],
        }
    ]
}


@pytest.fixture(scope="session")
def questions(
    create: Callable[..., CreateShipment], quote: Callable[..., QuoteShipment]
) -> dict[str, tuple[Any, Any, int]]:
    """Per operation: a request, a good answer, and how often it is asked."""
    source = create()
    details = {name: getattr(source, name) for name in ShipmentDetails.model_fields}
    pickup: dict[str, Any] = {"sender": source.sender, "ready_at": MOMENT, "parcels": source.parcels, "service": "P"}
    return {
        "quote": (quote(), RATES, 1),
        "create_shipment": (source, SHIPMENT, 1),
        "track": (TrackParcels(numbers=("1234567890",)), TRACKING, 1),
        "find_shipment": (FindShipment(reference="REF", bought_from=MOMENT, bought_to=MOMENT), TRACKING, 1),
        "check_address": (CheckAddress(address=source.recipient), ADDRESS, 2),
        "book_pickup": (BookPickup(**pickup), PICKUP, 1),
        "change_pickup": (ChangePickup(confirmation="PRG260302000062", **pickup), PICKUP, 1),
        "get_proof_of_delivery": (GetProofOfDelivery(waybill="1234567890"), PAPERS, 1),
        "get_documents": (
            GetDocuments(waybill="1234567890", kinds=(DocumentKind.WAYBILL,), bought_at=MOMENT), PAPERS, 1),
        "estimate_landed_cost": (EstimateLandedCost(**details), LANDED, 1),
    }  # fmt: skip


OPERATIONS = [
    "book_pickup", "change_pickup", "check_address", "create_shipment", "estimate_landed_cost", "find_shipment",
    "get_documents", "get_proof_of_delivery", "quote", "track",
]  # fmt: skip


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in an answer, branches and leaves."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key)
        yield from spots(child, (*path, key))


def changed(answer: Any, path: tuple[Any, ...], change: str) -> Any:
    found = copy.deepcopy(answer)
    holder = found
    for step in path[:-1]:
        holder = holder[step]
    old = holder[path[-1]]
    if change == "drop":
        del holder[path[-1]]
    else:
        replacements: dict[str, Any] = {
            "null": None, "text": str(old), "empty": "", "list": [old], "object": {"x": old}, "number": 7,
            "huge": 1e300, "flag": True, "nonsense": "\x00 not what was due \ud7ff",
        }  # fmt: skip
        holder[path[-1]] = replacements[change]
    return found


CHANGES = ["drop", "null", "text", "empty", "list", "object", "number", "huge", "flag", "nonsense"]


@pytest.mark.parametrize("operation", OPERATIONS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_spoilt_answer_is_read_or_called_malformed(
    operation: str,
    questions: dict[str, tuple[Any, Any, int]],
    connector: Callable[..., Any],
    run: Callable[..., Any],
    data: st.DataObject,
) -> None:
    request, answer, times = questions[operation]
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(spots(answer))
        if not places:
            break
        answer = changed(answer, data.draw(st.sampled_from(places)), data.draw(st.sampled_from(CHANGES)))
    try:
        run(connector(time_zone="Asia/Shanghai"), operation, request, [(200, answer)] * times, spare=True)
    except (MalformedResponse, NotFound):
        pass  # "there is none" is the right word for an empty list of papers


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "body", [b"", b"<html>maintenance</html>", b'{"shipmentTrackingNumber": "12', b"[]", b"null", b"7"]
)
def test_what_is_no_answer_is_malformed(
    operation: str,
    body: bytes,
    questions: dict[str, tuple[Any, Any, int]],
    connector: Callable[..., Any],
    run: Callable[..., Any],
) -> None:
    with pytest.raises(MalformedResponse):
        run(connector(), operation, questions[operation][0], [(200, body)])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_refusals_and_failures_pass_through(
    operation: str, questions: dict[str, tuple[Any, Any, int]], connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    request = questions[operation][0]
    refusal = {"detail": "7120: Required either #/outputImageProperties", "status": "400"}
    with pytest.raises(Refused) as refused:
        run(connector(), operation, request, [(400, refusal)])
    assert refused.value.code == "7120"
    with pytest.raises(VendorDown):
        run(connector(), operation, request, [(500, {"detail": "999: Process failure occurred."})])


# ---- prices


def ask(run: Callable[..., Any], connector: Any, request: QuoteShipment, answer: Any) -> Any:
    return run(connector, "quote", request, [(200, answer)])[1]


def test_a_price_and_its_parts(
    run: Callable[..., Any], connector: Callable[..., Any], quote: Callable[..., QuoteShipment]
) -> None:
    (found,) = ask(run, connector(), quote(), RATES)
    assert (str(found.price), str(found.public_price)) == ("312.4 CNY", "655 CNY")
    assert [(charge.code, str(charge.price.amount)) for charge in found.charges] == [(None, "300.4"), ("FF", "12")]
    assert found.chargeable_weight_g == 1400
    assert (found.book_before, found.book_before_local_time) == (None, "2026-03-02T17:00:00")
    assert (found.delivery_at, found.delivery_local_time) == (None, "2026-03-05T23:59:00")
    assert found.warnings == ("invented warning",)


@pytest.mark.parametrize(
    "total",
    [
        [],
        None,
        [{"currencyType": "BILLC", "priceCurrency": "CNY", "price": 0}],
        [{"currencyType": "BILLC", "price": 12}],
        [{"currencyType": "BILLC", "priceCurrency": "yuan", "price": 12}],
        [{"currencyType": "BASEC", "priceCurrency": "EUR", "price": 12}],
        [{"currencyType": "BILLC", "priceCurrency": "CNY", "price": -1}],
    ],
)
def test_what_has_no_usable_price_is_not_free(
    run: Callable[..., Any], connector: Callable[..., Any], quote: Callable[..., QuoteShipment], total: Any
) -> None:
    answer = copy.deepcopy(RATES)
    answer["products"][0]["totalPrice"] = total
    (found,) = ask(run, connector(), quote(), answer)
    assert found.price is None


def test_prices_as_texts_are_exact(
    run: Callable[..., Any], connector: Callable[..., Any], quote: Callable[..., QuoteShipment]
) -> None:
    answer = copy.deepcopy(RATES)
    answer["products"][0]["totalPrice"][0]["price"] = "312.123456789012345678"
    (found,) = ask(run, connector(), quote(), answer)
    assert found.price.amount == Decimal("312.123456789012345678")


def test_only_the_service_asked_for(
    run: Callable[..., Any], connector: Callable[..., Any], quote: Callable[..., QuoteShipment]
) -> None:
    answer = {"products": [RATES["products"][0], RATES["products"][0] | {"productCode": "Y"}, {"productName": "?"}]}
    assert [q.service.code for q in ask(run, connector(), quote(), answer)] == ["P", "Y"]
    (chosen,) = ask(run, connector(), quote(service="Y"), answer)
    assert chosen.service.code == "Y"
    assert chosen.raw.data()["productCode"] == "Y"


def test_names_fall_back_to_the_account_and_then_to_the_code(
    run: Callable[..., Any], connector: Callable[..., Any], quote: Callable[..., QuoteShipment]
) -> None:
    answer = {"products": [{"productCode": "P"}]}
    assert ask(run, connector(), quote(), answer)[0].service.name == "P"
    assert ask(run, connector(product_names={"P": "Worldwide"}), quote(), answer)[0].service.name == "Worldwide"


# ---- shipments


def test_a_purchase_with_all_its_papers(
    run: Callable[..., Any], connector: Callable[..., Any], create: Callable[..., CreateShipment]
) -> None:
    request = create(parcels=(Parcel(weight_g=1000), Parcel(weight_g=250)), label=LabelWish(format=DocumentFormat.ZPL))
    _, found = run(connector(), "create_shipment", request, [(201, SHIPMENT)])
    assert found.waybill == "1234567890"
    assert [(parcel.number, parcel.tracking_number) for parcel in found.parcels] == [(1, "JD0123456789"), (2, "JD02")]
    assert [(d.kind, d.format, d.number, d.dpi) for d in found.documents] == [
        (DocumentKind.LABEL, DocumentFormat.ZPL, "JD02", 203),
        (DocumentKind.WAYBILL, DocumentFormat.PDF, "1234567890", None),
        (DocumentKind.COMMERCIAL_INVOICE, DocumentFormat.PDF, "1234567890", None),
    ]
    assert found.documents[0].content == b"^XA"
    assert str(found.price) == "312.4 CNY"
    assert found.pickup_number == "PRG260302000062"
    assert "cancel_pickup" in found.actions
    assert found.delivery_at == datetime(2026, 3, 5, 23, 59, tzinfo=UTC)
    assert found.delivery_local_time == "2026-03-05T23:59:00Z"
    assert found.warnings == ("invented warning",)
    assert found.raw.data() == json.loads(json.dumps(SHIPMENT), parse_float=Decimal)


def test_the_reference_sent_is_the_one_looked_for_and_stays_the_same(
    run: Callable[..., Any], connector: Callable[..., Any], create: Callable[..., CreateShipment]
) -> None:
    steps = [run(connector(), "create_shipment", create(), [(201, SHIPMENT)]) for _ in range(2)]
    sent = [json.loads(step.content)["customerReferences"] for (step,), _ in steps]
    assert sent[0] == sent[1] == [{"value": steps[0][1].reference, "typeCode": "CU"}]
    again = create(attempt=2)
    (step,), _ = run(connector(), "create_shipment", again, [(201, SHIPMENT)])
    assert json.loads(step.content)["customerReferences"] != sent[0]


def test_a_paper_that_cannot_be_read_costs_no_waybill(
    run: Callable[..., Any], connector: Callable[..., Any], create: Callable[..., CreateShipment]
) -> None:
    answer = SHIPMENT | {"documents": [{"imageFormat": "PDF", "content": "%%%", "typeCode": "label"}]}
    _, found = run(connector(), "create_shipment", create(), [(201, answer)])
    assert found.waybill == "1234567890"
    assert found.documents == ()
    assert "a document (label) cannot be decoded" in found.warnings


LOOK = FindShipment(reference="REF", bought_from=MOMENT, bought_to=MOMENT)


def test_nothing_found_proves_nothing(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    for answer in [(404, {"detail": "No Shipments Found"}), (200, {"shipments": []})]:
        (step,), found = run(connector(), "find_shipment", LOOK, [answer])
        assert (found.shipment, found.absence_proven) == (None, False)
    query = dict(step.query)
    assert (query["dateRangeFrom"], query["dateRangeTo"]) == ("2026-03-01", "2026-03-13")
    assert (query["shipmentReference"], query["shipperAccountNumber"]) == ("REF", "123456789")


def test_what_is_found_is_ours(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    _, found = run(connector(), "find_shipment", LOOK, [(200, TRACKING)])
    assert (found.shipment.waybill, found.shipment.service, found.shipment.warnings) == ("1234567890", "P", ())
    others = copy.deepcopy(TRACKING)
    others["shipments"][0]["shipperReferences"][0]["value"] = "SOMEBODY ELSE"
    _, none = run(connector(), "find_shipment", LOOK, [(200, others)])
    assert none.shipment is None


def test_two_shipments_with_one_reference_are_reported(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    answer = {"shipments": [TRACKING["shipments"][0], TRACKING["shipments"][0] | {"shipmentTrackingNumber": "999"}]}
    _, found = run(connector(), "find_shipment", LOOK, [(200, answer)])
    assert found.shipment.warnings == ("more shipments carry this reference: 999",)


def test_papers_are_looked_for_in_the_next_month_too(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    wish = GetDocuments(waybill="1", kinds=(DocumentKind.WAYBILL,), bought_at=datetime(2026, 3, 28, tzinfo=UTC))
    missing = (404, {"detail": "1504: No document images found for the provided search criteria."})
    steps, (paper,) = run(connector(), "get_documents", wish, [missing, (200, PAPERS)])
    assert [dict(step.query)["pickupYearAndMonth"] for step in steps] == ["2026-03", "2026-04"]
    assert paper.content == b"%PDF"
    with pytest.raises(NotFound):
        run(connector(), "get_documents", wish, [missing, missing])


# ---- tracking


def follow(run: Callable[..., Any], connector: Any, answer: Any, *numbers: str) -> Any:
    return run(connector, "track", TrackParcels(numbers=numbers), [(200, answer)])[1]


def test_a_journey(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    (found,) = follow(run, connector(), TRACKING, "1234567890")
    assert [scan.code for scan in found.scans] == ["PU", "OK"]
    assert found.scans[0].at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert found.scans[0].local_time == "2026-03-02T18:00:00"
    assert (found.scans[0].place, found.scans[0].country) == ("SHENZHEN-CN", "CN")
    assert found.status is TrackingStatus.DELIVERED
    assert found.delivered_at == datetime(2026, 3, 5, 9, 15, tzinfo=UTC)
    assert found.signed_by == "E INVENTED"
    assert (found.estimated_delivery, found.estimated_delivery_local_time) == (None, "2026-03-05")
    assert "INVENTED" not in repr(found)


def test_without_an_offset_there_is_no_moment(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    answer = copy.deepcopy(TRACKING)
    del answer["shipments"][0]["events"][0]["GMTOffset"]
    (found,) = follow(run, connector(), answer, "1234567890")
    delivered = next(scan for scan in found.scans if scan.code == "OK")
    assert (delivered.at, delivered.local_time, found.delivered_at) == (None, "2026-03-05T10:15:00", None)
    assert found.status is TrackingStatus.DELIVERED


def test_an_unknown_code_changes_nothing(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    answer = copy.deepcopy(TRACKING)
    late = {"date": "2026-03-09", "time": "08:00:00", "typeCode": "ZZ", "description": "invented"}
    answer["shipments"][0]["events"].append(late)
    (found,) = follow(run, connector(), answer, "1234567890")
    assert found.scans[-1].code == "ZZ"
    assert found.scans[-1].status is TrackingStatus.UNKNOWN
    assert found.status is TrackingStatus.DELIVERED


def test_known_but_not_yet_scanned(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    answer = {"shipments": [{"shipmentTrackingNumber": "1234567890", "status": "Success", "events": []}]}
    (found,) = follow(run, connector(), answer, "1234567890")
    assert (found.found, found.status) == (True, TrackingStatus.LABEL_CREATED)
    answer["shipments"][0]["status"] = "No Shipments Found"
    (lost,) = follow(run, connector(), answer, "1234567890")
    assert not lost.found


def test_answers_come_in_the_order_asked_with_gaps(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    shipment = TRACKING["shipments"][0]
    answer = {"shipments": [shipment, shipment | {"shipmentTrackingNumber": 42}]}
    found = follow(run, connector(), answer, "9999999999", "0000000042", "1234567890", "12345 67890")
    assert [(t.number, t.found) for t in found] == [
        ("9999999999", False),
        ("0000000042", True),
        ("1234567890", True),
        ("12345 67890", True),
    ]


def test_batches_of_two_hundred(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    numbers = tuple(str(10**9 + n) for n in range(401))
    steps, found = run(connector(), "track", TrackParcels(numbers=numbers), [(404, {})] * 3)
    sent = [[value for name, value in step.query if name == "shipmentTrackingNumber"] for step in steps]
    assert [len(batch) for batch in sent] == [200, 200, 1]
    assert [number for batch in sent for number in batch] == list(numbers)
    assert len(found) == 401
    assert not any(tracking.found for tracking in found)


def test_pieces_are_asked_as_pieces(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    request = TrackParcels(numbers=("jd0123456789", "1234567890"))
    steps, found = run(connector(), "track", request, [(200, TRACKING), (200, TRACKING)])
    assert dict(steps[1].query) == {"pieceTrackingNumber": "JD0123456789", "levelOfDetail": "all"}
    assert (found[0].number, found[0].status, found[0].scans[0].piece) == (
        "jd0123456789",
        TrackingStatus.PICKED_UP,
        "JD0123456789",
    )
    assert found[1].status is TrackingStatus.DELIVERED


# ---- the rest


def test_a_place_that_is_not_served_comes_with_its_neighbours(
    run: Callable[..., Any], connector: Callable[..., Any], create: Callable[..., CreateShipment]
) -> None:
    request = CheckAddress(address=create().recipient)
    steps, found = run(connector(), "check_address", request, [(200, {"address": []}), (200, ADDRESS)])
    assert [dict(step.query)["strictValidation"] for step in steps] == ["true", "false"]
    assert not found.serviceable
    assert (found.suggestions[0].postal_code, found.suggestions[0].facility) == ("10115", "BER")


def test_a_pickup_with_several_numbers_says_so(
    run: Callable[..., Any], connector: Callable[..., Any], questions: dict[str, tuple[Any, Any, int]]
) -> None:
    _, found = run(connector(), "book_pickup", questions["book_pickup"][0], [(201, PICKUP)])
    assert (found.confirmation, found.ready_by, found.next_pickup_at) == ("PRG1", "09:00", "2026-03-02")
    assert found.warnings == ("the collection has more numbers: PRG2",)


def test_no_paper_is_not_found(run: Callable[..., Any], connector: Callable[..., Any]) -> None:
    with pytest.raises(NotFound):
        run(connector(), "get_proof_of_delivery", GetProofOfDelivery(waybill="1"), [(200, {"documents": []})])
