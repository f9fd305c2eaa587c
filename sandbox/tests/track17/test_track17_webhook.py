"""News: found, signed, sent, sent again."""

from __future__ import annotations

import hashlib
import json

import httpx
import pytest

from xborder_sandbox import running
from xborder_sandbox.errors import AdminError

UPU = "RR123456785CN"


def is_signed(track, sign, body):
    return sign == hashlib.sha256(body + b"/" + track.settings["api_key"].encode()).hexdigest()


def manual(track, receiver):
    """Set the address; news is sent when told to."""
    track.admin("webhook", url=receiver.url, automatic=False)


def test_news_is_sent_once_and_signed(track, receiver):
    manual(track, receiver)
    track.one("register", tag="A")
    assert track.admin("deliver") == {"pushes": []}
    track.advance(minutes=5)
    track.admin("deliver")
    ((sign, body),) = receiver.got
    assert is_signed(track, sign, body)
    message = json.loads(body)
    assert message.keys() == {"event", "data"}
    assert message["event"] == "TRACKING_UPDATED"
    assert message["data"].keys() == {"number", "carrier", "tag", "track_info"}
    assert (message["data"]["number"], message["data"]["carrier"], message["data"]["tag"]) == (UPU, 3011, "A")
    assert message["data"]["track_info"] == track.info() | {
        "tracking": message["data"]["track_info"]["tracking"],
    }
    assert track.admin("deliver") == {"pushes": []}
    track.advance(days=1)
    track.admin("deliver")
    assert len(receiver.got) == 2
    (row,) = track.post("gettracklist", {}).json()["data"]["accepted"]
    assert (row["push_status"], row["push_status_code"]) == ("Success", 200)
    assert row["push_time"] == "2026-03-03T01:35:00Z"


def test_without_an_address_nothing_is_sent(track):
    track.one("register")
    track.advance(days=3)
    assert track.state()["pushes"] == []
    with pytest.raises(AdminError):
        track.admin("deliver")
    assert track.rejection("push") == -18010204


def test_the_clock_brings_news_by_itself(track, receiver):
    track.admin("webhook", url=receiver.url)
    track.one("register")
    track.advance(minutes=5)
    sign, body = receiver.wait()
    assert is_signed(track, sign, body)
    track.advance(days=20)
    assert json.loads(receiver.wait()[1])["data"]["track_info"]["latest_status"]["status"] == "Delivered"


def test_an_added_event_is_news(track, receiver):
    track.admin("webhook", url=receiver.url)
    track.one("register")
    track.advance(minutes=5)
    receiver.wait()
    track.admin("add_event", number=UPU, sub_status="Exception_Damage")
    found = json.loads(receiver.wait()[1])["data"]["track_info"]["latest_status"]
    assert found["sub_status"] == "Exception_Damage"


def test_what_is_refused_comes_again_after_10_30_and_60_minutes(track, receiver):
    manual(track, receiver)
    receiver.status = 503
    track.one("register")
    track.advance(minutes=5)
    track.admin("deliver")
    for minutes, came in ((9, 1), (1, 2), (29, 2), (1, 3), (59, 3), (1, 4), (600, 4)):
        track.advance(minutes=minutes)
        track.admin("deliver")
        mine = [body for _, body in receiver.got if body == receiver.got[0][1]]
        assert len(mine) == came, minutes
    push = track.state()["pushes"][0]
    assert (push["attempts"], push["over"]) == (4, True)
    assert [answer["status"] for answer in push["answers"]] == [503] * 4
    (row,) = track.post("gettracklist", {}).json()["data"]["accepted"]
    assert (row["push_status"], row["push_status_code"]) == ("Failure", 503)


def test_only_200_is_good(track, receiver):
    manual(track, receiver)
    receiver.status = 204
    track.one("register")
    track.advance(minutes=5)
    (push,) = track.admin("deliver")["pushes"]
    assert push["over"] is False


def test_what_time_stops_is_told(track, receiver):
    manual(track, receiver)
    track.one("register", tag="A")
    track.advance(days=60)
    track.admin("deliver")
    stopped = [json.loads(body) for _, body in receiver.got if b"TRACKING_STOPPED" in body]
    assert stopped == [{"event": "TRACKING_STOPPED", "data": {"number": UPU, "carrier": 3011, "tag": "A"}}]


def test_a_push_can_be_asked_for(track, receiver):
    manual(track, receiver)
    track.one("register")
    assert track.rejection("push") == -18019909
    track.advance(minutes=5)
    track.admin("deliver")
    assert track.one("push") == {"number": UPU, "carrier": 3011}
    track.admin("deliver")
    assert len(receiver.got) == 2
    assert track.rejection("push", "1Z999AA10123456784") == -18019902


def test_messages_in_every_state(track, receiver):
    manual(track, receiver)
    track.one("register")
    track.advance(minutes=5)
    good = track.admin("notify", number=UPU)
    assert [answer["status"] for answer in good["answers"]] == [200]
    for signature in ("wrong", "other_body", "uppercase", "garbage", "missing"):
        track.admin("notify", number=UPU, signature=signature)
        sign, body = receiver.got[-1]
        assert not is_signed(track, sign, body), signature
        assert (sign is None) is (signature == "missing")
        assert json.loads(body)["data"]["number"] == UPU
    track.admin("notify", replay=good["id"], times=2)
    assert receiver.got[-1] == receiver.got[-2] == receiver.got[0]
    track.admin("notify", number=UPU, event="TRACKING_STOPPED", padding=1000)
    stopped = json.loads(receiver.got[-1][1])
    assert stopped["event"] == "TRACKING_STOPPED"
    assert len(stopped["data"]["padding"]) == 1000
    assert track.admin("deliver")["pushes"] != []  # the news itself is still to be told


@pytest.mark.parametrize(
    "wrong",
    [
        {"signature": "none"},
        {"event": "LOST"},
        {"times": 0},
        {"padding": -1},
        {"replay": 99},
        {"url": "ftp://127.0.0.1/"},
        {"number": "?"},
        {"colour": "red"},
    ],
)
def test_a_message_that_cannot_be_is_refused(track, receiver, wrong):
    manual(track, receiver)
    track.one("register")
    with pytest.raises(AdminError):
        track.admin("notify", **{"number": UPU, **wrong})


def test_only_loopback_is_called(track):
    track.admin("webhook", url="http://192.0.2.1/news", automatic=False)
    track.one("register")
    track.advance(minutes=5)
    (push,) = track.admin("deliver")["pushes"]
    assert push["answers"][0]["status"] is None
    assert "loopback" in push["answers"][0]["error"]
    for wrong in ({"url": "nowhere"}, {"url": 5}, {"automatic": "yes"}):
        with pytest.raises(AdminError):
            track.admin("webhook", **wrong)


def test_it_works_over_a_socket(receiver):
    with running(vendors=["track17"], seed=1) as handle:
        settings = handle.settings("track17")
        handle.admin("track17", "webhook", url=receiver.url)
        with httpx.Client(base_url=settings["hosts"]["api"], headers={"17token": settings["api_key"]}) as http:
            answer = http.post("/track/v2.4/register", json=[{"number": UPU}])
            assert answer.json()["data"]["accepted"][0]["carrier"] == 3011
        assert httpx.post(f"{handle.url}/_admin/clock", json={"advance": 400}).status_code == 200
        assert json.loads(receiver.wait()[1])["data"]["number"] == UPU
