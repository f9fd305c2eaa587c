"""eBay's digital signatures: RFC 9421 message signatures over an RFC 9530 content digest.

Source: eBay, "Digital Signatures for APIs", and eBay/digital-signature-verification-ebay-api. The signature covers the
exact bytes of the body, so signing comes last, after the request is final.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from xborder_sdk.errors import InvalidSettings
from xborder_sdk.signing import content_digest_sha256
from xborder_sdk.steps import WireRequest

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PEM_ARMOUR = re.compile(r"-----[A-Z ]+-----")

# eBay, "Digital Signatures for APIs": the calls that are refused without a signature for EU and UK sellers. Elsewhere
# a signature is not looked at.
_SIGNED_CALLS = re.compile(
    r"""
      \w+ \ .*/sell/finances/v1/.+
    | POST\ .*/sell/fulfillment/v1/order/[^/]+/issue_refund
    | POST\ .*/post-order/v2/(?:inquiry|casemanagement|return)/[^/]+/issue_refund
    | POST\ .*/post-order/v2/return/[^/]+/decide
    | POST\ .*/post-order/v2/cancellation(?:/[^/]+/approve)?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class SigningKey:
    """A signing key of eBay's key management.

    Attributes:
        jwe: What eBay calls the `x-ebay-signature-key`.
        private: The private key.
    """

    jwe: str
    private: Ed25519PrivateKey | RSAPrivateKey = field(repr=False)

    @classmethod
    def load(cls, jwe: str, private_key: str) -> SigningKey:
        """Reads a key as eBay hands it out.

        Args:
            jwe: The key's `jwe`.
            private_key: PKCS#8 in base64, with or without PEM armour.

        Raises:
            InvalidSettings: It is no such key; the message does not hold it.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_der_private_key

        hint = "use the privateKey of createSigningKey: PKCS#8 in base64, Ed25519 or RSA"
        try:
            der = base64.b64decode("".join(_PEM_ARMOUR.sub("", private_key).split()), validate=True)
            private = load_der_private_key(der, None)
        except (binascii.Error, ValueError, TypeError, UnsupportedAlgorithm):
            raise InvalidSettings("signing_private_key is no private key", hint=hint) from None
        if not isinstance(private, (Ed25519PrivateKey, RSAPrivateKey)):
            raise InvalidSettings("signing_private_key is of a kind eBay does not use", hint=hint)
        return cls(jwe, private)

    def sign(self, text: bytes) -> bytes:
        """The signature of some bytes: Ed25519, or RSA PKCS#1 v1.5 with SHA-256."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(text)
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return self.private.sign(text, PKCS1v15(), SHA256())


def must_be_signed(request: WireRequest) -> bool:
    """Whether eBay refuses this call of an EU or UK seller without a signature."""
    return _SIGNED_CALLS.fullmatch(f"{request.method.upper()} {urlsplit(request.url).path}") is not None


def signed(request: WireRequest, key: SigningKey, created: int) -> WireRequest:
    """The request with eBay's four signature headers.

    Args:
        request: The final request.
        key: The key.
        created: Now, in seconds since 1970.
    """
    url = urlsplit(request.url)
    values = {
        "x-ebay-signature-key": key.jwe,
        "@method": request.method.upper(),
        "@path": url.path or "/",
        "@authority": _authority(url.scheme, url.hostname or "", url.port),
    }
    headers = {"x-ebay-signature-key": key.jwe}
    if request.content:
        digest = content_digest_sha256(request.content)
        values = {"content-digest": digest, **values}
        headers["Content-Digest"] = digest
    names = " ".join(f'"{name}"' for name in values)
    parameters = f"({names});created={created}"
    lines = [f'"{name}": {value}' for name, value in values.items()]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    signature = base64.b64encode(key.sign(base.encode())).decode("ascii")
    headers["Signature-Input"] = f"sig1={parameters}"
    headers["Signature"] = f"sig1=:{signature}:"
    return request.with_headers(headers)


def _authority(scheme: str, host: str, port: int | None) -> str:
    """RFC 9421 section 2.2.3: lower case, and no port where it is the scheme's own."""
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None or port == _DEFAULT_PORTS.get(scheme) else f"{shown}:{port}"
