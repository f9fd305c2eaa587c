"""eBay's disputes: `DisputeChannel` over the payment disputes of the Sell Fulfillment API and over Post-Order.

Sources: FUL (OpenAPI sell_fulfillment_v1, v1.20.7) for payment disputes, which live on the host apiz; for the rest see
`after_sales`.

What must not happen twice, and how it does not:

* contest and acceptance are `once` steps under one intent, and carry the revision the caller decided on: eBay refuses
  one that is stale (33011). Nothing is read anew and tried again here;
* attaching evidence is a `once` step too: eBay would make a second set of the same files. Uploading before it is
  idempotent: a file that is attached to nothing is seen by nobody, so an upload may be repeated. It counts towards a
  number of files eBay does not publish, so it is not repeated for files that the dispute shows as attached;
* limits, state, revision and deadline are looked at before the step, the deadline by eBay's own clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from xborder_ebay import dispute_list as paging
from xborder_ebay import dispute_words as words
from xborder_ebay import evidence as showing
from xborder_ebay.after_sales import DESKS, Desk, Reply, acceptance, objection
from xborder_ebay.after_sales_reading import read_after_sale
from xborder_ebay.dispute_reading import read_payment_dispute
from xborder_ebay.dispute_values import needed_identifier
from xborder_ebay.order_list import answered_at
from xborder_ebay.return_address import return_address
from xborder_sdk.errors import (
    Conflict,
    InvalidRequest,
    InvalidSettings,
    MalformedResponse,
    NotFound,
    TooLate,
    UnsupportedOperation,
    UnsupportedOption,
)
from xborder_sdk.hookspecs import (
    AcceptDispute,
    AddEvidence,
    ContestDispute,
    DisputeChannel,
    GetDispute,
    ListDisputes,
    hookimpl,
)
from xborder_sdk.models import (
    Dispute,
    DisputeAnswer,
    DisputeKind,
    DisputeStatus,
    EvidenceFile,
    EvidenceLimits,
    Page,
    Raw,
)
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Effect, Flow, Response, escape

if TYPE_CHECKING:
    from xborder_ebay.connector import EbayConnector

_PAYMENTS = "/sell/fulfillment/v1/payment_dispute"
_SUMMARIES = "/sell/fulfillment/v1/payment_dispute_summary"
_HOST = "apiz"
_USER = "user"
_DisputePage = Page[Dispute]  # held here: pydantic forgets a type that nobody holds, and would build it for every page


class EbayDisputes(DisputeChannel):
    """Disputes of one eBay seller."""

    connector: EbayConnector
    honours: ClassVar[Mapping[str, frozenset[str]]] = {
        "list_disputes": frozenset({"kinds", "opened_from", "opened_to", "open_only", "order_id"}),
        "accept_dispute": frozenset({"return_address", "note"}),
        "contest_dispute": frozenset({"note", "return_address", "shipment"}),
        "add_evidence": frozenset({"request_id", "lines"}),
    }
    evidence_limits: ClassVar[Mapping[DisputeKind, EvidenceLimits]] = {DisputeKind.PAYMENT_DISPUTE: showing.LIMITS}

    # --- lists

    @hookimpl
    def list_disputes(self, request: ListDisputes) -> Flow[Page[Dispute]]:
        """One page of one of eBay's five lists; the cursor leads through all that are wanted.

        Without a time: payment disputes that are open or lately closed, and all others of the last 90 days. Entries of
        payment disputes are incomplete, as eBay's summaries are.

        Args:
            request: Which disputes. `page_size` above 200 means 200.

        Raises:
            InvalidRequest: eBay has no such kind, or the window has no start.
            InvalidSettings: The account's scopes or marketplace do not suffice for a wanted kind.
            InvalidCursor: The cursor is of another list.
        """
        kinds = paging.wanted_kinds(request)
        for kind in kinds:
            self._require_access(kind)
        position = paging.position_of(request, len(kinds), self._now())
        kind = kinds[position.kind]
        if kind is DisputeKind.PAYMENT_DISPUTE:
            return (yield from self._payment_page(request, position, len(kinds)))
        return (yield from self._desk_page(request, kind, position, len(kinds)))

    def _payment_page(self, request: ListDisputes, position: paging.Position, kinds: int) -> Flow[Page[Dispute]]:
        span = paging.window(request, DisputeKind.PAYMENT_DISPUTE, position)
        query = paging.payment_query(request, position, span)
        response = yield from self.api.read("GET", _SUMMARIES, host=_HOST, query=query, credential=_USER)
        answer = response.object()
        found = answer.children("paymentDisputeSummaries")
        items = [self._listed(DisputeKind.PAYMENT_DISPUTE, one, response.content) for one in found]
        total = answer.integer_or_none("total")
        missed = 0 if position.total is None or total is None else max(0, position.total - total)
        end = position.offset + len(found)
        more = answer.text_or_none("next") is not None or (total is not None and end < total)
        following: paging.Position | None
        if missed:
            following = position.replace(offset=max(0, position.offset - missed), total=total)
        elif more and found:
            following = position.replace(offset=end, total=total)
        else:
            following = paging.after(position, span, kinds)
        narrowed = kinds > 1 or span is not None or request.order_id is not None or request.open_only
        return self._page(request, items, following, None if narrowed or total is None or total < 0 else total)

    def _desk_page(
        self, request: ListDisputes, kind: DisputeKind, position: paging.Position, kinds: int
    ) -> Flow[Page[Dispute]]:
        desk = DESKS[kind]
        span = paging.window(request, kind, position)
        while True:
            query = paging.desk_query(request, desk, span)
            response = yield from self._post_order(Effect.READ, "GET", f"{desk.path}/search", query=query)
            answer = response.object()
            found = answer.children(desk.members)
            total = answer.child("paginationOutput").integer_or_none("totalEntries")
            if total is None or total <= len(found):
                break
            shorter = None if span is None else paging.halved(span)
            if shorter is None:
                raise MalformedResponse(f"eBay speaks of {total} entries and lists {len(found)}")
            span = shorter
        items = [self._listed(kind, one, response.content) for one in found]
        return self._page(request, items, paging.after(position, span, kinds), None)

    def _page(
        self, request: ListDisputes, items: list[Dispute | None], following: paging.Position | None, total: int | None
    ) -> Page[Dispute]:
        return _DisputePage(
            items=tuple(item for item in items if item is not None and request.takes(item)),
            next=None if following is None else following.cursor(paging.CONNECTOR, request),
            total=total,
        )

    def _listed(self, kind: DisputeKind, found: JsonObject, content: bytes) -> Dispute | None:
        members = "paymentDisputeSummaries" if kind is DisputeKind.PAYMENT_DISPUTE else DESKS[kind].members
        raw = Raw(content, _place(members, found.path))
        if kind is DisputeKind.PAYMENT_DISPUTE:
            return read_payment_dispute(found, self.account, raw, complete=False)
        # ReturnSummaryType is all there is to know of a return here; the others' lists leave their history out.
        return read_after_sale(kind, found, self.account, raw, complete=kind is DisputeKind.RETURN)

    # --- one dispute

    @hookimpl
    def get_dispute(self, request: GetDispute) -> Flow[Dispute]:
        """One dispute: getPaymentDispute with getActivities, or Post-Order's reading of the kind.

        Args:
            request: Which dispute.

        Raises:
            InvalidRequest: eBay has no such kind.
            InvalidSettings: The account's scopes or marketplace do not suffice.
        """
        self._require_access(request.kind)
        if request.kind is not DisputeKind.PAYMENT_DISPUTE:
            dispute, _ = yield from self._after_sale(request.kind, request.dispute_id)
            return dispute
        path = f"{_PAYMENTS}/{escape(request.dispute_id)}"
        response = yield from self.api.read("GET", path, host=_HOST, credential=_USER)
        log = yield from self.api.read("GET", f"{path}/activity", host=_HOST, credential=_USER)
        raw = Raw(response.content)
        return read_payment_dispute(response.object(), self.account, raw, history=log.object())

    def _payment(self, dispute_id: str) -> Flow[tuple[Dispute, datetime]]:
        """A payment dispute and the moment of the answer."""
        path = f"{_PAYMENTS}/{escape(dispute_id)}"
        response = yield from self.api.read("GET", path, host=_HOST, credential=_USER)
        dispute = read_payment_dispute(response.object(), self.account, Raw(response.content))
        return dispute, self._moment(response)

    def _after_sale(self, kind: DisputeKind, dispute_id: str) -> Flow[tuple[Dispute, datetime]]:
        desk = DESKS[kind]
        path = f"{desk.path}/{escape(dispute_id)}"
        response = yield from self._post_order(Effect.READ, "GET", path, query=list(desk.get))
        found, place = _inside(response.object(), desk)
        dispute = read_after_sale(kind, found, self.account, Raw(response.content, place))
        if dispute is None:
            raise NotFound("the seller began this cancellation: nobody asks anything", hint="read the order instead")
        return dispute, self._moment(response)

    # --- answers

    @hookimpl
    def accept_dispute(self, request: AcceptDispute) -> Flow[DisputeAnswer]:
        """acceptPaymentDispute; the full refund of an inquiry; the approval of a return or a cancellation.

        Args:
            request: Which dispute. A return address asks for the goods back (payment disputes only).

        Raises:
            InvalidRequest: The revision is missing, or a return address is missing or not whole.
            Conflict: The dispute has changed or cannot be accepted now.
            TooLate: Its deadline has passed.
            UnsupportedOption: A wish eBay has no field for in this kind.
            UnsupportedOperation: It is a case: eBay has withdrawn its refund call.
            InvalidSettings: Scopes, marketplace or signing key do not suffice.
        """
        self._require_access(request.kind)
        if request.kind is not DisputeKind.PAYMENT_DISPUTE:
            return (yield from self._reply(request, words.ACCEPT, acceptance(request)))
        if request.note is not None:
            raise UnsupportedOption(("note",), self.connector.name, words.ACCEPT)
        body: dict[str, object] = {"revision": _revision(request.revision)}
        if request.return_address is not None:
            body["returnAddress"] = return_address(request.return_address)
        dispute, now = yield from self._payment(request.dispute_id)
        if dispute.answer != words.ACCEPT:
            _check_payment(dispute, words.ACCEPT, request.revision, now)
            _check_return(dispute, request)
        return (yield from self._decide(dispute, "accept", body))

    @hookimpl
    def contest_dispute(self, request: ContestDispute) -> Flow[DisputeAnswer]:
        """contestPaymentDispute; the shipment for an inquiry; declining a return or a cancellation; appealing a case.

        Args:
            request: Which dispute, with what words. `note` has 1000 characters at most for payment disputes.

        Raises:
            InvalidRequest: The revision, the return address or the shipment is missing, or something does not fit.
            Conflict: The dispute has changed or cannot be contested now.
            TooLate: Its deadline has passed.
            UnsupportedOption: A wish eBay has no field for in this kind.
            InvalidSettings: Scopes, marketplace or signing key do not suffice.
        """
        self._require_access(request.kind)
        if request.kind is not DisputeKind.PAYMENT_DISPUTE:
            reply = objection(request, self.connector.settings.carrier_codes)
            return (yield from self._reply(request, words.CONTEST, reply))
        if request.shipment is not None:
            raise InvalidRequest(
                "eBay takes the tracking number of a payment dispute from the order",
                field="shipment",
                hint="declare the shipment (declare_shipment), then contest",
            )
        body: dict[str, object] = {"revision": _revision(request.revision)}
        if request.note is not None:
            if not request.note.strip() or len(request.note) > words.NOTE_MAX:
                raise InvalidRequest(f"a note has 1 to {words.NOTE_MAX} characters", field="note")
            body["note"] = request.note
        if request.return_address is not None:
            body["returnAddress"] = return_address(request.return_address)
        dispute, now = yield from self._payment(request.dispute_id)
        if dispute.answer != words.CONTEST:
            _check_payment(dispute, words.CONTEST, request.revision, now)
            if dispute.vendor_reason == words.NOT_AS_DESCRIBED and request.return_address is None:
                # FUL, ContestPaymentDisputeRequest.returnAddress: required for this reason.
                raise InvalidRequest("eBay needs a return address for this reason", field="return_address")
        return (yield from self._decide(dispute, "contest", body))

    def _decide(self, dispute: Dispute, action: str, body: dict[str, object]) -> Flow[DisputeAnswer]:
        """The answer itself. Where the dispute shows the same answer already it goes the same way: the ledger returns
        what was said then, and eBay refuses what another sent, since the revision is stale."""
        path = f"{_PAYMENTS}/{escape(dispute.dispute_id)}/{action}"
        response = yield from self.api.once("POST", path, host=_HOST, json=body, credential=_USER)
        return DisputeAnswer(
            dispute_id=dispute.dispute_id,
            kind=dispute.kind,
            status=DisputeStatus.WAITING,
            raw=Raw(response.content),
        )

    def _reply(self, request: AcceptDispute | ContestDispute, operation: str, reply: Reply) -> Flow[DisputeAnswer]:
        if reply.signed:
            self.connector.require_signature()
        dispute, now = yield from self._after_sale(request.kind, request.dispute_id)
        if operation not in dispute.choices:
            raise Conflict(f"eBay does not offer it now: the state is {dispute.vendor_status or 'not named'}")
        _check_deadline(dispute.respond_by, now)
        path = f"{DESKS[request.kind].path}/{escape(request.dispute_id)}/{reply.action}"
        response = yield from self._post_order(Effect.ONCE, "POST", path, json=reply.body)
        return DisputeAnswer(
            dispute_id=dispute.dispute_id,
            kind=dispute.kind,
            status=DisputeStatus.WAITING,
            raw=Raw(response.content),
        )

    # --- evidence

    @hookimpl
    def add_evidence(self, request: AddEvidence) -> Flow[DisputeAnswer]:
        """uploadEvidenceFile for each file, then addEvidence, or updateEvidence where there is such a set already.

        Files go out under their names in plain letters with a digest of their bytes; what the dispute shows under that
        digest is not sent again. Where all is there already, the set is returned.

        Args:
            request: JPEG and PNG files of 1.5 MB together at most, and what they show.

        Raises:
            InvalidRequest: eBay takes no such files, evidence or lines; nothing was sent.
            NotFound: There is no such request for evidence.
            Conflict: The dispute takes no evidence now.
            TooLate: The deadline has passed, before or while uploading; nothing is attached.
            UnsupportedOperation: It is no payment dispute.
        """
        limits = self.evidence_limits.get(request.kind)
        if limits is None:
            raise UnsupportedOperation(
                f"files for {request.kind.value} cannot be added", hint="add them in the Resolution Center"
            )
        limits.replace(max_files=self.connector.settings.evidence_files_max).check(request.evidence, request.files)
        self._require_access(request.kind)
        evidence_type = words.EVIDENCE_TYPE[request.evidence]
        dispute, now = yield from self._payment(request.dispute_id)
        held = showing.held_marks(dispute, evidence_type)
        missing = [file for file in request.files if showing.mark(file.content) not in held]
        if not missing:
            return self._attached(dispute, held[showing.mark(request.files[0].content)], dispute.raw)
        if words.ADD_EVIDENCE not in dispute.choices:
            raise Conflict(f"eBay takes no evidence now: the state is {dispute.vendor_status or 'not named'}")
        asked = showing.wanted_request(dispute, request)
        lines = showing.wanted_lines(dispute, request, asked)
        deadline = dispute.respond_by if asked is None else asked.respond_by or dispute.respond_by
        file_ids = []
        for file in missing:
            _check_deadline(deadline, now)
            file_id, now = yield from self._upload(request.dispute_id, file)
            file_ids.append(file_id)
        _check_deadline(deadline, now)
        existing = showing.set_of(dispute, evidence_type, lines)
        evidence_id = None if existing is None else existing.evidence_id
        body = showing.evidence_body(evidence_type, file_ids, lines, evidence_id)
        action = "add_evidence" if evidence_id is None else "update_evidence"
        path = f"{_PAYMENTS}/{escape(request.dispute_id)}/{action}"
        response = yield from self.api.once("POST", path, host=_HOST, json=body, credential=_USER)
        if evidence_id is None:
            evidence_id = needed_identifier(response.object(), "evidenceId")
        return self._attached(dispute, evidence_id, Raw(response.content))

    def _upload(self, dispute_id: str, file: EvidenceFile) -> Flow[tuple[str, datetime]]:
        response = yield from self.api.idempotent(
            "POST",
            f"{_PAYMENTS}/{escape(dispute_id)}/upload_evidence_file",
            host=_HOST,
            files={"file": showing.upload(file)},
            credential=_USER,
        )
        return needed_identifier(response.object(), "fileId"), self._moment(response)

    def _attached(self, dispute: Dispute, evidence_id: str, raw: Raw) -> DisputeAnswer:
        return DisputeAnswer(
            dispute_id=dispute.dispute_id,
            kind=dispute.kind,
            status=dispute.status,
            vendor_status=dispute.vendor_status,
            evidence_id=evidence_id,
            raw=raw,
        )

    # --- what all of them need

    def _require_access(self, kind: DisputeKind) -> None:
        """Stops what eBay would refuse for want of a scope or a marketplace, before anything is sent."""
        if kind not in paging.KINDS:
            raise InvalidRequest(f"eBay has no procedure {kind.value}", field="kind")
        reason = self.connector.lacks_for(kind)
        if reason is not None:
            raise InvalidSettings(reason, hint="or name only the other kinds of dispute")

    def _post_order(
        self,
        effect: Effect,
        method: str,
        path: str,
        *,
        query: list[tuple[str, str]] | None = None,
        json: dict[str, object] | None = None,
    ) -> Flow[Response]:
        headers = {"X-EBAY-C-MARKETPLACE-ID": self.connector.settings.marketplace or ""}
        if json is None:
            step = self.api.step(effect, method, path, query=query or [], headers=headers, credential=_USER)
        else:
            step = self.api.step(effect, method, path, json=json, headers=headers, credential=_USER)
        try:
            response: Response = yield step
        except NotFound as refusal:
            # Calls of this API have been withdrawn (Post-Order 2.8.0), and which ones is not published in full.
            refusal.hint = "it is unknown there, or eBay has withdrawn the call: look in Seller Hub"
            raise
        return response

    def _now(self) -> datetime:
        return self.connector.now()

    def _moment(self, response: Response) -> datetime:
        """When eBay answered, by its own clock where it says: its deadlines run by that."""
        return answered_at(response) or self._now()


def _revision(text: str | None) -> int:
    """FUL: the revision is required, and is the one the decision was made on; reading it here would defeat it."""
    if text is None:
        raise InvalidRequest(
            "eBay wants the revision the decision was made on",
            field="revision",
            hint="read the dispute, decide, and pass its revision",
        )
    if not (text.isascii() and text.isdigit()):
        raise InvalidRequest("eBay's revisions are whole numbers", field="revision")
    return int(text)


def _check_payment(dispute: Dispute, operation: str, revision: str | None, now: datetime) -> None:
    """Refuses what eBay would refuse, so that no claim is spent on it.

    Raises:
        Conflict: The dispute has changed, is over, or is answered otherwise.
        TooLate: Its deadline has passed.
    """
    if dispute.answer is not None:
        raise Conflict("the seller has answered already, in another way")
    if not dispute.is_open or (dispute.vendor_choices and operation not in dispute.choices):
        raise Conflict(f"eBay does not offer it now: the state is {dispute.vendor_status or 'not named'}")
    _check_deadline(dispute.respond_by, now)
    if dispute.revision is not None and revision is not None and int(dispute.revision) != int(revision):
        raise Conflict(
            f"the dispute has changed since: its revision is {dispute.revision}, not {revision}",
            hint="read it again, and decide again",
        )


def _check_return(dispute: Dispute, request: AcceptDispute) -> None:
    """FUL, SellerDecisionEnum: with the goods back and without are two choices."""
    if not dispute.vendor_choices:
        return
    wanted = words.SELLER_ACCEPT if request.return_address is None else words.SELLER_ACCEPT_WITH_RETURN
    if wanted not in dispute.vendor_choices:
        offered = "only with a return address" if request.return_address is None else "only without the goods back"
        raise InvalidRequest(f"eBay offers to accept it {offered}", field="return_address")


def _check_deadline(deadline: datetime | None, now: datetime) -> None:
    if deadline is not None and now > deadline:
        error = TooLate("the deadline has passed; nothing was answered")
        error.deadline = deadline.isoformat()
        raise error


def _inside(answer: JsonObject, desk: Desk) -> tuple[JsonObject, tuple[str, ...]]:
    """What was read, and where it is in the answer; eBay may leave the container out."""
    if desk.inside is None or desk.inside not in answer:
        return answer, ()
    return answer.child(desk.inside), (desk.inside,)


def _place(members: str, path: str) -> tuple[str | int, ...]:
    """Where an entry is in its page, from the reader's own path (`members[3]`)."""
    index = path.removeprefix(members).strip("[]")
    return (members, int(index)) if index.isdigit() else (members,)
