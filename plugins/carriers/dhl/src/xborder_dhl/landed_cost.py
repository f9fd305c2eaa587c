"""Duties and taxes at the destination, estimated (MyDHL API OpenAPI 3.1.1, POST /landed-cost)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from xborder_dhl.checks import rate_holds
from xborder_dhl.kind import DhlKind
from xborder_dhl.measures import accounts, chosen, fits, money_or_none, number, package
from xborder_dhl.parties import place
from xborder_dhl.settings import DhlSettings
from xborder_dhl.texts import clean
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.hookspecs import EstimateLandedCost, refuse
from xborder_sdk.lettering import shortened
from xborder_sdk.models import Hold, HoldReason, Incoterm, LandedCost, Money, kg_from_grams
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow, Response

_TOTALS = {"DUTY": "TOTAL DUTIES", "TAX": "TOTAL TAXES", "FEE": "TOTAL FEES"}
"""OpenAPI, example nonDocInternationalShipmentLandedCostResponse: names of the sums by charge type."""


class DhlLandedCost(DhlKind):
    """Landed cost."""

    honours: ClassVar[Mapping[str, frozenset[str]]] = {"estimate_landed_cost": frozenset({"duties_paid"})}

    def estimate_landed_cost(self, request: EstimateLandedCost) -> Flow[LandedCost]:
        settings = self._settings
        refuse(_holds(request, settings))
        response = yield from self.api.read("POST", "/landed-cost", json=landed_cost_body(request, settings))
        return read_landed_cost(response, request)


def _holds(request: EstimateLandedCost, settings: DhlSettings) -> Iterator[Hold]:
    yield from rate_holds(request, settings)
    for index, line in enumerate(request.customs.lines):
        if line.origin is None:
            detail = f"{line.sku or f'line {index + 1}'} has no country of origin"
            yield Hold(reason=HoldReason.CUSTOMS, detail=detail, field=f"customs.lines.{index}.origin")
        if not fits(line.unit_value.amount):
            detail = f"the value of line {index + 1} has more than three decimals or is below zero"
            yield Hold(reason=HoldReason.CUSTOMS, detail=detail, field=f"customs.lines.{index}.unit_value")


def landed_cost_body(request: EstimateLandedCost, settings: DhlSettings) -> dict[str, Any]:
    """The body of POST /landed-cost."""
    customs = request.customs
    items = []
    for index, line in enumerate(customs.lines, 1):
        item: dict[str, Any] = {
            "number": index,
            "name": clean(line.description),
            "description": shortened(clean(line.description), 255),
            "manufacturerCountry": line.origin,
            "quantity": line.quantity,
            "quantityType": "prt",
            "unitPrice": number(line.unit_value.amount),
            "unitPriceCurrencyCode": line.unit_value.currency,
            "weight": kg_from_grams(line.weight_g),
            "weightUnitOfMeasurement": "metric",
        }
        if line.sku and len(clean(line.sku)) <= 35:
            item["partNumber"] = clean(line.sku)
        if line.hs_code is not None:
            item["commodityCode"] = line.hs_code
        items.append(item)
    body: dict[str, Any] = {
        "customerDetails": {"shipperDetails": place(request.sender), "receiverDetails": place(request.recipient)},
        "accounts": accounts(settings),
        "unitOfMeasurement": "metric",
        "currencyCode": request.currency or customs.lines[0].unit_value.currency,
        "isCustomsDeclarable": True,
        "isDTPRequested": customs.incoterm is Incoterm.DDP,
        "isInsuranceRequested": False,
        "getCostBreakdown": True,
        "shipmentPurpose": "commercial" if clean(request.recipient.company or "") else "personal",
        "transportationMode": "air",
        "merchantSelectedCarrierName": "DHL",
        "packages": [package(parcel) for parcel in request.parcels],
        "items": items,
    }
    if request.service is not None:
        body["productCode"] = clean(request.service)
    charges = [
        {"typeCode": kind, "amount": number(money.amount), "currencyCode": money.currency}
        for kind, money in (("freight", customs.freight), ("insurance", customs.insurance))
        if money is not None and money.amount > 0
    ]
    if charges:
        body["charges"] = charges
    return body


def read_landed_cost(response: Response, request: EstimateLandedCost) -> LandedCost:
    """The estimate of an answer, for the service asked for or the first one.

    Raises:
        MalformedResponse: It holds no total.
    """
    body = response.object()
    products = body.children("products")
    named = [product for product in products if chosen(request, product.text_or_none("productCode"))]
    for product in named or products:
        total = _first_money(product.children("totalPrice"))
        if total is not None:
            sums = {kind: _sum(product, kind, total.currency) for kind in _TOTALS}
            return LandedCost(
                total=total,
                duties=sums["DUTY"],
                taxes=sums["TAX"],
                fees=sums["FEE"],
                warnings=tuple(body.texts("warnings")),
            )
    raise MalformedResponse("field products[0].totalPrice is missing or holds no price")


def _first_money(prices: Sequence[JsonObject]) -> Money | None:
    # The answer gives one total in the currency asked for; unlike a rate it names no currency type.
    for entry in prices:
        found = money_or_none(entry.number_or_none("price"), entry.text_or_none("priceCurrency"))
        if found is not None:
            return found
    return None


def _sum(product: JsonObject, kind: str, currency: str) -> Money | None:
    for group in product.children("detailedPriceBreakdown"):
        for part in group.children("breakdown"):
            if part.text_or_none("name") != _TOTALS[kind] or part.text_or_none("typeCode") != kind:
                continue
            amount = part.number_or_none("price")
            if amount is not None and amount >= 0 and part.text_or_none("priceCurrency") in {None, currency}:
                return Money(amount=amount + Decimal(0), currency=currency)
    return None
