"""eBay's disputes beyond the exchange files: codes, support, limits, long lists, and answers that are damaged."""

from __future__ import annotations

import base64
import contextlib
import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xborder_ebay import dispute_words as words
from xborder_ebay.after_sales import DESKS
from xborder_ebay.after_sales_reading import read_after_sale
from xborder_ebay.dispute_reading import read_payment_dispute
from xborder_ebay.evidence import LIMITS, sent_name
from xborder_sdk.errors import InvalidCursor, InvalidRequest, MalformedResponse, UsageError
from xborder_sdk.hookspecs import AddEvidence, ContestDispute, ListDisputes, SupportLevel
from xborder_sdk.models import (
    Cursor,
    Dispute,
    DisputeKind,
    DisputeReason,
    DisputeStatus,
    EvidenceFile,
    EvidenceKind,
    Raw,
)
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response

PNG = b"\x89PNG\r\n\x1a\n"
NOW = datetime.fromtimestamp(1_772_000_000, UTC)


def json_answer(body: object) -> Response:
    return Response(200, (), json.dumps(body).encode())


# --- codes


@pytest.fixture(scope="session")
def codes(contracts: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((contracts / "enums.json").read_text("utf-8"))
    return found


def test_tables_of_payment_disputes_are_complete(codes: dict[str, Any]) -> None:
    known = codes["payment_dispute"]
    assert set(words.PAYMENT_STATUS) == set(known["DisputeStateEnum"])
    assert set(words.PAYMENT_OPEN) == set(known["DisputeStateEnum"]) - {"CLOSED"}
    assert set(words.PAYMENT_REASON) == set(known["DisputeReasonEnum"])
    assert set(words.EVIDENCE) == set(known["EvidenceTypeEnum"])
    assert set(words.DECISION) == set(known["SellerDecisionEnum(availableChoices)"])
    assert {*words.DECISION, words.RESPONSE_OVERDUE} == set(known["SellerResponseEnum"])
    assert set(words.OUTCOME) == set(known["OutcomeEnum(reasonForClosure)"])
    assert set(words.PARTY) >= set(known["ActorEnum"])
    assert set(words.CREDITED) == set(known["MonetaryTransactionTypeEnum"])


def test_tables_of_post_order_are_complete(codes: dict[str, Any]) -> None:
    known = codes["post_order"]
    assert set(words.INQUIRY_STATUS) == set(known["InquiryStatusFilter"])
    assert set(words.CASE_STATUS) == set(known["CaseStatusFilter"])
    assert set(words.CANCEL_STATUS) == set(known["CancelStatusEnum"])
    assert set(words.RETURN_REASON) == set(known["ReturnReason"])
    assert set(known["ReturnState"]) >= words.RETURN_CLOSED
    assert set(known["ActivityOption"]) >= set(words.RETURN_OPTION)
    assert {words.APPROVE, words.DECLINE} <= set(known["Decision"])


def test_what_is_sent_as_evidence_exists_and_is_a_file(codes: dict[str, Any]) -> None:
    sent = set(words.EVIDENCE_TYPE.values())
    assert sent == set(codes["payment_dispute"]["EvidenceTypeEnum"]) - {"PROOF_OF_DELIVERY"}
    assert set(EvidenceKind) - {EvidenceKind.TRACKING} == set(words.EVIDENCE_TYPE) == set(LIMITS.kinds)


def test_every_state_reads_as_itself(codes: dict[str, Any]) -> None:
    for state in codes["payment_dispute"]["DisputeStateEnum"]:
        found = JsonObject({"paymentDisputeId": "1", "paymentDisputeStatus": state})
        assert read_payment_dispute(found, "a", Raw()).status is words.PAYMENT_STATUS[state]


# --- support


def level(connector: Any, operation: str) -> SupportLevel:
    found: SupportLevel = connector.support(operation).level
    return found


@pytest.mark.parametrize("operation", ["list_disputes", "get_dispute", "accept_dispute", "contest_dispute"])
def test_support_says_which_kinds_are_out_of_reach(connect: Any, operation: str) -> None:
    both = connect(marketplace="EBAY_GB", seller_country="CN")
    assert level(both, operation) is SupportLevel.YES
    payments = connect().support(operation)
    assert payments.level is SupportLevel.CONDITIONAL
    assert "marketplace" in payments.reason
    others = connect(marketplace="EBAY_GB", scopes="sell.fulfillment").support(operation)
    assert others.level is SupportLevel.CONDITIONAL
    assert "sell.payment.dispute" in others.reason
    assert level(connect(scopes="sell.fulfillment"), operation) is SupportLevel.NO
    assert level(connect(marketplace="EBAY_GB", environment="sandbox"), operation) is SupportLevel.CONDITIONAL


def test_support_of_answers_follows_the_signing_key(connect: Any) -> None:
    german = connect(marketplace="EBAY_DE", seller_country="DE")
    assert level(german, "accept_dispute") is SupportLevel.CONDITIONAL
    assert "sign" in german.support("contest_dispute").reason
    assert level(german, "list_disputes") is SupportLevel.YES


def test_support_of_evidence_follows_the_scope(connect: Any) -> None:
    assert level(connect(), "add_evidence") is SupportLevel.YES
    assert level(connect(scopes="sell.fulfillment"), "add_evidence") is SupportLevel.NO


# --- limits and bodies


def evidence_of(*sizes: int) -> AddEvidence:
    files = tuple(
        EvidenceFile(name=f"{index}.png", content=PNG + bytes([index]) + b"x" * (size - len(PNG) - 1))
        for index, size in enumerate(sizes)
    )
    return AddEvidence(dispute_id="1", kind=DisputeKind.PAYMENT_DISPUTE, evidence=EvidenceKind.DESCRIPTION, files=files)


@pytest.mark.parametrize(
    ("sizes", "field"),
    [((1_500_001,), "files.0.content"), ((10, 1_600_000), "files.1.content"), ((800_000, 700_001), "files")],
)
def test_too_large_evidence_is_refused_before_anything_is_sent(
    disputes: Any, crank: Any, sizes: tuple[int, ...], field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        crank.run(disputes.connector, disputes.add_evidence(evidence_of(*sizes)), [])
    assert caught.value.field == field
    assert crank.sent == []


@pytest.mark.parametrize("sizes", [(1_500_000,), (800_000, 700_000)])
def test_the_largest_evidence_is_sent_whole(disputes: Any, crank: Any, sizes: tuple[int, ...]) -> None:
    dispute = {"paymentDisputeId": "1", "paymentDisputeStatus": "ACTION_NEEDED", "availableChoices": ["SELLER_CONTEST"]}
    uploads = [json_answer({"fileId": str(index)}) for index in range(len(sizes))]
    answers = [json_answer(dispute), *uploads, json_answer({"evidenceId": "8"})]
    found = crank.run(disputes.connector, disputes.add_evidence(evidence_of(*sizes)), answers)
    assert found.evidence_id == "8"
    for step, size in zip(crank.sent[1:-1], sizes, strict=True):
        assert size < len(step.content) < size + 400


@given(name=st.text(min_size=1, max_size=LIMITS.max_name), content=st.binary(max_size=60))
def test_a_name_goes_out_in_plain_signs(name: str, content: bytes) -> None:
    file = EvidenceFile.model_construct(name=name, content=PNG + content, media_type=None)
    sent = sent_name(file)
    assert len(sent) <= 255
    assert sent.isascii()
    assert not set(sent) & set('"\\/\r\n;')


def test_a_note_of_a_thousand_characters_is_taken(
    disputes: Any, crank: Any, good: Callable[..., dict[str, Any]]
) -> None:
    dispute = good("get_dispute", "not_received_and_to_be_answered")["exchanges"][0]["answer"]["json"]
    request = ContestDispute(dispute_id="1", kind=DisputeKind.PAYMENT_DISPUTE, revision="4", note="x" * 1000)
    answers = [json_answer(dispute), Response(204)]
    crank.run(disputes.connector, disputes.contest_dispute(request), answers)
    assert json.loads(crank.sent[-1].content)["note"] == "x" * 1000


def test_a_deadline_may_be_used_to_its_last_second(
    disputes: Any, crank: Any, good: Callable[..., dict[str, Any]]
) -> None:
    dispute = good("get_dispute", "not_received_and_to_be_answered")["exchanges"][0]["answer"]["json"]
    dispute["respondByDate"] = "2026-03-02T10:00:00.000Z"
    request = ContestDispute(dispute_id="1", kind=DisputeKind.PAYMENT_DISPUTE, revision="4")
    read = Response(200, {"Date": "Mon, 02 Mar 2026 10:00:00 GMT"}, json.dumps(dispute).encode())
    crank.run(disputes.connector, disputes.contest_dispute(request), [read, Response(204)])
    assert len(crank.sent) == 2


# --- long lists


class Desk:
    """Answers eBay's searches from a set of payment disputes and returns, as the documents say."""

    def __init__(self, opened: list[datetime], *, most: int = 200) -> None:
        self.opened = sorted(opened)
        self.most = most
        self.asked: list[dict[str, str]] = []

    def answer(self, step: Any) -> Response:
        query = dict(step.query)
        self.asked.append(query)
        if step.path.endswith("/payment_dispute_summary"):
            return self._payments(query)
        if not step.path.endswith("/return/search"):
            return json_answer({"members": [], "cancellations": [], "paginationOutput": {"totalEntries": 0}})
        start = datetime.fromisoformat(query["creation_date_range_from"])
        stop = datetime.fromisoformat(query["creation_date_range_to"])
        assert stop - start <= timedelta(days=90)
        found = [one for one in self.opened if start <= one <= stop]
        limit = min(int(query["limit"]), self.most)
        members = [self._return(one) for one in found[:limit]]
        return json_answer({"members": members, "paginationOutput": {"totalEntries": len(found), "limit": limit}})

    def _payments(self, query: dict[str, str]) -> Response:
        offset, limit = int(query["offset"]), int(query["limit"])
        part = self.opened[offset : offset + limit]
        found = [{"paymentDisputeId": one.isoformat(), "openDate": one.isoformat()} for one in part]
        return json_answer({"total": len(self.opened), "paymentDisputeSummaries": found})

    def _return(self, opened: datetime) -> dict[str, Any]:
        return {"returnId": opened.isoformat(), "creationInfo": {"creationDate": {"value": opened.isoformat()}}}


def listed(disputes: Any, crank: Any, desk: Desk, request: ListDisputes) -> list[Dispute]:
    found: list[Dispute] = []
    for _ in range(2000):
        flow = disputes.list_disputes(request)
        step = next(flow)
        try:
            while True:
                step = flow.send(desk.answer(step))
        except StopIteration as end:
            page = end.value
        found.extend(page.items)
        if page.next is None:
            return found
        request = request.replace(cursor=Cursor.parse(str(page.next)))
    raise AssertionError("the list does not end")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    ages=st.lists(st.integers(0, 400 * 24 * 3600 * 1000), max_size=40, unique=True),
    size=st.integers(1, 7),
    span=st.integers(1, 400),
)
@example(ages=[145, 146, 11679, 11725], size=1, span=1)
def test_no_return_is_lost_or_listed_twice(connect: Any, crank: Any, ages: list[int], size: int, span: int) -> None:
    opened = [NOW - timedelta(milliseconds=age) for age in ages]
    start = NOW - timedelta(days=span)
    channel = channel_of(connect(marketplace="EBAY_GB"))
    request = ListDisputes(kinds=(DisputeKind.RETURN,), opened_from=start, page_size=size)
    found = listed(channel, crank, Desk(opened), request)
    assert [one.dispute_id for one in found] == [one.isoformat() for one in sorted(opened) if one >= start]


def channel_of(connector: Any) -> Any:
    from xborder_ebay.disputes import EbayDisputes

    return EbayDisputes(connector)


def test_payment_disputes_are_paged_to_the_end(disputes: Any, crank: Any) -> None:
    desk = Desk([NOW - timedelta(hours=hour) for hour in range(7)])
    found = listed(disputes, crank, desk, ListDisputes(kinds=(DisputeKind.PAYMENT_DISPUTE,), page_size=3))
    assert len(found) == 7
    assert [one["offset"] for one in desk.asked] == ["0", "3", "6"]


def test_a_set_that_shrinks_between_pages_loses_none(disputes: Any, crank: Any) -> None:
    class Shrinking(Desk):
        def _payments(self, query: dict[str, str]) -> Response:
            answer = super()._payments(query)
            if query["offset"] == "0":
                self.opened = self.opened[1:]
            return answer

    opened = [NOW - timedelta(hours=hour) for hour in range(6)]
    desk = Shrinking(opened)
    found = listed(disputes, crank, desk, ListDisputes(kinds=(DisputeKind.PAYMENT_DISPUTE,), page_size=3))
    assert {one.dispute_id for one in found} == {one.isoformat() for one in opened}


def test_all_kinds_follow_each_other(connect: Any, crank: Any) -> None:
    channel = channel_of(connect(marketplace="EBAY_GB"))
    desk = Desk([NOW - timedelta(days=1)])
    found = listed(channel, crank, desk, ListDisputes())
    assert [one.kind for one in found] == [DisputeKind.PAYMENT_DISPUTE, DisputeKind.RETURN]
    assert len(desk.asked) == 1 + len(DESKS)


def test_a_list_without_an_end_keeps_the_end_it_began_with(connect: Any, crank: Any) -> None:
    channel = channel_of(connect(marketplace="EBAY_GB"))
    desk = Desk([])
    listed(channel, crank, desk, ListDisputes(kinds=(DisputeKind.RETURN,), opened_from=NOW - timedelta(days=200)))
    assert [one["creation_date_range_to"] for one in desk.asked][-1] == "2026-02-25T06:13:20.000Z"
    assert len(desk.asked) == 3


def test_entries_that_no_halving_brings_are_an_error_and_not_a_short_list(connect: Any, crank: Any) -> None:
    channel = channel_of(connect(marketplace="EBAY_GB"))
    one_moment = Desk([NOW - timedelta(days=1)] * 3)
    with pytest.raises(MalformedResponse, match="lists 2"):
        listed(channel, crank, one_moment, ListDisputes(kinds=(DisputeKind.RETURN,), page_size=2))


@pytest.mark.parametrize(
    "state",
    [{}, {"kind": 9}, {"kind": True, "offset": -1}, {"end": "soon"}, {"total": "many"}, {"offset": None}],
)
def test_a_damaged_cursor(disputes: Any, crank: Any, state: dict[str, Any]) -> None:
    request = ListDisputes(kinds=(DisputeKind.PAYMENT_DISPUTE,), page_size=3)
    desk = Desk([NOW - timedelta(hours=hour) for hour in range(7)])
    flow = disputes.list_disputes(request)
    step = next(flow)
    with pytest.raises(StopIteration) as end:
        flow.send(desk.answer(step))
    good_state = end.value.value.next.state
    broken = {**good_state, **state} if state else {}
    with pytest.raises(InvalidCursor):
        crank.run(
            disputes.connector,
            disputes.list_disputes(request.replace(cursor=Cursor(connector="ebay", state=broken))),
            [],
        )


def test_raw_is_the_vendors_object(connect: Any, crank: Any, play: Any, good: Callable[..., dict[str, Any]]) -> None:
    exchange = good("list_disputes", "returns")
    page = play(exchange)
    content = exchange["exchanges"][0]["answer"]["json"]
    assert [one.raw.data()["returnId"] for one in page.items] == [one["returnId"] for one in content["members"]]
    exchange = good("get_dispute", "a_return")
    assert play(exchange).raw.data()["returnId"] == "5000000301"


# --- damaged answers

ODD: list[Any] = [None, "", " ", "x", 0, -1, 10**30, True, [], {}, [[]], [None], {"value": None}, "1e999999", "NaN",
                  "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "\ud800", "\u0000", "ÄÖ"]  # fmt: skip
GONE = object()


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from leaves(item, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    found = copy.deepcopy(value)
    place = found
    for step in path[:-1]:
        place = place[step]
    if new is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = str(place[path[-1]]) if new is str else new
    return found


PAYMENTS = ("not_received_and_to_be_answered", "won_with_evidence_and_money_back", "lost",
            "accepted_and_the_goods_on_their_way_back")  # fmt: skip


@pytest.mark.parametrize("situation", PAYMENTS)
def test_any_one_leaf_of_a_payment_dispute_may_be_odd(good: Callable[..., dict[str, Any]], situation: str) -> None:
    dispute, log = (one["answer"]["json"] for one in good("get_dispute", situation)["exchanges"])
    for body, is_log in ((dispute, False), (log, True)):
        for path in leaves(body):
            for new in (GONE, str, *ODD):
                odd = JsonObject(changed(body, path, new))
                main, history = (JsonObject(dispute), odd) if is_log else (odd, JsonObject(log))
                try:
                    found = read_payment_dispute(main, "ebay-test", Raw(), history=history)
                except MalformedResponse:
                    assert path == ("paymentDisputeId",)
                    continue
                assert isinstance(found.is_due(NOW), bool)
                assert Dispute.model_validate(found.model_dump()) == found


AFTER_SALES = [
    ("an_inquiry", DisputeKind.NOT_RECEIVED, None),
    ("a_return", DisputeKind.RETURN, "summary"),
    ("a_case", DisputeKind.CLAIM, None),
    ("a_cancellation_request_that_is_answered", DisputeKind.CANCELLATION_REQUEST, "cancelDetail"),
]


@pytest.mark.parametrize(("situation", "kind", "inside"), AFTER_SALES)
def test_any_one_leaf_of_an_after_sale_may_be_odd(
    good: Callable[..., dict[str, Any]], situation: str, kind: DisputeKind, inside: str | None
) -> None:
    body = good("get_dispute", situation)["exchanges"][0]["answer"]["json"]
    body = body[inside] if inside else body
    for path in leaves(body):
        for new in (GONE, str, *ODD):
            with contextlib.suppress(MalformedResponse):
                found = read_after_sale(kind, JsonObject(changed(body, path, new)), "ebay-test", Raw())
                assert found is None or isinstance(found.is_due(NOW), bool)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(data=st.data())
def test_many_leaves_may_be_odd(data: st.DataObject, pool: list[dict[str, Any]], play: Any) -> None:
    from xborder_sdk.errors import Refused

    exchange = copy.deepcopy(data.draw(st.sampled_from(pool)))
    index = data.draw(st.integers(0, len(exchange["exchanges"]) - 1))
    answer = exchange["exchanges"][index]["answer"]
    for _ in range(data.draw(st.integers(1, 5))):
        paths = list(leaves(answer.get("json", {})))
        if not paths:
            break
        new = data.draw(st.sampled_from([GONE, str, *ODD]))
        answer["json"] = changed(answer["json"], data.draw(st.sampled_from(paths)), new)
    # The changed answer may end the flow sooner or let it ask for more; only what it raises matters here.
    exchange["exchanges"] = exchange["exchanges"][: index + 1]
    with contextlib.suppress(MalformedResponse, Refused, UsageError, LookupError):
        play(exchange)


@pytest.fixture(scope="module")
def pool(good: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        good("get_dispute", "won_with_evidence_and_money_back"),
        good("list_disputes", "payment_disputes_open_and_lately_closed"),
        good("list_disputes", "returns"),
        good("list_disputes", "cancellations_the_buyer_asks_for"),
        good("contest_dispute", "not_as_described_with_the_return_address"),
        good("contest_dispute", "a_return_is_declined"),
        good("accept_dispute", "a_cancellation_is_approved"),
        good("add_evidence", "two_files_that_answer_a_request"),
        good("add_evidence", "a_second_file_goes_into_the_same_set"),
    ]


def test_nothing_of_the_buyer_or_the_files_is_in_a_repr(play: Any, good: Callable[..., dict[str, Any]]) -> None:
    shown = repr(play(good("get_dispute", "not_received_and_to_be_answered")))
    for word in ("Klara", "k_testperson", "lantern, asks"):
        assert word not in shown
    file = EvidenceFile(name="a.png", content=PNG + b"secret")
    request = AddEvidence(dispute_id="1", kind=DisputeKind.PAYMENT_DISPUTE, evidence=EvidenceKind.OTHER, files=(file,))
    assert "secret" not in repr(request)
    assert base64.b64encode(b"secret").decode() not in repr(request)


def test_reasons_tell_what_evidence_is_needed() -> None:
    found = JsonObject({"paymentDisputeId": "1", "paymentDisputeStatus": "OPEN", "reason": "COUNTERFEIT"})
    dispute = read_payment_dispute(found, "a", Raw())
    assert (dispute.reason, dispute.status) == (DisputeReason.COUNTERFEIT, DisputeStatus.WAITING)
