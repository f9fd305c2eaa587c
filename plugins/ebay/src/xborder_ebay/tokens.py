"""OAuth 2.0 at eBay: consent, the exchange of its code, refreshed user tokens and application tokens.

Source: developer.ebay.com, api-docs/static/oauth-tokens, and eBay's own OAuth client libraries. There is no PKCE and no
call that revokes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from xborder_ebay.settings import BASE_SCOPE, EbaySettings
from xborder_sdk.errors import InvalidSettings, Refused
from xborder_sdk.hookspecs import Token
from xborder_sdk.signing import basic_auth
from xborder_sdk.steps import Api, Effect, Flow, Response

Clock = Callable[[], float]
"""Seconds since 1970."""

_TOKEN_PATH = "/identity/v1/oauth2/token"  # noqa: S105 - a path
_api = Api()


def consent_url(settings: EbaySettings, auth_host: str, ru_name: str, state: str, *, login: bool = False) -> str:
    """Where the seller consents in a browser; eBay then opens the RuName's accept URL with `code` and `state`.

    Args:
        settings: The account's settings; its scopes are asked for.
        auth_host: Base URL of the consent page's host (`resolved_hosts()["auth"]`).
        ru_name: The keyset's RuName, an identifier eBay gives out and no URL.
        state: An unguessable text that comes back; compare it.
        login: Ask the seller to sign in even where a session is open.
    """
    query = {
        "client_id": settings.client_id,
        "redirect_uri": ru_name,
        "response_type": "code",
        "scope": " ".join(settings.scopes),
        "state": state,
    }
    if login:
        query["prompt"] = "login"
    return f"{auth_host.rstrip('/')}/oauth2/authorize?{urlencode(query, quote_via=quote)}"


def exchange_code(settings: EbaySettings, code: str, ru_name: str, now: Clock) -> Flow[Token]:
    """Turns the code of a consent into a user token, whose `refresh` is the setting `refresh_token` from then on.

    Args:
        settings: The account's settings.
        code: The `code` of the accept URL, percent-decoded once.
        ru_name: The RuName of the consent.
        now: The clock.

    Raises:
        AuthenticationFailed: The code is used up, too old, or of another RuName.
        InvalidSettings: eBay does not know the keyset.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": ru_name}
    return (yield from _token(settings, form, Effect.IDEMPOTENT, now))


def refresh_user_token(settings: EbaySettings, held: Token | None, now: Clock) -> Flow[Token]:
    """A user token from the refresh token.

    eBay rarely sends a new refresh token; where it does, it travels in `Token.refresh` and is used from then on.

    Args:
        settings: The account's settings.
        held: The token until now.
        now: The clock.

    Raises:
        InvalidSettings: There is no refresh token, or eBay does not know the keyset.
        AuthenticationFailed: The seller must consent again.
    """
    rotated = held.refresh if held is not None else None
    refresh = rotated or settings.refresh_token
    if refresh is None:
        raise InvalidSettings("the account has no refresh_token", hint="let the seller consent and set refresh_token")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh.get_secret_value(),
        "scope": " ".join(settings.scopes),
    }
    token = yield from _token(settings, form, Effect.READ, now)
    if token.refresh is not None or held is None:
        return token
    return token.replace(refresh=rotated, refresh_expires_at=held.refresh_expires_at)


def application_token(settings: EbaySettings, now: Clock) -> Flow[Token]:
    """A token of the application itself, with the base scope.

    Args:
        settings: The account's settings.
        now: The clock.

    Raises:
        InvalidSettings: eBay does not know the keyset.
    """
    form = {"grant_type": "client_credentials", "scope": BASE_SCOPE}
    return (yield from _token(settings, form, Effect.READ, now))


def _token(settings: EbaySettings, form: dict[str, str], effect: Effect, now: Clock) -> Flow[Token]:
    authorization = basic_auth(settings.client_id, settings.client_secret.get_secret_value())
    step = _api.step(effect, "POST", _TOKEN_PATH, form=form, headers={"Authorization": authorization}, credential=None)
    try:
        response: Response = yield step
    except Refused as refusal:
        if refusal.code == "invalid_client":
            raise InvalidSettings(
                "eBay does not know this client_id with this client_secret",
                hint="compare them with the keyset, and the environment with the keyset's",
            ) from refusal
        raise
    answer = response.object()
    lifetime = answer.integer_or_none("expires_in")
    rotated = answer.text_or_none("refresh_token")
    rotated_lifetime = None if rotated is None else answer.integer_or_none("refresh_token_expires_in")
    return Token(
        access=SecretStr(answer.text("access_token")),
        expires_at=None if lifetime is None else _moment_after(now(), lifetime),
        refresh=None if rotated is None else SecretStr(rotated),
        refresh_expires_at=None if rotated_lifetime is None else _moment_after(now(), rotated_lifetime),
    )


def _moment_after(start: float, seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(start, UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return None
