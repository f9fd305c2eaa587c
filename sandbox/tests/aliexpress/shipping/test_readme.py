"""What the README says of parcels and disputes is so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xborder_sandbox.aliexpress.issues import actions as issue_actions
from xborder_sandbox.aliexpress.issues.issue import REASONS
from xborder_sandbox.aliexpress.shipping import actions as parcel_actions
from xborder_sandbox.aliexpress.shipping.services import SERVICES

README = (Path(__file__).parents[3] / "README.md").read_text()
ACTIONS = README.split("### Actions on parcels and disputes")[1].split("\n## ")[0]
ROUTES = README.split("### Online shipping of AliExpress")[1].split("\n### ")[0]


def test_every_action_and_reason_is_listed() -> None:
    for name in (*parcel_actions.ACTIONS, *issue_actions.ACTIONS):
        assert f"| `{name}` |" in ACTIONS, name
    for reason in REASONS:
        assert f"`{reason}`" in ACTIONS, reason


def test_every_route_is_listed_as_it_is() -> None:
    rows = [line for line in ROUTES.splitlines() if line.startswith("| `")]
    for service in SERVICES.values():
        (row,) = [row for row in rows if f"`{service.key}`" in row and row.count("|") == 5]
        _, _, number, where, batteries, _ = (cell.strip() for cell in row.split("|"))
        assert number == ("20 minutes later" if service.number_delay == 1200 else "at once")
        assert where == (", ".join(service.countries) or "everywhere")
        assert batteries == ("yes" if service.takes_battery else "no")


def test_the_demo_dispute_is_that_of_the_readme(make_seller: Any) -> None:
    seller = make_seller("demo")
    (issue,) = seller.state()["issues"]
    order = {"order_id": issue["order_id"]}
    receipt = seller.call("aliexpress.trade.redefining.findorderreceiptinfo", param1=order)["result"]
    assert receipt["country"] == "RU"
    assert "Linda Orlova (RU)" in README
