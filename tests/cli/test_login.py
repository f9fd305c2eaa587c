"""A seller consents in a browser: who may bring the code, and where what it gives is kept."""

from __future__ import annotations

import json
import socket
import stat
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from xborder_sdk.cli import login
from xborder_sdk.client import Client

from .conftest import Ran, Run

Open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class MemoryKeyring(KeyringBackend):
    """A keyring that keeps what it is given as long as the test lasts."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


class LockedKeyring(MemoryKeyring):
    """One whose words must not be repeated."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("canary-of-the-backend")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"canary-of-the-backend {password}")


@pytest.fixture
def rings() -> Iterator[Callable[[KeyringBackend], None]]:
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring(rings: Callable[[KeyringBackend], None]) -> None:
    rings(fail.Keyring())


class Browser:
    """Opens the consent page of the sandbox, which agrees at once, and stops before the last redirect.

    Attributes:
        address: Where it would have gone.
        change: What becomes of the address before it is pasted.
    """

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.address = ""
        self.change: Callable[[str], str] = lambda address: address

    def open(self, url: str) -> bool:
        self.opened.append(url)
        outer = self

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *arguments: Any) -> None:
                outer.address = arguments[-1]

        with pytest.raises(urllib.request.HTTPError) as answer:
            urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay()).open(url)
        answer.value.close()
        return True

    def readline(self, size: int) -> str:
        return self.change(self.address)[:size] + "\n"


@pytest.fixture
def browser(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Browser:
    sandbox.admin("ebay", "consent", auto="ebay-us", accept_url="https://shop.example/accepted")
    made = Browser()
    monkeypatch.setattr(login.webbrowser, "open", made.open)
    monkeypatch.setattr(login.sys, "stdin", made)
    return made


def without_refresh_token(folder: Path, *more: str) -> Path:
    """Takes the refresh token of ebay-us out of the configuration."""
    path = folder / "xborder.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    start = lines.index("[accounts.ebay-us]")
    at = next(number for number in range(start, len(lines)) if lines[number].startswith("refresh_token"))
    lines[at : at + 1] = more
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def secrets_in(ended: Ran, sandbox: Any) -> list[str]:
    """Tokens of the sandbox that somebody could read from what the command said."""
    tokens = sandbox.sandbox.vendors["ebay"]._tokens
    known = [*tokens.refresh, *tokens.access, tokens.client_secret]
    assert len(known) > 3
    return [token for token in known if token in ended.out + ended.err]


def test_the_pasted_address_gives_a_refresh_token_that_works(
    seller: Path, sandbox: Any, run: Run, browser: Browser, no_keyring: None
) -> None:
    path = without_refresh_token(seller)
    assert run("orders", "ebay-us").code != 0
    ended = run("login", "ebay-us", "--json")
    assert ended.code == 0, ended.err
    told = ended.json()
    assert told["reference"] == {"file": "ebay-us.refresh_token"}
    assert not told["configured"]
    assert "no keyring" in told["remark"]
    assert not secrets_in(ended, sandbox)
    kept = seller / "ebay-us.refresh_token"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[accounts.ebay-us]", f"[accounts.ebay-us]\n{told['line']}"), encoding="utf-8")
    asked = len(sandbox.requests(vendor="ebay", path="*oauth2/token"))
    assert run("orders", "ebay-us").code == 0
    # The token of the consent serves at once: nothing was refreshed for it.
    assert len(sandbox.requests(vendor="ebay", path="*oauth2/token")) == asked
    with Client(path) as client, closing(client.store) as store:
        connector = client.connector("ebay-us")
        held = store.get_token(connector.credential_key("user"))
        assert held is not None
        assert held.refresh_expires_at is not None
        assert held.refresh_expires_at.isoformat() == told["expires_at"]


def test_the_next_login_replaces_what_the_configuration_names(
    seller: Path, run: Run, browser: Browser, rings: Callable[[KeyringBackend], None]
) -> None:
    ring = MemoryKeyring()
    rings(ring)
    without_refresh_token(seller, 'refresh_token = { file = "secrets/there" }', "read_only = true")
    ended = run("login", "ebay-us")
    assert ended.code == 0, ended.err
    assert 'refresh_token = { file = "secrets/there" }' in ended.out
    assert "already" in ended.out
    first = (seller / "secrets" / "there").read_text(encoding="utf-8")
    assert run("login", "ebay-us").code == 0
    assert (seller / "secrets" / "there").read_text(encoding="utf-8") != first
    assert not ring.held
    assert [path.name for path in (seller / "secrets").iterdir()] == ["there"]
    assert run("doctor", "--live").code == 0


def test_a_keyring_keeps_it_and_the_configuration_reads_it(
    seller: Path, sandbox: Any, run: Run, browser: Browser, rings: Callable[[KeyringBackend], None]
) -> None:
    ring = MemoryKeyring()
    rings(ring)
    path = without_refresh_token(seller)
    ended = run("login", "ebay-us")
    assert ended.code == 0, ended.err
    line = 'refresh_token = { keyring = "ebay-us.refresh_token" }'
    assert line in ended.out.splitlines()
    assert not list(seller.glob("*refresh_token*"))
    assert not secrets_in(ended, sandbox)
    assert [*ring.held] == [("xborder", "ebay-us.refresh_token")]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[accounts.ebay-us]", f"[accounts.ebay-us]\n{line}"), encoding="utf-8")
    assert run("doctor", "--live").code == 0
    ring.held.clear()
    ended = run("doctor", "--json")
    assert ended.code == 3
    finding = next(one for one in ended.json() if one["account"] == "ebay-us")
    assert "ebay-us.refresh_token in the keyring, which is not there" in finding["settings"]
    assert "xborder login ebay-us" in finding["hint"]


@pytest.mark.parametrize(
    ("ring", "said"),
    [(fail.Keyring(), "no keyring"), (null.Keyring(), "keeps nothing"), (LockedKeyring(), "RuntimeError")],
)
def test_a_keyring_that_keeps_nothing_is_said(
    ring: KeyringBackend,
    said: str,
    seller: Path,
    run: Run,
    browser: Browser,
    rings: Callable[[KeyringBackend], None],
) -> None:
    rings(ring)
    without_refresh_token(seller)
    wanted = run("login", "ebay-us", "--keep", "keyring")
    assert wanted.code == 3
    assert said in wanted.err
    assert "--keep file" in wanted.err
    assert not list(seller.glob("*refresh_token*"))
    ended = run("login", "ebay-us")
    assert ended.code == 0
    assert said in ended.err
    assert (seller / "ebay-us.refresh_token").exists()
    assert "canary" not in wanted.err + wanted.out + ended.err + ended.out


def test_without_the_keyrings_library_a_file_serves(
    seller: Path, run: Run, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    path = without_refresh_token(seller)
    assert "not installed" in run("login", "ebay-us").err
    assert (seller / "ebay-us.refresh_token").exists()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[accounts.ebay-us]", '[accounts.ebay-us]\nrefresh_token = { keyring = "x" }'))
    ended = run("orders", "ebay-us")
    assert ended.code == 3
    assert "xborder-sdk[keyring]" in ended.err


def _another_state(address: str) -> str:
    return address.replace("state=", "state=x")


def _two_states(address: str) -> str:
    return address + "&state=" + parse_qs(urlsplit(address).query)["state"][0]


def _no_code(address: str) -> str:
    query = parse_qs(urlsplit(address).query)
    return f"https://shop.example/accepted?state={query['state'][0]}"


def _refused(address: str) -> str:
    return _no_code(address) + "&error=access_denied"


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (_another_state, 2, "belongs to another consent"),
        (_two_states, 2, "not the address"),
        (_no_code, 2, "no code"),
        (_refused, 1, "was not given"),
        (lambda _: "", 2, "nothing was pasted"),
        (lambda _: "v^1.1#i^1#p^3", 2, "not the address"),
        (lambda _: "https://[", 2, "not the address"),
        (lambda address: address + "&x=" + "y" * 20_000, 2, "too long"),
        (lambda address: address.replace("state=", "state=%C3%A9"), 2, "another consent"),
    ],
)
def test_an_address_that_does_not_fit_asks_for_no_token(
    change: Callable[[str], str], code: int, said: str, seller: Path, sandbox: Any, run: Run, browser: Browser
) -> None:
    without_refresh_token(seller)
    browser.change = change
    ended = run("login", "ebay-us", "--keep", "file")
    assert ended.code == code
    assert said in ended.err
    assert not sandbox.requests(vendor="ebay", method="POST", path="*oauth2/token")
    assert not list(seller.glob("*refresh_token*"))


def test_a_code_is_good_for_one_login(seller: Path, sandbox: Any, run: Run, browser: Browser) -> None:
    without_refresh_token(seller)
    assert run("login", "ebay-us", "--keep", "file").code == 0
    used = parse_qs(urlsplit(browser.address).query)["code"][0]
    browser.change = lambda address: address.partition("?")[0] + "?" + "&".join(
        f"code={urllib.request.quote(used)}" if part.startswith("code=") else part
        for part in urlsplit(address).query.split("&")
    )  # fmt: skip
    ended = run("login", "ebay-us", "--keep", "file")
    assert ended.code == 1
    assert "AuthenticationFailed" in ended.err
    assert used not in ended.err


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def test_the_browser_may_come_back_to_this_machine(
    seller: Path, sandbox: Any, run: Run, monkeypatch: pytest.MonkeyPatch, no_keyring: None
) -> None:
    without_refresh_token(seller)
    port = free_port()
    sandbox.admin("ebay", "consent", auto="ebay-us", accept_url=f"http://127.0.0.1:{port}/back")
    pages: list[str] = []

    def visit(url: str) -> None:
        with Open(url, timeout=10) as page:
            pages.append(page.read().decode())

    def opened(url: str) -> bool:
        threading.Thread(target=visit, args=(url,)).start()
        return True

    monkeypatch.setattr(login.webbrowser, "open", opened)
    ended = run("login", "ebay-us", "--port", str(port))
    assert ended.code == 0, ended.err
    assert (seller / "ebay-us.refresh_token").exists()
    with pytest.raises(OSError, match="refused"):  # one use
        socket.create_connection(("127.0.0.1", port), timeout=5)
    while not pages:
        pass
    assert "close this window" in pages[0]


def test_nobody_coming_back_ends_it(seller: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    without_refresh_token(seller)
    monkeypatch.setattr(login.webbrowser, "open", lambda url: False)
    monkeypatch.setattr(login.Redirect, "wait", _late)
    ended = run("login", "ebay-us", "--port", str(free_port()), "--timeout", "7")
    assert ended.code == 1
    assert "in time" in ended.err
    assert "oauth2/authorize" in ended.err


_wait = login.Redirect.wait


def _late(redirect: login.Redirect, seconds: float) -> str:
    moments = iter([0.0, seconds])
    redirect._now = lambda: next(moments)
    return _wait(redirect, seconds)


def test_a_taken_port_is_said(seller: Path, run: Run) -> None:
    without_refresh_token(seller)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run("login", "ebay-us", "--port", str(taken.getsockname()[1]), "--no-browser")
    assert ended.code == 3
    assert "--port" in ended.err


def test_a_vendor_without_consent_is_said(seller: Path, run: Run, browser: Browser) -> None:
    ended = run("login", "dhl-shenzhen")
    assert ended.code == 2
    assert "no consent" in ended.err
    assert not browser.opened
    assert run("login", "nobody").code == 3


def test_the_address_can_be_printed_instead(
    seller: Path, run: Run, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_refresh_token(seller)
    ended = run("login", "ebay-us", "--no-browser", "--json")
    assert ended.code == 2
    assert not browser.opened
    address = next(line for line in ended.err.splitlines() if "oauth2/authorize" in line)
    states = parse_qs(urlsplit(address).query)["state"]
    assert len(states[0]) >= 43  # 32 random bytes
    again = run("login", "ebay-us", "--no-browser", "--json")
    assert states[0] not in again.err


def test_an_account_name_never_leads_out_of_the_folder(
    seller: Path, run: Run, browser: Browser, no_keyring: None
) -> None:
    path = without_refresh_token(seller)
    path.write_text(path.read_text(encoding="utf-8").replace("[accounts.ebay-us]", '[accounts."../ebay us"]'))
    ended = run("login", "../ebay us", "--json")
    assert ended.code == 0, ended.err
    name = ended.json()["reference"]["file"]
    assert "/" not in name
    assert (seller / name).is_file()
    assert json.dumps(name) in ended.json()["line"]
