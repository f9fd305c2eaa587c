"""What eBay pushes: the challenge, the signature of a message, and what it says.

Sources: commerce_notification_v1 OpenAPI (getPublicKey); eBay, "Notification API overview" and "Marketplace account
deletion"; eBay's event-notification SDKs for the header's form and the answers. Payloads: eBay's AsyncAPI documents of
`ORDER_CONFIRMATION` and `ITEM_MARKED_SHIPPED`, and the SDKs' account-deletion vectors. Of the other topics only the
names are public; they come without ids.

The key that signs is eBay's and the same for every application, so a signature proves who wrote a message and not whom
it was for: what a message names is asked of eBay again with the account's own token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NoReturn

from xborder_ebay.settings import EbaySettings
from xborder_ebay.tokens import Clock
from xborder_sdk.errors import InvalidSettings, MalformedResponse, NotificationRefused, Refused
from xborder_sdk.models.base import Raw
from xborder_sdk.models.notification import ChallengeAnswer, InboundMessage, Notification, NotificationKind
from xborder_sdk.reading import JsonObject, as_object, parse_json
from xborder_sdk.steps import Api, Flow, Response, escape

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

_KEY_PATH: Final = "/commerce/notification/v1/public_key/"
_MAX_KEY_ANSWER: Final = 64 * 1024
_MAX_HEADER: Final = 8 * 1024
_MAX_CHALLENGE: Final = 1024
# The answers eBay's SDKs give: 412 for a signature that does not hold, 500 for a failure of one's own.
_WRONG_SIGNATURE: Final = 412
_UNREADABLE: Final = 400
_BUSY: Final = 503
_AHEAD: Final = timedelta(minutes=5)
"""How far eBay's clock may be ahead of ours."""

# Key ids are UUIDs in every public example; their form is not published.
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_PEM_ARMOUR = re.compile(r"-----[A-Z ]+-----")

_KINDS: Final = {
    "MARKETPLACE_ACCOUNT_DELETION": NotificationKind.ACCOUNT_DELETION,
    "ORDER_CONFIRMATION": NotificationKind.ORDER_CHANGED,
    "ORDER_CANCELLATION_ACTIVITY": NotificationKind.ORDER_CHANGED,
    "ITEM_MARKED_SHIPPED": NotificationKind.SHIPMENT_CHANGED,
    "ORDER_RETURN_ACTIVITY": NotificationKind.DISPUTE_CHANGED,
    "ORDER_INQUIRY_ACTIVITY": NotificationKind.DISPUTE_CHANGED,
}


def answer_challenge(settings: EbaySettings, message: InboundMessage) -> ChallengeAnswer | None:
    """Answers eBay's `challenge_code`: SHA-256 over code, verification token and the endpoint exactly as registered.

    Args:
        settings: The account's settings.
        message: The request as it came in.

    Raises:
        InvalidSettings: `verification_token` and `notification_endpoint` are not set.
    """
    code = message.parameter("challenge_code")
    if message.method != "GET" or not code or len(code) > _MAX_CHALLENGE:
        return None
    token, endpoint = settings.verification_token, settings.notification_endpoint
    if token is None or endpoint is None:
        raise InvalidSettings(
            "eBay's challenge cannot be answered",
            hint="set verification_token and notification_endpoint as they are registered with eBay",
        )
    digest = hashlib.sha256()
    for part in (code, token.get_secret_value(), endpoint):
        digest.update(part.encode("utf-8", "surrogatepass"))
    return ChallengeAnswer(json.dumps({"challengeResponse": digest.hexdigest()}).encode())


@dataclass(frozen=True)
class VerifyingKey:
    """A public key of eBay's, with the digest its answer names."""

    public: EllipticCurvePublicKey = field(repr=False)
    digest: HashAlgorithm

    @classmethod
    def read(cls, answer: JsonObject) -> VerifyingKey:
        """Reads a key as getPublicKey answers it: PEM, also without line breaks.

        Raises:
            MalformedResponse: It is no such key, or of an algorithm nobody knows here.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        digests: dict[str, type[HashAlgorithm]] = {
            "SHA1": hashes.SHA1,
            "SHA256": hashes.SHA256,
            "SHA384": hashes.SHA384,
            "SHA512": hashes.SHA512,
        }
        digest = digests.get(re.sub(r"[^A-Z0-9]", "", answer.text("digest").upper()))
        if digest is None or answer.text("algorithm").upper() != "ECDSA":
            raise MalformedResponse("eBay's key is for an algorithm or digest that is not known here")
        try:
            der = base64.b64decode("".join(_PEM_ARMOUR.sub("", answer.text("key")).split()), validate=True)
            public = load_der_public_key(der)
        except (binascii.Error, ValueError, UnsupportedAlgorithm):
            raise MalformedResponse("eBay's key cannot be read") from None
        if not isinstance(public, EllipticCurvePublicKey):
            raise MalformedResponse("eBay's key is no elliptic-curve key")
        return cls(public, digest())

    def signed(self, content: bytes, signature: bytes) -> bool:
        """Whether a DER signature is this key's over some bytes."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

        try:
            self.public.verify(signature, content, ECDSA(self.digest))
        except InvalidSignature:
            return False
        return True


class KeyRing:
    """Keys for about an hour, as eBay asks, however many ids a stranger makes up.

    Ids that eBay does not know are remembered too. Asking for ids never seen before is rationed; an id that was good
    once is always asked for again, so that a flood of invented ids does not stop what is genuine. Thread-safe.

    Args:
        now: The clock.
        rest_s: Seconds after which another new id may be asked for, beyond the first few.
    """

    LIFETIME_S: Final = 3600.0
    MOST_KEYS: Final = 32
    MOST_STRANGERS: Final = 512
    AT_ONCE: Final = 20

    def __init__(self, now: Clock, rest_s: float = 30.0) -> None:
        self._now = now
        self._rest_s = rest_s
        self._keys: OrderedDict[str, tuple[float, VerifyingKey]] = OrderedDict()
        self._strangers: OrderedDict[str, float] = OrderedDict()
        self._empty_at = 0.0
        self._lock = threading.Lock()

    def held(self, key_id: str) -> VerifyingKey | None:
        """A key that is fresh, or None."""
        with self._lock:
            found = self._keys.get(key_id)
            if found is None or not 0 <= self._now() - found[0] < self.LIFETIME_S:
                return None
            return found[1]

    def is_stranger(self, key_id: str) -> bool:
        """Whether eBay said lately that it does not know the id."""
        with self._lock:
            asked_at = self._strangers.get(key_id)
            return asked_at is not None and 0 <= self._now() - asked_at < self.LIFETIME_S

    def may_ask(self, key_id: str) -> bool:
        """Whether eBay may be asked for an id now; books the question."""
        with self._lock:
            if key_id in self._keys:
                return True
            now = self._now()
            booked = max(self._empty_at, now)
            if booked - now > self.AT_ONCE * self._rest_s:  # more than can have been booked: the clock was set back
                booked = now
            if booked - now > (self.AT_ONCE - 1) * self._rest_s:
                return False
            self._empty_at = booked + self._rest_s
            return True

    def keep(self, key_id: str, key: VerifyingKey) -> None:
        """Keeps a key."""
        with self._lock:
            self._strangers.pop(key_id, None)
            self._keys[key_id] = (self._now(), key)
            self._keys.move_to_end(key_id)
            while len(self._keys) > self.MOST_KEYS:
                self._keys.popitem(last=False)

    def keep_stranger(self, key_id: str) -> None:
        """Remembers that eBay does not know an id."""
        with self._lock:
            self._keys.pop(key_id, None)
            self._strangers[key_id] = self._now()
            self._strangers.move_to_end(key_id)
            while len(self._strangers) > self.MOST_STRANGERS:
                self._strangers.popitem(last=False)


@dataclass(frozen=True)
class _Signature:
    key_id: str
    value: bytes


def read_notification(
    api: Api, keys: KeyRing, account: str, settings: EbaySettings, message: InboundMessage
) -> Flow[tuple[Notification, ...]]:
    """Proves a pushed message to be eBay's, and reads it.

    Args:
        api: Builds the request for the key.
        keys: The keys known.
        account: The account it was pushed to.
        settings: Its settings.
        message: The request as it came in.

    Raises:
        NotificationRefused: The signature does not hold, its key is unknown, the message is too old, or unreadable.
        MalformedResponse: eBay's key cannot be used.
        XborderError: eBay cannot be asked for the key.
    """
    if message.method != "POST":
        _refuse("eBay posts its notifications", "unreadable", 405)
    signature = _signature(message.header("x-ebay-signature"))
    key = yield from _key(api, keys, signature.key_id)
    body = _proven(key, signature.value, message.body)
    try:
        found = as_object(parse_json(body))
    except MalformedResponse:
        _refuse("the message is signed, but is no JSON object", "unreadable", _UNREADABLE)
    notification = found.child("notification")
    _check_age(notification, message, timedelta(seconds=settings.notification_max_age_s))
    return (_read(account, found, notification, body),)


def _refuse(message: str, reason: str, status: int) -> NoReturn:
    raise NotificationRefused(message, reason=reason, status=status)


def _signature(header: str | None) -> _Signature:
    """Base64 of `{"alg", "kid", "signature", "digest"}`; what the header says of the algorithm is not believed."""
    if header is None:
        _refuse("the message has no X-EBAY-SIGNATURE", "signature", _WRONG_SIGNATURE)
    if len(header) > _MAX_HEADER:
        _refuse("X-EBAY-SIGNATURE is too long", "signature", _WRONG_SIGNATURE)
    try:
        said = as_object(parse_json(base64.b64decode(header, validate=True)))
        value = base64.b64decode(said.text("signature"), validate=True)
        key_id = said.text("kid")
    except (ValueError, MalformedResponse):
        _refuse("X-EBAY-SIGNATURE cannot be read", "signature", _WRONG_SIGNATURE)
    if _KEY_ID.fullmatch(key_id) is None:
        _refuse("X-EBAY-SIGNATURE names no key id", "signature", _WRONG_SIGNATURE)
    return _Signature(key_id, value)


def _key(api: Api, keys: KeyRing, key_id: str) -> Flow[VerifyingKey]:
    held = keys.held(key_id)
    if held is not None:
        return held
    if keys.is_stranger(key_id):
        _refuse("eBay does not know the key of this message", "unknown_key", _WRONG_SIGNATURE)
    if not keys.may_ask(key_id):
        _refuse("too many messages with unknown keys came lately", "busy", _BUSY)
    try:
        # commerce_notification_v1 OpenAPI, getPublicKey: an application token with the base scope.
        response: Response = yield from api.read(
            "GET", _KEY_PATH + escape(key_id), credential="app", max_bytes=_MAX_KEY_ANSWER
        )
    except Refused as refusal:
        # 404 with 195001: the key id is invalid. 400 is the document's other answer to an id it cannot take.
        if refusal.status not in {400, 404}:
            raise
        keys.keep_stranger(key_id)
        _refuse("eBay does not know the key of this message", "unknown_key", _WRONG_SIGNATURE)
    key = VerifyingKey.read(response.object())
    keys.keep(key_id, key)
    return key


def _proven(key: VerifyingKey, signature: bytes, body: bytes) -> bytes:
    """The bytes that the signature covers: the body, or the same JSON without white space, as eBay's SDKs sign it.

    The result is what must be read: a body of which only another writing is signed may say another thing, for example
    by naming a field twice.
    """
    if key.signed(body, signature):
        return body
    compact = _compact(body)
    if compact is not None and key.signed(compact, signature):
        return compact
    _refuse("the signature is not eBay's over this message", "signature", _WRONG_SIGNATURE)


def _compact(body: bytes) -> bytes | None:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None


def _check_age(notification: JsonObject, message: InboundMessage, most: timedelta) -> None:
    published = notification.time_or_none("publishDate") or notification.time_or_none("eventDate")
    if published is None:
        _refuse("the message does not say when it was published", "old", _WRONG_SIGNATURE)
    age = message.received_at - published
    if age > most:
        _refuse("the message was published too long ago", "old", _WRONG_SIGNATURE)
    if age < -_AHEAD:
        _refuse("the message was published in the future: is this machine's clock right?", "old", _WRONG_SIGNATURE)


def _read(account: str, message: JsonObject, notification: JsonObject, body: bytes) -> Notification:
    topic = message.child("metadata").text_or_none("topic")
    kind = _KINDS.get((topic or "").upper(), NotificationKind.OTHER)
    data = notification.child("data")
    orders = (data.child("order").text_or_none("orderId"), data.child("itemMarkedShipped").text_or_none("orderId"))
    buyers: tuple[str | None, ...] = ()
    if kind is NotificationKind.ACCOUNT_DELETION:
        buyers = tuple(data.text_or_none(name) for name in ("userId", "username", "eiasToken"))
    return Notification(
        account=account,
        notification_id=notification.text_or_none("notificationId") or hashlib.sha256(body).hexdigest(),
        kind=kind,
        topic=topic,
        occurred_at=notification.time_or_none("eventDate"),
        published_at=notification.time_or_none("publishDate"),
        order_ids=tuple(dict.fromkeys(order for order in orders if order is not None)),
        buyer_ids=tuple(dict.fromkeys(buyer for buyer in buyers if buyer is not None)),
        raw=Raw(body),
    )
