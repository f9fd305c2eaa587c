"""Keys, numbers, codes and field names, held against the vendor's papers and published vectors."""

from __future__ import annotations

import base64
import csv
import json
import re
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from hypothesis import given
from hypothesis import strategies as st

from xborder_sandbox.chinapost.form import read_time, write_time
from xborder_sandbox.chinapost.journey import EVENTS, NOT_THERE, SIGNED_BY_ADDRESSEE, STORIES
from xborder_sandbox.chinapost.numbers import check_digit, mail_number
from xborder_sandbox.chinapost.order import ADDRESS_FIELDS, ITEM_FIELDS, ORDER_FIELDS
from xborder_sandbox.chinapost.products import EPACKET
from xborder_sandbox.chinapost.refusals import ALLOCATION, ORDER
from xborder_sandbox.chinapost.sealing import UnsealedError, digest, has_digest, seal, unseal

KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="


@pytest.fixture
def papers(contract_folder):
    folder = contract_folder / "chinapost"
    assert folder.is_dir()
    return folder


def rows(path):
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def test_the_published_vectors_are_sealed_alike(papers):
    vectors = json.loads((papers / "sm4_vectors.json").read_text())["vectors"]
    assert len(vectors) == 2
    for vector in vectors:
        assert seal(vector["json"], vector["key_string"]) == vector["expected"]
        assert unseal(vector["expected"], vector["key_string"]) == vector["json"]


@given(st.text(max_size=200))
def test_what_is_sealed_can_be_opened(text):
    assert unseal(seal(text, KEY), KEY) == text


@given(st.text(max_size=60), st.integers(0, 200))
def test_nothing_else_can_be_opened(text, position):
    sealed = seal(text, KEY)
    position = 4 + position % (len(sealed) - 4)
    other = sealed[:position] + ("A" if sealed[position] != "A" else "B") + sealed[position + 1 :]
    try:
        opened = unseal(other, KEY)
    except UnsealedError:
        return
    # The last letters of Base64 have bits to spare.
    assert opened != text or base64.b64decode(other[4:]) == base64.b64decode(sealed[4:])


@pytest.mark.parametrize(
    "sealed", ["", "|$4|", "|$4|????", "|$4|YWJj", "no mark", seal("{}", KEY).removeprefix("|$4|")]
)
def test_what_is_not_sealed_is_refused(sealed):
    with pytest.raises(UnsealedError):
        unseal(sealed, KEY)


def test_the_key_must_stand_at_the_end():
    # Sixteen letters, so that the text sealed without a key behind it is a block of padding longer.
    encryptor = Cipher(SM4(base64.b64decode(KEY)), modes.ECB()).encryptor()
    bare = encryptor.update(b'{"waybillNo":""}' + bytes([16]) * 16) + encryptor.finalize()
    with pytest.raises(UnsealedError, match="at the end"):
        unseal("|$4|" + base64.b64encode(bare).decode(), KEY)


def test_another_key_opens_nothing():
    with pytest.raises(UnsealedError):
        unseal(seal("x", "ZmVkY2JhOTg3NjU0MzIxMA=="), KEY)


def test_times_are_chinas():
    assert write_time(datetime(2026, 3, 2, 23, 30, tzinfo=UTC)) == "2026-03-03 07:30:00"
    assert read_time("2026-03-03 07:30:00") == datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    for wrong in ("", "2026-03-03", "2026-3-3 7:30:00", "2026-02-30 00:00:00", "2026-03-03 07:30:00Z"):
        assert read_time(wrong) is None


def test_a_digest_is_base64_of_the_sixteen_bytes():
    # md5("abc") is in RFC 1321: 900150983cd24fb0d6963f7d28e17f72.
    assert digest("ab", "c") == "kAFQmDzST7DWlj99KOF/cg=="
    assert has_digest("ab", "c", "kAFQmDzST7DWlj99KOF/cg==")
    # The hexadecimal form in Base64, and a newline behind it, are what half-finished clients send.
    assert not has_digest("ab", "c", "OTAwMTUwOTgzY2QyNGZiMGQ2OTYzZjdkMjhlMTdmNzI=")
    assert not has_digest("ab", "c", "kAFQmDzST7DWlj99KOF/cg==\n")


@pytest.mark.parametrize("number", ["LN156947362CN", "GD004602465CN", "LK664578623CN", "LR039896495CN"])
def test_numbers_of_real_parcels_have_our_check_digit(number):
    assert mail_number(number[:2], number[2:10]) == number


def test_ten_is_nought_and_eleven_is_five():
    found = {check_digit(f"{serial:08d}") for serial in range(200)}
    assert found == set(range(10))
    assert check_digit("00000000") == 5


def test_refusals_have_the_vendors_words(papers):
    listed = {"barcode_allocation": {}, "order_create": {}}
    for row in rows(papers / "error_codes.csv"):
        listed[row["operation"]][row["code"]] = row["message_zh"]
    assert {code: listed["barcode_allocation"][code] for code in ALLOCATION} == ALLOCATION
    assert {code: listed["order_create"][code] for code in ORDER} == ORDER
    assert listed["barcode_allocation"].keys() - ALLOCATION.keys() == {"S04", "S05"}  # time-outs: use a fault
    assert listed["order_create"].keys() - ORDER.keys() == {"S06", "B98"}  # its own troubles: use a fault


def test_events_have_the_vendors_names(papers):
    listed = {row["carrier_code"]: row["carrier_name"] for row in rows(papers / "ems_event_codes.csv")}
    assert {code: listed[code] for code in EVENTS} == {code: name for code, (name, _) in EVENTS.items()}
    assert f"signed:{SIGNED_BY_ADDRESSEE}" in listed
    assert f"unsigned:{NOT_THERE}" in listed
    assert sum(weight for _, weight in STORIES) == 100


def test_epacket_goes_where_the_vendor_said_in_2019(papers):
    listed = {row["iso2"]: int(row["max_weight_g"]) for row in rows(papers / "eub_destinations_2019.csv")}
    assert listed == {country: EPACKET.most_grams(country) for country in EPACKET.destinations}


def test_fields_are_those_of_the_sample(papers):
    sample = json.loads((papers / "samples" / "synthetic_pcp_order.logistics_interface.json").read_text())
    assert sample.keys() <= set(ORDER_FIELDS)
    assert sample["sender"].keys() == sample["receiver"].keys() == set(ADDRESS_FIELDS)
    assert set(ITEM_FIELDS) - sample["items"][0].keys() == {"cargo_weight"}
    assert sample["items"][0].keys() <= set(ITEM_FIELDS)


def test_the_sample_is_taken(papers, post):
    sample = json.loads((papers / "samples" / "synthetic_pcp_order.logistics_interface.json").read_text())
    settings = post.settings
    sample |= {
        "sender_no": settings["sender_no"],
        "wh_code": settings["wh_code"],
        "mailType": settings["mail_type"],
        "created_time": "2026-03-02 09:30:00",
    }
    form = json.loads((papers / "samples" / "synthetic_amp_open_form.json").read_text())
    sent = post.frame("110001", sample)
    assert form.keys() == sent.keys() | {"productType", "biz_product_no"}
    answer = post.ask("110001", sample, productType=form["productType"], biz_product_no=form["biz_product_no"])
    assert re.fullmatch(r"L[A-Z]\d{9}CN", answer["waybillNo"])
    assert post.state()["parcels"][0]["unknown_fields"] == []


def test_numbers_come_as_in_the_sample(papers, pcp, sign):
    sample = json.loads((papers / "samples" / "pcp_barcode_allocation.ok.json").read_text())
    text = json.dumps(pcp.wish())
    answer = pcp.pcp(
        "/barCodesAssgine/barCodeService",
        logisticsOrder=text,
        data_digest=sign(text, pcp.key),
        msg_type="B2C_TRADE",
        ecCompanyId=pcp.settings["sender_no"],
        version="1.0",
    ).json()
    assert answer.keys() == sample.keys()
    assert answer["return_success"] == sample["return_success"]
    assert [row.keys() for row in answer["barCodeList"]] == [row.keys() for row in sample["barCodeList"]]
