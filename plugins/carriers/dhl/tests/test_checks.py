"""What is refused before anything is sent, and what is proposed instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xborder_dhl.customs import crosses_border
from xborder_dhl.measures import planned
from xborder_dhl.texts import clean, in_script, wrap
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.hookspecs import (
    BookPickup,
    CancelPickup,
    ChangePickup,
    CreateShipment,
    GetDocuments,
    LabelStock,
    LabelWish,
    QuoteShipment,
    ShipmentDetails,
    ShipmentOptions,
    TrackParcels,
)
from xborder_sdk.lettering import shortened
from xborder_sdk.models import (
    Address,
    ContentsType,
    Dimensions,
    DocumentFormat,
    DocumentKind,
    HoldReason,
    Incoterm,
    Money,
    Parcel,
    TaxNumber,
    TaxScheme,
)

BOUGHT = (201, {"shipmentTrackingNumber": "1234567890"})
LONG = "Building 7 of the Invented Garden Estate along the Very Long Avenue of Samples"
GOODS = Parcel(weight_g=500, description="a sample")


def money(amount: str, currency: str = "USD") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def test_a_good_shipment_has_no_holds(connector: Callable[..., Any], create: Callable[..., CreateShipment]) -> None:
    assert connector().check_shipment(create()) == ()


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], HoldReason, str]] = {
    "line too long": ({"recipient": {"lines": (LONG,)}}, {}, HoldReason.BAD_ADDRESS, "recipient.lines.0"),
    "four lines": ({"recipient": {"lines": ("a", "b", "c", "d")}}, {}, HoldReason.BAD_ADDRESS, "recipient.lines"),
    "mark takes a line": (
        {"recipient": {"lines": ("a", "b", "c"), "reference": "PN 1"}}, {}, HoldReason.BAD_ADDRESS, "recipient.lines"),
    "blank lines": ({"recipient": {"lines": (" ",)}}, {}, HoldReason.BAD_ADDRESS, "recipient.lines"),
    "name in Chinese": ({"recipient": {"name": "王小明"}}, {}, HoldReason.BAD_ADDRESS, "recipient.name"),
    "street in Chinese": ({"recipient": {"lines": ("样品路8号",)}}, {}, HoldReason.BAD_ADDRESS, "recipient.lines.0"),
    "city in Cyrillic": ({"recipient": {"city": "Москва"}}, {}, HoldReason.BAD_ADDRESS, "recipient.city"),
    "line feed in name": ({"recipient": {"name": "A\nB"}}, {"script": "any"}, HoldReason.BAD_ADDRESS, "recipient.name"),
    "name too long": ({"recipient": {"name": "x" * 101}}, {}, HoldReason.BAD_ADDRESS, "recipient.name"),
    "no name": ({"recipient": {"name": " "}}, {}, HoldReason.MISSING_DATA, "recipient.name"),
    "no city": ({"recipient": {"city": ""}}, {}, HoldReason.BAD_ADDRESS, "recipient.city"),
    "no phone": ({"recipient": {"phone": None}}, {}, HoldReason.MISSING_DATA, "recipient.phone"),
    "sender without phone": ({"sender": {"phone": " "}}, {}, HoldReason.MISSING_DATA, "sender.phone"),
    "postcode too long": (
        {"recipient": {"postal_code": "1" * 13}}, {}, HoldReason.BAD_ADDRESS, "recipient.postal_code"),
    "e-mail too long": ({"recipient": {"email": "x" * 71}}, {}, HoldReason.BAD_ADDRESS, "recipient.email"),
    "company too long": ({"recipient": {"company": "x" * 101}}, {}, HoldReason.BAD_ADDRESS, "recipient.company"),
    "region too long": ({"recipient": {"region": "x" * 36}}, {}, HoldReason.BAD_ADDRESS, "recipient.region"),
    "no customs for goods": ({"customs": None, "parcels": (GOODS,)}, {}, HoldReason.CUSTOMS, "customs"),
    "no description": ({"customs": None, "service": "D"}, {}, HoldReason.MISSING_DATA, "parcels.0.description"),
    "description too long": (
        {"parcels": (Parcel(weight_g=5000, description="x" * 71),)}, {}, HoldReason.POLICY, "parcels.0.description"),
    "box mark too long": (
        {"parcels": (Parcel(weight_g=5000, reference="x" * 36),)}, {}, HoldReason.POLICY, "parcels.0.reference"),
    "too heavy": ({}, {"max_piece_g": 1249}, HoldReason.NO_SERVICE, "parcels.0.weight_g"),
    "too long": ({}, {"max_piece_mm": 304}, HoldReason.NO_SERVICE, "parcels.0.dimensions"),
    "goods heavier than parcels": ({"parcels": (GOODS,)}, {}, HoldReason.CUSTOMS, "customs.lines"),
    "DDP without account": ({"customs": {"incoterm": Incoterm.DDP}}, {}, HoldReason.CUSTOMS, "customs.incoterm"),
    "two currencies": ({"customs": {"freight": money("1", "EUR")}}, {}, HoldReason.CUSTOMS, "customs.lines"),
    "freight too fine": ({"customs": {"freight": money("1.0001")}}, {}, HoldReason.CUSTOMS, "customs.freight"),
    "insured value too fine": (
        {"options": ShipmentOptions(insurance=money("1.0001"))}, {}, HoldReason.POLICY, "options.insurance"),
    "remarks too long": (
        {"customs": {"invoice_remarks": "word " * 40}}, {}, HoldReason.CUSTOMS, "customs.invoice_remarks"),
    "IOSS of nobody": (
        {"customs": {"tax_numbers": (TaxNumber(scheme=TaxScheme.IOSS, number="IM9990000000"),)}},
        {}, HoldReason.CUSTOMS, "customs.tax_numbers.0"),
    "unknown scheme": (
        {"recipient": {"tax_numbers": (TaxNumber(scheme=TaxScheme.PERSONAL, number="1", issuer="IT"),)}},
        {}, HoldReason.CUSTOMS, "recipient.tax_numbers.0"),
    "label as picture": ({"label": LabelWish(format=DocumentFormat.PNG)}, {}, HoldReason.POLICY, "label.format"),
    "ZPL on A4": (
        {"label": LabelWish(format=DocumentFormat.ZPL, stock=LabelStock.A4)}, {}, HoldReason.POLICY, "label.stock"),
    "paperless without invoice": (
        {"options": ShipmentOptions(paperless_trade=True), "label": LabelWish(invoice=False)},
        {}, HoldReason.POLICY, "label.invoice"),
    "paperless without customs": (
        {"options": ShipmentOptions(paperless_trade=True), "customs": {"contents": ContentsType.DOCUMENTS}},
        {}, HoldReason.POLICY, "options.paperless_trade"),
    "reference too long": ({"references": ("ok", "x" * 36)}, {}, HoldReason.POLICY, "references.1"),
    "service too long": ({"service": "PPPPPPP"}, {}, HoldReason.NO_SERVICE, "service"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CASES))
def test_preflight_and_purchase_refuse_the_same(
    name: str, connector: Callable[..., Any], create: Callable[..., CreateShipment], run: Callable[..., Any]
) -> None:
    changes, account, reason, field = CASES[name]
    request = create(**changes)
    holds = connector(**account).check_shipment(request)
    assert [(hold.reason, hold.field) for hold in holds] == [(reason, field)]
    with pytest.raises(InvalidRequest) as refusal:
        run(connector(**account), "create_shipment", request, [])
    assert (refusal.value.field, refusal.value.hint) == (field, holds[0].repair)


@pytest.mark.parametrize(
    ("field", "limit"),
    [("lines", 45), ("city", 45), ("postal_code", 12), ("phone", 70), ("email", 70), ("company", 100), ("region", 35)],
)
def test_limits_are_exact(
    connector: Callable[..., Any], create: Callable[..., CreateShipment], field: str, limit: int
) -> None:
    def holds(length: int) -> int:
        text = "x" * length
        return len(connector().check_shipment(create(recipient={field: (text,) if field == "lines" else text})))

    assert (holds(limit), holds(limit + 1)) == (0, 1)


def test_no_hold_quotes_a_person(connector: Callable[..., Any], create: Callable[..., CreateShipment]) -> None:
    request = create(recipient={"name": "王canary", "lines": (f"{LONG} canary",), "city": "canary" * 10})
    holds = connector().check_shipment(request)
    assert len(holds) == 3
    assert "canary" not in repr(holds)
    assert "canary" not in " ".join(f"{hold.detail} {hold.repair}" for hold in holds)


def test_a_long_address_comes_back_broken_anew(
    connector: Callable[..., Any], create: Callable[..., CreateShipment]
) -> None:
    request = create(recipient={"lines": (LONG, "Floor 3")})
    (hold,) = connector().check_shipment(request)
    assert " ".join(hold.proposal) == f"{LONG} Floor 3"
    assert connector().check_shipment(create(recipient={"lines": hold.proposal})) == ()


def test_full_width_letters_come_back_ordinary(
    connector: Callable[..., Any], create: Callable[..., CreateShipment]
) -> None:
    (hold,) = connector().check_shipment(create(recipient={"name": "Ｅｒｉｋａ，Ｔｅｓｔ"}))
    assert hold.proposal == ("Erika,Test",)


def test_any_script_is_sent_where_the_account_says_so(
    connector: Callable[..., Any], create: Callable[..., CreateShipment], run: Callable[..., Any]
) -> None:
    (step,), _ = run(connector(script="any"), "create_shipment", create(recipient={"name": "王小明"}), [BOUGHT])
    contact = json.loads(step.content)["customerDetails"]["receiverDetails"]["contactInformation"]
    assert contact["fullName"] == contact["companyName"] == "王小明"


def test_without_a_service_only_what_holds_for_all_is_looked_at(
    connector: Callable[..., Any], create: Callable[..., CreateShipment]
) -> None:
    source = create(customs=None, parcels=(GOODS,))
    fields = {name: getattr(source, name) for name in ShipmentDetails.model_fields}
    assert connector().check_shipment(QuoteShipment(**fields | {"service": None})) == ()


@pytest.mark.parametrize("text", ["Zoë Müller-Łukasz", "O’Neil & Søn, Nº 5", "İstanbul Şişli", "Đà Nẵng", "Straße 4"])
def test_latin_letters_of_all_kinds_are_fine(text: str) -> None:
    assert in_script(clean(text), "latin")


@pytest.mark.parametrize("text", ["日本", "Иван", "a\tb", "smile 🙂", "x\u200by", "שלום", "soft\xadhyphen"])
def test_everything_else_is_not(text: str) -> None:
    assert not in_script(clean(text), "latin")


def test_decomposed_accents_are_composed() -> None:
    assert clean(" Zoe\u0308 ") == "Zoë"


@given(words=st.lists(st.text(alphabet="abcÄß", min_size=1, max_size=50), max_size=30), width=st.integers(1, 45))
def test_wrapping_keeps_every_word(words: list[str], width: int) -> None:
    found = wrap(" ".join(words), width, 3)
    if found is None:
        assert any(len(word) > width for word in words) or sum(map(len, words)) + len(words) > width
    else:
        assert " ".join(found).split() == words
        assert all(len(line) <= width for line in found)
        assert len(found) <= 3


@given(text=st.text(alphabet="ab ,", max_size=200), limit=st.integers(1, 80))
def test_shortening_never_exceeds(text: str, limit: int) -> None:
    assert len(shortened(text, limit)) <= limit


@settings(max_examples=50, deadline=None)
@given(
    lines=st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=5),
    name=st.text(max_size=300),
    city=st.text(max_size=60),
    postcode=st.none() | st.text(max_size=20),
    phone=st.none() | st.text(max_size=80),
)
def test_whatever_passes_fits_dhls_fields(
    connector: Callable[..., Any],
    create: Callable[..., CreateShipment],
    run: Callable[..., Any],
    lines: list[str],
    name: str,
    city: str,
    postcode: str | None,
    phone: str | None,
) -> None:
    recipient = Address(
        name=name, lines=tuple(lines), city=city, postal_code=postcode, country="DE", phone=phone, email=None
    )
    request = create(recipient=recipient)
    if connector().check_shipment(request):
        with pytest.raises(InvalidRequest):
            run(connector(), "create_shipment", request, [])
        return
    (step,), _ = run(connector(), "create_shipment", request, [BOUGHT])
    party = json.loads(step.content)["customerDetails"]["receiverDetails"]
    postal, contact = party["postalAddress"], party["contactInformation"]
    sent = [postal[f"addressLine{n}"] for n in (1, 2, 3) if f"addressLine{n}" in postal]
    assert sent
    assert all(1 <= len(line) <= 45 for line in sent)
    assert 1 <= len(postal["cityName"]) <= 45
    assert len(postal["postalCode"]) <= 12
    assert 1 <= len(contact["phone"]) <= 70
    assert 1 <= len(contact["companyName"]) <= 100


# ---- customs


def place(country: str, postcode: str | None = None) -> Address:
    return Address(name="x", lines=("x",), city="x", country=country, postal_code=postcode)


@pytest.mark.parametrize(
    ("sender", "recipient", "expected"),
    [
        (("CN", "518000"), ("DE", "10115"), True),
        (("DE", "10115"), ("FR", "75001"), False),
        (("FR", "75001"), ("MC", "98000"), False),
        (("CN", None), ("CN", None), False),
        (("CN", None), ("HK", None), True),
        (("ES", "28001"), ("ES", "35001"), True),
        (("ES", "35001"), ("ES", "38001"), False),
        (("DE", "10115"), ("ES", "38001"), True),
        (("DE", "10115"), ("DE", "27498"), True),
        (("GB", "SW1A 1AA"), ("GB", "BT1 1AA"), False),
        (("DE", "10115"), ("GB", "bt1 1aa"), None),
        (("CN", None), ("GB", "BT1 1AA"), True),
        (("CH", "8000"), ("LI", "9490"), False),
        (("US", "10001"), ("PR", "00901"), False),
        (("GB", "SW1A 1AA"), ("DE", "10115"), True),
    ],
)
def test_customs_borders(
    sender: tuple[str, str | None], recipient: tuple[str, str | None], expected: bool | None
) -> None:
    assert crosses_border(place(*sender), place(*recipient)) is expected
    assert crosses_border(place(*recipient), place(*sender)) is expected


def content_of(run: Callable[..., Any], connector: Any, request: CreateShipment) -> dict[str, Any]:
    (step,), _ = run(connector, "create_shipment", request, [BOUGHT])
    found: dict[str, Any] = json.loads(step.content, parse_float=Decimal)
    return found


def test_inside_the_union_no_declaration_is_sent(
    connector: Callable[..., Any], create: Callable[..., CreateShipment], run: Callable[..., Any]
) -> None:
    sender = {"country": "FR", "postal_code": "75001", "city": "Paris"}
    request = create(sender=sender, customs={"incoterm": Incoterm.DDP}, service="U")
    body = content_of(run, connector(), request)
    assert not body["content"]["isCustomsDeclarable"]
    assert "exportDeclaration" not in body["content"]
    assert "valueAddedServices" not in body
    assert [option["typeCode"] for option in body["outputImageProperties"]["imageOptions"]] == ["label", "waybillDoc"]


def test_ddp_buys_duties_paid_from_the_duties_account(
    connector: Callable[..., Any], create: Callable[..., CreateShipment], run: Callable[..., Any]
) -> None:
    request = create(customs={"incoterm": Incoterm.DDP})
    body = content_of(run, connector(duties_account="987"), request)
    assert body["valueAddedServices"] == [{"serviceCode": "DD"}]
    assert {"typeCode": "duties-taxes", "number": "987"} in body["accounts"]
    assert body["content"]["incoterm"] == "DDP"
    kept = content_of(run, connector(duties_account="987"), create())
    assert [account["typeCode"] for account in kept["accounts"]] == ["shipper"], "DAP is not billed to it"


def test_tax_numbers_go_to_their_party_once(
    connector: Callable[..., Any], create: Callable[..., CreateShipment], run: Callable[..., Any]
) -> None:
    ioss = TaxNumber(scheme=TaxScheme.IOSS, number="IM3720000001")
    request = create(
        sender={
            "tax_numbers": (
                ioss,
                TaxNumber(scheme=TaxScheme.EORI, number="XI000000000000"),
                TaxNumber(scheme=TaxScheme.OSS, number="EU000000000"),
            )
        },
        recipient={"tax_numbers": (TaxNumber(scheme=TaxScheme.OTHER, name="CNP", number="000.000", issuer="BR"),)},
        customs={"tax_numbers": (ioss, TaxNumber(scheme=TaxScheme.VOEC, number="2000000"))},
    )
    parties = content_of(run, connector(), request)["customerDetails"]
    assert parties["shipperDetails"]["registrationNumbers"] == [
        {"typeCode": "SDT", "number": "IM3720000001", "issuerCountryCode": "IE"},
        {"typeCode": "EOR", "number": "XI000000000000", "issuerCountryCode": "GB"},
        {"typeCode": "SDT", "number": "2000000", "issuerCountryCode": "NO"},
    ]
    assert parties["receiverDetails"]["registrationNumbers"] == [
        {"typeCode": "CNP", "number": "000.000", "issuerCountryCode": "BR"}
    ]


def test_a_scheme_can_be_mapped_by_the_account(
    connector: Callable[..., Any], create: Callable[..., CreateShipment], run: Callable[..., Any]
) -> None:
    numbers = (TaxNumber(scheme=TaxScheme.PERSONAL, number="X1", issuer="IT"),)
    request = create(recipient={"tax_numbers": numbers})
    account = connector(tax_number_types={"personal": "FTN"})
    receiver = content_of(run, account, request)["customerDetails"]["receiverDetails"]
    assert receiver["registrationNumbers"][0]["typeCode"] == "FTN"


def test_many_lines_share_the_gross_weight_to_the_gram(
    connector: Callable[..., Any], create: Callable[..., CreateShipment], run: Callable[..., Any]
) -> None:
    line = create().customs.lines[0]  # type: ignore[union-attr]
    lines = tuple(line.replace(unit_weight_g=grams, quantity=1) for grams in range(1, 61))
    request = create(customs={"lines": lines}, parcels=(Parcel(weight_g=1999),))
    items = content_of(run, connector(), request)["content"]["exportDeclaration"]["lineItems"]
    gross = [Decimal(item["weight"]["grossValue"]) for item in items]
    assert sum(gross) == Decimal("1.999")
    assert all(Decimal(item["weight"]["netValue"]) <= Decimal(item["weight"]["grossValue"]) for item in items)
    assert [item["number"] for item in items] == list(range(1, 61))


@pytest.mark.parametrize(("currency", "amount", "sent"), [("JPY", "1500", "1500"), ("KWD", "1.234", "1.234")])
def test_currencies_keep_their_digits(
    connector: Callable[..., Any],
    create: Callable[..., CreateShipment],
    run: Callable[..., Any],
    currency: str,
    amount: str,
    sent: str,
) -> None:
    line = create().customs.lines[0].replace(unit_value=money(amount, currency), quantity=1)  # type: ignore[union-attr]
    content = content_of(run, connector(), create(customs={"lines": (line,), "freight": None}))["content"]
    assert str(content["declaredValue"]) == sent
    assert content["declaredValueCurrency"] == currency


# ---- times


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 2, 9, 0, 1, 999, tzinfo=UTC), "2026-03-02T09:00:01 GMT+00:00"),
        (datetime(2026, 3, 2, 17, tzinfo=timezone(timedelta(hours=8))), "2026-03-02T17:00:00 GMT+08:00"),
        (datetime(2026, 3, 2, 17, tzinfo=timezone(-timedelta(hours=3, minutes=30))), "2026-03-02T17:00:00 GMT-03:30"),
        (datetime(2026, 3, 2, 17, tzinfo=timezone(timedelta(hours=5, minutes=45))), "2026-03-02T17:00:00 GMT+05:45"),
    ],
)
def test_planned_times(moment: datetime, expected: str) -> None:
    assert planned(moment, None) == expected


def test_the_origins_clock_counts_where_its_zone_is_known(
    connector: Callable[..., Any], quote: Callable[..., QuoteShipment], run: Callable[..., Any]
) -> None:
    late = datetime(2026, 3, 2, 20, tzinfo=UTC)
    (step,), _ = run(
        connector(time_zone="Asia/Shanghai"), "quote", quote(customs=None, ship_at=late), [(200, {"products": []})]
    )
    assert dict(step.query)["plannedShippingDate"] == "2026-03-03"


# ---- other operations


def test_one_piece_without_value_is_asked_by_query_and_everything_else_by_body(
    connector: Callable[..., Any], quote: Callable[..., QuoteShipment], run: Callable[..., Any]
) -> None:
    measured = Parcel(weight_g=1, dimensions=Dimensions(length_mm=1, width_mm=1, height_mm=1))
    plain = {"customs": None}
    bodies: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({}, {}),
        (plain | {"parcels": (measured, measured)}, {}),
        (plain | {"parcels": (GOODS,)}, {}),
        (plain | {"options": ShipmentOptions(signature=True)}, {}),
        (plain, {"payer_account": "1"}),
    ]
    assert [s.method for s in run(connector(), "quote", quote(**plain), [(200, {"products": []})])[0]] == ["GET"]
    for changes, account in bodies:
        (step,), _ = run(connector(**account), "quote", quote(**changes), [(200, {"products": []})])
        assert step.method == "POST", changes


def test_documents_are_refused_where_dhl_keeps_none(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    wishes = [
        (GetDocuments(waybill="1", bought_at=moment), "kinds.0"),
        (GetDocuments(waybill="1", kinds=(DocumentKind.WAYBILL,)), "bought_at"),
        (
            GetDocuments(waybill="1", kinds=(DocumentKind.WAYBILL,), format=DocumentFormat.ZPL, bought_at=moment),
            "format",
        ),
    ]
    for wish, field in wishes:
        with pytest.raises(InvalidRequest) as refusal:
            run(connector(), "get_documents", wish, [])
        assert refusal.value.field == field


def test_an_unknown_language_is_refused(connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    with pytest.raises(InvalidRequest):
        run(connector(), "track", TrackParcels(numbers=("1",), language="zh"), [])


def test_pickups_are_refused_before_anything_is_sent(
    connector: Callable[..., Any], create: Callable[..., CreateShipment], run: Callable[..., Any]
) -> None:
    source = create()
    good: dict[str, Any] = {
        "sender": source.sender,
        "ready_at": source.ship_at,
        "parcels": source.parcels,
        "service": "P",
    }
    cases: list[tuple[dict[str, Any], str]] = [
        ({"service": None}, "service"),
        ({"instructions": "x" * 81}, "instructions"),
        ({"location": "x" * 81}, "location"),
        ({"sender": source.sender.replace(phone=None)}, "sender.phone"),
    ]
    for change, field in cases:
        with pytest.raises(InvalidRequest) as refusal:
            run(connector(), "book_pickup", BookPickup(**good | change), [])
        assert refusal.value.field == field
    with pytest.raises(InvalidRequest):
        run(connector(), "change_pickup", ChangePickup(confirmation="short", **good), [])
    with pytest.raises(InvalidRequest):
        run(connector(), "cancel_pickup", CancelPickup(confirmation="PRG1", requested_by=" ", reason="r"), [])
