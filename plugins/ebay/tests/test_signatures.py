"""Digital signatures, bit for bit.

The vector is the one eBay publishes in the README of eBay/digital-signature-verification-ebay-api (Apache-2.0); its key
is the Ed25519 test key of RFC 9421, no credential. The key name (`jwe`) is kept there too.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from xborder_ebay.signatures import SigningKey, must_be_signed, signed
from xborder_sdk.errors import InvalidSettings
from xborder_sdk.hookspecs import Token
from xborder_sdk.steps import WireRequest

PRIVATE_KEY = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"
JWE = (
    "eyJ6aXAiOiJERUYiLCJlbmMiOiJBMjU2R0NNIiwidGFnIjoiSXh2dVRMb0FLS0hlS0Zoa3BxQ05CUSIsImFsZyI6IkEyNTZHQ01LVyIsIml2Ijoi"
    "aFd3YjNoczk2QzEyOTNucCJ9.2o02pR9SoTF4g_5qRXZm6tF4H52TarilIAKxoVUqjd8.3qaF0KJN-rFHHm_P.AMUAe9PPduew09mANIZ-O_68CCu"
    "v6EIx096rm9WyLZnYz5N1WFDQ3jP0RBkbaOtQZHImMSPXIHVaB96RWshLuJsUgCKmTAwkPVCZv3zhLxZVxMXtPUuJ-ppVmPIv0NzznWCOU5Kvb9Xu"
    "x7ZtnlvLXgwOFEix-BaWNomUAazbsrUCbrp514GIea3butbyxXLNi6R9TJUNh8V2uan-optT1MMyS7eMQnVGL5rYBULk.9K5ucUqAu0DqkkhgubsH"
    "Hw"
)
CREATED = 1658440308
SIGNATURE = "sig1=:ZMUpAejnqrt6POSx02ltx3cT9YODV2r+Cem/BKOagDSfztKOtCsjP/MxZqmY+FVJ3/8E4BL76T9Fjty8oJnsAw==:"
REQUEST = WireRequest("POST", "http://localhost:8080/verifysignature?x=1", (), b'{"hello": "world"}')


def test_ebays_published_vector() -> None:
    found = signed(REQUEST, SigningKey.load(JWE, PRIVATE_KEY), CREATED)
    assert found.header("Content-Digest") == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    assert found.header("Signature-Input") == (
        'sig1=("content-digest" "x-ebay-signature-key" "@method" "@path" "@authority");created=1658440308'
    )
    assert found.header("Signature") == SIGNATURE
    assert found.header("x-ebay-signature-key") == JWE
    assert (found.method, found.url, found.content) == (REQUEST.method, REQUEST.url, REQUEST.content)


def test_the_vector_is_the_documents(contracts: Path) -> None:
    given = json.loads((contracts / "samples" / "digital_signature_ed25519_vector.json").read_text("utf-8"))
    assert given["private_key_pkcs8_der_b64"] == PRIVATE_KEY
    assert given["x-ebay-signature-key"] == JWE
    assert given["expected"]["Signature"] == SIGNATURE
    assert given["body"].encode() == REQUEST.content


@pytest.mark.parametrize(
    "other",
    [
        WireRequest("POST", REQUEST.url, (), b'{"hello": "World"}'),
        WireRequest("PUT", REQUEST.url, (), REQUEST.content),
        WireRequest("POST", "http://localhost:8081/verifysignature", (), REQUEST.content),
        WireRequest("POST", "http://localhost:8080/verifysignature/", (), REQUEST.content),
    ],
)
def test_the_signature_covers_body_method_host_and_path(other: WireRequest) -> None:
    assert signed(other, SigningKey.load(JWE, PRIVATE_KEY), CREATED).header("Signature") != SIGNATURE


def test_the_signature_covers_the_time() -> None:
    assert signed(REQUEST, SigningKey.load(JWE, PRIVATE_KEY), CREATED + 1).header("Signature") != SIGNATURE


def test_without_a_body_there_is_no_digest() -> None:
    found = signed(WireRequest("GET", "https://API.eBay.com/sell", ()), SigningKey.load("jwe", PRIVATE_KEY), 7)
    assert found.header("Content-Digest") is None
    assert found.header("Signature-Input") == 'sig1=("x-ebay-signature-key" "@method" "@path" "@authority");created=7'


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://API.eBay.com/a", "api.ebay.com"),
        ("https://api.ebay.com:443/a", "api.ebay.com"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000"),
        ("http://user:pass@host:80/a", "host"),
        ("http://[::1]:9/a", "[::1]:9"),
    ],
)
def test_rsa_signs_the_documented_base(url: str, authority: str) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    found = signed(WireRequest("get", url, ()), SigningKey.load("key-name", pem), 99)
    parameters = '("x-ebay-signature-key" "@method" "@path" "@authority");created=99'
    base = (
        '"x-ebay-signature-key": key-name\n"@method": GET\n"@path": /a\n'
        f'"@authority": {authority}\n"@signature-params": {parameters}'
    )
    header = found.header("Signature") or ""
    signature = base64.b64decode(header.removeprefix("sig1=:").removesuffix(":"))
    public = private.public_key()
    public.verify(signature, base.encode(), padding.PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        public.verify(signature, base.encode() + b"\n", padding.PKCS1v15(), SHA256())


def ec_key() -> str:
    private = ec.generate_private_key(ec.SECP256R1())
    return base64.b64encode(private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()


@pytest.mark.parametrize("broken", ["", "no base64!", "aGVsbG8=", PRIVATE_KEY[:-8], ec_key()])
def test_a_broken_key_is_a_setting(broken: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        SigningKey.load(JWE, broken)
    assert broken == "" or broken not in str(caught.value)


def test_no_repr_shows_the_key() -> None:
    assert "private" not in repr(SigningKey.load("name", PRIVATE_KEY))


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("POST", "/sell/fulfillment/v1/order/1/issue_refund", True),
        ("POST", "/prefix/sell/fulfillment/v1/order/1/issue_refund", True),
        ("POST", "/post-order/v2/cancellation", True),
        ("POST", "/post-order/v2/cancellation/5/approve", True),
        ("POST", "/post-order/v2/return/5/decide", True),
        ("POST", "/post-order/v2/inquiry/5/issue_refund", True),
        ("GET", "/sell/finances/v1/payout", True),
        ("POST", "/post-order/v2/cancellation/check_eligibility", False),
        ("POST", "/post-order/v2/cancellation/5/reject", False),
        ("GET", "/post-order/v2/cancellation/5", False),
        ("POST", "/sell/fulfillment/v1/order/1/shipping_fulfillment", False),
        ("GET", "/sell/fulfillment/v1/order", False),
    ],
)
def test_which_calls_are_signed(connect: Any, method: str, path: str, needed: bool) -> None:
    request = WireRequest(method, f"https://api.ebay.com{path}?limit=1", (), b"{}")
    assert must_be_signed(request) is needed
    token = Token(access=SecretStr("abc"))
    keyed = connect(signing_key_jwe=JWE, signing_private_key=PRIVATE_KEY)
    assert (keyed.sign(request, token).header("Signature") is not None) is needed
    if needed:
        assert ";created=1772000000" in (keyed.sign(request, token).header("Signature-Input") or "")
    everything = connect(signing_key_jwe=JWE, signing_private_key=PRIVATE_KEY, sign_all=True)
    assert everything.sign(request, token).header("Signature") is not None
    assert connect().sign(request, token).header("Signature") is None


def test_signing_does_not_change_what_it_is_given(connect: Any) -> None:
    keyed = connect(signing_key_jwe=JWE, signing_private_key=PRIVATE_KEY, sign_all=True)
    once = keyed.sign(REQUEST, Token(access=SecretStr("abc")))
    assert keyed.sign(REQUEST, Token(access=SecretStr("abc"))) == once
    assert keyed.sign(once, Token(access=SecretStr("abc"))) == once
    assert REQUEST.headers == ()
