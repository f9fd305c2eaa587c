"""Digests and signatures that several vendors share. Pure functions of bytes and keys."""

from __future__ import annotations

import base64
import hashlib


def basic_auth(user: str, password: str) -> str:
    """The value of an HTTP Basic `Authorization` header (RFC 7617, UTF-8)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def content_digest_sha256(content: bytes) -> str:
    """The value of a `Content-Digest` header over exact bytes (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode('ascii')}:"
