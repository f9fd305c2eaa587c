"""The eBay simulator: hosts, accounts, scenarios, admin actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xborder_sandbox.ebay.aftersales import AfterSalesActions, AfterSalesBook, Cases, Inquiries, Returns
from xborder_sandbox.ebay.bulk import DEFAULT_COUNT, MAX_COUNT, Generator
from xborder_sandbox.ebay.cancellation import CancellationBook, PostOrder
from xborder_sandbox.ebay.compose import Composer
from xborder_sandbox.ebay.demo import load_demo
from xborder_sandbox.ebay.demo_after_sales import load_complaints, load_disputes
from xborder_sandbox.ebay.disputes import DisputeActions, DisputeBook, DisputeReads, DisputeWrites
from xborder_sandbox.ebay.errors import ApiError, rest_error
from xborder_sandbox.ebay.fulfilments import Fulfilments
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.identity import Identity
from xborder_sandbox.ebay.limits import Analytics, Limits
from xborder_sandbox.ebay.notifications import (
    Destinations,
    NotificationActions,
    NotificationBook,
    Sender,
    Subscriptions,
    Topics,
)
from xborder_sandbox.ebay.oauth import OAuth
from xborder_sandbox.ebay.order import Document, Order
from xborder_sandbox.ebay.orders import Orders
from xborder_sandbox.ebay.refunds import Refunds
from xborder_sandbox.ebay.signature import private_key_text
from xborder_sandbox.ebay.signing import Signing
from xborder_sandbox.ebay.signing_keys import SigningKeys
from xborder_sandbox.ebay.store import CHOICES, Settings, Store
from xborder_sandbox.ebay.times import read_time, write_time
from xborder_sandbox.ebay.tokens import Seller, Tokens
from xborder_sandbox.errors import AdminError, UnknownActionError
from xborder_sandbox.requests import Json
from xborder_sandbox.world import World


class EbaySimulator:
    """A marketplace with two sellers: `ebay-us`, who ships from China, and `ebay-uk`, who has to sign.

    Args:
        world: Clock, chance and address.
    """

    name = "ebay"

    def __init__(self, world: World) -> None:
        self._world = world
        self._bulk_count = DEFAULT_COUNT
        self._build()

    @property
    def app(self) -> ASGIApp:
        """The hosts `api`, `apiz` and `auth`."""
        return self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A reset builds a new marketplace behind the same address.
        await self._app(scope, receive, send)

    def _build(self) -> None:
        random = self._world.stream("ebay")
        clock = self._world.clock
        self._tokens = Tokens(random)
        self._store = Store(clock, random)
        self._guard = Guard(self._tokens, clock)
        self._signing = Signing(clock, random)
        self._limits = Limits(self._store)
        self._book = CancellationBook(self._store)
        # Streams of their own: what is drawn here leaves the orders of a seed as they are.
        self._disputes = DisputeBook(self._store, self._world.stream("ebay/disputes"))
        self._dispute_actions = DisputeActions(self._disputes, self._tokens)
        self._after_sales = AfterSalesBook(self._store, self._world.stream("ebay/after-sales"))
        self._after_sales_actions = AfterSalesActions(self._after_sales)
        self._notifications = NotificationBook(self._store, self._world.stream("ebay/notifications"))
        sender = Sender(self._notifications)
        self._notification_actions = NotificationActions(self._notifications, sender)
        self._composer = Composer(random)
        self._generator = Generator(random)
        self._tokens.open_application()
        self._add_sellers()
        oauth = OAuth(self._tokens, clock)
        api = [
            *oauth.token_routes(),
            *Orders(self._store, self._guard).routes(),
            *Fulfilments(self._store, self._guard).routes(),
            *Refunds(self._store, self._guard, self._signing).routes(),
            *PostOrder(self._book, self._guard, self._signing).routes(),
            *Returns(self._after_sales, self._guard, self._signing).routes(),
            *Inquiries(self._after_sales, self._guard, self._signing).routes(),
            *Cases(self._after_sales, self._guard, self._signing).routes(),
            *Analytics(self._guard, self._limits).routes(),
            *Topics(self._notifications, self._guard).routes(),
            *Destinations(self._notifications, self._guard).routes(),
            *Subscriptions(self._notifications, self._guard, sender).routes(),
        ]
        apiz = [
            *Identity(self._guard).routes(),
            *SigningKeys(self._guard, self._signing).routes(),
            *DisputeReads(self._disputes, self._guard).routes(),
            *DisputeWrites(self._disputes, self._guard).routes(),
        ]
        hosts = {"api": api, "apiz": apiz, "auth": oauth.consent_routes()}
        self._app = Starlette(
            routes=[
                Mount(f"/{host}", app=_Host(Starlette(routes=routes, exception_handlers=_HANDLERS), self._limits))
                for host, routes in hosts.items()
            ],
            exception_handlers=_HANDLERS,
        )

    def _add_sellers(self) -> None:
        now = self._world.clock.now()
        abroad = Seller(
            account="ebay-us",
            username="lantern-lane-goods",
            domicile="CN",
            marketplace="EBAY_US",
            payout="USD",
            item_location={"location": "Shenzhen, Guangdong", "countryCode": "CN", "postalCode": "518000"},
        )
        at_home = Seller(
            account="ebay-uk",
            username="harbour-and-heath",
            domicile="GB",
            marketplace="EBAY_GB",
            payout="GBP",
            item_location={"location": "Norwich", "countryCode": "GB", "postalCode": "NR2 1RQ"},
        )
        for seller in (abroad, at_home):
            self._tokens.add_seller(seller, now)
            pair = self._signing.draw_ed25519()
            seller.signing_private_key = private_key_text(pair)
            seller.signing_jwe = self._signing.add("ED25519", pair.public_key(), now).jwe

    def load(self, scenario: str) -> None:
        """Fill it for `empty`, `demo` or `bulk`."""
        sellers = self._tokens.sellers
        if scenario == "demo":
            load_demo(self._store, self._book, self._composer, sellers["ebay-us"], sellers["ebay-uk"])
            load_disputes(self._disputes, sellers["ebay-us"])
            load_complaints(self._after_sales)
        elif scenario == "bulk":
            self._generate(sellers["ebay-us"], self._bulk_count)

    def reset(self) -> None:
        """Empty it and draw everything anew."""
        self._build()

    def tick(self) -> None:
        """Settle what is due."""
        self._store.settle()
        self._disputes.settle()
        self._after_sales.settle()

    def state(self) -> dict[str, Json]:
        """Return counts, sellers, settings and the orders in short (at most 500 of them)."""
        orders = self._store.all()
        return {
            "orders": len(orders),
            "settings": asdict(self._store.settings),
            "sellers": [
                {
                    "account": seller.account,
                    "username": seller.username,
                    "domicile": seller.domicile,
                    "rotate_refresh_tokens": seller.rotate,
                    "suspended": seller.suspended,
                }
                for seller in self._tokens.sellers.values()
            ],
            "tokens": {
                "access": len(self._tokens.access),
                "refresh_alive": sum(token.alive for token in self._tokens.refresh.values()),
                "refresh_dead": sum(not token.alive for token in self._tokens.refresh.values()),
            },
            "cancellations": [
                {"cancelId": held.cancel_id, "orderId": held.order.order_id, "cancelStatus": held.status}
                for held in self._book.held.values()
            ],
            "payment_disputes": self._dispute_actions.state(),
            **self._after_sales_actions.state(),
            "notifications": self._notification_actions.state(),
            "newest_orders": [_brief(order) for order in orders[-500:]],
        }

    def accounts(self) -> list[dict[str, Json]]:
        """Return the two sellers' accounts, with the refresh tokens that are good now."""
        base = f"{self._world.url}/{self.name}"
        return [
            {
                "name": seller.account,
                "connector": "ebay",
                "settings": {
                    "client_id": self._tokens.client_id,
                    "client_secret": self._tokens.client_secret,
                    "refresh_token": seller.refresh_token,
                    "ru_name": self._tokens.ru_name,
                    "marketplace": seller.marketplace,
                    "signing_key_jwe": seller.signing_jwe,
                    "signing_private_key": seller.signing_private_key,
                    "hosts": {"api": f"{base}/api", "apiz": f"{base}/apiz", "auth": f"{base}/auth"},
                },
            }
            for seller in self._tokens.sellers.values()
        ]

    def admin(self, action: str, body: dict[str, Json]) -> dict[str, Json]:
        """Do an admin action; the README lists them.

        Raises:
            UnknownActionError: If there is none of that name.
            AdminError: If it cannot be done as asked.
        """
        actions: dict[str, Callable[[dict[str, Json]], dict[str, Json]]] = {
            "settings": self._set,
            "rotate_refresh_tokens": self._rotate,
            "expire_tokens": self._expire,
            "revoke": self._revoke,
            "suspend": self._suspend,
            "consent": self._consent,
            "add_order": self._add_order,
            "generate": self._generate_more,
            "change_order": self._change_order,
            "mark_paid": self._mark_paid,
            "request_cancel": self._request_cancel,
            "cancel": self._cancel,
            **self._dispute_actions.table(),
            **self._after_sales_actions.table(),
            **self._notification_actions.table(),
        }
        chosen = actions.get(action)
        if chosen is None:
            raise UnknownActionError(f"ebay has no action {action!r}; there are: {', '.join(actions)}")
        return chosen(body)

    def _seller(self, body: dict[str, Json]) -> Seller:
        account = body.get("account", "ebay-us")
        seller = self._tokens.sellers.get(str(account))
        if seller is None:
            raise AdminError(f"there is no seller {account!r}; there are: {', '.join(self._tokens.sellers)}")
        return seller

    def _order(self, body: dict[str, Json]) -> Order:
        order = self._store.any(str(body.get("orderId")))
        if order is None:
            raise AdminError(f"there is no order {body.get('orderId')!r}")
        return order

    def _set(self, body: dict[str, Json]) -> dict[str, Json]:
        settings = self._store.settings
        kinds = {entry.name: type(getattr(settings, entry.name)) for entry in fields(Settings)}
        for name, value in body.items():
            kind = kinds.get(name)
            if kind is None:
                raise AdminError(f"there is no setting {name!r}; there are: {', '.join(kinds)}")
            if kind is float and isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
            if type(value) is not kind:
                raise AdminError(f"{name} must be a {kind.__name__}")
            if name in CHOICES and value not in CHOICES[name]:
                raise AdminError(f"{name} must be {' or '.join(CHOICES[name])}")
        for name, value in body.items():
            setattr(settings, name, float(str(value)) if kinds[name] is float else value)
        return asdict(settings)

    def _rotate(self, body: dict[str, Json]) -> dict[str, Json]:
        on = body.get("on", True)
        if not isinstance(on, bool):
            raise AdminError("on must be true or false")
        sellers = [self._seller(body)] if "account" in body else list(self._tokens.sellers.values())
        for seller in sellers:
            seller.rotate = on
        return {"rotate_refresh_tokens": {seller.account: seller.rotate for seller in sellers}}

    def _expire(self, body: dict[str, Json]) -> dict[str, Json]:
        account = self._seller(body).account if "account" in body else None
        return {"expired": self._tokens.expire_access(account)}

    def _revoke(self, body: dict[str, Json]) -> dict[str, Json]:
        return {"revoked": self._tokens.revoke(self._seller(body).account)}

    def _suspend(self, body: dict[str, Json]) -> dict[str, Json]:
        seller = self._seller(body)
        seller.suspended = body.get("on", True) is True
        return {"suspended": seller.suspended}

    def _consent(self, body: dict[str, Json]) -> dict[str, Json]:
        """Set the address behind the RuName, and who agrees without being asked."""
        if "accept_url" in body:
            value = body["accept_url"]
            self._tokens.accept_url = None if value is None else str(value)
        if "auto" in body:
            auto = body["auto"]
            self._tokens.auto_consent = None if auto is None else self._seller({"account": auto}).account
        return {"accept_url": self._tokens.accept_url, "auto": self._tokens.auto_consent}

    def _add_order(self, body: dict[str, Json]) -> dict[str, Json]:
        """Take in an order in eBay's own form; what is missing is invented."""
        seller = self._seller(body)
        given = body.get("order")
        if not isinstance(given, dict):
            raise AdminError("order must be an object in the form of eBay's Order")
        order = self._composer.compose(self._generator.wish(), seller, self._store.now())
        created = _time(given.get("creationDate"), "creationDate")
        modified = _time(given.get("lastModifiedDate"), "lastModifiedDate")
        order.created = created or order.created
        order.modified = modified or max(order.created, self._store.now())
        _merge(order, given)
        self._store.add(order)
        return _brief(order)

    def _generate_more(self, body: dict[str, Json]) -> dict[str, Json]:
        count = body.get("count", DEFAULT_COUNT)
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_COUNT:
            raise AdminError(f"count must be a whole number from 1 to {MAX_COUNT}")
        self._bulk_count = count
        self._generate(self._seller(body), count)
        return {"orders": len(self._store.all())}

    def _generate(self, seller: Seller, count: int) -> None:
        self._store.add_many(self._generator.orders(seller, self._store, count, timedelta(days=60)))

    def _change_order(self, body: dict[str, Json]) -> dict[str, Json]:
        order, change = self._order(body), body.get("change")
        if not isinstance(change, dict):
            raise AdminError("change must be an object in the form of eBay's Order")
        if "orderId" in change:
            raise AdminError("an order keeps its id")
        created = _time(change.get("creationDate"), "creationDate")
        _merge(order, change)
        self._store.touch(order)
        order.modified = _time(change.get("lastModifiedDate"), "lastModifiedDate") or order.modified
        if created is not None:
            self._store.move(order, created)
        return _brief(order)

    def _mark_paid(self, body: dict[str, Json]) -> dict[str, Json]:
        order = self._order(body)
        order.document["orderPaymentStatus"] = "PAID"
        payments = cast("Document", order.document["paymentSummary"])["payments"]
        for payment in payments if isinstance(payments, list) else ():
            if isinstance(payment, dict):
                payment["paymentStatus"] = "PAID"
        self._store.touch(order)
        return _brief(order)

    def _request_cancel(self, body: dict[str, Json]) -> dict[str, Json]:
        order = self._order(body)
        if order.cancel_status["cancelState"] != "NONE_REQUESTED":
            raise AdminError("the order is cancelled, or about to be")
        cancellation = self._book.open(order, "BUYER", str(body.get("reason", "ORDER_MISTAKE")))
        return {"cancelId": cancellation.cancel_id}

    def _cancel(self, body: dict[str, Json]) -> dict[str, Json]:
        order = self._order(body)
        if order.cancel_status["cancelState"] != "NONE_REQUESTED":
            raise AdminError("the order is cancelled, or about to be")
        reason = str(body.get("reason", "OUT_OF_STOCK_OR_CANNOT_FULFILL"))
        return {"cancelId": self._book.open(order, "SELLER", reason).cancel_id}


class _Host:
    """One of eBay's hosts: counts calls and puts a request id on every answer."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._calls += 1
        call = f"sandbox-{self._calls:08d}"

        async def stamp(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-ebay-request-id", call.encode())]
            await send(message)

        try:
            self._limits.count(scope["path"].removeprefix(scope["root_path"]))
        except ApiError as error:
            await error.response()(scope, receive, stamp)
            return
        await self._app(scope, receive, stamp)


def _refuse(request: Request, error: Exception) -> Response:  # noqa: ARG001 - starlette's signature
    if not isinstance(error, ApiError):
        raise error
    return error.response()


def _no_such_path(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return rest_error(404, 2002, "ACCESS", "REQUEST", "Resource not found").response()


_HANDLERS = {ApiError: _refuse, 404: _no_such_path}


def _brief(order: Order) -> dict[str, Json]:
    return {
        "orderId": order.order_id,
        "account": order.seller,
        "creationDate": write_time(order.created),
        "lastModifiedDate": write_time(order.modified),
        "orderFulfillmentStatus": order.status,
        "orderPaymentStatus": order.payment_status,
        "cancelState": order.cancel_status["cancelState"],
        "fulfillments": [fulfilment.fulfilment_id for fulfilment in order.fulfilments],
        "refunds": [refund.status for refund in order.refunds],
    }


def _merge(order: Order, given: dict[str, Json]) -> None:
    """Put the given fields in the place of the order's own."""
    for name, value in given.items():
        if name in ("creationDate", "lastModifiedDate", "fulfillmentHrefs"):
            continue
        order.document[name] = value
    order.order_id = str(order.document["orderId"])
    order.status = str(order.document["orderFulfillmentStatus"])


def _time(value: Json, name: str) -> datetime | None:
    if value is None:
        return None
    try:
        return read_time(str(value))
    except ValueError as error:
        raise AdminError(f"{name} must look like 2026-03-01T08:25:43.511Z") from error
