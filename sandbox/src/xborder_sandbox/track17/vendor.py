"""The 17TRACK simulator as the sandbox sees it."""

from __future__ import annotations

import string

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from xborder_sandbox.errors import UnknownActionError
from xborder_sandbox.requests import Json
from xborder_sandbox.track17.admin_actions import ACTIONS
from xborder_sandbox.track17.api import Api
from xborder_sandbox.track17.book import Book
from xborder_sandbox.track17.webhook import Messenger
from xborder_sandbox.world import World

_PUSHES_SHOWN = 50


class Track17:
    """The tracking API below `/api`, which stands for `https://api.17track.net`.

    Args:
        world: The sandbox's clock, chance, address and parcels.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.reset()
        self._app = Starlette(
            routes=[Mount("/api/track", routes=[Route("/{version}/{call}", self._answer, methods=["POST"])])]
        )

    async def _answer(self, request: Request) -> Response:
        return await self._api.endpoint(request)

    @property
    def name(self) -> str:
        """`track17`."""
        return "track17"

    @property
    def app(self) -> ASGIApp:
        """What is mounted at `/track17`."""
        return self._app

    def load(self, scenario: str) -> None:
        """Do nothing: at first no number is registered, whatever the scenario."""

    def reset(self) -> None:
        """Forget everything and draw the key anew."""
        chance = self._world.stream("track17/account")
        token = "sandbox-17token-" + "".join(chance.choices(string.ascii_letters + string.digits, k=32))
        self._book = Book(self._world, token)
        self._messenger = Messenger(self._book)
        self._api = Api(self._book, self._messenger)

    def state(self) -> dict[str, Json]:
        """Return the numbers, the quota, the address of the webhook and the last messages."""
        with self._book.lock:
            pushes: list[Json] = [push.picture() for push in self._messenger.pushes[-_PUSHES_SHOWN:]]
            return {**self._book.picture(), "pushes": pushes}

    def accounts(self) -> list[dict[str, Json]]:
        """Return the account with the settings a user of a 17TRACK connector would write."""
        return [
            {
                "name": "track17",
                "connector": "track17",
                "settings": {
                    "api_key": self._book.token,
                    "hosts": {"api": f"{self._world.url}/track17/api"},
                },
            }
        ]

    def tick(self) -> None:
        """Look for news, and send it if the webhook is automatic."""
        with self._book.lock:
            self._messenger.look_for_news()
            self._messenger.start()

    def admin(self, action: str, body: dict[str, Json]) -> dict[str, Json]:
        """Do one of the actions of `admin_actions`.

        Raises:
            UnknownActionError: If there is none of that name.
            AdminError: If it cannot be done as asked.
        """
        if action not in ACTIONS:
            raise UnknownActionError(f"unknown action {action!r}; there are: {', '.join(ACTIONS)}")
        return ACTIONS[action](self._book, self._messenger, body)
