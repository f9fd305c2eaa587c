"""Consent, and tokens that renew themselves.

Sources: the vendor's authorisation page (article 120687) and, for the fields of the answers, the official IOP Java SDK
1.3.5-ae (/auth/token/create, /auth/token/refresh). How long a token lives is set per application: the answers say it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from pydantic import SecretStr

from xborder_aliexpress.gateways import FORM, REST, form
from xborder_aliexpress.settings import AliexpressSettings
from xborder_sdk.errors import AuthenticationFailed, InvalidSettings, Refused
from xborder_sdk.hookspecs import Token
from xborder_sdk.reading import JsonObject
from xborder_sdk.steps import Api, Effect, Flow, Response

Clock = Callable[[], datetime]
_api = Api()
_MILLISECONDS: Final = Decimal(10**11)
"""Epoch numbers from here on are milliseconds, as is likely; no document says which they are."""


def consent_url(settings: AliexpressSettings, api_host: str, state: str, redirect_uri: str) -> str:
    """Where the seller consents in a browser; it then opens the callback with `code` and `state`.

    Args:
        settings: The account's settings.
        api_host: Base URL of the gateway.
        state: An unguessable text that comes back.
        redirect_uri: The callback exactly as registered.
    """
    query = {
        "response_type": "code",
        "force_auth": "true",
        "redirect_uri": redirect_uri,
        "client_id": settings.app_key,
        "state": state,
    }
    return f"{api_host}/oauth/authorize?{urlencode(query)}"


def exchange_code(code: str, now: Clock) -> Flow[Token]:
    """Turns the code of a consent into a token (`/auth/token/create`).

    Args:
        code: The `code` of the callback, percent-decoded once.
        now: The clock.
    """
    return (yield from _token(Effect.IDEMPOTENT, "/auth/token/create", {"code": code}, now))


def refresh(settings: AliexpressSettings, held: Token | None, now: Clock) -> Flow[Token]:
    """A new token (`/auth/token/refresh`). What it gives to refresh with next time is used from then on.

    Args:
        settings: The account's settings.
        held: The token until now, whose refresh token is younger than the one of the settings.
        now: The clock.

    Raises:
        InvalidSettings: There is nothing to refresh with.
        AuthenticationFailed: The seller must consent again.
    """
    rotated = held.refresh if held is not None else None
    spent = rotated or settings.refresh_token
    if spent is None:
        raise InvalidSettings("the account has no refresh_token", hint="let the seller consent: xborder login")
    try:
        token = yield from _token(Effect.READ, "/auth/token/refresh", {"refresh_token": spent.get_secret_value()}, now)
    except Refused as refusal:
        if type(refusal) is not Refused:
            raise
        # Withdrawn or run out: no document names the codes.
        raise AuthenticationFailed(
            refusal.message,
            status=refusal.status,
            code=refusal.code,
            request_id=refusal.request_id,
            hint="let the seller consent again: xborder login",
        ) from None
    if token.refresh is not None:
        return token
    return token.replace(refresh=rotated, refresh_expires_at=None if held is None else held.refresh_expires_at)


def _token(effect: Effect, path: str, fields: dict[str, str], now: Clock) -> Flow[Token]:
    response: Response = yield _api.step(
        effect, "POST", REST + path, content=form(fields), content_type=FORM, credential=None
    )
    answer = response.object()
    refreshes = answer.text_or_none("refresh_token")
    return Token(
        access=SecretStr(answer.text("access_token")),
        expires_at=_end(answer, "expires_in", "expire_time", now()),
        refresh=None if refreshes is None else SecretStr(refreshes),
        refresh_expires_at=None
        if refreshes is None
        else _end(answer, "refresh_expires_in", "refresh_token_valid_time", now()),
    )


def _end(answer: JsonObject, lasting: str, until: str, now: datetime) -> datetime | None:
    """When something ends: by the seconds it lasts, which no wrong clock can spoil, else by the moment."""
    seconds = answer.number_or_none(lasting)
    try:
        if seconds is not None:
            return now + timedelta(seconds=float(seconds))
        moment = answer.number_or_none(until)
        if moment is None:
            return None
        return datetime.fromtimestamp(float(moment / 1000 if moment >= _MILLISECONDS else moment), UTC)
    except (OverflowError, OSError, ValueError):
        return None
