"""getUser (commerce_identity_v1)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xborder_sandbox.ebay.errors import json_response
from xborder_sandbox.ebay.guard import Guard
from xborder_sandbox.ebay.words import IDENTITY
from xborder_sandbox.requests import Json


class Identity:
    """The user resource. The scopes for address, e-mail and phone are not granted here, nor shown."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def routes(self) -> list[Route]:
        """Return the routes below apiz.ebay.com."""
        return [Route(f"/commerce/identity/v1/user{end}", self.get_user, methods=["GET"]) for end in ("", "/")]

    async def get_user(self, request: Request) -> Response:
        """Answer getUser."""
        seller = self._guard.seller(request, (IDENTITY,))
        user: dict[str, Json] = {
            "userId": seller.user_id,
            "username": seller.username,
            "accountType": "BUSINESS",
            "registrationMarketplaceId": seller.marketplace,
            "status": "CONFIRMED",
        }
        return json_response(user)
