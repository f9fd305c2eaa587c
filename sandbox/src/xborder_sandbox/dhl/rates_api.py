"""GET /rates, POST /rates, GET /products."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from xborder_sandbox.dhl.call import Answer, Call
from xborder_sandbox.dhl.doc import Doc
from xborder_sandbox.dhl.lane import Lane
from xborder_sandbox.dhl.lane_reading import read_lane, read_load, read_services, read_time
from xborder_sandbox.dhl.load import Load, Piece
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.problems import (
    ACCOUNT_UNKNOWN,
    product_unavailable,
    refused,
    wrong_format,
)
from xborder_sandbox.dhl.products import Product, can_carry, products_for
from xborder_sandbox.dhl.rates_answer import Enquiry, products_body, rates_body
from xborder_sandbox.dhl.schedule import DAYS_AHEAD, outside_window
from xborder_sandbox.dhl.shapes_rates import RATE_REQUEST

_NEEDED = (
    "accountNumber",
    "originCountryCode",
    "originCityName",
    "destinationCountryCode",
    "destinationCityName",
    "weight",
    "length",
    "width",
    "height",
    "plannedShippingDate",
    "isCustomsDeclarable",
    "unitOfMeasurement",
)


def post_rates(network: Network, call: Call) -> Answer:
    """Quote for many pieces."""
    return Answer(rates_body(_read_body(network, call.document(RATE_REQUEST))))


def get_rates(network: Network, call: Call) -> Answer:
    """Quote for one piece."""
    return Answer(rates_body(_read_query(network, call)))


def get_products(network: Network, call: Call) -> Answer:
    """List the products for one piece."""
    return Answer(products_body(_read_query(network, call)))


def _read_body(network: Network, request: Doc) -> Enquiry:
    found: list[str] = []
    customer = request.at("customerDetails")
    lane = read_lane(customer.at("shipperDetails"), customer.at("receiverDetails"), found)
    planned = read_time(request.text("plannedShippingDateAndTime"), network.now, found)
    dutiable = request.flag("isCustomsDeclarable")
    load = read_load(request.each("packages"), request.text("unitOfMeasurement"))
    wishes = read_services(request.each("valueAddedServices"), dutiable, found)
    currency = _billing_currency(network, request, found)
    if lane is None or planned is None or found:
        raise refused(found)
    extras = {extra.text("typeCode") for extra in request.each("getAdditionalInformation") if extra.flag("isRequested")}
    delivery = request.at("estimatedDeliveryDate")
    return Enquiry(
        lane,
        load,
        planned,
        dutiable,
        _wanted(lane, dutiable, load, request),
        wishes,
        currency,
        list_services=bool(extras) or request.flag("requestAllValueAddedServices"),
        delivery_type=delivery.text("typeCode", "QDDF"),
    )


def _billing_currency(network: Network, request: Doc, found: list[str]) -> str:
    accounts = request.each("accounts")
    if not accounts:
        # A quote without an account needs a profile for it and payerCountryCode (RateRequest.payerCountryCode).
        found.append(ACCOUNT_UNKNOWN)
    known = [network.account(account.text("number")) for account in accounts]
    if None in known:
        found.append(ACCOUNT_UNKNOWN)
    payers = [a for a, doc in zip(known, accounts, strict=True) if a and doc.text("typeCode") == "payer"]
    return next((a.currency for a in [*payers, *known] if a), "EUR")


def _wanted(lane: Lane, dutiable: bool, load: Load, request: Doc) -> list[Product]:
    code = request.text("productCode")
    codes = {entry.text("productCode") for entry in request.each("productsAndServices")} | ({code} if code else set())
    kind = request.text("productTypeCode", "all")
    chosen = [
        product
        for product in _carrying(lane, dutiable, load)
        if (not codes or product.code in codes)
        and (kind == "all" or product.day_definite == (kind == "dayDefinite"))
        and not (request.flag("returnStandardProductsOnly") and product.by_agreement)
    ]
    return _at_least_one(chosen, sorted(codes))


def _carrying(lane: Lane, dutiable: bool, load: Load) -> list[Product]:
    return [product for product in products_for(lane, dutiable) if can_carry(product, load)]


def _at_least_one(products: list[Product], codes: list[str]) -> list[Product]:
    if products:
        return products
    raise refused(product_unavailable("/".join(codes))[:1])


def _read_query(network: Network, call: Call) -> Enquiry:
    call.need(*_NEEDED)
    sizes = [_number(call, name) for name in ("weight", "length", "width", "height")]
    try:
        day = date.fromisoformat(call.one("plannedShippingDate"))
    except ValueError:
        raise wrong_format(["plannedShippingDate (YYYY-MM-DD)"]) from None
    units = call.choice("unitOfMeasurement", ("metric", "imperial"))
    dutiable = call.flag("isCustomsDeclarable")
    call.flag("nextBusinessDay")
    call.flag("strictValidation")
    found: list[str] = []
    lane = read_lane(_address(call, "origin"), _address(call, "destination"), found)
    # The parameter has no time: noon of that day, so that the cut-off is not missed.
    planned = datetime.combine(day, time(12), UTC)
    if outside_window(planned, network.now):
        found.append(f"The planned date {day} must not be in the past or more than {DAYS_AHEAD} days ahead.")
    account = network.account(call.one("accountNumber"))
    if account is None:
        found.append(ACCOUNT_UNKNOWN)
    if lane is None or account is None or found:
        raise refused(found)
    load = Load((Piece(*sizes),), metric=units == "metric")
    return Enquiry(
        lane,
        load,
        planned,
        dutiable,
        _at_least_one(_carrying(lane, dutiable, load), []),
        (),
        account.currency,
        list_services=call.flag("getAllValueAddedServices"),
        delivery_type=call.choice("estimatedDeliveryDateType", ("QDDF", "QDDC"), "QDDF"),
    )


def _number(call: Call, name: str) -> Decimal:
    try:
        value = Decimal(call.one(name))
    except InvalidOperation:
        raise wrong_format([f"{name} (type=number)"]) from None
    if not value.is_finite() or value < (0 if name == "weight" else 1):
        raise wrong_format([f"{name} (minimum={0 if name == 'weight' else 1})"])
    return value


def _address(call: Call, which: str) -> Doc:
    names = {"countryCode": "CountryCode", "postalCode": "PostalCode", "cityName": "CityName"}
    return Doc({name: call.one(f"{which}{suffix}") for name, suffix in names.items()})
