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
from xborder_sdk.cli.demo import _configuration
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
    (tmp_path / "xborder.toml").write_text(_configuration(sandbox.accounts(), tmp_path), encoding="utf-8")
    catalogue = Path(app.__file__).parent / "demo" / "catalogue.csv"
    (tmp_path / "catalogue.csv").write_bytes(catalogue.read_bytes())
    return tmp_path


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
