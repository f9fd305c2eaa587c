"""The calls on numbers: each takes a list of up to 40 items and accepts or rejects every one of them.

Fields and rules: 17track.md section "Calls".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias, TypedDict

from xborder_sandbox.requests import Json
from xborder_sandbox.track17 import times
from xborder_sandbox.track17.book import Book, Registration
from xborder_sandbox.track17.carriers import CARRIERS
from xborder_sandbox.track17.errors import Rejection
from xborder_sandbox.track17.info import track_info

Item: TypeAlias = dict[str, Json]
Call: TypeAlias = Callable[[Book, Item, str], list[dict[str, Json]]]

_NUMBER = re.compile(r"[A-Za-z0-9-]{5,50}")
_LANGUAGES = ("en", "ja", "fr", "da", "th", "de", "es", "zh-hans")
_MOST_CHANGES = 5
_LANG_COST = 1


class Texts(TypedDict):
    """What a caller may say about a number."""

    tag: str | None
    lang: str | None
    param: str | None
    order_no: str | None
    order_time: str | None
    email: str | None
    remark: str | None


def number_of(item: Item) -> str:
    """Return the number of an item.

    Raises:
        Rejection: If there is none or it cannot be one.
    """
    number = item.get("number")
    if number in (None, ""):
        raise Rejection(-18010010, "number")
    if not isinstance(number, str) or not _NUMBER.fullmatch(number):
        raise Rejection(-18010012, number)
    return number.upper()


def carrier_in(item: Item, name: str = "carrier") -> int:
    """Return a carrier of an item; 0 where none is given.

    Raises:
        Rejection: If it is no known carrier.
    """
    key = item.get(name)
    if key in (None, 0):
        return 0
    if isinstance(key, bool) or not isinstance(key, int) or key not in CARRIERS:
        raise Rejection(-18019910, key)
    return key


def register(book: Book, item: Item, version: str) -> list[dict[str, Json]]:
    """Take a number in."""
    del version
    number, given, final = number_of(item), carrier_in(item), carrier_in(item, "final_carrier")
    texts = _texts(item)
    detects = item.get("auto_detection", True)
    if not isinstance(detects, bool):
        raise Rejection(-18010012, "auto_detection")
    key, origin = _carrier(book, number, given, detects)
    if book.of_number(number, given) or book.of_number(number, key):
        raise Rejection(-18019901, number)
    _charge(book, 1 + (_LANG_COST if texts["lang"] else 0))
    now = book.now
    held = Registration(number, key, origin, now, now, final, **texts)
    book.registrations[number, key] = held
    return [{"origin": origin, "number": number, "tag": held.tag, "carrier": key}]


def _texts(item: Item) -> Texts:
    found = Texts(
        tag=_text(item, "tag"),
        lang=_text(item, "lang"),
        param=_text(item, "param"),
        order_no=_text(item, "order_no"),
        order_time=_text(item, "order_time"),
        email=_text(item, "email"),
        remark=_text(item, "remark"),
    )
    if found["lang"] is not None and found["lang"] not in _LANGUAGES:
        raise Rejection(-18010015, found["lang"])
    if found["order_time"] is not None and times.read(found["order_time"]) is None:
        raise Rejection(-18010012, found["order_time"])
    return found


def _text(item: Item, name: str) -> str | None:
    value = item.get(name)
    if value is not None and not isinstance(value, str):
        raise Rejection(-18010012, name)
    return value or None


def _carrier(book: Book, number: str, given: int, detects: bool) -> tuple[int, int]:
    """Return the carrier and where it is from: 1 detected or corrected, 2 given and right, 3 a guess."""
    guess = book.guess(number)
    if given:
        if detects and guess is not None and guess[1] and guess[0] != given:
            return guess[0], 1
        return given, 2
    if not detects:
        raise Rejection(-18010010, "carrier")
    if guess is None:
        raise Rejection(-18019903)
    return guess[0], 1 if guess[1] else 3


def _charge(book: Book, units: int) -> None:
    today = f"{book.now:%Y-%m-%d}"
    if book.daily.get(today, 0) >= book.settings.max_track_daily:
        raise Rejection(-18019907)
    if book.quota_used + units > book.settings.quota_total:
        raise Rejection(-18019908)
    book.quota_used += units
    book.daily[today] = book.daily.get(today, 0) + 1


def _registered(book: Book, item: Item) -> list[Registration]:
    number = number_of(item)
    found = book.of_number(number, carrier_in(item))
    if not found:
        raise Rejection(-18019902, number)
    return found


def _brief(held: Registration) -> dict[str, Json]:
    return {"number": held.number, "carrier": held.carrier}


def get_track_info(book: Book, item: Item, version: str) -> list[dict[str, Json]]:
    """Tell what is known of a number."""
    found = _registered(book, item)
    if not any(book.has_result(held) for held in found):
        raise Rejection(-18019909)
    return [
        {
            **_brief(held),
            "param": held.param,
            "tag": held.tag,
            "track_info": track_info(book, held, version),
        }
        for held in found
        if book.has_result(held)
    ]


def stop_track(book: Book, item: Item, version: str) -> list[dict[str, Json]]:
    """Stop looking after a number."""
    del version
    found = [held for held in _registered(book, item) if not held.is_stopped]
    if not found:
        raise Rejection(-18019906)
    for held in found:
        held.stopped, held.stop_reason = book.now, "ByRequest"
    return [_brief(held) for held in found]


def retrack(book: Book, item: Item, version: str) -> list[dict[str, Json]]:
    """Look after a stopped number again; once."""
    del version
    found = [held for held in _registered(book, item) if held.is_stopped]
    if not found:
        raise Rejection(-18019904)
    if any(held.revived for held in found):
        raise Rejection(-18019905)
    for held in found:
        held.stopped, held.stop_reason, held.revived = None, None, book.now
    return [_brief(held) for held in found]


def delete_track(book: Book, item: Item, version: str) -> list[dict[str, Json]]:
    """Forget a number; the unit it cost is not given back."""
    del version
    found = _registered(book, item)
    for held in found:
        del book.registrations[held.number, held.carrier]
    return [_brief(held) for held in found]


def change_carrier(book: Book, item: Item, version: str) -> list[dict[str, Json]]:
    """Put a number under another carrier."""
    del version
    number, old = number_of(item), carrier_in(item, "carrier_old")
    found = book.of_number(number, old)
    if not found:
        raise Rejection(-18019805 if book.of_number(number, 0) else -18019902, number)
    if len(found) > 1:
        raise Rejection(-18019801)
    held = found[0]
    try:
        new, final = carrier_in(item, "carrier_new"), carrier_in(item, "final_carrier_new")
    except Rejection:
        raise Rejection(-18019802, item.get("carrier_new")) from None
    if not new and not final:
        raise Rejection(-18019804)
    if held.is_stopped:
        raise Rejection(-18019806)
    if held.changes >= _MOST_CHANGES:
        raise Rejection(-18019807)
    if not book.has_result(held):
        raise Rejection(-18019808)
    if (new or held.carrier) == held.carrier and (final or held.final_carrier) == held.final_carrier:
        raise Rejection(-18019803)
    if new and new != held.carrier and book.of_number(number, new):
        raise Rejection(-18019809, number)
    del book.registrations[held.number, held.carrier]
    held.carrier, held.final_carrier = new or held.carrier, final or held.final_carrier
    held.changes += 1
    held.waits_from = book.now
    book.registrations[held.number, held.carrier] = held
    return [_brief(held)]


def change_info(book: Book, item: Item, version: str) -> list[dict[str, Json]]:
    """Change tag, param or lang."""
    del version
    found = _registered(book, item)
    wish = item.get("items")
    if not isinstance(wish, dict) or not wish or not wish.keys() <= {"tag", "param", "lang"}:
        raise Rejection(-18019811)
    texts = _texts(wish)
    for held in found:
        held.tag = texts["tag"] if "tag" in wish else held.tag
        held.param = texts["param"] if "param" in wish else held.param
        held.lang = texts["lang"] if "lang" in wish else held.lang
    return [_brief(held) for held in found]
