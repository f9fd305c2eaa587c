"""Admin actions about disputes: what buyers and the platform do; the scenarios' disputes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from xborder_sandbox.aliexpress.issues.book import IssueBook, WrongTurn
from xborder_sandbox.aliexpress.issues.issue import NOT_AS_DESCRIBED, REASONS, REFUND, RETURN_AND_REFUND, Issue
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.life import NotNow
from xborder_sandbox.aliexpress.orders.order import Line, Order
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.errors import AdminError
from xborder_sandbox.requests import Json

_ANSWERS = ("accept", "refuse", "cancel", "ship_return")
_OLDEST = 5 * 86_400


def open_issue(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Let the buyer of an order open a dispute about a line, the first one by default."""
    order, line = _line(shop, body)
    reason, kind = str(body.get("reason", "in_transit")), str(body.get("type", REFUND))
    if reason not in REASONS:
        raise AdminError(f"there is no reason {reason!r}; there are: {', '.join(REASONS)}")
    if kind not in (REFUND, RETURN_AND_REFUND) or (kind != REFUND and reason not in NOT_AS_DESCRIBED):
        raise AdminError(f"type must be {REFUND}, or {RETURN_AND_REFUND} with: {', '.join(sorted(NOT_AS_DESCRIBED))}")
    amount = _amount(body.get("amount", str(line.total)), line.total)
    age = body.get("age_seconds", 0)
    if isinstance(age, bool) or not isinstance(age, int) or not 0 <= age < _OLDEST:
        raise AdminError(f"age_seconds must be 0 to {_OLDEST}")
    try:
        issue = shop.part(IssueBook).open(
            order,
            line,
            reason,
            amount,
            kind=kind,
            content=str(body.get("content", "")),
            age=timedelta(seconds=age),
        )
    except NotNow as error:
        raise AdminError(str(error)) from error
    return {"issue": _picture(issue)}


def answer_issue(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Do what the buyer does: accept or refuse the seller's proposal, cancel, send the goods back."""
    book, answer = shop.part(IssueBook), body.get("answer")
    name = str(body.get("issue", ""))
    issue = book.any(int(name)) if name.isascii() and name.isdigit() and len(name) < 20 else None
    if issue is None:
        raise AdminError(f"there is no issue {name!r}")
    try:
        if answer == "accept":
            book.buyer_accepts(issue)
        elif answer == "refuse":
            book.buyer_refuses(issue, str(body.get("content", "")))
        elif answer == "cancel":
            book.cancel(issue)
        elif answer == "ship_return":
            book.ship_back(issue, str(body.get("company", "Correos")), str(body.get("number", "RR123456785ES")))
        else:
            raise AdminError(f"answer must be one of {', '.join(_ANSWERS)}")
    except WrongTurn as error:
        raise AdminError(str(error)) from error
    return {"issue": _picture(issue)}


def issue_verdict(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Say with whom the platform sides when it decides."""
    side = body.get("side")
    if side not in ("buyer", "seller"):
        raise AdminError("side must be buyer or seller")
    shop.part(IssueBook).verdict.side = str(side)
    return {"side": side}


def load(shop: Shop, scenario: str) -> None:
    """In `demo` a buyer in wait of goods asks for a part of the money."""
    if scenario != "demo":
        return
    seller = next(iter(shop.tokens.sellers))
    order, line = next(
        (order, line)
        for order in shop.part(OrderBook).of(seller)
        if order.status == "WAIT_BUYER_ACCEPT_GOODS"
        for line in order.lines
        if not line.by_platform
    )
    shop.part(IssueBook).open(
        order,
        line,
        "in_transit",
        (line.total / 2).quantize(Decimal("0.01")),
        content="The parcel has not moved for two weeks.",
        age=min(timedelta(hours=20), (shop.now - (order.sent or shop.now)) / 2),
    )


def tick(shop: Shop) -> None:
    """Let happen what is due."""
    shop.part(IssueBook).settle()


def picture(shop: Shop) -> dict[str, Json]:
    """Return every dispute."""
    return {"issues": [_picture(issue) for issue in shop.part(IssueBook).all()]}


def _picture(issue: Issue) -> dict[str, Json]:
    return {
        "issue_id": issue.issue_id,
        "account": issue.seller,
        "order_id": issue.order_id,
        "child_order_id": issue.child_id,
        "buyer": issue.buyer,
        "issue_status": issue.status,
        "reverse_detail_status": issue.waits,
        "due": issue.due.isoformat() if issue.due else None,
        "solutions": [
            {
                "solution_id": solution.solution_id,
                "owner": solution.owner,
                "type": solution.kind,
                "amount": str(solution.amount),
                "status": solution.status,
            }
            for solution in issue.solutions
        ],
    }


def _line(shop: Shop, body: dict[str, Json]) -> tuple[Order, Line]:
    name = str(body.get("order", ""))
    order = shop.part(OrderBook).any(int(name)) if name.isascii() and name.isdigit() and len(name) < 20 else None
    if order is None:
        raise AdminError(f"there is no order {name!r}")
    index = body.get("line", 1)
    line = order.line(index) if isinstance(index, int) and not isinstance(index, bool) else None
    if line is None:
        raise AdminError(f"the order has no line {index!r}")
    return order, line


def _amount(value: Json, most: Decimal) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise AdminError("amount must be a number") from error
    if not 0 <= amount <= most:
        raise AdminError(f"amount must be 0 to {most}")
    return amount


ACTIONS: dict[str, Callable[[Shop, dict[str, Json]], dict[str, Json]]] = {
    "open_issue": open_issue,
    "answer_issue": answer_issue,
    "issue_verdict": issue_verdict,
}
