"""The gateway: its frame, its four calls, its refusals."""

from __future__ import annotations

import base64
import json
import re

import pytest

from xborder_sandbox.errors import AdminError


def test_an_order_gets_a_number_of_its_family(post):
    assert re.fullmatch(r"L[A-Z]\d{9}CN", post.send("A", biz_product_no="019"))
    assert re.fullmatch(r"R[A-Z]\d{9}CN", post.send("B", biz_product_no="002"))
    assert re.fullmatch(r"E[A-Z]\d{9}CN", post.send("C", biz_product_no="007"))
    assert [(p["family"], p["transport"]) for p in post.state()["parcels"]] == [
        ("epacket", "gateway"),
        ("small_packet", "gateway"),
        ("ems", "gateway"),
    ]


def test_both_addresses_answer(post):
    frame = post.frame("110001", post.order())
    assert post.http.post("/chinapost/gateway/amp-prod-api/f/amp/api/test", data=frame).json()["success"] is True


def test_only_posts_are_taken(post):
    assert post.http.get("/chinapost/gateway/amp-prod-api/f/amp/api/open").status_code == 405
    assert post.http.post("/chinapost/gateway/amp-prod-api/f/amp/api/closed").status_code == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"senderNo": "1100000000000"}, "S12"),
        ({"authorization": "sandbox-post-wrong"}, "S12"),
        ({"authorization": ""}, "B03"),
        ({"msgType": "1"}, "S05"),
        ({"version": "V9"}, "S04"),
        ({"apiCode": "020003"}, "S05"),
        ({"timeStamp": "2026-03-02T09:30:00"}, "B02"),
        ({"timeStamp": "2026-03-02 01:30:00"}, "B02"),  # UTC, eight hours off
        ({"timeStamp": "2026-03-02 09:45:00"}, "B02"),
        ({"logitcsInterface": "|$4|AAAA"}, "S02"),
        ({"logitcsInterface": ""}, "B03"),
        ({"biz_product_no": "002"}, "B05"),
    ],
)
def test_a_wrong_frame_is_refused(post, changes, code):
    assert post.refusal("110001", post.order(), **changes) == code
    assert post.state()["parcels"] == []


def test_a_clock_may_be_ten_minutes_off(post):
    assert post.open("110001", post.order("A"), timeStamp="2026-03-02 09:39:00").json()["success"] is True
    assert post.open("110001", post.order("B"), timeStamp="2026-03-02 09:21:00").json()["success"] is True
    post.admin("settings", time_window=60)
    assert post.refusal("110001", post.order("C"), timeStamp="2026-03-02 09:32:30") == "B02"


def test_a_body_that_is_no_form_is_refused(post):
    path = "/chinapost/gateway/amp-prod-api/f/amp/api/open"
    for more in ({"json": post.frame("110001", post.order())}, {"content": b"\xff=1"}, {}):
        assert post.http.post(path, **more).json()["retCode"] == "B03"


def test_a_customer_of_the_order_api_has_no_gateway(make_post):
    pcp = make_post("chinapost-pcp")
    pcp.settings |= {"authorization": "", "sm4_key": "MDEyMzQ1Njc4OWFiY2RlZg=="}
    assert pcp.refusal("110001", pcp.order(), authorization="x") == "S12"


def test_numbers_are_given_out(post):
    first, second = post.wish("A")["order"] + post.wish("B")["order"]
    found = post.ask("110002", {"order": [first, second]})
    assert [row["logisticsOrderId"] for row in found] == ["A", "B"]
    assert all(re.fullmatch(r"L[A-Z]\d{9}CN", row["bar_code"]) for row in found)
    assert [(held["order_id"], held["used"]) for held in post.state()["numbers"]] == [("A", False), ("B", False)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ecCompanyId": "1"}, "B06"),
        ({"eventTime": "today"}, "S07"),
        ({"faceType": "2"}, "S07"),
        ({"mailType": "OTHER"}, "S07"),
        ({"logisticsOrderId": ""}, "B03"),
        ({"logisticsOrderId": "A,B"}, "B09"),
        ({"logisticsOrderId": "A\nB"}, "B09"),
        ({"logisticsOrderId": "A" * 51}, "B07"),
        ({"logisticsCompany": "DHL"}, "B08"),
        ({"logisticsBiz": "999"}, "B02"),
        ({"rcountry": "UK"}, "B12"),
        ({"rcountry": "ZA"}, "B12"),
    ],
)
def test_a_wrong_wish_for_a_number_is_refused(post, changes, code):
    assert post.refusal("110002", post.wish(**changes)) == code
    assert post.state()["numbers"] == []


@pytest.mark.parametrize(
    ("text", "code"), [("[", "S01"), ("NaN", "S01"), ("[]", "B03"), ("{}", "B03"), ('{"order": [1]}', "B03")]
)
def test_a_wish_that_is_none_is_refused(post, text, code):
    assert post.refusal("110002", text) == code


def test_one_bad_wish_of_two_gives_no_number(post):
    wishes = post.wish("A")["order"] + post.wish("B", rcountry="ZA")["order"]
    assert post.refusal("110002", {"order": wishes}) == "B12"
    assert post.state()["numbers"] == []


def test_numbers_run_out_or_come_too_often(post):
    post.admin("settings", numbers_left=1, allocation_pause=60, most_numbers=2)
    wishes = [post.wish(name)["order"][0] for name in "ABC"]
    assert post.refusal("110002", {"order": wishes}) == "B04"
    assert post.refusal("110002", {"order": wishes[:2]}) == "B01"
    assert len(post.ask("110002", {"order": wishes[:1]})) == 1
    assert post.refusal("110002", {"order": wishes[1:2]}) == "B05"
    post.advance(minutes=2)
    assert post.refusal("110002", {"order": wishes[1:2]}) == "B01"


def label_wish(post, number, **changes):
    settings = post.settings
    wish = {"ecCompanyId": settings["sender_no"], "ak": settings["ak"], "barCode": number, "version": "2"}
    return {**wish, "pageType": "RM", **changes}


def test_a_label_comes_as_base64_or_as_a_file(post):
    number = post.send()
    encoded = post.ask("120001", label_wish(post, number))["data"]
    raw = post.open("120001", label_wish(post, number, version="1"))
    assert raw.headers["content-type"] == "application/pdf"
    assert raw.content == base64.b64decode(encoded)
    assert raw.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ak": "wrong"}, "S12"),
        ({"ecCompanyId": "1"}, "S12"),
        ({"version": "3"}, "S04"),
        ({"pageType": "A4"}, "B00"),
        ({"barCode": "LN156947362CN"}, "B11"),
        ({"barCode": ""}, "B03"),
    ],
)
def test_a_wrong_wish_for_a_label_is_refused(post, changes, code):
    assert post.refusal("120001", {**label_wish(post, post.send()), **changes}) == code


def test_a_number_without_an_order_has_no_label(post):
    number = post.ask("110002", post.wish())[0]["bar_code"]
    assert post.refusal("120001", label_wish(post, number)) == "B11"


def test_an_answer_can_take_its_other_forms(post):
    post.admin("settings", body_form="object", number_field="waybill_no", track_form="responseItems")
    answer = post.open("110001", post.order()).json()
    number = answer["retBody"]["waybill_no"]
    post.advance(days=2)
    found = post.open("040001", {"waybillNo": number}).json()["retBody"]
    assert found["responseItems"][0]["opCode"] == "203"


def test_settings_are_checked(post):
    for wrong in ({"nothing": 1}, {"funds": "rich"}, {"most_labels": "5"}, {"special_characters": "+"}):
        with pytest.raises(AdminError):
            post.admin("settings", **wrong)
    assert post.admin("settings")["most_labels"] == 50


def test_keys_show_neither_in_the_state_nor_in_a_repr(post):
    shown = json.dumps(post.state()) + repr(post.sandbox.vendors["chinapost"]._office.accounts)
    for name in ("authorization", "sm4_key", "ak"):
        assert post.settings[name] not in shown
