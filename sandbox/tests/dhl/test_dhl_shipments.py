"""Buying: the answer, what is refused, how often it was bought, what can be added and fetched later."""

from __future__ import annotations

import base64
import copy

import pytest

PATH = "/shipments"
ONE = "/shipments/{shipmentTrackingNumber}"


def post(dhl, body, **params):
    return dhl.call("POST", PATH, json=body, params=params)


def test_the_request_of_these_tests_is_a_documented_one(dhl, spec):
    spec.check_request(PATH, "post", dhl.shipment_request(pieces=2))


FULL = {
    "pickup": {"isRequested": True, "closeTime": "18:00", "location": "reception"},
    "getRateEstimates": True,
    "estimatedDeliveryDate": {"isRequested": True, "typeCode": "QDDC"},
    "valueAddedServices": [{"serviceCode": "II", "value": 50, "currency": "USD"}, {"serviceCode": "WY"}],
    "getAdditionalInformation": [
        {"typeCode": kind, "isRequested": True}
        for kind in ("pickupDetails", "optionalShipmentData", "barcodeInformation", "linkLabelsByPieces")
    ],
    "outputImageProperties": {
        "imageOptions": [
            {"typeCode": "invoice", "isRequested": True},
            {"typeCode": "waybillDoc", "isRequested": True},
            {"typeCode": "shipmentReceipt", "isRequested": True},
            {"typeCode": "qr-code", "isRequested": True},
        ]
    },
}


def test_answer_has_the_documented_shape(dhl, spec):
    for changes in ({}, {"pieces": 3}, FULL, {**FULL, "pieces": 2}):
        body = dhl.shipment_request(**changes)
        spec.check_request(PATH, "post", body)
        answer = post(dhl, body)
        assert answer.status_code == 201, answer.text
        spec.check_response(PATH, "post", 201, answer.json())


def test_numbers(dhl):
    answer = post(dhl, dhl.shipment_request(pieces=3))
    body = answer.json()
    number = body["shipmentTrackingNumber"]
    assert len(number) == 10
    assert number.isdigit()
    assert int(number[:9]) % 7 == int(number[9])
    assert answer.headers["location"] == f"/shipments/{number}"
    plates = [package["trackingNumber"] for package in body["packages"]]
    assert len(set(plates)) == 3
    assert all(plate.startswith("JD01") and len(plate) == 20 for plate in plates)
    assert [package["referenceNumber"] for package in body["packages"]] == [1, 2, 3]
    assert body["trackingUrl"].endswith(f"/dhl/mydhlapi/shipments/{number}/tracking")


def test_urls_of_the_answer_lead_back(dhl):
    body = dhl.ship(pickup={"isRequested": True})
    tracking = dhl.http.get(body["trackingUrl"], auth=(dhl.settings["api_key"], dhl.settings["api_secret"]))
    assert tracking.json()["shipments"][0]["shipmentTrackingNumber"] == body["shipmentTrackingNumber"]
    assert body["cancelPickupUrl"].endswith("/pickups/" + body["dispatchConfirmationNumber"])


def test_every_call_buys(dhl):
    headers = {"Message-Reference": "the-same"}
    for _ in range(3):
        assert dhl.call("POST", PATH, json=dhl.shipment_request("ORDER-9"), headers=headers).status_code == 201
    bought = [s for s in dhl.state()["shipments"] if {"type": "CU", "value": "ORDER-9"} in s["references"]]
    assert len(bought) == 3
    assert len({shipment["number"] for shipment in bought}) == 3
    assert {shipment["message_reference"] for shipment in bought} == {"the-same"}


def test_checking_the_data_buys_nothing(dhl, spec):
    answer = post(dhl, dhl.shipment_request(), validateDataOnly="true")
    assert answer.status_code == 201
    spec.check_response(PATH, "post", 201, answer.json())
    assert "shipmentTrackingNumber" not in answer.json()
    assert dhl.state()["shipments"] == []
    wrong = post(dhl, dhl.shipment_request(productCode="N"), validateDataOnly="true")
    assert wrong.status_code == 400
    assert wrong.json()["instance"] == "/expressapi/shipments?validateDataOnly=true"


def test_charges_are_those_of_the_quote(dhl):
    quote = dhl.call("POST", "/rates", json=dhl.rate_request()).json()["products"][0]
    charges = dhl.ship(getRateEstimates=True)["shipmentCharges"]
    assert [(c["currencyType"], c["priceCurrency"], c["price"]) for c in charges] == [
        (p["currencyType"], p["priceCurrency"], p["price"]) for p in quote["totalPrice"]
    ]
    assert "shipmentCharges" not in dhl.ship()


def test_pickup_is_booked_with_the_shipment(dhl):
    body = dhl.ship(pickup={"isRequested": True, "closeTime": "17:30"})
    number = body["dispatchConfirmationNumber"]
    assert dhl.state()["pickups"] == [
        {
            "number": number,
            "account": dhl.account,
            "status": "booked",
            "ready": "2026-03-02T11:30:00+08:00",
            "shipment": body["shipmentTrackingNumber"],
        }
    ]
    cancelled = dhl.call("DELETE", f"/pickups/{number}", params={"requestorName": "Lin", "reason": "late"})
    assert cancelled.status_code == 200
    assert "dispatchConfirmationNumber" not in dhl.ship()


def test_a_purchase_may_carry_warnings(dhl):
    saturday = dhl.ship(plannedShippingDateAndTime=dhl.planned(days=5))
    assert "next business day" in saturday["warnings"][0]
    assert "warnings" not in dhl.ship()


def without(*path):
    def change(body):
        node = body
        for step in path[:-1]:
            node = node[step]
        del node[path[-1]]

    return change


def put(value, *path):
    def change(body):
        node = body
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value

    return change


INVOICE = {"imageOptions": [{"typeCode": "invoice", "isRequested": True}]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put("2026-03-02T10:00:00", "plannedShippingDateAndTime"), "998: ShipTimeStamp is not well formatted."),
        (put("2026-03-01T10:00:00 GMT+08:00", "plannedShippingDateAndTime"), "must not be in the past"),
        (put("2026-03-13T10:00:00 GMT+08:00", "plannedShippingDateAndTime"), "must not be in the past"),
        (put("123456789", "accounts", 0, "number"), "8007: The Shipper Account is invalid."),
        (put("5180", "customerDetails", "shipperDetails", "postalAddress", "postalCode"), "postalCode '5180'"),
        (put("ZZ", "customerDetails", "receiverDetails", "postalAddress", "countryCode"), "countryCode 'ZZ'"),
        (put("D", "productCode"), "1001: The requested product(s) (D) not available"),
        (put("D", "productCode"), "410135: Requested product(s) not available at origin, D/D"),
        (put(80, "content", "packages", 0, "weight"), "1001: The requested product(s) (P) not available"),
        (without("content", "exportDeclaration"), "#/content/exportDeclaration must be provided"),
        (without("content", "declaredValue"), "#/content/declaredValue must be provided"),
        (put("XYZ", "content", "declaredValueCurrency"), "declaredValueCurrency 'XYZ' is not a known currency"),
        (put([{"serviceCode": "xx"}], "valueAddedServices"), "7008: The requested Special Service Code  #/valueAdded"),
        (put([{"serviceCode": "WY"}], "valueAddedServices"), "7120: Required either #/outputImageProperties"),
        (put([{"typeCode": "shipmentId", "value": "1"}], "identifiers"), "400104: The provided Shipment Ident"),
        (put({"deliveryOption": "neighbour"}, "onDemandDelivery"), "needs #/customerDetails/buyerDetails"),
        (
            put({"imageOptions": [{"typeCode": "label", "templateName": "NICE_ONE"}]}, "outputImageProperties"),
            "#/outputImageProperties/imageOptions/0/templateName 'NICE_ONE'",
        ),
        (put([{"content": "not base64!"}], "documentImages"), "#/documentImages/0/content is not base64."),
    ],
)
def test_refused(dhl, spec, problems_of, change, expected):
    body = dhl.shipment_request()
    change(body)
    spec.check_request(PATH, "post", body)  # so the refusal is about the business, not the shape
    answer = post(dhl, body)
    assert answer.status_code == 400, answer.text
    assert [text for text in problems_of(answer) if expected in text]
    spec.check_response(PATH, "post", 400, answer.json())
    assert dhl.state()["shipments"] == []


def test_invoice_needs_its_number(dhl, problems_of):
    body = dhl.shipment_request(outputImageProperties=INVOICE)
    del body["content"]["exportDeclaration"]["invoice"]
    assert "invoice must be provided" in problems_of(post(dhl, body))[0]


def test_country_of_a_further_party(dhl, problems_of):
    body = dhl.shipment_request()
    seller = copy.deepcopy(body["customerDetails"]["shipperDetails"])
    seller["postalAddress"]["countryCode"] = "99"
    body["customerDetails"]["sellerDetails"] = seller
    assert problems_of(post(dhl, body)) == [
        "7127: The sellerDetails/postalAddress/countryCode value provided is invalid."
    ]


def test_several_problems_come_together(dhl, problems_of):
    body = dhl.shipment_request(accounts=[{"typeCode": "shipper", "number": "1"}], productCode="N")
    answer = post(dhl, body)
    assert answer.json()["detail"] == "Multiple problems found, see Additional Details"
    assert len(problems_of(answer)) == 3


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (without("content", "incoterm"), "#/content: required key [incoterm] not found"),
        (put(0, "content", "packages", 0, "weight"), "#/content/packages/0/weight: 0 is not greater or equal to 0.001"),
        (put("1.2", "content", "packages", 0, "weight"), "#/content/packages/0/weight: expected type: Number"),
        (put(1.23456, "content", "packages", 0, "weight"), "#/content/packages/0/weight: 1.23456 is not a multiple"),
        (
            put("x" * 46, "customerDetails", "receiverDetails", "postalAddress", "addressLine1"),
            "#/customerDetails/receiverDetails/postalAddress/addressLine1: expected maxLength: 45, actual: 46",
        ),
        (put(" kites", "content", "description"), "#/content/description: string [ kites] does not match pattern"),
        (put("DDX", "content", "incoterm"), "#/content/incoterm: DDX is not a valid enum value"),
        (put([], "content", "packages"), "#/content/packages: expected minimum item count: 1, found: 0"),
        (put("png", "outputImageProperties"), "#/outputImageProperties: expected type: JSONObject, found: String"),
        (put({"encodingFormat": "png"}, "outputImageProperties"), "png is not a valid enum value"),
        (put(1, "shipmentNote"), "#: extraneous key [shipmentNote] is not permitted"),
        (put("x" * 36, "customerReferences", 0, "value"), "#/customerReferences/0/value: expected maxLength: 35"),
    ],
)
def test_without_its_shape(dhl, spec, problems_of, change, expected):
    body = dhl.shipment_request()
    change(body)
    answer = post(dhl, body)
    assert answer.status_code == 422, answer.text
    assert expected in problems_of(answer)[0]
    spec.check_response(PATH, "post", 422, answer.json())
    assert answer.json()["instance"] == "/expressapi/shipments"
    with pytest.raises(AssertionError):
        spec.check_request(PATH, "post", body)


IMAGE = {"typeCode": "INV", "imageFormat": "PDF", "content": base64.b64encode(b"%PDF-1.4 mine").decode()}


def upload(dhl, **changes):
    return {
        "shipmentTrackingNumber": None,
        "originalPlannedShippingDate": "2026-03-02",
        "accounts": [{"typeCode": "shipper", "number": dhl.account}],
        "productCode": "P",
        "documentImages": [IMAGE],
        **changes,
    }


def images(dhl, number, **params):
    search = {
        "shipperAccountNumber": dhl.account,
        "typeCode": "commercial-invoice",
        "pickupYearAndMonth": "2026-03",
        **params,
    }
    return dhl.get(f"/shipments/{number}/get-image", **search)


def test_an_uploaded_image_can_be_fetched(dhl, spec):
    number = dhl.ship()["shipmentTrackingNumber"]
    assert images(dhl, number).status_code == 404
    answer = dhl.call("PATCH", f"/shipments/{number}/upload-image", json=upload(dhl, shipmentTrackingNumber=number))
    assert (answer.status_code, answer.content) == (200, b"")
    fetched = images(dhl, number)
    spec.check_response(f"{ONE}/get-image", "get", 200, fetched.json())
    assert [d["content"] for d in fetched.json()["documents"]] == [IMAGE["content"]]


def test_upload_refused(dhl, spec, problems_of):
    number = dhl.ship()["shipmentTrackingNumber"]
    path = f"/shipments/{number}/upload-image"
    for changes in ({"productCode": "D"}, {"originalPlannedShippingDate": "2026-03-03"}):
        answer = dhl.call("PATCH", path, json=upload(dhl, shipmentTrackingNumber=number, **changes))
        assert answer.status_code == 404
        assert problems_of(answer) == ["Operation not possible since shipment information not found"]
        spec.check_response(f"{ONE}/upload-image", "patch", 404, answer.json())
    wrong = upload(dhl, shipmentTrackingNumber=number, productCode="")
    answer = dhl.call("PATCH", path, json=wrong)
    assert answer.status_code == 422
    assert problems_of(answer) == ["#/productCode: expected minLength: 1, actual: 0"]


def test_stored_documents(dhl, spec, problems_of):
    both = {"typeCode": ["waybill", "commercial-invoice"]}
    number = dhl.ship(outputImageProperties=INVOICE)["shipmentTrackingNumber"]
    fetched = images(dhl, number, **both)
    spec.check_response(f"{ONE}/get-image", "get", 200, fetched.json())
    assert [d["typeCode"] for d in fetched.json()["documents"]] == ["waybill", "commercial-invoice"]
    assert all(base64.b64decode(d["content"]).startswith(b"%PDF") for d in fetched.json()["documents"])
    for changes in ({"pickupYearAndMonth": "2026-04"}, {"shipperAccountNumber": "1"}, {"encodingFormat": "tiff"}):
        answer = images(dhl, number, **both, **changes)
        assert answer.status_code == 404
        assert problems_of(answer) == ["1504: No document images found for the provided search criteria."]
    for changes, expected in (
        ({"encodingFormat": "tiff", "allInOnePDF": "true"}, "1506: encodingFormat TIFF"),
        ({"typeCode": "postcard"}, "typeCode (postcard)"),
        ({"pickupYearAndMonth": "03/2026"}, "pickupYearAndMonth (YYYY-MM)"),
    ):
        answer = images(dhl, number, **{**both, **changes})
        assert answer.status_code == 400
        assert expected in problems_of(answer)[0]


def invoice_data(**changes):
    line = {
        "number": 1,
        "description": "Paper kite",
        "price": 12.5,
        "quantity": {"value": 4, "unitOfMeasurement": "PCS"},
        "manufacturerCountry": "CN",
        "weight": {"netValue": 0.9},
    }
    declaration = {
        "lineItems": [line],
        "invoice": {"number": "INV-8", "date": "2026-03-01", "function": "export"},
        "incoterm": "DAP",
    }
    return {
        "content": {"exportDeclaration": [declaration], "currency": "USD", "unitOfMeasurement": "metric"},
        **changes,
    }


def test_invoice_data(dhl, spec, problems_of):
    number = dhl.ship()["shipmentTrackingNumber"]
    path = f"/shipments/{number}/upload-invoice-data"
    spec.check_request(f"{ONE}/upload-invoice-data", "patch", invoice_data())
    assert dhl.call("PATCH", path, json=invoice_data()).status_code == 200
    assert dhl.state()["shipments"][0]["invoices"] == ["INV-8"]
    body = invoice_data()
    del body["content"]["exportDeclaration"][0]["lineItems"][0]["weight"]
    answer = dhl.call("PATCH", path, json=body)
    assert answer.status_code == 422
    assert problems_of(answer) == ["#/content/exportDeclaration/0/lineItems/0: required key [weight] not found"]
    unknown = dhl.call("PATCH", "/shipments/1234567890/upload-invoice-data", json=invoice_data())
    assert unknown.status_code == 400
    assert problems_of(unknown)[0].startswith("7096: ")
