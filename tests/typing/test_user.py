"""A user's type checker sees exact types, and refuses what cannot work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXPECTED = [
    "xborder_sdk.models.order.Order",
    "xborder_sdk.models.money.Money | None",
    "xborder_sdk.models.order.Order",
    "tuple[xborder_sdk.models.shipment.Quote, ...]",
    "str",
    "xborder_sdk.models.tracking.TrackingStatus",
    "tuple[xborder_sdk.models.shipment.Quote, ...]",
    "tuple[xborder_sdk.client.outcomes.Outcome[tuple[xborder_sdk.models.shipment.Quote, ...]], ...]",
    "tuple[xborder_sdk.models.shipment.Quote, ...]",
    "xborder_sdk.steps.Response",
    "xborder_sdk.ledger.port.EffectRecord | None",
    "xborder_sdk.hookspecs.connector.Support",
    "xborder_sdk.models.order.Order",
    "xborder_sdk.models.order.Order",
    "tuple[xborder_sdk.models.shipment.Quote, ...]",
    "tuple[xborder_sdk.client.outcomes.Outcome[tuple[xborder_sdk.models.shipment.Quote, ...]], ...]",
]


@pytest.mark.slow
def test_types_are_exact(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text((ROOT / "tests/typing/user.py").read_text())
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--warn-unused-ignores", "user.py"]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    revealed = re.findall(r'Revealed type is "(.*)"', done.stdout)
    assert [_plain(text) for text in revealed] == EXPECTED
    assert not [text for text in revealed if re.search(r"\bAny\b", text)]


def _plain(text: str) -> str:
    """The checker's spelling, the same over its versions."""
    text = text.replace("builtins.", "").replace("typing.", "collections.abc.").replace("?", "")
    if text.startswith("Union["):
        text = text[len("Union[") : -1].replace(", ", " | ")
    return text
