"""From the services of a contract to a printed label, over both of China Post's transports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.journeys.post import COLOURS, DAY, PRODUCTS, Post, post, purchase, question
from tests.support.times import START

from xborder_sdk.documents import LabelDocument, read_barcodes, render_page
from xborder_sdk.errors import InvalidRequest, Refused, UnsupportedOperation
from xborder_sdk.hookspecs import CancelShipment, GetDocuments, GetShipment, ListServices, TrackParcels
from xborder_sdk.models import DocumentFormat, TrackingStatus, VoidStatus

TARIFF = [
    {"product": "019", "destinations": ["DE"], "per_item": "14.00", "per_gram": "0.062", "valid_from": "2026-01-01"},
    {"product": "002", "per_item": "8.00", "per_gram": "0.09", "valid_from": "2026-01-01"},
]


@pytest.fixture(params=COLOURS)
def colour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["gateway", "pcp"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def customer(colour: str, transport: str) -> Iterator[Post]:
    with post(colour, transport) as made:
        yield made


def test_services_of_the_contract(customer: Post, transport: str) -> None:
    found = customer.list_services(ListServices(**question().model_dump()))
    assert {service.code for service in found} == set(PRODUCTS.values())
    names = {service.code: service.name for service in found}
    assert names["019"] == ("e邮宝" if transport == "pcp" else "ePacket")
    heavy = question(parcels=(question().parcels[0].replace(weight_g=3000),))
    fitting = customer.list_services(ListServices(**heavy.model_dump()))
    assert [service.code for service in fitting] == ["007"]


def test_prices_are_the_seller_s_own(transport: str) -> None:
    with post("sync", transport) as plain:
        unpriced = plain.quote(question())
        assert {quote.service.code for quote in unpriced} == set(PRODUCTS.values())
        assert {quote.price for quote in unpriced} == {None}
        assert plain.asked() == 0
    with post("async", transport, tariff=TARIFF) as priced:
        by_code = {quote.service.code: quote for quote in priced.quote(question())}
        assert by_code["019"].price is not None
        assert (by_code["019"].price.amount, by_code["019"].price.currency) == (Decimal("33.84"), "CNY")
        assert by_code["002"].price is not None
        assert by_code["002"].price.amount == Decimal("36.80")
        assert by_code["007"].price is None


@pytest.mark.parametrize(("family", "code"), PRODUCTS.items())
def test_every_family_is_bought_once(customer: Post, transport: str, family: str, code: str) -> None:
    bought = customer.create_shipment(purchase(code))
    (held,) = customer.held()
    assert held["number"] == bought.waybill
    assert held["family"] == family
    assert held["order_no"] == bought.reference
    assert held["transport"] == transport
    assert held["unknown_fields"] == []
    assert (held["grams"], held["to"]) == (320, "DE")
    assert bought.warnings == ()
    assert customer.create_shipment(purchase(code)).waybill == bought.waybill
    assert len(customer.held()) == 1
    assert customer.asked() == 1


def test_the_label_can_be_scanned(customer: Post) -> None:
    bought = customer.create_shipment(purchase())
    (paper,) = customer.get_documents(GetDocuments(waybill=bought.waybill))
    assert paper.format is DocumentFormat.PDF
    label = LabelDocument.read(paper.content)
    (page,) = label.pages
    assert page.size is not None
    assert (round(page.size.width_mm), round(page.size.height_mm)) == (100, 150)
    dots = render_page(label, 0, dpi=203)
    ink = sum(byte.bit_count() for byte in dots.rows) / (dots.width * dots.height)
    assert 0.01 < ink < 0.5, "a label is neither blank nor black"
    (code,) = read_barcodes(label)
    assert code.text == bought.waybill
    assert code.symbology == "Code128"


def test_several_parcels_have_numbers_and_labels_of_their_own(customer: Post) -> None:
    with pytest.raises(InvalidRequest, match="boxes"):
        customer.create_shipment(purchase(parcels=purchase().parcels * 2))
    assert customer.asked() == 0
    numbers = [customer.create_shipment(purchase(key=f"order-{index}")).waybill for index in range(3)]
    assert len(set(numbers)) == 3
    assert [held["number"] for held in customer.held()] == numbers
    for number in numbers:
        (paper,) = customer.get_documents(GetDocuments(waybill=number))
        assert [code.text for code in read_barcodes(LabelDocument.read(paper.content))] == [number]


def test_a_label_of_another_customer_is_refused(customer: Post) -> None:
    with pytest.raises(Refused) as caught:
        customer.get_documents(GetDocuments(waybill="LN000000005CN"))
    assert caught.value.hint


@pytest.mark.parametrize("settings", [{"number_field": "waybill_no"}, {"body_form": "object"}])
def test_the_gateway_may_word_its_answer_otherwise(colour: str, settings: dict[str, Any]) -> None:
    with post(colour, "gateway") as customer:
        customer.sandbox.admin("chinapost", "settings", **settings)
        bought = customer.create_shipment(purchase())
        assert [held["number"] for held in customer.held()] == [bought.waybill]
        (paper,) = customer.get_documents(GetDocuments(waybill=bought.waybill))
        assert [code.text for code in read_barcodes(LabelDocument.read(paper.content))] == [bought.waybill]


# -- cancelling and postage --------------------------------------------------------------------------------------------


def test_an_order_is_cancelled_before_the_post_has_it(customer: Post) -> None:
    bought = customer.create_shipment(purchase())
    outcome = customer.cancel_shipment(CancelShipment(waybill=bought.waybill))
    assert outcome.status is VoidStatus.VOIDED
    (held,) = customer.held()
    assert held["cancelled"]
    assert customer.cancel_shipment(CancelShipment(waybill=bought.waybill)) == outcome
    assert customer.asked("*/cancelOrder") == 1


def test_what_the_post_has_is_not_cancelled(customer: Post) -> None:
    bought = customer.create_shipment(purchase())
    customer.sandbox.admin("chinapost", "accept", waybill=bought.waybill)
    with pytest.raises(Refused):
        customer.cancel_shipment(CancelShipment(waybill=bought.waybill))
    (held,) = customer.held()
    assert not held["cancelled"]


def test_postage_comes_with_the_acceptance(colour: str, transport: str) -> None:
    with post(colour, transport, fee_field="postage_total") as customer:
        bought = customer.create_shipment(purchase())
        early = customer.get_shipment(GetShipment(waybill=bought.waybill))
        assert early.price is None
        assert early.vendor_status is None
        customer.sandbox.admin("chinapost", "accept", waybill=bought.waybill)
        told = customer.get_shipment(GetShipment(waybill=bought.waybill))
        assert told.price is not None
        assert (told.price.amount, told.price.currency) == (Decimal("35.80"), "CNY")
        assert told.vendor_status == "accepted"


# -- numbers of the pool -----------------------------------------------------------------------------------------------


@pytest.fixture
def pooled(colour: str) -> Iterator[Post]:
    with post(colour, "pcp", numbers="pool") as made:
        yield made


def test_a_number_of_the_pool_carries_one_order(pooled: Post) -> None:
    bought = pooled.create_shipment(purchase())
    (held,) = pooled.held()
    assert (held["number"], held["order_no"]) == (bought.waybill, bought.reference)
    assert pooled.create_shipment(purchase()).waybill == bought.waybill
    assert len(pooled.held()) == 1
    assert pooled.asked("*/barCodeService") == 1


def test_an_empty_pool_is_said(pooled: Post) -> None:
    pooled.sandbox.admin("chinapost", "settings", numbers_left=0)
    with pytest.raises(Refused) as caught:
        pooled.create_shipment(purchase())
    assert caught.value.code == "B01"
    assert "post office" in (caught.value.hint or "")
    pooled.sandbox.admin("chinapost", "settings", numbers_left=1)
    assert pooled.create_shipment(purchase()).waybill


# -- on the way --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["list", "responseItems", "traces"])
def test_to_the_door(colour: str, form: str) -> None:
    with post(colour, "gateway") as customer:
        customer.sandbox.admin("chinapost", "settings", track_form=form)
        number = customer.create_shipment(purchase()).waybill
        told = TrackParcels(numbers=(number, "LN000000005CN"))
        first, stranger = customer.track(told)
        assert not first.found
        assert not stranger.found
        seen: list[TrackingStatus] = []
        for _ in range(40):
            customer.pass_(DAY / 2)
            parcel, _ = customer.track(told)
            if parcel.found and (not seen or seen[-1] is not parcel.status):
                seen.append(parcel.status)
        assert seen[0] is TrackingStatus.PICKED_UP
        assert TrackingStatus.IN_TRANSIT in seen
        assert TrackingStatus.CUSTOMS_PROCESSING in seen
        assert seen[-1] in {TrackingStatus.DELIVERED, TrackingStatus.RETURNED}
        assert not [scan for scan in parcel.scans if scan.status is TrackingStatus.UNKNOWN]
        assert [scan.at for scan in parcel.scans] == sorted(scan.at for scan in parcel.scans)
        # Bought at 17:00 in China: the round of the next day takes it.
        assert parcel.scans[0].at == START + timedelta(days=1)


def test_delivered_when_the_post_says_so(colour: str) -> None:
    with post(colour, "gateway") as customer:
        number = customer.create_shipment(purchase()).waybill
        customer.pass_(9 * DAY)
        customer.sandbox.admin("chinapost", "deliver", waybill=number)
        (parcel,) = customer.track(TrackParcels(numbers=(number,)))
        assert parcel.status is TrackingStatus.DELIVERED
        assert parcel.delivered_at == START + timedelta(days=9)


def test_a_parcel_that_is_handed_over_late(colour: str) -> None:
    with post(colour, "gateway") as customer:
        number = customer.create_shipment(purchase()).waybill
        wish = TrackParcels(numbers=(number,))
        customer.pass_(0.9 * DAY)
        (parcel,) = customer.track(wish)
        assert not parcel.found
        customer.pass_(0.2 * DAY)
        (parcel,) = customer.track(wish)
        assert parcel.status is TrackingStatus.PICKED_UP


def test_a_scan_that_nobody_knows_moves_nothing(colour: str) -> None:
    with post(colour, "gateway") as customer:
        number = customer.create_shipment(purchase()).waybill
        customer.pass_(1.01 * DAY)
        (before,) = customer.track(TrackParcels(numbers=(number,)))
        customer.sandbox.admin("chinapost", "add_scan", waybill=number, code="ZZ9", place="export")
        (after,) = customer.track(TrackParcels(numbers=(number,)))
        assert after.status is before.status
        assert after.scans[-1].code == "ZZ9"
        assert after.scans[-1].status is TrackingStatus.UNKNOWN


def test_pcp_says_who_can_follow_its_parcels(colour: str) -> None:
    with post(colour, "pcp") as customer:
        number = customer.create_shipment(purchase()).waybill
        asked = customer.asked()
        with pytest.raises(UnsupportedOperation, match="17TRACK"):
            customer.track(TrackParcels(numbers=(number,)))
        assert customer.asked() == asked
