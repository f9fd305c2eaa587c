"""Cancellation through the Post-Order API v2.

Paths and the names in the requests are the reference's; the OpenAPI document of this API has no bodies. What the
answers hold follows public clients' models of eBay's CancelSummary and is *unverified*.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.amounts import write_value
from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.order import Order
from xborder_sandbox.ebay.post_order import (
    POST_ORDER_PATH,
    enter,
    has_line,
    invalid,
    need_length,
    pagination,
    read_body,
    read_instant,
    read_page,
)
from xborder_sandbox.ebay.signing import Signing
from xborder_sandbox.ebay.store import Store
from xborder_sandbox.ebay.times import write_time
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.ebay.words import CANCEL_REASONS
from xborder_sandbox.requests import Json

_PATH = POST_ORDER_PATH + "/cancellation"
# A cancellation has to be started within 30 days (unverified), and a buyer's request answered within 3.
_WINDOW = timedelta(days=30)
_ANSWER_IN = timedelta(days=3)


@dataclass
class Cancellation:
    """A request to cancel an order, by the buyer or the seller."""

    cancel_id: str
    order: Order
    requestor: str
    reason: str
    requested: datetime
    marketplace: str
    state: str = "INITIAL"
    status: str = "CANCEL_REQUESTED"
    refund: Decimal = Decimal(0)
    closed: datetime | None = None
    close_reason: str | None = None
    shipped: str | None = None

    def summary(self, seller: Seller) -> dict[str, Json]:
        """Return a CancelSummary."""
        paid = self.order.payment_status not in ("PENDING", "FAILED") or bool(self.order.refunds)
        buyer = self.order.document["buyer"]
        summary: dict[str, Json] = {
            "cancelId": self.cancel_id,
            "marketplaceId": self.marketplace,
            "legacyOrderId": str(self.order.document["legacyOrderId"]),
            "requestorType": self.requestor,
            "cancelState": self.state,
            "cancelStatus": self.status,
            "cancelReason": self.reason,
            "paymentStatus": "ONLINE_PAID" if paid else "NOT_PAID",
            "buyerLoginName": buyer["username"] if isinstance(buyer, dict) else "",
            "sellerLoginName": seller.username,
            "requestRefundAmount": {"value": write_value(self.refund), "currency": self.order.currency},
            "cancelRequestDate": {"value": write_time(self.requested)},
        }
        if self.state == "INITIAL":
            summary["sellerResponseDueDate"] = {"value": write_time(self.requested + _ANSWER_IN)}
        if self.closed is not None:
            summary["cancelCloseDate"] = {"value": write_time(self.closed)}
        if self.close_reason is not None:
            summary["cancelCloseReason"] = self.close_reason
        if self.shipped is not None:
            summary["shipmentDate"] = {"value": self.shipped}
        return summary


@dataclass
class CancellationBook:
    """All cancellations, and what each does to its order."""

    store: Store
    held: dict[str, Cancellation] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(5_000_000_001))

    def open(self, order: Order, requestor: str, reason: str) -> Cancellation:
        """Start one: a buyer's waits for the seller, a seller's is done at once."""
        now = self.store.now()
        marketplace = str(order.lines[0]["listingMarketplaceId"])
        cancellation = Cancellation(
            str(next(self._ids)), order, requestor, reason, now, marketplace, refund=order.total
        )
        self.held[cancellation.cancel_id] = cancellation
        requests = order.cancel_status["cancelRequests"]
        if isinstance(requests, list):
            requests.append(
                {
                    "cancelRequestId": cancellation.cancel_id,
                    "cancelRequestState": "REQUESTED",
                    "cancelInitiator": requestor,
                    "cancelReason": reason,
                    "cancelRequestedDate": write_time(now),
                }
            )
        order.cancel_status["cancelState"] = "IN_PROGRESS"
        self.store.touch(order)
        if requestor == "SELLER":
            self.approve(cancellation)
        return cancellation

    def approve(self, cancellation: Cancellation) -> None:
        """Cancel the order and, if it was paid, refund what is left of it."""
        now, order = self.store.now(), cancellation.order
        left = order.total - order.refunded
        paid = order.payment_status not in ("PENDING", "FAILED")
        order.cancel_status["cancelState"] = "CANCELED"
        order.cancel_status["cancelledDate"] = write_time(now)
        self._answer(order, cancellation, "COMPLETED")
        if paid and left > 0:
            self.store.refund(order, left, None)
        self.store.touch(order)
        cancellation.state = "CLOSED"
        cancellation.status = "CANCEL_CLOSED_WITH_REFUND" if paid else "CANCEL_CLOSED_NO_REFUND"
        cancellation.close_reason = "FULL_REFUNDED" if paid else "SELLER_APPROVE_UNPAID"
        cancellation.closed = now

    def reject(self, cancellation: Cancellation, shipped: str | None) -> None:
        """Turn a buyer's request down."""
        order = cancellation.order
        order.cancel_status["cancelState"] = "NONE_REQUESTED"
        self._answer(order, cancellation, "REJECTED")
        self.store.touch(order)
        cancellation.state = "CLOSED"
        cancellation.status = "CANCEL_REJECTED"
        cancellation.close_reason = "SELLER_DECLINE"
        cancellation.closed = self.store.now()
        cancellation.shipped = shipped

    def _answer(self, order: Order, cancellation: Cancellation, state: str) -> None:
        requests = order.cancel_status["cancelRequests"]
        for request in requests if isinstance(requests, list) else ():
            if isinstance(request, dict) and request["cancelRequestId"] == cancellation.cancel_id:
                request["cancelRequestState"] = state
                if state == "COMPLETED":
                    request["cancelCompletedDate"] = write_time(self.store.now())


class PostOrder:
    """The cancellation resource."""

    def __init__(self, book: CancellationBook, guard: Guard, signing: Signing) -> None:
        self._book = book
        self._store = book.store
        self._guard = guard
        self._signing = signing

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        return [
            Route(_PATH, self.create, methods=["POST"]),
            Route(_PATH + "/check_eligibility", self.check_eligibility, methods=["POST"]),
            Route(_PATH + "/search", self.search, methods=["GET"]),
            Route(_PATH + "/{cancel_id}", self.get, methods=["GET"]),
            Route(_PATH + "/{cancel_id}/approve", self.approve, methods=["POST"]),
            Route(_PATH + "/{cancel_id}/reject", self.reject, methods=["POST"]),
        ]

    async def check_eligibility(self, request: Request) -> Response:
        """Say whether an order can be cancelled."""
        seller = enter(self._guard, request)
        body = await read_body(request)
        order = self._order(seller, body)
        reasons: list[Json] = [*self._ineligible(order)]
        answer: dict[str, Json] = {
            "legacyOrderId": str(body["legacyOrderId"]),
            "eligible": not reasons,
            "failureReason": reasons,
            "itemEligibilityResult": [
                {
                    "itemId": line["legacyItemId"],
                    "transactionId": line["lineItemId"],
                    "eligible": not reasons,
                    "failureReason": reasons,
                }
                for line in order.lines
            ],
        }
        return json_response(answer)

    async def create(self, request: Request) -> Response:
        """Cancel an order for the seller."""
        seller = enter(self._guard, request)
        body = await read_body(request)
        await self._signing.check(request, seller)
        order = self._order(seller, body)
        reason = body.get("cancelReason")
        if not isinstance(reason, str) or reason not in CANCEL_REASONS:
            raise invalid("cancelReason", str(reason))
        failures = self._ineligible(order)
        if failures:
            raise invalid("legacyOrderId", failures[0])
        cancellation = self._book.open(order, "SELLER", reason)
        return json_response({"cancelId": cancellation.cancel_id})

    async def search(self, request: Request) -> Response:
        """List cancellations, newest first."""
        seller = enter(self._guard, request)
        query = request.query_params
        limit, offset = read_page(request)
        since = read_instant(query.get("creation_date_range_from"), "creation_date_range_from")
        until = read_instant(query.get("creation_date_range_to"), "creation_date_range_to")
        self._store.settle()
        found = [
            cancellation
            for cancellation in reversed(self._book.held.values())
            if cancellation.order.seller == seller.account
            and query.get("cancel_id") in (None, cancellation.cancel_id)
            and query.get("legacy_order_id") in (None, *_order_ids(cancellation.order))
            and has_line(cancellation.order, "legacyItemId", query.get("item_id"))
            and has_line(cancellation.order, "lineItemId", query.get("transaction_id"))
            and query.get("role") in (None, "SELLER")
            and (since is None or cancellation.requested >= since)
            and (until is None or cancellation.requested <= until)
        ]
        page: list[Json] = [held.summary(seller) for held in found[offset : offset + limit]]
        answer: dict[str, Json] = {
            "cancellations": page,
            "total": len(found),
            "paginationOutput": pagination(len(found), limit, offset),
        }
        return json_response(answer)

    async def get(self, request: Request) -> Response:
        """Show one."""
        seller = enter(self._guard, request)
        self._store.settle()
        return json_response({"cancelDetail": self._cancellation(seller, request).summary(seller)})

    async def approve(self, request: Request) -> Response:
        """Approve a buyer's request."""
        seller = enter(self._guard, request)
        need_length(request, await request.body())
        await self._signing.check(request, seller)
        cancellation = self._waiting(seller, request)
        self._book.approve(cancellation)
        return Response(status_code=200)

    async def reject(self, request: Request) -> Response:
        """Turn a buyer's request down: the order was shipped."""
        seller = enter(self._guard, request)
        body = await read_body(request)
        cancellation = self._waiting(seller, request)
        shipped = body.get("shipmentDate")
        value = shipped.get("value") if isinstance(shipped, dict) else shipped
        if shipped is not None:
            read_instant(str(value), "shipmentDate")
        self._book.reject(cancellation, None if value is None else str(value))
        return Response(status_code=200)

    def _order(self, seller: Seller, body: dict[str, Json]) -> Order:
        wanted = body.get("legacyOrderId")
        if isinstance(wanted, str):
            for order in self._store.all():
                if order.seller == seller.account and wanted in _order_ids(order):
                    return order
        raise invalid("legacyOrderId", str(wanted))

    def _cancellation(self, seller: Seller, request: Request) -> Cancellation:
        cancel_id = request.path_params["cancel_id"]
        cancellation = self._book.held.get(cancel_id)
        if cancellation is None or cancellation.order.seller != seller.account:
            raise invalid("cancelId", cancel_id, status=404)
        return cancellation

    def _waiting(self, seller: Seller, request: Request) -> Cancellation:
        cancellation = self._cancellation(seller, request)
        if cancellation.state != "INITIAL":
            raise invalid("cancelId", cancellation.cancel_id)
        return cancellation

    def _ineligible(self, order: Order) -> list[str]:
        state = order.cancel_status["cancelState"]
        if state == "CANCELED":
            return ["ALREADY_CANCELED"]
        if state == "IN_PROGRESS":
            return ["CANCEL_REQUEST_EXISTS"]
        if order.status != "NOT_STARTED":
            return ["ALREADY_SHIPPED"]
        if order.payment_status == "FULLY_REFUNDED":
            return ["FULL_REFUNDED"]
        if self._store.now() - order.created > _WINDOW:
            return ["TOO_LATE"]
        return []


def _order_ids(order: Order) -> tuple[str, str]:
    return str(order.document["legacyOrderId"]), order.order_id
