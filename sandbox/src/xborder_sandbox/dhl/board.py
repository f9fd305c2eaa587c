"""DHL's parcels on the sandbox's board, where simulators of other firms find them."""

from __future__ import annotations

import math

from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.scans import Scan
from xborder_sandbox.dhl.store import Shipment
from xborder_sandbox.parcels import Parcel, Place, Sighting, Stage

_STAGES: dict[str, Stage] = {
    "PU": Stage.PICKED_UP,
    "PL": Stage.MOVING,
    "DF": Stage.MOVING,
    "AF": Stage.MOVING,
    "AR": Stage.MOVING,
    "IC": Stage.IN_CUSTOMS,
    "RR": Stage.IN_CUSTOMS,
    "UD": Stage.HELD_BY_CUSTOMS,
    "CR": Stage.CLEARED,
    "OH": Stage.DELAYED,
    "WC": Stage.OUT_FOR_DELIVERY,
    "NH": Stage.NOBODY_HOME,
    "OK": Stage.DELIVERED,
}


def shown(network: Network, number: str) -> Parcel | None:
    """Return the parcel with this waybill number for the board."""
    with network.store.lock:
        shipment = network.store.shipments.get(number)
        if shipment is None:
            return None
        lane = shipment.journey.lane
        return Parcel(
            number=number,
            carrier="DHL",
            service=shipment.journey.product.name,
            origin=Place(lane.origin.country.code, lane.origin.city, lane.origin.postal_code),
            destination=Place(lane.destination.country.code, lane.destination.city, lane.destination.postal_code),
            grams=math.ceil(shipment.load.kilograms(shipment.load.weight) * 1000),
            sightings=tuple(_sighting(shipment, scan) for scan in shipment.visible_scans(network.now)),
        )


def _sighting(shipment: Shipment, scan: Scan) -> Sighting:
    lane = shipment.journey.lane
    stage = _STAGES.get(scan.code, Stage.OTHER)
    if not lane.is_domestic and scan.code == "DF" and scan.area == lane.origin.area:
        stage = Stage.LEFT_COUNTRY
    if not lane.is_domestic and scan.code == "AF" and scan.area == lane.destination.area:
        stage = Stage.REACHED_COUNTRY
    country = next((end.country.code for end in (lane.origin, lane.destination) if end.area == scan.area), "")
    return Sighting(scan.area.local(scan.at), stage, scan.text, scan.area.description, country)
