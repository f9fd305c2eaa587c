"""Serving: the thread, the admin API, the command."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from xborder_sandbox import Sandbox, World, running
from xborder_sandbox.__main__ import main
from xborder_sandbox.errors import AdminError, UnknownActionError
from xborder_sandbox.vendors import VENDORS

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Toy:
    name = "toy"

    def __init__(self, world):
        self.world = world
        self.loaded = []
        self.ticks = 0
        self.app = Starlette(routes=[Route("/api/{path:path}", self.hit, methods=["GET", "POST"])])

    async def hit(self, request: Request) -> JSONResponse:
        if request.path_params["path"] == "bug":
            raise ValueError("a bug of the simulator")
        return JSONResponse({"body": (await request.body()).decode()})

    def load(self, scenario):
        self.loaded.append(scenario)

    def reset(self):
        self.loaded, self.ticks = ["reset"], 0

    def state(self):
        return {"ticks": self.ticks}

    def accounts(self):
        return [{"name": "toy-1", "connector": "toy", "settings": {"hosts": {"api": f"{self.world.url}/toy/api"}}}]

    def tick(self):
        self.ticks += 1

    def admin(self, action, body):
        if action == "echo":
            return body
        raise UnknownActionError(f"no action {action!r}")


@pytest.fixture(scope="module")
def server():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(VENDORS, "toy", Toy)
        with running(start=START, vendors=["toy"]) as handle:
            yield handle


@pytest.fixture
def toy(server):
    server.world.clock.set(START)
    server.sandbox.reset("empty", 1)
    with httpx.Client(base_url=server.url) as http:
        yield server, http


def test_it_serves_on_loopback_and_says_where(toy):
    handle, http = toy
    assert handle.sandbox.vendors["toy"].loaded == ["reset", "empty"]
    assert handle.url.startswith("http://127.0.0.1:")
    assert http.post("/toy/api/a", content=b"hi").json() == {"body": "hi"}
    assert handle.settings("toy-1") == {"hosts": {"api": f"{handle.url}/toy/api"}}
    with pytest.raises(KeyError):
        handle.settings("toy-2")


def test_it_stops(monkeypatch):
    monkeypatch.setitem(VENDORS, "toy", Toy)
    with running(vendors=["toy"]) as handle:
        port = int(handle.url.rsplit(":", 1)[1])
        handle.stop()
        handle.stop()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert not handle._thread.is_alive()


def test_a_taken_port(toy):
    handle, _ = toy
    with pytest.raises(OSError), running(int(handle.url.rsplit(":", 1)[1]), vendors=["toy"]):  # noqa: PT011
        pass


def test_the_index_names_everything(toy):
    _, http = toy
    index = http.get("/_admin/").json()
    assert index["vendors"] == ["toy"]
    assert "gzip_bomb" in index["fault_kinds"]
    assert index["scenarios"] == ["empty", "demo", "bulk"]
    assert http.get("/_admin/accounts").json()[0]["name"] == "toy-1"


def test_the_clock_over_http(toy):
    handle, http = toy
    assert http.get("/_admin/clock").json()["now"].startswith("2026-03-02T09:3")
    assert http.post("/_admin/clock", json={"advance": 86_400}).json()["now"].startswith("2026-03-03T09:3")
    assert (
        http.post("/_admin/clock", json={"set": "2027-01-01T00:00:00+08:00"})
        .json()["now"]
        .startswith("2026-12-31T16:00")
    )
    assert http.get("/_admin/state").json()["vendors"]["toy"]["ticks"] == 2
    handle.world.clock.advance(1)
    assert http.get("/_admin/state").json()["vendors"]["toy"]["ticks"] == 3


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {"advance": -1}),
        ("clock", {"advance": "1"}),
        ("clock", {"advance": True}),
        ("clock", {"advance": 1e300}),
        ("clock", {"set": "2026-01-01"}),
        ("clock", {"set": "soon"}),
        ("clock", {}),
        ("clock", []),
        ("reset", {"scenario": "party"}),
        ("reset", {"seed": "x"}),
        ("reset", {"sed": 1}),
        ("faults", {"fault": {"kind": "rain"}}),
    ],
)
def test_what_cannot_be_done_is_400(toy, path, body):
    _, http = toy
    answer = http.post(f"/_admin/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert http.post(f"/_admin/{path}", content=b"{").status_code == 400


def test_vendor_actions(toy):
    handle, http = toy
    assert http.post("/_admin/toy/echo", json={"a": 1}).json() == {"a": 1}
    assert handle.admin("toy", "echo", a=2) == {"a": 2}
    assert http.post("/_admin/toy/fly").status_code == 404
    assert http.post("/_admin/moon/fly").status_code == 404


def test_the_log_over_http(toy):
    _, http = toy
    http.post("/toy/api/a/b?x=%20y", content=b"one", headers={"authorization": "Basic c2VjcmV0"})
    http.get("/toy/api/c")
    first, second = http.get("/_admin/requests").json()
    assert (first["host"], first["path"], first["query"], first["body"]) == ("api", "/a/b", "x=%20y", "one")
    assert (first["status"], first["method"], first["fault"]) == (200, "POST", None)
    assert first["time"].startswith("2026-03-02T09:3")
    assert "c2VjcmV0" not in json.dumps(first)
    assert first["connection"] == second["connection"] != ""
    assert len(http.get("/_admin/requests?path=/a/*").json()) == 1
    assert http.get("/_admin/requests?vendor=dhl").json() == []
    assert len(http.get("/_admin/requests?method=get").json()) == 1
    http.delete("/_admin/requests")
    assert http.get("/_admin/requests").json() == []


def test_resetting(toy):
    handle, http = toy
    http.get("/toy/api/a")
    http.post("/_admin/faults", json={"fault": {"kind": "empty"}})
    answer = http.post("/_admin/reset", json={"scenario": "demo", "seed": 7}).json()
    assert answer == {"scenario": "demo", "seed": 7}
    assert handle.sandbox.vendors["toy"].loaded == ["reset", "demo"]
    assert http.get("/_admin/requests").json() == []
    assert http.get("/_admin/faults").json() == []


def test_resetting_draws_new_credentials():
    with running(vendors=["ebay"], seed=1) as handle:
        first = handle.settings("ebay-us")["client_secret"]
        httpx.post(handle.url + "/_admin/reset", json={"seed": 2})
        assert handle.settings("ebay-us")["client_secret"] != first
        httpx.post(handle.url + "/_admin/reset", json={"seed": 1})
        assert handle.settings("ebay-us")["client_secret"] == first


@pytest.mark.filterwarnings("ignore")
def test_a_bug_of_a_simulator_is_a_500(toy):
    _, http = toy
    assert http.get("/toy/api/bug").status_code == 500


def test_unknown_vendors_and_scenarios():
    with pytest.raises(AdminError, match="unknown vendors: moon"):
        Sandbox(World(), ["moon"])
    with pytest.raises(AdminError, match="unknown scenario"):
        Sandbox(World(), ["ebay"], "party")


def test_small_answers_do_not_wait(toy):
    # With Nagle on, an answer in two pieces waits 40 ms for the client's delayed acknowledgement.
    handle, http = toy
    handle.inject({"kind": "html"}, times=None)
    http.get("/toy/api/a")
    begin = time.perf_counter()
    for _ in range(20):
        http.get("/toy/api/a")
    assert time.perf_counter() - begin < 0.6


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_the_command_stays_on_loopback(host, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--host", host])
    assert stopped.value.code == 2
    assert "--i-know-this-is-not-private" in capsys.readouterr().err


def test_the_command_refuses_a_naive_start(capsys):
    with pytest.raises(SystemExit):
        main(["--start", "2026-01-01T00:00:00"])
    assert "time zone" in capsys.readouterr().err


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_and_stops(tmp_path, sign):
    ready = tmp_path / "ready"
    command = [sys.executable, "-W", "error", "-m", "xborder_sandbox", "--vendor", "ebay", "--ready-file", str(ready)]
    process = subprocess.Popen(
        [*command, "--start", "2026-03-02T09:30:00+00:00"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        patience = time.monotonic() + 20
        while not ready.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < patience
            time.sleep(0.01)
        url = ready.read_text()
        index = httpx.get(url + "/_admin/").json()
        assert index["scenario"] == "demo"
        assert index["sandbox"] == url
    finally:
        process.send_signal(sign)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert url in out
    assert json.loads(out.splitlines()[1])["name"] == "ebay-us"
    assert not ready.exists()


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_somebody_else_cannot_steer_it(server, origin):
    before = server.world.clock.now()
    asked = httpx.post(
        f"{server.url}/_admin/clock", content=b'{"advance": 99999}', headers={"Origin": origin}, trust_env=False
    )
    assert asked.status_code == 403
    assert (server.world.clock.now() - before).total_seconds() < 99999


def test_its_own_page_can(server):
    own = httpx.post(f"{server.url}/_admin/toy/echo", json={"a": 1}, headers={"Origin": server.url}, trust_env=False)
    assert own.json() == {"a": 1}
