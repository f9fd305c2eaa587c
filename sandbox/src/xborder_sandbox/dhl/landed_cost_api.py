"""POST /landed-cost: duties and taxes of goods. Rates of duty are the sandbox's own, by HS chapter."""

from __future__ import annotations

from decimal import Decimal

from xborder_sandbox.dhl.call import Answer, Call
from xborder_sandbox.dhl.doc import Doc
from xborder_sandbox.dhl.lane_reading import read_lane, read_load
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.pricing import PER_EURO, convert, price, wire
from xborder_sandbox.dhl.problems import ACCOUNT_UNKNOWN, product_unavailable, refused
from xborder_sandbox.dhl.products import products_for
from xborder_sandbox.dhl.shapes_rates import LANDED_COST_REQUEST

_DUTY_PERCENT = {"42": "4", "61": "12", "62": "12", "64": "8", "71": "2.5", "85": "0", "95": "0"}
_OTHER_DUTY = "3.5"
_FULL_CODE = 8  # digits from which a code is more than the world-wide six


def post_landed_cost(network: Network, call: Call) -> Answer:
    """Work out what reaches the buyer's door costs."""
    request = call.document(LANDED_COST_REQUEST)
    found: list[str] = []
    customer = request.at("customerDetails")
    lane = read_lane(customer.at("shipperDetails"), customer.at("receiverDetails"), found)
    if any(network.account(account.text("number")) is None for account in request.each("accounts")):
        found.append(ACCOUNT_UNKNOWN)
    currency = request.text("currencyCode")
    currencies = [currency, *(item.text("unitPriceCurrencyCode") for item in request.each("items"))]
    currencies += [charge.text("currencyCode") for charge in request.each("charges")]
    found += [f"The currency '{code}' is not known." for code in dict.fromkeys(currencies) if code not in PER_EURO]
    if lane is None or found:
        raise refused(found)
    products = products_for(lane, dutiable=True)
    code = request.text("productCode")
    product = next((p for p in products if not code or p.code == code), None)
    if product is None:
        raise refused(product_unavailable(code)[:1])
    load = read_load(request.each("packages"), request.text("unitOfMeasurement"))

    given = request.each("charges")
    insurance = sum((_in(charge, currency) for charge in given if charge.text("typeCode") == "insurance"), Decimal(0))
    freights = [_in(charge, currency) for charge in given if charge.text("typeCode") == "freight"]
    freight = sum(freights, Decimal(0)) if freights else price(lane, product, load, (), currency).total
    goods = [(item, _value(item, currency)) for item in request.each("items")]
    total_goods = sum((value for _, value in goods), Decimal(0))
    vat = Decimal(lane.destination.country.vat_percent)

    items, duties, taxes = [], Decimal(0), Decimal(0)
    for item, value in goods:
        share = value / total_goods if total_goods else Decimal(0)
        cif = value + _cents((freight + insurance) * share)
        percent = _duty_percent(item.text("commodityCode"))
        duty = _cents(value * percent / 100)
        tax = _cents((cif + duty) * vat / 100)
        duties, taxes = duties + duty, taxes + tax
        items.append(
            {
                "number": int(item.decimal("number")),
                "breakdown": [
                    _part("DUTY", duty, currency, "DUTY", f"(COST * {percent / 100})"),
                    _part("VAT", tax, currency, "TAX", f"({vat / 100} * (CIF + DUTY))"),
                ],
            }
        )
    total = total_goods + freight + insurance + duties + taxes
    answer: dict[str, object] = {
        "totalPrice": [{"priceCurrency": currency, "price": wire(total)}],
        "weight": {"volumetric": wire(load.volumetric), "provided": wire(load.weight)},
    }
    if request.flag("getCostBreakdown"):
        answer["detailedPriceBreakdown"] = [
            {
                "priceCurrency": currency,
                "breakdown": [
                    _part("SINSV", insurance, currency),
                    _part("SCUSV", total_goods, currency),
                    _part("SPRQN", freight, currency),
                    _part("TOTAL DUTIES", duties, currency, "DUTY"),
                    _part("TOTAL TAXES", taxes, currency, "TAX"),
                    _part("TOTAL FEES", Decimal(0), currency, "FEE"),
                ],
            }
        ]
        answer["items"] = items
    body: dict[str, object] = {"products": [answer]}
    warnings = [
        f"200203: #/items/number:{int(item.decimal('number'))}/ The provided HS code is not a valid full Import HS "
        "code. Ballpark landed cost is estimated using the provided 6-digit HS Code."
        for item, _ in goods
        if len(_digits(item.text("commodityCode"))) < _FULL_CODE
    ]
    if warnings:
        body["warnings"] = warnings
    headers = {}
    if request.flag("getQuotationID"):
        headers["Quotation-Id"] = f"Q-{network.now.year}-100-{network.store.chance.randrange(10**9):09d}"
    return Answer(body, headers=headers)


def _in(charge: Doc, currency: str) -> Decimal:
    return convert(charge.decimal("amount"), charge.text("currencyCode"), currency)


def _value(item: Doc, currency: str) -> Decimal:
    return convert(item.decimal("unitPrice") * item.decimal("quantity"), item.text("unitPriceCurrencyCode"), currency)


def _cents(value: Decimal) -> Decimal:
    return convert(value, "EUR", "EUR")


def _digits(code: str) -> str:
    return "".join(letter for letter in code if letter.isdigit())


def _duty_percent(code: str) -> Decimal:
    return Decimal(_DUTY_PERCENT.get(_digits(code)[:2], _OTHER_DUTY))


def _part(name: str, amount: Decimal, currency: str, kind: str = "", formula: str = "") -> dict[str, object]:
    part: dict[str, object] = {"name": name, "price": wire(amount), "priceCurrency": currency}
    if kind:
        part["typeCode"] = kind
    if formula:
        part["tariffRateFormula"] = formula
    return part
