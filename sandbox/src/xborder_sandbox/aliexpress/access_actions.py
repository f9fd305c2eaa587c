"""Admin actions about access: settings, tokens, consent, permissions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import TypeAlias

from xborder_sandbox.aliexpress.gateway import Gateway
from xborder_sandbox.aliexpress.sellers import seller_of
from xborder_sandbox.aliexpress.settings import CHOICES, Settings
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.errors import AdminError
from xborder_sandbox.requests import Json

AccessAction: TypeAlias = Callable[[Shop, Gateway, dict[str, Json]], dict[str, Json]]


def picture(shop: Shop, gateway: Gateway) -> dict[str, Json]:
    """Return sellers, settings and tokens."""
    return {
        "settings": asdict(shop.settings),
        "sellers": [
            {
                "account": seller.account,
                "login": seller.login,
                "user_id": seller.user_id,
                "country": seller.country,
                "order_list": seller.order_list,
                "masked": seller.masked,
            }
            for seller in shop.tokens.sellers.values()
        ],
        "tokens": {"access": len(shop.tokens.access), "refresh": len(shop.tokens.refresh)},
        "forbidden": [*sorted(gateway.forbidden)],
    }


def _set(shop: Shop, _gateway: Gateway, body: dict[str, Json]) -> dict[str, Json]:
    settings = shop.settings
    kinds = {entry.name: type(getattr(settings, entry.name)) for entry in fields(Settings)}
    for name, value in body.items():
        kind = kinds.get(name)
        if kind is None:
            raise AdminError(f"there is no setting {name!r}; there are: {', '.join(kinds)}")
        if type(value) is not kind:
            raise AdminError(f"{name} must be a {kind.__name__}")
        if name in CHOICES and value not in CHOICES[name]:
            raise AdminError(f"{name} must be {' or '.join(CHOICES[name])}")
    for name, value in body.items():
        setattr(settings, name, value)
    return asdict(settings)


def _expire(shop: Shop, _gateway: Gateway, body: dict[str, Json]) -> dict[str, Json]:
    account = seller_of(shop, body).account if "account" in body else None
    return {"expired": shop.tokens.expire_access(account)}


def _revoke(shop: Shop, _gateway: Gateway, body: dict[str, Json]) -> dict[str, Json]:
    return {"revoked": shop.tokens.revoke(seller_of(shop, body).account)}


def _consent(shop: Shop, _gateway: Gateway, body: dict[str, Json]) -> dict[str, Json]:
    """Name the seller who agrees without being asked, or nobody (null)."""
    account = body.get("auto")
    shop.tokens.auto_consent = None if account is None else seller_of(shop, {"account": account}).account
    return {"auto": shop.tokens.auto_consent}


def _forbid(_shop: Shop, gateway: Gateway, body: dict[str, Json]) -> dict[str, Json]:
    """Take the application the permission for these APIs, and give it back for all others."""
    apis = body.get("apis")
    if not isinstance(apis, list):
        raise AdminError("apis must be a list of API names")
    gateway.forbidden = {str(api) for api in apis}
    return {"forbidden": [*sorted(gateway.forbidden)]}


ACTIONS: dict[str, AccessAction] = {
    "settings": _set,
    "expire_tokens": _expire,
    "revoke": _revoke,
    "consent": _consent,
    "forbid": _forbid,
}
