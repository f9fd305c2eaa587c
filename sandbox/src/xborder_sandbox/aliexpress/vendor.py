"""The AliExpress simulator as the sandbox sees it: hosts, accounts, scenarios, admin actions."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from xborder_sandbox.aliexpress import access_actions
from xborder_sandbox.aliexpress.consent import Consent
from xborder_sandbox.aliexpress.gateway import Gateway
from xborder_sandbox.aliexpress.operations import actions, load, operations, picture, tick
from xborder_sandbox.aliexpress.sellers import new_sellers
from xborder_sandbox.aliexpress.shop import Shop
from xborder_sandbox.errors import UnknownActionError
from xborder_sandbox.requests import Json
from xborder_sandbox.world import World


class AliExpressSimulator:
    """A marketplace with two sellers: `ae-shop` in China and `ae-overseas` in Spain.

    Args:
        world: Clock, chance and address.
    """

    name = "aliexpress"

    def __init__(self, world: World) -> None:
        self._world = world
        self._build()

    @property
    def app(self) -> ASGIApp:
        """The hosts `api` (api-sg.aliexpress.com) and `top` (the legacy gateway)."""
        return self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A reset builds a new marketplace behind the same address.
        await self._app(scope, receive, send)

    def _build(self) -> None:
        self._shop = Shop(self._world)
        self._gateway = Gateway(self._shop, operations())
        self._shop.tokens.open_application()
        for seller in new_sellers():
            self._shop.tokens.add_seller(seller, self._shop.now)
        self._app = Starlette(
            routes=[
                Mount("/api", routes=[*self._gateway.iop_routes(), *Consent(self._shop).routes()]),
                Mount("/top", routes=self._gateway.top_routes()),
            ]
        )

    def load(self, scenario: str) -> None:
        """Fill it for `empty`, `demo` or `bulk`."""
        with self._shop.lock:
            load(self._shop, scenario)

    def reset(self) -> None:
        """Empty it and draw everything anew."""
        self._build()

    def tick(self) -> None:
        """Let happen what is due."""
        with self._shop.lock:
            tick(self._shop)

    def state(self) -> dict[str, Json]:
        """Return sellers, settings, and what the modules show."""
        with self._shop.lock:
            return {**access_actions.picture(self._shop, self._gateway), **picture(self._shop)}

    def accounts(self) -> list[dict[str, Json]]:
        """Return the sellers' accounts, with the refresh tokens that are good now."""
        base = f"{self._world.url}/{self.name}"
        tokens = self._shop.tokens
        return [
            {
                "name": seller.account,
                "connector": "aliexpress",
                "settings": {
                    "app_key": tokens.app_key,
                    "app_secret": tokens.app_secret,
                    "refresh_token": seller.refresh_token,
                    "order_list": seller.order_list,
                    "hosts": {"api": f"{base}/api", "top": f"{base}/top"},
                },
            }
            for seller in tokens.sellers.values()
        ]

    def admin(self, action: str, body: dict[str, Json]) -> dict[str, Json]:
        """Do an admin action; the README lists them.

        Raises:
            UnknownActionError: If there is none of that name.
            AdminError: If it cannot be done as asked.
        """
        with self._shop.lock:
            of_access = access_actions.ACTIONS.get(action)
            if of_access is not None:
                answer = of_access(self._shop, self._gateway, body)
                tick(self._shop)
                return answer
            of_modules = actions()
            if action not in of_modules:
                names = ", ".join((*access_actions.ACTIONS, *of_modules))
                raise UnknownActionError(f"aliexpress has no action {action!r}; there are: {names}")
            return of_modules[action](self._shop, body)
