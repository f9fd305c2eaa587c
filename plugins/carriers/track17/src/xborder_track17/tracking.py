"""Following numbers: asking, registering what is not registered, and asking again.

A number is asked for without its carrier unless the caller names 17TRACK's own key: under another carrier than it was
registered with it would count as not registered, and registering it again costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from xborder_sdk.hookspecs import KnownParcel, TrackParcels
from xborder_sdk.models import Raw, Tracking
from xborder_sdk.steps import Flow, Response
from xborder_track17.kind import (
    Track17Kind,
    batches,
    carrier_key,
    data_of,
    given_key,
    is_a_number,
    key,
    rejections,
    sent,
)
from xborder_track17.reading import read_tracking
from xborder_track17.vocabulary import CODES, DAILY_CAP, NOT_REGISTERED, NOTHING_YET, QUOTA_GONE, REGISTERED, words_of

_Known = Mapping[str, tuple[int, KnownParcel]]

_NO_MORE: Final = frozenset({DAILY_CAP, QUOTA_GONE})


@dataclass
class _Answers:
    """What was said so far, by number."""

    found: dict[str, Tracking] = field(default_factory=dict)
    rejected: dict[str, int | None] = field(default_factory=dict)


class Track17Tracking(Track17Kind):
    """Tracking."""

    def track(self, request: TrackParcels) -> Flow[tuple[Tracking, ...]]:
        asked = {key(number): sent(number) for number in request.numbers if is_a_number(sent(number))}
        known = {key(parcel.number): (n, parcel) for n, parcel in enumerate(request.known)}
        registrations = {number: self._registration(known.get(number), text) for number, text in asked.items()}
        answers = _Answers()
        yield from self._ask(asked, known, answers)
        unknown = [number for number, code in answers.rejected.items() if code == NOT_REGISTERED]
        if unknown and self._settings.register_unknown:
            registered = yield from self._register([registrations[number] for number in unknown], answers)
            yield from self._ask({number: asked[number] for number in registered}, known, answers)
        if not any(tracking.found for tracking in answers.found.values()):
            _raise_for_quota(answers.rejected.values())
        return tuple(_answer(number, answers) for number in request.numbers)

    def _registration(self, known: tuple[int, KnownParcel] | None, number: str) -> dict[str, Any]:
        made: dict[str, Any] = {"number": number}
        if known is not None:
            position, parcel = known
            carrier = carrier_key(parcel, self._settings, f"known.{position}")
            if carrier is not None:
                made["carrier"] = carrier
            if parcel.order_id is not None:
                made["order_no"] = parcel.order_id
            if parcel.postal_code is not None and self._settings.send_postal_code:
                made["param"] = parcel.postal_code
        if self._settings.language is not None:
            made["lang"] = self._settings.language
        return made

    def _ask(self, numbers: dict[str, str], known: _Known, answers: _Answers) -> Flow[None]:
        for batch in batches(list(numbers.items())):
            body = []
            for number, text in batch:
                entry: dict[str, Any] = {"number": text}
                position, parcel = known.get(number, (0, None))
                if parcel is not None and parcel.carrier_code is not None:
                    entry["carrier"] = given_key(parcel.carrier_code, f"known.{position}.carrier_code")
                body.append(entry)
            response = yield from self.api.read("POST", self._path("gettrackinfo"), json=body)
            _read(response, [number for number, _ in batch], answers)

    def _register(self, entries: Sequence[dict[str, Any]], answers: _Answers) -> Flow[list[str]]:
        """Registers numbers; those that 17TRACK follows now. Again it would say that they are registered already."""
        followed = []
        for batch in batches(entries):
            response = yield from self.api.idempotent("POST", self._path("register"), json=list(batch))
            data = data_of(response)
            accepted = {key(number) for entry in data.children("accepted") if (number := entry.text_or_none("number"))}
            codes = rejections(data)
            for entry in batch:
                number = key(entry["number"])
                if number in accepted or codes.get(number) == REGISTERED:
                    followed.append(number)
                    answers.rejected.pop(number, None)
                elif number in codes:
                    answers.rejected[number] = codes[number]
        return followed


def _read(response: Response, numbers: Sequence[str], answers: _Answers) -> None:
    data = data_of(response)
    codes = rejections(data)
    for index, entry in enumerate(data.children("accepted")):
        number = key(entry.text_or_none("number") or "")
        if number in numbers and (number not in answers.found or not answers.found[number].found):
            # One number may be registered with several carriers; the first that has something to say counts.
            answers.found[number] = read_tracking(entry, number, Raw(response.content, ("data", "accepted", index)))
    for number in numbers:
        if number not in answers.found and number in codes:
            answers.rejected[number] = codes[number]


def _raise_for_quota(codes: Iterable[int | None]) -> None:
    for code in codes:
        if code in _NO_MORE:
            _refuse(code)


def _refuse(code: int) -> NoReturn:
    meant = CODES[code]
    raise meant.error(
        f"17TRACK registers no more numbers: {meant.meaning}", status=200, code=str(code), hint=meant.hint
    )


def _answer(number: str, answers: _Answers) -> Tracking:
    found = answers.found.get(key(number))
    if found is not None:
        return found.replace(number=number)
    if not is_a_number(sent(number)):
        return Tracking(number=number, found=False, vendor_note="17TRACK takes 5 to 50 letters, digits and hyphens")
    code = answers.rejected.get(key(number))
    if code is None or code == NOTHING_YET:
        return Tracking(number=number, found=False)
    return Tracking(number=number, found=False, vendor_note=words_of(code))
