"""The international order interface ("pcp"): forms with an MD5 digest. Interfaces are numbered as clients number them.

Customers of the gateway void orders and ask for fees here too; the client that does so signs with the gateway's key.

The digest is what the vendor asks for; what protects the request is TLS.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlencode

from xborder_chinapost.papers import label_of
from xborder_chinapost.settings import ChinaPostSettings
from xborder_chinapost.transport import Ordered, form, only_number
from xborder_chinapost.vocabulary import CHINA, MESSAGE_TYPE, PCP, PCP_VERSION, TIME
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.reading import JsonObject, write_json
from xborder_sdk.steps import Api, Flow, Response, WireRequest

_DIGESTS: Final = {
    "logisticsOrder": "data_digest",
    "logistics_interface": "data_digest",
    "barCode": "dataDigest",
    "waybillNos": "dataDigest",
    "waybillNo": "digest",
}
"""Which field is digested, and into which."""


def digest(content: str, key: str) -> str:
    """Base64 of the sixteen bytes of MD5 over content and key (four clients agree)."""
    found = hashlib.md5((content + key).encode(), usedforsecurity=False).digest()
    return base64.b64encode(found).decode("ascii")


class Pcp:
    """The international order interface.

    Args:
        settings: The account's settings.
    """

    host: ClassVar[str] = "pcp"

    def __init__(self, settings: ChinaPostSettings) -> None:
        self._settings = settings
        self._api = Api(self.host)

    @property
    def lacks(self) -> Mapping[str, str]:
        return {
            "track": "pcp has no tracking: use an account with the transport gateway, or a tracker such as 17TRACK",
        }

    def order(self, payload: Mapping[str, Any], product: str) -> Flow[Ordered]:  # noqa: ARG002 - it is in the payload
        """Interface 2.3: the number comes with the answer."""
        path = f"{PCP}/orderService/OrderReceiveBack"
        response = yield from self._api.once("POST", path, **form(self._order_form(payload)))
        number = only_number([response.object().text("waybillNo")])
        if number is None:
            raise MalformedResponse("the order was taken, but the answer holds no number")
        return Ordered(number, response)

    def allocate(self, reference: str, product: str, country: str, now: datetime) -> Flow[Ordered]:
        """Interface 2.1: a number of the pool, once.

        Args:
            reference: Our number of the order.
            product: The product code.
            country: The destination, as the post writes it.
            now: The present, aware.
        """
        asked = {
            "ecCompanyId": self._settings.sender_no,
            "eventTime": now.astimezone(CHINA).strftime(TIME),
            "whCode": self._settings.wh_code,
            "logisticsOrderId": reference,
            "tradeId": reference,
            "logisticsCompany": "POST",
            "logisticsBiz": product,
            "mailType": self._settings.mail_type,
            "faceType": "1",
            "rcountry": country,
        }
        fields = {
            "logisticsOrder": write_json({"order": [asked]}).decode(),
            "msg_type": MESSAGE_TYPE,
            "ecCompanyId": self._settings.sender_no,
            "version": PCP_VERSION,
        }
        response = yield from self._api.once("POST", f"{PCP}/barCodesAssgine/barCodeService", **form(fields))
        numbers = [
            number
            for entry in response.object().children("barCodeList")
            if entry.text_or_none("logisticsOrderId") in {None, reference}
            and (number := entry.text_or_none("bar_code"))
        ]
        found = only_number(numbers)
        if found is None:
            raise MalformedResponse("a number was allocated, but the answer does not hold it")
        return Ordered(found, response)

    def forecast(self, payload: Mapping[str, Any]) -> Flow[Response]:
        """Interface 2.2: the order of a number that is allocated already; sent again it is refused as known."""
        path = f"{PCP}/orderService/orderReceive"
        return (yield from self._api.idempotent("POST", path, **form(self._order_form(payload))))

    def label(self, number: str) -> Flow[bytes]:
        """Interface 2.4."""
        fields = {
            "barCode": number,
            "ecCompanyId": self._settings.sender_no,
            "version": PCP_VERSION,
            "msg_type": MESSAGE_TYPE,
        }
        response = yield from self._api.read("POST", f"{PCP}/surface/download", **form(fields, accept="*/*"))
        return label_of(response)

    def fee(self, number: str) -> Flow[Response]:
        """Interface 2.5: weight and postage after acceptance."""
        fields = {"waybillNos": number, "ecCompanyId": self._settings.sender_no}
        return (yield from self._api.read("POST", f"{PCP}/orderFeeService/getOrderFee", **form(fields)))

    def cancel(self, number: str) -> Flow[Response]:
        """Interface 2.7, once."""
        fields = {"waybillNo": number, "senderNo": self._settings.sender_no}
        return (yield from self._api.once("POST", f"{PCP}/orderService/cancelOrder", **form(fields)))

    def products(self) -> Flow[Mapping[str, str]]:
        """The products, by code; unsigned."""
        fields = {"queryType": "queryBusinessType"}
        response = yield from self._api.read("POST", f"{PCP}/businessDataService/getBusinessData", **form(fields))
        listed = [entry for entry in JsonObject({"bare": response.json()}).children("bare") if "businessCode" in entry]
        found = {}
        for entry in listed or response.object().children("data"):
            code = entry.text_or_none("businessCode")
            if code is not None:
                found[code.strip()] = entry.text_or_none("businessName") or code.strip()
        return found

    def _order_form(self, payload: Mapping[str, Any]) -> dict[str, str]:
        return {
            "logistics_interface": write_json(payload).decode(),
            "msg_type": MESSAGE_TYPE,
            "ecCompanyId": self._settings.sender_no,
            "data_type": "JSON",
        }

    def signed(self, request: WireRequest, now: datetime) -> WireRequest:  # noqa: ARG002 - nothing here tells the time
        key = self._settings.digest_key or self._settings.sm4_key
        assert key is not None  # noqa: S101 - the settings' validator says so
        fields = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        for field, into in _DIGESTS.items():
            if field in fields:
                fields[into] = digest(fields[field], key.get_secret_value())
                return replace(request, content=urlencode(fields).encode())
        return request
