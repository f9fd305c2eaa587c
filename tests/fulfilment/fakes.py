"""A shop and carriers that live in memory, for what needs no wire. They are connectors like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from xborder_sdk.errors import InvalidCursor, VendorDown, XborderError
from xborder_sdk.hookspecs import (
    Connector,
    GetOrder,
    GetPrintJob,
    LabelPrinter,
    ListOrders,
    LogisticsProvider,
    OrderItem,
    OrderSource,
    PrintDocument,
    QuoteShipment,
    ShipmentDetails,
    Support,
    SupportLevel,
)
from xborder_sdk.models import (
    Cursor,
    Hold,
    LookupPower,
    Order,
    OrderReference,
    Page,
    PrintJob,
    PrintState,
    PurchaseProfile,
    Quote,
)
from xborder_sdk.steps import Call, Effect, Flow

PROFILE = PurchaseProfile(
    reference_max=20, lookup=LookupPower.FINDS, label_refetchable=False, voidable=False, source="invented"
)


class ShopWorld:
    """Orders that change while they are listed; pages are cut by offset, as most platforms do."""

    def __init__(self, start: datetime, page_size: int = 2) -> None:
        self.now = start
        self.page_size = page_size
        self.orders: dict[str, Order] = {}
        self.calls = 0
        self.last = ListOrders()
        self.before_each: Callable[[ShopWorld], None] = lambda world: None
        self.references = False
        self.generation = 1

    def clock(self) -> datetime:
        """The shop's time."""
        return self.now

    def tick(self, seconds: float = 1) -> datetime:
        """Lets time pass."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def put(self, order: Order, *, created: bool = True) -> None:
        """A new order, or a changed one."""
        now = self.tick()
        times: dict[str, Any] = {"modified_at": now}
        if created:
            times["created_at"] = now
        self.orders[order.order_id] = order.replace(**times)

    def touch(self, order_id: str) -> None:
        """Somebody changes an order."""
        self.put(self.orders[order_id], created=False)

    def list(self, request: ListOrders) -> Page[OrderItem]:
        """One page."""
        self.calls += 1
        self.last = request
        self.before_each(self)
        found = [
            order
            for order in self.orders.values()
            if (request.modified_from is None or (order.modified_at or order.created_at) >= request.modified_from)
            and (request.modified_to is None or (order.modified_at or order.created_at) <= request.modified_to)
        ]
        found.sort(key=lambda order: (order.created_at, order.order_id))
        offset = 0
        if request.cursor is not None:
            if request.cursor.state.get("generation") != self.generation:
                raise InvalidCursor("of another version")
            offset = int(str(request.cursor.state["offset"]))
        after = offset + self.page_size
        cursor = Cursor(connector="shop", state={"offset": after, "generation": self.generation})
        items: tuple[OrderItem, ...] = tuple(found[offset:after])
        if self.references:
            items = tuple(OrderReference(order_id=order.order_id) for order in found[offset:after])
        self.tick()
        return Page[OrderItem](items=items, next=cursor if after < len(found) else None)

    def get(self, order_id: str) -> Order:
        """One order."""
        return self.orders[order_id]


def shop(world: ShopWorld) -> type[Connector[Any]]:
    """The connector of a shop."""

    class Orders(OrderSource):
        honours: ClassVar[Mapping[str, frozenset[str]]] = {"list_orders": frozenset({"modified_from", "modified_to"})}

        def list_orders(self, request: ListOrders) -> Flow[Page[OrderItem]]:
            page: Page[OrderItem] = yield Call(Effect.READ, world.list, (request,))
            return page

        def get_order(self, request: GetOrder) -> Flow[Order]:
            order: Order = yield Call(Effect.READ, world.get, (request.order_id,))
            return order

    class Shop(Connector[Any]):
        name = "shop"
        title = "Shop"
        kinds = (Orders,)

    return Shop


class CarrierWorld:
    """What a carrier answers."""

    def __init__(self, *quotes: Quote) -> None:
        self.quotes = quotes
        self.error: XborderError | None = None
        self.holds: Callable[[ShipmentDetails], tuple[Hold, ...]] = lambda request: ()
        self.asked: list[QuoteShipment] = []

    def down(self) -> None:
        """The carrier fails from now on."""
        self.error = VendorDown("the carrier failed (503)", status=503)

    def quote(self, request: QuoteShipment) -> tuple[Quote, ...]:
        """Its prices."""
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return self.quotes


def carrier(world: CarrierWorld, connector_name: str) -> type[Connector[Any]]:
    """The connector of a carrier."""

    class Rates(LogisticsProvider):
        profile = PROFILE

        def quote(self, request: QuoteShipment) -> Flow[tuple[Quote, ...]]:
            found: tuple[Quote, ...] = yield Call(Effect.READ, world.quote, (request,))
            return found

    class Carrier(Connector[Any]):
        name = connector_name
        title = connector_name
        kinds = (Rates,)

        def check_shipment(self, request: ShipmentDetails) -> tuple[Hold, ...]:
            return world.holds(request)

    return Carrier


class PrinterWorld:
    """A printer, and what it says of its jobs."""

    def __init__(self, *states: PrintState) -> None:
        self.states = list(states)
        self.names: list[str] = []
        self.asked = 0
        self.knows_jobs = True

    def print(self, request: PrintDocument) -> PrintJob:
        """Takes a job."""
        self.names.append(request.name)
        return self._job(request.name)

    def look(self, job_id: str) -> PrintJob:
        """Says how a job stands."""
        self.asked += 1
        return self._job(job_id)

    def _job(self, name: str) -> PrintJob:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return PrintJob(job_id=name, printer="slow", state=state)


def printer(world: PrinterWorld) -> type[Connector[Any]]:
    """The connector of a printer."""

    class Labels(LabelPrinter):
        def print_document(self, request: PrintDocument) -> Flow[PrintJob]:
            job: PrintJob = yield Call(Effect.IDEMPOTENT, world.print, (request,))
            return job

        def get_print_job(self, request: GetPrintJob) -> Flow[PrintJob]:
            job: PrintJob = yield Call(Effect.READ, world.look, (request.job_id,))
            return job

    class Paper(Connector[Any]):
        name = "paper"
        title = "Paper"
        kinds = (Labels,)

        def support(self, operation: str) -> Support:
            known = world.knows_jobs or operation != "get_print_job"
            return Support(SupportLevel.YES if known else SupportLevel.NO)

    return Paper
