"""What a tracker can be told about a number it follows: to stop, or that another carrier has it."""

from __future__ import annotations

from typing import Any

from xborder_sdk.errors import InvalidRequest, MalformedResponse
from xborder_sdk.hookspecs import ChangeCarrier, StopTracking
from xborder_sdk.models import StoppedTracking
from xborder_sdk.steps import Flow
from xborder_track17.kind import Track17Kind, batches, data_of, given_key, is_a_number, key, rejections, sent
from xborder_track17.vocabulary import CARRIERS, CODES, NOT_FOLLOWED, Code, words_of


class Track17Following(Track17Kind):
    """Stopping, and changing the carrier."""

    def stop_tracking(self, request: StopTracking) -> Flow[tuple[StoppedTracking, ...]]:
        asked = {key(number): sent(number) for number in request.numbers if is_a_number(sent(number))}
        accepted: set[str] = set()
        codes: dict[str, int | None] = {}
        for batch in batches(list(asked.values())):
            body = [{"number": number} for number in batch]
            response = yield from self.api.idempotent("POST", self._path("stoptrack"), json=body)
            data = data_of(response)
            accepted |= {key(told) for entry in data.children("accepted") if (told := entry.text_or_none("number"))}
            codes |= rejections(data)
        return tuple(_stopped(number, accepted, codes) for number in request.numbers)

    def change_carrier(self, request: ChangeCarrier) -> Flow[None]:
        number = sent(request.number)
        if not is_a_number(number):
            raise InvalidRequest("17TRACK takes 5 to 50 letters, digits and hyphens", field="number")
        entry: dict[str, Any] = {"number": number, "carrier_new": self._new_carrier(request)}
        if request.former_code is not None:
            entry["carrier_old"] = given_key(request.former_code, "former_code")
        response = yield from self.api.idempotent("POST", self._path("changecarrier"), json=[entry])
        data = data_of(response)
        codes = rejections(data)
        if key(number) in codes:
            code = codes[key(number)]
            meant = CODES.get(code or 0, Code("17TRACK gives no known reason"))
            message = f"17TRACK does not change the carrier: {meant.meaning}"
            raise meant.error(
                message, status=response.status, code=None if code is None else str(code), hint=meant.hint
            )
        if not any(key(entry.text_or_none("number") or "") == key(number) for entry in data.children("accepted")):
            raise MalformedResponse("the answer neither accepts nor rejects the number")

    def _new_carrier(self, request: ChangeCarrier) -> int:
        if request.carrier_code is not None:
            return given_key(request.carrier_code, "carrier_code")
        found = (CARRIERS | self._settings.carriers).get(request.carrier or "")
        if found is None:
            hint = "give carrier_code, or add it to the account's carriers"
            raise InvalidRequest("17TRACK's key of this carrier is not known", field="carrier", hint=hint)
        return found


def _stopped(number: str, accepted: set[str], codes: dict[str, int | None]) -> StoppedTracking:
    if key(number) in accepted:
        return StoppedTracking(number=number, stopped=True)
    if not is_a_number(sent(number)):
        return StoppedTracking(number=number, stopped=False, vendor_note="no number that 17TRACK could follow")
    code = codes.get(key(number))
    # What is not followed, or stopped already, is as wished.
    return StoppedTracking(number=number, stopped=code in NOT_FOLLOWED, vendor_note=words_of(code))
