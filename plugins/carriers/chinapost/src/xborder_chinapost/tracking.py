"""Where parcels are: the gateway's 040001, one number a call.

Which spelling of a field holds is not published; two clients read those below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from xborder_chinapost.event_codes import REVERSES
from xborder_chinapost.event_meanings import meaning
from xborder_chinapost.gateway import business_data, objects_in
from xborder_chinapost.kind import ChinaPostKind
from xborder_chinapost.numbers import cleaned
from xborder_chinapost.vocabulary import TIME
from xborder_sdk.errors import Refused
from xborder_sdk.hookspecs import TrackParcels
from xborder_sdk.models import Raw, Scan, Tracking, TrackingStatus, in_order
from xborder_sdk.reading import JsonObject, parse_time
from xborder_sdk.steps import Flow, Response

_LISTS: Final = ("responseItems", "traces", "tracks", "traceList")
_TIMES: Final = ("opTime", "acceptTime", "time")
_CODES: Final = ("opCode", "status")
_NAMES: Final = ("opName", "opDesc", "desc", "description")
_WORDS: Final = ("opDesc", "opName", "desc", "description")
_CITIES: Final = ("opOrgCity", "city")
_PROVINCES: Final = ("opOrgProvName",)

_NO_NEWS: Final = re.compile("无轨迹|无物流|暂无|查无|(邮件|运单|单)号?不存在|(未|没有)(查询?|找)到|无数据|无结果")
"""Words of a refusal that says of one number that nothing is known; its code is not published."""
_MILLISECONDS: Final = 10**11
"""Epoch numbers from here on are milliseconds; as seconds they would lie after the year 5000."""

# How a delivery went: fields of one client, whose values are taken for the two lists of results in the code table.
_RESULTS: Final = {
    TrackingStatus.DELIVERED: ("deliverCode", "signed:"),
    TrackingStatus.DELIVERY_ATTEMPTED: ("attemptDeliveryCode", "unsigned:"),
}


class ChinaPostTracking(ChinaPostKind):
    """Tracking."""

    def track(self, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        gateway = self._gateway("track")
        found: dict[str, Tracking] = {}
        for number in dict.fromkeys(map(cleaned, request.numbers)):
            try:
                response = yield from gateway.track(number)
            except Refused as refusal:
                if type(refusal) is not Refused or not _NO_NEWS.search(refusal.message):
                    raise
                found[number] = Tracking(number=number, found=False, vendor_note=refusal.message)
            else:
                found[number] = read_tracking(response, number, self._settings.zone)
        return tuple(found[cleaned(number)].replace(number=number) for number in request.numbers)


def read_tracking(response: Response, number: str, zone: ZoneInfo | None) -> Tracking:
    """What an answer says of a number.

    Args:
        response: The answer.
        number: The number.
        zone: The zone of its times; None where nobody knows.
    """
    data = business_data(response)
    events = [event for entry in data for name in _LISTS for event in entry.children(name)]
    if not events:  # `retBody` may also be the list itself, or hold it deeper
        whole = objects_in([each.data for each in data])
        events = [entry for entry in whole if any(name in entry for name in _TIMES)]
    if not events:
        events = [entry for entry in data if any(name in entry for name in _CODES)]
    raw = Raw(response.content)
    if not events:
        return Tracking(number=number, found=False, raw=raw)
    scans = without_reversed(in_order(tuple(_scan(event, zone) for event in events)))
    return Tracking.from_scans(number, scans, raw=raw)


def without_reversed(scans: Sequence[Scan]) -> tuple[Scan, ...]:
    """The scans, those that a later one takes back without a meaning of their own.

    China Post corrects a wrong scan by another ("delivery withdrawn"): both stay, and the parcel's state is as if the
    first had never been.

    Args:
        scans: Oldest first.
    """
    kept = list(scans)
    for index, scan in enumerate(scans):
        for earlier in range(index - 1, -1, -1):
            was = kept[earlier]
            if was.code in REVERSES.get(scan.code or "", ()) and was.reason != "reversed":
                kept[earlier] = was.replace(status=TrackingStatus.UNKNOWN, reason="reversed")
                break
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime | None
    local: str | None


def _scan(event: JsonObject, zone: ZoneInfo | None) -> Scan:
    code = _first(event, _CODES)
    code = code.strip().upper() if code is not None else None
    status, reason = meaning(code)
    if status in _RESULTS and reason is None:
        field, mark = _RESULTS[status]
        result = meaning(mark + (event.text_or_none(field) or ""))
        if result[0] is not TrackingStatus.UNKNOWN:
            status, reason = result
    # The longer words of a delivery may say who took it; the name of the scan does not.
    words = _NAMES if status is TrackingStatus.DELIVERED else _WORDS
    places = [place for place in (_first(event, _PROVINCES), _first(event, _CITIES)) if place]
    moment = _moment(_first(event, _TIMES), zone)
    return Scan(
        at=moment.at,
        local_time=moment.local,
        status=status,
        reason=reason,
        code=code,
        text=_first(event, words),
        place=" ".join(dict.fromkeys(places)) or None,
    )


def _first(event: JsonObject, names: Sequence[str]) -> str | None:
    return next((text for name in names if (text := event.text_or_none(name)) is not None), None)


def _moment(text: str | None, zone: ZoneInfo | None) -> _Moment:
    if text is None:
        return _Moment(None, None)
    if text.strip().isdecimal() and len(text.strip()) in {10, 13}:  # an instant, which no clock shows
        number = int(text)
        return _Moment(datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC), None)
    try:
        local = datetime.strptime(text.strip(), TIME)  # noqa: DTZ007 - the zone is the account's to tell
    except ValueError:
        try:
            local = datetime.fromisoformat(text.strip())
        except ValueError:
            return _Moment(None, text.strip())
    if local.tzinfo is not None:
        return _Moment(parse_time(local.isoformat()), local.isoformat())
    # Nobody tells whose clock it is: parcels are scanned in many countries, and a guessed zone would turn their order.
    at = parse_time(local.replace(tzinfo=zone).isoformat()) if zone is not None else None
    return _Moment(at, local.isoformat())
