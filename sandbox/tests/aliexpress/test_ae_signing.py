"""Signatures: the vendor's vectors, and the wrong ways to sign that are seen in the wild."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from xborder_sandbox.aliexpress.signing import iop_signature, text_to_sign, top_signature

PROFILE = "aliexpress.merchant.profile.get"


def test_every_vector(contract_folder):
    vectors = json.loads((contract_folder / "aliexpress/signing_vectors.json").read_text())["vectors"]
    assert len(vectors) >= 6
    for vector in vectors:
        parameters, prefix = vector["params"], vector.get("api_path", "")
        assert text_to_sign(parameters, prefix) == vector["string_to_sign"], vector["name"]
        if vector["name"].startswith("iop"):
            signature = iop_signature(vector["secret"], parameters, prefix)
        else:
            signature = top_signature(vector["secret"], parameters, parameters["sign_method"])
        assert signature == vector["sign"], vector["name"]


def test_blank_parameters_and_the_signature_itself_are_not_signed():
    assert text_to_sign({"b": "2", "a": "1", "c": " ", " ": "x", "sign": "F"}, "/p") == "/pa1b2"


@pytest.mark.parametrize(
    "wrong", ["wrapped in the secret", "lower case", "with a path", "md5", "without a field", "empty"]
)
def test_wrong_signatures_are_refused(ae, wrong):
    sent = ae.common(method=PROFILE, session=ae.token, simplify="true")
    text = "".join(key + sent[key] for key in sorted(sent))
    secret = ae.settings["app_secret"]

    def sign(signed):
        return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest().upper()

    sent["sign"] = {
        "wrapped in the secret": sign(secret + text + secret),
        "lower case": sign(text).lower(),
        "with a path": sign("/sync" + text),
        "md5": hashlib.md5((secret + text + secret).encode()).hexdigest().upper(),
        "without a field": sign(text.replace("simplifytrue", "")),
        "empty": " ",
    }[wrong]
    error = ae.read(ae.http.post("/aliexpress/api/sync", data=sent))["error_response"]
    assert error["code"] == ("MissingParameter" if wrong == "empty" else "IncompleteSignature")
    sent["sign"] = sign(text)
    assert "profile" in ae.read(ae.http.post("/aliexpress/api/sync", data=sent))


def test_below_rest_the_path_is_signed(ae):
    path, refresh = "/auth/token/refresh", ae.settings["refresh_token"]
    parameters = ae.common(refresh_token=refresh)
    url = f"/aliexpress/api/rest{path}"
    assert ae.read(ae.http.post(url, data=ae.signed(parameters, path)))["code"] == "0"
    for prefix in ("", "/rest/auth/token/refresh", "/auth/token/create", "auth/token/refresh"):
        refused = ae.read(ae.http.post(url, data=ae.signed(parameters, prefix)))
        assert (refused["code"], refused["type"]) == ("IncompleteSignature", "ISV"), prefix
        assert refused["message"]
        assert refused["request_id"]


@pytest.mark.parametrize("method", ["md5", "hmac"])
def test_the_legacy_gateway_signs_its_own_way(ae, method):
    stamp = ae.now.timestamp() + 8 * 3600
    parameters = {
        "method": PROFILE,
        "app_key": ae.settings["app_key"],
        "session": ae.token,
        "timestamp": _utc(stamp),
        "format": "json",
        "v": "2.0",
        "sign_method": method,
        "simplify": "true",
    }
    text = "".join(key + parameters[key] for key in sorted(parameters))
    secret = ae.settings["app_secret"].encode()
    if method == "md5":
        signature = hashlib.md5(secret + text.encode() + secret).hexdigest().upper()
    else:
        signature = hmac.new(secret, text.encode(), hashlib.md5).hexdigest().upper()
    url = "/aliexpress/top/router/rest"
    assert "profile" in ae.read(ae.http.post(url, data={**parameters, "sign": signature}))
    for wrong in (signature.lower(), ae.signed(parameters)["sign"]):
        error = ae.read(ae.http.post(url, data={**parameters, "sign": wrong}))["error_response"]
        assert error["code"] == 25


def test_the_new_gateway_takes_no_legacy_signature(ae):
    parameters = ae.common(method=PROFILE, session=ae.token) | {"sign_method": "md5"}
    text = "".join(key + parameters[key] for key in sorted(parameters))
    secret = ae.settings["app_secret"]
    signature = hashlib.md5((secret + text + secret).encode()).hexdigest().upper()
    answer = ae.http.post("/aliexpress/api/sync", data={**parameters, "sign": signature})
    assert ae.read(answer)["error_response"]["code"] == "IncompleteSignature"


def _utc(seconds):
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
