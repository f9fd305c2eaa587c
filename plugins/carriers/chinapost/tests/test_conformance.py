"""The kit over the exchange files. All of them are invented, people and numbers included; none is a recording."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from xborder_chinapost import ChinaPostConnector
from xborder_sdk.steps import WireRequest
from xborder_sdk.testing import ConnectorTests

KEY = "MDEyMzQ1Njc4OWFiY2RlZg=="
DIGESTED = {
    "logisticsOrder": "data_digest",
    "logistics_interface": "data_digest",
    "barCode": "dataDigest",
    "waybillNos": "dataDigest",
    "waybillNo": "digest",
}


def unsealed(text: str) -> str:
    """Opens what the gateway would open, and takes the key off its end."""
    assert text.startswith("|$4|")
    decryptor = Cipher(algorithms.SM4(base64.b64decode(KEY)), modes.ECB()).decryptor()
    padded = decryptor.update(base64.b64decode(text[4:])) + decryptor.finalize()
    plain = padded[: -padded[-1]].decode()
    assert plain.endswith(KEY)
    return plain.removesuffix(KEY)


class TestChinaPost(ConnectorTests):
    connector = ChinaPostConnector
    exchanges = Path(__file__).with_name("exchanges")
    settings: ClassVar[Mapping[str, Any]] = {
        "sender_no": "1100000000000",
        "authorization": "kit-authorization-5d1f",
        "sm4_key": KEY,
        "ak": "kit-label-key-77c0",
        "digest_key": "kit-digest-key-1b9e",
        "wh_code": "51800000",
        "mail_type": "PAPERCRANE",
        "products": {"019": "epacket", "001": "small_packet", "900": "ems"},
    }
    refusals: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "by the gateway": {"status": 200, "json": {"success": False, "retCode": "A0001", "retMsg": "参数错误"}},
        "by the gateway without a word": {"status": 200, "json": {"success": False, "retCode": None}},
        "of an order": {"status": 200, "json": {"success": "false", "reason": "B03", "msg": "必填数据为空"}},
        "of a number": {"status": 200, "json": {"return_success": "false", "return_reason": "B02", "return_msg": "x"}},
    }

    def normalise_request(self, request: WireRequest) -> WireRequest:
        fields = dict(parse_qsl(request.content.decode(), keep_blank_values=True, strict_parsing=True))
        assert request.header("content-type") == "application/x-www-form-urlencoded; charset=utf-8"
        if "logitcsInterface" in fields:
            assert fields.pop("authorization") == "kit-authorization-5d1f"
            assert fields.pop("timeStamp") == "2026-03-02 17:00:00", "China's time"
            fields["logitcsInterface"] = unsealed(fields["logitcsInterface"])
        for field, into in DIGESTED.items():
            if field in fields and into in fields:
                digest = hashlib.md5((fields[field] + "kit-digest-key-1b9e").encode()).digest()
                assert fields.pop(into) == base64.b64encode(digest).decode()
        return replace(request, content=urlencode(fields).encode())
