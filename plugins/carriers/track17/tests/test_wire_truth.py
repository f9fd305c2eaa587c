"""What is sent and read, against samples and tables that were gathered about 17TRACK."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xborder_sdk.hookspecs import KnownParcel, TrackParcels
from xborder_sdk.models import TrackingStatus
from xborder_track17.vocabulary import CARRIERS, CODES, MAIN, STAGES, SUB


def load(contracts: Path, name: str) -> Any:
    return json.loads((contracts / name).read_text(encoding="utf-8"))


def test_the_sample_is_read(contracts: Path, connector: Callable[..., Any], run: Callable[..., Any]) -> None:
    sample = load(contracts, "samples/v22_gettrackinfo.ok.json")
    number = sample["data"]["accepted"][0]["number"]
    _, (found,) = run(connector(), "track", TrackParcels(numbers=(number,)), [sample])
    assert found.found
    assert found.status is TrackingStatus.DELIVERED
    assert found.delivered_at == datetime(2022, 5, 2, 18, 34, tzinfo=UTC)
    assert [scan.status for scan in found.scans] == [
        TrackingStatus.LABEL_CREATED,
        TrackingStatus.PICKED_UP,
        TrackingStatus.DELIVERED,
    ]
    assert found.scans[0].local_time == "2022-04-25T10:00:00"
    assert found.scans[-1].country == "US"
    assert found.estimated_delivery is not None
    assert found.raw.data()["carrier"] == 3011


def test_a_registration_has_the_fields_of_the_sample(
    contracts: Path, connector: Callable[..., Any], run: Callable[..., Any]
) -> None:
    known = load(contracts, "samples/v22_register.request.json")[0]
    answer = load(contracts, "samples/v22_register.ok.json")
    number = known["number"]
    unknown = {"code": 0, "data": {"accepted": [], "rejected": [{"number": number, "error": {"code": -18019902}}]}}
    wanted = TrackParcels(
        numbers=(number,),
        known=(KnownParcel(number=number, carrier="chinapost", order_id="ORD-2026-001", postal_code="postcode123"),),
    )
    account = connector(language="en", send_postal_code=True)
    sent, _ = run(account, "track", wanted, [unknown, answer, unknown])
    (entry,) = json.loads(sent[1].content or b"")
    assert {name: known[name] for name in entry} == entry


def test_the_words_are_those_of_the_list(contracts: Path) -> None:
    vocabulary = load(contracts, "status_vocabulary.json")
    assert set(vocabulary["main_status"]) == set(MAIN)
    assert {word for words in vocabulary["main_status"].values() for word in words} == set(SUB)
    assert set(vocabulary["milestone_key_stages"]) - set(MAIN) == set(STAGES)


def test_every_code_has_a_meaning(contracts: Path) -> None:
    with (contracts / "error_codes.csv").open(encoding="utf-8", newline="") as file:
        codes = {int(row["code"]) for row in csv.DictReader(file)}
    assert codes - {0} == set(CODES)


def test_carrier_keys_are_those_of_the_list(contracts: Path) -> None:
    with (contracts / "carriers.csv").open(encoding="utf-8", newline="") as file:
        rows = {
            int(row["key"]): f"{row['name']} {row['short_code']} {row['url']}".lower() for row in csv.DictReader(file)
        }
    for connector, key in CARRIERS.items():
        assert connector in rows[key].replace("china post", "chinapost"), connector
