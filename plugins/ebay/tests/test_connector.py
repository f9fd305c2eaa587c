"""Settings, hosts, tokens, schemes, support and the plugin itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pluggy
import pytest
from pydantic import SecretStr, ValidationError

import xborder_ebay
from xborder_ebay.settings import BASE_SCOPE, EbaySettings
from xborder_ebay.tokens import consent_url, exchange_code
from xborder_sdk.errors import AuthenticationFailed, InvalidSettings, MalformedResponse, VendorDown
from xborder_sdk.hookspecs import ClientHooks, SupportLevel, Token
from xborder_sdk.hookspecs.markers import PROJECT
from xborder_sdk.steps import Effect, Response, Send, WireRequest

NOW = datetime.fromtimestamp(1_772_000_000, UTC)
KEY = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"  # the public test key of RFC 9421


def answer(body: object, status: int = 200) -> Response:
    return Response(status, (), json.dumps(body).encode())


def form(step: Send) -> dict[str, str]:
    assert step.content_type == "application/x-www-form-urlencoded"
    return {name: values[0] for name, values in parse_qs((step.content or b"").decode()).items()}


def test_the_plugin_registers_one_connector() -> None:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(ClientHooks)
    manager.register(xborder_ebay)
    assert manager.hook.register_connectors() == [(xborder_ebay.EbayConnector,)]


def test_every_operation_of_the_kind_is_an_implementation() -> None:
    for name in ("list_orders", "get_order", "declare_shipment", "list_declared_shipments", "refund_order",
                 "cancel_order"):  # fmt: skip
        assert hasattr(getattr(xborder_ebay.connector.EbayOrders, name), f"{PROJECT}_impl")


def test_hosts_by_environment(connect: Any) -> None:
    assert connect().resolved_hosts()["api"] == "https://api.ebay.com"
    sandbox = connect(environment="sandbox", hosts={"apiz": "http://127.0.0.1:9/"}).resolved_hosts()
    assert sandbox == {
        "api": "https://api.sandbox.ebay.com",
        "apiz": "http://127.0.0.1:9",
        "auth": "https://auth.sandbox.ebay.com",
    }


def test_scopes_in_short_and_as_one_text() -> None:
    values = {"client_id": "a", "client_secret": "b"}
    short = EbaySettings.model_validate({**values, "scopes": f"{BASE_SCOPE} sell.fulfillment"})
    assert short.scopes == (BASE_SCOPE, f"{BASE_SCOPE}/sell.fulfillment")
    assert EbaySettings.model_validate({**values, "scopes": ["sell.finances"]}).scopes == (
        f"{BASE_SCOPE}/sell.finances",
    )
    with pytest.raises(ValidationError):
        EbaySettings.model_validate({**values, "scopes": 7})


@pytest.mark.parametrize(
    "wrong",
    [
        {"signing_key_jwe": "jwe"},
        {"signing_private_key": KEY},
        {"sign_all": True},
        {"environment": "moon"},
        {"seller_country": "Germany"},
        {"client_id": ""},
        {"refresh": "misspelt"},
    ],
)
def test_settings_that_do_not_fit(connect: Any, wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        connect(**wrong)


def test_nothing_shows_a_secret(connect: Any) -> None:
    connector = connect(signing_key_jwe="jwe", signing_private_key=KEY)
    shown = f"{connector!r} {connector.settings!r} {connector.settings}"
    for secret in ("cert-id", "v^1.1#refresh", KEY):
        assert secret not in shown


# --- tokens


def test_a_user_token_is_refreshed(connect: Any, crank: Any) -> None:
    connector = connect(scopes="sell.fulfillment sell.finances")
    token = crank.run(connector, connector.token("user", None), [answer({"access_token": "A", "expires_in": 7200})])
    assert token == Token(access=SecretStr("A"), expires_at=NOW + timedelta(hours=2))
    (step,) = crank.sent
    assert (step.effect, step.method, step.host, step.path) == (
        Effect.READ, "POST", "api", "/identity/v1/oauth2/token",
    )  # fmt: skip
    assert step.credential is None
    assert dict(step.headers) == {"Authorization": "Basic YXBwLWlkOmNlcnQtaWQ="}
    assert form(step) == {
        "grant_type": "refresh_token",
        "refresh_token": "v^1.1#refresh",
        "scope": f"{BASE_SCOPE}/sell.fulfillment {BASE_SCOPE}/sell.finances",
    }


def test_a_rotated_refresh_token_is_used_from_then_on(connector: Any, crank: Any) -> None:
    body = {"access_token": "A", "expires_in": "7200", "refresh_token": "second"}
    first = crank.run(connector, connector.token("user", None), [answer(body)])
    assert first.refresh.get_secret_value() == "second"
    body = {"access_token": "B", "expires_in": 7200}
    second = crank.run(connector, connector.token("user", first), [answer(body)])
    assert form(crank.sent[0])["refresh_token"] == "second"
    assert (second.access.get_secret_value(), second.refresh.get_secret_value()) == ("B", "second")


def test_an_application_token(connector: Any, crank: Any) -> None:
    token = crank.run(connector, connector.token("app", None), [answer({"access_token": "A"})])
    assert token == Token(access=SecretStr("A"))
    assert form(crank.sent[0]) == {"grant_type": "client_credentials", "scope": BASE_SCOPE}


def test_the_code_of_a_consent(connector: Any, crank: Any) -> None:
    flow = exchange_code(connector.settings, "v^1.1#i^1", "Lotus-LotusApp-PRD-x", NOW.timestamp)
    body = {"access_token": "A", "expires_in": 7200, "refresh_token": "R", "refresh_token_expires_in": 47304000}
    token = crank.run(connector, flow, [answer(body)])
    assert token.refresh.get_secret_value() == "R"
    assert form(crank.sent[0]) == {
        "grant_type": "authorization_code",
        "code": "v^1.1#i^1",
        "redirect_uri": "Lotus-LotusApp-PRD-x",
    }
    assert crank.sent[0].effect is Effect.IDEMPOTENT
    assert token.refresh_expires_at == NOW + timedelta(seconds=47304000)
    renewed = crank.run(connector, connector.token("user", token), [answer({"access_token": "B"})])
    assert (renewed.refresh, renewed.refresh_expires_at) == (token.refresh, token.refresh_expires_at)


def test_a_consent_goes_through_the_accounts_ru_name(connect: Any, crank: Any) -> None:
    connector = connect(ru_name="Ru-Name", environment="sandbox", refresh_token=None)
    url = connector.consent_url("s", "http://127.0.0.1:1/")
    assert url.startswith("https://auth.sandbox.ebay.com/oauth2/authorize?")
    assert parse_qs(urlsplit(url).query)["redirect_uri"] == ["Ru-Name"]
    token = crank.run(connector, connector.exchange_code("c"), [answer({"access_token": "A", "refresh_token": "R"})])
    assert form(crank.sent[0])["redirect_uri"] == "Ru-Name"
    assert (token.refresh.get_secret_value(), token.refresh_expires_at) == ("R", None)


def test_a_consent_without_a_ru_name_is_refused_before_anything_is_sent(connect: Any) -> None:
    for ask in (lambda: connect().consent_url("s"), lambda: connect().exchange_code("c")):
        with pytest.raises(InvalidSettings, match="ru_name") as caught:
            ask()
        assert caught.value.hint is not None


def test_the_end_of_a_signing_key_is_known_where_it_is_set(connect: Any) -> None:
    assert connect().expiries() == {}
    end = datetime(2029, 3, 1, tzinfo=UTC)
    assert connect(signing_key_expires=end).expiries() == {"signing key": end}
    with pytest.raises(ValidationError, match="signing_key_expires"):
        connect(signing_key_expires=datetime(2029, 3, 1))  # noqa: DTZ001 - a time without its zone is the point


def test_the_consent_page(connector: Any) -> None:
    url = consent_url(connector.settings, "https://auth.ebay.com/", "Ru-Name", "s t&te", login=True)
    assert url.startswith("https://auth.ebay.com/oauth2/authorize?")
    assert "+" not in url
    assert "%20https%3A" in url
    query = parse_qs(urlsplit(url).query)
    assert query["scope"] == [" ".join(connector.settings.scopes)]
    assert (query["redirect_uri"], query["state"], query["prompt"]) == (["Ru-Name"], ["s t&te"], ["login"])
    assert "cert-id" not in url
    assert "prompt" not in consent_url(connector.settings, "https://auth.ebay.com", "Ru-Name", "s")


def test_an_ended_consent_asks_for_a_new_one(connector: Any, crank: Any) -> None:
    body = {"error": "invalid_grant", "error_description": "the provided authorization refresh token is invalid"}
    with pytest.raises(AuthenticationFailed, match="consent again"):
        crank.run(connector, connector.token("user", None), [answer(body, 400)])


@pytest.mark.parametrize("status", [400, 401])
def test_an_unknown_keyset_is_a_setting(connector: Any, crank: Any, status: int) -> None:
    body = {"error": "invalid_client", "error_description": "client authentication failed"}
    with pytest.raises(InvalidSettings, match="keyset"):
        crank.run(connector, connector.token("app", None), [answer(body, status)])


def test_without_a_refresh_token_nothing_is_sent(connect: Any, crank: Any) -> None:
    connector = connect(refresh_token=None)
    with pytest.raises(InvalidSettings):
        crank.run(connector, connector.token("user", None), [])
    assert crank.sent == []
    assert connector.whoami() is None


def test_a_token_answer_without_a_token(connector: Any, crank: Any) -> None:
    with pytest.raises(MalformedResponse):
        crank.run(connector, connector.token("user", None), [answer({"expires_in": 7200})])
    with pytest.raises(VendorDown):
        crank.run(connector, connector.token("user", None), [answer({}, 503)])


def test_an_absurd_lifetime_is_none(connector: Any, crank: Any) -> None:
    token = crank.run(connector, connector.token("app", None), [answer({"access_token": "A", "expires_in": 10**18})])
    assert token.expires_at is None


def test_post_order_has_a_scheme_word_of_its_own(connector: Any) -> None:
    token = Token(access=SecretStr("abc"))
    post_order = WireRequest("POST", "https://api.ebay.com/post-order/v2/cancellation", (), b"{}")
    rest = WireRequest("GET", "https://api.ebay.com/sell/fulfillment/v1/order?filter=/post-order/v2/", ())
    assert connector.sign(post_order, token).header("authorization") == "IAF abc"
    assert connector.sign(rest, token).header("authorization") == "Bearer abc"
    assert connector.sign(rest, None) == rest


# --- support


def level(connector: Any, operation: str) -> SupportLevel:
    found: SupportLevel = connector.support(operation).level
    return found


def test_support_follows_the_scopes(connect: Any) -> None:
    reader = connect(scopes="sell.fulfillment.readonly")
    assert level(reader, "list_orders") is SupportLevel.YES
    assert level(reader, "list_declared_shipments") is SupportLevel.YES
    assert level(reader, "declare_shipment") is SupportLevel.NO
    assert level(reader, "refund_order") is SupportLevel.NO
    assert "sell.finances" in reader.support("refund_order").reason
    assert reader.whoami() is None
    nobody = connect(refresh_token=None)
    assert level(nobody, "list_orders") is SupportLevel.NO


def test_support_follows_the_signing_key(connect: Any) -> None:
    assert level(connect(), "refund_order") is SupportLevel.CONDITIONAL
    assert level(connect(seller_country="CN"), "refund_order") is SupportLevel.YES
    assert level(connect(seller_country="FR"), "refund_order") is SupportLevel.NO
    assert level(connect(seller_country="GB"), "cancel_order") is SupportLevel.NO
    assert level(connect(seller_country="FR"), "declare_shipment") is SupportLevel.YES
    keyed = connect(seller_country="FR", signing_key_jwe="jwe", signing_private_key=KEY)
    assert level(keyed, "refund_order") is SupportLevel.YES
    sandbox = connect(seller_country="CN", environment="sandbox")
    assert level(sandbox, "cancel_order") is SupportLevel.CONDITIONAL
    assert level(sandbox, "refund_order") is SupportLevel.YES


def test_a_broken_key_stops_a_refund_before_it_is_sent(connect: Any, crank: Any, good: Any) -> None:
    connector = connect(signing_key_jwe="jwe", signing_private_key="broken")
    request = xborder_sdk_refund(good)
    with pytest.raises(InvalidSettings):
        crank.run(connector, xborder_ebay.connector.EbayOrders(connector).refund_order(request), [])
    assert crank.sent == []


def xborder_sdk_refund(good: Any) -> Any:
    from xborder_sdk.hookspecs import RefundOrder

    return RefundOrder.model_validate(good("refund_order", "the_whole_order")["request"])
