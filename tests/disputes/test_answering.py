"""Contests and acceptances over the sandbox: right, late, changed meanwhile, by two, and with answers that are lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.disputes.conftest import DAY, SHOP, Seller

from xborder_sdk.disputes import (
    Attachment,
    ContestPlan,
    EvidencePack,
    PackFile,
    accept,
    build_evidence,
    contest,
    evidence_limits,
    plan_contest,
)
from xborder_sdk.errors import (
    AlreadyDone,
    Conflict,
    EffectError,
    InvalidRequest,
    OutcomeUnknown,
    TooLate,
    XborderError,
)
from xborder_sdk.hookspecs import AttemptRecord, GetDispute, hookimpl
from xborder_sdk.ledger import EffectState
from xborder_sdk.models import (
    Address,
    Dispute,
    DisputeKind,
    DisputeStatus,
    EvidenceFile,
    EvidenceKind,
    Order,
)

UPLOAD, ADD, UPDATE, CONTEST, ACCEPT = "upload_evidence_file", "add_evidence", "update_evidence", "contest", "accept"
PNG = b"\x89PNG\r\n\x1a\n"


class Meanwhile:
    """Does something once, right after an attempt of an operation at a path that ends so was answered."""

    def __init__(self, end: str, operation: str, after: int, act: Callable[[], None]) -> None:
        self.end, self.operation, self.after, self.act = end, operation, after, act

    @hookimpl
    def on_attempt(self, record: AttemptRecord) -> None:
        if record.operation == self.operation and record.path.endswith(self.end):
            self.after -= 1
            if self.after == 0:
                self.act()


@pytest.fixture
def pack(seller: Seller, dispute: Dispute) -> EvidencePack:
    assert dispute.order_id is not None
    return build_evidence(seller.client, SHOP, dispute.order_id, dispute=dispute)


@pytest.fixture
def plan(seller: Seller, dispute: Dispute, pack: EvidencePack) -> ContestPlan:
    return plan_contest(seller.client, dispute, pack, note="Delivered and signed for.")


def test_a_contest_sends_the_evidence_once_and_wins(
    seller: Seller, dispute: Dispute, pack: EvidencePack, plan: ContestPlan
) -> None:
    answer = contest(seller.client, plan)
    assert answer.status is DisputeStatus.WAITING
    after = seller.read(dispute)
    assert after.answer == "contest_dispute"
    assert after.note == "Delivered and signed for."
    held = {piece.kind: len(piece.files) for piece in after.evidence if piece.files}
    # OTHER and CORRESPONDENCE are one word to eBay; what it takes from the declared shipment has no files.
    assert held == {EvidenceKind.PROOF_OF_DELIVERY: 2, EvidenceKind.OTHER: 2}
    assert [len(seller.sent(end)) for end in (UPLOAD, ADD, UPDATE, CONTEST)] == [4, 2, 0, 1]
    seller.pass_(10 * DAY)
    assert seller.read(dispute).status is DisputeStatus.WON


def test_a_second_call_sends_nothing_more(seller: Seller, plan: ContestPlan) -> None:
    first = contest(seller.client, plan)
    count = len(seller.sandbox.requests(vendor="ebay", method="POST"))
    again = contest(seller.client, plan)
    assert (again.dispute_id, again.status) == (first.dispute_id, first.status)
    assert len(seller.sandbox.requests(vendor="ebay", method="POST")) == count


def test_other_words_after_the_contest_are_no_second_contest(
    seller: Seller, dispute: Dispute, plan: ContestPlan
) -> None:
    contest(seller.client, plan)
    with pytest.raises((AlreadyDone, Conflict)):
        contest(seller.client, plan.replace(note="Something else."))
    with pytest.raises((AlreadyDone, Conflict)):
        accept(seller.client, seller.read(dispute))
    assert len(seller.sent(CONTEST)) == 1
    assert not seller.sent(ACCEPT)


@pytest.mark.parametrize("kind", ["reset", "half", "html"])
def test_a_contest_whose_answer_is_lost_is_found_at_the_platform(
    seller: Seller, dispute: Dispute, plan: ContestPlan, kind: str
) -> None:
    fault: dict[str, Any] = {"kind": kind, "after": True} if kind == "reset" else {"kind": "status", "status": 502,
                                                                                   "after": True}  # fmt: skip
    seller.sandbox.inject(fault, vendor="ebay", method="POST", path="*/contest")
    answer = contest(seller.client, plan)
    assert answer.status is DisputeStatus.WAITING
    assert len(seller.sent(CONTEST)) == 1
    assert not seller.client.store.doubts()
    assert contest(seller.client, plan).status is DisputeStatus.WAITING
    assert len(seller.sent(CONTEST)) == 1


def test_a_contest_that_may_not_have_arrived_stays_in_doubt_and_nothing_is_repeated(
    seller: Seller, dispute: Dispute, plan: ContestPlan
) -> None:
    seller.sandbox.inject({"kind": "status", "status": 500}, vendor="ebay", method="POST", path="*/contest")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            contest(seller.client, plan)
    assert len(seller.sent(CONTEST)) == 1
    assert seller.read(dispute).answer is None
    (doubt,) = seller.client.store.doubts()
    seller.client.store.resolve(
        doubt.intent, doubt.attempt, happened=False, outcome_id=None, resolved_by="Mara", reason="looked"
    )
    uploads = len(seller.sent(UPLOAD))
    fresh = plan_contest(seller.client, seller.read(dispute), None, note=plan.note).replace(evidence=plan.evidence)
    assert contest(seller.client, fresh).status is DisputeStatus.WAITING
    assert len(seller.sent(CONTEST)) == 2
    assert len(seller.sent(UPLOAD)) == uploads


def test_evidence_whose_answer_is_lost_is_there_once_and_leaves_no_doubt(
    seller: Seller, dispute: Dispute, plan: ContestPlan
) -> None:
    seller.sandbox.inject({"kind": "reset", "after": True}, vendor="ebay", method="POST", path="*/add_evidence")
    contest(seller.client, plan)
    assert len(seller.sent(ADD)) == 2
    files = [file.name for piece in seller.read(dispute).evidence for file in piece.files]
    assert len(files) == len(set(files)) == 4
    assert not seller.client.store.doubts()
    states = {row.state for row in seller.client.store.history() if row.operation == "add_evidence"}
    assert states == {EffectState.SETTLED}


def test_evidence_that_did_not_arrive_stays_in_doubt_and_nothing_is_contested(
    seller: Seller, plan: ContestPlan
) -> None:
    seller.sandbox.inject({"kind": "reset"}, vendor="ebay", method="POST", path="*/add_evidence")
    with pytest.raises(OutcomeUnknown):
        contest(seller.client, plan)
    assert len(seller.sent(ADD)) == 1
    assert not seller.sent(CONTEST)
    assert len(seller.client.store.doubts()) == 1


def test_an_interrupted_contest_goes_on_where_it_was(
    seller: Seller, seller_with: Callable[..., Seller], dispute: Dispute, plan: ContestPlan
) -> None:
    class Killed(BaseException):
        pass

    def kill() -> None:
        raise Killed

    dying = seller_with(hooks=[])
    calls = 0
    real = dying.client.get_dispute

    def get_dispute(*args: Any, **more: Any) -> Dispute:
        nonlocal calls
        calls += 1
        if calls == 2:
            kill()
        return real(*args, **more)

    dying.client.get_dispute = get_dispute  # type: ignore[method-assign]
    with pytest.raises(Killed):
        contest(dying.client, plan)
    assert (len(seller.sent(UPLOAD)), len(seller.sent(CONTEST))) == (4, 0)
    contest(seller.client, plan)
    assert (len(seller.sent(UPLOAD)), len(seller.sent(ADD)), len(seller.sent(CONTEST))) == (4, 2, 1)


def test_a_deadline_that_passes_while_uploading_is_too_late_and_attaches_nothing(
    seller: Seller, seller_with: Callable[..., Seller], dispute: Dispute, plan: ContestPlan
) -> None:
    hook = Meanwhile(UPLOAD, "add_evidence", 1, lambda: seller.pass_(4 * DAY))
    with pytest.raises(TooLate) as error:
        contest(seller_with(hooks=[hook]).client, plan)
    assert error.value.deadline is not None
    assert not seller.sent(ADD)
    assert not seller.sent(CONTEST)
    assert not seller.client.store.doubts()


def test_a_deadline_that_has_passed_sends_no_file(seller: Seller, dispute: Dispute, plan: ContestPlan) -> None:
    seller.pass_(4 * DAY)
    with pytest.raises(TooLate):
        contest(seller.client, plan)
    assert not seller.sent(UPLOAD)
    assert not seller.sent(CONTEST)


def test_a_dispute_that_changed_since_the_decision_gets_nothing(
    seller: Seller, dispute: Dispute, plan: ContestPlan
) -> None:
    seller.sandbox.admin(
        "ebay", "request_evidence", paymentDisputeId=dispute.dispute_id, evidenceType="PROOF_OF_DELIVERY_SIGNATURE"
    )
    with pytest.raises(Conflict, match="evidence asked for"):
        contest(seller.client, plan)
    assert not seller.sent(UPLOAD)
    assert not seller.sent(CONTEST)


def test_a_dispute_that_changes_while_uploading_is_not_contested(
    seller: Seller, seller_with: Callable[..., Seller], dispute: Dispute, plan: ContestPlan
) -> None:
    def ask() -> None:
        seller.sandbox.admin(
            "ebay", "request_evidence", paymentDisputeId=dispute.dispute_id, evidenceType="PROOF_OF_PICKUP"
        )

    other = seller_with(hooks=[Meanwhile(UPLOAD, "add_evidence", 2, ask)])
    with pytest.raises(Conflict):
        contest(other.client, plan)
    assert not seller.sent(CONTEST)
    uploads, added = len(seller.sent(UPLOAD)), len(seller.sent(ADD))
    decided_again = plan.replace(decided_on=seller.read(dispute))
    contest(other.client, decided_again)
    assert (len(seller.sent(UPLOAD)), len(seller.sent(ADD))) == (uploads, added)
    assert len(seller.sent(CONTEST)) == 1


def test_a_revision_that_moves_between_reading_and_contest_is_the_platforms_conflict(
    seller: Seller, seller_with: Callable[..., Seller], dispute: Dispute, plan: ContestPlan
) -> None:
    """The last moment: the connector has looked as well, and only eBay's own check is left."""

    def ask() -> None:
        seller.sandbox.admin(
            "ebay", "request_evidence", paymentDisputeId=dispute.dispute_id, evidenceType="PROOF_OF_PICKUP"
        )

    other = seller_with(hooks=[Meanwhile(dispute.dispute_id, "contest_dispute", 1, ask)])
    with pytest.raises(Conflict) as error:
        contest(other.client, plan)
    assert error.value.status == 409
    assert len(seller.sent(CONTEST)) == 1
    assert seller.read(dispute).answer is None
    assert not seller.client.store.doubts()
    contest(seller.client, plan.replace(decided_on=seller.read(dispute)))
    assert seller.read(dispute).answer == "contest_dispute"


def test_two_operators_with_one_ledger_contest_once(
    seller: Seller, seller_with: Callable[..., Seller], plan: ContestPlan
) -> None:
    ended = _both(seller, seller_with(), plan)
    assert len(seller.sent(CONTEST)) == 1
    assert len(seller.sent(ADD)) == 2
    assert any(error is None for error in ended)
    assert all(error is None or isinstance(error, (EffectError, Conflict)) for error in ended)
    assert contest(seller.client, plan).status is DisputeStatus.WAITING


def test_two_operators_with_ledgers_of_their_own_contest_once(
    seller: Seller, seller_with: Callable[..., Seller], dispute: Dispute, plan: ContestPlan
) -> None:
    other = seller_with("another")
    contest(seller.client, plan)
    with pytest.raises(Conflict):
        contest(other.client, plan)
    taken = [done for done in seller.read(dispute).history if done.what == "SELLER_CONTEST"]
    assert len(taken) == 1


def _both(one: Seller, other: Seller, plan: ContestPlan) -> list[XborderError | None]:
    ended: list[XborderError | None] = []
    gate = threading.Barrier(2)

    def work(seller: Seller) -> None:
        gate.wait()
        try:
            contest(seller.client, plan)
        except XborderError as error:
            ended.append(error)
        else:
            ended.append(None)

    threads = [threading.Thread(target=work, args=(seller,)) for seller in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(ended) == 2
    return ended


def test_acceptance_is_given_once_and_bars_the_contest(seller: Seller, dispute: Dispute, plan: ContestPlan) -> None:
    accept(seller.client, dispute)
    accept(seller.client, dispute)
    assert len(seller.sent(ACCEPT)) == 1
    with pytest.raises((AlreadyDone, Conflict)):
        contest(seller.client, plan)
    assert not seller.sent(UPLOAD)
    assert not seller.sent(CONTEST)


def test_an_acceptance_whose_answer_is_lost_is_found(seller: Seller, dispute: Dispute) -> None:
    seller.sandbox.inject({"kind": "reset", "after": True}, vendor="ebay", method="POST", path="*/accept")
    accept(seller.client, dispute)
    assert len(seller.sent(ACCEPT)) == 1
    assert seller.read(dispute).answer == "accept_dispute"
    assert not seller.client.store.doubts()


def _with_file(pack: EvidencePack, file: EvidenceFile) -> EvidencePack:
    return pack.replace(files=(PackFile(kind=EvidenceKind.OTHER, piece=0, file=file), *pack.files))


@pytest.mark.parametrize(
    ("file", "field"),
    [
        (EvidenceFile(name="big.png", content=PNG + bytes(1_500_000)), "files.0.content"),
        (EvidenceFile(name="anim.gif", content=b"GIF89a" + bytes(100)), "files.0.content"),
        (EvidenceFile(name="paper.pdf", content=b"%PDF-1.7 ..."), "files.0.content"),
        (EvidenceFile(name="lying.png", content=PNG + b"x", media_type="image/jpeg"), "files.0.media_type"),
        (EvidenceFile(name="n" * 260 + ".png", content=PNG + b"x"), "files.0.name"),
        (EvidenceFile(name="../up.png", content=PNG + b"x"), "files.0.name"),
    ],
)
def test_a_file_the_platform_would_refuse_stops_everything_before_it_is_sent(
    seller: Seller, dispute: Dispute, pack: EvidencePack, file: EvidenceFile, field: str
) -> None:
    before = len(seller.sandbox.requests())
    with pytest.raises(InvalidRequest) as error:
        plan_contest(seller.client, dispute, _with_file(pack, file))
    assert error.value.field == field
    assert len(seller.sandbox.requests()) == before


def test_files_that_are_too_large_only_together_are_refused_though_they_go_in_two_calls(
    seller: Seller, dispute: Dispute, pack: EvidencePack
) -> None:
    large = pack
    for number, kind in enumerate((EvidenceKind.OTHER, EvidenceKind.CORRESPONDENCE)):
        file = EvidenceFile(name=f"{number}.png", content=PNG + bytes([number]) * 740_000)
        large = large.replace(files=(PackFile(kind=kind, piece=0, file=file), *large.files))
    with pytest.raises(InvalidRequest, match="together"):
        plan_contest(seller.client, dispute, large)


def test_evidence_for_another_dispute_is_refused(seller: Seller, dispute: Dispute, pack: EvidencePack) -> None:
    with pytest.raises(InvalidRequest, match="another dispute"):
        plan_contest(seller.client, dispute, pack.replace(dispute_id="1"))


def test_what_is_over_cannot_be_contested(seller: Seller, dispute: Dispute, pack: EvidencePack) -> None:
    seller.pass_(4 * DAY)
    with pytest.raises(Conflict):
        plan_contest(seller.client, seller.read(dispute), pack)


def test_not_as_described_is_contested_with_a_photo_and_a_return_address(seller: Seller, delivered: Order) -> None:
    dispute = seller.open_dispute(delivered, "SIGNIFICANTLY_NOT_AS_DESCRIBED", respond_seconds=3 * DAY)
    photo = Attachment(kind=EvidenceKind.DESCRIPTION, title="Photo", content=_photo())
    pack = build_evidence(seller.client, SHOP, delivered.order_id, dispute=dispute, attachments=[photo])
    home = Address(
        name="Returns", lines=("12 Quay",), city="Leeds", postal_code="LS1 1AA", country="GB", phone="113 4960000"
    )
    with pytest.raises(InvalidRequest):
        contest(seller.client, plan_contest(seller.client, dispute, pack))
    assert not seller.sent(CONTEST)
    contest(seller.client, plan_contest(seller.client, seller.read(dispute), pack, return_address=home))
    after = seller.read(dispute)
    assert after.answer == "contest_dispute"
    assert EvidenceKind.DESCRIPTION in {piece.kind for piece in after.evidence}


def test_what_the_platform_no_longer_offers_because_it_was_said_is_read_from_the_ledger(seller: Seller) -> None:
    order = seller.order_of("Marlene Quist")
    opened = seller.sandbox.admin("ebay", "open_return", orderId=order.order_id, reason="WRONG_SIZE")
    wish = GetDispute(dispute_id=str(opened["returnId"]), kind=DisputeKind.RETURN)
    asked = seller.client.get_dispute(SHOP, wish)
    plan = plan_contest(seller.client, asked, note="It is the size you ordered.")
    contest(seller.client, plan)
    said = len(seller.sandbox.requests(vendor="ebay", method="POST"))
    after = seller.client.get_dispute(SHOP, wish)
    assert "contest_dispute" not in after.choices
    contest(seller.client, plan)
    contest(seller.client, plan_contest(seller.client, after, note="It is the size you ordered."))
    assert len(seller.sandbox.requests(vendor="ebay", method="POST")) == said
    with pytest.raises((AlreadyDone, Conflict)):
        contest(seller.client, plan.replace(note="It is not."))


def test_a_doubt_stays_a_doubt_where_the_platform_offers_nothing_more(seller: Seller) -> None:
    order = seller.order_of("Marlene Quist")
    opened = seller.sandbox.admin("ebay", "open_return", orderId=order.order_id, reason="WRONG_SIZE")
    wish = GetDispute(dispute_id=str(opened["returnId"]), kind=DisputeKind.RETURN)
    plan = plan_contest(seller.client, seller.client.get_dispute(SHOP, wish), note="It is the size you ordered.")
    seller.sandbox.inject({"kind": "reset", "after": True}, vendor="ebay", method="POST", path="*/decide")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            contest(seller.client, plan)
    assert len(seller.sent("decide")) == 1


def test_limits_come_from_the_channel(seller: Seller) -> None:
    limits = evidence_limits(seller.client, SHOP, DisputeKind.PAYMENT_DISPUTE)
    assert limits is not None
    assert limits.max_total_bytes == 1_500_000
    assert evidence_limits(seller.client, SHOP, DisputeKind.RETURN) is None
    assert evidence_limits(seller.client, "dhl-shenzhen", DisputeKind.RETURN) is None


def _photo() -> bytes:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.radial_gradient("L").resize((640, 480)).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()
