"""What the shell offers after a tab."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from xborder_sdk.cli.app import app
from xborder_sdk.cli.completion import complete_account, complete_operation


def offered(line: str, folder: Path, **more: str) -> list[str]:
    """What bash is offered for the last word of a line."""
    words = line.split(" ")
    environment = {
        **os.environ,
        "_XBORDER_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "XDG_CONFIG_HOME": str(folder / "none"),
        **more,
    }
    environment.pop("XBORDER_CONFIG", None)
    code = "import sys; sys.argv = ['xborder']; from xborder_sdk.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("xborder orders eb", ["ebay-uk", "ebay-us"]),
        ("xborder login ebay-u", ["ebay-uk", "ebay-us"]),
        ("xborder print la", ["labels"]),
        ("xborder quote dhl-shenzhen,eb", ["dhl-shenzhen,ebay-uk", "dhl-shenzhen,ebay-us"]),
        ("xborder quote ebay-us,ebay-u", ["ebay-us,ebay-uk"]),
        ("xborder connectors dh", ["dhl"]),
        ("xborder record ebay-us get_o", ["get_order"]),
        ("xborder orders zz", []),
    ],
)
def test_names_are_completed(line: str, wanted: list[str], seller: Path) -> None:
    assert sorted(offered(line, seller)) == wanted


def test_the_named_configuration_is_asked(seller: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.toml").write_text('[accounts.elsewhere]\nconnector = "folder"\npath = "x"\n')
    assert offered("xborder --config other/x.toml print e", seller) == ["elsewhere"]


def test_a_broken_configuration_offers_nothing_and_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "xborder.toml").write_text("[accounts")
    assert offered("xborder orders e", tmp_path) == []
    (tmp_path / "xborder.toml").unlink()
    assert offered("xborder orders e", tmp_path) == []


def test_no_secret_is_followed_for_a_completion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xborder.toml").write_text(
        '[accounts.one]\nconnector = "ebay"\nclient_secret = { env = "NOT_SET_ANYWHERE" }\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XBORDER_CONFIG", raising=False)
    context = typer.Context(typer.main.get_command(app))
    assert complete_account(context, "o") == [("one", "ebay")]
    assert "track" in complete_operation("")
