"""Results that make sense: what must not ship is held, answers belong to what was asked, papers are what they say."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator

from xborder_sdk.hookspecs import StopTracking, TrackParcels
from xborder_sdk.models import (
    CancellationStatus,
    Dispute,
    Document,
    DocumentFormat,
    HandOver,
    LookupPower,
    Order,
    OrderStatus,
    PaymentStatus,
    Shipment,
    ShipmentLookup,
    Tracking,
    in_order,
    sniffed_type,
)
from xborder_sdk.runtime.operations import OPERATIONS
from xborder_sdk.testing.exchange import Exchange
from xborder_sdk.testing.kit import Case, Kit, answers_of, firsts, over
from xborder_sdk.testing.leaves import UNHEARD_OF, Change, body_of, changes_of, sampled
from xborder_sdk.testing.results import walk
from xborder_sdk.testing.stage import Played

_SAMPLE = 60
_GONE = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED})
_THERE = frozenset({PaymentStatus.PAID, PaymentStatus.PART_REFUNDED})
_MEDIA = {
    DocumentFormat.PDF: "application/pdf",
    DocumentFormat.PNG: "image/png",
    DocumentFormat.JPEG: "image/jpeg",
    DocumentFormat.GIF: "image/gif",
    DocumentFormat.TIFF: "image/tiff",
}
_NO_PAPER = "no base64!"


def _operations(*names: str) -> Callable[[type[Kit]], Iterator[Case]]:
    """One case for each of these operations that has a good exchange; without names for every operation."""

    def make(cls: type[Kit]) -> Iterator[Case]:
        for one in firsts(cls):
            if one.operation in (names or OPERATIONS):
                yield Case(one.operation, one, operation=one.operation)

    return make


class SenseTests(Kit):
    """What results say agrees with itself and with what was asked."""

    @over(_operations("get_order", "list_orders"))
    def test_an_order_that_must_not_ship_is_held(self, case: Case) -> None:
        """Not paid, cancelled, without an address, or in a state that nobody knows: a hold says so."""
        good = self._good(case.operation)
        for exchange, played in good:
            self._are_held(exchange, played, "as the file says")
        # Another hold would hide the one that is missing.
        exchange = next((one for one, played in good if _may_ship(played.result)), case.given)
        with self.stage(exchange) as stage:
            for number, turn in enumerate(exchange.turns):
                body = body_of(turn.answer.content)
                places = [] if body is None else body.places()
                for place in sampled([one for one in places if Change.UNHEARD_OF in changes_of(one)], _SAMPLE):
                    assert body is not None  # noqa: S101 - it has places
                    for change in (Change.UNHEARD_OF, Change.DROPPED):
                        replies = answers_of(exchange)
                        replies[number] = turn.answer.saying(body.changed(place, change))
                        played = stage.play(exchange.operation, self.request(exchange), replies)
                        self._are_held(exchange, played, f"with {place} {change.value}")

    def _are_held(self, exchange: Exchange, played: Played, how: str) -> None:
        for found in walk(played.result):
            order = found.value
            why = _why_to_hold(order) if isinstance(order, Order) and not order.holds else None
            if why is not None:
                self.fail(
                    f"{exchange.name}, {how}: {found.path} has no hold, but {why}",
                    played=played,
                    hint="give the order a Hold that names the field; whoever ships looks at `holds`",
                )

    @over(_operations())
    def test_what_may_be_done_now_names_operations(self, case: Case) -> None:
        """`actions` and `choices` name operations that exist, so that whoever calls them is not refused."""
        for exchange, played in self._good(case.operation):
            for found in walk(played.result):
                one = found.value
                names = getattr(one, "choices" if isinstance(one, Dispute) else "actions", None)
                if not isinstance(one, (Dispute, Order, Shipment)) or not names:
                    continue
                if names - OPERATIONS.keys():
                    told = ", ".join(sorted(names - OPERATIONS.keys()))
                    self.fail(f"{exchange.name}: {found.path} offers {told}, which is no operation", played=played)

    @over(_operations("track", "stop_tracking"))
    def test_each_number_has_its_answer(self, case: Case) -> None:
        """One answer for each number asked, in the order asked, also for one that is asked twice."""
        for exchange, played in self._good(case.operation):
            self._are_answered(exchange, self.request(exchange), played)
        exchange = case.given
        if len(exchange.turns) != 1:
            return  # which numbers go into which batch is the connector's
        request = self.request(exchange)
        for numbers in (tuple(reversed(request.numbers)), (*request.numbers, request.numbers[0])):
            other = request.replace(numbers=numbers)
            with self.stage(exchange) as stage:
                played = stage.play(exchange.operation, other, answers_of(exchange))
            if played.error is None:
                self._are_answered(exchange, other, played)

    def _are_answered(self, exchange: Exchange, request: TrackParcels | StopTracking, played: Played) -> None:
        told = [one.number for one in played.result]
        if told != list(request.numbers):
            self.fail(
                f"{exchange.operation}: asked for {', '.join(request.numbers)}, the answers are for {', '.join(told)}",
                played=played,
                hint="tuple(known.get(n) or Tracking(number=n, found=False) for n in request.numbers)",
            )

    @over(_operations("track"))
    def test_scans_are_there_once_and_oldest_first(self, case: Case) -> None:
        """Scans are in the order of `in_order`, without repeats, and of a number that is not known there are none."""
        for exchange, played in self._good(case.operation):
            for found in walk(played.result):
                one = found.value
                if not isinstance(one, Tracking):
                    continue
                if one.scans != in_order(one.scans):
                    self.fail(
                        f"{exchange.name}: {found.path} has scans twice, or not oldest first",
                        played=played,
                        hint="Tracking.from_scans(number, scans) puts them in order",
                    )
                if not one.found and one.scans:
                    self.fail(f"{exchange.name}: {found.path} is not found, but has scans", played=played)

    @over(_operations("create_shipment", "get_shipment", "find_shipment", "get_documents", "get_proof_of_delivery"))
    def test_papers_are_what_they_are_called(self, case: Case) -> None:
        """A PDF is one, papers are of the kinds asked for, and a number that comes later is not there."""
        for exchange, played in self._good(case.operation):
            for found in walk(played.result):
                one = found.value
                if isinstance(one, Shipment) and one.number_pending and one.tracking_number is not None:
                    self.fail(f"{exchange.name}: {found.path} has a number, and number_pending", played=played)
                if not isinstance(one, Document):
                    continue
                wanted = _MEDIA.get(one.format)
                if wanted is not None and sniffed_type(one.content) != wanted:
                    self.fail(
                        f"{exchange.name}: {found.path} is called {one.format.value}, but its bytes are not",
                        played=played,
                        hint="look at the first bytes; what cannot be read is a warning, or MalformedResponse",
                    )
                kinds = getattr(self.request(exchange), "kinds", ())
                if kinds and one.kind not in kinds:
                    self.fail(
                        f"{exchange.name}: {found.path} is a {one.kind.value}, which nobody asked for",
                        played=played,
                    )

    @over(_operations("create_shipment", "get_documents", "get_proof_of_delivery"))
    def test_a_paper_that_cannot_be_read_is_no_paper(self, case: Case) -> None:
        """What cannot be decoded is no paper, and a purchase is told all the same: the waybill is worth more."""
        for exchange, good in self._good(case.operation):
            papers = [found.value.content for found in walk(good.result) if isinstance(found.value, Document)]
            with self.stage(exchange) as stage:
                for number, content in self._without_papers(exchange, papers):
                    replies = answers_of(exchange)
                    replies[number] = exchange.turns[number].answer.saying(content)
                    played = stage.play(exchange.operation, self.request(exchange), replies)
                    for found in walk(played.result):
                        if isinstance(found.value, Document) and found.value.content not in papers:
                            self.fail(
                                f"{exchange.name}: {found.path} is no paper, but what stood in its place",
                                played=played,
                                hint="decode it strictly and look at the first bytes",
                            )
                    if exchange.operation == "create_shipment" and played.error is not None:
                        self.fail(
                            f"{exchange.name}: without a readable label the purchase is lost:"
                            f" {type(played.error).__name__}",
                            played=played,
                            hint="keep the waybill, and say in `warnings` that the label cannot be read",
                        )
                    if isinstance(played.result, Shipment) and played.result.warnings == good.result.warnings:
                        self.fail(
                            f"{exchange.name}: a label that cannot be read is left out in silence",
                            played=played,
                            hint="say in `warnings` that the label cannot be read",
                        )

    def _without_papers(self, exchange: Exchange, papers: list[bytes]) -> Iterator[tuple[int, bytes]]:
        for number, turn in enumerate(exchange.turns):
            body = body_of(turn.answer.content)
            for place in [] if body is None else body.places():
                if body is not None and isinstance(place.value, str) and _decoded(place.value) in papers:
                    yield number, body.with_values({place.steps: _NO_PAPER})

    @over(_operations("hand_over"))
    def test_what_is_handed_over_is_accounted_for(self, case: Case) -> None:
        """Each shipment that was named is among those taken or among those left out, and none is among both."""
        for exchange, played in self._good(case.operation):
            result = played.result
            if not isinstance(result, HandOver):
                continue
            taken, left = list(result.waybills), [waybill for waybill, _ in result.not_taken]
            for waybill in self.request(exchange).waybills:
                count = taken.count(waybill) + left.count(waybill)
                if count != 1:
                    told = "neither taken nor left out" if count == 0 else "told more than once"
                    self.fail(
                        f"{exchange.name}: {waybill} is {told}",
                        played=played,
                        hint="`waybills` are those the carrier took, `not_taken` those it left out",
                    )

    @over(_operations("find_shipment"))
    def test_a_found_purchase_is_the_one_looked_for(self, case: Case) -> None:
        """What the carrier finds for another reference is not taken for it, and only an authority proves absence."""
        for exchange, played in self._good(case.operation):
            result = played.result
            if isinstance(result, ShipmentLookup) and result.absence_proven:
                powers = {getattr(getattr(kind, "profile", None), "lookup", None) for kind in self.connector.kinds}
                if LookupPower.AUTHORITY not in powers:
                    self.fail(f"{exchange.name}: says absence_proven, but the profile claims less", played=played)
            request = self.request(exchange)
            if played.result.shipment is None or not _says(exchange, request.reference):
                continue
            with self.stage(exchange) as stage:
                other = request.replace(reference=f"{UNHEARD_OF}"[: len(request.reference)])
                played = stage.play(exchange.operation, other, answers_of(exchange))
            if played.error is None and played.result.shipment is not None:
                self.fail(
                    f"{exchange.name}: what was bought with {request.reference} is taken for {other.reference}",
                    played=played,
                    hint="compare the reference of each that is found with request.reference",
                )

    def _good(self, operation: str) -> list[tuple[Exchange, Played]]:
        good = [one for one in self.playable() if one.operation == operation and one.is_good]
        found = [(one, self.play(one)) for one in good]
        return [(one, played) for one, played in found if played.error is None]  # others are told by another test


def _may_ship(result: object) -> bool:
    orders = [found.value for found in walk(result) if isinstance(found.value, Order)]
    return any(not order.holds for order in orders)


def _why_to_hold(order: Order) -> str | None:
    is_over = order.status is OrderStatus.CANCELLED and order.cancellation is CancellationStatus.CANCELLED
    if order.status in _GONE or is_over:
        return None
    if order.status in {OrderStatus.CANCELLED, OrderStatus.UNKNOWN, OrderStatus.AWAITING_PAYMENT}:
        return f"its status is {order.status.value}"
    if order.payment not in {*_THERE, PaymentStatus.UNKNOWN}:  # a word for the money that nobody knows, the core holds
        return f"its payment is {order.payment.value}"
    if order.cancellation is not CancellationStatus.NONE:
        return f"its cancellation is {order.cancellation.value}"
    return "it has no address" if order.ship_to is None else None


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _says(exchange: Exchange, text: str) -> bool:
    bodies = [body_of(turn.answer.content) for turn in exchange.turns]
    return any(place.value == text for body in bodies if body is not None for place in body.places())
