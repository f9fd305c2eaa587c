"""Tokens for codes, and for refresh tokens (AliExpress reference, section 1.4). Called below `/rest`."""

from __future__ import annotations

from datetime import timedelta

from xborder_sandbox.aliexpress.call import Call
from xborder_sandbox.aliexpress.errors import WRONG_CODE, WRONG_REFRESH, GatewayError
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.tokens import Seller
from xborder_sandbox.requests import Json

# The security variants leave these out.
_OPEN_ONLY = ("user_nick", "account", "havana_id", "account_platform")


def create(shop: Shop, call: Call) -> dict[str, Json]:
    """Give tokens for a code; the code is then used up."""
    held = shop.tokens.codes.pop(call.text("code"), None)
    if held is None or held.expires <= shop.now or (held.uuid and held.uuid != call.maybe("uuid")):
        raise GatewayError(WRONG_CODE)
    seller = shop.tokens.sellers[held.seller]
    return _tokens(shop, seller, shop.tokens.give_refresh(seller, shop.now), call)


def refresh(shop: Shop, call: Call) -> dict[str, Json]:
    """Give a new access token for a refresh token that has not run out."""
    given = call.text("refresh_token")
    tokens = shop.tokens
    held = tokens.refresh.get(given)
    if held is None or held.expires <= shop.now:
        raise GatewayError(WRONG_REFRESH)
    seller = tokens.sellers[held.seller]
    if shop.settings.rotate_refresh_tokens:
        del tokens.refresh[given]
        following = tokens.give_refresh(seller, shop.now)
        if seller.refresh_token == given:
            seller.refresh_token = following
        given = following
    return _tokens(shop, seller, given, call)


def _tokens(shop: Shop, seller: Seller, refresh_token: str, call: Call) -> dict[str, Json]:
    now = shop.now
    access = shop.tokens.give_access(seller, now)
    access_ends = now + timedelta(seconds=shop.settings.access_seconds)
    refresh_ends = shop.tokens.refresh[refresh_token].expires
    body: dict[str, Json] = {
        "code": "0",
        "access_token": access,
        "refresh_token": refresh_token,
        "expires_in": shop.settings.access_seconds,
        "refresh_expires_in": int((refresh_ends - now).total_seconds()),
        "expire_time": int(access_ends.timestamp() * 1000),
        "refresh_token_valid_time": int(refresh_ends.timestamp() * 1000),
        "user_id": str(seller.user_id),
        "seller_id": str(seller.user_id),
        "user_nick": seller.login,
        "account": f"{seller.login}@seller.example",
        "account_id": None,
        "account_platform": "seller_center",
        "havana_id": str(17_000_000_000 + seller.user_id),
        "sp": "ae",
        "locale": "zh_CN",
    }
    if "/security/" in call.api:
        for name in _OPEN_ONLY:
            del body[name]
    return body


HANDLERS = {
    "/auth/token/create": create,
    "/auth/token/refresh": refresh,
    "/auth/token/security/create": create,
    "/auth/token/security/refresh": refresh,
}
WITHOUT_SESSION = frozenset(HANDLERS)
