"""The inquiry resource of the Post-Order API: the buyer says that the item did not come."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.aftersales.book import AfterSalesBook
from xborder_sandbox.ebay.aftersales.claims import Inquiry
from xborder_sandbox.ebay.aftersales.reading import check_refundable, find, left_of, need_open, search
from xborder_sandbox.ebay.aftersales.trouble import read_text
from xborder_sandbox.ebay.aftersales.words import INQUIRY_FILTERS
from xborder_sandbox.ebay.errors import ApiError, json_response, post_order_error
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.ebay.post_order import (
    POST_ORDER_PATH,
    enter,
    invalid,
    pagination,
    read_body,
    read_instant,
    read_page,
)
from xborder_sandbox.ebay.signing import Signing
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.requests import Json

_PATH = POST_ORDER_PATH + "/inquiry"
_ONE = _PATH + "/{trouble_id}"


class Inquiries:
    """Inquiries, as the seller sees them."""

    def __init__(self, book: AfterSalesBook, guard: Guard, signing: Signing) -> None:
        self._book = book
        self._guard = guard
        self._signing = signing

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        posts = {
            "provide_shipment_info": self.provide_shipment_info,
            "issue_refund": self.issue_refund,
            "provide_refund_info": self.provide_refund_info,
            "send_message": self.send_message,
            "escalate": self.escalate,
        }
        return [
            Route(_PATH + "/search", self.search, methods=["GET"]),
            Route(_ONE, self.get, methods=["GET"]),
            *(Route(f"{_ONE}/{name}", handler, methods=["POST"]) for name, handler in posts.items()),
        ]

    async def search(self, request: Request) -> Response:
        """List inquiries."""
        seller = self._enter(request)
        limit, offset = read_page(request)
        status = request.query_params.get("inquiry_status")
        if status is not None and status not in INQUIRY_FILTERS:
            raise invalid("inquiry_status", status)
        found = [
            held
            for held in search(self._book.inquiries.values(), seller, request, "inquiry_creation_date_range")
            if status in (None, held.state) or (status == "OPEN" and held.closed is None)
        ]
        page: list[Json] = [held.member(seller) for held in found[offset : offset + limit]]
        answer: Document = {
            "members": page,
            "totalNumberOfInquiries": len(found),
            "paginationOutput": pagination(len(found), limit, offset),
        }
        return json_response(answer)

    async def get(self, request: Request) -> Response:
        """Show one."""
        return json_response(self._find(request)[1].picture())

    async def provide_shipment_info(self, request: Request) -> Response:
        """Say how the item went. The two errors are seen together in a public sample."""
        _, held = self._find(request)
        body = await read_body(request)
        need_open(held, "inquiryId")
        carrier, tracking = body.get("shippingCarrierName"), body.get("trackingNumber")
        wrong: list[ApiError] = []
        if not isinstance(carrier, str) or not carrier.strip():
            wrong.append(
                post_order_error(
                    292024,
                    "InvalidShippingCarrier",
                    "The shipping carrier's name has to be given.",
                    invalidshippingcarriername=str(carrier or ""),
                )
            )
        tracked = body.get("shippedWithTracking") is not False
        if tracked and (not isinstance(tracking, str) or not tracking.strip()):
            wrong.append(post_order_error(292023, "InvalidTrackingNumber", "A valid tracking number is needed."))
        if wrong:
            raise _joined(wrong)
        date = body.get("shippingDate")
        if date is not None:
            read_instant(str(date.get("value")) if isinstance(date, dict) else str(date), "shippingDate")
        if not tracked and body.get("proofOfShipmentUploaded") is not True:
            raise invalid("proofOfShipmentUploaded", str(body.get("proofOfShipmentUploaded")))
        self._book.tell_shipment(held, str(carrier), str(tracking or ""), read_text(body.get("sellerComments")))
        return json_response({})

    async def issue_refund(self, request: Request) -> Response:
        """Refund all of it."""
        seller, held = self._find(request)
        body = await read_body(request)
        await self._signing.check(request, seller)
        need_open(held, "inquiryId")
        refused = check_refundable(held, "inquiryId")
        if refused is not None:
            raise refused
        self._book.refund(held, left_of(held), "PENDING", "ISSUE_REFUND", read_text(body.get("comments")))
        return json_response({"refundResult": "PENDING"})

    async def provide_refund_info(self, request: Request) -> Response:
        """Say that the buyer was paid by other means."""
        _, held = self._find(request)
        body = await read_body(request)
        need_open(held, "inquiryId")
        self._book.tell_refund(held, read_text(body.get("comments")))
        return json_response({})

    async def send_message(self, request: Request) -> Response:
        """Write to the buyer."""
        _, held = self._find(request)
        message = read_text((await read_body(request)).get("message"))
        if message is None:
            raise invalid("message", "")
        need_open(held, "inquiryId")
        held.did(self._book.store.now(), "SELLER", "SEND_MESSAGE", note=message)
        return json_response({})

    async def escalate(self, request: Request) -> Response:
        """Ask eBay to decide."""
        _, held = self._find(request)
        body = await read_body(request)
        need_open(held, "inquiryId")
        case = self._book.escalate(held, "SELLER", self._book.store.now(), read_text(body.get("comments")))
        return json_response({"caseId": case.trouble_id})

    def _enter(self, request: Request) -> Seller:
        seller = enter(self._guard, request)
        self._book.settle()
        return seller

    def _find(self, request: Request) -> tuple[Seller, Inquiry]:
        seller = self._enter(request)
        return seller, find(self._book.inquiries, seller, request, "inquiryId")


def _joined(errors: list[ApiError]) -> ApiError:
    entries: list[Json] = []
    for error in errors:
        found = error.body["error"] if isinstance(error.body, dict) else []
        entries += found if isinstance(found, list) else []
    return ApiError(400, {"error": entries})
