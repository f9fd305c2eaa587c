"""The seller's classic day: eBay's orders by ePacket or small packet, told to eBay, and followed by 17TRACK."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.fulfilment.making import CATALOGUE_CSV
from tests.fulfilment.seller import Seller, declarations
from tests.journeys.post import DAY

from xborder_sandbox import Handle, running
from xborder_sdk.documents import LabelDocument, read_barcodes
from xborder_sdk.fulfilment import WorkState
from xborder_sdk.models import TrackingStatus

EPACKET = {"FR", "GB", "US", "AU", "CA"}
RATES = {"EUR": "1.08", "GBP": "1.27", "AUD": "0.66", "JPY": "0.0067"}
ACCOUNTS = {"ebay-us", "chinapost", "chinapost-pcp", "track17"}


@pytest.fixture
def sandbox() -> Iterator[Handle]:
    with running(scenario="demo", seed=1, vendors=["ebay", "chinapost", "track17"]) as handle:
        yield handle


def announced(sandbox: Handle) -> dict[str, dict[str, Any]]:
    """What the post was sent, beside the parcels of the scenario."""
    state: Any = sandbox.sandbox.vendors["chinapost"].state()
    return {one["number"]: one for one in state["parcels"] if not one["order_no"].startswith("DEMO")}


def told_to_ebay(sandbox: Handle) -> dict[str, str]:
    """The carrier's code at eBay, by number."""
    found = sandbox.requests(vendor="ebay", path="*/shipping_fulfillment", method="POST")
    bodies = [json.loads(record.body) for record in found]
    return {body["trackingNumber"]: body["shippingCarrierCode"] for body in bodies}


@pytest.mark.slow
@pytest.mark.parametrize("carrier", ["chinapost", "chinapost-pcp"])
def test_the_classic_day(sandbox: Handle, tmp_path: Path, carrier: str) -> None:
    seller = Seller(tmp_path, sandbox.url, [one for one in sandbox.accounts() if one["name"] in ACCOUNTS])
    seller.accounts[carrier]["exchange_rates"] = RATES
    seller.rules |= {
        "carriers": [carrier],
        "track_with": {carrier: "track17"},
        "rules": [
            {"name": "ePacket countries", "destination": sorted(EPACKET), "use": [f"{carrier}/ePacket"]},
            {"name": "others", "use": [f"{carrier}/small packet"]},
        ],
    }
    told = seller.run()
    assert not [progress for progress in told if progress.failed]
    rows = [row for row in seller.rows().values() if row.state is WorkState.DECLARED]
    parcels = announced(sandbox)
    assert {row.waybill for row in rows} == set(parcels)
    assert len(rows) >= 6
    for row in rows:
        parcel = parcels[row.waybill or ""]
        assert parcel["family"] == ("epacket" if parcel["to"] in EPACKET else "small_packet")
        assert parcel["transport"] == ("pcp" if carrier == "chinapost-pcp" else "gateway")
        printed = tmp_path / "printed" / f"{row.waybill}.pdf"
        assert [code.text for code in read_barcodes(LabelDocument.read(printed.read_bytes()))] == [row.waybill]
    assert {parcel["family"] for parcel in parcels.values()} == {"epacket", "small_packet"}
    assert told_to_ebay(sandbox) == dict.fromkeys(parcels, "ChinaPost")
    assert set(declarations(sandbox).values()) == {1}

    sandbox.admin("track17", "settings", requests_per_second=0)
    for _ in range(12):
        sandbox.world.clock.advance(3 * DAY)
        seller.later(3 * DAY)
        with seller.fulfilment() as fulfilment:
            assert not [progress for progress in fulfilment.follow() if progress.failed]
    with seller.fulfilment() as fulfilment:
        states = {row.order_id: row.tracking for row in fulfilment.rows() if row.waybill is not None}
    assert set(states.values()) <= {TrackingStatus.DELIVERED, TrackingStatus.RETURNED}
    assert TrackingStatus.DELIVERED in states.values()
    registered: Any = sandbox.sandbox.vendors["track17"].state()
    assert {one["carrier"] for one in registered["registrations"]} == {3011}
    assert registered["quota"]["used"] == len(parcels)
    before = len(sandbox.requests(vendor="chinapost"))
    assert not [progress for progress in seller.run() if progress.failed]
    assert len(announced(sandbox)) == len(parcels), "nothing is bought again"
    assert len(sandbox.requests(vendor="chinapost")) >= before


TOML = """\
[accounts.ebay-us]
{ebay}

[accounts.chinapost]
{post}
exchange_rates = {{ EUR = "1.08", GBP = "1.27" }}

[accounts.tracker]
{tracker}

[accounts.labels]
connector = "folder"
path = "printed"

[fulfilment]
orders = ["ebay-us"]
carriers = ["chinapost"]
catalogue = "goods.csv"
printer = "labels"
out = "papers"
packaging_g = 60
track_with = {{ chinapost = "tracker" }}

[[fulfilment.rules]]
name = "ePacket countries"
destination = ["FR", "GB", "US", "AU", "CA"]
use = ["chinapost/ePacket"]

[[fulfilment.rules]]
name = "others"
use = ["chinapost/small packet"]

[fulfilment.sender]
name = "Export Desk"
lines = ["88 Example Road, Nanshan"]
city = "Shenzhen"
postal_code = "518000"
country = "CN"
phone = "+8675555500100"
"""


def table(settings: dict[str, Any]) -> str:
    """Settings as lines of TOML; a JSON text is a TOML one."""

    def value(one: Any) -> str:
        if isinstance(one, dict):
            return "{ " + ", ".join(f"{json.dumps(key)} = {value(item)}" for key, item in one.items()) + " }"
        return json.dumps(one)

    return "\n".join(f"{json.dumps(key)} = {value(one)}" for key, one in settings.items())


@pytest.mark.slow
def test_the_same_in_a_terminal(sandbox: Handle, tmp_path: Path) -> None:
    def account(name: str) -> str:
        (found,) = [one for one in sandbox.accounts() if one["name"] == name]
        settings: Any = found["settings"]
        return table({"connector": found["connector"], **settings})

    (tmp_path / "goods.csv").write_text(CATALOGUE_CSV, encoding="utf-8")
    text = TOML.format(ebay=account("ebay-us"), post=account("chinapost"), tracker=account("track17"))
    (tmp_path / "xborder.toml").write_text(text, encoding="utf-8")

    # A ledger of its own: that of this machine's user would remember the parcels of an earlier run.
    own = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")}

    def xborder(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from xborder_sdk.cli import main; main()", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True, timeout=120, check=False)

    done = xborder("fulfil", "--json")
    assert done.stdout, done.stderr
    assert json.loads(done.stdout)
    parcels = announced(sandbox)
    assert parcels
    assert set(told_to_ebay(sandbox)) == set(parcels)
    assert {path.stem for path in (tmp_path / "printed").iterdir()} == set(parcels)
    sandbox.world.clock.set(datetime.now(UTC))
    followed = xborder("follow", "--json")
    assert followed.returncode == 0, followed.stderr
    registered: Any = sandbox.sandbox.vendors["track17"].state()
    assert {one["number"] for one in registered["registrations"]} == set(parcels)
    secrets = [str(sandbox.settings("chinapost")[name]) for name in ("authorization", "sm4_key", "ak")]
    assert [secret for secret in secrets if secret in done.stdout + done.stderr + followed.stderr] == []
