"""A client for the 17TRACK simulator in-process, and an endpoint for its news. All numbers are invented."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from xborder_sandbox import Sandbox, World

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
UPU = "RR123456785CN"  # with its check digit


class TrackClient:
    """Speaks to the simulator with its account's key; without a limit of requests unless asked for."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client) -> None:
        self.sandbox = sandbox
        self.http = http
        held = {found["name"]: found["settings"] for found in sandbox.accounts()}
        self.settings: dict[str, Any] = held["track17"]  # type: ignore[assignment]
        self.version = "v2.2"
        self.admin("settings", requests_per_second=0)

    def post(self, call: str, body: Any, **more: Any) -> httpx.Response:
        more.setdefault("headers", {"17token": self.settings["api_key"]})
        return self.http.post(f"/track17/api/track/{self.version}/{call}", json=body, **more)

    def call(self, call: str, *items: dict[str, Any]) -> dict[str, Any]:
        answer = self.post(call, list(items))
        assert answer.status_code == 200
        body = answer.json()
        assert body["code"] == 0, body
        assert body["data"].keys() == {"accepted", "rejected"}
        return body["data"]

    def one(self, call: str, number: str = UPU, **more: Any) -> dict[str, Any]:
        """Return what is accepted of one number."""
        data = self.call(call, {"number": number, **more})
        assert not data["rejected"], data
        (accepted,) = data["accepted"]
        return accepted

    def rejection(self, call: str, number: Any = UPU, **more: Any) -> int:
        """Return why one number is rejected."""
        data = self.call(call, {"number": number, **more})
        assert not data["accepted"], data
        (rejected,) = data["rejected"]
        assert rejected.keys() == {"number", "tag", "error"}
        assert rejected["error"].keys() == {"code", "message"}
        assert rejected["error"]["message"]
        return rejected["error"]["code"]

    def error(self, call: str, body: Any, **more: Any) -> tuple[int, int]:
        """Return status and code of a call that is refused as a whole."""
        answer = self.post(call, body, **more)
        found = answer.json()
        assert found.keys() == {"code", "data"}
        assert found["data"]["errors"][0]["code"] == found["code"]
        return answer.status_code, found["code"]

    def info(self, number: str = UPU, **more: Any) -> dict[str, Any]:
        return self.one("gettrackinfo", number, **more)["track_info"]

    def status(self, number: str = UPU) -> str:
        return self.info(number)["latest_status"]["sub_status"]

    def advance(self, **span: float) -> None:
        self.sandbox.world.clock.advance(timedelta(**span).total_seconds())

    def admin(self, action: str, **body: Any) -> dict[str, Any]:
        return self.sandbox.vendors["track17"].admin(action, body)

    def state(self) -> dict[str, Any]:
        return self.sandbox.vendors["track17"].state()


@pytest.fixture
def make_track(in_process: Callable[[Any], httpx.Client]) -> Iterator[Callable[..., TrackClient]]:
    clients: list[httpx.Client] = []

    def make(seed: int = 1, vendors: tuple[str, ...] = ("track17",), scenario: str = "empty") -> TrackClient:
        sandbox = Sandbox(World(seed=seed, start=START), vendors, scenario)
        clients.append(in_process(sandbox))
        return TrackClient(sandbox, clients[-1])

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def track(make_track: Callable[..., TrackClient]) -> TrackClient:
    """An account without any number."""
    return make_track()


class Receiver:
    """An endpoint on loopback that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[tuple[str | None, bytes]] = []
        self.status = 200
        self.url = ""
        self.came = threading.Semaphore(0)

    def wait(self) -> tuple[str | None, bytes]:
        """Return the newest message once one more has come."""
        assert self.came.acquire(timeout=10)
        return self.got[-1]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append((self.headers.get("sign"), body))
            self.send_response(receiver.status)
            self.end_headers()
            receiver.came.release()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/news"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found
