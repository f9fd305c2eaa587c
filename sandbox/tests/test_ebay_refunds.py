"""issueRefund: signature, validation, and the way from PENDING to REFUNDED."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from xborder_sandbox.ebay.signature import BadSignatureError, SignedCall, SigningKey, verify

FULFILLMENT = "ebay/openapi/sell_fulfillment_v1_oas3.json"
COVERED = ("content-digest", "x-ebay-signature-key", "@method", "@path", "@authority")


def sign(private, jwe, method, path, authority, body, *, created=None, covered=COVERED, algorithm="sha-256"):
    """Signs as the RFCs say; written for these tests, apart from the simulator's check."""
    key = serialization.load_der_private_key(base64.b64decode(private), None)
    digest = base64.b64encode(hashlib.new(algorithm.replace("-", ""), body).digest()).decode()
    values = {
        "content-digest": f"{algorithm}=:{digest}:",
        "x-ebay-signature-key": jwe,
        "@method": method,
        "@path": path,
        "@authority": authority,
    }
    created = int(time.time()) if created is None else created
    parameters = "(" + " ".join(f'"{name}"' for name in covered) + f");created={created}"
    lines = [f'"{name}": {values[name]}' for name in covered] + [f'"@signature-params": {parameters}']
    base = "\n".join(lines).encode()
    if isinstance(key, RSAPrivateKey):
        signature = key.sign(base, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = key.sign(base)
    return {
        "content-digest": values["content-digest"],
        "x-ebay-signature-key": jwe,
        "signature-input": f"sig1={parameters}",
        "signature": f"sig1=:{base64.b64encode(signature).decode()}:",
    }


def refund(client, order, body, headers=None, *, signed=True, host="testserver", tamper=None, **signing):
    path = f"/ebay/api/sell/fulfillment/v1/order/{order['orderId']}/issue_refund"
    content = json.dumps(body).encode()
    sent = {"content-type": "application/json", "authorization": f"Bearer {client.token}"}
    if signed:
        settings = client.settings
        private = signing.pop("private", settings["signing_private_key"])
        jwe = signing.pop("jwe", settings["signing_key_jwe"])
        sent |= sign(private, jwe, "POST", path, host, content, **signing)
    sent |= headers or {}
    return client.http.post(
        path, content=tamper or content, headers={key: value for key, value in sent.items() if value}
    )


def whole(order, value=None):
    total = order["pricingSummary"]["total"]
    return {
        "reasonForRefund": "BUYER_CANCEL",
        "orderLevelRefundAmount": {"value": value or total["value"], "currency": total["currency"]},
    }


def test_a_whole_refund(ebay, contract):
    document = contract(FULFILLMENT)
    order = ebay.order_of("Jonas Brückmann")
    body = {**whole(order), "comment": "Sorry"}
    document.check_request("/order/{order_id}/issue_refund", "post", body)
    answer = refund(ebay, order, body, signed=False)
    assert answer.status_code == 200
    document.check_response("/order/{order_id}/issue_refund", "post", 200, answer.json())
    assert answer.json()["refundStatus"] == "PENDING"

    pending = ebay.order(order["orderId"])
    document.check_response("/order/{orderId}", "get", 200, pending, frozenset({"legacyOrderId"}))
    (entry,) = pending["paymentSummary"]["refunds"]
    assert (entry["refundId"], entry["refundStatus"]) == (answer.json()["refundId"], "PENDING")
    assert pending["orderPaymentStatus"] == "PENDING"

    ebay.sandbox.world.clock.advance(301)
    done = ebay.order(order["orderId"])
    assert done["paymentSummary"]["refunds"][0]["refundStatus"] == "REFUNDED"
    assert done["orderPaymentStatus"] == "FULLY_REFUNDED"
    assert done["lastModifiedDate"] > pending["lastModifiedDate"]
    listed = next(held for held in ebay.all_orders() if held["orderId"] == order["orderId"])
    assert listed["orderPaymentStatus"] == "FULLY_REFUNDED"


def test_a_line_is_refunded_in_parts(ebay, error, contract):
    order = ebay.order_of("Élodie Garnier")
    line = order["lineItems"][1]
    currency = line["total"]["currency"]

    def of_line(value, **who):
        amount = {"value": value, "currency": currency}
        return {"reasonForRefund": "OTHER_ADJUSTMENT", "refundItems": [{**who, "refundAmount": amount}]}

    answer = refund(ebay, order, of_line("2.50", lineItemId=line["lineItemId"]), signed=False)
    assert answer.status_code == 200
    assert error(refund(ebay, order, of_line("1.00", lineItemId=line["lineItemId"]), signed=False)) == (400, 34922)
    ebay.sandbox.world.clock.advance(301)
    now = ebay.order(order["orderId"])
    contract(FULFILLMENT).check_response("/order/{orderId}", "get", 200, now, frozenset({"legacyOrderId"}))
    assert now["orderPaymentStatus"] == "PARTIALLY_REFUNDED"
    assert now["lineItems"][1]["refunds"][0]["refundId"] == answer.json()["refundId"]
    (entry,) = now["paymentSummary"]["refunds"]
    assert "refundId" not in entry
    assert entry["refundStatus"] == "REFUNDED"
    legacy = {"legacyReference": {"legacyItemId": line["legacyItemId"], "legacyTransactionId": line["lineItemId"]}}
    assert error(refund(ebay, order, of_line(line["total"]["value"], **legacy), signed=False)) == (409, 34924)
    assert refund(ebay, order, of_line("0.50", **legacy), signed=False).status_code == 200


def test_a_refund_may_fail(ebay):
    ebay.admin("settings", refunds_fail=True, refund_seconds=10)
    order = ebay.order_of("Jonas Brückmann")
    assert refund(ebay, order, whole(order), signed=False).status_code == 200
    ebay.sandbox.world.clock.advance(11)
    now = ebay.order(order["orderId"])
    assert now["paymentSummary"]["refunds"][0]["refundStatus"] == "FAILED"
    assert now["orderPaymentStatus"] == "PAID"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"reasonForRefund": None}, (400, 34903)),
        ({"reasonForRefund": "BECAUSE"}, (400, 34903)),
        ({"orderLevelRefundAmount": None}, (400, 34905)),
        ({"refundItems": [{}]}, (400, 34905)),
        ({"orderLevelRefundAmount": {"currency": "EUR"}}, (400, 34906)),
        ({"orderLevelRefundAmount": {"value": 3, "currency": "EUR"}}, (400, 34906)),
        ({"orderLevelRefundAmount": {"value": "-3", "currency": "EUR"}}, (400, 34907)),
        ({"orderLevelRefundAmount": {"value": "0.00", "currency": "EUR"}}, (400, 34907)),
        ({"orderLevelRefundAmount": {"value": "3.001", "currency": "EUR"}}, (400, 34907)),
        ({"orderLevelRefundAmount": {"value": "3.00"}}, (400, 34908)),
        ({"orderLevelRefundAmount": {"value": "3.00", "currency": "USD"}}, (400, 34909)),
        ({"orderLevelRefundAmount": {"value": "9999.00", "currency": "EUR"}}, (400, 34915)),
        ({"comment": "x" * 101}, (400, 34921)),
        ({"orderLevelRefundAmount": None, "refundItems": [{}]}, (400, 34910)),
        ({"orderLevelRefundAmount": None, "refundItems": [{"legacyReference": {}}]}, (400, 34911)),
        ({"orderLevelRefundAmount": None, "refundItems": [{"legacyReference": {"legacyItemId": "1"}}]}, (400, 34912)),
        ({"orderLevelRefundAmount": None, "refundItems": [{"lineItemId": "1"}]}, (400, 34914)),
    ],
)
def test_what_is_wrong_has_its_number(ebay, error, change, expected):
    order = ebay.order_of("Jonas Brückmann")
    assert error(refund(ebay, order, {**whole(order), **change}, signed=False)) == expected
    assert ebay.order(order["orderId"])["paymentSummary"]["refunds"] == []


def test_orders_that_cannot_be_refunded(ebay, error):
    assert error(refund(ebay, {"orderId": "99-99999-99999"}, {"reasonForRefund": "BUYER_CANCEL"}, signed=False)) == (
        404,
        34913,
    )
    unpaid = ebay.order_of("Callum Reid")
    assert error(refund(ebay, unpaid, whole(unpaid), signed=False)) == (409, 34929)
    cancelled = ebay.order_of("Grady Holloway")
    assert error(refund(ebay, cancelled, whole(cancelled, "1.00"), signed=False)) == (400, 34917)
    order = ebay.order_of("Jonas Brückmann")
    assert error(refund(ebay, order, {}, signed=False)) == (400, 34902)
    ebay.admin("settings", refund_days=0)
    assert error(refund(ebay, order, whole(order), signed=False)) == (400, 34920)


def test_the_scope_is_sell_finances(ebay, error):
    only = ebay.ask_token(
        grant_type="refresh_token",
        refresh_token=ebay.settings["refresh_token"],
        scope="https://api.ebay.com/oauth/api_scope/sell.fulfillment",
    ).json()["access_token"]
    order = ebay.order_of("Jonas Brückmann")
    answer = ebay.call(
        "POST", f"/sell/fulfillment/v1/order/{order['orderId']}/issue_refund", token=only, json=whole(order)
    )
    assert answer.status_code == 403


def test_a_seller_in_the_uk_has_to_sign(ebay_uk, error):
    order = ebay_uk.order_of("Oonagh Kilbride")
    assert error(refund(ebay_uk, order, whole(order), signed=False)) == (400, 215122)
    assert refund(ebay_uk, order, whole(order)).status_code == 200


def test_a_seller_in_china_need_not_unless_enforced(ebay, error):
    order = ebay.order_of("Jonas Brückmann")
    enforced = {"x-ebay-enforce-signature": "true"}
    assert error(refund(ebay, order, whole(order), enforced, signed=False)) == (400, 215122)
    assert refund(ebay, order, whole(order), enforced).status_code == 200


@pytest.mark.parametrize("cipher", ["ED25519", "RSA"])
def test_keys_from_key_management_sign(ebay_uk, cipher):
    key = ebay_uk.call(
        "POST",
        "/developer/key_management/v1/signing_key",
        host="apiz",
        token=ebay_uk.application_token,
        json={"signingKeyCipher": cipher},
    ).json()
    order = ebay_uk.order_of("Oonagh Kilbride")
    answer = refund(ebay_uk, order, whole(order), private=key["privateKey"], jwe=key["jwe"])
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "how",
    [
        {"headers": {"content-digest": None}},
        {"headers": {"signature": None}},
        {"headers": {"signature-input": None}},
        {"headers": {"x-ebay-signature-key": "sandbox-jwe.unknown"}},
        {"headers": {"signature": "sig2=:AAAA:"}},
        {"headers": {"signature": "sig1=:AAAA:"}},
        {"headers": {"content-digest": "md5=:AAAA:"}},
        {"headers": {"signature-input": 'sig1=("@method");created=x'}},
        {"tamper": b'{"reasonForRefund": "BUYER_CANCEL"}'},
        {"host": "api.ebay.com"},
        {"created": 1},
        {"created": 99999999999},
        *({"covered": tuple(name for name in COVERED if name != left_out)} for left_out in COVERED),
        {"jwe_of": "ebay-us"},
    ],
)
def test_each_flaw_of_a_signature_is_refused(ebay_uk, error, how):
    order = ebay_uk.order_of("Oonagh Kilbride")
    how = dict(how)
    if how.pop("jwe_of", None):
        other = next(held for held in ebay_uk.sandbox.accounts() if held["name"] == "ebay-us")
        how["jwe"] = other["settings"]["signing_key_jwe"]
    assert error(refund(ebay_uk, order, whole(order), **how)) == (400, 215122)
    assert ebay_uk.order(order["orderId"])["paymentSummary"]["refunds"] == []


def test_the_order_of_components_is_the_signers(ebay_uk):
    order = ebay_uk.order_of("Oonagh Kilbride")
    assert (
        refund(ebay_uk, order, whole(order), covered=tuple(reversed(COVERED)), algorithm="sha-512").status_code == 200
    )


def test_the_sandboxs_clock_may_be_elsewhere(ebay_uk):
    ebay_uk.sandbox.world.clock.advance(86_400 * 20)
    order = ebay_uk.order_of("Oonagh Kilbride")
    ahead = int(ebay_uk.sandbox.world.clock.now().timestamp())
    assert refund(ebay_uk, order, whole(order), created=ahead).status_code == 200


def test_the_published_vector_verifies(contract_folder):
    vector = json.loads((contract_folder / "ebay/samples/digital_signature_ed25519_vector.json").read_text())
    public = serialization.load_der_public_key(base64.b64decode(vector["public_key_spki_der_b64"]))
    jwe = vector["x-ebay-signature-key"]
    now = datetime.fromtimestamp(vector["created"], UTC)
    key = SigningKey("k", "ED25519", public, jwe, now, now.replace(year=now.year + 3))
    headers = {name.lower(): value for name, value in vector["expected"].items()} | {"x-ebay-signature-key": jwe}
    call = SignedCall(vector["method"], vector["path"], vector["authority"], headers, vector["body"].encode())
    verify(call, {jwe: key}, now)
    with pytest.raises(BadSignatureError):
        verify(SignedCall("GET", call.path, call.authority, headers, call.body), {jwe: key}, now)
    ours = sign(
        vector["private_key_pkcs8_der_b64"],
        jwe,
        "POST",
        call.path,
        call.authority,
        call.body,
        created=vector["created"],
    )
    assert ours["signature"] == vector["expected"]["Signature"]
