"""What the README says of China Post is what there is."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from pathlib import Path

from xborder_sandbox.chinapost.admin_actions import ACTIONS
from xborder_sandbox.chinapost.gateway import CALLS
from xborder_sandbox.chinapost.pcp import OPERATIONS
from xborder_sandbox.chinapost.store import Settings

SECTION = (Path(__file__).parents[2] / "README.md").read_text().split("\n## China Post\n")[1].split("\n## ")[0]


def test_everything_is_listed(post):
    for name in ACTIONS:
        assert f"`{name}`" in SECTION, name
    for name in (*CALLS, *(path.split("/", 2)[2] for path in OPERATIONS)):
        assert name in SECTION, name
    for account in post.sandbox.accounts():
        assert f"`{account['name']}`" in SECTION
        for setting in account["settings"]:
            assert f"`{setting}`" in SECTION, setting
    for field in fields(Settings):
        assert f"`{field.name}`" in SECTION, field.name
        if isinstance(field.default, int):
            assert f"`{field.name}` ({field.default}" in SECTION, field.name


def test_a_journey_takes_as_long_as_it_says(post):
    numbers = {product: post.send(product, biz_product_no=product) for product in ("019", "002", "007")}
    days = {}
    for parcel in post.state()["parcels"]:
        if parcel["story"] == "plain":
            start, end = parcel["coming"][0]["at"], parcel["coming"][-1]["at"]
            days[parcel["number"]] = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).days
    told = {numbers["019"]: 10, numbers["002"]: 19, numbers["007"]: 6}
    assert len(days) > 1
    for number, found in days.items():
        assert abs(found - told[number]) <= 1, number
