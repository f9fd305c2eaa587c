"""Value-added services: what is bought on top, by DHL's service codes."""

from __future__ import annotations

from typing import Any

from xborder_dhl.customs import duties_paid
from xborder_dhl.measures import number
from xborder_dhl.vocabulary import DIRECT_SIGNATURE, DUTIES_PAID, INSURANCE, PAPERLESS_TRADE, SATURDAY_DELIVERY
from xborder_sdk.hookspecs import ShipmentDetails

OPTIONS = frozenset({"insurance", "signature", "saturday_delivery", "paperless_trade", "duties_paid"})
"""The shipment options DHL Express knows, by our names."""


def value_added_services(request: ShipmentDetails) -> list[dict[str, Any]]:
    """The services that a shipment's options and incoterm stand for."""
    options = request.options
    found: list[dict[str, Any]] = []
    if options.insurance is not None:
        insured = options.insurance
        found.append({"serviceCode": INSURANCE, "value": number(insured.amount), "currency": insured.currency})
    if options.signature:
        found.append({"serviceCode": DIRECT_SIGNATURE})
    if options.saturday_delivery:
        found.append({"serviceCode": SATURDAY_DELIVERY})
    if options.paperless_trade:
        found.append({"serviceCode": PAPERLESS_TRADE})
    if duties_paid(request):
        found.append({"serviceCode": DUTIES_PAID})
    return found
