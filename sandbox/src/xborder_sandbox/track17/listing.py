"""gettracklist: the registered numbers, filtered, forty to a page.

The shape of the answer is that of the vendor's example for v2.2, as public clients quote it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from xborder_sandbox.requests import Json
from xborder_sandbox.track17 import times
from xborder_sandbox.track17.book import Book, Registration
from xborder_sandbox.track17.errors import CallError
from xborder_sandbox.track17.statuses import SUB_STATUSES

_PAGE = 40
_NEVER = datetime.min.replace(tzinfo=UTC)
_STATES = ("Tracking", "Stopped")


def _tracked(book: Book, held: Registration) -> datetime | None:
    return (held.stopped or book.now) if book.has_result(held) else None


_MOMENTS: dict[str, Callable[[Book, Registration], datetime | None]] = {
    "register_time": lambda _, held: held.registered,
    "track_time": _tracked,
    "push_time": lambda _, held: held.pushed,
}
_ORDERS = {"RegisterTime": "register_time", "TrackTime": "track_time", "PushTime": "push_time"}
_FIELDS = {
    "number",
    "carrier",
    "data_origin",
    "package_status",
    "tracking_status",
    "page_no",
    "order_by",
    *(f"{name}_{edge}" for name in _MOMENTS for edge in ("from", "to")),
}


def track_list(book: Book, wish: object) -> dict[str, Json]:
    """Return a page of numbers.

    Raises:
        CallError: If the filter cannot be read.
    """
    if not isinstance(wish, dict):
        raise CallError(-18010013)
    unknown = wish.keys() - _FIELDS
    if unknown:
        raise CallError(-18010013)
    found = [held for held in book.registrations.values() if _fits(book, held, wish)]
    moment, is_descending = _order(wish.get("order_by") or "RegisterTimeDesc")
    found.sort(key=lambda held: _MOMENTS[moment](book, held) or _NEVER, reverse=is_descending)
    page = wish.get("page_no", 1)
    if isinstance(page, bool) or not isinstance(page, int) or page < 1:
        raise CallError(-18010011, about="page_no")
    rows: list[Json] = [_row(book, held) for held in found[(page - 1) * _PAGE : page * _PAGE]]
    return {
        "page": {
            "data_total": len(found),
            "page_total": -(-len(found) // _PAGE),
            "page_no": page,
            "page_size": _PAGE,
        },
        "code": 0,
        "data": {"accepted": rows, "rejected": []},
    }


def _fits(book: Book, held: Registration, wish: dict[str, Json]) -> bool:
    numbers = wish.get("number")
    if numbers and held.number not in [part.strip().upper() for part in str(numbers).split(",")]:
        return False
    if wish.get("carrier") not in (None, 0, held.carrier):
        return False
    if wish.get("data_origin") not in (None, "", "Api"):
        return False
    package, tracking = wish.get("package_status"), wish.get("tracking_status")
    if package and package not in SUB_STATUSES:
        raise CallError(-18010015, about=package)
    if tracking and tracking not in _STATES:
        raise CallError(-18010015, about=tracking)
    if package and package != _status(book, held):
        return False
    if tracking and tracking != _STATES[held.is_stopped]:
        return False
    return all(_within(moment(book, held), wish, name) for name, moment in _MOMENTS.items())


def _within(at: datetime | None, wish: dict[str, Json], name: str) -> bool:
    for edge in ("from", "to"):
        text = wish.get(f"{name}_{edge}")
        if not text:
            continue
        limit = times.read(str(text))
        if limit is None:
            raise CallError(-18010012, about=f"{name}_{edge}")
        if at is None or (at < limit if edge == "from" else at > limit):
            return False
    return True


def _order(text: Json) -> tuple[str, bool]:
    for word, is_descending in (("Asc", False), ("Desc", True)):
        if isinstance(text, str) and text.endswith(word) and text.removesuffix(word) in _ORDERS:
            return _ORDERS[text.removesuffix(word)], is_descending
    raise CallError(-18010015, about=text)


def _status(book: Book, held: Registration) -> str:
    return book.view(held).status if book.has_result(held) else "NotFound"


def _utc(at: datetime | None) -> str | None:
    return times.write_utc(at) if at else None


def _row(book: Book, held: Registration) -> dict[str, Json]:
    view = book.view(held)
    happenings = view.happenings if book.has_result(held) else ()
    last = happenings[-1] if happenings else None
    delivered = next((found.at for found in happenings if found.sub_status == "Delivered_Other"), None)
    picked_up = next((found.at for found in happenings if found.sub_status == "InTransit_PickedUp"), None)
    origin, destination = view.journey.origin, view.journey.destination
    return {
        "number": held.number,
        "param": held.param,
        "param_type": "None",
        "data_origin": "Api",
        "carrier": held.carrier,
        "shipping_country": origin.country if origin and happenings else None,
        "final_carrier": held.final_carrier,
        "recipient_country": destination.country if destination and happenings else None,
        "register_time": times.write_utc(held.registered),
        "tracking_status": _STATES[held.is_stopped],
        "package_status": _status(book, held),
        "track_time": _utc(_tracked(book, held)),
        "push_time": _utc(held.pushed),
        "push_status": held.push_status,
        "push_status_code": held.push_code,
        "stop_track_time": _utc(held.stopped),
        "stop_track_reason": held.stop_reason,
        "is_retracked": held.revived is not None,
        "carrier_change_count": held.changes,
        "tag": held.tag,
        "email": held.email or "",
        "order_no": held.order_no,
        "order_time": held.order_time,
        "lang": held.lang or "",
        "remark": held.remark,
        "latest_event_time": times.write_local(last.at) if last else None,
        "latest_event_info": f"{last.city},{last.text}" if last else None,
        "delievery_time": _utc(delivered),
        "pickup_time": _utc(picked_up),
    }
