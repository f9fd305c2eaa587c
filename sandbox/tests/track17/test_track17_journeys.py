"""What is known of parcels: those of this sandbox, and invented ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from xborder_sandbox.errors import AdminError
from xborder_sandbox.track17.journey import STORIES
from xborder_sandbox.track17.statuses import ALL

UPU = "RR123456785CN"
# 17track.md names Expired and NotFound for silence; they are not events.
HAPPEN = [name for name in ALL if not name.startswith(("NotFound", "Expired"))]


def test_an_invented_parcel_travels_with_the_clock(make_track):
    first, second, other = make_track(), make_track(), make_track(seed=2)
    for client in (first, second, other):
        client.call("register", *({"number": f"1Z999AA1{index:010d}"} for index in range(10)))
        client.advance(days=3)
    numbers = [f"1Z999AA1{index:010d}" for index in range(10)]

    def told(client):
        return [[e["time_utc"][:-4] for e in events(client.info(number))] for number in numbers]

    assert told(first) == told(second)
    assert told(first) != told(other)


def events(info):
    return info["tracking"]["providers"][0]["events"]


def test_every_story_comes_to_an_end(track):
    numbers = [f"1Z999AA1{index:010d}" for index in range(160)]
    for start in range(0, 160, 40):
        track.call("register", *({"number": number} for number in numbers[start : start + 40]))
    track.advance(days=25)
    ends, seen = {}, set()
    for number in numbers:
        info = track.info(number)
        ends[info["latest_status"]["sub_status"]] = number
        seen |= {event["stage"] for event in events(info)}
    assert ends.keys() == {"Delivered_Other", "Exception_Returned", "Exception_Lost", "NotFound_Other"}
    assert {"InfoReceived", "InTransit_PickedUp", "Delivered", "AvailableForPickup", None} <= seen
    assert sum(weight for _, weight in STORIES) == 100
    info = track.info(ends["NotFound_Other"])
    assert (info["latest_event"], events(info)) == (None, [])


def test_track_info_tells_its_story_consistently(track):
    track.one("register", UPU, order_no="SO-1", order_time="2026-03-01T00:00:00Z", param="x")
    track.advance(days=20)
    info = track.info()
    assert info["latest_status"] == {"status": "Delivered", "sub_status": "Delivered_Other", "sub_status_descr": None}
    happened = events(info)
    assert happened[0] == info["latest_event"]
    moments = [event["time_utc"] for event in happened]
    assert moments == sorted(moments, reverse=True)
    for event in happened:
        local = datetime.fromisoformat(event["time_iso"])
        assert local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") == event["time_utc"]
    reached = {row["key_stage"]: row["time_utc"] for row in info["milestone"]}
    assert reached["Delivered"] == moments[0]
    assert reached["Returning"] is None
    assert info["shipping_info"]["shipper_address"]["country"] == "CN"
    assert info["misc_info"]["reference_number"] == "SO-1"
    assert info["time_metrics"]["days_after_order"] == 21
    transit = info["time_metrics"]["days_of_transit_done"]
    assert 4 <= transit == info["time_metrics"]["days_of_transit"] <= 15
    track.admin("settings", event_order="oldest-first")
    assert events(track.info()) == happened[::-1]


def test_the_hash_changes_with_the_events(track):
    track.one("register")
    track.advance(minutes=5)
    first = track.info()["tracking"]["providers_hash"]
    assert track.info()["tracking"]["providers_hash"] == first
    track.advance(days=2)
    assert track.info()["tracking"]["providers_hash"] != first
    assert -(2**31) <= first < 2**31


@pytest.mark.parametrize("sub_status", HAPPEN)
def test_every_sub_status_can_be_brought_about(track, sub_status):
    track.one("register")
    track.advance(minutes=5)
    track.admin("add_event", number=UPU, sub_status=sub_status, text="said", city="HERE", country="US")
    info = track.info()
    assert info["latest_status"]["sub_status"] == sub_status
    assert info["latest_status"]["status"] == sub_status.partition("_")[0]
    assert (info["latest_event"]["description"], info["latest_event"]["location"]) == ("said", "HERE")


def test_events_are_added_with_care(track):
    track.one("register")
    for wrong in ({"sub_status": "Lost"}, {"at": "now"}, {"at": "2026-03-02"}, {"number": "?"}, {"text": 5}):
        with pytest.raises(AdminError):
            track.admin("add_event", **{"number": UPU, "sub_status": "Delivered_Other", **wrong})


def test_what_is_delivered_is_stopped_after_fifteen_days(track):
    track.one("register")
    track.advance(days=1)
    track.admin("add_event", number=UPU, sub_status="Delivered_Other")
    # What was invented goes on a little: the journey's own delivery is the last news.
    track.advance(days=14)
    assert row(track)["tracking_status"] == "Tracking"
    track.advance(days=20)
    assert row(track)["tracking_status"] == "Stopped"
    assert row(track)["stop_track_reason"] == "Expired"
    assert row(track)["package_status"] == "Delivered"
    track.one("retrack")
    assert row(track)["is_retracked"] is True


def row(track):
    (found,) = track.post("gettracklist", {"number": UPU}).json()["data"]["accepted"]
    return found


def test_what_is_silent_expires_after_thirty_days(track):
    number = next(n for n in (f"1Z999AA1{i:010d}" for i in range(200)) if is_unknown(track, n))
    track.advance(days=29)
    assert track.status(number) == "NotFound_Other"
    track.advance(days=2)
    assert track.status(number) == "Expired_Other"
    (found,) = track.post("gettracklist", {"number": number}).json()["data"]["accepted"]
    assert (found["package_status"], found["tracking_status"]) == ("Expired", "Stopped")


def is_unknown(track, number):
    track.one("register", number)
    track.advance(minutes=5)
    if track.status(number) == "NotFound_Other":
        return True
    track.one("deletetrack", number)
    return False


def test_parcels_of_china_post_are_followed(make_track):
    track = make_track(vendors=("chinapost", "track17"), scenario="demo")
    parcels = track.sandbox.vendors["chinapost"].state()["parcels"]
    for parcel in parcels:
        registered = track.one("register", parcel["number"])
        assert registered["carrier"] == (3013 if parcel["family"] == "ems" else 3011)
        assert registered["origin"] == 1
    track.advance(minutes=5)
    for parcel in parcels:
        info = track.info(parcel["number"])
        assert len(events(info)) == len(parcel["scans"])
        if parcel["delivered"]:
            assert info["latest_status"]["status"] == "Delivered"
            assert info["shipping_info"]["recipient_address"]["country"] == parcel["to"]
    untouched = parcels[0]["number"]
    assert track.status(untouched) == "NotFound_Other"
    track.advance(days=1)
    assert track.status(untouched) != "NotFound_Other"


def test_parcels_of_dhl_are_followed(make_track):
    track = make_track(vendors=("dhl", "track17"), scenario="demo")
    for shipment in track.sandbox.vendors["dhl"].state()["shipments"]:
        number = shipment["number"]
        assert track.one("register", number) == {"origin": 1, "number": number, "tag": None, "carrier": 100001}
    track.advance(days=20)
    stages = set()
    for shipment in track.sandbox.vendors["dhl"].state()["shipments"]:
        info = track.info(shipment["number"])
        stages |= {event["stage"] for event in events(info)}
        assert info["latest_status"]["status"] == "Delivered"
        assert len(events(info)) == len(shipment["scans"])
        assert info["misc_info"]["weight_kg"] == "0.8"
    assert {"InTransit_PickedUp", "InTransit_Departure", "InTransit_Arrival", "Delivered", "OutForDelivery"} <= stages


def test_the_wrong_carrier_knows_nothing(make_track):
    track = make_track(vendors=("chinapost", "track17"), scenario="demo")
    number = track.sandbox.vendors["chinapost"].state()["parcels"][-1]["number"]
    track.one("register", number, carrier=21051, auto_detection=False)
    track.advance(minutes=5)
    assert track.status(number) == "NotFound_Other"
    track.one("changecarrier", number, carrier_new=3011)
    track.advance(minutes=5)
    assert track.status(number) == "Delivered_Other"


def test_a_reset_forgets_everything(track):
    track.one("register")
    track.sandbox.reset()
    assert track.state()["registrations"] == []
    assert track.state()["quota"] == {"total": 200, "used": 0}
    assert json.dumps(track.sandbox.accounts()).count("sandbox-17token-") == 1
