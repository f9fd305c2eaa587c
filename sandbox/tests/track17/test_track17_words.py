"""Codes, carriers, statuses and field names, held against the vendor's papers."""

from __future__ import annotations

import csv
import json

import pytest

from xborder_sandbox.parcels import Stage
from xborder_sandbox.track17.carriers import CARRIERS, detect
from xborder_sandbox.track17.errors import MESSAGES
from xborder_sandbox.track17.statuses import ALL, ENDS, MILESTONES, SUB_STATUSES, main_of, of_stage

# In the vendor's table as a public client quotes it, not in error_codes.csv.
BEYOND = {-18010204, *range(-18019805, -18019800), -18019807, -18019809, -18019811}


@pytest.fixture
def papers(contract_folder):
    folder = contract_folder / "17track"
    assert folder.is_dir()
    return folder


def test_error_codes_are_the_vendors(papers):
    listed = {int(row["code"]) for row in csv.DictReader((papers / "error_codes.csv").read_text().splitlines())}
    assert MESSAGES.keys() - listed == BEYOND
    # Whitelists, trouble inside, closed carriers and real-time queries are not simulated.
    assert listed - MESSAGES.keys() == {0, -18010001, -18010003, -18019911, -18019818}


def test_statuses_are_the_vendors(papers):
    vocabulary = json.loads((papers / "status_vocabulary.json").read_text())
    mine = {main: [name for name in ALL if main_of(name) == main] for main in SUB_STATUSES}
    assert mine == vocabulary["main_status"]
    assert len(ALL) == vocabulary["count_sub"] == 30
    assert len(SUB_STATUSES) == 9
    assert list(MILESTONES) == vocabulary["milestone_key_stages"]
    assert {*MILESTONES.values(), *ENDS, *(of_stage(stage) for stage in Stage)} <= set(ALL)


def test_carriers_are_the_vendors(papers):
    listed = {int(row["key"]): row for row in csv.DictReader((papers / "carriers.csv").read_text().splitlines())}
    for key, carrier in CARRIERS.items():
        assert (carrier.name, carrier.homepage) == (listed[key]["name"], listed[key]["url"]), key


def shape(found, prefix=""):
    """Return the paths of all fields."""
    if isinstance(found, list):
        return set().union(*(shape(item, f"{prefix}[]") for item in found)) if found else set()
    if isinstance(found, dict):
        return set().union(*({f"{prefix}.{name}"} | shape(value, f"{prefix}.{name}") for name, value in found.items()))
    return set()


# 17track.md, section "track_info".
LISTED = """
shipping_info.shipper_address shipping_info.recipient_address latest_status.status latest_status.sub_status
latest_status.sub_status_descr time_metrics.days_after_order time_metrics.days_of_transit
time_metrics.days_of_transit_done time_metrics.days_after_last_update
time_metrics.estimated_delivery_date.source time_metrics.estimated_delivery_date.from
time_metrics.estimated_delivery_date.to milestone[].key_stage milestone[].time_iso milestone[].time_utc
misc_info.risk_factor misc_info.service_type misc_info.weight_raw misc_info.weight_kg misc_info.pieces
misc_info.dimensions misc_info.customer_number misc_info.reference_number misc_info.local_number
misc_info.local_provider misc_info.local_key tracking.providers_hash tracking.providers[].provider.key
tracking.providers[].provider.name tracking.providers[].provider.alias tracking.providers[].provider.tel
tracking.providers[].provider.homepage tracking.providers[].provider.country tracking.providers[].service_type
tracking.providers[].latest_sync_status tracking.providers[].latest_sync_time tracking.providers[].events_hash
"""
EVENT = "time_iso time_utc description location stage address"
ADDRESS = "country state city street postal_code coordinates"


def listed_fields():
    events = [
        f"{where}.{name}" for where in ("latest_event", "tracking.providers[].events[]") for name in EVENT.split()
    ]
    holders = ["shipping_info.shipper_address", "shipping_info.recipient_address"]
    holders += ["latest_event.address", "tracking.providers[].events[].address"]
    addresses = [f"{where}.{name}" for where in holders for name in ADDRESS.split()]
    coordinates = [f"{where}.coordinates.{name}" for where in holders for name in ("longitude", "latitude")]
    return {f".{name}" for name in [*LISTED.split(), *events, *addresses, *coordinates]}


def test_track_info_has_the_fields_of_the_sample_and_of_the_reference(papers, track):
    sample = json.loads((papers / "samples" / "v22_gettrackinfo.ok.json").read_text())
    track.one("register")
    track.advance(days=40)
    answer = track.post("gettrackinfo", [{"number": "RR123456785CN"}]).json()
    assert track.info()["latest_event"] is not None
    assert shape(sample) <= shape(answer)
    info = answer["data"]["accepted"][0]["track_info"]
    parents = {path for field in listed_fields() for path in [field.rsplit(".", 1)[0]] if path}
    parents |= {path.rsplit(".", 1)[0] for path in parents if "." in path[1:]}
    assert listed_fields() <= shape(info)
    holders = {path.removesuffix("[]") for path in parents}
    assert shape(info) - listed_fields() - holders == set()
    assert shape(answer["data"]["accepted"][0]) - shape(info, ".track_info") == {
        ".number",
        ".carrier",
        ".param",
        ".tag",
        ".track_info",
    }


def test_version_2_4_tells_each_events_sub_status(track):
    track.one("register")
    track.advance(days=40)
    assert "sub_status" not in track.info()["latest_event"]
    track.version = "v2.4"
    newest = track.info()["latest_event"]
    assert newest["sub_status"] in ALL


def test_a_registration_is_answered_as_in_the_sample(papers, track):
    (wish,) = json.loads((papers / "samples" / "v22_register.request.json").read_text())
    sample = json.loads((papers / "samples" / "v22_register.ok.json").read_text())
    answer = track.post("register", [wish]).json()
    assert shape(answer) == shape(sample)
    (mine,), (theirs,) = answer["data"]["accepted"], sample["data"]["accepted"]
    assert {**mine, "origin": 1} == theirs  # the sample says 1 for a carrier that was given; the reference 2


@pytest.mark.parametrize(
    ("number", "key", "is_certain"),
    [
        ("RR123456785CN", 3011, True),
        ("LN156947362CN", 3011, True),
        ("EE123456785CN", 3013, True),
        ("RR123456789CN", 3011, False),  # a wrong check digit
        ("RR123456785GB", 11031, True),
        ("RR123456785DE", 7044, True),
        ("1Z999AA10123456784", 100002, True),
        ("YT2412345678901234", 190008, True),
        ("4PX3001234567890CN", 190094, True),
        ("LP00123456789012", 190271, True),
        ("UG123456789YP", 190012, True),
        ("9400111899223397541123", 21051, True),
        ("JD014600003456789012", 7041, True),
        ("1234567890", 100001, False),
        ("123456789012", 100003, False),
        ("123456789", 100004, False),
    ],
)
def test_carriers_are_told_by_their_numbers(number, key, is_certain):
    assert detect(number) == (key, is_certain)


@pytest.mark.parametrize("number", ["HELLO", "RR123456785XX", "12345", "1Z12"])
def test_what_looks_like_nothing_is_nothing(number):
    assert detect(number) is None
