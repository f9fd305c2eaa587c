"""A business call: its method and parameters on the way out, one shape of answer on the way back.

What an answer refuses, gateway and service alike, `answers.classify` has read before it gets here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from xborder_aliexpress.envelopes import simplified, unwrapped
from xborder_aliexpress.gateways import FORM, endpoint, form
from xborder_aliexpress.settings import AliexpressSettings
from xborder_sdk.errors import InvalidRequest, MalformedResponse
from xborder_sdk.models import Raw
from xborder_sdk.reading import JsonObject, write_json
from xborder_sdk.steps import Api, Effect, Flow, Response, Upload

_LONGEST_ID = 19  # digits of a 64-bit number

Parameters = Mapping[str, object]
"""Values by name. Texts, numbers and truth values go as text, mappings and lists as JSON; None and blanks stay out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call brought.

    Attributes:
        body: The answer in the simplified shape, without the wrapper of its method.
        raw: The whole answer as it came.
    """

    body: JsonObject
    raw: Raw


class Calls:
    """Builds and reads business calls. All its methods are flows.

    A refusal inside a good envelope is `Refused` with the vendor's code, a failure of the service there `VendorDown`,
    just as those of the gateway: whoever wants to go on after one catches it.

    Args:
        settings: The account's settings, which say which gateway.
    """

    def __init__(self, settings: AliexpressSettings) -> None:
        self._host, self._path = endpoint(settings)
        self._api = Api(self._host)

    def read(self, method: str, parameters: Parameters) -> Flow[Answer]:
        """A call that changes nothing.

        Args:
            method: Its name, such as `aliexpress.trade.new.redefining.findorderbyid`.
            parameters: Its parameters.
        """
        return (yield from self._call(Effect.READ, method, parameters))

    def idempotent(self, method: str, parameters: Parameters) -> Flow[Answer]:
        """A call that may be repeated without harm; otherwise as `read`."""
        return (yield from self._call(Effect.IDEMPOTENT, method, parameters))

    def once(self, method: str, parameters: Parameters) -> Flow[Answer]:
        """A call that must not happen twice; otherwise as `read`. A flow holds at most one."""
        return (yield from self._call(Effect.ONCE, method, parameters))

    def upload(self, effect: Effect, method: str, parameters: Parameters, files: Mapping[str, Upload]) -> Flow[Answer]:
        """A call with files. Its texts travel in the query, since no body of files takes part in the signature.

        Args:
            effect: What it does to the world.
            method: Its name.
            parameters: Its text parameters.
            files: Files by parameter name.
        """
        query = {"method": method, **_texts(parameters)}
        response: Response = yield self._api.step(effect, "POST", self._path, query=query, files=files)
        return read_answer(response)

    def _call(self, effect: Effect, method: str, parameters: Parameters) -> Flow[Answer]:
        body = form(_texts(parameters))
        query = {"method": method}
        response: Response = yield self._api.step(
            effect, "POST", self._path, query=query, content=body, content_type=FORM
        )
        return read_answer(response)


def whole_id(value: str, field: str) -> int:
    """One of the vendor's ids as the number it is on the wire.

    Args:
        value: The id.
        field: Path of the field it came in, for the message.

    Raises:
        InvalidRequest: It is no number.
    """
    if not (value.isascii() and value.isdecimal() and len(value) <= _LONGEST_ID):
        raise InvalidRequest("AliExpress' ids are numbers", field=field)
    return int(value)


def read_answer(response: Response) -> Answer:
    """Reads a good answer of either shape.

    Args:
        response: The answer.

    Raises:
        MalformedResponse: It is no JSON object, or nested deeper than can be read.
    """
    whole = unwrapped(response.object()).data
    try:
        return Answer(JsonObject(simplified(whole)), Raw(response.content))
    except RecursionError:
        raise MalformedResponse("the answer is nested too deeply") from None


def _texts(parameters: Parameters) -> dict[str, str]:
    """Parameters as texts. The vendor's SDK neither sends nor signs blank ones."""
    texts = ((name, _text(value)) for name, value in parameters.items())
    return {name: text for name, text in texts if text is not None and text.strip()}


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    return write_json(_without_gaps(value)).decode()


def _without_gaps(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _without_gaps(found) for name, found in value.items() if found is not None}
    if isinstance(value, (list, tuple)):
        return [_without_gaps(item) for item in value]
    return value
