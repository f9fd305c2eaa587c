"""Every model survives JSON; money, weights, times and unknown words are exact or refused."""

from __future__ import annotations

import base64
import inspect
import json
import types
import typing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.support.tiny import RECIPIENT, shipment

from xborder_sdk import models
from xborder_sdk.errors import InvalidCursor
from xborder_sdk.hookspecs import ShipmentOptions
from xborder_sdk.models import (
    Cursor,
    Dimensions,
    Model,
    Money,
    Order,
    OrderReference,
    Page,
    Parcel,
    Raw,
    Scan,
    Tracking,
    TrackingStatus,
    grams_from_kg,
    in_order,
    kg_from_grams,
    personal_values,
    state_after,
    total,
)
from xborder_sdk.models.base import ZoneName

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=3, max_size=12)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001 - zones are drawn
AMOUNTS = st.decimals(Decimal(-(10**9)), Decimal(10**9), places=3, allow_nan=False)
MONEY = st.builds(Money, amount=AMOUNTS, currency=st.from_regex(r"\A[A-Z]{3}\Z"))
RAW = st.binary(max_size=5).map(Raw)
CLASSES = [
    member
    for name, member in vars(models).items()
    if name in models.__all__ and inspect.isclass(member) and issubclass(member, Model)
    and member not in {Model, Page, Cursor}
]  # fmt: skip

for _model in CLASSES:  # models are built when they are first used
    _model.model_rebuild()
st.register_type_strategy(str, TEXT)
st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(Money, MONEY)
st.register_type_strategy(Raw, RAW)


ODD: dict[str, st.SearchStrategy[Any]] = {
    "country": st.sampled_from(["DE", "CN", "US"]),
    "currency": st.sampled_from(["EUR", "JPY"]),
    "origin": st.sampled_from(["DE", "CN", None]),
    "issuer": st.sampled_from(["DE", None]),
    "ships_from": st.sampled_from(["DE", None]),
    "hs_code": st.from_regex(r"\A[0-9]{6,12}\Z") | st.none(),
    "reference_max": st.integers(8, 40),
    "length_mm": st.integers(1, 5000),
}


@st.composite
def values(draw: st.DrawFn, model: type[Model], level: int = 0) -> Model:
    """A value of a model with every field drawn."""
    given_: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if not field.is_required() and draw(st.booleans()):
            continue
        if name in ODD and not (name == "country" and model is Scan):
            given_[name] = draw(ODD[name])
            continue
        given_[name] = draw(_of_type(field.annotation, level))
    return model(**given_)


def _of_type(annotation: Any, level: int) -> st.SearchStrategy[Any]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _of_type(arguments[0], level)
    if origin in {typing.Union, types.UnionType}:
        return st.one_of(*(_of_type(argument, level) for argument in arguments))
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(_of_type(arguments[0], level + 1), min_size=1, max_size=2).map(tuple)
        return st.tuples(*(_of_type(argument, level) for argument in arguments))
    if origin is frozenset:
        return st.frozensets(_of_type(arguments[0], level), max_size=3)
    if inspect.isclass(annotation) and issubclass(annotation, Model) and annotation is not Money:
        return values(annotation, level + 1)
    if annotation is int:
        return st.integers(1, 10**6)
    if annotation is Decimal:
        return st.decimals(0, 10**6, places=2)
    if annotation is bytes:
        return st.binary(max_size=9)
    return st.from_type(annotation)


@pytest.mark.parametrize("model", CLASSES, ids=lambda model: model.__name__)
def test_every_model_survives_json(model: type[Model]) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(values(model))
    def check(value: Model) -> None:
        again = model.model_validate_json(value.model_dump_json())
        assert again == value
        assert hash(again) == hash(value)
        assert value.replace() == value

    check()


def test_a_page_and_its_cursor_survive_json() -> None:
    page = Page[OrderReference](
        items=(OrderReference(order_id="1"),), next=Cursor(connector="c", state={"a": [1, None, "ü"]})
    )
    assert Page[OrderReference].model_validate_json(page.model_dump_json()) == page
    assert page.next is not None
    assert Cursor.parse(str(page.next)) == page.next


@given(st.text() | st.binary().map(lambda raw: raw.hex()))
def test_what_is_no_cursor_is_refused_in_one_way(text: str) -> None:
    with pytest.raises(InvalidCursor):
        Cursor.parse(text)


@pytest.mark.parametrize("content", ["[" * 100_000, "[]", '["c"]', '["c", 1]', '["c", {}, 1]', "{}", "null", "[1, {}]"])
def test_odd_content_of_a_cursor_is_refused(content: str) -> None:
    with pytest.raises(InvalidCursor):
        Cursor.parse(base64.urlsafe_b64encode(content.encode()).decode())


# -- money ------------------------------------------------------------------------------------------------------------


@given(st.floats())
def test_float_money_is_refused(amount: float) -> None:
    with pytest.raises(ValidationError):
        Money(amount=amount, currency="EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e999999999", "1,5", "", None, True, "9" * 60])
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    with pytest.raises(ValidationError):
        Money(amount=amount, currency="EUR")


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "E1R", None])
def test_what_is_no_currency_is_refused(currency: Any) -> None:
    with pytest.raises(ValidationError):
        Money(amount="1", currency=currency)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "currency", "expected", "exact"),
    [
        ("10.005", "USD", "10.01", False),
        ("10.5", "JPY", "11", False),
        ("10", "JPY", "10", True),
        ("1.2345", "KWD", "1.235", False),
        ("1.234", "KWD", "1.234", True),
        ("-10.005", "EUR", "-10.01", False),
        ("0.1", "EUR", "0.10", True),
        ("1" + "0" * 30, "USD", "1" + "0" * 30 + ".00", True),
    ],
)
def test_rounding_goes_to_the_currencys_minor_unit(amount: str, currency: str, expected: str, exact: bool) -> None:
    money = Money(amount=Decimal(amount), currency=currency)
    assert str(money.rounded()) == f"{expected} {currency}"
    assert money.is_exact is exact


@given(st.lists(AMOUNTS, min_size=1))
def test_a_total_is_exact(amounts: list[Decimal]) -> None:
    found = total(Money(amount=amount, currency="EUR") for amount in amounts)
    assert found is not None
    assert found.amount == sum(amounts)


def test_money_of_two_currencies_does_not_mix() -> None:
    euro, yen = Money(amount=Decimal(1), currency="EUR"), Money(amount=Decimal(1), currency="JPY")
    for operation in (lambda: euro + yen, lambda: euro - yen, lambda: euro < yen, lambda: total([euro, yen])):
        with pytest.raises(ValueError, match="convert one first"):
            operation()
    with pytest.raises(TypeError):
        euro * 1.5  # type: ignore[operator]
    assert total([]) is None


# -- weights and sizes ------------------------------------------------------------------------------------------------


@given(st.integers(1, 10**8))
def test_grams_and_kilograms_agree(grams: int) -> None:
    assert grams_from_kg(kg_from_grams(grams)) == grams
    assert "E" not in str(kg_from_grams(grams))


@given(st.decimals("0.000001", "10000", allow_nan=False))
def test_a_parcel_is_never_declared_too_light(kilograms: Decimal) -> None:
    grams = grams_from_kg(kilograms)
    assert grams - 1 < Fraction(kilograms) * 1000 <= grams


def test_a_gram_is_a_thousandth() -> None:
    assert (str(kg_from_grams(1)), grams_from_kg("0.001"), grams_from_kg("0.0011")) == ("0.001", 1, 2)
    assert grams_from_kg(Decimal(1) + Decimal("1e-27")) == 1001


@pytest.mark.parametrize("weight", [0, -1, 1.5, "500", True])
def test_odd_weights_are_refused(weight: Any) -> None:
    with pytest.raises(ValidationError):
        Parcel(weight_g=weight)


@given(*[st.integers(1, 3000)] * 3, st.sampled_from([4000, 5000, 6000]))
def test_volumetric_weight_is_rounded_up(length: int, width: int, height: int, divisor: int) -> None:
    grams = Dimensions(length_mm=length, width_mm=width, height_mm=height).volumetric_grams(divisor)
    assert grams - 1 < Fraction(length * width * height, divisor) <= grams


# -- values -----------------------------------------------------------------------------------------------------------


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValidationError, match="needs its zone"):
        OrderReference(order_id="1", modified_at=datetime(2026, 3, 1))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValidationError, match="needs its zone"):
        OrderReference.model_validate_json('{"order_id": "1", "modified_at": "2026-03-01T00:00:00"}')


def test_an_unknown_code_stays_beside_the_vendors_word_and_no_field_is_swallowed() -> None:
    with pytest.raises(ValidationError):
        Tracking(number="1", found=True, status="teleported")  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Parcel(weight_g=1, colour="red")  # type: ignore[call-arg]
    scan = Scan(status=TrackingStatus.UNKNOWN, code="ZZ")
    assert state_after((Scan(status=TrackingStatus.DELIVERED), scan)) is TrackingStatus.DELIVERED
    assert state_after((scan,)) is TrackingStatus.UNKNOWN


def test_scans_of_the_ends_of_the_calendar_have_an_order_too() -> None:
    first, last = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
    scans = tuple(
        Scan(at=datetime.fromisoformat(text), status=TrackingStatus.UNKNOWN)
        for text in (last, "2026-03-02T09:00:00+00:00", first)
    )
    assert in_order(scans) == (scans[2], scans[1], scans[0])


def test_scans_are_put_in_order_once() -> None:
    first = Scan(at=datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=8))), status=TrackingStatus.PICKED_UP)
    second = Scan(at=datetime(2026, 2, 28, 18, tzinfo=UTC), status=TrackingStatus.IN_TRANSIT)
    assert in_order((second, first, second)) == (first, second)


def test_raw_takes_no_part_in_equality_hash_or_dumps() -> None:
    one, other = Raw(b'{"a": [{"b": 1.10}]}', ("a", 0)), Raw()
    assert one == other
    assert hash(one) == hash(other)
    assert one.data() == {"b": Decimal("1.10")}
    assert other.data() is None
    assert repr(one) == "Raw(20 bytes)"
    tracking = Tracking(number="1", found=True, raw=one)
    assert tracking == Tracking(number="1", found=True)
    assert "raw" not in tracking.model_dump()
    assert "raw" not in tracking.model_dump_json()
    assert tracking.replace(found=False).raw.content == one.content
    assert json.dumps(Order.model_json_schema())


def test_replace_validates() -> None:
    parcel = Parcel(weight_g=500)
    assert parcel.replace(weight_g=600).weight_g == 600
    assert parcel.weight_g == 500
    for change in ({"weight_g": -1}, {"wieght_g": 1}):
        with pytest.raises(ValidationError):
            parcel.replace(**change)
    with pytest.raises(ValidationError):
        parcel.weight_g = 3  # type: ignore[misc]


def test_a_validation_error_shows_no_input() -> None:
    with pytest.raises(ValidationError) as caught:
        RECIPIENT.replace(country="Ottoline's land", lines=())
    assert "Ottoline" not in str(caught.value)


def test_personal_values_are_found_however_deep() -> None:
    found = set(personal_values([{"a": shipment(options=ShipmentOptions())}]))
    assert {RECIPIENT.name, *RECIPIENT.lines, RECIPIENT.city, RECIPIENT.phone, RECIPIENT.email} <= found
    assert "DE" not in found


@given(st.text("abc", min_size=1), st.integers(1, 3), st.integers(8, 60))
def test_a_reference_is_short_stable_and_of_the_alphabet(key: str, attempt: int, length: int) -> None:
    request = shipment(key=key, attempt=attempt)
    reference = request.reference(length, "ABC234")
    assert reference == shipment(key=key, attempt=attempt).reference(length, "ABC234")
    assert len(reference) == min(length, 20)
    assert set(reference) <= set("ABC234")
    assert reference != shipment(key=key, attempt=attempt + 1).reference(length, "ABC234")
    assert request.intent() == shipment(key=key, attempt=attempt + 1).intent()


def test_scans_tell_the_state_and_who_took_the_parcel_in_and_when() -> None:
    def at(hour: int, status: TrackingStatus, signed_by: str | None = None) -> Scan:
        return Scan(at=datetime(2026, 3, 2, hour, tzinfo=UTC), status=status, signed_by=signed_by)

    tried = at(9, TrackingStatus.DELIVERY_ATTEMPTED, "a neighbour")
    first, again = at(10, TrackingStatus.DELIVERED, "E. Invented"), at(12, TrackingStatus.DELIVERED)
    raw = Raw(b"{}")
    told = Tracking.from_scans("NUMBER", [again, tried, first, again], raw=raw)
    assert told == Tracking(
        number="NUMBER",
        found=True,
        status=TrackingStatus.DELIVERED,
        scans=(tried, first, again),
        delivered_at=again.at,
        signed_by="E. Invented",
    )
    assert told.raw is raw
    assert Tracking.from_scans("NUMBER", [tried]).signed_by is None


@pytest.mark.parametrize("scans", [(), (Scan(status=TrackingStatus.UNKNOWN),)])
def test_a_known_number_without_a_telling_scan_has_its_label(scans: tuple[Scan, ...]) -> None:
    told = Tracking.from_scans("NUMBER", scans)
    assert (told.found, told.status, told.delivered_at) == (True, TrackingStatus.LABEL_CREATED, None)


class Place(Model):
    zone: ZoneName = "UTC"


@pytest.mark.parametrize("name", ["", " ", "Shanghai", "America", "../etc/passwd", "/etc/localtime", "\x00", "x" * 300])
def test_a_zone_nobody_knows_is_refused(name: str) -> None:
    assert Place(zone="Asia/Shanghai").zone == "Asia/Shanghai"
    with pytest.raises(ValidationError, match="IANA name"):
        Place(zone=name)
