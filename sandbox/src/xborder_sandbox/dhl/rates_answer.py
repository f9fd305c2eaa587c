"""Answers of /rates and /products (schemas Rates and Products)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xborder_sandbox.dhl.lane import Lane
from xborder_sandbox.dhl.load import Load
from xborder_sandbox.dhl.pricing import (
    BASE_CURRENCY,
    PER_EURO,
    Price,
    ServiceWish,
    price,
    wire,
)
from xborder_sandbox.dhl.products import SERVICES, Product, Service, offered
from xborder_sandbox.dhl.scans import Journey, expected_delivery, transit_days
from xborder_sandbox.dhl.schedule import (
    CUTOFF,
    PICKUP_EARLIEST,
    PICKUP_LATEST,
    day_number,
    pickup_day,
)


@dataclass(frozen=True)
class Enquiry:
    """What is asked for.

    Attributes:
        currency: In which the customer is billed.
        priced: False for a customer whose account the product is not rated for.
        list_services: Also name every value-added service that could be added.
    """

    lane: Lane
    load: Load
    planned: datetime
    dutiable: bool
    products: Sequence[Product]
    wishes: Sequence[ServiceWish]
    currency: str
    list_services: bool = False
    delivery_type: str = "QDDF"


def rates_body(enquiry: Enquiry) -> dict[str, object]:
    """Return the answer of /rates."""
    body: dict[str, object] = {"products": [_rated(enquiry, product) for product in enquiry.products]}
    if enquiry.currency != BASE_CURRENCY:
        body["exchangeRates"] = [
            {
                "currentExchangeRate": wire(PER_EURO[enquiry.currency]),
                "currency": enquiry.currency,
                "baseCurrency": BASE_CURRENCY,
            }
        ]
    return body


def products_body(enquiry: Enquiry) -> dict[str, object]:
    """Return the answer of /products: the same without prices."""
    products = []
    for product in enquiry.products:
        entry = _offer(enquiry, product)
        if enquiry.list_services:
            entry["breakdown"] = [_service_line(service) for service in _further(enquiry)]
        products.append(entry)
    return {"products": products}


def _offer(enquiry: Enquiry, product: Product) -> dict[str, object]:
    lane = enquiry.lane
    return {
        "productName": product.name,
        "productCode": product.code,
        "localProductCode": product.code,
        "localProductCountryCode": lane.origin.country.code,
        "networkTypeCode": product.network,
        "isCustomerAgreement": product.by_agreement,
        "weight": {
            "volumetric": wire(enquiry.load.volumetric),
            "provided": wire(enquiry.load.weight),
            "unitOfMeasurement": "metric" if enquiry.load.metric else "imperial",
        },
        "pickupCapabilities": pickup_capabilities(lane, enquiry.planned),
        "deliveryCapabilities": _delivery(enquiry, product),
    }


def _rated(enquiry: Enquiry, product: Product) -> dict[str, object]:
    def priced(currency: str, public: bool) -> Price:
        return price(enquiry.lane, product, enquiry.load, enquiry.wishes, currency, public)

    prices = {
        "BILLC": priced(enquiry.currency, public=False),
        "PULCL": priced(enquiry.lane.origin.country.currency, public=True),
        "BASEC": priced(BASE_CURRENCY, public=False),
    }
    entry = _offer(enquiry, product)
    entry["totalPrice"] = [
        {"currencyType": kind, "priceCurrency": cost.currency, "price": wire(cost.total)}
        for kind, cost in prices.items()
    ]
    entry["totalPriceBreakdown"] = [
        {
            "currencyType": kind,
            "priceCurrency": cost.currency,
            "priceBreakdown": [
                {"typeCode": "STTXA", "price": wire(cost.tax)},
                {"typeCode": "SPRQT", "price": wire(cost.charges[0].base)},
            ],
        }
        for kind, cost in prices.items()
    ]
    further = [_service_line(service) for service in _further(enquiry)] if enquiry.list_services else []
    entry["detailedPriceBreakdown"] = [
        {
            "currencyType": kind,
            "priceCurrency": cost.currency,
            "breakdown": [*_charges(cost), *further],
        }
        for kind, cost in prices.items()
    ]
    entry["pricingDate"] = enquiry.planned.date().isoformat()
    return entry


def _charges(cost: Price) -> list[dict[str, object]]:
    lines = []
    for charge in cost.charges:
        line: dict[str, object] = {"name": charge.name, "price": wire(charge.base)}
        if charge.code:
            line |= {
                "serviceCode": charge.code,
                "localServiceCode": charge.code,
                "serviceTypeCode": "XCH" if charge.code in SERVICES else "SCH",
                "isCustomerAgreement": charge.code in SERVICES and SERVICES[charge.code].by_agreement,
                "isMarketedService": charge.code in SERVICES,
            }
        line["priceBreakdown"] = [
            {
                "priceType": "TAX",
                "typeCode": "All Bu",
                "price": wire(charge.tax),
                "rate": wire(cost.tax_percent),
                "basePrice": wire(charge.base),
            }
        ]
        lines.append(line)
    return lines


def _further(enquiry: Enquiry) -> list[Service]:
    chosen = {wish.service.code for wish in enquiry.wishes}
    return [s for s in SERVICES.values() if s.code not in chosen and offered(s, enquiry.dutiable)]


def _service_line(service: Service) -> dict[str, object]:
    return {
        "name": service.name,
        "serviceCode": service.code,
        "localServiceCode": service.code,
        "serviceTypeCode": "XCH",
        "isCustomerAgreement": service.by_agreement,
        "isMarketedService": True,
    }


def pickup_capabilities(lane: Lane, planned: datetime) -> dict[str, object]:
    """Return when a courier comes and until when the shipment must be ready."""
    day = pickup_day(planned)
    return {
        "nextBusinessDay": day != planned.date(),
        "localCutoffDateAndTime": datetime.combine(day, CUTOFF).isoformat(),
        "pickupEarliest": PICKUP_EARLIEST.isoformat(),
        "pickupLatest": PICKUP_LATEST.isoformat(),
        "originServiceAreaCode": lane.origin.area.code,
        "originFacilityAreaCode": lane.origin.area.facility,
        "pickupAdditionalDays": (day - planned.date()).days,
        "pickupDayOfWeek": day_number(day),
    }


def _delivery(enquiry: Enquiry, product: Product) -> dict[str, object]:
    journey = Journey(enquiry.lane, product, enquiry.planned, "", enquiry.dutiable)
    expected = expected_delivery(journey).replace(tzinfo=None)
    return {
        "deliveryTypeCode": enquiry.delivery_type,
        "estimatedDeliveryDateAndTime": expected.isoformat(),
        "destinationServiceAreaCode": enquiry.lane.destination.area.code,
        "destinationFacilityAreaCode": enquiry.lane.destination.area.facility,
        "deliveryAdditionalDays": 0,
        "deliveryDayOfWeek": day_number(expected.date()),
        "totalTransitDays": transit_days(enquiry.lane, product, enquiry.dutiable),
    }
