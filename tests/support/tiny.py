"""A small connector of an invented vendor, with everything a real one has: kinds, tokens that rotate, a purchase."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import SecretStr

from xborder_sdk.hookspecs import (
    Connector,
    CreateShipment,
    FindShipment,
    GetOrder,
    Identity,
    ListOrders,
    LogisticsProvider,
    OrderItem,
    OrderSource,
    QuoteShipment,
    RefundOrder,
    RefundReason,
    Settings,
    Token,
    Verdict,
    verdict_from_status,
)
from xborder_sdk.models import (
    Address,
    Buyer,
    Cursor,
    LookupPower,
    Money,
    Order,
    OrderReference,
    OrderStatus,
    OrderTotals,
    Page,
    Parcel,
    PaymentStatus,
    PurchaseProfile,
    Quote,
    Raw,
    Refund,
    RefundStatus,
    Service,
    Shipment,
    ShipmentLookup,
)
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Effect, Flow, Response, Send, escape


class TinySettings(Settings):
    """What an account of the invented vendor needs."""

    api_key: SecretStr = SecretStr("tiny-api-key")
    refresh_token: SecretStr | None = None


def read_order(account: str, data: JsonObject, raw: Raw) -> Order:
    return Order(
        account=account,
        order_id=data.text("id"),
        status=OrderStatus.AWAITING_SHIPMENT,
        payment=PaymentStatus.PAID,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        buyer=Buyer(name=data.text_or_none("buyer"), email=data.text_or_none("email")),
        lines=(),
        totals=OrderTotals(),
        actions=frozenset({"declare_shipment", "refund_order"}),
        raw=raw,
    )


class TinyOrders(OrderSource):
    """Orders of the invented vendor."""

    honours: ClassVar[Mapping[str, frozenset[str]]] = {"list_orders": frozenset({"order_ids"})}

    def list_orders(self, request: ListOrders) -> Flow[Page[OrderItem]]:
        page = "1" if request.cursor is None else str(request.cursor.state["page"])
        response = yield from self.api.read("GET", "/orders", query={"page": page})
        answer = response.object()
        items: list[OrderItem] = [
            OrderReference(order_id=item.text("id")) if "ref" in item else read_order(self.account, item, Raw())
            for item in answer.children("orders")
        ]
        following = answer.text_or_none("next")
        cursor = None if following is None else Cursor(connector="tiny", state={"page": following})
        return Page(items=tuple(items), next=cursor)

    def get_order(self, request: GetOrder) -> Flow[Order]:
        response = yield from self.api.read("GET", f"/orders/{escape(request.order_id)}")
        return read_order(self.account, response.object(), Raw(response.content))

    def refund_order(self, request: RefundOrder) -> Flow[Refund]:
        response = yield from self.api.once("POST", "/refunds", json={"order": request.order_id})
        return Refund(refund_id=response.object().text("refund"), status=RefundStatus.DONE)


class TinyCarrier(LogisticsProvider):
    """Labels of the invented vendor."""

    profile = PurchaseProfile(
        reference_max=12, lookup=LookupPower.AUTHORITY, label_refetchable=False, voidable=False, source="invented"
    )
    honours: ClassVar[Mapping[str, frozenset[str]]] = {"create_shipment": frozenset({"signature"})}

    def quote(self, request: QuoteShipment) -> Flow[tuple[Quote, ...]]:
        response = yield from self.api.read("POST", "/quotes", json={"grams": request.weight_g})
        price = Money(amount=response.object().number("price"), currency="EUR")
        return (Quote(account=self.account, service=Service(code="std", name="Standard"), price=price),)

    def create_shipment(self, request: CreateShipment) -> Flow[Shipment]:
        reference = request.reference(self.profile.reference_max, self.profile.reference_alphabet)
        body = {"reference": reference, "to": request.recipient.name, "street": list(request.recipient.lines)}
        response = yield from self.api.once("POST", "/shipments", json=body)
        answer = response.object()
        return Shipment(account=self.account, waybill=answer.text("waybill"), reference=reference)

    def find_shipment(self, request: FindShipment) -> Flow[ShipmentLookup]:
        response = yield from self.api.read("GET", "/shipments", query={"reference": request.reference})
        waybill = response.object().text_or_none("waybill")
        if waybill is None:
            return ShipmentLookup(absence_proven=True)
        return ShipmentLookup(shipment=Shipment(account=self.account, waybill=waybill, reference=request.reference))


class Tiny(Connector[TinySettings]):
    """The invented vendor, reached with an API key."""

    name = "tiny"
    title = "Tiny Post"
    settings_model = TinySettings
    kinds = (TinyOrders, TinyCarrier)

    def hosts(self) -> Mapping[str, str]:
        return {"api": "https://api.tiny.example"}

    def sign(self, request: Any, token: Token | None) -> Any:
        if token is None:
            return request.with_headers({"X-Key": self.settings.api_key.get_secret_value()})
        return super().sign(request, token)

    def classify(self, response: Response) -> Verdict:
        if 200 <= response.status < 300 or not response.content.startswith(b"{"):
            return verdict_from_status(response)
        body = response.object()
        return verdict_from_status(
            response, body.text_or_none("code"), body.text_or_none("message"), body.text_or_none("request")
        )

    def whoami(self) -> Flow[Identity]:
        response = yield from self.api.read("GET", "/me")
        return Identity(id=response.object().text("id"))


class TinyTokens(Tiny):
    """The invented vendor with tokens: each refresh burns the refresh token it used."""

    name = "tinytokens"

    def token(self, credential: str, held: Token | None) -> Flow[Token]:
        refresh = held.refresh if held is not None and held.refresh is not None else self.settings.refresh_token
        assert refresh is not None
        form = {"refresh_token": refresh.get_secret_value()}
        step: Send = self.api.step(Effect.READ, "POST", "/token", form=form, credential=None)
        response: Response = yield step
        answer = response.object()
        rotated = answer.text_or_none("refresh")
        return Token(
            access=SecretStr(answer.text("access")),
            expires_at=answer.time_or_none("expires_at"),
            refresh=None if rotated is None else SecretStr(rotated),
        )


def account(url: str, connector: str = "tiny", **settings: Any) -> dict[str, Any]:
    """Settings of an account whose server is `url`. Silence is short, so that tests are."""
    return {"connector": connector, "hosts": {"api": url}, "timeout_s": 0.3, **settings}


RECIPIENT = Address(
    name="Ottoline Fernwhistle",
    lines=("44 Quillfeather Crescent",),
    city="Marzipanville",
    postal_code="ZQ7 4XY",
    country="DE",
    phone="+49 30 5550142",
    email="ottoline@fernwhistle.example",
)
SENDER = RECIPIENT.replace(
    name="Wendelbert Sprocketry", lines=("9 Cogwheel Yard",), country="CN", phone=None, email=None
)


def shipment(**changes: Any) -> CreateShipment:
    """A purchase."""
    values: dict[str, Any] = {
        "sender": SENDER,
        "recipient": RECIPIENT,
        "parcels": (Parcel(weight_g=500),),
        "ship_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "service": "std",
        "key": "parcel-1",
    }
    return CreateShipment(**values | changes)


def quote(**changes: Any) -> QuoteShipment:
    """A question for prices."""
    values: dict[str, Any] = {
        "sender": SENDER,
        "recipient": RECIPIENT,
        "parcels": (Parcel(weight_g=500),),
        "ship_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
    }
    return QuoteShipment(**values | changes)


def refund(**changes: Any) -> RefundOrder:
    """A refund of a whole order."""
    values: dict[str, Any] = {
        "order_id": "O-1",
        "reason": RefundReason.NOT_RECEIVED,
        "amount": Money(amount=Decimal("9.90"), currency="EUR"),
    }
    return RefundOrder(**values | changes)
