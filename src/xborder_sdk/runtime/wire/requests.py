"""Writes an exchange as the HTTP library takes it, and refuses what HTTP does not carry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpcore

from xborder_sdk.runtime.commands import Exchange, WireError
from xborder_sdk.runtime.retry import Happened

if TYPE_CHECKING:
    import httpx

_UNFIT = "characters that HTTP does not carry"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def http_request(exchange: Exchange, left: float | None) -> httpx.Request:
    import httpx

    request = exchange.request
    headers = _headers(exchange)
    try:
        return httpx.Request(
            request.method,
            request.url,
            headers=headers,
            content=request.content or None,
            extensions={"timeout": _timeouts(exchange, left)},
        )
    except (httpx.InvalidURL, ValueError):  # neither may be shown: it quotes the address
        raise WireError(Happened.UNSENDABLE, f"{_UNFIT} in its address", never_sent=True) from None


# Addresses that the HTTP library would write exactly as they are. Everything else takes its way through the library:
# capitals, credentials and default ports in the host, dot segments, characters that must be escaped.
_PLAIN_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9][a-z0-9.-]*)(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<target>(?!/\.|[^?]*/\.)/(?:[A-Za-z0-9._~!$&()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
    r"(?:\?(?:[A-Za-z0-9._~!$&()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?)",
    re.ASCII,
)
_DEFAULT_PORT = {"http": "80", "https": "443"}
_HAS_BODY = frozenset({"POST", "PUT", "PATCH"})


def core_request(exchange: Exchange, left: float | None) -> httpcore.Request:
    request = exchange.request
    plain = _PLAIN_URL.fullmatch(request.url)
    if plain is None or plain["port"] == _DEFAULT_PORT[plain["scheme"]] or not request.method.isupper():
        return _normalised(http_request(exchange, left))
    host, port = plain["host"], plain["port"]
    headers = _headers(exchange)
    named = {name.lower() for name, _ in headers}
    if "host" not in named:
        headers.insert(0, ("Host", host if port is None else f"{host}:{port}"))
    if "content-length" not in named and (request.content or request.method in _HAS_BODY):
        headers.append(("Content-Length", str(len(request.content))))
    return httpcore.Request(
        request.method,
        httpcore.URL(
            scheme=plain["scheme"].encode(),
            host=host.encode(),
            port=None if port is None else int(port),
            target=plain["target"].encode(),
        ),
        headers=headers,
        content=request.content,
        extensions={"timeout": _timeouts(exchange, left)},
    )


def _normalised(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.content,
        extensions=request.extensions,
    )


def _timeouts(exchange: Exchange, left: float | None) -> dict[str, float]:
    seconds = exchange.timeout_s
    if left is not None:
        seconds = min(seconds, max(left, 0.001))
    return {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}


def _headers(exchange: Exchange) -> list[tuple[str, str]]:
    # The library offers every decoder that happens to be installed; we can only count what we decode ourselves.
    headers = [*exchange.request.headers, ("Accept-Encoding", "gzip, deflate")]
    for name, value in headers:
        if not name.isascii() or not value.isascii() or _CONTROL.search(name + value):
            raise WireError(Happened.UNSENDABLE, f"{_UNFIT} in header {name}", never_sent=True)
    return headers
