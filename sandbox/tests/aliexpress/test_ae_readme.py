"""What the README says of AliExpress is what there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from xborder_sandbox.aliexpress.access_actions import ACTIONS as ACCESS_ACTIONS
from xborder_sandbox.aliexpress.orders.actions import ACTIONS as ORDER_ACTIONS
from xborder_sandbox.aliexpress.orders.demo import OVERSEAS, SHOP
from xborder_sandbox.aliexpress.orders.goods import CATALOGUE
from xborder_sandbox.aliexpress.settings import CHOICES, Settings

SECTION = (Path(__file__).parents[2] / "README.md").read_text().split("\n## AliExpress\n")[1].split("\n## ")[0]


def test_every_setting_is_listed_with_its_default():
    for field in fields(Settings):
        shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        if field.name in CHOICES:
            shown = f"`{field.default}`"
            assert all(f"`{choice}`" in SECTION for choice in CHOICES[field.name])
        assert re.search(rf"`{field.name}` \({re.escape(shown)}[ ,)]", SECTION), field.name


def test_every_action_is_listed():
    for action in {**ACCESS_ACTIONS, **ORDER_ACTIONS}:
        assert f"`{action}`" in SECTION, action


def test_every_buyer_and_sku_is_listed():
    for sample in (*SHOP, *OVERSEAS):
        assert f"{sample.wish.first_name} {sample.wish.last_name}" in SECTION
    assert all(f"`{sku}`" in SECTION for sku in CATALOGUE)
