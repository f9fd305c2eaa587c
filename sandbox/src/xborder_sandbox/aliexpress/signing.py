"""Signatures of both gateways (AliExpress reference, sections 1.2 and 1.3)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

IOP_METHODS = ("sha256", "HmacSHA256")
TOP_METHODS = ("md5", "hmac")


def text_to_sign(parameters: Mapping[str, str], prefix: str = "") -> str:
    """Return the sorted keys and values in one, behind the path; blank ones and `sign` are left out."""
    pairs = sorted((key, value) for key, value in parameters.items() if key != "sign" and key.strip() and value.strip())
    return prefix + "".join(key + value for key, value in pairs)


def iop_signature(secret: str, parameters: Mapping[str, str], prefix: str = "") -> str:
    """Return HMAC-SHA256, upper-case hex; the prefix is the API's path below `/rest`, nothing for `/sync`."""
    return hmac.new(secret.encode(), text_to_sign(parameters, prefix).encode(), hashlib.sha256).hexdigest().upper()


def top_signature(secret: str, parameters: Mapping[str, str], method: str) -> str:
    """Return MD5 of the text between two secrets (`md5`), or HMAC-MD5 (`hmac`), upper-case hex."""
    text = text_to_sign(parameters).encode()
    key = secret.encode()
    if method == "md5":
        return hashlib.md5(key + text + key).hexdigest().upper()  # noqa: S324 - the vendor's rule
    return hmac.new(key, text, hashlib.md5).hexdigest().upper()
