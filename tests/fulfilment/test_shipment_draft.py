"""The parcel and the declaration of an order: exact sums, the right codes, numbers only where they count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fulfilment.making import NOW, address, catalogue, config, item, line, order, usd

from xborder_sdk.fulfilment.customs_rules import EU, crosses_customs, hs_digits, is_declared_in
from xborder_sdk.fulfilment.shipment_draft import Draft, code_for, draft, packed, shares, tax_numbers
from xborder_sdk.models import (
    Address,
    CollectedTax,
    Dimensions,
    HoldReason,
    Money,
    Order,
    OrderTotals,
    TaxNumber,
    TaxScheme,
)

CN = address("CN", postal_code="518000")


def drafted(found: Order, *items: Any, **rules: Any) -> Draft:
    assert found.ship_to is not None
    return draft(catalogue(*items).enrich(found), found.ship_to, config(**rules), NOW)


@given(
    units=st.integers(1, 10**9),
    pieces=st.integers(1, 500),
    currency=st.sampled_from(["USD", "JPY", "KWD", "EUR"]),
)
def test_a_value_is_shared_out_without_a_rest(units: int, pieces: int, currency: str) -> None:
    digits = Money(amount=Decimal(1), currency=currency).minor_digits
    value = Money(amount=Decimal(units).scaleb(-digits), currency=currency)
    parts = shares(value, pieces)
    assert sum(count for count, _ in parts) == pieces
    assert sum((each.amount * count for count, each in parts), Decimal(0)) == value.amount
    assert all(each.is_exact for _, each in parts)
    assert len(parts) <= 2
    assert max(each.amount for _, each in parts) - min(each.amount for _, each in parts) <= Decimal(1).scaleb(-digits)


def test_a_declaration_adds_up_to_what_was_paid() -> None:
    made = drafted(
        order(line(1, quantity=3, total=usd("10.00")), line(2, "TWO", total=usd("1.01"))), item(), item("TWO")
    )
    assert made.holds == ()
    assert made.request is not None
    assert made.request.customs is not None
    assert made.request.customs.value == usd("11.01")
    assert [(each.quantity, str(each.unit_value)) for each in made.request.customs.lines] == [
        (2, "3.33 USD"),
        (1, "3.34 USD"),
        (1, "1.01 USD"),
    ]
    assert made.request.customs.invoice_date == date(2026, 8, 30)
    assert made.request.customs.net_weight_g == 800
    assert made.request.parcels[0].weight_g == 850


@pytest.mark.parametrize(
    ("total", "says"),
    [
        (usd("0"), "no value"),
        (usd("1.005"), "smallest unit"),
        (Money(amount=Decimal("10.5"), currency="JPY"), "smallest unit"),
    ],
)
def test_a_value_customs_would_refuse_is_a_hold(total: Money, says: str) -> None:
    made = drafted(order(line(total=total)))
    assert made.request is None
    assert [(hold.reason, hold.field) for hold in made.holds] == [(HoldReason.CUSTOMS, "lines.0.total")]
    assert says in made.holds[0].detail


def test_less_than_a_cent_a_piece_is_a_hold() -> None:
    assert "less than" in drafted(order(line(quantity=3, total=usd("0.02")))).holds[0].detail


def test_a_line_without_a_price_is_a_hold() -> None:
    silent = line().replace(total=None)
    assert drafted(order(silent, totals=OrderTotals())).holds[0].field == "lines.0.total"


def test_several_currencies_are_a_hold() -> None:
    euro = Money(amount=Decimal(5), currency="EUR")
    found = order(line(1), line(2, total=euro), totals=OrderTotals(goods=usd("17.00")))
    (hold,) = drafted(found).holds
    assert hold.field == "lines"
    assert "EUR, USD" in hold.detail


@pytest.mark.parametrize(
    ("goods", "discount", "fits"),
    [
        ("12.00", None, True),
        ("12.01", None, False),
        ("11.99", None, False),
        ("15.00", "-3.00", True),
        ("15.00", "3.00", True),
        ("15.00", "2.99", False),
        ("15.00", "4.00", True),
    ],
)
def test_lines_must_add_up_to_the_order(goods: str, discount: str | None, fits: bool) -> None:
    totals = OrderTotals(goods=usd(goods), discount=None if discount is None else usd(discount))
    found = drafted(order(totals=totals)).holds
    assert (found == ()) is fits
    if not fits:
        assert found[0].field == "totals.goods"


def test_an_order_total_in_another_currency_is_a_hold() -> None:
    totals = OrderTotals(goods=Money(amount=Decimal(12), currency="EUR"))
    assert drafted(order(totals=totals)).holds[0].field == "totals.goods"


# -- HS codes ----------------------------------------------------------------------------------------------------------


def test_codes_by_destination() -> None:
    known = item(hs_code="9503007500", national_codes={"US": "9503000073", "EU": "95030075", "FR": "9503007510"})
    on = date(2026, 9, 1)
    assert code_for(known, "US", on) == "9503000073"
    assert code_for(known, "DE", on) == "95030075"
    assert code_for(known, "FR", on) == "9503007510"
    assert code_for(known, "JP", on) == "950300"  # ten digits of one tariff mean nothing in another
    assert code_for(item(), "US", on) is None
    assert code_for(item(), "US", date(2020, 1, 1)) == "950300"
    assert code_for(item(national_codes={"US": "95030000"}), "US", on) is None


def test_the_us_without_ten_digits_is_a_hold_that_names_the_column() -> None:
    (hold,) = drafted(order(ship_to=address("US", postal_code="97205"))).holds
    assert hold.reason is HoldReason.CUSTOMS
    assert "hs_code_us" in (hold.repair or "")
    coded = item(national_codes={"US": "9503000073"})
    made = drafted(order(ship_to=address("US", postal_code="97205")), coded)
    assert made.request is not None
    assert made.request.customs is not None
    assert made.request.customs.lines[0].hs_code == "9503000073"


def test_rules_begin_on_their_day() -> None:
    assert hs_digits("US", date(2025, 8, 28)).digits == 6
    assert hs_digits("US", date(2025, 8, 29)).digits == 10
    assert "91 FR 37789" in hs_digits("US", date(2026, 7, 1)).source
    assert hs_digits("DE", date(2026, 7, 1)).place == "EU"
    assert hs_digits("BR", date(2026, 7, 1)).digits == 6


# -- borders and tax numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "there", "crosses"),
    [
        (address("DE"), address("FR"), False),
        (address("FR"), address("MC"), False),
        (address("DE"), address("ES", postal_code="35001"), True),
        (address("ES", postal_code="28001"), address("ES", postal_code="38 001"), True),
        (address("FR"), address("FR", postal_code="97110"), True),
        (address("DE"), address("GB"), True),
        (address("US"), address("US"), False),
        (address("CH"), address("LI"), False),
        (CN, address("HK"), True),
        (CN, CN, False),
    ],
)
def test_where_customs_stands(here: Address, there: Address, crosses: bool) -> None:
    assert crosses_customs(here, there) is crosses
    assert crosses_customs(there, here) is crosses


def test_no_declaration_within_one_territory_but_a_description() -> None:
    at_home = order(ship_to=address("CN", postal_code="200000"))
    made = drafted(at_home, item(hs_code=None, origin=None))
    assert made.holds == ()
    assert made.request is not None
    assert made.request.customs is None
    assert made.request.parcels[0].description == "Paper kite"


def taxed(*numbers: tuple[TaxScheme, str]) -> Order:
    taxes = tuple(CollectedTax(number=TaxNumber(scheme=scheme, number=text)) for scheme, text in numbers)
    on_line = line().replace(collected_taxes=taxes)
    return order(on_line, collected_taxes=(*taxes, CollectedTax(vendor_scheme="STATE_SALES_TAX")))


@pytest.mark.parametrize(
    ("scheme", "right", "wrong"),
    [
        (TaxScheme.IOSS, "DE", "GB"),
        (TaxScheme.IOSS, "FR", "US"),
        (TaxScheme.VOEC, "NO", "SE"),
        (TaxScheme.GB_VAT, "GB", "IE"),
        (TaxScheme.ABN, "AU", "NZ"),
        (TaxScheme.NZ_GST, "NZ", "AU"),
    ],
)
def test_a_number_goes_only_where_it_counts(scheme: TaxScheme, right: str, wrong: str) -> None:
    found = taxed((scheme, "IM2760000017"))
    assert [number.number for number in tax_numbers(found, right)] == ["IM2760000017"]
    assert tax_numbers(found, wrong) == ()


def test_no_other_number_is_ever_declared() -> None:
    for scheme in set(TaxScheme) - {TaxScheme.IOSS, TaxScheme.VOEC, TaxScheme.GB_VAT, TaxScheme.ABN, TaxScheme.NZ_GST}:
        assert not any(is_declared_in(scheme, country) for country in (*EU, "GB", "NO", "US", "AU", "NZ"))


def test_ioss_reaches_the_declaration_and_an_order_without_taxes_declares_none() -> None:
    made = drafted(taxed((TaxScheme.IOSS, "IM2760000017")))
    assert made.request is not None
    assert made.request.customs is not None
    assert [number.scheme for number in made.request.customs.tax_numbers] == [TaxScheme.IOSS]
    plain = drafted(order())
    assert plain.request is not None
    assert plain.request.customs is not None
    assert plain.request.customs.tax_numbers == ()


# -- the parcel --------------------------------------------------------------------------------------------------------


def test_sizes() -> None:
    def size(*lines: Any, items: tuple[Any, ...] = ()) -> Dimensions | None:
        return packed(catalogue(*items).enrich(order(*lines)).lines)

    assert size(line()) == Dimensions(length_mm=300, width_mm=200, height_mm=30)
    assert size(line(quantity=3)) == Dimensions(length_mm=300, width_mm=200, height_mm=90)
    tall = item("TALL", dimensions={"length_mm": 50, "width_mm": 60, "height_mm": 400})
    both = size(line(1), line(2, "TALL", 2), items=(item(), tall))
    assert both == Dimensions(length_mm=400, width_mm=200, height_mm=30 + 2 * 50)
    assert size(line(), items=(item(dimensions=None),)) is None


def test_the_box_of_the_rules_serves_where_a_size_is_not_known() -> None:
    known = drafted(order(), item(dimensions=None), box_mm=[250, 200, 100])
    assert known.request is not None
    assert known.request.parcels[0].dimensions == Dimensions(length_mm=250, width_mm=200, height_mm=100)
    unknown = drafted(order(), item(dimensions=None))
    assert unknown.request is not None
    assert unknown.request.parcels[0].dimensions is None


def test_goods_that_are_not_known_make_no_shipment_and_no_guess() -> None:
    assert drafted(order(), item(weight_g=None)) == Draft(None)
    assert drafted(order(), item(origin=None)) == Draft(None)
    assert drafted(order(line(sku="WHO"))) == Draft(None)


def test_paperless_trade_only_with_a_declaration() -> None:
    abroad = drafted(order(), paperless_trade=True).request
    home = drafted(order(ship_to=CN), paperless_trade=True).request
    assert abroad is not None
    assert home is not None
    assert (abroad.options.paperless_trade, home.options.paperless_trade) == (True, False)
