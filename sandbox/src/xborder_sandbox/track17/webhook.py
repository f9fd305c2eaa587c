"""News for the account's own endpoint: composed, signed, sent, sent again.

17track.md section "Webhook": `sign` is the lowercase hexadecimal SHA-256 of the body, `/` and the key; whatever is not
answered with 200 comes again after 10, 30 and 60 minutes, and then no more.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from xborder_sandbox.loopback import UnreachableError, call
from xborder_sandbox.requests import Json
from xborder_sandbox.track17.book import Book, Registration
from xborder_sandbox.track17.info import track_info

UPDATED, STOPPED = "TRACKING_UPDATED", "TRACKING_STOPPED"
_VERSION = "v2.2"
_AGAIN = (timedelta(minutes=10), timedelta(minutes=30), timedelta(minutes=60))


def sign(body: bytes, key: str) -> str:
    """Return the signature of a body."""
    return hashlib.sha256(body + b"/" + key.encode()).hexdigest()


# How a signature can be: name -> what makes the header of a body, None for no header.
SIGNATURES: dict[str, Callable[[bytes, str], str | None]] = {
    "valid": sign,
    "wrong": lambda body, key: sign(body, key + "x"),
    "other_body": lambda body, key: sign(body + b" ", key),
    "uppercase": lambda body, key: sign(body, key).upper(),
    "garbage": lambda *_: "not a signature",
    "missing": lambda *_: None,
}


@dataclass
class Push:
    """A message on its way, byte for byte."""

    id: int
    key: tuple[str, int]
    event: str
    body: bytes = field(repr=False)
    sign: str | None = field(repr=False)
    due: datetime
    attempts: int = 0
    is_over: bool = False
    answers: list[Json] = field(default_factory=list)

    def picture(self) -> dict[str, Json]:
        """Return it as JSON, without the body and its signature."""
        return {
            "id": self.id,
            "event": self.event,
            "number": self.key[0],
            "attempts": self.attempts,
            "over": self.is_over,
            "answers": list(self.answers),
        }


class Messenger:
    """Finds news and brings it to an endpoint on this machine."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._sending = threading.Lock()
        self.pushes: list[Push] = []

    def compose(self, held: Registration, event: str, signature: str = "valid", padding: int = 0) -> Push:
        """Make a message about a number, due now."""
        data: dict[str, Json] = {"number": held.number, "carrier": held.carrier, "tag": held.tag}
        if event == UPDATED:
            data["track_info"] = track_info(self._book, held, _VERSION)
        if padding:
            data["padding"] = "x" * padding
        body = json.dumps({"event": event, "data": data}, ensure_ascii=False, separators=(",", ":")).encode()
        push = Push(
            id=len(self.pushes) + 1,
            key=(held.number, held.carrier),
            event=event,
            body=body,
            sign=SIGNATURES[signature](body, self._book.token),
            due=self._book.now,
        )
        self.pushes.append(push)
        return push

    def look_for_news(self) -> None:
        """Queue a message for every number of which more is known than was told, or that was stopped by time."""
        book = self._book
        over = book.stop_what_is_over()
        if not book.webhook.url:
            return
        for held in book.registrations.values():
            if (held.is_stopped and held not in over) or not book.has_result(held):
                continue
            view = book.view(held)
            news = (len(view.happenings), view.sub_status)
            if news != held.told and (view.happenings or held.told != (0, "")):
                held.told = news
                self.compose(held, UPDATED)
            if held in over:
                self.compose(held, STOPPED)

    def start(self) -> None:
        """Send what is due without waiting for it, if the webhook is automatic."""
        webhook = self._book.webhook
        if webhook.url and webhook.automatic and self._due():
            threading.Thread(target=self.send_due, name="track17-webhook", daemon=True).start()

    def send_due(self) -> list[Push]:
        """Send what is due; return it. A second caller waits and then finds nothing left."""
        with self._sending:
            with self._book.lock:
                due, url = self._due(), self._book.webhook.url
            for push in due:
                self._send(push, url)
            return due

    def send_now(self, push: Push, url: str) -> Json:
        """Send one message once, outside the queue; return what was answered."""
        push.is_over = True
        return self._call(push, url)

    def _due(self) -> list[Push]:
        return [push for push in self.pushes if not push.is_over and push.due <= self._book.now]

    def _send(self, push: Push, url: str) -> None:
        answer = self._call(push, url)
        with self._book.lock:
            status = answer["status"] if isinstance(answer, dict) else None
            held = self._book.registrations.get(push.key)
            if held is not None:
                held.pushed = self._book.now
                held.push_status = "Success" if status == 200 else "Failure"
                held.push_code = status if isinstance(status, int) else 0
            push.is_over = status == 200 or push.attempts > len(_AGAIN)
            if not push.is_over:
                push.due = self._book.now + _AGAIN[push.attempts - 1]

    def _call(self, push: Push, url: str) -> Json:
        headers = {"content-type": "application/json"}
        if push.sign is not None:
            headers["sign"] = push.sign
        answer: dict[str, Json] = {"url": url, "status": None}
        try:
            answer["status"] = call("POST", url, headers, push.body).status
        except UnreachableError as error:
            answer["error"] = str(error)
        push.attempts += 1
        push.answers.append(answer)
        return answer
