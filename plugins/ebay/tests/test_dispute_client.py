"""Disputes behind the real client: nothing is answered or attached twice, whoever asks and whatever breaks."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from xborder_ebay import EbayConnector
from xborder_sdk.client import AsyncClient, Client
from xborder_sdk.errors import (
    AlreadyDone,
    Conflict,
    EffectInProgress,
    OutcomeUnknown,
    ReadOnlyAccount,
    TooLate,
)
from xborder_sdk.hookspecs import (
    AcceptDispute,
    AddEvidence,
    ContestDispute,
    DisputeChannel,
    GetDispute,
    ListDisputes,
)
from xborder_sdk.ledger.port import EffectState
from xborder_sdk.models import DisputeKind, DisputeStatus, EvidenceFile, EvidenceKind

D = "5000000101"
KEY = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"  # the public test key of RFC 9421
BASE = f"/sell/fulfillment/v1/payment_dispute/{D}"
PNG = b"\x89PNG\r\n\x1a\nlantern"
PAYMENT = DisputeKind.PAYMENT_DISPUTE
CONTEST = ContestDispute(dispute_id=D, kind=PAYMENT, revision="4", note="Delivered")
ACCEPT = AcceptDispute(dispute_id=D, kind=PAYMENT, revision="4")
EVIDENCE = AddEvidence(
    dispute_id=D,
    kind=PAYMENT,
    evidence=EvidenceKind.PROOF_OF_DELIVERY,
    files=(EvidenceFile(name="delivery.png", content=PNG),),
)


class Bank:
    """One payment dispute at eBay, with its state, its revision and what happened to it.

    Attributes:
        sent: Path ends of what changed something.
        fault: What the next answer to a change becomes, after the change was made.
    """

    def __init__(self, dispute: dict[str, Any]) -> None:
        self.dispute = {**dispute, "respondByDate": "2099-01-01T00:00:00.000Z", "evidenceRequests": []}
        self.sent: list[str] = []
        self.reads = 0
        self.fault: Callable[[], httpx.Response] | None = None
        self.gate: threading.Event | None = None
        self.arrived = threading.Event()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/identity/v1/oauth2/token":
            return httpx.Response(200, json={"access_token": "access", "expires_in": 7200})
        assert request.url.host == "apiz.ebay.com"
        if request.method == "GET":
            self.reads += 1
            if path.endswith("/activity"):
                return httpx.Response(200, json={"activity": []})
            if path.endswith("/payment_dispute_summary"):
                keys = ("paymentDisputeId", "paymentDisputeStatus")
                found = [{key: self.dispute[key] for key in keys}]
                return httpx.Response(200, json={"total": 1, "paymentDisputeSummaries": found})
            return httpx.Response(200, json=self.dispute)
        action = path.rpartition("/")[2]
        self.sent.append(action)
        self.arrived.set()
        if self.gate is not None:
            assert self.gate.wait(10)
        answer = self._change(action, request)
        fault, self.fault = self.fault, None
        return fault() if fault is not None else answer

    def _change(self, action: str, request: httpx.Request) -> httpx.Response:
        if action == "upload_evidence_file":
            return httpx.Response(200, json={"fileId": f"file-{len(self.sent)}"})
        if action == "add_evidence":
            name = f"delivery-{self._mark()}.png"
            files = [{"fileId": "file-1", "name": name}]
            piece = {"evidenceId": "8001", "evidenceType": "PROOF_OF_DELIVERY_AS_FILE", "files": files}
            self.dispute = {**self.dispute, "evidence": [piece], "revision": self.dispute["revision"] + 1}
            return httpx.Response(200, json={"evidenceId": "8001"})
        if self._json(request)["revision"] != self.dispute["revision"]:
            return refusal(33011)
        response = {"contest": "SELLER_CONTEST", "accept": "SELLER_ACCEPT"}[action]
        changed = {**self.dispute, "paymentDisputeStatus": "OPEN", "sellerResponse": response}
        changed["revision"] += 1
        changed.pop("availableChoices")
        changed.pop("respondByDate")
        self.dispute = changed
        return httpx.Response(204)

    @staticmethod
    def _json(request: httpx.Request) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(request.content)
        return found

    @staticmethod
    def _mark() -> str:
        return hashlib.sha256(PNG).hexdigest()[:12]


def refusal(number: int, status: int = 409) -> httpx.Response:
    error = {"errorId": number, "domain": "API_FULFILLMENT", "category": "REQUEST", "message": "no"}
    return httpx.Response(status, json={"errors": [error]})


def lost() -> httpx.Response:
    raise httpx.ReadError("the connection broke")


@pytest.fixture
def bank(good: Any) -> Bank:
    return Bank(good("get_dispute", "not_received_and_to_be_answered")["exchanges"][0]["answer"]["json"])


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    opened: list[Client] = []

    def make(serve: Callable[[httpx.Request], httpx.Response], **settings: Any) -> Client:
        account = {"connector": "ebay", "client_id": "app", "client_secret": "cert", "refresh_token": "refresh"}
        opened.append(
            Client(
                accounts={"shop": {**account, **settings}},
                store=tmp_path / "ledger.sqlite",
                connectors=[EbayConnector],
                transport=httpx.MockTransport(serve),
                random=lambda: 0.0,
            )
        )
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_evidence_then_contest_once_each(client: Any, bank: Bank) -> None:
    shop = client(bank)
    assert shop.add_evidence("shop", EVIDENCE).evidence_id == "8001"
    assert shop.add_evidence("shop", EVIDENCE).evidence_id == "8001"
    with pytest.raises(Conflict, match="revision is 5, not 4"):
        shop.contest_dispute("shop", CONTEST)
    revision = shop.get_dispute("shop", GetDispute(dispute_id=D, kind=PAYMENT)).revision
    first = shop.contest_dispute("shop", CONTEST.replace(revision=revision))
    second = shop.contest_dispute("shop", CONTEST.replace(revision=revision))
    assert first == second
    assert first.status is DisputeStatus.WAITING
    assert bank.sent == ["upload_evidence_file", "add_evidence", "contest"]


def test_two_operators_contest_at_once(client: Any, bank: Bank) -> None:
    bank.gate = threading.Event()
    one, other = client(bank), client(bank)
    results: list[Any] = []
    worker = threading.Thread(target=lambda: results.append(one.contest_dispute("shop", CONTEST)))
    worker.start()
    assert bank.arrived.wait(10)
    with pytest.raises(EffectInProgress):
        other.contest_dispute("shop", CONTEST)
    with pytest.raises(EffectInProgress):
        other.accept_dispute("shop", ACCEPT)
    bank.gate.set()
    worker.join(10)
    assert len(results) == 1
    assert other.contest_dispute("shop", CONTEST) == results[0]
    assert bank.sent == ["contest"]


def test_other_words_after_a_contest_are_not_taken_for_sent(client: Any, bank: Bank) -> None:
    shop = client(bank)
    shop.contest_dispute("shop", CONTEST)
    with pytest.raises(AlreadyDone):
        shop.contest_dispute("shop", CONTEST.replace(note="Something else"))
    assert bank.sent == ["contest"]


def test_an_acceptance_happens_once(client: Any, bank: Bank) -> None:
    shop = client(bank)
    assert shop.accept_dispute("shop", ACCEPT) == shop.accept_dispute("shop", ACCEPT)
    assert bank.sent == ["accept"]
    with pytest.raises(Conflict, match="answered already"):
        shop.contest_dispute("shop", CONTEST.replace(revision="5"))


def test_who_has_contested_cannot_accept(client: Any, bank: Bank) -> None:
    shop = client(bank)
    shop.contest_dispute("shop", CONTEST)
    with pytest.raises(Conflict, match="answered already"):
        shop.accept_dispute("shop", ACCEPT.replace(revision="5"))
    assert bank.sent == ["contest"]


def test_without_a_common_ledger_the_revision_decides(bank: Bank, tmp_path: Path) -> None:
    account = {"connector": "ebay", "client_id": "app", "client_secret": "cert", "refresh_token": "refresh"}
    desks = [
        Client(accounts={"shop": account}, store=tmp_path / name, connectors=[EbayConnector],
               transport=httpx.MockTransport(bank), random=lambda: 0.0)
        for name in ("a.sqlite", "b.sqlite")
    ]  # fmt: skip
    try:
        desks[0].contest_dispute("shop", CONTEST)
        with pytest.raises(Conflict) as caught:
            desks[1].contest_dispute("shop", CONTEST)
        assert caught.value.code == "33011"
        assert bank.sent == ["contest", "contest"]
    finally:
        for desk in desks:
            desk.close()


def test_a_stale_revision_is_not_tried_again_and_blocks_nothing(client: Any, bank: Bank) -> None:
    bank.fault = lambda: refusal(33011)
    before = dict(bank.dispute)
    shop = client(bank)
    with pytest.raises(Conflict) as caught:
        shop.contest_dispute("shop", CONTEST)
    assert caught.value.code == "33011"
    assert bank.sent == ["contest"]
    bank.dispute = {**before, "revision": 7}
    shop.contest_dispute("shop", CONTEST.replace(revision="7"))
    assert bank.sent == ["contest", "contest"]


@pytest.mark.parametrize("answer", [lambda: httpx.Response(500), lambda: httpx.Response(409), lost])
def test_a_contest_without_a_usable_answer_is_sent_once_and_settled(
    client: Any, bank: Bank, answer: Callable[[], httpx.Response]
) -> None:
    bank.fault = answer
    shop = client(bank)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            shop.contest_dispute("shop", CONTEST)
    assert bank.sent == ["contest"]
    assert shop.settle("shop", DisputeChannel.contest_dispute, CONTEST).state is EffectState.SETTLED
    with pytest.raises(AlreadyDone):
        shop.contest_dispute("shop", CONTEST)
    assert bank.sent == ["contest"]


def in_doubt(shop: Client, bank: Bank) -> None:
    before = dict(bank.dispute)
    bank.fault = lost
    with pytest.raises(OutcomeUnknown):
        shop.contest_dispute("shop", CONTEST)
    bank.dispute = before


def test_a_contest_that_never_arrived_stays_in_doubt_until_the_dispute_moves_on(client: Any, bank: Bank) -> None:
    shop = client(bank)
    in_doubt(shop, bank)
    assert shop.settle("shop", DisputeChannel.contest_dispute, CONTEST).state is EffectState.UNKNOWN
    bank.dispute["revision"] = 5
    assert shop.settle("shop", DisputeChannel.contest_dispute, CONTEST).state is EffectState.RELEASED
    shop.contest_dispute("shop", CONTEST.replace(revision="5"))
    assert bank.sent == ["contest", "contest"]


def test_a_contest_in_doubt_did_not_happen_where_the_dispute_is_accepted(client: Any, bank: Bank) -> None:
    shop = client(bank)
    in_doubt(shop, bank)
    bank.dispute["sellerResponse"] = "SELLER_ACCEPT"
    assert shop.settle("shop", DisputeChannel.contest_dispute, CONTEST).state is EffectState.RELEASED


def test_lost_answers_attach_nothing_twice(client: Any, bank: Bank) -> None:
    bank.fault = lost
    shop = client(bank)
    # The upload is repeated, since nobody sees a file that is attached to nothing.
    shop.add_evidence("shop", EVIDENCE)
    assert bank.sent == ["upload_evidence_file", "upload_evidence_file", "add_evidence"]


def test_a_lost_answer_to_the_attaching_is_found_in_the_dispute(client: Any, bank: Bank) -> None:
    shop = client(bank)

    def after_the_upload() -> httpx.Response:
        bank.fault = lost
        return httpx.Response(200, json={"fileId": "file-1"})

    bank.fault = after_the_upload
    with pytest.raises(OutcomeUnknown):
        shop.add_evidence("shop", EVIDENCE)
    assert shop.add_evidence("shop", EVIDENCE).evidence_id == "8001"
    assert bank.sent == ["upload_evidence_file", "add_evidence"]


def test_too_late_spends_nothing(client: Any, bank: Bank) -> None:
    bank.dispute["respondByDate"] = "2020-01-01T00:00:00.000Z"
    shop = client(bank)
    for ask in (lambda: shop.contest_dispute("shop", CONTEST), lambda: shop.add_evidence("shop", EVIDENCE)):
        with pytest.raises(TooLate) as caught:
            ask()
        assert caught.value.facts()["deadline"] == "2020-01-01T00:00:00+00:00"
    assert bank.sent == []
    assert shop.store.get(f"shop/{CONTEST.intent()}", 1) is None


def test_a_read_only_account_answers_nothing(client: Any, bank: Bank) -> None:
    shop = client(bank, read_only=True)
    for ask in (
        lambda: shop.contest_dispute("shop", CONTEST),
        lambda: shop.accept_dispute("shop", ACCEPT),
        lambda: shop.add_evidence("shop", EVIDENCE),
    ):
        with pytest.raises(ReadOnlyAccount):
            ask()
    assert bank.sent == []
    assert shop.get_dispute("shop", GetDispute(dispute_id=D, kind=PAYMENT)).dispute_id == D


def test_what_a_list_tells_in_part_is_completed(client: Any, bank: Bank) -> None:
    shop = client(bank)
    asked = ListDisputes(kinds=(PAYMENT,))
    (whole,) = shop.iter_disputes("shop", asked)
    assert (whole.complete, whole.revision) == (True, "4")
    assert shop.available_actions("shop", whole) == {"accept_dispute", "contest_dispute", "add_evidence"}
    reads = bank.reads
    (part,) = shop.iter_disputes("shop", asked, complete=False)
    assert (part.complete, part.revision) == (False, None)
    assert bank.reads == reads + 1
    bank.dispute["paymentDisputeStatus"] = "CLOSED"
    (closed,) = shop.iter_disputes("shop", asked)
    assert not closed.complete


@pytest.mark.anyio
async def test_the_async_client_completes_them_too(bank: Bank, tmp_path: Path) -> None:
    account = {"connector": "ebay", "client_id": "app", "client_secret": "cert", "refresh_token": "refresh"}
    async with AsyncClient(
        accounts={"shop": account},
        store=tmp_path / "ledger.sqlite",
        connectors=[EbayConnector],
        transport=httpx.MockTransport(bank),
    ) as shop:
        found = [one async for one in shop.iter_disputes("shop", ListDisputes(kinds=(PAYMENT,)))]
        assert [one.complete for one in found] == [True]
        assert (await shop.contest_dispute("shop", CONTEST)).dispute_id == D
    assert bank.sent == ["contest"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_the_approval_of_a_return_is_signed_and_sent_once(client: Any, good: Any) -> None:
    read = good("get_dispute", "a_return")["exchanges"][0]["answer"]["json"]
    read["summary"]["sellerResponseDue"]["respondByDate"] = {"value": "2099-01-01T00:00:00.000Z"}
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/identity/v1/oauth2/token":
            return httpx.Response(200, json={"access_token": "access", "expires_in": 7200})
        seen.append(request)
        return httpx.Response(200, json=read if request.method == "GET" else {"refundStatus": "PENDING"})

    shop = client(serve, marketplace="EBAY_DE", seller_country="DE", signing_key_jwe="jwe", signing_private_key=KEY)
    accept = AcceptDispute(dispute_id="5000000301", kind=DisputeKind.RETURN)
    assert shop.accept_dispute("shop", accept) == shop.accept_dispute("shop", accept)
    posts = [request for request in seen if request.method == "POST"]
    assert len(posts) == 1
    headers = posts[0].headers
    assert (headers["authorization"], headers["x-ebay-c-marketplace-id"]) == ("IAF access", "EBAY_DE")
    assert "signature" in headers
    assert "signature" not in seen[0].headers


def test_a_contest_is_not_signed(client: Any, bank: Bank) -> None:
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return bank(request)

    shop = client(serve, seller_country="DE", signing_key_jwe="jwe", signing_private_key=KEY)
    shop.contest_dispute("shop", CONTEST)
    assert seen[-1].headers["authorization"] == "Bearer access"
    assert "signature" not in seen[-1].headers
