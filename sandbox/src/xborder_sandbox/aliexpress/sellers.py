"""The two sellers there are. People, shops and numbers are invented."""

from __future__ import annotations

from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.aliexpress.tokens import Seller
from xborder_sandbox.errors import AdminError
from xborder_sandbox.requests import Json


def new_sellers() -> list[Seller]:
    """Return a seller in China, whose buyers' addresses come masked, and one in Spain."""
    return [
        Seller(
            account="ae-shop",
            login="cn1527300aaxy",
            user_id=2_671_514_005,
            country="CN",
            currency="USD",
            order_list="seller",
            full_name="Lin Anqi",
            shop_name="Paper Crane Official Store",
            shop_id=912_345_678,
            masked=True,
        ),
        Seller(
            account="ae-overseas",
            login="es4418200bbzq",
            user_id=4_418_200_731,
            country="ES",
            currency="EUR",
            order_list="solution",
            full_name="Nuria Belmonte",
            shop_name="Casa Belmonte",
            shop_id=1_104_556_677,
        ),
    ]


def seller_of(shop: Shop, body: dict[str, Json]) -> Seller:
    """Return the seller that `account` names; the first one by default.

    Raises:
        AdminError: If there is none.
    """
    account = body.get("account", "ae-shop")
    seller = shop.tokens.sellers.get(str(account))
    if seller is None:
        raise AdminError(f"there is no seller {account!r}; there are: {', '.join(shop.tokens.sellers)}")
    return seller
