"""Who the seller is (fields of merchant.profile.get and solution.merchant.profile.get)."""

from __future__ import annotations

from collections.abc import Callable

from xborder_sandbox.aliexpress.call import Call
from xborder_sandbox.aliexpress.orders.goods import CATALOGUE
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.requests import Json

_LIMIT = 3000


def profile(_shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with the seller's number, country, currency and products."""
    seller = call.seller
    return {
        "profile": {
            "seller_id": seller.user_id,
            "country": seller.country,
            "quotation_currency": seller.currency,
            "online_store_product_number": str(len(CATALOGUE)),
            "auth_store_product_number": str(_LIMIT),
            "limit_store_product_number": str(_LIMIT),
        }
    }


def solution_profile(_shop: Shop, call: Call) -> dict[str, Json]:
    """Answer with the shop."""
    seller = call.seller
    return {
        "country_code": seller.country,
        "merchant_login_id": seller.login,
        "product_posting_forbidden": False,
        "shop_id": seller.shop_id,
        "shop_name": seller.shop_name,
        "shop_type": "official",
        "shop_url": f"//shop.sandbox.example/store/{seller.shop_id}",
    }


HANDLERS: dict[str, Callable[[Shop, Call], dict[str, Json]]] = {
    "aliexpress.merchant.profile.get": profile,
    "aliexpress.solution.merchant.profile.get": solution_profile,
}
