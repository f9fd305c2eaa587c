"""Calls to endpoints of those who are told something. Only this machine is ever called."""

from __future__ import annotations

import http.client
import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_TIMEOUT = 10.0
_MAX_ANSWER = 65_536


@dataclass
class Answer:
    """What an endpoint answered; no redirect is followed, and no more than 64 kB are read."""

    status: int
    content_type: str
    body: bytes


class UnreachableError(Exception):
    """The endpoint cannot be called, or did not answer."""


def split_endpoint(url: str) -> SplitResult | None:
    """Return the parts of an http or https address, or None."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if valid and parts.username is None and not parts.fragment else None


def call(method: str, url: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
    """Call an endpoint on this machine.

    Raises:
        UnreachableError: If the address is not on loopback, or there is no whole answer in ten seconds.
    """
    parts = split_endpoint(url)
    if parts is None or not _is_loopback(parts.hostname or ""):
        raise UnreachableError("the sandbox calls addresses on loopback only")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.headers.get("content-type", ""), response.read(_MAX_ANSWER))
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise UnreachableError(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
