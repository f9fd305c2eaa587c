"""Quill & Co: its account, its token, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pydantic import SecretStr
from tests.testing.stranger.orders import QuillOrders
from tests.testing.stranger.parcels import QuillParcels, shipment_holds
from tests.testing.stranger.replies import read_reply

from xborder_sdk.errors import Conflict, MalformedResponse, NotFound, Refused
from xborder_sdk.hookspecs import (
    GOOD,
    Connector,
    Identity,
    Limit,
    Meaning,
    Settings,
    ShipmentDetails,
    Token,
    Verdict,
    verdict_from_status,
)
from xborder_sdk.models import Hold
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Flow, Response

REFUSALS: dict[str, type[Refused]] = {"NO_ORDER": NotFound, "REFUNDED": Conflict}


class QuillSettings(Settings):
    """An account at Quill & Co.

    Attributes:
        shop: Its number.
        key: Its key.
    """

    shop: str
    key: SecretStr


class QuillConnector(Connector[QuillSettings]):
    """Quill & Co."""

    name = "quill"
    title = "Quill & Co"
    settings_model = QuillSettings
    kinds = (QuillOrders, QuillParcels)

    def hosts(self) -> Mapping[str, str]:
        return {"api": "https://api.quill.example/v2"}

    def base_headers(self) -> Mapping[str, str]:
        return {"X-Shop": self.settings.shop}

    def limits(self) -> tuple[Limit, ...]:
        return (Limit("api", 5, 1.0, source="Quill's handbook, Limits"),)

    def token(self, credential: str, held: Token | None) -> Flow[Token]:
        form = {"shop": self.settings.shop, "key": self.settings.key.get_secret_value()}
        response = yield from self.api.read("POST", "/token", form=form, credential=None)
        answer = response.object()
        lifetime = answer.integer_or_none("seconds")
        ends = None if lifetime is None else self.now() + timedelta(seconds=min(lifetime, 86_400))
        return Token(access=SecretStr(answer.text("token")), expires_at=ends)

    def classify(self, response: Response) -> Verdict:
        try:
            reply = read_reply(response)
        except MalformedResponse:
            return verdict_from_status(response)  # a token, or somebody in between
        return self._meaning(reply, response)

    def _meaning(self, reply: JsonObject, response: Response) -> Verdict:
        status, code = reply.text_or_none("status"), reply.text_or_none("code")
        if status == "ok" and response.status < 300:
            return GOOD
        words = reply.text_or_none("message")
        if status == "busy":
            return Verdict(
                Meaning.THROTTLED, not_executed=True, retry_after_s=float(reply.integer_or_none("wait") or 1)
            )
        if code == "TOKEN":
            return Verdict(Meaning.TOKEN_EXPIRED, not_executed=True, code=code)
        if status == "refused":
            return Verdict(Meaning.REFUSED, not_executed=True, code=code, message=words, error=REFUSALS.get(code or ""))
        if response.status < 300:
            raise MalformedResponse("the reply has no status that is known")
        return verdict_from_status(response, code, words)

    def check_shipment(self, request: ShipmentDetails) -> tuple[Hold, ...]:
        return tuple(shipment_holds(request))

    def whoami(self) -> Flow[Identity]:
        response = yield from self.api.read("GET", "/shop", accept="application/xml")
        shop = read_reply(response).child("shop")
        return Identity(id=shop.text("id"), name=shop.text_or_none("name"))
