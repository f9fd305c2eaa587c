"""From a request to a lane and a load, with what is refused on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from xborder_sandbox.dhl.doc import Doc
from xborder_sandbox.dhl.lane import Lane, end
from xborder_sandbox.dhl.load import Load, Piece
from xborder_sandbox.dhl.pricing import PER_EURO, ServiceWish
from xborder_sandbox.dhl.problems import TIMESTAMP_MALFORMED, service_unavailable
from xborder_sandbox.dhl.products import SERVICES, offered
from xborder_sandbox.dhl.schedule import DAYS_AHEAD, outside_window, read_planned


def read_lane(shipper: Doc, receiver: Doc, found: list[str]) -> Lane | None:
    """Return the lane between two addresses; adds to `found` what is wrong with them."""
    ends = []
    for role, address in (("shipperDetails", shipper), ("receiverDetails", receiver)):
        place, problem = end(address.text("countryCode"), address.text("postalCode"), address.text("cityName"), role)
        if place is None:
            found.append(problem)
        else:
            ends.append(place)
    return Lane(*ends) if len(ends) == 2 else None


def read_time(text: str, now: datetime, found: list[str]) -> datetime | None:
    """Return the planned time; adds to `found` what is wrong with it."""
    planned = read_planned(text)
    if planned is None:
        found.append(TIMESTAMP_MALFORMED)
    elif outside_window(planned, now):
        found.append(f"The planned date {planned.date()} must not be in the past or more than {DAYS_AHEAD} days ahead.")
    return planned


def read_load(packages: Sequence[Doc], units: str) -> Load:
    """Return the packages."""
    return Load(
        tuple(
            Piece(
                package.decimal("weight"),
                package.at("dimensions").decimal("length"),
                package.at("dimensions").decimal("width"),
                package.at("dimensions").decimal("height"),
            )
            for package in packages
        ),
        metric=units == "metric",
    )


def read_services(wanted: Sequence[Doc], dutiable: bool, found: list[str]) -> list[ServiceWish]:
    """Return the value-added services asked for; adds to `found` those that cannot be had."""
    wishes = []
    for index, wish in enumerate(wanted):
        code = wish.text("serviceCode")
        service = SERVICES.get(code)
        currency = wish.text("currency")
        if service is None or not offered(service, dutiable):
            found.append(service_unavailable(index, code))
        elif service.needs_value and not ("value" in wish and currency in PER_EURO):
            found.append(f"#/valueAddedServices/{index}: service '{code}' needs a value and the currency of it.")
        else:
            wishes.append(ServiceWish(service, wish.decimal("value"), currency if currency in PER_EURO else "EUR"))
    return wishes
