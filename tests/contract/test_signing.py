"""Signatures over parameters: the published vectors, and what the rule says of blanks and order."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from xborder_sdk.signing import ParameterDigest, parameter_signature

# Published by the vendor (the request of `/order/get` in its page on signing) and by a public client's own tests.
IOP = {
    "app_key": "123456",
    "access_token": "test",
    "timestamp": "1517820392000",
    "sign_method": "sha256",
    "order_id": "1234",
}


def test_the_vendors_own_example() -> None:
    found = parameter_signature(IOP.items(), "helloworld", path="/order/get")
    assert found == "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A"


def test_the_path_is_signed_only_where_it_is_given() -> None:
    assert parameter_signature(IOP.items(), "helloworld") != parameter_signature(IOP.items(), "helloworld", path="/x")


def test_blanks_and_the_signature_itself_take_no_part_and_order_does_not_matter() -> None:
    plain = parameter_signature(IOP.items(), "helloworld")
    more = [("sign", "OLD"), ("empty", ""), ("blank", "  "), ("", "nameless"), *reversed(IOP.items())]
    assert parameter_signature(more, "helloworld") == plain


def test_text_outside_ascii_is_signed_as_utf_8() -> None:
    found = parameter_signature([("name", "台灯"), ("a", "é")], "密")
    assert found == parameter_signature([("a", "é"), ("name", "台灯")], "密")
    assert found != parameter_signature([("name", "??"), ("a", "?")], "密")


def _vectors() -> list[dict[str, Any]]:
    folder = os.environ.get("XBORDER_CONTRACTS")
    file = Path(folder or "/nowhere") / "aliexpress" / "signing_vectors.json"
    if not file.is_file():
        assert os.environ.get("XBORDER_REQUIRE_CONTRACTS") != "1", "the vendors' documents are required and missing"
        return []
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["vectors"]
    return found


def _digest(words: str) -> ParameterDigest:
    if words.startswith("HMAC-SHA256"):
        return ParameterDigest.HMAC_SHA256
    return ParameterDigest.HMAC_MD5 if words.startswith("HMAC-MD5") else ParameterDigest.MD5


def test_every_vector_of_the_vendors_documents() -> None:
    vectors = _vectors()
    if not vectors:
        pytest.skip("XBORDER_CONTRACTS names no folder with the vendors' documents")
    for vector in vectors:
        found = parameter_signature(
            vector["params"].items(),
            vector["secret"],
            digest=_digest(vector["algorithm"]),
            path=vector.get("api_path", ""),
        )
        assert found == vector["sign"], vector["name"]
