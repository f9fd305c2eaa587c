"""Disputes: what the seller sees and does, what the buyer answers, and what the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from xborder_sandbox.errors import AdminError

ORDER = 8_100_200_300_400
START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
BUYER = "fr1029384756"
JPEG = b"\xff\xd8\xff" + bytes(40)


def pacific(at: datetime) -> str:
    return at.astimezone(ZoneInfo("America/Los_Angeles")).strftime("%Y-%m-%d %H:%M:%S")


class Dispute:
    """A dispute about the first line of the order (two mugs for 12.98)."""

    def __init__(self, ae: Any, **opening: Any) -> None:
        self.ae = ae
        self.issue_id = ae.admin("open_issue", order=ORDER, **opening)["issue"]["issue_id"]

    def detail(self) -> dict[str, Any]:
        who = {"issue_id": str(self.issue_id), "buyer_login_id": BUYER}
        found: dict[str, Any] = self.ae.call("aliexpress.issue.detail.get", **who)["result_object"]
        return found

    def solution(self, owner: str = "buyer") -> dict[str, Any]:
        found: dict[str, Any] = self.detail()[f"{owner}_solution_list"][-1]
        return found

    def request(self, **changes: Any) -> dict[str, Any]:
        wish = {
            "add_seller_solution": True,
            "issue_id": self.issue_id,
            "buyer_login_id": BUYER,
            "buyer_solution_id": self.solution()["id"],
            "refund_amount": "3.00",
            "refund_amount_currency": "USD",
            "solution_context": "Three dollars back",
        }
        return {name: value for name, value in {**wish, **changes}.items() if value is not None}

    def save(self, **changes: Any) -> bool:
        answer = self.ae.call("aliexpress.issue.solution.save", param_dto=self.request(**changes))
        return bool(answer["result_object"])

    def refused(self, **changes: Any) -> str:
        return str(self.ae.refused("aliexpress.issue.solution.save", param_dto=self.request(**changes)))

    def agree(self, **changes: str) -> bool:
        wish = {"issue_id": str(self.issue_id), "buyer_login_id": BUYER, "solution_id": str(self.solution()["id"])}
        return bool(self.ae.call("aliexpress.issue.solution.agree", **{**wish, **changes})["result_object"])

    def buyer(self, answer: str, **more: str) -> None:
        self.ae.admin("answer_issue", issue=self.issue_id, answer=answer, **more)

    def order(self) -> Any:
        from xborder_sandbox.aliexpress.orders.book import OrderBook

        return self.ae.shop.part(OrderBook).any(ORDER)

    def stands(self) -> tuple[str, str]:
        held = self.detail()
        return held["issue_status"], held["reverse_detail_status"]


@pytest.fixture
def dispute(sent: Any) -> Dispute:
    return Dispute(sent, amount="6.00")


def test_a_dispute_that_waits_for_the_seller(dispute: Dispute) -> None:
    assert dispute.stands() == ("processing", "wait_for_seller_response")
    held = dispute.detail()
    assert held["timeout_type"] == "WAIT_SOLUTION_TIMEOUT"
    assert held["timeout_trigger_time"][:16] == pacific(START + timedelta(days=5))[:16]
    assert held["gmt_create"][:16] == "2026-03-01 17:30"
    assert (held["order_id"], held["parent_order_id"]) == (ORDER + 1, ORDER)
    assert held["refund_money_max"] == "12.98"
    solution = dispute.solution()
    assert (solution["refund_money"], solution["refund_money_currency"]) == ("6.00", "USD")
    assert (solution["status"], solution["is_default"]) == ("wait_seller_accept", True)
    assert [process["action_type"] for process in held["process_dto_list"]] == ["initiate"]
    assert dispute.order().status == "IN_ISSUE"


def test_the_deadline_is_a_wall_clock_over_the_change_of_the_clocks(sent: Any) -> None:
    sent.advance(days=2)  # the deadline falls behind 8 March 2026, when California's clocks go forward
    dispute = Dispute(sent)
    held = dispute.detail()
    created, due = (datetime.fromisoformat(held[name]) for name in ("gmt_create", "timeout_trigger_time"))
    assert due - created == timedelta(days=5, hours=1)


def test_the_list_by_status_order_and_buyer(dispute: Dispute) -> None:
    def count(**query: Any) -> int:
        answer = dispute.ae.call("aliexpress.issue.issuelist.get", query_dto={"current_page": 1, **query})
        assert answer["total_item"] == len(answer["data_list"])
        return int(answer["total_item"])

    assert count(page_size=50) == 1
    assert count(issue_status="processing") == 1
    assert count(issue_status="finish") == 0
    assert count(order_no=ORDER + 1) == count(order_no=ORDER) == 1
    assert count(order_no=ORDER + 2) == 0
    assert count(buyer_login_id="nobody") == 0
    api = "aliexpress.issue.issuelist.get"
    assert dispute.ae.refused(api, query_dto={"page_size": 51}).startswith("15 query_dto.page_size")
    assert dispute.ae.refused(api, query_dto={"issue_status": "open"}).startswith("15")
    by_order = dispute.ae.call("aliexpress.issue.partner.order.issues.get", parent_order_id=str(ORDER))
    assert [entry["id"] for entry in by_order["issues"]] == [dispute.issue_id]
    assert dispute.ae.call("aliexpress.issue.partner.order.issues.get", parent_order_id="5")["issues"] == []


def test_pages_of_the_list(sent: Any) -> None:
    for line in (1, 2):
        sent.admin("open_issue", order=ORDER, line=line)
        sent.advance(minutes=1)
    seen = [
        sent.call("aliexpress.issue.issuelist.get", query_dto={"current_page": page, "page_size": 1})["data_list"]
        for page in (1, 2, 3)
    ]
    assert [len(page) for page in seen] == [1, 1, 0]
    assert [page[0]["order_id"] for page in seen[:2]] == [ORDER + 2, ORDER + 1]  # newest first


def test_a_dispute_of_somebody_else_is_none(dispute: Dispute, make_ae: Any) -> None:
    other = make_ae(account="ae-overseas", sandbox=dispute.ae.sandbox)
    who = {"issue_id": str(dispute.issue_id), "buyer_login_id": BUYER}
    assert other.refused("aliexpress.issue.detail.get", **who)[0] == "15"
    wrong = {**who, "buyer_login_id": "nobody"}
    assert dispute.ae.refused("aliexpress.issue.detail.get", **wrong).startswith("15")


def test_agreeing_ends_it_and_pays(dispute: Dispute) -> None:
    assert dispute.agree() is True
    assert dispute.stands() == ("finish", "refund_success")
    solution = dispute.solution()
    assert (solution["status"], solution["reached_type"]) == ("perform", "negotiation_consensus")
    assert solution["seller_accept_time"] == solution["reached_time"]
    assert dispute.order().issue_status == "END_ISSUE"
    assert dispute.order().status == "WAIT_BUYER_ACCEPT_GOODS"
    assert dispute.order().refund.amount == Decimal("6.00")
    assert "timeout_trigger_time" not in dispute.detail()
    assert dispute.agree() is False
    assert dispute.save() is False


def test_a_proposal_the_buyer_takes(dispute: Dispute) -> None:
    assert dispute.save() is True
    assert dispute.stands() == ("processing", "wait_for_buyer_response")
    mine = dispute.solution("seller")
    assert (mine["status"], mine["refund_money"], mine["version"]) == ("wait_buyer_accept", "3.00", 1)
    assert dispute.detail()["process_dto_list"][-1]["action_type"] == "seller_create_solution"
    assert dispute.save() is False  # one at a time
    dispute.buyer("accept")
    assert dispute.stands() == ("finish", "refund_success")
    assert dispute.order().refund.amount == Decimal("3.00")


def test_a_proposal_the_buyer_refuses(dispute: Dispute) -> None:
    dispute.save()
    dispute.ae.advance(days=1)
    dispute.buyer("refuse", content="No")
    assert dispute.stands() == ("processing", "wait_for_seller_response")
    assert dispute.solution("seller")["status"] == "buyer_refused"
    due = dispute.detail()["timeout_trigger_time"][:13]
    assert due == pacific(START + timedelta(days=6))[:13]
    assert dispute.save(refund_amount="4.50") is True
    assert [entry["refund_money"] for entry in dispute.detail()["seller_solution_list"]] == ["3.00", "4.50"]
    with pytest.raises(AdminError):
        dispute.buyer("ship_return")


def test_a_proposal_is_changed_while_it_waits(dispute: Dispute) -> None:
    dispute.save()
    change = {
        "add_seller_solution": False,
        "buyer_solution_id": None,
        "modify_seller_solution_id": dispute.solution("seller")["id"],
        "refund_amount": "5.00",
    }
    assert dispute.save(**change) is True
    mine = dispute.solution("seller")
    assert (mine["refund_money"], mine["version"]) == ("5.00", 2)
    assert dispute.save(**{**change, "modify_seller_solution_id": dispute.solution()["id"]}) is False
    dispute.buyer("refuse")
    assert dispute.save(**change) is False
    assert dispute.refused(**{**change, "modify_seller_solution_id": 5}).startswith("15")


@pytest.mark.parametrize(
    "change",
    [
        {"refund_amount": "12.99"},
        {"refund_amount": "-1"},
        {"refund_amount": "1.001"},
        {"refund_amount": "much"},
        {"refund_amount_currency": "EUR"},
        {"solution_context": None},
        {"solution_context": "x" * 2001},
        {"add_seller_solution": None},
        {"buyer_solution_id": None},
        {"buyer_solution_id": 5},
        {"add_solution_type": "voucher"},
        {"add_solution_type": "return_and_refund"},  # the goods did not come
        {"issue_id": 5},
        {"buyer_login_id": "nobody"},
    ],
)
def test_a_proposal_that_is_refused(dispute: Dispute, change: dict[str, Any]) -> None:
    assert dispute.refused(**change).startswith(("15", "MissingParameter"))
    assert dispute.detail()["seller_solution_list"] == []


def test_the_whole_price_and_nothing_can_be_proposed(dispute: Dispute) -> None:
    assert dispute.save(refund_amount="12.98") is True
    dispute.buyer("refuse")
    assert dispute.save(refund_amount="0") is True
    dispute.buyer("accept")
    assert dispute.stands() == ("finish", "refund_reject")
    assert dispute.order().refund is None


def test_who_does_not_answer_loses(dispute: Dispute) -> None:
    dispute.ae.advance(days=4, hours=23)
    assert dispute.stands()[0] == "processing"
    dispute.ae.advance(hours=1)
    assert dispute.stands() == ("finish", "refund_success")
    solution = dispute.solution()
    assert solution["reached_type"] == "seller_reponse_timeout"
    assert "seller_accept_time" not in solution
    assert solution["reached_time"][:16] == pacific(START + timedelta(days=5))[:16]
    assert dispute.order().refund.amount == Decimal("6.00")
    assert dispute.agree() is False


@pytest.mark.parametrize(
    ("side", "amount", "state"), [("buyer", "6.00", "refund_success"), ("seller", "3.00", "refund_success")]
)
def test_the_platform_decides_when_both_disagree(dispute: Dispute, side: str, amount: str, state: str) -> None:
    dispute.ae.admin("issue_verdict", side=side)
    dispute.save()
    dispute.ae.advance(days=3)
    dispute.buyer("refuse")
    dispute.ae.advance(days=4)
    assert dispute.stands() == ("processing", "wait_for_AE_feedback")
    assert "timeout_trigger_time" not in dispute.detail()
    dispute.ae.advance(days=3)
    assert dispute.stands() == ("finish", state)
    decided = dispute.solution("platform")
    assert (decided["refund_money"], decided["reached_type"]) == (amount, "platform_arbitrate")
    assert dispute.order().refund.amount == Decimal(amount)


def test_the_platform_steps_in_when_the_buyer_is_silent(dispute: Dispute) -> None:
    dispute.save()
    assert dispute.detail()["timeout_trigger_time"][:13] == pacific(START + timedelta(days=7))[:13]
    dispute.ae.advance(days=7)
    assert dispute.stands() == ("processing", "wait_for_AE_feedback")
    dispute.ae.advance(days=30)
    assert dispute.stands()[0] == "finish"


def test_all_is_done_at_its_own_time_when_the_clock_jumps(dispute: Dispute) -> None:
    dispute.save()
    dispute.ae.advance(days=90)
    decided = dispute.solution("platform")
    assert decided["reached_time"][:16] == pacific(START + timedelta(days=10))[:16]


def test_the_buyer_withdraws(dispute: Dispute) -> None:
    dispute.buyer("cancel")
    assert dispute.stands()[0] == "canceled_issue"
    assert dispute.order().status == "WAIT_BUYER_ACCEPT_GOODS"
    assert dispute.order().refund is None
    with pytest.raises(AdminError):
        dispute.buyer("cancel")


def returned(sent: Any, **more: Any) -> Dispute:
    return Dispute(sent, reason="not_as_described", type="return_and_refund", **more)


def test_a_return_needs_an_address_and_is_paid_when_it_came(sent: Any) -> None:
    dispute = returned(sent)
    assert dispute.agree() is False
    assert dispute.stands() == ("processing", "wait_for_seller_response")
    wrong = {"issue_id": str(dispute.issue_id), "buyer_login_id": BUYER, "solution_id": str(dispute.solution()["id"])}
    assert sent.refused("aliexpress.issue.solution.agree", **wrong, return_address_id="5").startswith("15")
    assert dispute.agree(return_address_id=str(sent.address_id("refund"))) is True
    assert dispute.stands() == ("processing", "wait_for_buyer_return")
    dispute.buyer("ship_return", company="Correos", number="RR1ES")
    held = dispute.detail()
    assert held["reverse_detail_status"] == "wait_for_seller_confirmation"
    assert held["timeout_type"] == "WAIT_RECEIVE_ITEM_TIMEOUT"
    assert (held["buyer_return_logistics_company"], held["buyer_return_no"]) == ("Correos", "RR1ES")
    sent.advance(days=5)
    assert dispute.stands() == ("finish", "return_success")
    assert dispute.order().refund.amount == Decimal("12.98")


def test_a_return_that_is_never_sent_ends_without_money(sent: Any) -> None:
    dispute = returned(sent)
    dispute.agree(return_address_id=str(sent.address_id("refund")))
    sent.advance(days=10)
    assert dispute.stands()[0] == "canceled_issue"
    assert dispute.order().refund is None


def test_a_silent_seller_still_gives_the_address(sent: Any) -> None:
    dispute = returned(sent)
    sent.advance(days=5)
    held = dispute.detail()
    assert held["reverse_detail_status"] == "wait_for_seller_set_return_address"
    assert held["timeout_type"] == "WAIT_SELLER_FILL_ADDRESS_TIMEOUT"
    assert dispute.agree() is False
    assert dispute.agree(return_address_id=str(sent.address_id("refund"))) is True
    assert dispute.stands() == ("processing", "wait_for_buyer_return")


def test_without_an_address_the_buyer_keeps_goods_and_money(sent: Any) -> None:
    dispute = returned(sent)
    sent.advance(days=10)
    assert dispute.stands() == ("finish", "refund_success")


def test_a_return_is_proposed_with_an_address(sent: Any) -> None:
    dispute = Dispute(sent, reason="damaged", amount="12.98")
    assert dispute.refused(add_solution_type="return_and_refund").startswith("MissingParameter")
    sender = sent.address_id("sender")
    assert dispute.refused(add_solution_type="return_and_refund", return_good_address_id=sender).startswith("15")
    assert dispute.save(add_solution_type="return_and_refund", return_good_address_id=sent.address_id("refund")) is True
    dispute.buyer("accept")
    assert dispute.stands() == ("processing", "wait_for_buyer_return")


def test_what_was_agreed_is_not_negotiated_again(sent: Any) -> None:
    dispute = returned(sent)
    dispute.save()
    assert dispute.agree(return_address_id=str(sent.address_id("refund"))) is True
    for answer in ("accept", "refuse"):
        with pytest.raises(AdminError):
            dispute.buyer(answer)
    assert dispute.save() is False
    assert dispute.stands() == ("processing", "wait_for_buyer_return")


def test_evidence_is_a_picture(dispute: Dispute) -> None:
    api, who = "aliexpress.issue.image.upload", {"issue_id": str(dispute.issue_id), "buyer_login_id": BUYER}

    def upload(content: bytes = JPEG, extension: str = "jpg") -> dict[str, Any]:
        answer: dict[str, Any] = dispute.ae.upload(api, {"image_bytes": content}, extension=extension, **who)
        return answer

    assert upload()["result_object"] is True
    assert upload(b"\x89PNG\r\n\x1a\n" + bytes(9), "PNG")["result_object"] is True
    for content, extension in ((b"%PDF-1.7", "pdf"), (b"text", "jpg"), (JPEG, "png"), (JPEG + bytes(5_000_000), "jpg")):
        assert upload(content, extension)["error_response"]["code"] == "15", extension
    (first, second) = dispute.detail()["process_dto_list"][0]["attachments"]
    assert first["owner"] == "seller"
    assert first["file_path"].endswith("/1.jpg")
    assert second["file_path"].endswith("/2.png")
    assert dispute.ae.refused(api, extension="jpg", **who).startswith("MissingParameter")
    dispute.save()
    upload()
    assert len(dispute.detail()["process_dto_list"][-1]["attachments"]) == 1
    dispute.buyer("accept")
    assert upload()["result_object"] is False


def test_wrapped_detail_has_the_vendors_inner_names(dispute: Dispute) -> None:
    dispute.ae.upload(
        "aliexpress.issue.image.upload",
        {"image_bytes": JPEG},
        extension="jpg",
        issue_id=str(dispute.issue_id),
        buyer_login_id=BUYER,
    )
    who = {"issue_id": str(dispute.issue_id), "buyer_login_id": BUYER}
    body = dispute.ae.caller.raw("aliexpress.issue.detail.get", simplify=False, **who)
    held = body["aliexpress_issue_detail_get_response"]["result_object"]
    assert len(held["buyer_solution_list"]["solution_api_dto"]) == 1
    assert "seller_solution_list" not in held
    (process,) = held["process_dto_list"]["api_issue_process_dto"]
    assert len(process["attachments"]["api_attachment_dto"]) == 1


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("open_issue", {"order": 5}),
        ("open_issue", {"order": "x"}),
        ("open_issue", {"line": 9}),
        ("open_issue", {"reason": "boredom"}),
        ("open_issue", {"type": "return_and_refund"}),
        ("open_issue", {"amount": "13"}),
        ("open_issue", {"amount": "x"}),
        ("open_issue", {"age_seconds": 500_000}),
        ("answer_issue", {"issue": 5, "answer": "accept"}),
        ("issue_verdict", {"side": "nobody"}),
    ],
)
def test_admin_actions_that_cannot_be_done(sent: Any, action: str, body: dict[str, Any]) -> None:
    with pytest.raises(AdminError):
        sent.admin(action, **({"order": ORDER} if action == "open_issue" else {}) | body)


def test_only_one_dispute_about_a_line(dispute: Dispute) -> None:
    with pytest.raises(AdminError):
        dispute.ae.admin("open_issue", order=ORDER)
    with pytest.raises(AdminError):
        dispute.buyer("accept")  # the seller proposed nothing
    with pytest.raises(AdminError):
        dispute.buyer("shout")
    dispute.ae.admin("open_issue", order=ORDER, line=2)
    dispute.agree()
    assert dispute.order().status == "IN_ISSUE"  # the other line's


def test_the_demo_has_one_dispute_that_waits_for_the_seller(make_seller: Any) -> None:
    seller = make_seller("demo")
    answer = seller.call("aliexpress.issue.issuelist.get", query_dto={"issue_status": "processing"})
    (held,) = answer["data_list"]
    who = {"issue_id": str(held["issue_id"]), "buyer_login_id": held["buyer_login_id"]}
    detail = seller.call("aliexpress.issue.detail.get", **who)["result_object"]
    assert detail["reverse_detail_status"] == "wait_for_seller_response"
    (solution,) = detail["buyer_solution_list"]
    assert solution["solution_type"] == "refund"
    assert 0 < Decimal(solution["refund_money"]) < Decimal(detail["refund_money_max"])
    order = {"order_id": held["parent_order_id"]}
    target = seller.call("aliexpress.trade.new.redefining.findorderbyid", param1=order)["target"]
    assert target["order_status"] == "IN_ISSUE"
