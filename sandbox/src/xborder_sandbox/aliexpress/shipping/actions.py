"""Admin actions about parcels, what the scenarios and pictures have of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from xborder_sandbox import parcels as board
from xborder_sandbox.aliexpress.handover.bags import BagBook
from xborder_sandbox.aliexpress.shipping.book import ShippingBook
from xborder_sandbox.aliexpress.shipping.journey import SCAN_OF_STATUS, Scan
from xborder_sandbox.aliexpress.shipping.parcel import Parcel
from xborder_sandbox.aliexpress.shipping.services import COUNTRIES, SERVICES
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.errors import AdminError
from xborder_sandbox.parcels import Place, Sighting, Stage
from xborder_sandbox.requests import Json

_CHINA = ZoneInfo("Asia/Shanghai")
_LONGEST_DELAY = 365 * 86_400

_STAGES = {
    "PU_PICKUP_SUCCESS": Stage.PICKED_UP,
    "LH_DEPART": Stage.LEFT_COUNTRY,
    "LH_ARRIVE": Stage.REACHED_COUNTRY,
    "CC_IM_START": Stage.IN_CUSTOMS,
    "CC_IM_FAILURE": Stage.HELD_BY_CUSTOMS,
    "CC_IM_SUCCESS": Stage.CLEARED,
    "GTMS_DELIVERING": Stage.OUT_FOR_DELIVERY,
    "GTMS_RE_DELIVERING": Stage.OUT_FOR_DELIVERY,
    "GTMS_DEL_FAILURE": Stage.NOBODY_HOME,
    "GTMS_SIGNED": Stage.DELIVERED,
    "SC_INBOUND_FAILURE": Stage.REFUSED,
}


def number_delay(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Say how many seconds numbers take, of one route or all; null gives the routes' own back."""
    delays, key, seconds = shop.part(ShippingBook).delays, body.get("service"), body.get("seconds")
    if seconds is not None and (
        isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= _LONGEST_DELAY
    ):
        raise AdminError("seconds must be a whole number, or null for the routes' own")
    if key is None:
        delays.everywhere = seconds
        delays.by_service.clear()
    elif key not in SERVICES:
        raise AdminError(f"there is no service {key!r}; there are: {', '.join(SERVICES)}")
    elif seconds is None:
        delays.by_service.pop(str(key), None)
    else:
        delays.by_service[str(key)] = seconds
    return {"delays": {service.key: delays.of(service) for service in SERVICES.values()}}


def assign_number(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Give a parcel its number now."""
    parcel = _parcel(shop, body)
    parcel.number_at = min(parcel.number_at, shop.now)
    return {"parcel": _picture(parcel, shop.now)}


def scan(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Let something happen to a parcel now: a state, or any action code, even an unknown one.

    With `stop` nothing that was planned happens after it; a state always stops what was planned.
    """
    parcel, now = _parcel(shop, body), shop.now
    status, code, stop = body.get("status"), body.get("action_code"), body.get("stop", False)
    if (status is None) == (code is None):
        raise AdminError("give either status or action_code")
    if not isinstance(stop, bool):
        raise AdminError("stop must be true or false")
    if parcel.closed is not None:
        raise AdminError("the parcel is closed")
    if status == "closed":
        parcel.closed = now
        return {"parcel": _picture(parcel, now)}
    if status is not None and status not in SCAN_OF_STATUS:
        raise AdminError(f"there is no status {status!r}; there are: {', '.join(SCAN_OF_STATUS)}, closed")
    parcel.number_at = min(parcel.number_at, now)
    book = shop.part(ShippingBook)
    if status is not None or stop:
        book.stop(parcel)
    place = str(body.get("address", parcel.service.warehouse.name))
    note, name = str(body.get("event_desc", "")), str(body.get("signed_name", ""))
    parcel.scans.append(Scan(now, SCAN_OF_STATUS[str(status)] if status else str(code), place, name, note))
    parcel.started = parcel.started or now
    return {"parcel": _picture(parcel, now)}


def unpaid_freight(shop: Shop, body: dict[str, Json]) -> dict[str, Json]:
    """Say whether a seller owes freight; nothing can be booked then."""
    account, on = str(body.get("account", "ae-shop")), body.get("on", True)
    if account not in shop.tokens.sellers:
        raise AdminError(f"there is no seller {account!r}")
    if not isinstance(on, bool):
        raise AdminError("on must be true or false")
    unpaid = shop.part(ShippingBook).unpaid_sellers
    unpaid.add(account) if on else unpaid.discard(account)
    return {"unpaid": [*sorted(unpaid)]}


def _parcel(shop: Shop, body: dict[str, Json]) -> Parcel:
    """Return the parcel that `parcel` names: its number, LP number or id."""
    name = str(body.get("parcel", ""))
    for parcel in shop.part(ShippingBook).all():
        if name in (parcel.number, parcel.code, str(parcel.order_id)):
            return parcel
    raise AdminError(f"there is no parcel {name!r}")


def load(shop: Shop, _scenario: str) -> None:
    """Show the parcels on the board; none is booked beforehand."""
    shop.world.parcels.show("aliexpress", lambda number: _sighted(shop, number))


def tick(shop: Shop) -> None:
    """Let parcels set off that are due."""
    shop.part(ShippingBook).settle()


def picture(shop: Shop) -> dict[str, Json]:
    """Return every parcel and bag."""
    now = shop.now
    return {
        "parcels": [_picture(parcel, now) for parcel in shop.part(ShippingBook).all()],
        "bags": [
            {
                "content_id": bag.content_id,
                "handover_order_id": bag.handover_order_id,
                "code": bag.code,
                "account": bag.seller,
                "type": bag.way,
                "parcels": [parcel.code for parcel in bag.parcels],
                "taken": bag.is_taken(now),
                "cancelled": bag.is_cancelled,
            }
            for bag in shop.part(BagBook).all()
        ],
    }


def _picture(parcel: Parcel, now: datetime) -> dict[str, Json]:
    return {
        "logistics_order_id": parcel.order_id,
        "out_order_code": parcel.code,
        "international_logistics_num": parcel.known_number(now),
        "number_to_come": parcel.number,
        "account": parcel.seller,
        "trade_order_id": parcel.trade_order_id,
        "service": parcel.service.key,
        "pickup_type": parcel.way,
        "status": parcel.status(now),
        "created": parcel.created.isoformat(),
        "story": parcel.story,
        "bag": parcel.bag,
        "scans": [{"action_code": entry.code, "at": entry.at.isoformat()} for entry in parcel.seen(now)],
    }


def _sighted(shop: Shop, number: str) -> board.Parcel | None:
    with shop.lock:
        parcel = shop.part(ShippingBook).any(number)
        if parcel is None or parcel.known_number(shop.now) != number:
            return None
        country = parcel.receiver.country
        return board.Parcel(
            number=number,
            carrier="Cainiao",
            service=parcel.service.solution,
            origin=Place("CN"),
            destination=Place(country, parcel.receiver.city, parcel.receiver.post_code),
            grams=parcel.weight,
            sightings=tuple(
                Sighting(
                    entry.at.astimezone(_CHINA),
                    _STAGES.get(entry.code, Stage.MOVING),
                    entry.text,
                    "",
                    country if entry.place == COUNTRIES.get(country) else "CN",
                )
                for entry in parcel.seen(shop.now)
            ),
        )


ACTIONS: dict[str, Callable[[Shop, dict[str, Json]], dict[str, Json]]] = {
    "number_delay": number_delay,
    "assign_number": assign_number,
    "scan": scan,
    "unpaid_freight": unpaid_freight,
}
