"""What each fault does, seen over a real socket by clients that know nothing of it."""

from __future__ import annotations

import gzip
import json
import socket
import time
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from xborder_sandbox import running
from xborder_sandbox.fault_kinds import bomb
from xborder_sandbox.vendors import VENDORS

ORDER = {"status": "PAID", "lines": [{"sku": "A", "n": 1}, {"sku": "B", "n": 2}], "total": 7.5, "none": None}


class Shop:
    """Counts what was done, so that a lost answer can be told from a lost request."""

    name = "shop"

    def __init__(self, world):
        self.done = 0
        self.expired = 0
        self.app = Starlette(routes=[Route("/api/buy", self.buy, methods=["POST"])])

    async def buy(self, request: Request) -> JSONResponse:
        self.done += 1
        return JSONResponse({**ORDER, "done": self.done, "heard": (await request.body()).decode()}, 201)

    def load(self, scenario): ...

    def reset(self):
        self.done = self.expired = 0

    def tick(self): ...

    def state(self):
        return {}

    def accounts(self):
        return []

    def admin(self, action, body):
        assert action == "expire_tokens"
        self.expired += 1
        return {}


@pytest.fixture(scope="module")
def server():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(VENDORS, "shop", Shop)
        with running(vendors=["shop"]) as handle:
            yield handle


@pytest.fixture
def shop(server):
    server.sandbox.reset()
    return server


def buy(handle, timeout=5.0):
    with httpx.Client(timeout=timeout, headers={"accept-encoding": "gzip"}) as http:
        return http.post(handle.url + "/shop/api/buy", content=b"please")


def done(handle):
    return handle.sandbox.vendors["shop"].done


def log(handle):
    return [(record.status, record.fault) for record in handle.requests()]


def test_status_before_and_after(shop):
    shop.inject({"kind": "status", "status": 503, "body": {"why": "rain"}, "headers": {"X-A": "b"}})
    answer = buy(shop)
    assert (answer.status_code, answer.json(), answer.headers["x-a"]) == (503, {"why": "rain"}, "b")
    assert done(shop) == 0
    shop.inject({"kind": "status", "status": 500, "after": True})
    assert buy(shop).status_code == 500
    assert done(shop) == 1
    assert buy(shop).status_code == 201
    assert log(shop) == [(503, "status"), (500, "status"), (201, None)]


def test_retry_after_in_both_forms(shop):
    shop.inject({"kind": "status", "status": 429, "retry_after": 30})
    shop.inject({"kind": "status", "status": 429, "retry_after": 3600, "retry_after_form": "date"})
    assert buy(shop).headers["retry-after"] == "30"
    named = parsedate_to_datetime(buy(shop).headers["retry-after"])
    assert named.tzinfo is not None
    assert 3500 < (named - datetime.now(UTC)).total_seconds() <= 3600


def test_a_status_with_text(shop):
    shop.inject(
        {"kind": "status", "status": 502, "body": "<h1>Bad Gateway</h1>", "headers": {"content-type": "text/html"}}
    )
    answer = buy(shop)
    assert (answer.headers["content-type"], answer.text) == ("text/html", "<h1>Bad Gateway</h1>")


@pytest.mark.parametrize("after", [False, True])
def test_silence(shop, after):
    shop.inject({"kind": "silence", "after": after})
    with pytest.raises(httpx.ReadTimeout):
        buy(shop, timeout=0.15)
    assert done(shop) == int(after)
    assert log(shop) == [(None, "silence")]


def test_a_silent_connection_does_not_hold_the_sandbox(monkeypatch):
    monkeypatch.setitem(VENDORS, "shop", Shop)
    with running(vendors=["shop"]) as handle:
        handle.inject({"kind": "silence"})
        address = ("127.0.0.1", int(handle.url.rsplit(":", 1)[1]))
        client = socket.create_connection(address)
        client.sendall(b"POST /shop/api/buy HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        patience = time.monotonic() + 5
        while not handle.requests():
            assert time.monotonic() < patience
        begin = time.monotonic()
    assert time.monotonic() - begin < 1.5
    client.close()


def test_delay(shop):
    shop.inject({"kind": "delay", "seconds": 0.2})
    begin = time.monotonic()
    assert buy(shop).status_code == 201
    assert time.monotonic() - begin >= 0.2


def raw_answer(handle):
    """Send a request by hand and return all bytes until the end, and how the end came."""
    address = ("127.0.0.1", int(handle.url.rsplit(":", 1)[1]))
    with socket.create_connection(address, timeout=5) as client:
        client.sendall(b"POST /shop/api/buy HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
        received = b""
        while True:
            try:
                piece = client.recv(65536)
            except ConnectionResetError:
                return received, "reset"
            if not piece:
                return received, "closed"
            received += piece


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("kind", "end"), [("reset", "reset"), ("close", "closed")])
def test_reset_and_close(shop, kind, end, after):
    shop.inject({"kind": kind, "after": after})
    assert raw_answer(shop) == (b"", end)
    assert done(shop) == int(after)
    assert log(shop) == [(None, kind)]
    # The server itself is well.
    assert buy(shop).status_code == 201


def test_reset_and_close_as_httpx_sees_them(shop):
    shop.inject({"kind": "reset", "after": True})
    with pytest.raises(httpx.ReadError):
        buy(shop)
    shop.inject({"kind": "close", "after": True})
    with pytest.raises(httpx.RemoteProtocolError):
        buy(shop)
    assert done(shop) == 2


def test_half(shop):
    shop.inject({"kind": "half"})
    received, end = raw_answer(shop)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert head.startswith(b"HTTP/1.1 201")
    assert end == "closed"
    assert len(body) == length // 2
    assert done(shop) == 1


def test_truncated(shop):
    shop.inject({"kind": "truncated"})
    answer = buy(shop)
    assert answer.status_code == 201
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert done(shop) == 1


def test_html_and_empty(shop):
    shop.inject({"kind": "html"})
    answer = buy(shop)
    assert (answer.status_code, answer.headers["content-type"]) == (201, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")
    shop.inject({"kind": "empty"})
    answer = buy(shop)
    assert (answer.status_code, answer.content) == (201, b"")
    assert done(shop) == 2


def test_huge(shop):
    shop.inject({"kind": "huge", "bytes": 3_000_001})
    answer = buy(shop)
    assert len(answer.content) == 3_000_001 == int(answer.headers["content-length"])


def test_huge_stops_when_the_client_leaves(shop):
    shop.inject({"kind": "huge", "bytes": 10**12})
    with httpx.Client() as http, http.stream("POST", shop.url + "/shop/api/buy", content=b"x") as answer:
        chunks = answer.iter_raw()
        assert len(next(chunks)) > 0
    assert buy(shop).status_code == 201


def test_a_gzip_bomb(shop):
    shop.inject({"kind": "gzip_bomb", "bytes": 5_000_000})
    answer = buy(shop)
    assert int(answer.headers["content-length"]) < 20_000
    assert len(answer.content) == 5_000_000


@pytest.mark.parametrize("size", [0, 1, 999_999, 1_000_000, 2_500_003])
def test_bombs_are_sound_gzip(size):
    packed = bomb(size)
    assert gzip.decompress(packed) == b" " * size
    assert zlib.decompressobj(31).decompress(packed) == b" " * size


def test_the_default_bomb_is_small():
    assert len(bomb(200_000_000)) < 400_000


@pytest.mark.parametrize("headers", [False, True])
def test_drip(shop, headers):
    shop.inject({"kind": "drip", "interval": 0.0005, "headers": headers})
    answer = buy(shop)
    assert (answer.status_code, answer.json()["done"]) == (201, 1)
    shop.inject({"kind": "drip", "interval": 30, "headers": headers})
    with pytest.raises(httpx.ReadTimeout):
        buy(shop, timeout=0.15)
    assert done(shop) == 2


def test_unknown_codes(shop):
    shop.inject({"kind": "unknown_code", "path": "status", "value": "NEW_STATE"})
    assert buy(shop).json()["status"] == "NEW_STATE"
    shop.inject({"kind": "unknown_code", "path": "lines.*.sku"})
    assert [line["sku"] for line in buy(shop).json()["lines"]] == ["SANDBOX_UNKNOWN_CODE"] * 2
    shop.inject({"kind": "unknown_code", "path": "lines.*.n"})
    assert buy(shop).json()["lines"] == ORDER["lines"]
    shop.inject({"kind": "unknown_code", "path": "no.such.path"})
    assert buy(shop).json()["status"] == "PAID"


def mutated(handle, path, op):
    handle.inject({"kind": "mutate", "path": path, "op": op})
    answer = buy(handle)
    assert int(answer.headers["content-length"]) == len(answer.content)
    return answer.json()


def test_mutations(shop):
    assert "total" not in mutated(shop, "total", "drop")
    assert mutated(shop, "lines.*", "drop")["lines"] == []
    assert mutated(shop, "lines.0", "drop")["lines"] == ORDER["lines"][1:]
    assert mutated(shop, "lines.*.sku", "drop")["lines"] == [{"n": 1}, {"n": 2}]
    assert mutated(shop, "lines.1.sku", "null")["lines"][1] == {"sku": None, "n": 2}
    assert mutated(shop, "total", "stringify")["total"] == "7.5"
    assert mutated(shop, "*", "stringify") | {"done": "", "heard": ""} == {
        "status": "PAID",
        "lines": json.dumps(ORDER["lines"]),
        "total": "7.5",
        "none": "null",
        "done": "",
        "heard": "",
    }
    assert mutated(shop, "lines.9.sku", "drop")["lines"] == ORDER["lines"]


def test_expired_tokens(shop):
    shop.inject({"kind": "token_expired"})
    assert buy(shop).status_code == 201
    assert shop.sandbox.vendors["shop"].expired == 1


def test_the_body_reaches_the_vendor_through_a_fault(shop):
    shop.inject({"kind": "unknown_code", "path": "status"})
    assert buy(shop).json()["heard"] == "please"


def test_faults_over_the_admin_api(shop):
    with httpx.Client(base_url=shop.url) as http:
        spec = {
            "vendor": "shop",
            "method": "POST",
            "path": "/buy",
            "times": 2,
            "fault": {"kind": "status", "status": 500},
        }
        added = http.post("/_admin/faults", json=spec)
        assert added.status_code == 201
        assert [buy(shop).status_code for _ in range(3)] == [500, 500, 201]
        assert http.get("/_admin/faults").json()[0]["fired"] == 2
        assert http.delete(f"/_admin/faults?id={added.json()['id']}").json() == {"removed": 1}
        assert http.delete("/_admin/faults?id=x").status_code == 400
        assert http.get("/_admin/faults").json() == []


def test_the_admin_api_never_meets_a_fault(shop):
    shop.inject({"kind": "reset"}, times=None)
    assert httpx.get(shop.url + "/_admin/clock").status_code == 200


def test_expired_tokens_the_vendors_way():
    with running(vendors=["ebay"]) as handle, httpx.Client() as http:
        settings = handle.settings("ebay-us")
        basic = (settings["client_id"], settings["client_secret"])
        form = {"grant_type": "refresh_token", "refresh_token": settings["refresh_token"]}
        token = http.post(settings["hosts"]["api"] + "/identity/v1/oauth2/token", data=form, auth=basic).json()
        bearer = {"authorization": f"Bearer {token['access_token']}"}
        handle.inject({"kind": "token_expired"}, vendor="ebay", path="/sell/*", skip=1)
        answers = [http.get(settings["hosts"]["api"] + "/sell/fulfillment/v1/order", headers=bearer) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 401, 401]
        assert answers[1].json()["errors"][0]["errorId"] == 1001
