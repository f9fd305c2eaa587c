"""The connector through the client, before a vendor that lives in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from xborder_hello import HelloConnector
from xborder_sdk import Client, LogisticsProvider
from xborder_sdk.errors import AlreadyDone, NotFound, OutcomeUnknown
from xborder_sdk.hookspecs import CreateShipment, GetOrder

ACCOUNT = {
    "connector": "hello",
    "client_id": "app",
    "client_secret": "word",
    "shop": "77",
}


class Vendor:
    """Answers as the handbook says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.bought: list[str] = []
        self.silent = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.path
        if path == "/token":
            return httpx.Response(200, json={"access_token": "a-token"})
        assert request.headers["authorization"] == "Bearer a-token"
        assert request.headers["x-shop"] == "77"
        if path == "/shipments" and request.method == "POST":
            self.bought.append(request.content.decode())
            if self.silent:
                raise httpx.ReadTimeout("nothing came", request=request)
            return httpx.Response(201, json={"waybill": "9007"})
        error = {"code": "ORDER_UNKNOWN", "message": "unknown"}
        return httpx.Response(404, json={"error": error})


@pytest.fixture
def vendor() -> Vendor:
    """The invented vendor."""
    return Vendor()


@pytest.fixture
def client(vendor: Vendor, tmp_path: Path) -> Iterator[Client]:
    """A client with one account at it."""
    with Client(
        accounts={"my-shop": ACCOUNT},
        connectors=[HelloConnector],
        store=tmp_path / "effects.db",
        transport=httpx.MockTransport(vendor),
    ) as made:
        yield made


def test_a_refusal_becomes_its_error(client: Client, vendor: Vendor) -> None:
    for _ in range(2):
        with pytest.raises(NotFound) as refused:
            client.get_order("my-shop", GetOrder(order_id="H-1"))
        assert refused.value.code == "ORDER_UNKNOWN"
    paths = [request.url.path for request in vendor.asked]
    assert paths == ["/token", "/orders/H-1", "/orders/H-1"]


def test_a_parcel_is_bought_once(
    client: Client, vendor: Vendor, purchase: CreateShipment
) -> None:
    first = client.create_shipment("my-shop", purchase)
    again = client.create_shipment("my-shop", purchase)
    assert first.waybill == again.waybill == "9007"
    with pytest.raises(AlreadyDone):
        client.create_shipment("my-shop", purchase.replace(service="express"))
    assert len(vendor.bought) == 1


def test_a_lost_answer_is_never_bought_again(
    client: Client, vendor: Vendor, purchase: CreateShipment
) -> None:
    vendor.silent = True
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            client.create_shipment("my-shop", purchase)
    assert len(vendor.bought) == 1


def test_what_is_not_there_is_said_before_anything_is_sent(
    client: Client, vendor: Vendor
) -> None:
    assert not client.supports("my-shop", LogisticsProvider.cancel_shipment)
    assert not vendor.asked
