"""Disputes: issues, requests to cancel and frozen money, from the list to the answer, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.journeys.aliexpress import (
    DAY,
    OVERSEAS,
    SHOP,
    Seller,
    asked,
    before,
    lose,
    marketplace,
    selling,
    session_of,
)

from xborder_sdk.disputes import build_evidence, due_within, propose
from xborder_sdk.errors import Conflict, InvalidRequest, NotFound, OutcomeUnknown, TooLate, UnsupportedOperation
from xborder_sdk.hookspecs import (
    AcceptDispute,
    AddEvidence,
    ContestDispute,
    DisputeChannel,
    GetDispute,
    ListDisputes,
    ProposeSolution,
)
from xborder_sdk.ledger import EffectState
from xborder_sdk.models import (
    CancellationStatus,
    Dispute,
    DisputeKind,
    DisputeParty,
    DisputeReason,
    DisputeStatus,
    EvidenceFile,
    EvidenceKind,
    HoldReason,
    Money,
    Order,
    OrderStatus,
    SolutionKind,
)

AGREE, SAVE, SHOW = "aliexpress.issue.solution.agree", "aliexpress.issue.solution.save", "aliexpress.issue.image.upload"
ACCEPT_CANCEL, REFUSE_CANCEL = (
    "aliexpress.trade.seller.order.acceptcancel",
    "aliexpress.trade.seller.order.refusecancel",
)
WAYS: dict[str, tuple[str, bool, dict[str, Any]]] = {
    "simplified": ("sync", True, {}),
    "wrapped": ("async", False, {}),
    "older gateway": ("sync", True, {"gateway": "top", "refresh_token": None}),
}


class Court:
    """A seller with disputes."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller
        self.sandbox = seller.sandbox
        self.call = seller.call

    def order(self, **more: Any) -> Order:
        return self.seller.add(**{"items": [{"sku": "LAMP-01"}]} | more)

    def issue(self, order: Order | None = None, **more: Any) -> Dispute:
        """An issue that a buyer opens."""
        order = order or self.order()
        opened: Any = self.sandbox.admin("aliexpress", "open_issue", order=order.order_id, **more)
        return self.read(str(opened["issue"]["issue_id"]))

    def read(self, dispute_id: str, kind: DisputeKind = DisputeKind.CLAIM) -> Dispute:
        found: Dispute = self.call.get_dispute(SHOP, GetDispute(dispute_id=dispute_id, kind=kind))
        return found

    def listed(self, **wish: Any) -> dict[str, Dispute]:
        return {one.dispute_id: one for one in self.call.iter_disputes(SHOP, ListDisputes(**wish))}

    def buyer(self, dispute: Dispute, answer: str, **more: Any) -> None:
        self.sandbox.admin("aliexpress", "answer_issue", issue=dispute.dispute_id, answer=answer, **more)

    def sent(self, method: str, dispute: Dispute) -> int:
        return len([one for one in asked(self.sandbox, method) if dispute.dispute_id in str(one)])


@contextmanager
def sitting(sandbox: Any, way: str) -> Iterator[Court]:
    driver, simplifies, changes = WAYS[way]
    sessions = {}
    if changes.get("gateway") == "top":
        sessions = {name: session_of(sandbox, name).access.get_secret_value() for name in (SHOP, OVERSEAS)}
    sandbox.admin("aliexpress", "settings", simplifies=simplifies)
    with selling(sandbox, driver, changes=changes, sessions=sessions) as seller:
        yield Court(seller)
    sandbox.admin("aliexpress", "settings", simplifies=True)
    sandbox.world.faults.clear()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    with marketplace("empty") as handle:
        yield handle


@pytest.fixture(params=WAYS)
def court(request: pytest.FixtureRequest, sandbox: Any) -> Iterator[Court]:
    with sitting(sandbox, request.param) as found:
        yield found


@pytest.fixture(params=WAYS)
def patient(request: pytest.FixtureRequest) -> Iterator[Court]:
    """At a platform of its own, for tests in which days pass."""
    with marketplace("demo") as sandbox, sitting(sandbox, request.param) as found:
        yield found


@pytest.fixture(params=["simplified", "older gateway"])
def blocking(request: pytest.FixtureRequest) -> Iterator[Court]:
    """At a platform of its own, with the client that the helpers of `xborder_sdk.disputes` take."""
    with marketplace("demo") as sandbox, sitting(sandbox, request.param) as found:
        yield found


def usd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="USD")


def offer(dispute: Dispute, amount: str, **more: Any) -> ProposeSolution:
    values: dict[str, Any] = {"dispute_id": dispute.dispute_id, "kind": dispute.kind, "amount": usd(amount)}
    return ProposeSolution(**values | {"solution": SolutionKind.REFUND, "note": "For the trouble."} | more)


def accepting(dispute: Dispute, **more: Any) -> AcceptDispute:
    return AcceptDispute(dispute_id=dispute.dispute_id, kind=dispute.kind, **more)


def picture(kind: str = "JPEG", size: int = 40) -> bytes:
    out = BytesIO()
    Image.radial_gradient("L").resize((size, 30)).convert("RGB").save(out, kind)
    return out.getvalue()


# -- lists and deadlines -----------------------------------------------------------------------------------------------


def test_everything_that_waits_is_listed_with_its_deadline(patient: Court) -> None:
    found = {one.kind: one for one in patient.listed(open_only=True).values()}
    assert set(found) == {DisputeKind.CLAIM, DisputeKind.CANCELLATION_REQUEST, DisputeKind.PAYMENT_DISPUTE}
    claim, frozen = found[DisputeKind.CLAIM], found[DisputeKind.PAYMENT_DISPUTE]
    assert claim.respond_by is not None
    assert claim.opened_at is not None
    assert claim.respond_by - claim.opened_at == timedelta(days=5)
    assert (claim.status, str(claim.amount), str(claim.amount_max)) == (
        DisputeStatus.SELLER_MUST_ACT,
        "4.90 USD",
        "9.80 USD",
    )
    assert claim.buyer_note == "The parcel has not moved for two weeks."
    assert frozen.respond_by_estimated
    assert frozen.choices == frozenset()
    orders = patient.seller.orders()
    assert claim.order_id == orders["Linda Orlova"].order_id
    assert [line.line_id for line in claim.lines] == [orders["Linda Orlova"].lines[0].line_id]
    assert found[DisputeKind.CANCELLATION_REQUEST].order_id == orders["Iara Monteiro"].order_id
    assert frozen.order_id == orders["Teo Arandia"].order_id
    for dispute in found.values():
        assert dispute.order_id is not None
        assert set(patient.listed(order_id=dispute.order_id)) == {dispute.dispute_id}
    assert patient.call.list_disputes(OVERSEAS, ListDisputes(open_only=True)).items == ()


def test_what_is_due_soon_is_found_across_kinds(blocking: Court) -> None:
    due = due_within(blocking.call.client, hours=24 * 3, accounts=[SHOP])
    assert {one.kind for one in due.disputes} == {DisputeKind.PAYMENT_DISPUTE}
    every = due_within(blocking.call.client, hours=24 * 8)
    assert {one.account for one in every.disputes} == {SHOP}
    assert [one.respond_by for one in every.disputes] == sorted(one.respond_by for one in every.disputes)
    assert len(every.disputes) == 3
    assert not every.failures


def test_a_list_of_many_pages_loses_none_while_issues_end(court: Court) -> None:
    opened = [court.issue() for _ in range(7)]
    wish, seen = ListDisputes(kinds=(DisputeKind.CLAIM,), open_only=True, page_size=2), set()
    for number in range(60):
        page = court.call.list_disputes(SHOP, wish)
        seen |= {one.dispute_id for one in page.items}
        if number == 1:
            court.buyer(opened[-1], "cancel")
        if page.next is None:
            break
        wish = wish.replace(cursor=page.next)
    assert {one.dispute_id for one in opened[:-1]} <= seen


def test_an_issue_of_nobodys_is_not_found(court: Court) -> None:
    for kind in (DisputeKind.CLAIM, DisputeKind.CANCELLATION_REQUEST, DisputeKind.PAYMENT_DISPUTE):
        with pytest.raises(NotFound):
            court.read("123456789", kind)


# -- agreeing ----------------------------------------------------------------------------------------------------------


def test_a_proposal_is_agreed_to_once(court: Court) -> None:
    dispute = court.issue(amount="6.00")
    court.call.accept_dispute(SHOP, accepting(dispute))
    assert court.read(dispute.dispute_id).status is DisputeStatus.CLOSED
    court.call.accept_dispute(SHOP, accepting(dispute))
    assert court.sent(AGREE, dispute) == 1


@pytest.mark.parametrize("fault", ["status", "reset", "silence"])
def test_a_lost_agreement_is_found_in_the_history(court: Court, fault: str) -> None:
    other, dispute = court.issue(), court.issue(amount="3.00")
    lose(court.sandbox, fault, before(court.sandbox, AGREE, lambda: court.call.accept_dispute(SHOP, accepting(other))))
    with pytest.raises(OutcomeUnknown):
        court.call.accept_dispute(SHOP, accepting(dispute), deadline_s=0.8)
    record = court.call.settle(SHOP, DisputeChannel.accept_dispute, accepting(dispute))
    assert record.state is EffectState.SETTLED
    assert court.sent(AGREE, dispute) == 1


def test_a_return_is_agreed_to_with_an_address(court: Court) -> None:
    dispute = court.issue(reason="not_as_described", type="return_and_refund")
    court.call.accept_dispute(SHOP, accepting(dispute))
    waiting = court.read(dispute.dispute_id)
    assert waiting.status is DisputeStatus.BUYER_MUST_ACT
    assert waiting.respond_by is None  # the deadline is the buyer's
    court.buyer(dispute, "ship_return", company="La Poste", number="RR987654321FR")
    (back,) = court.read(dispute.dispute_id).returning
    assert (back.tracking_number, back.vendor_carrier) == ("RR987654321FR", "La Poste")


# -- proposing ---------------------------------------------------------------------------------------------------------


def test_a_proposal_goes_back_and_forth(court: Court) -> None:
    dispute = court.issue(amount="18.90")
    court.call.propose_solution(SHOP, offer(dispute, "5.00"))
    offered = court.read(dispute.dispute_id)
    assert offered.status is DisputeStatus.BUYER_MUST_ACT
    (mine,) = [one for one in offered.proposals if one.party is DisputeParty.SELLER and one.is_open]
    assert str(mine.amount) == "5.00 USD"
    court.call.propose_solution(SHOP, offer(dispute, "7.50", replaces=mine.proposal_id))
    (mine,) = [one for one in court.read(dispute.dispute_id).proposals if one.party is DisputeParty.SELLER]
    assert str(mine.amount) == "7.50 USD"
    court.buyer(dispute, "refuse", content="Not enough.")
    again = court.read(dispute.dispute_id)
    assert again.status is DisputeStatus.SELLER_MUST_ACT
    assert again.history[-1].note == "Not enough."
    assert again.respond_by is not None
    assert again.respond_by > court.seller.time.now()
    court.call.propose_solution(SHOP, offer(dispute, "9.00"))
    court.buyer(dispute, "accept")
    assert court.read(dispute.dispute_id).status is DisputeStatus.CLOSED
    with pytest.raises(Conflict):
        court.call.propose_solution(SHOP, offer(dispute, "10.00"))


def test_the_same_offer_twice_is_made_once(court: Court) -> None:
    dispute = court.issue()
    for _ in range(2):
        court.call.propose_solution(SHOP, offer(dispute, "2.00"))
    assert court.sent(SAVE, dispute) == 1


@pytest.mark.parametrize("amount", [usd("18.91"), usd("0.001"), Money(amount=Decimal(5), currency="EUR")], ids=str)
def test_an_offer_the_platform_would_refuse_is_not_sent(court: Court, amount: Money) -> None:
    dispute = court.issue()
    with pytest.raises(InvalidRequest) as refused:
        court.call.propose_solution(SHOP, offer(dispute, "1.00").replace(amount=amount))
    assert refused.value.field == "amount"
    assert court.sent(SAVE, dispute) == 0


def test_a_return_is_proposed_to_the_refund_address(court: Court) -> None:
    dispute = court.issue(reason="not_as_described")
    court.call.propose_solution(SHOP, offer(dispute, "18.90", solution=SolutionKind.RETURN_AND_REFUND))
    court.buyer(dispute, "accept")
    returning = court.read(dispute.dispute_id)
    assert returning.status is DisputeStatus.BUYER_MUST_ACT
    (agreed,) = [one for one in returning.proposals if one.party is DisputeParty.SELLER]
    assert agreed.kind is SolutionKind.RETURN_AND_REFUND


@pytest.mark.parametrize("fault", ["status", "reset", "half"])
def test_propose_finds_a_lost_offer_on_the_table(blocking: Court, fault: str) -> None:
    client = blocking.call.client
    other, dispute = blocking.issue(), blocking.issue()
    skip = before(blocking.sandbox, SAVE, lambda: propose(client, other, SolutionKind.REFUND, usd("1.00"), "Here."))
    if fault == "half":
        blocking.sandbox.inject({"kind": "half"}, vendor="aliexpress", path="*", skip=skip)
    else:
        lose(blocking.sandbox, fault, skip)
    found = propose(client, dispute, SolutionKind.REFUND, usd("4.00"), "Here.")
    assert found.proposal_id is not None
    again = propose(client, dispute, SolutionKind.REFUND, usd("4.00"), "Here again.")
    assert again.proposal_id == found.proposal_id
    changed = propose(client, dispute, SolutionKind.REFUND, usd("6.00"), "A little more.")
    assert changed.dispute_id == dispute.dispute_id
    assert blocking.sent(SAVE, dispute) == 2
    (mine,) = [one for one in blocking.read(dispute.dispute_id).proposals if one.party is DisputeParty.SELLER]
    assert str(mine.amount) == "6.00 USD"


def test_an_offer_that_never_arrived_stays_a_doubt(court: Court) -> None:
    other, dispute = court.issue(), court.issue()
    skip = before(court.sandbox, SAVE, lambda: court.call.propose_solution(SHOP, offer(other, "1.00")))
    court.sandbox.inject({"kind": "reset"}, vendor="aliexpress", path="*", skip=skip)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            court.call.propose_solution(SHOP, offer(dispute, "4.00"))
    assert court.read(dispute.dispute_id).status is DisputeStatus.SELLER_MUST_ACT


# -- too late ----------------------------------------------------------------------------------------------------------


def test_what_is_late_is_not_sent(patient: Court) -> None:
    early = patient.issue(age_seconds=int(4.99 * DAY))
    # The platform's own deadline is the last word: between the look and the deed it may pass.
    patient.seller.time.turned = 0.0
    patient.seller.pass_(0.02 * DAY)
    with pytest.raises((TooLate, Conflict)):
        patient.call.propose_solution(SHOP, offer(early, "4.00"))
    assert patient.sent(SAVE, early) == 0
    over = patient.read(early.dispute_id)
    assert over.status is DisputeStatus.CLOSED  # the buyer's proposal holds
    with pytest.raises((TooLate, Conflict)):
        patient.call.accept_dispute(SHOP, accepting(early))
    with pytest.raises((TooLate, Conflict)):
        patient.call.add_evidence(SHOP, evidence(early))


def test_the_platform_steps_in_and_decides(patient: Court) -> None:
    dispute = patient.issue(amount="10.00")
    patient.call.propose_solution(SHOP, offer(dispute, "2.00"))
    patient.seller.pass_(7.1 * DAY)
    deciding = patient.read(dispute.dispute_id)
    assert deciding.status is DisputeStatus.PLATFORM_DECIDES
    assert deciding.respond_by is None
    patient.call.add_evidence(SHOP, evidence(deciding))
    with pytest.raises(Conflict):
        patient.call.propose_solution(SHOP, offer(dispute, "3.00"))
    patient.sandbox.admin("aliexpress", "issue_verdict", side="seller")
    patient.seller.pass_(4 * DAY)
    ended = patient.read(dispute.dispute_id)
    assert ended.status in {DisputeStatus.CLOSED, DisputeStatus.WON, DisputeStatus.LOST}
    (decided,) = [one for one in ended.proposals if one.party is DisputeParty.PLATFORM]
    assert str(decided.amount) == "2.00 USD"
    assert dispute.dispute_id not in patient.listed(kinds=(DisputeKind.CLAIM,), open_only=True)
    assert dispute.dispute_id in patient.listed(kinds=(DisputeKind.CLAIM,))


def test_a_return_that_was_reached_without_the_seller_waits_for_the_address(patient: Court) -> None:
    dispute = patient.issue(reason="not_as_described", type="return_and_refund")
    patient.seller.pass_(5.1 * DAY)
    waiting = patient.read(dispute.dispute_id)
    assert waiting.status is DisputeStatus.SELLER_MUST_ACT
    assert waiting.choices == {"accept_dispute", "add_evidence"}
    assert waiting.respond_by is not None
    patient.call.accept_dispute(SHOP, accepting(dispute))
    returning = patient.read(dispute.dispute_id)
    assert (returning.status, returning.choices) == (DisputeStatus.BUYER_MUST_ACT, {"add_evidence"})
    patient.buyer(dispute, "ship_return")
    back = patient.read(dispute.dispute_id)
    assert (back.status, back.choices) == (DisputeStatus.SELLER_MUST_ACT, {"add_evidence"})
    assert back.respond_by is not None
    patient.seller.pass_(6 * DAY)
    assert patient.read(dispute.dispute_id).status is DisputeStatus.CLOSED


# -- evidence ----------------------------------------------------------------------------------------------------------


def evidence(dispute: Dispute, *contents: bytes) -> AddEvidence:
    files = tuple(
        EvidenceFile(name=f"foto {number}.jpg", content=content, media_type="image/jpeg")
        for number, content in enumerate(contents or (picture(),))
    )
    return AddEvidence(
        dispute_id=dispute.dispute_id, kind=dispute.kind, evidence=EvidenceKind.PROOF_OF_DELIVERY, files=files
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_shown_once(court: Court, kind: str) -> None:
    dispute = court.issue()
    court.call.propose_solution(SHOP, offer(dispute, "1.00"))
    content = picture(kind)
    file = EvidenceFile(name="ünïcode 图.jpg", content=content, media_type=f"image/{kind.lower()}")
    request = evidence(dispute).replace(files=(file,))
    for _ in range(2):
        court.call.add_evidence(SHOP, request)
    assert court.sent(SHOW, dispute) == 1
    held = [one for piece in court.read(dispute.dispute_id).evidence for one in piece.files]
    assert len(held) == 1


def test_a_lost_upload_is_a_doubt(court: Court) -> None:
    other, dispute = court.issue(), court.issue()
    skip = before(court.sandbox, SHOW, lambda: court.call.add_evidence(SHOP, evidence(other)))
    lose(court.sandbox, "status", skip)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            court.call.add_evidence(SHOP, evidence(dispute))
    assert court.sent(SHOW, dispute) == 1


@pytest.mark.parametrize("contents", [(b"%PDF-1.4 no picture",), (picture(), picture(size=50)), (b"\xff" * (3 << 20),)])
def test_what_is_no_picture_or_too_much_is_not_sent(court: Court, contents: tuple[bytes, ...]) -> None:
    dispute = court.issue()
    with pytest.raises(InvalidRequest):
        court.call.add_evidence(SHOP, evidence(dispute, *contents))
    assert court.sent(SHOW, dispute) == 0


# -- requests to cancel ------------------------------------------------------------------------------------------------


def cancellation(court: Court) -> Dispute:
    order = court.order()
    court.sandbox.admin("aliexpress", "request_cancel", order_id=order.order_id)
    return court.read(order.order_id, DisputeKind.CANCELLATION_REQUEST)


def test_a_request_to_cancel_is_accepted(court: Court) -> None:
    dispute = cancellation(court)
    assert dispute.choices == {"accept_dispute", "contest_dispute"}
    for _ in range(2):
        court.call.accept_dispute(SHOP, accepting(dispute))
    assert court.sent(ACCEPT_CANCEL, dispute) == 1
    order = court.seller.order(dispute.dispute_id)
    assert (order.status, order.cancellation) == (OrderStatus.CANCELLED, CancellationStatus.CANCELLED)
    after = court.read(dispute.dispute_id, DisputeKind.CANCELLATION_REQUEST)
    assert not after.is_open


def test_a_request_to_cancel_is_refused_with_words(court: Court) -> None:
    dispute = cancellation(court)
    refusal = ContestDispute(dispute_id=dispute.dispute_id, kind=dispute.kind, note="It is on its way already.")
    court.call.contest_dispute(SHOP, refusal)
    assert court.sent(REFUSE_CANCEL, dispute) == 1
    order = court.seller.order(dispute.dispute_id)
    assert (order.status, order.cancellation) == (OrderStatus.AWAITING_SHIPMENT, CancellationStatus.NONE)
    assert HoldReason.CANCEL_REQUESTED not in {hold.reason for hold in order.holds}
    with pytest.raises((Conflict, NotFound)):
        court.call.accept_dispute(SHOP, accepting(dispute))


@pytest.mark.parametrize("accepts", [True, False])
def test_a_lost_answer_to_a_request_to_cancel(court: Court, accepts: bool) -> None:
    def answer(dispute: Dispute, **more: Any) -> Any:
        if accepts:
            return court.call.accept_dispute(SHOP, accepting(dispute), **more)
        refusal = ContestDispute(dispute_id=dispute.dispute_id, kind=dispute.kind, note="It is packed.")
        return court.call.contest_dispute(SHOP, refusal, **more)

    method = ACCEPT_CANCEL if accepts else REFUSE_CANCEL
    other, dispute = cancellation(court), cancellation(court)
    lose(court.sandbox, "reset", before(court.sandbox, method, lambda: answer(other)))
    with pytest.raises(OutcomeUnknown):
        answer(dispute)
    assert court.sent(method, dispute) == 1
    with pytest.raises((OutcomeUnknown, Conflict)):
        answer(dispute)
    assert court.sent(method, dispute) == 1


# -- frozen money ------------------------------------------------------------------------------------------------------


def test_frozen_money_is_a_reckoned_chargeback_that_no_call_answers(court: Court, tmp_path: Path) -> None:
    order = court.order()
    court.sandbox.admin("aliexpress", "freeze", order_id=order.order_id)
    dispute = court.read(order.order_id, DisputeKind.PAYMENT_DISPUTE)
    assert dispute.respond_by_estimated
    assert dispute.respond_by is not None
    assert dispute.reason is DisputeReason.UNKNOWN
    assert dispute.respond_by > court.seller.time.now()
    assert any("chargeback" in warning for warning in dispute.warnings)
    assert court.listed(order_id=order.order_id)[order.order_id].kind is DisputeKind.PAYMENT_DISPUTE
    known = len(asked(court.sandbox))
    for call, request in (
        (court.call.accept_dispute, accepting(dispute)),
        (court.call.contest_dispute, ContestDispute(dispute_id=dispute.dispute_id, kind=dispute.kind)),
        (court.call.propose_solution, offer(dispute, "1.00")),
        (court.call.add_evidence, evidence(dispute)),
    ):
        with pytest.raises(UnsupportedOperation) as refused:
            call(SHOP, request)
        assert "workbench" in (refused.value.hint or "")
    assert len(asked(court.sandbox)) == known
    court.sandbox.admin("aliexpress", "unfreeze", order_id=order.order_id)
    with pytest.raises(NotFound):
        court.read(order.order_id, DisputeKind.PAYMENT_DISPUTE)


def test_an_evidence_pack_for_frozen_money(blocking: Court) -> None:
    order = blocking.seller.orders()["Teo Arandia"]
    dispute = blocking.read(order.order_id, DisputeKind.PAYMENT_DISPUTE)
    pack = build_evidence(blocking.call.client, SHOP, order.order_id, dispute=dispute)
    assert pack.files
    assert any(one.file.content.startswith(b"%PDF") for one in pack.files)
    assert pack.missing  # nothing was sent, so nothing proves a delivery
