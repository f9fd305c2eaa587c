"""The calls: key, limit, envelope, and what each accepts and rejects."""

from __future__ import annotations

import json

import pytest

from xborder_sandbox.errors import AdminError, UnknownActionError

UPU = "RR123456785CN"
UPS = "1Z999AA10123456784"
# The vendor's example for v2.2, as public clients quote it; it misspells delievery_time.
ROW = """
number param param_type data_origin carrier shipping_country final_carrier recipient_country register_time
tracking_status package_status track_time push_time push_status push_status_code stop_track_time
stop_track_reason is_retracked carrier_change_count tag email order_no order_time lang remark
latest_event_time latest_event_info delievery_time pickup_time
"""


def test_the_key_is_asked_for(track):
    assert track.error("getquota", [], headers={}) == (401, -18010002)
    assert track.error("getquota", [], headers={"17token": "sandbox-wrong"}) == (401, -18010002)
    track.admin("settings", account="disabled")
    assert track.error("getquota", []) == (401, -18010004)


def test_only_known_addresses_answer(track):
    assert track.error("getcarrier", []) == (404, 404)
    track.version = "v1"
    assert track.error("register", []) == (404, 404)
    assert track.http.get("/track17/api/track/v2.2/getquota").status_code == 405


def test_three_requests_a_second(track):
    track.admin("settings", requests_per_second=3)
    assert [track.post("getquota", []).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert track.error("getquota", []) == (429, 429)
    track.advance(seconds=1)
    assert track.post("getquota", []).status_code == 200


def test_a_wrong_key_does_not_use_up_the_limit(track):
    track.admin("settings", requests_per_second=1)
    for _ in range(3):
        assert track.post("getquota", [], headers={}).status_code == 401
    assert track.post("getquota", []).status_code == 200


def test_forty_numbers_a_call(track):
    items = [{"number": f"RR{index:09d}CN"} for index in range(41)]
    assert track.error("register", items) == (200, -18010014)
    assert track.state()["registrations"] == []
    assert len(track.call("register", *items[:40])["accepted"]) == 40


@pytest.mark.parametrize("body", [{}, [], [1], "x", None])
def test_a_body_that_is_no_list_of_objects_is_refused(track, body):
    assert track.error("register", body) == (200, -18010013)


def test_a_body_that_is_no_json_is_refused(track):
    headers = {"17token": track.settings["api_key"]}
    for content in (b"", b"[", b"\xff", b"[" * 100_000):
        answer = track.http.post("/track17/api/track/v2.2/register", headers=headers, content=content)
        assert answer.json()["code"] == -18010013


@pytest.mark.parametrize("number", ["1234", "X" * 51, "RR 123 CN", "RR_12345", "Ünter123", 123456789])
def test_a_number_has_5_to_50_letters_digits_or_hyphens(track, number):
    assert track.rejection("register", number) == -18010012


def test_a_number_is_required(track):
    assert track.rejection("register", "") == -18010010
    assert track.rejection("register", None) == -18010010


def test_good_and_bad_numbers_share_a_call(track):
    data = track.call("register", {"number": UPU, "tag": "A"}, {"number": "1234", "tag": "B"}, {"number": UPU})
    assert [row["number"] for row in data["accepted"]] == [UPU]
    assert [(row["number"], row["tag"], row["error"]["code"]) for row in data["rejected"]] == [
        ("1234", "B", -18010012),
        (UPU, None, -18019901),
    ]


def test_where_the_carrier_is_from(track):
    assert track.one("register", UPU) == {"origin": 1, "number": UPU, "tag": None, "carrier": 3011}
    assert track.one("register", "RR123456771CN", carrier=3011)["origin"] == 2
    assert track.one("register", UPS, carrier=3011) == {"origin": 1, "number": UPS, "tag": None, "carrier": 100002}
    assert track.one("register", "1234567890")["origin"] == 3
    kept = track.one("register", "1Z999AA10123456785", carrier=3011, auto_detection=False)
    assert (kept["origin"], kept["carrier"]) == (2, 3011)
    assert track.rejection("register", "NOBODYKNOWS") == -18019903
    assert track.one("register", "NOBODYKNOWS", carrier=190012)["origin"] == 2
    assert track.rejection("register", UPU + "X", carrier=42) == -18019910
    assert track.rejection("register", "RR123456799CN", auto_detection=False) == -18010010


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"lang": "klingon"}, -18010015),
        ({"order_time": "yesterday"}, -18010012),
        ({"tag": 5}, -18010012),
        ({"carrier": "3011"}, -18019910),
        ({"final_carrier": 1}, -18019910),
        ({"auto_detection": "yes"}, -18010012),
    ],
)
def test_what_is_said_of_a_number_is_checked(track, more, code):
    assert track.rejection("register", UPU, **more) == code
    assert track.state()["quota"]["used"] == 0


def test_a_number_is_registered_once_per_carrier(track):
    track.one("register", UPU)
    assert track.rejection("register", UPU) == -18019901
    assert track.rejection("register", UPU.lower()) == -18019901
    assert track.one("register", UPU, carrier=21051, auto_detection=False)["carrier"] == 21051
    assert track.state()["quota"]["used"] == 2


def quota(track):
    return track.post("getquota", []).json()["data"]


def test_a_registration_costs_a_unit_and_a_language_one_more(track):
    assert quota(track) == {"quota_total": 200, "quota_used": 0, "quota_remain": 200, "max_track_daily": 1000}
    track.one("register", UPU)
    track.one("register", UPS, lang="en")
    track.advance(minutes=5)
    track.one("gettrackinfo", UPU)
    track.one("deletetrack", UPU)
    assert quota(track)["quota_used"] == 3


def test_the_quota_and_the_day_have_an_end(track):
    track.admin("settings", quota_total=2, max_track_daily=1)
    track.one("register", UPU)
    assert track.rejection("register", UPS) == -18019907
    track.advance(days=1)
    assert track.rejection("register", UPS, lang="en") == -18019908
    track.one("register", UPS)
    track.advance(days=1)
    assert track.rejection("register", "1234567890") == -18019908
    assert quota(track)["quota_remain"] == 0


def test_the_first_result_takes_its_time(track):
    assert track.rejection("gettrackinfo", UPU) == -18019902
    track.one("register", UPU)
    assert track.rejection("gettrackinfo", UPU) == -18019909
    track.advance(minutes=5)
    found = track.one("gettrackinfo", UPU, carrier=3011)
    assert found["track_info"]["latest_status"]["status"] == "InfoReceived"
    assert track.rejection("gettrackinfo", UPU, carrier=21051) == -18019902


def test_stop_and_go_once(track):
    assert track.rejection("stoptrack", UPU) == -18019902
    track.one("register", UPU)
    assert track.rejection("retrack", UPU) == -18019904
    assert track.one("stoptrack", UPU) == {"number": UPU, "carrier": 3011}
    assert track.rejection("stoptrack", UPU) == -18019906
    assert track.one("retrack", UPU) == {"number": UPU, "carrier": 3011}
    track.one("stoptrack", UPU)
    assert track.rejection("retrack", UPU) == -18019905


def test_a_stopped_number_tells_nothing_new(track):
    track.one("register", UPU)
    track.advance(minutes=6)
    track.one("stoptrack", UPU)
    before = track.info()
    track.advance(days=20)
    assert track.info() == before
    track.one("retrack", UPU)
    assert track.info() != before


def test_a_deleted_number_is_gone(track):
    track.one("register", UPU)
    assert track.one("deletetrack", UPU) == {"number": UPU, "carrier": 3011}
    assert track.rejection("deletetrack", UPU) == -18019902
    assert track.one("register", UPU)["carrier"] == 3011


def test_a_carrier_is_changed(track):
    track.one("register", UPS, carrier=100003, auto_detection=False, tag="A")
    assert track.rejection("changecarrier", UPS, carrier_new=100002) == -18019808
    track.advance(minutes=5)
    assert track.info(UPS)["latest_status"]["sub_status"] == "NotFound_Other"
    assert track.rejection("changecarrier", UPS) == -18019804
    assert track.rejection("changecarrier", UPS, carrier_new=42) == -18019802
    assert track.rejection("changecarrier", UPS, carrier_new=100003) == -18019803
    assert track.rejection("changecarrier", UPS, carrier_old=100004, carrier_new=100002) == -18019805
    assert track.rejection("changecarrier", "1234567890", carrier_new=100002) == -18019902
    changed = track.one("changecarrier", UPS, carrier_old=100003, carrier_new=100002)
    assert changed == {"number": UPS, "carrier": 100002}
    assert track.rejection("gettrackinfo", UPS) == -18019909
    track.advance(minutes=5)
    found = track.one("gettrackinfo", UPS)
    assert (found["tag"], found["track_info"]["latest_status"]["status"]) == ("A", "InfoReceived")
    assert track.state()["quota"]["used"] == 1


def test_a_carrier_is_changed_five_times_and_not_when_stopped(track):
    track.one("register", UPS)
    for new in (100003, 100002) * 2 + (100003,):
        track.advance(minutes=5)
        track.one("changecarrier", UPS, carrier_new=new)
    track.advance(minutes=5)
    assert track.rejection("changecarrier", UPS, carrier_new=100002) == -18019807
    track.one("register", UPU)
    track.advance(minutes=5)
    track.one("stoptrack", UPU)
    assert track.rejection("changecarrier", UPU, carrier_new=21051) == -18019806


def test_a_number_under_two_carriers_must_be_named_with_one(track):
    track.one("register", UPU)
    track.one("register", UPU, carrier=21051, auto_detection=False)
    track.advance(minutes=5)
    assert track.rejection("changecarrier", UPU, carrier_new=11031) == -18019801
    assert track.rejection("changecarrier", UPU, carrier_old=3011, carrier_new=21051) == -18019809
    assert {row["carrier"] for row in track.call("gettrackinfo", {"number": UPU})["accepted"]} == {3011, 21051}


def test_info_is_changed(track):
    track.one("register", UPU, tag="A", param="1000AA")
    track.one("changeinfo", UPU, items={"tag": "B"})
    track.advance(minutes=5)
    found = track.one("gettrackinfo", UPU)
    assert (found["tag"], found["param"]) == ("B", "1000AA")
    for items in (None, {}, {"colour": "red"}, "B"):
        assert track.rejection("changeinfo", UPU, items=items) == -18019811
    assert track.rejection("changeinfo", UPU, items={"lang": "xx"}) == -18010015


def test_real_time_is_not_granted(track):
    assert track.error("getrealtimetrackinfo", {"number": UPU}) == (200, -18019912)


def listed(track, **wish):
    body = track.post("gettracklist", wish).json()
    assert body["code"] == 0, body
    assert body["page"]["data_total"] >= len(body["data"]["accepted"])
    return body


def test_numbers_are_listed_by_forties(track):
    for start in (0, 40, 80):
        track.call("register", *({"number": f"1Z999AA1{index:010d}"} for index in range(start, min(start + 40, 90))))
        track.advance(seconds=5)
    first, third = listed(track), listed(track, page_no=3)
    assert first["page"] == {"data_total": 90, "page_total": 3, "page_no": 1, "page_size": 40}
    assert [len(listed(track, page_no=page)["data"]["accepted"]) for page in (1, 2, 3, 4)] == [40, 40, 10, 0]
    assert first["data"]["accepted"][0]["register_time"] > third["data"]["accepted"][-1]["register_time"]
    oldest = listed(track, order_by="RegisterTimeAsc")["data"]["accepted"][0]
    assert oldest["number"] == "1Z999AA10000000000"
    pages = [row["number"] for page in (1, 2, 3) for row in listed(track, page_no=page)["data"]["accepted"]]
    assert len(set(pages)) == 90


def test_a_row_has_the_vendors_fields(track):
    track.one("register", UPU, tag="A", order_no="SO-1", remark="hello", email="a@example.com")
    (row,) = listed(track)["data"]["accepted"]
    assert (row["package_status"], row["tracking_status"], row["track_time"]) == ("NotFound", "Tracking", None)
    track.advance(days=20)
    (row,) = listed(track)["data"]["accepted"]
    assert set(row) == set(ROW.split())
    assert (row["tag"], row["order_no"], row["package_status"]) == ("A", "SO-1", "Delivered")
    assert row["pickup_time"] < row["delievery_time"]


def test_lists_are_filtered(track):
    track.one("register", UPU)
    track.advance(hours=1)
    track.one("register", UPS)
    track.one("stoptrack", UPS)

    def numbers(**wish):
        return [row["number"] for row in listed(track, **wish)["data"]["accepted"]]

    assert numbers() == [UPS, UPU]
    assert numbers(number=f"{UPU},XXXXX") == [UPU]
    assert numbers(carrier=100002) == [UPS]
    assert numbers(tracking_status="Stopped") == [UPS]
    assert numbers(package_status="InfoReceived") == [UPU]
    assert numbers(register_time_from="2026-03-02T02:00:00Z") == [UPS]
    assert numbers(register_time_to="2026-03-02T10:00:00+08:00") == [UPU]
    assert numbers(push_time_from="2026-01-01") == []
    assert numbers(data_origin="Api") == [UPS, UPU]
    for wrong, code in (
        ({"page_no": 0}, -18010011),
        ({"order_by": "Number"}, -18010015),
        ({"package_status": "Lost"}, -18010015),
        ({"tracking_status": "Sleeping"}, -18010015),
        ({"register_time_from": "soon"}, -18010012),
        ({"colour": "red"}, -18010013),
        ([], -18010013),
    ):
        assert track.error("gettracklist", wrong) == (200, code)


def test_settings_and_actions_are_checked(track):
    for wrong in ({"nothing": 1}, {"quota_total": -1}, {"event_order": "any"}, {"quota_total": "1"}):
        with pytest.raises(AdminError):
            track.admin("settings", **wrong)
    with pytest.raises(UnknownActionError):
        track.admin("?")


def test_the_key_is_not_shown(track):
    track.one("register")
    requests = json.dumps([record.picture() for record in track.sandbox.world.requests.find()])
    assert track.settings["api_key"] not in json.dumps(track.state()) + requests
    assert track.settings["api_key"].startswith("sandbox-")
