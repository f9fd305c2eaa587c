"""The base of this connector's kind classes: typed access to the account's settings, paths and batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from xborder_sdk.errors import InvalidRequest, MalformedResponse
from xborder_sdk.hookspecs import KnownParcel, LogisticsProvider
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Response
from xborder_track17.settings import Track17Settings
from xborder_track17.vocabulary import BATCH, CARRIERS, PATH

T = TypeVar("T")

_SHORTEST, _LONGEST = 5, 50


class Track17Kind(LogisticsProvider):
    """A part of 17TRACK; each part implements its own operations."""

    @property
    def _settings(self) -> Track17Settings:
        settings = self.connector.settings
        assert isinstance(settings, Track17Settings)  # noqa: S101 - the connector's settings_model says so
        return settings

    def _path(self, call: str) -> str:
        return f"{PATH}/{self._settings.version}/{call}"


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in the numbers 17TRACK takes per call."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def sent(number: str) -> str:
    """A number as it goes out: without blanks."""
    return "".join(number.split())


def key(number: str) -> str:
    """A number as it is compared: 17TRACK may answer in upper case."""
    return sent(number).upper()


def is_a_number(number: str) -> bool:
    """Whether 17TRACK can follow a number: 5 to 50 letters and digits, by the note also hyphens."""
    return _SHORTEST <= len(number) <= _LONGEST and number.isascii() and number.replace("-", "").isalnum()


def data_of(response: Response) -> JsonObject:
    """The `data` of an answer about numbers.

    Raises:
        MalformedResponse: It tells of no number, neither accepted nor rejected.
    """
    data = response.object().child("data")
    told = (data.get("accepted"), data.get("rejected"))
    if not any(isinstance(found, list) or (isinstance(found, dict) and found) for found in told):
        raise MalformedResponse("field data tells neither of accepted nor of rejected numbers")
    return data


def rejections(data: JsonObject) -> dict[str, int | None]:
    """The code of each rejected number of an answer."""
    return {
        key(number): _code(entry) for entry in data.children("rejected") if (number := entry.text_or_none("number"))
    }


def _code(entry: JsonObject) -> int | None:
    return next((code for place in (entry.child("error"), entry) if (code := place.integer_or_none("code"))), None)


def given_key(code: str, field: str) -> int:
    """The carrier key that a text stands for.

    Args:
        code: The text.
        field: Where it was given, for the message.

    Raises:
        InvalidRequest: It is no key.
    """
    text = code.strip()
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 9):
        raise InvalidRequest("a carrier of 17TRACK is a number", field=field, hint="such as 3011 for China Post")
    return int(text)


def carrier_key(parcel: KnownParcel, settings: Track17Settings, field: str) -> int | None:
    """17TRACK's key of a parcel's carrier; None where nobody named one, so that it is detected.

    Args:
        parcel: What is known of the parcel.
        settings: The account's settings.
        field: Where it was given, for messages.

    Raises:
        InvalidRequest: The carrier's code is no key.
    """
    if parcel.carrier_code is not None:
        return given_key(parcel.carrier_code, f"{field}.carrier_code")
    if parcel.carrier is None:
        return None
    return (CARRIERS | settings.carriers).get(parcel.carrier)
