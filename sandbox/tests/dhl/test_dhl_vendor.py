"""The simulator as a part of the sandbox: scenarios, seed, state."""

from __future__ import annotations

import json

import pytest

from xborder_sandbox.dhl import DhlExpress
from xborder_sandbox.world import World


@pytest.mark.parametrize(("scenario", "count"), [("empty", 0), ("demo", 5), ("bulk", 100)])
def test_scenarios(make_dhl, scenario, count):
    state = make_dhl(scenario).state()
    assert len(state["shipments"]) == count
    assert json.loads(json.dumps(state)) == state


def test_demo_shows_parcels_at_several_stages(make_dhl, spec):
    dhl = make_dhl("demo")
    seen = [len(shipment["scans"]) for shipment in dhl.state()["shipments"]]
    assert min(seen) == 0
    assert any(shipment["delivered"] for shipment in dhl.state()["shipments"])
    numbers = [shipment["number"] for shipment in dhl.state()["shipments"]]
    answer = dhl.get("/tracking", shipmentTrackingNumber=numbers)
    spec.check_response("/tracking", "get", 200, answer.json())


def test_same_seed_same_numbers(make_dhl):
    def numbers(seed):
        return [make_dhl(seed=seed).ship()["shipmentTrackingNumber"] for _ in range(2)]

    assert len(set(numbers(1))) == 1
    assert numbers(1) != numbers(2)


def test_reset_forgets(dhl):
    dhl.ship()
    dhl.admin("lookup_delay", seconds=5)
    before = dhl.settings
    dhl.sandbox.reset(seed=9)
    assert dhl.state()["shipments"] == []
    assert dhl.state()["settings"] == {"lookup_delay": 0.0, "event_order": "newest-first"}
    assert dhl.get("/tracking").status_code == 401
    assert dhl.sandbox.accounts()[0]["settings"] != before


def test_state_tells_no_secret(dhl):
    dhl.ship()
    text = json.dumps(dhl.state())
    assert dhl.settings["api_key"] not in text
    assert dhl.settings["api_secret"] not in text


def test_it_can_be_built_alone():
    vendor = DhlExpress(World(seed=1))
    assert vendor.name == "dhl"
    assert [account["connector"] for account in vendor.accounts()] == ["dhl", "dhl"]
