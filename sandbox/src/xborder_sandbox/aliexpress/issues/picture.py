"""Disputes as the APIs show them. All times are Pacific (AliExpress reference, section 4)."""

from __future__ import annotations

from xborder_sandbox.aliexpress.issues.issue import REASONS, Attachment, Issue, Process, Solution
from xborder_sandbox.aliexpress.orders.money import rounded
from xborder_sandbox.aliexpress.orders.order import Line
from xborder_sandbox.aliexpress.orders.pacific import write
from xborder_sandbox.requests import Json


def entry(issue: Issue) -> dict[str, Json]:
    """Return a dispute as in the list: `order_id` is the child, `parent_order_id` the order."""
    _, english, chinese = REASONS[issue.reason]
    return {
        "issue_id": issue.issue_id,
        "order_id": issue.child_id,
        "parent_order_id": issue.order_id,
        "buyer_login_id": issue.buyer,
        "issue_status": issue.status,
        "reason_english": english,
        "reason_chinese": chinese,
        "gmt_create": write(issue.created),
        "gmt_modified": write(issue.modified),
    }


def detail(issue: Issue, line: Line) -> dict[str, Json]:
    """Return a dispute in full; what is not there yet is left out."""
    number, english, _ = REASONS[issue.reason]
    most = str(rounded(issue.most, issue.currency))
    shown: dict[str, Json] = {
        "id": issue.issue_id,
        "order_id": issue.child_id,
        "parent_order_id": issue.order_id,
        "buyer_login_id": issue.buyer,
        "issue_status": issue.status,
        "reverse_detail_status": issue.waits,
        "issue_reason": english,
        "issue_reason_id": number,
        "refund_money_max": most,
        "refund_money_max_currency": issue.currency,
        "refund_money_max_local": most,
        "refund_money_max_local_currency": issue.currency,
        "product_id": str(line.goods.product_id),
        "product_name": line.goods.name,
        "product_price": str(rounded(line.unit_price, issue.currency)),
        "product_price_currency": issue.currency,
        "after_sale_warranty": False,
        "gmt_create": write(issue.created),
        "buyer_solution_list": [_solution(issue, solution) for solution in issue.of("buyer")],
        "seller_solution_list": [_solution(issue, solution) for solution in issue.of("seller")],
        "platform_solution_list": [_solution(issue, solution) for solution in issue.of("platform")],
        "process_dto_list": [_process(issue, process) for process in issue.processes],
    }
    if issue.timeout and issue.due is not None:
        shown |= {"timeout_type": issue.timeout, "timeout_trigger_time": write(issue.due)}
    if issue.return_number:
        shown |= {"buyer_return_logistics_company": issue.return_company, "buyer_return_no": issue.return_number}
    return shown


def _solution(issue: Issue, solution: Solution) -> dict[str, Json]:
    amount = str(rounded(solution.amount, issue.currency))
    shown: dict[str, Json] = {
        "id": solution.solution_id,
        "issue_id": issue.issue_id,
        "order_id": issue.child_id,
        "solution_type": solution.kind,
        "solution_owner": solution.owner,
        "status": solution.status,
        "is_default": solution.is_default,
        "refund_money": amount,
        "refund_money_currency": issue.currency,
        "refund_money_post": amount,
        "refund_money_post_currency": issue.currency,
        "logistics_fee_amount": 0,
        "logistics_fee_amount_currency": issue.currency,
        "logistics_fee_bear_role": "seller",
        "content": solution.content,
        "gmt_create": write(solution.created),
        "gmt_modified": write(solution.modified),
        "version": solution.version,
    }
    for name, at in (
        ("buyer_accept_time", solution.buyer_accepted),
        ("seller_accept_time", solution.seller_accepted),
        ("reached_time", solution.reached),
    ):
        if at is not None:
            shown[name] = write(at)
    if solution.reached_type:
        shown["reached_type"] = solution.reached_type
    return shown


def _process(issue: Issue, process: Process) -> dict[str, Json]:
    return {
        "id": process.process_id,
        "issue_id": issue.issue_id,
        "action_type": process.action,
        "submit_member_type": process.by,
        "content": process.content,
        "receive_goods": process.receive_goods,
        "has_buyer_video": False,
        "has_seller_video": False,
        "gmt_create": write(process.at),
        "attachments": [_attachment(issue, process, attachment) for attachment in process.attachments],
    }


def _attachment(issue: Issue, process: Process, attachment: Attachment) -> dict[str, Json]:
    return {
        "file_path": attachment.path,
        "gmt_create": write(attachment.at),
        "issue_id": issue.issue_id,
        "issue_process_id": process.process_id,
        "owner": attachment.owner,
    }
