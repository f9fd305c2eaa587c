"""A return that is agreed: nothing is negotiated any more, and an address may still be missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from xborder_sdk.errors import Conflict
from xborder_sdk.hookspecs import AcceptDispute, ProposeSolution
from xborder_sdk.models import DisputeKind, DisputeStatus, Money, SolutionKind
from xborder_sdk.steps import Send

AGREE = "aliexpress.issue.solution.agree"


class Platform:
    """An issue whose return was reached without the seller."""

    def __init__(self, state: str, kind: str = "return_and_refund") -> None:
        self.state = state
        self.kind = kind
        self.agreed: list[dict[str, str]] = []

    def __call__(self, step: Send) -> Any:
        sent = dict(step.query) | dict(parse_qsl((step.content or b"").decode()))
        method = sent["method"]
        if method == "aliexpress.issue.issuelist.get":
            return {"data_list": [{"issue_id": 5, "buyer_login_id": "fr1"}], "total_item": 1}
        if method == "aliexpress.logistics.redefining.getlogisticsselleraddresses":
            return {"refund_seller_address_list": [{"address_id": 77, "is_default": 1}]}
        if method == AGREE:
            self.agreed.append(sent)
            return {"result_object": True}
        solution = {"id": 9, "solution_type": self.kind, "status": "reached", "solution_owner": "buyer"}
        detail = {"id": 5, "issue_status": "processing", "reverse_detail_status": self.state}
        return {"result_object": detail | {"buyer_login_id": "fr1", "buyer_solution_list": [solution]}}


def offer() -> ProposeSolution:
    return ProposeSolution(
        dispute_id="5",
        kind=DisputeKind.CLAIM,
        solution=SolutionKind.REFUND,
        amount=Money(amount=1, currency="USD"),
        note="Keep it.",
    )


def test_the_missing_address_is_given_by_agreeing(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    platform = Platform("wait_for_seller_set_return_address")
    answer = run(connector(), "accept_dispute", AcceptDispute(dispute_id="5", kind=DisputeKind.CLAIM), platform)
    assert answer.status is DisputeStatus.WAITING
    (sent,) = platform.agreed
    assert (sent["solution_id"], sent["return_address_id"]) == ("9", "77")


@pytest.mark.parametrize(
    "state", ["wait_for_seller_set_return_address", "wait_for_seller_confirmation", "wait_for_buyer_return"]
)
def test_nothing_is_proposed_any_more(connector: Callable[..., Any], run: Callable[..., Any], state: str) -> None:
    with pytest.raises(Conflict):
        run(connector(), "propose_solution", offer(), Platform(state))


@pytest.mark.parametrize("state", ["wait_for_seller_confirmation", "wait_for_buyer_return"])
def test_a_return_under_way_is_not_agreed_to_again(
    connector: Callable[..., Any], run: Callable[..., Any], state: str
) -> None:
    platform = Platform(state)
    with pytest.raises(Conflict):
        run(connector(), "accept_dispute", AcceptDispute(dispute_id="5", kind=DisputeKind.CLAIM), platform)
    assert platform.agreed == []
