"""Address look-up and code lists."""

from __future__ import annotations

import csv

import pytest

from xborder_sandbox.dhl.places import COUNTRIES
from xborder_sandbox.dhl.pricing import PER_EURO
from xborder_sandbox.dhl.reference_data import EVENT_CODES


def look_up(dhl, **params):
    return dhl.get("/address-validate", **{"type": "delivery", "countryCode": "DE", "postalCode": "10115", **params})


def test_a_served_place(dhl, spec):
    answer = look_up(dhl, cityName="Berlin")
    spec.check_response("/address-validate", "get", 200, answer.json())
    assert answer.json() == {
        "address": [
            {
                "countryCode": "DE",
                "postalCode": "10115",
                "cityName": "BERLIN",
                "serviceArea": {"code": "BER", "description": "BERLIN-GERMANY", "GMTOffset": "+01:00"},
            }
        ]
    }


@pytest.mark.parametrize("params", [{"postalCode": "1011"}, {"countryCode": "XX"}, {"postalCode": "99999"}])
def test_a_place_that_is_not_served(dhl, spec, params):
    answer = look_up(dhl, **params)
    assert answer.status_code == 200
    assert answer.json()["address"] == []
    spec.check_response("/address-validate", "get", 200, answer.json())


def test_without_strictness_the_country_will_do(dhl):
    (address,) = look_up(dhl, postalCode="1011", strictValidation="false").json()["address"]
    assert address["serviceArea"]["code"] == "BER"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"type": ""}, "Missing mandatory parameters: type"),
        ({"type": "both"}, "valid parameters for type are [pickup, delivery]"),
        ({"cityName": "x" * 46}, "Parameters not having correct format: cityName (maxLength=45)"),
        ({"strictValidation": "perhaps"}, "strictValidation (type=boolean)"),
    ],
)
def test_look_up_refused(dhl, spec, problems_of, params, expected):
    answer = look_up(dhl, **params)
    assert answer.status_code == 400
    assert expected in problems_of(answer)[0]
    assert answer.json()["instance"] == "/expressapi/address_validate"
    spec.check_response("/address-validate", "get", 400, answer.json())


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("US", "10001-1234", "1000"),
        ("GB", "SW1A 1AA", "SW1A"),
        ("NL", "1012 AB", "1012"),
        ("CA", "M5V 2T6", "M5V2T"),
        ("CN", "518000", "5180000"),
        ("HK", "", None),
        ("AE", "", None),
        ("JP", "100-0001", "1000"),
        ("BR", "01310-100", "01310"),
    ],
)
def test_forms_of_postcodes(country, good, bad):
    assert COUNTRIES[country].has_postcode(good)
    if bad is not None:
        assert not COUNTRIES[country].has_postcode(bad)
        assert not COUNTRIES[country].has_postcode("")


def test_every_country_can_be_billed():
    assert {country.currency for country in COUNTRIES.values()} <= set(PER_EURO)
    assert all(country.areas for country in COUNTRIES.values())


def test_event_codes_are_the_vendors(contract_folder):
    with (contract_folder / "dhl/codes/express-status.csv").open(newline="") as file:
        listed = {row["Status"]: row["Description"] for row in csv.DictReader(file, delimiter=";")}
    # Rows 101 to 104 are another product's statuses.
    assert {code: text for code, text in listed.items() if not code.isdigit()} == EVENT_CODES


DATASETS = (
    "country",
    "incoterm",
    "productCode",
    "serviceCode",
    "packageTypeCode",
    "customerShipmentReferenceType",
    "returnStatusMessage",
    "trackingEventCode",
    "unitOfMeasurement",
    "outputImageTemplate",
    "all",
)


def rows(answer):
    assert answer.status_code == 200, answer.text
    (dataset,) = answer.json()["referenceData"]
    return [{cell["attribute"]: cell["value"] for cell in row} for row in dataset["data"]]


@pytest.mark.parametrize("name", DATASETS)
def test_code_lists(dhl, spec, name):
    answer = dhl.get("/reference-data", datasetName=name)
    assert answer.status_code == 200
    spec.check_response("/reference-data", "get", 200, answer.json())
    names = [dataset["datasetName"] for dataset in answer.json()["referenceData"]]
    assert names == [name] if name != "all" else len(names) > 8


def test_attributes_are_those_of_the_examples(dhl, spec):
    examples = spec.operation("/reference-data", "get")["responses"]["200"]["content"]["application/json"]["examples"]
    for example in examples.values():
        (dataset,) = example["value"]["referenceData"]
        theirs = {cell["attribute"] for row in dataset["data"] for cell in row}
        ours = {name for row in rows(dhl.get("/reference-data", datasetName=dataset["datasetName"])) for name in row}
        assert ours <= theirs


def test_filters(dhl, problems_of):
    def filtered(**params):
        return rows(dhl.get("/reference-data", datasetName="trackingEventCode", **params))

    assert [row["eventTypeDescription"] for row in filtered(filterByAttribute="eventTypeCode", filterByValue="OK")] == [
        "Delivery"
    ]
    held = filtered(filterByAttribute="eventTypeDescription", filterByValue="hold", comparisonOperator="contains")
    assert [row["eventTypeCode"] for row in held] == ["OH"]
    assert len(filtered(queryString="[eventTypeCode:OK:notEqual]")) == len(EVENT_CODES) - 1
    one = "[countryCode:DE:equal]"
    for text, status in ((",".join([one] * 3), 200), (",".join([one] * 4), 400), ("countryCode=DE", 400)):
        answer = dhl.get("/reference-data", datasetName="country", queryString=text)
        assert answer.status_code == status
        assert status == 200 or problems_of(answer)[0].startswith("5029: ")


def test_lists_that_are_not_there(dhl, spec, problems_of):
    empty = dhl.get("/reference-data", datasetName="commodityCategory")
    assert empty.status_code == 404
    assert problems_of(empty) == ["5030: No reference data found"]
    spec.check_response("/reference-data", "get", 404, empty.json())
    assert dhl.get("/reference-data", datasetName="poems").status_code == 400
    assert problems_of(dhl.get("/reference-data")) == ["Missing mandatory parameters: datasetName"]
