"""The DHL Express connector: hosts, authentication, the meaning of answers, and what can be known without asking."""

from __future__ import annotations

from collections.abc import Mapping

from xborder_dhl.addresses import DhlAddresses
from xborder_dhl.checks import shipment_holds
from xborder_dhl.landed_cost import DhlLandedCost
from xborder_dhl.pickups import DhlPickups
from xborder_dhl.rates import DhlRates
from xborder_dhl.refusals import classify
from xborder_dhl.settings import DhlSettings
from xborder_dhl.shipments import DhlShipments
from xborder_dhl.tracking import DhlTracking
from xborder_dhl.vocabulary import HOSTS
from xborder_sdk.hookspecs import (
    SUPPORTED,
    Checked,
    Connector,
    Identity,
    ShipmentDetails,
    Support,
    SupportLevel,
    Token,
    Verdict,
)
from xborder_sdk.models import Hold
from xborder_sdk.signing import basic_auth
from xborder_sdk.steps import Flow, Response, WireRequest


class DhlConnector(Connector[DhlSettings]):
    """DHL Express over the MyDHL API.

    There is no way to void a shipment (MyDHL API OpenAPI 3.1.1 has no such operation), so `cancel_shipment` is not
    offered: a label that is never handed over is not scanned. A pickup booked with it is cancelled by its number.
    """

    name = "dhl"
    title = "DHL Express"
    settings_model = DhlSettings
    checked = dict.fromkeys(
        (
            "list_services",
            "quote",
            "create_shipment",
            "find_shipment",
            "get_documents",
            "book_pickup",
            "change_pickup",
            "cancel_pickup",
            "track",
            "get_proof_of_delivery",
            "check_address",
            "estimate_landed_cost",
        ),
        Checked.SPEC,
    )
    kinds = (DhlRates, DhlShipments, DhlPickups, DhlTracking, DhlAddresses, DhlLandedCost)

    def hosts(self) -> Mapping[str, str]:
        return {"api": HOSTS[self.settings.environment]}

    def base_headers(self) -> Mapping[str, str]:
        # Every operation of the OpenAPI document requires it. No Message-Reference is sent: it only traces, and looks
        # like an idempotency key without being one.
        return {"x-version": self.settings.api_version}

    def sign(self, request: WireRequest, token: Token | None) -> WireRequest:  # noqa: ARG002 - Basic needs no token
        user, password = self.settings.api_key.get_secret_value(), self.settings.api_secret.get_secret_value()
        return request.with_headers({"Authorization": basic_auth(user, password)})

    def classify(self, response: Response) -> Verdict:
        return classify(response)

    def support(self, operation: str) -> Support:
        if operation == "cancel_shipment":
            return Support(
                SupportLevel.NO,
                "the MyDHL API has no void: a label that is never handed over is not scanned;"
                " cancel a pickup that was booked with it",
            )
        return SUPPORTED

    def check_shipment(self, request: ShipmentDetails) -> tuple[Hold, ...]:
        return tuple(shipment_holds(request, self.settings))

    def whoami(self) -> Flow[Identity] | None:
        return self._prove_credentials()

    def _prove_credentials(self) -> Flow[Identity]:
        # No operation names the customer. The smallest read that needs credentials is a code list.
        response = yield from self.api.read("GET", "/reference-data", query={"datasetName": "incoterm"})
        response.object()  # a web page of somebody in between proves nothing
        return Identity(
            id=self.settings.account_number,
            detail=f"{self.settings.environment}: credentials accepted; the account number is the configured one",
        )
