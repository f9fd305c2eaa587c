"""Builds an evidence pack: asks the platform and the carriers, draws what they say, and says what they do not.

Only reads; nothing is sent that changes anything. What cannot be had does not stop the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from xborder_sdk.client import Client
from xborder_sdk.disputes import papers
from xborder_sdk.disputes.files import given_as, make_files
from xborder_sdk.disputes.limits import evidence_limits
from xborder_sdk.disputes.pack import Attachment, EvidencePack, EvidenceParcel, Letter, Missing, Piece
from xborder_sdk.documents.evidence_book import Chapter, bind
from xborder_sdk.documents.evidence_fonts import Fonts
from xborder_sdk.documents.evidence_pages import Paper, draw_paper
from xborder_sdk.documents.evidence_pictures import as_document
from xborder_sdk.documents.labels import LabelDocument
from xborder_sdk.errors import DocumentError, InvalidRequest, NotFound, UnsupportedOperation, XborderError
from xborder_sdk.hookspecs import (
    GetDispute,
    GetOrder,
    GetProofOfDelivery,
    ListDeclaredShipments,
    TrackParcels,
)
from xborder_sdk.ledger.port import EffectState
from xborder_sdk.models import (
    Dispute,
    EvidenceKind,
    EvidenceLimits,
    Order,
    Tracking,
    TrackingStatus,
    sniffed_type,
)

T = TypeVar("T")

_MEDIA_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg"})
_HISTORY = 2000
_LAST = datetime.max.replace(tzinfo=UTC)


def build_evidence(
    client: Client,
    order_account: str,
    order_id: str,
    *,
    dispute: Dispute | None = None,
    parcels: Sequence[EvidenceParcel] = (),
    letters: Sequence[Letter] = (),
    attachments: Sequence[Attachment] = (),
    limits: EvidenceLimits | None = None,
    fonts: Sequence[Path] = (),
    language: str | None = None,
) -> EvidencePack:
    """Builds an evidence pack from the order, its parcels and what the caller adds. Equal facts give equal bytes.

    Args:
        client: Asks platform and carriers; only reads.
        order_account: Account of the platform.
        order_id: The order.
        dispute: What the pack is for; decides the limits and what is asked for.
        parcels: The order's parcels; without them, those the ledger saw bought for it.
        letters: Correspondence, in the order in which it is shown.
        attachments: Files of the seller's own: PDF, PNG or JPEG.
        limits: The platform's limits, where no dispute tells them.
        fonts: TrueType files for characters that the built-in font lacks.
        language: Language in which carriers are asked for their texts, ISO 639-1.

    Raises:
        GlyphsMissing: A text has characters that no font can draw; it names them.
        InvalidRequest: The dispute is of another order or account, or an attachment is no PDF, PNG or JPEG.
        DocumentError: An attachment or a font cannot be used.
        MissingExtra: The extra `labels` is not installed.
        XborderError: The order cannot be read.
    """
    if dispute is not None:
        if (dispute.account, dispute.order_id) != (order_account, order_id):
            raise InvalidRequest("the dispute is about another order", field="dispute")
        if not dispute.complete:
            dispute = client.get_dispute(order_account, GetDispute(dispute_id=dispute.dispute_id, kind=dispute.kind))
        limits = limits or evidence_limits(client, dispute.account, dispute.kind)
    own = [(attachment, _opened(attachment)) for attachment in attachments]
    order = client.get_order(order_account, GetOrder(order_id=order_id))
    gathering = _Gathering(client, order, Fonts.with_own(*fonts), language)
    gathering.add_parcels(parcels or parcels_of(client, order))
    for attachment, document in own:
        gathering.add_file(attachment.kind, attachment.title, attachment.content, document)
    gathering.add_notice()
    gathering.add_order()
    gathering.add_letters(letters)
    return gathering.pack(dispute, limits)


def parcels_of(client: Client, order: Order) -> tuple[EvidenceParcel, ...]:
    """The parcels that this ledger saw bought for an order.

    Args:
        client: Whose ledger is looked at; nobody is asked.
        order: The order.
    """
    lines = tuple((order.account, order.order_id, line.line_id, line.quantity) for line in order.lines)
    whole = "ship/" + ",".join(sorted(f"{account}/{of}/{line}x{pieces}" for account, of, line, pieces in lines))
    latest = client.store.latest(whole)
    rows = [latest] if latest is not None else []
    start = f"{order.account}/{order.order_id}/"
    rows += [
        row
        for row in client.store.history(limit=_HISTORY)
        if any(line.startswith(start) for line in row.intent.removeprefix("ship/").split(","))
    ]
    found = {
        row.outcome_id: EvidenceParcel(account=row.account, number=row.outcome_id, bought_at=row.sent_at)
        for row in rows
        if row.operation == "create_shipment" and row.state is EffectState.SETTLED and row.outcome_id is not None
    }
    return tuple(sorted(found.values(), key=lambda parcel: (parcel.bought_at or _LAST, parcel.number)))


class _Gathering:
    """What has been gathered so far."""

    def __init__(self, client: Client, order: Order, fonts: Fonts, language: str | None) -> None:
        self._client = client
        self._order = order
        self._fonts = fonts
        self._language = language
        self._platform = client.connector(order.account).title
        self._found: list[tuple[EvidenceKind, str, Paper | tuple[bytes, LabelDocument]]] = []
        self._missing: list[Missing] = []
        self._parcels: tuple[EvidenceParcel, ...] = ()
        self._delivered = False

    def add_parcels(self, parcels: Sequence[EvidenceParcel]) -> None:
        self._parcels = tuple(parcels)
        if not parcels:
            reason = "no parcel of this order was bought through this ledger; name it with its carrier's account"
            self._lacks("Proof of delivery", reason)
            self._lacks("Tracking history", reason)
        several = len(parcels) > 1
        for parcel in parcels:
            of = f" {parcel.number}" if several else ""
            carrier = self._client.connector(parcel.account).title
            self._add_proof(parcel, carrier, of)
            self._add_tracking(parcel, carrier, of)

    def _add_proof(self, parcel: EvidenceParcel, carrier: str, of: str) -> None:
        title = f"Proof of delivery{of}"
        wish = GetProofOfDelivery(waybill=parcel.number)
        documents = self._ask(title, carrier, lambda: self._client.get_proof_of_delivery(parcel.account, wish))
        for number, document in enumerate(documents or (), start=1):
            named = f"{title}, from {carrier}" + (f" ({number})" if number > 1 else "")
            try:
                self.add_file(EvidenceKind.PROOF_OF_DELIVERY, named, document.content, as_document(document.content))
            except DocumentError as error:
                self._lacks(named, f"the carrier's file cannot be shown ({type(error).__name__})")

    def _add_tracking(self, parcel: EvidenceParcel, carrier: str, of: str) -> None:
        title = f"Tracking history{of}"
        wish = TrackParcels(numbers=(parcel.number,), language=self._language)
        answer = self._ask(title, carrier, lambda: self._client.track(parcel.account, wish))
        if answer is None:
            return
        tracking: Tracking | None = next(iter(answer), None)
        if tracking is None or not tracking.found:
            self._lacks(title, f"{carrier} does not know this number (yet)")
            return
        self._delivered = self._delivered or tracking.status is TrackingStatus.DELIVERED
        paper = papers.tracking_paper(parcel, carrier, tracking, self._order)
        self._found.append((EvidenceKind.TRACKING, title, paper))

    def add_notice(self) -> None:
        title = "Shipping notice"
        wish = ListDeclaredShipments(order_id=self._order.order_id)
        told = self._ask(title, self._platform, lambda: self._client.list_declared_shipments(self._order.account, wish))
        if told:
            self._found.append((EvidenceKind.OTHER, title, papers.notice_paper(self._order, self._platform, told)))
        elif told is not None:
            self._lacks(title, f"{self._platform} has been told of no shipment")

    def add_order(self) -> None:
        self._found.append((EvidenceKind.OTHER, "Order", papers.order_paper(self._order, self._platform)))

    def add_letters(self, letters: Sequence[Letter]) -> None:
        if letters:
            paper = papers.letters_paper(letters, self._order)
            self._found.append((EvidenceKind.CORRESPONDENCE, "Correspondence", paper))
        else:
            self._lacks("Correspondence", "none was handed over")

    def add_file(self, kind: EvidenceKind, title: str, content: bytes, document: LabelDocument) -> None:
        self._found.append((kind, title, (content, document)))

    def pack(self, dispute: Dispute | None, limits: EvidenceLimits | None) -> EvidencePack:
        # All texts at once, so that one look says every character that is missing.
        self._fonts.check(text for _, title, made in self._found for text in _texts(title, made))
        pieces, chapters = [], []
        for kind, title, made in self._found:
            if isinstance(made, Paper):
                content = draw_paper(made, self._fonts)
                chapters.append(Chapter(title, LabelDocument.read(content), has_margins=True))
            else:
                content = made[0]
                chapters.append(Chapter(title, made[1]))
            media_type = sniffed_type(content) or "application/pdf"
            pieces.append(Piece(kind=kind, title=title, media_type=media_type, content=content))
        files, left_out = make_files(
            pieces,
            limits,
            lambda kind: None if limits is None else given_as(kind, limits, dispute, self._delivered),
        )
        missing = [*self._missing, *left_out, *_unanswered(dispute, {file.kind for file in files})]
        facts: tuple[tuple[str, str], ...] = (("Platform", self._platform), ("Order", self._order.order_id))
        if dispute is not None:
            facts += papers.dispute_facts(dispute)
        facts += tuple(("Parcel", parcel.number) for parcel in self._parcels)
        pdf = bind(
            "Evidence",
            f"{self._platform} order {self._order.order_id}",
            facts,
            chapters,
            [(one.title, one.reason) for one in missing],
            self._fonts,
        )
        return EvidencePack(
            account=self._order.account,
            order_id=self._order.order_id,
            dispute_id=None if dispute is None else dispute.dispute_id,
            dispute_kind=None if dispute is None else dispute.kind,
            pieces=tuple(pieces),
            missing=tuple(missing),
            files=files,
            limits=limits,
            parcels=self._parcels,
            delivered=self._delivered,
            pdf=pdf,
        )

    def _ask(self, title: str, whom: str, question: Callable[[], T]) -> T | None:
        """An answer; None where there is none, which is then said. Reasons are ours: a vendor's words may be any."""
        try:
            return question()
        except NotFound:
            self._lacks(title, f"{whom} has none (yet)")
        except UnsupportedOperation:
            self._lacks(title, f"{whom} cannot be asked for it")
        except XborderError as error:
            self._lacks(title, f"{whom} did not give it now ({type(error).__name__}); try again")
        return None

    def _lacks(self, title: str, reason: str) -> None:
        self._missing.append(Missing(title=title, reason=reason))


def _opened(attachment: Attachment) -> LabelDocument:
    if sniffed_type(attachment.content) not in _MEDIA_TYPES:
        raise InvalidRequest(
            f"{attachment.title} is no PDF, PNG or JPEG by its bytes", field="attachments", hint="convert it first"
        )
    return as_document(attachment.content)


def _texts(title: str, made: Paper | tuple[bytes, LabelDocument]) -> list[str]:
    return [title, *(made.texts() if isinstance(made, Paper) else ())]


def _unanswered(dispute: Dispute | None, shown: set[EvidenceKind]) -> list[Missing]:
    """What the platform asks for and no file shows."""
    if dispute is None:
        return []
    given = {piece.evidence_id for piece in dispute.evidence if piece.files or piece.parcels}
    asked = [wish for wish in dispute.requests if wish.request_id not in given and wish.kind not in shown]
    return [
        Missing(
            title=f"Asked for: {wish.kind.value.replace('_', ' ')}",
            reason="no file here shows it; wanted by " + (papers.when(wish.respond_by) or "a time nobody names"),
        )
        for wish in asked
    ]
