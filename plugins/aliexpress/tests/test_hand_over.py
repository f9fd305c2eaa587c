"""Which parcels a hand-over left out, in whatever form the platform tells it, and whom the driver calls."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_aliexpress.hand_over import left_out, read_hand_over
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.models import Raw
from xborder_sdk.reading import JsonObject

CODES = {"LP1": "LP1", "LP12": "36001"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ('{"LP12": "cancelled"}', (("36001", "cancelled"),)),
        ({"LP12": {"code": 7, "msg": "late"}}, (("36001", "code: 7, msg: late"),)),
        ('[{"orderCode": "LP12", "reason": "late"}]', (("36001", "orderCode: LP12, reason: late"),)),
        ("LP12 was cancelled", (("36001", "LP12 was cancelled"),)),
        ("LP1,LP12", (("LP1", "LP1,LP12"), ("36001", "LP1,LP12"))),
        ("", ()),
        ("{}", ()),
        (None, ()),
        ("LP123 was cancelled", ()),
    ],
)
def test_parcels_left_out(told: Any, expected: tuple[tuple[str, str], ...]) -> None:
    assert left_out(told, CODES) == expected


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_form_is_taken(told: Any) -> None:
    for form in (told, json.dumps(told)):
        assert {waybill for waybill, _ in left_out(form, CODES)} <= set(CODES.values())


def answer(**data: Any) -> JsonObject:
    return JsonObject({"result": {"success": True, "data": data}})


def test_what_nobody_can_place_is_a_warning() -> None:
    found = read_hand_over(answer(handover_content_id=1, not_commit_parcel_detail="LP999: late"), Raw(), CODES, "a")
    assert (found.waybills, found.not_taken) == (("LP1", "36001"), ())
    assert "LP999: late" in found.warnings[0]


def test_a_hand_over_without_its_number_is_not_taken_for_one() -> None:
    with pytest.raises(MalformedResponse):
        read_hand_over(answer(handover_order_id=1), Raw(), CODES, "a")
