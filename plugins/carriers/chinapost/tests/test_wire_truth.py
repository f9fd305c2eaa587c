"""What is sent and read, against field lists, samples and code tables that were gathered about China Post."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from xborder_chinapost.batch_file import ORDER_COLUMNS, ORDER_SHEET, SKU_COLUMNS, SKU_SHEET
from xborder_chinapost.event_codes import EVENTS, REVERSES
from xborder_chinapost.event_meanings import WORDS, meaning
from xborder_chinapost.families import LIMITS, Family, limits_of
from xborder_chinapost.numbers import has_good_check_digit
from xborder_chinapost.refusals import ALLOCATION, ORDER
from xborder_chinapost.sm4 import seal, unseal
from xborder_chinapost.tariff import TariffRow
from xborder_sdk.models import TrackingStatus
from xborder_sdk.steps import Send, WireRequest


def sample(contracts: Path, name: str) -> Any:
    return json.loads((contracts / name).read_text(encoding="utf-8"), parse_float=Decimal)


def fields(step: Send) -> dict[str, str]:
    assert step.content is not None
    return dict(parse_qsl(step.content.decode(), keep_blank_values=True, strict_parsing=True))


def signed(connector: Any, step: Send) -> dict[str, str]:
    request = WireRequest(step.method, f"https://example.com{step.path}", (), step.content or b"")
    return dict(parse_qsl(connector.sign(request, None).content.decode(), keep_blank_values=True))


def test_sealing_agrees_with_every_vector(contracts: Path) -> None:
    vectors = sample(contracts, "sm4_vectors.json")["vectors"]
    assert len(vectors) == 2
    for vector in vectors:
        assert seal(vector["json"], vector["key_string"]) == vector["expected"]
        assert unseal(vector["expected"], vector["key_string"]) == vector["json"]


def test_an_order_has_the_fields_of_the_sample_and_their_types(
    contracts: Path, connector: Callable[..., Any], create: Callable[..., Any], run: Callable[..., Any]
) -> None:
    known = sample(contracts, "samples/synthetic_pcp_order.logistics_interface.json")
    (step,), _ = run(
        connector(transport="pcp"), "create_shipment", create(), [{"success": "true", "waybillNo": "LV990000010CN"}]
    )
    made = json.loads(fields(step)["logistics_interface"], parse_float=Decimal)
    assert set(made) == set(known)
    for part in ("sender", "receiver"):
        assert set(made[part]) == set(known[part])
    assert [set(item) for item in made["items"]] == [set(known["items"][0])]
    for mine, theirs in ((made, known), (made["items"][0], known["items"][0])):
        for name, value in theirs.items():
            if isinstance(value, (int, Decimal)):
                assert isinstance(mine[name], (int, Decimal)), name
            elif value is not None:
                assert type(mine[name]) is type(value), name
    same = ("undelivery_option", "transfer_type", "back_way", "declare_source", "declare_type", "mail_sign", "unit")
    for name in same[:-1]:
        assert made[name] == known[name]
    assert made["items"][0]["unit"] == known["items"][0]["unit"]


def test_the_form_of_the_gateway_is_that_of_the_sample(
    contracts: Path, connector: Callable[..., Any], create: Callable[..., Any], run: Callable[..., Any]
) -> None:
    known = sample(contracts, "samples/synthetic_amp_open_form.json")
    account = connector()
    answer = {"success": True, "retCode": "00000", "retBody": {"waybillNo": "LV990000010CN"}}
    (step,), _ = run(account, "create_shipment", create(), [answer])
    form = signed(account, step)
    assert set(form) == set(known)
    for name in ("apiCode", "msgType", "version", "productType", "biz_product_no"):
        assert form[name] == known[name]
    assert form["timeStamp"] == "2026-03-02 17:00:00"
    assert form["authorization"] == "authorization-canary"
    assert json.loads(unseal(form["logitcsInterface"], "MDEyMzQ1Njc4OWFiY2RlZg=="))["weight"] == 320


def test_the_kept_answer_of_an_allocation_is_read(
    contracts: Path, connector: Callable[..., Any], create: Callable[..., Any]
) -> None:
    from xborder_chinapost.pcp import Pcp
    from xborder_sdk.steps import Response

    kept = (contracts / "samples/pcp_barcode_allocation.ok.json").read_bytes()
    reference = json.loads(kept)["barCodeList"][0]["logisticsOrderId"]
    account = connector(transport="pcp", numbers="pool")
    transport = account.transport
    assert isinstance(transport, Pcp)
    flow = transport.allocate(reference, "019", "DE", account.now())
    step = next(flow)
    assert isinstance(step, Send)
    assert set(fields(step)) | {"data_digest"} == set(signed(account, step))
    with pytest.raises(StopIteration) as stop:
        flow.send(Response(200, (), kept))
    assert stop.value.value.number == json.loads(kept)["barCodeList"][0]["bar_code"]
    assert has_good_check_digit(stop.value.value.number)


def test_every_error_code_has_a_meaning(contracts: Path) -> None:
    with (contracts / "error_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["code"] for row in rows if row["operation"] == "barcode_allocation"} == set(ALLOCATION)
    assert {row["code"] for row in rows if row["operation"] == "order_create"} == set(ORDER)
    for row in rows:
        table = ALLOCATION if row["operation"] == "barcode_allocation" else ORDER
        broken = any(word in row["message_zh"] for word in ("异常", "超时", "保存失败", "未知", "重复"))
        assert table[row["code"]].proves is not broken, row


def test_every_event_code_is_mapped(contracts: Path) -> None:
    with (contracts / "ems_event_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert len(rows) == 237
    assert {row["carrier_code"]: row["olts_code"] for row in rows} == EVENTS
    assert set(EVENTS.values()) == set(WORDS)
    for row in rows:
        status, reason = meaning(row["carrier_code"])
        taken_back = row["notes"].partition("作废 ")[2]
        assert bool(taken_back) is (row["carrier_code"] in REVERSES)
        if taken_back:
            assert REVERSES[row["carrier_code"]] == tuple(taken_back.split("/"))
        assert status is not TrackingStatus.UNKNOWN or reason in {"reversal", "administrative", "redirected"}


def test_destinations_are_those_of_the_list(contracts: Path) -> None:
    with (contracts / "eub_destinations_2019.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["iso2"]: int(row["max_weight_g"]) for row in csv.DictReader(file)}
    newest = limits_of(Family.EPACKET, date(2026, 3, 2))
    oldest = min((row for row in LIMITS if row.family is Family.EPACKET), key=lambda row: row.valid_from)
    assert newest is not None
    assert newest.destinations == rows
    assert oldest.destinations is not None
    assert set(oldest.destinations) == set(rows)


def test_a_published_price_list_fits_into_the_tariff(contracts: Path) -> None:
    services = sample(contracts, "rates_russia_2025.json")["services"]
    epacket = next(row for row in services if row["service"] == "e邮宝")
    row = TariffRow(
        product="019",
        destinations=("RU",),
        per_item=epacket["per_item"],
        per_gram=epacket["per_gram"],
        up_to_g=epacket["max_g"],
        valid_from=date.fromisoformat(epacket["from"]),
    )
    assert str(row.price(1000)) == "72.00 CNY"
    express = next(row for row in services if row["service"] == "e特快")
    steps = TariffRow(
        product="900",
        first_g=50,
        first_price=express["first_50g"],
        step_g=50,
        step_price=express["each_next_50g"],
        valid_from=date(2023, 9, 15),
    )
    assert [str(steps.price(grams).amount) for grams in (50, 51, 100, 101)] == ["102.00", "104.55", "104.55", "107.10"]


def test_the_batch_file_has_the_columns_of_the_template(contracts: Path) -> None:
    first, second = sample(contracts, "eub_import_template.json")["sheets"]
    assert (first["title"], tuple(first["columns"])) == (ORDER_SHEET, ORDER_COLUMNS)
    assert (second["title"], tuple(second["columns"])) == (SKU_SHEET, SKU_COLUMNS)
