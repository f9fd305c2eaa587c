"""Where parcels are, by the platform's own tracking, and which of them it calls problems.

Source: the official IOP Java SDK 1.3.5-ae (querytrackingresult, abnormalorder.query). `event_date` is an instant; the
vendor shows it in the time of the Pacific coast where it comes as text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from xborder_aliexpress import online_words as words
from xborder_aliexpress import pacific
from xborder_aliexpress import vocabulary as order_words
from xborder_aliexpress.action_codes import ACTION_CODES
from xborder_aliexpress.calls import whole_id
from xborder_aliexpress.online_kind import OnlineKind
from xborder_aliexpress.online_purchase import platform_country
from xborder_aliexpress.trade_order import trade_order
from xborder_sdk.errors import AuthenticationFailed, InvalidRequest, Refused, Throttled
from xborder_sdk.hookspecs import KnownParcel, TrackParcels
from xborder_sdk.models import Raw, Scan, Tracking, TrackingStatus
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow

_MILLISECONDS: Final = 10**11
"""Epoch numbers from here on are milliseconds; as seconds they would lie after the year 5000."""

_GOOD_ENVELOPE: Final = 200

_OWN_CODES: Final = frozenset(order_words.COUNTRY.values())
"""Countries that the platform may write otherwise than ISO: the order tells how."""

PROBLEM: Final = "problem_parcel"
"""`Scan.reason` of what the platform calls a problem; its own code and words stand beside it."""


class OnlineTracking(OnlineKind):
    """Tracking of parcels of the platform's orders, whoever carries them."""

    def track(self, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        """Asks for each number with its order, the service key it was declared under, and the country.

        Args:
            request: The numbers; `known` must tell the order of each. `carrier_code` is the platform's service key;
                without it, and without the country, the order is read.

        Raises:
            InvalidRequest: The order or the service of a number is not known.
        """
        found: list[Tracking] = []
        for number in request.numbers:
            parcel = request.parcel(number)
            if parcel.order_id is None:
                raise InvalidRequest(
                    "AliExpress finds a parcel only with its order",
                    field="known",
                    hint="give a KnownParcel with the order_id (xborder track --order)",
                )
            found.append((yield from self._tracking(parcel, parcel.order_id)))
        return tuple(found)

    def _tracking(self, parcel: KnownParcel, order_id: str) -> Flow[Tracking]:
        service, country = yield from self._service_and_country(parcel, order_id)
        query = {
            "logistics_no": parcel.number,
            "origin": words.ESCROW,
            "out_ref": order_id,
            "service_name": service,
            "to_area": country,
        }
        try:
            answer = yield from self._calls.read(words.TRACK, query)
        except Refused as refusal:
            # This call has no code for a parcel nobody has seen yet: it says no in words. What has a code is a refusal.
            if type(refusal) is not Refused or refusal.code is not None or refusal.status != _GOOD_ENVELOPE:
                raise
            tracking = Tracking(number=parcel.number, found=False, vendor_note=refusal.message)
        else:
            tracking = read_tracking(answer.body, answer.raw, parcel.number, self.connector.now())
        if not self._settings.problem_parcels or tracking.status.is_final:
            return tracking
        return (yield from self._with_problems(tracking, order_id))

    def _service_and_country(self, parcel: KnownParcel, order_id: str) -> Flow[tuple[str, str]]:
        """META and SDK know two families of service codes. Tracking wants the one of shipping notices, so what the
        order itself says of the number goes before the code that the shipment was bought as."""
        service = parcel.carrier_code or self._configured(parcel)
        if service is not None and parcel.country is not None and parcel.country not in _OWN_CODES:
            return service, parcel.country
        order = yield from trade_order(self._calls, self._settings, order_id, "known")
        country = order.country if parcel.country is None else platform_country(parcel.country, order.country)
        if service is None:
            for declared in order.found.children("logistic_info_list"):
                if declared.text_or_none("logistics_no") == parcel.number:
                    service = declared.text_or_none("logistics_type_code")
        service = service or parcel.service
        if service is None or country is None:
            missing = "the service it was declared under" if service is None else "its country"
            raise InvalidRequest(
                f"AliExpress finds a parcel only with {missing}, and the order does not tell it",
                field="known",
                hint="give a KnownParcel with the platform's service key as carrier_code, and the country",
            )
        return service, country

    def _configured(self, parcel: KnownParcel) -> str | None:
        """The service key of one's own carrier, as the settings name it for shipping notices."""
        if parcel.carrier is None:
            return None
        keys = self._settings.carriers
        return keys.get(f"{parcel.carrier}/{parcel.service}") or keys.get(parcel.carrier)

    def _with_problems(self, tracking: Tracking, order_id: str) -> Flow[Tracking]:
        query = {
            "trade_order_id": whole_id(order_id, "known"),
            "intl_tracking_no": tracking.number,
            "current_page": 1,
            "page_size": 20,
        }
        try:
            answer = yield from self._calls.read(words.PROBLEMS, query)
        except (Throttled, AuthenticationFailed):
            raise
        except Refused as refusal:
            # A group of calls of its own, which the application may not have: what tracking has told still holds.
            note = f"problem parcels are not told: {refusal.message}"
            return tracking.replace(vendor_note="; ".join(filter(None, (tracking.vendor_note, note))))
        listed = answer.body.children("result")
        # Not simplified, the list is an object around one array named after its type.
        listed += [each for found in listed for name in found.data for each in found.children(name)]
        problems = tuple(
            _problem(found)
            for found in listed
            if found.text_or_none("intl_tracking_no") == tracking.number
            and (found.text_or_none("abnormal_code") or found.text_or_none("abnormal_reason"))
        )
        if not problems:
            return tracking
        return Tracking.from_scans(tracking.number, tracking.scans + problems, raw=tracking.raw)


def _problem(found: JsonObject) -> Scan:
    # No document names the zone of these times, so they stay local.
    return Scan(
        local_time=found.text_or_none("gmt_status_update"),
        status=TrackingStatus.EXCEPTION,
        reason=PROBLEM,
        code=found.text_or_none("abnormal_code"),
        text=found.text_or_none("abnormal_reason"),
        place=found.text_or_none("warehouse_name"),
    )


def read_tracking(answer: JsonObject, raw: Raw, number: str, now: datetime) -> Tracking:
    """What an answer of querytrackingresult says of a number.

    Args:
        answer: The answer.
        raw: The same, as it came.
        number: The number.
        now: The present, aware.
    """
    scans = [_scan(found, now) for found in answer.children("details")]
    if not scans:
        return Tracking(number=number, found=False, vendor_note=answer.text_or_none("error_desc"), raw=raw)
    return Tracking.from_scans(number, scans, raw=raw)


def _scan(found: JsonObject, now: datetime) -> Scan:
    code = found.text_or_none("action_code")
    status, reason = ACTION_CODES.get((code or "").strip().upper(), (TrackingStatus.UNKNOWN, None))
    told = found.text_or_none("event_date")
    at = _moment(told, now)
    return Scan(
        at=at,
        local_time=None if at is not None and (told or "").strip().isdecimal() else told,  # epoch is no place's time
        status=status,
        reason=reason,
        code=code,
        text=found.text_or_none("event_desc"),
        place=found.text_or_none("address"),
        signed_by=found.text_or_none("signed_name"),
    )


def _moment(text: str | None, now: datetime) -> datetime | None:
    """A moment that came as epoch milliseconds or seconds, as ISO 8601 with a zone, or as Pacific wall-clock time."""
    told = (text or "").strip()
    if told.isascii() and told.isdecimal():
        try:
            number = int(told)
            return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)
        except (OverflowError, OSError, ValueError):
            return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return pacific.read_latest(told, now)
    return moment if moment.tzinfo is not None else pacific.read_latest(told, now)
