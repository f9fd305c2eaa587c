"""What an order must be like."""

from __future__ import annotations

import copy
import json

import pytest

REQUIRED = [
    *("created_time", "sender_no", "wh_code", "mailType", "logistics_order_no", "biz_product_no", "weight"),
    *("contents_total_weight", "contents_total_value", "undelivery_option", "declare_source", "declare_type"),
    *("declare_curr_code", "forecastshut", "mail_sign", "sender", "receiver", "items"),
]
OF_RECEIVER = ["name", "phone", "nation", "province", "city", "address", "linker"]
OF_ITEM = [
    *("cargo_no", "cargo_name", "cargo_name_en", "cargo_type_name"),
    *("cargo_type_name_en", "cargo_quantity", "cost", "unit"),
]


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_must_be_there_and_filled(post, name):
    order = post.order()
    order[name] = {} if name == "sender" else ""
    assert post.refusal("110001", order) in ("B03", "B01")
    del order[name]
    assert post.refusal("110001", order) == "B01"


@pytest.mark.parametrize("name", OF_RECEIVER)
def test_a_receiver_must_be_whole(post, name):
    order = post.order()
    order["receiver"][name] = " "
    assert post.refusal("110001", order) == "B03"
    del order["receiver"][name]
    assert post.refusal("110001", order) == "B01"


@pytest.mark.parametrize("name", OF_ITEM)
def test_an_item_must_be_whole(post, name):
    order = post.order()
    order["items"][0][name] = None
    assert post.refusal("110001", order) == "B03"
    del order["items"][0][name]
    assert post.refusal("110001", order) == "B01"


def changed(order, path, value):
    found = copy.deepcopy(order)
    *way, last = path.split(".")
    holder = found
    for step in way:
        holder = holder[int(step)] if step.isdigit() else holder[step]
    holder[last] = value
    return found


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("created_time", "2026-03-02T09:30:00", "B02"),
        ("created_time", "2026-3-2 09:30:00", "B02"),
        ("sender_no", "1100000000000", "S12"),
        ("mailType", "SOMEBODY", "S12"),
        ("wh_code", "00000000", "S03"),
        ("biz_product_no", "001", "B05"),
        ("undelivery_option", "3", "B00"),
        ("declare_source", "0", "B00"),
        ("battery_flag", "yes", "B00"),
        ("mail_sign", "0", "B00"),
        ("receiver.nation", "UK", "S15"),
        ("receiver.nation", "gb", "S15"),
        ("receiver.nation", "NC", "S15"),
        ("receiver.nation", "CN", "S15"),
        ("receiver.nation", "XX", "S15"),
        ("receiver.nation", "ZA", "B16"),
        ("sender.nation", "HK", "S15"),
        ("receiver.address", "a" * 513, "B07"),
        ("receiver.phone", "1" * 21, "B07"),
        ("receiver.phone", "+33100000000", "S14"),
        ("receiver.address", "5||6 rue", "S14"),
        ("items.0.cargo_name", "名" * 20, "B07"),
        ("items.0.cargo_name_en", "x" * 60, "B07"),
        ("items.0.cargo_no", "x" * 50, "B07"),
        ("items.0.cargo_name_en", "纸风筝", "B13"),
        ("items.0.cargo_type_name_en", "Jouet é", "B13"),
        ("items.0.carogo_weight", "", "B03"),
        ("items.0.carogo_weight", 0.08, "B12"),
        ("items.0.cargo_quantity", 0, "B03"),
        ("items.0.cargo_quantity", 1.5, "B03"),
        ("items.0.cargo_value", -1, "B03"),
        ("weight", 0, "B12"),
        ("weight", -5, "B12"),
        ("weight", 0.18, "B12"),  # kilograms
        ("weight", 2001, "B12"),
        ("weight", "heavy", "B12"),
        ("length", 61, "B00"),
        ("height", 56, "B00"),
        ("items", [], "B03"),
        ("items", {}, "B03"),
    ],
)
def test_a_rule_that_is_broken_is_named(post, path, value, code):
    assert post.refusal("110001", changed(post.order(), path, value)) == code
    assert post.state()["parcels"] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("items.0.cargo_name", "名" * 19),
        ("items.0.cargo_name_en", "x" * 59),
        ("items.0.cargo_no", "x" * 49),
        ("receiver.address", "é" * 256),
        ("receiver.nation", "GB"),
        ("weight", 2000),
        ("weight", "2000"),
        ("weight", 180.0),
        ("length", 60),
        ("battery_flag", "1"),
        ("receiver.post_code", ""),
        ("undelivery_option", 1),
    ],
)
def test_what_is_just_right_is_taken(post, path, value):
    assert post.open("110001", changed(post.order(), path, value)).json()["success"] is True


def test_an_items_weight_may_have_either_spelling(post):
    order = post.order()
    order["items"][0]["cargo_weight"] = order["items"][0].pop("carogo_weight")
    assert post.open("110001", order).json()["success"] is True
    assert post.state()["parcels"][0]["unknown_fields"] == []


def test_each_product_has_its_weights_and_countries(post):
    def code(product, nation, grams):
        order = changed(post.order(f"{product}-{nation}-{grams}"), "receiver.nation", nation)
        return post.open("110001", {**order, "biz_product_no": product, "weight": grams}).json()["retCode"]

    assert code("019", "RU", 5000) == "00000"
    assert code("019", "RU", 5001) == "B12"
    assert code("002", "ZA", 2000) == "00000"
    assert code("002", "ZA", 2001) == "B12"
    assert code("002", "DF", 100) == "00000"  # New Caledonia
    assert code("007", "ZA", 30_000) == "00000"
    assert code("007", "ZA", 30_001) == "B12"


def test_an_order_number_is_taken_once(post):
    post.send("SO-1")
    assert post.refusal("110001", post.order("SO-1")) == "B06"
    assert len(post.state()["parcels"]) == 1


def test_another_customer_may_have_the_same_order_number(post, make_post):
    post.send("SO-1")
    other = type(post)(post.sandbox, post.http, "chinapost-pcp")
    assert other.pcp_order("OrderReceiveBack", other.order("SO-1"))["success"] == "true"


def test_funds_may_be_low_or_frozen(post):
    post.admin("settings", funds="low")
    assert post.refusal("110001", post.order()) == "B14"
    post.admin("settings", funds="frozen")
    assert post.refusal("110001", post.order()) == "B15"


def test_special_characters_are_a_setting(post):
    order = changed(post.order(), "receiver.phone", "+33100000000")
    post.admin("settings", special_characters=["|"])
    assert post.open("110001", order).json()["success"] is True


def test_fields_nobody_knows_are_passed_over_and_shown(post):
    order = post.order(colour="red")
    order["receiver"]["planet"] = "Earth"
    order["items"][0]["taste"] = "sweet"
    post.ask("110001", order)
    assert post.state()["parcels"][0]["unknown_fields"] == ["colour", "receiver.planet", "items[0].taste"]


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"weight": NaN}', "[" * 100_000])
def test_what_is_no_order_is_refused(post, text):
    assert post.refusal("110001", text) == "S01"


def test_an_order_need_not_be_compact(post):
    assert post.open("110001", json.dumps(post.order(), indent=2)).json()["success"] is True
