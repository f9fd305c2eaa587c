"""What eBay pushes: challenge, signature, keys, age. Keys and people of these messages are invented, except for the
vectors that eBay publishes with its own SDK."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from xborder_ebay import EbayConnector
from xborder_ebay.notifications import KeyRing
from xborder_sdk.errors import InvalidSettings, MalformedResponse, NotificationRefused, Refused, VendorDown
from xborder_sdk.models import InboundMessage, Notification, NotificationKind
from xborder_sdk.steps import Effect, Response, Send

PUSHED = datetime(2026, 3, 2, 9, 30, 1, tzinfo=UTC)
KEY_ID = "7e1f2a90-0c1d-4c57-9d2e-5b6a7c8d9e0f"
TOKEN = "an-invented-verification-token_0123456789"
ENDPOINT = "https://shop.example/notifications/ebay-test"
PRIVATE = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())

MESSAGE: dict[str, Any] = {
    "metadata": {"topic": "MARKETPLACE_ACCOUNT_DELETION", "schemaVersion": "1.0", "deprecated": False},
    "notification": {
        "notificationId": "0f7c2c1e-invented",
        "eventDate": "2026-03-02T09:29:59.000Z",
        "publishDate": "2026-03-02T09:30:00.000Z",
        "publishAttemptCount": 1,
        "data": {"username": "marigold_föhn", "userId": "inv3ntedUser", "eiasToken": "aW52ZW50ZWQ="},
    },
}


def compact(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def header(signed: bytes, key: ec.EllipticCurvePrivateKey = PRIVATE, digest: Any = SHA1, **changes: Any) -> str:
    said = {
        "alg": "ecdsa",
        "kid": KEY_ID,
        "signature": base64.b64encode(key.sign(signed, ec.ECDSA(digest()))).decode(),
        "digest": "SHA1",
    }
    return base64.b64encode(json.dumps(said | changes).encode()).decode()


def pushed(body: bytes, signature: str | None, at: datetime = PUSHED) -> InboundMessage:
    headers = () if signature is None else (("X-Ebay-Signature", signature),)
    return InboundMessage("POST", "/ebay-test", headers=headers, body=body, received_at=at)


def key_answer(public: Any = None, algorithm: str = "ECDSA", digest: str = "SHA1") -> Response:
    der = (public or PRIVATE.public_key()).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = f"-----BEGIN PUBLIC KEY-----{base64.b64encode(der).decode()}-----END PUBLIC KEY-----"
    return Response(200, (), json.dumps({"key": pem, "algorithm": algorithm, "digest": digest}).encode())


UNKNOWN_KEY = Response(404, (), b'{"errors":[{"errorId":195001,"domain":"API_NOTIFICATION","category":"REQUEST"}]}')


@pytest.fixture
def read(crank: Any, connect: Callable[..., EbayConnector]) -> Callable[..., tuple[Notification, ...]]:
    connector = connect()

    def run(message: InboundMessage, *answers: Response, by: EbayConnector | None = None) -> Any:
        used = by or connector
        return crank.run(used, used.read_notification(message), list(answers))

    return run


# -- the published vectors -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def vectors(contracts: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (contracts / "samples" / "notification_account_deletion_vectors.json").read_text("utf-8")
    )
    return found


def of_vector(vector: dict[str, Any], body: bytes) -> tuple[InboundMessage, Response]:
    at = datetime(2021, 3, 19, 20, 44, 5, tzinfo=UTC)
    return pushed(body, vector["signature"], at), Response(200, (), json.dumps(vector["response"]).encode())


@pytest.mark.parametrize("written", [compact, lambda message: json.dumps(message, indent=2).encode()])
def test_the_published_valid_vector_is_believed(
    written: Callable[[Any], bytes], vectors: dict[str, Any], read: Any, crank: Any
) -> None:
    vector = vectors["VALID"]
    message, key = of_vector(vector, written(vector["message"]))
    (found,) = read(message, key)
    data = vector["message"]["notification"]["data"]
    assert found.kind is NotificationKind.ACCOUNT_DELETION
    assert found.topic == "MARKETPLACE_ACCOUNT_DELETION"
    assert found.notification_id == vector["message"]["notification"]["notificationId"]
    assert found.buyer_ids == (data["userId"], data["username"], data["eiasToken"])
    assert found.occurred_at == datetime(2021, 3, 19, 20, 43, 59, 462000, tzinfo=UTC)
    assert data["userId"] not in repr(found)
    (step,) = crank.sent
    assert step.path == f"/commerce/notification/v1/public_key/{vector['public_key']}"
    assert (step.method, step.credential, step.effect) == ("GET", "app", Effect.READ)


def test_the_published_mismatch_vector_is_refused(vectors: dict[str, Any], read: Any) -> None:
    vector = vectors["SIGNATURE_MISMATCH"]
    message, key = of_vector(vector, compact(vector["message"]))
    with pytest.raises(NotificationRefused) as refused:
        read(message, key)
    assert (refused.value.status, refused.value.reason) == (412, "signature")


def test_one_changed_byte_of_the_vector_is_refused(vectors: dict[str, Any], read: Any) -> None:
    vector = vectors["VALID"]
    message, key = of_vector(vector, compact(vector["message"]).replace(b"test_user", b"test_usex"))
    with pytest.raises(NotificationRefused) as refused:
        read(message, key)
    assert refused.value.status == 412


# -- signatures ------------------------------------------------------------------------------------------------------


def test_the_body_as_it_came_is_tried_first(read: Any) -> None:
    body = json.dumps(MESSAGE, indent=4).encode()
    (found,) = read(pushed(body, header(body)), key_answer())
    assert found.raw.content == body


def test_without_white_space_it_is_tried_next_and_letters_stay_letters(read: Any) -> None:
    body = json.dumps(MESSAGE, indent=4, ensure_ascii=True).encode()
    (found,) = read(pushed(body, header(compact(MESSAGE))), key_answer())
    assert found.buyer_ids[1] == "marigold_föhn"
    assert found.raw.content == compact(MESSAGE)


def test_what_is_read_is_what_was_signed(read: Any) -> None:
    """A field named twice: the signature covers one reading, and that one counts."""
    body = compact(MESSAGE).replace(b'"userId":', b'"userId":"somebody-else","userId":')
    (found,) = read(pushed(body, header(compact(MESSAGE))), key_answer())
    assert found.buyer_ids[0] == "inv3ntedUser"
    assert b"somebody-else" not in found.raw.content


@pytest.mark.parametrize("name", ["SHA256", "sha-256", "SHA_256"])
def test_the_keys_answer_names_the_digest_not_the_header(name: str, read: Any) -> None:
    body = compact(MESSAGE)
    message = pushed(body, header(body, digest=SHA256, digest_said="SHA1"))
    assert read(message, key_answer(digest=name))[0].notification_id == "0f7c2c1e-invented"


def test_a_sha1_signature_does_not_hold_under_a_sha256_key(read: Any) -> None:
    body = compact(MESSAGE)
    with pytest.raises(NotificationRefused) as refused:
        read(pushed(body, header(body)), key_answer(digest="SHA256"))
    assert refused.value.reason == "signature"


def test_a_signature_of_another_key_is_refused(read: Any) -> None:
    body = compact(MESSAGE)
    other = ec.derive_private_key(0xBADC0DE, ec.SECP256R1())
    with pytest.raises(NotificationRefused) as refused:
        read(pushed(body, header(body, other)), key_answer())
    assert (refused.value.status, refused.value.reason) == (412, "signature")


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "",
        "no base64!",
        "é",
        base64.b64encode(b"no json").decode(),
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b'{"kid":"7e1f2a90-0c1d"}').decode(),
        "QUJD" * 5000,
        header(b"x", kid="../../identity/v1/oauth2/token"),
        header(b"x", kid="a/b/c/d/e/f"),
        header(b"x", kid="x" * 65),
        header(b"x", kid="12345678\n"),
        header(b"x", signature="no base64!"),
    ],
)
def test_a_header_that_is_no_signature_is_refused_before_anybody_is_asked(
    wrong: str | None, read: Any, crank: Any
) -> None:
    with pytest.raises(NotificationRefused) as refused:
        read(pushed(compact(MESSAGE), wrong))
    assert refused.value.status == 412
    assert crank.sent == []


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(min_size=1, max_size=200))
def test_nothing_invented_is_ever_believed(body: bytes, signature: bytes) -> None:
    values = EbayConnector.settings_model.model_validate({"client_id": "a", "client_secret": "b"})
    connector = EbayConnector("e", values)
    connector.now = lambda: datetime.fromtimestamp(1.0, UTC)
    flow = connector.read_notification(pushed(body, header(b"", signature=base64.b64encode(signature).decode())))
    assert flow is not None
    assert isinstance(next(flow), Send)
    with pytest.raises(NotificationRefused):
        flow.send(key_answer())


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"no json", b"[" * 100_000])
def test_signed_but_no_object(body: bytes, read: Any) -> None:
    with pytest.raises(NotificationRefused) as refused:
        read(pushed(body, header(body)), key_answer())
    assert (refused.value.status, refused.value.reason) == (400, "unreadable")


def test_only_posts_are_notifications(read: Any) -> None:
    with pytest.raises(NotificationRefused) as refused:
        read(InboundMessage("PUT", "/", received_at=PUSHED))
    assert refused.value.status == 405


# -- age -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "believed"),
    [(86_400, True), (86_401, False), (-300, True), (-301, False)],
)
def test_the_time_window(age: int, believed: bool, read: Any) -> None:
    body = compact(MESSAGE)
    message = pushed(body, header(body), datetime(2026, 3, 2, 9, 30, tzinfo=UTC) + timedelta(seconds=age))
    if believed:
        assert read(message, key_answer())
        return
    with pytest.raises(NotificationRefused) as refused:
        read(message, key_answer())
    assert (refused.value.status, refused.value.reason) == (412, "old")


def test_the_window_is_a_setting(read: Any, connect: Any) -> None:
    body = compact(MESSAGE)
    message = pushed(body, header(body), PUSHED + timedelta(hours=1))
    with pytest.raises(NotificationRefused):
        read(message, key_answer(), by=connect(notification_max_age_s=600))


def test_without_any_date_it_is_refused_and_without_a_publish_date_the_event_counts(read: Any) -> None:
    message = json.loads(compact(MESSAGE))
    del message["notification"]["publishDate"]
    body = compact(message)
    assert read(pushed(body, header(body)), key_answer())[0].published_at is None
    del message["notification"]["eventDate"]
    body = compact(message)
    with pytest.raises(NotificationRefused) as refused:
        read(pushed(body, header(body)))  # the key is known by now
    assert refused.value.reason == "old"


# -- keys ------------------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 1_772_000_000.0

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(clock: Clock) -> EbayConnector:
    values = EbayConnector.settings_model.model_validate({"client_id": "a", "client_secret": "b"})
    made = EbayConnector("ebay-test", values)
    made.now = clock
    return made


def test_a_key_is_asked_for_once_an_hour(timed: EbayConnector, clock: Clock, read: Any, crank: Any) -> None:
    body = compact(MESSAGE)
    message = pushed(body, header(body))
    read(message, key_answer(), by=timed)
    clock.now += 3599
    read(message, by=timed)
    assert crank.sent == []
    clock.now += 1
    read(message, key_answer(), by=timed)
    assert len(crank.sent) == 1


@pytest.mark.parametrize("status", [400, 404])
def test_a_key_that_ebay_does_not_know_is_asked_for_once(
    status: int, timed: EbayConnector, clock: Clock, read: Any, crank: Any
) -> None:
    message = pushed(b"{}", header(b"{}"))
    unknown = Response(status, (), UNKNOWN_KEY.content)
    for answers in ([unknown], []):
        with pytest.raises(NotificationRefused) as refused:
            read(message, *answers, by=timed)
        assert (refused.value.status, refused.value.reason) == (412, "unknown_key")
        assert len(crank.sent) == len(answers)
    clock.now += 3600
    with pytest.raises(NotificationRefused):
        read(message, unknown, by=timed)


def test_a_flood_of_invented_ids_is_rationed_and_does_not_stop_a_known_key(
    timed: EbayConnector, clock: Clock, read: Any, crank: Any
) -> None:
    body = compact(MESSAGE)
    good = pushed(body, header(body))
    read(good, key_answer(), by=timed)
    clock.now += 3600
    asked = 0
    for number in range(500):
        with pytest.raises(NotificationRefused) as refused:
            read(pushed(body, header(body, kid=f"invented-{number:04}")), UNKNOWN_KEY, by=timed)
        asked += len(crank.sent)
        if refused.value.reason == "busy":
            assert refused.value.status == 503
            break
    assert asked == KeyRing.AT_ONCE
    read(good, key_answer(), by=timed)  # known once, so it is asked for again
    clock.now += 30
    with pytest.raises(NotificationRefused) as refused:
        read(pushed(body, header(body, kid="one-more-stranger")), UNKNOWN_KEY, by=timed)
    assert refused.value.reason == "unknown_key"


def test_what_the_ring_holds_is_bounded() -> None:
    ring = KeyRing(lambda: 0.0)
    for number in range(2000):
        ring.keep_stranger(f"stranger-{number}")
        ring.keep(f"key-{number}", object())  # type: ignore[arg-type]
    assert len(ring._keys) == KeyRing.MOST_KEYS
    assert len(ring._strangers) == KeyRing.MOST_STRANGERS
    assert ring.held("key-1999") is not None
    assert ring.held("key-0") is None


def test_a_clock_set_back_neither_keeps_keys_for_ever_nor_stops_questions() -> None:
    clock = Clock()
    ring = KeyRing(lambda: clock.now)
    ring.keep("key", object())  # type: ignore[arg-type]
    for _ in range(KeyRing.AT_ONCE):
        assert ring.may_ask("stranger")
    clock.now -= 86_400
    assert ring.held("key") is None
    assert ring.may_ask("stranger")


def test_ebay_down_is_no_verdict_on_the_message(timed: EbayConnector, read: Any) -> None:
    body = compact(MESSAGE)
    message = pushed(body, header(body))
    with pytest.raises(VendorDown):
        read(message, Response(503), by=timed)
    assert read(message, key_answer(), by=timed)


def test_a_refused_application_is_no_verdict_on_the_message(timed: EbayConnector, read: Any) -> None:
    with pytest.raises(Refused) as refused:
        read(pushed(b"{}", header(b"{}")), Response(403, (), b"{}"), by=timed)
    assert not isinstance(refused.value, NotificationRefused)


@pytest.mark.parametrize(
    "answer",
    [
        key_answer(algorithm="RSA"),
        key_answer(digest="MD5"),
        key_answer(ed25519.Ed25519PrivateKey.from_private_bytes(b"7" * 32).public_key()),
        Response(200, (), b'{"key":"-----BEGIN PUBLIC KEY-----AAAA","algorithm":"ECDSA","digest":"SHA1"}'),
        Response(200, (), b'{"key":"!","algorithm":"ECDSA","digest":"SHA1"}'),
        Response(200, (), b"{}"),
    ],
)
def test_a_key_that_cannot_be_used_is_no_verdict_on_the_message(answer: Response, read: Any) -> None:
    with pytest.raises(MalformedResponse):
        read(pushed(b"{}", header(b"{}")), answer)


# -- what it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "data", "kind", "orders"),
    [
        ("ORDER_CONFIRMATION", {"order": {"orderId": "11-00001"}}, NotificationKind.ORDER_CHANGED, ("11-00001",)),
        ("ORDER_CANCELLATION_ACTIVITY", {}, NotificationKind.ORDER_CHANGED, ()),
        (
            "ITEM_MARKED_SHIPPED",
            {"itemMarkedShipped": {"orderId": "11-00002", "itemId": 7}},
            NotificationKind.SHIPMENT_CHANGED,
            ("11-00002",),
        ),
        ("ORDER_RETURN_ACTIVITY", {}, NotificationKind.DISPUTE_CHANGED, ()),
        ("ORDER_INQUIRY_ACTIVITY", None, NotificationKind.DISPUTE_CHANGED, ()),
        ("A_TOPIC_OF_TOMORROW", {"username": "no-buyer"}, NotificationKind.OTHER, ()),
        (None, ["surprise"], NotificationKind.OTHER, ()),
    ],
)
def test_topics(topic: str | None, data: Any, kind: NotificationKind, orders: tuple[str, ...], read: Any) -> None:
    message = json.loads(compact(MESSAGE))
    message["metadata"]["topic"] = topic
    message["notification"]["data"] = data
    body = compact(message)
    (found,) = read(pushed(body, header(body)), key_answer())
    assert (found.kind, found.order_ids, found.topic, found.buyer_ids) == (kind, orders, topic, ())
    assert found.account == "ebay-test"


def test_without_an_id_the_same_message_has_the_same_id(read: Any) -> None:
    message = json.loads(compact(MESSAGE))
    del message["notification"]["notificationId"]
    body = compact(message)
    (one,) = read(pushed(body, header(body)), key_answer())
    (two,) = read(pushed(body, header(body)))
    assert one.notification_id == two.notification_id == hashlib.sha256(body).hexdigest()


# -- challenge -------------------------------------------------------------------------------------------------------


def asked(code: str | None, method: str = "GET") -> InboundMessage:
    query = () if code is None else (("challenge_code", code),)
    return InboundMessage(method, "/ebay-test", query, received_at=PUSHED)


def test_the_challenge_is_answered_with_the_digest_in_ebays_order(connect: Any) -> None:
    connector = connect(verification_token=TOKEN, notification_endpoint=ENDPOINT)
    answer = connector.answer_challenge(asked("a1b2c3"))
    expected = hashlib.sha256(f"a1b2c3{TOKEN}{ENDPOINT}".encode()).hexdigest()
    assert json.loads(answer.content) == {"challengeResponse": expected}
    assert answer.content_type == "application/json"


@pytest.mark.parametrize("message", [asked(None), asked(""), asked("x" * 1025), asked("code", "POST")])
def test_what_is_no_challenge(message: InboundMessage, connect: Any) -> None:
    connector = connect(verification_token=TOKEN, notification_endpoint=ENDPOINT)
    assert connector.answer_challenge(message) is None


def test_a_challenge_without_the_settings_says_what_is_missing(connect: Any) -> None:
    with pytest.raises(InvalidSettings) as error:
        connect().answer_challenge(asked("code"))
    assert "verification_token" in str(error.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"verification_token": TOKEN},
        {"notification_endpoint": ENDPOINT},
        {"verification_token": "too-short", "notification_endpoint": ENDPOINT},
        {"verification_token": "x" * 81, "notification_endpoint": ENDPOINT},
        {"verification_token": "with spaces " * 4, "notification_endpoint": ENDPOINT},
        {"verification_token": TOKEN, "notification_endpoint": "shop.example"},
        {"notification_max_age_s": 0},
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, Any], connect: Any) -> None:
    with pytest.raises(ValueError, match="validation error") as error:
        connect(**wrong)
    assert TOKEN not in str(error.value)


def test_the_token_is_a_secret(connect: Any) -> None:
    assert TOKEN not in repr(connect(verification_token=TOKEN, notification_endpoint=ENDPOINT).settings)
