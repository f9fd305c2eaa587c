"""What is held before any purchase: weights, sizes, routes, names by bytes, phones, tax numbers."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_chinapost import ChinaPostConnector
from xborder_sdk.errors import InvalidRequest
from xborder_sdk.hookspecs import ListServices, SupportLevel
from xborder_sdk.models import Dimensions, HoldReason, Money, Parcel, TaxNumber, TaxScheme
from xborder_sdk.steps import Send


def order_of(step: Send) -> Any:
    assert step.content is not None
    return json.loads(dict(parse_qsl(step.content.decode()))["logistics_interface"])


def size(length: int, width: int, height: int) -> Dimensions:
    return Dimensions(length_mm=length, width_mm=width, height_mm=height)


CASES: dict[str, tuple[dict[str, Any], str, HoldReason]] = {
    "too heavy": ({"parcels": (Parcel(weight_g=2001),)}, "parcels.0.weight_g", HoldReason.NO_SERVICE),
    "sum over 90 cm": (
        {"parcels": (Parcel(weight_g=500, dimensions=size(500, 300, 101)),)}, "parcels.0.dimensions",
        HoldReason.NO_SERVICE),
    "side over 60 cm": (
        {"parcels": (Parcel(weight_g=500, dimensions=size(601, 110, 100)),)}, "parcels.0.dimensions",
        HoldReason.NO_SERVICE),
    "too small": (
        {"parcels": (Parcel(weight_g=500, dimensions=size(140, 109, 10)),)}, "parcels.0.dimensions",
        HoldReason.NO_SERVICE),
    "two boxes": ({"parcels": (Parcel(weight_g=300), Parcel(weight_g=300))}, "parcels", HoldReason.NO_SERVICE),
    "no route": ({"recipient": {"country": "CL"}}, "recipient.country", HoldReason.NO_SERVICE),
    "home": ({"recipient": {"country": "CN"}}, "recipient.country", HoldReason.NO_SERVICE),
    "from abroad": ({"sender": {"country": "DE"}}, "sender.country", HoldReason.NO_SERVICE),
    "a product nobody knows": ({"service": "777"}, "service", HoldReason.NO_SERVICE),
    "Chinese name of 60 bytes": ({"line": {"description_local": "折" * 20}}, "customs.lines.0.description_local",
                                 HoldReason.CUSTOMS),
    "English name of 60 bytes": ({"line": {"description": "p" * 60}}, "customs.lines.0.description",
                                 HoldReason.CUSTOMS),
    "a name that is no English": ({"line": {"description": "折纸灯具"}}, "customs.lines.0.description",
                                  HoldReason.CUSTOMS),
    "no Chinese name": ({"line": {"description_local": " "}}, "customs.lines.0.description_local",
                        HoldReason.MISSING_DATA),
    "a code of 50 bytes": ({"line": {"sku": "S" * 50}}, "customs.lines.0.sku", HoldReason.CUSTOMS),
    "other money": ({"line": {"unit_value": Money(amount=Decimal(4), currency="EUR")}}, "customs.lines.0.unit_value",
                    HoldReason.CUSTOMS),
    "half a cent": ({"line": {"unit_value": Money(amount=Decimal("4.605"), currency="USD")}},
                    "customs.lines.0.unit_value", HoldReason.CUSTOMS),
    "goods heavier than the parcel": ({"line": {"unit_weight_g": 161}}, "customs.lines", HoldReason.CUSTOMS),
    "no declaration": ({"customs": None}, "customs", HoldReason.CUSTOMS),
    "a phone of 21 characters": ({"recipient": {"phone": "+" + "4" * 21}}, "recipient.phone", HoldReason.BAD_ADDRESS),
    "a name in Chinese": ({"recipient": {"name": "王小明"}}, "recipient.name", HoldReason.BAD_ADDRESS),
    "an emoji": ({"recipient": {"lines": ("Weg 1 \U0001f3e0",)}}, "recipient.lines", HoldReason.BAD_ADDRESS),
    "an address of 513 bytes": ({"recipient": {"lines": ("x" * 513,)}}, "recipient.lines", HoldReason.BAD_ADDRESS),
    "a plus sign": ({"recipient": {"lines": ("Weg 1 + 2",)}}, "recipient.lines", HoldReason.BAD_ADDRESS),
    "no street": ({"recipient": {"lines": (" ",)}}, "recipient.lines", HoldReason.BAD_ADDRESS),
    "no city": ({"recipient": {"city": " "}}, "recipient.city", HoldReason.BAD_ADDRESS),
    "a tax number without a field": (
        {"customs": {"tax_numbers": (TaxNumber(scheme=TaxScheme.EORI, number="DE1"),)}}, "customs.tax_numbers.0",
        HoldReason.CUSTOMS),
    "two tax numbers": (
        {"customs": {"tax_numbers": (TaxNumber(scheme=TaxScheme.IOSS, number="IM1"),
                                     TaxNumber(scheme=TaxScheme.VAT, number="DE1"))}}, "customs.tax_numbers",
        HoldReason.CUSTOMS),
    "two tax numbers of the buyer": (
        {"recipient": {"tax_numbers": (TaxNumber(scheme=TaxScheme.PERSONAL, number="1"),
                                       TaxNumber(scheme=TaxScheme.PERSONAL, number="2"))}}, "recipient.tax_numbers",
        HoldReason.CUSTOMS),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_is_held_and_never_sent(
    name: str, connector: Callable[..., Any], create: Callable[..., Any], run: Callable[..., Any]
) -> None:
    changes, field, reason = CASES[name]
    account, request = connector(), create(**changes)
    holds = account.check_shipment(request)
    assert (field, reason) in [(hold.field, hold.reason) for hold in holds]
    with pytest.raises(InvalidRequest) as raised:
        run(account, "create_shipment", request, [])
    assert raised.value.field == holds[0].field
    shown = " ".join(f"{hold.detail} {hold.repair}" for hold in holds)
    assert "Beispiel" not in shown
    assert "Erfindungsallee" not in shown


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"parcels": (Parcel(weight_g=2000, dimensions=size(600, 160, 140)),)},
        {"parcels": (Parcel(weight_g=1),), "line": {"unit_weight_g": 1, "quantity": 1}},
        {"line": {"description_local": "折" * 19 + "ab"}},
        {"recipient": {"phone": "+" + "4" * 20, "lines": ("x" * 512,)}},
        {"recipient": {"country": "RU", "name": "Ivan Primer"}, "parcels": (Parcel(weight_g=5000),)},
        {"recipient": {"country": "UK"}},
        {"service": "900", "recipient": {"country": "CL"}, "parcels": (Parcel(weight_g=9000),)},
        {"customs": {"tax_numbers": (TaxNumber(scheme=TaxScheme.OSS, number="X"),)}},
        {"sender": {"name": "王小明", "lines": ("发明路12号",)}},
    ],
)
def test_what_fits_is_not_held(
    changes: dict[str, Any], connector: Callable[..., Any], create: Callable[..., Any]
) -> None:
    assert connector().check_shipment(create(**changes)) == ()


def test_an_order_of_sixty_lines_is_sent_whole(
    connector: Callable[..., Any], create: Callable[..., Any], run: Callable[..., Any]
) -> None:
    line = create().customs.lines[0].replace(unit_weight_g=2, quantity=1)
    request = create(customs={"lines": tuple(line.replace(sku=f"S{n}") for n in range(60))})
    (step,), _ = run(connector(transport="pcp"), "create_shipment", request, [{"success": "true", "waybillNo": "X"}])
    assert [item["cargo_no"] for item in order_of(step)["items"]] == [f"S{n}" for n in range(60)]


def test_a_service_is_not_looked_at_where_none_is_chosen(
    connector: Callable[..., Any], create: Callable[..., Any]
) -> None:
    source = create(parcels=(Parcel(weight_g=9000),), recipient={"country": "CL"})
    fields = {name: getattr(source, name) for name in ListServices.model_fields} | {"service": None}
    assert connector().check_shipment(ListServices(**fields)) == ()


def test_the_day_in_china_chooses_the_figures(connector: Callable[..., Any], create: Callable[..., Any]) -> None:
    heavy = {"recipient": {"country": "RU", "name": "Ivan Primer"}, "parcels": (Parcel(weight_g=4000),)}
    account = connector()
    before = create(**heavy, ship_at=datetime(2025, 7, 30, 15, 59, tzinfo=UTC))
    after = create(**heavy, ship_at=datetime(2025, 7, 30, 16, 0, tzinfo=UTC))
    assert [hold.field for hold in account.check_shipment(before)] == ["parcels.0.weight_g"]
    assert account.check_shipment(after) == ()


def test_the_settings_win_over_the_figures(connector: Callable[..., Any], create: Callable[..., Any]) -> None:
    row = {
        "family": "epacket",
        "valid_from": "2026-01-01",
        "destinations": {"CL": 3000},
        "source": "notice of the post office",
    }
    account = connector(limits=[row])
    chile = create(recipient={"country": "CL"}, parcels=(Parcel(weight_g=3000),))
    assert account.check_shipment(chile) == ()
    assert [hold.field for hold in account.check_shipment(create())] == ["recipient.country"]
    earlier = create(recipient={"country": "CL"}, ship_at=datetime(2025, 12, 1, tzinfo=UTC))
    assert [hold.field for hold in account.check_shipment(earlier)] == ["recipient.country"]


def test_any_script_is_a_choice(connector: Callable[..., Any], create: Callable[..., Any]) -> None:
    request = create(recipient={"name": "山田太郎", "country": "JP"})
    assert [hold.field for hold in connector().check_shipment(request)] == ["recipient.name"]
    assert connector(script="any").check_shipment(request) == ()


@given(name=st.text(min_size=1, max_size=40))
def test_no_name_gets_through_that_the_post_refuses(
    name: str, connector: Callable[..., Any], create: Callable[..., Any]
) -> None:
    holds = connector().check_shipment(create(line={"description_local": name}))
    held = any(hold.field == "customs.lines.0.description_local" for hold in holds)
    sent = " ".join(unicodedata.normalize("NFC", name).split())
    bad = (
        not 1 <= len(sent.encode("utf-8", "replace")) <= 59
        or "+" in sent
        or "||" in sent
        or any(ord(character) > 0xFFFF for character in sent)
        or not sent.isprintable()
    )
    assert held is bad


@pytest.mark.parametrize(
    ("amount", "rate", "told"),
    [
        ("4.60", "1.08", "4.97"),
        ("0.01", "0.1", "0.01"),
        ("0", "1.08", "0.00"),
        ("150", "0.0067", "1.01"),
    ],
)
def test_other_currencies_are_converted_at_the_account_s_own_rate(
    amount: str,
    rate: str,
    told: str,
    connector: Callable[..., Any],
    create: Callable[..., Any],
    run: Callable[..., Any],
) -> None:
    wish = create(line={"unit_value": Money(amount=Decimal(amount), currency="EUR"), "quantity": 2})
    (hold,) = connector().check_shipment(wish)
    assert "exchange_rates" in (hold.repair or "")
    account = connector(transport="pcp", exchange_rates={"EUR": rate})
    assert not account.check_shipment(wish)
    (step,), _ = run(account, "create_shipment", wish, [{"success": "true", "waybillNo": "LV990000010CN"}])
    sent = json.loads(dict(parse_qsl(step.content.decode()))["logistics_interface"], parse_float=Decimal)
    (item,) = sent["items"]
    assert (item["cargo_value"], item["cost"], item["cargo_currency"]) == (Decimal(told), Decimal(told), "USD")
    assert sent["contents_total_value"] == Decimal(told) * 2


def test_a_connector_says_what_it_lacks(connector: Callable[..., ChinaPostConnector]) -> None:
    gateway, pcp, keyless = connector(), connector(transport="pcp"), connector(ak=None)
    names = (
        "track", "cancel_shipment", "get_shipment", "get_documents", "create_shipment", "find_shipment", "hand_over",
    )  # fmt: skip
    assert [bool(gateway.support(name)) for name in names] == [True, True, True, True, True, False, False]
    assert [bool(pcp.support(name)) for name in names] == [False, True, True, True, True, False, False]
    assert not keyless.support("get_documents")
    assert gateway.support("cancel_shipment").level is SupportLevel.CONDITIONAL
    assert pcp.support("cancel_shipment").level is SupportLevel.YES
    tested = connector(environment="test")
    assert "hosts.pcp" in (tested.support("cancel_shipment").reason or "")
    assert connector(environment="test", hosts={"pcp": "https://post.example"}).support("cancel_shipment")
    assert "tracker" in (pcp.support("track").reason or "")
