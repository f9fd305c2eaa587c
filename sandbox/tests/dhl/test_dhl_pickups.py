"""Pickups: booked, changed, cancelled once, completed by time."""

from __future__ import annotations

import re

import pytest

from .conftest import RECEIVER, SHIPPER

PATH = "/pickups"
ONE = "/pickups/{dispatchConfirmationNumber}"


def party(details):
    return {
        "postalAddress": dict(details["postalAddress"]),
        "contactInformation": dict(details["contactInformation"]),
    }


def request_for(dhl, **changes):
    return {
        "plannedPickupDateAndTime": dhl.planned(hours=2),
        "closeTime": "18:00",
        "location": "reception",
        "locationType": "business",
        "accounts": [{"typeCode": "shipper", "number": dhl.account}],
        "customerDetails": {"shipperDetails": party(SHIPPER), "receiverDetails": party(RECEIVER)},
        "shipmentDetails": [
            {
                "productCode": "P",
                "isCustomsDeclarable": True,
                "declaredValue": 50,
                "declaredValueCurrency": "USD",
                "unitOfMeasurement": "metric",
                "packages": [{"weight": 1.2}],
            }
        ],
        **changes,
    }


def book(dhl, **changes):
    answer = dhl.call("POST", PATH, json=request_for(dhl, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()["dispatchConfirmationNumbers"][0]


def update_for(dhl, number, **changes):
    body = request_for(dhl)
    body |= {"dispatchConfirmationNumber": number, "originalShipperAccountNumber": dhl.account}
    return {**body, **changes}


def cancel(dhl, number, **params):
    return dhl.call("DELETE", f"{PATH}/{number}", params={"requestorName": "Lin Anqi", "reason": "closed", **params})


def test_booking(dhl, spec):
    body = request_for(dhl)
    spec.check_request(PATH, "post", body)
    answer = dhl.call("POST", PATH, json=body)
    assert answer.status_code == 201
    spec.check_response(PATH, "post", 201, answer.json())
    (number,) = answer.json()["dispatchConfirmationNumbers"]
    assert re.fullmatch(r"PRG260302\d{6}", number)
    assert answer.json()["readyByTime"] == "11:30"
    assert answer.json()["nextPickupDate"] == "2026-03-02"
    assert [pickup["status"] for pickup in dhl.state()["pickups"]] == ["booked"]


def test_weekend_pickup_comes_on_monday(dhl, spec):
    answer = dhl.call("POST", PATH, json=request_for(dhl, plannedPickupDateAndTime=dhl.planned(days=5)))
    spec.check_response(PATH, "post", 201, answer.json())
    assert answer.json()["nextPickupDate"] == "2026-03-09"
    assert answer.json()["warnings"]


def test_cancelled_once(dhl, spec, problems_of):
    number = book(dhl)
    answer = cancel(dhl, number)
    assert (answer.status_code, answer.content) == (200, b"")
    again = cancel(dhl, number)
    assert again.status_code == 400
    assert problems_of(again) == ["The requested pickup was already cancelled."]
    spec.check_response(ONE, "delete", 400, again.json())
    assert [pickup["status"] for pickup in dhl.state()["pickups"]] == ["cancelled"]


def test_completed_by_time(dhl, problems_of):
    number = book(dhl)
    dhl.advance(hours=8, minutes=29)  # 17:59
    assert [pickup["status"] for pickup in dhl.state()["pickups"]] == ["booked"]
    dhl.advance(minutes=2)
    assert [pickup["status"] for pickup in dhl.state()["pickups"]] == ["completed"]
    assert problems_of(cancel(dhl, number)) == ["The requested pickup was already completed."]


def test_unknown_pickup(dhl, spec):
    answer = cancel(dhl, "PRG260302000000")
    assert answer.status_code == 404
    assert answer.json()["title"] == "Pickup not found"
    spec.check_response(ONE, "delete", 404, answer.json())
    number = "PRG260302000000"
    answer = dhl.call("PATCH", f"{PATH}/{number}", json=update_for(dhl, number))
    assert answer.status_code == 404
    spec.check_response(ONE, "patch", 404, answer.json())


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"requestorName": ""}, "Missing mandatory parameters: requestorName"),
        ({"requestorName": "", "reason": ""}, "Missing mandatory parameters: requestorName, reason"),
    ],
)
def test_cancelling_needs_name_and_reason(dhl, problems_of, params, expected):
    number = book(dhl)
    answer = cancel(dhl, number, **params)
    assert answer.status_code == 400
    assert problems_of(answer) == [expected]
    assert answer.json()["title"] == "Missing parameters"
    assert cancel(dhl, number).status_code == 200


def test_changing(dhl, spec):
    number = book(dhl)
    body = update_for(dhl, number, plannedPickupDateAndTime=dhl.planned(days=1, hours=1), closeTime="16:00")
    spec.check_request(ONE, "patch", body)
    answer = dhl.call("PATCH", f"{PATH}/{number}", json=body)
    assert answer.status_code == 200, answer.text
    spec.check_response(ONE, "patch", 200, answer.json())
    assert answer.json() == {
        "dispatchConfirmationNumber": number,
        "readyByTime": "10:30",
        "nextPickupDate": "2026-03-03",
    }
    (pickup,) = dhl.state()["pickups"]
    assert (pickup["number"], pickup["status"]) == (number, "booked")
    dhl.advance(days=1)
    assert cancel(dhl, number).status_code == 200


def test_changing_refused(dhl, spec, problems_of):
    number = book(dhl)
    path = f"{PATH}/{number}"
    other = dhl.call("PATCH", path, json=update_for(dhl, number, originalShipperAccountNumber="999"))
    assert other.status_code == 400
    assert problems_of(other)[0].startswith("5556: ")
    spec.check_response(ONE, "patch", 400, other.json())
    long = dhl.call("PATCH", path, json=update_for(dhl, number, location="x" * 85))
    assert long.status_code == 422
    assert problems_of(long) == ["#/location: expected maxLength: 80, actual: 85"]
    spec.check_response(ONE, "patch", 422, long.json())
    assert dhl.call("PATCH", path, json=update_for(dhl, number[::-1])).status_code == 404
    cancel(dhl, number)
    assert dhl.call("PATCH", path, json=update_for(dhl, number)).status_code == 400


def test_booking_refused(dhl, spec, problems_of):
    receiver = party(SHIPPER)
    receiver["postalAddress"]["postalCode"] = "1"
    for changes, expected in (
        ({"plannedPickupDateAndTime": "2026-03-01T10:00:00GMT+08:00"}, "must not be in the past"),
        ({"plannedPickupDateAndTime": "tomorrow"}, "998: "),
        ({"accounts": [{"typeCode": "shipper", "number": "1"}]}, "8003: Account not allowed for this service."),
        ({"closeTime": "11:00"}, "#/closeTime 11:00 must be after the planned time 11:30."),
        ({"customerDetails": {"shipperDetails": receiver}}, "postalCode '1' was not found"),
    ):
        answer = dhl.call("POST", PATH, json=request_for(dhl, **changes))
        assert answer.status_code == 400
        assert expected in problems_of(answer)[0]
        spec.check_response(PATH, "post", 400, answer.json())
    assert dhl.state()["pickups"] == []
