"""What the README lists is what there is, and its example runs."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from xborder_sandbox.ebay import demo
from xborder_sandbox.ebay.goods import CATALOGUE, UNKNOWN
from xborder_sandbox.ebay.notifications.actions import FIELDS
from xborder_sandbox.ebay.notifications.sender import SIGNATURES
from xborder_sandbox.ebay.store import Settings
from xborder_sandbox.errors import UnknownActionError
from xborder_sandbox.faults import KINDS

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_every_fault_and_option_is_listed():
    rows = {match[1]: match[0] for match in re.finditer(r"^\| `(\w+)` \|.*$", README, re.MULTILINE)}
    for name, kind in KINDS.items():
        assert name in rows
        for option in {**kind.required, **kind.optional}:
            assert f"`{option}`" in rows[name], (name, option)


def test_every_setting_is_listed_with_its_default():
    for field in fields(Settings):
        shown = str(field.default).lower() if isinstance(field.default, bool) else f"{field.default}"
        if isinstance(field.default, str):
            shown = f"`{field.default}`"
        shown = shown.removesuffix(".0")
        assert re.search(rf"`{field.name}` \({re.escape(shown)}", README), field.name


def test_every_way_to_notify_is_listed():
    table = README.split("### Notifications")[1].split("###")[0]
    for name in {*FIELDS, *SIGNATURES}:
        assert f"`{name}`" in table, name


def test_every_action_is_listed(ebay):
    with pytest.raises(UnknownActionError) as refused:
        ebay.admin("?")
    actions = str(refused.value).split("there are: ")[1].split(", ")
    table = README.split("### Actions")[1]
    for action in actions:
        assert f"`{action}`" in table, action


def test_every_buyer_and_sku_is_listed(ebay, ebay_uk):
    for sku in (*CATALOGUE, UNKNOWN.sku):
        assert f"`{sku}`" in README
    for order in ebay.all_orders() + ebay_uk.all_orders():
        assert order["buyer"]["buyerRegistrationAddress"]["fullName"] in README
    assert all(sample.why for sample in (*demo.ABROAD, *demo.HOME))


def test_the_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", README.split("## Admin API")[0], re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
