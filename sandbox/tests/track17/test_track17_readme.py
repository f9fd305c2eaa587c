"""What the README says of 17TRACK is what there is."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from xborder_sandbox.track17.admin_actions import ACTIONS, NOTIFY_FIELDS
from xborder_sandbox.track17.api import CALLS, VERSIONS
from xborder_sandbox.track17.book import Settings
from xborder_sandbox.track17.carriers import CARRIERS
from xborder_sandbox.track17.webhook import SIGNATURES

SECTION = (Path(__file__).parents[2] / "README.md").read_text().split("\n## 17TRACK\n")[1].split("\n## ")[0]


def test_everything_is_listed():
    for name in (*ACTIONS, *NOTIFY_FIELDS, *SIGNATURES, *CALLS, *VERSIONS):
        assert f"`{name}`" in SECTION, name
    for field in fields(Settings):
        shown = f"`{field.default}`" if isinstance(field.default, str) else f"{field.default}"
        assert f"`{field.name}` ({shown}" in SECTION, field.name
    assert f"{len(CARRIERS)} carriers" in SECTION
