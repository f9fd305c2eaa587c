"""Devices on the local network: reached by plain http there and nowhere else, past proxies, without a credential."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import pytest
from tests.support.drivers import Caller
from tests.support.faults import answer

from xborder_sdk import Client
from xborder_sdk.errors import InvalidSettings
from xborder_sdk.hookspecs import Connector, LabelPrinter, ListPrinters, Token
from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.local_network import is_on_local_network
from xborder_sdk.models import Printer
from xborder_sdk.steps import Flow, WireRequest


class Asking(LabelPrinter):
    def list_printers(self, request: ListPrinters) -> Flow[tuple[Printer, ...]]:
        yield from self.api.read("GET", "/", credential=None)
        return ()


class Device(Connector[Any]):
    name: ClassVar[str] = "device"
    title: ClassVar[str] = "Invented device"
    kinds: ClassVar[tuple[type[Kind], ...]] = (Asking,)
    local_devices: ClassVar[bool] = True


class Vendor(Device):
    name: ClassVar[str] = "vendor"
    local_devices: ClassVar[bool] = False


class Signing(Device):
    name: ClassVar[str] = "signing"

    def sign(self, request: WireRequest, token: Token | None) -> WireRequest:
        return request.with_headers({"Authorization": "Basic c2VjcmV0"})


class Tokens(Device):
    name: ClassVar[str] = "tokens"

    def token(self, credential: str, held: Token | None) -> Flow[Token] | None:
        return None


DEVICES: Sequence[type[Connector[Any]]] = (Device, Vendor, Signing, Tokens)


def refused(connector: str, url: str) -> bool:
    accounts = {"one": {"connector": connector, "hosts": {"api": url}}}
    with Client(accounts=accounts, store=SqliteStore(None), connectors=DEVICES) as client:
        try:
            client.supports("one", "list_printers")
        except InvalidSettings:
            return True
    return False


LOCAL = ["10.0.0.9", "172.16.4.1", "172.31.255.1", "192.168.1.40", "169.254.7.7", "[fe80::1]", "[fd12:3456::9]",
         "zebra.local", "PRINTER.LOCAL", "laser.home.arpa", "127.0.0.1", "localhost", "[::1]"]  # fmt: skip
FAR = ["8.8.8.8", "172.32.0.1", "192.169.0.1", "100.64.0.1", "192.0.2.1", "[2001:db8::1]", "[::ffff:8.8.8.8]",
       "printer", "printer.example.com", "local", "10.0.0.9.example", "zebra.local.example", "0.0.0.0",
       "167772169", "localhost.example"]  # fmt: skip


@pytest.mark.parametrize("host", LOCAL)
def test_a_device_may_speak_plain_http_nearby(host: str) -> None:
    assert not refused("device", f"http://{host}:631")
    assert is_on_local_network(host.strip("[]"))


@pytest.mark.parametrize("host", FAR)
def test_a_device_far_away_needs_tls(host: str) -> None:
    assert refused("device", f"http://{host}:631")
    assert not refused("device", f"https://{host}:631")


@pytest.mark.parametrize("host", LOCAL[:-3])
def test_nothing_else_speaks_plain_http_off_this_machine(host: str) -> None:
    for connector in ("vendor", "signing", "tokens"):
        assert refused(connector, f"http://{host}:631")
        assert not refused(connector, "http://127.0.0.1:631")


@pytest.mark.parametrize("url", ["ftp://10.0.0.1", "http://", "10.0.0.1", "file:///etc/passwd"])
def test_other_schemes_are_refused(url: str) -> None:
    assert refused("device", url)


@pytest.mark.parametrize(("connector", "through_proxy"), [("device", 0), ("vendor", 1)])
def test_devices_are_reached_past_the_proxies_of_the_environment(
    serve: Callable[..., Any],
    caller: Callable[..., Caller],
    driver: str,
    monkeypatch: pytest.MonkeyPatch,
    connector: str,
    through_proxy: int,
) -> None:
    if driver == "aiohttp":
        pytest.skip("an own transport chooses its proxies itself")
    device, proxy = serve(answer(200, {})), serve(answer(200, {}))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", proxy.url)
    client = caller({"one": {"connector": connector, "hosts": {"api": device.url}}}, connectors=DEVICES)
    client.list_printers("one", ListPrinters())
    assert (len(proxy.requests), len(device.requests)) == (through_proxy, 1 - through_proxy)
