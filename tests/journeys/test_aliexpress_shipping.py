"""Online shipping: services, purchase, the number that comes later, labels, hand-over, and the way to the door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from tests.disputes.conftest import SENDER
from tests.journeys.aliexpress import DAY, SHOP, Seller, asked, before, lose, marketplace, selling, session_of

from xborder_sdk.documents import LabelDocument, read_barcodes
from xborder_sdk.errors import (
    AnswerTooLarge,
    InvalidRequest,
    MalformedResponse,
    NotFound,
    OutcomeUnknown,
    Refused,
    UnsupportedOperation,
    VendorDown,
)
from xborder_sdk.hookspecs import (
    CancelShipment,
    CreateShipment,
    GetDocuments,
    GetShipment,
    HandOverParcels,
    KnownParcel,
    ListServices,
    LogisticsProvider,
    QuoteShipment,
    ShippedLine,
    TrackParcels,
)
from xborder_sdk.ledger import EffectState
from xborder_sdk.models import (
    Address,
    Battery,
    CustomsDeclaration,
    CustomsLine,
    Dimensions,
    DocumentKind,
    HandOverMethod,
    Money,
    Order,
    Parcel,
    Shipment,
    Tracking,
    TrackingStatus,
)

CREATE, CREATE_OLDER = "aliexpress.logistics.order.createorder", "aliexpress.logistics.createwarehouseorder"
BAG = "cainiao.global.handover.commit"
AT_ONCE, LATER, ZIPPED = "CPAM_WLB_FPXSZ", "CAINIAO_STANDARD_FPXSZ", "CPAM_WLB_CPHSH"
PERSON = SENDER.replace(name="林安琪", phone="+86 13800138000")
WAYS: dict[str, tuple[str, bool, dict[str, Any]]] = {
    "simplified": ("sync", True, {}),
    "wrapped, older call": ("async", False, {"logistics_order": "createwarehouseorder", "pickup_type": "SELF_SEND"}),
    "older gateway": ("sync", True, {"gateway": "top", "refresh_token": None}),
}


class Desk:
    """A seller who ships online."""

    def __init__(self, seller: Seller, create: str) -> None:
        self.seller = seller
        self.sandbox = seller.sandbox
        self.call = seller.call
        self.create = create

    def order(self, **more: Any) -> Order:
        receiver = {"contact_person": "Odile Varenne", "country": "FR", "city": "Paris", "zip": "75011"}
        receiver |= {"country_name": "France", "province": "Ile-de-France", "detail_address": "12 rue des Tilleuls"}
        return self.seller.add(**{"items": [{"sku": "LAMP-01"}], "receiver": receiver} | more)

    def wish(self, order: Order, service: str | None = AT_ONCE, kind: Any = CreateShipment, **more: Any) -> Any:
        return wish(order, self.seller.time.now(), service, kind, **more)

    def buy(self, order: Order, service: str = AT_ONCE, **more: Any) -> Shipment:
        bought: Shipment = self.call.create_shipment(SHOP, self.wish(order, service, **more))
        return bought

    def label(self, bought: Shipment, **more: Any) -> Any:
        wanted = GetDocuments(waybill=bought.waybill, order_id=bought.order_id, tracking_number=bought.tracking_number)
        (document,) = self.call.get_documents(SHOP, wanted, **more)
        return document

    def track(self, bought: Shipment) -> Tracking:
        assert bought.tracking_number is not None
        known = KnownParcel(number=bought.tracking_number, order_id=bought.order_id, service=bought.service)
        (found,) = self.call.track(SHOP, TrackParcels(numbers=(bought.tracking_number,), known=(known,)))
        return found  # type: ignore[no-any-return]

    def purchases(self, order: Order) -> int:
        """How many purchases for the order have reached the platform."""
        return len([sent for sent in asked(self.sandbox, self.create) if sent["trade_order_id"] == order.order_id])

    def parcels(self, order: Order) -> list[dict[str, Any]]:
        """What the platform holds for the order."""
        held = self.sandbox.sandbox.vendors["aliexpress"].state()["parcels"]
        return [one for one in held if str(one["trade_order_id"]) == order.order_id]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    with marketplace("empty") as handle:
        yield handle


@contextmanager
def sitting(sandbox: Any, way: str) -> Iterator[Desk]:
    driver, simplifies, changes = WAYS[way]
    sessions = {}
    if changes.get("gateway") == "top":
        sessions = {SHOP: session_of(sandbox).access.get_secret_value()}
    sandbox.admin("aliexpress", "settings", simplifies=simplifies)
    with selling(sandbox, driver, changes=changes, sessions=sessions) as seller:
        yield Desk(seller, CREATE_OLDER if "logistics_order" in changes else CREATE)
    sandbox.admin("aliexpress", "settings", simplifies=True)
    sandbox.world.faults.clear()


@pytest.fixture(params=WAYS)
def desk(request: pytest.FixtureRequest, sandbox: Any) -> Iterator[Desk]:
    with sitting(sandbox, request.param) as found:
        yield found


@pytest.fixture(params=WAYS)
def patient(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """At a platform of its own, for tests in which weeks pass."""
    with marketplace("empty") as sandbox, sitting(sandbox, request.param) as found:
        yield found


@pytest.fixture
def plain(sandbox: Any) -> Iterator[Desk]:
    """One way only, where it does not matter which."""
    with selling(sandbox) as seller:
        yield Desk(seller, CREATE)


def goods(order: Order, **more: Any) -> tuple[CustomsLine, ...]:
    values: dict[str, Any] = {"description": "LED desk lamp", "description_local": "台灯", "unit_weight_g": 60}
    values |= {"hs_code": "940521", "origin": "CN", "battery": Battery.NONE} | more
    return tuple(
        CustomsLine(
            quantity=line.quantity, unit_value=line.unit_price, sku=line.sku, order_line_id=line.line_id, **values
        )
        for line in order.lines
    )


def wish(order: Order, now: Any, service: str | None, kind: Any = CreateShipment, **more: Any) -> Any:
    inside = tuple(
        ShippedLine(account=SHOP, order_id=order.order_id, line_id=line.line_id, quantity=line.quantity)
        for line in order.lines
    )
    values: dict[str, Any] = {
        "contents": inside,
        "sender": SENDER,
        "recipient": order.ship_to,
        "parcels": (parcel(250),),
        "ship_at": now,
        "service": service,
        "customs": CustomsDeclaration(invoice_number="INV-1", invoice_date=now.date(), lines=goods(order)),
    }
    return kind(**values | more)


def parcel(weight_g: int) -> Parcel:
    return Parcel(weight_g=weight_g, dimensions=Dimensions(length_mm=200, width_mm=150, height_mm=60))


# -- services and prices -----------------------------------------------------------------------------------------------


def test_services_and_prices(desk: Desk) -> None:
    order = desk.order()
    services = {one.code for one in desk.call.list_services(SHOP, desk.wish(order, None, ListServices))}
    quotes = {one.service.code: one for one in desk.call.quote(SHOP, desk.wish(order, None, QuoteShipment))}
    assert services == set(quotes)
    assert {AT_ONCE, LATER} <= services
    price, public = quotes[AT_ONCE].price, quotes[AT_ONCE].public_price
    assert price is not None
    assert public is not None
    assert (price.currency, price.amount < public.amount) == ("CNY", True)
    assert quotes[LATER].transit_days == 45
    (only,) = desk.call.quote(SHOP, desk.wish(order, AT_ONCE, QuoteShipment))
    assert only.service.code == AT_ONCE
    russia = desk.order(receiver={"country": "RU", "country_name": "Russian Federation"})
    assert "HRB_WLB_ZTOGZ" in {one.code for one in desk.call.list_services(SHOP, desk.wish(russia, None, ListServices))}
    dear = {
        one.service.code: one
        for one in desk.call.quote(SHOP, desk.wish(order, None, QuoteShipment, parcels=(parcel(1900),)))
    }
    assert dear[AT_ONCE].price.amount > price.amount


# -- from the purchase to the door -------------------------------------------------------------------------------------


def test_from_the_purchase_to_the_door(patient: Desk) -> None:
    desk = patient
    order = desk.order()
    bought = desk.buy(order)
    assert bought.waybill.startswith("LP") or desk.create == CREATE_OLDER  # whose answer names no LP number
    assert bought.order_id == order.order_id
    assert not bought.number_pending
    document = desk.label(bought)
    (page,) = pypdfium2.PdfDocument(document.content)
    assert [round(each / 72 * 25.4) for each in page.get_size()] == [100, 150]
    codes = {code.text for code in read_barcodes(LabelDocument.read(document.content))}
    (held,) = desk.parcels(order)
    assert {bought.tracking_number, held["out_order_code"]} <= codes
    assert desk.label(bought).content == document.content
    assert not desk.track(bought).found
    method = HandOverMethod.BROUGHT if desk.create == CREATE_OLDER else HandOverMethod.COLLECTED
    handed = desk.call.hand_over(SHOP, HandOverParcels(waybills=(bought.waybill,), sender=PERSON, method=method))
    assert handed.waybills == (bought.waybill,)
    assert handed.not_taken == ()
    papers = desk.call.get_documents(
        SHOP,
        GetDocuments(waybill=handed.confirmation, kinds=(DocumentKind.BAG_LABEL, DocumentKind.MANIFEST)),
    )
    assert [paper.kind for paper in papers] == [DocumentKind.BAG_LABEL, DocumentKind.MANIFEST]
    inside = {code.text for code in read_barcodes(LabelDocument.read(papers[0].content))}
    assert handed.bag_number in inside
    seen = []
    for _ in range(60):
        desk.seller.pass_(DAY)
        tracking = desk.track(bought)
        if tracking.found:
            seen.append(tracking.status)
        if tracking.status.is_final:
            break
    assert seen[0] in {TrackingStatus.PICKED_UP, TrackingStatus.IN_TRANSIT, TrackingStatus.LABEL_CREATED}
    assert seen[-1] in {TrackingStatus.DELIVERED, TrackingStatus.RETURNED, TrackingStatus.EXCEPTION}
    assert TrackingStatus.UNKNOWN not in {scan.status for scan in tracking.scans}
    times = [scan.at for scan in tracking.scans if scan.at is not None]
    assert times == sorted(times)
    assert all(each <= desk.seller.time.now() for each in times)


def test_a_number_that_comes_later(desk: Desk) -> None:
    order = desk.order()
    bought = desk.buy(order, LATER)
    assert bought.number_pending
    with pytest.raises(NotFound) as missing:
        desk.label(bought)
    assert missing.value.hint is not None
    waiting = desk.call.get_shipment(SHOP, GetShipment(waybill=bought.waybill, order_id=order.order_id))
    assert waiting.number_pending
    desk.seller.pass_(1300)
    come = desk.call.get_shipment(SHOP, GetShipment(waybill=bought.waybill, order_id=order.order_id))
    assert not come.number_pending
    assert come.waybill in {bought.waybill, desk.parcels(order)[0]["out_order_code"]}
    assert desk.call.get_shipment(SHOP, GetShipment(waybill=bought.waybill)).tracking_number == come.tracking_number
    codes = {code.text for code in read_barcodes(LabelDocument.read(desk.label(come).content))}
    assert come.tracking_number in codes


def test_a_label_that_comes_as_an_archive(plain: Desk) -> None:
    order = plain.order()
    with selling(plain.sandbox, changes={"pickup_type": "SELF_SEND", "label_details": True}) as seller:
        sender = Desk(seller, CREATE)
        bought = sender.buy(order, ZIPPED)
        document = sender.label(bought)
    assert document.content.startswith(b"%PDF")
    assert document.name == f"{bought.tracking_number}.pdf"
    assert bought.tracking_number in {code.text for code in read_barcodes(LabelDocument.read(document.content))}
    text = pypdfium2.PdfDocument(document.content)[0].get_textpage().get_text_range()
    assert "LAMP-01 x1" in text


def test_a_problem_parcel_is_told(desk: Desk) -> None:
    bought = desk.buy(desk.order())
    desk.label(bought)
    desk.sandbox.admin("aliexpress", "scan", parcel=bought.waybill, status="warehouse_reject_goods")
    tracking = desk.track(bought)
    assert tracking.found
    assert tracking.status in {TrackingStatus.EXCEPTION, TrackingStatus.RETURNING, TrackingStatus.RETURNED}
    assert any(scan.reason == "problem_parcel" for scan in tracking.scans)


def test_a_scan_that_nobody_knows_changes_no_state(desk: Desk) -> None:
    bought = desk.buy(desk.order())
    desk.label(bought)
    desk.sandbox.admin("aliexpress", "scan", parcel=bought.waybill, action_code="GWMS_ACCEPT")
    before_it = desk.track(bought).status
    desk.sandbox.admin("aliexpress", "scan", parcel=bought.waybill, action_code="BRAND_NEW", event_desc="?")
    tracking = desk.track(bought)
    assert tracking.status is before_it
    assert tracking.scans[-1].status is TrackingStatus.UNKNOWN
    assert tracking.scans[-1].code == "BRAND_NEW"


def test_parcels_that_go_by_different_ways_into_a_bag(plain: Desk) -> None:
    bought = [plain.buy(plain.order()) for _ in range(3)]
    handed = plain.call.hand_over(
        SHOP, HandOverParcels(waybills=tuple(one.waybill for one in bought), sender=PERSON, weight_g=750, note="3")
    )
    assert set(handed.waybills) == {one.waybill for one in bought}
    with pytest.raises(Refused):  # they are in a bag already
        plain.call.hand_over(SHOP, HandOverParcels(waybills=(bought[0].waybill,), sender=PERSON))
    with pytest.raises(InvalidRequest):
        plain.call.hand_over(
            SHOP, HandOverParcels(waybills=(bought[0].waybill,), sender=PERSON, method=HandOverMethod.POSTED)
        )


def test_a_posted_bag_names_its_courier(plain: Desk) -> None:
    with selling(plain.sandbox, changes={"pickup_type": "SELF_POST", "domestic_carrier_id": 505}) as seller:
        desk = Desk(seller, CREATE)
        bought = desk.buy(desk.order())
        handed = desk.call.hand_over(
            SHOP, HandOverParcels(waybills=(bought.waybill,), sender=PERSON, domestic_number="SF1234567890")
        )
    assert handed.waybills == (bought.waybill,)
    (sent,) = [one for one in asked(plain.sandbox, BAG) if bought.waybill in one["order_code_list"]]
    assert (sent["type"], sent["domestic_logistics_company_id"]) == ("self_post", "505")


def test_what_was_bought_cannot_be_voided(plain: Desk) -> None:
    bought = plain.buy(plain.order())
    with pytest.raises(UnsupportedOperation):
        plain.call.cancel_shipment(SHOP, CancelShipment(waybill=bought.waybill))


# -- lost answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["status", "reset", "silence"])
def test_a_lost_purchase_is_found_by_asking_the_platform(desk: Desk, fault: str) -> None:
    other, order = desk.order(), desk.order()
    request = desk.wish(order)
    lose(desk.sandbox, fault, before(desk.sandbox, desk.create, lambda: desk.buy(other)))
    with pytest.raises(OutcomeUnknown):
        desk.call.create_shipment(SHOP, request, deadline_s=0.8)
    record = desk.call.settle(SHOP, LogisticsProvider.create_shipment, request)
    (held,) = desk.parcels(order)
    assert (record.state, record.outcome_id) == (EffectState.SETTLED, held["out_order_code"])
    assert desk.purchases(order) == 1


def test_a_purchase_that_never_arrived_stays_a_doubt(desk: Desk) -> None:
    other, order = desk.order(), desk.order()
    request = desk.wish(order)
    skip = before(desk.sandbox, desk.create, lambda: desk.buy(other))
    desk.sandbox.inject({"kind": "reset"}, vendor="aliexpress", path="*", skip=skip)
    with pytest.raises(OutcomeUnknown):
        desk.call.create_shipment(SHOP, request)
    record = desk.call.settle(SHOP, LogisticsProvider.create_shipment, request)
    assert record.state not in {EffectState.SETTLED, EffectState.RELEASED}  # absence cannot be proven
    with pytest.raises(OutcomeUnknown):
        desk.call.create_shipment(SHOP, request)
    assert desk.parcels(order) == []


def test_half_an_answer_of_a_purchase_is_found_too(desk: Desk) -> None:
    other, order = desk.order(), desk.order()
    request = desk.wish(order)
    skip = before(desk.sandbox, desk.create, lambda: desk.buy(other))
    for fault in ("half", "html"):
        desk.sandbox.world.faults.clear()
        desk.sandbox.inject({"kind": fault}, vendor="aliexpress", path="*", skip=skip)
        with pytest.raises(OutcomeUnknown):
            desk.call.create_shipment(SHOP, request)
        assert desk.call.settle(SHOP, LogisticsProvider.create_shipment, request).state is EffectState.SETTLED
        order = desk.order()
        request = desk.wish(order)
    assert desk.purchases(order) == 0


def test_a_second_parcel_on_purpose_is_not_taken_for_the_lost_one(desk: Desk) -> None:
    other, order = desk.order(), desk.order()
    first = desk.buy(order)
    again = desk.wish(order, attempt=2)
    lose(desk.sandbox, "status", before(desk.sandbox, desk.create, lambda: desk.buy(other)))
    with pytest.raises(OutcomeUnknown):
        desk.call.create_shipment(SHOP, again)
    record = desk.call.settle(SHOP, LogisticsProvider.create_shipment, again)
    assert record.state is EffectState.SETTLED
    assert record.outcome_id not in {None, first.waybill}
    assert len(desk.parcels(order)) == 2


def test_a_lost_bag_is_a_doubt(desk: Desk) -> None:
    method = HandOverMethod.BROUGHT if desk.create == CREATE_OLDER else HandOverMethod.COLLECTED

    def bag() -> HandOverParcels:
        return HandOverParcels(waybills=(desk.buy(desk.order()).waybill,), sender=PERSON, method=method)

    one, two = bag(), bag()
    known = len(asked(desk.sandbox, BAG))
    lose(desk.sandbox, "status", before(desk.sandbox, BAG, lambda: desk.call.hand_over(SHOP, one)))
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            desk.call.hand_over(SHOP, two)
    assert len(asked(desk.sandbox, BAG)) == known + 2


@pytest.mark.parametrize("kind", ["status", "half", "html", "empty", "reset"])
def test_a_label_is_fetched_again_after_a_fault(desk: Desk, waits: Any, kind: str) -> None:
    bought = desk.buy(desk.order())
    desk.sandbox.inject({"kind": kind} | ({"status": 503} if kind == "status" else {}), vendor="aliexpress", path="*")
    document = desk.label(bought)
    assert bought.tracking_number in {code.text for code in read_barcodes(LabelDocument.read(document.content))}
    assert len(waits) == 1
    assert desk.purchases(desk.seller.order(bought.order_id or "")) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "mutate", "path": "result", "op": "drop"}, NotFound),
        ({"kind": "unknown_code", "path": "result", "value": '{"StatusCode":500,"body":"nothing"}'}, Refused),
        (
            {"kind": "unknown_code", "path": "result", "value": '{"StatusCode":200,"body":"bm8gUERG"}'},
            MalformedResponse,
        ),
        (
            {"kind": "unknown_code", "path": "result", "value": '{"StatusCode":200,"body":"UEsDBA=="}'},
            MalformedResponse,
        ),
        ({"kind": "unknown_code", "path": "result", "value": "%%%"}, MalformedResponse),
        ({"kind": "huge"}, AnswerTooLarge),
    ],
)
def test_a_label_that_is_none_is_told_as_what_it_is(plain: Desk, fault: dict[str, Any], error: type[Exception]) -> None:
    bought = plain.buy(plain.order())
    plain.sandbox.inject(fault, vendor="aliexpress", path="*")
    with pytest.raises(error):
        plain.label(bought)
    assert plain.label(bought).content.startswith(b"%PDF")


def test_a_label_that_is_down_for_long_says_so(desk: Desk, waits: Any) -> None:
    bought = desk.buy(desk.order())
    desk.sandbox.inject({"kind": "html"}, vendor="aliexpress", path="*", times=None)
    try:
        with pytest.raises(VendorDown):
            desk.label(bought)
    finally:
        desk.sandbox.world.faults.clear()


# -- told before anything is bought ------------------------------------------------------------------------------------


def cut(order: Order, **more: Any) -> dict[str, Any]:
    return {
        "customs": CustomsDeclaration(
            invoice_number="INV-1", invoice_date=order.created_at.date(), lines=goods(order, **more)
        )
    }


def to(order: Order, **more: Any) -> dict[str, Any]:
    assert order.ship_to is not None
    return {"recipient": order.ship_to.replace(**more)}


WRONG: dict[str, tuple[Any, str]] = {
    "2.001 kg": (lambda order: {"parcels": (parcel(2001),)}, "parcels.0.weight_g"),
    "goods of 2.001 kg": (lambda order: cut(order, unit_weight_g=2001), "customs.lines.0.unit_weight_g"),
    "a side of 61 cm": (
        lambda order: {
            "parcels": (Parcel(weight_g=250, dimensions=Dimensions(length_mm=610, width_mm=10, height_mm=10)),)
        },
        "parcels.0.dimensions",
    ),
    "two parcels": (lambda order: {"parcels": (parcel(250), parcel(250))}, "parcels"),
    "21 Chinese letters": (
        lambda order: cut(order, description_local="台灯" * 10 + "台"),
        "customs.lines.0.description_local",
    ),
    "no Chinese name": (lambda order: cut(order, description_local=None), "customs.lines.0.description_local"),
    "61 English letters": (lambda order: cut(order, description="L" * 61), "customs.lines.0.description"),
    "an emoji name of goods": (
        lambda order: cut(order, description_local="台灯💡"),
        "customs.lines.0.description_local",
    ),
    "an emoji in the name": (lambda order: to(order, name="Zoë 🦊"), "recipient.name"),
    "an emoji in the street": (lambda order: to(order, lines=("12 rue des 🌳",)), "recipient.lines.0"),
    "a private letter": (lambda order: to(order, name="Odile \ue000"), "recipient.name"),
    "a value in euros": (
        lambda order: {
            "customs": CustomsDeclaration(
                invoice_number="INV-1",
                invoice_date=order.created_at.date(),
                lines=tuple(
                    line.replace(unit_value=Money(amount=Decimal("1.00"), currency="EUR")) for line in goods(order)
                ),
            )
        },
        "customs.lines.0.unit_value",
    ),
    "no battery said": (lambda order: cut(order, battery=None), "customs.lines.0.battery"),
    "no declaration": (lambda order: {"customs": None}, "customs"),
}


@pytest.mark.parametrize("situation", WRONG)
def test_what_cannot_be_shipped_is_told_before_anything_is_asked(plain: Desk, situation: str) -> None:
    change, field = WRONG[situation]
    order = plain.order()
    request = plain.wish(order, **change(order))
    known = len(asked(plain.sandbox))
    with pytest.raises(InvalidRequest) as refused:
        plain.call.create_shipment(SHOP, request)
    assert refused.value.field == field
    assert len(asked(plain.sandbox)) == known


def test_an_order_of_sixty_lines_is_told_before_anything_is_bought(plain: Desk) -> None:
    order = plain.order(items=[{"sku": "CASE-03"}] * 60)
    assert len(order.lines) == 60
    request = plain.wish(order, parcels=(parcel(1900),))
    known = len(asked(plain.sandbox))
    with pytest.raises(InvalidRequest, match="60 kinds of goods") as refused:
        plain.call.create_shipment(SHOP, request)
    assert refused.value.field == "customs.lines"
    assert len(asked(plain.sandbox)) == known


def test_the_edges_that_are_still_taken(desk: Desk) -> None:
    light = desk.order()
    bought = desk.buy(light, **cut(light, unit_weight_g=1), parcels=(parcel(1),))
    assert bought.tracking_number is not None
    heavy = desk.order()
    name = "台灯" * 10  # 20 characters, 60 bytes
    bought = desk.buy(
        heavy, **cut(heavy, unit_weight_g=2000, description_local=name, description="L" * 60), parcels=(parcel(2000),)
    )
    assert bought.tracking_number is not None
    sent = asked(desk.sandbox, desk.create)[-1]
    assert name in sent["declare_product_d_t_os"]
    full = desk.order(items=[{"sku": "CASE-03"}] * 50)
    assert desk.buy(full, **cut(full, unit_weight_g=20), parcels=(parcel(1900),)).tracking_number is not None


def test_letters_of_many_scripts_reach_the_platform_as_they_are(plain: Desk) -> None:
    place = {"contact_person": "Łucja Ørsted-Żółć", "detail_address": "ul. Żwirki 5", "city": "Łódź", "country": "PL"}
    order = plain.order(receiver=place | {"country_name": "Poland"})
    bought = plain.buy(order)
    sent = asked(plain.sandbox, CREATE)[-1]
    for text in ("Łucja Ørsted-Żółć", "Łódź"):
        assert text in sent["address_d_t_os"]
    assert plain.label(bought).content.startswith(b"%PDF")


def test_what_the_platform_refuses_is_its_own_words_and_nothing_is_bought(desk: Desk) -> None:
    sent = desk.order()
    desk.sandbox.admin("aliexpress", "unpaid_freight", account=SHOP, on=True)
    try:
        with pytest.raises(Refused) as refused:
            desk.buy(sent)
    finally:
        desk.sandbox.admin("aliexpress", "unpaid_freight", account=SHOP, on=False)
    assert not isinstance(refused.value, NotFound)
    assert desk.parcels(sent) == []
    assert desk.buy(sent).tracking_number is not None  # a refusal is no purchase: it may be tried again


def test_goods_that_a_service_does_not_take(desk: Desk) -> None:
    order = desk.order(items=[{"sku": "TORCH-05"}])
    with pytest.raises(Refused):
        desk.buy(order, AT_ONCE, **cut(order, battery=Battery.ION_IN_EQUIPMENT))
    assert desk.parcels(order) == []
    assert desk.buy(order, LATER, **cut(order, battery=Battery.ION_IN_EQUIPMENT)).number_pending


def test_an_order_that_is_frozen_meanwhile_is_not_bought_for(desk: Desk) -> None:
    order = desk.order()
    desk.sandbox.admin("aliexpress", "freeze", order_id=order.order_id)
    with pytest.raises(Refused):
        desk.buy(order)
    assert desk.parcels(order) == []


def test_another_shops_order_is_not_carried(plain: Desk) -> None:
    order = plain.order()
    inside = (ShippedLine(account="ebay-us", order_id="1", line_id="2", quantity=1),)
    with pytest.raises(InvalidRequest) as refused:
        plain.buy(order, contents=inside)
    assert refused.value.field == "contents"
    assert isinstance(order.ship_to, Address)
