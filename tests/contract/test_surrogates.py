"""Half characters that vendors cut off do not spoil a model."""

from __future__ import annotations

import pytest

from xborder_sdk.models import Buyer
from xborder_sdk.reading import as_object, parse_json


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (rb'{"name": "Mara \ud83d"}', "Mara \ufffd"),
        (rb'{"name": "\ude00 Mara"}', "\ufffd Mara"),
        (rb'{"name": "Mara \ud83d\ude00"}', "Mara \U0001f600"),
        (rb'{"name": "\u00e9"}', "\u00e9"),
    ],
)
def test_half_characters_are_replaced_and_whole_ones_stay(sent: bytes, read: str) -> None:
    name = as_object(parse_json(sent)).text("name")
    assert name == read
    assert Buyer.model_validate_json(Buyer(name=name).model_dump_json()).name == read
