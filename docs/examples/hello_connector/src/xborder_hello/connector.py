"""Hello Market's settings, hosts, tokens, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import SecretStr

from xborder_hello.orders import HelloOrders
from xborder_hello.parcels import HelloParcels, shipment_holds
from xborder_hello.vocabulary import NOTHING_DONE, REFUSALS
from xborder_sdk.errors import MalformedResponse
from xborder_sdk.hookspecs import (
    GOOD,
    Checked,
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
from xborder_sdk.signing import basic_auth
from xborder_sdk.steps import Flow, Response


class HelloSettings(Settings):
    """Settings of an account at Hello Market.

    Attributes:
        client_id: The application's name at Hello Market.
        client_secret: Its password.
        shop: Number of the shop, as the seller's page shows it.
    """

    client_id: str
    client_secret: SecretStr
    shop: str


class HelloConnector(Connector[HelloSettings]):
    """Hello Market: its orders, and its own logistics."""

    name = "hello"
    title = "Hello Market"
    settings_model = HelloSettings
    kinds = (HelloOrders, HelloParcels)
    core = ">=0.1,<0.2"
    # Nobody publishes a document of an invented vendor, so there is nothing to check.
    checked = dict.fromkeys(
        ("list_orders", "get_order", "create_shipment", "find_shipment", "track"),
        Checked.UNVERIFIED,
    )

    def hosts(self) -> Mapping[str, str]:
        return {"api": "https://api.hello.example"}

    def base_headers(self) -> Mapping[str, str]:
        return {"X-Shop": self.settings.shop}

    def limits(self) -> tuple[Limit, ...]:
        return (Limit("api", 10, 1.0, source="handbook, Limits: ten a second"),)

    def token(self, credential: str, held: Token | None) -> Flow[Token]:
        secret = self.settings.client_secret.get_secret_value()
        response = yield from self.api.read(
            "POST",
            "/token",
            form={"grant_type": "client_credentials"},
            headers={"Authorization": basic_auth(self.settings.client_id, secret)},
            credential=None,
        )
        answer = response.object()
        return Token(
            access=SecretStr(answer.text("access_token")),
            expires_at=answer.time_or_none("expires_at"),
        )

    def classify(self, response: Response) -> Verdict:
        if 200 <= response.status < 300:
            return GOOD
        try:
            error = response.object().child("error")
        except MalformedResponse:
            return verdict_from_status(response)  # somebody in between
        code = error.text_or_none("code")
        verdict = verdict_from_status(
            response,
            code,
            error.text_or_none("message"),
            response.header("x-request-id"),
        )
        if code in NOTHING_DONE:
            return replace(verdict, meaning=Meaning.THROTTLED, not_executed=True)
        return replace(verdict, error=REFUSALS.get(code or ""))

    def check_shipment(self, request: ShipmentDetails) -> tuple[Hold, ...]:
        return tuple(shipment_holds(request))

    def whoami(self) -> Flow[Identity]:
        response = yield from self.api.read("GET", "/me")
        answer = response.object()
        return Identity(id=answer.text("shop"), name=answer.text_or_none("name"))
