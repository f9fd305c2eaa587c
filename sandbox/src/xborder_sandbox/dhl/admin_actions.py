"""What an operator or a test can do to the carrier, POST /_admin/dhl/<action>."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.places import COUNTRIES, HUBS, ServiceArea
from xborder_sandbox.dhl.scans import Scan
from xborder_sandbox.dhl.store import Shipment
from xborder_sandbox.dhl.tracking_answer import ORDERS
from xborder_sandbox.errors import AdminError
from xborder_sandbox.requests import Json

Action = Callable[[Network, dict[str, Json]], dict[str, Json]]


def lookup_delay(network: Network, body: dict[str, Json]) -> dict[str, Json]:
    """Let tracking see a new shipment only after `seconds`."""
    seconds = body.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        raise AdminError("seconds must be a number that is not negative")
    network.store.settings.lookup_delay = timedelta(seconds=seconds)
    return {"seconds": seconds}


def event_order(network: Network, body: dict[str, Json]) -> dict[str, Json]:
    """Set in which `order` tracking lists scans."""
    order = body.get("order")
    if not isinstance(order, str) or order not in ORDERS:
        raise AdminError(f"order must be one of: {', '.join(ORDERS)}")
    network.store.settings.event_order = order
    return {"order": order}


def add_scan(network: Network, body: dict[str, Json]) -> dict[str, Json]:
    """Add a scan to `shipment`: `code` (any), optional `at` (ISO), `area` (three letters), `signed_by`."""
    shipment = _shipment(network, body)
    code = _text(body, "code")
    if not code:
        raise AdminError("code must be a text")
    scan = Scan(_moment(network, body), code, _area(shipment, _text(body, "area")), _text(body, "signed_by"))
    shipment.scans.append(scan)
    return {"shipment": shipment.number, "scan": picture_of_scan(scan)}


def deliver(network: Network, body: dict[str, Json]) -> dict[str, Json]:
    """Deliver `shipment` now; its planned scans fall away."""
    shipment, now = _shipment(network, body), network.now
    signed_by = _text(body, "signed_by") or shipment.label.receiver.person
    _forget_future(shipment, now)
    scan = Scan(now, "OK", shipment.journey.lane.destination.area, signed_by)
    shipment.scans.append(scan)
    return {"shipment": shipment.number, "scan": picture_of_scan(scan)}


def lose(network: Network, body: dict[str, Json]) -> dict[str, Json]:
    """Lose `shipment`: it is never scanned again."""
    shipment = _shipment(network, body)
    _forget_future(shipment, network.now)
    shipment.is_lost = True
    return {"shipment": shipment.number, "lost": True}


ACTIONS: dict[str, Action] = {
    "lookup_delay": lookup_delay,
    "event_order": event_order,
    "add_scan": add_scan,
    "deliver": deliver,
    "lose": lose,
}


def picture_of_scan(scan: Scan) -> dict[str, Json]:
    """Return a scan as JSON."""
    return {
        "at": scan.at.isoformat(),
        "code": scan.code,
        "area": scan.area.code,
        "signed_by": scan.signed_by,
    }


def _forget_future(shipment: Shipment, now: datetime) -> None:
    shipment.scans = [scan for scan in shipment.scans if scan.at <= now]


def _shipment(network: Network, body: dict[str, Json]) -> Shipment:
    shipment = network.store.shipments.get(_text(body, "shipment"))
    if shipment is None:
        raise AdminError("shipment must be the waybill number of a shipment of this sandbox")
    return shipment


def _text(body: dict[str, Json], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise AdminError(f"{name} must be a text")
    return value


def _moment(network: Network, body: dict[str, Json]) -> datetime:
    text = _text(body, "at")
    if not text:
        return network.now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise AdminError("at must be an ISO 8601 date and time") from None
    if at.tzinfo is None:
        raise AdminError("at needs an offset from UTC")
    return at


def _area(shipment: Shipment, code: str) -> ServiceArea:
    if not code:
        return shipment.journey.lane.destination.area
    known = [*HUBS.values(), *(area for country in COUNTRIES.values() for _, area in country.areas)]
    for area in known:
        if area.code == code:
            return area
    raise AdminError(f"unknown service area {code!r}")
