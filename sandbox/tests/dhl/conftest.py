"""A client for the DHL simulator in-process, and requests to send. All people and firms are invented."""

from __future__ import annotations

import base64
import copy
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pypdfium2
import pytest
import zxingcpp

from xborder_sandbox import Sandbox, World

DOCUMENT = "dhl/openapi/dpdhl-express-api-3.1.1_swagger.yaml"
START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # a Monday, 09:30 in Shenzhen

SHIPPER = {
    "postalAddress": {
        "postalCode": "518000",
        "cityName": "Shenzhen",
        "countryCode": "CN",
        "addressLine1": "8 Harbour Road",
        "addressLine2": "Floor 3",
    },
    "contactInformation": {
        "companyName": "Paper Crane Trading",
        "fullName": "Lin Anqi",
        "phone": "+86 755 0000 0000",
        "email": "anqi@paper-crane.example",
    },
}
RECEIVER = {
    "postalAddress": {
        "postalCode": "10115",
        "cityName": "Berlin",
        "countryCode": "DE",
        "addressLine1": "Große Lindenstraße 4",
    },
    "contactInformation": {"companyName": "Müller Drachen", "fullName": "Žofie Łąka-Ørsted", "phone": "+49 30 0000"},
}
LINE = {
    "number": 1,
    "description": "Paper kite",
    "price": 12.5,
    "quantity": {"value": 4, "unitOfMeasurement": "PCS"},
    "commodityCodes": [{"typeCode": "outbound", "value": "950300"}],
    "manufacturerCountry": "CN",
    "weight": {"netValue": 0.9, "grossValue": 1.1},
}


class DhlClient:
    """Speaks to the simulator with the key and secret of one of its accounts."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client, account: str = "dhl-shenzhen") -> None:
        self.sandbox = sandbox
        self.http = http
        self.settings: dict[str, Any] = next(
            held["settings"]
            for held in sandbox.accounts()
            if held["name"] == account  # type: ignore[misc]
        )

    @property
    def account(self) -> str:
        return self.settings["account_number"]

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        more.setdefault("auth", (self.settings["api_key"], self.settings["api_secret"]))
        more.setdefault("headers", {"x-version": "3.1.0"})
        return self.http.request(method, f"/dhl/mydhlapi{path}", **more)

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.call("GET", path, params=params)

    def advance(self, **span: float) -> None:
        self.sandbox.world.clock.advance(timedelta(**span).total_seconds())

    def admin(self, action: str, **body: Any) -> dict[str, Any]:
        return self.sandbox.vendors["dhl"].admin(action, body)

    def state(self) -> dict[str, Any]:
        return self.sandbox.vendors["dhl"].state()

    def planned(self, days: float = 0, hours: float = 0) -> str:
        at = START + timedelta(days=days, hours=hours + 8)
        return at.strftime("%Y-%m-%dT%H:%M:%S") + " GMT+08:00"

    def rate_request(self, **changes: Any) -> dict[str, Any]:
        sides = {
            f"{role}Details": {name: party["postalAddress"][name] for name in ("postalCode", "cityName", "countryCode")}
            for role, party in (("shipper", SHIPPER), ("receiver", RECEIVER))
        }
        body = {
            "customerDetails": sides,
            "accounts": [{"typeCode": "shipper", "number": self.account}],
            "plannedShippingDateAndTime": self.planned(),
            "unitOfMeasurement": "metric",
            "isCustomsDeclarable": True,
            "monetaryAmount": [{"typeCode": "declaredValue", "value": 50, "currency": "USD"}],
            "packages": [{"weight": 1.2, "dimensions": {"length": 30, "width": 20, "height": 10}}],
        }
        return copy.deepcopy({**body, **changes})

    def shipment_request(self, reference: str = "ORDER-1", pieces: int = 1, **changes: Any) -> dict[str, Any]:
        package = {"weight": 1.2, "dimensions": {"length": 30, "width": 20, "height": 10}}
        body = {
            "plannedShippingDateAndTime": self.planned(hours=2),
            "pickup": {"isRequested": False},
            "productCode": "P",
            "accounts": [{"typeCode": "shipper", "number": self.account}],
            "customerReferences": [{"value": reference, "typeCode": "CU"}],
            "customerDetails": {"shipperDetails": SHIPPER, "receiverDetails": RECEIVER},
            "content": {
                "packages": [package for _ in range(pieces)],
                "isCustomsDeclarable": True,
                "declaredValue": 50,
                "declaredValueCurrency": "USD",
                "description": "Paper kites",
                "incoterm": "DAP",
                "unitOfMeasurement": "metric",
                "exportDeclaration": {
                    "lineItems": [LINE],
                    "invoice": {"number": "INV-7", "date": "2026-03-01"},
                    "exportReasonType": "permanent",
                },
            },
        }
        return copy.deepcopy({**body, **changes})

    def ship(self, **changes: Any) -> dict[str, Any]:
        answer = self.call("POST", "/shipments", json=self.shipment_request(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def plain_story(self, wanted: str = "plain") -> str:
        """Ship until a parcel fares as wanted; return its number."""
        for _ in range(200):
            number = self.ship()["shipmentTrackingNumber"]
            if next(s for s in self.state()["shipments"] if s["number"] == number)["story"] == wanted:
                return number
        raise LookupError(wanted)


@pytest.fixture
def make_dhl(in_process: Callable[[Any], httpx.Client]) -> Iterator[Callable[..., DhlClient]]:
    clients: list[httpx.Client] = []

    def make(scenario: str = "empty", account: str = "dhl-shenzhen", seed: int = 1) -> DhlClient:
        sandbox = Sandbox(World(seed=seed, start=START), ["dhl"], scenario)
        clients.append(in_process(sandbox))
        return DhlClient(sandbox, clients[-1], account)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def dhl(make_dhl: Callable[..., DhlClient]) -> DhlClient:
    """An empty carrier, as the account in Shenzhen sees it."""
    return make_dhl()


@pytest.fixture
def spec(contract: Callable[[str], Any]) -> Any:
    """DHL's own document."""
    return contract(DOCUMENT)


class Pages:
    """A PDF as it would be printed."""

    def __init__(self, content: str) -> None:
        self._pdf = pypdfium2.PdfDocument(io.BytesIO(base64.b64decode(content, validate=True)))

    def sizes_mm(self) -> list[tuple[int, int]]:
        return [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in self._pdf]  # type: ignore[misc]

    def texts(self) -> list[str]:
        return [page.get_textpage().get_text_range() for page in self._pdf]

    def barcodes(self) -> list[set[str]]:
        """Return what a scanner reads on each page printed at 203 dpi."""
        pictures = [page.render(scale=203 / 72).to_pil() for page in self._pdf]
        return [{code.text for code in zxingcpp.read_barcodes(picture)} for picture in pictures]


@pytest.fixture
def read_pdf() -> type[Pages]:
    return Pages


@pytest.fixture
def problems_of() -> Callable[[httpx.Response], list[str]]:
    """Returns the single problems of a refusal."""

    def read(answer: httpx.Response) -> list[str]:
        body = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert body["status"] == str(answer.status_code)
        return body.get("additionalDetails") or [body["detail"]]

    return read
