"""The China Post connector: hosts, signatures, the meaning of answers, and what can be known without asking."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from xborder_chinapost.checks import shipment_holds
from xborder_chinapost.gateway import BY_PCP, Gateway
from xborder_chinapost.pcp import Pcp
from xborder_chinapost.rates import ChinaPostRates, service_of
from xborder_chinapost.refusals import classify
from xborder_chinapost.settings import ChinaPostSettings
from xborder_chinapost.shipments import ChinaPostShipments
from xborder_chinapost.tracking import ChinaPostTracking
from xborder_chinapost.transport import Transport
from xborder_chinapost.vocabulary import HOSTS, PCP
from xborder_sdk.hookspecs import (
    SUPPORTED,
    Checked,
    Connector,
    ShipmentDetails,
    Support,
    SupportLevel,
    Token,
    Verdict,
)
from xborder_sdk.models import Hold, Service
from xborder_sdk.steps import Response, WireRequest

_NOT_THERE = {
    "find_shipment": "China Post has no call that finds an order by its reference",
    "hand_over": "the order is the forecast, and the post office's scan the acceptance: there is nothing to announce",
}


class ChinaPostConnector(Connector[ChinaPostSettings]):
    """China Post, over the open platform's gateway or the international order interface."""

    name = "chinapost"
    title = "China Post"
    settings_model = ChinaPostSettings
    kinds = (ChinaPostRates, ChinaPostShipments, ChinaPostTracking)
    # No document of the vendor is public. What is sent is held against a form and an order that were written from the
    # field lists of published clients; the sealing and one answer of an allocation are the vendor's own.
    checked = dict.fromkeys(
        (
            "list_services",
            "quote",
            "create_shipment",
            "get_shipment",
            "get_documents",
            "cancel_shipment",
            "track",
        ),
        Checked.UNVERIFIED,
    )

    @cached_property
    def pcp(self) -> Pcp:
        """The international order interface, whatever orders go by."""
        return Pcp(self.settings)

    @cached_property
    def transport(self) -> Transport:
        """The way to China Post that the settings choose."""
        return Gateway(self.settings) if self.settings.transport == "gateway" else self.pcp

    def hosts(self) -> Mapping[str, str]:
        return HOSTS

    def sign(self, request: WireRequest, token: Token | None) -> WireRequest:  # noqa: ARG002 - there are no tokens
        signer = self.pcp if PCP in request.url else self.transport
        return signer.signed(request, self.now())

    def classify(self, response: Response) -> Verdict:
        return classify(response)

    def support(self, operation: str) -> Support:
        reason = _NOT_THERE.get(operation) or self.transport.lacks.get(operation)
        if reason is not None:
            return Support(SupportLevel.NO, reason)
        if operation in BY_PCP and self.transport is not self.pcp:
            return Support(
                SupportLevel.CONDITIONAL, "goes over pcp: the post office must have opened it to the account"
            )
        return SUPPORTED

    def known_services(self) -> tuple[Service, ...]:
        return tuple(service_of(code, self.settings) for code in self.settings.products)

    def check_shipment(self, request: ShipmentDetails) -> tuple[Hold, ...]:
        return tuple(shipment_holds(request, self.settings))
