"""What a scenario holds at first: shipments bought on earlier days. All people and firms are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from xborder_sandbox.dhl.booking import book
from xborder_sandbox.dhl.doc import Doc
from xborder_sandbox.dhl.network import Network
from xborder_sandbox.dhl.scans import plan
from xborder_sandbox.dhl.shipment_reading import read_order

# company | person | street | postcode | city | country
_RECEIVERS = (
    "Kestrel Hobby|Maren Ojala|Lindenweg 4|10115|Berlin|DE",
    "Blue Fern|Tobin Ashgrove|418 Alder Street|97205|Portland|US",
    "Petit Cerf|Odile Varenne|12 rue des Tilleuls|75011|Paris|FR",
    "Northlight|Ivor Pembry|9 Quarry Lane|SW1A 1AA|London|GB",
    "Wattle Works|Zara Quill|77 Banksia Road|2000|Sydney|AU",
)
_COUNTS = {"empty": 0, "demo": 5, "bulk": 100}
_DAYS_BETWEEN = 2


def fill(network: Network, scenario: str) -> None:
    """Buy the shipments of a scenario, each one bought some days before the one after it."""
    for index in range(_COUNTS[scenario]):
        _buy(network, index, timedelta(days=(index % len(_RECEIVERS)) * _DAYS_BETWEEN))


def _buy(network: Network, index: int, age: timedelta) -> None:
    planned = network.now.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=12, minute=0, second=0, microsecond=0)
    order = read_order(network, Doc(_request(network, index, f"{planned:%Y-%m-%dT%H:%M:%S}GMT+08:00")))
    shipment, _ = book(network, order, [], f"scenario-{index + 1}")
    shipment.created -= age
    shipment.journey = replace(shipment.journey, planned=order.planned - age)
    shipment.scans = plan(shipment.journey, shipment.story)


def _request(network: Network, index: int, planned: str) -> dict[str, object]:
    value = Decimal(20 + index % 7 * 5)
    return {
        "plannedShippingDateAndTime": planned,
        "pickup": {"isRequested": False},
        "productCode": "P",
        "accounts": [{"typeCode": "shipper", "number": network.accounts[0].number}],
        "customerReferences": [{"value": f"DEMO-{index + 1:04d}", "typeCode": "CU"}],
        "customerDetails": {
            "shipperDetails": _party("Paper Crane Trading|Lin Anqi|8 Harbour Road|518000|Shenzhen|CN"),
            "receiverDetails": _party(_RECEIVERS[index % len(_RECEIVERS)]),
        },
        "content": {
            "packages": [{"weight": Decimal("0.8"), "dimensions": {"length": 20, "width": 15, "height": 10}}],
            "isCustomsDeclarable": True,
            "declaredValue": value,
            "declaredValueCurrency": "USD",
            "description": "Paper kites",
            "incoterm": "DAP",
            "unitOfMeasurement": "metric",
            "exportDeclaration": {
                "lineItems": [
                    {
                        "number": 1,
                        "description": "Paper kite",
                        "price": value,
                        "quantity": {"value": 1, "unitOfMeasurement": "PCS"},
                        "manufacturerCountry": "CN",
                        "weight": {"netValue": Decimal("0.7"), "grossValue": Decimal("0.8")},
                    }
                ]
            },
        },
    }


def _party(text: str) -> dict[str, object]:
    company, person, street, postal_code, city, country = text.split("|")
    return {
        "postalAddress": {
            "postalCode": postal_code,
            "cityName": city,
            "countryCode": country,
            "addressLine1": street,
        },
        "contactInformation": {"companyName": company, "fullName": person, "phone": "+00 000 0000"},
    }
