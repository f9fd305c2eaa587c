"""Digital signatures of calls: RFC 9421 message signatures with an RFC 9530 content digest.

Which components have to be covered, and how the key travels as a JWE, is eBay's digital signature guide
(reference, section 1.1).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALWAYS_COVERED = ("x-ebay-signature-key", "@method", "@path", "@authority")
WINDOW = timedelta(minutes=15)  # eBay names no window; this one is ours (unverified)

_INPUT = re.compile(r"^(?P<label>[a-z*][a-z0-9_.*-]*)=(?P<value>\((?P<names>[^()]*)\)(?P<parameters>.*))$")
_CREATED = re.compile(r";created=(\d{1,11})(?:;|$)")
_DIGEST = re.compile(r"^(?P<name>sha-256|sha-512)=:(?P<value>[A-Za-z0-9+/=]+):$")


class BadSignatureError(Exception):
    """The call is not signed as it has to be; the text says what is wrong."""


@dataclass
class SigningKey:
    """A key pair that was given out; the private half is not kept."""

    key_id: str
    cipher: str
    public: Ed25519PublicKey | RSAPublicKey
    jwe: str
    created: datetime
    expires: datetime


@dataclass
class SignedCall:
    """What a signature covers."""

    method: str
    path: str
    authority: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def verify(call: SignedCall, keys: Mapping[str, SigningKey], now: datetime) -> None:
    """Check a call's signature.

    Args:
        call: The call.
        keys: Signing keys by their JWE.
        now: The sandbox's time.

    Raises:
        BadSignatureError: If a header is missing or malformed, a component is not covered, the digest is
            not that of the body, the signature is too old or from the future, or it does not verify.
    """
    jwe = _header(call, "x-ebay-signature-key")
    key = keys.get(jwe)
    if key is None or key.expires <= now:
        raise BadSignatureError("the x-ebay-signature-key is unknown or has expired")
    parsed = _INPUT.match(_header(call, "signature-input"))
    if parsed is None:
        raise BadSignatureError("the Signature-Input is malformed")
    names = [name.strip('"') for name in parsed["names"].split()]
    needed = [*ALWAYS_COVERED, *(["content-digest"] if call.body else [])]
    missing = [name for name in needed if name not in names]
    if missing:
        raise BadSignatureError(f"not covered: {', '.join(missing)}")
    if call.body:
        _check_digest(_header(call, "content-digest"), call.body)
    _check_created(parsed["parameters"], now)
    lines = [f'"{name}": {_component(call, name)}' for name in names]
    lines.append(f'"@signature-params": {parsed["value"]}')
    _check(key, _signature(call, parsed["label"]), "\n".join(lines).encode())


def private_key_text(key: Ed25519PrivateKey) -> str:
    """Return a private key as createSigningKey gives it out: base64 of PKCS#8, without PEM armour."""
    return base64.b64encode(
        key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    ).decode()


def public_key_text(key: Ed25519PublicKey | RSAPublicKey) -> str:
    """Return a public key in base64 of its DER form."""
    return base64.b64encode(
        key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    ).decode()


def _header(call: SignedCall, name: str) -> str:
    value = call.headers.get(name)
    if not value:
        raise BadSignatureError(f"there is no {name} header")
    return value.strip()


def _check_digest(header: str, body: bytes) -> None:
    parsed = _DIGEST.match(header)
    if parsed is None:
        raise BadSignatureError("the Content-Digest is malformed")
    actual = hashlib.new(parsed["name"].replace("-", ""), body).digest()
    if not hmac.compare_digest(base64.b64encode(actual).decode(), parsed["value"]):
        raise BadSignatureError("the Content-Digest is not that of the body")


def _check_created(parameters: str, now: datetime) -> None:
    found = _CREATED.search(parameters)
    if found is None:
        raise BadSignatureError("the Signature-Input has no created time")
    created = datetime.fromtimestamp(int(found[1]), UTC)
    # The client signs with the real time and cannot know that the sandbox's clock was moved.
    if min(abs(now - created), abs(datetime.now(UTC) - created)) > WINDOW:
        raise BadSignatureError("the signature was created too long ago, or in the future")


def _component(call: SignedCall, name: str) -> str:
    if name == "@method":
        return call.method.upper()
    if name == "@path":
        return call.path
    if name == "@authority":
        return call.authority.lower()
    if name.startswith("@"):
        raise BadSignatureError(f"the component {name} is not supported")
    return _header(call, name)


def _signature(call: SignedCall, label: str) -> bytes:
    found = re.match(rf"^{re.escape(label)}=:([A-Za-z0-9+/=]+):$", _header(call, "signature"))
    if found is None:
        raise BadSignatureError("the Signature is malformed, or has another label than the Signature-Input")
    try:
        return base64.b64decode(found[1], validate=True)
    except binascii.Error as error:
        raise BadSignatureError("the Signature is not base64") from error


def _check(key: SigningKey, signature: bytes, base: bytes) -> None:
    try:
        if isinstance(key.public, Ed25519PublicKey):
            key.public.verify(signature, base)
        else:
            key.public.verify(signature, base, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise BadSignatureError("the signature does not verify") from error
