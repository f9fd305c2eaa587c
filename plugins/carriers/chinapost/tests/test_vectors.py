"""Digests, sealing and check digits: worked examples, and what holds for every input."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_chinapost.numbers import check_digit, has_good_check_digit, number_warnings
from xborder_chinapost.pcp import digest
from xborder_chinapost.sm4 import key_bytes, seal, unseal
from xborder_chinapost.texts import byte_length, clip

keys = st.binary(min_size=16, max_size=16).map(lambda key: base64.b64encode(key).decode())
serials = st.text("0123456789", min_size=8, max_size=8)


def test_the_digest_is_of_raw_bytes_without_a_newline() -> None:
    made = digest("邮政", "key")
    assert len(base64.b64decode(made, validate=True)) == 16
    assert digest("", "") == "1B2M2Y8AsgTpgAmY7PhCfg==", "MD5 of nothing, RFC 1321"
    assert digest("a", "bc") == digest("ab", "c") == "kAFQmDzST7DWlj99KOF/cg==", "MD5 of abc, RFC 1321"


def test_the_published_sample_is_sealed_alike() -> None:
    sealed = seal('{"language":"zh-CN","orderId":"QIAO-20200618-004"}', "TvaBgrhE46sft3nZlfe7xw==")
    assert sealed == (
        "|$4|efB6PnjDpgHG4xfrvYlXonyBuMJoGTynkfasopHvbl2u3nmNeP+rznA3DyRwb/2GeZL7I3rL6HKD5+Tv3Uy6x8jIDISbYG8Bg14caH2flYE="
    )


@given(st.text(st.characters(exclude_categories=["Cs"])), keys)
def test_what_is_sealed_can_be_opened(text: str, key: str) -> None:
    assert unseal(seal(text, key), key) == text


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "not base64!", "MDEyMzQ1Njc4OWFiY2RlZmc="])
def test_other_keys_are_none(key: str) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        key_bytes(key)


def test_sealed_with_another_key_is_told() -> None:
    sealed = seal("{}", "MDEyMzQ1Njc4OWFiY2RlZg==")
    for other in ("not sealed", sealed):
        with pytest.raises(ValueError):  # noqa: PT011 - padding, key or mark: whichever is wrong first
            unseal(other, "TvaBgrhE46sft3nZlfe7xw==")


@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("LN156947362CN", True),
        ("gd 004602465 cn", True),
        ("RB000000005CN", True),
        ("RB000000500CN", True),
        ("RB000000001CN", False),
        ("RR123456789CN", False),
        ("LE339614461CN", False),
        ("RR12345678CN", None),
        ("1Z999AA10123456784", None),
        ("", None),
        ("RR1234567٨9CN", None),
    ],
)
def test_check_digits_of_public_examples(number: str, good: bool | None) -> None:
    assert has_good_check_digit(number) is good
    assert bool(number_warnings(number)) is (good is not True)


@given(serials)
def test_one_check_digit_is_right_and_nine_are_wrong(serial: str) -> None:
    right = [digit for digit in "0123456789" if has_good_check_digit(f"RB{serial}{digit}CN")]
    assert right == [str(check_digit(serial))]


@given(serials, st.integers(0, 7), st.sampled_from("0123456789"))
def test_a_digit_misread_is_noticed(serial: str, place: int, digit: str) -> None:
    other = serial[:place] + digit + serial[place + 1 :]
    wrong = has_good_check_digit(f"RB{other}{check_digit(serial)}CN")
    # 10 and 0, and 11 and 5, share a digit: these two pairs alone can hide a misread digit.
    assert wrong is (other == serial or check_digit(other) == check_digit(serial))


@pytest.mark.parametrize("serial", ["1234567", "123456789", "1234567a", "１２３４５６７８"])
def test_a_serial_has_eight_digits(serial: str) -> None:
    with pytest.raises(ValueError, match="eight"):
        check_digit(serial)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 80))
def test_a_clipped_text_fits_and_is_its_own_beginning(text: str, limit: int) -> None:
    found = clip(text, limit)
    assert byte_length(found) <= limit
    assert text.startswith(found)
