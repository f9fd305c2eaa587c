"""Composes, signs and sends notifications; wrongly, if asked to."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta

from xborder_sandbox.ebay.notifications.book import Message, NotificationBook, compact
from xborder_sandbox.ebay.order import Document
from xborder_sandbox.ebay.times import write_time
from xborder_sandbox.loopback import UnreachableError, call


def _other(digest: str) -> str:
    return "SHA256" if digest == "SHA1" else "SHA1"


# How a signature can be: name -> what makes the header of a body, None for no header.
SIGNATURES: dict[str, Callable[[NotificationBook, str, bytes], str | None]] = {
    "valid": lambda book, digest, body: book.keys.of(digest).header(body),
    "wrong": lambda book, digest, body: book.keys.stranger(digest).header(body, kid=book.keys.of(digest).kid),
    "unknown_kid": lambda book, digest, body: book.keys.stranger(digest).header(body),
    "other_digest": lambda book, digest, body: book.keys.of(digest).header(body, digest=_other(digest)),
    "other_body": lambda book, digest, body: book.keys.of(digest).header(body + b" "),
    "garbage": lambda *_: base64.b64encode(b'{"alg":"ecdsa"').decode() + "?",
    "missing": lambda *_: None,
}


class Sender:
    """Sends notifications to endpoints on this machine."""

    def __init__(self, book: NotificationBook) -> None:
        self._book = book

    def compose(
        self,
        topic: str,
        data: Document | None = None,
        *,
        signature: str = "valid",
        age: timedelta = timedelta(0),
        attempt: int = 1,
        spaced: bool = False,
    ) -> Message:
        """Make a notification and sign it.

        Args:
            topic: The topic's id.
            data: The payload; without one it is that of a deleted account.
            signature: One of `SIGNATURES`.
            age: How long ago it was published.
            attempt: The publishAttemptCount.
            spaced: Send the JSON with blanks, though the compact form is signed. eBay's SDKs sign and check
                the compact form whatever was sent.
        """
        published = self._book.store.now() - age
        notification: Document = {
            "notificationId": self._book.new_notification_id(),
            "eventDate": write_time(published - timedelta(milliseconds=217)),
            "publishDate": write_time(published),
            "publishAttemptCount": attempt,
            "data": self.deleted_account() if data is None else data,
        }
        document: Document = {
            "metadata": {"topic": topic, "schemaVersion": "1.0", "deprecated": False},
            "notification": notification,
        }
        signed = compact(document)
        digest = self._book.store.settings.notification_digest
        header = SIGNATURES[signature](self._book, digest, signed)
        body = json.dumps(document, ensure_ascii=False, indent=2).encode() if spaced else signed
        message = Message(str(notification["notificationId"]), topic, body, header)
        self._book.sent[message.notification_id] = message
        return message

    def send(self, message: Message, endpoint: str) -> Document:
        """Post a notification; return what came of it, and keep it with the message."""
        headers = {"content-type": "application/json"}
        if message.signature is not None:
            headers["x-ebay-signature"] = message.signature
        result: Document = {"endpoint": endpoint, "status": None}
        try:
            result["status"] = call("POST", endpoint, headers, message.body).status
        except UnreachableError as error:
            result["error"] = str(error)
        message.deliveries.append(result)
        return result

    def deleted_account(self) -> Document:
        """Return the payload of MARKETPLACE_ACCOUNT_DELETION about an invented buyer."""
        # The names are those of eBay's public vector (samples, VALID).
        token = base64.b64encode(self._book.random.randbytes(40)).decode()
        return {
            "username": f"sandbox_buyer_{self._book.random.randrange(10**6)}",
            "userId": f"sandbox{self._book.random.getrandbits(32):08x}",
            "eiasToken": token,
        }
