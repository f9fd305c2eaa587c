"""Disputes (纠纷): `DisputeChannel` over the platform's issues, requests to cancel, and frozen orders.

Source: the official IOP Java SDK 1.3.5-ae (aliexpress.issue.*, aliexpress.trade.seller.order.acceptcancel and
refusecancel).

What must not happen twice, and how it does not: agreeing, proposing, answering a request to cancel and uploading a
picture are `once` steps. State, deadline, amount and currency are looked at before the step, the deadline by the
client's clock. Where the dispute shows that the same has been done already the step is taken all the same: the ledger
returns what was said then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from xborder_aliexpress import dispute_answers as checks
from xborder_aliexpress import dispute_list as paging
from xborder_aliexpress import dispute_words as words
from xborder_aliexpress import order_disputes as whole_orders
from xborder_aliexpress.calls import whole_id
from xborder_aliexpress.dispute_reading import most_refunded, read_dispute, read_listed
from xborder_aliexpress.order_list import CONNECTOR, is_beyond, size_shown
from xborder_aliexpress.order_reading import line_id
from xborder_aliexpress.seller_addresses import REFUND, stored_addresses
from xborder_aliexpress.trade_order import trade_order
from xborder_sdk.errors import Conflict, InvalidRequest, NotFound, UnsupportedOperation
from xborder_sdk.hookspecs import (
    AcceptDispute,
    AddEvidence,
    ContestDispute,
    DisputeChannel,
    GetDispute,
    ListDisputes,
    ProposeSolution,
)
from xborder_sdk.models import (
    Cursor,
    Dispute,
    DisputeAnswer,
    DisputeKind,
    DisputeStatus,
    EvidenceKind,
    EvidenceLimits,
    Page,
    Raw,
    SolutionKind,
    sniffed_type,
)
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Effect, Flow, Upload

if TYPE_CHECKING:
    from xborder_aliexpress.calls import Calls
    from xborder_aliexpress.connector import AliexpressConnector
    from xborder_aliexpress.settings import AliexpressSettings

_DisputePage = Page[Dispute]  # held here: pydantic forgets a type that nobody holds, and would build it for every page

_EXTENSIONS: Final = {"image/jpeg": "jpg", "image/png": "png"}
_LIMITS: Final = EvidenceLimits(
    # No document says which pictures, how large or how many the platform takes. These are the two that every page of
    # it shows, and a size that its forms for pictures have always taken.
    media_types=frozenset(_EXTENSIONS),
    max_bytes=2 * 1024 * 1024,
    max_total_bytes=2 * 1024 * 1024,
    max_name=200,
    max_files=1,  # each picture is an upload of its own, and an upload cannot be taken back
    # A picture is a picture to the platform; a tracking number is told by declaring the shipment.
    kinds=frozenset(EvidenceKind) - {EvidenceKind.TRACKING},
)
_NO_ISSUE: Final = "NO_ISSUE"
"""SDK, findorderbyid, issue_status of a line."""
_MOST_PAGES: Final = 40


class AliexpressDisputes(DisputeChannel):
    """Disputes of one seller."""

    connector: AliexpressConnector
    honours: ClassVar[Mapping[str, frozenset[str]]] = {
        "list_disputes": frozenset({"kinds", "opened_from", "opened_to", "open_only", "order_id"}),
        "accept_dispute": frozenset({"proposal_id"}),
        "contest_dispute": frozenset({"note"}),
        "propose_solution": frozenset({"rejects", "replaces"}),
    }
    evidence_limits: ClassVar[Mapping[DisputeKind, EvidenceLimits]] = {DisputeKind.CLAIM: _LIMITS}

    # --- lists

    def list_disputes(self, request: ListDisputes) -> Flow[Page[Dispute]]:
        """One page of one of the platform's lists; the cursor leads through all that are wanted.

        Entries are incomplete: only `get_dispute` tells whose move it is and until when.

        Args:
            request: Which disputes. With `order_id` all comes on one page. `page_size` above 50 means 50.

        Raises:
            InvalidRequest: The platform has no such kind.
            InvalidCursor: The cursor is of another list.
        """
        if request.order_id is not None:
            return (yield from self._of_order(request, request.order_id))
        sections = paging.sections(request)
        position = paging.position_of(request, len(sections), self._now())
        section = sections[position.section]
        size = paging.page_size(request)
        if section.kind is DisputeKind.CLAIM:
            query = paging.issues_question(section.status, None, position.page, size)
            answer = yield from self._calls.read(words.LIST, query)
            listed = answer.body.children("data_list")
            items = [self._listed_issue(found, answer.raw) for found in listed]
            total = answer.body.integer_or_none("total_item")
            size = size_shown(answer.body, size)
            after = paging.following(position, len(listed), total, size, len(sections))
        else:
            method, query = paging.orders_question(section, position, request, self._settings)
            answer = yield from self._calls.read(method, query)
            result = answer.body.child("result")
            listed = [] if is_beyond(result, position.page) else result.children("target_list")
            read = {
                DisputeKind.CANCELLATION_REQUEST: whole_orders.listed_cancellation,
                DisputeKind.PAYMENT_DISPUTE: whole_orders.listed_frozen,
            }[section.kind]
            mine = [found for found in listed if paging.belongs(found, section, position)]
            items = [read(found, self.account, answer.raw) for found in mine]
            # The platform does not count all orders, so only a page that is not full is the last.
            after = paging.following(position, len(listed), None, size_shown(result, size), len(sections))
        return self._page(request, items, None if after is None else after.cursor(CONNECTOR, request))

    def _page(self, request: ListDisputes, items: list[Dispute], after: Cursor | None) -> Page[Dispute]:
        return _DisputePage(items=tuple(item for item in items if request.takes(item)), next=after)

    def _listed_issue(self, found: JsonObject, raw: Raw) -> Dispute:
        return read_listed(found, self.account, raw, self._settings.dispute_reasons, self._now())

    def _of_order(self, request: ListDisputes, order_id: str) -> Flow[Page[Dispute]]:
        """All of one order. Issues are of lines, and the list takes a line's number where another gives the order's."""
        kinds = paging.wanted_kinds(request)
        order = yield from trade_order(self._calls, self._settings, order_id)
        items: list[Dispute] = []
        if DisputeKind.CLAIM in kinds:
            numbers = dict.fromkeys([order_id, *(line_id(line) for line in order.lines if _may_be_in_issue(line))])
            found: dict[str, Dispute] = {}
            for number in numbers:
                for dispute in (yield from self._issues_of(whole_id(number, "order_id"))):
                    found.setdefault(dispute.dispute_id, dispute)
            items += [dispute for dispute in found.values() if dispute.order_id == order_id]
        whole = []
        if DisputeKind.CANCELLATION_REQUEST in kinds:
            whole.append(whole_orders.read_cancellation(order.found, self.account, order.raw, self._settings))
        if DisputeKind.PAYMENT_DISPUTE in kinds:
            now = self._now()
            whole.append(whole_orders.read_frozen(order.found, self.account, order.raw, self._settings, now))
        return self._page(request, items + [dispute for dispute in whole if dispute is not None], None)

    def _issues_of(self, order_no: int) -> Flow[list[Dispute]]:
        items: list[Dispute] = []
        for page in range(1, _MOST_PAGES + 1):
            query = paging.issues_question(None, order_no, page, paging.MOST)
            answer = yield from self._calls.read(words.LIST, query)
            listed = answer.body.children("data_list")
            items += [self._listed_issue(found, answer.raw) for found in listed]
            if len(listed) < size_shown(answer.body, paging.MOST):
                break
        return items

    # --- one dispute

    def get_dispute(self, request: GetDispute) -> Flow[Dispute]:
        """One dispute. The platform wants to hear the buyer of an issue, who is looked for in its lists first.

        Args:
            request: Which dispute; requests to cancel and frozen orders have the order's id.

        Raises:
            InvalidRequest: The platform has no such kind, or the id is no number.
            NotFound: The platform does not know it, or the order is in no such state (any more).
        """
        dispute, _ = yield from self._dispute(request.kind, request.dispute_id)
        return dispute

    def _dispute(self, kind: DisputeKind, dispute_id: str) -> Flow[tuple[Dispute, JsonObject]]:
        if kind is DisputeKind.CLAIM:
            return (yield from self._issue(dispute_id))
        if kind not in paging.KINDS:
            hint = "its issues are claims"
            raise InvalidRequest(f"AliExpress has no procedure {kind.value}", field="kind", hint=hint)
        order = yield from trade_order(self._calls, self._settings, dispute_id, "dispute_id")
        if kind is DisputeKind.CANCELLATION_REQUEST:
            found = whole_orders.read_cancellation(order.found, self.account, order.raw, self._settings)
            missing = "nobody asks for this order to be cancelled (any more)"
        else:
            found = whole_orders.read_frozen(order.found, self.account, order.raw, self._settings, self._now())
            missing = "the money of this order is not frozen (any more)"
        if found is None:
            raise NotFound(missing, status=200)
        return found, order.found

    def _issue(self, dispute_id: str) -> Flow[tuple[Dispute, JsonObject]]:
        issue_id = whole_id(dispute_id, "dispute_id")
        buyer = yield from self._buyer_of(dispute_id)
        query = {"issue_id": issue_id, "buyer_login_id": buyer}
        answer = yield from self._calls.read(words.DETAIL, query)
        found = answer.body.child("result_object")
        if not found.data:
            raise NotFound("AliExpress does not know this issue", status=200)
        dispute = read_dispute(found, self.account, answer.raw, self._settings.dispute_reasons, self._now())
        return dispute.replace(buyer_id=dispute.buyer_id or buyer), found

    def _buyer_of(self, dispute_id: str) -> Flow[str]:
        """Looks an issue up in the lists, open ones first: its detail is given only to who names its buyer, and no call
        finds it by its id alone."""
        for status in (words.PROCESSING, *words.CLOSED):
            for page in range(1, _MOST_PAGES + 1):
                answer = yield from self._calls.read(
                    words.LIST, paging.issues_question(status, None, page, paging.MOST)
                )
                listed = answer.body.children("data_list")
                for found in listed:
                    if found.text_or_none("issue_id") == dispute_id:
                        return found.text("buyer_login_id")
                if len(listed) < size_shown(answer.body, paging.MOST):
                    break
        raise NotFound("AliExpress lists no such issue", status=200)

    # --- answers

    def accept_dispute(self, request: AcceptDispute) -> Flow[DisputeAnswer]:
        """Agrees to a proposal, or to a request to cancel. Goods come back to the refund address of the settings.

        Args:
            request: Which dispute, and which proposal; without one there must be exactly one to agree to.

        Raises:
            InvalidRequest: It is not clear which proposal is meant.
            Conflict: The proposal is not on the table (any more), or the dispute is over.
            TooLate: The deadline has passed.
            UnsupportedOperation: Money is frozen: the platform has no call for that.
        """
        self._stop_at_frozen(request.kind, words.ACCEPT)
        if request.kind is DisputeKind.CANCELLATION_REQUEST:
            if request.proposal_id is not None:
                raise InvalidRequest("a request to cancel has no proposals", field="proposal_id")
            return (yield from self._answer_cancellation(request, None))
        dispute, _ = yield from self._dispute(request.kind, request.dispute_id)
        proposal = checks.to_accept(dispute, request.proposal_id)
        if dispute.answer != words.ACCEPT:
            checks.check_possible(dispute, words.ACCEPT, self._now())
        parameters: dict[str, object] = {
            "issue_id": whole_id(dispute.dispute_id, "dispute_id"),
            "solution_id": whole_id(proposal.proposal_id, "proposal_id"),
            "buyer_login_id": dispute.buyer_id,
        }
        if proposal.kind is SolutionKind.RETURN_AND_REFUND:
            parameters["return_address_id"] = yield from self._return_address()
        answer = yield from self._calls.once(words.AGREE, parameters)
        return checks.answered(dispute, DisputeStatus.WAITING, answer)

    def contest_dispute(self, request: ContestDispute) -> Flow[DisputeAnswer]:
        """Refuses a request to cancel. An issue is contested by proposing something else.

        Args:
            request: Which request to cancel, with words for the buyer.

        Raises:
            Conflict: The buyer does not ask for it (any more).
            TooLate: The deadline has passed.
            UnsupportedOperation: It is an issue, or money is frozen.
        """
        self._stop_at_frozen(request.kind, words.CONTEST)
        if request.kind is not DisputeKind.CANCELLATION_REQUEST:
            raise UnsupportedOperation(
                "an issue of AliExpress cannot be contested as such",
                hint="answer it with propose_solution, and show evidence with add_evidence",
            )
        return (yield from self._answer_cancellation(request, request.note))

    def _answer_cancellation(self, request: AcceptDispute | ContestDispute, note: str | None) -> Flow[DisputeAnswer]:
        accepts = isinstance(request, AcceptDispute)
        try:
            dispute, _ = yield from self._dispute(request.kind, request.dispute_id)
        except NotFound as missing:
            if missing.code is not None:
                raise
            raise Conflict(missing.message, status=200) from None
        # An order that is cancelled already goes the way of acceptance: the ledger returns what was said then.
        if not (accepts and dispute.status is DisputeStatus.CLOSED):
            checks.check_possible(dispute, words.ACCEPT if accepts else words.CONTEST, self._now())
        asked = {
            "order_id": whole_id(dispute.dispute_id, "dispute_id"),
            "buyer_login_id": dispute.buyer_id,
            "memo": note,
        }
        method = words.ACCEPT_CANCEL if accepts else words.REFUSE_CANCEL
        answer = yield from self._calls.once(method, {"param_order_cancel_request": asked})
        return checks.answered(dispute, DisputeStatus.WAITING if accepts else DisputeStatus.CLOSED, answer)

    def propose_solution(self, request: ProposeSolution) -> Flow[DisputeAnswer]:
        """Makes a proposal, or changes the seller's own. Goods come back to the refund address of the settings.

        Args:
            request: What is offered. Without `rejects` it answers the buyer's proposal where there is exactly one.

        Raises:
            InvalidRequest: It is more than the platform allows, in another currency, or not exact.
            Conflict: What it answers or changes is not on the table (any more), or the dispute is over.
            TooLate: The deadline has passed.
            UnsupportedOperation: It is no issue.
        """
        self._stop_at_frozen(request.kind, words.OFFER)
        if request.kind is not DisputeKind.CLAIM:
            raise UnsupportedOperation("a request to cancel is accepted or refused, nothing else", hint=None)
        if request.rejects is not None and request.replaces is not None:
            told = "a proposal answers one of the buyer's or changes one's own, not both"
            raise InvalidRequest(told, field="replaces")
        dispute, found = yield from self._dispute(request.kind, request.dispute_id)
        checks.check_amount(request.amount, most_refunded(found))
        made = checks.is_made(dispute, request)
        if not made:
            checks.check_possible(dispute, words.OFFER, self._now())
        parameters: dict[str, object] = {
            "add_seller_solution": request.replaces is None,
            "issue_id": whole_id(dispute.dispute_id, "dispute_id"),
            "buyer_login_id": dispute.buyer_id,
            "refund_amount": f"{request.amount.amount:f}",
            "refund_amount_currency": request.amount.currency,
            "solution_context": request.note,
            "add_solution_type": checks.solution_word(dispute, request.solution),
        }
        if request.replaces is not None:
            own = checks.to_replace(dispute, request.replaces, made=made)
            parameters["modify_seller_solution_id"] = whole_id(own, "replaces")
        else:
            rejected = checks.to_reject(dispute, request.rejects, made=made)
            parameters["buyer_solution_id"] = None if rejected is None else whole_id(rejected, "rejects")
        if request.solution is SolutionKind.RETURN_AND_REFUND:
            parameters["return_good_address_id"] = yield from self._return_address()
        answer = yield from self._calls.once(words.PROPOSE, {"param_dto": parameters})
        return checks.answered(dispute, DisputeStatus.BUYER_MUST_ACT, answer)

    def add_evidence(self, request: AddEvidence) -> Flow[DisputeAnswer]:
        """Uploads one picture. It is there at once, and the platform has no way to take it back.

        Args:
            request: The picture. The platform has no field for what it shows or which line it concerns.

        Raises:
            InvalidRequest: There are several files, or one it does not take.
            Conflict: The dispute is over.
            TooLate: The deadline has passed.
            UnsupportedOperation: It is no issue.
        """
        self._stop_at_frozen(request.kind, words.ADD_EVIDENCE)
        limits = self.evidence_limits.get(request.kind)
        if limits is None:
            raise UnsupportedOperation("AliExpress takes evidence for issues only", hint=None)
        limits.check(request.evidence, request.files)
        (file,) = request.files
        dispute, _ = yield from self._dispute(request.kind, request.dispute_id)
        checks.check_possible(dispute, words.ADD_EVIDENCE, self._now())
        media_type = sniffed_type(file.content) or ""
        parameters = {
            "issue_id": whole_id(dispute.dispute_id, "dispute_id"),
            "buyer_login_id": dispute.buyer_id,
            "extension": _EXTENSIONS[media_type],
        }
        # The file's own name may tell more than it should; the platform asks for none.
        upload = Upload(f"evidence.{_EXTENSIONS[media_type]}", file.content, media_type)
        answer = yield from self._calls.upload(Effect.ONCE, words.SHOW, parameters, {"image_bytes": upload})
        return checks.answered(dispute, dispute.status, answer)

    # --- what all of them need

    @property
    def _calls(self) -> Calls:
        return self.connector.calls

    @property
    def _settings(self) -> AliexpressSettings:
        return self.connector.settings

    def _now(self) -> datetime:
        return self.connector.now()

    def _return_address(self) -> Flow[int]:
        found = yield from stored_addresses(self._calls, self._settings, frozenset({REFUND}))
        assert found.refund is not None  # noqa: S101 - it is asked for
        return found.refund

    def _stop_at_frozen(self, kind: DisputeKind, operation: str) -> None:
        if kind is DisputeKind.PAYMENT_DISPUTE:
            raise UnsupportedOperation(
                f"AliExpress has no call for chargebacks, so no {operation}",
                hint="build the evidence pack, and upload it yourself in the seller workbench",
            )


def _may_be_in_issue(line: JsonObject) -> bool:
    """Whether a line is, or was, in an issue; where the order does not tell it may be."""
    word = line.text_or_none("issue_status") or line.child("child_issue_info").text_or_none("issue_status")
    return word != _NO_ISSUE
