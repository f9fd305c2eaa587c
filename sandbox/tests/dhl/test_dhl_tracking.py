"""Tracking along the sandbox's clock, look-up by number and reference, proof of delivery, what an operator can do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from xborder_sandbox.errors import AdminError, UnknownActionError

ONE = "/shipments/{shipmentTrackingNumber}/tracking"
PROOF = "/shipments/{shipmentTrackingNumber}/proof-of-delivery"


def track(dhl, number, **params):
    answer = dhl.get(f"/shipments/{number}/tracking", **params)
    assert answer.status_code == 200, answer.text
    (shipment,) = answer.json()["shipments"]
    return shipment


def codes(shipment):
    return [event["typeCode"] for event in reversed(shipment["events"])]


def moments(shipment):
    return [
        datetime.fromisoformat(f"{event['date']}T{event['time']}{event['GMTOffset']}") for event in shipment["events"]
    ]


def test_a_parcel_travels_with_the_clock(dhl, spec):
    number = dhl.plain_story()
    seen = []
    for _ in range(24 * 8):
        answer = dhl.get(f"/shipments/{number}/tracking", levelOfDetail="all", requestGMTOffsetPerEvent="true")
        spec.check_response(ONE, "get", 200, answer.json())
        (shipment,) = answer.json()["shipments"]
        assert codes(shipment)[: len(seen)] == seen
        seen = codes(shipment)
        assert shipment["status"] == "Success"
        dhl.advance(hours=1)
    assert seen == ["PU", "PL", "DF", "AF", "PL", "DF", "AF", "IC", "CR", "AR", "WC", "OK"]
    assert shipment["events"][0]["signedBy"] == "Žofie Łąka-Ørsted"
    assert "estimatedDeliveryDate" not in shipment
    assert sorted(moments(shipment)) == moments(shipment)[::-1]


def test_nothing_happens_at_first(dhl, spec):
    number = dhl.ship()["shipmentTrackingNumber"]
    dhl.advance(hours=3)
    shipment = track(dhl, number)
    assert shipment["events"] == []
    assert shipment["estimatedDeliveryDate"] == "2026-03-06T23:59:00"
    assert shipment["shipmentTimestamp"] == "2026-03-02T11:30:00"
    assert shipment["shipperReferences"] == [{"value": "ORDER-1", "typeCode": "CU"}]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("not_home", ["WC", "NH", "WC", "OK"]),
        ("on_hold", ["CR", "OH", "AR", "WC", "OK"]),
        ("customs_delay", ["IC", "UD", "CR", "AR", "WC", "OK"]),
    ],
)
def test_some_parcels_fare_worse(dhl, spec, story, expected):
    number = dhl.plain_story(story)
    dhl.advance(days=14)
    shipment = track(dhl, number, requestGMTOffsetPerEvent="true")
    assert codes(shipment)[-len(expected) :] == expected
    assert sorted(moments(shipment)) == moments(shipment)[::-1]
    # Later than promised.
    assert shipment["events"][0]["date"] > "2026-03-06"


def test_how_a_parcel_fares_follows_the_seed(make_dhl):
    def stories(seed):
        dhl = make_dhl(seed=seed)
        for _ in range(12):
            dhl.ship()
        return [shipment["story"] for shipment in dhl.state()["shipments"]]

    assert stories(3) == stories(3)
    assert len({tuple(stories(seed)) for seed in range(4)}) > 1


def test_times_are_local_to_the_place(dhl):
    number = dhl.ship()["shipmentTrackingNumber"]
    dhl.advance(days=10)
    shipment = track(dhl, number, requestGMTOffsetPerEvent="true")
    by_place = {event["serviceArea"][0]["code"]: event["GMTOffset"] for event in shipment["events"]}
    assert by_place == {"SZX": "+08:00", "LEJ": "+01:00", "BER": "+01:00"}
    first = shipment["events"][-1]
    assert (first["typeCode"], first["date"], first["time"]) == ("PU", "2026-03-02", "18:12:00")
    assert "GMTOffset" not in track(dhl, number)["events"][0]


def test_without_customs_no_clearance(make_dhl):
    berlin = make_dhl(account="dhl-berlin")
    request = berlin.shipment_request(productCode="U", plannedShippingDateAndTime="2026-03-02T11:00:00 GMT+01:00")
    shipper = request["customerDetails"]["shipperDetails"]["postalAddress"]
    shipper.update(countryCode="FR", postalCode="75011", cityName="Paris")
    content = request["content"]
    content["isCustomsDeclarable"] = False
    del content["exportDeclaration"]
    answer = berlin.call("POST", "/shipments", json=request)
    assert answer.status_code == 201, answer.text
    berlin.advance(days=10)
    seen = set(codes(track(berlin, answer.json()["shipmentTrackingNumber"])))
    assert {"PU", "AR", "OK"} <= seen
    assert not seen & {"IC", "CR", "UD"}


@pytest.mark.parametrize("order", ["newest-first", "oldest-first", "shuffled"])
def test_order_of_events(dhl, order):
    number = dhl.ship()["shipmentTrackingNumber"]
    dhl.advance(days=10)
    dhl.admin("event_order", order=order)
    runs = [moments(track(dhl, number, requestGMTOffsetPerEvent="true")) for _ in range(4)]
    expected = sorted(runs[0], reverse=order == "newest-first")
    if order == "shuffled":
        assert any(run != expected for run in runs)
        assert all(sorted(run) == sorted(runs[0]) for run in runs)
    else:
        assert all(run == expected for run in runs)


def test_views_and_levels(dhl, spec):
    number = dhl.ship(pieces=2)["shipmentTrackingNumber"]
    dhl.advance(days=10)
    for view in ("all-checkpoints", "all-checkpoints-with-remarks", "advance-shipment", "bbx-children"):
        spec.check_response(ONE, "get", 200, {"shipments": [track(dhl, number, trackingView=view)]})
    assert [e["typeCode"] for e in track(dhl, number, trackingView="last-checkpoint")["events"]] == ["OK"]
    assert track(dhl, number, trackingView="shipment-details-only")["events"] == []
    assert "pieces" not in track(dhl, number)
    by_piece = track(dhl, number, levelOfDetail="piece")
    assert by_piece["events"] == []
    assert len(by_piece["pieces"]) == by_piece["numberOfPieces"] == 2
    assert all(len(piece["events"]) >= 12 for piece in by_piece["pieces"])
    assert len(track(dhl, number, levelOfDetail="all")["events"]) >= 12


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"trackingView": "everything"}, "valid parameters for trackingView are [all-checkpoints, "),
        ({"levelOfDetail": "atom"}, "valid parameters for levelOfDetail are [shipment, piece, all]"),
    ],
)
def test_wrong_wishes(dhl, spec, problems_of, params, expected):
    number = dhl.ship()["shipmentTrackingNumber"]
    answer = dhl.get(f"/shipments/{number}/tracking", **params)
    assert answer.status_code == 400
    assert answer.json()["title"] == "Wrong format"
    assert expected in problems_of(answer)[0]
    spec.check_response(ONE, "get", 400, answer.json())


def test_unknown_number(dhl, spec):
    answer = dhl.get("/shipments/1234567890/tracking", levelOfDetail="shipment")
    assert answer.status_code == 404
    assert answer.json() == {
        "instance": "/expressapi/shipments/1234567890/tracking?levelOfDetail=shipment",
        "detail": "No data found",
        "title": "Not data found",
        "message": "Not data found",
        "status": "404",
    }
    spec.check_response(ONE, "get", 404, answer.json())


def test_many_numbers(dhl, spec):
    shipped = [dhl.ship(pieces=2) for _ in range(3)]
    numbers = [s["shipmentTrackingNumber"] for s in shipped]
    dhl.advance(days=2)
    answer = dhl.get("/tracking", shipmentTrackingNumber=[numbers[2], "1234567890", numbers[0]])
    assert answer.status_code == 200
    spec.check_response("/tracking", "get", 200, answer.json())
    assert {s["shipmentTrackingNumber"] for s in answer.json()["shipments"]} == {numbers[0], numbers[2]}
    piece = shipped[1]["packages"][1]["trackingNumber"]
    (found,) = dhl.get("/tracking", pieceTrackingNumber=piece).json()["shipments"]
    assert found["shipmentTrackingNumber"] == numbers[1]


def test_offsets_are_told_by_the_single_call_only(dhl):
    number = dhl.ship()["shipmentTrackingNumber"]
    dhl.advance(days=2)
    (found,) = dhl.get("/tracking", shipmentTrackingNumber=number, requestGMTOffsetPerEvent="true").json()["shipments"]
    assert found["events"]
    assert not any("GMTOffset" in event for event in found["events"])


def test_numbers_are_repeated_not_joined(dhl):
    numbers = [dhl.ship()["shipmentTrackingNumber"] for _ in range(2)]
    assert dhl.get("/tracking", shipmentTrackingNumber=",".join(numbers)).status_code == 404


def test_no_number_found(dhl, spec, problems_of):
    answer = dhl.get("/tracking", shipmentTrackingNumber=["1", "2"])
    assert answer.status_code == 404
    assert problems_of(answer) == ["No data found"]
    spec.check_response("/tracking", "get", 404, answer.json())


@pytest.mark.parametrize("name", ["shipmentTrackingNumber", "pieceTrackingNumber"])
def test_at_most_two_hundred_numbers(dhl, spec, problems_of, name):
    number = dhl.ship()["shipmentTrackingNumber"]
    others = [str(n) for n in range(199)]
    if name == "shipmentTrackingNumber":
        assert dhl.get("/tracking", **{name: [*others, number]}).status_code == 200
    answer = dhl.get("/tracking", **{name: [*others, number, "x"]})
    assert answer.status_code == 400
    assert problems_of(answer) == [f"Parameters not having correct format: {name} (maxItems=200)"]
    spec.check_response("/tracking", "get", 400, answer.json())


def by_reference(dhl, reference="ORDER-1", **changes):
    search = {
        "shipmentReference": reference,
        "shipperAccountNumber": dhl.account,
        "dateRangeFrom": "2026-03-01",
        "dateRangeTo": "2026-03-03",
        **changes,
    }
    return dhl.get("/tracking", **{name: value for name, value in search.items() if value is not None})


def numbers_of(answer):
    assert answer.status_code == 200, answer.text
    return [shipment["shipmentTrackingNumber"] for shipment in answer.json()["shipments"]]


def test_look_up_by_reference(dhl, spec):
    wanted = dhl.ship(reference="ORDER-7")["shipmentTrackingNumber"]
    dhl.ship(reference="ORDER-70")
    answer = by_reference(dhl, "ORDER-7")
    spec.check_response("/tracking", "get", 200, answer.json())
    assert numbers_of(answer) == [wanted]
    assert numbers_of(by_reference(dhl, "ORDER-7", shipmentReferenceType="CU")) == [wanted]
    assert by_reference(dhl, "ORDER-7", shipmentReferenceType="FF").status_code == 404
    again = dhl.ship(reference="ORDER-7")["shipmentTrackingNumber"]
    assert numbers_of(by_reference(dhl, "ORDER-7")) == [wanted, again]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"dateRangeFrom": "2026-03-03", "dateRangeTo": "2026-03-09"}, 404),
        ({"dateRangeFrom": "2026-02-01", "dateRangeTo": "2026-03-01"}, 404),
        ({"dateRangeFrom": "2026-03-02", "dateRangeTo": "2026-03-02"}, 200),
        ({"shipperAccountNumber": "1"}, 404),
        ({"shipperAccountNumber": None}, 400),
        ({"dateRangeFrom": None, "dateRangeTo": None}, 400),
        ({"dateRangeFrom": "yesterday"}, 400),
    ],
)
def test_the_search_is_bounded(dhl, spec, changes, status):
    dhl.ship()
    answer = by_reference(dhl, **changes)
    assert answer.status_code == status
    spec.check_response("/tracking", "get", status, answer.json())
    if changes.get("shipperAccountNumber", "") is None:
        assert answer.json()["detail"] == "Missing mandatory parameters: shipperAccountNumber"


def test_a_date_range_finds_what_is_tendered_later(dhl):
    number = dhl.ship(plannedShippingDateAndTime=dhl.planned(days=3))["shipmentTrackingNumber"]
    assert numbers_of(by_reference(dhl)) == [number]
    assert numbers_of(by_reference(dhl, dateRangeFrom="2026-03-05", dateRangeTo="2026-03-05")) == [number]


def test_unknown_reference(dhl, problems_of):
    answer = by_reference(dhl, "NOBODY")
    assert answer.status_code == 404
    assert problems_of(answer) == ["No Shipments Found for ReferenceID | NOBODY"]


def test_tracking_needs_something_to_look_for(dhl, problems_of):
    answer = dhl.get("/tracking")
    assert answer.status_code == 400
    assert problems_of(answer) == ["Missing mandatory parameters: shipmentTrackingNumber"]


def test_a_new_shipment_may_not_be_seen_yet(dhl):
    dhl.admin("lookup_delay", seconds=600)
    number = dhl.ship()["shipmentTrackingNumber"]
    dhl.advance(minutes=9)
    assert by_reference(dhl).status_code == 404
    assert dhl.get(f"/shipments/{number}/tracking").status_code == 404
    assert [shipment["number"] for shipment in dhl.state()["shipments"]] == [number]
    dhl.advance(minutes=1)
    assert numbers_of(by_reference(dhl)) == [number]


def test_proof_of_delivery(dhl, spec, read_pdf):
    number = dhl.plain_story()
    path = f"/shipments/{number}/proof-of-delivery"
    dhl.advance(days=3)
    early = dhl.get(path, shipperAccountNumber=dhl.account)
    assert early.status_code == 404
    assert early.json()["title"] == "No data found"
    spec.check_response(PROOF, "get", 404, early.json())
    dhl.advance(days=7)
    answer = dhl.get(path, shipperAccountNumber=dhl.account, content="epod-detail")
    spec.check_response(PROOF, "get", 200, answer.json())
    (document,) = answer.json()["documents"]
    assert (document["typeCode"], document["encodingFormat"]) == ("POD", "PDF")
    (text,) = read_pdf(document["content"]).texts()
    signed = track(dhl, number)["events"][0]
    assert number in text
    assert signed["date"] in text
    assert signed["time"][:5] in text
    assert "Piece 1: JD01" in text
    assert dhl.get(path, shipperAccountNumber="1").status_code == 404
    assert dhl.get(path, content="all").status_code == 400
    assert dhl.get("/shipments/1234567890/proof-of-delivery").status_code == 404


def test_an_operator_adds_any_scan(dhl):
    number = dhl.ship()["shipmentTrackingNumber"]
    at = dhl.sandbox.world.clock.now() - timedelta(hours=1)
    dhl.admin("add_scan", shipment=number, code="QQ", area="HKG", at=at.isoformat())
    dhl.admin("add_scan", shipment=number, code="OH")
    shipment = track(dhl, number, requestGMTOffsetPerEvent="true")
    assert codes(shipment) == ["QQ", "OH"]
    assert shipment["events"][1]["serviceArea"][0]["code"] == "HKG"
    assert shipment["events"][0]["serviceArea"][0]["code"] == "BER"


def test_an_operator_delivers(dhl):
    number = dhl.ship()["shipmentTrackingNumber"]
    dhl.admin("deliver", shipment=number, signed_by="Neighbour")
    dhl.advance(days=30)
    (event,) = track(dhl, number)["events"]
    assert (event["typeCode"], event["signedBy"]) == ("OK", "Neighbour")
    assert dhl.get(f"/shipments/{number}/proof-of-delivery").status_code == 200


def test_an_operator_loses_a_parcel(dhl):
    number = dhl.ship()["shipmentTrackingNumber"]
    dhl.advance(hours=20)
    before = track(dhl, number)["events"]
    assert before
    dhl.admin("lose", shipment=number)
    dhl.advance(days=60)
    shipment = track(dhl, number)
    assert shipment["events"] == before
    assert "estimatedDeliveryDate" not in shipment


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("lookup_delay", {}),
        ("lookup_delay", {"seconds": -1}),
        ("lookup_delay", {"seconds": True}),
        ("event_order", {"order": "random"}),
        ("add_scan", {"shipment": "1", "code": "OK"}),
        ("deliver", {}),
        ("lose", {"shipment": 7}),
    ],
)
def test_actions_that_cannot_be_done(dhl, action, body):
    with pytest.raises(AdminError):
        dhl.admin(action, **body)


@pytest.mark.parametrize(
    "body",
    [{"code": ""}, {"code": "OK", "area": "???"}, {"code": "OK", "at": "noon"}, {"code": "OK", "at": "2026-03-02"}],
)
def test_scans_that_cannot_be_added(dhl, body):
    number = dhl.ship()["shipmentTrackingNumber"]
    with pytest.raises(AdminError):
        dhl.admin("add_scan", shipment=number, **body)


def test_unknown_action(dhl):
    with pytest.raises(UnknownActionError):
        dhl.admin("sing")
