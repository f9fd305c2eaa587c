"""The return resource of the Post-Order API, as far as its requests are established."""

from __future__ import annotations

import base64
import binascii

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.aftersales.book import AfterSalesBook
from xborder_sandbox.ebay.aftersales.reading import check_refundable, find, need_open, read_amount, search
from xborder_sandbox.ebay.aftersales.returned import Return, ReturnFile
from xborder_sandbox.ebay.aftersales.trouble import read_text, show_time
from xborder_sandbox.ebay.aftersales.words import (
    APPROVALS,
    ESCALATE_REASONS,
    FILE_PURPOSES,
    REFUND_FEE_TYPES,
    RETURN_FILTERS,
    RETURN_STATES,
)
from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.ebay.post_order import POST_ORDER_PATH, enter, invalid, pagination, read_body, read_page
from xborder_sandbox.ebay.signing import Signing
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.requests import Json

_PATH = POST_ORDER_PATH + "/return"
_ONE = _PATH + "/{trouble_id}"
_STARTED = frozenset({"RETURN_REQUESTED", "PARTIAL_REFUND_REQUESTED", "PARTIAL_REFUND_DECLINED", "ITEM_READY_TO_SHIP"})


class Returns:
    """Returns, as the seller sees them."""

    def __init__(self, book: AfterSalesBook, guard: Guard, signing: Signing) -> None:
        self._book = book
        self._guard = guard
        self._signing = signing

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        posts = {
            "decide": self.decide,
            "issue_refund": self.issue_refund,
            "mark_as_received": self.mark_as_received,
            "mark_refund_sent": self.mark_refund_sent,
            "escalate": self.escalate,
            "send_message": self.send_message,
            "file/upload": self.upload,
            "file/submit": self.submit,
        }
        return [
            Route(_PATH + "/search", self.search, methods=["GET"]),
            Route(_ONE, self.get, methods=["GET"]),
            Route(_ONE + "/files", self.files, methods=["GET"]),
            Route(_ONE + "/tracking", self.tracking, methods=["GET"]),
            *(Route(f"{_ONE}/{name}", handler, methods=["POST"]) for name, handler in posts.items()),
        ]

    async def search(self, request: Request) -> Response:
        """List returns."""
        seller = self._enter(request)
        query = request.query_params
        limit, offset = read_page(request)
        bucket = query.get("return_state")
        states = set(filter(None, query.get("states", "").split(",")))
        if bucket is not None and bucket not in RETURN_FILTERS:
            raise invalid("return_state", bucket)
        if not states <= RETURN_STATES:
            raise invalid("states", ",".join(sorted(states - RETURN_STATES)))
        found = [
            held
            for held in search(self._book.returns.values(), seller, request, "creation_date_range")
            if query.get("return_id") in (None, held.trouble_id)
            and query.get("role") in (None, "SELLER")
            and (not states or held.state in states)
            and (bucket is None or _in_bucket(held, bucket))
        ]
        page: list[Json] = [held.summary(seller, _base(request)) for held in found[offset : offset + limit]]
        answer: Document = {
            "members": page,
            "total": len(found),
            "paginationOutput": pagination(len(found), limit, offset),
        }
        return json_response(answer)

    async def get(self, request: Request) -> Response:
        """Show one: with SUMMARY where it stands, with FULL (also when nothing is asked for) its details."""
        seller, held = self._find(request)
        group = request.query_params.get("fieldgroups", "FULL")
        if group not in ("FULL", "SUMMARY"):
            raise invalid("fieldgroups", group)
        answer: Document = {}
        if group == "FULL":
            answer["detail"] = held.detail()
        if group == "SUMMARY" or self._book.store.settings.full_return_has_summary:
            answer["summary"] = held.summary(seller, _base(request))
        return json_response(answer)

    async def decide(self, request: Request) -> Response:
        """Approve, decline, offer a part, or give an RMA."""
        seller, held = self._find(request)
        body = await read_body(request)
        await self._signing.check(request, seller)
        decision, note = str(body.get("decision")), read_text(body.get("comments"))
        if decision in APPROVALS:
            _need(held, "SELLER_APPROVE_REQUEST")
            self._book.approve(held, note)
        elif decision == "DECLINE":
            _need(held, "SELLER_DECLINE_REQUEST")
            held.close(self._book.store.now(), "SELLER", "SELLER_DECLINE_REQUEST", "RETURN_REJECTED")
        elif decision == "OFFER_PARTIAL_REFUND":
            _need(held, "SELLER_OFFER_PARTIAL_REFUND")
            self._book.offer(held, read_amount(body.get("partialRefundAmount"), held, "partialRefundAmount"), note)
        elif decision == "PROVIDE_RMA":
            _need(held, "SELLER_PROVIDE_RMA")
            number = body.get("RMANumber")
            if not isinstance(number, str) or not number:
                raise invalid("RMANumber", str(number))
            held.rma = number
            held.did(self._book.store.now(), "SELLER", "SELLER_PROVIDE_RMA", note=note)
        else:
            raise invalid("decision", decision)
        return json_response({})

    async def issue_refund(self, request: Request) -> Response:
        """Refund the buyer; the itemised amounts have to make the total."""
        seller, held = self._find(request)
        body = await read_body(request)
        await self._signing.check(request, seller)
        _need(held, "SELLER_ISSUE_REFUND")
        detail = body.get("refundDetail")
        given = detail if isinstance(detail, dict) else {}
        total = read_amount(given.get("totalAmount"), held, "totalAmount")
        items = given.get("itemizedRefundDetail")
        if not isinstance(items, list) or not items:
            raise invalid("itemizedRefundDetail", str(items))
        amounts = []
        for item in items:
            if not isinstance(item, dict) or item.get("refundFeeType") not in REFUND_FEE_TYPES:
                raise invalid("refundFeeType", str(item))
            amounts.append(read_amount(item.get("refundAmount"), held, "refundAmount"))
        if sum(amounts) != total:
            raise invalid("totalAmount", str(total))
        refused = check_refundable(held, "returnId")
        if refused is not None:
            raise refused
        self._book.refund(held, total, "REFUND_INITIATED", "SELLER_ISSUE_REFUND", read_text(body.get("comments")))
        return json_response({"refundStatus": "PENDING"})

    async def mark_as_received(self, request: Request) -> Response:
        """Say that the item is back."""
        _, held = self._find(request)
        body = await read_body(request)
        _need(held, "SELLER_MARK_AS_RECEIVED")
        self._book.receive(held, "SELLER", "SELLER_MARK_AS_RECEIVED", read_text(body.get("comments")))
        return json_response({})

    async def mark_refund_sent(self, request: Request) -> Response:
        """Say that the buyer was paid by other means."""
        _, held = self._find(request)
        body = await read_body(request)
        _need(held, "SELLER_MARK_REFUND_SENT")
        self._book.mark_refund_sent(held, read_text(body.get("comments")))
        return json_response({})

    async def escalate(self, request: Request) -> Response:
        """Ask eBay to decide."""
        _, held = self._find(request)
        body = await read_body(request)
        if body.get("reason") not in ESCALATE_REASONS:
            raise invalid("reason", str(body.get("reason")))
        _need(held, "SELLER_ESCALATE")
        case = self._book.escalate(held, "SELLER", self._book.store.now(), read_text(body.get("comments")))
        return json_response({"caseId": case.trouble_id})

    async def send_message(self, request: Request) -> Response:
        """Write to the buyer."""
        _, held = self._find(request)
        message = read_text((await read_body(request)).get("message"))
        if message is None:
            raise invalid("message", "")
        _need(held, "SELLER_SEND_MESSAGE")
        held.did(self._book.store.now(), "SELLER", "SELLER_SEND_MESSAGE", note=message)
        return json_response({})

    async def upload(self, request: Request) -> Response:
        """Take a file; it counts once it is submitted."""
        _, held = self._find(request)
        body = await read_body(request)
        name, purpose, data = body.get("fileName"), body.get("filePurpose"), body.get("data")
        if not isinstance(name, str) or not name:
            raise invalid("fileName", str(name))
        if not isinstance(purpose, str) or purpose not in FILE_PURPOSES:
            raise invalid("filePurpose", str(purpose))
        try:
            content = base64.b64decode(str(data), validate=True) if isinstance(data, str) else b""
        except binascii.Error as error:
            raise invalid("data", "") from error
        if not content:
            raise invalid("data", "")
        need_open(held, "returnId")
        file = ReturnFile(str(len(held.files) + 1), name, purpose, content, self._book.store.now())
        held.files[file.file_id] = file
        return json_response({"fileId": file.file_id})

    async def submit(self, request: Request) -> Response:
        """Make the uploaded files count."""
        _, held = self._find(request)
        body = await read_body(request)
        purpose = body.get("filePurpose")
        waiting = [file for file in held.files.values() if not file.submitted and purpose in (None, file.purpose)]
        if not waiting:
            raise invalid("filePurpose", str(purpose))
        for file in waiting:
            file.submitted = True
        held.did(self._book.store.now(), "SELLER", "SUBMIT_FILE")
        return json_response({})

    async def files(self, request: Request) -> Response:
        """Show the submitted files."""
        _, held = self._find(request)
        shown: list[Json] = [
            {
                "fileId": file.file_id,
                "fileName": file.name,
                "filePurpose": file.purpose,
                "fileStatus": "PUBLISHED",
                "submitter": "SELLER",
                "creationDate": show_time(file.uploaded),
                "fileData": base64.b64encode(file.content).decode(),
            }
            for file in held.files.values()
            if file.submitted
        ]
        return json_response({"files": shown})

    async def tracking(self, request: Request) -> Response:
        """Show where the item is on its way back."""
        _, held = self._find(request)
        if held.tracking is None:
            raise invalid("returnId", held.trouble_id, status=404)
        return json_response(held.shipment())

    def _enter(self, request: Request) -> Seller:
        seller = enter(self._guard, request)
        self._book.settle()
        return seller

    def _find(self, request: Request) -> tuple[Seller, Return]:
        seller = self._enter(request)
        return seller, find(self._book.returns, seller, request, "returnId")


def _need(held: Return, option: str) -> None:
    if option not in held.options:
        raise invalid("returnId", held.trouble_id)


def _in_bucket(held: Return, bucket: str) -> bool:
    if bucket == "CLOSED":
        return held.closed is not None
    if held.closed is not None:
        return False
    if bucket in ("ALL_OPEN", "ALL_OPEN_RETURN"):
        return True
    if bucket == "SELLER_ACTION_DUE":
        return held.seller_acts
    if bucket == "SELLER_NO_ACTION":
        return not held.seller_acts
    return held.state in _STARTED if bucket == "RETURN_STARTED" else held.state == bucket


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}{POST_ORDER_PATH}"
