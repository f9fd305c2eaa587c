"""The sandbox's own handles on the simulator: `POST /_admin/chinapost/<action>`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import cast

from xborder_sandbox.chinapost.form import CHINA
from xborder_sandbox.chinapost.journey import SIGNED_BY_ADDRESSEE, Event, Office, offices
from xborder_sandbox.chinapost.office import PostOffice
from xborder_sandbox.chinapost.store import Mail, Settings
from xborder_sandbox.errors import AdminError
from xborder_sandbox.requests import Json

Action = Callable[[PostOffice, dict[str, Json]], dict[str, Json]]

_CHOICES = {
    "funds": ("good", "low", "frozen"),
    "number_field": ("waybillNo", "waybill_no"),
    "body_form": ("text", "object"),
    "track_form": ("list", "responseItems", "traces"),
}


def settings(office: PostOffice, body: dict[str, Json]) -> dict[str, Json]:
    """Set some of the settings; answer with all of them."""
    held = office.store.settings
    for name, value in body.items():
        if name not in Settings.__dataclass_fields__:
            raise AdminError(f"unknown setting {name!r}; there are: {', '.join(Settings.__dataclass_fields__)}")
        if name in _CHOICES and value not in _CHOICES[name]:
            raise AdminError(f"{name} must be one of: {', '.join(_CHOICES[name])}")
        if name == "special_characters":
            if not isinstance(value, list) or not all(isinstance(sign, str) and sign for sign in value):
                raise AdminError("special_characters must be a list of texts")
        elif name not in _CHOICES and (isinstance(value, bool) or not isinstance(value, int) or value < -1):
            raise AdminError(f"{name} must be a whole number")
    for name, value in body.items():
        setattr(held, name, value)
    return settings_picture(held)


def settings_picture(held: Settings) -> dict[str, Json]:
    """Return the settings as JSON."""
    return cast("dict[str, Json]", asdict(held))


def accept(office: PostOffice, body: dict[str, Json]) -> dict[str, Json]:
    """Hand `waybill` over now: the post office has it, and the rest of its journey moves with it."""
    mail, now = _mail(office, body), office.now.astimezone(CHINA)
    if mail.is_accepted(now) or mail.cancelled is not None:
        raise AdminError("the parcel was accepted or cancelled before")
    shift = min((event.at for event in mail.events), default=now) - now
    mail.events = [Event(e.at - shift, e.code, e.office, e.signed, e.unsigned) for e in mail.events]
    return _told(mail, now)


def add_scan(office: PostOffice, body: dict[str, Json]) -> dict[str, Json]:
    """Add an event to `waybill`: `code` (any), optional `at` (ISO) and `place`."""
    mail = _mail(office, body)
    code = _text(body, "code")
    if not code:
        raise AdminError("code must be a text")
    mail.events.append(Event(_moment(office, body).astimezone(CHINA), code, _place(office, mail, body)))
    return _told(mail, office.now)


def deliver(office: PostOffice, body: dict[str, Json]) -> dict[str, Json]:
    """Deliver `waybill` now; what was planned falls away."""
    mail, now = _mail(office, body), office.now.astimezone(CHINA)
    mail.forget_future(now)
    mail.events.append(Event(now, "463", _place(office, mail, {}), signed=SIGNED_BY_ADDRESSEE))
    return _told(mail, now)


def lose(office: PostOffice, body: dict[str, Json]) -> dict[str, Json]:
    """Lose `waybill`: nothing happens to it any more, until it is paid for in 60 days."""
    mail, now = _mail(office, body), office.now.astimezone(CHINA)
    mail.forget_future(now)
    mail.events.append(Event(now + timedelta(days=60), "987", _place(office, mail, {"place": "export"})))
    return _told(mail, now)


ACTIONS: dict[str, Action] = {
    "settings": settings,
    "accept": accept,
    "add_scan": add_scan,
    "deliver": deliver,
    "lose": lose,
}


def picture_of_event(event: Event) -> dict[str, Json]:
    """Return an event as JSON."""
    return {"at": event.at.isoformat(), "code": event.code, "name": event.name, "city": event.office.city}


def _told(mail: Mail, now: datetime) -> dict[str, Json]:
    return {"waybill": mail.number, "scans": [picture_of_event(event) for event in mail.visible(now)]}


def _mail(office: PostOffice, body: dict[str, Json]) -> Mail:
    mail = office.store.mails.get(_text(body, "waybill"))
    if mail is None:
        raise AdminError("waybill must be the number of a parcel of this sandbox")
    return mail


def _text(body: dict[str, Json], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise AdminError(f"{name} must be a text")
    return value


def _moment(office: PostOffice, body: dict[str, Json]) -> datetime:
    text = _text(body, "at")
    if not text:
        return office.now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise AdminError("at must be an ISO 8601 date and time") from None
    if at.tzinfo is None:
        raise AdminError("at needs an offset from UTC")
    return at


def _place(office: PostOffice, mail: Mail, body: dict[str, Json]) -> Office:
    account = office.account(mail.sender_no)
    known = offices(mail.order, account.wh_code if account else "")
    name = _text(body, "place") or "delivery"
    if name not in known:
        raise AdminError(f"place must be one of: {', '.join(known)}")
    return known[name]
