"""The DHL Express simulator as the sandbox sees it."""

from __future__ import annotations

from starlette.types import ASGIApp

from xborder_sandbox.dhl.addresses_api import get_address
from xborder_sandbox.dhl.admin_actions import ACTIONS, picture_of_scan
from xborder_sandbox.dhl.board import shown
from xborder_sandbox.dhl.landed_cost_api import post_landed_cost
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.pickups_api import delete_pickup, patch_pickup, post_pickup
from xborder_sandbox.dhl.rates_api import get_products, get_rates, post_rates
from xborder_sandbox.dhl.reference_data_api import get_reference_data
from xborder_sandbox.dhl.scenarios import fill
from xborder_sandbox.dhl.shipments_api import (
    get_image,
    patch_image,
    patch_invoice_data,
    post_shipment,
)
from xborder_sandbox.dhl.store import Shipment
from xborder_sandbox.dhl.tracking_api import get_many, get_one, get_proof
from xborder_sandbox.dhl.web import Operation, build_app
from xborder_sandbox.errors import UnknownActionError
from xborder_sandbox.requests import Json
from xborder_sandbox.world import World

# Paths of dpdhl-express-api-3.1.1. Not simulated: add-piece, servicepoints, identifiers,
# early-shipment-screening, invoices/upload-invoice-data.
OPERATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "/rates"): get_rates,
    ("POST", "/rates"): post_rates,
    ("GET", "/products"): get_products,
    ("POST", "/landed-cost"): post_landed_cost,
    ("POST", "/shipments"): post_shipment,
    ("GET", "/shipments/{shipmentTrackingNumber}/tracking"): get_one,
    ("GET", "/shipments/{shipmentTrackingNumber}/proof-of-delivery"): get_proof,
    ("GET", "/shipments/{shipmentTrackingNumber}/get-image"): get_image,
    ("PATCH", "/shipments/{shipmentTrackingNumber}/upload-image"): patch_image,
    ("PATCH", "/shipments/{shipmentTrackingNumber}/upload-invoice-data"): patch_invoice_data,
    ("GET", "/tracking"): get_many,
    ("POST", "/pickups"): post_pickup,
    ("PATCH", "/pickups/{dispatchConfirmationNumber}"): patch_pickup,
    ("DELETE", "/pickups/{dispatchConfirmationNumber}"): delete_pickup,
    ("GET", "/address-validate"): get_address,
    ("GET", "/reference-data"): get_reference_data,
}


class DhlExpress:
    """The DHL Express MyDHL API, served below `/mydhlapi`.

    Args:
        world: The sandbox's clock, chance and address.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._network = Network(world)
        self._app = build_app(self._network, OPERATIONS)
        world.parcels.show("dhl", lambda number: shown(self._network, number))

    @property
    def name(self) -> str:
        """`dhl`."""
        return "dhl"

    @property
    def app(self) -> ASGIApp:
        """What is mounted at `/dhl`."""
        return self._app

    def load(self, scenario: str) -> None:
        """Buy the shipments of a scenario."""
        with self._network.store.lock:
            fill(self._network, scenario)

    def reset(self) -> None:
        """Forget everything and draw the accounts anew."""
        self._network.reset()

    def state(self) -> dict[str, Json]:
        """Return every shipment and pickup, in the order they were bought, and the settings."""
        store, now = self._network.store, self._network.now
        with store.lock:
            return {
                "shipments": [self._picture(shipment) for shipment in store.shipments.values()],
                "pickups": [
                    {
                        "number": pickup.number,
                        "account": pickup.account,
                        "status": pickup.status(now),
                        "ready": pickup.planned.isoformat(),
                        "shipment": pickup.shipment,
                    }
                    for pickup in store.pickups.values()
                ],
                "settings": {
                    "lookup_delay": store.settings.lookup_delay.total_seconds(),
                    "event_order": store.settings.event_order,
                },
            }

    def _picture(self, shipment: Shipment) -> dict[str, Json]:
        now = self._network.now
        return {
            "number": shipment.number,
            "created": shipment.created.isoformat(),
            "account": shipment.account,
            "product": shipment.journey.product.code,
            "planned": shipment.journey.planned.isoformat(),
            "references": [{"type": kind, "value": value} for kind, value in shipment.references],
            "message_reference": shipment.message_reference,
            "pieces": [piece.tracking_number for piece in shipment.pieces],
            "pickup": shipment.pickup,
            "story": shipment.story,
            "lost": shipment.is_lost,
            "delivered": shipment.delivery(now) is not None,
            "scans": [picture_of_scan(scan) for scan in shipment.visible_scans(now)],
            "coming": [picture_of_scan(scan) for scan in shipment.scans if scan.at > now],
            "documents": [document.kind for document in shipment.documents],
            "invoices": list(shipment.invoice_numbers),
        }

    def accounts(self) -> list[dict[str, Json]]:
        """Return the customers with the settings a user of the DHL connector would write."""
        return [
            {
                "name": account.name,
                "connector": "dhl",
                "settings": {
                    "api_key": account.api_key,
                    "api_secret": account.api_secret,
                    "account_number": account.number,
                    "hosts": {"api": f"{self._world.url}/dhl/mydhlapi"},
                },
            }
            for account in self._network.accounts
        ]

    def tick(self) -> None:
        """Do nothing: what is seen is worked out from the clock when it is asked for."""

    def admin(self, action: str, body: dict[str, Json]) -> dict[str, Json]:
        """Do one of the actions of `admin_actions`.

        Raises:
            UnknownActionError: If there is none of that name.
            AdminError: If it cannot be done as asked.
        """
        if action not in ACTIONS:
            raise UnknownActionError(f"unknown action {action!r}; there are: {', '.join(ACTIONS)}")
        with self._network.store.lock:
            return ACTIONS[action](self._network, body)
