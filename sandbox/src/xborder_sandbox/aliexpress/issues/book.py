"""All disputes, and what becomes of each as time goes by.

The seller has five days to answer, else the buyer's proposal holds; the platform steps in within seven days; the
buyer sends a return within ten (AliExpress reference, section 4: rule text, likely). How long the platform takes, and
how long a seller has to confirm a return, are the sandbox's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from xborder_sandbox.aliexpress.issues.issue import (
    CANCELLED,
    FINISHED,
    PROCESSING,
    REASONS,
    REFUND,
    Attachment,
    Issue,
    Process,
    Solution,
)
from xborder_sandbox.aliexpress.orders import life
from xborder_sandbox.aliexpress.orders.book import OrderBook
from xborder_sandbox.aliexpress.orders.order import Line, Order
from xborder_sandbox.aliexpress.shop import Shop

ANSWER_TIME = timedelta(days=5)
_PLATFORM_STEPS_IN = timedelta(days=7)
_PLATFORM_TAKES = timedelta(days=3)
_BUYER_SHIPS = timedelta(days=10)
_SELLER_CONFIRMS = timedelta(days=5)


class WrongTurn(Exception):
    """A dispute in which that cannot be done now."""


@dataclass
class Verdict:
    """How the platform decides: with the `buyer`, or with the `seller`'s last proposal (nothing if there is none)."""

    side: str = "buyer"


class IssueBook:
    """The disputes of all sellers.

    Args:
        shop: The marketplace; its lock is held by whoever calls.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._chance = shop.random("issues")
        self._issues: dict[int, Issue] = {}
        self.verdict = Verdict()

    def open(
        self,
        order: Order,
        line: Line,
        reason: str,
        amount: Decimal,
        *,
        kind: str = REFUND,
        content: str = "",
        age: timedelta = timedelta(0),
    ) -> Issue:
        """Let the buyer open a dispute.

        Args:
            order: The order.
            line: Its line.
            reason: A key of `REASONS`.
            amount: What the buyer wants back, in the order's currency.
            kind: `refund` or `return_and_refund`.
            content: What the buyer says.
            age: How long ago that was.

        Raises:
            NotNow: If the order does not allow it.
        """
        at = self._shop.now - age
        life.open_issue(order, line, at)
        self._shop.part(OrderBook).changed(order)
        issue = Issue(
            issue_id=self._chance.randrange(6 * 10**14, 7 * 10**14),
            seller=order.account,
            order_id=order.order_id,
            child_id=line.child_id,
            buyer=order.buyer.login,
            reason=reason,
            currency=order.currency,
            most=line.total,
            created=at,
            modified=at,
            platform_at=at + _PLATFORM_STEPS_IN,
            due=at + ANSWER_TIME,
        )
        said = content or REASONS[reason][1]
        self._note(issue, at, "initiate", "buyer", said)
        self._propose(issue, "buyer", kind, amount, said, "wait_seller_accept", at).is_default = True
        self._issues[issue.issue_id] = issue
        return issue

    def agree(self, issue: Issue, solution: Solution, return_address: int | None) -> None:
        """Let the seller take a proposal of the buyer, or give the address for a return that was reached without it.

        Raises:
            WrongTurn: If it is not open to the seller, or a return lacks its address.
        """
        late = issue.waits == "wait_for_seller_set_return_address" and solution.status == "reached"
        open_to_seller = issue.is_negotiated and solution.status == "wait_seller_accept"
        if issue.status != PROCESSING or not (late or open_to_seller):
            raise WrongTurn("the solution does not wait for the seller")
        if solution.kind != REFUND and return_address is None:
            raise WrongTurn("a return needs an address")
        now = self._shop.now
        solution.return_address = return_address
        if late:
            self._await_return(issue, now)
            return
        solution.seller_accepted = now
        self._note(issue, now, "seller_accept", "seller", "")
        self._reach(issue, solution, "negotiation_consensus", now)

    def propose(
        self, issue: Issue, against: Solution, kind: str, amount: Decimal, content: str, return_address: int | None
    ) -> Solution:
        """Let the seller refuse a proposal and make another.

        Raises:
            WrongTurn: If it is not the seller's turn, or a proposal of the seller is on the table.
        """
        if not issue.is_negotiated or against.status != "wait_seller_accept":
            raise WrongTurn("the buyer's solution does not wait for the seller")
        if any(entry.status == "wait_buyer_accept" for entry in issue.of("seller")):
            raise WrongTurn("a solution of the seller waits for the buyer")
        now = self._shop.now
        solution = self._propose(issue, "seller", kind, amount, content, "wait_buyer_accept", now)
        solution.return_address = return_address
        self._note(issue, now, "seller_create_solution", "seller", content)
        self._turn(issue, "wait_for_buyer_response", issue.platform_at)
        return solution

    def change(self, issue: Issue, solution: Solution, amount: Decimal, content: str) -> None:
        """Let the seller edit a proposal the buyer has not answered.

        Raises:
            WrongTurn: If it was answered.
        """
        if not issue.is_negotiated or solution.owner != "seller" or solution.status != "wait_buyer_accept":
            raise WrongTurn("the solution cannot be changed any more")
        now = self._shop.now
        solution.amount, solution.content = amount, content
        solution.modified, solution.version = now, solution.version + 1
        self._note(issue, now, "seller_modify_solution", "seller", content)

    def attach(self, issue: Issue, extension: str, content: bytes) -> None:
        """Take a picture of the seller's; it goes with what the seller did last, else with the opening.

        Raises:
            WrongTurn: If the dispute is over.
        """
        if issue.status != PROCESSING:
            raise WrongTurn("the dispute is over")
        mine = [process for process in issue.processes if process.by == "seller"]
        process = mine[-1] if mine else issue.processes[0]
        count = sum(len(entry.attachments) for entry in issue.processes)
        path = f"/kf/issue/{issue.issue_id}/{count + 1}.{extension}"
        process.attachments.append(Attachment(path, "seller", self._shop.now, content))
        issue.modified = self._shop.now

    def buyer_accepts(self, issue: Issue) -> None:
        """Let the buyer take what the seller proposed.

        Raises:
            WrongTurn: If nothing waits for the buyer.
        """
        solution = self._for_buyer(issue)
        now = self._shop.now
        solution.buyer_accepted = now
        self._note(issue, now, "buyer_accept", "buyer", "")
        self._reach(issue, solution, "negotiation_consensus", now)

    def buyer_refuses(self, issue: Issue, content: str) -> None:
        """Let the buyer refuse it: the seller has five days again, or until the platform steps in.

        Raises:
            WrongTurn: If nothing waits for the buyer.
        """
        solution = self._for_buyer(issue)
        now = self._shop.now
        solution.status = "buyer_refused"
        solution.modified = now
        self._note(issue, now, "buyer_refuse", "buyer", content)
        self._turn(issue, "wait_for_seller_response", min(now + ANSWER_TIME, issue.platform_at))

    def cancel(self, issue: Issue) -> None:
        """Let the buyer withdraw.

        Raises:
            WrongTurn: If the dispute is over.
        """
        if issue.status != PROCESSING:
            raise WrongTurn("the dispute is over")
        now = self._shop.now
        self._note(issue, now, "cancel", "buyer", "")
        self._end(issue, CANCELLED, issue.waits, None, now)

    def ship_back(self, issue: Issue, company: str, number: str) -> None:
        """Let the buyer send the goods back.

        Raises:
            WrongTurn: If no return was agreed.
        """
        if issue.waits != "wait_for_buyer_return" or issue.status != PROCESSING:
            raise WrongTurn("no return is awaited")
        now = self._shop.now
        issue.return_company, issue.return_number = company, number
        self._turn(issue, "wait_for_seller_confirmation", now + _SELLER_CONFIRMS, "WAIT_RECEIVE_ITEM_TIMEOUT")
        issue.modified = now

    def all(self) -> list[Issue]:
        """Return all disputes, newest first."""
        self.settle()
        return sorted(self._issues.values(), key=lambda issue: issue.created, reverse=True)

    def get(self, seller: str, issue_id: int) -> Issue | None:
        """Return a seller's dispute."""
        self.settle()
        issue = self._issues.get(issue_id)
        return issue if issue is not None and issue.seller == seller else None

    def any(self, issue_id: int) -> Issue | None:
        """Return a dispute of whichever seller."""
        self.settle()
        return self._issues.get(issue_id)

    def settle(self) -> None:
        """Let happen what is due."""
        now = self._shop.now
        for issue in self._issues.values():
            while issue.status == PROCESSING and issue.due is not None and issue.due <= now:
                self._run_out(issue, issue.due)

    def _run_out(self, issue: Issue, at: datetime) -> None:
        """Do what follows from nobody having done anything."""
        negotiating = issue.waits in ("wait_for_seller_response", "wait_for_buyer_response")
        if negotiating and at >= issue.platform_at:
            self._turn(issue, "wait_for_AE_feedback", at + _PLATFORM_TAKES, "")
        elif negotiating:
            asked = [entry for entry in issue.of("buyer") if entry.status == "wait_seller_accept"]
            self._reach(issue, asked[-1], "seller_reponse_timeout", at)
        elif issue.waits == "wait_for_AE_feedback":
            self._decide(issue, at)
        elif issue.waits == "wait_for_buyer_return":
            # No return came: nothing is paid.
            self._end(issue, CANCELLED, issue.waits, None, at)
        elif issue.waits == "wait_for_seller_confirmation":
            self._pay(issue, at, "return_success")
        else:
            # No address was given: the buyer keeps the goods.
            self._pay(issue, at, "refund_success")

    def _decide(self, issue: Issue, at: datetime) -> None:
        side = issue.of(self.verdict.side)
        amount = side[-1].amount if side else Decimal(0)
        solution = self._propose(issue, "platform", REFUND, amount, "Decided by the platform", "reached", at)
        self._reach(issue, solution, "platform_arbitrate", at)

    def _for_buyer(self, issue: Issue) -> Solution:
        waiting = [entry for entry in issue.solutions if entry.status == "wait_buyer_accept"]
        if not issue.is_negotiated or not waiting:
            raise WrongTurn("no solution waits for the buyer")
        return waiting[-1]

    def _reach(self, issue: Issue, solution: Solution, how: str, at: datetime) -> None:
        solution.status, solution.reached, solution.reached_type, solution.modified = "reached", at, how, at
        if solution.kind == REFUND:
            self._pay(issue, at, "refund_success" if solution.amount else "refund_reject")
        elif solution.return_address is None:
            # Reached without the seller: an address is still needed.
            self._turn(
                issue, "wait_for_seller_set_return_address", at + ANSWER_TIME, "WAIT_SELLER_FILL_ADDRESS_TIMEOUT"
            )
            issue.modified = at
        else:
            self._await_return(issue, at)

    def _await_return(self, issue: Issue, at: datetime) -> None:
        self._turn(issue, "wait_for_buyer_return", at + _BUYER_SHIPS, "")
        issue.modified = at

    def _pay(self, issue: Issue, at: datetime, state: str) -> None:
        solution = issue.agreed
        if solution is not None:
            solution.status = "perform"
        self._end(issue, FINISHED, state, Decimal(0) if solution is None else solution.amount, at)

    def _end(self, issue: Issue, status: str, state: str, refund: Decimal | None, at: datetime) -> None:
        issue.status, issue.waits, issue.due, issue.timeout, issue.modified = status, state, None, "", at
        orders = self._shop.part(OrderBook)
        order = orders.any(issue.order_id)
        line = None if order is None else order.child(issue.child_id)
        if order is not None and line is not None and line.issue == "IN_ISSUE":
            life.close_issue(order, line, at, refund)
            orders.changed(order)

    def _turn(self, issue: Issue, waits: str, due: datetime, timeout: str = "WAIT_SOLUTION_TIMEOUT") -> None:
        issue.waits, issue.due, issue.timeout = waits, due, timeout

    def _propose(
        self, issue: Issue, owner: str, kind: str, amount: Decimal, content: str, status: str, at: datetime
    ) -> Solution:
        solution = Solution(
            self._chance.randrange(10**14, 10**15), owner, kind, amount, content, status, created=at, modified=at
        )
        issue.solutions.append(solution)
        issue.modified = at
        return solution

    def _note(self, issue: Issue, at: datetime, action: str, by: str, content: str) -> None:
        process = Process(self._chance.randrange(10**14, 10**15), action, by, content, at)
        process.receive_goods = issue.buyer_has_goods
        issue.processes.append(process)
        issue.modified = at
