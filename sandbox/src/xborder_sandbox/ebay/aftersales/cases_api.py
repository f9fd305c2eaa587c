"""The casemanagement resource of the Post-Order API: what eBay decides."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.aftersales.book import AfterSalesBook
from xborder_sandbox.ebay.aftersales.claims import Case
from xborder_sandbox.ebay.aftersales.reading import check_refundable, find, left_of, need_open, search
from xborder_sandbox.ebay.aftersales.trouble import read_text
from xborder_sandbox.ebay.aftersales.words import CASE_FILTERS
from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.ebay.post_order import POST_ORDER_PATH, enter, invalid, pagination, read_body, read_page
from xborder_sandbox.ebay.signing import Signing
from xborder_sandbox.ebay.tokens import Seller
from xborder_sandbox.requests import Json

_PATH = POST_ORDER_PATH + "/casemanagement"
_ONE = _PATH + "/{trouble_id}"
_APPEAL_WITHIN = timedelta(days=30)  # unverified


class Cases:
    """Cases, as the seller sees them."""

    def __init__(self, book: AfterSalesBook, guard: Guard, signing: Signing) -> None:
        self._book = book
        self._guard = guard
        self._signing = signing

    def routes(self) -> list[Route]:
        """Return the routes below api.ebay.com."""
        posts = {
            "issue_refund": self.issue_refund,
            "appeal": self.appeal,
            "provide_return_address": self.provide_return_address,
        }
        return [
            Route(_PATH + "/search", self.search, methods=["GET"]),
            Route(_ONE, self.get, methods=["GET"]),
            *(Route(f"{_ONE}/{name}", handler, methods=["POST"]) for name, handler in posts.items()),
        ]

    async def search(self, request: Request) -> Response:
        """List cases."""
        seller = self._enter(request)
        query = request.query_params
        limit, offset = read_page(request)
        status = query.get("case_status_filter")
        if status is not None and status not in CASE_FILTERS:
            raise invalid("case_status_filter", status)
        return_id = query.get("return_id")
        of_return = None if return_id is None else self._book.returns.get(return_id)
        found = [
            held
            for held in search(self._book.cases.values(), seller, request, "case_creation_date_range")
            if (status in (None, held.state) or (status == "OPEN" and held.closed is None))
            and (return_id is None or (of_return is not None and of_return.case_id == held.trouble_id))
        ]
        page: list[Json] = [held.member(seller) for held in found[offset : offset + limit]]
        answer: Document = {
            "members": page,
            "totalNumberOfCases": len(found),
            "paginationOutput": pagination(len(found), limit, offset),
        }
        return json_response(answer)

    async def get(self, request: Request) -> Response:
        """Show one."""
        return json_response(self._find(request)[1].picture())

    async def issue_refund(self, request: Request) -> Response:
        """Refund all of it, which ends the case."""
        seller, held = self._find(request)
        body = await read_body(request)
        await self._signing.check(request, seller)
        need_open(held, "caseId")
        refused = check_refundable(held, "caseId")
        if refused is not None:
            raise refused
        self._book.refund(held, left_of(held), held.state, "ISSUE_REFUND", read_text(body.get("comments")))
        held.close(self._book.store.now(), "SYSTEM", "CLOSE")
        return json_response({"refundResult": "PENDING"})

    async def appeal(self, request: Request) -> Response:
        """Have a decision for the buyer looked at again."""
        _, held = self._find(request)
        comments = read_text((await read_body(request)).get("comments"))
        if comments is None:
            raise invalid("comments", "")
        late = held.closed is None or self._book.store.now() - held.closed > _APPEAL_WITHIN
        if held.outcome != "BUYER_FAVOR" or held.appealed or late:
            raise invalid("caseId", held.trouble_id)
        self._book.appeal(held, comments)
        return json_response({})

    async def provide_return_address(self, request: Request) -> Response:
        """Say where the item has to go."""
        _, held = self._find(request)
        body = await read_body(request)
        need_open(held, "caseId")
        for name in ("firstName", "lastName"):
            if not isinstance(body.get(name), str) or not body[name]:
                raise invalid(name, str(body.get(name)))
        if not isinstance(body.get("returnAddress"), dict) or not body["returnAddress"]:
            raise invalid("returnAddress", "")
        kept: Document = {
            name: body[name] for name in ("firstName", "lastName", "returnAddress", "RMA") if name in body
        }
        held.return_address = kept
        held.did(self._book.store.now(), "SELLER", "PROVIDE_RETURN_ADDRESS")
        return json_response({})

    def _enter(self, request: Request) -> Seller:
        seller = enter(self._guard, request)
        self._book.settle()
        return seller

    def _find(self, request: Request) -> tuple[Seller, Case]:
        seller = self._enter(request)
        return seller, find(self._book.cases, seller, request, "caseId")
