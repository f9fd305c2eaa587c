"""The kit catches what it says it catches: realistic faults, each found by the test that names it."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from tests.testing import test_karavel, test_stranger
from tests.testing.karavel.connector import KaravelConnector
from tests.testing.karavel.disputes import TURNS, KaravelDisputes, KaravelParcels
from tests.testing.stranger import orders as orders_module
from tests.testing.stranger import parcels as parcels_module
from tests.testing.stranger.connector import QuillConnector
from tests.testing.stranger.orders import QuillOrders
from tests.testing.stranger.parcels import QuillParcels
from tests.testing.stranger.replies import read_reply

from xborder_sdk.errors import InvalidCursor, InvalidRequest, MalformedResponse, Refused
from xborder_sdk.hookspecs import GOOD, SUPPORTED, Meaning, Token, verdict_from_status
from xborder_sdk.models import (
    Cursor,
    DisputeStatus,
    Document,
    DocumentFormat,
    DocumentKind,
    HoldReason,
    Money,
    Order,
    OrderStatus,
    Quote,
    Service,
    Shipment,
    ShipmentLookup,
)
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Effect, WireRequest
from xborder_sdk.testing import ConnectorTests, run_kit
from xborder_sdk.testing.comparing import differences, lacks

Members = dict[str, Any]

_LONG = {"test_a_missing_or_odd_place_crashes_nothing", "test_a_word_nobody_knows_is_unknown"}
"""Looked at in `test_stranger` only."""


@dataclass(frozen=True)
class Fault:
    """A fault and the test that must find it.

    Attributes:
        test: Name of the test.
        orders, parcels, connector: Members of the stranger's classes in place of the sound ones.
        disputes, bags: Members of Karavel's classes; a fault has these or those.
        says: Words of the message that a newcomer needs.
    """

    test: str
    orders: Members | None = None
    parcels: Members | None = None
    connector: Members | None = None
    disputes: Members | None = None
    bags: Members | None = None
    says: str = ""


def broken(fault: Fault) -> type[ConnectorTests]:
    """The tests of a sound connector over the same with a fault."""
    if fault.disputes is not None or fault.bags is not None:
        kinds: Any = (
            type("KaravelDisputes", (KaravelDisputes,), fault.disputes or {}),
            type("KaravelParcels", (KaravelParcels,), fault.bags or {}),
        )
        made: Any = type("KaravelConnector", (KaravelConnector,), {"kinds": kinds})
        return type("TestBroken", (test_karavel.TestKaravel,), {"connector": made})
    kinds = (type("QuillOrders", (QuillOrders,), fault.orders or {}),
             type("QuillParcels", (QuillParcels,), fault.parcels or {}))  # fmt: skip
    made = type("QuillConnector", (QuillConnector,), {"kinds": kinds, **(fault.connector or {})})
    return type("TestBroken", (test_stranger.TestQuill,), {"connector": made})


def order_with(change: Callable[[Order, JsonObject], dict[str, Any]]) -> Members:
    def _order(self: Any, found: JsonObject) -> Order:
        order = QuillOrders._order(self, found)
        return order.replace(**change(order, found))

    return {"_order": _order}


def meaning_with(change: Callable[[Any, JsonObject, Any], Any]) -> Members:
    def _meaning(self: Any, reply: JsonObject, response: Any) -> Any:
        return change(QuillConnector._meaning(self, reply, response), reply, response)

    return {"_meaning": _meaning}


def total_by(convert: Callable[[str], Decimal]) -> Members:
    def change(order: Order, found: JsonObject) -> dict[str, Any]:
        text = found.child("total").text_or_none("amount")
        if order.totals.total is None or text is None:
            return {}
        return {"totals": order.totals.replace(total=order.totals.total.replace(amount=convert(text)))}

    return order_with(change)


def in_euros(order: Order, found: JsonObject) -> dict[str, Any]:
    total = order.totals.total
    return {} if total is None else {"totals": order.totals.replace(total=Money(amount=total.amount, currency="EUR"))}


def local_created(order: Order, found: JsonObject) -> dict[str, Any]:
    local = datetime.fromisoformat((found.text("created"))[:19])
    return {"created_at": local.astimezone()}


def naive_created(order: Order, found: JsonObject) -> dict[str, Any]:
    return {"created_at": order.created_at.replace(tzinfo=None)}


def cursor_of(make: Callable[[str, str | None], Cursor | None]) -> Members:
    return {"_cursor": lambda self, after, since: make(after, since)}


def any_cursor(self: Any, cursor: Cursor, since: str | None) -> str:
    return str(cursor.state.get("after"))


def list_in_local_time(self: Any, request: Any) -> Any:
    if request.modified_from is not None:
        local = request.modified_from.astimezone().replace(tzinfo=UTC)
        request = request.replace(modified_from=local)
    return (yield from QuillOrders.list_orders(self, request))


def refund_by_read(self: Any, request: Any) -> Any:
    step = self.api.read("POST", "/refunds", json=refund_body(request), accept="application/xml")
    return read_refund((yield from step))


def refund_twice(self: Any, request: Any) -> Any:
    yield from self.api.once("POST", "/refunds", json=refund_body(request), accept="application/xml")
    return read_refund((yield from self.api.once("POST", "/refunds", json=refund_body(request))))


def refund_and_look(self: Any, request: Any) -> Any:
    response = yield from self.api.once("POST", "/refunds", json=refund_body(request), accept="application/xml")
    yield from self.api.read("GET", f"/orders/{request.order_id}", accept="application/xml")
    return read_refund(response)


def refund_body(request: Any) -> dict[str, Any]:
    body = {"order": request.order_id, "amount": request.amount.amount, "currency": request.amount.currency}
    return {**body, "reason": "LOST", "words": request.comment}


def read_refund(response: Any) -> Any:
    found = read_reply(response).child("refund")
    status = orders_module.REFUNDS.get(found.text("state"), orders_module.RefundStatus.UNKNOWN)
    return orders_module.Refund(refund_id=found.text("id"), status=status, vendor_status=found.text("state"),
                                amount=orders_module.money_or_none(found))  # fmt: skip


def buy_idempotently(self: Any, request: Any) -> Any:
    flow = QuillParcels.create_shipment(self, request)
    step = next(flow)
    reply = yield replace(step, effect=Effect.IDEMPOTENT)
    try:
        flow.send(reply)
    except StopIteration as end:
        return end.value


def buy_with_name_in_error(self: Any, request: Any) -> Any:
    if request.weight_g > 30_000:
        raise InvalidRequest(f"the parcel of {request.recipient.name} is too heavy", field="parcels.0.weight_g")
    return (yield from QuillParcels.create_shipment(self, request))


def buy_with_warning(self: Any, request: Any) -> Any:
    bought = yield from QuillParcels.create_shipment(self, request)
    return bought.replace(warnings=(f"bought for {request.recipient.name}",))


def buy_and_log(self: Any, request: Any) -> Any:
    logging.getLogger("tests.quill").warning("buying for %s", request.recipient.name)
    return (yield from QuillParcels.create_shipment(self, request))


def buy_without_looking(self: Any, request: Any) -> Any:
    light = request.replace(parcels=(request.parcels[0].replace(weight_g=1250),))
    return (yield from QuillParcels.create_shipment(self, light))


def get_with_key_in_error(self: Any, request: Any) -> Any:
    try:
        return (yield from QuillOrders.get_order(self, request))
    except Refused as refusal:
        key = self.connector.settings.key.get_secret_value()
        raise type(refusal)(f"{refusal.message}; there is no such order for {key}", code=refusal.code) from None


def track_by_marking(self: Any, request: Any) -> Any:
    yield from self.api.idempotent("POST", "/seen", json={"numbers": list(request.numbers)})
    return (yield from QuillParcels.track(self, request))


def quote_whatever_comes(self: Any, request: Any) -> Any:
    body = {"kilograms": self._kilograms(request), "to": request.recipient.country}
    response = yield from self.api.read("POST", "/quotes", json=body, accept="application/xml")
    try:
        root = ET.fromstring(response.content)
    except ET.ParseError:
        return ()
    return tuple(
        Quote(account=self.account, service=Service(code=one.findtext("service", ""), name=one.findtext("service", "")))
        for one in root.findall("quote")
    )


def quote_with_entities(self: Any, request: Any) -> Any:
    body = {"kilograms": self._kilograms(request), "to": request.recipient.country}
    response = yield from self.api.read("POST", "/quotes", json=body, accept="application/xml")
    try:
        root = ET.fromstring(response.content)
    except ET.ParseError:
        raise MalformedResponse("the answer should be XML") from None
    if root.tag != "reply":
        raise MalformedResponse("the answer should be a reply")
    return ()


def token_in_whole_numbers(self: Any, credential: str, held: Any) -> Any:
    form = {"shop": self.settings.shop, "key": self.settings.key.get_secret_value()}
    response = yield from self.api.read("POST", "/token", form=form, credential=None)
    answer = response.object()
    ends = self.now() + timedelta(seconds=answer.data["seconds"])
    return Token(access=SecretStr(answer.text("token")), expires_at=ends)


def scan_by_table(self: Any, found: JsonObject) -> Any:
    scan = QuillParcels._scan(self, found)
    return scan.replace(status=parcels_module.SCANS[scan.code])


def scan_or_delivered(self: Any, found: JsonObject) -> Any:
    scan = QuillParcels._scan(self, found)
    return scan.replace(status=parcels_module.SCANS.get(scan.code or "", parcels_module.TrackingStatus.DELIVERED))


def refund_in_euros(self: Any, request: Any) -> Any:
    usual = request.replace(amount=request.amount.replace(currency="EUR"))
    return (yield from QuillOrders.refund_order(self, usual))


def label_without_care(self: Any, text: str | None, waybill: str) -> Any:
    import base64

    content = base64.b64decode(text or "", validate=True)
    return QuillParcels._label(self, base64.b64encode(content).decode(), waybill)


def track_in_the_vendors_order(self: Any, request: Any) -> Any:
    found = yield from QuillParcels.track(self, request)
    return tuple(sorted(found, key=lambda one: (not one.found, one.number)))


def track_each_once(self: Any, request: Any) -> Any:
    found = yield from QuillParcels.track(self, request.replace(numbers=tuple(dict.fromkeys(request.numbers))))
    return found


def scans_as_they_come(self: Any, number: str, found: JsonObject) -> Any:
    scans = tuple(self._scan(one) for one in found.children("scan"))
    return QuillParcels._tracking(self, number, found).replace(scans=(*scans, *scans))


def scans_for_nobody(self: Any, request: Any) -> Any:
    found = yield from QuillParcels.track(self, request)
    return tuple(one if one.found else one.replace(scans=found[0].scans) for one in found)


def label_called(changes: dict[str, Any]) -> Members:
    def _label(self: Any, text: str | None, waybill: str) -> Any:
        label = QuillParcels._label(self, text, waybill)
        return None if label is None else label.replace(**changes)

    return {"_label": _label}


def label_as_it_comes(self: Any, text: str | None, waybill: str) -> Any:
    return QuillParcels._label(self, text, waybill) or Document(
        kind=DocumentKind.LABEL, format=DocumentFormat.OTHER, content=(text or "").encode()
    )


def label_or_nothing(self: Any, text: str | None, waybill: str) -> Any:
    label = QuillParcels._label(self, text, waybill)
    if label is None:
        raise MalformedResponse("field label cannot be decoded")
    return label


def buy_with(change: Callable[[Any], dict[str, Any]]) -> Members:
    def create_shipment(self: Any, request: Any) -> Any:
        bought = yield from QuillParcels.create_shipment(self, request)
        return bought.replace(**change(bought))

    return {"create_shipment": create_shipment}


def buy_and_sleep(self: Any, request: Any) -> Any:
    time.sleep(0.001)
    return (yield from QuillParcels.create_shipment(self, request))


def find_whatever_comes(self: Any, request: Any) -> Any:
    response = yield from self.api.read("GET", "/shipments", query={"reference": request.reference}, accept="a/xml")
    for one in read_reply(response).children("shipment"):
        return ShipmentLookup(shipment=Shipment(account=self.account, waybill=one.text("number")))
    return ShipmentLookup()


def none_is_proof(self: Any, request: Any) -> Any:
    return (yield from QuillParcels.find_shipment(self, request)).replace(absence_proven=True)


def support_by_asking(self: Any, operation: str) -> Any:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", 9), timeout=0.1):
        pass
    return SUPPORTED


def cursor_of_connector_alone(self: Any, cursor: Cursor, since: str | None) -> str:
    after = cursor.state.get("after")
    if cursor.connector != "quill" or not isinstance(after, str):
        raise InvalidCursor("the cursor belongs to another list")
    return after


def hand_over_with(change: Callable[[Any, Any], dict[str, Any]]) -> Members:
    def hand_over(self: Any, request: Any) -> Any:
        given = yield from KaravelParcels.hand_over(self, request)
        return given.replace(**change(given, request))

    return {"hand_over": hand_over}


def buy_with_one_line_of_street(self: Any, request: Any) -> Any:
    recipient = request.recipient.replace(lines=request.recipient.lines[:2])
    return (yield from QuillParcels.create_shipment(self, request.replace(recipient=recipient)))


def public_helper(self: Any, request: Any) -> Any:
    return request


def unheld(*reasons: HoldReason) -> Members:
    def change(order: Order, found: JsonObject) -> dict[str, Any]:
        return {"holds": tuple(hold for hold in order.holds if hold.reason not in reasons)}

    return order_with(change)


def good_below_300(verdict: Any, reply: Any, response: Any) -> Any:
    return GOOD if response.status < 300 else verdict


def classify_unavailable_as_unexecuted(self: Any, response: Any) -> Any:
    if response.status == 503:
        return replace(verdict_from_status(response), not_executed=True)
    return QuillConnector.classify(self, response)


FAULTS: dict[str, Fault] = {
    # pages
    "the last page is lost": Fault(
        "test_every_page_follows_the_one_before",
        orders=cursor_of(
            lambda after, since: (
                None if after == "p3" else Cursor(connector="quill", state={"after": after, "since": since})
            )
        ),
        says="the pages behind it are lost",
    ),
    "a cursor holds an object": Fault(
        "test_every_page_follows_the_one_before",
        orders=cursor_of(
            lambda after, since: Cursor(connector="quill", state={"after": after, "since": datetime.now(UTC)})
        ),
    ),
    "a cursor loses its filter": Fault(
        "test_every_page_follows_the_one_before",
        orders=cursor_of(lambda after, since: Cursor(connector="quill", state={"after": after})),
    ),
    "anybody's cursor is taken": Fault(
        "test_a_cursor_of_somebody_else_is_refused", orders={"_place": any_cursor}, says="is taken for its own"
    ),
    "a list never ends": Fault(
        "test_a_page_that_is_said_again_does_not_go_on_for_ever",
        orders=cursor_of(
            lambda after, since: Cursor(connector="quill", state={"after": after + uuid4().hex, "since": since})
        ),
        says="ever new cursors",
    ),
    # money
    "money is a float": Fault(
        "test_its_numbers_are_exact_and_its_times_have_zones",
        orders=total_by(lambda text: Decimal(str(float(text) * 3 - float(text) * 2))),
        says="it has been a float",
    ),
    "money is a rounded float": Fault(
        "test_a_price_is_never_a_float",
        orders=total_by(lambda text: Decimal(str(float(text)))),
        says="a float on its way",
    ),
    "the currency is assumed": Fault(
        "test_a_currency_is_the_one_the_vendor_says", orders=order_with(in_euros), says="the vendor says XTS"
    ),
    "the amount is in cents": Fault(
        "test_it_returns_what_the_file_promises", orders=total_by(lambda text: Decimal(text) * 100)
    ),
    # time
    "a time has no zone": Fault("test_it_returns_what_the_file_promises", orders=order_with(naive_created)),
    "a time is read in the zone of the machine": Fault(
        "test_the_time_zone_of_the_machine_changes_nothing", orders=order_with(local_created), says="under TZ="
    ),
    "a time goes out in the zone of the machine": Fault(
        "test_the_time_zone_of_the_machine_changes_nothing",
        orders={"list_orders": list_in_local_time},
        says="what goes out is another",
    ),
    # effects
    "a purchase goes out again after 503": Fault(
        "test_an_effect_without_an_answer_is_a_doubt_and_never_repeated",
        connector={"classify": classify_unavailable_as_unexecuted},
    ),
    "a purchase may be repeated": Fault(
        "test_an_effect_without_an_answer_is_a_doubt_and_never_repeated",
        parcels={"create_shipment": buy_idempotently},
        says="it must be OutcomeUnknown",
    ),
    "an effect is marked as a read": Fault(
        "test_what_must_not_happen_twice_is_marked_once", orders={"refund_order": refund_by_read}, says="no `once` step"
    ),
    "a flow has two once steps": Fault(
        "test_a_flow_has_one_once_step_and_nothing_after_it",
        orders={"refund_order": refund_twice},
        says="2 `once` steps",
    ),
    "something follows the once step": Fault(
        "test_a_flow_has_one_once_step_and_nothing_after_it", orders={"refund_order": refund_and_look}, says="follows"
    ),
    "a refusal leaves a doubt": Fault(
        "test_a_refused_effect_may_be_tried_again",
        connector=meaning_with(lambda verdict, reply, response: replace(verdict, not_executed=False)),
        says="after a refusal a second call does not go out",
    ),
    "a question changes something": Fault("test_a_question_changes_nothing", parcels={"track": track_by_marking}),
    # refusals, tokens, throttles
    "a refusal inside a 200 is swallowed": Fault(
        "test_it_refuses_as_the_file_says", connector=meaning_with(good_below_300), says="the file says NotFound"
    ),
    "a refusal inside a 200 is an empty list": Fault(
        "test_a_documented_refusal_is_never_a_success",
        connector=meaning_with(good_below_300),
        says="is taken for a success",
    ),
    "an expired token is a refusal": Fault(
        "test_an_expired_token_is_renewed_once",
        connector=meaning_with(
            lambda verdict, reply, response: (
                replace(verdict, meaning=Meaning.REFUSED) if verdict.meaning is Meaning.TOKEN_EXPIRED else verdict
            )
        ),
        says="expired_token",
    ),
    "a throttle is a refusal": Fault(
        "test_a_throttled_call_waits_and_goes_on",
        connector=meaning_with(
            lambda verdict, reply, response: (
                replace(verdict, meaning=Meaning.REFUSED) if verdict.meaning is Meaning.THROTTLED else verdict
            )
        ),
        says="throttled",
    ),
    "a web page is a success": Fault(
        "test_an_unreadable_answer_is_never_a_success", parcels={"quote": quote_whatever_comes}, says="a web page"
    ),
    # odd answers
    "an unknown code crashes": Fault(
        "test_a_word_nobody_knows_is_unknown", parcels={"_scan": scan_by_table}, says="KeyError"
    ),
    "an unknown code is guessed": Fault(
        "test_a_word_nobody_knows_is_unknown",
        orders=order_with(lambda order, found: {"status": OrderStatus.AWAITING_SHIPMENT}),
        says="it must be UNKNOWN",
    ),
    "the vendor's word is lost": Fault(
        "test_a_word_nobody_knows_is_unknown",
        orders=order_with(
            lambda order, found: {"vendor_status": None if order.status is OrderStatus.UNKNOWN else order.vendor_status}
        ),
        says="keep the vendor's own word",
    ),
    "a missing optional field crashes": Fault(
        "test_a_missing_or_odd_place_crashes_nothing",
        orders=order_with(lambda order, found: {"modified_at": datetime.fromisoformat(found.data["changed"])}),  # type: ignore[arg-type]
        says="KeyError",
    ),
    "a label that is none crashes": Fault(
        "test_a_missing_or_odd_place_crashes_nothing", parcels={"_label": label_without_care}
    ),
    "a number as text crashes": Fault(
        "test_numbers_told_as_text_are_read_alike", connector={"token": token_in_whole_numbers}, says="seconds"
    ),
    # wishes
    "insurance is ignored": Fault(
        "test_an_option_it_honours_makes_a_difference",
        parcels={"_extras": lambda self, request: {"signature": True}},
        says="honours insurance",
    ),
    "an option is honoured in words only": Fault(
        "test_an_option_it_honours_makes_a_difference",
        orders={"honours": {**QuillOrders.honours, "list_orders": frozenset({"modified_from", "statuses"})}},
        says="honours statuses",
    ),
    "a weight is rounded down": Fault(
        "test_a_weight_is_never_rounded_down",
        parcels={"_kilograms": lambda self, request: Decimal(request.weight_g // 100) / 10},
        says="1001 g go out as",
    ),
    "a weight is a float": Fault(
        "test_its_numbers_are_exact_and_its_times_have_zones",
        parcels={"_kilograms": lambda self, request: request.weight_g / 1000},
        says="kilograms",
    ),
    "the reference is too long": Fault(
        "test_a_purchase_carries_its_reference",
        parcels={"_reference": lambda self, request: f"XB-{QuillParcels._reference(self, request)}"},
        says="it goes out as",
    ),
    "what is refused is not said before": Fault(
        "test_what_it_would_refuse_is_said_before",
        connector={"check_shipment": lambda self, request: ()},
        says="check_shipment says nothing",
    ),
    "what is held is bought": Fault(
        "test_what_it_would_refuse_is_said_before",
        parcels={"create_shipment": buy_without_looking},
        says="check_shipment holds",
    ),
    # silence
    "an error tells the key": Fault(
        "test_nothing_secret_or_personal_is_told",
        orders={"get_order": get_with_key_in_error},
        says="a secret of the account",
    ),
    "an error names the buyer": Fault(
        "test_nothing_secret_or_personal_is_told",
        parcels={"create_shipment": buy_with_name_in_error},
        says="names a person",
    ),
    "a warning names the buyer": Fault(
        "test_nothing_secret_or_personal_is_told",
        parcels={"create_shipment": buy_with_warning},
        says="the result's repr",
    ),
    "a log names the buyer": Fault(
        "test_nothing_secret_or_personal_is_told", parcels={"create_shipment": buy_and_log}, says="the log names"
    ),
    # results that make no sense
    "an order in an unknown state may ship": Fault(
        "test_an_order_that_must_not_ship_is_held", orders=unheld(HoldReason.UNKNOWN_STATE), says="is unknown"
    ),
    "an order that is not paid may ship": Fault(
        "test_an_order_that_must_not_ship_is_held", orders=unheld(HoldReason.UNPAID), says="its payment is unpaid"
    ),
    "an order that is void may ship": Fault(
        "test_an_order_that_must_not_ship_is_held", orders=unheld(HoldReason.CANCELLED), says="its status is cancelled"
    ),
    "an order without an address may ship": Fault(
        "test_an_order_that_must_not_ship_is_held", orders=unheld(HoldReason.NO_ADDRESS), says="it has no address"
    ),
    "an action is no operation": Fault(
        "test_what_may_be_done_now_names_operations",
        parcels=buy_with(lambda bought: {"actions": frozenset({"get_label"})}),
        says="get_label, which is no operation",
    ),
    "tracking answers in the vendor's order": Fault(
        "test_each_number_has_its_answer", parcels={"track": track_in_the_vendors_order}, says="the answers are for"
    ),
    "a number asked twice is answered once": Fault(
        "test_each_number_has_its_answer", parcels={"track": track_each_once}, says="asked for"
    ),
    "scans come twice": Fault(
        "test_scans_are_there_once_and_oldest_first", parcels={"_tracking": scans_as_they_come}, says="from_scans"
    ),
    "a number that is not found has scans": Fault(
        "test_scans_are_there_once_and_oldest_first", parcels={"track": scans_for_nobody}, says="not found"
    ),
    "a label is called by another format": Fault(
        "test_papers_are_what_they_are_called",
        parcels=label_called({"format": DocumentFormat.PNG}),
        says="is called png",
    ),
    "a number is there and comes later": Fault(
        "test_papers_are_what_they_are_called",
        parcels=buy_with(lambda bought: {"tracking_number": bought.waybill, "number_pending": True}),
        says="number_pending",
    ),
    "what cannot be decoded is a label": Fault(
        "test_a_paper_that_cannot_be_read_is_no_paper", parcels={"_label": label_as_it_comes}, says="is no paper"
    ),
    "a bad label costs the waybill": Fault(
        "test_a_paper_that_cannot_be_read_is_no_paper", parcels={"_label": label_or_nothing}, says="purchase is lost"
    ),
    "a bad label is left out in silence": Fault(
        "test_a_paper_that_cannot_be_read_is_no_paper",
        parcels=buy_with(lambda bought: {"warnings": ()}),
        says="in silence",
    ),
    "another purchase is taken for the one looked for": Fault(
        "test_a_found_purchase_is_the_one_looked_for",
        parcels={"find_shipment": find_whatever_comes},
        says="is taken for",
    ),
    "absence is proven by a look-up that only finds": Fault(
        "test_a_found_purchase_is_the_one_looked_for", parcels={"find_shipment": none_is_proof}, says="claims less"
    ),
    # more of the others
    "a cursor of other wishes is taken": Fault(
        "test_a_cursor_of_other_wishes_is_refused",
        orders={"_place": cursor_of_connector_alone},
        says="a cursor of another modified_from",
    ),
    "a flow sleeps": Fault(
        "test_a_flow_only_yields_steps", parcels={"create_shipment": buy_and_sleep}, says="it sleeps"
    ),
    "support opens a connection": Fault(
        "test_what_it_supports_is_said_without_asking_anybody",
        connector={"support": support_by_asking},
        says="it opens a connection",
    ),
    "an answer may declare entities": Fault(
        "test_an_unreadable_answer_is_never_a_success",
        parcels={"quote": quote_with_entities},
        says="a document with entities of its own",
    ),
    "a line of the street is dropped": Fault(
        "test_an_address_goes_out_whole", parcels={"create_shipment": buy_with_one_line_of_street}, says="'Gate 9'"
    ),
    "a refund goes out in the usual currency": Fault(
        "test_an_amount_goes_out_in_its_currency",
        orders={"refund_order": refund_in_euros},
        says="does not go out in XTS",
    ),
    "an unknown scan is a delivery": Fault(
        "test_a_word_nobody_knows_is_unknown", parcels={"_scan": scan_or_delivered}, says="(Scan.status) is DELIVERED"
    ),
    # bags and disputes
    "what the carrier leaves out is swallowed": Fault(
        "test_what_is_handed_over_is_accounted_for",
        bags=hand_over_with(lambda given, request: {"not_taken": ()}),
        says="P-101 is neither taken nor left out",
    ),
    "what the carrier leaves out is taken too": Fault(
        "test_what_is_handed_over_is_accounted_for",
        bags=hand_over_with(lambda given, request: {"waybills": request.waybills}),
        says="P-101 is told more than once",
    ),
    "evidence is not held against the limits": Fault(
        "test_evidence_beyond_the_limits_is_refused",
        disputes={"_check_files": lambda self, request: None},
        says="a text is not refused",
    ),
    "an offer is not held against the most": Fault(
        "test_an_offer_beyond_what_is_allowed_is_refused",
        disputes={"_check_amount": lambda self, amount, most: None},
        says="more than amount_max",
    ),
    "an answer comes after the deadline": Fault(
        "test_nothing_is_answered_after_the_deadline",
        disputes={"_check_time": lambda self, due: None},
        says="a day after its deadline",
    ),
    "a choice is no operation": Fault(
        "test_what_may_be_done_now_names_operations",
        disputes={"_choices": lambda self: frozenset({"propose"})},
        says="propose, which is no operation",
    ),
    "an unknown turn in a pair of name and value is won": Fault(
        "test_a_word_nobody_knows_is_unknown",
        disputes={"_status": lambda self, turn: TURNS.get(turn or "", DisputeStatus.WON)},
        says="it must be UNKNOWN",
    ),
    "a helper is public": Fault(
        "test_it_registers", disputes={"helper": public_helper}, says="until then nothing else of it is tested"
    ),
    # declarations
    "a result names another account": Fault(
        "test_results_name_their_account",
        orders=order_with(lambda order, found: {"account": "quill"}),
        says="self.account",
    ),
    "an operation is misspelt": Fault(
        "test_it_registers", orders={"list_order": QuillOrders.list_orders}, says="did you mean list_orders?"
    ),
    "an option is misspelt": Fault(
        "test_what_it_declares_of_operations_names_real_ones",
        orders={"honours": {"list_orders": frozenset({"modified_form"})}},
        says="did you mean modified_from?",
    ),
    "support is a flow": Fault(
        "test_what_it_supports_is_said_without_asking_anybody",
        connector={"support": lambda self, operation: (yield from ())},
        says="it is a function, not a flow",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_the_test_that_names_it(name: str) -> None:
    fault = FAULTS[name]
    verdicts = run_kit(broken(fault), [fault.test])
    found = [verdict for verdict in verdicts if verdict.error is not None]
    assert found, f"{fault.test} passes over it ({len(verdicts)} cases)"
    assert fault.says in "\n".join(str(verdict) for verdict in found)


def test_there_are_many() -> None:
    assert len(FAULTS) >= 20
    assert len({fault.test for fault in FAULTS.values()}) >= 20


def test_the_sound_connector_has_none_of_them() -> None:
    """All of the kit runs over them in modules of their own; here what finds the faults finds nothing without one."""
    wanted = {fault.test for fault in FAULTS.values()} - _LONG
    verdicts = [*run_kit(test_stranger.TestQuill, wanted), *run_kit(test_karavel.TestKaravel, wanted)]
    assert [str(verdict) for verdict in verdicts if verdict.error is not None] == []
    assert {verdict.test for verdict in verdicts} == wanted


def test_of_a_connector_that_cannot_be_used_only_that_is_told() -> None:
    verdicts = run_kit(broken(FAULTS["a helper is public"]))
    assert [verdict.test for verdict in verdicts] == ["test_it_registers"]


def test_a_moment_is_the_same_in_any_zone() -> None:
    assert list(lacks({"at": "2026-07-01T10:30:00+01:00"}, {"at": "2026-07-01T09:30:00Z"})) == []
    assert list(lacks({"at": "2026-07-01T10:30:00+01:00"}, {"at": "2026-07-01T10:30:00Z"})) != []
    assert list(lacks({"at": "2026-07-01T10:30:00"}, {"at": "2026-07-01T10:30:00Z"})) != []


def test_documents_that_differ_are_told_by_the_place() -> None:
    sent = WireRequest("POST", "https://a.example/rpc", (), b"<a><b>1</b><c>x</c></a>")
    expect = {"method": "POST", "path": "/rpc", "xml": "<a><b>1</b><c>y</c><d>2</d></a>"}
    told = list(differences(expect, sent, None, {"api": "https://a.example"}))
    assert told == ['body c[0]: sent "x", expected "y"', 'body d[0]: not sent, expected "2"']
