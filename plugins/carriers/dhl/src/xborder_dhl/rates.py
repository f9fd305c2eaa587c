"""Services and prices: GET /products, GET /rates for one piece, POST /rates for everything else.

MyDHL API OpenAPI 3.1.1: RateRequest, Rates, Products.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from xborder_dhl.checks import rate_holds
from xborder_dhl.customs import declared, declared_value
from xborder_dhl.kind import DhlKind
from xborder_dhl.measures import (
    accounts,
    billed,
    centimetres,
    chosen,
    grams_or_none,
    local_time,
    money_or_none,
    package,
    planned,
    small_integer,
)
from xborder_dhl.parties import place
from xborder_dhl.services import OPTIONS, value_added_services
from xborder_dhl.settings import DhlSettings
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.hookspecs import ListServices, QuoteShipment, ShipmentDetails, refuse
from xborder_sdk.models import Charge, Quote, Raw, Service, kg_from_grams
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow, Response

_DELIVERY_TYPE = "QDDC"
"""The estimate that counts clearance; QDDF is the fastest transit without it (OpenAPI, estimatedDeliveryDate)."""

_TOTALS = {"SPRQT": "Shipment", "STTXA": "Tax", "STDIS": "Discount"}
"""OpenAPI, Rates.totalPriceBreakdown.priceBreakdown.typeCode."""


class DhlRates(DhlKind):
    """Services and prices."""

    honours: ClassVar[Mapping[str, frozenset[str]]] = {"list_services": OPTIONS, "quote": OPTIONS}

    def list_services(self, request: ListServices) -> Flow[tuple[Service, ...]]:
        settings = self._settings
        open_request = request.replace(service=None)
        refuse(rate_holds(open_request, settings))
        query = one_piece_query(open_request, settings)
        if query is not None:
            response = yield from self.api.read("GET", "/products", query=query)
        else:
            response = yield from self.api.read("POST", "/rates", json=rate_body(open_request, settings))
        return tuple(read_service(product, settings) for _, product in _products(response.object(), open_request))

    def quote(self, request: QuoteShipment) -> Flow[tuple[Quote, ...]]:
        settings = self._settings
        refuse(rate_holds(request, settings))
        query = one_piece_query(request, settings)
        if query is not None:
            response = yield from self.api.read("GET", "/rates", query=query)
        else:
            response = yield from self.api.read("POST", "/rates", json=rate_body(request, settings))
        return read_quotes(response, request, self.account, settings)


def one_piece_query(request: ShipmentDetails, settings: DhlSettings) -> list[tuple[str, str]] | None:
    """The query of GET /rates and /products; None where the question does not fit into one.

    A query has room for one measured piece and one account, and for neither a value nor services.
    """
    if len(request.parcels) != 1 or settings.payer_account is not None or declared(request) is not None:
        return None
    dimensions = request.parcels[0].dimensions
    if dimensions is None or value_added_services(request):
        return None
    sender, recipient = place(request.sender), place(request.recipient)
    size = centimetres(dimensions)
    query = [
        ("accountNumber", settings.account_number),
        ("originCountryCode", sender["countryCode"]),
        ("originPostalCode", sender["postalCode"]),
        ("originCityName", sender["cityName"]),
        ("destinationCountryCode", recipient["countryCode"]),
        ("destinationPostalCode", recipient["postalCode"]),
        ("destinationCityName", recipient["cityName"]),
        ("weight", f"{kg_from_grams(request.parcels[0].weight_g):f}"),
        ("length", str(size["length"])),
        ("width", str(size["width"])),
        ("height", str(size["height"])),
        ("plannedShippingDate", local_time(request.ship_at, settings.zone).date().isoformat()),
        ("isCustomsDeclarable", "false"),
        ("unitOfMeasurement", "metric"),
        ("nextBusinessDay", "true" if settings.next_business_day else "false"),
        ("estimatedDeliveryDateType", _DELIVERY_TYPE),
    ]
    return [pair for pair in query if pair[1]]


def rate_body(request: ShipmentDetails, settings: DhlSettings) -> dict[str, Any]:
    """The body of POST /rates."""
    customs = declared(request)
    body: dict[str, Any] = {
        "customerDetails": {"shipperDetails": place(request.sender), "receiverDetails": place(request.recipient)},
        "accounts": accounts(settings),
        "plannedShippingDateAndTime": planned(request.ship_at, settings.zone),
        "unitOfMeasurement": "metric",
        "isCustomsDeclarable": customs is not None,
        "estimatedDeliveryDate": {"isRequested": True, "typeCode": _DELIVERY_TYPE},
        "nextBusinessDay": settings.next_business_day,
        "packages": [package(parcel) for parcel in request.parcels],
    }
    if request.service is not None:
        body["productCode"] = request.service
    if services := value_added_services(request):
        body["valueAddedServices"] = services
    if customs is not None:
        value = {"typeCode": "declaredValue", "value": declared_value(customs)}
        body["monetaryAmount"] = [{**value, "currency": customs.lines[0].unit_value.currency}]
    return body


def _products(body: JsonObject, request: ShipmentDetails) -> Iterator[tuple[int, JsonObject]]:
    listed = body.get("products")
    if not isinstance(listed, list):
        raise MalformedResponse("field products is missing or no list")
    for index, item in enumerate(listed):
        if isinstance(item, dict):
            product = JsonObject(item, f"products[{index}]")
            if chosen(request, product.text_or_none("productCode")):
                yield index, product


def read_service(product: JsonObject, settings: DhlSettings) -> Service:
    """A product of an answer."""
    code = product.text("productCode")
    name = product.text_or_none("productName") or settings.product_names.get(code) or code
    network = product.text_or_none("networkTypeCode")  # TD time definite, DD day definite
    return Service(code=code, name=name, express=None if network is None else network == "TD", tracked=True)


def read_quotes(response: Response, request: ShipmentDetails, account: str, settings: DhlSettings) -> tuple[Quote, ...]:
    """The quotes of an answer of /rates."""
    body = response.object()
    warnings = tuple(body.texts("warnings"))
    return tuple(
        _quote(product, account, settings, warnings, Raw(response.content, ("products", index)))
        for index, product in _products(body, request)
    )


def _quote(product: JsonObject, account: str, settings: DhlSettings, warnings: tuple[str, ...], raw: Raw) -> Quote:
    totals = product.children("totalPrice")
    delivery = product.child("deliveryCapabilities")
    cut_off = product.child("pickupCapabilities").text_or_none("localCutoffDateAndTime")
    return Quote(
        account=account,
        service=read_service(product, settings),
        price=billed(totals),
        public_price=billed(totals, "PULCL"),
        charges=_charges(product),
        chargeable_weight_g=_chargeable(product.child("weight")),
        delivery_local_time=delivery.text_or_none("estimatedDeliveryDateAndTime"),
        transit_days=small_integer(delivery, "totalTransitDays"),
        book_before=_moment(cut_off, settings.zone),
        book_before_local_time=cut_off,
        needs_agreement=product.flag("isCustomerAgreement") is True,
        warnings=warnings,
        raw=raw,
    )


def _moment(text: str | None, zone: ZoneInfo | None) -> datetime | None:
    if text is None or zone is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _chargeable(weight: JsonObject) -> int | None:
    if weight.text_or_none("unitOfMeasurement") not in {None, "metric"}:
        return None
    known = [grams_or_none(weight.number_or_none(key)) for key in ("volumetric", "provided")]
    return max((grams for grams in known if grams is not None), default=None)


def _billing_group(groups: Sequence[JsonObject]) -> JsonObject | None:
    return next((group for group in groups if group.text_or_none("currencyType") == "BILLC"), None)


def _charges(product: JsonObject) -> tuple[Charge, ...]:
    """What the price is made of: the detailed list, else the totals. Services on offer without a price are left out."""
    found = []
    group = _billing_group(product.children("detailedPriceBreakdown"))
    if group is not None:
        currency = group.text_or_none("priceCurrency")
        for part in group.children("breakdown"):
            name = part.text_or_none("name")
            money = money_or_none(part.number_or_none("price"), currency)
            if name is not None and money is not None:
                found.append(Charge(code=part.text_or_none("serviceCode"), name=name, price=money))
    if not found and (group := _billing_group(product.children("totalPriceBreakdown"))) is not None:
        currency = group.text_or_none("priceCurrency")
        for part in group.children("priceBreakdown"):
            code = part.text_or_none("typeCode")
            money = money_or_none(part.number_or_none("price"), currency)
            if code is not None and money is not None:
                found.append(Charge(code=code, name=_TOTALS.get(code, code), price=money))
    return tuple(found)
