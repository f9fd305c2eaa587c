"""A shop platform that carries its own parcels, over real HTTP on loopback: numbers that come later, labels apart from
the purchase, messages, parcels handed over together. It is invented, and so is everybody in it.
"""

from __future__ import annotations

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import _GeneratorContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from tests.fulfilment.making import line, order
from tests.fulfilment.seller import Seller

from xborder_sdk.fulfilment import Fulfilment, WorkRow
from xborder_sdk.hookspecs import (
    Connector,
    CreateShipment,
    DeclareShipment,
    FindShipment,
    GetDocuments,
    GetOrder,
    GetShipment,
    HandOverParcels,
    Kind,
    ListDeclaredShipments,
    ListOrders,
    LogisticsProvider,
    OrderItem,
    OrderSource,
    QuoteShipment,
    SendMessage,
    Settings,
    ShipmentDetails,
    Support,
    SupportLevel,
    TrackParcels,
)
from xborder_sdk.models import (
    DeclaredShipment,
    Document,
    DocumentFormat,
    DocumentKind,
    HandOver,
    Hold,
    HoldReason,
    LookupPower,
    Money,
    Order,
    Page,
    PurchaseProfile,
    Quote,
    SentMessage,
    Service,
    Shipment,
    ShipmentLookup,
    Tracking,
    TrackingStatus,
)
from xborder_sdk.steps import Flow


@dataclass
class Bazaar:
    """What the platform knows, and how it misbehaves.

    Attributes:
        number_after: How often it is asked for a number before it has one; 0 gives it with the purchase.
        label_with_purchase: Whether the answer to a purchase holds the label.
        services: Code and name of each service, with price and days where it tells them.
        left_out: Why it leaves a parcel out of a hand-over, by waybill.
        faults: What goes wrong at the next call of an operation: a status, or `lost` (done, and no answer).
        calls: Operations in the order in which they were called, with what was asked.
    """

    url: str = ""
    orders: dict[str, Order] = field(default_factory=dict)
    number_after: int = 0
    label_with_purchase: bool = True
    services: tuple[tuple[str, str, str | None, int | None], ...] = (("STD", "Bazaar Standard", "30.00", 20),)
    left_out: dict[str, str] = field(default_factory=dict)
    tracking: dict[str, TrackingStatus] = field(default_factory=dict)
    shipments: list[dict[str, Any]] = field(default_factory=list)
    declared: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    hand_overs: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, list[int | str]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, order_id: str, **changes: Any) -> Order:
        """An order that is paid, or a change of one."""
        now = datetime.now(UTC)
        known = self.orders.get(order_id)
        if known is None:
            found = order(line(sku="TEE-BLK-M"), account="bazaar", order_id=order_id, created_at=now, **changes)
        else:
            found = known.replace(**changes)
        self.orders[order_id] = found.replace(modified_at=now)
        return self.orders[order_id]

    def called(self, operation: str) -> list[dict[str, Any]]:
        """What each call of an operation asked."""
        return [asked for name, asked in self.calls if name == operation]

    # -- what it does --------------------------------------------------------------------------------------------------

    def list_orders(self, asked: dict[str, Any]) -> Any:
        since, until = datetime.fromisoformat(asked["since"]), datetime.fromisoformat(asked["until"])
        found = [one for one in self.orders.values() if since <= (one.modified_at or one.created_at) <= until]
        return [one.model_dump(mode="json") for one in found]

    def get_order(self, asked: dict[str, Any]) -> Any:
        return self.orders[asked["id"]].model_dump(mode="json")

    def quote(self, asked: dict[str, Any]) -> Any:
        return [list(service) for service in self.services]

    def buy(self, asked: dict[str, Any]) -> Any:
        number = len(self.shipments) + 1
        shipment = asked | {"waybill": f"BZ{number:06d}", "asked": 0}
        self.shipments.append(shipment)
        return self._told(shipment) | ({"label": _label(shipment)} if self.label_with_purchase else {})

    def find(self, asked: dict[str, Any]) -> Any:
        return next((self._told(one) for one in self.shipments if one["reference"] == asked["reference"]), None)

    def shipment(self, asked: dict[str, Any]) -> Any:
        shipment = self._by_waybill(asked["waybill"])
        shipment["asked"] += 1
        return self._told(shipment)

    def documents(self, asked: dict[str, Any]) -> Any:
        if "label" in asked["kinds"]:
            return {"label": _label(self._by_waybill(asked["waybill"]))}
        batch = next(one for one in self.hand_overs if one["confirmation"] == asked["waybill"])
        text = " ".join(batch["waybills"])
        return {kind: b64encode(f"%PDF-1.7 {kind} of {text}".encode()).decode() for kind in asked["kinds"]}

    def hand_over(self, asked: dict[str, Any]) -> Any:
        taken = [waybill for waybill in asked["waybills"] if waybill not in self.left_out]
        left = {waybill: self.left_out[waybill] for waybill in asked["waybills"] if waybill in self.left_out}
        told = asked | {"confirmation": f"HO-{len(self.hand_overs) + 1}", "waybills": taken, "left": left}
        self.hand_overs.append(told)
        return told

    def track(self, asked: dict[str, Any]) -> Any:
        return {number: self.tracking[number].value for number in asked["numbers"] if number in self.tracking}

    def declare(self, asked: dict[str, Any]) -> Any:
        self.declared.append(asked)
        return {}

    def declarations(self, asked: dict[str, Any]) -> Any:
        return [one for one in self.declared if one["order"] == asked["order"]]

    def message(self, asked: dict[str, Any]) -> Any:
        self.messages.append(asked)
        return {"id": f"M-{len(self.messages)}"}

    def _by_waybill(self, waybill: str) -> dict[str, Any]:
        return next(one for one in self.shipments if one["waybill"] == waybill)

    def _told(self, shipment: dict[str, Any]) -> dict[str, Any]:
        number = None if shipment["asked"] < self.number_after else f"LB{shipment['waybill'][2:]}CN"
        return {"waybill": shipment["waybill"], "number": number}


def _label(shipment: dict[str, Any]) -> str:
    return b64encode(f"%PDF-1.7 label of {shipment['waybill']}".encode()).decode()


@contextmanager
def open_bazaar() -> Iterator[Bazaar]:
    """The platform, answering on loopback."""
    bazaar = Bazaar()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.path.strip("/")
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with bazaar.lock:
                bazaar.calls.append((operation, asked))
                faults = bazaar.faults.get(operation, [])
                fault = faults.pop(0) if faults else None
                answer = None if isinstance(fault, int) else getattr(bazaar, operation)(asked)
            if fault == "lost":
                self.close_connection = True
                return
            body = json.dumps({"code": "no"} if isinstance(fault, int) else answer).encode()
            self.send_response(fault if isinstance(fault, int) else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bazaar.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield bazaar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# -- its connector -----------------------------------------------------------------------------------------------------


class BazaarSettings(Settings):
    """Settings.

    Attributes:
        writes: Whether it lets sellers write to buyers.
        hands_over: Whether parcels are handed over by announcement.
        tracks: Whether it follows parcels.
    """

    writes: bool = True
    hands_over: bool = True
    tracks: bool = True


class Stalls(OrderSource):
    """Its orders."""

    honours: ClassVar[Mapping[str, frozenset[str]]] = {"list_orders": frozenset({"modified_from", "modified_to"})}

    def list_orders(self, request: ListOrders) -> Flow[Page[OrderItem]]:
        since, until = request.modified_from, request.modified_to
        assert since is not None
        assert until is not None
        asked = {"since": since.isoformat(), "until": until.isoformat()}
        found = yield from self.api.read("POST", "/list_orders", json=asked)
        return Page[OrderItem](items=tuple(self._order(one) for one in json.loads(found.content)))

    def get_order(self, request: GetOrder) -> Flow[Order]:
        found = yield from self.api.read("POST", "/get_order", json={"id": request.order_id})
        return self._order(json.loads(found.content))

    def _order(self, found: Any) -> Order:
        return Order.model_validate_json(json.dumps(found | {"account": self.account}))

    def declare_shipment(self, request: DeclareShipment) -> Flow[DeclaredShipment]:
        asked = {"order": request.order_id, "number": request.tracking_number}
        asked |= {"carrier": request.carrier, "service": request.service}
        yield from self.api.once("POST", "/declare", json=asked)
        return DeclaredShipment(tracking_number=request.tracking_number)

    def list_declared_shipments(self, request: ListDeclaredShipments) -> Flow[tuple[DeclaredShipment, ...]]:
        found = yield from self.api.read("POST", "/declarations", json={"order": request.order_id})
        return tuple(DeclaredShipment(tracking_number=one["number"]) for one in json.loads(found.content))

    def send_message(self, request: SendMessage) -> Flow[SentMessage]:
        asked = {"order": request.order_id, "buyer": request.buyer_id, "text": request.text}
        found = yield from self.api.once("POST", "/message", json=asked)
        return SentMessage(message_id=json.loads(found.content)["id"], order_id=request.order_id)


class Carts(LogisticsProvider):
    """Its own logistics."""

    profile = PurchaseProfile(
        reference_max=20, lookup=LookupPower.FINDS, label_refetchable=True, voidable=False, source="invented"
    )
    honours: ClassVar[Mapping[str, frozenset[str]]] = {"hand_over": frozenset({"weight_g", "method"})}

    def quote(self, request: QuoteShipment) -> Flow[tuple[Quote, ...]]:
        found = yield from self.api.read("POST", "/quote", json={"lines": [one.line_id for one in request.contents]})
        return tuple(
            Quote(
                account=self.account,
                service=Service(code=code, name=name, tracked=True),
                price=None if price is None else Money(amount=Decimal(price), currency="CNY"),
                transit_days=days,
            )
            for code, name, price, days in json.loads(found.content)
        )

    def create_shipment(self, request: CreateShipment) -> Flow[Shipment]:
        reference = request.reference(self.profile.reference_max, self.profile.reference_alphabet)
        asked = {"order": request.contents[0].order_id, "service": request.service, "reference": reference}
        found = yield from self.api.once("POST", "/buy", json=asked)
        answer = json.loads(found.content)
        papers = (_document(DocumentKind.LABEL, answer["label"]),) if "label" in answer else ()
        return self._shipment(answer).replace(documents=papers, service=request.service)

    def find_shipment(self, request: FindShipment) -> Flow[ShipmentLookup]:
        found = yield from self.api.read("POST", "/find", json={"reference": request.reference})
        answer = json.loads(found.content)
        return ShipmentLookup(shipment=None if answer is None else self._shipment(answer))

    def get_shipment(self, request: GetShipment) -> Flow[Shipment]:
        asked = {"waybill": request.waybill, "order": request.order_id}
        found = yield from self.api.read("POST", "/shipment", json=asked)
        return self._shipment(json.loads(found.content))

    def _shipment(self, answer: Any) -> Shipment:
        return Shipment(
            account=self.account,
            waybill=answer["waybill"],
            tracking_number=answer["number"],
            number_pending=answer["number"] is None,
            vendor_status="waiting for a number" if answer["number"] is None else "numbered",
        )

    def get_documents(self, request: GetDocuments) -> Flow[tuple[Document, ...]]:
        asked: dict[str, Any] = {"waybill": request.waybill, "number": request.tracking_number}
        asked |= {"order": request.order_id, "kinds": [kind.value for kind in request.kinds]}
        found = yield from self.api.read("POST", "/documents", json=asked)
        return tuple(_document(DocumentKind(kind), text) for kind, text in json.loads(found.content).items())

    def hand_over(self, request: HandOverParcels) -> Flow[HandOver]:
        asked: dict[str, Any] = {"waybills": list(request.waybills), "weight": request.weight_g}
        asked |= {"method": request.method}
        found = yield from self.api.once("POST", "/hand_over", json=asked)
        answer = json.loads(found.content)
        return HandOver(
            account=self.account,
            confirmation=answer["confirmation"],
            bag_number=f"BAG-{answer['confirmation']}",
            waybills=tuple(answer["waybills"]),
            not_taken=tuple(answer["left"].items()),
        )

    def track(self, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        asked: dict[str, Any] = {"numbers": list(request.numbers)}
        asked |= {"known": [parcel.model_dump(mode="json") for parcel in request.known]}
        found = yield from self.api.read("POST", "/track", json=asked)
        seen = json.loads(found.content)
        return tuple(
            Tracking(number=number, found=number in seen, status=TrackingStatus(seen.get(number, "unknown")))
            for number in request.numbers
        )


def _document(kind: DocumentKind, text: str) -> Document:
    return Document(kind=kind, format=DocumentFormat.PDF, content=b64decode(text))


class BazaarConnector(Connector[BazaarSettings]):
    """The platform."""

    name = "bazaar"
    title = "Bazaar"
    settings_model = BazaarSettings
    kinds: ClassVar[tuple[type[Kind], ...]] = (Stalls, Carts)

    def hosts(self) -> Mapping[str, str]:
        return {"api": "https://bazaar.example"}

    def support(self, operation: str) -> Support:
        told = {
            "send_message": self.settings.writes,
            "hand_over": self.settings.hands_over,
            "track": self.settings.tracks,
        }
        return Support(SupportLevel.YES if told.get(operation, True) else SupportLevel.NO)

    def check_shipment(self, request: ShipmentDetails) -> tuple[Hold, ...]:
        if all(part.account == self.account for part in request.contents):
            return ()
        return (Hold(reason=HoldReason.NO_SERVICE, detail="serves its own orders only", field="contents"),)


class KitePostConnector(BazaarConnector):
    """The same logistics for anybody's orders: a carrier that is no platform."""

    name = "kitepost"
    title = "Kite Post"
    kinds = (Carts,)

    def check_shipment(self, request: ShipmentDetails) -> tuple[Hold, ...]:
        return ()


class BazaarSeller(Seller):
    """A seller at the bazaar, whose parcels it carries too; `kite-post` is another carrier.

    Args:
        folder: Where everything is kept.
        bazaar: The platform.
    """

    def __init__(self, folder: Path, bazaar: Bazaar) -> None:
        hosts = {"hosts": {"api": bazaar.url}}
        own = {"name": "bazaar", "connector": "bazaar", "settings": hosts}
        post = {"name": "kite-post", "connector": "kitepost", "settings": hosts}
        super().__init__(folder, bazaar.url, [own, post])
        self.rules |= {"orders": ["bazaar"], "carriers": ["bazaar"], "printer": None, "verify_labels": "off"}
        self.connectors: list[type[Connector[Any]]] = [BazaarConnector, KitePostConnector]

    def fulfilment(self, **client: Any) -> _GeneratorContextManager[Fulfilment]:
        return super().fulfilment(connectors=self.connectors, **client)

    def row(self, order_id: str = "A-1") -> WorkRow:
        """Where an order stands."""
        return self.rows()[order_id]
