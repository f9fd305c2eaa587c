"""aliexpress.issue.*: list, detail, propose, agree, upload.

Answers of the writing calls have one boolean: false is a refusal. A field that names nothing of this seller is refused
by the gateway.
"""

from __future__ import annotations

from decimal import Decimal

from xborder_sandbox.aliexpress.call import Call, Form
from xborder_sandbox.aliexpress.issues.book import IssueBook, WrongTurn
from xborder_sandbox.aliexpress.issues.issue import CANCELLED, FINISHED, PROCESSING, REFUND, RETURN_AND_REFUND, Issue
from xborder_sandbox.aliexpress.issues.picture import detail, entry
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.money import digits
from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

_MOST_ON_PAGE = 50
_USUAL_ON_PAGE = 20
# Not established.
_CONTEXT = 2000
_PICTURE_BYTES = 5_000_000
# What a picture of each kind begins with.
_BEGINNINGS = {"jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "gif": b"GIF8"}


def list_issues(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.issue.issuelist.get: newest first; `order_no` is the child or the order."""
    query = call.form("query_dto")
    page, size = query.maybe_whole("current_page", 1), query.maybe_whole("page_size", _USUAL_ON_PAGE)
    if page < 1:
        raise query.wrong("current_page", "must be positive")
    if not 1 <= size <= _MOST_ON_PAGE:
        raise query.wrong("page_size", f"must be 1 to {_MOST_ON_PAGE}")
    status, order = query.maybe("issue_status"), query.maybe("order_no")
    if status not in ("", PROCESSING, CANCELLED, FINISHED):
        raise query.wrong("issue_status", f"must be {PROCESSING}, {CANCELLED} or {FINISHED}")
    buyer = query.maybe("buyer_login_id")
    found = [
        issue
        for issue in shop.part(IssueBook).all()
        if issue.seller == call.seller.account
        and status in ("", issue.status)
        and order in ("", str(issue.child_id), str(issue.order_id))
        and buyer in ("", issue.buyer)
    ]
    return {
        "current_page": page,
        "page_size": size,
        "total_item": len(found),
        "data_list": [entry(issue) for issue in found[(page - 1) * size : page * size]],
    }


def get_detail(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.issue.detail.get."""
    issue = _issue(shop, call, call)
    order = shop.part(OrderBook).any(issue.order_id)
    line = None if order is None else order.child(issue.child_id)
    if line is None:
        raise call.wrong("issue_id", "is about an order that is gone")
    return {"result_object": detail(issue, line)}


def of_order(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.issue.partner.order.issues.get: the disputes of an order."""
    order = call.whole("parent_order_id")
    found = []
    for issue in shop.part(IssueBook).all():
        if issue.seller == call.seller.account and issue.order_id == order:
            shown = entry(issue)
            del shown["buyer_login_id"]
            found.append({"id": shown.pop("issue_id"), **shown})
    return {"issues": [*found]}


def save(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.issue.solution.save: refuse the buyer's proposal with another, or edit one's own."""
    wish = call.form("param_dto")
    issue = _issue(shop, call, wish)
    if "add_seller_solution" not in wish:
        raise wish.missing("add_seller_solution")
    amount, content = _amount(wish, issue), wish.text("solution_context")
    if len(content) > _CONTEXT:
        raise wish.wrong("solution_context", f"may have {_CONTEXT} characters")
    book = shop.part(IssueBook)
    try:
        if not wish.flag("add_seller_solution"):
            mine = issue.solution(wish.whole("modify_seller_solution_id"))
            if mine is None:
                raise wish.wrong("modify_seller_solution_id", "is no solution of this dispute")
            book.change(issue, mine, amount, content)
            return {"result_object": True}
        against = issue.solution(wish.whole("buyer_solution_id"))
        if against is None or against.owner != "buyer":
            raise wish.wrong("buyer_solution_id", "is no solution of the buyer")
        kind = wish.maybe("add_solution_type", REFUND)
        if kind not in (REFUND, RETURN_AND_REFUND):
            raise wish.wrong("add_solution_type", f"must be {REFUND} or {RETURN_AND_REFUND}")
        address = None
        if kind == RETURN_AND_REFUND:
            if not issue.buyer_has_goods:
                raise wish.wrong("add_solution_type", "is refund where the goods did not come")
            address = _address(shop, call, wish, "return_good_address_id")
        book.propose(issue, against, kind, amount, content, address)
    except WrongTurn:
        return {"result_object": False}
    return {"result_object": True}


def agree(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.issue.solution.agree."""
    issue = _issue(shop, call, call)
    solution = issue.solution(call.whole("solution_id"))
    if solution is None:
        raise call.wrong("solution_id", "is no solution of this dispute")
    address = _address(shop, call, call, "return_address_id") if "return_address_id" in call else None
    try:
        shop.part(IssueBook).agree(issue, solution, address)
    except WrongTurn:
        return {"result_object": False}
    return {"result_object": True}


def upload(shop: Shop, call: Call) -> dict[str, Json]:
    """aliexpress.issue.image.upload: a picture as evidence."""
    issue, extension = _issue(shop, call, call), call.text("extension").lower().removeprefix(".")
    content = call.file("image_bytes").content
    beginning = _BEGINNINGS.get(extension)
    if beginning is None or not content.startswith(beginning):
        raise call.wrong("image_bytes", f"must be a picture, and its extension one of {', '.join(_BEGINNINGS)}")
    if len(content) > _PICTURE_BYTES:
        raise call.wrong("image_bytes", f"may have {_PICTURE_BYTES} bytes")
    try:
        shop.part(IssueBook).attach(issue, extension, content)
    except WrongTurn:
        return {"result_object": False}
    return {"result_object": True}


def _issue(shop: Shop, call: Call, form: Form) -> Issue:
    issue, buyer = shop.part(IssueBook).get(call.seller.account, form.whole("issue_id")), form.text("buyer_login_id")
    if issue is None or issue.buyer != buyer:
        raise form.wrong("issue_id", "is no dispute of this seller and buyer")
    return issue


def _amount(wish: Form, issue: Issue) -> Decimal:
    amount, currency = wish.decimal("refund_amount"), wish.text("refund_amount_currency")
    if currency != issue.currency:
        raise wish.wrong("refund_amount_currency", f"must be {issue.currency}")
    if not 0 <= amount <= issue.most:
        raise wish.wrong("refund_amount", f"must be 0 to {issue.most}")
    if amount != round(amount, digits(currency)):
        raise wish.wrong("refund_amount", f"may have {digits(currency)} decimals")
    return amount


def _address(shop: Shop, call: Call, form: Form, name: str) -> int:
    kept = shop.part(ShippingBook).address(call.seller.account, form.whole(name))
    if kept is None or kept.kind != "refund":
        raise form.wrong(name, "is no refund address of this seller")
    return kept.address_id


HANDLERS = {
    "aliexpress.issue.issuelist.get": list_issues,
    "aliexpress.issue.detail.get": get_detail,
    "aliexpress.issue.partner.order.issues.get": of_order,
    "aliexpress.issue.solution.save": save,
    "aliexpress.issue.solution.agree": agree,
    "aliexpress.issue.image.upload": upload,
}
# AliExpress reference, section 1.5; api_issue_process_dto and api_attachment_dto: the vendor's .NET SDK.
LIST_NAMES = {
    "aliexpress.issue.issuelist.get": {"data_list": "issue_api_issue_dto"},
    "aliexpress.issue.detail.get": {
        "buyer_solution_list": "solution_api_dto",
        "seller_solution_list": "solution_api_dto",
        "platform_solution_list": "solution_api_dto",
        "process_dto_list": "api_issue_process_dto",
        "attachments": "api_attachment_dto",
    },
}
