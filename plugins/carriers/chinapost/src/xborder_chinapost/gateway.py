"""The open platform's gateway: a form whose business data is sealed with SM4.

Frame and sealing: three clients and the platform's published sample. The calls for parcels abroad (110001, 120001) are
of one client alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlencode

from xborder_chinapost.families import Family
from xborder_chinapost.numbers import has_good_check_digit
from xborder_chinapost.papers import label_of
from xborder_chinapost.settings import ChinaPostSettings
from xborder_chinapost.sm4 import MARK, seal
from xborder_chinapost.transport import Ordered, form, only_number
from xborder_chinapost.vocabulary import CHINA, EPACKET_TYPE, GATEWAY_PATHS, GATEWAY_VERSION, TIME
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.reading import JsonObject, as_object, parse_json, write_json
from xborder_sdk.steps import Api, Effect, Flow, Response, Send, WireRequest

ORDER: Final = "110001"
LABEL: Final = "120001"
TRACK: Final = "040001"

_SEALED: Final = "logitcsInterface"
"""The vendor's own spelling."""

BY_PCP: Final = ("cancel_shipment", "get_shipment")
"""What the gateway has no call for. The one client that buys there voids and asks for fees over pcp, with the gateway's
key as the secret of the digest."""

_LABEL_IN_JSON: Final = "2"
"""`version` of 120001: 1 answers with the PDF itself, 2 with Base64 in `retBody`."""


class Gateway:
    """The gateway.

    Args:
        settings: The account's settings.
    """

    host: ClassVar[str] = "gateway"

    def __init__(self, settings: ChinaPostSettings) -> None:
        self._settings = settings
        self._api = Api(self.host)

    @property
    def lacks(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        if self._settings.ak is None:
            found["get_documents"] = "the gateway wants a key of its own for labels: set ak"
        if self._settings.environment == "test" and "pcp" not in self._settings.hosts:
            reason = "pcp alone has a call for it, and no test path: set hosts.pcp to the test host"
            found |= dict.fromkeys(BY_PCP, reason)
        return found

    def order(self, payload: Mapping[str, Any], product: str) -> Flow[Ordered]:
        outside = {"biz_product_no": product}
        family = self._settings.products.get(product)
        kind = self._settings.product_types.get(product) or (EPACKET_TYPE if family is Family.EPACKET else None)
        if kind is not None:
            outside["productType"] = kind
        response: Response = yield self._step(Effect.ONCE, ORDER, payload, outside)
        number = _number(response)
        if number is None:
            raise MalformedResponse("the order was taken, but the answer holds no number")
        return Ordered(number, response)

    def label(self, number: str) -> Flow[bytes]:
        assert self._settings.ak is not None  # noqa: S101 - support() says no without it
        data = {
            "ecCompanyId": self._settings.sender_no,
            "ak": self._settings.ak.get_secret_value(),
            "barCode": number,
            "version": _LABEL_IN_JSON,
            "pageType": self._settings.label_page,
        }
        response: Response = yield self._step(Effect.READ, LABEL, data)
        return label_of(response)

    def products(self) -> Flow[Mapping[str, str]]:
        yield from ()
        return {}

    def track(self, number: str) -> Flow[Response]:
        """What the gateway knows of a number."""
        response: Response = yield self._step(Effect.READ, TRACK, {"waybillNo": number})
        return response

    def _step(
        self, effect: Effect, code: str, data: Mapping[str, Any], outside: Mapping[str, str] | None = None
    ) -> Send:
        # What authorises it (authorization, timeStamp, the sealing) is put in by `signed`, anew for every attempt.
        fields = {
            "apiCode": code,
            "senderNo": self._settings.sender_no,
            "msgType": "0",
            "version": GATEWAY_VERSION,
        }
        if self._settings.user_code is not None:
            fields["userCode"] = self._settings.user_code
        fields |= outside or {}
        fields[_SEALED] = write_json(data).decode()
        return self._api.step(effect, "POST", GATEWAY_PATHS[self._settings.environment], **form(fields))

    def signed(self, request: WireRequest, now: datetime) -> WireRequest:
        settings = self._settings
        assert settings.authorization is not None  # noqa: S101 - the settings' validator says so
        assert settings.sm4_key is not None  # noqa: S101
        fields = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        if _SEALED not in fields:
            return request
        if not fields[_SEALED].startswith(MARK):
            fields[_SEALED] = seal(fields[_SEALED], settings.sm4_key.get_secret_value())
        fields["authorization"] = settings.authorization.get_secret_value()
        fields["timeStamp"] = now.astimezone(CHINA).strftime(TIME)
        return replace(request, content=urlencode(fields).encode())


def business_data(response: Response) -> list[JsonObject]:
    """The objects of `retBody`, which comes as JSON or as a text of JSON; empty where there are none."""
    body = response.object()
    texts = body.texts("retBody") if isinstance(body.get("retBody"), str) else []
    if texts:
        try:
            return JsonObject({"retBody": parse_json(texts[0].encode())}).children("retBody")
        except MalformedResponse:
            return []
    return body.children("retBody")


def _number(response: Response) -> str | None:
    # The client reads all three; cbWaybillNo is the partner's number.
    names = ("waybill_no", "waybillNo", "cbWaybillNo")
    places = [*objects_in([entry.data for entry in business_data(response)]), as_object(response.json())]
    found = only_number([text for name in names for place in places if (text := place.text_or_none(name))])
    if found is not None:
        return found
    # The field is said to hold the number as well; a text that is none is no answer.
    bare = (as_object(response.json()).text_or_none("retBody") or "").strip(' "')
    return bare if has_good_check_digit(bare) is not None else None


def objects_in(value: object) -> Iterator[JsonObject]:
    """The objects of a value at any depth, outer ones first."""
    if isinstance(value, Mapping):
        yield JsonObject(value)
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from objects_in(inner)
