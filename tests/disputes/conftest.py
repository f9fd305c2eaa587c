"""A seller on the sandbox with a parcel under way, and clocks that are turned together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.support.times import START, Turned

from xborder_sandbox import Handle, running
from xborder_sdk import Client
from xborder_sdk.hookspecs import (
    CreateShipment,
    DeclareShipment,
    GetDispute,
    GetOrder,
    ListDisputes,
    ListOrders,
    ShippedLine,
)
from xborder_sdk.models import (
    Address,
    CustomsDeclaration,
    CustomsLine,
    Dimensions,
    Dispute,
    DisputeKind,
    Money,
    Order,
    Parcel,
)
from xborder_sdk.runtime.account import Clock

SHOP, CARRIER = "ebay-us", "dhl-shenzhen"
SENDER = Address(
    name="Export Desk",
    company="Lantern Lane Goods",
    lines=("88 Example Road, Nanshan",),
    city="Shenzhen",
    postal_code="518000",
    country="CN",
    phone="+8675555500100",
)
DAY = 86_400.0


class Seller:
    """A seller with one ledger.

    Attributes:
        sandbox: The vendors.
        client: The seller's client.
    """

    def __init__(self, sandbox: Handle, store: Path, hooks: list[object] | None = None, turned: Any = None) -> None:
        self.sandbox = sandbox
        self.turned = turned or Turned()
        accounts = {
            one["name"]: {"connector": one["connector"], **one["settings"]}  # type: ignore[dict-item]
            for one in sandbox.accounts()
            if one["name"] in {SHOP, CARRIER}
        }
        self.client = Client(
            accounts=accounts, store=store, hooks=hooks or [], clock=Clock(now=self.turned.now), random=lambda: 0.0
        )

    def pass_(self, seconds: float) -> None:
        """Turns both clocks."""
        self.sandbox.world.clock.advance(seconds)
        self.turned.pass_(seconds)

    def order_of(self, name: str) -> Order:
        """The order of a buyer of the scenario, as `get_order` tells it."""
        found = next(o for o in self.client.iter_orders(SHOP, ListOrders()) if o.buyer.name == name)
        return self.client.get_order(SHOP, GetOrder(order_id=found.order_id))

    def ship(self, order: Order) -> str:
        """Buys and declares a parcel; returns its waybill."""
        assert order.ship_to is not None
        day = self.turned.now() + timedelta(days=1)
        bought = self.client.create_shipment(
            CARRIER,
            CreateShipment(
                service="P",
                contents=tuple(
                    ShippedLine(account=SHOP, order_id=order.order_id, line_id=line.line_id, quantity=line.quantity)
                    for line in order.lines
                ),
                ship_at=day,
                sender=SENDER,
                recipient=order.ship_to,
                parcels=(Parcel(weight_g=900, dimensions=Dimensions(length_mm=250, width_mm=200, height_mm=100)),),
                customs=CustomsDeclaration(
                    invoice_number="INV-0001",
                    invoice_date=day.date(),
                    lines=(
                        CustomsLine(
                            description="LED desk lamp",
                            quantity=1,
                            unit_value=Money(amount=Decimal("25.20"), currency="GBP"),
                            unit_weight_g=820,
                            hs_code="9405210000",
                            origin="CN",
                        ),
                    ),
                ),
            ),
        )
        self.client.declare_shipment(
            SHOP, DeclareShipment(order_id=order.order_id, tracking_number=bought.waybill, carrier="dhl")
        )
        return bought.waybill

    def open_dispute(self, order: Order, reason: str = "ITEM_NOT_RECEIVED", **more: Any) -> Dispute:
        """Lets the buyer's bank open a payment dispute, and reads it."""
        self.sandbox.admin("ebay", "open_dispute", orderId=order.order_id, reason=reason, **more)
        newest = max(
            self.client.iter_disputes(
                SHOP, ListDisputes(kinds=(DisputeKind.PAYMENT_DISPUTE,), order_id=order.order_id)
            ),
            key=lambda dispute: dispute.opened_at or START,
        )
        return self.read(newest)

    def read(self, dispute: Dispute) -> Dispute:
        """The dispute as it stands."""
        return self.client.get_dispute(SHOP, GetDispute(dispute_id=dispute.dispute_id, kind=dispute.kind))

    def sent(self, end: str) -> list[Any]:
        """Requests to the dispute API whose path ends so."""
        return [one for one in self.sandbox.requests(vendor="ebay", method="POST") if one.path.endswith(end)]


@pytest.fixture
def sandbox() -> Iterator[Handle]:
    with running(scenario="demo", seed=1, start=START, vendors=["ebay", "dhl"]) as handle:
        handle.admin("ebay", "settings", dispute_outcome="evidence")
        yield handle


@pytest.fixture
def seller_with(sandbox: Handle, tmp_path: Path) -> Iterator[Callable[..., Seller]]:
    made: list[Seller] = []

    def make(name: str = "ledger", hooks: list[object] | None = None) -> Seller:
        turned = made[0].turned if made else None
        made.append(Seller(sandbox, tmp_path / f"{name}.db", hooks, turned))
        return made[-1]

    yield make
    for one in made:
        one.client.close()


@pytest.fixture
def seller(seller_with: Callable[..., Seller]) -> Seller:
    return seller_with()


@pytest.fixture
def delivered(seller: Seller) -> Order:
    """An order whose parcel was delivered a moment ago."""
    order = seller.order_of("Rhys Pendlebury")
    seller.ship(order)
    seller.pass_(8 * DAY)
    return order


@pytest.fixture
def dispute(seller: Seller, delivered: Order) -> Dispute:
    """A payment dispute about it: the buyer says that nothing came."""
    return seller.open_dispute(delivered, respond_seconds=3 * DAY, note="Nothing came.")
