"""Every example runs: Python against the sandbox, TOML through the real reader, commands against the real command.

A ```text block right behind a ```python block is what that block prints; `...` stands for anything.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from tests.docs.pages import INDEX, PAGES, Block, blocks, name_of, own_blocks

from xborder_sandbox import running
from xborder_sdk import Client, read_config
from xborder_sdk.fulfilment import load_fulfilment
from xborder_sdk.fulfilment.config import SECTION as FULFILMENT
from xborder_sdk.privacy import SECTION as PRIVACY
from xborder_sdk.privacy import privacy_config

_PORT = "http://127.0.0.1:8700"
_FILES = ("csv", "toml")
_SECRET = "an-invented-secret-of-forty-characters_1"
_FORMED = {"PROXY": "http://user:word@proxy.example:3128", "SM4": "aW52ZW50ZWQtc20ta2V5IQ=="}
"""Invented secrets that must have a form, by a word in the variable's name."""
_LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

RUNNABLE = [page for page in PAGES if own_blocks(page, "python")]
CONFIGURED = [(page, block) for page in PAGES for block in own_blocks(page, "toml")]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the first page's `xborder.toml`, a sandbox behind it, and nothing of this machine's user."""
    for name in [name for name in os.environ if name.startswith("XBORDER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    (first,) = blocks(INDEX, "toml")
    with running(scenario="demo", seed=1) as sandbox:
        assert _PORT in first.text
        text = first.text.replace(_PORT, sandbox.url)
        ru_name = sandbox.settings("ebay-us")["ru_name"]  # for the page on which a seller consents
        text = text.replace("[accounts.ebay-us]", f'[accounts.ebay-us]\nru_name = "{ru_name}"')
        (tmp_path / "xborder.toml").write_text(text, encoding="utf-8")
        monkeypatch.setenv("SANDBOX_URL", sandbox.url)
        monkeypatch.setattr("builtins.input", partial(_consent, sandbox.url))
        yield tmp_path


def _consent(url: str, prompt: str) -> str:
    """The seller at the browser: opens the page that the prompt names, and pastes where it leads to."""
    (wishes,) = re.findall(r"https://auth\.ebay\.com/oauth2/authorize\?(\S+)", prompt)
    form = dict(parse_qsl(wishes)) | {"seller": "ebay-us"}
    return httpx.post(f"{url}/ebay/auth/oauth2/authorize", data=form).headers["location"]


@pytest.mark.parametrize("page", RUNNABLE, ids=name_of)
def test_the_python_of_a_page_runs(page: Path, workplace: Path) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    printed: str | None = None
    ran = 0
    try:
        for block in own_blocks(page):
            if block.language in _FILES:
                _write(block)
            elif block.language == "python":
                printed = _run(page, block, namespace)
                ran += 1
            elif block.language == "text" and block.follows and printed is not None:
                assert doctest.OutputChecker().check_output(block.text, printed, _LOOSE), (
                    f"{name_of(page)}:{block.line} shows\n{block.text}\nbut this is printed\n{printed}"
                )
    finally:
        for value in namespace.values():
            if isinstance(value, Client):
                value.close()
    assert ran


def _write(block: Block) -> None:
    """A table of goods becomes `catalogue.csv`; to `xborder.toml` go accounts of the sandbox, and a first section that
    holds no accounts."""
    if block.language == "csv":
        Path("catalogue.csv").write_text(block.text, encoding="utf-8")
        return
    config = Path("xborder.toml")
    (first,) = blocks(INDEX, "toml")
    if block.text == first.text:
        return
    if _PORT in block.text or (not _has_accounts(block) and not read_config(config).sections):
        text = block.text.replace(_PORT, os.environ["SANDBOX_URL"])
        config.write_text(config.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")


def _has_accounts(block: Block) -> bool:
    return "[accounts." in block.text


def _run(page: Path, block: Block, namespace: dict[str, Any]) -> str:
    code = compile("\n" * (block.line - 1) + block.text, str(page), "exec")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, namespace)
    return out.getvalue()


@pytest.mark.parametrize(("page", "block"), CONFIGURED, ids=[f"{name_of(p)}:{b.line}" for p, b in CONFIGURED])
def test_the_configuration_shown_is_read(
    page: Path, block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secrets: Callable[[Any], None]
) -> None:
    path = tmp_path / "xborder.toml"
    (first,) = blocks(INDEX, "toml")
    path.write_text(block.text if _has_accounts(block) else f"{first.text}\n{block.text}", encoding="utf-8")
    config = read_config(path)
    if FULFILMENT in config.sections:
        load_fulfilment(config)
    privacy_config(config)
    assert not set(config.sections) - {FULFILMENT, PRIVACY}
    for account in config.accounts:
        secrets(account.settings)
    with Client(config, store=tmp_path / "ledger.db") as client:
        for name in client.account_names():
            assert client.connector(name).account == name


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Makes every variable, file and keyring entry that settings name."""

    def make(settings: Any) -> None:
        for value in settings.values():
            if not isinstance(value, dict):
                continue
            if set(value) == {"env"}:
                invented = next((text for word, text in _FORMED.items() if word in value["env"]), _SECRET)
                monkeypatch.setenv(value["env"], invented)
            elif set(value) == {"file"}:
                (tmp_path / value["file"]).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / value["file"]).write_text("a secret\n", encoding="utf-8")
            elif set(value) == {"keyring"}:
                monkeypatch.setattr("xborder_sdk.client.keyrings.read_secret", lambda _: "a secret")
            else:
                make(value)

    return make
