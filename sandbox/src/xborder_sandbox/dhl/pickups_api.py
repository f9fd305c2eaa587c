"""POST, PATCH and DELETE /pickups.

A pickup is booked, then cancelled or, when its closing time has passed, completed. Only a booked one can be
changed or cancelled (400, DELETE /pickups: "already cancelled/completed").
"""

from __future__ import annotations

from xborder_sandbox.dhl.booking import book_pickup
from xborder_sandbox.dhl.call import Answer, Call
from xborder_sandbox.dhl.doc import Doc
from xborder_sandbox.dhl.lane import end
from xborder_sandbox.dhl.lane_reading import read_time
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.problems import (
    ACCOUNT_NOT_ALLOWED,
    ORIGINAL_ACCOUNT_DIFFERS,
    Problem,
    refused,
)
from xborder_sandbox.dhl.schedule import pickup_day
from xborder_sandbox.dhl.shapes_pickups import PICKUP_REQUEST, UPDATE_PICKUP_REQUEST
from xborder_sandbox.dhl.store import Pickup


def post_pickup(network: Network, call: Call) -> Answer:
    """Book a courier."""
    request = call.document(PICKUP_REQUEST)
    found: list[str] = []
    planned = read_time(request.text("plannedPickupDateAndTime"), network.now, found)
    account = _account(network, request, found)
    _check_place(request, found)
    _check_hours(request, found)
    if planned is None or found:
        raise refused(found)
    pickup = book_pickup(network, account, planned, request.text("closeTime"))
    body: dict[str, object] = {"dispatchConfirmationNumbers": [pickup.number], **_when(pickup)}
    if pickup_day(planned) != planned.date():
        body["warnings"] = ["The courier comes on the next business day."]
    return Answer(body, 201)


def patch_pickup(network: Network, call: Call) -> Answer:
    """Change a booking."""
    request = call.document(UPDATE_PICKUP_REQUEST)
    number = call.path["dispatchConfirmationNumber"]
    pickup = network.store.pickups.get(number)
    if pickup is None or request.text("dispatchConfirmationNumber") != number:
        # The blank is in the document's example.
        raise Problem(404, "Pickup not found", " Requested Pickup was not found")
    if request.text("originalShipperAccountNumber") != pickup.account:
        raise refused([ORIGINAL_ACCOUNT_DIFFERS])
    _check_open(network, pickup)
    found: list[str] = []
    planned = read_time(request.text("plannedPickupDateAndTime"), network.now, found)
    account = _account(network, request, found)
    _check_place(request, found)
    _check_hours(request, found)
    if planned is None or found:
        raise refused(found)
    changed = book_pickup(network, account, planned, request.text("closeTime"), pickup.shipment)
    del network.store.pickups[changed.number]
    changed.number = number
    network.store.pickups[number] = changed
    return Answer({"dispatchConfirmationNumber": number, **_when(changed)})


def delete_pickup(network: Network, call: Call) -> Answer:
    """Cancel a booking."""
    call.need("requestorName", "reason")
    pickup = network.store.pickups.get(call.path["dispatchConfirmationNumber"])
    if pickup is None:
        raise Problem(
            404, "Pickup not found", "Cancellation of booking was not successful. Requested Pickup was not found"
        )
    _check_open(network, pickup)
    pickup.is_cancelled = True
    return Answer(None)


def _check_open(network: Network, pickup: Pickup) -> None:
    status = pickup.status(network.now)
    if status != "booked":
        raise refused([f"The requested pickup was already {status}."])


def _account(network: Network, request: Doc, found: list[str]) -> str:
    accounts = request.each("accounts")
    if any(network.account(account.text("number")) is None for account in accounts):
        found.append(ACCOUNT_NOT_ALLOWED)
    by_type = {account.text("typeCode"): account.text("number") for account in accounts}
    return by_type.get("shipper") or accounts[0].text("number")


def _check_place(request: Doc, found: list[str]) -> None:
    customer = request.at("customerDetails")
    role = "pickupDetails" if customer.at("pickupDetails") else "shipperDetails"
    address = customer.at(role, "postalAddress")
    place, problem = end(address.text("countryCode"), address.text("postalCode"), address.text("cityName"), role)
    if place is None:
        found.append(problem)


def _check_hours(request: Doc, found: list[str]) -> None:
    close, ready = request.text("closeTime"), request.text("plannedPickupDateAndTime")[11:16]
    if close and close <= ready:
        found.append(f"#/closeTime {close} must be after the planned time {ready}.")


def _when(pickup: Pickup) -> dict[str, object]:
    return {
        "readyByTime": pickup.planned.strftime("%H:%M"),
        "nextPickupDate": pickup_day(pickup.planned).isoformat(),
    }
