"""Accounts from files, code and stores; own transports; what is refused before anything is sent."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import respx
from tests.support import faults
from tests.support.drivers import Caller
from tests.support.faults import FaultServer
from tests.support.tiny import Tiny, account, shipment

from xborder_sdk import AccountConfig, AsyncClient, Client, MemoryAccounts, read_config
from xborder_sdk.errors import (
    ConfigurationError,
    InvalidSettings,
    NotSent,
    OutcomeUnknown,
    UnknownAccount,
    UnsupportedOperation,
)
from xborder_sdk.hookspecs import GetOrder
from xborder_sdk.ledger import EffectState, SqliteStore

ORDER = GetOrder(order_id="O-1")
GOOD = b'{"id": "O-1"}'


def test_a_file_names_accounts_and_secrets_by_reference(
    tmp_path: Path, serve: Callable[..., FaultServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(faults.answer(200, GOOD))
    (tmp_path / "key").write_text("from-a-file\n")
    (tmp_path / "xborder.toml").write_text(
        f"""
        [client]
        ledger = "books/ledger.db"
        [accounts.one]
        connector = "tiny"
        api_key = {{ file = "key" }}
        hosts = {{ api = "{server.url}" }}
        [accounts.two]
        connector = "tiny"
        api_key = {{ env = "TINY_KEY" }}
        hosts = {{ api = "{server.url}" }}
        [fulfilment]
        folder = "labels"
        """
    )
    with Client(tmp_path / "xborder.toml", connectors=(Tiny,)) as client:
        client.get_order("one", ORDER)
        with pytest.raises(InvalidSettings, match="TINY_KEY, which is not set"):
            client.get_order("two", ORDER)
        monkeypatch.setenv("TINY_KEY", "from-the-environment")
        client.get_order("two", ORDER)
        assert client.config.section("fulfilment") == {"folder": "labels"}
        assert client.account_names() == ("one", "two")
        assert client.store.history() == ()
    assert [request.headers["x-key"] for request in server.requests] == ["from-a-file", "from-the-environment"]
    assert (tmp_path / "books" / "ledger.db").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[client", "cannot be read"),
        ("[client]\nledgr = 'x'", "unknown keys ledgr"),
        ("[accounts.a]\nkey = 1", "needs connector"),
        ("accounts = 3", "accounts must be a table"),
        ("client = 3", "client must be a table"),
        ("[client]\nhooks = 'policy'", "hooks must be a list of names"),
        ("[client]\nhooks = ['policy']", "no plugin named policy is installed"),
    ],
)
def test_a_wrong_file_is_told(content: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(content)
    with pytest.raises(ConfigurationError, match=told):
        Client(tmp_path / "x.toml")


def test_a_missing_file_and_secret_are_told(tmp_path: Path, caller: Callable[..., Caller]) -> None:
    with pytest.raises(ConfigurationError, match="no configuration file"):
        read_config(tmp_path / "absent.toml")
    client = caller([AccountConfig("a", "tiny", {"api_key": {"file": "absent"}}, tmp_path)])
    with pytest.raises(InvalidSettings, match=r"cannot be read \(FileNotFoundError\)"):
        client.get_order("a", ORDER)
    with pytest.raises(ConfigurationError, match="needs a connector"):
        Client(accounts={"a": {}})


def test_accounts_come_change_and_go(serve: Callable[..., FaultServer], caller: Callable[..., Caller]) -> None:
    server = serve(faults.answer(200, GOOD))
    accounts = MemoryAccounts()
    client = caller(accounts)
    for key in ("first", "second"):
        settings = {"hosts": {"api": server.url}, "api_key": key}
        accounts.put(AccountConfig("tiny", "tiny", settings))
        client.get_order("tiny", ORDER)
    assert [request.headers["x-key"] for request in server.requests] == ["first", "second"]
    accounts.remove("tiny")
    with pytest.raises(UnknownAccount):
        client.get_order("tiny", ORDER)
    with pytest.raises(UnknownAccount):
        accounts.remove("tiny")


def unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def nameless() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    return context


@pytest.mark.parametrize("context", [unchecked, nameless])
def test_a_tls_context_that_does_not_check_is_refused(
    context: Callable[[], ssl.SSLContext], caller: Callable[..., Caller], driver: str
) -> None:
    if driver == "aiohttp":
        pytest.skip("an own transport brings its own TLS")
    client = caller({"tiny": account("http://127.0.0.1:1")}, tls=context())
    with pytest.raises(InvalidSettings, match="does not check"):
        client.get_order("tiny", ORDER)


def test_a_server_that_is_not_tls_was_never_sent_anything(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(201, b'{"waybill": "WB-1"}'))
    client = caller({"tiny": account(server.url.replace("http:", "https:"), max_attempts=1, timeout_s=2)})
    with pytest.raises(NotSent):
        client.create_shipment("tiny", shipment())
    assert client.store.history()[0].state is EffectState.RELEASED


def test_who_am_i(serve: Callable[..., FaultServer], caller: Callable[..., Caller]) -> None:
    class Silent(Tiny):
        name = "silent"

        def whoami(self) -> None:
            return None

    server = serve(faults.answer(200, {"id": "seller-7"}))
    client = caller({"a": account(server.url), "b": account(server.url, "silent")}, connectors=(Tiny, Silent))
    assert client.whoami("a").id == "seller-7"
    with pytest.raises(UnsupportedOperation):
        client.whoami("b")


# -- own transports ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "proven"),
    [
        (httpx.ConnectError("refused"), True),
        (httpx.ConnectTimeout("slow"), True),
        (httpx.PoolTimeout("full"), True),
        (httpx.ReadTimeout("slow"), False),
        (httpx.WriteTimeout("slow"), False),
        (httpx.ReadError("reset"), False),
        (httpx.RemoteProtocolError("odd"), False),
    ],
)
def test_what_an_own_transport_raises_proves_no_more_than_it_says(raised: Exception, proven: bool, driver: str) -> None:
    """No trace is seen through it, and that proves nothing."""
    sent: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        raise raised

    with Caller(
        driver, {"tiny": account("https://vendor.example", max_attempts=1)}, transport=httpx.MockTransport(handle)
    ) as client:
        with pytest.raises(NotSent if proven else OutcomeUnknown):
            client.create_shipment("tiny", shipment())
        state = client.store.history()[0].state
    assert state is (EffectState.RELEASED if proven else EffectState.UNKNOWN)
    assert len(sent) == 1


def test_a_foreign_cause_of_a_connect_timeout_proves_nothing(driver: str) -> None:
    """One library gives a reset after the request this name."""

    class ServerDisconnectedError(Exception):
        pass

    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("") from ServerDisconnectedError()

    with (
        Caller(driver, {"tiny": account("https://v.example")}, transport=httpx.MockTransport(handle)) as client,
        pytest.raises(OutcomeUnknown),
    ):
        client.create_shipment("tiny", shipment())


def test_a_mocked_transport_serves_both_colours(driver: str) -> None:
    with respx.mock(assert_all_called=True, using="httpx") as mock:
        mock.get("https://vendor.example/orders/O-1").respond(200, content=GOOD)
        transport = httpx.MockTransport(mock.handler if driver == "sync" else mock.async_handler)
        with Caller(driver, {"tiny": account("https://vendor.example")}, transport=transport) as client:
            assert client.get_order("tiny", ORDER).order_id == "O-1"


def test_a_client_with_nothing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XBORDER_LEDGER", str(tmp_path / "l.db"))
    monkeypatch.delenv("XBORDER_CONFIG", raising=False)
    for made in (Client(), AsyncClient()):
        assert made.account_names() == ()
        assert "0 accounts" in repr(made)
    with Client() as client, pytest.raises(UnknownAccount, match="configured: none"):
        client.supports("x", "get_order")
    store = SqliteStore(None)
    with Client(store=lambda: store) as client:
        assert client.store is store
