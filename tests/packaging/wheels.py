"""Builds the wheels, installs them with pip alone into an empty environment outside the checkout, and runs there.

Proves what an editable install hides: files missing from a wheel, dependencies nobody declared, entry points that point
nowhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTIONS = (
    ".",
    "plugins/aliexpress",
    "plugins/ebay",
    "plugins/carriers/chinapost",
    "plugins/carriers/dhl",
    "plugins/carriers/track17",
    "sandbox",
)

ROUND_TRIP = """
import json, urllib.request
import xborder_sdk
from xborder_sandbox import running
from xborder_sdk import Client
from xborder_sdk.hookspecs import TrackParcels
from xborder_sdk.runtime.registry import Registry

assert "site-packages" in xborder_sdk.__file__, xborder_sdk.__file__
broken = [plugin for plugin in Registry().plugins() if plugin.error]
assert not broken, broken
with running(scenario="demo", seed=1) as sandbox:
    with urllib.request.urlopen(sandbox.url + "/_admin/accounts") as answer:
        accounts = {a["name"]: {"connector": a["connector"], **a["settings"]} for a in json.load(answer)}
    with Client(accounts=accounts, store="ledger.db") as client:
        orders = list(client.iter_orders("ebay-us"))
        parcels = client.track("dhl-shenzhen", TrackParcels(numbers=("1234567890",)))
assert len(orders) > 5 and not parcels[0].found
print(f"round trip: {len(orders)} orders, 1 parcel asked for")
"""


def main() -> int:
    """Builds, installs, runs; the exit code is that of the first step that fails."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    with tempfile.TemporaryDirectory(prefix="xborder-wheels-") as name:
        folder = Path(name)
        for distribution in DISTRIBUTIONS:
            command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder / "wheels")]
            subprocess.run([*command, str(ROOT / distribution)], check=True, stdout=subprocess.DEVNULL)
        wheels = sorted(str(wheel) for wheel in (folder / "wheels").glob("*.whl"))
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / "bin" / "python"
        core = next(wheel for wheel in wheels if "xborder_sdk-" in wheel)
        wanted = [f"{core}[cli,labels,verify]", *(wheel for wheel in wheels if wheel != core)]
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *wanted], check=True, env=environment, cwd=folder)
        subprocess.run([str(python), "-c", ROUND_TRIP], check=True, env=environment, cwd=folder)
        command = [str(folder / "venv" / "bin" / "xborder"), "connectors"]
        subprocess.run(command, check=True, env=environment, cwd=folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
