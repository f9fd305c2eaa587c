"""The calls that read payment disputes (sell_fulfillment_v1, payment_dispute and payment_dispute_summary)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.disputes.book import DisputeBook
from xborder_sandbox.ebay.disputes.dispute import Dispute
from xborder_sandbox.ebay.disputes.errors import dispute_error
from xborder_sandbox.ebay.disputes.words import STATES
from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.orders import FULFILLMENT_PATH, fulfillment_base
from xborder_sandbox.ebay.times import read_time
from xborder_sandbox.ebay.words import PAYMENT_DISPUTE
from xborder_sandbox.requests import Json

DISPUTE_PATH = FULFILLMENT_PATH + "/payment_dispute"
_SPAN = timedelta(days=90)
_REACH = timedelta(days=548)  # 18 months
_MAX_LIMIT = 200


class DisputeReads:
    """Summary, dispute, activities, evidence."""

    def __init__(self, book: DisputeBook, guard: Guard) -> None:
        self._book = book
        self._guard = guard

    def routes(self) -> list[Route]:
        """Return the routes below apiz.ebay.com."""
        one = DISPUTE_PATH + "/{dispute_id}"
        return [
            Route(FULFILLMENT_PATH + "/payment_dispute_summary", self.summaries, methods=["GET"]),
            Route(one, self.get, methods=["GET"]),
            Route(one + "/activity", self.activity, methods=["GET"]),
            Route(one + "/fetch_evidence_content", self.content, methods=["GET"]),
        ]

    async def summaries(self, request: Request) -> Response:
        """Answer getPaymentDisputeSummaries."""
        seller = self._guard.seller(request, (PAYMENT_DISPUTE,))
        query = request.query_params
        limit = _whole(query.get("limit"), _MAX_LIMIT, "limit")
        offset = _whole(query.get("offset"), 0, "offset")
        if not 1 <= limit <= _MAX_LIMIT:
            raise dispute_error(33001, status=400, limit=str(limit))
        wanted = _condition(request, self._book.store.now())
        found = [dispute for dispute in self._book.of(seller) if wanted(dispute)]
        answer: dict[str, Json] = {
            "href": _page(request, limit, offset),
            "limit": limit,
            "offset": offset,
            "total": len(found),
            "paymentDisputeSummaries": [dispute.summary() for dispute in found[offset : offset + limit]],
        }
        if offset + limit < len(found):
            answer["next"] = _page(request, limit, offset + limit)
        if offset > 0:
            answer["prev"] = _page(request, limit, max(0, offset - limit))
        return json_response(answer)

    async def get(self, request: Request) -> Response:
        """Answer getPaymentDispute."""
        return json_response(find_dispute(self._book, self._guard, request).picture())

    async def activity(self, request: Request) -> Response:
        """Answer getActivities."""
        return json_response(find_dispute(self._book, self._guard, request).history())

    async def content(self, request: Request) -> Response:
        """Answer fetchEvidenceContent."""
        dispute = find_dispute(self._book, self._guard, request)
        evidence_id = request.query_params.get("evidence_id", "")
        held = dispute.set_of(evidence_id)
        if held is None or not held.files:
            raise dispute_error(33002, evidence_id=evidence_id)
        file_id = request.query_params.get("file_id", "")
        for file in held.files:
            if file.file_id == file_id:
                return Response(file.content, media_type="application/octet-stream")
        raise dispute_error(33003, file_id=file_id)


def find_dispute(book: DisputeBook, guard: Guard, request: Request) -> Dispute:
    """Return the dispute the path names, if the caller is the seller it is against.

    Raises:
        ApiError: 401 or 403 for the token; 404 with 33001.
    """
    seller = guard.seller(request, (PAYMENT_DISPUTE,))
    dispute_id = request.path_params["dispute_id"]
    dispute = book.get(seller, dispute_id)
    if dispute is None:
        raise dispute_error(33001, payment_dispute_id=dispute_id)
    return dispute


def _condition(request: Request, now: datetime) -> Callable[[Dispute], bool]:
    """Read the filters; order_id makes all others be ignored (description of order_id)."""
    query = request.query_params
    order_id = query.get("order_id")
    if order_id is not None:
        return lambda dispute: dispute.order.order_id == order_id
    states = set(query.getlist("payment_dispute_status"))
    if not states <= STATES:
        raise dispute_error(33001, status=400, payment_dispute_status=",".join(sorted(states - STATES)))
    since, until = _span(request, now)
    buyer = query.get("buyer_username")

    def wanted(dispute: Dispute) -> bool:
        return (
            (not states or dispute.state in states)
            and (buyer is None or dispute.summary()["buyerUsername"] == buyer)
            and (since is None or dispute.opened >= since)
            and (until is None or dispute.opened <= until)
        )

    return wanted


def _span(request: Request, now: datetime) -> tuple[datetime | None, datetime | None]:
    since, until = _time(request, "open_date_from"), _time(request, "open_date_to")
    if since is None and until is None:
        return None, None
    if since is None:
        since = (until or now) - _SPAN
    elif until is None:
        until = min(since + _SPAN, now)
    if until is not None and not timedelta(0) <= until - since <= _SPAN:
        raise dispute_error(33001, status=400, open_date_to=request.query_params.get("open_date_to", ""))
    if since < now - _REACH:
        raise dispute_error(33001, status=400, open_date_from=request.query_params.get("open_date_from", ""))
    return since, until


def _time(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return read_time(text)
    except ValueError as error:
        raise dispute_error(33001, status=400, **{name: text}) from error


def _whole(text: str | None, default: int, name: str) -> int:
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise dispute_error(33001, status=400, **{name: text})
    return int(text)


def _page(request: Request, limit: int, offset: int) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("limit", "offset")]
    asked = urlencode([*kept, ("limit", str(limit)), ("offset", str(offset))], safe=":")
    return f"{fulfillment_base(request)}/payment_dispute_summary?{asked}"
