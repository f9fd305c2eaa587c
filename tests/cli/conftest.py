"""The command run in this process against a sandbox, with a configuration as an operator would have it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from xborder_sandbox import running
from xborder_sdk.cli import app
from xborder_sdk.cli.session import session


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def sandbox() -> Iterator[Any]:
    with running(scenario="demo", seed=1) as handle:
        yield handle


@pytest.fixture
def seller(sandbox: Any, tmp_path: Path) -> Path:
    """The folder of a seller on the sandbox."""
    (tmp_path / "xborder.toml").write_text(_configuration(sandbox.accounts()), encoding="utf-8")
    catalogue = Path(app.__file__).parent / "demo" / "catalogue.csv"
    (tmp_path / "catalogue.csv").write_bytes(catalogue.read_bytes())
    return tmp_path


_FULFILMENT = """
[accounts.labels]
connector = "folder"
path = "labels"
media = "a4-4up"

[fulfilment]
orders = ["ebay-us", "ebay-uk"]
carriers = ["dhl-shenzhen"]
printer = "labels"
catalogue = "catalogue.csv"
out = "papers"
labels_per_job = 4
packaging_g = 60
box_mm = [250, 200, 100]
time_zone = "Asia/Shanghai"

[fulfilment.sender]
name = "Export Desk"
company = "Lantern Lane Goods"
lines = ["88 Example Road, Nanshan"]
city = "Shenzhen"
postal_code = "518000"
country = "CN"
phone = "+8675555500100"
"""


def _configuration(accounts: list[dict[str, Any]]) -> str:
    """Two shops and a carrier of the sandbox. A JSON text is a TOML text too."""
    lines = ["[client]", 'ledger = "ledger.db"']
    for account in accounts:
        if account["name"] in {"ebay-us", "ebay-uk", "dhl-shenzhen"}:
            settings = account["settings"] | ({"seller_country": "GB"} if account["name"] == "ebay-uk" else {})
            hosts = settings.pop("hosts")
            lines += ["", f"[accounts.{account['name']}]", f'connector = "{account["connector"]}"']
            lines += [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
            inner = ", ".join(f"{key} = {json.dumps(value)}" for key, value in hosts.items())
            lines.append(f"hosts = {{ {inner} }}")
    return "\n".join(lines) + "\n" + _FULFILMENT


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XBORDER_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))

    def ran(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["xborder", *words])
        code = app.run()
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    yield ran
    session.config_path = None
