"""The sandbox's own handles on the simulator: `POST /_admin/track17/<action>`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import cast

from xborder_sandbox.errors import AdminError
from xborder_sandbox.loopback import split_endpoint
from xborder_sandbox.requests import Json
from xborder_sandbox.track17.book import Book, Registration, Settings
from xborder_sandbox.track17.journey import Happening
from xborder_sandbox.track17.statuses import ALL
from xborder_sandbox.track17.webhook import SIGNATURES, STOPPED, UPDATED, Messenger, Push

Action = Callable[[Book, Messenger, dict[str, Json]], dict[str, Json]]

NOTIFY_FIELDS = {"number", "event", "signature", "url", "times", "padding", "replay"}
_CHOICES = {"event_order": ("newest-first", "oldest-first"), "account": ("good", "disabled")}
_MAX_PADDING = 50_000_000


def settings(book: Book, messenger: Messenger, body: dict[str, Json]) -> dict[str, Json]:  # noqa: ARG001
    """Set some of the settings; answer with all of them."""
    for name, value in body.items():
        if name not in Settings.__dataclass_fields__:
            raise AdminError(f"unknown setting {name!r}; there are: {', '.join(Settings.__dataclass_fields__)}")
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                raise AdminError(f"{name} must be one of: {', '.join(_CHOICES[name])}")
        elif isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise AdminError(f"{name} must be a whole number that is not negative")
    with book.lock:
        for name, value in body.items():
            setattr(book.settings, name, value)
        return cast("dict[str, Json]", asdict(book.settings))


def webhook(book: Book, messenger: Messenger, body: dict[str, Json]) -> dict[str, Json]:  # noqa: ARG001
    """Set the address that news goes to, as the console does; an empty `url` is none. Optional `automatic`."""
    url, automatic = body.get("url", book.webhook.url), body.get("automatic", book.webhook.automatic)
    if not isinstance(url, str) or (url and split_endpoint(url) is None):
        raise AdminError("url must be an http or https address, or empty")
    if not isinstance(automatic, bool):
        raise AdminError("automatic must be true or false")
    with book.lock:
        book.webhook.url, book.webhook.automatic = url, automatic
    return {"url": url, "automatic": automatic}


def deliver(book: Book, messenger: Messenger, body: dict[str, Json]) -> dict[str, Json]:  # noqa: ARG001
    """Send the news there is and what is to be sent again by now; tell what was answered."""
    if not book.webhook.url:
        raise AdminError("set the address first, with the action webhook")
    with book.lock:
        messenger.look_for_news()
    return {"pushes": [push.picture() for push in messenger.send_due()]}


def notify(book: Book, messenger: Messenger, body: dict[str, Json]) -> dict[str, Json]:
    """Send one message about `number`, in whatever state, and tell what was answered."""
    unknown = body.keys() - NOTIFY_FIELDS
    if unknown:
        raise AdminError(f"unknown fields: {', '.join(sorted(unknown))}")
    url, times = body.get("url", book.webhook.url), body.get("times", 1)
    if not isinstance(url, str) or split_endpoint(url) is None:
        raise AdminError("url must be an http or https address")
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= 100:
        raise AdminError("times must be a whole number from 1 to 100")
    with book.lock:
        push = _message(book, messenger, body)
    answers = [messenger.send_now(push, url) for _ in range(times)]
    return {"id": push.id, "answers": answers}


def _message(book: Book, messenger: Messenger, body: dict[str, Json]) -> Push:
    if "replay" in body:
        found = next((push for push in messenger.pushes if push.id == body["replay"]), None)
        if found is None:
            raise AdminError(f"no message {body['replay']!r} was sent")
        return found
    signature, event, padding = body.get("signature", "valid"), body.get("event", UPDATED), body.get("padding", 0)
    if not isinstance(signature, str) or signature not in SIGNATURES:
        raise AdminError(f"signature must be one of {', '.join(SIGNATURES)}")
    if not isinstance(event, str) or event not in (UPDATED, STOPPED):
        raise AdminError(f"event must be {UPDATED} or {STOPPED}")
    if isinstance(padding, bool) or not isinstance(padding, int) or not 0 <= padding <= _MAX_PADDING:
        raise AdminError(f"padding must be a whole number up to {_MAX_PADDING}")
    push = messenger.compose(_registration(book, body), event, signature, padding)
    push.is_over = True
    return push


def add_event(book: Book, messenger: Messenger, body: dict[str, Json]) -> dict[str, Json]:
    """Let `sub_status` happen to `number`; optional `at` (ISO), `text`, `city`, `country`."""
    with book.lock:
        held = _registration(book, body)
        sub_status = _text(body, "sub_status")
        if sub_status not in ALL:
            raise AdminError(f"sub_status must be one of: {', '.join(ALL)}")
        happening = Happening(
            _moment(book, body),
            sub_status,
            _text(body, "text") or sub_status,
            _text(body, "city") or "NOWHERE",
            _text(body, "country") or "US",
        )
        book.added.setdefault(held.number, []).append(happening)
        messenger.look_for_news()
        status = book.view(held).sub_status
    messenger.start()
    return {"number": held.number, "status": status}


ACTIONS: dict[str, Action] = {
    "settings": settings,
    "webhook": webhook,
    "deliver": deliver,
    "notify": notify,
    "add_event": add_event,
}


def _registration(book: Book, body: dict[str, Json]) -> Registration:
    found = book.of_number(_text(body, "number").upper(), 0)
    if not found:
        raise AdminError("number must be registered")
    return found[0]


def _text(body: dict[str, Json], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise AdminError(f"{name} must be a text")
    return value


def _moment(book: Book, body: dict[str, Json]) -> datetime:
    text = _text(body, "at")
    if not text:
        return book.now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise AdminError("at must be an ISO 8601 date and time") from None
    if at.tzinfo is None:
        raise AdminError("at needs an offset from UTC")
    return at
