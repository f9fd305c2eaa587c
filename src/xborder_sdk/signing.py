"""Digests and signatures that several vendors share. Pure functions of bytes and keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from enum import StrEnum


def basic_auth(user: str, password: str) -> str:
    """The value of an HTTP Basic `Authorization` header (RFC 7617, UTF-8)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def content_digest_sha256(content: bytes) -> str:
    """The value of a `Content-Digest` header over exact bytes (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode('ascii')}:"


class ParameterDigest(StrEnum):
    """How the gateways of the Alibaba family make a signature of the text of all parameters."""

    HMAC_SHA256 = "hmac-sha256"
    """Keyed with the secret: the gateways of today (IOP)."""
    HMAC_MD5 = "hmac-md5"
    """Keyed with the secret: the older gateway (TOP), `sign_method=hmac`."""
    MD5 = "md5"
    """Between two copies of the secret: the older gateway (TOP), `sign_method=md5`."""


def parameter_signature(
    parameters: Iterable[tuple[str, str]],
    secret: str,
    *,
    digest: ParameterDigest = ParameterDigest.HMAC_SHA256,
    path: str = "",
) -> str:
    """The signature of a request made of named parameters, as the gateways of the Alibaba family want it.

    All parameters but `sign`, without those whose name or value is blank, sorted by name in ASCII order, written
    name after value without separators, behind the path; upper-case hexadecimal.

    Args:
        parameters: Name and value, decoded. Files take no part.
        secret: The application's secret.
        digest: How the text is signed.
        path: The API path, where the gateway wants it in front (`/auth/token/create`); empty where it does not.
    """
    kept = sorted((name, value) for name, value in parameters if name != "sign" and name.strip() and value.strip())
    text = path + "".join(name + value for name, value in kept)
    key = secret.encode()
    match digest:
        case ParameterDigest.HMAC_SHA256:
            made = hmac.digest(key, text.encode(), "sha256")
        case ParameterDigest.HMAC_MD5:
            made = hmac.digest(key, text.encode(), "md5")
        case ParameterDigest.MD5:
            # The vendor's algorithm; the secret in front and behind is all there is of a key.
            made = hashlib.md5(key + text.encode() + key, usedforsecurity=False).digest()
    return made.hex().upper()
