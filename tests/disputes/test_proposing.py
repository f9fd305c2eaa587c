"""Proposals over a platform of our own: what answers what, what is refused unsent, and answers that are lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from xborder_sdk import Client
from xborder_sdk.disputes import plan_contest, propose
from xborder_sdk.errors import Conflict, InvalidRequest, OutcomeUnknown
from xborder_sdk.hookspecs import Connector, DisputeChannel, GetDispute, ProposeSolution
from xborder_sdk.ledger import EffectState
from xborder_sdk.models import (
    Dispute,
    DisputeAnswer,
    DisputeKind,
    DisputeParty,
    DisputeStatus,
    Money,
    Proposal,
    SolutionKind,
)
from xborder_sdk.steps import Flow


def usd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="USD")


class TableDisputes(DisputeChannel):
    honours: ClassVar[dict[str, frozenset[str]]] = {"propose_solution": frozenset({"rejects", "replaces"})}

    def get_dispute(self, request: GetDispute) -> Flow[Dispute]:
        answer = yield from self.api.read("GET", f"/disputes/{request.dispute_id}")
        return Dispute.model_validate(json.loads(answer.content) | {"account": self.account})

    def propose_solution(self, request: ProposeSolution) -> Flow[DisputeAnswer]:
        body: dict[str, Any] = {"kind": request.solution.value, "amount": str(request.amount.amount)}
        body |= {"rejects": request.rejects, "replaces": request.replaces}
        answer = yield from self.api.once("POST", "/proposals", json=body)
        return DisputeAnswer(
            dispute_id=request.dispute_id,
            kind=request.kind,
            status=DisputeStatus.BUYER_MUST_ACT,
            proposal_id=json.loads(answer.content)["id"],
        )


class TableConnector(Connector[Any]):
    name, title, kinds = "table", "Table", (TableDisputes,)

    def hosts(self) -> dict[str, str]:
        return {"api": "https://table.example"}


class Platform:
    """Where the proposals lie. `fault` is what becomes of the next proposal's answer."""

    def __init__(self) -> None:
        self.proposals = [self.proposal("b-1", DisputeParty.BUYER, usd("20"))]
        self.amount_max: Money | None = usd("20")
        self.choices = ["accept_dispute", "propose_solution"]
        self.sent: list[dict[str, Any]] = []
        self.fault: str | None = None

    @staticmethod
    def proposal(number: str, party: DisputeParty, amount: Money, *, is_open: bool = True) -> Proposal:
        return Proposal(proposal_id=number, party=party, kind=SolutionKind.REFUND, amount=amount, is_open=is_open)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            dispute = {
                "dispute_id": "7",
                "kind": "not_received",
                "status": "seller_must_act",
                "amount_max": None if self.amount_max is None else self.amount_max.model_dump(mode="json"),
                "proposals": [one.model_dump(mode="json") for one in self.proposals],
                "choices": self.choices,
            }
            return httpx.Response(200, json=dispute)
        body = json.loads(request.content)
        self.sent.append(body)
        fault, self.fault = self.fault, None
        if fault != "lost before":
            kept = [one for one in self.proposals if one.proposal_id not in {body["rejects"], body["replaces"]}]
            number = f"s-{len(self.sent)}"
            self.proposals = [*kept, self.proposal(number, DisputeParty.SELLER, usd(body["amount"]))]
        if fault is not None:
            return httpx.Response(502)
        return httpx.Response(200, json={"id": number})


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def client(platform: Platform, tmp_path: Path) -> Iterator[Client]:
    accounts = {"shop": {"connector": "table"}}
    transport = httpx.MockTransport(platform.answer)
    with Client(
        accounts=accounts, store=tmp_path / "l.db", connectors=[TableConnector], transport=transport, random=lambda: 0.0
    ) as made:
        yield made


@pytest.fixture
def dispute(client: Client) -> Dispute:
    return client.get_dispute("shop", GetDispute(dispute_id="7", kind=DisputeKind.NOT_RECEIVED))


def test_the_first_offer_answers_the_buyers_and_the_next_changes_our_own(
    client: Client, dispute: Dispute, platform: Platform
) -> None:
    first = propose(client, dispute, SolutionKind.REFUND, usd("5"), "Half of the delivery.")
    assert first.proposal_id == "s-1"
    propose(client, dispute, SolutionKind.REFUND, usd("8"), "A little more.")
    assert [(one["rejects"], one["replaces"]) for one in platform.sent] == [("b-1", None), (None, "s-1")]


def test_what_lies_on_the_table_is_not_offered_again(client: Client, dispute: Dispute, platform: Platform) -> None:
    propose(client, dispute, SolutionKind.REFUND, usd("5"), "Half of the delivery.")
    again = propose(client, dispute, SolutionKind.REFUND, usd("5.00"), "The same in other words.")
    assert again.proposal_id == "s-1"
    assert len(platform.sent) == 1


@pytest.mark.parametrize(
    ("amount", "says"), [(usd("20.01"), "20 USD"), (Money(amount=Decimal(5), currency="EUR"), "USD")]
)
def test_more_than_the_platform_allows_is_refused_before_anything_is_sent(
    client: Client, dispute: Dispute, platform: Platform, amount: Money, says: str
) -> None:
    with pytest.raises(InvalidRequest, match=says) as refused:
        propose(client, dispute, SolutionKind.REFUND, amount, "Here.")
    assert refused.value.field == "amount"
    assert platform.sent == []


def test_where_nothing_can_be_proposed_it_says_so(client: Client, dispute: Dispute, platform: Platform) -> None:
    platform.choices = ["accept_dispute"]
    with pytest.raises(Conflict, match="nothing can be proposed now"):
        propose(client, dispute, SolutionKind.REFUND, usd("5"), "Here.")
    assert platform.sent == []


def test_a_lost_answer_is_found_on_the_table(client: Client, dispute: Dispute, platform: Platform) -> None:
    platform.fault = "lost after"
    found = propose(client, dispute, SolutionKind.REFUND, usd("5"), "Here.")
    assert found.proposal_id == "s-1"
    record = client.store.get("shop/" + _intent(rejects="b-1"), 1)
    assert record is not None
    assert record.state is EffectState.SETTLED
    assert len(platform.sent) == 1


def test_a_lost_answer_that_is_not_on_the_table_stays_a_doubt_and_is_not_repeated(
    client: Client, dispute: Dispute, platform: Platform
) -> None:
    platform.fault = "lost before"
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            propose(client, dispute, SolutionKind.REFUND, usd("5"), "Here.")
    assert len(platform.sent) == 1


def test_an_older_offer_of_the_same_amount_proves_nothing(client: Client, dispute: Dispute, platform: Platform) -> None:
    platform.proposals.append(Platform.proposal("s-0", DisputeParty.SELLER, usd("5"), is_open=False))
    platform.fault = "lost before"
    with pytest.raises(OutcomeUnknown):
        propose(client, dispute, SolutionKind.REFUND, usd("5"), "Here.")


def test_while_an_offer_is_in_doubt_no_other_amount_goes_out(
    client: Client, dispute: Dispute, platform: Platform
) -> None:
    """It may lie on the table already, though the platform does not show it yet: the buyer would have two."""
    platform.fault = "lost before"
    with pytest.raises(OutcomeUnknown):
        propose(client, dispute, SolutionKind.REFUND, usd("5"), "Here.")
    with pytest.raises(OutcomeUnknown, match="another offer") as doubt:
        propose(client, dispute, SolutionKind.REFUND, usd("8"), "More.")
    assert doubt.value.intent == "shop/" + _intent(rejects="b-1")
    assert len(platform.sent) == 1
    client.store.resolve(
        doubt.value.intent, 1, happened=False, outcome_id=None, resolved_by="person", reason="it is not there"
    )
    assert propose(client, dispute, SolutionKind.REFUND, usd("8"), "More.").proposal_id == "s-2"


def test_an_offer_in_doubt_that_lies_on_the_table_is_changed(
    client: Client, dispute: Dispute, platform: Platform
) -> None:
    platform.fault = "lost before"
    with pytest.raises(OutcomeUnknown):
        propose(client, dispute, SolutionKind.REFUND, usd("5"), "Here.")
    platform.proposals.append(Platform.proposal("s-1", DisputeParty.SELLER, usd("5")))
    propose(client, dispute, SolutionKind.REFUND, usd("8"), "More.")
    assert platform.sent[-1]["replaces"] == "s-1"


def test_an_offer_that_was_changed_since_is_not_the_one_that_was_lost(
    client: Client, dispute: Dispute, platform: Platform
) -> None:
    """Five, then eight, then five again, all within the minutes by which clocks differ."""
    now = client.clock.now()
    older = Platform.proposal("s-1", DisputeParty.SELLER, usd("5"), is_open=False).replace(at=now)
    newer = Platform.proposal("s-2", DisputeParty.SELLER, usd("8")).replace(at=now)
    platform.proposals += [older, newer]
    platform.fault = "lost before"
    with pytest.raises(OutcomeUnknown):
        propose(client, dispute, SolutionKind.REFUND, usd("5"), "Five after all.")


def _intent(rejects: str) -> str:
    return ProposeSolution(
        dispute_id="7",
        kind=DisputeKind.NOT_RECEIVED,
        solution=SolutionKind.REFUND,
        amount=usd("5"),
        note="Here.",
        rejects=rejects,
    ).intent()


def test_what_cannot_be_contested_is_answered_as_it_can_be(client: Client, dispute: Dispute) -> None:
    with pytest.raises(Conflict, match="cannot be contested now") as refused:
        plan_contest(client, dispute.replace(choices=frozenset({"propose_solution", "accept_dispute"})))
    assert refused.value.hint == "possible now: accept_dispute, propose_solution"
    with pytest.raises(Conflict) as refused:
        plan_contest(client, dispute.replace(choices=frozenset(), status=DisputeStatus.CLOSED))
    assert refused.value.hint == Conflict.hint
