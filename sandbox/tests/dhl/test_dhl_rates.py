"""Quotes: what is offered on which lane, prices, weights, refusals, landed cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sandbox.dhl.lane import Lane, end
from xborder_sandbox.dhl.load import Load, Piece
from xborder_sandbox.dhl.pricing import price
from xborder_sandbox.dhl.products import GOODS


def products(answer):
    assert answer.status_code == 200, answer.text
    return {product["productCode"]: product for product in answer.json()["products"]}


def total(product, kind="BILLC"):
    return next(Decimal(str(p["price"])) for p in product["totalPrice"] if p["currencyType"] == kind)


def query(dhl, **changes):
    values = {
        "accountNumber": dhl.account,
        "originCountryCode": "CN",
        "originPostalCode": "518000",
        "originCityName": "Shenzhen",
        "destinationCountryCode": "DE",
        "destinationPostalCode": "10115",
        "destinationCityName": "Berlin",
        "weight": 1.2,
        "length": 30,
        "width": 20,
        "height": 10,
        "plannedShippingDate": "2026-03-02",
        "isCustomsDeclarable": "true",
        "unitOfMeasurement": "metric",
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def test_quote_has_the_documented_shape(dhl, spec):
    wish = [{"serviceCode": "II", "value": 500, "currency": "USD"}]
    extra = [{"typeCode": "allValueAddedServices", "isRequested": True}]
    for changes in ({}, {"valueAddedServices": wish, "getAdditionalInformation": extra}):
        body = dhl.rate_request(**changes)
        spec.check_request("/rates", "post", body)
        answer = dhl.call("POST", "/rates", json=body)
        assert answer.status_code == 200, answer.text
        spec.check_response("/rates", "post", 200, answer.json())


def test_quote_by_query_is_the_same_quote(dhl, spec):
    asked, posted = dhl.get("/rates", **query(dhl)), dhl.call("POST", "/rates", json=dhl.rate_request())
    spec.check_response("/rates", "get", 200, asked.json())
    assert {code: total(p) for code, p in products(asked).items()} == {
        code: total(p) for code, p in products(posted).items()
    }


def test_products_are_listed_without_prices(dhl, spec):
    answer = dhl.get("/products", **query(dhl, getAllValueAddedServices="true"))
    spec.check_response("/products", "get", 200, answer.json())
    assert set(products(answer)) == set(products(dhl.get("/rates", **query(dhl))))
    assert "totalPrice" not in products(answer)["P"]


@pytest.mark.parametrize(
    ("destination", "dutiable", "expected"),
    [
        ({"countryCode": "DE", "postalCode": "10115", "cityName": "Berlin"}, True, {"P", "Y", "E", "8", "B"}),
        ({"countryCode": "JP", "postalCode": "100-0001", "cityName": "Tokyo"}, True, {"P", "Y", "E", "8", "H", "B"}),
        ({"countryCode": "DE", "postalCode": "10115", "cityName": "Berlin"}, False, {"D", "T", "K", "7"}),
        ({"countryCode": "CN", "postalCode": "200000", "cityName": "Shanghai"}, False, {"N", "1", "O"}),
        ({"countryCode": "HK", "postalCode": "", "cityName": "Hong Kong"}, True, {"P", "Y", "E", "8", "H", "B"}),
    ],
)
def test_products_by_lane(dhl, destination, dutiable, expected):
    body = dhl.rate_request(isCustomsDeclarable=dutiable)
    body["customerDetails"]["receiverDetails"] = destination
    assert set(products(dhl.call("POST", "/rates", json=body))) == expected


def test_within_the_customs_union_goods_need_no_declaration(make_dhl):
    berlin = make_dhl(account="dhl-berlin")
    body = berlin.rate_request(isCustomsDeclarable=False)
    body["customerDetails"] = {
        "shipperDetails": {"countryCode": "DE", "postalCode": "10115", "cityName": "Berlin"},
        "receiverDetails": {"countryCode": "FR", "postalCode": "75011", "cityName": "Paris"},
    }
    offered = products(berlin.call("POST", "/rates", json=body))
    assert set(offered) == {"U", "T", "K", "W"}
    assert {p["currencyType"]: p["priceCurrency"] for p in offered["U"]["totalPrice"]} == {
        "BILLC": "EUR",
        "PULCL": "EUR",
        "BASEC": "EUR",
    }
    body["isCustomsDeclarable"] = True
    assert berlin.call("POST", "/rates", json=body).status_code == 400


def test_faster_costs_more(dhl):
    offered = products(dhl.call("POST", "/rates", json=dhl.rate_request()))
    assert total(offered["B"]) < total(offered["P"]) < total(offered["Y"]) < total(offered["E"])


def test_the_customer_is_billed_in_its_currency(dhl):
    product = products(dhl.call("POST", "/rates", json=dhl.rate_request()))["P"]
    assert {p["currencyType"]: p["priceCurrency"] for p in product["totalPrice"]} == {
        "BILLC": "CNY",
        "PULCL": "CNY",
        "BASEC": "EUR",
    }
    assert total(product, "PULCL") > total(product) > total(product, "BASEC")


def test_breakdown_adds_up(dhl):
    body = dhl.rate_request(valueAddedServices=[{"serviceCode": "II", "value": 5000, "currency": "USD"}])
    for product in products(dhl.call("POST", "/rates", json=body)).values():
        for detail, summary in zip(product["detailedPriceBreakdown"], product["totalPrice"], strict=True):
            parts = [Decimal(str(line["price"])) for line in detail["breakdown"]]
            taxes = [Decimal(str(tax["price"])) for line in detail["breakdown"] for tax in line["priceBreakdown"]]
            assert sum(parts) + sum(taxes) == Decimal(str(summary["price"]))
            assert {"II", "FF"} <= {line.get("serviceCode") for line in detail["breakdown"]}


def test_domestic_transport_is_taxed(dhl):
    body = dhl.rate_request(isCustomsDeclarable=False)
    body["customerDetails"]["receiverDetails"] = {"countryCode": "CN", "postalCode": "200000", "cityName": "Shanghai"}
    product = products(dhl.call("POST", "/rates", json=body))["N"]
    breakdown = {p["typeCode"]: p["price"] for p in product["totalPriceBreakdown"][0]["priceBreakdown"]}
    assert breakdown["STTXA"] > 0


def test_volumetric_weight(dhl):
    def quoted(**package):
        return products(dhl.call("POST", "/rates", json=dhl.rate_request(packages=[package])))["P"]

    bulky = quoted(weight=1, dimensions={"length": 50, "width": 40, "height": 30})
    assert bulky["weight"] == {"volumetric": 12.0, "provided": 1.0, "unitOfMeasurement": "metric"}
    assert total(bulky) == total(quoted(weight=12))
    assert total(bulky) > total(quoted(weight=11.5))


def test_imperial_units(dhl):
    body = dhl.rate_request(unitOfMeasurement="imperial", packages=[{"weight": 2.2}])
    metric = dhl.rate_request(packages=[{"weight": 1}])
    assert total(products(dhl.call("POST", "/rates", json=body))["P"]) == total(
        products(dhl.call("POST", "/rates", json=metric))["P"]
    )


@given(
    st.decimals("0.001", 70, places=3),
    st.decimals("0.001", 70, places=3),
    st.sampled_from(GOODS),
)
def test_more_weight_never_costs_less(one, other, product):
    shenzhen, _ = end("CN", "518000", "Shenzhen", "shipperDetails")
    berlin, _ = end("DE", "10115", "Berlin", "receiverDetails")
    low, high = (
        price(Lane(shenzhen, berlin), product, Load((Piece(weight),)), currency="CNY").total
        for weight in sorted((one, other))
    )
    assert 0 < low <= high


def test_delivery_and_cutoff_follow_the_clock(dhl):
    product = products(dhl.call("POST", "/rates", json=dhl.rate_request()))["P"]
    assert product["pickupCapabilities"]["localCutoffDateAndTime"] == "2026-03-02T17:00:00"
    assert product["pickupCapabilities"]["nextBusinessDay"] is False
    assert product["deliveryCapabilities"]["estimatedDeliveryDateAndTime"] == "2026-03-06T23:59:00"
    assert product["deliveryCapabilities"]["totalTransitDays"] == 4
    late = dhl.rate_request(plannedShippingDateAndTime=dhl.planned(days=4, hours=9))  # Friday 18:30
    product = products(dhl.call("POST", "/rates", json=late))["P"]
    assert product["pickupCapabilities"]["nextBusinessDay"] is True
    assert product["pickupCapabilities"]["pickupAdditionalDays"] == 3
    assert product["pickupCapabilities"]["localCutoffDateAndTime"] == "2026-03-09T17:00:00"


def test_wishes_narrow_the_list(dhl):
    def codes(**changes):
        return set(products(dhl.call("POST", "/rates", json=dhl.rate_request(**changes))))

    assert codes(productCode="Y") == {"Y"}
    assert codes(returnStandardProductsOnly=True) == {"P", "Y", "E", "8"}
    assert codes(productsAndServices=[{"productCode": "P"}, {"productCode": "E"}]) == {"P", "E"}
    assert codes(packages=[{"weight": 30}]) == {"P", "Y", "E", "B"}


def at_fault(dhl, change):
    body = dhl.rate_request()
    change(body)
    return dhl.call("POST", "/rates", json=body)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda b: b.update(plannedShippingDateAndTime="2026-03-02 10:00"), "998: ShipTimeStamp"),
        (lambda b: b.update(plannedShippingDateAndTime="2026-02-30T10:00:00GMT+08:00"), "998: ShipTimeStamp"),
        (lambda b: b.update(plannedShippingDateAndTime="2026-03-01T23:00:00GMT+08:00"), "must not be in the past"),
        (lambda b: b.update(plannedShippingDateAndTime="2026-03-13T01:00:00GMT+08:00"), "must not be in the past"),
        (lambda b: b["accounts"][0].update(number="123456789"), "The account number is not found or invalid."),
        (lambda b: b.pop("accounts"), "The account number is not found or invalid."),
        (lambda b: b["customerDetails"]["receiverDetails"].update(postalCode="1011"), "postalCode '1011' was not"),
        (lambda b: b["customerDetails"]["receiverDetails"].update(postalCode="00000"), "postalCode '00000' was not"),
        (lambda b: b["customerDetails"]["receiverDetails"].update(countryCode="XX"), "countryCode 'XX' is not served"),
        (lambda b: b.update(productCode="N"), "1001: The requested product(s) (N) not available"),
        (lambda b: b["packages"][0].update(weight=70.001), "1001: The requested product(s)"),
        (
            lambda b: b["packages"][0]["dimensions"].update(length=9999999, width=9999999, height=9999999),
            "1001: The requested product(s)",
        ),
        (
            lambda b: b.update(valueAddedServices=[{"serviceCode": "EE"}, {"serviceCode": "xx"}]),
            "7008: The requested Special Service Code  #/valueAddedServices/1/serviceCode 'xx' is not available",
        ),
        (lambda b: b.update(valueAddedServices=[{"serviceCode": "II"}]), "needs a value and the currency"),
    ],
)
def test_refused(dhl, spec, problems_of, change, expected):
    answer = at_fault(dhl, change)
    assert answer.status_code == 400
    assert [text for text in problems_of(answer) if expected in text]
    spec.check_response("/rates", "post", 400, answer.json())
    assert answer.json()["instance"] == "/expressapi/rates"


def test_time_with_and_without_blank(dhl):
    for text in ("2026-03-02T10:00:00GMT+08:00", "2026-03-02T10:00:00 GMT+08:00"):
        assert dhl.call("POST", "/rates", json=dhl.rate_request(plannedShippingDateAndTime=text)).is_success


def test_the_last_day_ahead(dhl):
    ahead = dhl.rate_request(plannedShippingDateAndTime="2026-03-12T23:00:00GMT+08:00")
    assert dhl.call("POST", "/rates", json=ahead).is_success


def test_a_body_without_its_shape(dhl, problems_of):
    body = dhl.rate_request(currency="EUR")
    del body["packages"][0]["weight"]
    answer = dhl.call("POST", "/rates", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Multiple problems found, see Additional Details"
    assert problems_of(answer) == [
        "#/packages/0: required key [weight] not found",
        "#: extraneous key [currency] is not permitted",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"accountNumber": None, "weight": None}, "Missing mandatory parameters: accountNumber, weight"),
        ({"weight": "much"}, "weight (type=number)"),
        ({"weight": "NaN"}, "weight (minimum=0)"),
        ({"length": 0}, "length (minimum=1)"),
        ({"plannedShippingDate": "02.03.2026"}, "plannedShippingDate (YYYY-MM-DD)"),
        ({"plannedShippingDate": "2026-03-20"}, "must not be in the past or more than 10 days ahead"),
        ({"isCustomsDeclarable": "maybe"}, "isCustomsDeclarable (type=boolean)"),
        ({"unitOfMeasurement": "furlong"}, "valid parameters for unitOfMeasurement are [metric, imperial]"),
        ({"accountNumber": "1"}, "The account number is not found or invalid."),
    ],
)
def test_query_refused(dhl, spec, problems_of, changes, expected):
    for path in ("/rates", "/products"):
        answer = dhl.get(path, **query(dhl, **changes))
        assert answer.status_code == 400
        assert expected in problems_of(answer)[0]
        spec.check_response(path, "get", 400, answer.json())


def landed_cost(dhl, **changes):
    body = dhl.rate_request()
    item = {
        "number": 1,
        "name": "PAPER KITE",
        "manufacturerCountry": "CN",
        "quantity": 2,
        "unitPrice": 50,
        "unitPriceCurrencyCode": "EUR",
        "commodityCode": "6109100010",
    }
    return {
        "customerDetails": body["customerDetails"],
        "accounts": body["accounts"],
        "unitOfMeasurement": "metric",
        "currencyCode": "EUR",
        "isCustomsDeclarable": True,
        "getCostBreakdown": True,
        "charges": [{"typeCode": "freight", "amount": 20, "currencyCode": "EUR"}],
        "packages": body["packages"],
        "items": [item],
        **changes,
    }


def test_landed_cost(dhl, spec):
    body = landed_cost(dhl, getQuotationID=True)
    spec.check_request("/landed-cost", "post", body)
    answer = dhl.call("POST", "/landed-cost", json=body)
    assert answer.status_code == 200, answer.text
    spec.check_response("/landed-cost", "post", 200, answer.json())
    (product,) = answer.json()["products"]
    parts = {line["name"]: line["price"] for line in product["detailedPriceBreakdown"][0]["breakdown"]}
    # 100 of goods, 12 % duty, 19 % of goods, freight and duty.
    assert parts == {
        "SINSV": 0,
        "SCUSV": 100,
        "SPRQN": 20,
        "TOTAL DUTIES": 12,
        "TOTAL TAXES": 25.08,
        "TOTAL FEES": 0,
    }
    assert product["totalPrice"] == [{"priceCurrency": "EUR", "price": 157.08}]
    assert "warnings" not in answer.json()
    assert answer.headers["quotation-id"].startswith("Q-2026-")


def test_landed_cost_warns_about_a_short_code(dhl):
    body = landed_cost(dhl)
    body["items"][0]["commodityCode"] = "610910"
    (warning,) = dhl.call("POST", "/landed-cost", json=body).json()["warnings"]
    assert warning.startswith("200203: #/items/number:1/")


def test_landed_cost_refused(dhl, spec, problems_of):
    answer = dhl.call("POST", "/landed-cost", json=landed_cost(dhl, currencyCode="XXX"))
    assert answer.status_code == 400
    assert problems_of(answer) == ["The currency 'XXX' is not known."]
    assert answer.json()["instance"] == "/expressapi/landedcost"
    spec.check_response("/landed-cost", "post", 400, answer.json())
    assert dhl.call("POST", "/landed-cost", json=landed_cost(dhl, items=[])).status_code == 422
